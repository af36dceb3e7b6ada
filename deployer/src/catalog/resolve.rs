//! Finding photos by what a person calls them: an exact key, a prefix or a day, or a file name.

use std::future::ready;

use contract::key::{NameIndexKey, escape};
use contract::manifest::Manifest;
use futures::stream::{self, LocalBoxStream, Stream, StreamExt as _, TryStreamExt as _};
use time::{Date, OffsetDateTime};

use crate::catalog::versions::{self, Version};
use crate::catalog::{Catalog, State};
use crate::error::{CommandError, aws_error};

/// Manifests that are read one after another.
type Manifests<'a> = LocalBoxStream<'a, Result<Manifest, CommandError>>;

/// The photos that a text stands for.
pub(crate) struct Resolved<'a> {
    pub(crate) newest: Manifest,
    /// The others from the newest to the oldest, if all are asked for; each is read as its turn comes near.
    older: Manifests<'a>,
    /// How many match, too, but are not read: all but the newest, unless all are asked for.
    pub(crate) others: usize,
}

impl<'a> Resolved<'a> {
    /// All of them, the newest first.
    pub(crate) fn photos(self) -> impl Stream<Item = Result<Manifest, CommandError>> + 'a {
        stream::once(ready(Ok(self.newest))).chain(self.older)
    }
}

/// How many photos that have no thumbnails are passed over in search of the newest that has.
const MAX_WITHOUT_THUMBNAILS: usize = 1000;

/// How many photos are looked up at once.
const AT_ONCE: usize = 32;

impl<'a> Catalog<'a> {
    /// The photos that `text` stands for; `flags` make a hint's command work on this stack.
    ///
    /// A name costs one LIST, whatever the number of photos. `day` keeps those last modified on it (UTC).
    pub(crate) async fn resolve(
        &'a self,
        text: &str,
        day: Option<Date>,
        all: bool,
        flags: &str,
    ) -> Result<Resolved<'a>, CommandError> {
        if let Some(original) = self.original(text).await? {
            let manifest = match self.state(&original).await? {
                State::Done(manifest) => *manifest,
                State::Failed(failure) => {
                    return Err(CommandError::failed(format!(
                        "`{}` has no thumbnails: {} ({})",
                        escape(text),
                        escape(&failure.message),
                        failure.reason
                    )));
                }
                State::Waiting | State::Superseded => {
                    return Err(CommandError::not_found(format!("`{}` has no thumbnails yet", escape(text)))
                        .hint(format!("run `deployer status{flags}` to see how many photos wait")));
                }
            };
            return Ok(Resolved { newest: manifest, older: stream::empty().boxed_local(), others: 0 });
        }
        let (mut found, count) = if text.contains('/') {
            self.under_prefix(text, day, all).await?
        } else {
            self.by_name(text, day, all).await?
        };
        let Some(newest) = found.try_next().await? else {
            return Err(CommandError::not_found(format!("there is no photo `{}`", escape(text)))
                .hint(format!("run `deployer ls{flags}` to see what there is")));
        };
        let (older, others) = match all {
            true => (found, 0),
            false => (stream::empty().boxed_local(), count.saturating_sub(1)),
        };
        Ok(Resolved { newest, older, others })
    }

    /// The newest come first. One page tells of the newest; all of them, or those of a day, may stand on later ones.
    async fn by_name(
        &'a self,
        name: &str,
        day: Option<Date>,
        all: bool,
    ) -> Result<(Manifests<'a>, usize), CommandError> {
        let listing = self.s3.list_objects_v2().bucket(self.bucket).prefix(NameIndexKey::prefix(name));
        let mut pages = listing.into_paginator().send();
        let mut keys: Vec<String> = Vec::new();
        'pages: while let Some(page) = pages.next().await {
            let page = page.map_err(|error| {
                aws_error(format_args!("look `{}` up in the catalog", escape(name)), &error)
            })?;
            for key in page.contents().iter().filter_map(|object| object.key()) {
                match day {
                    Some(day) if index_day(key).is_some_and(|other| other < day) => break 'pages,
                    Some(day) if index_day(key) != Some(day) => {}
                    _ => keys.push(key.to_owned()),
                }
            }
            if !all && !keys.is_empty() {
                break;
            }
        }
        let count = keys.len();
        keys.truncate(if all { count } else { 1 });
        let read = stream::iter(keys).map(move |key| async move { self.record::<Manifest>(&key).await });
        Ok((there(read.buffered(AT_ONCE)), count))
    }

    /// A prefix is listed to its end: the newest of it may stand anywhere.
    async fn under_prefix(
        &'a self,
        prefix: &str,
        day: Option<Date>,
        all: bool,
    ) -> Result<(Manifests<'a>, usize), CommandError> {
        let mut found: Vec<Version> = Vec::new();
        let mut count = 0_usize;
        let newest_first = |found: &mut Vec<Version>| found.sort_by(|a, b| newness(b).cmp(&newness(a)));
        let mut pages = versions::pages(self.s3, self.originals, prefix, None);
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| aws_error(format_args!("list `{}`", escape(prefix)), &error))?;
            let is_meant = |version: &Version| day.is_none_or(|day| version.last_modified.date() == day);
            let before = found.len();
            found.extend(page.into_iter().filter(|version| version.is_there() && is_meant(version)));
            count += found.len() - before;
            if !all && found.len() > MAX_WITHOUT_THUMBNAILS {
                newest_first(&mut found);
                found.truncate(MAX_WITHOUT_THUMBNAILS);
            }
        }
        newest_first(&mut found);
        let read = stream::iter(found).map(move |version| async move {
            match self.state(&version.original()).await? {
                State::Done(manifest) => Ok(Some(*manifest)),
                State::Failed(_) | State::Superseded | State::Waiting => Ok::<_, CommandError>(None),
            }
        });
        Ok((there(read.buffered(if all { AT_ONCE } else { 1 })), count))
    }
}

/// Without those that have no manifest.
fn there<'a>(read: impl Stream<Item = Result<Option<Manifest>, CommandError>> + 'a) -> Manifests<'a> {
    read.try_filter_map(|manifest| ready(Ok(manifest))).boxed_local()
}

fn newness(version: &Version) -> (OffsetDateTime, &str) {
    (version.last_modified, &version.key)
}

/// The UTC day in a key of the name index.
fn index_day(key: &str) -> Option<Date> {
    let key: NameIndexKey = key.parse().ok()?;
    let seconds = i64::try_from(key.last_modified_ms() / 1000).ok()?;
    OffsetDateTime::from_unix_timestamp(seconds).ok().map(OffsetDateTime::date)
}
