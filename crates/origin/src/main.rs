//! `lithoscope-origin [DIST] [--bind ADDRESS] [--port PORT]`: serves a built page until it is told to stop.
#![forbid(unsafe_code)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, io};

use origin::{Site, SiteError};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: lithoscope-origin [DIST] [--bind ADDRESS] [--port PORT]";

struct Options {
    dist: PathBuf,
    address: SocketAddr,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error("{0} can't be listened on: {1}")]
    Address(SocketAddr, io::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(options) = options(env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match serve(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lithoscope-origin: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut dist = None;
    let mut address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--port" => address.set_port(arguments.next()?.parse().ok()?),
            "--bind" => address.set_ip(arguments.next()?.parse::<IpAddr>().ok()?),
            _ if argument.starts_with('-') || dist.is_some() => return None,
            _ => dist = Some(argument.into()),
        }
    }
    Some(Options { dist: dist.unwrap_or_else(|| "dist".into()), address })
}

async fn serve(options: &Options) -> Result<(), Error> {
    let site = Site::read(&options.dist)?;
    let listener = TcpListener::bind(options.address)
        .await
        .map_err(|error| Error::Address(options.address, error))?;
    // Port 0 asks for any that is free: tests read the line.
    println!("Lithoscope: http://{}", listener.local_addr()?);
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let told = async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    };
    axum::serve(listener, origin::router(site)).with_graceful_shutdown(told).await?;
    Ok(())
}
