//! One request, one answer: encoding, freshness and range, after RFC 9110.

use std::ops::Range;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, VARY,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::site::{File, Site};

pub(crate) fn to(site: &Site, request: &Request) -> Response {
    let Some(file) = site.file(request.uri().path()) else {
        return (StatusCode::NOT_FOUND, "There is no such file here.\n").into_response();
    };
    let headers = request.headers();
    let (content, encoding) = representation(file, headers);
    let tag = match encoding {
        Some(name) => format!("\"{}-{name}\"", file.hash),
        None => format!("\"{}\"", file.hash),
    };
    let age = if file.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let policy = file.policy.as_deref().map(|policy| [(CONTENT_SECURITY_POLICY, policy)]);
    let stored = [(ETAG, tag.as_str()), (CACHE_CONTROL, age), (VARY, "accept-encoding")];
    if values(headers, &IF_NONE_MATCH)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
    {
        return (StatusCode::NOT_MODIFIED, policy, stored).into_response();
    }
    let encoding = encoding.map(|name| [(CONTENT_ENCODING, name)]);
    let about = [(CONTENT_TYPE, file.media_type), (ACCEPT_RANGES, "bytes")];
    let body = body(content, wanted(headers, &tag, content.len()));
    (policy, stored, encoding, about, body).into_response()
}

/// The smallest representation that the client takes. A range is one of the plain content.
fn representation<'a>(file: &'a File, headers: &HeaderMap) -> (&'a Bytes, Option<&'static str>) {
    let takes = |name: &str| !headers.contains_key(RANGE) && accepts(headers, name);
    match (&file.brotli, &file.gzip) {
        (Some(brotli), _) if takes("br") => (brotli, Some("br")),
        (_, Some(gzip)) if takes("gzip") => (gzip, Some("gzip")),
        _ => (&file.plain, None),
    }
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    values(headers, &ACCEPT_ENCODING).any(|value| {
        let (name, weight) = value.split_once(';').unwrap_or((value, "q=1"));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

/// The comma-separated values of a header, over all its lines.
fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

enum Wanted {
    All,
    Part(Range<usize>),
    Beyond,
}

/// One range of bytes is served; several, or what can't be read, may be ignored (RFC 9110, 14.2).
fn wanted(headers: &HeaderMap, tag: &str, length: usize) -> Wanted {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(IF_RANGE).is_some_and(|known| known != tag) {
        return Wanted::All;
    }
    let Some((first, last)) = text(RANGE)
        .and_then(|range| range.strip_prefix("bytes="))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Wanted::All;
    };
    let range = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Ok(first), Err(_)) if last.is_empty() => first..length,
        (Err(_), Ok(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Wanted::All,
    };
    if range.is_empty() { Wanted::Beyond } else { Wanted::Part(range) }
}

fn body(content: &Bytes, wanted: Wanted) -> Response {
    let length = content.len();
    match wanted {
        Wanted::All => Body::from(content.clone()).into_response(),
        Wanted::Part(range) => {
            let shown = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            let part = Body::from(content.slice(range));
            (StatusCode::PARTIAL_CONTENT, [(CONTENT_RANGE, shown)], part).into_response()
        }
        Wanted::Beyond => {
            let shown = format!("bytes */{length}");
            (StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, shown)]).into_response()
        }
    }
}
