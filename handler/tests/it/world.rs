//! A small stack: buckets, functions, and the messages between them.

use std::time::Duration;

use contract::failure::FailureRecord;
use contract::key::{OriginalVersion, encode_event_key};
use contract::manifest::Manifest;
use serde_json::{Value, json};

use testkit::s3::Version;
use testkit::{InvocationResult, Lambda};

use crate::aws::Aws;

pub(crate) const ORIGINALS: &str = "originals";
pub(crate) const THUMBNAILS: &str = "thumbnails";
pub(crate) const CATALOG: &str = "catalog";

pub(crate) const QUEUE: &str = "http://sqs/1/thumbnail";
pub(crate) const ALT_TEXT_QUEUE: &str = "http://sqs/1/alt-text";

/// The timeout, which is enough for every batch in these tests.
pub(crate) const LONG_TIMEOUT: Duration = Duration::from_secs(60);

const PRESETS: &str = r#"[{"name":"small","width":8,"height":8,"format":"png"},
    {"name":"large","width":12,"height":12,"format":"jpeg"}]"#;

/// A stack with a running thumbnail function.
pub(crate) struct World {
    pub(crate) aws: Aws,
    pub(crate) thumbnail: Lambda,
}

impl World {
    pub(crate) async fn start() -> Self {
        let aws = Aws::start();
        let thumbnail = start_thumbnail(&aws, &[]).await;
        Self { aws, thumbnail }
    }

    /// Uploads a photo. Returns its version and S3's event.
    pub(crate) fn upload(&self, key: &str, bytes: impl Into<bytes::Bytes>) -> (OriginalVersion, Value) {
        let version = self.aws.store(|store| store.put(ORIGINALS, key, bytes));
        (original_version(key, &version), created_event(key, &version))
    }

    /// Delivers `messages`. Returns the IDs of those that the queue must deliver again.
    pub(crate) async fn deliver(&self, messages: &[Value]) -> Vec<String> {
        retried_ids(self.thumbnail.invoke(batch(messages), LONG_TIMEOUT).await)
    }

    /// Returns the manifest of a version, whether its thumbnails are stored or not.
    pub(crate) fn stored_manifest(&self, version: &OriginalVersion) -> Option<Manifest> {
        self.aws.store(|store| store.record(CATALOG, &version.done_key()))
    }

    /// Returns the failure record of a version.
    pub(crate) fn failure(&self, version: &OriginalVersion) -> Option<FailureRecord> {
        self.aws.store(|store| store.record(CATALOG, &version.failure_key()))
    }

    /// Returns the manifest of a version, and checks that everything in it is stored.
    pub(crate) fn manifest(&self, version: &OriginalVersion) -> Option<Manifest> {
        let manifest = self.stored_manifest(version)?;
        self.aws.store(|store| {
            store.current(CATALOG, &version.index_key()).expect("the index entry is missing");
            assert_eq!(
                (&manifest.original.key, &manifest.original.version),
                (&version.key, &version.version)
            );
            assert_eq!(manifest.thumbnails.len(), 2);
            for thumbnail in &manifest.thumbnails {
                let there = store.current(THUMBNAILS, &thumbnail.key).expect("a thumbnail is missing");
                assert_eq!(there.bytes.len() as u64, thumbnail.bytes, "{}", thumbnail.key);
            }
            Some(manifest)
        })
    }

    /// Delivers the messages that the functions have sent to the thumbnail function, except delayed ones.
    pub(crate) async fn deliver_sent(&self) {
        for (i, sent) in self.aws.sent().into_iter().enumerate() {
            if sent.queue == QUEUE && sent.delay == 0 {
                assert_eq!(self.deliver(&[message(&format!("sent-{i}"), &sent.body)]).await, [""; 0]);
            }
        }
    }

    /// Returns how many calls wrote or deleted something.
    pub(crate) fn writes(&self) -> usize {
        let wrote = |call: &crate::aws::Call| call.method != "GET" && call.method != "HEAD";
        self.aws.calls().iter().filter(|call| wrote(call)).count()
    }
}

/// Starts the thumbnail function, with `variables` in place of its default ones.
pub(crate) async fn start_thumbnail(aws: &Aws, variables: &[(&str, &str)]) -> Lambda {
    let mut all = [endpoint(aws, "ThumbnailRole"), thumbnail_variables()].concat();
    all.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Lambda::start("thumbnail", &all).await
}

/// Returns the thumbnail function's settings.
pub(crate) fn thumbnail_variables() -> Vec<(&'static str, String)> {
    let own = [("THUMBNAILS_BUCKET", THUMBNAILS), ("PRESETS", PRESETS), ("THUMBNAIL_QUEUE_URL", QUEUE)];
    [buckets(), own.map(|(name, value)| (name, value.to_owned())).to_vec()].concat()
}

/// Starts the alt-text function for `languages`.
pub(crate) async fn start_alt_text(aws: &Aws, languages: &str) -> Lambda {
    start_alt_text_with(aws, languages, &[]).await
}

/// Starts the alt-text function for `languages`, with `variables` in place of its default ones.
pub(crate) async fn start_alt_text_with(aws: &Aws, languages: &str, variables: &[(&str, &str)]) -> Lambda {
    let mut all = [endpoint(aws, "AltTextRole"), alt_text_variables(languages)].concat();
    all.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Lambda::start("alt-text", &all).await
}

