//! `lithoscope predict --each`: every study of a folder, each once, whatever ends the program meanwhile.
//!
//! A study is a folder, an archive or a file that lies in the folder given. What is found in it is written into a folder
//! of its own, under a name that says it is not finished; renamed when it is, in one step. A study whose folder is there
//! is never searched again.

use super::model::Model;
use super::{read, save, search};
use crate::arguments::{Arguments, Exit};
use crate::output::tell;
use export::table;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use stones::{Extent, Findings};

const FINDINGS: &str = "findings.json";
const FAILED: &str = "failed.json";
/// The names under which the files of each study lie beside its findings.
const FILES: [(save::Kind, &str); 4] = [
    (save::Kind::Labels, "labels.nii.gz"),
    (save::Kind::Segmentation, "seg.dcm"),
    (save::Kind::Report, "sr.dcm"),
    (save::Kind::Fractional, "seg-fractional.dcm"),
];
/// Asks for the last of them, which takes eight times the bytes of the first.
pub const FRACTIONAL: &str = "--seg-fractional";

struct Batch<'a> {
    out: &'a Path,
    model: &'a Model,
    extent: Extent,
    /// Threads for each study.
    workers: usize,
    files: &'static [(save::Kind, &'static str)],
}

/// One study: what it is called, and where it lies.
struct Item {
    name: String,
    path: PathBuf,
}

pub fn run(arguments: &Arguments, model: &Model, extent: Extent) -> Result<(), Exit> {
    let [folder] = &arguments.paths[..] else {
        return Err(Exit::Usage("--each takes one folder".into()));
    };
    let out = PathBuf::from(arguments.need("--out")?);
    let jobs = number(arguments, "--jobs", 1)?;
    let (n, of) = share(arguments)?;
    let mut all = items(folder).map_err(|error| not_read(folder, &error))?;
    if !all.is_empty() {
        fs::create_dir_all(&out).map_err(|error| not_written(&out, &error))?;
        leave_out(&out, folder, &mut all)?;
    }
    // After that, so that all shares count the same.
    let studies: Vec<Item> = all.into_iter().skip(n).step_by(of).collect();
    if studies.is_empty() {
        return Err(Exit::NothingRead);
    }
    let workers = (search::workers() / jobs).max(1);
    let files = if arguments.flag(FRACTIONAL) { &FILES[..] } else { &FILES[..3] };
    let batch = Batch { out: &out, model, extent, workers, files };

    let open: Vec<&Item> = studies.iter().filter(|study| !out.join(&study.name).is_dir()).collect();
    let (count, before) = (studies.len(), studies.len() - open.len());
    tell(format_args!("{count} studies, {before} finished before"));
    let next = AtomicUsize::new(0);
    let (failed, failures) = mpsc::channel();
    let work = || {
        while let Some(study) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
            match batch.finish(study) {
                Ok(told) => tell(format_args!("{}: {told}", study.name)),
                Err(exit) => {
                    tell(format_args!("{}: {exit}", study.name));
                    // Whoever receives lives as long as this.
                    let _ = failed.send(exit);
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(work);
        }
    });
    let whole = summarize(&out)?;
    let failures: Vec<Exit> = failures.try_iter().collect();
    let unwritten = failures.iter().filter(|exit| matches!(exit, Exit::NotWritten(..))).count();
    match (unwritten, whole && failures.is_empty()) {
        (0, true) => Ok(()),
        (0, false) => Err(Exit::Incomplete),
        (unwritten, _) => {
            let of = out.display().to_string();
            Err(Exit::NotWritten(of, format!("{unwritten} of {count} studies")))
        }
    }
}

fn number(arguments: &Arguments, option: &str, usual: usize) -> Result<usize, Exit> {
    let Some(text) = arguments.option(option) else { return Ok(usual) };
    let number = text.parse().ok().filter(|&n| n > 0);
    number.ok_or_else(|| Exit::Usage(format!("{option} takes a number")))
}

/// "2/8": the third part of eight, counted from 0, as schedulers count.
fn share(arguments: &Arguments) -> Result<(usize, usize), Exit> {
    let Some(text) = arguments.option("--share") else { return Ok((0, 1)) };
    let parts = text.split_once('/').and_then(|(n, of)| Some((n.parse().ok()?, of.parse().ok()?)));
    let usage = || Exit::Usage("--share takes N/OF, N from 0".into());
    parts.filter(|(n, of)| n < of).ok_or_else(usage)
}

/// What lies in a folder, in the order of names. Hidden ones are none.
fn items(folder: &Path) -> io::Result<Vec<Item>> {
    let names: Result<BTreeSet<_>, _> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect();
    let item = |name: std::ffi::OsString| {
        let path = folder.join(&name);
        Item { name: name.to_string_lossy().into_owned(), path }
    };
    Ok(names?.into_iter().map(item).filter(|item| !item.name.starts_with('.')).collect())
}

