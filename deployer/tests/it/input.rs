//! Bad input and bad networks: each causes one clear error and leaves nothing incomplete.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contract::key::OriginalVersion;
use serde_json::json;

use testkit::http::{Reply, Request};
use testkit::stack::StackState;
use testkit::{Deployer, FakeStack, RunResult, aws, records};

const KEY: &str = "2026/11/24/cat.3f9a1c2b7d.jpg";
const THUMBNAIL: &str = "RIFF1234WEBPVP8 the thumbnail";

/// Returns the endpoint of a stack with one photo, where `thumbnail` is the reply to a GET of its thumbnail.
fn with_a_photo(thumbnail: impl Fn() -> Reply + Send + Sync + 'static) -> String {
    let version = OriginalVersion::new(KEY, None, Some("e"));
    let mut done = records::done(&version);
    done["thumbnails"][0]["bytes"] = json!(THUMBNAIL.len());
    let done = done.to_string();
    aws::serve(move |Request { head, .. }| {
        let path = head.split(['?', ' ']).nth(1).unwrap_or_default();
        match (head.split(' ').next(), path.split_once('/').and_then(|(_, path)| path.split_once('/'))) {
            (Some("HEAD"), Some(("originals", _))) => Reply::new(200, ""),
            (Some("GET"), Some(("catalog", _))) => Reply::new(200, done.clone()),
            (Some("GET"), Some(("thumbnails", _))) => thumbnail(),
            _ => aws::s3_error(404, "NoSuchKey"),
        }
    })
}

#[test]
fn an_interrupted_download_leaves_nothing() {
    let endpoint = with_a_photo(|| Reply::new(200, THUMBNAIL).truncated());
    let fetch = Deployer::on(&endpoint).args(["fetch", KEY]);
    fetch.fails(1).stderr_has("cannot download").stderr_has("nothing was written");
    assert_eq!(fetch.files(), [""; 0]);
}

#[test]
fn a_photo_that_is_named_twice_counts_once() {
    let endpoint = with_a_photo(|| Reply::new(200, THUMBNAIL));
    let fetch = Deployer::on(&endpoint).args(["fetch", KEY, KEY]);
    fetch.succeeds().stdout("cat.small.webp\n");
    assert_eq!(fetch.files(), ["cat.small.webp"]);

    let stack = FakeStack::new(StackState::default());
    for key in ["cat.jpg", "2026/11/24/dog.jpg"] {
        stack.state.lock().unwrap().add_photo(key);
    }
    let replay = stack.deployer().args(["replay", "--yes"]);
    assert_eq!(replay.args(["cat.jpg", "cat.jpg"]).json()["sent"], 1);
    assert_eq!(replay.args(["2026/11/", "2026/", "2026/"]).json()["sent"], 1);
    assert_eq!(stack.state.lock().unwrap().sent.len(), 2);
}

#[test]
fn an_empty_stack_has_no_photos_to_send() {
    let deployer = FakeStack::new(StackState::default()).deployer();
    for arguments in [["replay", "--all", "--yes"].as_slice(), &["backfill", "--yes"]] {
        deployer.args(arguments).succeeds().stdout("There are no photos to send.\n");
    }
}

#[test]
fn a_signed_request_expires_after_at_most_a_week() {
    let presign = FakeStack::new(StackState::default()).deployer().args(["presign", "cat.jpg", "--expires"]);
    presign.args(["8d"]).fails(2).stderr_has("`--expires` must be at most 7d");
    for method in [&[][..], &["--put"]] {
        presign.args(["7d"]).args(method).succeeds();
    }
}

#[test]
fn throttling_and_server_errors_are_retried() {
    for (status, code) in [(503, "SlowDown"), (500, "InternalError"), (429, "ThrottlingException")] {
        let calls = Arc::new(AtomicUsize::new(0));
        let endpoint = with_a_photo(move || match calls.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Reply::new(status, format!("<Error><Code>{code}</Code><Message>m</Message></Error>")),
            2 => Reply::disconnect(),
            _ => Reply::new(200, THUMBNAIL),
        });
        let fetch = Deployer::on(&endpoint).args(["fetch", KEY]);
        let ran = fetch.succeeds().stderr_lacks("error: ");
        assert_eq!(std::fs::read_to_string(fetch.path(ran.line())).unwrap(), THUMBNAIL, "{code}");
    }
}

#[test]
fn a_missing_region_or_missing_credentials_are_reported() {
    let status = Deployer::new().args(["status"]).env("AWS_EC2_METADATA_DISABLED", "true");
    let without_credentials = status.env("AWS_REGION", "eu-central-1");
    without_credentials.fails(1).stderr_has("credentials").stderr_has("hint: ");
    let without_region = status.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
    without_region.fails(1).stderr_has("no AWS region").stderr_has("--region");
    without_region.env("AWS_REGION", "").fails(1).stderr_has("no AWS region");
    // This server never replies.
    let silent = testkit::http::serve(|_| Reply::disconnect());
    status.aws(&silent).env("AWS_MAX_ATTEMPTS", "1").fails(1).stderr_has("cannot ");
}

