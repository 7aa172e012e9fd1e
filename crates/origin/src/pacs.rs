//! The PACS behind the origin: what the page asks under `/dicomweb/` is passed on, and nothing else.
//!
//! Only searches for what lies below studies, retrieval of it, and storing have an address here. Answers are passed on
//! as they come, and are kept by nobody.

use std::str::FromStr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    COOKIE, HOST, RETRY_AFTER, SET_COOKIE, WARNING, WWW_AUTHENTICATE,
};
use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use dicomweb::{Service, is_resource};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// For how long the PACS may take to be reached, and to begin its answer.
const CONNECTS: Duration = Duration::from_secs(5);
const ANSWERS: Duration = Duration::from_secs(60);

/// Findings are far smaller.
const MOST_BYTES: u64 = 256 << 20;

/// What the page says that concerns the PACS; and the other way round. Signing in is between these two.
const ASKED: [HeaderName; 5] = [ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE];
const ANSWERED: [HeaderName; 5] =
    [CONTENT_LENGTH, RETRY_AFTER, SET_COOKIE, WARNING, WWW_AUTHENTICATE];

/// What an answer may be taken for. All else is text that nobody runs.
const KINDS: [&str; 4] =
    ["application/dicom", "application/json", "multipart/related", "application/octet-stream"];

/// A DICOMweb service that is reached by plain HTTP.
#[derive(Clone, Debug)]
pub struct Pacs {
    authority: Authority,
    /// Of its address, with a slash at its end.
    path: String,
}

/// Why an address can't be that of a PACS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PacsError {
    #[error("the address of the PACS must be http://HOST[:PORT]/PATH")]
    Address,
    #[error("a PACS behind TLS is the business of a server before this one: see docs/hosting.md")]
    Tls,
}

impl FromStr for Pacs {
    type Err = PacsError;

    fn from_str(address: &str) -> Result<Self, PacsError> {
        let uri: Uri = address.parse().map_err(|_| PacsError::Address)?;
        match (uri.scheme_str(), uri.authority(), uri.query()) {
            (Some("https"), ..) => Err(PacsError::Tls),
            (Some("http"), Some(authority), None) if !authority.as_str().contains('@') => {
                let path = format!("{}/", uri.path().trim_end_matches('/'));
                Ok(Self { authority: authority.clone(), path })
            }
            _ => Err(PacsError::Address),
        }
    }
}

impl Pacs {
    /// What the page is told of it.
    pub fn service(name: &str) -> Service {
        let patience = ANSWERS + CONNECTS;
        Service {
            name: name.into(),
            url: "dicomweb/".into(),
            timeout_seconds: patience.as_secs() as u32,
        }
    }

    pub(crate) async fn pass(&self, request: Request) -> Response {
        let mut answer = match self.asked(request).await {
            Ok(answer) => answered(answer),
            Err(refused) => refused.into_response(),
        };
        let headers = answer.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let policy = HeaderValue::from_static("default-src 'none'; sandbox");
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        answer
    }

    async fn asked(
        &self,
        request: Request,
    ) -> Result<Response<Incoming>, (StatusCode, &'static str)> {
        let not_here = (StatusCode::NOT_FOUND, "There is no such resource here.\n");
        let resource = request.uri().path().strip_prefix("/dicomweb/").ok_or(not_here)?;
        if !is_resource(resource) {
            return Err(not_here);
        }
        if request.method() == Method::POST {
            may_be_stored(resource, request.headers())?;
        }
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        let address = format!("{}{resource}{query}", self.path);
        let silent = (StatusCode::GATEWAY_TIMEOUT, "The PACS does not answer.\n");
        let broken = (StatusCode::BAD_GATEWAY, "The PACS can't be reached.\n");

        let mut onward = Request::builder().method(request.method()).uri(address);
        onward = onward.header(HOST, self.authority.as_str());
        for name in ASKED {
            for value in request.headers().get_all(&name) {
                onward = onward.header(&name, value);
            }
        }
        let onward = onward.body(request.into_body()).map_err(|_| broken)?;
        let place = (host(&self.authority), self.authority.port_u16().unwrap_or(80));
        let stream = timeout(CONNECTS, TcpStream::connect(place)).await.map_err(|_| silent)?;
        let io = TokioIo::new(stream.map_err(|_| broken)?);
        let (mut sender, connection) = http1::handshake::<_, Body>(io).await.map_err(|_| broken)?;
        // It ends with the answer, or with whoever no longer waits for it.
        tokio::spawn(connection);
        let answer = timeout(ANSWERS, sender.send_request(onward)).await.map_err(|_| silent)?;
        answer.map_err(|_| broken)
    }
}

/// IPv6 addresses stand in brackets in an address, and without them here.
fn host(authority: &Authority) -> &str {
    authority.host().trim_start_matches('[').trim_end_matches(']')
}

/// A form of another site can't send what is several related parts; and no more comes than has been announced.
fn may_be_stored(resource: &str, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let length = text(CONTENT_LENGTH).parse::<u64>();
    let parts = text(CONTENT_TYPE).trim_start().to_ascii_lowercase();
    match length {
        _ if resource.contains("/series") => {
            Err((StatusCode::METHOD_NOT_ALLOWED, "Instances are stored into studies.\n"))
        }
        _ if !parts.starts_with("multipart/related;") => {
            Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "Instances come as related parts.\n"))
        }
        Err(_) => Err((StatusCode::LENGTH_REQUIRED, "How much is to come?\n")),
        Ok(length) if length > MOST_BYTES => {
            Err((StatusCode::PAYLOAD_TOO_LARGE, "That is more than findings need.\n"))
        }
        Ok(_) => Ok(()),
    }
}

fn answered(answer: Response<Incoming>) -> Response {
    let (told, body) = answer.into_parts();
    let mut response = (told.status, Body::new(body)).into_response();
    let headers = response.headers_mut();
    for name in ANSWERED {
        for value in told.headers.get_all(&name) {
            headers.append(&name, value.clone());
        }
    }
    let kind = told.headers.get(CONTENT_TYPE).filter(|kind| {
        let kind = kind.to_str().unwrap_or_default().trim_start().to_ascii_lowercase();
        KINDS.iter().any(|known| kind.starts_with(known))
    });
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(CONTENT_TYPE, kind.cloned().unwrap_or(text));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let path = |address: &str| Pacs::from_str(address).map(|pacs| pacs.path);
        assert_eq!(path("http://127.0.0.1:8042/dicom-web"), Ok("/dicom-web/".into()));
        assert_eq!(path("http://pacs"), Ok("/".into()));
        assert_eq!(path("https://pacs/dicom-web"), Err(PacsError::Tls));
        for bad in
            ["", "pacs", "ftp://pacs/", "http://", "http://me:secret@pacs/", "http://pacs/?x"]
        {
            assert_eq!(path(bad), Err(PacsError::Address), "{bad}");
        }
    }
}
