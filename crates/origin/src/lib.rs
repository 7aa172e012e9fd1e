//! Serves the built page: a table of files read at the start, so that no request can name anything else.
//!
//! GET and HEAD only: whatever a page might send has no address to go to. Where a PACS is named, `/dicomweb/` is one.
#![forbid(unsafe_code)]

mod answer;
mod pacs;
mod serve;
mod site;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use dicomweb::Service;

pub use pacs::{Pacs, PacsError};
pub use serve::{PATIENCE, serve};
pub use site::{Site, SiteError};

/// What the page may do. index.html carries the same, but for the last rule, which only a header can give,
/// for servers that set no header.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page's policy where it was built to fetch the network from another server as well.
fn page_policy(elsewhere: &str) -> String {
    PAGE_POLICY.replace("connect-src 'self'", &format!("connect-src 'self' {elsewhere}"))
}

/// A worker's policy comes with its first script. It is handed all that it needs and may fetch nothing.
pub const WORKER_POLICY: &str =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'";

/// The policy of the one worker that speaks to a PACS: without one, or elsewhere, it may do so as little as the others.
fn pacs_policy(service: Option<&Service>) -> String {
    let allowed = match service {
        Some(service) => service.elsewhere().unwrap_or("'self'"),
        None => "'none'",
    };
    WORKER_POLICY.replace("connect-src 'none'", &format!("connect-src {allowed}"))
}

/// The service: every file of the site under `/`, `/healthz`, and the PACS, if there is one, under `/dicomweb/`.
pub fn router(site: Site, pacs: Option<Pacs>) -> Router {
    let mut router = Router::new().route("/healthz", get(health)).fallback(get(file));
    if let Some(pacs) = pacs {
        let pacs = Arc::new(pacs);
        let pass = move |request: Request| async move { pacs.pass(request).await };
        router = router.route("/dicomweb/{*resource}", get(pass.clone()).post(pass));
    }
    router.with_state(Arc::new(site)).layer(map_response(secured))
}

/// For whoever watches over the service: it stands, with all files in memory.
async fn health() -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], "ok\n")
}

async fn file(State(site): State<Arc<Site>>, request: Request) -> Response {
    answer::to(&site, &request)
}

/// Every answer, refusals too, says what may be done with it.
async fn secured(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(PAGE_POLICY));
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
