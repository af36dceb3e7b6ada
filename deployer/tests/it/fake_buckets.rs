//! A small stack: buckets whose objects a test puts there, a queue that keeps what it is sent, and a thumbnail function that
//! follows removals as the test wants it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::key::{Digest, KEY_METADATA, OriginalVersion, index_of_key, records_of_key, thumbnails_of_key};
use contract::preset::ThumbnailFormat;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use testkit::http::{Reply, Request};
use testkit::{Deployer, aws};

/// When all is written that a test does not date.
pub(crate) const LONG_AGO: &str = "2026-01-01T00:00:00Z";

/// The end of a key, and what happens when the deployer has put an object there.
pub(crate) type AfterPut = (&'static str, fn(&mut Shelves));

/// An object that is not versioned, or one version of one that is.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) version: String,
    pub(crate) is_marker: bool,
    pub(crate) modified: String,
    pub(crate) body: String,
    /// The key of the original in its metadata.
    pub(crate) told_key: Option<String>,
}

/// What the thumbnail function does when a photo is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Follows {
    /// It removes what is derived when the deployer has looked so many times.
    AfterLooks(usize),
    #[default]
    Never,
}

#[derive(Default)]
pub(crate) struct Shelves {
    /// The versions of each original, the latest last.
    pub(crate) originals: BTreeMap<String, Vec<Object>>,
    pub(crate) thumbnails: BTreeMap<String, Object>,
    pub(crate) catalog: BTreeMap<String, Object>,
    /// The bodies of the messages that were sent.
    pub(crate) sent: Vec<Value>,
    /// How many messages the queues say that they have.
    pub(crate) messages: u64,
    pub(crate) follows: Follows,
    pub(crate) keeps: bool,
    /// What the deployer deleted from the thumbnails and the catalog.
    pub(crate) deleted: Vec<String>,
    /// What happens when the deployer has put an object with this end of its key.
    pub(crate) after_put: Option<AfterPut>,
}

impl Shelves {
    /// Puts a version of a photo there.
    pub(crate) fn photo(&mut self, key: &str, version: &str) -> OriginalVersion {
        self.version(key, version, false, LONG_AGO)
    }

    /// Puts a version, or a delete marker, on top of `key`.
    pub(crate) fn version(
        &mut self,
        key: &str,
        version: &str,
        is_marker: bool,
        modified: &str,
    ) -> OriginalVersion {
        let object = Object {
            version: version.to_owned(),
            is_marker,
            modified: modified.to_owned(),
            body: "photo".to_owned(),
            told_key: None,
        };
        self.originals.entry(key.to_owned()).or_default().push(object);
        OriginalVersion::new(key, Some(version), None)
    }

    /// Puts everything there that the function makes of `original`.
    pub(crate) fn make(&mut self, original: &OriginalVersion) {
        let thumbnail = original.thumbnail_key("small", ThumbnailFormat::Webp);
        self.thumbnails.insert(thumbnail.clone(), plain("thumbnail"));
        self.catalog.insert(original.index_key(), plain("{}"));
        let manifest = json!({
            "schema": 1,
            "original": {
                "bucket": "originals", "key": original.key, "version": original.version,
                "digest": Digest::of(b"photo"), "bytes": 5, "width": 2, "height": 2, "format": "jpeg", "frames": 1,
                "last_modified": LONG_AGO,
            },
            "thumbnails": [
                {"preset": "small", "key": thumbnail, "format": "webp", "width": 2, "height": 2, "bytes": 9},
            ],
            "thumbhash": "", "dominant_color": "#000000", "completed_at": LONG_AGO,
        });
        self.catalog.insert(original.done_key(), plain(&manifest.to_string()));
    }

    /// Puts the record there that `original` has failed.
    pub(crate) fn fail(&mut self, original: &OriginalVersion) {
        let failure = json!({
            "schema": 1, "bucket": "originals", "key": original.key, "version": original.version,
            "function": "thumbnail", "reason": "not-an-image", "message": "no photo", "event": {},
            "receive_count": 1, "failed_at": LONG_AGO, "function_version": "1", "request_id": "r",
        });
        self.catalog.insert(original.failure_key(), plain(&failure.to_string()));
    }

