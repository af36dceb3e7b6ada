//! An album: a stack with made-up photos, as many as wanted, behind S3, SQS and CloudFormation of our own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Cursor;
use std::ops::Bound;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::key::{Digest, OriginalVersion, basename};
use image::{ImageFormat, Rgb, RgbImage};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use testkit::aws;
use testkit::http::{Reply, Request};

/// As S3 does.
const PAGE: usize = 1000;

/// The sizes of the thumbnails, in pixels.
const SIZES: [(&str, u32, u32); 2] = [("small", 128, 96), ("medium", 512, 384)];

/// How many different pictures there are.
const PICTURES: usize = 12;

/// What has become of a photo.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Its thumbnails are there; with this alt text, if any.
    Done(Option<String>),
    /// It failed, for this reason.
    Failed(String),
    InFlight,
}

#[derive(Clone, Debug)]
struct Photo {
    modified: OffsetDateTime,
    stage: Stage,
}

/// What is stored, and what was asked of the queue.
#[derive(Default)]
struct Shelves {
    photos: BTreeMap<String, Photo>,
    /// The keys of the name index, with the photos' keys.
    names: BTreeMap<String, String>,
    /// The alt texts that were put, by key.
    put: BTreeMap<String, String>,
    sent: Vec<String>,
}

/// The album.
#[derive(Clone)]
pub(crate) struct Album {
    shelves: Arc<Mutex<Shelves>>,
    pictures: Arc<Vec<[Vec<u8>; 2]>>,
    thumbhash: Arc<String>,
}

