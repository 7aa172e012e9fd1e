//! The windows that radiologists call by a key.

use crate::state::Window;
use crate::words::{self, Text};
use workers::messages::{Facts, FileWindow};

pub const PRESETS: [(Text, Window); 5] = [
    (words::PRESET_START, Window::START),
    (words::PRESET_SOFT, Window::linear(40.0, 400.0)),
    (words::PRESET_LIVER, Window::linear(90.0, 150.0)),
    (words::PRESET_BONE, Window::linear(350.0, 2000.0)),
    (words::PRESET_LUNG, Window::linear(-600.0, 1500.0)),
];

/// The windows that the file suggests, as they stand there, with their names.
pub fn of_file(facts: &Facts) -> Vec<(String, Window)> {
    let window = |w: &FileWindow| {
        let FileWindow { centre, width, function, .. } = *w;
        (w.name.clone(), Window { centre, width, function })
    };
    facts.windows.iter().map(window).collect()
}
