//! The store of a fake S3: buckets with all versions of their objects.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use contract::key::Digest;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use time::macros::datetime;

/// All buckets. Every bucket exists, without being created.
#[derive(Debug)]
pub struct Store {
    buckets: HashMap<String, BTreeMap<String, Vec<Version>>>,
    /// The buckets without versioning.
    pub unversioned: Vec<&'static str>,
    /// The maximum number of keys in a page of a listing.
    pub(super) page: usize,
    /// The versions that were deleted.
    deleted: HashMap<(String, String), Vec<Version>>,
    /// The number of writes to each bucket. The IDs of versions contain it.
    written: HashMap<String, u32>,
    /// The number of all writes. Each write is a second later than the one before.
    writes: i64,
}

/// A bucket that never has versioning.
pub const UNVERSIONED: &str = "unversioned";

/// A version of an object.
#[derive(Clone, Debug)]
pub struct Version {
    /// The version ID.
    pub id: String,
    /// The entity tag, with its quotation marks.
    pub etag: String,
    /// The content.
    pub bytes: Bytes,
    /// The headers that the writer sent and a reader receives.
    pub headers: Vec<(String, String)>,
    /// When it was written.
    pub modified: OffsetDateTime,
    /// Whether it is a delete marker.
    pub is_marker: bool,
}

/// The error if the condition of a write is false.
#[derive(Debug, PartialEq, Eq)]
pub struct PreconditionFailed;

impl Default for Store {
    fn default() -> Self {
        Self {
            buckets: HashMap::new(),
            unversioned: vec![UNVERSIONED],
            page: 1000,
            deleted: HashMap::new(),
            written: HashMap::new(),
            writes: 0,
        }
    }
}

impl Store {
    /// Creates an empty store whose listings have pages of this number of keys.
    pub fn with_pages_of(keys: usize) -> Self {
        Self { page: keys, ..Self::default() }
    }

    /// Returns whether `bucket` has versioning.
    pub fn keeps_versions(&self, bucket: &str) -> bool {
        !self.unversioned.contains(&bucket)
    }

    pub(super) fn all(&self, bucket: &str) -> impl Iterator<Item = (&String, &Vec<Version>)> {
        self.buckets.get(bucket).into_iter().flatten()
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
            modified: datetime!(2026-01-01 00:00 UTC) + time::Duration::seconds(self.writes),
            is_marker,
        };
        if !self.keeps_versions(bucket) {
            self.remove_all(bucket, key);
        }
        self.versions(bucket, key).push(version.clone());
        version
    }

    /// Deletes all versions.
    pub fn remove_all(&mut self, bucket: &str, key: &str) {
        let removed = std::mem::take(self.versions(bucket, key));
        self.deleted.entry((bucket.to_owned(), key.to_owned())).or_default().extend(removed);
    }

    /// Writes an object.
    pub fn put(&mut self, bucket: &str, key: &str, bytes: impl Into<Bytes>) -> Version {
        self.put_with(bucket, key, bytes, Vec::new())
    }

    /// Writes an object with headers.
    pub fn put_with(
        &mut self,
        bucket: &str,
        key: &str,
        bytes: impl Into<Bytes>,
        headers: Vec<(String, String)>,
    ) -> Version {
        self.add(bucket, key, bytes.into(), headers, false)
    }

    /// Writes an object if there is no object (`none_match` is `*`), or if the object has the entity tag `matches`.
    pub fn put_if(
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

    /// Writes a delete marker, whether there is an object or not.
    pub fn add_delete_marker(&mut self, bucket: &str, key: &str) -> Version {
        self.add(bucket, key, Bytes::new(), Vec::new(), true)
    }

    /// Deletes a version.
    pub fn remove(&mut self, bucket: &str, key: &str, id: &str) {
        let deleted =
            self.versions(bucket, key).extract_if(.., |version| version.id == id).collect::<Vec<_>>();
        self.deleted.entry((bucket.to_owned(), key.to_owned())).or_default().extend(deleted);
    }

    /// Returns the version that a GET without a version ID returns.
    pub fn current(&self, bucket: &str, key: &str) -> Option<&Version> {
        self.newest(bucket, key).filter(|version| !version.is_marker)
    }

    /// Returns the newest version, which may be a delete marker.
    pub fn newest(&self, bucket: &str, key: &str) -> Option<&Version> {
        self.buckets.get(bucket)?.get(key)?.last()
    }

    /// Returns the version with this ID.
    pub fn version(&self, bucket: &str, key: &str, id: &str) -> Option<&Version> {
        self.buckets.get(bucket)?.get(key)?.iter().find(|version| version.id == id)
    }

    /// Returns all versions of an object with the delete markers, the oldest first.
    pub fn versions_of(&self, bucket: &str, key: &str) -> Vec<Version> {
        self.buckets.get(bucket).and_then(|objects| objects.get(key)).cloned().unwrap_or_default()
    }

    /// Returns all versions that an object has or had, with the delete markers.
    pub fn all_versions_of(&self, bucket: &str, key: &str) -> Vec<Version> {
        let mut versions = self.versions_of(bucket, key);
        versions
            .extend(self.deleted.get(&(bucket.to_owned(), key.to_owned())).into_iter().flatten().cloned());
        versions
    }

    /// Returns the keys of all objects that a bucket has or had.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        self.buckets.get(bucket).into_iter().flat_map(BTreeMap::keys).cloned().collect()
    }

    /// Returns how many versions and delete markers an object has.
    pub fn count(&self, bucket: &str, key: &str) -> usize {
        self.buckets.get(bucket).and_then(|objects| objects.get(key)).map_or(0, Vec::len)
    }

    /// Sets the date of the newest version of an object.
    pub fn set_modified(&mut self, bucket: &str, key: &str, modified: OffsetDateTime) {
        self.versions(bucket, key).last_mut().unwrap().modified = modified;
    }

    /// Changes all versions in a bucket.
    pub fn update_versions(&mut self, bucket: &str, change: impl FnMut(&mut Version)) {
        self.buckets.entry(bucket.to_owned()).or_default().values_mut().flatten().for_each(change);
    }

    /// Returns the keys under a prefix that have an object.
    pub fn list(&self, bucket: &str, prefix: &str) -> Vec<String> {
        let keys = self.buckets.get(bucket).into_iter().flat_map(BTreeMap::keys);
        let there = keys.filter(|key| key.starts_with(prefix) && self.current(bucket, key).is_some());
        there.cloned().collect()
    }

    /// Returns the record at `key`, or `None` if there is no object.
    pub fn record<T: DeserializeOwned>(&self, bucket: &str, key: &str) -> Option<T> {
        self.current(bucket, key).map(|version| serde_json::from_slice(&version.bytes).unwrap())
    }
}
