//! Bad input and bad networks: each ends with one clear sentence, and leaves nothing half done.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contract::key::{Digest, OriginalVersion};
use contract::manifest::Manifest;
use contract::preset::ThumbnailFormat;
use serde_json::{Value, json};

use crate::http::{Reply, Request, serve};

const KEY: &str = "2026/11/24/cat.3f9a1c2b7d.jpg";
const THUMBNAIL: &str = "RIFF1234WEBPVP8 the thumbnail";

/// Runs the deployer in `folder` with `variables` and no others.
fn run(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deployer"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// What a command that must end with `code` says to people.
#[track_caller]
fn said(output: &Output, code: i32) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert_eq!(stderr.matches("error: ").count(), usize::from(code != 0), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

/// S3 and CloudFormation of a stack with one photo, where `thumbnail` answers a GET of its thumbnail.
fn with_a_photo(thumbnail: impl Fn() -> Reply + Send + Sync + 'static) -> String {
    let version = OriginalVersion::new(KEY, None, Some("e"));
    let done = json!({
        "schema": 1,
        "original": {
            "bucket": "originals", "key": KEY, "version": version.version, "digest": Digest::of(b"x"),
            "bytes": 1, "width": 2, "height": 2, "format": "jpeg", "frames": 1,
            "last_modified": "2026-11-24T10:00:00Z",
        },
        "thumbnails": [{
            "preset": "small", "key": version.thumbnail_key("small", ThumbnailFormat::Webp), "format": "webp",
            "width": 2, "height": 2, "bytes": THUMBNAIL.len(),
        }],
        "thumbhash": "", "dominant_color": "#000000", "completed_at": "2026-11-24T10:00:01Z",
    });
    serde_json::from_value::<Manifest>(done.clone()).unwrap();
    let done = done.to_string();
    serve(move |Request { head, body }| {
        if body.contains("Action=DescribeStacks") {
            return Reply::Whole(200, crate::http::stack());
        }
        let path = head.split(['?', ' ']).nth(1).unwrap_or_default();
        match (head.split(' ').next(), path.split_once('/').and_then(|(_, path)| path.split_once('/'))) {
            (Some("HEAD"), Some(("originals", _))) => Reply::Whole(200, String::new()),
            (Some("GET"), Some(("catalog", _))) => Reply::Whole(200, done.clone()),
            (Some("GET"), Some(("thumbnails", _))) => thumbnail(),
            _ => Reply::Whole(404, "<Error><Code>NoSuchKey</Code></Error>".to_owned()),
        }
    })
}

fn variables(endpoint: &str) -> [(&str, &str); 4] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ]
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn an_interrupted_download_leaves_nothing() {
    let endpoint = with_a_photo(|| Reply::Half(THUMBNAIL.to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &variables(&endpoint), &["fetch", KEY]);
    let stderr = said(&output, 1);
    assert!(stderr.contains("cannot download") && stderr.contains("nothing was written"), "{stderr}");
    assert_eq!(files(folder.path()), 0);
}

#[test]
fn throttling_and_server_errors_are_waited_out() {
    for (status, code) in [(503, "SlowDown"), (500, "InternalError"), (429, "ThrottlingException")] {
        let calls = Arc::new(AtomicUsize::new(0));
        let endpoint = with_a_photo(move || match calls.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Reply::Whole(status, format!("<Error><Code>{code}</Code><Message>m</Message></Error>")),
            2 => Reply::Cut,
            _ => Reply::Whole(200, THUMBNAIL.to_owned()),
        });
        let folder = tempfile::tempdir().unwrap();
        let output = run(folder.path(), &variables(&endpoint), &["fetch", KEY]);
        said(&output, 0);
        let file = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            std::fs::read_to_string(folder.path().join(file.trim_end())).unwrap(),
            THUMBNAIL,
            "{code}"
        );
    }
}

