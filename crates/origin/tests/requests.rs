//! What the origin answers, request by request.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::fs;
use std::path::Path;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use origin::{PAGE_POLICY, Site, SiteError, WORKER_POLICY, router};
use tempfile::TempDir;
use tower::ServiceExt as _;

const SCRIPT: &str = "/worker-0123456789abcdef.js";
const BOOT: &str = "/boot-0123456789abcdef.js";
const PACS_BOOT: &str = "/pacs-boot-0123456789abcdef.js";

fn dist() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, content) in [
        ("index.html", "<!doctype html>"),
        ("worker-0123456789abcdef.js", "0123456789"),
        ("worker-0123456789abcdef.js.br", "brotli"),
        ("worker-0123456789abcdef.js.gz", "gzip"),
        ("worker_bg-0123456789abcdef.wasm", "\0asm"),
        ("boot-0123456789abcdef.js", "boot"),
        ("pacs-boot-0123456789abcdef.js", "boot"),
        ("site.json", "{}"),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask_of(dist().path(), method, path, headers).await
}

async fn ask_of(folder: &Path, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let site = Site::read(folder).unwrap();
    let response = router(site, None).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().into()).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

#[tokio::test]
async fn paths_and_media_types() {
    for (path, status, media_type) in [
        ("/", 200, "text/html; charset=utf-8"),
        ("/index.html", 200, "text/html; charset=utf-8"),
        (SCRIPT, 200, "text/javascript; charset=utf-8"),
        ("/worker_bg-0123456789abcdef.wasm", 200, "application/wasm"),
        ("/worker-0123456789abcdef.js.br", 404, "text/plain; charset=utf-8"),
        ("/missing", 404, "text/plain; charset=utf-8"),
        ("/../Cargo.toml", 404, "text/plain; charset=utf-8"),
        ("//etc/passwd", 404, "text/plain; charset=utf-8"),
    ] {
        let answer = ask("GET", path, &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (status, media_type),
            "{path}"
        );
    }
}

#[tokio::test]
async fn encodings() {
    for (accepted, encoding, body) in [
        ("gzip, deflate, br, zstd", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", "gzip"),
        ("identity", "", "0123456789"),
    ] {
        let answer = ask("GET", SCRIPT, &[("accept-encoding", accepted)]).await;
        assert_eq!(
            (answer.header("content-encoding"), answer.body.as_str()),
            (encoding, body),
            "{accepted}"
        );
        assert_eq!(answer.header("vary"), "accept-encoding");
    }
    assert_eq!(ask("GET", "/", &[("accept-encoding", "br")]).await.header("content-encoding"), "");
}

#[tokio::test]
async fn ranges() {
    for (range, status, shown, body) in [
        ("bytes=2-4", 206, "bytes 2-4/10", "234"),
        ("bytes=7-", 206, "bytes 7-9/10", "789"),
        ("bytes=-2", 206, "bytes 8-9/10", "89"),
        ("bytes=8-99", 206, "bytes 8-9/10", "89"),
        ("bytes=10-", 416, "bytes */10", ""),
        ("bytes=4-2", 200, "", "0123456789"),
        ("bytes=0-1,4-5", 200, "", "0123456789"),
        ("lines=1-2", 200, "", "0123456789"),
    ] {
        let answer = ask("GET", SCRIPT, &[("range", range), ("accept-encoding", "br")]).await;
        assert_eq!(answer.status.as_u16(), status, "{range}");
        assert_eq!(
            (answer.header("content-range"), answer.body.as_str()),
            (shown, body),
            "{range}"
        );
    }
    let stale = [("range", "bytes=2-4"), ("if-range", "\"other\"")];
    assert_eq!(ask("GET", SCRIPT, &stale).await.body, "0123456789");
}

#[tokio::test]
async fn freshness() {
    let first = ask("GET", SCRIPT, &[("accept-encoding", "br")]).await;
    let tag = first.header("etag");
    let again = ask("GET", SCRIPT, &[("accept-encoding", "br"), ("if-none-match", tag)]).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let plain = ask("GET", SCRIPT, &[("if-none-match", tag)]).await;
    assert_eq!(plain.status, StatusCode::OK, "another encoding is another representation");
    assert_eq!(first.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(ask("GET", "/", &[]).await.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn health_is_asked_for_and_never_stored() {
    let answer = ask("GET", "/healthz", &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "ok\n"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(ask("POST", "/healthz", &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn nothing_can_be_sent() {
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let answer = ask(method, "/", &[]).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.header("allow"), "GET,HEAD");
    }
    let head = ask("HEAD", SCRIPT, &[]).await;
    assert_eq!((head.header("content-length"), head.body.as_str()), ("10", ""));
}

#[tokio::test]
async fn every_answer_carries_its_policy() {
    for (path, policy) in [
        ("/", PAGE_POLICY),
        ("/missing", PAGE_POLICY),
        (BOOT, WORKER_POLICY),
        // No PACS is named.
        (PACS_BOOT, WORKER_POLICY),
    ] {
        let answer = ask("GET", path, &[]).await;
        assert_eq!(answer.header("content-security-policy"), policy, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=()"));
    }
}

#[test]
fn the_page_carries_the_same_policy() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../index.html")).unwrap();
    let in_page = PAGE_POLICY.strip_suffix("; frame-ancestors 'none'").unwrap();
    assert!(
        page.contains(&format!("http-equiv=\"Content-Security-Policy\" content=\"{in_page}\""))
    );
}

#[tokio::test]
async fn weights_elsewhere_are_allowed_by_their_very_address() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../index.html"));
    let page = page.unwrap();
    for (address, allowed) in [
        (
            " https://cdn.example/stones/",
            "connect-src 'self' https://cdn.example/stones/; style-src",
        ),
        (" *", "connect-src 'self'; style-src"),
        (" https://a.example/ https://b.example/", "connect-src 'self'; style-src"),
        ("", "connect-src 'self'; style-src"),
    ] {
        let folder = dist();
        let built = page.replace("connect-src 'self'", &format!("connect-src 'self'{address}"));
        fs::write(folder.path().join("index.html"), built).unwrap();
        for (path, policy) in [("/", allowed), (SCRIPT, allowed), (BOOT, "connect-src 'none'")] {
            let answer = ask_of(folder.path(), "GET", path, &[]).await;
            let told = answer.header("content-security-policy");
            assert!(told.contains(policy), "{address} {path}: {told}");
        }
    }
}

#[test]
fn no_page_no_service() {
    let empty = TempDir::new().unwrap();
    let error = Site::read(empty.path()).unwrap_err();
    assert!(matches!(error, SiteError::NoPage(_)));
    assert!(error.to_string().contains("has no index.html"), "{error}");
}
