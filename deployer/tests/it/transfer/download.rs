//! Downloads from S3.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use contract::key::{Digest, OriginalVersion};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::transfer::{MAX_MEMORY_KIB, MIB, answer, bytes, drain, on_a_small_disk};
use testkit::http::listen;
use testkit::{Deployer, aws, records};

const KEY: &str = "2026/11/24/cat.3f9a1c2b7d.jpg";

/// An object in S3.
struct FakeObject {
    length: u64,
    /// The byte that it repeats.
    byte: u8,
    digest: Digest,
}

impl FakeObject {
    fn new(length: u64, byte: u8) -> Self {
        let mut whole = Sha256::new();
        let piece = vec![byte; MIB as usize];
        for _ in 0..length / MIB {
            whole.update(&piece);
        }
        Self { length, byte, digest: Digest::from_sha256(&whole.finalize()) }
    }
}

/// Returns the endpoint of a stack with one photo, with `original` and `thumbnail`. Each response breaks off after
/// `max` bytes.
fn with_a_photo(original: FakeObject, thumbnail: FakeObject, max: u64) -> String {
    let version = OriginalVersion::new(KEY, Some("v1"), None);
    let facts = |preset: &str, length: u64| {
        json!({"preset": preset, "key": format!("{KEY}/{preset}.webp"), "format": "webp", "width": 2, "height": 2,
               "bytes": length})
    };
    let mut manifest = records::done(&version);
    manifest["original"]["digest"] = json!(original.digest);
    manifest["original"]["bytes"] = json!(original.length);
    manifest["thumbnails"] = json!([facts("large", thumbnail.length), facts("small", MIB)]);
    listen(move |head, length, mut body, stream| {
        drain(&mut body, length);
        let target = head.split(' ').nth(1)?;
        let path = target.split('?').next()?;
        match (head.split(' ').next()?, path) {
            (_, "/") => answer(stream, "200 OK", "", aws::stack(&[]).text()),
            ("HEAD", _) => answer(stream, "200 OK", "x-amz-version-id: v1\r\n", ""),
            (_, path) if path.starts_with("/catalog/") => answer(stream, "200 OK", "", &manifest.to_string()),
            (_, path) if path.ends_with("small.webp") => {
                send_range(stream, &head, &FakeObject::new(MIB, 1), max)
            }
            (_, path) if path.ends_with("large.webp") => send_range(stream, &head, &thumbnail, max),
            _ if target.contains("versionId=v1") => send_range(stream, &head, &original, max),
            _ => answer(stream, "404 Not Found", "", ""),
        }
    })
}

