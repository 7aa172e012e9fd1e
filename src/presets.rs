//! The windows that radiologists call by a key.

use crate::state::Window;
use crate::words::{self, Text};

pub const PRESETS: [(Text, Window); 5] = [
    (words::PRESET_START, Window::START),
    (words::PRESET_SOFT, Window { centre: 40.0, width: 400.0 }),
    (words::PRESET_LIVER, Window { centre: 90.0, width: 150.0 }),
    (words::PRESET_BONE, Window { centre: 350.0, width: 2000.0 }),
    (words::PRESET_LUNG, Window { centre: -600.0, width: 1500.0 }),
];
