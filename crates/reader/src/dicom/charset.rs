//! Text by SpecificCharacterSet, ISO 2022 escapes included (PS3.5 6.1.2, PS3.3 C.12.1.1.2).

use crate::text::{
    EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5,
    ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_15, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1252,
    WINDOWS_1254,
};

const ESC: u8 = 0x1B;

/// The character sets of a file.
#[derive(Clone, Debug, Default)]
pub struct Charset {
    /// Without code extensions: one encoding for all bytes.
    whole: Option<Encoding>,
    /// What bytes above 7F mean before any escape.
    high: Option<Encoding>,
}

impl Charset {
    /// From the raw value of (0008,0005).
    pub fn new(value: &[u8]) -> Self {
        let text = String::from_utf8_lossy(value);
        let mut whole = None;
        let mut high = None;
        for term in text.split('\\') {
            match named(term) {
                // PS3.3 C.12.1.1.2: these have no code extensions.
                Some(set) if [UTF_8, GB18030].contains(&set) => whole = whole.or(Some(set)),
                Some(set) => high = high.or(Some(set)),
                None => {}
            }
        }
        Self { whole, high }
    }

    /// Text of a value. Values and components stay joined by `\`, `^` and `=`.
    pub fn decode(&self, raw: &[u8]) -> String {
        if let Some(encoding) = self.whole {
            return encoding.decode(raw);
        }
        if raw.is_ascii() && !raw.contains(&ESC) {
            return raw.iter().map(|&b| char::from(b)).collect();
        }
        // No character set is named and yet it is UTF-8: many writers forget to say so.
        if self.high.is_none()
            && let Ok(text) = std::str::from_utf8(raw)
            && !raw.contains(&ESC)
        {
            return text.to_owned();
        }
        if !raw.contains(&ESC) {
            match self.high {
                // None is named, and it is in pairs as Hangul is: Korean machines forget to say so as well.
                None if is_hangul(raw) => {
                    return EUC_KR.decode(raw);
                }
                // Kanji, of which the second byte may be below 80, though the term stands for letters only.
                Some(set) if set == SHIFT_JIS => {
                    return SHIFT_JIS.decode(raw);
                }
                _ => {}
            }
        }
        extended(raw, self.high)
    }
}

/// Whether all bytes above 7F are syllables of KS X 1001, two at least: accents hardly ever come so.
fn is_hangul(raw: &[u8]) -> bool {
    let Some(text) = EUC_KR.decode_strictly(raw) else { return false };
    let mut letters = text.chars().filter(|c| !c.is_ascii());
    letters.clone().count() >= 2 && letters.all(|c| ('가'..='힣').contains(&c))
}

/// A defined term, in the spellings that are met: `ISO_IR 100`, `ISO-IR 100`, `ISO 2022 IR 149`.
fn named(term: &str) -> Option<Encoding> {
    let term = term.trim_matches([' ', '\0']).to_ascii_uppercase();
    match term.as_str() {
        // GBK is a part of GB18030.
        "GB18030" | "GBK" => return Some(GB18030),
        "UTF-8" | "UTF8" => return Some(UTF_8),
        _ => {}
    }
    let (_, number) = term.rsplit_once("IR")?;
    Some(match number.trim_matches([' ', '_', '-']) {
        "13" => SHIFT_JIS,
        "100" => WINDOWS_1252,
        "101" => ISO_8859_2,
        "109" => ISO_8859_3,
        "110" => ISO_8859_4,
        "126" => ISO_8859_7,
        "127" => ISO_8859_6,
        "138" => ISO_8859_8,
        "144" => ISO_8859_5,
        "148" => WINDOWS_1254,
        "149" => EUC_KR,
        "58" => GBK,
        "166" => WINDOWS_874,
        "192" => UTF_8,
        "203" => ISO_8859_15,
        _ => return None,
    })
}

