//! The listings of a bucket of made-up photos, and of their records; and the deployer that reads them.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// As S3 does.
pub(crate) const PAGE: usize = 1000;

/// The deployer in `folder`, with the S3 at `endpoint`.
pub(crate) fn deployer(folder: &Path, endpoint: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deployer"));
    command.args(arguments).current_dir(folder).env_clear().envs([
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ]);
    command
}

/// The key of a made-up photo.
pub(crate) fn key(photo: usize) -> String {
    format!("2026/01/01/photo.{photo:010}.jpg")
}

/// The photo whose key stands in a parameter of the query, if there is the parameter.
fn photo(query: &str, parameter: &str) -> Option<usize> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{parameter}=")))?;
    let digits = value.split("photo.").nth(1).unwrap_or(value);
    digits[..10].parse().ok()
}

/// The page that a request with `head` asks for, of the versions of `photos` photos or of the records that they have
/// (`done`, `failed`).
pub(crate) fn list(head: &str, photos: usize, record: impl Fn(usize) -> Option<&'static str>) -> String {
    let query = head.split(['?', ' ']).nth(2).unwrap_or_default().to_owned();
    let is_of_versions = query.contains("versions");
    let root = if is_of_versions { "ListVersionsResult" } else { "ListBucketResult" };
    let mut list = format!("<{root}>");
    if is_of_versions {
        let from = photo(&query, "key-marker").map_or(0, |last| last + 1);
        let to = (from + PAGE).min(photos);
        for photo in from..to {
            write!(
                list,
                "<Version><Key>{}</Key><VersionId>v1</VersionId><IsLatest>true</IsLatest><Size>1</Size>\
                 <LastModified>2026-01-01T00:00:00.000Z</LastModified></Version>",
                key(photo)
            )
            .unwrap();
        }
        if to < photos {
            let last = key(to - 1);
            write!(list, "<IsTruncated>true</IsTruncated><NextKeyMarker>{last}</NextKeyMarker>").unwrap();
            list.push_str("<NextVersionIdMarker>v1</NextVersionIdMarker>");
        }
    } else if query.contains("by-key") {
        let from = photo(&query, "continuation-token").or(photo(&query, "start-after")).unwrap_or(0);
        let to = (from + PAGE).min(photos);
        for (photo, record) in (from..to).filter_map(|photo| Some((photo, record(photo)?))) {
            write!(list, "<Contents><Key>by-key/{}/v1/{record}.json</Key></Contents>", key(photo)).unwrap();
        }
        if to < photos {
            write!(
                list,
                "<IsTruncated>true</IsTruncated><NextContinuationToken>{to:010}</NextContinuationToken>"
            )
            .unwrap();
        }
    }
    write!(list, "</{root}>").unwrap();
    list
}
