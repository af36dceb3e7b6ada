//! Removals: each photo is removed once, in any layout of the listings, and `rm` waits for the thumbnails and records.
//! The listings are generated.

use std::process::Stdio;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use testkit::http::{Reply, Request};
use testkit::stack::{ORIGINALS, Removal, StackState};
use testkit::{Deployer, FakeStack, aws, records, s3};

fn version(key: &str, version: &str) -> String {
    s3::version(&format!("x/{key}"), version, records::LONG_AGO, 1)
}

/// Returns a page of all photos. The delete marker of `a` follows all versions of its page, and the versions of `b`
/// span two pages.
fn page(is_second: bool) -> String {
    if is_second {
        return [version("b", "v1"), version("c", "v1")].concat();
    }
    let marker =
        "<DeleteMarker><Key>x/a</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest></DeleteMarker>";
    let next = "<IsTruncated>true</IsTruncated><NextKeyMarker>x/b</NextKeyMarker>";
    [&version("a", "v1"), &version("b", "v2"), marker, next].concat()
}

/// Returns the result of `deployer rm`, the bodies of its delete requests, and its requests for listings of the originals.
fn removed(arguments: &[&str]) -> (Value, Vec<String>, Vec<String>) {
    let (seen, deleted) = mpsc::channel();
    let (listing, listed) = mpsc::channel();
    let all = arguments.contains(&"--all");
    let is_read = AtomicBool::new(false);
    let endpoint = aws::serve(move |Request { head, body, .. }| {
        let line = head.lines().next().unwrap();
        if line.contains("/functions/") {
            return Reply::new(200, "{}");
        }
        if line.starts_with("POST") {
            seen.send(body).unwrap();
            return Reply::new(200, "<DeleteResult></DeleteResult>");
        }
        if line.contains("/originals") && line.contains("versions") {
            listing.send(line.to_owned()).unwrap();
        }
        let list = match line {
            _ if !line.contains("/originals") => String::new(),
            _ if line.contains("prefix=x%2Fa") => [version("a", "v1"), version("ab", "v1")].concat(),
            // Everything is deleted when `rm` lists it again.
            _ if all && is_read.fetch_or(line.contains("key-marker="), Relaxed) => String::new(),
            _ => page(line.contains("key-marker=")),
        };
        let root = match line {
            _ if line.contains("versions") => "ListVersionsResult",
            _ if line.contains("uploads") => "ListMultipartUploadsResult",
            _ => "ListBucketResult",
        };
        Reply::new(200, format!("<{root}>{list}</{root}>"))
    });
    let report = Deployer::on(&endpoint).args(["rm", "--yes"]).args(arguments).json();
    (report, deleted.try_iter().collect(), listed.try_iter().collect())
}

#[test]
fn each_photo_under_a_prefix_is_removed_once_with_all_versions() {
    let (report, mut deleted, listings) = removed(&["x/", "x/a", "x/"]);
    assert_eq!(report, json!({"photos": 3, "objects": 5, "derived": "removed"}));
    deleted.sort();
    let photos = [("x/a", 2), ("x/b", 2), ("x/c", 1)];
    assert_eq!(deleted.len(), photos.len(), "{deleted:?}");
    for (deleted, (key, versions)) in deleted.iter().zip(photos) {
        assert_eq!(deleted.matches(&format!("<Key>{key}</Key>")).count(), versions, "{deleted}");
        assert_eq!(deleted.matches("<Key>").count(), versions, "{deleted}");
    }
    // Two pages, to count and to delete.
    assert_eq!(listings.len(), 4, "{listings:?}");
}

#[test]
fn one_photo_is_listed_once_and_photos_with_longer_keys_stay() {
    let (report, deleted, listings) = removed(&["x/a"]);
    assert_eq!(report, json!({"photos": 1, "objects": 1, "derived": "removed"}));
    let [deleted] = &deleted[..] else { panic!("{deleted:?}") };
    assert!(deleted.contains("<Key>x/a</Key>") && deleted.matches("<Key>").count() == 1, "{deleted}");
    assert_eq!(listings.len(), 1, "{listings:?}");
}

#[test]
fn all_photos_are_counted_once() {
    let (report, ..) = removed(&["--all"]);
    assert_eq!(report, json!({"photos": 3, "objects": 5, "derived": "removed"}));
}

#[test]
fn a_key_that_is_invalid_in_xml_is_removed_by_its_own_request() {
    let (seen, requests) = mpsc::channel();
    let endpoint = aws::serve(move |Request { head, body, .. }| {
        let line = head.lines().next().unwrap().to_owned();
        if line.contains("/functions/") {
            return Reply::new(200, "{}");
        }
        if line.contains("/originals") && line.contains("versions") {
            // The listing encodes keys in this way.
            let versions = [version("a%01.jpg", "v1"), version("b.jpg", "v1")].concat();
            let list = format!("<EncodingType>url</EncodingType>{versions}");
            return s3::versions(&list);
        }
        if line.starts_with("GET") {
            let root = if line.contains("versions") { "ListVersionsResult" } else { "ListBucketResult" };
            return Reply::new(200, format!("<{root}></{root}>"));
        }
        seen.send((line, body)).unwrap();
        Reply::new(200, "<DeleteResult></DeleteResult>")
    });
    Deployer::on(&endpoint).args(["rm", "x/", "--yes"]).succeeds();
    let mut requests: Vec<(String, String)> = requests.try_iter().collect();
    requests.sort();
    let [(alone, _), (together, keys)] = &requests[..] else { panic!("{requests:?}") };
    assert!(alone.starts_with("DELETE /originals/x/a%01.jpg?"), "{alone}");
    assert!(alone.contains("versionId=v1"), "{alone}");
    assert!(
        together.starts_with("POST /originals") && keys.contains("<Key>x/b.jpg</Key>"),
        "{together} {keys}"
    );
}