    /// Everything that is derived from any photo.
    pub(crate) fn derived(&self) -> Vec<&str> {
        self.thumbnails.keys().chain(self.catalog.keys()).map(String::as_str).collect()
    }

    fn latest(&self, key: &str) -> Option<&Object> {
        self.originals.get(key)?.last().filter(|object| !object.is_marker)
    }

    /// What the function does about photos that are gone, as time goes by.
    fn follow(&mut self) {
        match &mut self.follows {
            Follows::AfterLooks(0) => {
                let keys: BTreeSet<String> = self
                    .catalog
                    .keys()
                    .filter_map(|key| OriginalVersion::of_record(key))
                    .map(|of| of.key)
                    .collect();
                for key in keys.iter().filter(|key| !self.originals.contains_key(*key)) {
                    let of = [thumbnails_of_key(key), records_of_key(key), index_of_key(key)];
                    let stays = |name: &String| !of.iter().any(|prefix| name.starts_with(prefix));
                    self.thumbnails.retain(|name, _| stays(name));
                    self.catalog.retain(|name, _| stays(name));
                }
            }
            Follows::AfterLooks(left) => *left -= 1,
            Follows::Never => {}
        }
    }
}

/// An object of a bucket whose versions do not matter.
pub(crate) fn plain(body: &str) -> Object {
    let (version, modified, body) = (String::new(), LONG_AGO.to_owned(), body.to_owned());
    Object { version, is_marker: false, modified, body, told_key: None }
}

/// A stack that answers until the test process ends.
#[derive(Clone)]
pub(crate) struct Small {
    pub(crate) shelves: Arc<Mutex<Shelves>>,
    endpoint: String,
}

impl Small {
    pub(crate) fn new(shelves: Shelves) -> Self {
        let shelves = Arc::new(Mutex::new(shelves));
        let serving = Arc::clone(&shelves);
        let endpoint = aws::serve(move |request| answer(&mut serving.lock().unwrap(), request));
        Self { shelves, endpoint }
    }

    /// Runs the deployer with one preset, `small`, in a folder with a photo.
    pub(crate) fn deployer(&self) -> Deployer {
        let settings = "presets: [{name: small, width: 128, height: 128}]\n";
        Deployer::on(&self.endpoint).file("deployer.yaml", settings).file("photo.gif", GIF)
    }
}

/// The smallest GIF.
pub(crate) const GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

fn answer(shelves: &mut Shelves, request: Request) -> Reply {
    let Request { head, body, .. } = request;
    let action = head.to_lowercase();
    if action.contains("getqueueattributes") {
        let count = shelves.messages.to_string();
        return Reply::new(200, json!({"Attributes": {"ApproximateNumberOfMessages": count}}).to_string());
    }
    if action.contains("sendmessagebatch") {
        let batch: Value = serde_json::from_str(&body).unwrap();
        let mut taken = Vec::new();
        for entry in batch["Entries"].as_array().unwrap() {
            shelves.sent.push(serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap());
            taken.push(json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "m"}));
        }
        return Reply::new(200, json!({"Successful": taken, "Failed": []}).to_string());
    }
    if head.contains("/functions/") {
        let setting = if shelves.keeps { "keep" } else { "delete" };
        return Reply::new(200, json!({"Environment": {"Variables": {"ON_REMOVAL": setting}}}).to_string());
    }
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_matches('/'), ""));
    let key = percent_decode_str(key).decode_utf8().unwrap().into_owned();
    match (method, bucket, key.as_str()) {
        ("POST", "originals", "") => {
            for key in body.split("<Key>").skip(1) {
                shelves.originals.remove(key.split("</Key>").next().unwrap());
            }
            Reply::new(200, "<DeleteResult></DeleteResult>")
        }
        (_, "originals", "") if query.contains("versions") => Reply::new(200, versions(shelves, query)),
        (_, "originals", "") if query.contains("uploads") => {
            Reply::new(200, "<ListMultipartUploadsResult></ListMultipartUploadsResult>")
        }
        (_, bucket, "") => {
            if bucket != "originals" {
                shelves.follow();
            }
            Reply::new(200, objects(shelves, bucket, query))
        }
        ("PUT", "originals", key) => {
            shelves.photo(key, "v1");
            done_putting(shelves, key);
            Reply::new(200, "").header("x-amz-version-id", "v1")
        }
        ("PUT", _, key) => {
            shelves.catalog.insert(key.to_owned(), plain(&body));
            done_putting(shelves, key);
            Reply::new(200, "")
        }
        ("DELETE", _, key) => {
            shelves.deleted.push(key.to_owned());
            shelves.catalog.remove(key);
            shelves.thumbnails.remove(key);
            Reply::new(204, "")
        }
        (_, bucket, key) => {
            let found = match bucket {
                "originals" => shelves.latest(key),
                "thumbnails" => shelves.thumbnails.get(key),
                _ => shelves.catalog.get(key),
            };
            match found {
                Some(Object { version, body, told_key, .. }) => {
                    let body = if method == "HEAD" { String::new() } else { body.clone() };
                    let mut reply = Reply::new(200, body).header("x-amz-version-id", version);
                    if let Some(key) = told_key {
                        let key = BASE64_STANDARD.encode(key);
                        reply = reply.header(&format!("x-amz-meta-{KEY_METADATA}"), &key);
                    }
                    reply
                }
                None => aws::s3_error(404, "NoSuchKey"),
            }
        }
    }
}