/// What an escape sequence calls into use (PS3.3 tables C.12-3 and C.12-4), and its length.
enum Escape {
    /// Bytes below 80 are single characters.
    Low,
    /// Bytes below 80 come in pairs: JIS X 0208, or JIS X 0212 with the prefix of EUC-JP.
    LowPairs(&'static [u8]),
    High(Encoding),
}

const ESCAPES: &[(&[u8], Escape)] = &[
    (b"(B", Escape::Low),
    (b"(J", Escape::Low),
    (b"$B", Escape::LowPairs(&[])),
    (b"$@", Escape::LowPairs(&[])),
    (b"$(D", Escape::LowPairs(&[0x8F])),
    (b")I", Escape::High(SHIFT_JIS)),
    (b"$)C", Escape::High(EUC_KR)),
    (b"$)A", Escape::High(GBK)),
    (b"-A", Escape::High(WINDOWS_1252)),
    (b"-B", Escape::High(ISO_8859_2)),
    (b"-C", Escape::High(ISO_8859_3)),
    (b"-D", Escape::High(ISO_8859_4)),
    (b"-F", Escape::High(ISO_8859_7)),
    (b"-G", Escape::High(ISO_8859_6)),
    (b"-H", Escape::High(ISO_8859_8)),
    (b"-L", Escape::High(ISO_8859_5)),
    (b"-M", Escape::High(WINDOWS_1254)),
    (b"-T", Escape::High(WINDOWS_874)),
    (b"-b", Escape::High(ISO_8859_15)),
];

fn extended(mut raw: &[u8], initial: Option<Encoding>) -> String {
    let mut text = String::new();
    let mut pairs: Option<&[u8]> = None;
    let mut high = initial;
    while let Some((&first, rest)) = raw.split_first() {
        if first == ESC {
            let known = ESCAPES.iter().find(|(code, _)| rest.starts_with(code));
            // An unknown escape is dropped with nothing but its own byte.
            raw = rest.get(known.map_or(0, |(code, _)| code.len())..).unwrap_or(&[]);
            match known {
                Some((_, Escape::Low)) => pairs = None,
                Some((_, Escape::LowPairs(prefix))) => pairs = Some(prefix),
                Some((_, Escape::High(encoding))) => high = Some(*encoding),
                None => {}
            }
            continue;
        }
        let is_high = first >= 0x80;
        let run = raw.iter().take_while(|&&b| (b >= 0x80) == is_high && b != ESC).count();
        let (part, after) = raw.split_at(run);
        raw = after;
        match pairs {
            _ if is_high => {
                let encoding = high.unwrap_or(WINDOWS_1252);
                text.push_str(&encoding.decode(part));
            }
            Some(prefix) => text.push_str(&paired(part, prefix)),
            None => {
                text.extend(part.iter().map(|&b| char::from(b)));
                // PS3.5 6.1.2.5.3: delimiters bring the initial set back. Where that has no upper
                // half, the last one stays: writers forget to call it again.
                if initial.is_some() && part.iter().any(|b| b"\\^=\r\n\t\x0C".contains(b)) {
                    high = initial;
                }
            }
        }
    }
    text
}

/// Pairs of seven-bit bytes, in the form that EUC-JP has for them.
fn paired(part: &[u8], prefix: &[u8]) -> String {
    let mut euc = Vec::with_capacity(part.len() * 2);
    for pair in part.chunks(2) {
        euc.extend_from_slice(prefix);
        euc.extend(pair.iter().map(|b| b | 0x80));
    }
    EUC_JP.decode(&euc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ps3_5_annexes_h_i_j() {
        for (charset, raw, name) in [
            (
                &b"\\ISO 2022 IR 149"[..],
                &b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf"[..],
                "Hong^Gildong=洪^吉洞=홍^길동",
            ),
            (
                b"\\ISO 2022 IR 87",
                b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
                "Yamada^Tarou=山田^太郎=やまだ^たろう",
            ),
            (
                b"ISO 2022 IR 13\\ISO 2022 IR 87",
                b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
                "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
            ),
            (b"ISO_IR 192", "Wang^XiaoDong=王^小東".as_bytes(), "Wang^XiaoDong=王^小東"),
            (b"GB18030", b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab", "Wang^XiaoDong=王^小东"),
            (b"ISO-IR 100", b"M\xfcller^J\xf6rg", "Müller^Jörg"),
            (b"ISO_IR 126 ", b"\xc4\xe9\xef\xed", "Διον"),
            (b"", "Muñoz^José".as_bytes(), "Muñoz^José"),
            (b"\\ISO 2022 IR 149", b"\xc8\xab^\xb1\xe6", "홍^길"),
            (b"", b"\xc8\xab^\xb1\xe6\xb5\xbf", "홍^길동"),
            (b"", b"M\xfcller^J\xf6rg", "Müller^Jörg"),
            (b"", b"Gr\xf6\xdfe^\xc5\xe9", "Größe^Åé"),
            (b"ISO_IR 13", b"\x8eR\x93c^\x91\xbe\x98Y", "山田^太郎"),
            (
                b"\\ISO 2022 IR 58",
                b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab",
                "Zhang^XiaoDong=张^小东",
            ),
            (b"ISO_IR 13", b"\xd4\xcf\xc0\xde", "ﾔﾏﾀﾞ"),
            (b"\\ISO 2022 IR 159", b"\x1b$(D\x30\x21\x1b(B^A", "丂^A"),
        ] {
            assert_eq!(Charset::new(charset).decode(raw), name);
        }
    }

    #[test]
    fn an_upper_half_ends_at_a_delimiter() {
        let set = Charset::new(b"ISO 2022 IR 100\\ISO 2022 IR 149");
        assert_eq!(set.decode(b"\x1b$)C\xc8\xab^J\xf6rg"), "홍^Jörg");
    }
}
