//! The calendar: the days that have photos, and the photos outside the day folders.
//!
//! The deployer uploads photos under `YYYY/MM/DD/`, so the folders show the days without a listing of the photos. A
//! photo elsewhere belongs to the day of its last modification, unless there are more than [`MAX_SORTED`] such photos.

use std::collections::BTreeSet;

use contract::key::escape;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use time::{Date, Month};

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::photos::{FolderContent, PhotoStore};
use crate::s3::versions::{self, Version, VersionPages};

/// The maximum number of photos that are read and sorted by time.
pub(crate) const MAX_SORTED: usize = 10_000;

/// The year in which S3 launched.
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
    /// Their folders, in key order: there are too many photos to sort.
    Many(Vec<UndatedFolder>),
}

/// A folder other than the folder of a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UndatedFolder {
    pub(crate) prefix: String,
    /// Whether it includes its subfolders.
    is_recursive: bool,
}

impl UndatedFolder {
    /// Returns the versions in it after the key `after`.
    pub(crate) fn pages<'a>(&'a self, store: &'a PhotoStore<'_>, after: Option<String>) -> VersionPages<'a> {
        if self.is_recursive {
            versions::pages(store.s3, store.originals, &self.prefix, after)
        } else {
            versions::pages_of_folder(store.s3, store.originals, &self.prefix, after)
        }
    }

    /// Returns whether it contains the object at `key`.
    pub(crate) fn contains(&self, key: &str) -> bool {
        key.strip_prefix(&self.prefix).is_some_and(|rest| self.is_recursive || !rest.contains('/'))
    }
}

/// Returns the folder of a day: `2026/11/24/`.
pub(crate) fn day_prefix(day: Date) -> String {
    format!("{:04}/{:02}/{:02}/", day.year(), u8::from(day.month()), day.day())
}

impl Calendar {
    /// Reads the days that have photos, up to the year of `today`.
    pub(crate) async fn read(store: &PhotoStore<'_>, today: Date) -> Result<Self, CommandError> {
        let mut outside = Vec::new();
        // Send one request per year, because a million objects at the root of the bucket would hide the folders.
        let years: Vec<String> = stream::iter(
            (FIRST_YEAR..=today.year() + 1).map(|year| format!("{year:04}/")),
        )
        .map(|year| async move { Ok((store.first_key(store.originals, &year).await?.is_some(), year)) })
        .buffered(AT_ONCE)
        .try_filter_map(|(used, year)| async move { Ok::<_, CommandError>(used.then_some(year)) })
        .try_collect()
        .await?;
        let root = store.list_folder("").await?;
        split_folders("", root, &mut outside, |folder| years.iter().any(|year| year == folder));
        let mut months = Vec::new();
        for (year, content) in list_folders(store, years.clone()).await? {
            months.extend(split_folders(&year, content, &mut outside, |folder| {
                parse_month(&year, folder).is_some()
            }));
        }
        let mut days = BTreeSet::new();
        for (month, content) in list_folders(store, months).await? {
            let found = split_folders(&month, content, &mut outside, |folder| parse_day(folder).is_some());
            days.extend(found.iter().filter_map(|folder| parse_day(folder)));
        }
        outside.sort();
        let undated = read_undated(store, outside).await?;
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

async fn list_folders(
    store: &PhotoStore<'_>,
    prefixes: Vec<String>,
) -> Result<Vec<(String, FolderContent)>, CommandError> {
    stream::iter(prefixes)
        .map(|prefix| async move { Ok((store.list_folder(&prefix).await?, prefix)) })
        .buffered(AT_ONCE)
        .map_ok(|(content, prefix)| (prefix, content))
        .try_collect()
        .await
}

/// Returns the folders in `prefix` that are `is_dated`, and adds everything else to `outside`.
fn split_folders(
    prefix: &str,
    content: FolderContent,
    outside: &mut Vec<UndatedFolder>,
    is_dated: impl Fn(&str) -> bool,
) -> Vec<String> {
    if content.has_objects {
        outside.push(UndatedFolder { prefix: prefix.to_owned(), is_recursive: false });
    }
    let (dated, others): (Vec<_>, Vec<_>) = content.folders.into_iter().partition(|folder| is_dated(folder));
    outside.extend(others.into_iter().map(|prefix| UndatedFolder { prefix, is_recursive: true }));
    dated
}

fn parse_month(year: &str, folder: &str) -> Option<Month> {
    two_digits(folder.strip_prefix(year)?).and_then(|number| Month::try_from(number).ok())
}

/// Returns the day of a folder such as `2026/11/24/`, or `None` for any other.
fn parse_day(folder: &str) -> Option<Date> {
    let (year, rest) = folder.split_once('/')?;
    let (month_part, day) = rest.split_at_checked(3)?;
    let month = two_digits(month_part).and_then(|number| Month::try_from(number).ok())?;
    Date::from_calendar_date(year.parse().ok()?, month, two_digits(day)?).ok()
}

/// Returns the number of a folder such as `07/`, or `None` for any other.
fn two_digits(name: &str) -> Option<u8> {
    let digits = name.strip_suffix('/')?;
    (digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

async fn read_undated(store: &PhotoStore<'_>, outside: Vec<UndatedFolder>) -> Result<Undated, CommandError> {
    let mut found = Vec::new();
    for folder in &outside {
        let mut pages = folder.pages(store, None);
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| {
                aws_error(format_args!("list the photos in `{}`", escape(&folder.prefix)), &*error)
            })?;
            found.extend(page.into_iter().filter(Version::is_current_photo));
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
    fn only_the_folder_of_a_valid_day_is_a_day() {
        assert_eq!(parse_day("2026/11/24/"), Some(date!(2026 - 11 - 24)));
        assert_eq!(day_prefix(date!(2026 - 01 - 02)), "2026/01/02/");
        for folder in ["2026/11/31/", "2026/13/01/", "2026/11/1/", "2026/11/+1/", "2026/é1/01/", "2026/11/24"]
        {
            assert_eq!(parse_day(folder), None, "{folder}");
        }
    }
}
