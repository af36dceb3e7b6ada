//! Audits of many photos with generated listings, and of a few photos with every possible problem.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::key::{KEY_METADATA, OriginalVersion};
use contract::preset::ThumbnailFormat;
use serde_json::{Value, json};

use crate::listings::key;
use testkit::http::{Reply, Request};
use testkit::stack::{CATALOG, ORIGINALS, StackState, THUMBNAILS};
use testkit::{Deployer, FakeStack, aws};

const PHOTOS: usize = 200_000;

/// The number of photos without a record, and the interval between photos that failed.
const LOST: [usize; 2] = [123_456, 177_778];
const FAILED: usize = 1000;

/// The maximum memory of an audit, in KiB: far less than all keys.
const MAX_MEMORY_KIB: i64 = 90 * 1024;

/// Returns the name of the record of a photo.
fn record(photo: usize) -> Option<&'static str> {
    if LOST.contains(&photo) {
        return None;
    }
    Some(if photo.is_multiple_of(FAILED) { "failed" } else { "done" })
}

/// The number of listings of versions in progress, and its maximum.
#[derive(Default)]
struct Listings {
    counts: Mutex<(usize, usize)>,
    changed: Condvar,
}

impl Listings {
    /// Counts a listing and blocks until another listing is in progress, or for far too long if there is none.
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
    let head = request.head;
    if head.to_lowercase().contains("getqueueattributes") {
        return Reply::new(200, json!({"Attributes": {"ApproximateNumberOfMessages": "0"}}).to_string());
    }
    if head.contains("versions") {
        listings.wait();
    }
    // The audit reads the records of a photo that seems lost directly.
    if head.starts_with("HEAD /originals/") {
        return Reply::new(200, "").header("x-amz-version-id", "v1");
    }
    if head.starts_with("HEAD ") {
        return Reply::new(404, "");
    }
    Reply::new(200, crate::listings::list(&head, PHOTOS, record))
}

#[test]
fn many_photos_are_audited_in_parallel_by_day_in_little_memory() {
    let listings = Arc::new(Listings::default());
    let serving = Arc::clone(&listings);
    let endpoint = aws::serve(move |request| answer(request, &serving));
    let settings = "presets: [{name: small, width: 128, height: 128}]\n";
    let audit = Deployer::on(&endpoint).file("deployer.yaml", settings).args(["audit", "--output", "json"]);
    let (ran, memory) = audit.measured();
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let ran = ran.stderr_has("2 versions lost").stderr_has("deployer backfill");
    assert!(listings.counts.lock().unwrap().1 > 1, "one day after the other");
    let mut lines = ran.json_lines();
    let failed = PHOTOS / FAILED;
    let summary = json!({
        "versions": PHOTOS, "done": PHOTOS - failed - LOST.len(), "failed": failed, "in_flight": 0,
        "lost": LOST.len(), "orphaned": 0, "partial": 0, "incomplete": 0, "contradictory": 0, "unreadable": 0,
    });
    // Sort the findings by key, because the days are audited in any order.
    lines.sort_by_key(|line| line["lost"]["key"].as_str().map_or("last".to_owned(), str::to_owned));
    let lost = LOST.map(|photo| json!({"lost": {"key": key(photo), "version": "v1"}}));
    assert_eq!(lines, [&lost[..], &[json!({ "summary": summary })]].concat());
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
}

#[test]
fn a_record_that_a_listing_omits_is_read_before_its_photo_counts_as_lost() {
    // This server behaves like an emulator that decodes `StartAfter` twice: it lists no record, but all except one
    // exist.
    let endpoint = aws::serve(|request| {
        if request.head.starts_with("HEAD /originals/") {
            return answer(request, &Listings::default());
        }
        if request.head.starts_with("HEAD ") {
            let is_done = request.head.contains("done.json") && !request.head.contains(&key(1));
            return Reply::new(if is_done { 200 } else { 404 }, "");
        }
        if request.head.to_lowercase().contains("getqueueattributes") {
            return answer(request, &Listings::default());
        }
        Reply::new(200, crate::listings::list(&request.head, 3, |_| None))
    });
    Deployer::on(&endpoint)
        .args(["audit"])
        .fails(1)
        .stdout_has("3 versions: 2 done, 0 failed, 0 in flight, 1 lost")
        .stdout_has(&format!("lost: {}", key(1)));
}

