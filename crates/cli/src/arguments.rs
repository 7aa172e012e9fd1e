//! Words of the command line → paths, flags and options; and the exit codes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Why a command did not simply succeed.
#[derive(Debug, PartialEq, Eq)]
pub enum Exit {
    /// What is wrong with the arguments; empty if there are none.
    Usage(String),
    NothingRead,
    /// Why there is no model to search with.
    NoModel(String),
    /// A file that could not be written, and why.
    NotWritten(String, String),
    /// Done, but not with all slices.
    Incomplete,
}

impl Exit {
    pub fn report(self, usage: &str) -> ExitCode {
        match self {
            Exit::Usage(problem) => {
                if !problem.is_empty() {
                    eprintln!("lithoscope: {problem}");
                }
                eprintln!("{usage}");
                ExitCode::from(1)
            }
            Exit::NothingRead => {
                eprintln!("lithoscope: no CT could be read");
                ExitCode::from(2)
            }
            Exit::NoModel(problem) => {
                eprintln!("lithoscope: no model: {problem}");
                ExitCode::from(3)
            }
            Exit::NotWritten(file, problem) => {
                eprintln!("lithoscope: {file} could not be written: {problem}");
                ExitCode::from(1)
            }
            Exit::Incomplete => {
                eprintln!("lithoscope: done, but incomplete");
                ExitCode::from(4)
            }
        }
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

pub fn print_json(value: &impl serde::Serialize) -> Result<(), Exit> {
    let failed = |error: serde_json::Error| Exit::NotWritten("the JSON".into(), error.to_string());
    println!("{}", serde_json::to_string_pretty(value).map_err(failed)?);
    Ok(())
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
