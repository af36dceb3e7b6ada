//! Finds the state of every photo in the originals bucket by joining two listings, in constant memory and with two or
//! three requests per thousand photos.

use std::collections::HashSet;
use std::iter;

use contract::function::Function;
use contract::key::{BY_KEY, OriginalVersion};
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::photos::PhotoStore;
use crate::s3::versions::{KeyRange, Version, pages_of_range};

/// How many pages of versions are compared with their records at once.
const PAGES_AT_ONCE: usize = 8;

/// How many key ranges are read at once if the order does not matter. A listing requests one page after the other, so ten
/// million photos need parallel listings.
pub(crate) const RANGES_AT_ONCE: usize = 16;

/// The maximum number of key ranges.
const MAX_RANGES: usize = 256;

/// Like [`PAGES_AT_ONCE`], in each of several key ranges.
const PAGES_AT_ONCE_EACH: usize = 2;

/// The depth of the folder of a day.
const DAY_DEPTH: usize = 3;

/// How many pages of records are read per page of versions. Records of other versions may be in between; records that
/// these pages do not reach are read one by one.
const MAX_RECORD_PAGES: u32 = 6;

/// How many records are read at once.
pub(crate) const AT_ONCE: usize = 32;

/// The state of a version, derived from the names of its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordState {
    /// The function has processed it.
    Done,
    /// It has a failure record.
    Failed,
    /// It has no record: either a message is in flight, or the version is lost.
    Unrecorded,
}

/// Returns the function that the flag `--alt-text` selects.
pub(crate) fn select_function(alt_text: bool) -> Function {
    if alt_text { Function::AltText } else { Function::Thumbnail }
}

