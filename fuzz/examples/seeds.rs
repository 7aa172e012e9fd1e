//! Fills `fuzz/corpus` with what is found in folders: `cargo run --example seeds -- FOLDER…`

use lithoscope_fuzz::seeds;
use reader::Stored;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What libFuzzer is told too: longer inputs only run slower.
const LONGEST: usize = 64 << 10;

fn main() -> io::Result<()> {
    let mut pending: Vec<PathBuf> = env::args().skip(1).map(PathBuf::from).collect();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            for entry in path.read_dir()? {
                pending.push(entry?.path());
            }
        } else {
            let file = fs::read(&path)?;
            for (target, seed) in of(&path, &file) {
                write(target, &seed)?;
            }
        }
    }
    Ok(())
}

/// In `crates/reader/tests/data` there are bare code streams: 24 × 32 or as their name says. All else is a file.
fn of(path: &Path, file: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let size = name.split(['-', '.']).find_map(|part| {
        let (columns, rows) = part.split_once('x')?;
        Some((rows.parse().ok()?, columns.parse().ok()?))
    });
    let target = match name.split('.').collect::<Vec<_>>().as_slice() {
        [.., "jls"] => "jpeg_ls",
        [.., "j2k"] => "jpeg_2000",
        [_, _, "jpg"] => "jpeg_lossless",
        [_, "jpg"] if size.is_some() => "jpeg",
        _ => return seeds::of_file(&name, file),
    };
    let (rows, columns) = size.unwrap_or((24, 32));
    let allocated = if name.starts_with("u8-") { 8 } else { 16 };
    let signed = name.starts_with('s');
    let stored = Stored::Integer { allocated, bits: allocated, high: allocated - 1, signed };
    vec![(target, seeds::of_codec(rows, columns, stored, file))]
}

fn write(target: &str, seed: &[u8]) -> io::Result<()> {
    if seed.len() > LONGEST {
        return Ok(());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    fs::write(folder.join(format!("{:016x}", hasher.finish())), seed)
}
