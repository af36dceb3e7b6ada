//! Photos removed, each once, whatever of it the listings show where, and the wait for what is derived from them; against
//! an S3 that makes its listings up.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc;

use serde_json::{Value, json};

use testkit::http::{Reply, Request};
use testkit::stack::{ORIGINALS, Removal, State};
use testkit::{Deployer, FakeStack, aws, records, s3};

fn version(key: &str, version: &str) -> String {
    s3::version(&format!("x/{key}"), version, records::LONG_AGO, 1)
}

/// All photos: `a` was deleted, and its delete marker stands behind all versions of its page; the versions of `b` go
/// on over the page.
fn page(is_second: bool) -> String {
    if is_second {
        return [version("b", "v1"), version("c", "v1")].concat();
    }
    let marker =
        "<DeleteMarker><Key>x/a</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest></DeleteMarker>";
    let next = "<IsTruncated>true</IsTruncated><NextKeyMarker>x/b</NextKeyMarker>";
    [&version("a", "v1"), &version("b", "v2"), marker, next].concat()
}

/// What `deployer` says that it removed, and the bodies of the requests to delete from the originals.
fn removed(arguments: &[&str]) -> (Value, Vec<String>) {
    let (seen, deleted) = mpsc::channel();
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
        let list = match line {
            _ if !line.contains("/originals") => String::new(),
            _ if line.contains("prefix=x%2Fa") => [version("a", "v1"), version("ab", "v1")].concat(),
            _ if line.contains("prefix=x%2Fb") => version("b", "v2"),
            _ if line.contains("prefix=x%2Fc") => version("c", "v1"),
            // All that was there is gone when it is looked for again.
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
    let said = Deployer::on(&endpoint).args(["rm", "--yes"]).args(arguments).json();
    (said, deleted.try_iter().collect())
}

#[test]
fn each_photo_under_a_prefix_is_removed_once() {
    let (said, mut deleted) = removed(&["x/", "x/a", "x/"]);
    assert_eq!(said, json!({"photos": 3, "objects": 3, "derived": "removed"}));
    deleted.sort();
    let keys = ["x/a", "x/b", "x/c"].map(|key| format!("<Key>{key}</Key>"));
    assert_eq!(deleted.len(), keys.len(), "{deleted:?}");
    for (deleted, key) in deleted.iter().zip(keys) {
        assert!(deleted.contains(&key) && deleted.matches("<Key>").count() == 1, "{deleted}");
    }
}

#[test]
fn all_photos_are_counted_once() {
    let (said, _) = removed(&["--all"]);
    assert_eq!(said, json!({"photos": 3, "objects": 5, "derived": "removed"}));
}

#[test]
fn a_key_that_xml_cannot_hold_is_removed_alone() {
    let (seen, requests) = mpsc::channel();
    let endpoint = aws::serve(move |Request { head, body, .. }| {
        let line = head.lines().next().unwrap().to_owned();
        if line.contains("/functions/") {
            return Reply::new(200, "{}");
        }
        if line.contains("/originals") && line.contains("versions") {
            // As S3 tells keys that are asked for in this encoding.
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

/// A stack with three photos in a folder and one beside it, all done.
fn album(removal: Removal) -> State {
    let mut state = State { removal, ..State::default() };
    for key in ["a/1.jpg", "a/2 (copy).jpg", "a/3.jpg", "a.jpg"] {
        let photo = state.photo(key);
        state.make(&photo);
    }
    state
}

/// What `rm` with `arguments` says on either output, with its exit code.
fn said(stack: &FakeStack, arguments: &[&str]) -> (Option<i32>, Value, String) {
    let ran = stack.deployer().args(["rm", "--yes", "--output", "json"]).args(arguments).run();
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_default(), ran.stderr)
}

#[test]
fn rm_waits_for_the_function_and_deletes_nothing_that_is_derived() {
    let stack = FakeStack::new(album(Removal::AfterListings(9)));
    let (code, removed, stderr) = said(&stack, &["a/"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(removed, json!({"photos": 3, "objects": 3, "derived": "removed"}));
    let state = stack.state.lock().unwrap();
    assert_eq!(state.store.list(ORIGINALS, ""), ["a.jpg"]);
    assert_eq!(state.derived().len(), 3, "{:?}", state.derived());
    assert_eq!(state.deleted, [""; 0]);
}

#[test]
fn rm_of_all_waits_for_the_function() {
    let stack = FakeStack::new(album(Removal::AfterListings(9)));
    let (code, removed, stderr) = said(&stack, &["--all"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(removed, json!({"photos": 4, "objects": 4, "derived": "removed"}));
    let state = stack.state.lock().unwrap();
    assert_eq!(state.derived(), [""; 0]);
    assert_eq!(state.deleted, [""; 0]);
}

#[test]
fn rm_says_when_the_function_does_not_follow() {
    for arguments in [&["a/", "--timeout", "0"][..], &["--all", "--timeout", "0"]] {
        let stack = FakeStack::new(album(Removal::Never));
        let (code, removed, stderr) = said(&stack, arguments);
        assert_eq!((code, &removed["derived"]), (Some(1), &json!("left")), "{stderr}");
        assert!(stderr.contains("still exist") && stderr.contains("deployer status"), "{stderr}");
        assert!(stderr.contains("deployer audit --fix"), "{stderr}");
        assert_eq!(stack.state.lock().unwrap().derived().len(), 12);
    }
    // What is left is not a photo that can be removed.
    let stack = FakeStack::new(album(Removal::Never));
    stack.state.lock().unwrap().store.remove_all(ORIGINALS, "a.jpg");
    let (code, _, stderr) = said(&stack, &["a.jpg"]);
    assert_eq!(code, Some(3), "{stderr}");
    assert!(
        stderr.contains("thumbnails or records of it") && stderr.contains("deployer audit --fix"),
        "{stderr}"
    );
}

#[test]
fn rm_does_not_wait_for_what_is_to_be_kept() {
    for arguments in [&["a/"][..], &["--all"]] {
        let stack = FakeStack::new(State { keeps: true, ..album(Removal::Never) });
        let (code, removed, stderr) = said(&stack, arguments);
        assert_eq!((code, &removed["derived"]), (Some(0), &json!("kept")), "{stderr}");
        assert_eq!(stack.state.lock().unwrap().derived().len(), 12);
    }
}