impl Album {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let hash = thumbhash::rgba_to_thumb_hash(
            60,
            45,
            &drawn(0, 60, 45).pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2], 255]).collect::<Vec<_>>(),
        );
        let pictures = (0..PICTURES)
            .map(|number| SIZES.map(|(_, width, height)| encoded(&drawn(number, width, height))))
            .collect();
        Self {
            shelves: Arc::default(),
            pictures: Arc::new(pictures),
            thumbhash: Arc::new(BASE64_STANDARD.encode(hash)),
        }
    }

    /// Puts a photo into it.
    pub(crate) fn add(&self, key: &str, modified: OffsetDateTime, stage: Stage) {
        let mut shelves = self.shelves.lock().unwrap();
        if let Stage::Done(_) = stage {
            shelves.names.insert(version(key).index_key(), key.to_owned());
        }
        shelves.photos.insert(key.to_owned(), Photo { modified, stage });
    }

    /// Makes the record of the photo at `key` unreadable.
    pub(crate) fn poison(&self, key: &str) {
        self.shelves.lock().unwrap().put.insert(version(key).done_key(), "{\"schema\": 1".to_owned());
    }

    /// The alt text that was put at `key`.
    pub(crate) fn alt_text(&self, key: &str) -> Option<Value> {
        let shelves = self.shelves.lock().unwrap();
        shelves.put.get(key).map(|text| serde_json::from_str(text).unwrap())
    }

    /// What was sent to the queue.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.shelves.lock().unwrap().sent.clone()
    }

    /// Answers a request of the deployer.
    pub(crate) fn answer(&self, request: Request) -> Reply {
        let Request { head, body, .. } = request;
        let mut words = head.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        if method == "POST" {
            let count = body.matches("\"Id\"").count();
            self.shelves.lock().unwrap().sent.push(body);
            let taken: Vec<Value> = (0..count)
                .map(|id| json!({"Id": id.to_string(), "MessageId": "m", "MD5OfMessageBody": "d"}))
                .collect();
            return Reply::new(200, json!({"Successful": taken, "Failed": []}).to_string());
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (bucket, key) =
            path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_matches('/'), ""));
        let key = percent_decode_str(key).decode_utf8().unwrap().into_owned();
        if key.is_empty() {
            return Reply::new(200, self.list(bucket, &Listing::read(query)));
        }
        if method == "PUT" {
            self.shelves.lock().unwrap().put.insert(key, body);
            return Reply::new(200, "");
        }
        self.object(bucket, &key).unwrap_or(aws::s3_error(404, "NoSuchKey"))
    }

    fn object(&self, bucket: &str, key: &str) -> Option<Reply> {
        if bucket == "originals" {
            let is_there = self.shelves.lock().unwrap().photos.contains_key(key);
            return is_there.then(|| Reply::new(200, "").header("x-amz-version-id", "v1"));
        }
        if bucket == "thumbnails" {
            let (base, file) = key.rsplit_once('/')?;
            let size = SIZES.iter().position(|(preset, ..)| file == format!("{preset}.png"))?;
            let number =
                usize::from(base.bytes().fold(0u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)));
            return Some(Reply::new(200, self.pictures[number % PICTURES][size].clone()));
        }
        let shelves = self.shelves.lock().unwrap();
        let record = if let Some(put) = shelves.put.get(key) {
            put.clone()
        } else {
            let original = &OriginalVersion::of_record(key)?.key;
            match (&shelves.photos.get(original)?.stage, basename(key)) {
                (Stage::Done(_), "done.json") => {
                    self.manifest(original, &shelves.photos[original]).to_string()
                }
                (Stage::Failed(message), "failed.json") => json!({
                    "schema": 1, "bucket": "originals", "key": original, "version": "v1",
                    "function": "thumbnail", "reason": "not-an-image", "message": message, "event": {},
                    "receive_count": 1, "failed_at": "2026-01-01T00:00:00Z", "function_version": "1",
                    "request_id": "r",
                })
                .to_string(),
                (Stage::Done(Some(alt)), "alt.en.json") => json!({
                    "schema": 1, "language": "en", "status": "accepted", "alt": alt, "decorative": false,
                    "source": {"by": "model", "model": "eu.amazon.nova-lite-v1:0", "prompt_version": 1,
                        "confidence": 90, "input_tokens": 1000, "output_tokens": 50, "latency_ms": 800},
                    "digest": Digest::of(original.as_bytes()), "written_at": "2026-01-01T00:00:00Z",
                })
                .to_string(),
                _ => return None,
            }
        };
        Some(Reply::new(200, record))
    }

    fn manifest(&self, key: &str, photo: &Photo) -> Value {
        let modified = photo.modified.format(&Rfc3339).unwrap();
        let thumbnails = SIZES.map(|(preset, width, height)| {
            json!({
                "preset": preset, "key": format!("{}{preset}.png", version(key).folder()), "format": "png",
                "width": width, "height": height, "bytes": 1000,
            })
        });
        json!({
            "schema": 1, "thumbnails": thumbnails, "thumbhash": *self.thumbhash,
            "dominant_color": "#808080", "completed_at": modified,
            "original": {
                "bucket": "originals", "key": key, "version": "v1", "digest": Digest::of(key.as_bytes()),
                "bytes": 1_234_567, "width": 4000, "height": 3000, "format": "jpeg", "frames": 1,
                "last_modified": modified,
            },
        })
    }

    fn list(&self, bucket: &str, wanted: &Listing) -> String {
        let shelves = self.shelves.lock().unwrap();
        let from = if wanted.after.as_str() > wanted.prefix.as_str() {
            Bound::Excluded(wanted.after.clone())
        } else {
            Bound::Included(wanted.prefix.clone())
        };
        let texts;
        let found: Vec<(&String, Option<&Photo>)> = match bucket {
            "originals" => wanted
                .pick(shelves.photos.range((from, Bound::Unbounded)).map(|(key, photo)| (key, Some(photo)))),
            // Of the catalog nobody lists more than the names, and the alt texts of one photo.
            _ if wanted.prefix.starts_with("by-name/") => {
                let names = shelves.names.range((from, Bound::Unbounded));
                wanted.pick(names.map(|(key, original)| (key, shelves.photos.get(original))))
            }
            _ if wanted.prefix.ends_with("/alt.") => {
                let key = format!("{}en.json", wanted.prefix);
                let photo = OriginalVersion::of_record(&key).and_then(|of| shelves.photos.get(&of.key));
                texts = photo.filter(|photo| matches!(photo.stage, Stage::Done(Some(_)))).map(|_| key);
                let put = shelves.put.range((from, Bound::Unbounded)).map(|(key, _)| key);
                let mut all: Vec<&String> = wanted
                    .pick(put.chain(&texts).map(|key| (key, None::<&Photo>)))
                    .into_iter()
                    .map(|(key, _)| key)
                    .collect();
                all.dedup();
                all.into_iter().map(|key| (key, None)).collect()
            }
            _ => wanted.pick(shelves.put.range((from, Bound::Unbounded)).map(|(key, _)| (key, None))),
        };
        let root = if wanted.versions { "ListVersionsResult" } else { "ListBucketResult" };
        let mut xml = format!("<{root}>");
        if wanted.encoded {
            xml += "<EncodingType>url</EncodingType>";
        }
        let (mut count, mut last, mut folder) = (0, "", String::new());
        let mut more = false;
        for (key, photo) in found {
            if wanted.delimited && key.starts_with(&folder) && !folder.is_empty() {
                continue;
            }
            if count == wanted.most {
                more = true;
                break;
            }
            count += 1;
            last = key;
            let below = key[wanted.prefix.len()..].split_once('/').filter(|_| wanted.delimited);
            if let Some((name, _)) = below {
                folder = format!("{}{name}/", wanted.prefix);
                write!(xml, "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", wanted.written(&folder))
                    .unwrap();
                continue;
            }
            let modified = photo.map_or(OffsetDateTime::UNIX_EPOCH, |photo| photo.modified);
            let facts = format!(
                "<Key>{}</Key><Size>1234567</Size><LastModified>{}</LastModified>",
                wanted.written(key),
                modified.format(&Rfc3339).unwrap()
            );
            if wanted.versions {
                let latest = "<VersionId>v1</VersionId><IsLatest>true</IsLatest>";
                write!(xml, "<Version>{facts}{latest}</Version>").unwrap();
            } else {
                write!(xml, "<Contents>{facts}</Contents>").unwrap();
            }
        }
        if more {
            // Behind all that is in the folder.
            let last = if folder.is_empty() { last.to_owned() } else { format!("{folder}\u{10ffff}") };
            let names = if wanted.versions {
                let key = wanted.written(&last);
                format!("<NextKeyMarker>{key}</NextKeyMarker><NextVersionIdMarker>v1</NextVersionIdMarker>")
            } else {
                let token = BASE64_STANDARD.encode(last);
                format!("<NextContinuationToken>{token}</NextContinuationToken>")
            };
            write!(xml, "<IsTruncated>true</IsTruncated>{names}").unwrap();
        }
        write!(xml, "</{root}>").unwrap();
        xml
    }
}

