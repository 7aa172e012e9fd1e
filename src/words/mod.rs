//! Every word that a person reads, English and Korean side by side.
//!
//! * [`labels`]: names of things, as they stand
//! * [`sentences`]: with numbers in them; [`counts`]: what is counted in them
//! * [`pacs`]: what comes from the PACS and goes to it
//! * [`saving`]: what can be saved, and the sentence of a report
//! * [`kinds`]: names of what DICOM holds beside CT
//! * [`facts`]: what the geometry panel shows
//! * [`measures`]: what was measured; [`labelling`]: what was drawn
//! * [`codes`]: refusals, warnings and limits, [`failures`]: what could not be done, each with its reason and what to do

mod codes;
mod counts;
mod facts;
mod failures;
mod kinds;
mod labelling;
mod labels;
mod measures;
mod pacs;
mod saving;
mod sentences;

pub use codes::{badge, caution, is_kind, kind, level, limit, refusal, refused, warning};
pub use facts::{Section, facts};
pub use failures::failure;
pub use labelling::*;
pub use labels::*;
pub use measures::*;
pub use pacs::*;
pub use saving::*;
pub use sentences::*;

use crate::memory;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    Korean,
}

impl Language {
    pub const ALL: [Language; 2] = [Language::English, Language::Korean];

    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Korean => "ko",
        }
    }

    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The language's own name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Korean => "한국어",
        }
    }

    /// What was chosen before; else what the browser asks for.
    pub fn remembered() -> Self {
        let browser = || {
            let wished = web_sys::window()?.navigator().language()?;
            Self::of_code(wished.get(..2)?)
        };
        memory::language().or_else(browser).unwrap_or(Language::English)
    }
}

/// One text in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    en: &'static str,
    ko: &'static str,
}

impl Text {
    const fn new(en: &'static str, ko: &'static str) -> Self {
        Self { en, ko }
    }

    pub fn to(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Korean => self.ko,
        }
    }
}