/// Returns a stack with three photos in a folder and one outside, all done.
fn stack_with_photos(removal: Removal) -> StackState {
    let mut state = StackState { removal, ..StackState::default() };
    for key in ["a/1.jpg", "a/2 (copy).jpg", "a/3.jpg", "a.jpg"] {
        let photo = state.add_photo(key);
        state.add_outputs(&photo);
    }
    state
}

/// Runs `rm` with `arguments`, and returns its exit code, result, and stderr.
fn run_rm(stack: &FakeStack, arguments: &[&str]) -> (Option<i32>, Value, String) {
    let ran = stack.deployer().args(["rm", "--yes", "--output", "json"]).args(arguments).run();
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_default(), ran.stderr)
}

#[test]
fn rm_waits_for_the_function_and_deletes_no_thumbnails_itself() {
    let stack = FakeStack::new(stack_with_photos(Removal::AfterListings(9)));
    let (code, removed, stderr) = run_rm(&stack, &["a/"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(removed, json!({"photos": 3, "objects": 3, "derived": "removed"}));
    let state = stack.state.lock().unwrap();
    assert_eq!(state.store.list(ORIGINALS, ""), ["a.jpg"]);
    assert_eq!(state.derived_keys().len(), 3, "{:?}", state.derived_keys());
    assert_eq!(state.deleted, [""; 0]);
}

#[test]
fn rm_of_all_waits_for_the_function() {
    let stack = FakeStack::new(stack_with_photos(Removal::AfterListings(9)));
    let (code, removed, stderr) = run_rm(&stack, &["--all"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(removed, json!({"photos": 4, "objects": 4, "derived": "removed"}));
    let state = stack.state.lock().unwrap();
    assert_eq!(state.derived_keys(), [""; 0]);
    assert_eq!(state.deleted, [""; 0]);
}

#[test]
fn rm_reports_thumbnails_that_the_function_does_not_remove() {
    for arguments in [&["a/", "--timeout", "0"][..], &["--all", "--timeout", "0"]] {
        let stack = FakeStack::new(stack_with_photos(Removal::Never));
        let (code, removed, stderr) = run_rm(&stack, arguments);
        assert_eq!((code, &removed["derived"]), (Some(1), &json!("left")), "{stderr}");
        assert!(stderr.contains("still exist") && stderr.contains("deployer status"), "{stderr}");
        assert!(stderr.contains("deployer audit --fix"), "{stderr}");
        assert_eq!(stack.state.lock().unwrap().derived_keys().len(), 12);
    }
    // `rm` finds no photo if only its thumbnails are left.
    let stack = FakeStack::new(stack_with_photos(Removal::Never));
    stack.state.lock().unwrap().store.remove_all(ORIGINALS, "a.jpg");
    let (code, _, stderr) = run_rm(&stack, &["a.jpg"]);
    assert_eq!(code, Some(3), "{stderr}");
    assert!(
        stderr.contains("thumbnails or records of it") && stderr.contains("deployer audit --fix"),
        "{stderr}"
    );
}

#[test]
fn rm_does_not_wait_if_thumbnails_are_kept() {
    for arguments in [&["a/"][..], &["--all"]] {
        let stack = FakeStack::new(StackState { keeps: true, ..stack_with_photos(Removal::Never) });
        let (code, removed, stderr) = run_rm(&stack, arguments);
        assert_eq!((code, &removed["derived"]), (Some(0), &json!("kept")), "{stderr}");
        assert_eq!(stack.state.lock().unwrap().derived_keys().len(), 12);
    }
}

#[test]
fn an_interrupted_rm_says_that_photos_may_be_deleted() {
    for arguments in [&["x/a"][..], &["--all", "--yes"]] {
        let (seen, deleted) = mpsc::channel();
        let is_deleted = AtomicBool::new(false);
        let endpoint = aws::serve(move |Request { head, .. }| {
            // No request after the deletion gets a response.
            while is_deleted.load(Relaxed) {
                std::thread::park();
            }
            if head.contains("/functions/") {
                return Reply::new(200, "{}");
            }
            if head.starts_with("POST") {
                is_deleted.store(true, Relaxed);
                seen.send(()).unwrap();
                return Reply::new(200, "<DeleteResult></DeleteResult>");
            }
            s3::versions(&version("a", "v1"))
        });
        let rm = Deployer::on(&endpoint).args(["rm"]).args(arguments);
        let child = rm.command().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        deleted.recv().unwrap();
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{arguments:?}: {stderr}");
        assert!(stderr.contains("interrupted: some of the photos may be deleted"), "{arguments:?}: {stderr}");
    }
}
