//! Finds photos by a key, a key prefix, or a file name.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::future::ready;

use contract::function::Function;
use contract::key::{escape, index_of_name};
use contract::manifest::Manifest;
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use time::{Date, OffsetDateTime};

use crate::error::{CommandError, shell_operand};
use crate::photos::audit::RecordState;
use crate::photos::names::IndexEntry;
use crate::photos::{PhotoState, PhotoStore, flatten_pages};
use crate::s3::versions::Version;
use crate::ui::{Ui, format_count};

/// The photo that matches a key, a key prefix, or a file name.
pub(crate) struct Resolved {
    pub(crate) newest: Manifest,
    /// The known number of other matches.
    pub(crate) others: usize,
}

impl Resolved {
    /// Returns how many photos match `text`: "3 photos match `cat.jpg`".
    pub(crate) fn count_matches(&self, text: &str) -> String {
        let verb = if self.others == 0 { "matches" } else { "match" };
        format!("{} {verb} `{}`", format_count(self.others as u64 + 1, "photo"), escape(text))
    }

    /// Prints a note if other photos match `text`, too. `flags` are for the command that lists them.
    pub(crate) fn note_others(&self, text: &str, flags: &str, ui: &Ui) {
        if self.others > 0 {
            ui.note(format!(
                "{}; using the newest (run `deployer fetch{flags} --list {}` to list them)",
                self.count_matches(text),
                shell_operand(text)
            ));
        }
    }
}

/// How many photos without thumbnails are skipped in search of the newest with thumbnails.
const MAX_WITHOUT_THUMBNAILS: usize = 1000;

/// How many photos are looked up at once.
const READS_AT_ONCE: usize = 32;

