//! What a person or another program is told.

use crate::arguments::Exit;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// On standard output. Whoever reads may have enough before the end, as `head` has.
pub fn print(text: impl Display) -> Result<(), Exit> {
    let mut out = io::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Exit::NotWritten("standard output".into(), error.to_string()))
        }
        _ => Ok(()),
    }
}

pub fn print_json(value: &impl serde::Serialize) -> Result<(), Exit> {
    let failed = |error: serde_json::Error| Exit::NotWritten("the JSON".into(), error.to_string());
    print(serde_json::to_string_pretty(value).map_err(failed)? + "\n")
}

/// A line on standard error; where nobody reads it, nothing is lost.
pub fn tell(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
