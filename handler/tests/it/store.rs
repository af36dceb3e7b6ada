//! What S3 holds: buckets with all versions of their objects.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use contract::key::Digest;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use time::macros::datetime;

/// All buckets. A bucket is there as soon as it is named.
#[derive(Debug)]
pub(crate) struct Store {
    buckets: HashMap<String, BTreeMap<String, Vec<Version>>>,
    /// The buckets that keep no versions.
    pub(crate) unversioned: Vec<&'static str>,
    /// The versions that are deleted.
    deleted: HashMap<(String, String), Vec<Version>>,
    /// Counts the writes of each bucket, of which a version's id comes.
    written: HashMap<String, u32>,
    /// Counts every write, of which its time comes.
    writes: i64,
}

/// A bucket that keeps no versions in any store.
pub(crate) const UNVERSIONED: &str = "unversioned";

/// A version of an object.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) etag: String,
    pub(crate) bytes: Bytes,
    /// Its headers that the writer has chosen.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) modified: OffsetDateTime,
    /// Whether it says that there is no object.
    pub(crate) is_marker: bool,
}

/// What a condition of a write found.
#[derive(Debug, PartialEq)]
pub(crate) struct PreconditionFailed;

impl Default for Store {
    fn default() -> Self {
        Self {
            buckets: HashMap::new(),
            unversioned: vec![UNVERSIONED],
            deleted: HashMap::new(),
            written: HashMap::new(),
            writes: 0,
        }
    }
}

impl Store {
    /// Whether `bucket` keeps versions.
    pub(crate) fn keeps_versions(&self, bucket: &str) -> bool {
        !self.unversioned.contains(&bucket)
    }

    fn versions(&mut self, bucket: &str, key: &str) -> &mut Vec<Version> {
        self.buckets.entry(bucket.to_owned()).or_default().entry(key.to_owned()).or_default()
    }

    fn add(
        &mut self,
        bucket: &str,
        key: &str,
        bytes: Bytes,
        headers: Vec<(String, String)>,
        is_marker: bool,
    ) -> Version {
        self.writes += 1;
        let written = self.written.entry(bucket.to_owned()).or_default();
        *written += 1;
        let version = Version {
            id: format!("v{written}"),
            etag: format!("\"{}\"", &Digest::of(&bytes).as_str()[..32]),
            bytes,
            headers,
            modified: datetime!(2026-11-24 10:00 UTC) + time::Duration::seconds(self.writes),
            is_marker,
        };
        if !self.keeps_versions(bucket) {
            self.remove_all(bucket, key);
        }
        self.versions(bucket, key).push(version.clone());
        version
    }

    /// Deletes all versions.
    pub(crate) fn remove_all(&mut self, bucket: &str, key: &str) {
        let removed = std::mem::take(self.versions(bucket, key));
        self.deleted.entry((bucket.to_owned(), key.to_owned())).or_default().extend(removed);
    }

    /// Writes an object as an uploader does.
    pub(crate) fn put(&mut self, bucket: &str, key: &str, bytes: impl Into<Bytes>) -> Version {
        self.add(bucket, key, bytes.into(), Vec::new(), false)
    }

    /// Writes an object if there is none (`*`), or one with that entity tag.
    pub(crate) fn put_if(
        &mut self,
        bucket: &str,
        key: &str,
        bytes: Bytes,
        headers: Vec<(String, String)>,
        none_match: Option<&str>,
        matches: Option<&str>,
    ) -> Result<Version, PreconditionFailed> {
        let there = self.current(bucket, key).map(|version| version.etag.clone());
        let refused = match (none_match, matches) {
            (Some("*"), _) => there.is_some(),
            (_, Some(etag)) => there.as_deref() != Some(etag),
            _ => false,
        };
        if refused { Err(PreconditionFailed) } else { Ok(self.add(bucket, key, bytes, headers, false)) }
    }

    /// Hides an object behind a delete marker; without an object there is one, too.
    pub(crate) fn hide(&mut self, bucket: &str, key: &str) -> Version {
        self.add(bucket, key, Bytes::new(), Vec::new(), true)
    }

    /// Deletes a version.
    pub(crate) fn remove(&mut self, bucket: &str, key: &str, id: &str) {
        let deleted =
            self.versions(bucket, key).extract_if(.., |version| version.id == id).collect::<Vec<_>>();
        self.deleted.entry((bucket.to_owned(), key.to_owned())).or_default().extend(deleted);
    }

    /// The version of an object that a GET without a version id gives.
    pub(crate) fn current(&self, bucket: &str, key: &str) -> Option<&Version> {
        self.newest(bucket, key).filter(|version| !version.is_marker)
    }

    /// The newest version, were it a delete marker.
    pub(crate) fn newest(&self, bucket: &str, key: &str) -> Option<&Version> {
        self.buckets.get(bucket)?.get(key)?.last()
    }

    /// The version called `id`.
    pub(crate) fn version(&self, bucket: &str, key: &str, id: &str) -> Option<&Version> {
        self.buckets.get(bucket)?.get(key)?.iter().find(|version| version.id == id)
    }

    /// All versions of an object, markers among them, the oldest first.
    pub(crate) fn versions_of(&self, bucket: &str, key: &str) -> Vec<Version> {
        self.buckets.get(bucket).and_then(|objects| objects.get(key)).cloned().unwrap_or_default()
    }

    /// All versions that an object ever had, markers among them.
    pub(crate) fn all_versions_of(&self, bucket: &str, key: &str) -> Vec<Version> {
        let mut versions = self.versions_of(bucket, key);
        versions
            .extend(self.deleted.get(&(bucket.to_owned(), key.to_owned())).into_iter().flatten().cloned());
        versions
    }

    /// The keys of all objects that a bucket has or had.
    pub(crate) fn keys(&self, bucket: &str) -> Vec<String> {
        self.buckets.get(bucket).into_iter().flat_map(BTreeMap::keys).cloned().collect()
    }

    /// How many versions an object has, markers among them: how often it was written.
    pub(crate) fn count(&self, bucket: &str, key: &str) -> usize {
        self.buckets.get(bucket).and_then(|objects| objects.get(key)).map_or(0, Vec::len)
    }

    /// The keys that a listing gives.
    pub(crate) fn list(&self, bucket: &str, prefix: &str) -> Vec<String> {
        let keys = self.buckets.get(bucket).into_iter().flat_map(BTreeMap::keys);
        let there = keys.filter(|key| key.starts_with(prefix) && self.current(bucket, key).is_some());
        there.cloned().collect()
    }

    /// The record at `key`.
    pub(crate) fn record<T: DeserializeOwned>(&self, bucket: &str, key: &str) -> Option<T> {
        self.current(bucket, key).map(|version| serde_json::from_slice(&version.bytes).unwrap())
    }
}
