//! The page's own static files: the one module that fetches, and it takes no address but theirs.

use js_sys::{ArrayBuffer, Promise, Uint8Array, WebAssembly};
use serde::Deserialize;
use std::collections::BTreeMap;
use stones::model::{ManifestError, check};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, window};

/// What the build wrote into index.html: where each file lies. A file that is not named does not exist.
#[derive(Clone, Debug, Deserialize)]
pub struct Statics {
    worker: Option<Program>,
    decoder: Option<Program>,
    relaxed: Option<Program>,
    graphics: Option<Program>,
    foreign: Option<Program>,
    pacs: Option<Program>,
    /// Where the site may name a PACS. The one file that people write themselves, and that has no hash in its name.
    site: Option<String>,
    #[serde(default)]
    model: Model,
    demo: Option<String>,
    /// Tells this build from others.
    pub build: Option<String>,
    /// The service worker that keeps the page's files.
    pub offline: Option<String>,
}

/// A worker program: the script it boots from, wasm-bindgen's script, and the WebAssembly.
#[derive(Clone, Debug, Deserialize)]
struct Program {
    boot: String,
    script: String,
    wasm: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Model {
    manifest: Option<String>,
    /// The network as the workers run it, and as it was trained.
    plan: Option<String>,
    weights: Option<String>,
    /// The plan of the network that knows the urinary tract.
    tract: Option<String>,
    /// Of those that the page was built to find on another server: the SHA-256, by their address.
    #[serde(default)]
    elsewhere: BTreeMap<String, String>,
}

/// Every file that the page may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Static {
    Worker,
    /// Decode workers for compressed files.
    Decoder,
    /// Infer workers with relaxed SIMD.
    Relaxed,
    /// The infer worker on the GPU.
    Graphics,
    /// Infer workers for ONNX files.
    Foreign,
    /// The worker that speaks to the PACS.
    Pacs,
    Site,
    Manifest,
    Plan,
    Weights,
    Tract,
    Demo,
}

impl Static {
    const ALL: [Self; 12] = [
        Self::Worker,
        Self::Decoder,
        Self::Relaxed,
        Self::Graphics,
        Self::Foreign,
        Self::Pacs,
        Self::Site,
        Self::Manifest,
        Self::Plan,
        Self::Weights,
        Self::Tract,
        Self::Demo,
    ];
}

/// Why a file did not come.
#[derive(Debug)]
pub enum Lacking {
    Missing(String),
    /// What came is not what the page was built with.
    Another(String),
}

impl<T: Into<String>> From<T> for Lacking {
    fn from(detail: T) -> Self {
        Self::Missing(detail.into())
    }
}

/// A worker program, ready to start any number of workers.
#[derive(Clone)]
pub struct Compiled {
    pub boot: String,
    pub script: String,
    pub module: WebAssembly::Module,
}

impl Statics {
    /// Reads the block `<script type="application/json" id="files">`.
    pub fn of_this_page() -> Option<Self> {
        let block = window()?.document()?.get_element_by_id("files")?;
        serde_json::from_str(&block.text_content()?).ok()
    }

    pub fn has(&self, file: Static) -> bool {
        self.address(file).is_some()
    }

    fn address(&self, file: Static) -> Option<&str> {
        match file {
            Static::Worker
            | Static::Decoder
            | Static::Relaxed
            | Static::Graphics
            | Static::Foreign
            | Static::Pacs => self.program(file).map(|p| p.wasm.as_str()),
            Static::Site => self.site.as_deref(),
            Static::Manifest => self.model.manifest.as_deref(),
            Static::Plan => self.model.plan.as_deref(),
            Static::Weights => self.model.weights.as_deref(),
            Static::Tract => self.model.tract.as_deref(),
            Static::Demo => self.demo.as_deref(),
        }
    }

    /// Whether an address is that of one of these files.
    pub fn holds(&self, address: &str) -> bool {
        let files = Static::ALL.into_iter().filter_map(|file| self.address(file));
        let programs = Static::ALL.into_iter().filter_map(|file| self.program(file));
        let scripts = programs.flat_map(|program| [program.boot.as_str(), &program.script]);
        files.chain(scripts).any(|name| address.ends_with(name.trim_start_matches('.')))
    }

    fn program(&self, file: Static) -> Option<&Program> {
        match file {
            Static::Worker => self.worker.as_ref(),
            Static::Decoder => self.decoder.as_ref(),
            Static::Relaxed => self.relaxed.as_ref(),
            Static::Graphics => self.graphics.as_ref(),
            Static::Foreign => self.foreign.as_ref(),
            Static::Pacs => self.pacs.as_ref(),
            Static::Site
            | Static::Manifest
            | Static::Plan
            | Static::Weights
            | Static::Tract
            | Static::Demo => None,
        }
    }

    pub async fn compile(&self, file: Static) -> Result<Compiled, String> {
        let program = self.program(file).ok_or("not part of this page")?;
        let (boot, script) = (program.boot.clone(), program.script.clone());
        let module = match self.compile_streaming(file).await {
            Ok(module) => module,
            // Servers that don't know the media type of WebAssembly, and old browsers.
            Err(_) => {
                let bytes = self.bytes(file).await?;
                JsFuture::from(WebAssembly::compile(&bytes)).await.map_err(told)?
            }
        };
        Ok(Compiled { boot, script, module: module.unchecked_into() })
    }

    async fn compile_streaming(&self, file: Static) -> Result<JsValue, String> {
        let response = JsValue::from(self.fetch(file).await?);
        let compiled = WebAssembly::compile_streaming(&Promise::resolve(&response));
        JsFuture::from(compiled).await.map_err(told)
    }

    pub async fn bytes(&self, file: Static) -> Result<ArrayBuffer, String> {
        let buffer = self.fetch(file).await?.array_buffer().map_err(told)?;
        let buffer = JsFuture::from(buffer).await.map_err(told)?;
        buffer.dyn_into().map_err(told)
    }

    /// A file of the network. What lies elsewhere is taken only where it is what the page was built with.
    pub async fn network(&self, file: Static) -> Result<ArrayBuffer, Lacking> {
        let bytes = self.bytes(file).await?;
        let address = self.address(file).unwrap_or_default();
        if let Some(expected) = self.model.elsewhere.get(address)
            && let Err(ManifestError::Sha256 { expected, found }) =
                check(expected, &Uint8Array::new(&bytes).to_vec())
        {
            return Err(Lacking::Another(format!(
                "{address} has the SHA-256 {found}, expected {expected}"
            )));
        }
        Ok(bytes)
    }

    pub async fn text(&self, file: Static) -> Result<String, String> {
        let text = self.fetch(file).await?.text().map_err(told)?;
        let text = JsFuture::from(text).await.map_err(told)?;
        text.as_string().ok_or_else(|| "no text".into())
    }

    async fn fetch(&self, file: Static) -> Result<Response, String> {
        let address = self.address(file).ok_or("not part of this page")?;
        let answer = window().ok_or("no window")?.fetch_with_str(address);
        let response: Response = JsFuture::from(answer).await.map_err(told)?.unchecked_into();
        if response.ok() { Ok(response) } else { Err(format!("{address}: {}", response.status())) }
    }
}

fn told(error: JsValue) -> String {
    js_sys::Error::from(error).message().into()
}
