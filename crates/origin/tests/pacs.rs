//! What the origin passes on to a PACS, what it keeps to itself, and what its pages may then do.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::fs;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use origin::{Pacs, Site, SiteError, router};
use tempfile::TempDir;
use tower::ServiceExt as _;

const BOOT: &str = "/pacs-boot-0123456789abcdef.js";
const PARTS: (&str, &str) =
    ("content-type", "multipart/related; type=\"application/dicom\"; boundary=b");

/// A PACS that tells what it was asked; one study of it takes its time, another is a page.
async fn pacs() -> String {
    async fn told(request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let secret = parts.headers.contains_key("x-secret");
        let told = format!("{} {} {} {secret}", parts.method, parts.uri, body.len());
        let kind = match parts.uri.path() {
            "/dicom-web/studies/9" => "text/html",
            _ => "application/dicom+json",
        };
        let length = body.len().to_string();
        let cookie = parts.headers.get("cookie").cloned();
        let headers = [("content-type", kind), ("x-received", &length), ("set-cookie", "a=b")];
        let kept = cookie.map(|cookie| [("www-authenticate", cookie)]);
        (StatusCode::ACCEPTED, headers, kept, told).into_response()
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/dicom-web", listener.local_addr().unwrap());
    tokio::spawn(async move {
        axum::serve(listener, Router::new().fallback(any(told))).await.unwrap();
    });
    address
}

fn dist(site: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, content) in
        [("index.html", "<!doctype html>"), (&BOOT[1..], "boot"), ("site.json", site)]
    {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn origin(address: &str) -> Router {
    let site = Site::read(dist("{}").path()).unwrap();
    let site = site.with_service(&Pacs::service("Hospital \"PACS\"")).unwrap();
    router(site, Some(address.parse().unwrap()))
}

async fn ask(
    origin: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Bytes,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = origin.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.into()).unwrap())
}

#[tokio::test]
async fn what_is_asked_reaches_the_pacs_and_what_it_answers_the_page() {
    let origin = origin(&pacs().await);
    let headers = [("cookie", "session=1"), ("x-secret", "1")];
    let path = "/dicomweb/studies?PatientID=A%26B&limit=1";
    let (status, headers, told) = ask(&origin, "GET", path, &headers, Bytes::new()).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(told, "GET /dicom-web/studies?PatientID=A%26B&limit=1 0 false");
    assert_eq!(headers["content-type"], "application/dicom+json");
    assert_eq!(
        (&headers["set-cookie"], &headers["www-authenticate"]),
        (&"a=b".parse().unwrap(), &"session=1".parse().unwrap())
    );
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
    assert!(!headers.contains_key("x-received"));

    let body = Bytes::from(vec![0; 3 << 20]);
    let length = body.len().to_string();
    let sent = [PARTS, ("content-length", length.as_str())];
    let (status, _, told) = ask(&origin, "POST", "/dicomweb/studies", &sent, body).await;
    assert_eq!((status.as_u16(), &*told), (202, "POST /dicom-web/studies 3145728 false"));

    // A page of the PACS is none of ours.
    let (_, headers, _) = ask(&origin, "GET", "/dicomweb/studies/9", &[], Bytes::new()).await;
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
}

#[tokio::test]
async fn nothing_else_has_an_address() {
    let origin = origin(&pacs().await);
    for path in [
        "/dicomweb/",
        "/dicomweb/../system",
        "/dicomweb/studies/1/..",
        "/dicomweb/studies/%2e%2e",
        "/dicomweb/studies/1/metadata",
        "/dicomweb/instances",
    ] {
        let (status, ..) = ask(&origin, "GET", path, &[], Bytes::new()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    let one = ("content-length", "1");
    for (path, headers, status) in [
        ("/dicomweb/studies", vec![one, ("content-type", "text/plain")], 415),
        ("/dicomweb/studies", vec![one], 415),
        ("/dicomweb/studies", vec![PARTS], 411),
        ("/dicomweb/studies", vec![PARTS, ("content-length", "999999999999")], 413),
        ("/dicomweb/studies/1/series", vec![PARTS, one], 405),
        ("/", vec![PARTS, one], 405),
    ] {
        let (told, ..) = ask(&origin, "POST", path, &headers, Bytes::from("x")).await;
        assert_eq!(told.as_u16(), status, "{path} {headers:?}");
    }
    for method in ["PUT", "DELETE", "OPTIONS"] {
        let (status, ..) = ask(&origin, method, "/dicomweb/studies", &[], Bytes::new()).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
}

#[tokio::test]
async fn a_pacs_that_is_not_there() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let origin = origin(&format!("http://{gone}/"));
    let asked = ask(&origin, "GET", "/dicomweb/studies", &[], Bytes::new());
    let (status, ..) = tokio::time::timeout(Duration::from_secs(30), asked).await.unwrap();
    assert_eq!(status, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn the_page_is_told_of_it_and_one_worker_may_speak_to_it() {
    let origin = origin("http://pacs.example/");
    let (_, _, site) = ask(&origin, "GET", "/site.json", &[], Bytes::new()).await;
    assert!(
        site.starts_with(r#"{"dicomweb":{"name":"Hospital \"PACS\"","url":"dicomweb/""#),
        "{site}"
    );
    let (_, headers, _) = ask(&origin, "GET", BOOT, &[], Bytes::new()).await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.ends_with("connect-src 'self'"), "{policy}");
    assert_eq!(headers["cache-control"], "no-cache", "the policy is not for ever");
}

#[tokio::test]
async fn a_pacs_elsewhere_is_allowed_by_its_very_address() {
    for (url, allowed) in [
        ("https://pacs.example/dicom-web", "connect-src https://pacs.example/dicom-web/"),
        ("pacs/dicom-web/", "connect-src 'self'"),
        ("https://x/; script-src *", "connect-src 'self'"),
    ] {
        let folder = dist(&format!(r#"{{"dicomweb":{{"name":"PACS","url":"{url}"}}}}"#));
        let origin = router(Site::read(folder.path()).unwrap(), None);
        let (_, headers, _) = ask(&origin, "GET", BOOT, &[], Bytes::new()).await;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.ends_with(allowed), "{policy}");
        let (status, ..) = ask(&origin, "GET", "/dicomweb/studies", &[], Bytes::new()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "nothing is passed on that nobody asked for");
    }
    let error = Site::read(dist("{\"dicomweb\":1}").path()).unwrap_err();
    assert!(matches!(error, SiteError::Service(_)));
}
