//! Files on disk → series with their HU: every file is scanned and decoded, then all are assembled once.

mod files;
mod load;

use crate::arguments::Exit;
use load::Loaded;
use reader::{Limits, Refusal, Series, assemble, pick};
use std::collections::HashMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use volume::Volume;

/// Everything that was found under the paths given.
pub struct Study {
    pub series: Vec<Series>,
    pub not_loaded: Vec<Refusal>,
    slices: HashMap<(String, usize), Vec<i16>>,
}

impl Study {
    /// Reads files, folders and archives with all cores.
    pub fn read(paths: &[PathBuf]) -> Self {
        let limits = Limits::default();
        let (files, refused) = files::list(paths);
        let next = AtomicUsize::new(0);
        let all = Mutex::new(Loaded { refused, ..Loaded::default() });
        let work = || {
            let mut own = Loaded::default();
            while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                own.append(Loaded::file(file, &limits));
            }
            match all.lock() {
                Ok(mut all) => all.append(own),
                Err(poisoned) => poisoned.into_inner().append(own),
            }
        };
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
                scope.spawn(work);
            }
        });
        let Loaded { frames, mut refused } = all.into_inner().unwrap_or_else(|p| p.into_inner());
        let mut slices = HashMap::with_capacity(frames.len());
        let mut headers = Vec::with_capacity(frames.len());
        for (frame, hu) in frames {
            slices.insert((frame.path.clone(), frame.number), hu);
            headers.push(frame);
        }
        let assembly = assemble(headers);
        refused.extend(assembly.refused);
        refused.sort();
        refused.dedup_by(|a, b| (&a.path, a.code) == (&b.path, b.code));
        Self { series: assembly.series, not_loaded: refused, slices }
    }

    /// Whether any CT lies in a folder; no more is read than it takes to know.
    pub fn is_any(folder: &Path) -> bool {
        let (files, _) = files::list(&[folder.to_owned()]);
        files.iter().any(|file| !Loaded::file(file, &Limits::default()).frames.is_empty())
    }

    /// The series that was asked for, or the one that the page would show first.
    pub fn choose(&self, uid: Option<&str>) -> Result<&Series, Exit> {
        let Some(uid) = uid else {
            return pick(&self.series).and_then(|n| self.series.get(n)).ok_or(Exit::NothingRead);
        };
        let is_it = |series: &&Series| series.series_instance_uid.as_deref() == Some(uid);
        let missing = || Exit::Usage(format!("--series {uid} is not among those read"));
        self.series.iter().find(is_it).ok_or_else(missing)
    }

    /// The HU of a series' slice `k`, row by row; empty if there is none.
    pub fn slice(&self, series: &Series, k: usize) -> &[i16] {
        let key = series.frames.get(k).map(|f| (f.path.clone(), f.number));
        key.and_then(|key| self.slices.get(&key)).map_or(&[], Vec::as_slice)
    }

    /// The series as one volume; `None` if the machine has no room for it.
    pub fn volume(&self, series: &Series) -> Option<Volume> {
        let mut volume = Volume::new(series.geometry.clone())?;
        for k in 0..series.frames.len() {
            volume.put(k, self.slice(series, k));
        }
        Some(volume)
    }
}
