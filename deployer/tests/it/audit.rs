//! Audits: of many photos, against an S3 that makes its listings up; and of all that can be wrong about a few.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use contract::key::OriginalVersion;
use contract::preset::ThumbnailFormat;
use serde_json::{Value, json};

use crate::fake_buckets::{Object, Shelves, Small, plain};
use crate::listings::key;
use testkit::http::{Reply, Request};
use testkit::{Deployer, aws};

const PHOTOS: usize = 400_000;

/// Those that have no record, and every how many-th has failed.
const LOST: [usize; 2] = [123_456, 377_778];
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
    let head = request.head;
    if head.to_lowercase().contains("getqueueattributes") {
        return Reply::new(200, json!({"Attributes": {"ApproximateNumberOfMessages": "0"}}).to_string());
    }
    if head.contains("versions") {
        listings.wait();
    }
    // What looks lost is asked for by name.
    if head.starts_with("HEAD /originals/") {
        return Reply::new(200, "").header("x-amz-version-id", "v1");
    }
    if head.starts_with("HEAD ") {
        return Reply::new(404, "");
    }
    Reply::new(200, crate::listings::list(&head, PHOTOS, record))
}

#[test]
fn many_photos_are_audited_day_by_day_at_once_in_little_memory() {
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
    // In the order of the keys, which the days do not keep.
    lines.sort_by_key(|line| line["lost"]["key"].as_str().map_or("last".to_owned(), str::to_owned));
    let lost = LOST.map(|photo| json!({"lost": {"key": key(photo), "version": "v1"}}));
    assert_eq!(lines, [&lost[..], &[json!({ "summary": summary })]].concat());
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
}

