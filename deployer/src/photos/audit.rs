//! What has become of every photo in the originals bucket, by two listings side by side: constant memory, and two or
//! three requests for a thousand photos.

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

/// How many key_ranges of the keys are read at once, where the order does not matter: a listing goes on only when its
/// page has come, so what is read at once is what counts for ten million photos.
pub(crate) const RANGES_AT_ONCE: usize = 16;

/// The most key_ranges that the keys are cut into.
const MAX_RANGES: usize = 256;

/// As [`PAGES_AT_ONCE`], in each of several key_ranges.
const PAGES_AT_ONCE_EACH: usize = 2;

/// How deep the folder of a day is.
const DAY_DEPTH: usize = 3;

/// How many pages of records are read for one of versions. Keys of others may stand between: what is not
/// reached by then is asked for one by one.
const MAX_RECORD_PAGES: u32 = 6;

/// How many records are asked for at once.
pub(crate) const AT_ONCE: usize = 32;

/// What a function has made of a version, as its records' names tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordState {
    /// It has what the function makes.
    Done,
    /// It has a failure record.
    Failed,
    /// It has no record: a message is on its way, or it is lost.
    Unrecorded,
}

/// The function that a flag `--alt-text` means.
pub(crate) fn function(alt_text: bool) -> Function {
    if alt_text { Function::AltText } else { Function::Thumbnail }
}

/// `1 version`, `2 versions`.
pub(crate) fn version_count(count: u64) -> String {
    format!("{count} {}", if count == 1 { "version" } else { "versions" })
}

impl PhotoStore<'_> {
    /// The current version of every photo under `prefix` and behind the key `after` with what `function` has made of it,
    /// a page at a time, in the order of the keys.
    ///
    /// Older versions have no claim to thumbnails: a version that was overwritten has all of them or none.
    pub(crate) fn audit<'a>(
        &'a self,
        function: Function,
        prefix: &'a str,
        after: Option<String>,
    ) -> impl Stream<Item = Result<Vec<(Version, RecordState)>, CommandError>> + 'a {
        self.audit_range(function, prefix, KeyRange { after, until: None }, PAGES_AT_ONCE)
    }

    /// As [`PhotoStore::audit`], the folders of several days at once: pages come in any order.
    pub(crate) async fn audit_by_day<'a>(
        &'a self,
        function: Function,
        prefix: &'a str,
    ) -> Result<impl Stream<Item = Result<Vec<(Version, RecordState)>, CommandError>> + 'a, CommandError>
    {
        let key_ranges = stream::iter(key_ranges(self.cuts(prefix).await?));
        let of_range =
            move |range| self.audit_range(function, prefix, range, PAGES_AT_ONCE_EACH).boxed_local();
        Ok(key_ranges.map(of_range).flatten_unordered(RANGES_AT_ONCE))
    }

    /// The keys of all records of versions, those of several days at once: pages come in any order.
    pub(crate) async fn record_pages_by_day(
        &self,
    ) -> Result<impl Stream<Item = Result<Vec<String>, CommandError>>, CommandError> {
        // Nearly in the order of the originals' keys, which is near enough to cut.
        let cuts = self.cuts("").await?.into_iter().map(|cut| format!("{BY_KEY}{cut}")).collect();
        let of_range = |range| self.record_pages(BY_KEY, range).boxed_local();
        Ok(stream::iter(key_ranges(cuts)).map(of_range).flatten_unordered(RANGES_AT_ONCE))
    }

    /// Where the keys under `prefix` are cut into key_ranges: at the folders, down to those of days if need be. Wherever the
    /// cuts are, the key_ranges between them are all of the keys.
    pub(crate) async fn cuts(&self, prefix: &str) -> Result<Vec<String>, CommandError> {
        let mut cuts = vec![prefix.to_owned()];
        for _ in 0..DAY_DEPTH {
            let below = stream::iter(cuts).map(|folder| async {
                let folders = self.list_folder(&folder).await?.folders;
                Ok::<_, CommandError>(if folders.is_empty() { vec![folder] } else { folders })
            });
            cuts = below.buffered(AT_ONCE).try_concat().await?;
            if cuts.len() >= RANGES_AT_ONCE {
                break;
            }
        }
        cuts.retain(|cut| cut != prefix);
        cuts.sort();
        // Thousands of folders with a photo each are no thousands of key_ranges.
        let step = cuts.len().div_ceil(MAX_RANGES).max(1);
        Ok(cuts.into_iter().step_by(step).collect())
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
                versions.retain(Version::is_there);
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
            let known = records.state_by_records(function, &version.original());
            async move {
                let state_by_records = match known {
                    Some(state_by_records) => state_by_records,
                    // Boxed: the future of a request is thousands of bytes, and hardly any version has one.
                    None => Box::pin(self.ask(function, &version.original())).await?,
                };
                Ok((version, state_by_records))
            }
        });
        let record_states =
            record_states.buffered(AT_ONCE).try_filter_map(|(version, state_by_records)| async move {
                // A listing does not say the type of an object. Only an empty one can be a folder.
                let is_folder = state_by_records == RecordState::Unrecorded
                    && Box::pin(self.is_folder(&version.key, version.bytes)).await?;
                Ok((!is_folder).then_some((version, state_by_records)))
            });
        record_states.try_collect().await
    }

    /// What `function` has made of `original`, asked for by name.
    pub(crate) async fn ask(
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

    /// The names of the records among which those of `versions` are.
    async fn records_of(&self, versions: &[Version]) -> Result<Records, CommandError> {
        let mut records = Records { keys: HashSet::new(), reached: None };
        // The first folder, whose records come next behind its name, and the last record that a version may have.
        let originals = || versions.iter().map(Version::original);
        let (first, last) =
            (originals().map(|o| o.records()).min(), originals().map(|o| o.failure_key()).max());
        let (Some(first), Some(last)) = (first, last) else { return Ok(records) };
        let pages = self.record_pages(BY_KEY, KeyRange { after: Some(first), until: None });
        let mut pages = std::pin::pin!(pages);
        for _ in 0..MAX_RECORD_PAGES {
            let Some(found) = pages.try_next().await? else {
                return Ok(Records { reached: None, ..records });
            };
            records.reached = found.last().cloned();
            records.keys.extend(found);
            if records.reached.as_ref().is_none_or(|reached| *reached >= last) {
                break;
            }
        }
        Ok(records)
    }
}

/// The key_ranges between `cuts`, which are in their order.
pub(crate) fn key_ranges(cuts: Vec<String>) -> Vec<KeyRange> {
    let cuts = cuts.into_iter().map(Some);
    let begins = iter::once(None).chain(cuts.clone());
    let ends = cuts.chain(iter::once(None));
    begins.zip(ends).map(|(after, until)| KeyRange { after, until }).collect()
}

/// A range of the records' names.
struct Records {
    keys: HashSet<String>,
    /// The last name that was read; none where all there are were.
    reached: Option<String>,
}

impl Records {
    /// What `function` has made of `original`; none where its names were not reached.
    fn state_by_records(&self, function: Function, original: &OriginalVersion) -> Option<RecordState> {
        let keys = [function.done_key(original), function.failure_key(original)];
        if self.reached.as_ref().is_some_and(|reached| keys.iter().any(|key| key > reached)) {
            return None;
        }
        Some(match keys.map(|key| self.keys.contains(&key)) {
            [true, _] => RecordState::Done,
            [false, true] => RecordState::Failed,
            [false, false] => RecordState::Unrecorded,
        })
    }
}
