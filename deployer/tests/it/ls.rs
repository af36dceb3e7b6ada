//! Lists many photos, and finds processed and failed ones among them, in little memory, with generated listings.

use serde_json::{Value, json};

use testkit::http::{Reply, Request};
use testkit::{Deployer, RunResult, aws, records, s3};

use crate::listings::{key, version};

const PHOTOS: usize = 400_000;

/// One photo in this many failed, and the next one is done. The others wait.
const RECORDED: usize = 5_000;

/// The maximum memory for any number of photos, in KiB: far less than all keys.
const MAX_MEMORY_KIB: i64 = 80 * 1024;

/// Returns the name of the record of a photo.
fn record(photo: usize) -> Option<&'static str> {
    match photo % RECORDED {
        0 => Some("failed"),
        1 => Some("done"),
        _ => None,
    }
}

fn answer(request: Request) -> Reply {
    let head = request.head;
    // A prefix is not a photo.
    if head.starts_with("HEAD") {
        return Reply::new(404, "");
    }
    let Some(path) = head.strip_prefix("GET /catalog/by-key/") else {
        return Reply::new(200, crate::listings::list(&head, PHOTOS, record));
    };
    let photo = crate::listings::photo_of(path);
    let key = key(photo);
    let record = match record(photo) {
        Some("failed") if path.contains("/failed.json") => records::failed(&version(&key), "no photo"),
        Some("done") if path.contains("/done.json") => crate::listings::done(&key),
        _ => return aws::s3_error(404, "NoSuchKey"),
    };
    Reply::new(200, record.to_string())
}

#[test]
fn many_photos_are_listed_while_they_are_read() {
    let endpoint = aws::serve(answer);
    let ran = run_in_little_memory(&Deployer::on(&endpoint).args(["ls", "--output", "json"]));
    let mut listed = 0;
    for line in ran.stdout.lines() {
        let photo: Value = serde_json::from_str(line).unwrap();
        let key = key(listed);
        let expected = match record(listed) {
            Some("failed") => json!(["failed", [], "not-an-image", "no photo"]),
            Some(_) => json!(["done", [format!("{key}~/v1/small.webp")], null, null]),
            None => json!(["waiting", [], null, null]),
        };
        let found = ["state", "thumbnails", "reason", "message"].map(|field| &photo[field]);
        assert_eq!((&photo["key"], json!(found)), (&key.into(), expected));
        listed += 1;
    }
    assert_eq!(listed, PHOTOS);
}

#[test]
fn a_failed_photo_among_many_is_found() {
    let endpoint = aws::serve(answer);
    let replay = Deployer::on(&endpoint).args(["replay", "--all", "--dry-run", "--output", "json"]);
    let ran = run_in_little_memory(&replay);
    assert_eq!(ran.json(), json!({"sent": PHOTOS / RECORDED, "dry_run": true}));
    ran.stderr_has(&format!("would send `{}`: not-an-image", key(RECORDED)));
}

#[test]
fn a_finished_photo_among_many_is_found() {
    let endpoint = aws::serve(answer);
    let fetch = Deployer::on(&endpoint).args(["fetch", "2026/", "--all", "--list", "--output", "json"]);
    let key_of = |photo: &Value| photo["original"]["key"].as_str().unwrap().to_owned();
    let found: Vec<String> = run_in_little_memory(&fetch).json_lines().iter().map(key_of).collect();
    let done = (0..PHOTOS).filter(|photo| record(*photo) == Some("done"));
    assert_eq!(found, done.map(key).collect::<Vec<_>>());
}

/// Runs a command that succeeds, and checks that it uses little memory.
#[track_caller]
fn run_in_little_memory(deployer: &Deployer) -> RunResult {
    let (ran, memory) = deployer.measured();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
    ran
}

/// Answers for an S3 with an empty object that has the content type of a folder, and another empty object.
fn folder_stack(request: Request) -> Reply {
    match request.target() {
        "/originals/album" => Reply::new(200, "").header("content-type", "application/x-directory"),
        "/originals/empty.jpg" => Reply::new(200, "").header("content-type", "image/jpeg"),
        target if target.contains("versions") => {
            let version = |key| s3::version(key, "v1", records::LONG_AGO, 0);
            s3::versions(&[version("album"), version("empty.jpg")].concat())
        }
        target if target.contains("list-type") => s3::objects(""),
        _ => aws::s3_error(404, "NoSuchKey"),
    }
}

#[test]
fn an_empty_object_with_the_type_of_a_folder_is_not_a_photo() {
    let endpoint = aws::serve(folder_stack);
    let deployer = Deployer::on(&endpoint);
    let listed = deployer.args(["ls", "--output", "json"]).succeeds().stdout;
    assert!(listed.contains("empty.jpg") && !listed.contains("album"), "{listed}");
    assert_eq!(deployer.args(["backfill", "--dry-run"]).json()["sent"], 1);
}