impl PhotoStore<'_> {
    /// Returns the current version of every photo under `prefix` and after the key `after` with its state for `function`,
    /// page by page, in key order.
    ///
    /// Older versions need no thumbnails: an overwritten version has all of them or none.
    pub(crate) fn audit<'a>(
        &'a self,
        function: Function,
        prefix: &'a str,
        after: Option<String>,
    ) -> impl Stream<Item = Result<Vec<(Version, RecordState)>, CommandError>> + 'a {
        self.audit_range(function, prefix, KeyRange { after, until: None }, PAGES_AT_ONCE)
    }

    /// Like [`PhotoStore::audit`], but reads the folders of several days at once and returns pages in any order.
    pub(crate) async fn audit_by_day<'a>(
        &'a self,
        function: Function,
        prefix: &'a str,
    ) -> Result<impl Stream<Item = Result<Vec<(Version, RecordState)>, CommandError>> + 'a, CommandError>
    {
        let key_ranges = stream::iter(key_ranges(self.split_points(prefix).await?));
        let audit_one =
            move |range| self.audit_range(function, prefix, range, PAGES_AT_ONCE_EACH).boxed_local();
        Ok(key_ranges.map(audit_one).flatten_unordered(RANGES_AT_ONCE))
    }

    /// Returns the keys of all records of versions. It reads several days at once and returns pages in any order.
    pub(crate) async fn record_pages_by_day(
        &self,
    ) -> Result<impl Stream<Item = Result<Vec<String>, CommandError>>, CommandError> {
        // The order of the records is close enough to that of the original keys.
        let split_points = self
            .split_points("")
            .await?
            .into_iter()
            .map(|split_point| format!("{BY_KEY}{split_point}"))
            .collect();
        let read_range = |range| self.record_pages(BY_KEY, range).boxed_local();
        Ok(stream::iter(key_ranges(split_points)).map(read_range).flatten_unordered(RANGES_AT_ONCE))
    }

    /// Returns where to cut the keys under `prefix` into key ranges: at the folders, down to days if necessary. The ranges
    /// cover all keys in any case.
    pub(crate) async fn split_points(&self, prefix: &str) -> Result<Vec<String>, CommandError> {
        let mut split_points = vec![prefix.to_owned()];
        for _ in 0..DAY_DEPTH {
            let folders_below = stream::iter(split_points).map(|folder| async {
                let folders = self.list_folder(&folder).await?.folders;
                Ok::<_, CommandError>(if folders.is_empty() { vec![folder] } else { folders })
            });
            split_points = folders_below.buffered(AT_ONCE).try_concat().await?;
            if split_points.len() >= RANGES_AT_ONCE {
                break;
            }
        }
        split_points.retain(|split_point| split_point != prefix);
        split_points.sort();
        // Limit the number of ranges, since there may be thousands of folders with one photo each.
        let step = split_points.len().div_ceil(MAX_RANGES).max(1);
        Ok(split_points.into_iter().step_by(step).collect())
    }

    fn audit_range<'a>(
        &'a self,
        function: Function,
        prefix: &'a str,
        range: KeyRange,
        at_once: usize,
    ) -> impl Stream<Item = Result<Vec<(Version, RecordState)>, CommandError>> + 'a {
        pages_of_range(self.s3, self.originals, prefix, range)
            .map_err(|error| aws_error(format_args!("list the photos in `{}`", self.originals), &*error))
            .map(move |page| async move {
                let mut versions = page?;
                versions.retain(Version::is_current_photo);
                self.record_states(function, versions).await
            })
            .buffered(at_once)
    }

    async fn record_states(
        &self,
        function: Function,
        versions: Vec<Version>,
    ) -> Result<Vec<(Version, RecordState)>, CommandError> {
        let records = self.records_of(&versions).await?;
        let record_states = stream::iter(versions).map(|version| {
            let state = records.state_of(function, &version.original());
            async move {
                let record_state = match state {
                    Some(record_state) => record_state,
                    // Box the future of the request: it takes thousands of bytes, and few versions need it.
                    None => Box::pin(self.read_state(function, &version.original())).await?,
                };
                Ok((version, record_state))
            }
        });
        let record_states =
            record_states.buffered(AT_ONCE).try_filter_map(|(version, record_state)| async move {
                // A listing does not include content types. Only an empty object can be a folder.
                let is_folder = record_state == RecordState::Unrecorded
                    && Box::pin(self.is_folder(&version.key, version.bytes)).await?;
                Ok((!is_folder).then_some((version, record_state)))
            });
        record_states.try_collect().await
    }

    /// Returns the state of `original` for `function` from direct reads of its records.
    pub(crate) async fn read_state(
        &self,
        function: Function,
        original: &OriginalVersion,
    ) -> Result<RecordState, CommandError> {
        Ok(if self.has_record(&function.done_key(original)).await? {
            RecordState::Done
        } else if self.has_record(&function.failure_key(original)).await? {
            RecordState::Failed
        } else {
            RecordState::Unrecorded
        })
    }

    /// Returns a range of record names that includes the records of `versions`.
    async fn records_of(&self, versions: &[Version]) -> Result<RecordRange, CommandError> {
        let mut records = RecordRange { keys: HashSet::new(), last_read: None };
        // The range begins with the first folder, whose records follow its name, and ends with the last possible record
        // of a version.
        let originals = || versions.iter().map(Version::original);
        let (first, last) =
            (originals().map(|o| o.records()).min(), originals().map(|o| o.failure_key()).max());
        let (Some(first), Some(last)) = (first, last) else { return Ok(records) };
        let pages = self.record_pages(BY_KEY, KeyRange { after: Some(first), until: None });
        let mut pages = std::pin::pin!(pages);
        for _ in 0..MAX_RECORD_PAGES {
            let Some(found) = pages.try_next().await? else {
                return Ok(RecordRange { last_read: None, ..records });
            };
            records.last_read = found.last().cloned();
            records.keys.extend(found);
            if records.last_read.as_ref().is_none_or(|last_read| *last_read >= last) {
                break;
            }
        }
        Ok(records)
    }
}

/// Returns the key ranges between `split_points`, which are sorted.
pub(crate) fn key_ranges(split_points: Vec<String>) -> Vec<KeyRange> {
    let split_points = split_points.into_iter().map(Some);
    let starts = iter::once(None).chain(split_points.clone());
    let ends = split_points.chain(iter::once(None));
    starts.zip(ends).map(|(after, until)| KeyRange { after, until }).collect()
}

/// A range of record names.
struct RecordRange {
    keys: HashSet<String>,
    /// The last name that was read, or `None` if all were read.
    last_read: Option<String>,
}

impl RecordRange {
    /// Returns the state of `original` for `function`, or `None` if the range does not reach its names.
    fn state_of(&self, function: Function, original: &OriginalVersion) -> Option<RecordState> {
        let keys = [function.done_key(original), function.failure_key(original)];
        if self.last_read.as_ref().is_some_and(|last_read| keys.iter().any(|key| key > last_read)) {
            return None;
        }
        Some(match keys.map(|key| self.keys.contains(&key)) {
            [true, _] => RecordState::Done,
            [false, true] => RecordState::Failed,
            [false, false] => RecordState::Unrecorded,
        })
    }
}
