//! Large files under faults: constant memory, resumed after a kill, whole or not at all on a full disk.
//!
//! `TRANSFER_BYTES=5368709120` does the measurement of memory with 5 GiB.

mod download;
mod upload;

use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use sha2::{Digest as _, Sha256};

const MIB: u64 = 1024 * 1024;

/// The most memory that a transfer of any size may take, in KiB.
const MAX_MEMORY_KIB: i64 = 150 * 1024;

/// Runs the deployer in `folder` on the S3 at `endpoint`.
fn command(folder: &Path, endpoint: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deployer"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command.envs(variables(endpoint));
    command
}

/// The same, in a shell that lets no file grow beyond `kib`.
fn on_a_small_disk(folder: &Path, endpoint: &str, kib: u32, arguments: &str) -> Output {
    // POSIX counts in 512 bytes. Who ignores the signal is told by an error, as on a full disk.
    let blocks = kib * 2;
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$DEPLOYER\" {arguments}");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(folder).env_clear().envs(variables(endpoint));
    command.env("DEPLOYER", env!("CARGO_BIN_EXE_deployer")).output().unwrap()
}

fn variables(endpoint: &str) -> [(&str, &str); 4] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ]
}

/// Reads a body to its end without keeping it, and gives its digest.
fn drain(body: &mut BufReader<&TcpStream>, length: u64) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut body = body.take(length);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match body.read(&mut buffer) {
            Ok(0) | Err(_) => return digest.finalize().into(),
            Ok(read) => digest.update(&buffer[..read]),
        }
    }
}

fn answer(mut stream: &TcpStream, status: &str, headers: &str, body: &str) -> Option<()> {
    let head =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).ok()
}

fn bytes() -> u64 {
    std::env::var("TRANSFER_BYTES").map_or(300 * MIB, |text| text.parse().unwrap())
}
