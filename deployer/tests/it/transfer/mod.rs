//! Large files under faults: constant memory, resumption after a kill, and complete or absent files on a full disk.
//!
//! `TRANSFER_BYTES=5368709120` measures the memory with 5 GiB.

mod download;
mod upload;

use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;

use sha2::{Digest as _, Sha256};
use testkit::{Deployer, RunResult};

const MIB: u64 = 1024 * 1024;

/// The maximum memory of a transfer of any size, in KiB.
const MAX_MEMORY_KIB: i64 = 150 * 1024;

/// Runs the deployer in a shell that limits the size of files to `kib`.
fn on_a_small_disk(deployer: &Deployer, kib: u32, arguments: &str) -> RunResult {
    // POSIX counts in units of 512 bytes. A program that ignores the signal gets an error, as on a full disk.
    let blocks = kib * 2;
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$DEPLOYER\" {arguments}");
    RunResult::new(vec![arguments.into()], &deployer.in_shell(&script).output().unwrap())
}

/// Reads a body without storing it, and returns its digest.
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
