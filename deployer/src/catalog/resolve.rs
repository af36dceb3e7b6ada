//! Finding photos by what a person calls them: an exact key, a prefix or a day, or a file name.

use contract::key::{NameIndexKey, escape};
use contract::manifest::Manifest;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use time::{Date, OffsetDateTime};

use crate::catalog::versions::{self, Version};
use crate::catalog::{Catalog, State};
use crate::error::{CommandError, aws_error};

/// The photos that a text stands for, the newest first.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) photos: Vec<Manifest>,
    /// Photos that match, too, but were not read: all but the newest, unless all are asked for.
    pub(crate) others: usize,
}

/// How many photos that have no thumbnails are passed over in search of the newest that has.
const MAX_WITHOUT_THUMBNAILS: usize = 1000;

/// How many photos are looked up at once.
const AT_ONCE: usize = 32;

impl Catalog<'_> {
    /// The photos that `text` stands for; `flags` make a hint's command work on this stack.
    ///
    /// A name costs one LIST, whatever the number of photos. `day` keeps those last modified on it (UTC).
    pub(crate) async fn resolve(
        &self,
        text: &str,
        day: Option<Date>,
        all: bool,
        flags: &str,
    ) -> Result<Resolved, CommandError> {
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
            return Ok(Resolved { photos: vec![manifest], others: 0 });
        }
        let found = if text.contains('/') {
            self.under_prefix(text, day, all).await?
        } else {
            self.by_name(text, day, all).await?
        };
        if found.photos.is_empty() {
            return Err(CommandError::not_found(format!("there is no photo `{}`", escape(text)))
                .hint(format!("run `deployer ls{flags}` to see what there is")));
        }
        Ok(found)
    }

    /// The newest come first. One page tells of the newest; all of them, or those of a day, may stand on later ones.
    async fn by_name(&self, name: &str, day: Option<Date>, all: bool) -> Result<Resolved, CommandError> {
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
        let wanted = if all { keys.len() } else { 1 };
        let read = stream::iter(keys.iter().take(wanted)).map(|key| self.record::<Manifest>(key));
        let photos: Vec<Option<Manifest>> = read.buffered(AT_ONCE).try_collect().await?;
        let photos = photos.into_iter().flatten().collect();
        Ok(Resolved { others: keys.len().saturating_sub(wanted), photos })
    }

    /// A prefix is listed to its end: the newest of it may stand anywhere.
    async fn under_prefix(
        &self,
        prefix: &str,
        day: Option<Date>,
        all: bool,
    ) -> Result<Resolved, CommandError> {
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
        let read = stream::iter(found).map(|version| async move {
            match self.state(&version.original()).await? {
                State::Done(manifest) => Ok(Some(*manifest)),
                State::Failed(_) | State::Superseded | State::Waiting => Ok::<_, CommandError>(None),
            }
        });
        let mut read = std::pin::pin!(read.buffered(if all { AT_ONCE } else { 1 }));
        let mut photos = Vec::new();
        while let Some(photo) = read.try_next().await? {
            photos.extend(photo);
            if !all && !photos.is_empty() {
                break;
            }
        }
        Ok(Resolved { others: if all { 0 } else { count.saturating_sub(photos.len()) }, photos })
    }
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
