//! Compares thumbnails, records, and the name index with the versions of the originals by joining listings, in constant
//! memory. It checks every suspect again with direct reads.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::pin::pin;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::failure::FailureRecord;
use contract::key::{
    ALT_TEXT_FAILED, BY_KEY, BY_NAME, DONE, FAILED, KEY_METADATA, OriginalVersion, basename, folders_below,
    index_of_key, version_below,
};
use futures::stream::{self, LocalBoxStream, Stream, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use time::OffsetDateTime;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::photos::audit::{AT_ONCE, RANGES_AT_ONCE, key_ranges};
use crate::photos::{ListedObject, PhotoStore, flatten_pages};
use crate::s3::objects::head_object;
use crate::s3::versions::{KeyRange, pages_of_range};

/// How many folders are compared with one listing of versions.
const FOLDERS_AT_ONCE: usize = 500;

/// How many pages of versions are read for these folders. Other versions may be in between; versions that these pages do
/// not reach are checked with direct reads.
const MAX_VERSION_PAGES: usize = 6;

/// The number of checksums over the entries of the name index.
const CHECKSUMS: usize = 1 << 20;

/// A problem with the thumbnails or records of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Problem {
    /// The version does not exist or is behind a delete marker, but has thumbnails or records.
    Orphaned,
    /// The version was overwritten and has only some of its thumbnails and records. It must have all of them or none.
    Partial,
    /// Its manifest lists thumbnails, or an entry in the name index, that do not exist.
    Incomplete,
    /// It has both a manifest and a failure record.
    Contradictory,
}

/// A version with a problem.
pub(crate) struct Finding {
    pub(crate) original: OriginalVersion,
    pub(crate) problem: Problem,
}

/// The status of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VersionStatus {
    Current,
    /// Another version is current.
    Superseded,
    /// It does not exist, or a delete marker hides it.
    None,
}

/// The stored objects of a version.
#[derive(Debug, Default)]
struct VersionFolder {
    /// The version's folder: `{key}~/{version}/`.
    folder: String,
    /// The names of its records.
    records: Vec<String>,
    /// The names of its thumbnails.
    thumbnails: Vec<String>,
    /// The time of the last write.
    written: Option<OffsetDateTime>,
}

impl VersionFolder {
    fn has(&self, record: &str) -> bool {
        self.records.iter().any(|name| name == record)
    }

    /// Returns the problem of a version with `status`, or `None`. `is_complete` is whether everything in the manifest exists.
    fn problem_for(&self, status: VersionStatus, is_complete: bool) -> Option<Problem> {
        let (is_done, has_failed) = (self.has(DONE), self.has(FAILED));
        match status {
            VersionStatus::None => {
                (!self.records.is_empty() || !self.thumbnails.is_empty()).then_some(Problem::Orphaned)
            }
            VersionStatus::Superseded => {
                let is_whole = if is_done { is_complete && !has_failed } else { self.thumbnails.is_empty() };
                (!is_whole).then_some(Problem::Partial)
            }
            VersionStatus::Current if is_done && has_failed => Some(Problem::Contradictory),
            VersionStatus::Current => (is_done && !is_complete).then_some(Problem::Incomplete),
        }
    }
}

/// An inspection of the thumbnails, records, and index entries of the photos under a prefix.
pub(crate) struct Inspection<'a> {
    pub(crate) store: &'a PhotoStore<'a>,
    pub(crate) prefix: &'a str,
    /// The names of the presets. A version that has a thumbnail of each is not compared with its manifest.
    pub(crate) presets: Vec<&'a str>,
    /// Versions that changed after this time are skipped, since a message may be in flight.
    pub(crate) before: OffsetDateTime,
    pub(crate) checksums: IndexChecksums,
}

/// Checksums over the expected and the actual entries of the name index. Equal entries cancel out, so a checksum other than
/// zero means that one of its entries has no counterpart.
pub(crate) struct IndexChecksums {
    hasher: RandomState,
    sums: RefCell<Vec<u64>>,
}

impl Default for IndexChecksums {
    fn default() -> Self {
        Self { hasher: RandomState::new(), sums: RefCell::new(vec![0; CHECKSUMS]) }
    }
}

