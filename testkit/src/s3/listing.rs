//! Listings of a fake S3: the requests, and the pages of the reply.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use contract::key::encode_event_key;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::store::{Store, Version};
use crate::http::{Reply, Request, decode};

/// Returns an object in a listing of objects.
pub fn object(key: &str, modified: &str, size: usize) -> String {
    format!("<Contents><Key>{key}</Key><LastModified>{modified}</LastModified><Size>{size}</Size></Contents>")
}

/// Returns a version in a listing of versions.
pub fn version(key: &str, id: &str, modified: &str, size: usize) -> String {
    format!(
        "<Version><Key>{key}</Key><VersionId>{id}</VersionId><IsLatest>true</IsLatest><Size>{size}</Size>\
         <LastModified>{modified}</LastModified></Version>"
    )
}

/// Returns a folder in a listing with a delimiter.
pub fn folder(prefix: &str) -> String {
    format!("<CommonPrefixes><Prefix>{prefix}</Prefix></CommonPrefixes>")
}

/// Returns a page of a listing of objects.
pub fn objects(entries: &str) -> Reply {
    Reply::new(200, format!("<ListBucketResult>{entries}</ListBucketResult>"))
}

/// Returns a page of a listing of versions.
pub fn versions(entries: &str) -> Reply {
    Reply::new(200, format!("<ListVersionsResult>{entries}</ListVersionsResult>"))
}

/// The parameters of a request for a listing.
struct ListingRequest {
    prefix: String,
    /// The key after which the page begins.
    after: String,
    most: usize,
    has_folders: bool,
    is_encoded: bool,
}

impl ListingRequest {
    fn parse(request: &Request, page: usize) -> Self {
        let value = |name: &str| request.parameter(name);
        let token = value("continuation-token").map(|token| decode(&token));
        let after = token.or_else(|| value("start-after")).or_else(|| value("key-marker"));
        let most = value("max-keys").map_or(page, |most| most.parse().unwrap());
        Self {
            prefix: value("prefix").unwrap_or_default(),
            after: after.unwrap_or_default(),
            most: most.min(page),
            has_folders: value("delimiter").is_some(),
            is_encoded: value("encoding-type").is_some(),
        }
    }

    /// Encodes a key for the reply. XML cannot contain control characters.
    fn encode_key(&self, key: &str) -> String {
        if self.is_encoded {
            return encode_event_key(key);
        }
        key.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }
}

/// Lists a bucket with the parameters of `request`.
pub(super) fn list(store: &Store, bucket: &str, request: &Request) -> Reply {
    let listing = ListingRequest::parse(request, store.page);
    let of_versions = request.parameter("versions").is_some();
    let mut entries =
        if listing.is_encoded { "<EncodingType>url</EncodingType>".to_owned() } else { String::new() };
    let mut folders = BTreeSet::new();
    let (mut count, mut last) = (0, String::new());
    let is_asked = |key: &str| key.starts_with(&listing.prefix) && *key > *listing.after;
    for (key, all) in store.all(bucket).filter(|(key, _)| is_asked(key)) {
        let found =
            if of_versions { all.len() } else { usize::from(all.last().is_some_and(|v| !v.is_marker)) };
        if found == 0 {
            continue;
        }
        let below = key[listing.prefix.len()..].split_once('/').filter(|_| listing.has_folders);
        let folder = below.map(|(name, _)| format!("{}{name}/", listing.prefix));
        if folder.as_ref().is_some_and(|folder| folders.contains(folder)) {
            continue;
        }
        if count >= listing.most {
            let token = utf8_percent_encode(&last, NON_ALPHANUMERIC);
            let next = match of_versions {
                true => format!("<NextKeyMarker>{}</NextKeyMarker>", listing.encode_key(&last)),
                false => format!("<NextContinuationToken>{token}</NextContinuationToken>"),
            };
            write!(entries, "<IsTruncated>true</IsTruncated>{next}").unwrap();
            break;
        }
        count += 1;
        // The next page begins after everything in the folder.
        last = folder.as_ref().map_or_else(|| key.clone(), |folder| format!("{folder}\u{10ffff}"));
        match folder {
            Some(prefix) => {
                entries += &self::folder(&listing.encode_key(&prefix));
                folders.insert(prefix);
            }
            None if of_versions => entries += &all_versions(&listing.encode_key(key), all),
            None => {
                let current = all.last().unwrap();
                entries += &object(&listing.encode_key(key), &time(current.modified), current.bytes.len());
            }
        }
    }
    if of_versions { versions(&entries) } else { objects(&entries) }
}

/// Returns the versions of a key in S3's format, the latest first. A page never ends between them.
fn all_versions(key: &str, versions: &[Version]) -> String {
    let mut entries = String::new();
    for (i, Version { id, bytes, modified, is_marker, .. }) in versions.iter().rev().enumerate() {
        let element = if *is_marker { "DeleteMarker" } else { "Version" };
        write!(
            entries,
            "<{element}><Key>{key}</Key><VersionId>{id}</VersionId><IsLatest>{}</IsLatest><Size>{}</Size>\
             <LastModified>{}</LastModified></{element}>",
            i == 0,
            bytes.len(),
            time(*modified)
        )
        .unwrap();
    }
    entries
}

fn time(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap()
}
