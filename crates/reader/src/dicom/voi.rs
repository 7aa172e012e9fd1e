//! What a file suggests for display: windows and VOI LUTs (PS3.3 C.11.2). The HU stay as they are.

use super::groups::Groups;
use super::header::Data;
use super::values::{Lut, lut};
use super::wanted as tags;
use crate::frame::{VoiFunction, Window};

/// Windows first, then tables. `count` is the number of frames: where there are many, each would hold the tables anew.
pub fn windows(groups: &Groups<'_>, frame: usize, count: usize) -> Vec<Window> {
    let data = groups.find_or_root(frame, tags::VOI_SEQUENCE, tags::WINDOW_CENTRE);
    let mut windows = functions(data);
    if count == 1 {
        let data = groups.find_or_root(frame, tags::VOI_SEQUENCE, tags::VOI_LUT_SEQUENCE);
        for item in data.items(tags::VOI_LUT_SEQUENCE) {
            windows.extend(table(item, windows.len()));
        }
    }
    windows
}

/// PS3.3 C.11.2.1.2 and C.11.2.1.3: a width of LINEAR is at least 1, others are above 0.
fn functions(data: Data<'_>) -> Vec<Window> {
    let centres = data.decimals(tags::WINDOW_CENTRE).unwrap_or_default();
    let widths = data.decimals(tags::WINDOW_WIDTH).unwrap_or_default();
    let names = data.text(tags::WINDOW_NAME);
    let (function, least) = match data.text(tags::VOI_FUNCTION).as_str() {
        "LINEAR_EXACT" => (VoiFunction::LinearExact, f64::MIN_POSITIVE),
        "SIGMOID" => (VoiFunction::Sigmoid, f64::MIN_POSITIVE),
        _ => (VoiFunction::Linear, 1.0),
    };
    let mut names = names.split('\\');
    centres
        .into_iter()
        .zip(widths)
        .map(|(centre, width)| {
            let name = names.next().unwrap_or_default().trim().to_owned();
            Window { centre, width, function, name, table: Vec::new() }
        })
        .filter(|w| w.width >= least)
        .collect()
}

/// PS3.3 C.11.2.1.1. HU are of 16 bits with a sign, and so is the first of them that is mapped.
fn table(item: Data<'_>, number: usize) -> Option<Window> {
    let Lut { first, bits, words } = lut(item)?;
    let most = f64::from((1u32 << bits.clamp(1, 16)) - 1);
    let grey = |&word: &u16| (f64::from(word).min(most) / most * 255.0).round_ties_even() as u8;
    let width = words.len() as f64;
    Some(Window {
        centre: f64::from(first as i16) + width / 2.0,
        width,
        function: VoiFunction::Table(number),
        name: item.text(tags::LUT_EXPLANATION),
        table: words.iter().map(grey).collect(),
    })
}
