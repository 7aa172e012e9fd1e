//! Words of the command line → paths, flags and options; and the exit codes.

use crate::output::tell;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

/// Why a command did not simply succeed.
#[derive(Debug, PartialEq, Eq)]
pub enum Exit {
    /// What is wrong with the arguments; empty if there are none.
    Usage(String),
    NothingRead,
    /// What could not be read, and why.
    NotRead(String, String),
    /// Why there is no model to search with.
    NoModel(String),
    /// A file that could not be written, and why.
    NotWritten(String, String),
    /// Done, but not with all slices.
    Incomplete,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Usage(problem) => write!(f, "{problem}"),
            Exit::NothingRead => write!(f, "no CT could be read"),
            Exit::NotRead(what, problem) => write!(f, "{what} could not be read: {problem}"),
            Exit::NoModel(problem) => write!(f, "no model: {problem}"),
            Exit::NotWritten(file, problem) => write!(f, "{file} could not be written: {problem}"),
            Exit::Incomplete => write!(f, "done, but incomplete"),
        }
    }
}

impl Exit {
    pub fn report(self, usage: &str) -> ExitCode {
        if self != Exit::Usage(String::new()) {
            tell(format_args!("lithoscope: {self}"));
        }
        if let Exit::Usage(_) = self {
            tell(usage);
        }
        ExitCode::from(match self {
            Exit::Usage(_) | Exit::NotWritten(..) => 1,
            Exit::NothingRead | Exit::NotRead(..) => 2,
            Exit::NoModel(_) => 3,
            Exit::Incomplete => 4,
        })
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    pub paths: Vec<PathBuf>,
    flags: Vec<&'static str>,
    options: BTreeMap<&'static str, Vec<String>>,
}

impl Arguments {
    /// `flags` stand alone, `options` take the next word. `--` ends both.
    pub fn parse(
        mut words: impl Iterator<Item = String>,
        flags: &[&'static str],
        options: &[&'static str],
    ) -> Result<Self, Exit> {
        let mut arguments = Self::default();
        let mut only_paths = false;
        while let Some(word) = words.next() {
            if only_paths || !word.starts_with('-') {
                arguments.paths.push(word.into());
            } else if word == "--" {
                only_paths = true;
            } else if let Some(flag) = flags.iter().find(|f| **f == word) {
                arguments.flags.push(flag);
            } else if let Some(option) = options.iter().find(|o| **o == word) {
                let value = words.next().ok_or_else(|| usage(&word, "needs a value"))?;
                arguments.options.entry(option).or_default().push(value);
            } else {
                return Err(usage(&word, "is not known here"));
            }
        }
        if arguments.paths.is_empty() {
            return Err(usage("PATH", "is missing"));
        }
        Ok(arguments)
    }

    pub fn flag(&self, name: &str) -> bool {
        self.flags.contains(&name)
    }

    /// The last value given.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name)?.last().map(String::as_str)
    }

    /// All values given.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.options.get(name).into_iter().flatten().map(String::as_str)
    }

    pub fn need(&self, name: &str) -> Result<&str, Exit> {
        self.option(name).ok_or_else(|| usage(name, "is missing"))
    }
}

fn usage(word: &str, problem: &str) -> Exit {
    Exit::Usage(format!("{word} {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, Exit> {
        let words = line.split_whitespace().map(str::to_owned);
        Arguments::parse(words, &["--json"], &["--series"])
    }

    #[test]
    fn paths_flags_and_options() {
        let a = parse("--json one --series 1.2 -- --two").unwrap();
        assert_eq!(a.paths, [PathBuf::from("one"), PathBuf::from("--two")]);
        assert!(a.flag("--json"));
        assert_eq!(a.option("--series"), Some("1.2"));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(parse("--json"), Err(Exit::Usage("PATH is missing".into())));
        assert_eq!(parse("a --sereis x"), Err(Exit::Usage("--sereis is not known here".into())));
        assert_eq!(parse("a --series"), Err(Exit::Usage("--series needs a value".into())));
    }
}
