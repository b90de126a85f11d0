//! `hospes health`: asks a running server whether it can serve, for containers that have no other client.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::Context as _;
use hospes::config::Server;

use super::Context;

/// Longest wait for each step.
const PATIENCE: Duration = Duration::from_secs(3);
/// The status line is all that matters.
const LONGEST_HEAD: u64 = 1_024;

/// Ask the server of this machine whether it can serve; fails when it cannot
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hospes health && echo serving
  HOSPES_LISTEN=127.0.0.1:9000 hospes health

In a Dockerfile: HEALTHCHECK CMD [\"hospes\", \"health\"]

Reads HOSPES_LISTEN.")]
pub struct Args {
    /// Address of the server
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<()> {
    let variables = match &args.listen {
        Some(listen) => context.variables.clone().with(hospes::config::server::LISTEN, listen),
        None => context.variables.clone(),
    };
    let address = reachable(Server::read(&variables)?.listen);
    let status = ask(address).with_context(|| format!("no answer from {address}"))?;
    anyhow::ensure!(status == 200, "the server at {address} is not ready: it answers {status}");
    context.out.line("ready")?;
    Ok(context.out.flush()?)
}

/// A server that listens everywhere is asked on loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

fn ask(address: SocketAddr) -> anyhow::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut head = Vec::new();
    stream.take(LONGEST_HEAD).read_to_end(&mut head)?;
    let head = String::from_utf8_lossy(&head);
    let status =
        head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok());
    status.context("what answers there does not speak HTTP")
}
