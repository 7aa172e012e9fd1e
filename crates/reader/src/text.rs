//! Text in other encodings than Unicode, as the WHATWG's Encoding Standard has them. Its tables weigh more than all that
//! reads DICOM: natively they come with the feature `charsets`; a browser has them itself, and is asked by [`decode_text_by`].

use std::sync::OnceLock;

/// Name of an encoding, bytes, and whether a byte that means nothing makes all of it nothing.
pub type TextDecoder = fn(&str, &[u8], bool) -> Option<String>;

static DECODER: OnceLock<TextDecoder> = OnceLock::new();

/// Text is decoded by this from now on. The first decoder stays.
pub fn decode_text_by(decoder: TextDecoder) {
    let _ = DECODER.set(decoder);
}

/// An encoding, by its name in the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static str);

macro_rules! encodings {
    ($($name:ident $label:literal)*) => { $(pub const $name: Encoding = Encoding($label);)* };
}

encodings! {
    EUC_JP "euc-jp"
    EUC_KR "euc-kr"
    GB18030 "gb18030"
    GBK "gbk"
    ISO_8859_2 "iso-8859-2"
    ISO_8859_3 "iso-8859-3"
    ISO_8859_4 "iso-8859-4"
    ISO_8859_5 "iso-8859-5"
    ISO_8859_6 "iso-8859-6"
    ISO_8859_7 "iso-8859-7"
    ISO_8859_8 "iso-8859-8"
    ISO_8859_15 "iso-8859-15"
    SHIFT_JIS "shift_jis"
    UTF_8 "utf-8"
    WINDOWS_874 "windows-874"
    WINDOWS_1252 "windows-1252"
    WINDOWS_1254 "windows-1254"
}

impl Encoding {
    /// With a replacement character for what means nothing.
    pub fn decode(self, bytes: &[u8]) -> String {
        let decoded = self.decoded(bytes, false);
        decoded.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
    }

    /// `None` where a byte means nothing.
    pub fn decode_strictly(self, bytes: &[u8]) -> Option<String> {
        self.decoded(bytes, true)
    }

    fn decoded(self, bytes: &[u8], strictly: bool) -> Option<String> {
        DECODER.get().copied().unwrap_or(own)(self.0, bytes, strictly)
    }
}

#[cfg(feature = "charsets")]
fn own(name: &str, bytes: &[u8], strictly: bool) -> Option<String> {
    let encoding = encoding_rs::Encoding::for_label(name.as_bytes())?;
    let (text, failed) = encoding.decode_without_bom_handling(bytes);
    (!(strictly && failed)).then(|| text.into_owned())
}

#[cfg(not(feature = "charsets"))]
fn own(_: &str, _: &[u8], _: bool) -> Option<String> {
    None
}
