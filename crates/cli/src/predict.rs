//! `lithoscope predict`.

use crate::arguments::Exit;

pub fn run(_words: impl Iterator<Item = String>) -> Result<(), Exit> {
    Err(Exit::Usage("predict is not built in yet".into()))
}
