//! Searches for photos in generated listings: many photos with one name, the photos of a day, and the newest under a
//! prefix.

use std::fmt::Write as _;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

use contract::key::OriginalVersion;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use testkit::http::{Reply, Request};
use testkit::stack::StackState;
use testkit::{Deployer, FakeStack, aws, records, s3};

use crate::listings::{NAME, PAGE, PHOTOS_A_DAY};

const NEWEST: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

/// The number of photos: all are called `cat.jpg`, one per hour, the newest first. The newest two have no record yet.
const PHOTOS: usize = 1_300;
const WAITING: usize = 2;

fn version(photo: usize) -> OriginalVersion {
    OriginalVersion::new(&format!("pets/{photo:05}/cat.jpg"), Some("v1"), None)
}

fn time(photo: usize) -> OffsetDateTime {
    NEWEST - Duration::hours(i64::try_from(photo).unwrap())
}

fn manifest(photo: usize) -> Value {
    let mut done = records::done(&version(photo));
    done["original"]["last_modified"] = json!(time(photo).format(&Rfc3339).unwrap());
    done["thumbnails"] = json!([]);
    done
}

/// Returns the photo whose digits follow `before` in `text`.
fn photo(text: &str, before: &str) -> Option<usize> {
    text.split(before).nth(1)?.get(..5)?.parse().ok()
}

fn answer(request: Request) -> Reply {
    let head = request.head;
    let target = head.split(' ').nth(1).unwrap();
    let done = WAITING..PHOTOS;
    if target.contains("versions") {
        let mut list = String::new();
        for photo in 0..PAGE.min(PHOTOS) {
            let at = time(photo).format(&Rfc3339).unwrap();
            let OriginalVersion { key, version } = version(photo);
            list += &s3::version(&key, &version, &at, 1);
        }
        return s3::versions(&list);
    }
    if target.contains("list-type") && target.contains("delimiter") {
        return s3::objects(&s3::folder("by-name/cat.jpg/pets/"));
    }
    if target.contains("list-type") {
        let after = target.split("start-after=").nth(1).map(|after| after.split('&').next().unwrap());
        let first = |after: &str| {
            done.clone().find(|photo| *version(*photo).index_key() > *after).unwrap_or(done.end)
        };
        let after = after.map(|after| percent_decode_str(after).decode_utf8().unwrap());
        let from = photo(target, "continuation-token=").or(after.as_deref().map(first)).unwrap_or(done.start);
        let to = (from + PAGE).min(done.end);
        let mut list = String::new();
        for photo in from..to {
            // The function processed a photo for a second.
            let written = (time(photo) + Duration::SECOND).format(&Rfc3339).unwrap();
            let key = version(photo).index_key();
            list += &s3::object(&key, &written, 0);
        }
        if to < done.end {
            write!(
                list,
                "<IsTruncated>true</IsTruncated><NextContinuationToken>{to:05}</NextContinuationToken>"
            )
            .unwrap();
        }
        return s3::objects(&list);
    }
    match photo(target, "pets/") {
        Some(_) if head.starts_with("HEAD /originals/") => current(),
        Some(photo) if target.contains("/done.json") && done.contains(&photo) => {
            Reply::new(200, manifest(photo).to_string())
        }
        _ => missing(),
    }
}

fn current() -> Reply {
    Reply::new(200, "").header("x-amz-version-id", "v1")
}

fn missing() -> Reply {
    aws::s3_error(404, "NoSuchKey")
}

/// Returns the keys that `deployer fetch` with `arguments` finds if `reply` returns the replies to the requests.
#[track_caller]
fn found_keys(reply: impl Fn(Request) -> Reply + Send + Sync + 'static, arguments: &[&str]) -> Vec<String> {
    let endpoint = aws::serve(reply);
    let ran = Deployer::on(&endpoint).args(["fetch", "--output", "json"]).args(arguments).succeeds();
    let key = |photo: &Value| photo["original"]["key"].as_str().unwrap().to_owned();
    ran.json_lines().iter().map(key).collect()
}

#[test]
fn all_photos_with_a_name_are_found_over_many_pages() {
    let expected: Vec<String> = (WAITING..PHOTOS).map(|photo| version(photo).key).collect();
    assert_eq!(found_keys(answer, &["cat.jpg", "--list"]), expected);
}

#[test]
fn photos_of_an_older_day_are_found_after_newer_ones() {
    let day = time(PHOTOS - 40).date();
    let expected: Vec<String> = (WAITING..PHOTOS)
        .filter(|photo| time(*photo).date() == day)
        .map(|photo| version(photo).key)
        .collect();
    assert!(expected.len() > 1);
    assert_eq!(found_keys(answer, &["cat.jpg", "--list", "--date", &day.to_string()]), expected);
}