/// What a listing asks for.
struct Listing {
    prefix: String,
    after: String,
    most: usize,
    delimited: bool,
    versions: bool,
    encoded: bool,
}

impl Listing {
    fn read(query: &str) -> Self {
        let value = |name: &str| {
            let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            found.map(|text| percent_decode_str(text).decode_utf8().unwrap().into_owned())
        };
        Self {
            prefix: value("prefix").unwrap_or_default(),
            after: value("continuation-token")
                .map(|token| String::from_utf8(BASE64_STANDARD.decode(token).unwrap()).unwrap())
                .or(value("start-after"))
                .or(value("key-marker"))
                .unwrap_or_default(),
            most: value("max-keys").and_then(|most| most.parse().ok()).unwrap_or(PAGE).min(PAGE),
            delimited: value("delimiter").is_some(),
            encoded: value("encoding-type").is_some(),
            versions: query.split('&').any(|pair| pair.trim_end_matches('=') == "versions"),
        }
    }

    /// A key as it stands in the answer: control characters cannot stand in XML as they are.
    fn written(&self, key: &str) -> String {
        if self.encoded { utf8_percent_encode(key, NON_ALPHANUMERIC).to_string() } else { escape(key) }
    }

    /// What of `all` is under the prefix; one more than wanted tells that there is more.
    fn pick<'a, T>(&self, all: impl Iterator<Item = (&'a String, T)>) -> Vec<(&'a String, T)> {
        let under = all.take_while(|(key, _)| key.starts_with(&self.prefix));
        if self.delimited { under.collect() } else { under.take(self.most + 1).collect() }
    }
}

fn version(key: &str) -> OriginalVersion {
    OriginalVersion::new(key, Some("v1"), None)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A landscape of sorts, in the colours of `number`.
fn drawn(number: usize, width: u32, height: u32) -> RgbImage {
    let turn = number as f32 / PICTURES as f32 * std::f32::consts::TAU;
    RgbImage::from_fn(width, height, |x, y| {
        let (across, down) = (x as f32 / width as f32, y as f32 / height as f32);
        let hill = 0.55 + 0.12 * (across * 5.0 + turn).sin() + 0.06 * (across * 13.0 - turn).sin();
        let channel = |shift: f32| {
            let sky = 150.0 + 80.0 * (turn + shift + down * 1.2).sin();
            let land = 70.0 + 50.0 * (turn + shift + 2.0 + across).sin() - 40.0 * (down - hill);
            if down < hill { sky as u8 } else { land as u8 }
        };
        Rgb([channel(0.0), channel(0.9), channel(1.8)])
    })
}

fn encoded(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}
