//! All files under the paths given, each with the name it is reported by.

use reader::{Code, Refusal};
use std::path::{Path, PathBuf};

/// A file, and its path relative to what was asked for, with `/`.
pub struct Source {
    pub name: String,
    pub path: PathBuf,
}

/// Folders recursively. Where several paths are given, their own names come first, so that equal names
/// under two of them stay apart.
pub fn list(paths: &[PathBuf]) -> (Vec<Source>, Vec<Refusal>) {
    let mut found = Vec::new();
    let mut refused = Vec::new();
    for root in paths {
        let base = if paths.len() == 1 && root.is_dir() { root.as_path() } else { Path::new("") };
        let mut pending = vec![root.clone()];
        while let Some(path) = pending.pop() {
            let name = name(&path, base, paths.len() == 1);
            let kind = if path == *root { path.metadata() } else { path.symlink_metadata() };
            match kind {
                Ok(kind) if kind.is_dir() => match path.read_dir() {
                    Ok(entries) => pending.extend(entries.flatten().map(|e| e.path())),
                    Err(error) => refused.push(unreadable(name, &error)),
                },
                // A link to a folder may lead round in a circle.
                Ok(kind) if kind.is_symlink() && path.is_dir() => {}
                Ok(_) => found.push(Source { name, path }),
                Err(error) => refused.push(unreadable(name, &error)),
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    (found, refused)
}

/// A file that the system does not give out is, for a reader, an empty one.
pub fn unreadable(path: String, error: &std::io::Error) -> Refusal {
    Refusal { path, code: Code::Empty, detail: error.to_string() }
}

fn name(path: &Path, base: &Path, single: bool) -> String {
    let inner = match (single, path.strip_prefix(base)) {
        (true, Ok(_)) if base.as_os_str().is_empty() => path.file_name().map_or(path, Path::new),
        (_, Ok(inner)) => inner,
        (_, Err(_)) => path,
    };
    let parts: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