#[test]
fn what_cannot_reach_aws_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let no_credentials = [("AWS_REGION", "eu-central-1"), ("AWS_EC2_METADATA_DISABLED", "true")];
    let stderr = said(&run(folder.path(), &no_credentials, &["status"]), 1);
    assert!(stderr.contains("credentials") && stderr.contains("hint: "), "{stderr}");
    let no_region = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), no_credentials[1]];
    let stderr = said(&run(folder.path(), &no_region, &["status"]), 1);
    assert!(stderr.contains("no AWS region") && stderr.contains("--region"), "{stderr}");
    // Nobody listens there.
    let nobody = serve(|_| Reply::Cut);
    let mut wrong = variables(&nobody).to_vec();
    wrong.push(("AWS_MAX_ATTEMPTS", "1"));
    let stderr = said(&run(folder.path(), &wrong, &["status"]), 1);
    assert!(stderr.contains("cannot "), "{stderr}");
}

#[test]
fn a_wrong_region_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // There is no such region, so its services have no address; without a network nothing has.
    let wrong_region =
        [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_MAX_ATTEMPTS", "1")];
    let stderr = said(&run(folder.path(), &wrong_region, &["status", "--region", "eu-nowhere-9"]), 1);
    assert!(stderr.contains("DNS lookup failed") && stderr.contains("`--region`"), "{stderr}");
    // A bucket that is there, but in another region.
    let elsewhere = serve(|Request { body, .. }| {
        if body.contains("Action=DescribeStacks") {
            return Reply::Whole(200, crate::http::stack());
        }
        Reply::Whole(
            301,
            "<Error><Code>PermanentRedirect</Code><Message>wrong endpoint</Message></Error>".to_owned(),
        )
    });
    let stderr = said(&run(folder.path(), &variables(&elsewhere), &["ls"]), 1);
    assert!(stderr.contains("PermanentRedirect") && stderr.contains("set `--region`"), "{stderr}");
}

#[test]
fn names_that_cannot_be_keys_are_refused_and_all_others_taken() {
    let endpoint = serve(|Request { head, body }| {
        if body.contains("Action=DescribeStacks") {
            return Reply::Whole(200, crate::http::stack());
        }
        let status = if head.starts_with("PUT") { 200 } else { 404 };
        Reply::Whole(status, String::new())
    });
    let folder = tempfile::tempdir().unwrap();
    let photo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/coffee.jpg");
    let upload = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deployer"));
        command
            .args(["--output", "json", "upload", "-", "--name", name])
            .current_dir(folder.path())
            .env_clear();
        command.envs(variables(&endpoint)).stdin(std::fs::File::open(&photo).unwrap());
        command.output().unwrap()
    };
    let long = "x".repeat(300);
    for name in ["my cat.jpg", "a+b.jpg", "100%.jpg", "\u{e9}t\u{e9}.jpg", &long] {
        let output = upload(name);
        said(&output, 0);
        let stored: Value = serde_json::from_slice(&output.stdout).unwrap();
        let stem = name.trim_end_matches(".jpg");
        assert!(stored["key"].as_str().unwrap().contains(stem), "{stored}");
    }
    let longer = "x".repeat(1000);
    for name in ["..", "a/../b.jpg", "", "a//b.jpg", "a\u{7}b.jpg", &longer] {
        let stderr = said(&upload(name), 1);
        assert!(stderr.contains("name"), "{name}: {stderr}");
    }
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;

    let folder = tempfile::tempdir().unwrap();
    let mode =
        |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let photo = folder.path().join("secret.jpg");
    std::fs::write(&photo, "a photo").unwrap();
    mode(&photo, 0o000);
    mode(folder.path(), 0o755);
    let endpoint = serve(|_| Reply::Whole(200, crate::http::stack()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_deployer"));
    // Root may read everything: there, somebody else uploads, with a program that anybody can reach.
    if std::fs::metadata(&photo).unwrap().uid() == 0 {
        let program = folder.path().join("deployer");
        std::fs::copy(env!("CARGO_BIN_EXE_deployer"), &program).unwrap();
        mode(&program, 0o755);
        command = Command::new(program);
        command.uid(65534).gid(65534);
    }
    command.args(["upload", "secret.jpg"]).current_dir(folder.path()).env_clear().envs(variables(&endpoint));
    let stderr = said(&command.stdin(Stdio::null()).output().unwrap(), 1);
    assert!(stderr.contains("secret.jpg") && stderr.contains("permission denied"), "{stderr}");
}
