//! The buckets: objects by key, and incomplete multipart uploads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bytes::{Bytes, BytesMut};
use hyper::HeaderMap;

/// The date of all objects.
pub(crate) const LAST_MODIFIED: &str = "Wed, 25 Nov 2026 00:00:00 GMT";

/// An object.
pub(crate) struct Object {
    pub(crate) bytes: Bytes,
    pub(crate) etag: String,
    pub(crate) content_type: Option<String>,
    pub(crate) metadata: Vec<(String, String)>,
}

/// All buckets. Every bucket exists.
#[derive(Default)]
pub(crate) struct Store {
    objects: BTreeMap<(String, String), Object>,
    uploads: BTreeMap<String, BTreeMap<u32, Bytes>>,
    count: u64,
}

impl Object {
    pub(crate) fn new(bytes: Bytes, content_type: Option<String>, headers: &HeaderMap) -> Self {
        let metadata = headers
            .iter()
            .filter(|(name, _)| name.as_str().starts_with("x-amz-meta-"))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        Self { bytes, etag: String::new(), content_type, metadata }
    }
}

impl Store {
    fn tag(&mut self) -> String {
        self.count += 1;
        format!("\"{:032x}\"", self.count)
    }

    pub(crate) fn put(&mut self, bucket: &str, key: &str, mut object: Object) -> String {
        let etag = self.tag();
        object.etag.clone_from(&etag);
        self.objects.insert((bucket.to_owned(), key.to_owned()), object);
        etag
    }

    pub(crate) fn get(&self, bucket: &str, key: &str) -> Option<&Object> {
        self.objects.get(&(bucket.to_owned(), key.to_owned()))
    }

    pub(crate) fn delete(&mut self, bucket: &str, key: &str) {
        if key.is_empty() {
            self.objects.retain(|(there, _), _| there != bucket);
        } else {
            self.objects.remove(&(bucket.to_owned(), key.to_owned()));
        }
    }

    pub(crate) fn begin(&mut self, bucket: &str, key: &str) -> String {
        self.count += 1;
        let upload = format!("upload-{}", self.count);
        self.uploads.insert(upload.clone(), BTreeMap::new());
        format!(
            "<InitiateMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{}</Key><UploadId>{upload}</UploadId>\
             </InitiateMultipartUploadResult>",
            escape(key)
        )
    }

    pub(crate) fn part(&mut self, upload: &str, part: u32, bytes: Bytes) -> String {
        self.uploads.entry(upload.to_owned()).or_default().insert(part, bytes);
        self.tag()
    }

    pub(crate) fn complete(&mut self, bucket: &str, key: &str, upload: &str) -> String {
        let parts = self.uploads.remove(upload).unwrap_or_default();
        let mut bytes = BytesMut::with_capacity(parts.values().map(Bytes::len).sum());
        parts.values().for_each(|part| bytes.extend_from_slice(part));
        let etag = self.put(bucket, key, Object::new(bytes.freeze(), None, &HeaderMap::new()));
        format!(
            "<CompleteMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{}</Key><ETag>{}</ETag>\
             </CompleteMultipartUploadResult>",
            escape(key),
            escape(&etag)
        )
    }

    /// Returns a page of ListObjectsV2 or of ListObjectVersions.
    pub(crate) fn list(&self, bucket: &str, parameter: impl Fn(&str) -> Option<String>) -> String {
        let number = |name| parameter(name).and_then(|text| text.parse().ok());
        let prefix = parameter("prefix").unwrap_or_default();
        let page: usize = number("max-keys").unwrap_or(1000);
        let has_versions = parameter("versions").is_some();
        let after = ["continuation-token", "start-after", "key-marker"].into_iter().find_map(&parameter);
        let after = after.unwrap_or_default();
        let from = if after > prefix { after.clone() } else { prefix.clone() };
        let mut keys = self
            .objects
            .range((bucket.to_owned(), from)..)
            .take_while(|((there, key), _)| there == bucket && key.starts_with(&prefix))
            .filter(|((_, key), _)| after.is_empty() || *key > after);
        let (root, item, facts, marker) = if has_versions {
            let facts = "<VersionId>null</VersionId><IsLatest>true</IsLatest>";
            ("ListVersionsResult", "Version", facts, "NextKeyMarker")
        } else {
            ("ListBucketResult", "Contents", "", "NextContinuationToken")
        };
        let mut list = String::new();
        let mut last = "";
        for ((_, key), object) in keys.by_ref().take(page) {
            // Writing to a string never fails.
            let _ = write!(
                list,
                "<{item}><Key>{}</Key><LastModified>2026-11-25T00:00:00.000Z</LastModified><ETag>{}</ETag>\
                 <Size>{}</Size><StorageClass>STANDARD</StorageClass>{facts}</{item}>",
                escape(key),
                escape(&object.etag),
                object.bytes.len()
            );
            last = key;
        }
        let more = if keys.next().is_some() {
            format!("<IsTruncated>true</IsTruncated><{marker}>{}</{marker}>", escape(last))
        } else {
            "<IsTruncated>false</IsTruncated>".to_owned()
        };
        format!("<{root}><Name>{bucket}</Name><Prefix>{}</Prefix>{more}{list}</{root}>", escape(&prefix))
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
