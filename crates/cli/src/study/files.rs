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
                Ok(_) => match path.metadata() {
                    Ok(kind) if kind.is_file() => found.push(Source { name, path }),
                    // To open a pipe is to wait for whoever writes to it.
                    Ok(_) => refused.push(Refusal {
                        path: name,
                        code: Code::NotDicom,
                        detail: "a pipe, a socket or a device".to_owned(),
                    }),
                    Err(error) => refused.push(unreadable(name, &error)),
                },
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::{fs::symlink, net::UnixListener};

    #[test]
    fn what_is_no_file_is_refused_and_not_opened() -> std::io::Result<()> {
        let folder = std::env::temp_dir().join(format!("lithoscope-files-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("a"), "a file")?;
        symlink(folder.join("a"), folder.join("link"))?;
        symlink(&folder, folder.join("loop"))?;
        symlink(folder.join("nowhere"), folder.join("lost"))?;
        let _socket = UnixListener::bind(folder.join("socket"))?;
        let (found, mut refused) = list(std::slice::from_ref(&folder));
        std::fs::remove_dir_all(&folder)?;
        refused.sort();
        assert!(found.iter().map(|source| &*source.name).eq(["a", "link"]));
        let refused: Vec<_> = refused.iter().map(|r| (&*r.path, r.code)).collect();
        assert_eq!(refused, [("lost", Code::Empty), ("socket", Code::NotDicom)]);
        Ok(())
    }
}
