//! Connections that say nothing, or too little, are let go, and nobody waits behind them.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use origin::{Site, router, serve};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const ASKED: &[u8] = b"GET /site.json HTTP/1.1\r\nHost: x\r\n\r\n";

/// The service on a free port, which has so much patience; and a way to stop it.
async fn started(patience: Duration) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    fs::write(folder.path().join("site.json"), "{}").unwrap();
    let site = Site::read(folder.path()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, told) = oneshot::channel();
    let told = async move { drop(told.await) };
    (address, stop, tokio::spawn(serve(listener, router(site, None), patience, told)))
}

async fn answered(stream: &mut TcpStream) -> bool {
    stream.write_all(ASKED).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n{}") {
        let mut some = [0; 512];
        match stream.read(&mut some).await {
            Ok(0) | Err(_) => return false,
            Ok(n) => answer.extend_from_slice(&some[..n]),
        }
    }
    answer.starts_with(b"HTTP/1.1 200 OK\r\n")
}

/// Waits for the other side to let go.
async fn ends(mut stream: TcpStream) {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    let told = String::from_utf8(rest).unwrap();
    assert!(told.is_empty() || told.starts_with("HTTP/1.1 408"), "{told}");
}

#[tokio::test]
async fn many_that_say_nothing_keep_nobody_waiting() {
    let (address, stop, service) = started(Duration::from_secs(600)).await;
    let mut silent = Vec::new();
    for n in 0..400 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        if n % 2 == 0 {
            stream.write_all(&ASKED[..1 + n % (ASKED.len() - 1)]).await.unwrap();
        }
        silent.push(stream);
    }
    for _ in 0..20 {
        assert!(answered(&mut TcpStream::connect(address).await.unwrap()).await);
    }
    // Those that were slow are answered when they have said all.
    let mut slow = silent.swap_remove(0);
    slow.write_all(&ASKED[1..]).await.unwrap();
    let mut some = [0; 15];
    slow.read_exact(&mut some).await.unwrap();
    assert_eq!(&some, b"HTTP/1.1 200 OK");
    // And it stops when it is told to, whoever is there.
    stop.send(()).unwrap();
    service.await.unwrap();
}

#[tokio::test]
async fn who_says_too_little_is_let_go() {
    let (address, _stop, _service) = started(Duration::from_millis(200)).await;
    let silent = TcpStream::connect(address).await.unwrap();
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    assert!(answered(&mut idle).await);
    ends(silent).await;
    ends(slow).await;
    ends(idle).await;
    assert!(answered(&mut TcpStream::connect(address).await.unwrap()).await);
}