impl IndexChecksums {
    fn add(&self, entry: &str) {
        let hash = self.hasher.hash_one(entry);
        self.sums.borrow_mut()[hash as usize % CHECKSUMS] ^= hash;
    }

    fn is_balanced(&self, entry: &str) -> bool {
        self.sums.borrow()[self.hasher.hash_one(entry) as usize % CHECKSUMS] == 0
    }

    fn are_all_balanced(&self) -> bool {
        self.sums.borrow().iter().all(|sum| *sum == 0)
    }
}

impl<'a> Inspection<'a> {
    /// Returns the problems with thumbnails and records, in any order. Adds the expected entries of the name index to the
    /// checksums.
    pub(crate) async fn check_stored(
        &'a self,
    ) -> Result<impl Stream<Item = Result<Vec<Finding>, CommandError>> + 'a, CommandError> {
        let [ordinary, too_long] = folders_below(self.prefix);
        let mut split_points: Vec<String> = self
            .store
            .split_points(self.prefix)
            .await?
            .iter()
            .map(|split_point| folders_below(split_point)[0].clone())
            .collect();
        split_points.sort();
        split_points.dedup();
        let mut parts: Vec<(String, KeyRange)> =
            key_ranges(split_points).into_iter().map(|range| (ordinary.clone(), range)).collect();
        if !ordinary.is_empty() {
            parts.push((too_long, KeyRange::default()));
        }
        let check_part = |(prefix, range): (String, KeyRange)| {
            let folders = self.folders(&prefix, range).try_chunks(FOLDERS_AT_ONCE);
            folders
                .map(|some| async { self.check_folders(some.map_err(|error| error.1)?).await })
                .buffered(1)
                .boxed_local()
        };
        Ok(stream::iter(parts).map(check_part).flatten_unordered(RANGES_AT_ONCE))
    }

    /// Returns the folders of versions under `prefix` in a range, with their objects in both buckets.
    fn folders(
        &'a self,
        prefix: &str,
        range: KeyRange,
    ) -> impl Stream<Item = Result<VersionFolder, CommandError>> + 'a {
        let PhotoStore { thumbnails, catalog, .. } = *self.store;
        let from_record_key = |folder: &String| format!("{BY_KEY}{folder}");
        let recorded = KeyRange {
            after: range.after.as_ref().map(from_record_key),
            until: range.until.as_ref().map(from_record_key),
        };
        let records = flatten_pages(self.store.object_pages(catalog, &format!("{BY_KEY}{prefix}"), recorded));
        let records = records.map_ok(|ListedObject { key, written }| ListedObject {
            key: key.strip_prefix(BY_KEY).unwrap_or(&key).to_owned(),
            written,
        });
        let thumbnails = flatten_pages(self.store.object_pages(thumbnails, prefix, range));
        let sides = (ObjectCursor::new(records.boxed_local()), ObjectCursor::new(thumbnails.boxed_local()));
        stream::try_unfold(sides, |(mut records, mut thumbnails)| async {
            let next_folders = (records.next_folder().await?, thumbnails.next_folder().await?);
            let folder = match next_folders {
                (Some(one), Some(other)) => one.min(other),
                (Some(folder), None) | (None, Some(folder)) => folder,
                (None, None) => return Ok(None),
            };
            let mut stored = VersionFolder { folder, ..VersionFolder::default() };
            stored.records = records.take_folder(&stored.folder, &mut stored.written).await?;
            stored.thumbnails = thumbnails.take_folder(&stored.folder, &mut stored.written).await?;
            Ok(Some((stored, (records, thumbnails))))
        })
    }

    async fn check_folders(&self, folders: Vec<VersionFolder>) -> Result<Vec<Finding>, CommandError> {
        let read =
            stream::iter(folders).map(|stored| async { Ok((self.original_of(&stored).await?, stored)) });
        let read: Vec<(Option<OriginalVersion>, VersionFolder)> =
            read.buffered(AT_ONCE).try_collect().await?;
        let wanted = |(original, stored): (Option<OriginalVersion>, VersionFolder)| {
            let original = original.filter(|original| original.key.starts_with(self.prefix))?;
            Some((original, stored))
        };
        let folders: Vec<(OriginalVersion, VersionFolder)> = read.into_iter().filter_map(wanted).collect();
        let statuses = self.statuses(&folders).await?;
        let mut suspects = Vec::new();
        for (original, stored) in folders {
            if stored.has(DONE) {
                self.checksums.add(&original.index_key());
            }
            let status = statuses.get(&stored.folder).copied().unwrap_or(VersionStatus::None);
            let is_old = stored.written.is_none_or(|written| written <= self.before);
            if is_old && stored.problem_for(status, self.has_presets(&stored)).is_some() {
                suspects.push(original);
            }
        }
        let found = stream::iter(suspects).map(|original| self.inspect(original)).buffered(AT_ONCE);
        found.try_filter_map(|found| async { Ok(found) }).try_collect().await
    }

    /// Returns the version to which a folder belongs. If the key is too long for the name of the folder, reads it from
    /// a record or from the metadata of a thumbnail.
    async fn original_of(&self, stored: &VersionFolder) -> Result<Option<OriginalVersion>, CommandError> {
        let records = format!("{BY_KEY}{}", stored.folder);
        if let Some(original) = OriginalVersion::from_record_key(&format!("{records}{DONE}")) {
            return Ok(Some(original));
        }
        let mut found = None;
        for name in [FAILED, ALT_TEXT_FAILED].into_iter().filter(|name| stored.has(name)) {
            let failure = self.store.record::<FailureRecord>(&format!("{records}{name}")).await?;
            found =
                found.or(failure.map(|FailureRecord { key, version, .. }| OriginalVersion { key, version }));
        }
        if found.is_none() && stored.has(DONE) {
            let manifest: Option<contract::manifest::Manifest> =
                self.store.record(&format!("{records}{DONE}")).await?;
            found = manifest.map(|manifest| manifest.version());
        }
        if let (None, Some(name)) = (&found, stored.thumbnails.first()) {
            let key =
                self.key_in_metadata(self.store.thumbnails, &format!("{}{name}", stored.folder)).await?;
            found = key.and_then(|key| OriginalVersion::from_folder(&key, &stored.folder));
        }
        // A record contains its version, which must belong to this folder.
        Ok(found.filter(|original| original.folder() == stored.folder))
    }

    /// Returns the key of the original in the metadata of the object at `key`, or `None` if it has none.
    async fn key_in_metadata(&self, bucket: &str, key: &str) -> Result<Option<String>, CommandError> {
        let Some(head) = head_object(self.store.s3, bucket, key).await? else { return Ok(None) };
        let encoded_key = head.metadata().and_then(|metadata| metadata.get(KEY_METADATA));
        let bytes = encoded_key.and_then(|encoded_key| BASE64_STANDARD.decode(encoded_key).ok());
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// Returns the version of the name index entry at `key`, or `None` if it is unknown.
    async fn original_of_entry(&self, key: &str) -> Result<Option<OriginalVersion>, CommandError> {
        if let Some(original) = OriginalVersion::from_index_key(key) {
            return Ok(Some(original));
        }
        let Some(encoded_key) = self.key_in_metadata(self.store.catalog, key).await? else { return Ok(None) };
        let version = version_below(&index_of_key(&encoded_key), key);
        let original = version.map(|version| OriginalVersion { key: encoded_key, version });
        Ok(original.filter(|original| original.index_key() == key))
    }

    /// Returns the status of the versions in `folders`, by folder. Omits versions that do not exist, are hidden by a
    /// delete marker, or were not reached.
    async fn statuses(
        &self,
        folders: &[(OriginalVersion, VersionFolder)],
    ) -> Result<HashMap<String, VersionStatus>, CommandError> {
        let keys: HashSet<&str> = folders.iter().map(|(original, _)| original.key.as_str()).collect();
        let (Some(first), Some(last)) = (keys.iter().min(), keys.iter().max()) else {
            return Ok(HashMap::new());
        };
        let range = KeyRange { after: Some(key_before(first)), until: Some((*last).to_owned()) };
        let PhotoStore { s3, originals, .. } = *self.store;
        let mut pages = pages_of_range(s3, originals, self.prefix, range).take(MAX_VERSION_PAGES);
        let (mut statuses, mut hidden) = (HashMap::new(), HashSet::new());
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| aws_error(format_args!("list the photos in `{originals}`"), &*error))?;
            for version in page.into_iter().filter(|version| keys.contains(version.key.as_str())) {
                match (version.is_marker, version.is_latest) {
                    (true, true) => {
                        hidden.insert(version.key);
                    }
                    (true, false) => {}
                    (false, is_latest) => {
                        let status =
                            if is_latest { VersionStatus::Current } else { VersionStatus::Superseded };
                        statuses.insert(version.original().folder(), status);
                    }
                }
            }
        }
        for (_, stored) in folders.iter().filter(|(original, _)| hidden.contains(&original.key)) {
            statuses.remove(&stored.folder);
        }
        Ok(statuses)
    }

    /// Returns whether the version has a thumbnail of every preset.
    fn has_presets(&self, stored: &VersionFolder) -> bool {
        let of = |name: &str| {
            stored.thumbnails.iter().any(|file| file.rsplit_once('.').is_some_and(|(stem, _)| stem == name))
        };
        !self.presets.is_empty() && self.presets.iter().all(|preset| of(preset))
    }

    /// Checks all objects of `original` with direct reads, and returns the problem, if any.
    async fn inspect(&self, original: OriginalVersion) -> Result<Option<Finding>, CommandError> {
        let PhotoStore { thumbnails, catalog, .. } = *self.store;
        let list = |bucket, prefix: String| async move {
            let objects: Vec<ListedObject> =
                self.store.object_pages(bucket, &prefix, KeyRange::default()).try_concat().await?;
            let newest = objects.iter().map(|object| object.written).max();
            let names: Vec<String> = objects.iter().map(|object| basename(&object.key).to_owned()).collect();
            Ok::<_, CommandError>((names, newest))
        };
        let (records, recorded) = list(catalog, original.records()).await?;
        let (thumbnails, made) = list(thumbnails, original.folder()).await?;
        let stored =
            VersionFolder { folder: original.folder(), records, thumbnails, written: recorded.max(made) };
        let is_complete = match self.store.manifest(&original).await? {
            Some(manifest) => {
                let is_there = |key: &str| stored.thumbnails.iter().any(|name| name == basename(key));
                manifest.thumbnails.iter().all(|thumbnail| is_there(&thumbnail.key))
                    && (!self.store.has_name_index || self.store.has_record(&original.index_key()).await?)
            }
            None => false,
        };
        let (status, since) = self.status(&original).await?;
        let is_old = stored.written.max(since).is_none_or(|changed| changed <= self.before);
        let problem = stored.problem_for(status, is_complete).filter(|_| is_old);
        Ok(problem.map(|problem| Finding { original, problem }))
    }

    /// Returns the status of `original`, and since when it has it. S3 does not report when a version was deleted.
    async fn status(
        &self,
        original: &OriginalVersion,
    ) -> Result<(VersionStatus, Option<OffsetDateTime>), CommandError> {
        let versions = self.store.versions_of(&original.key).await?;
        let is_there = versions
            .iter()
            .any(|version| !version.is_marker && version.original().folder() == original.folder());
        let latest = versions.iter().find(|version| version.is_latest);
        let status = match latest {
            Some(latest) if is_there && !latest.is_marker => {
                if latest.original().folder() == original.folder() {
                    VersionStatus::Current
                } else {
                    VersionStatus::Superseded
                }
            }
            _ => VersionStatus::None,
        };
        Ok((status, latest.map(|latest| latest.last_modified)))
    }

    /// Returns the problems of the name index, if the stack has one. Requires that [`Inspection::check_stored`] was read
    /// to the end.
    pub(crate) async fn check_index(
        &'a self,
    ) -> Result<LocalBoxStream<'a, Result<Finding, CommandError>>, CommandError> {
        if !self.store.has_name_index {
            return Ok(stream::empty().boxed_local());
        }
        let mut entries = pin!(self.entries());
        while let Some((key, _)) = entries.try_next().await? {
            self.checksums.add(&key);
        }
        if self.checksums.are_all_balanced() {
            return Ok(stream::empty().boxed_local());
        }
        let unbalanced = self.entries().try_filter_map(move |(key, written)| async move {
            let is_suspect = written <= self.before && !self.checksums.is_balanced(&key);
            if is_suspect { self.original_of_entry(&key).await } else { Ok(None) }
        });
        let stray = unbalanced.map_ok(|original| self.inspect_entry(original)).try_buffered(AT_ONCE);
        let stray = stray.try_filter_map(|found| async { Ok(found) });
        let done = flatten_pages(
            self.store
                .record_pages(&format!("{BY_KEY}{}", folders_below(self.prefix)[0]), KeyRange::default()),
        );
        let without = done
            .try_filter_map(move |key| async move {
                let original = OriginalVersion::from_record_key(&key).filter(|_| basename(&key) == DONE);
                Ok(original.filter(|o| {
                    o.key.starts_with(self.prefix) && !self.checksums.is_balanced(&o.index_key())
                }))
            })
            .map_ok(move |original| async move {
                let is_there = self.store.has_record(&original.index_key()).await?;
                if is_there { Ok(None) } else { self.inspect(original).await }
            })
            .try_buffered(AT_ONCE)
            .try_filter_map(|found| async { Ok(found) });
        Ok(stray.chain(without).boxed_local())
    }

    /// Returns the entries of the name index with the times of their last writes.
    fn entries(&self) -> impl Stream<Item = Result<(String, OffsetDateTime), CommandError>> {
        let entries =
            flatten_pages(self.store.object_pages(self.store.catalog, BY_NAME, KeyRange::default()));
        entries.try_filter_map(move |ListedObject { key, written }| async move {
            let is_wanted = self.prefix.is_empty()
                || OriginalVersion::from_index_key(&key).is_some_and(|o| o.key.starts_with(self.prefix));
            Ok(is_wanted.then_some((key, written)))
        })
    }

    /// Returns the problem of `original` if an entry in the name index is its only object.
    async fn inspect_entry(&self, original: OriginalVersion) -> Result<Option<Finding>, CommandError> {
        let PhotoStore { thumbnails, catalog, .. } = *self.store;
        for (bucket, prefix) in [(catalog, original.records()), (thumbnails, original.folder())] {
            if self.store.first_key(bucket, &prefix).await?.is_some() {
                return Ok(None);
            }
        }
        let (status, since) = self.status(&original).await?;
        let problem = match status {
            _ if since.is_some_and(|since| since > self.before) => None,
            VersionStatus::None => Some(Problem::Orphaned),
            VersionStatus::Superseded => Some(Problem::Partial),
            VersionStatus::Current => None,
        };
        Ok(problem.map(|problem| Finding { original, problem }))
    }
}

