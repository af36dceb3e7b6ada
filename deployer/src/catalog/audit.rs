//! What has become of every version in the originals bucket, by two listings side by side: constant memory,
//! and two requests for a thousand versions.

use std::collections::{HashMap, HashSet};

use aws_sdk_s3::types::EncodingType;
use contract::function::Function;
use contract::key::BY_KEY;
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use time::OffsetDateTime;

use crate::catalog::Catalog;
use crate::catalog::versions::{Version, decoded, pages};
use crate::error::{CommandError, aws_error};

/// How many pages of versions are held against their records at once.
const PAGES_AT_ONCE: usize = 8;

/// How many pages of records are read for one of versions. Keys of others may stand between: what is not
/// reached by then is asked for one by one.
const MAX_RECORD_PAGES: u32 = 6;

/// How many records are asked for at once.
const AT_ONCE: usize = 32;

/// What a function has made of a version, as its records' names tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has what the function makes, or is noted to need none.
    Done,
    /// It has a failure record.
    Failed,
    /// It has no record: a message is on its way, or it is lost.
    Unrecorded,
}

impl Catalog<'_> {
    /// Every version of the originals under `prefix` and behind the key `after` with what `function` has made of it,
    /// a page at a time, in the order of the keys; without those that were removed, of which nothing is made.
    pub(crate) fn audit<'a>(
        &'a self,
        function: Function,
        prefix: &'a str,
        after: Option<String>,
    ) -> impl Stream<Item = Result<Vec<(Version, Standing)>, CommandError>> + 'a {
        let mut removals = Removals::default();
        pages(self.s3, self.originals, prefix, after)
            .map_err(|error| aws_error(format_args!("list the photos in `{}`", self.originals), &*error))
            .map(move |page| {
                let versions = page.map(|page| removals.without(page));
                async move { self.standings(function, versions?).await }
            })
            .buffered(PAGES_AT_ONCE)
    }

    async fn standings(
        &self,
        function: Function,
        versions: Vec<Version>,
    ) -> Result<Vec<(Version, Standing)>, CommandError> {
        let records = self.records_of(&versions).await?;
        let standings = stream::iter(versions).map(|version| async {
            let original = version.original();
            let is_done = self.is_there(&records, function.done_key(&original)).await?;
            let standing = if is_done {
                Standing::Done
            } else if self.is_there(&records, function.failure_key(&original)).await? {
                Standing::Failed
            } else {
                Standing::Unrecorded
            };
            Ok((version, standing))
        });
        standings.buffered(AT_ONCE).try_collect().await
    }

    async fn is_there(&self, records: &Records, key: String) -> Result<bool, CommandError> {
        if records.reached.as_ref().is_none_or(|reached| key <= *reached) {
            return Ok(records.keys.contains(&key));
        }
        self.has_record(&key).await
    }

    /// The names of the records among which those of `versions` are.
    async fn records_of(&self, versions: &[Version]) -> Result<Records, CommandError> {
        let mut records = Records { keys: HashSet::new(), reached: None };
        // The first and the last of all the records that a version may have.
        let keys = || versions.iter().map(|version| version.original().alt_text_done_key());
        let (Some(first), Some(last)) =
            (keys().min(), versions.iter().map(|v| v.original().failure_key()).max())
        else {
            return Ok(records);
        };
        let mut pages = self
            .s3
            .list_objects_v2()
            .bucket(self.bucket)
            .prefix(BY_KEY)
            .encoding_type(EncodingType::Url)
            // Behind the folder of the first, whose records come next.
            .start_after(first.strip_suffix("alt-text-done.json").unwrap_or(&first))
            .into_paginator()
            .send();
        for _ in 0..MAX_RECORD_PAGES {
            let Some(page) = pages.next().await else { return Ok(Records { reached: None, ..records }) };
            let page = page.map_err(|error| aws_error("list the records", &error))?;
            let found = page.contents().iter().filter_map(|object| object.key());
            let found: Vec<String> = found.map(|key| decoded(key, page.encoding_type())).collect();
            records.reached = found.last().cloned();
            records.keys.extend(found);
            if records.reached.as_ref().is_none_or(|reached| *reached >= last) {
                break;
            }
        }
        Ok(records)
    }
}

/// When the objects of a page were last hidden behind a delete marker.
#[derive(Default)]
struct Removals {
    /// By key; from one page to the next only the last key is kept, whose versions may go on there.
    at: HashMap<String, OffsetDateTime>,
}

impl Removals {
    /// The versions of a page that no delete marker has been put before since.
    fn without(&mut self, page: Vec<Version>) -> Vec<Version> {
        let (markers, mut versions): (Vec<_>, Vec<_>) =
            page.into_iter().partition(|version| version.is_marker);
        let last = markers.iter().chain(&versions).map(|version| version.key.clone()).max();
        for Version { key, last_modified, .. } in markers {
            let at = self.at.entry(key).or_insert(last_modified);
            *at = last_modified.max(*at);
        }
        // S3 counts in seconds: what was put there in the same one counts as removed if it is not there now.
        let is_removed = |version: &Version| {
            !version.is_latest && self.at.get(&version.key).is_some_and(|at| version.last_modified <= *at)
        };
        versions.retain(|version| !is_removed(version));
        self.at.retain(|key, _| Some(key) == last.as_ref());
        versions
    }
}

/// A stretch of the records' names.
struct Records {
    keys: HashSet<String>,
    /// The last name that was read; none where all there are were.
    reached: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A version `v3` of `key` that came in second 3, or with a `!` a delete marker; with a `*` the latest.
    fn version(key: &str, told: &str) -> Version {
        let second: i64 = told.trim_matches(['v', '!', '*']).parse().unwrap();
        Version {
            key: key.to_owned(),
            version_id: Some(told.to_owned()),
            etag: None,
            is_latest: told.contains('*'),
            is_marker: told.contains('!'),
            bytes: 1,
            last_modified: OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(second),
        }
    }

    #[track_caller]
    fn check(removals: &mut Removals, page: &[(&str, &str)], expect: &[&str]) {
        let page = page.iter().map(|(key, told)| version(key, told)).collect();
        let left = removals.without(page);
        let left: Vec<&str> = left.iter().filter_map(|version| version.version_id.as_deref()).collect();
        assert_eq!(left, expect);
    }

    #[test]
    fn what_was_removed_needs_nothing_and_what_came_back_does() {
        let mut removals = Removals::default();
        check(&mut removals, &[("a", "v2*"), ("a", "v1")], &["v2*", "v1"]);
        check(&mut removals, &[("b", "v1"), ("c", "v1*"), ("b", "!2*")], &["v1*"]);
        // Put there again after it was removed, in the same second, too.
        check(&mut removals, &[("d", "v3*"), ("d", "v1"), ("d", "!2")], &["v3*"]);
        check(&mut removals, &[("e", "v2*"), ("e", "v2"), ("e", "!2")], &["v2*"]);
        // The versions go on over the page.
        check(&mut removals, &[("f", "v1*"), ("g", "!5*")], &["v1*"]);
        check(&mut removals, &[("g", "v4"), ("h", "v1*")], &["v1*"]);
        check(&mut removals, &[("g", "v4")], &["v4"]);
    }
}
