//! Finding photos by what a person calls them: an exact key, a prefix or a day, or a file name.

use std::future::ready;

use contract::function::Function;
use contract::key::{NameIndexKey, escape};
use contract::manifest::Manifest;
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use time::{Date, OffsetDateTime};

use crate::catalog::audit::Standing;
use crate::catalog::versions::{Stretch, Version};
use crate::catalog::{Catalog, State, each};
use crate::error::CommandError;

/// The photo that a text stands for.
pub(crate) struct Resolved {
    pub(crate) newest: Manifest,
    /// How many others match, too, as far as that is known.
    pub(crate) others: usize,
}

/// How many photos that have no thumbnails are passed over in search of the newest that has.
const MAX_WITHOUT_THUMBNAILS: usize = 1000;

/// How many photos are looked up at once.
const AT_ONCE: usize = 32;

impl Catalog<'_> {
    /// The photo that `text` stands for, of several the newest; `flags` make a hint's command work on this stack.
    ///
    /// A name costs one LIST, whatever the number of photos. `day` keeps those last modified on it (UTC).
    pub(crate) async fn resolve(
        &self,
        text: &str,
        day: Option<Date>,
        flags: &str,
    ) -> Result<Resolved, CommandError> {
        if let Some(newest) = self.by_key(text, flags).await? {
            return Ok(Resolved { newest, others: 0 });
        }
        let found = if text.contains('/') {
            self.newest_under_prefix(text, day).await?
        } else {
            self.newest_by_name(text, day).await?
        };
        found.ok_or_else(|| missing(text, flags))
    }

    /// All photos that `text` stands for, as they are found: of a name the newest first, under a prefix by their keys.
    pub(crate) async fn resolve_all<'a>(
        &'a self,
        text: &'a str,
        day: Option<Date>,
        flags: &str,
    ) -> Result<impl Stream<Item = Result<Manifest, CommandError>> + 'a, CommandError> {
        let mut found = if let Some(manifest) = self.by_key(text, flags).await? {
            stream::iter([Ok(manifest)]).boxed_local()
        } else if text.contains('/') {
            self.under_prefix(text, day).boxed_local()
        } else {
            self.by_name(text, day).boxed_local()
        };
        let first = found.try_next().await?.ok_or_else(|| missing(text, flags))?;
        Ok(stream::iter([Ok(first)]).chain(found))
    }

    /// The photo at the key `text`, if there is one.
    async fn by_key(&self, text: &str, flags: &str) -> Result<Option<Manifest>, CommandError> {
        let Some(original) = self.original(text).await? else { return Ok(None) };
        match self.state(&original).await? {
            State::Done(manifest) => Ok(Some(*manifest)),
            State::Failed(failure) => Err(CommandError::failed(format!(
                "`{}` has no thumbnails: {} ({})",
                escape(text),
                escape(&failure.message),
                failure.reason
            ))),
            State::Waiting | State::Superseded => {
                Err(CommandError::not_found(format!("`{}` has no thumbnails yet", escape(text)))
                    .hint(format!("run `deployer status{flags}` to see how many photos wait")))
            }
        }
    }

    /// The pages of the name's entries in the index, the newest first.
    fn index_pages(
        &self,
        name: &str,
        day: Option<Date>,
    ) -> impl Stream<Item = Result<Vec<String>, CommandError>> + use<> {
        let prefix = NameIndexKey::prefix(name);
        let stretch = day.map_or_else(Stretch::default, |day| {
            let (after, until) = NameIndexKey::stretch_of_day(&prefix, day);
            Stretch { after: Some(after), until: Some(until) }
        });
        self.record_pages(&prefix, stretch)
    }

    /// One page tells of the newest.
    async fn newest_by_name(&self, name: &str, day: Option<Date>) -> Result<Option<Resolved>, CommandError> {
        let pages = self.index_pages(name, day).try_filter(|page| ready(!page.is_empty()));
        let Some(page) = std::pin::pin!(pages).try_next().await? else { return Ok(None) };
        for (newer, key) in page.iter().enumerate() {
            if let Some(newest) = self.record(key).await? {
                return Ok(Some(Resolved { newest, others: page.len() - newer - 1 }));
            }
        }
        Ok(None)
    }

    fn by_name<'a>(
        &'a self,
        name: &str,
        day: Option<Date>,
    ) -> impl Stream<Item = Result<Manifest, CommandError>> + use<'a> {
        each(self.index_pages(name, day))
            .map_ok(async |key| self.record(&key).await)
            .try_buffered(AT_ONCE)
            // One that is gone by now has been removed.
            .try_filter_map(|found| ready(Ok(found)))
    }

    /// A prefix is listed to its end: the newest of it may stand anywhere.
    async fn newest_under_prefix(
        &self,
        prefix: &str,
        day: Option<Date>,
    ) -> Result<Option<Resolved>, CommandError> {
        let mut found: Vec<Version> = Vec::new();
        let mut count = 0_usize;
        let newest_first = |found: &mut Vec<Version>| found.sort_by(|a, b| newness(b).cmp(&newness(a)));
        let mut pages = self.original_pages(prefix);
        while let Some(page) = pages.try_next().await? {
            let before = found.len();
            found.extend(page.into_iter().filter(|version| version.is_there() && is_of(day, version)));
            count += found.len() - before;
            if found.len() > MAX_WITHOUT_THUMBNAILS {
                newest_first(&mut found);
                found.truncate(MAX_WITHOUT_THUMBNAILS);
            }
        }
        newest_first(&mut found);
        for version in found {
            if let State::Done(newest) = self.state(&version.original()).await? {
                return Ok(Some(Resolved { newest: *newest, others: count - 1 }));
            }
        }
        Ok(None)
    }

    /// Which photos have thumbnails tell the listings; only their records are read.
    fn under_prefix<'a>(
        &'a self,
        prefix: &'a str,
        day: Option<Date>,
    ) -> impl Stream<Item = Result<Manifest, CommandError>> + 'a {
        each(self.audit(Function::Thumbnail, prefix, None))
            .try_filter(move |(version, standing)| {
                ready(*standing == Standing::Done && version.is_latest && is_of(day, version))
            })
            .map_ok(async |(version, _)| match self.state(&version.original()).await? {
                State::Done(manifest) => Ok(Some(*manifest)),
                State::Failed(_) | State::Superseded | State::Waiting => Ok(None),
            })
            .try_buffered(AT_ONCE)
            .try_filter_map(|found| ready(Ok(found)))
    }
}

fn missing(text: &str, flags: &str) -> CommandError {
    CommandError::not_found(format!("there is no photo `{}`", escape(text)))
        .hint(format!("run `deployer ls{flags}` to see what there is"))
}

/// Whether `version` was put there on `day`, if one is meant.
fn is_of(day: Option<Date>, version: &Version) -> bool {
    day.is_none_or(|day| version.last_modified.date() == day)
}

fn newness(version: &Version) -> (OffsetDateTime, &str) {
    (version.last_modified, &version.key)
}
