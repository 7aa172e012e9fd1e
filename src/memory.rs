//! What the browser remembers from one visit to the next: choices of the person, never anything of a patient.

use crate::keys::{Kept, Keys};
use crate::layout::Layout;
use crate::state::{Order, State, Tool};
use crate::words::Language;
use gloo::storage::{LocalStorage, Storage};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use workers::messages::Hardware;

const LANGUAGE: &str = "lithoscope.language";
const SINGLE_KEYS: &str = "lithoscope.single-keys";
const KEYS: &str = "lithoscope.keys";
const HARDWARE: &str = "lithoscope.hardware";
const CHOICES: &str = "lithoscope.choices";
const ALL: [&str; 5] = [LANGUAGE, SINGLE_KEYS, KEYS, HARDWARE, CHOICES];

/// How the person likes to work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    pub tool: Tool,
    pub crosshair: bool,
    pub patient_text: bool,
    pub layout: Layout,
    /// Whether the panels beside the planes are open, and the list of series among them.
    pub side: bool,
    pub series_list: bool,
    /// How much of the picture the mask covers, in hundredths. Whole numbers are written without the tables that others need.
    pub fill_percent: u32,
    /// Slices in a thousand seconds.
    pub cine_speed_milli: u32,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            tool: Tool::Window,
            crosshair: true,
            patient_text: true,
            layout: Layout::default(),
            side: true,
            series_list: true,
            fill_percent: 35,
            cine_speed_milli: 10_000,
        }
    }
}

impl Choices {
    pub fn fill(&self) -> f64 {
        f64::from(self.fill_percent) / 100.0
    }

    pub fn cine_speed(&self) -> f64 {
        f64::from(self.cine_speed_milli) / 1000.0
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

pub fn keys() -> Keys {
    Keys::restored(&LocalStorage::get::<Kept>(KEYS).unwrap_or_default())
}

pub fn keep_keys(keys: &Keys) {
    if keys.untouched() {
        LocalStorage::delete(KEYS);
    } else {
        let _ = LocalStorage::set(KEYS, keys.kept());
    }
}

pub fn hardware() -> Hardware {
    LocalStorage::get(HARDWARE).unwrap_or_default()
}

pub fn keep_hardware(hardware: Hardware) {
    let _ = LocalStorage::set(HARDWARE, hardware);
}

impl State {
    /// What concerns the person is as on a first visit.
    pub fn back_to_defaults(&self) {
        let fresh = Choices::default();
        self.tool.set(fresh.tool);
        self.crosshair.set(fresh.crosshair);
        self.patient_text.set(fresh.patient_text);
        self.layout.set(fresh.layout);
        self.side.set(fresh.side);
        self.series_list.set(fresh.series_list);
        self.fill.set(fresh.fill());
        self.cine_speed.set(fresh.cine_speed());
        self.language.set(Language::remembered());
        self.hardware.set(hardware());
        self.keys.set(single_keys());
        self.bound.set(keys());
        self.order.set(Order::Size);
    }

    /// What the browser is to remember of how the person works.
    pub fn choices(&self) -> Choices {
        Choices {
            tool: self.tool.get().habit(),
            crosshair: self.crosshair.get(),
            patient_text: self.patient_text.get(),
            layout: self.layout.get(),
            side: self.side.get(),
            series_list: self.series_list.get(),
            fill_percent: (100.0 * self.fill.get()).round() as u32,
            cine_speed_milli: (1000.0 * self.cine_speed.get()).round() as u32,
        }
    }
}