impl PhotoStore<'_> {
    /// Returns the newest photo that matches `text`.
    ///
    /// A name costs one LIST request, and a few more if it has more than a thousand photos. With a `day`, only photos last
    /// modified on it (UTC) match.
    pub(crate) async fn resolve(&self, text: &str, day: Option<Date>) -> Result<Resolved, CommandError> {
        if let Some(newest) = self.manifest_by_key(text).await? {
            return Ok(Resolved { newest, others: 0 });
        }
        let found = if text.ends_with('/') {
            self.newest_under_prefix(text, day).await?
        } else if text.contains('/') {
            // Any other text with a slash can only be a key.
            None
        } else {
            self.newest_by_name(text, day).await?
        };
        found.ok_or_else(|| missing_photo(text))
    }

    /// Returns all photos that match `text`: the newest first for a name, in key order for a prefix.
    pub(crate) async fn resolve_all<'a>(
        &'a self,
        text: &'a str,
        day: Option<Date>,
    ) -> Result<impl Stream<Item = Result<Manifest, CommandError>> + 'a, CommandError> {
        let mut found = if let Some(manifest) = self.manifest_by_key(text).await? {
            stream::iter([Ok(manifest)]).boxed_local()
        } else if text.ends_with('/') {
            self.under_prefix(text, day).boxed_local()
        } else if text.contains('/') {
            // Any other text with a slash can only be a key.
            stream::empty().boxed_local()
        } else {
            self.photos_by_name(index_of_name(text), day, 0).map_ok(|(_, manifest)| manifest).boxed_local()
        };
        let first = found.try_next().await?.ok_or_else(|| missing_photo(text))?;
        Ok(stream::iter([Ok(first)]).chain(found))
    }

    /// Returns the photo at the key `text`, or `None` if it does not exist.
    async fn manifest_by_key(&self, text: &str) -> Result<Option<Manifest>, CommandError> {
        let Some(original) = self.original(text).await? else { return Ok(None) };
        match self.state(&original).await? {
            PhotoState::Done(manifest) => Ok(Some(*manifest)),
            PhotoState::Failed(failure) => Err(CommandError::failed(format!(
                "`{}` has no thumbnails: {} ({})",
                escape(text),
                escape(&failure.message),
                failure.reason
            ))
            .hint(format!("run `deployer explain{{flags}} {}` to see what to do", shell_operand(text)))),
            PhotoState::Waiting => {
                Err(CommandError::not_found(format!("`{}` has no thumbnails yet", escape(text)))
                    .hint("run `deployer status{flags}` to see how many photos are waiting"))
            }
        }
    }

    /// Returns the newest photo named `name` from the first group of entries that has one with thumbnails.
    async fn newest_by_name(&self, name: &str, day: Option<Date>) -> Result<Option<Resolved>, CommandError> {
        let mut groups = std::pin::pin!(self.name_entries(index_of_name(name), day));
        while let Some(group) = groups.try_next().await? {
            for some in group.chunks(READS_AT_ONCE) {
                // A replay writes an entry again, so compare the photos instead of the entries.
                let read =
                    stream::iter(some).map(|entry| self.manifest(&entry.original)).buffered(READS_AT_ONCE);
                let mut found: Vec<Manifest> =
                    read.try_filter_map(|found| ready(Ok(found))).try_collect().await?;
                found.retain(|manifest| is_on_day(day, manifest.original.last_modified));
                found.sort_by_key(|manifest| Reverse(manifest.original.last_modified));
                for newest in found {
                    if self.is_current(&newest.version()).await? {
                        let keys: HashSet<&str> =
                            group.iter().map(|entry| entry.original.key.as_str()).collect();
                        return Ok(Some(Resolved { newest, others: keys.len() - 1 }));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Returns all photos with an entry under `prefix` in the name index after the first `skipped` entries, the newest of each
    /// name first, with the numbers of their entries.
    pub(crate) fn photos_by_name(
        &self,
        prefix: String,
        day: Option<Date>,
        skipped: usize,
    ) -> impl Stream<Item = Result<(usize, Manifest), CommandError>> {
        flatten_pages(self.name_entries(prefix, day))
            .enumerate()
            .skip(skipped)
            .map(|(number, entry)| entry.map(|entry| (number, entry)))
            .map_ok(move |(number, IndexEntry { original, .. })| async move {
                let Some(manifest) = self.manifest(&original).await? else { return Ok(None) };
                // The entry of an overwritten or removed photo stays until the function deletes it.
                let is_wanted = is_on_day(day, manifest.original.last_modified);
                Ok((is_wanted && self.is_current(&original).await?).then_some((number, manifest)))
            })
            .try_buffered(READS_AT_ONCE)
            .try_filter_map(|found| ready(Ok(found)))
    }

    /// Returns the newest photo under `prefix`. It reads the whole listing, since the newest may be anywhere.
    async fn newest_under_prefix(
        &self,
        prefix: &str,
        day: Option<Date>,
    ) -> Result<Option<Resolved>, CommandError> {
        let mut found: Vec<Version> = Vec::new();
        let mut count = 0_usize;
        let newest_first = |found: &mut Vec<Version>| found.sort_by(|a, b| age_key(b).cmp(&age_key(a)));
        let mut pages = self.original_pages(prefix);
        while let Some(page) = pages.try_next().await? {
            let before = found.len();
            found.extend(
                page.into_iter()
                    .filter(|version| version.is_current_photo() && is_on_day(day, version.last_modified)),
            );
            count += found.len() - before;
            if found.len() > MAX_WITHOUT_THUMBNAILS {
                newest_first(&mut found);
                found.truncate(MAX_WITHOUT_THUMBNAILS);
            }
        }
        newest_first(&mut found);
        for version in found {
            if let PhotoState::Done(newest) = self.state(&version.original()).await? {
                return Ok(Some(Resolved { newest: *newest, others: count - 1 }));
            }
        }
        Ok(None)
    }

    /// Returns the photos under `prefix` that have thumbnails. The listings show which ones; only their records are read.
    fn under_prefix<'a>(
        &'a self,
        prefix: &'a str,
        day: Option<Date>,
    ) -> impl Stream<Item = Result<Manifest, CommandError>> + 'a {
        flatten_pages(self.audit(Function::Thumbnail, prefix, None))
            .try_filter(move |(version, record_state)| {
                ready(*record_state == RecordState::Done && is_on_day(day, version.last_modified))
            })
            .map_ok(async |(version, _)| match self.state(&version.original()).await? {
                PhotoState::Done(manifest) => Ok(Some(*manifest)),
                PhotoState::Failed(_) | PhotoState::Waiting => Ok(None),
            })
            .try_buffered(READS_AT_ONCE)
            .try_filter_map(|found| ready(Ok(found)))
    }
}

fn missing_photo(text: &str) -> CommandError {
    CommandError::not_found(format!("there is no photo `{}`", escape(text)))
        .hint("run `deployer ls{flags}` to list the photos; end a key prefix with `/`")
}

/// Returns whether `time` is on `day`, if given.
fn is_on_day(day: Option<Date>, time: OffsetDateTime) -> bool {
    day.is_none_or(|day| time.date() == day)
}

fn age_key(version: &Version) -> (OffsetDateTime, &str) {
    (version.last_modified, &version.key)
}
