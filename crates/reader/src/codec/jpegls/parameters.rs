//! Coding parameters of a JPEG-LS scan: what the stream says, and the defaults (ITU-T T.87 C.2.4.1.1).

use crate::codec::damaged;
use crate::refusal::Fault;

/// Preset parameters of an LSE segment; 0 stands for the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Preset {
    maximum: u16,
    thresholds: [u16; 3],
    reset: u16,
}

impl Preset {
    /// The body of an LSE segment (T.87 C.2.4.1).
    pub fn read(body: &[u8]) -> Result<Self, Fault> {
        let Some((&[1], words)) = body.split_first_chunk::<1>() else {
            return Err(damaged("LSE segment of another kind"));
        };
        let (words, _) = words.as_chunks::<2>();
        let [maximum, t1, t2, t3, reset, ..] = *words else {
            return Err(damaged("LSE segment"));
        };
        let [maximum, t1, t2, t3, reset] = [maximum, t1, t2, t3, reset].map(u16::from_be_bytes);
        Ok(Self { maximum, thresholds: [t1, t2, t3], reset })
    }
}

/// Everything that a scan is decoded with. Names as in T.87.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    pub maximum: i32,
    pub near: i32,
    pub thresholds: [i32; 3],
    pub reset: i32,
    pub range: i32,
    /// Bits of an escaped error, and the longest code.
    pub qbpp: u32,
    pub limit: u32,
}

impl Parameters {
    pub fn new(precision: u8, near: u8, preset: Preset) -> Result<Self, Fault> {
        let full = (1i32 << precision) - 1;
        let near = i32::from(near);
        let maximum = or_default(preset.maximum, full);
        // T.87 C.2.3: NEAR is at most 255 and half the maximum.
        if maximum > full || near > maximum / 2 {
            return Err(damaged("coding parameters"));
        }
        let [d1, d2, d3] = default_thresholds(maximum, near);
        let [t1, t2, t3] = preset.thresholds;
        let thresholds @ [t1, t2, t3] =
            [or_default(t1, d1), or_default(t2, d2), or_default(t3, d3)];
        let reset = or_default(preset.reset, 64);
        if !(near < t1 && t1 <= t2 && t2 <= t3 && t3 <= maximum) || reset < 3 {
            return Err(damaged("coding thresholds"));
        }
        // T.87 A.2.1.
        let range = (maximum + 2 * near) / (2 * near + 1) + 1;
        let bits = |n: i32| (n - 1).checked_ilog2().map_or(0, |log| log + 1);
        let bpp = bits(maximum + 1).max(2);
        let limit = 2 * (bpp + bpp.max(8));
        Ok(Self { maximum, near, thresholds, reset, range, qbpp: bits(range), limit })
    }

    /// The step of the quantised error.
    pub fn step(&self) -> i32 {
        2 * self.near + 1
    }

    /// The quantised gradient, −4 to 4 (T.87 A.3.3), for each difference from −MAXVAL on.
    pub fn gradients(&self) -> Vec<i8> {
        let [t1, t2, t3] = self.thresholds;
        let near = self.near;
        let quantised = |d: i32| match d.abs() {
            a if a <= near => 0,
            a if a < t1 => 1,
            a if a < t2 => 2,
            a if a < t3 => 3,
            _ => 4,
        };
        (-self.maximum..=self.maximum)
            .map(|d| if d < 0 { -quantised(d) } else { quantised(d) })
            .collect()
    }
}

fn or_default(value: u16, default: i32) -> i32 {
    if value == 0 { default } else { i32::from(value) }
}

/// T.87 C.2.4.1.1.1.
fn default_thresholds(maximum: i32, near: i32) -> [i32; 3] {
    const BASIC: [(i32, i32); 3] = [(3, 3), (7, 5), (21, 7)];
    let factor = (maximum.min(4095) + 128) / 256;
    let small = 256 / (maximum + 1);
    let mut low = near + 1;
    let mut index = 2;
    BASIC.map(|(basic, share)| {
        let value = if maximum >= 128 {
            factor * (basic - index) + index + share * near
        } else {
            (basic / small.max(1)).max(index) + share * near
        };
        index += 1;
        // CLAMP of C.2.4.1.1.1: what is out of bounds becomes the lower one.
        low = if value > maximum || value < low { low } else { value };
        low
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_of_t_87_table_c_3() {
        for (precision, thresholds) in [(8, [3, 7, 21]), (12, [18, 67, 276]), (16, [18, 67, 276])] {
            let p = Parameters::new(precision, 0, Preset::default()).unwrap();
            assert_eq!((p.thresholds, p.reset), (thresholds, 64));
        }
        let p = Parameters::new(12, 0, Preset::default()).unwrap();
        assert_eq!((p.range, p.qbpp, p.limit), (4096, 12, 48));
        let p = Parameters::new(12, 3, Preset::default()).unwrap();
        assert_eq!((p.range, p.thresholds), (586, [27, 82, 297]));
        assert!(Parameters::new(8, 200, Preset::default()).is_err());
    }

    #[test]
    fn presets_are_read_and_checked() {
        let body = |words: [u16; 5]| {
            let words: Vec<u8> = words.iter().flat_map(|w| w.to_be_bytes()).collect();
            Preset::read(&[&[1], &words[..]].concat()).unwrap()
        };
        let p = Parameters::new(12, 0, body([1000, 10, 20, 30, 32])).unwrap();
        assert_eq!((p.maximum, p.thresholds, p.reset), (1000, [10, 20, 30], 32));
        assert!(Parameters::new(8, 0, body([1000, 0, 0, 0, 0])).is_err());
        assert!(Parameters::new(8, 0, body([0, 30, 20, 10, 0])).is_err());
        assert!(Preset::read(&[2, 0]).is_err());
    }
}
