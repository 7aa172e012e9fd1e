//! What the browser remembers from one visit to the next: choices of the person, never anything of a patient.

use crate::words::Language;
use gloo::storage::{LocalStorage, Storage};
use workers::messages::Hardware;

const LANGUAGE: &str = "lithoscope.language";
const SINGLE_KEYS: &str = "lithoscope.single-keys";
const HARDWARE: &str = "lithoscope.hardware";

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
