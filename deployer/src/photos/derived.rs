//! Compares thumbnails, records and the name index with the versions of the originals by joining listings, in constant
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
use crate::photos::{Object, PhotoStore, flatten_pages};
use crate::s3::objects::head;
use crate::s3::versions::{KeyRange, pages_of_range};

/// How many folders are compared with one listing of versions.
const FOLDERS: usize = 500;

/// How many pages of versions are read for these folders. Other versions may be in between; versions that these pages do
/// not reach are checked with direct reads.
const MAX_VERSION_PAGES: usize = 6;

/// The number of checksums over the entries of the name index.
const SUMS: usize = 1 << 20;

/// A problem with the thumbnails or records of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Problem {
    /// The version does not exist or is behind a delete marker, but has thumbnails or records.
    Orphaned,
    /// The version was overwritten and has only some of its thumbnails and records. All or none are valid.
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

/// The relation of a version to its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    Current,
    /// Another version is current.
    Superseded,
    /// It does not exist, or a delete marker hides it.
    None,
}

/// The stored objects of a version.
#[derive(Debug, Default)]
struct StoredFolder {
    /// The version's folder: `{key}~/{version}/`.
    folder: String,
    /// The names of its records.
    records: Vec<String>,
    /// The names of its thumbnails.
    thumbnails: Vec<String>,
    /// The time of the last write.
    written: Option<OffsetDateTime>,
}

impl StoredFolder {
    fn has(&self, record: &str) -> bool {
        self.records.iter().any(|name| name == record)
    }

    /// Returns the problem of a version with `claim`, or `None`. `is_complete` is whether everything in the manifest exists.
    fn judge(&self, claim: Claim, is_complete: bool) -> Option<Problem> {
        let (is_done, has_failed) = (self.has(DONE), self.has(FAILED));
        match claim {
            Claim::None => {
                (!self.records.is_empty() || !self.thumbnails.is_empty()).then_some(Problem::Orphaned)
            }
            Claim::Superseded => {
                let is_whole = if is_done { is_complete && !has_failed } else { self.thumbnails.is_empty() };
                (!is_whole).then_some(Problem::Partial)
            }
            Claim::Current if is_done && has_failed => Some(Problem::Contradictory),
            Claim::Current => (is_done && !is_complete).then_some(Problem::Incomplete),
        }
    }
}

/// An inspection of the thumbnails, records and index entries of the photos under a prefix.
pub(crate) struct Inspection<'a> {
    pub(crate) catalog: &'a PhotoStore<'a>,
    pub(crate) prefix: &'a str,
    /// The names of the presets. What lacks none of their thumbnails need not be compared with its manifest.
    pub(crate) presets: Vec<&'a str>,
    /// Versions that changed after this time are skipped, since a message may be in flight.
    pub(crate) before: OffsetDateTime,
    pub(crate) sums: IndexChecksums,
}

/// Checksums over the expected and the actual entries of the name index. Equal entries cancel out, so a checksum other than
/// zero means that one of its entries has no counterpart.
pub(crate) struct IndexChecksums {
    hasher: RandomState,
    sums: RefCell<Vec<u64>>,
}

impl Default for IndexChecksums {
    fn default() -> Self {
        Self { hasher: RandomState::new(), sums: RefCell::new(vec![0; SUMS]) }
    }
}

impl IndexChecksums {
    fn add(&self, entry: &str) {
        let hash = self.hasher.hash_one(entry);
        self.sums.borrow_mut()[hash as usize % SUMS] ^= hash;
    }

    fn is_even(&self, entry: &str) -> bool {
        self.sums.borrow()[self.hasher.hash_one(entry) as usize % SUMS] == 0
    }

    fn are_even(&self) -> bool {
        self.sums.borrow().iter().all(|sum| *sum == 0)
    }
}

