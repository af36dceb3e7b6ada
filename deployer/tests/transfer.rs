//! Large files under faults: constant memory, resumed after a kill, whole or not at all on a full disk.
//!
//! `TRANSFER_BYTES=5368709120` does the measurement of memory with 5 GiB.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod http;

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};

use contract::key::{Digest, OriginalVersion};
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::http::listen;

const MIB: u64 = 1024 * 1024;

/// The most memory that a transfer of any size may take, in KiB.
const MAX_MEMORY_KIB: i64 = 150 * 1024;

const KEY: &str = "2026/11/24/cat.3f9a1c2b7d.jpg";

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

/// An S3 that keeps of what it is given no more than what it was.
#[derive(Default)]
struct Sink {
    /// The parts that arrived, by number: their lengths and digests.
    parts: BTreeMap<u32, (u64, [u8; 32])>,
    /// The numbers of the parts that were sent, in their order, whether they arrived or not.
    sent: Vec<u32>,
    /// The object, when it is complete: its length.
    object: Option<u64>,
    completions: u32,
    /// How many uploads were begun, and which were given up.
    begun: u32,
    aborted: Vec<String>,
    /// Another write comes in between the first upload, which can be completed no more.
    conflicts: bool,
    /// Parts with greater numbers are never answered.
    answers_up_to: Option<u32>,
}

type Shared = Arc<(Mutex<Sink>, Condvar)>;

fn serve(shared: Shared) -> String {
    listen(move |head, length, mut body, stream| {
        let target = head.split(' ').nth(1)?.to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let value = |name: &str| {
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
        };
        let (state, changed) = &*shared;
        let method = head.split(' ').next()?;
        if path == "/" {
            drain(&mut body, length);
            return answer(stream, "200 OK", "", &http::stack());
        }
        match (method, value("partNumber"), query) {
            ("PUT", Some(number), _) => {
                let number = number.parse().unwrap();
                let may = {
                    let mut sink = state.lock().unwrap();
                    sink.sent.push(number);
                    changed.notify_all();
                    sink.answers_up_to.is_none_or(|last| number <= last)
                };
                let digest = drain(&mut body, length);
                if !may {
                    // Until the caller has gone.
                    let _ = body.read(&mut [0]);
                    return None;
                }
                state.lock().unwrap().parts.insert(number, (length, digest));
                changed.notify_all();
                answer(stream, "200 OK", &format!("etag: \"{number}\"\r\n"), "")
            }
            ("POST", _, "uploads=" | "uploads") => {
                let mut sink = state.lock().unwrap();
                sink.begun += 1;
                sink.parts.clear();
                let id = format!("<UploadId>u{}</UploadId>", sink.begun);
                answer(
                    stream,
                    "200 OK",
                    "",
                    &format!("<InitiateMultipartUploadResult>{id}</InitiateMultipartUploadResult>"),
                )
            }
            ("DELETE", ..) => {
                state.lock().unwrap().aborted.extend(value("uploadId"));
                answer(stream, "204 No Content", "", "")
            }
            ("GET", _, query) if query.contains("uploadId") => {
                let parts = state.lock().unwrap().parts.clone();
                let parts: String = parts
                    .iter()
                    .map(|(number, (_, digest))| {
                        let sha256 = aws_smithy_types::base64::encode(digest);
                        format!(
                            "<Part><PartNumber>{number}</PartNumber><ETag>\"{number}\"</ETag>\
                             <ChecksumSHA256>{sha256}</ChecksumSHA256></Part>"
                        )
                    })
                    .collect();
                answer(stream, "200 OK", "", &format!("<ListPartsResult>{parts}</ListPartsResult>"))
            }
            ("GET", _, query) if query.contains("uploads") => {
                let is_begun = !state.lock().unwrap().parts.is_empty();
                let key = value("prefix").unwrap_or_default().replace("%2F", "/");
                let upload = format!("<Upload><Key>{key}</Key><UploadId>u1</UploadId></Upload>");
                let uploads = if is_begun { upload } else { String::new() };
                answer(
                    stream,
                    "200 OK",
                    "",
                    &format!("<ListMultipartUploadsResult>{uploads}</ListMultipartUploadsResult>"),
                )
            }
            ("POST", _, query) if query.contains("uploadId") => {
                drain(&mut body, length);
                let mut sink = state.lock().unwrap();
                if sink.conflicts && query.contains("uploadId=u1") {
                    let conflict = "<Error><Code>ConditionalRequestConflict</Code></Error>";
                    return answer(stream, "409 Conflict", "", conflict);
                }
                sink.object = Some(sink.parts.values().map(|(length, _)| length).sum());
                sink.completions += 1;
                answer(
                    stream,
                    "200 OK",
                    "x-amz-version-id: v1\r\n",
                    "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>",
                )
            }
            ("HEAD", ..) => match state.lock().unwrap().object {
                Some(_) => answer(stream, "200 OK", "x-amz-version-id: v1\r\netag: \"e\"\r\n", ""),
                None => answer(stream, "404 Not Found", "", ""),
            },
            _ => answer(stream, "501 Not Implemented", "", ""),
        }
    })
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

/// A file with a size and, where nothing is written, no content.
fn sparse(path: &Path, length: u64) {
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(b"\xff\xd8\xff\xe0 like a JPEG").unwrap();
    file.set_len(length).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "how long a test runs is asked of whoever runs it")]
