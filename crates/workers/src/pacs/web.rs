//! The one place of the workers that fetches: from the PACS that the site names, below its address, with the patience
//! that the site wants. What comes is kept by no cache.

use crate::messages::{Failure, FromPacs, Service};
use crate::wire::send;
use dicomweb::address;
use js_sys::{Array, Promise, Reflect, Uint8Array};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DedicatedWorkerGlobalScope, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache,
    RequestCredentials, RequestInit, RequestRedirect, Response,
};

pub struct Web {
    pub scope: DedicatedWorkerGlobalScope,
    pub service: Service,
}

/// An answer whose status is one of success, or that tells why not in a way that is read.
pub struct Answer<'a> {
    web: &'a Web,
    pub status: u16,
    pub content_type: Option<String>,
    body: Option<ReadableStreamDefaultReader>,
}

pub fn trouble(code: &str, detail: impl Into<String>) -> Failure {
    Failure { code: code.into(), detail: detail.into() }
}

/// Lists of matches, and answers to storing, are shorter.
const LONGEST: usize = 64 << 20;

impl Web {
    pub async fn get(&self, address: Option<String>, accept: &str) -> Result<Answer<'_>, Failure> {
        let init = RequestInit::new();
        init.set_method("GET");
        self.ask(address, accept, None, init).await
    }

    /// Sends objects to be stored. An address that leads elsewhere is not followed: this is a patient's.
    pub async fn post(&self, content_type: &str, body: &[u8]) -> Result<Answer<'_>, Failure> {
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&Uint8Array::from(body));
        init.set_redirect(RequestRedirect::Error);
        let address = Some(address::STORE.to_owned());
        self.ask(address, "application/dicom+json", Some(content_type), init).await
    }

    async fn ask(
        &self,
        address: Option<String>,
        accept: &str,
        content_type: Option<&str>,
        init: RequestInit,
    ) -> Result<Answer<'_>, Failure> {
        let address = address.ok_or_else(|| trouble("pacs_not_found", "no UID"))?;
        let unreachable = |_| trouble("pacs_unreachable", "");
        let headers = Headers::new().map_err(unreachable)?;
        headers.set("Accept", accept).map_err(unreachable)?;
        if let Some(kind) = content_type {
            headers.set("Content-Type", kind).map_err(unreachable)?;
        }
        init.set_headers(&headers);
        init.set_cache(RequestCache::NoStore);
        init.set_credentials(RequestCredentials::SameOrigin);
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        let told = address.split('?').next().unwrap_or_default().to_owned();
        send(&self.scope, &FromPacs::Asking { address: told }, &[], &[]);
        let address = format!("{}{address}", self.service.url);
        let answer = self.within(self.scope.fetch_with_str_and_init(&address, &init)).await?;
        let response: Response = answer.unchecked_into();
        let answer = Answer {
            web: self,
            status: response.status(),
            content_type: response.headers().get("Content-Type").ok().flatten(),
            body: response.body().map(|body| body.get_reader().unchecked_into()),
        };
        let told = format!("HTTP {}", answer.status);
        match answer.status {
            // A conflict names the objects that it is about (PS3.18 10.5.3).
            200..=299 => Ok(answer),
            409 if content_type.is_some() => Ok(answer),
            401 | 403 | 407 => Err(trouble("pacs_sign_in", told)),
            404 | 410 => Err(trouble("pacs_not_found", told)),
            504 => Err(trouble("pacs_silent", told)),
            502 | 503 => Err(trouble("pacs_unreachable", told)),
            400..=499 => Err(trouble("pacs_refused", told)),
            _ => Err(trouble("pacs_failed", told)),
        }
    }

    /// What a promise comes to, if that is soon enough.
    async fn within(&self, promise: Promise) -> Result<JsValue, Failure> {
        let timer = Cell::new(None);
        let late = JsValue::from("late");
        let milliseconds = i32::try_from(self.service.timeout_seconds.saturating_mul(1000));
        let alarm = Promise::new(&mut |resolve, _| {
            let late = Array::of1(&late);
            let set = self.scope.set_timeout_with_callback_and_timeout_and_arguments(
                &resolve,
                milliseconds.unwrap_or(i32::MAX),
                &late,
            );
            timer.set(set.ok());
        });
        let first = JsFuture::from(Promise::race(&Array::of2(&promise, &alarm))).await;
        if let Some(timer) = timer.get() {
            self.scope.clear_timeout_with_handle(timer);
        }
        match first {
            Ok(value) if value == late => Err(trouble("pacs_silent", "")),
            Ok(value) => Ok(value),
            Err(_) => Err(trouble("pacs_unreachable", "")),
        }
    }
}

impl Answer<'_> {
    /// The next bytes; `None` at the end.
    pub async fn next(&self) -> Result<Option<Vec<u8>>, Failure> {
        let Some(body) = &self.body else { return Ok(None) };
        let cut = |failure: Failure| match &*failure.code {
            "pacs_unreachable" => trouble("pacs_broken", ""),
            _ => failure,
        };
        let read = self.web.within(body.read()).await.map_err(cut)?;
        let value = Reflect::get(&read, &"value".into()).ok();
        Ok(value.and_then(|value| value.dyn_into::<Uint8Array>().ok()).map(|bytes| bytes.to_vec()))
    }

    /// All of a short answer.
    pub async fn all(self) -> Result<Vec<u8>, Failure> {
        let mut all = Vec::new();
        while let Some(bytes) = self.next().await? {
            all.extend(bytes);
            if all.len() > LONGEST {
                return Err(trouble("pacs_broken", "too long"));
            }
        }
        Ok(all)
    }
}

impl Drop for Answer<'_> {
    /// What is not read to its end is not wanted.
    fn drop(&mut self) {
        if let Some(body) = &self.body {
            let cancelled = body.cancel();
            // One that has broken off can't be cancelled, and says so.
            spawn_local(async move { drop(JsFuture::from(cancelled).await) });
        }
    }
}