#[test]
fn overwritten_and_removed_photos_are_not_found_by_name() {
    let reply = |request: Request| match photo(&request.head, "HEAD /originals/pets/") {
        Some(2) => missing(),
        Some(3) => Reply::new(200, "").header("x-amz-version-id", "v2"),
        _ => answer(request),
    };
    let expected: Vec<String> = (4..PHOTOS).map(|photo| version(photo).key).collect();
    assert_eq!(found_keys(reply, &["cat.jpg", "--list"]), expected);
}

#[test]
fn the_newest_photo_under_a_prefix_is_the_newest_with_thumbnails() {
    // Their manifests list no thumbnails, so nothing is downloaded.
    let endpoint = aws::serve(answer);
    let ran = Deployer::on(&endpoint).args(["fetch", "pets/"]).run();
    ran.stderr_has(&version(WAITING).key).stderr_lacks("there is no photo");
}

/// The photos of one name, on five days.
const MANY: usize = 5 * PHOTOS_A_DAY;

#[test]
fn the_newest_of_many_photos_with_one_name_costs_the_listing_of_a_day() {
    let lists = Arc::new(AtomicUsize::new(0));
    let others = Arc::new(Mutex::new(Vec::new()));
    let (counted, seen) = (Arc::clone(&lists), Arc::clone(&others));
    let endpoint = aws::serve(move |Request { head, .. }| {
        if head.contains("list-type") {
            counted.fetch_add(1, Relaxed);
            let list = crate::listings::list(&head, MANY, |_| Some("done"));
            // The photo in the middle of the last day was processed last.
            let last = crate::listings::key(MANY - PHOTOS_A_DAY / 2);
            let Some((before, after)) = list.split_once(&format!("{NAME}{last}~/v1</Key>")) else {
                return Reply::new(200, list);
            };
            let after = after.replacen("2026-01-01T00:00:00", "2026-01-05T12:00:00", 1);
            return Reply::new(200, format!("{before}{NAME}{last}~/v1</Key>{after}"));
        }
        seen.lock().unwrap().push(head.lines().next().unwrap().to_owned());
        if head.starts_with("HEAD /originals/photo.jpg") {
            return missing();
        }
        let key = crate::listings::key(crate::listings::photo_of(&head));
        match head.split(' ').next() {
            Some("HEAD") => current(),
            _ => {
                let mut done = crate::listings::done(&key);
                done["thumbnails"] = json!([]);
                if key == crate::listings::key(MANY - PHOTOS_A_DAY / 2) {
                    done["original"]["last_modified"] = json!("2026-01-05T11:59:59Z");
                }
                Reply::new(200, done.to_string())
            }
        }
    });
    // Its manifest lists no thumbnails, so the error names the photo that was found.
    let ran = Deployer::on(&endpoint).args(["fetch", "photo.jpg"]).run();
    ran.stderr_has(&crate::listings::key(MANY - PHOTOS_A_DAY / 2));
    // One request each for the name, a year, a month and a day, and the pages of the last day.
    assert_eq!(lists.load(Relaxed), 1 + 3 + PHOTOS_A_DAY / PAGE);
    // One request for the key, then the manifests of the newest photos, and the current version of the newest.
    assert_eq!(others.lock().unwrap().len(), 1 + 32 + 1);
}

#[test]
fn a_photo_is_not_found_by_its_name_without_the_name_index() {
    let mut state = StackState { has_no_name_index: true, ..StackState::default() };
    let original = state.add_photo("pets/cat.jpg");
    state.add_outputs(&original);
    let stack = FakeStack::new(state);
    let deployer = stack.deployer();
    let ran = deployer.args(["fetch", "cat.jpg"]).fails(3);
    ran.stdout("").stderr_has("this stack has no name index to find a photo by its name");
    deployer.args(["fetch", "pets/cat.jpg", "--list"]).succeeds();
    deployer.args(["explain", "cat.jpg"]).ends_with(0).stdout_has("pets/cat.jpg");
}

#[test]
fn a_key_prefix_ends_with_a_slash() {
    let mut state = StackState::default();
    let original = state.add_photo("pets/cat.jpg");
    state.add_outputs(&original);
    let stack = FakeStack::new(state);
    let deployer = stack.deployer();
    for list in [&["fetch", "--list"][..], &["ls"]] {
        deployer.args(list).args(["pets/"]).succeeds().stdout_has("pets/cat.jpg");
    }
    // The start of a key is not a name of its photo.
    deployer.args(["fetch", "pets/cat"]).fails(3).stderr_has("end a key prefix with `/`");
    deployer.args(["fetch", "--list", "pets/cat.jp"]).fails(3).stderr_has("there is no photo `pets/cat.jp`");
    // An alt text belongs to one photo, not to the newest of many.
    deployer.args(["alt", "pets/", "--set", "A cat"]).fails(2).stderr_has("`pets/` is a key prefix");
}
