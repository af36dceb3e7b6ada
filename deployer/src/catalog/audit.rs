//! What has become of every version in the originals bucket, by two listings side by side: constant memory,
//! and two requests for a thousand versions.

use std::collections::HashSet;

use contract::function::Function;
use contract::key::BY_KEY;
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};

use crate::catalog::Catalog;
use crate::catalog::versions::{Version, pages};
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
    /// a page at a time, in the order of the keys.
    pub(crate) fn audit<'a>(
        &'a self,
        function: Function,
        prefix: &'a str,
        after: Option<String>,
    ) -> impl Stream<Item = Result<Vec<(Version, Standing)>, CommandError>> + 'a {
        pages(self.s3, self.originals, prefix, after)
            .map_err(|error| aws_error(format_args!("list the photos in `{}`", self.originals), &*error))
            .map(move |page| async move {
                let versions: Vec<Version> = page?.into_iter().filter(|version| !version.is_marker).collect();
                self.standings(function, versions).await
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
            // Behind the folder of the first, whose records come next.
            .start_after(first.strip_suffix("alt-text-done.json").unwrap_or(&first))
            .into_paginator()
            .send();
        for _ in 0..MAX_RECORD_PAGES {
            let Some(page) = pages.next().await else { return Ok(Records { reached: None, ..records }) };
            let page = page.map_err(|error| aws_error("list the records", &error))?;
            records.reached = page.contents().last().and_then(|object| object.key()).map(str::to_owned);
            records
                .keys
                .extend(page.contents.unwrap_or_default().into_iter().filter_map(|object| object.key));
            if records.reached.as_ref().is_none_or(|reached| *reached >= last) {
                break;
            }
        }
        Ok(records)
    }
}

/// A stretch of the records' names.
struct Records {
    keys: HashSet<String>,
    /// The last name that was read; none where all there are were.
    reached: Option<String>,
}
