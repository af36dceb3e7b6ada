//! Objects from S3.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use contract::key::{Digest, OriginalVersion};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::command::measured;
use crate::http::listen;
use crate::transfer::{MAX_MEMORY_KIB, MIB, answer, bytes, command, drain, on_a_small_disk, variables};

const KEY: &str = "2026/11/24/cat.3f9a1c2b7d.jpg";

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
            (_, "/") => answer(stream, "200 OK", "", &crate::http::stack()),
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
    let (output, memory) = measured(&command(folder.path(), &endpoint, &["fetch", KEY, "--original"]));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let file = String::from_utf8(output.stdout).unwrap();
    assert_eq!(folder.path().join(file.trim_end()).metadata().unwrap().len(), length);
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
}

#[test]
fn bytes_that_are_not_those_of_the_photo_are_not_kept() {
    let wrong = Object { byte: 8, ..Object::new(MIB, 7) };
    let endpoint = with_a_photo(wrong, Object::new(MIB, 2), u64::MAX);
    let folder = tempfile::tempdir().unwrap();
    let output = command(folder.path(), &endpoint, &["fetch", KEY, "--original"]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains("does not match its SHA-256"), "{stderr}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Fetches the photo with `arguments` in `folder`, and gives the exit code, stdout and stderr.
fn fetch(folder: &Path, endpoint: &str, arguments: &[&str]) -> (Option<i32>, Vec<u8>, String) {
    let output = command(folder, endpoint, &[&["fetch", KEY], arguments].concat()).output().unwrap();
    (output.status.code(), output.stdout, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_file_that_is_there_is_left_as_it_is() {
    let endpoint = with_a_photo(Object::new(MIB, 7), Object::new(2 * MIB, 2), u64::MAX);
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("cat.small.webp");
    let others = [b"mine".to_vec(), vec![9; MIB as usize]];
    for other in &others {
        std::fs::write(&small, other).unwrap();
        let (code, stdout, stderr) = fetch(folder.path(), &endpoint, &[]);
        // The other thumbnail comes all the same.
        assert_eq!((code, stdout), (Some(1), b"cat.large.webp\n".to_vec()), "{stderr}");
        assert!(stderr.contains("`cat.small.webp` already exists with different content"), "{stderr}");
        assert!(stderr.contains("--force") && stderr.contains("1 of 2 files failed to download"), "{stderr}");
        assert_eq!(std::fs::read(&small).unwrap(), *other);
    }
    let (code, _, stderr) = fetch(folder.path(), &endpoint, &["--original", "-o", "cat.small.webp"]);
    assert!(code == Some(1) && stderr.contains("already exists"), "{stderr}");
    let (code, _, stderr) = fetch(folder.path(), &endpoint, &["--force"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(std::fs::read(&small).unwrap(), vec![1; MIB as usize]);
    // The same bytes are no conflict.
    let (code, stdout, stderr) = fetch(folder.path(), &endpoint, &[]);
    assert_eq!((code, stdout), (Some(0), b"cat.large.webp\ncat.small.webp\n".to_vec()), "{stderr}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_photo_goes_to_the_standard_output_and_into_no_device() {
    let endpoint = with_a_photo(Object::new(MIB, 7), Object::new(MIB, 2), u64::MAX);
    let folder = tempfile::tempdir().unwrap();
    let (code, stdout, stderr) = fetch(folder.path(), &endpoint, &["--preset", "small", "-o", "-"]);
    assert_eq!((code, stdout.len()), (Some(0), MIB as usize), "{stderr}");
    let (code, stdout, _) = fetch(folder.path(), &endpoint, &["--original", "--out", "-"]);
    assert_eq!((code, stdout), (Some(0), vec![7; MIB as usize]));
    for wrong in [&["-o", "-"][..], &["--original", "-o", "-", "--output", "json"]] {
        let (code, stdout, stderr) = fetch(folder.path(), &endpoint, wrong);
        assert_eq!((code, stdout), (Some(2), Vec::new()), "{stderr}");
    }
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
    for (to, why) in [
        ("/dev/null", "not a regular file"),
        ("pipe", "not a regular file"),
        ("link", "broken symbolic link"),
    ] {
        for force in [&["--original", "-o", to][..], &["--original", "--force", "-o", to]] {
            let (code, _, stderr) = fetch(folder.path(), &endpoint, force);
            assert!(code == Some(1) && stderr.contains(why), "{to}: {stderr}");
        }
    }
    assert!(pipe.exists() && Path::new("/dev/null").metadata().unwrap().len() == 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn downloads_follow_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;

    let endpoint = with_a_photo(Object::new(MIB, 7), Object::new(MIB, 2), u64::MAX);
    for (umask, mode) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("umask {umask}; exec \"$DEPLOYER\" fetch {KEY} --original -o cat.jpg");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).current_dir(folder.path()).env_clear().envs(variables(&endpoint));
        assert!(command.env("DEPLOYER", env!("CARGO_BIN_EXE_deployer")).status().unwrap().success());
        let facts = folder.path().join("cat.jpg").metadata().unwrap();
        assert_eq!(facts.permissions().mode() & 0o777, mode, "{umask}");
    }
}

#[test]
fn a_full_disk_is_told_with_what_is_there_and_leaves_nothing_half() {
    let endpoint = with_a_photo(Object::new(MIB, 7), Object::new(4 * MIB, 2), u64::MAX);
    let folder = tempfile::tempdir().unwrap();
    let output = on_a_small_disk(folder.path(), &endpoint, 2048, &format!("fetch {KEY}"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    for part in
        ["cannot write `cat.large.webp`", "1 file was downloaded before that", "hint: free disk space"]
    {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "cat.small.webp\n");
    let files: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["cat.small.webp"]);
}
