//! An audit of a million photos, against an S3 that makes its listings up.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod http;
mod listings;

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::{Value, json};

use crate::http::{Reply, Request, serve};
use crate::listings::key;

const PHOTOS: usize = 1_000_000;

/// Those that have no record, and every how many-th has failed.
const LOST: [usize; 2] = [123_456, 777_778];
const FAILED: usize = 1000;

/// The most memory the audit may take, in KiB: far less than all those keys.
const MAX_MEMORY_KIB: i64 = 150 * 1024;

/// The record of a photo.
fn record(photo: usize) -> Option<&'static str> {
    if LOST.contains(&photo) {
        return None;
    }
    Some(if photo.is_multiple_of(FAILED) { "failed" } else { "done" })
}

/// How many listings of versions are going on, and how many did at once.
#[derive(Default)]
struct Listings {
    counts: Mutex<(usize, usize)>,
    changed: Condvar,
}

impl Listings {
    /// Counts a listing, which takes until another goes on beside it; or far too long, where none does.
    fn wait(&self) {
        let mut counts = self.counts.lock().unwrap();
        counts.0 += 1;
        counts.1 = counts.1.max(counts.0);
        self.changed.notify_all();
        let alone = |counts: &mut (usize, usize)| counts.1 < 2;
        let mut counts = self.changed.wait_timeout_while(counts, Duration::from_secs(20), alone).unwrap().0;
        counts.0 -= 1;
    }
}

fn answer(request: Request, listings: &Listings) -> Reply {
    let Request { head, body } = request;
    if body.contains("Action=DescribeStacks") {
        return Reply::Whole(200, http::stack());
    }
    if head.to_lowercase().contains("getqueueattributes") {
        return Reply::Whole(200, json!({"Attributes": {"ApproximateNumberOfMessages": "0"}}).to_string());
    }
    if head.starts_with("HEAD ") {
        return Reply::Whole(404, String::new());
    }
    if head.contains("versions") {
        listings.wait();
    }
    Reply::Whole(200, listings::list(&head, PHOTOS, record))
}

#[test]
fn a_million_photos_are_audited_day_by_day_at_once_in_little_memory() {
    let listings = Arc::new(Listings::default());
    let serving = Arc::clone(&listings);
    let endpoint = serve(move |request| answer(request, &serving));
    let home = tempfile::tempdir().unwrap();
    let output = listings::deployer(home.path(), &endpoint, &["audit", "--output", "json"]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("2 versions have neither") && stderr.contains("deployer backfill"), "{stderr}");
    assert!(listings.counts.lock().unwrap().1 > 1, "one day after the other");
    let mut lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let failed = PHOTOS / FAILED;
    let summary = json!({
        "versions": PHOTOS, "done": PHOTOS - failed - LOST.len(), "failed": failed, "in_flight": 0,
        "lost": LOST.len(), "unreadable": 0,
    });
    // In the order of the keys, which the days do not keep.
    lines.sort_by_key(|line| line["lost"]["key"].as_str().map_or("last".to_owned(), str::to_owned));
    let lost = LOST.map(|photo| json!({"lost": {"key": key(photo), "version": "v1"}}));
    assert_eq!(lines, [&lost[..], &[json!({ "summary": summary })]].concat());
    let memory = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
}

#[test]
fn a_record_that_a_listing_leaves_out_is_asked_for_before_its_photo_counts_as_lost() {
    // As where an emulator decodes `StartAfter` twice: no record is listed, and all but one are there.
    let endpoint = serve(|request| {
        if request.head.starts_with("HEAD ") {
            let is_done = request.head.contains("done.json") && !request.head.contains(&key(1));
            return Reply::Whole(if is_done { 200 } else { 404 }, String::new());
        }
        if request.body.contains("Action=DescribeStacks")
            || request.head.to_lowercase().contains("getqueueattributes")
        {
            return answer(request, &Listings::default());
        }
        Reply::Whole(200, listings::list(&request.head, 3, |_| None))
    });
    let home = tempfile::tempdir().unwrap();
    let output = listings::deployer(home.path(), &endpoint, &["audit"]).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    assert!(stdout.contains("3 versions: 2 done, 0 failed, 0 in flight, 1 lost"), "{stdout}");
    assert!(stdout.contains(&format!("lost: {}", key(1))), "{stdout}");
}
