//! A fake S3: stores objects in memory and replies to requests.

mod listing;
mod store;

use bytes::Bytes;
use time::format_description::well_known::Rfc2822;

pub use self::listing::{folder, object, objects, version, versions};
pub use self::store::{PreconditionFailed, Store, UNVERSIONED, Version};
use crate::aws::s3_error;
use crate::http::{Reply, Request};

/// Returns the bucket and the key of a request. The key of a request for the bucket itself is empty.
pub fn address(request: &Request) -> (String, String) {
    let path = request.path();
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_matches('/'), ""));
    (bucket.to_owned(), key.to_owned())
}

/// Replies to a request with the content of `store`, and applies changes to it.
pub fn reply(store: &mut Store, request: &Request) -> Reply {
    let (bucket, key) = address(request);
    match (request.method(), key.as_str()) {
        ("POST", "") if request.parameter("delete").is_some() => delete_all(store, &bucket, &request.body),
        ("GET", "") if request.parameter("uploads").is_some() => {
            Reply::new(200, "<ListMultipartUploadsResult></ListMultipartUploadsResult>")
        }
        ("GET", "") => listing::list(store, &bucket, request),
        ("HEAD", "") => Reply::new(200, ""),
        ("PUT", _) => put(store, &bucket, &key, request),
        ("DELETE", _) => {
            delete(store, &bucket, &key, request.parameter("versionId").as_deref());
            Reply::new(204, "")
        }
        ("GET" | "HEAD", _) => get(store, &bucket, &key, request),
        _ => s3_error(501, "NotImplemented"),
    }
}

fn put(store: &mut Store, bucket: &str, key: &str, request: &Request) -> Reply {
    assert!(request.header("content-encoding").is_none(), "the body is framed");
    let is_kept = |name: &str| {
        let name = name.to_ascii_lowercase();
        name == "content-type" || name == "cache-control" || name.starts_with("x-amz-meta-")
    };
    let headers = request.head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers = headers.filter(|(name, _)| is_kept(name));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let (none_match, matches) = (request.header("if-none-match"), request.header("if-match"));
    match store.put_if(bucket, key, Bytes::from(request.bytes.clone()), headers, none_match, matches) {
        Ok(version) => identified(Reply::new(200, ""), store, bucket, &version),
        Err(PreconditionFailed) => s3_error(412, "PreconditionFailed"),
    }
}

/// Adds the entity tag and, in a bucket with versioning, the version ID.
fn identified(reply: Reply, store: &Store, bucket: &str, version: &Version) -> Reply {
    let reply = reply.header("etag", &version.etag);
    if store.keeps_versions(bucket) { reply.header("x-amz-version-id", &version.id) } else { reply }
}

fn delete(store: &mut Store, bucket: &str, key: &str, id: Option<&str>) {
    match id {
        Some(id) => store.remove(bucket, key, id),
        None => drop(store.add_delete_marker(bucket, key)),
    }
}

/// Deletes the objects in the body of a DeleteObjects request.
fn delete_all(store: &mut Store, bucket: &str, body: &str) -> Reply {
    let text = |object: &str, name: &str| {
        let content = object.split_once(&format!("<{name}>"))?.1.split_once("</")?.0;
        Some(content.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
    };
    for object in body.split("<Object>").skip(1) {
        delete(store, bucket, &text(object, "Key").unwrap(), text(object, "VersionId").as_deref());
    }
    Reply::new(200, "<DeleteResult></DeleteResult>")
}

fn get(store: &Store, bucket: &str, key: &str, request: &Request) -> Reply {
    let id = request.parameter("versionId");
    let found = match &id {
        Some(id) => store.version(bucket, key, id),
        None => store.newest(bucket, key),
    };
    let is_head = request.method() == "HEAD";
    let refuse = |status, code| if is_head { Reply::new(status, "") } else { s3_error(status, code) };
    let version = match (found, id) {
        (None, Some(_)) => return refuse(404, "NoSuchVersion"),
        (Some(Version { is_marker: true, .. }), Some(_)) => return refuse(405, "MethodNotAllowed"),
        (None | Some(Version { is_marker: true, .. }), None) => return refuse(404, "NoSuchKey"),
        (Some(version), _) => version,
    };
    if request.header("if-match").is_some_and(|etag| etag != version.etag) {
        return refuse(412, "PreconditionFailed");
    }
    let total = version.bytes.len();
    let range = request.header("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let range = range.map(|(first, last)| {
        let last = last.parse().map_or(total, |last: usize| last + 1);
        first.parse().unwrap_or(0).min(total)..last.min(total)
    });
    let (status, bytes) = match &range {
        Some(range) => (206, version.bytes.slice(range.clone())),
        None => (200, version.bytes.clone()),
    };
    let mut reply = match is_head {
        true => Reply::new(status, "").header("content-length", &bytes.len().to_string()),
        false => Reply::new(status, bytes),
    };
    reply = identified(reply, store, bucket, version);
    if let Some(range) = range {
        let part = format!("bytes {}-{}/{total}", range.start, range.end.saturating_sub(1));
        reply = reply.header("content-range", &part);
    }
    // A date of HTTP has the format of RFC 2822, with an older name of the time zone.
    let modified = version.modified.format(&Rfc2822).unwrap().replace("+0000", "GMT");
    reply = reply.header("last-modified", &modified);
    version.headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
}
