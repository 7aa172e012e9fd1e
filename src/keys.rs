//! Keys: how they are called, and which of them mean what since the person has changed some.

use crate::commands::{Row, TABLE};
use crate::words::Language;
use std::collections::BTreeMap;
use web_sys::KeyboardEvent;

/// What is printed on a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Letters are given small.
    Sign(char),
    /// One of [`NAMED`].
    Named(&'static str),
}

/// A key, and those held with it. Which signs need Shift differs between keyboards; of letters it is a part of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub cap: Cap,
    pub shift: bool,
    /// Control, or Command on a Mac.
    pub ctrl: bool,
}

/// Keys without a sign that a command may have: the browser's name, and how a person calls them.
const NAMED: &[(&str, &str)] = &[
    ("Escape", "Esc"),
    ("Enter", "Enter"),
    ("Delete", "Del"),
    ("Backspace", "⌫"),
    ("Insert", "Ins"),
    ("Home", "Home"),
    ("End", "End"),
    ("PageUp", "PgUp"),
    ("PageDown", "PgDn"),
    ("ArrowUp", "↑"),
    ("ArrowDown", "↓"),
    ("ArrowLeft", "←"),
    ("ArrowRight", "→"),
    ("F2", "F2"),
    ("F4", "F4"),
    ("F8", "F8"),
    ("F9", "F9"),
    ("F10", "F10"),
];

impl Key {
    /// By the browser's name of it; `None` where no command may have it.
    pub fn named(name: &str, shift: bool, ctrl: bool) -> Option<Self> {
        let mut signs = name.chars();
        let cap = match (signs.next(), signs.next()) {
            (Some(sign), None) => Cap::Sign(sign.to_lowercase().next()?),
            _ => Cap::Named(NAMED.iter().find(|(known, _)| *known == name)?.0),
        };
        let matters = !matches!(cap, Cap::Sign(sign) if !sign.is_alphabetic());
        Some(Self { cap, shift: shift && matters, ctrl })
    }

    pub fn pressed(event: &KeyboardEvent) -> Option<Self> {
        // A keyboard that is set to Hangul gives jamo: the letter is that of the key's place.
        let (name, code) = (event.key(), event.code());
        let name = code.strip_prefix("Key").filter(|_| !name.is_ascii()).unwrap_or(&name);
        Self::named(name, event.shift_key(), event.ctrl_key() || event.meta_key())
    }

    fn name(self) -> String {
        match self.cap {
            Cap::Sign(sign) => sign.to_string(),
            Cap::Named(name) => name.to_owned(),
        }
    }

    /// How a person calls it.
    pub fn shown(self) -> String {
        let cap = match self.cap {
            Cap::Sign(' ') => "Space".to_owned(),
            Cap::Sign('-') => "−".to_owned(),
            Cap::Sign(sign) => sign.to_uppercase().collect(),
            Cap::Named(name) => NAMED
                .iter()
                .find(|(known, _)| *known == name)
                .map_or(name, |(_, shown)| shown)
                .to_owned(),
        };
        let held = |held: bool, name| if held { name } else { "" };
        format!("{}{}{cap}", held(self.ctrl, "Ctrl "), held(self.shift, "Shift "))
    }
}

/// How the browser keeps what was changed: by a command's English name its keys, each with Shift and Control.
pub type Kept = BTreeMap<String, Vec<(String, bool, bool)>>;

/// Which keys a command has: those of the table, but where the person has given it others, or none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys(BTreeMap<&'static str, Vec<Key>>);

fn id(row: &Row) -> &'static str {
    row.name.to(Language::English)
}

impl Keys {
    pub fn restored(kept: &Kept) -> Self {
        let key = |(name, shift, ctrl): &(String, bool, bool)| Key::named(name, *shift, *ctrl);
        let row = |row| {
            let keys = kept.get(id(row))?;
            Some((id(row), keys.iter().filter_map(key).collect()))
        };
        Self(TABLE.iter().filter_map(row).collect())
    }

    pub fn kept(&self) -> Kept {
        let key = |key: &Key| (key.name(), key.shift, key.ctrl);
        self.0.iter().map(|(id, keys)| ((*id).to_owned(), keys.iter().map(key).collect())).collect()
    }

    pub fn of(&self, row: &Row) -> &[Key] {
        self.0.get(id(row)).map_or(row.keys, Vec::as_slice)
    }

    /// All keys of a command as a person calls them.
    pub fn shown(&self, row: &Row) -> String {
        self.of(row).iter().map(|key| key.shown()).collect::<Vec<_>>().join(", ")
    }

    /// The command that a key means.
    pub fn row(&self, key: Key) -> Option<&'static Row> {
        TABLE.iter().find(|row| self.of(row).contains(&key))
    }

    /// Gives a command this key in place of those that it has, or none.
    pub fn give(&mut self, row: &Row, key: Option<Key>) {
        let keys: Vec<Key> = key.into_iter().collect();
        if keys == row.keys {
            self.0.remove(id(row));
        } else {
            self.0.insert(id(row), keys);
        }
    }

    /// Whether all is as in the table.
    pub fn untouched(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;

    fn command(keys: &Keys, name: &str, shift: bool, ctrl: bool) -> Option<Command> {
        keys.row(Key::named(name, shift, ctrl)?).map(|row| row.command)
    }

    fn row(command: Command) -> &'static Row {
        TABLE.iter().find(|row| row.command == command).unwrap()
    }

    #[test]
    fn keys_are_found_in_either_case() {
        let keys = Keys::default();
        assert_eq!(command(&keys, "R", false, false), Some(Command::Reset));
        assert_eq!(command(&keys, "N", true, false), Some(Command::PreviousFinding));
        assert_eq!(command(&keys, "?", true, false), Some(Command::Help));
        assert_eq!(command(&keys, "Z", true, true), Some(Command::Redo));
        assert_eq!(command(&keys, "r", false, true), None);
        assert_eq!(command(&keys, "@", false, false), None);
        assert_eq!(Key::named("Shift", true, false), None);
    }

    #[test]
    fn the_table_has_keys_as_they_are_pressed() {
        for key in TABLE.iter().flat_map(|row| row.keys) {
            assert_eq!(Key::named(&key.name(), key.shift, key.ctrl), Some(*key));
        }
    }

    #[test]
    fn a_key_that_is_given_takes_the_place_of_the_tables() {
        let mut keys = Keys::default();
        keys.give(row(Command::Pan), Key::named("F2", false, false));
        keys.give(row(Command::Zoom), None);
        assert_eq!(command(&keys, "F2", false, false), Some(Command::Pan));
        assert_eq!(
            (command(&keys, "m", false, false), command(&keys, "z", false, false)),
            (None, None)
        );
        assert_eq!(Keys::restored(&keys.kept()), keys);
        keys.give(row(Command::Zoom), Key::named("Z", false, false));
        keys.give(row(Command::Pan), Key::named("m", false, false));
        assert!(keys.untouched());
    }
}
