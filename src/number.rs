//! Numbers as people read and write them. The browser reads them: its tables need no download, and those of ours weigh 14 kB.

use js_sys::Number;

pub fn number(text: &str) -> Option<f64> {
    Some(Number::parse_float(text)).filter(|number| number.is_finite())
}

/// Without the sign that rounding leaves before a zero.
pub fn rounded(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(zero) if zero.bytes().all(|sign| matches!(sign, b'0' | b'.')) => zero.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        assert_eq!([rounded(-0.04, 1), rounded(-0.05, 0), rounded(0.0, 1)], ["0.0", "0", "0.0"]);
        assert_eq!([rounded(-0.06, 1), rounded(-12.34, 1)], ["-0.1", "-12.3"]);
    }
}