#[test]
fn a_record_that_a_listing_leaves_out_is_asked_for_before_its_photo_counts_as_lost() {
    // As where an emulator decodes `StartAfter` twice: no record is listed, and all but one are there.
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

/// A stack in which everything is wrong that can be; with the lines that an audit prints of each, by what is wrong.
fn wrong() -> (Shelves, BTreeSet<(&'static str, String)>) {
    let mut shelves = Shelves::default();
    let mut expected = BTreeSet::new();
    let webp = ThumbnailFormat::Webp;
    // Photos as they should be: done, failed, and one that was overwritten when it was done.
    let done = shelves.photo("well/done.jpg", "v1");
    shelves.make(&done);
    let failed = shelves.photo("well/failed.jpg", "v1");
    shelves.fail(&failed);
    let older = shelves.photo("well/overwritten.jpg", "v1");
    shelves.make(&older);
    let newer = shelves.photo("well/overwritten.jpg", "v2");
    shelves.make(&newer);
    shelves.photo("well/overwritten.jpg ~1", "v1");
    let same = shelves.photo("well/overwritten.jpg ~1", "v2");
    shelves.make(&same);
    shelves
        .originals
        .insert("well/folder/".to_owned(), vec![Object { version: "v1".to_owned(), ..plain("") }]);
    // Of a version that does not exist: everything; a thumbnail; an entry in the name index.
    let mut add = |what, original: &OriginalVersion| expected.insert((what, original.key.clone()));
    let gone = OriginalVersion::new("gone/all.jpg", Some("v1"), None);
    shelves.make(&gone);
    add("orphaned", &gone);
    let gone = OriginalVersion::new("gone/thumbnail (1).jpg", Some("v1"), None);
    shelves.thumbnails.insert(gone.thumbnail_key("small", webp), plain(""));
    add("orphaned", &gone);
    let gone = OriginalVersion::new("gone/name.jpg", Some("v1"), None);
    shelves.catalog.insert(gone.index_key(), plain("{}"));
    add("orphaned", &gone);
    // The key was too long, so that only a record tells it.
    let gone = OriginalVersion::new(&format!("gone/{}.jpg", "\u{e9}".repeat(150)), Some("v1"), None);
    shelves.make(&gone);
    add("orphaned", &gone);
    // The same without a record: the metadata tells it.
    let told = |original: &OriginalVersion| Object { told_key: Some(original.key.clone()), ..plain("") };
    let gone = OriginalVersion::new(&format!("gone/{}.png", "\u{e9}".repeat(150)), Some("v1"), None);
    shelves.thumbnails.insert(gone.thumbnail_key("small", webp), told(&gone));
    add("orphaned", &gone);
    let gone = OriginalVersion::new(&format!("gone/{}.tif", "\u{e9}".repeat(150)), Some("v1"), None);
    shelves.catalog.insert(gone.index_key(), told(&gone));
    add("orphaned", &gone);
    // Behind a delete marker.
    let hidden = shelves.photo("gone/hidden.jpg", "v1");
    shelves.version("gone/hidden.jpg", "v2", true, crate::fake_buckets::LONG_AGO);
    shelves.make(&hidden);
    add("orphaned", &hidden);
    // A part of an older version.
    let partial = shelves.photo("old/partial.jpg", "v1");
    let current = shelves.photo("old/partial.jpg", "v2");
    shelves.thumbnails.insert(partial.thumbnail_key("small", webp), plain(""));
    shelves.make(&current);
    add("partial", &partial);
    let named = shelves.photo("old/name.jpg", "v1");
    let current = shelves.photo("old/name.jpg", "v2");
    shelves.catalog.insert(named.index_key(), plain("{}"));
    shelves.make(&current);
    add("partial", &named);
    // Current ones whose manifest promises what is not there, or that are done and failed.
    let incomplete = shelves.photo("new/thumbnail.jpg", "v1");
    shelves.make(&incomplete);
    shelves.thumbnails.remove(&incomplete.thumbnail_key("small", webp));
    add("incomplete", &incomplete);
    let incomplete = shelves.photo("new/name.jpg", "v1");
    shelves.make(&incomplete);
    shelves.catalog.remove(&incomplete.index_key());
    add("incomplete", &incomplete);
    let both = shelves.photo("new/both.jpg", "v1");
    shelves.make(&both);
    shelves.fail(&both);
    add("contradictory", &both);
    let lost = shelves.photo("new/lost.jpg", "v1");
    add("lost", &lost);
    (shelves, expected)
}

/// What an audit of `small` with `arguments` finds, and its summary.
#[track_caller]
fn findings(small: &Small, arguments: &[&str], code: i32) -> (BTreeSet<(String, String)>, Value, String) {
    let ran = small.deployer().args(["audit", "--output", "json"]).args(arguments).ends_with(code);
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
fn an_audit_finds_everything_that_is_wrong_and_has_it_put_right() {
    let (shelves, expected) = wrong();
    let expected: BTreeSet<(String, String)> =
        expected.into_iter().map(|(what, key)| (what.to_owned(), key)).collect();
    let small = Small::new(shelves);
    let (found, summary, stderr) = findings(&small, &[], 1);
    assert_eq!(found, expected);
    assert!(stderr.contains("deployer audit --fix") && stderr.contains("deployer backfill"), "{stderr}");
    let count = |what: &str| expected.iter().filter(|(of, _)| of == what).count();
    for what in ["orphaned", "partial", "incomplete", "contradictory", "lost"] {
        assert_eq!(summary[what], count(what), "{what}");
    }
    assert_eq!((&summary["failed"], &summary["in_flight"]), (&json!(1), &json!(0)));

    // Of some keys only.
    let (found, ..) = findings(&small, &["old/"], 1);
    assert!(found.len() == 2 && found.iter().all(|(_, key)| key.starts_with("old/")), "{found:?}");

    let before: Vec<String> =
        small.shelves.lock().unwrap().derived().into_iter().map(str::to_owned).collect();
    let (found, summary, _) = findings(&small, &["--fix", "--yes"], 0);
    assert_eq!(found, expected);
    let shelves = small.shelves.lock().unwrap();
    assert_eq!(summary["sent"], shelves.sent.len());
    let sent: BTreeSet<(&str, &str)> = shelves
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
    // The function cleans up, the deployer does not.
    assert_eq!(shelves.derived(), before);
    assert_eq!(shelves.deleted, [""; 0]);
}

#[test]
fn what_may_be_worked_on_is_not_called_wrong() {
    let (mut shelves, expected) = wrong();
    // While there are messages, four days.
    shelves.messages = 1;
    let now = time::OffsetDateTime::now_utc().format(&time::format_description::well_known::Rfc3339).unwrap();
    for object in shelves.thumbnails.values_mut().chain(shelves.catalog.values_mut()) {
        object.modified.clone_from(&now);
    }
    let small = Small::new(shelves);
    let (found, summary, _) = findings(&small, &[], 0);
    assert_eq!((found.len(), &summary["in_flight"]), (0, &json!(1)));
    // What has not changed for longer is wrong all the same; what is not recorded may be in the queue.
    let mut shelves = small.shelves.lock().unwrap();
    let shelves = &mut *shelves;
    for object in shelves.thumbnails.values_mut().chain(shelves.catalog.values_mut()) {
        object.modified = crate::fake_buckets::LONG_AGO.to_owned();
    }
    let wrong = expected.iter().filter(|(what, _)| *what != "lost").count();
    let small = Small::new(std::mem::take(shelves));
    assert_eq!(findings(&small, &[], 1).0.len(), wrong);
}