fn bytes() -> u64 {
    std::env::var("TRANSFER_BYTES").map_or(300 * MIB, |text| text.parse().unwrap())
}

/// The most memory that any deployer here has taken so far, in KiB.
fn peak_memory_kib() -> i64 {
    getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss()
}

#[test]
fn a_large_file_is_uploaded_in_little_memory() {
    let shared = Shared::default();
    let endpoint = serve(shared.clone());
    let folder = tempfile::tempdir().unwrap();
    sparse(&folder.path().join("large.jpg"), bytes());
    let output = command(folder.path(), &endpoint, &["upload", "large.jpg"]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(shared.0.lock().unwrap().object, Some(bytes()));
    let memory = peak_memory_kib();
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
}

#[test]
fn an_upload_that_was_killed_goes_on_where_it_ended() {
    let shared = Shared::default();
    let endpoint = serve(shared.clone());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.jpg");
    let content: Vec<u8> =
        b"\xff\xd8\xff".iter().copied().chain((0..50 * MIB).map(|at| (at >> 7) as u8)).collect();
    std::fs::write(&path, &content).unwrap();
    let (state, changed) = &*shared;
    state.lock().unwrap().answers_up_to = Some(2);
    let mut killed = command(folder.path(), &endpoint, &["upload", "large.jpg"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Two of four have arrived, the others are on their way.
    let on_the_way = |sink: &mut Sink| sink.parts.len() < 2 || sink.sent.len() < 4;
    drop(changed.wait_while(state.lock().unwrap(), on_the_way).unwrap());
    killed.kill().unwrap();
    killed.wait().unwrap();
    {
        let mut sink = state.lock().unwrap();
        sink.answers_up_to = None;
        sink.sent.clear();
        assert_eq!((sink.object, sink.completions), (None, 0));
    }

    let upload = || {
        let output = command(folder.path(), &endpoint, &["upload", "large.jpg"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output
    };
    let first = upload();
    let mut sink = state.lock().unwrap();
    sink.sent.sort_unstable();
    assert_eq!(sink.sent, [3, 4], "what was there is sent again");
    let digests: Vec<[u8; 32]> = sink.parts.values().map(|(_, digest)| *digest).collect();
    let expect: Vec<[u8; 32]> =
        content.chunks(16 * MIB as usize).map(|part| Sha256::digest(part).into()).collect();
    assert_eq!(digests, expect);
    drop(sink);

    // And what is complete is not sent again.
    let second = upload();
    assert_eq!(first.stdout, second.stdout);
    assert!(String::from_utf8_lossy(&second.stderr).contains("already there"));
    assert_eq!(state.lock().unwrap().completions, 1);
}

#[test]
fn an_upload_that_can_be_completed_no_more_is_started_over() {
    let shared = Shared::default();
    shared.0.lock().unwrap().conflicts = true;
    let endpoint = serve(shared.clone());
    let folder = tempfile::tempdir().unwrap();
    sparse(&folder.path().join("large.jpg"), 40 * MIB);
    let output = command(folder.path(), &endpoint, &["upload", "large.jpg"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let sink = shared.0.lock().unwrap();
    assert_eq!((sink.object, sink.begun), (Some(40 * MIB), 2));
    // So that no later run goes on with it.
    assert_eq!(sink.aborted, ["u1"]);
}

/// An object that S3 gives.
struct Object {
    length: u64,
    /// The byte that it is made of.
    byte: u8,
    digest: Digest,
}

impl Object {
    fn new(length: u64, byte: u8) -> Self {
        let mut whole = Sha256::new();
        let piece = vec![byte; MIB as usize];
        for _ in 0..length / MIB {
            whole.update(&piece);
        }
        Self { length, byte, digest: Digest::from_sha256(&whole.finalize()) }
    }
}

/// S3 and CloudFormation of a stack with one photo, that gives `original` and `thumbnail`; an answer breaks off
/// after `most` bytes.
fn with_a_photo(original: Object, thumbnail: Object, most: u64) -> String {
    let version = OriginalVersion::new(KEY, Some("v1"), None);
    let facts = |preset: &str, length: u64| {
        json!({"preset": preset, "key": format!("{KEY}/{preset}.webp"), "format": "webp", "width": 2, "height": 2,
               "bytes": length})
    };
    let manifest = json!({
        "schema": 1,
        "original": {
            "bucket": "originals", "key": KEY, "version": version.version, "digest": original.digest,
            "bytes": original.length, "width": 2, "height": 2, "format": "jpeg", "frames": 1,
            "last_modified": "2026-11-24T10:00:00Z",
        },
        "thumbnails": [facts("large", thumbnail.length), facts("small", MIB)],
        "thumbhash": "", "dominant_color": "#000000", "completed_at": "2026-11-24T10:00:01Z",
    });
    listen(move |head, length, mut body, stream| {
        drain(&mut body, length);
        let target = head.split(' ').nth(1)?;
        let path = target.split('?').next()?;
        match (head.split(' ').next()?, path) {
            (_, "/") => answer(stream, "200 OK", "", &http::stack()),
            ("HEAD", _) => answer(stream, "200 OK", "x-amz-version-id: v1\r\n", ""),
            (_, path) if path.starts_with("/catalog/") => answer(stream, "200 OK", "", &manifest.to_string()),
            (_, path) if path.ends_with("small.webp") => give(stream, &head, &Object::new(MIB, 1), most),
            (_, path) if path.ends_with("large.webp") => give(stream, &head, &thumbnail, most),
            _ if target.contains("versionId=v1") => give(stream, &head, &original, most),
            _ => answer(stream, "404 Not Found", "", ""),
        }
    })
}

/// Gives the part of `object` that is asked for, up to `most` bytes of it.
fn give(mut stream: &TcpStream, head: &str, object: &Object, most: u64) -> Option<()> {
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
    let mut left = length.min(most);
    while left > 0 {
        let now = left.min(piece.len() as u64);
        stream.write_all(&piece[..now as usize]).ok()?;
        left -= now;
    }
    Some(())
}

#[test]
fn a_large_object_is_fetched_in_little_memory_through_cuts() {
    let length = bytes();
    let endpoint = with_a_photo(Object::new(length, 7), Object::new(MIB, 2), length.div_ceil(3));
    let folder = tempfile::tempdir().unwrap();
    let output = command(folder.path(), &endpoint, &["fetch", KEY, "--original"]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let file = String::from_utf8(output.stdout).unwrap();
    assert_eq!(folder.path().join(file.trim_end()).metadata().unwrap().len(), length);
    let memory = peak_memory_kib();
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
}

#[test]
fn bytes_that_are_not_those_of_the_photo_are_not_kept() {
    let wrong = Object { byte: 8, ..Object::new(MIB, 7) };
    let endpoint = with_a_photo(wrong, Object::new(MIB, 2), u64::MAX);
    let folder = tempfile::tempdir().unwrap();
    let output = command(folder.path(), &endpoint, &["fetch", KEY, "--original"]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains("do not match their SHA-256"), "{stderr}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_full_disk_is_told_with_what_is_there_and_leaves_nothing_half() {
    let endpoint = with_a_photo(Object::new(MIB, 7), Object::new(4 * MIB, 2), u64::MAX);
    let folder = tempfile::tempdir().unwrap();
    let output = on_a_small_disk(folder.path(), &endpoint, 2048, &format!("fetch {KEY}"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    for part in ["cannot write `cat.large.webp`", "1 file is downloaded", "hint: free some space"] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "cat.small.webp\n");
    let files: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["cat.small.webp"]);
}

#[test]
fn a_full_disk_uploads_nothing_from_the_standard_input() {
    let shared = Shared::default();
    let endpoint = serve(shared.clone());
    let folder = tempfile::tempdir().unwrap();
    sparse(&folder.path().join("large.jpg"), 3 * MIB);
    let output = on_a_small_disk(folder.path(), &endpoint, 1024, "upload - --name cat.jpg < large.jpg");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("cannot keep the standard input") && stderr.contains("TMPDIR"), "{stderr}");
    let sink = shared.0.lock().unwrap();
    assert_eq!((sink.sent.len(), sink.object), (0, None));
}