/// What was written is no study of the next run.
fn leave_out(out: &Path, folder: &Path, studies: &mut Vec<Item>) -> Result<(), Exit> {
    let place = out.canonicalize().map_err(|error| not_written(out, &error))?;
    if folder.canonicalize().is_ok_and(|folder| folder == place) {
        return Err(Exit::Usage("--out is the folder of the studies itself".into()));
    }
    studies.retain(|study| {
        let holds_out = study.path.canonicalize().is_ok_and(|path| place.starts_with(path));
        if holds_out {
            tell(format_args!("{}: holds what is written, and is not searched", study.name));
        }
        !holds_out
    });
    Ok(())
}

impl Batch<'_> {
    /// Searches a study and puts what was found into its place; what is told of it.
    fn finish(&self, study: &Item) -> Result<String, Exit> {
        let unfinished = self.out.join(format!(".{}.unfinished", study.name));
        // What a run that was killed has left.
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(|error| not_written(&unfinished, &error))?;
        }
        fs::create_dir(&unfinished).map_err(|error| not_written(&unfinished, &error))?;
        let told = match self.search(study, &unfinished) {
            Ok(findings) => {
                format!("{} found", findings.stones.iter().filter(|s| s.is_shown()).count())
            }
            // Nothing that another try would change.
            Err(Exit::NothingRead) => {
                let failed = json!({ "code": "nothing_read", "detail": "no CT could be read" });
                save::write(&unfinished.join(FAILED), failed.to_string().as_bytes())?;
                "no CT could be read".into()
            }
            Err(exit) => return Err(exit),
        };
        let place = self.out.join(&study.name);
        fs::rename(&unfinished, &place).map_err(|error| not_written(&place, &error))?;
        Ok(told)
    }

    fn search(&self, study: &Item, folder: &Path) -> Result<Findings, Exit> {
        let (files, seconds) = read(std::slice::from_ref(&study.path));
        let series = files.choose(None)?;
        let mut found = search(&files, series, self.model, self.extent, self.workers)?;
        found.findings.seconds.read = seconds;
        for (kind, name) in self.files {
            // A segmentation of nothing can't be, nor one whose side is in doubt; the findings say so themselves.
            match save::bytes(*kind, series, &found) {
                Ok(bytes) => save::write(&folder.join(name), &bytes)?,
                Err(refused) => {
                    let why = json!({ "file": name, "problem": refused.to_string() });
                    let absent = folder.join(format!("{name}.absent.json"));
                    save::write(&absent, why.to_string().as_bytes())?;
                }
            }
        }
        save::write(&folder.join(FINDINGS), save::json(&found.findings)?.as_bytes())?;
        Ok(found.findings)
    }
}

/// All that is finished, of this run and others, as JSON lines and as a table. Whether all of it is whole.
fn summarize(out: &Path) -> Result<bool, Exit> {
    let (mut lines, mut stones, mut whole) = (String::new(), table::heading(), true);
    for study in items(out).map_err(|error| not_written(out, &error))? {
        let line = match fs::read(study.path.join(FINDINGS)) {
            Ok(bytes) => {
                let problem = |error: serde_json::Error| not_written(&study.path, &error.into());
                let findings: Findings = serde_json::from_slice(&bytes).map_err(problem)?;
                whole &= findings.complete;
                stones.push_str(&table::lines(&study.name, &findings));
                json!({ "study": study.name, "findings": findings })
            }
            Err(_) => match fs::read(study.path.join(FAILED)) {
                Ok(bytes) => {
                    whole = false;
                    let failed: Value = serde_json::from_slice(&bytes).unwrap_or_default();
                    json!({ "study": study.name, "failed": failed })
                }
                Err(_) => continue,
            },
        };
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    replace(&out.join("findings.jsonl"), lines.as_bytes())?;
    replace(&out.join("stones.csv"), stones.as_bytes())?;
    Ok(whole)
}

/// Never half-written: whoever reads meanwhile reads the one before.
fn replace(file: &Path, bytes: &[u8]) -> Result<(), Exit> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let beside = file.with_file_name(format!(".{name}.{}", std::process::id()));
    save::write(&beside, bytes)?;
    fs::rename(&beside, file).map_err(|error| not_written(file, &error))
}

fn not_read(path: &Path, error: &io::Error) -> Exit {
    Exit::NotRead(path.display().to_string(), error.to_string())
}

fn not_written(path: &Path, error: &io::Error) -> Exit {
    Exit::NotWritten(path.display().to_string(), error.to_string())
}
