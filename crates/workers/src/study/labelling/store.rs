//! The folder that the browser gives this page for itself (OPFS), and in it one file for each series whose labels a
//! person wants kept.

use crate::messages::KEPT_LABELS;
use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DedicatedWorkerGlobalScope, FileSystemDirectoryHandle, FileSystemFileHandle,
    FileSystemGetDirectoryOptions, FileSystemGetFileOptions, FileSystemReadWriteOptions,
    FileSystemSyncAccessHandle,
};

/// The file of the secret that names are made with.
const SALT: &str = "salt";

pub struct Store(FileSystemDirectoryHandle);

impl Store {
    /// The folder. Where nothing was ever kept there is none, unless one is to be made.
    pub async fn open(scope: &DedicatedWorkerGlobalScope, make: bool) -> Result<Self, JsValue> {
        // Pages without a secure origin have no such thing.
        let storage = Reflect::get(&scope.navigator(), &"storage".into())?;
        if !storage.is_object() {
            return Err("no storage".into());
        }
        let root = done::<FileSystemDirectoryHandle>(scope.navigator().storage().get_directory());
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(make);
        let root = root.await?;
        done(root.get_directory_handle_with_options(KEPT_LABELS, &options)).await.map(Self)
    }

    /// The secret that all names are made with, made at first.
    pub async fn salt(&self, scope: &DedicatedWorkerGlobalScope) -> Result<Vec<u8>, JsValue> {
        match self.read(SALT).await {
            Ok(salt) if !salt.is_empty() => return Ok(salt),
            // Another tab may have it open just now: a new one would make all names unknown.
            Err(error) if !is_missing(&error) => return Err(error),
            Ok(_) | Err(_) => {}
        }
        let mut salt = [0; 16];
        scope.crypto()?.get_random_values_with_u8_array(&mut salt)?;
        self.write(SALT, &salt).await?;
        Ok(salt.to_vec())
    }

    /// All of a file, if it is there.
    pub async fn read(&self, name: &str) -> Result<Vec<u8>, JsValue> {
        let file = self.access(name, false).await?;
        let mut bytes = vec![0; file.get_size()? as usize];
        let read = file.read_with_u8_array_and_options(&mut bytes, &from_start());
        file.close();
        bytes.truncate(read? as usize);
        Ok(bytes)
    }

    /// Makes a file of these bytes and no others.
    pub async fn write(&self, name: &str, bytes: &[u8]) -> Result<(), JsValue> {
        let file = self.access(name, true).await?;
        let written = (|| {
            file.write_with_u8_array_and_options(bytes, &from_start())?;
            file.truncate_with_f64(bytes.len() as f64)?;
            file.flush()
        })();
        file.close();
        written
    }

    /// Where it is not there, it need not be removed.
    pub async fn remove(&self, name: &str) -> Result<(), JsValue> {
        match JsFuture::from(self.0.remove_entry(name)).await {
            Err(error) if !is_missing(&error) => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    async fn access(&self, name: &str, make: bool) -> Result<FileSystemSyncAccessHandle, JsValue> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(make);
        let file = self.0.get_file_handle_with_options(name, &options);
        let file: FileSystemFileHandle = done(file).await?;
        done(file.create_sync_access_handle()).await
    }
}

/// Whether a folder or file is not there, and not only out of reach.
pub fn is_missing(error: &JsValue) -> bool {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    name.as_deref() == Some("NotFoundError")
}

fn from_start() -> FileSystemReadWriteOptions {
    let options = FileSystemReadWriteOptions::new();
    options.set_at(0.0);
    options
}

async fn done<T: JsCast>(promise: Promise) -> Result<T, JsValue> {
    JsFuture::from(promise).await.map(JsCast::unchecked_into)
}
