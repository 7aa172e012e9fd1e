//! The tools of the left button, and the window that one of them drags.

use crate::marks::Form;
use serde::{Deserialize, Serialize};
use workers::messages::VoiFunction;

/// What the left button does on a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tool {
    Window,
    Pan,
    Zoom,
    Scroll,
    Mark(Form),
    /// Draws with the hand that is chosen.
    Label,
}

impl Tool {
    pub fn name(self) -> &'static str {
        match self {
            Tool::Window => "window",
            Tool::Pan => "pan",
            Tool::Zoom => "zoom",
            Tool::Scroll => "scroll",
            Tool::Mark(_) => "mark",
            Tool::Label => "label",
        }
    }

    /// A tool that measures or draws is for now; the next visit begins with a habit.
    pub fn habit(self) -> Self {
        if let Tool::Mark(_) | Tool::Label = self { Tool::Window } else { self }
    }
}

/// PS3.3 C.11.2.1.2 window in HU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub centre: f64,
    pub width: f64,
    pub function: VoiFunction,
}

impl Window {
    /// What every study begins with.
    pub const START: Window = Window::linear(60.0, 400.0);

    pub const fn linear(centre: f64, width: f64) -> Self {
        Self { centre, width, function: VoiFunction::Linear }
    }

    pub fn clamped(self) -> Self {
        Self {
            centre: self.centre.round().clamp(-2000.0, 4000.0),
            width: self.width.round().clamp(2.0, 6000.0),
            ..self
        }
    }
}
