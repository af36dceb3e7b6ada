//! An audit of a million photos, against an S3 that makes its listings up.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod http;

use std::fmt::Write as _;
use std::process::Command;

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::{Value, json};

use crate::http::{Reply, Request, serve};

const PHOTOS: usize = 1_000_000;

/// As S3 does.
const PAGE: usize = 1000;

/// Those that have no record, and every how many-th has failed.
const LOST: [usize; 2] = [123_456, 777_778];
const FAILED: usize = 1000;

/// The most memory the audit may take, in KiB: far less than all those keys.
const MAX_MEMORY_KIB: i64 = 150 * 1024;

fn key(photo: usize) -> String {
    format!("2026/01/01/photo.{photo:010}.jpg")
}

/// The photo whose key stands in a parameter of the query, if there is the parameter.
fn photo(query: &str, parameter: &str) -> Option<usize> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{parameter}=")))?;
    let digits = value.split("photo.").nth(1).unwrap_or(value);
    digits[..10].parse().ok()
}

fn answer(request: Request) -> Reply {
    let Request { head, body } = request;
    if body.contains("Action=DescribeStacks") {
        return Reply::Whole(200, http::stack());
    }
    if head.to_lowercase().contains("getqueueattributes") {
        return Reply::Whole(200, json!({"Attributes": {"ApproximateNumberOfMessages": "0"}}).to_string());
    }
    let query = head.split(['?', ' ']).nth(2).unwrap_or_default().to_owned();
    let is_of_versions = query.contains("versions");
    let root = if is_of_versions { "ListVersionsResult" } else { "ListBucketResult" };
    let mut list = format!("<{root}>");
    if is_of_versions {
        let from = photo(&query, "key-marker").map_or(0, |last| last + 1);
        let to = (from + PAGE).min(PHOTOS);
        for photo in from..to {
            write!(
                list,
                "<Version><Key>{}</Key><VersionId>v1</VersionId><IsLatest>true</IsLatest><Size>1</Size>\
                 <LastModified>2026-01-01T00:00:00.000Z</LastModified></Version>",
                key(photo)
            )
            .unwrap();
        }
        if to < PHOTOS {
            let last = key(to - 1);
            write!(list, "<IsTruncated>true</IsTruncated><NextKeyMarker>{last}</NextKeyMarker>").unwrap();
            list.push_str("<NextVersionIdMarker>v1</NextVersionIdMarker>");
        }
    } else if query.contains("by-key") {
        let from = photo(&query, "continuation-token").or(photo(&query, "start-after")).unwrap_or(0);
        let to = (from + PAGE).min(PHOTOS);
        for photo in (from..to).filter(|photo| !LOST.contains(photo)) {
            let record = if photo % FAILED == 0 { "failed" } else { "done" };
            write!(list, "<Contents><Key>by-key/{}/v1/{record}.json</Key></Contents>", key(photo)).unwrap();
        }
        if to < PHOTOS {
            write!(
                list,
                "<IsTruncated>true</IsTruncated><NextContinuationToken>{to:010}</NextContinuationToken>"
            )
            .unwrap();
        }
    }
    write!(list, "</{root}>").unwrap();
    Reply::Whole(200, list)
}

#[test]
fn a_million_photos_are_audited_in_little_memory() {
    let endpoint = serve(answer);
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_deployer"))
        .args(["audit", "--output", "json"])
        .current_dir(home.path())
        .env_clear()
        .envs([
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("2 versions have neither") && stderr.contains("deployer backfill"), "{stderr}");
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let failed = PHOTOS / FAILED;
    let summary = json!({
        "versions": PHOTOS, "done": PHOTOS - failed - LOST.len(), "failed": failed, "in_flight": 0,
        "lost": LOST.len(), "unreadable": 0,
    });
    let lost = LOST.map(|photo| json!({"lost": {"key": key(photo), "version": "v1"}}));
    assert_eq!(lines, [&lost[..], &[json!({ "summary": summary })]].concat());
    let memory = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
}
