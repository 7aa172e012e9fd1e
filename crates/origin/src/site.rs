//! The files of a built page, in memory, with what a browser is to be told about each.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use dicomweb::Service;
use sha2::{Digest, Sha256};

use crate::{WORKER_POLICY, pacs_policy, page_policy};

const PAGE: &str = "index.html";

/// How the name of the first script of the worker begins that speaks to a PACS.
const PACS_BOOT: &str = "pacs-boot-";

/// Where the site names its PACS, beside the page.
const SITE: &str = "site.json";

/// Why there is nothing to serve.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error("{} has no index.html: build the page first (./run does)", .0.display())]
    NoPage(PathBuf),
    #[error("{} can't be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
    #[error("site.json names no DICOMweb service: {0}")]
    Service(#[from] serde_json::Error),
}

/// Path under `/`, without the slash, to file.
#[derive(Debug)]
pub struct Site(BTreeMap<String, File>);

#[derive(Debug)]
pub(crate) struct File {
    pub plain: Bytes,
    pub brotli: Option<Bytes>,
    pub gzip: Option<Bytes>,
    /// Of the plain content; each encoding appends its name.
    pub hash: String,
    pub media_type: &'static str,
    /// The name holds a hash of the content: what it names never changes, and what is said of it neither.
    pub immutable: bool,
    /// What may be done with it, where that is other than with the page.
    pub policy: Option<String>,
}

impl Site {
    /// Reads all of a folder. A file `x.br` or `x.gz` beside `x` is an encoding of it.
    pub fn read(folder: &Path) -> Result<Self, SiteError> {
        if !folder.join(PAGE).is_file() {
            return Err(SiteError::NoPage(folder.to_owned()));
        }
        let mut contents = BTreeMap::new();
        collect(folder, "", &mut contents)?;
        let encoding = |name: &str| contents.get(name).cloned();
        let plain = contents.iter().filter(|(name, _)| {
            !name.rsplit_once('.').is_some_and(|(of, extension)| {
                matches!(extension, "br" | "gz") && contents.contains_key(of)
            })
        });
        let files = plain.map(|(name, content)| {
            let (brotli, gzip) = (encoding(&format!("{name}.br")), encoding(&format!("{name}.gz")));
            (name.clone(), File { brotli, gzip, ..File::of(name, content.clone()) })
        });
        let mut site = Self(files.collect());
        let service = match contents.get(SITE) {
            Some(json) => Service::of_site(&String::from_utf8_lossy(json))?,
            None => None,
        };
        site.allow(service.as_ref());
        if let Some(elsewhere) = contents.get(PAGE).and_then(elsewhere) {
            for file in site.0.values_mut().filter(|file| file.policy.is_none()) {
                file.policy = Some(page_policy(&elsewhere));
            }
        }
        Ok(site)
    }

    /// The same site, which names this service.
    pub fn with_service(mut self, service: &Service) -> Result<Self, SiteError> {
        self.0.insert(SITE.into(), File::of(SITE, service.to_site()?.into()));
        self.allow(Some(service));
        Ok(self)
    }

    /// The worker that speaks to the PACS may speak to nobody else.
    fn allow(&mut self, service: Option<&Service>) {
        for (name, file) in &mut self.0 {
            if name.starts_with(PACS_BOOT) {
                file.policy = Some(pacs_policy(service));
            }
        }
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        let name = path.strip_prefix('/')?;
        self.0.get(if name.is_empty() { PAGE } else { name })
    }
}

impl File {
    fn of(name: &str, plain: Bytes) -> Self {
        Self {
            hash: hex(&Sha256::digest(&plain)),
            plain,
            brotli: None,
            gzip: None,
            media_type: media_type(name),
            // The policy that comes with that script names the PACS, and a site may change it.
            immutable: is_hashed(name) && !name.starts_with(PACS_BOOT),
            policy: name.starts_with("boot-").then(|| WORKER_POLICY.to_owned()),
        }
    }
}

fn collect(
    folder: &Path,
    prefix: &str,
    contents: &mut BTreeMap<String, Bytes>,
) -> Result<(), SiteError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        |error| SiteError::Unreadable(path, error)
    };
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let entry = entry.map_err(unreadable(folder))?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = format!("{prefix}{}", name.to_string_lossy());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), contents)?;
        } else {
            contents.insert(name, fs::read(&path).map_err(unreadable(&path))?.into());
        }
    }
    Ok(())
}

/// The one address that the page's own policy adds to its own server, if it was built with one.
fn elsewhere(page: &Bytes) -> Option<String> {
    let page = String::from_utf8_lossy(page);
    let (_, rest) = page.split_once("connect-src 'self' ")?;
    let (address, _) = rest.split_once(';')?;
    let whole = address.starts_with("https://") || address.starts_with("http://");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_~%[]".contains(&byte);
    (whole && address.bytes().all(plain)).then(|| address.to_owned())
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("zip") => "application/zip",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

/// `name-0123456789abcdef.ext`, as Trunk and tools/dist.mjs write it. Trunk leaves out leading zeros, and
/// wasm-bindgen adds `_bg`.
fn is_hashed(name: &str) -> bool {
    let Some((stem, _)) = name.rsplit_once('.') else { return false };
    let hash = stem.strip_suffix("_bg").unwrap_or(stem).rsplit('-').next().unwrap_or_default();
    (12..=16).contains(&hash.len())
        && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_a_full_hash_counts() {
        assert!(is_hashed("lithoscope-page-da9afc06787f0307.js"));
        assert!(is_hashed("lithoscope-page-da9afc06787f0307_bg.wasm"));
        assert!(is_hashed("worker_bg-656f30eaffde79c1.wasm"));
        assert!(is_hashed("icon-d9ed6297d6f64c9.svg"));
        assert!(!is_hashed("index.html"));
        assert!(!is_hashed("boot-7463d51d.js"));
        assert!(!is_hashed("boot-7463D51D8B2008B6.js"));
    }
}