/// Returns a stack with every possible problem, and the expected findings of an audit.
fn stack_with_every_problem() -> (StackState, BTreeSet<(&'static str, String)>) {
    let mut state = StackState::default();
    let mut expected = BTreeSet::new();
    let webp = ThumbnailFormat::Webp;
    // Photos without a problem: done, failed, and overwritten after it was done.
    let done = state.add_photo("well/done.jpg");
    state.add_outputs(&done);
    // The delivery function stored an on-demand size of this photo.
    state.store.put(THUMBNAILS, &done.thumbnail_key("200x150_q80", webp), "");
    let failed = state.add_photo("well/failed.jpg");
    state.add_failure_record(&failed);
    let older = state.add_photo("well/overwritten.jpg");
    state.add_outputs(&older);
    let newer = state.add_photo("well/overwritten.jpg");
    state.add_outputs(&newer);
    state.add_photo("well/overwritten.jpg ~1");
    let same = state.add_photo("well/overwritten.jpg ~1");
    state.add_outputs(&same);
    state.store.put(ORIGINALS, "well/folder/", "");
    // Versions that do not exist with all objects, only a thumbnail, or only a name index entry.
    let mut add = |what, original: &OriginalVersion| expected.insert((what, original.key.clone()));
    let gone = OriginalVersion::new("gone/all.jpg", Some("v1"), None);
    state.add_outputs(&gone);
    add("orphaned", &gone);
    let gone = OriginalVersion::new("gone/thumbnail (1).jpg", Some("v1"), None);
    state.store.put(THUMBNAILS, &gone.thumbnail_key("small", webp), "");
    add("orphaned", &gone);
    let gone = OriginalVersion::new("gone/size.jpg", Some("v1"), None);
    state.store.put(THUMBNAILS, &gone.thumbnail_key("200x150_q80", webp), "");
    add("orphaned", &gone);
    let gone = OriginalVersion::new("gone/name.jpg", Some("v1"), None);
    state.store.put(CATALOG, &gone.index_key(), "{}");
    add("orphaned", &gone);
    // The key was too long, so only a record contains it.
    let gone = OriginalVersion::new(&format!("gone/{}.jpg", "\u{e9}".repeat(150)), Some("v1"), None);
    state.add_outputs(&gone);
    add("orphaned", &gone);
    // The same without a record: only the metadata contains the key.
    let metadata = |original: &OriginalVersion| {
        vec![(format!("x-amz-meta-{KEY_METADATA}"), BASE64_STANDARD.encode(&original.key))]
    };
    let gone = OriginalVersion::new(&format!("gone/{}.png", "\u{e9}".repeat(150)), Some("v1"), None);
    state.store.put_with(THUMBNAILS, &gone.thumbnail_key("small", webp), "", metadata(&gone));
    add("orphaned", &gone);
    let gone = OriginalVersion::new(&format!("gone/{}.tif", "\u{e9}".repeat(150)), Some("v1"), None);
    state.store.put_with(CATALOG, &gone.index_key(), "{}", metadata(&gone));
    add("orphaned", &gone);
    // A delete marker hides this version.
    let hidden = state.add_photo("gone/hidden.jpg");
    state.store.add_delete_marker(ORIGINALS, "gone/hidden.jpg");
    state.add_outputs(&hidden);
    add("orphaned", &hidden);
    // Only some objects of an older version.
    let partial = state.add_photo("old/partial.jpg");
    let current = state.add_photo("old/partial.jpg");
    state.store.put(THUMBNAILS, &partial.thumbnail_key("small", webp), "");
    state.add_outputs(&current);
    add("partial", &partial);
    let named = state.add_photo("old/name.jpg");
    let current = state.add_photo("old/name.jpg");
    state.store.put(CATALOG, &named.index_key(), "{}");
    state.add_outputs(&current);
    add("partial", &named);
    // Current versions whose manifest lists missing objects, or that are recorded as done and as failed.
    let incomplete = state.add_photo("new/thumbnail.jpg");
    state.add_outputs(&incomplete);
    state.store.remove_all(THUMBNAILS, &incomplete.thumbnail_key("small", webp));
    add("incomplete", &incomplete);
    let incomplete = state.add_photo("new/name.jpg");
    state.add_outputs(&incomplete);
    state.store.remove_all(CATALOG, &incomplete.index_key());
    add("incomplete", &incomplete);
    let both = state.add_photo("new/both.jpg");
    state.add_outputs(&both);
    state.add_failure_record(&both);
    add("contradictory", &both);
    let lost = state.add_photo("new/lost.jpg");
    add("lost", &lost);
    (state, expected)
}

/// Returns the findings of an audit of `stack` with `arguments`, and its summary.
#[track_caller]
fn findings(stack: &FakeStack, arguments: &[&str], code: i32) -> (BTreeSet<(String, String)>, Value, String) {
    let ran = stack.deployer().args(["audit", "--output", "json"]).args(arguments).ends_with(code);
    let mut found = BTreeSet::new();
    let mut summary = Value::Null;
    for line in ran.json_lines() {
        let (what, value) = line.as_object().unwrap().iter().next().unwrap();
        if what == "summary" {
            summary = value.clone();
        } else {
            let key = value["key"].as_str().unwrap().to_owned();
            assert!(found.insert((what.clone(), key)), "{line} twice");
        }
    }
    (found, summary, ran.stderr)
}

#[test]
fn an_audit_finds_every_problem_and_requests_a_fix() {
    let (state, expected) = stack_with_every_problem();
    let expected: BTreeSet<(String, String)> =
        expected.into_iter().map(|(what, key)| (what.to_owned(), key)).collect();
    let stack = FakeStack::new(state);
    let (found, summary, stderr) = findings(&stack, &[], 1);
    assert_eq!(found, expected);
    assert!(stderr.contains("deployer audit --fix") && stderr.contains("deployer backfill"), "{stderr}");
    let count = |what: &str| expected.iter().filter(|(of, _)| of == what).count();
    for what in ["orphaned", "partial", "incomplete", "contradictory", "lost"] {
        assert_eq!(summary[what], count(what), "{what}");
    }
    assert_eq!((&summary["failed"], &summary["in_flight"]), (&json!(1), &json!(0)));

    // The audit can be limited to a prefix.
    let (found, ..) = findings(&stack, &["old/"], 1);
    assert!(found.len() == 2 && found.iter().all(|(_, key)| key.starts_with("old/")), "{found:?}");

    let before = stack.state.lock().unwrap().derived_keys();
    let (found, summary, _) = findings(&stack, &["--fix", "--yes"], 0);
    assert_eq!(found, expected);
    let state = stack.state.lock().unwrap();
    assert_eq!(summary["sent"], state.sent.len());
    let sent: BTreeSet<(&str, &str)> = state
        .sent
        .iter()
        .map(|request| (request["request"].as_str().unwrap(), request["key"].as_str().unwrap()))
        .collect();
    let message = |what: &str| match what {
        "orphaned" | "partial" => "remove",
        "lost" => "backfill",
        _ => "settle",
    };
    assert_eq!(sent, expected.iter().map(|(what, key)| (message(what), key.as_str())).collect());
    // The function fixes the problems, not the deployer.
    assert_eq!(state.derived_keys(), before);
    assert_eq!(state.deleted, [""; 0]);
}

#[test]
fn an_audit_needs_no_name_index() {
    let mut state = StackState { has_no_name_index: true, ..StackState::default() };
    let done = state.add_photo("2026/cat.jpg");
    state.add_outputs(&done);
    // This entry was stored before the index was disabled.
    let indexed = state.add_photo("2026/dog.jpg");
    state.add_outputs(&indexed);
    state.store.put(CATALOG, &indexed.index_key(), "{}");
    let incomplete = state.add_photo("2026/owl.jpg");
    state.add_outputs(&incomplete);
    state.store.remove_all(THUMBNAILS, &incomplete.thumbnail_key("small", ThumbnailFormat::Webp));
    let (found, ..) = findings(&FakeStack::new(state), &[], 1);
    assert_eq!(found, BTreeSet::from([("incomplete".to_owned(), "2026/owl.jpg".to_owned())]));
}

#[test]
fn an_audit_skips_photos_that_may_be_in_flight() {
    let (mut state, expected) = stack_with_every_problem();
    // While the queues have messages, the audit skips objects of the last four days.
    state.messages = 1;
    let now = time::OffsetDateTime::now_utc();
    date_derived(&mut state, now);
    let stack = FakeStack::new(state);
    let (found, summary, _) = findings(&stack, &[], 0);
    assert_eq!((found.len(), &summary["in_flight"]), (0, &json!(1)));
    // A photo without a record may be in the queue. Older objects are still problems.
    date_derived(&mut stack.state.lock().unwrap(), now - time::Duration::days(30));
    let wrong = expected.iter().filter(|(what, _)| *what != "lost").count();
    assert_eq!(findings(&stack, &[], 1).0.len(), wrong);
}

/// Sets the time of all thumbnails and records.
fn date_derived(state: &mut StackState, time: time::OffsetDateTime) {
    for bucket in [THUMBNAILS, CATALOG] {
        state.store.update_versions(bucket, |version| version.modified = time);
    }
}

#[test]
fn a_fix_without_findings_mentions_no_messages() {
    let audit = FakeStack::new(StackState::default()).deployer().args(["audit", "--fix", "--yes"]);
    audit.succeeds().stdout("0 versions: 0 done, 0 failed, 0 in flight, 0 lost\n");
}
