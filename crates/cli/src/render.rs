//! `lithoscope render`.

use crate::arguments::Exit;

pub fn run(_words: impl Iterator<Item = String>) -> Result<(), Exit> {
    Err(Exit::Usage("render is not built in yet".into()))
}
