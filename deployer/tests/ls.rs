//! Many photos listed in little memory, against an S3 that makes its listings up.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and is told its size"
)]

mod http;
mod listings;

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::Value;

use crate::http::{Reply, Request, serve};
use crate::listings::key;

/// `LS_PHOTOS=20000` lists as many.
const PHOTOS: usize = 3_000;

/// The most memory that any number of photos may take, in KiB.
const MAX_MEMORY_KIB: i64 = 100 * 1024;

#[test]
fn photos_are_listed_as_they_come() {
    let photos = std::env::var("LS_PHOTOS").map_or(PHOTOS, |photos| photos.parse().unwrap());
    let endpoint = serve(move |Request { head, body }| {
        if body.contains("Action=DescribeStacks") {
            return Reply::Whole(200, http::stack());
        }
        if head.contains("x-id=GetObject") {
            return Reply::Whole(404, "<Error><Code>NoSuchKey</Code></Error>".to_owned());
        }
        Reply::Whole(200, listings::list(&head, photos, |_| None))
    });
    let home = tempfile::tempdir().unwrap();
    let mut deployer = listings::deployer(home.path(), &endpoint, &["ls", "--output", "json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut listed = 0;
    for line in BufReader::new(deployer.stdout.take().unwrap()).lines() {
        let photo: Value = serde_json::from_str(&line.unwrap()).unwrap();
        assert_eq!((&photo["key"], &photo["state"]), (&key(listed).into(), &"waiting".into()));
        listed += 1;
    }
    assert!(deployer.wait().unwrap().success());
    assert_eq!(listed, photos);
    let memory = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    assert!(memory < MAX_MEMORY_KIB, "{memory} KiB");
}
