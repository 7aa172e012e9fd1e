//! `lithoscope-origin [DIST] [--bind ADDRESS] [--port PORT] [--dicomweb URL [--dicomweb-name NAME]]`: serves a built page,
//! and passes on to a PACS, until it is told to stop.
#![forbid(unsafe_code)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, io};

use origin::{Pacs, PacsError, Site, SiteError};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: lithoscope-origin [DIST] [--bind ADDRESS] [--port PORT] \
    [--dicomweb URL [--dicomweb-name NAME]]";

struct Options {
    dist: PathBuf,
    address: SocketAddr,
    /// The address of the PACS, and what people call it.
    pacs: Option<String>,
    pacs_name: String,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error(transparent)]
    Pacs(#[from] PacsError),
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
    let (mut dist, mut pacs, mut pacs_name) = (None, None, "PACS".to_owned());
    let mut address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--port" => address.set_port(arguments.next()?.parse().ok()?),
            "--bind" => address.set_ip(arguments.next()?.parse::<IpAddr>().ok()?),
            "--dicomweb" => pacs = Some(arguments.next()?),
            "--dicomweb-name" => pacs_name = arguments.next()?,
            _ if argument.starts_with('-') || dist.is_some() => return None,
            _ => dist = Some(argument.into()),
        }
    }
    Some(Options { dist: dist.unwrap_or_else(|| "dist".into()), address, pacs, pacs_name })
}

async fn serve(options: &Options) -> Result<(), Error> {
    let mut site = Site::read(&options.dist)?;
    let pacs: Option<Pacs> = options.pacs.as_deref().map(str::parse).transpose()?;
    if pacs.is_some() {
        site = site.with_service(&Pacs::service(&options.pacs_name))?;
    }
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
    origin::serve(listener, origin::router(site, pacs), origin::PATIENCE, told).await;
    Ok(())
}