impl<'a> Inspection<'a> {
    /// Returns the problems with thumbnails and records, in any order. Adds the expected entries of the name index to the
    /// checksums.
    pub(crate) async fn stored(
        &'a self,
    ) -> Result<impl Stream<Item = Result<Vec<Finding>, CommandError>> + 'a, CommandError> {
        let [ordinary, too_long] = folders_below(self.prefix);
        let mut cuts: Vec<String> =
            self.catalog.cuts(self.prefix).await?.iter().map(|cut| folders_below(cut)[0].clone()).collect();
        cuts.sort();
        cuts.dedup();
        let mut parts: Vec<(String, KeyRange)> =
            key_ranges(cuts).into_iter().map(|range| (ordinary.clone(), range)).collect();
        if !ordinary.is_empty() {
            parts.push((too_long, KeyRange::default()));
        }
        let of_part = |(prefix, range): (String, KeyRange)| {
            let folders = self.folders(&prefix, range).try_chunks(FOLDERS);
            folders
                .map(|some| async { self.examine(some.map_err(|error| error.1)?).await })
                .buffered(1)
                .boxed_local()
        };
        Ok(stream::iter(parts).map(of_part).flatten_unordered(RANGES_AT_ONCE))
    }

    /// Returns the folders of versions under `prefix` in a range, with their objects in both buckets.
    fn folders(
        &'a self,
        prefix: &str,
        range: KeyRange,
    ) -> impl Stream<Item = Result<StoredFolder, CommandError>> + 'a {
        let PhotoStore { thumbnails, bucket, .. } = *self.catalog;
        let of_record = |folder: &String| format!("{BY_KEY}{folder}");
        let recorded = KeyRange {
            after: range.after.as_ref().map(of_record),
            until: range.until.as_ref().map(of_record),
        };
        let records =
            flatten_pages(self.catalog.object_pages(bucket, &format!("{BY_KEY}{prefix}"), recorded));
        let records = records.map_ok(|Object { key, written }| Object {
            key: key.strip_prefix(BY_KEY).unwrap_or(&key).to_owned(),
            written,
        });
        let thumbnails = flatten_pages(self.catalog.object_pages(thumbnails, prefix, range));
        let sides = (Side::of(records.boxed_local()), Side::of(thumbnails.boxed_local()));
        stream::try_unfold(sides, |(mut records, mut thumbnails)| async {
            let heads = (records.folder().await?, thumbnails.folder().await?);
            let folder = match heads {
                (Some(one), Some(other)) => one.min(other),
                (Some(folder), None) | (None, Some(folder)) => folder,
                (None, None) => return Ok(None),
            };
            let mut stored = StoredFolder { folder, ..StoredFolder::default() };
            stored.records = records.take(&stored.folder, &mut stored.written).await?;
            stored.thumbnails = thumbnails.take(&stored.folder, &mut stored.written).await?;
            Ok(Some((stored, (records, thumbnails))))
        })
    }

    async fn examine(&self, folders: Vec<StoredFolder>) -> Result<Vec<Finding>, CommandError> {
        let read =
            stream::iter(folders).map(|stored| async { Ok((self.original_of(&stored).await?, stored)) });
        let read: Vec<(Option<OriginalVersion>, StoredFolder)> = read.buffered(AT_ONCE).try_collect().await?;
        let wanted = |(original, stored): (Option<OriginalVersion>, StoredFolder)| {
            let original = original.filter(|original| original.key.starts_with(self.prefix))?;
            Some((original, stored))
        };
        let folders: Vec<(OriginalVersion, StoredFolder)> = read.into_iter().filter_map(wanted).collect();
        let claims = self.claims(&folders).await?;
        let mut suspects = Vec::new();
        for (original, stored) in folders {
            if stored.has(DONE) {
                self.sums.add(&original.index_key());
            }
            let claim = claims.get(&stored.folder).copied().unwrap_or(Claim::None);
            let is_old = stored.written.is_none_or(|written| written <= self.before);
            if is_old && stored.judge(claim, self.has_presets(&stored)).is_some() {
                suspects.push(original);
            }
        }
        let found = stream::iter(suspects).map(|original| self.look(original)).buffered(AT_ONCE);
        found.try_filter_map(|found| async { Ok(found) }).try_collect().await
    }

    /// Returns the version whose folder this is. One whose key is too long is in its records, or the metadata of its
    /// thumbnails.
    async fn original_of(&self, stored: &StoredFolder) -> Result<Option<OriginalVersion>, CommandError> {
        let records = format!("{BY_KEY}{}", stored.folder);
        if let Some(original) = OriginalVersion::of_record(&format!("{records}{DONE}")) {
            return Ok(Some(original));
        }
        let mut found = None;
        for name in [FAILED, ALT_TEXT_FAILED].into_iter().filter(|name| stored.has(name)) {
            let failure = self.catalog.record::<FailureRecord>(&format!("{records}{name}")).await?;
            found =
                found.or(failure.map(|FailureRecord { key, version, .. }| OriginalVersion { key, version }));
        }
        if found.is_none() && stored.has(DONE) {
            let manifest: Option<contract::manifest::Manifest> =
                self.catalog.record(&format!("{records}{DONE}")).await?;
            found = manifest.map(|manifest| manifest.version());
        }
        if let (None, Some(name)) = (&found, stored.thumbnails.first()) {
            let key =
                self.key_in_metadata(self.catalog.thumbnails, &format!("{}{name}", stored.folder)).await?;
            found = key.and_then(|key| OriginalVersion::of_folder(&key, &stored.folder));
        }
        // A record says what it is about; that it is in this folder has to be true.
        Ok(found.filter(|original| original.folder() == stored.folder))
    }

    /// The original's key in the metadata of the object at `key`.
    async fn key_in_metadata(&self, bucket: &str, key: &str) -> Result<Option<String>, CommandError> {
        let Some(head) = head(self.catalog.s3, bucket, key).await? else { return Ok(None) };
        let told = head.metadata().and_then(|metadata| metadata.get(KEY_METADATA));
        let bytes = told.and_then(|told| BASE64_STANDARD.decode(told).ok());
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// The version that the entry in the name index at `key` is of.
    async fn original_of_entry(&self, key: &str) -> Result<Option<OriginalVersion>, CommandError> {
        if let Some(original) = OriginalVersion::of_index_entry(key) {
            return Ok(Some(original));
        }
        let Some(told) = self.key_in_metadata(self.catalog.bucket, key).await? else { return Ok(None) };
        let version = version_below(&index_of_key(&told), key);
        let original = version.map(|version| OriginalVersion { key: told, version });
        Ok(original.filter(|original| original.index_key() == key))
    }

    /// What the versions in `folders` are to their keys, by their folders; nothing of those that do not exist, are hidden,
    /// or were not reached.
    async fn claims(
        &self,
        folders: &[(OriginalVersion, StoredFolder)],
    ) -> Result<HashMap<String, Claim>, CommandError> {
        let keys: HashSet<&str> = folders.iter().map(|(original, _)| original.key.as_str()).collect();
        let (Some(first), Some(last)) = (keys.iter().min(), keys.iter().max()) else {
            return Ok(HashMap::new());
        };
        let range = KeyRange { after: Some(predecessor(first)), until: Some((*last).to_owned()) };
        let PhotoStore { s3, originals, .. } = *self.catalog;
        let mut pages = pages_of_range(s3, originals, self.prefix, range).take(MAX_VERSION_PAGES);
        let (mut claims, mut hidden) = (HashMap::new(), HashSet::new());
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
                        let claim = if is_latest { Claim::Current } else { Claim::Superseded };
                        claims.insert(version.original().folder(), claim);
                    }
                }
            }
        }
        for (_, stored) in folders.iter().filter(|(original, _)| hidden.contains(&original.key)) {
            claims.remove(&stored.folder);
        }
        Ok(claims)
    }

    /// Returns whether the version has a thumbnail of every preset.
    fn has_presets(&self, stored: &StoredFolder) -> bool {
        let of = |name: &str| {
            stored.thumbnails.iter().any(|file| file.rsplit_once('.').is_some_and(|(stem, _)| stem == name))
        };
        !self.presets.is_empty() && self.presets.iter().all(|preset| of(preset))
    }

    /// Checks all objects of `original` with direct reads, and returns the problem, if any.
    async fn look(&self, original: OriginalVersion) -> Result<Option<Finding>, CommandError> {
        let PhotoStore { thumbnails, bucket, .. } = *self.catalog;
        let list = |bucket, prefix: String| async move {
            let objects: Vec<Object> =
                self.catalog.object_pages(bucket, &prefix, KeyRange::default()).try_concat().await?;
            let newest = objects.iter().map(|object| object.written).max();
            let names: Vec<String> = objects.iter().map(|object| basename(&object.key).to_owned()).collect();
            Ok::<_, CommandError>((names, newest))
        };
        let (records, recorded) = list(bucket, original.records()).await?;
        let (thumbnails, made) = list(thumbnails, original.folder()).await?;
        let stored =
            StoredFolder { folder: original.folder(), records, thumbnails, written: recorded.max(made) };
        let is_complete = match self.catalog.manifest(&original).await? {
            Some(manifest) => {
                let is_there = |key: &str| stored.thumbnails.iter().any(|name| name == basename(key));
                manifest.thumbnails.iter().all(|thumbnail| is_there(&thumbnail.key))
                    && self.catalog.has_record(&original.index_key()).await?
            }
            None => false,
        };
        let (claim, since) = self.claim(&original).await?;
        let is_old = stored.written.max(since).is_none_or(|changed| changed <= self.before);
        let problem = stored.judge(claim, is_complete).filter(|_| is_old);
        Ok(problem.map(|problem| Finding { original, problem }))
    }

    /// Returns the claim of `original`, and since when it has it. S3 does not report when a version was deleted.
    async fn claim(
        &self,
        original: &OriginalVersion,
    ) -> Result<(Claim, Option<OffsetDateTime>), CommandError> {
        let versions = self.catalog.versions_of(&original.key).await?;
        let is_there = versions
            .iter()
            .any(|version| !version.is_marker && version.original().folder() == original.folder());
        let latest = versions.iter().find(|version| version.is_latest);
        let claim = match latest {
            Some(latest) if is_there && !latest.is_marker => {
                if latest.original().folder() == original.folder() {
                    Claim::Current
                } else {
                    Claim::Superseded
                }
            }
            _ => Claim::None,
        };
        Ok((claim, latest.map(|latest| latest.last_modified)))
    }

    /// Returns the problems of the name index. Requires that [`Inspection::stored`] was read to the end.
    pub(crate) async fn named(
        &'a self,
    ) -> Result<LocalBoxStream<'a, Result<Finding, CommandError>>, CommandError> {
        let mut entries = pin!(self.entries());
        while let Some((key, _)) = entries.try_next().await? {
            self.sums.add(&key);
        }
        if self.sums.are_even() {
            return Ok(stream::empty().boxed_local());
        }
        let uneven = self.entries().try_filter_map(move |(key, written)| async move {
            let is_suspect = written <= self.before && !self.sums.is_even(&key);
            if is_suspect { self.original_of_entry(&key).await } else { Ok(None) }
        });
        let stray = uneven.map_ok(|original| self.look_at_entry(original)).try_buffered(AT_ONCE);
        let stray = stray.try_filter_map(|found| async { Ok(found) });
        let done = flatten_pages(
            self.catalog
                .record_pages(&format!("{BY_KEY}{}", folders_below(self.prefix)[0]), KeyRange::default()),
        );
        let without = done
            .try_filter_map(move |key| async move {
                let original = OriginalVersion::of_record(&key).filter(|_| basename(&key) == DONE);
                Ok(original.filter(|o| o.key.starts_with(self.prefix) && !self.sums.is_even(&o.index_key())))
            })
            .map_ok(move |original| async move {
                let is_there = self.catalog.has_record(&original.index_key()).await?;
                if is_there { Ok(None) } else { self.look(original).await }
            })
            .try_buffered(AT_ONCE)
            .try_filter_map(|found| async { Ok(found) });
        Ok(stray.chain(without).boxed_local())
    }

    /// Returns the entries of the name index with the times of their last writes.
    fn entries(&self) -> impl Stream<Item = Result<(String, OffsetDateTime), CommandError>> {
        let entries =
            flatten_pages(self.catalog.object_pages(self.catalog.bucket, BY_NAME, KeyRange::default()));
        entries.try_filter_map(move |Object { key, written }| async move {
            let is_wanted = self.prefix.is_empty()
                || OriginalVersion::of_index_entry(&key).is_some_and(|o| o.key.starts_with(self.prefix));
            Ok(is_wanted.then_some((key, written)))
        })
    }

    /// Returns the problem of `original` if an entry in the name index is its only object.
    async fn look_at_entry(&self, original: OriginalVersion) -> Result<Option<Finding>, CommandError> {
        let PhotoStore { thumbnails, bucket, .. } = *self.catalog;
        for (bucket, prefix) in [(bucket, original.records()), (thumbnails, original.folder())] {
            if self.catalog.first(bucket, &prefix).await?.is_some() {
                return Ok(None);
            }
        }
        let (claim, since) = self.claim(&original).await?;
        let problem = match claim {
            _ if since.is_some_and(|since| since > self.before) => None,
            Claim::None => Some(Problem::Orphaned),
            Claim::Superseded => Some(Problem::Partial),
            Claim::Current => None,
        };
        Ok(problem.map(|problem| Finding { original, problem }))
    }
}

