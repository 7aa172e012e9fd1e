//! The worker that speaks to the PACS: searches, retrieves, stores. One errand, and it ends.
//!
//! * [`web`]: what is fetched

mod web;

use crate::messages::{Errand, Failure, FromPacs, ToPacs};
use crate::wire::{hear, send};
use dicomweb::{Instance, Matches, Parts, Sent, address, instance, store};
use js_sys::{Array, Uint8Array};
use std::collections::HashSet;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web::{Web, trouble};
use web_sys::{Blob, DedicatedWorkerGlobalScope};

const JSON: &str = "application/dicom+json";
/// As they are stored first; a server that does not know the star gives them as it likes.
const STORED: &str = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
const ANY: &str = "multipart/related; type=\"application/dicom\"";

/// After so many instances in a row that could not be had, the others are not asked for.
const PATIENCE: usize = 3;

pub fn start(scope: DedicatedWorkerGlobalScope) {
    let own = scope.clone();
    hear(&scope, move |ToPacs { service, errand }: ToPacs, attachments| {
        let web = Rc::new(Web { scope: own.clone(), service });
        spawn_local(async move {
            let answer = run(&web, errand, attachments).await;
            send(&web.scope, &answer.unwrap_or_else(FromPacs::Failed), &[], &[]);
        });
    });
    send(&scope, &FromPacs::Ready, &[], &[]);
}

async fn run(web: &Web, errand: Errand, attachments: Vec<JsValue>) -> Result<FromPacs, Failure> {
    match errand {
        Errand::Search(query) => {
            let mut studies = matches(web, Some(query.address())).await?.studies();
            let more = studies.len() > address::MOST_STUDIES;
            studies.truncate(address::MOST_STUDIES);
            Ok(FromPacs::Studies { studies, more })
        }
        Errand::List { study } => {
            let series = matches(web, address::series(&study)).await?.series();
            Ok(FromPacs::Series { series })
        }
        Errand::Retrieve { study, series } => Retrieval::new(web, study, series).run().await,
        Errand::Store => {
            let files = attachments.into_iter().map(|file| Uint8Array::new(&file).to_vec());
            let sent = Sent::of(&files.collect::<Vec<_>>());
            let sent = sent.ok_or_else(|| trouble("pacs_broken", "no DICOM"))?;
            let answer = web.post(&sent.content_type, &sent.body).await?;
            let accepted = answer.status < 300;
            let body = answer.all().await?;
            Ok(FromPacs::Stored { outcomes: store::outcomes(&sent.uids, accepted, &body) })
        }
    }
}

async fn matches(web: &Web, address: Option<String>) -> Result<Matches, Failure> {
    let body = web.get(address, JSON).await?.all().await?;
    Matches::read(&body).map_err(|_| trouble("pacs_not_json", ""))
}

/// A series on its way.
struct Retrieval<'a> {
    web: &'a Web,
    study: String,
    series: String,
    /// The instances that there are, as far as the PACS lists them.
    listed: Vec<Instance>,
    arrived: HashSet<String>,
    done: usize,
}

impl<'a> Retrieval<'a> {
    fn new(web: &'a Web, study: String, series: String) -> Self {
        Self { web, study, series, listed: Vec::new(), arrived: HashSet::new(), done: 0 }
    }

    async fn run(mut self) -> Result<FromPacs, Failure> {
        // A PACS that does not list them may hand them out.
        let listed = matches(self.web, address::instances(&self.study, &self.series)).await;
        self.listed = listed.map(|matches| matches.instances()).unwrap_or_default();
        self.tell(&[]);
        let whole = address::of_series(&self.study, &self.series);
        let mut trouble = self.take(whole).await.err();
        if self.done == 0 {
            return Err(trouble.unwrap_or_else(|| web::trouble("pacs_nothing", "")));
        }
        // What was to come with the others and did not is asked for by itself.
        let mut failed = 0;
        for missing in self.missing() {
            let one = address::of_instance(&self.study, &self.series, &missing.uid);
            match self.take(one).await {
                Ok(()) => failed = 0,
                Err(again) => {
                    trouble = Some(again);
                    failed += 1;
                }
            }
            if failed == PATIENCE {
                break;
            }
        }
        let missing: Vec<String> = self.missing().iter().map(name).collect();
        if missing.is_empty() && !self.listed.is_empty() {
            trouble = None;
        }
        Ok(FromPacs::Retrieved { missing, trouble })
    }

    fn missing(&self) -> Vec<Instance> {
        self.listed.iter().filter(|of| !self.arrived.contains(&of.uid)).cloned().collect()
    }

    /// Hands on all instances of an answer, as they come.
    async fn take(&mut self, address: Option<String>) -> Result<(), Failure> {
        let web = self.web;
        let answer = match web.get(address.clone(), STORED).await {
            Err(Failure { code, .. }) if code == "pacs_refused" => web.get(address, ANY).await,
            answer => answer,
        }?;
        let mut parts = Parts::of(answer.content_type.as_deref());
        let broken = |broken: dicomweb::Broken| trouble("pacs_broken", broken.to_string());
        while let Some(bytes) = answer.next().await? {
            let complete = parts.push(&bytes).map_err(broken)?;
            self.hand_on(&complete);
        }
        let last = parts.end().map_err(broken)?;
        self.hand_on(last.as_slice());
        Ok(())
    }

    fn hand_on(&mut self, files: &[Vec<u8>]) {
        let mut blobs = Vec::new();
        for file in files {
            let uid = instance::sop_instance_uid(file);
            // What came before has come already.
            if uid.is_some_and(|uid| !self.arrived.insert(uid)) {
                continue;
            }
            let bytes = Array::of1(&Uint8Array::from(&file[..]));
            if let Ok(blob) = Blob::new_with_u8_array_sequence(&bytes) {
                blobs.push(JsValue::from(blob));
            }
        }
        if !blobs.is_empty() {
            self.done += blobs.len();
            self.tell(&blobs);
        }
    }

    fn tell(&self, blobs: &[JsValue]) {
        let of = self.listed.len().max(self.done);
        send(&self.web.scope, &FromPacs::Arrived { done: self.done, of }, blobs, &[]);
    }
}

/// What an instance that did not come is called.
fn name(instance: &Instance) -> String {
    instance.number.map_or_else(|| instance.uid.clone(), |number| format!("#{number}"))
}
