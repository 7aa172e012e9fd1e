//! Connections: taken as they come, and let go where they say nothing.
//!
//! Whoever opens a connection and sends a header byte by byte, or nothing at all, holds it for [`PATIENCE`] and no longer.
//! A connection costs a socket and a few kilobytes; where there are no sockets left the next one waits.

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// For how long a connection may take over the header of a request, or wait for its next one.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// For how long answers that are on their way when the service is told to stop may take.
const FAREWELL: Duration = Duration::from_secs(5);
/// Until the next try where no connection could be taken: others end meanwhile.
const PAUSE: Duration = Duration::from_millis(100);

/// Answers on a listener until it is told to stop.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Duration,
    told: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience);
    let open = GracefulShutdown::new();
    tokio::pin!(told);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut told => break,
        };
        match accepted.and_then(|(stream, _)| prompt(stream)) {
            Ok(stream) => {
                let service = TowerToHyperService::new(router.clone());
                let connection = http.serve_connection(TokioIo::new(stream), service);
                let connection = open.watch(connection);
                // One that breaks is the other side's own business.
                tokio::spawn(async move { drop(connection.await) });
            }
            Err(error) if of_one_connection(&error) => {}
            Err(_) => sleep(PAUSE).await,
        }
    }
    let _ = timeout(FAREWELL, open.shutdown()).await;
}

/// Answers are whole when they are written: nothing is gained by waiting for more.
fn prompt(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Whether only the connection that was to be taken is concerned, and not the service.
fn of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput)
}