/// Returns the alt-text function's settings.
pub(crate) fn alt_text_variables(languages: &str) -> Vec<(&'static str, String)> {
    let own = [("MODEL", "eu.amazon.nova-lite-v1:0"), ("LANGUAGES", languages)];
    [buckets(), own.map(|(name, value)| (name, value.to_owned())).to_vec()].concat()
}

/// Starts the failover function.
pub(crate) async fn start_failover(aws: &Aws) -> Lambda {
    start_failover_with(aws, &[]).await
}

/// Starts the failover function, with `variables` in place of its default ones.
pub(crate) async fn start_failover_with(aws: &Aws, variables: &[(&str, &str)]) -> Lambda {
    let mut all = [endpoint(aws, "FailoverRole"), failover_variables()].concat();
    all.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Lambda::start("failover", &all).await
}

/// Returns the failover function's settings.
pub(crate) fn failover_variables() -> Vec<(&'static str, String)> {
    let own = [
        ("THUMBNAIL_QUEUE_URL", QUEUE),
        ("ALT_TEXT_QUEUE_URL", ALT_TEXT_QUEUE),
        ("ALERT_TOPIC_ARN", "arn:aws:sns:eu-central-1:1:alerts"),
    ];
    [buckets(), own.map(|(name, value)| (name, value.to_owned())).to_vec()].concat()
}

/// Starts the delivery function, with `variables` in place of its default ones.
pub(crate) async fn start_delivery(aws: &Aws, variables: &[(&str, &str)]) -> Lambda {
    let mut all = [endpoint(aws, "DeliveryRole"), thumbnail_variables()].concat();
    all.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Lambda::start("delivery", &all).await
}

fn buckets() -> Vec<(&'static str, String)> {
    vec![("ORIGINALS_BUCKET", ORIGINALS.to_owned()), ("CATALOG_BUCKET", CATALOG.to_owned())]
}

/// Returns the endpoint of the fake services, and the access key by which [`crate::roles`] recognizes `role`.
fn endpoint(aws: &Aws, role: &str) -> Vec<(&'static str, String)> {
    vec![("AWS_ACCESS_KEY_ID", role.to_owned()), ("AWS_ENDPOINT_URL", aws.endpoint.clone())]
}

/// Returns the IDs in a function's response.
pub(crate) fn retried_ids(ended: InvocationResult) -> Vec<String> {
    let InvocationResult::Response(answer) = ended else { panic!("the function did not respond: {ended:?}") };
    retried_ids_in(&answer)
}

/// Returns the IDs of the messages that the queue must deliver again, from the response to a batch.
pub(crate) fn retried_ids_in(answer: &Value) -> Vec<String> {
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn original_version(key: &str, version: &Version) -> OriginalVersion {
    OriginalVersion::new(key, Some(&version.id), None)
}

/// Returns S3's event for a new version.
pub(crate) fn created_event(key: &str, version: &Version) -> Value {
    event("ObjectCreated:Put", key, version)
}

/// Returns S3's event with this name for a version.
pub(crate) fn event(name: &str, key: &str, version: &Version) -> Value {
    json!({"Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-central-1",
        "eventTime": "2026-11-24T10:00:00.000Z", "eventName": name,
        "s3": {
            "s3SchemaVersion": "1.0", "configurationId": "c",
            "bucket": {"name": ORIGINALS, "arn": "arn:aws:s3:::originals"},
            "object": {
                "key": encode_event_key(key), "size": version.bytes.len(),
                "eTag": version.etag.trim_matches('"'), "versionId": version.id, "sequencer": "00",
            },
        },
    }]})
}

/// Returns the fields of S3's `event` that a failure record keeps.
pub(crate) fn kept_fields(event: &Value) -> Value {
    let record = &event["Records"][0];
    let object = &record["s3"]["object"];
    json!({
        "eventName": record["eventName"], "eventTime": record["eventTime"],
        "s3": {
            "bucket": record["s3"]["bucket"],
            "object": {
                "key": object["key"], "size": object["size"], "eTag": object["eTag"],
                "versionId": object["versionId"],
            },
        },
    })
}

/// Returns a message of a queue, received for the first time.
pub(crate) fn message(id: &str, body: &Value) -> Value {
    received(id, body, 1)
}

/// Returns a message of a queue, received for the `count`th time.
pub(crate) fn received(id: &str, body: &Value, count: u32) -> Value {
    json!({
        "messageId": id, "receiptHandle": "r", "body": body.to_string(),
        "attributes": {
            "ApproximateReceiveCount": count.to_string(), "SentTimestamp": "1795514400000",
            "ApproximateFirstReceiveTimestamp": "1795514401000", "SenderId": "s",
        },
        "messageAttributes": {}, "md5OfBody": "m", "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:1:queue", "awsRegion": "eu-central-1",
    })
}

/// Returns the event of an invocation by a queue.
pub(crate) fn batch(messages: &[Value]) -> Value {
    json!({"Records": messages})
}

/// Returns a PNG that is different for each `seed`.
pub(crate) fn photo(seed: u8) -> Vec<u8> {
    photo_of(24, 16, seed)
}

/// Returns a PNG of `width` x `height` pixels.
pub(crate) fn photo_of(width: u32, height: u32, seed: u8) -> Vec<u8> {
    let pixels: Vec<u8> =
        (0..width * height).flat_map(|at| [seed, (at % width) as u8, (at / width) as u8]).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}
