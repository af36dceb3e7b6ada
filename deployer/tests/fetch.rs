//! Finding photos: many of one name, those of a day, and the newest of a prefix, against an S3 that makes them up.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod http;
mod listings;

use std::fmt::Write as _;

use contract::key::{Digest, NameIndexKey, OriginalVersion};
use contract::manifest::Manifest;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::http::{Reply, Request, serve};
use crate::listings::{PAGE, deployer};

const NEWEST: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

/// The photos of this world, the newest first: all called `cat.jpg`, one an hour. The newest two have no record yet.
const PHOTOS: usize = 1_300;
const WAITING: usize = 2;

fn version(photo: usize) -> OriginalVersion {
    OriginalVersion::new(&format!("pets/{photo:05}/cat.jpg"), Some("v1"), None)
}

fn time(photo: usize) -> OffsetDateTime {
    NEWEST - Duration::hours(i64::try_from(photo).unwrap())
}

fn index(photo: usize) -> String {
    NameIndexKey::new(&version(photo), time(photo), &Digest::of(b"x")).to_string()
}

fn manifest(photo: usize) -> Value {
    let original = version(photo);
    let rfc3339 = &time::format_description::well_known::Rfc3339;
    let manifest = json!({
        "schema": 1,
        "original": {
            "bucket": "originals", "key": original.key, "version": original.version, "digest": Digest::of(b"x"),
            "bytes": 1, "width": 2, "height": 2, "format": "jpeg", "frames": 1,
            "last_modified": time(photo).format(rfc3339).unwrap(),
        },
        "base": "2026/11/24/cat.2d711642b7.jpg", "thumbnails": [], "thumbhash": "",
        "dominant_color": "#000000", "completed_at": "2026-11-24T10:00:01Z",
    });
    serde_json::from_value::<Manifest>(manifest.clone()).unwrap();
    manifest
}

/// The photo whose digits stand after `before` in `text`.
fn photo(text: &str, before: &str) -> Option<usize> {
    text.split(before).nth(1)?.get(..5)?.parse().ok()
}

fn answer(request: Request) -> Reply {
    let Request { head, body } = request;
    if body.contains("Action=DescribeStacks") {
        return Reply::Whole(200, http::stack());
    }
    let target = head.split(' ').nth(1).unwrap();
    let done = WAITING..PHOTOS;
    if target.contains("versions") {
        let mut list = String::new();
        for photo in 0..PAGE.min(PHOTOS) {
            let at = time(photo).format(&time::format_description::well_known::Rfc3339).unwrap();
            let OriginalVersion { key, version } = version(photo);
            write!(
                list,
                "<Version><Key>{key}</Key><VersionId>{version}</VersionId><IsLatest>true</IsLatest><Size>1</Size>\
                 <LastModified>{at}</LastModified></Version>"
            )
            .unwrap();
        }
        return Reply::Whole(200, format!("<ListVersionsResult>{list}</ListVersionsResult>"));
    }
    if target.contains("list-type") {
        let after = target.split("start-after=").nth(1).map(|after| after.split('&').next().unwrap());
        let first = |after: &str| done.clone().find(|photo| *index(*photo) > *after).unwrap_or(done.end);
        let after = after.map(|after| percent_decode_str(after).decode_utf8().unwrap());
        let from = photo(target, "continuation-token=").or(after.as_deref().map(first)).unwrap_or(done.start);
        let to = (from + PAGE).min(done.end);
        let mut list: String =
            (from..to).map(|photo| format!("<Contents><Key>{}</Key></Contents>", index(photo))).collect();
        if to < done.end {
            write!(
                list,
                "<IsTruncated>true</IsTruncated><NextContinuationToken>{to:05}</NextContinuationToken>"
            )
            .unwrap();
        }
        return Reply::Whole(200, format!("<ListBucketResult>{list}</ListBucketResult>"));
    }
    let missing = || Reply::Whole(404, "<Error><Code>NoSuchKey</Code></Error>".to_owned());
    if let Some(key) = target.strip_prefix("/catalog/").filter(|key| key.starts_with("by-name/")) {
        let key = key.split('?').next().unwrap();
        return done
            .clone()
            .find(|photo| index(*photo) == key)
            .map_or_else(missing, |photo| Reply::Whole(200, manifest(photo).to_string()));
    }
    match photo(target, "pets/") {
        Some(photo) if target.contains("/done.json") && done.contains(&photo) => {
            Reply::Whole(200, json!({"schema": 1, "manifest": manifest(photo)}).to_string())
        }
        _ => missing(),
    }
}

/// The keys that `deployer fetch` with `arguments` finds.
#[track_caller]
fn found(arguments: &[&str]) -> Vec<String> {
    let endpoint = serve(answer);
    let home = tempfile::tempdir().unwrap();
    let arguments = [&["fetch", "--output", "json"], arguments].concat();
    let output = deployer(home.path(), &endpoint, &arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let key = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap()["original"]["key"].as_str().unwrap().to_owned()
    };
    lines.lines().map(key).collect()
}

#[test]
fn all_photos_of_a_name_are_found_over_many_pages() {
    let expected: Vec<String> = (WAITING..PHOTOS).map(|photo| version(photo).key).collect();
    assert_eq!(found(&["cat.jpg", "--list"]), expected);
}

#[test]
fn photos_of_an_older_day_are_found_behind_newer_ones() {
    let day = time(PHOTOS - 40).date();
    let expected: Vec<String> = (WAITING..PHOTOS)
        .filter(|photo| time(*photo).date() == day)
        .map(|photo| version(photo).key)
        .collect();
    assert!(expected.len() > 1);
    assert_eq!(found(&["cat.jpg", "--list", "--date", &day.to_string()]), expected);
}

#[test]
fn the_newest_of_a_prefix_is_the_newest_that_has_thumbnails() {
    // Their manifests promise no thumbnails, so nothing is downloaded; before there was no photo at all.
    let endpoint = serve(answer);
    let home = tempfile::tempdir().unwrap();
    let output = deployer(home.path(), &endpoint, &["fetch", "pets/"]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains(&version(WAITING).key), "{stderr}");
    assert!(!stderr.contains("there is no photo"), "{stderr}");
}