/// Sends the requested range of `object`, up to `max` bytes.
fn send_range(mut stream: &TcpStream, head: &str, object: &FakeObject, max: u64) -> Option<()> {
    let lower = head.to_lowercase();
    let from =
        lower.split("range: bytes=").nth(1).and_then(|range| range.split('-').next()?.parse::<u64>().ok());
    let begin = from.unwrap_or(0);
    assert!(from.is_none() || lower.contains("if-match: \"e\""), "{head}");
    let (status, range) = match from {
        None => ("200 OK", String::new()),
        Some(from) => {
            let last = object.length - 1;
            ("206 Partial Content", format!("content-range: bytes {from}-{last}/{}\r\n", object.length))
        }
    };
    let length = object.length - begin;
    let head = format!(
        "HTTP/1.1 {status}\r\n{range}etag: \"e\"\r\nx-amz-meta-sha256: {}\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n",
        object.digest.as_str()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let piece = vec![object.byte; 64 * 1024];
    let mut left = length.min(max);
    while left > 0 {
        let now = left.min(piece.len() as u64);
        stream.write_all(&piece[..now as usize]).ok()?;
        left -= now;
    }
    Some(())
}

#[test]
fn a_large_object_is_fetched_in_little_memory_over_broken_connections() {
    let length = bytes();
    let endpoint = with_a_photo(FakeObject::new(length, 7), FakeObject::new(MIB, 2), length.div_ceil(3));
    let fetch = Deployer::on(&endpoint).args(["fetch", KEY, "--original"]);
    let (ran, memory) = fetch.measured();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(fetch.path(ran.line()).metadata().unwrap().len(), length);
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
}

#[test]
fn bytes_with_a_wrong_digest_are_not_kept() {
    let wrong = FakeObject { byte: 8, ..FakeObject::new(MIB, 7) };
    let endpoint = with_a_photo(wrong, FakeObject::new(MIB, 2), u64::MAX);
    let fetch = Deployer::on(&endpoint).args(["fetch", KEY, "--original"]);
    fetch.fails(1).stderr_has("does not match its SHA-256");
    assert_eq!(fetch.files(), [""; 0]);
}

#[test]
fn an_existing_file_is_not_overwritten() {
    let endpoint = with_a_photo(FakeObject::new(MIB, 7), FakeObject::new(2 * MIB, 2), u64::MAX);
    let fetch = Deployer::on(&endpoint).args(["fetch", KEY]);
    let small = fetch.path("cat.small.webp");
    let others = [b"mine".to_vec(), vec![9; MIB as usize]];
    for other in &others {
        std::fs::write(&small, other).unwrap();
        // The other thumbnail is downloaded.
        fetch
            .ends_with(1)
            .stdout("cat.large.webp\n")
            .stderr_has("`cat.small.webp` already exists with different content")
            .stderr_has("--force")
            .stderr_has("1 of 2 files failed to download");
        assert_eq!(std::fs::read(&small).unwrap(), *other);
    }
    fetch.args(["--original", "-o", "cat.small.webp"]).fails(1).stderr_has("already exists");
    fetch.args(["--force"]).succeeds();
    assert_eq!(std::fs::read(&small).unwrap(), vec![1; MIB as usize]);
    // Equal content is not a conflict.
    fetch.succeeds().stdout("cat.large.webp\ncat.small.webp\n");
    assert_eq!(fetch.files(), ["cat.large.webp", "cat.small.webp"]);
}

#[test]
fn a_photo_is_written_to_stdout_but_never_to_a_device() {
    let endpoint = with_a_photo(FakeObject::new(MIB, 7), FakeObject::new(MIB, 2), u64::MAX);
    let fetch = Deployer::on(&endpoint).args(["fetch", KEY]);
    let ran = fetch.args(["--preset", "small", "-o", "-"]).succeeds();
    assert_eq!(ran.stdout.len(), MIB as usize);
    let ran = fetch.args(["--original", "--out", "-"]).succeeds();
    assert_eq!(ran.stdout.as_bytes(), vec![7; MIB as usize]);
    for wrong in [&["-o", "-"][..], &["--original", "-o", "-", "--output", "json"]] {
        fetch.args(wrong).fails(2).stdout("");
    }
    let pipe = fetch.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink("nowhere", fetch.path("link")).unwrap();
    for (to, why) in [
        ("/dev/null", "not a regular file"),
        ("pipe", "not a regular file"),
        ("link", "broken symbolic link"),
    ] {
        for force in [&["--original", "-o", to][..], &["--original", "--force", "-o", to]] {
            fetch.args(force).fails(1).stderr_has(why).stderr_has("hint: ");
        }
    }
    assert!(pipe.exists() && Path::new("/dev/null").metadata().unwrap().len() == 0);
    assert_eq!(fetch.files(), ["link", "pipe"]);
}

#[test]
fn downloads_follow_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;

    let endpoint = with_a_photo(FakeObject::new(MIB, 7), FakeObject::new(MIB, 2), u64::MAX);
    for (umask, mode) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
        let script = format!("umask {umask}; exec \"$DEPLOYER\" fetch {KEY} --original -o cat.jpg");
        let deployer = Deployer::on(&endpoint);
        assert!(deployer.in_shell(&script).output().unwrap().status.success());
        let facts = deployer.path("cat.jpg").metadata().unwrap();
        assert_eq!(facts.permissions().mode() & 0o777, mode, "{umask}");
    }
}

#[test]
fn a_full_disk_is_reported_with_the_finished_files_and_leaves_no_partial_file() {
    let endpoint = with_a_photo(FakeObject::new(MIB, 7), FakeObject::new(4 * MIB, 2), u64::MAX);
    let deployer = Deployer::on(&endpoint);
    let ran = on_a_small_disk(&deployer, 2048, &format!("fetch {KEY}"));
    assert_eq!(ran.code, Some(1), "{ran}");
    ran.stdout("cat.small.webp\n")
        .stderr_has("cannot write `cat.large.webp`")
        .stderr_has("1 file was downloaded before that")
        .stderr_has("hint: free disk space");
    assert_eq!(deployer.files(), ["cat.small.webp"]);
}
