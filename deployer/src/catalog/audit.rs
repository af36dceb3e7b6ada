//! What has become of every version in the originals bucket, by two listings side by side: constant memory,
//! and two or three requests for a thousand versions.

use std::collections::{HashMap, HashSet};
use std::iter;

use contract::function::Function;
use contract::key::{BY_KEY, OriginalVersion};
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use time::OffsetDateTime;

use crate::catalog::Catalog;
use crate::catalog::versions::{Stretch, Version, pages_of_stretch};
use crate::error::{CommandError, aws_error};

/// How many pages of versions are held against their records at once.
const PAGES_AT_ONCE: usize = 8;

/// How many stretches of the keys are read at once, where the order does not matter: a listing goes on only when its
/// page has come, so what is read at once is what counts for ten million photos.
const STRETCHES_AT_ONCE: usize = 16;

/// The most stretches that the keys are cut into.
const MAX_STRETCHES: usize = 256;

/// As [`PAGES_AT_ONCE`], in each of several stretches.
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
        self.audit_stretch(function, prefix, Stretch { after, until: None }, PAGES_AT_ONCE)
    }

    /// As [`Catalog::audit`], the folders of several days at once: pages come in any order.
    pub(crate) async fn audit_by_day<'a>(
        &'a self,
        function: Function,
        prefix: &'a str,
    ) -> Result<impl Stream<Item = Result<Vec<(Version, Standing)>, CommandError>> + 'a, CommandError> {
        let stretches = stream::iter(self.stretches(prefix).await?);
        let of_stretch =
            move |stretch| self.audit_stretch(function, prefix, stretch, PAGES_AT_ONCE_EACH).boxed_local();
        Ok(stretches.map(of_stretch).flatten_unordered(STRETCHES_AT_ONCE))
    }

    /// The keys of all records of versions, those of several days at once: pages come in any order.
    pub(crate) async fn record_pages_by_day(
        &self,
    ) -> Result<impl Stream<Item = Result<Vec<String>, CommandError>>, CommandError> {
        let stretches = stream::iter(self.stretches("").await?);
        let of_stretch = |Stretch { after, until }| {
            // Nearly in the order of the originals' keys, which is near enough to cut.
            let of_record = |key: String| format!("{BY_KEY}{key}");
            let stretch = Stretch { after: after.map(of_record), until: until.map(of_record) };
            self.record_pages(BY_KEY, stretch).boxed_local()
        };
        Ok(stretches.map(of_stretch).flatten_unordered(STRETCHES_AT_ONCE))
    }

    /// The keys under `prefix` in stretches, cut at the folders, down to those of days if need be. Wherever the cuts
    /// are, the stretches between them are all of the keys.
    async fn stretches(&self, prefix: &str) -> Result<Vec<Stretch>, CommandError> {
        let mut cuts = vec![prefix.to_owned()];
        for _ in 0..DAY_DEPTH {
            let below = stream::iter(cuts).map(|folder| async {
                let folders = self.inside(&folder).await?.folders;
                Ok::<_, CommandError>(if folders.is_empty() { vec![folder] } else { folders })
            });
            cuts = below.buffered(AT_ONCE).try_concat().await?;
            if cuts.len() >= STRETCHES_AT_ONCE {
                break;
            }
        }
        cuts.retain(|cut| cut != prefix);
        cuts.sort();
        // Thousands of folders with a photo each are no thousands of stretches.
        let step = cuts.len().div_ceil(MAX_STRETCHES).max(1);
        let cuts = cuts.into_iter().step_by(step).map(Some);
        let begins = iter::once(None).chain(cuts.clone());
        let ends = cuts.chain(iter::once(None));
        Ok(begins.zip(ends).map(|(after, until)| Stretch { after, until }).collect())
    }

    fn audit_stretch<'a>(
        &'a self,
        function: Function,
        prefix: &'a str,
        stretch: Stretch,
        at_once: usize,
    ) -> impl Stream<Item = Result<Vec<(Version, Standing)>, CommandError>> + 'a {
        let mut removals = Removals::default();
        pages_of_stretch(self.s3, self.originals, prefix, stretch)
            .map_err(|error| aws_error(format_args!("list the photos in `{}`", self.originals), &*error))
            .map(move |page| {
                let versions = page.map(|page| removals.without(page));
                async move { self.standings(function, versions?).await }
            })
            .buffered(at_once)
    }

    async fn standings(
        &self,
        function: Function,
        versions: Vec<Version>,
    ) -> Result<Vec<(Version, Standing)>, CommandError> {
        let records = self.records_of(&versions).await?;
        let standings = stream::iter(versions).map(|version| {
            let known = records.standing(function, &version.original());
            async move {
                let standing = match known {
                    Some(standing) => standing,
                    // Boxed: the future of a request is thousands of bytes, and hardly any version has one.
                    None => Box::pin(self.ask(function, &version.original())).await?,
                };
                Ok((version, standing))
            }
        });
        standings.buffered(AT_ONCE).try_collect().await
    }

    /// What `function` has made of `original`, asked for by itself: a listing may leave out what is there.
    pub(crate) async fn ask(
        &self,
        function: Function,
        original: &OriginalVersion,
    ) -> Result<Standing, CommandError> {
        Ok(if self.has_record(&function.done_key(original)).await? {
            Standing::Done
        } else if self.has_record(&function.failure_key(original)).await? {
            Standing::Failed
        } else {
            Standing::Unrecorded
        })
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
        // Behind the folder of the first, whose records come next.
        let after = first.strip_suffix("alt-text-done.json").unwrap_or(&first).to_owned();
        let pages = self.record_pages(BY_KEY, Stretch { after: Some(after), until: None });
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

impl Records {
    /// What `function` has made of `original`; none where its names were not reached.
    fn standing(&self, function: Function, original: &OriginalVersion) -> Option<Standing> {
        let keys = [function.done_key(original), function.failure_key(original)];
        if self.reached.as_ref().is_some_and(|reached| keys.iter().any(|key| key > reached)) {
            return None;
        }
        Some(match keys.map(|key| self.keys.contains(&key)) {
            [true, _] => Standing::Done,
            [false, true] => Standing::Failed,
            [false, false] => Standing::Unrecorded,
        })
    }
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
