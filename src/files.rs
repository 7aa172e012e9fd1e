//! Files as a person gives them: chosen with an input, or dropped, folders with all they hold.

use js_sys::{Array, ArrayBuffer, Function, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader,
    FileSystemEntry, FileSystemFileEntry,
};

/// A file and its path relative to what was chosen.
pub struct Chosen {
    pub path: String,
    pub file: File,
}

impl Chosen {
    fn new(file: File, folder: &str) -> Self {
        Self { path: format!("{folder}{}", file.name()), file }
    }

    /// A file made of bytes.
    pub fn named(name: &str, bytes: &ArrayBuffer) -> Option<Self> {
        let file = File::new_with_buffer_source_sequence(&Array::of1(bytes), name).ok()?;
        Some(Self { path: name.into(), file })
    }
}

/// What an `<input type="file">` holds.
pub fn of_input(list: &FileList) -> Vec<Chosen> {
    (0..list.length())
        .filter_map(|at| list.get(at))
        .map(|file| {
            let relative = js_sys::Reflect::get(&file, &"webkitRelativePath".into());
            match relative.ok().and_then(|path| path.as_string()).filter(|path| !path.is_empty()) {
                Some(path) => Chosen { path, file },
                None => Chosen::new(file, ""),
            }
        })
        .collect()
}

/// What was dropped. The entries must be taken before the event ends, so this is not async itself.
pub fn entries_of_drop(dropped: &DataTransfer) -> Vec<FileSystemEntry> {
    let items = dropped.items();
    (0..items.length())
        .filter_map(|at| items.get(at)?.webkit_get_as_entry().ok().flatten())
        .collect()
}

/// All files in the entries, folders walked to the bottom. What can't be read is left out: the browser
/// gives no reason.
pub async fn of_entries(entries: Vec<FileSystemEntry>) -> Vec<Chosen> {
    let mut files = Vec::new();
    let mut folders = vec![(String::new(), entries)];
    while let Some((folder, entries)) = folders.pop() {
        let (directories, entries): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(FileSystemEntry::is_directory);
        for entry in directories {
            let inside = format!("{folder}{}/", entry.name());
            let directory: FileSystemDirectoryEntry = entry.unchecked_into();
            folders.push((inside, entries_in(&directory.create_reader()).await));
        }
        for some in entries.chunks(TOGETHER) {
            for file in some.iter().map(file_of).collect::<Vec<_>>() {
                if let Ok(file) = file.await {
                    files.push(Chosen::new(file.unchecked_into(), &folder));
                }
            }
        }
    }
    files
}

/// Files that are asked for at once: enough to hide that another process answers, and too few to be felt.
const TOGETHER: usize = 32;

fn file_of(entry: &FileSystemEntry) -> JsFuture {
    let entry: &FileSystemFileEntry = entry.unchecked_ref();
    answer(|good, bad| {
        entry.file_with_callback_and_callback(good.unchecked_ref(), bad.unchecked_ref());
    })
}

/// A reader gives its entries in batches; the empty one is the last.
async fn entries_in(reader: &FileSystemDirectoryReader) -> Vec<FileSystemEntry> {
    let mut entries = Vec::new();
    loop {
        let batch = answer(|good, bad| {
            // A refusal comes through `bad` as well.
            let _ = reader
                .read_entries_with_callback_and_callback(good.unchecked_ref(), bad.unchecked_ref());
        });
        let Ok(batch) = batch.await else { return entries };
        let batch: Array = batch.unchecked_into();
        if batch.length() == 0 {
            return entries;
        }
        entries.extend(batch.iter().map(|entry| entry.unchecked_into::<FileSystemEntry>()));
    }
}

/// Asks at once; what comes is the word of one of two callbacks.
fn answer(ask: impl Fn(&Function, &Function)) -> JsFuture {
    JsFuture::from(Promise::new(&mut |good, bad| ask(&good, &bad)))
}