/// One of two listings that are read side by side.
struct ObjectCursor<'a> {
    objects: LocalBoxStream<'a, Result<ListedObject, CommandError>>,
    /// The next object, after a look-ahead.
    head: Option<ListedObject>,
}

impl<'a> ObjectCursor<'a> {
    fn new(objects: LocalBoxStream<'a, Result<ListedObject, CommandError>>) -> Self {
        Self { objects, head: None }
    }

    /// Returns the folder of the next object.
    async fn next_folder(&mut self) -> Result<Option<String>, CommandError> {
        if self.head.is_none() {
            self.head = self.objects.try_next().await?;
        }
        Ok(self.head.as_ref().map(|object| folder_of(&object.key).to_owned()))
    }

    /// Returns the names of the next objects that are in `folder`.
    async fn take_folder(
        &mut self,
        folder: &str,
        written: &mut Option<OffsetDateTime>,
    ) -> Result<Vec<String>, CommandError> {
        let mut names = Vec::new();
        while self.next_folder().await?.is_some_and(|next| next == folder) {
            let Some(object) = self.head.take() else { break };
            names.push(object.key[folder.len()..].to_owned());
            *written = (*written).max(Some(object.written));
        }
        Ok(names)
    }
}

/// Returns the folder of the object at `key`, with its `/`.
fn folder_of(key: &str) -> &str {
    key.rfind('/').map_or("", |slash| &key[..=slash])
}

/// Returns a string just before `key`, since a listing starts after the given key.
fn key_before(key: &str) -> String {
    let mut before = key.to_owned();
    if let Some(last) = before.pop().filter(|last| *last > '\0' && before.len() < 1000) {
        before.push(char::from_u32(u32::from(last) - 1).unwrap_or('\u{d7ff}'));
        before.push(char::MAX);
    }
    before
}
