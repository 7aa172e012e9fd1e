//! Numbers as people write them. The browser reads them: its tables need no download, and those of ours weigh 14 kB.

use js_sys::Number;

pub fn number(text: &str) -> Option<f64> {
    Some(Number::parse_float(text)).filter(|number| number.is_finite())
}