fn done_putting(shelves: &mut Shelves, key: &str) {
    if let Some((_, happen)) = shelves.after_put.filter(|(end, _)| key.ends_with(end)) {
        happen(shelves);
    }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(percent_decode_str(value).decode_utf8().unwrap().into_owned())
}

/// The versions of the originals, as S3 lists them: of one key the latest first.
fn versions(shelves: &Shelves, query: &str) -> String {
    let prefix = parameter(query, "prefix").unwrap_or_default();
    let after = parameter(query, "key-marker").unwrap_or_default();
    let mut list = "<ListVersionsResult>".to_owned();
    for (key, all) in shelves.originals.iter().filter(|(key, _)| key.starts_with(&prefix) && **key > after) {
        for (i, Object { version, is_marker, modified, body, .. }) in all.iter().rev().enumerate() {
            let element = if *is_marker { "DeleteMarker" } else { "Version" };
            write!(
                list,
                "<{element}><Key>{key}</Key><VersionId>{version}</VersionId><IsLatest>{}</IsLatest>\
                 <Size>{}</Size><LastModified>{modified}</LastModified></{element}>",
                i == 0,
                body.len()
            )
            .unwrap();
        }
    }
    list + "</ListVersionsResult>"
}

/// The objects of a bucket, or the folders.
fn objects(shelves: &Shelves, bucket: &str, query: &str) -> String {
    let all: Vec<(&String, String)> = match bucket {
        "originals" => {
            let there = shelves.originals.keys().filter(|key| shelves.latest(key).is_some());
            there.map(|key| (key, LONG_AGO.to_owned())).collect()
        }
        "thumbnails" => {
            shelves.thumbnails.iter().map(|(key, object)| (key, object.modified.clone())).collect()
        }
        _ => shelves.catalog.iter().map(|(key, object)| (key, object.modified.clone())).collect(),
    };
    let prefix = parameter(query, "prefix").unwrap_or_default();
    let after = parameter(query, "start-after").unwrap_or_default();
    let most = parameter(query, "max-keys").map_or(1000, |most| most.parse().unwrap());
    let mut list = "<ListBucketResult>".to_owned();
    let mut folders = BTreeSet::new();
    let found = all.into_iter().filter(|(key, _)| key.starts_with(&prefix) && **key > after);
    for (key, modified) in found.take(most) {
        match key[prefix.len()..].split_once('/').filter(|_| query.contains("delimiter")) {
            Some((folder, _)) => {
                folders.insert(format!("{prefix}{folder}/"));
            }
            None => {
                write!(list, "<Contents><Key>{key}</Key><LastModified>{modified}</LastModified></Contents>")
                    .unwrap();
            }
        }
    }
    for folder in folders {
        write!(list, "<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>").unwrap();
    }
    list + "</ListBucketResult>"
}
