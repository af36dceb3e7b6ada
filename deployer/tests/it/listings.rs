//! Generated listings of hundreds of thousands of photos and their records, which a fake S3 could not hold in memory.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use contract::key::{BY_KEY, BY_NAME, OriginalVersion};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use testkit::{records, s3};

/// The number of keys on a page of S3.
pub(crate) const PAGE: usize = 1000;

/// The number of photos per day.
pub(crate) const PHOTOS_A_DAY: usize = 100_000;

/// Returns the folder of the day of a photo.
fn day(photo: usize) -> String {
    format!("2026/01/{:02}/", 1 + photo / PHOTOS_A_DAY)
}

/// Returns the key of a photo.
pub(crate) fn key(photo: usize) -> String {
    format!("{}photo.{photo:010}.jpg", day(photo))
}

/// Returns the photo whose key is in `text`.
pub(crate) fn photo_of(text: &str) -> usize {
    text.split("photo.").nth(1).unwrap()[..10].parse().unwrap()
}

/// Returns the only version of the photo at `key`.
pub(crate) fn version(key: &str) -> OriginalVersion {
    OriginalVersion::new(key, Some("v1"), None)
}

/// Returns the manifest of the photo at `key`, with one thumbnail.
pub(crate) fn done(key: &str) -> Value {
    records::done(&version(key))
}

/// Returns the value of a query parameter, or `None` if it is missing.
fn parameter(query: &str, name: &str) -> Option<String> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(percent_decode_str(value).decode_utf8().unwrap().into_owned())
}

/// Returns the first of the photos whose `name` sorts after `after`.
fn first_after(after: &str, name: impl Fn(usize) -> String, photos: usize) -> usize {
    let (mut first, mut end) = (0, photos);
    while first < end {
        let middle = usize::midpoint(first, end);
        if name(middle).as_str() <= after {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    first
}

/// The names in a listing: their number, the name of each photo in order, and whether it exists.
struct ListedNames<'a> {
    count: usize,
    name: Box<dyn Fn(usize) -> String + 'a>,
    is_there: Box<dyn Fn(usize) -> bool + 'a>,
}

/// Returns the name that belongs to a photo.
type NameOf<'a> = Box<dyn Fn(usize) -> String + 'a>;
/// Whether the name of a photo exists.
type IsThere<'a> = Box<dyn Fn(usize) -> bool + 'a>;

impl<'a> ListedNames<'a> {
    /// Returns the names in `bucket` under a prefix. Each photo that is done has one thumbnail.
    fn new(
        bucket: &str,
        prefix: &str,
        photos: usize,
        record: &'a dyn Fn(usize) -> Option<&'static str>,
    ) -> Option<Self> {
        let is_done = |photo: usize| record(photo) == Some("done");
        let (name, is_there): (NameOf<'a>, IsThere<'a>) = match bucket {
            "thumbnails" => (Box::new(|photo| format!("{}~/v1/small.webp", key(photo))), Box::new(is_done)),
            "catalog" if prefix.starts_with(BY_KEY) => (
                Box::new(move |photo| {
                    format!("{BY_KEY}{}~/v1/{}.json", key(photo), record(photo).unwrap_or("none"))
                }),
                Box::new(move |photo| record(photo).is_some()),
            ),
            "catalog" if prefix.starts_with(BY_NAME) => {
                (Box::new(|photo| format!("{NAME}{}~/v1", key(photo))), Box::new(is_done))
            }
            _ => return None,
        };
        Some(Self { count: photos, name, is_there })
    }
}

/// The prefix of the name index for the name that all photos have.
pub(crate) const NAME: &str = "by-name/photo.jpg/";

/// Returns the page that a request with `head` requests: of the folders or the versions of `photos` photos, of the
/// records that they have (`done`, `failed`), or of the thumbnails and names of those that are done.
pub(crate) fn list(head: &str, photos: usize, record: impl Fn(usize) -> Option<&'static str>) -> String {
    let mut parts = head.split(['?', ' ']).skip(1);
    let bucket = parts.next().unwrap_or_default().trim_matches('/').to_owned();
    let query = parts.next().unwrap_or_default().to_owned();
    let prefix = parameter(&query, "prefix").unwrap_or_default();
    let most = parameter(&query, "max-keys").map_or(PAGE, |most| most.parse().unwrap());
    if query.contains("delimiter") {
        let name = if bucket == "catalog" { NAME } else { "" };
        let folders: BTreeSet<String> = (0..photos.div_ceil(PHOTOS_A_DAY))
            .filter_map(|of| {
                let day = format!("{name}{}", day(of * PHOTOS_A_DAY));
                let rest = day.strip_prefix(&prefix)?;
                Some(day[..=(day.len() - rest.len() + rest.find('/')?)].to_owned())
            })
            .collect();
        let folders: String = folders.iter().map(|prefix| s3::folder(prefix)).collect();
        return format!("<ListBucketResult>{folders}</ListBucketResult>");
    }
    let is_of_versions = query.contains("versions");
    let root = if is_of_versions { "ListVersionsResult" } else { "ListBucketResult" };
    let mut list = format!("<{root}>");
    if is_of_versions {
        let from = parameter(&query, "key-marker").map_or(0, |after| first_after(&after, key, photos));
        let to = (from + PAGE).min(photos);
        for photo in from..to {
            list += &s3::version(&key(photo), "v1", records::LONG_AGO, 1);
        }
        if to < photos {
            let last = key(to - 1);
            write!(list, "<IsTruncated>true</IsTruncated><NextKeyMarker>{last}</NextKeyMarker>").unwrap();
            list.push_str("<NextVersionIdMarker>v1</NextVersionIdMarker>");
        }
    } else if let Some(ListedNames { count, name, is_there }) =
        ListedNames::new(&bucket, &prefix, photos, &record)
    {
        let after =
            ["continuation-token", "start-after"].into_iter().find_map(|name| parameter(&query, name));
        let from = after.map_or(0, |after| first_after(&after, &name, count));
        let from = from.max(first_after(&prefix, &name, count));
        let end = first_after(&format!("{prefix}\u{7f}"), &name, count);
        let to = (from + most).min(end).max(from);
        for one in (from..to).filter(|one| is_there(*one)) {
            list += &s3::object(&name(one), records::LONG_AGO, 1);
        }
        if to < end {
            let last = name(to - 1);
            write!(
                list,
                "<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken>"
            )
            .unwrap();
        }
    }
    write!(list, "</{root}>").unwrap();
    list
}
