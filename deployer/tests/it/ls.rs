//! A million photos listed, and those that are done or have failed among them found, in little memory, against an S3 that
//! makes its listings up.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::command::measured;

use crate::http::{Reply, Request, serve};
use crate::listings::key;

const PHOTOS: usize = 1_000_000;

/// One photo of so many has failed, and the one behind it is done. The others wait.
const RECORDED: usize = 5_000;

/// The most memory that any number of photos may take, in KiB: far less than all those keys.
const MAX_MEMORY_KIB: i64 = 100 * 1024;

/// The record of a photo.
fn record(photo: usize) -> Option<&'static str> {
    match photo % RECORDED {
        0 => Some("failed"),
        1 => Some("done"),
        _ => None,
    }
}

fn answer(request: Request) -> Reply {
    let Request { head, body } = request;
    if body.contains("Action=DescribeStacks") {
        return Reply::Whole(200, crate::http::stack());
    }
    // A prefix is no photo.
    if head.starts_with("HEAD") {
        return Reply::Whole(404, String::new());
    }
    let Some(path) = head.strip_prefix("GET /catalog/by-key/") else {
        return Reply::Whole(200, crate::listings::list(&head, PHOTOS, record));
    };
    let photo = crate::listings::photo_of(path);
    let key = key(photo);
    let record = match record(photo) {
        Some("failed") if path.contains("/failed.json") => json!({
            "schema": 1, "bucket": "originals", "key": key, "version": "v1", "function": "thumbnail",
            "reason": "not-an-image", "message": "no photo", "event": {}, "receive_count": 1,
            "failed_at": "2026-01-01T00:00:00Z", "function_version": "1", "request_id": "r",
        }),
        Some("done") if path.contains("/done.json") => crate::listings::done(&key),
        _ => return Reply::Whole(404, "<Error><Code>NoSuchKey</Code></Error>".to_owned()),
    };
    Reply::Whole(200, record.to_string())
}

#[test]
fn a_million_photos_are_listed_as_they_come() {
    let endpoint = serve(answer);
    let home = tempfile::tempdir().unwrap();
    let output =
        in_little_memory(&crate::listings::deployer(home.path(), &endpoint, &["ls", "--output", "json"]));
    let mut listed = 0;
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let photo: Value = serde_json::from_str(line).unwrap();
        let key = key(listed);
        let expected = match record(listed) {
            Some("failed") => json!(["failed", [], "no photo (not-an-image)"]),
            Some(_) => json!(["done", [format!("{key}~/v1/small.webp")], null]),
            None => json!(["waiting", [], null]),
        };
        assert_eq!(
            (&photo["key"], json!([photo["state"], photo["thumbnails"], photo["reason"]])),
            (&key.into(), expected)
        );
        listed += 1;
    }
    assert!(output.status.success());
    assert_eq!(listed, PHOTOS);
}

#[test]
fn what_has_failed_among_a_million_photos_is_found() {
    let endpoint = serve(answer);
    let home = tempfile::tempdir().unwrap();
    let arguments = ["replay", "--all", "--dry-run", "--output", "json"];
    let output = in_little_memory(&crate::listings::deployer(home.path(), &endpoint, &arguments));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said, json!({"sent": PHOTOS / RECORDED, "dry_run": true}));
    assert!(stderr.contains(&format!("would send `{}`: not-an-image", key(RECORDED))), "{stderr}");
}

#[test]
fn what_is_done_among_a_million_photos_is_found() {
    let endpoint = serve(answer);
    let home = tempfile::tempdir().unwrap();
    let arguments = ["fetch", "2026/", "--all", "--list", "--output", "json"];
    let output = in_little_memory(&crate::listings::deployer(home.path(), &endpoint, &arguments));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let key_of = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap()["original"]["key"].as_str().unwrap().to_owned()
    };
    let found: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(key_of).collect();
    let done = (0..PHOTOS).filter(|photo| record(*photo) == Some("done"));
    assert_eq!(found, done.map(key).collect::<Vec<_>>());
}

/// Runs a command and checks that it takes little memory.
fn in_little_memory(command: &Command) -> Output {
    let (output, memory) = measured(command);
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
    output
}

/// An S3 with an empty object whose content type says that it is a folder, and an empty one that is none.
fn with_a_folder(request: Request) -> Reply {
    let Request { head, body } = request;
    if body.contains("Action=DescribeStacks") {
        return Reply::Whole(200, crate::http::stack());
    }
    match head.split(' ').nth(1).unwrap() {
        "/originals/album" => Reply::Typed("application/x-directory"),
        "/originals/empty.jpg" => Reply::Typed("image/jpeg"),
        target if target.contains("versions") => {
            let version = |key| {
                format!(
                    "<Version><Key>{key}</Key><VersionId>v1</VersionId><IsLatest>true</IsLatest><Size>0</Size>\
                     <LastModified>2026-01-01T00:00:00.000Z</LastModified></Version>"
                )
            };
            let versions = [version("album"), version("empty.jpg")].concat();
            Reply::Whole(200, format!("<ListVersionsResult>{versions}</ListVersionsResult>"))
        }
        target if target.contains("list-type") => {
            Reply::Whole(200, "<ListBucketResult></ListBucketResult>".to_owned())
        }
        _ => Reply::Whole(404, "<Error><Code>NoSuchKey</Code></Error>".to_owned()),
    }
}

#[test]
fn an_empty_object_with_the_type_of_a_folder_is_no_photo() {
    let endpoint = serve(with_a_folder);
    let home = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| {
        let output = crate::listings::deployer(home.path(), &endpoint, arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let listed = said(&["ls", "--output", "json"]);
    assert!(listed.contains("empty.jpg") && !listed.contains("album"), "{listed}");
    let sent = said(&["backfill", "--dry-run", "--output", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&sent).unwrap()["sent"], 1);
}
