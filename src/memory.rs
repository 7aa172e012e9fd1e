//! What the browser remembers from one visit to the next: choices of the person, never anything of a patient.

use crate::layout::Layout;
use crate::state::Tool;
use crate::words::Language;
use gloo::storage::{LocalStorage, Storage};
use serde::{Deserialize, Serialize};
use workers::messages::Hardware;

const LANGUAGE: &str = "lithoscope.language";
const SINGLE_KEYS: &str = "lithoscope.single-keys";
const HARDWARE: &str = "lithoscope.hardware";
const CHOICES: &str = "lithoscope.choices";
const ALL: [&str; 4] = [LANGUAGE, SINGLE_KEYS, HARDWARE, CHOICES];

/// How the person likes to work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    pub tool: Tool,
    pub crosshair: bool,
    pub patient_text: bool,
    pub layout: Layout,
    /// How much of the picture the mask covers.
    pub fill: f64,
    /// Slices in a second.
    pub cine_speed: f64,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            tool: Tool::Window,
            crosshair: true,
            patient_text: true,
            layout: Layout::default(),
            fill: 0.35,
            cine_speed: 10.0,
        }
    }
}

pub fn choices() -> Choices {
    LocalStorage::get(CHOICES).unwrap_or_default()
}

/// Those of a first visit need no keeping.
pub fn keep_choices(choices: &Choices) {
    if *choices == Choices::default() {
        LocalStorage::delete(CHOICES);
    } else {
        let _ = LocalStorage::set(CHOICES, choices);
    }
}

pub fn forget_all() {
    ALL.into_iter().for_each(LocalStorage::delete);
}

pub fn language() -> Option<Language> {
    let code: String = LocalStorage::get(LANGUAGE).ok()?;
    Language::of_code(&code)
}

/// A browser that stores nothing forgets the choice, and that is its owner's wish.
pub fn keep_language(language: Language) {
    let _ = LocalStorage::set(LANGUAGE, language.code());
}

pub fn single_keys() -> bool {
    LocalStorage::get(SINGLE_KEYS).unwrap_or(true)
}

pub fn keep_single_keys(on: bool) {
    let _ = LocalStorage::set(SINGLE_KEYS, on);
}

pub fn hardware() -> Hardware {
    LocalStorage::get(HARDWARE).unwrap_or_default()
}

pub fn keep_hardware(hardware: Hardware) {
    let _ = LocalStorage::set(HARDWARE, hardware);
}