#[test]
fn a_status_lists_what_cannot_be_read() {
    let endpoint = aws::serve(|_| aws::query_error(403, "AccessDenied", "no"));
    let status = Deployer::on(&endpoint).args(["status"]).json();
    assert_eq!((&status["status"], &status["queues"]), (&json!("CREATE_COMPLETE"), &json!({})));
    let unknown = status["unknown"].as_array().unwrap();
    assert!(unknown.iter().any(|what| what.as_str().unwrap().contains("read the queue")), "{status}");
}

#[test]
fn a_wrong_region_is_reported() {
    // This region does not exist, so DNS finds no service in it.
    let status = Deployer::new().args(["status", "--region", "eu-nowhere-9"]);
    status
        .envs(&[("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_MAX_ATTEMPTS", "1")])
        .fails(1)
        .stderr_has("DNS lookup failed")
        .stderr_has("`--region`");
    // The bucket is in another region.
    let elsewhere = aws::serve(|_| {
        Reply::new(
            301,
            "<Error><Code>PermanentRedirect</Code><Message>wrong endpoint</Message></Error>".to_owned(),
        )
    });
    let ran = Deployer::on(&elsewhere).args(["ls"]).fails(1);
    ran.stderr_has("PermanentRedirect").stderr_has("set `--region`");
}

#[test]
fn names_that_cannot_be_keys_are_refused_and_others_accepted() {
    let endpoint = aws::serve(|Request { head, .. }| {
        let status = if head.starts_with("PUT") { 200 } else { 404 };
        Reply::new(status, "")
    });
    let upload = Deployer::on(&endpoint).stdin(testkit::sample("coffee.jpg"));
    let upload = |name: &str| upload.args(["--output", "json", "upload", "-", "--name", name]);
    let long = "x".repeat(300);
    for name in ["my cat.jpg", "a+b.jpg", "100%.jpg", "\u{e9}t\u{e9}.jpg", &long] {
        let stored = upload(name).succeeds().stderr_lacks("error: ").json();
        let stem = name.trim_end_matches(".jpg");
        assert!(stored["key"].as_str().unwrap().contains(stem), "{stored}");
    }
    let longer = "x".repeat(1000);
    for name in ["..", "a/../b.jpg", "", "a//b.jpg", "a\u{7}b.jpg", &longer] {
        upload(name).fails(1).stderr_has("name");
    }
}

#[test]
fn a_folder_without_files_is_reported() {
    let deployer = Deployer::on(&aws::serve(|_| aws::s3_error(404, "NoSuchKey")));
    std::fs::create_dir(deployer.path("empty")).unwrap();
    for arguments in [&["upload", "--recursive", "empty"][..], &["preview", "empty"]] {
        deployer.args(arguments).succeeds().stdout("").stderr_has("warning: no files in `empty`");
    }
}

#[test]
fn a_demo_reads_its_photos_before_it_creates_a_stack() {
    let demo = Deployer::new().args(["demo", "nowhere.jpg"]);
    demo.fails(1).stderr_has("cannot read `nowhere.jpg`").stderr_lacks("Making thumbnails");
}

#[cfg(target_os = "linux")]
#[test]
fn init_writes_a_file_whose_name_is_not_unicode() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let init = Deployer::new().args(["init"]).args([OsStr::from_bytes(b"\xff.yaml")]);
    init.succeeds().stdout("\u{fffd}.yaml\n");
}

#[test]
fn a_file_that_is_not_an_image_is_refused() {
    let endpoint = aws::serve(|_| aws::s3_error(404, "NoSuchKey"));
    let deployer = Deployer::on(&endpoint).file("notes.jpg", "no photo");
    deployer.args(["upload", "notes.jpg"]).fails(1).stdout("").stderr_has("`notes.jpg` is not an image");
}

#[test]
fn a_file_without_read_permission_is_reported() {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;
    use std::path::Path;

    let endpoint = aws::serve(|_| aws::stack(&[]));
    let mut upload = Deployer::on(&endpoint).file("secret.jpg", "a photo").args(["upload", "secret.jpg"]);
    let mode = |path: &Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    mode(&upload.path("secret.jpg"), 0o000);
    mode(upload.folder(), 0o755);
    // Root can read every file, so another user runs a copy of the program in a folder that this user can enter.
    let is_root = std::fs::metadata(upload.folder()).unwrap().uid() == 0;
    if is_root {
        let program = upload.path("deployer");
        std::fs::copy(testkit::program("deployer"), &program).unwrap();
        mode(&program, 0o755);
        upload = upload.program(program);
    }
    let mut command = upload.command();
    if is_root {
        command.uid(65534).gid(65534);
    }
    let ran = RunResult::new(Vec::new(), &command.output().unwrap());
    assert_eq!(ran.code, Some(1), "{ran}");
    ran.stderr_has("secret.jpg").stderr_has("permission denied").stderr_lacks("panicked");
}
