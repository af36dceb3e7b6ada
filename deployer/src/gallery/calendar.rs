//! The calendar: the days that have photos, and the photos outside the day folders.
//!
//! Uploads of the deployer are under `YYYY/MM/DD/`, so the days are found by their folders, without looking at
//! the photos. What others put elsewhere belongs to the day of its last modification, if it is not too much to read.

use std::collections::BTreeSet;

use contract::key::escape;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use time::{Date, Month};

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::photos::{FolderContent, PhotoStore};
use crate::s3::versions::{self, Pages, Version};

/// The most photos that are read to bring them into the order of their times.
pub(crate) const MAX_SORTED: usize = 10_000;

/// The year S3 opened: nothing was uploaded before.
const FIRST_YEAR: i32 = 2006;

/// How many folders are listed at once.
const AT_ONCE: usize = 32;

/// The days and other places that have photos.
pub(crate) struct Calendar {
    /// The days that have photos.
    pub(crate) days: BTreeSet<Date>,
    /// The photos outside the day folders.
    pub(crate) undated: Undated,
}

/// The photos outside the day folders.
pub(crate) enum Undated {
    /// All of them; each belongs to the day of its last modification.
    Few(Vec<Version>),
    /// Where they are, in the order of the keys: too many to be sorted.
    Many(Vec<DayFolder>),
}

/// A part of the bucket outside of the folders of days.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DayFolder {
    pub(crate) prefix: String,
    /// Whether what is in folders below it belongs to it.
    deep: bool,
}

impl DayFolder {
    /// The versions in it, behind the key `after`.
    pub(crate) fn pages<'a>(&'a self, catalog: &'a PhotoStore<'_>, after: Option<String>) -> Pages<'a> {
        if self.deep {
            versions::pages(catalog.s3, catalog.originals, &self.prefix, after)
        } else {
            versions::pages_of_folder(catalog.s3, catalog.originals, &self.prefix, after)
        }
    }

    /// Whether the object at `key` is in it.
    pub(crate) fn holds(&self, key: &str) -> bool {
        key.strip_prefix(&self.prefix).is_some_and(|rest| self.deep || !rest.contains('/'))
    }
}

/// The folder of a day.
pub(crate) fn day_prefix(day: Date) -> String {
    format!("{:04}/{:02}/{:02}/", day.year(), u8::from(day.month()), day.day())
}

impl Calendar {
    /// Reads the days that have photos, up to the year of `today`.
    pub(crate) async fn read(catalog: &PhotoStore<'_>, today: Date) -> Result<Self, CommandError> {
        let mut outside = Vec::new();
        // Asked for one by one: a bucket with a million objects at its root would hide them.
        let years: Vec<String> = stream::iter(
            (FIRST_YEAR..=today.year() + 1).map(|year| format!("{year:04}/")),
        )
        .map(|year| async move { Ok((catalog.first(catalog.originals, &year).await?.is_some(), year)) })
        .buffered(AT_ONCE)
        .try_filter_map(|(used, year)| async move { Ok::<_, CommandError>(used.then_some(year)) })
        .try_collect()
        .await?;
        let root = catalog.list_folder("").await?;
        split_folders("", root, &mut outside, |folder| years.iter().any(|year| year == folder));
        let mut months = Vec::new();
        for (year, inside) in inside_all(catalog, years.clone()).await? {
            months
                .extend(split_folders(&year, inside, &mut outside, |folder| month(&year, folder).is_some()));
        }
        let mut days = BTreeSet::new();
        for (month, inside) in inside_all(catalog, months).await? {
            let found = split_folders(&month, inside, &mut outside, |folder| day(folder).is_some());
            days.extend(found.iter().filter_map(|folder| day(folder)));
        }
        outside.sort();
        let undated = undated(catalog, outside).await?;
        if let Undated::Few(versions) = &undated {
            days.extend(versions.iter().map(|version| version.last_modified.date()));
        }
        Ok(Self { days, undated })
    }

    /// Returns the photos outside the day folders that belong to `day`.
    pub(crate) fn undated_of(&self, day: Date) -> Vec<Version> {
        match &self.undated {
            Undated::Few(all) => {
                all.iter().filter(|version| version.last_modified.date() == day).cloned().collect()
            }
            Undated::Many(_) => Vec::new(),
        }
    }
}

async fn inside_all(
    catalog: &PhotoStore<'_>,
    prefixes: Vec<String>,
) -> Result<Vec<(String, FolderContent)>, CommandError> {
    stream::iter(prefixes)
        .map(|prefix| async move { Ok((catalog.list_folder(&prefix).await?, prefix)) })
        .buffered(AT_ONCE)
        .map_ok(|(inside, prefix)| (prefix, inside))
        .try_collect()
        .await
}

/// The folders in `prefix` that are `dated`; all else goes `outside`.
fn split_folders(
    prefix: &str,
    inside: FolderContent,
    outside: &mut Vec<DayFolder>,
    dated: impl Fn(&str) -> bool,
) -> Vec<String> {
    if inside.has_objects {
        outside.push(DayFolder { prefix: prefix.to_owned(), deep: false });
    }
    let (dated, others): (Vec<_>, Vec<_>) = inside.folders.into_iter().partition(|folder| dated(folder));
    outside.extend(others.into_iter().map(|prefix| DayFolder { prefix, deep: true }));
    dated
}

fn month(year: &str, folder: &str) -> Option<Month> {
    two_digits(folder.strip_prefix(year)?).and_then(|number| Month::try_from(number).ok())
}

/// The day of a folder like `2026/11/24/`.
fn day(folder: &str) -> Option<Date> {
    let (year, rest) = folder.split_once('/')?;
    let (month_part, day) = rest.split_at_checked(3)?;
    let month = two_digits(month_part).and_then(|number| Month::try_from(number).ok())?;
    Date::from_calendar_date(year.parse().ok()?, month, two_digits(day)?).ok()
}

/// The number of a folder's name like `07/`.
fn two_digits(name: &str) -> Option<u8> {
    let digits = name.strip_suffix('/')?;
    (digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

async fn undated(catalog: &PhotoStore<'_>, outside: Vec<DayFolder>) -> Result<Undated, CommandError> {
    let mut found = Vec::new();
    for folder in &outside {
        let mut pages = folder.pages(catalog, None);
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| {
                aws_error(format_args!("list the photos in `{}`", escape(&folder.prefix)), &*error)
            })?;
            found.extend(page.into_iter().filter(Version::is_there));
            if found.len() > MAX_SORTED {
                drop(pages);
                return Ok(Undated::Many(outside));
            }
        }
    }
    Ok(Undated::Few(found))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_folder_is_a_day_or_none() {
        assert_eq!(day("2026/11/24/"), Some(date!(2026 - 11 - 24)));
        assert_eq!(day_prefix(date!(2026 - 01 - 02)), "2026/01/02/");
        for folder in ["2026/11/31/", "2026/13/01/", "2026/11/1/", "2026/11/+1/", "2026/é1/01/", "2026/11/24"]
        {
            assert_eq!(day(folder), None, "{folder}");
        }
    }
}