/// One of two listings that are read side by side.
struct Side<'a> {
    objects: LocalBoxStream<'a, Result<Object, CommandError>>,
    /// The next object, after a look-ahead.
    head: Option<Object>,
}

impl<'a> Side<'a> {
    fn of(objects: LocalBoxStream<'a, Result<Object, CommandError>>) -> Self {
        Self { objects, head: None }
    }

    /// Returns the folder of the next object.
    async fn folder(&mut self) -> Result<Option<String>, CommandError> {
        if self.head.is_none() {
            self.head = self.objects.try_next().await?;
        }
        Ok(self.head.as_ref().map(|object| folder_of(&object.key).to_owned()))
    }

    /// Returns the names of the next objects that are in `folder`.
    async fn take(
        &mut self,
        folder: &str,
        written: &mut Option<OffsetDateTime>,
    ) -> Result<Vec<String>, CommandError> {
        let mut names = Vec::new();
        while self.folder().await?.is_some_and(|next| next == folder) {
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

/// Returns a text just before `key`, since a listing starts after the given key.
fn predecessor(key: &str) -> String {
    let mut before = key.to_owned();
    if let Some(last) = before.pop().filter(|last| *last > '\0' && before.len() < 1000) {
        before.push(char::from_u32(u32::from(last) - 1).unwrap_or('\u{d7ff}'));
        before.push(char::MAX);
    }
    before
}
