//! Paging: any number of photos from the newest to the oldest, page by page.
//!
//! A page needs one or a few listings: the calendar finds the day, and the photos of this day are sorted by time. A day
//! with more than [`MAX_SORTED`] photos is shown in key order, the order of the listing.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use contract::key::{escape, index_of_name};
use contract::manifest::Manifest;
use futures::stream::{StreamExt as _, TryStreamExt as _};
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::gallery::calendar::{Calendar, MAX_SORTED, Undated, UndatedFolder, day_prefix};
use crate::photos::PhotoStore;
use crate::s3::versions::{self, Version, VersionPages};

/// How many sorted days are kept.
const DAYS_KEPT: usize = 8;

/// The lifetime of a cached listing, as a multiple of the time that the listing took.
const LIFETIME_FACTOR: u32 = 20;

/// The start of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// In a day, after a photo: its time in milliseconds since 1970, and its key.
    Day(Date, Option<(i64, String)>),
    /// Among the photos outside the day folders, after a key.
    Undated(String),
    /// Among the photos with a name, after this many entries of the name index.
    Named(usize),
    /// Among the photos under a prefix, after a key.
    Under(String),
}

/// Photos of one day, or outside the day folders.
pub(crate) struct PhotoGroup {
    /// The day, or `None` for photos without one.
    pub(crate) day: Option<Date>,
    pub(crate) photos: Vec<ListedPhoto>,
}

/// A photo in a listing.
pub(crate) enum ListedPhoto {
    /// Its state is not known yet.
    Version(Version),
    /// It is done.
    Done(Box<Manifest>),
}

/// A page of photos.
pub(crate) struct PhotoPage {
    pub(crate) groups: Vec<PhotoGroup>,
    /// The start of the next page, or `None` after the last.
    pub(crate) next: Option<Cursor>,
}

/// A cache of recent listings.
#[derive(Default)]
pub(crate) struct Pager {
    calendar: Mutex<Option<Cached<Calendar>>>,
    days: Mutex<Vec<(Date, Cached<SortedDay>)>>,
}

struct Cached<T> {
    value: Arc<T>,
    until: Instant,
}

/// The photos of a day, the newest first, or `None` if there are too many.
struct SortedDay(Option<Vec<Version>>);

impl<T> Cached<T> {
    /// Caches `value`, whose computation began at `started`.
    fn new(value: T, started: Instant) -> Self {
        let lifetime =
            (started.elapsed() * LIFETIME_FACTOR).clamp(Duration::from_secs(1), Duration::from_secs(60));
        Self { value: Arc::new(value), until: Instant::now() + lifetime }
    }

    fn get(&self) -> Option<Arc<T>> {
        (Instant::now() < self.until).then(|| Arc::clone(&self.value))
    }
}

impl Pager {
    /// Returns up to `count` photos from `cursor` on, or the newest without one.
    pub(crate) async fn page(
        &self,
        store: &PhotoStore<'_>,
        cursor: Option<Cursor>,
        count: usize,
    ) -> Result<PhotoPage, CommandError> {
        let today = OffsetDateTime::now_utc().date();
        let calendar = self.calendar(store, today).await?;
        let mut groups = Vec::new();
        let mut left = count;
        // If the clocks differ, the date of a photo may be tomorrow.
        let mut at = Some(cursor.unwrap_or(Cursor::Day(today.saturating_add(time::Duration::DAY), None)));
        while let (Some(cursor), true) = (at.clone(), left > 0) {
            let (group, next) = match cursor {
                Cursor::Day(latest, after) => {
                    let Some(day) = calendar.newest_day(latest, today) else {
                        at = calendar.undated_start();
                        continue;
                    };
                    let after = after.filter(|_| day == latest);
                    let (photos, more) = self.photos_of_day(store, &calendar, day, after, left).await?;
                    let next = match photos.last() {
                        Some(last) if more => Some(Cursor::Day(day, Some(position(last)))),
                        _ => day.previous_day().map(|before| Cursor::Day(before, None)),
                    };
                    (
                        PhotoGroup {
                            day: Some(day),
                            photos: photos.into_iter().map(ListedPhoto::Version).collect(),
                        },
                        next,
                    )
                }
                Cursor::Undated(after) => {
                    let (photos, more) = undated_photos(store, &calendar, &after, left).await?;
                    let next = photos.last().filter(|_| more).map(|last| Cursor::Undated(last.key.clone()));
                    (
                        PhotoGroup {
                            day: None,
                            photos: photos.into_iter().map(ListedPhoto::Version).collect(),
                        },
                        next,
                    )
                }
                Cursor::Named(_) | Cursor::Under(_) => return Ok(PhotoPage { groups, next: None }),
            };
            left -= group.photos.len();
            if !group.photos.is_empty() {
                groups.push(group);
            }
            at = next;
        }
        let next = at.filter(|next| match next {
            Cursor::Day(day, None) => {
                calendar.newest_day(*day, today).is_some() || calendar.undated_start().is_some()
            }
            _ => true,
        });
        Ok(PhotoPage { groups, next })
    }

    /// Returns up to `count` photos of `day` whose names contain `name`, ignoring case.
    pub(crate) async fn named_of_day(
        &self,
        store: &PhotoStore<'_>,
        day: Date,
        name: &str,
        count: usize,
    ) -> Result<PhotoPage, CommandError> {
        let calendar = self.calendar(store, OffsetDateTime::now_utc().date()).await?;
        let name = name.to_lowercase();
        let (photos, _) = self.photos_of_day(store, &calendar, day, None, MAX_SORTED).await?;
        let found = photos.into_iter().filter(|photo| photo.key.to_lowercase().contains(&name));
        let photos: Vec<ListedPhoto> = found.take(count).map(ListedPhoto::Version).collect();
        Ok(PhotoPage { groups: vec![PhotoGroup { day: Some(day), photos }], next: None })
    }

    /// Returns up to `count` photos whose names, or keys if `name` has a `/`, start with `name`.
    pub(crate) async fn named(
        &self,
        store: &PhotoStore<'_>,
        name: &str,
        cursor: Option<Cursor>,
        count: usize,
    ) -> Result<PhotoPage, CommandError> {
        if name.contains('/') {
            let after = match cursor {
                Some(Cursor::Under(after)) => Some(after),
                _ => None,
            };
            let pages = versions::pages(store.s3, store.originals, name, after);
            let (photos, more) = take_photos(pages, count, name).await?;
            let next = photos.last().filter(|_| more).map(|last| Cursor::Under(last.key.clone()));
            let photos = photos.into_iter().map(ListedPhoto::Version).collect();
            return Ok(PhotoPage { groups: vec![PhotoGroup { day: None, photos }], next });
        }
        let skipped = match cursor {
            Some(Cursor::Named(skipped)) => skipped,
            _ => 0,
        };
        // The prefix has no `/` at the end, so that the start of a name matches, too.
        let prefix = index_of_name(name).trim_end_matches('/').to_owned();
        let mut found: Vec<(usize, Manifest)> =
            store.photos_by_name(prefix, None, skipped).take(count + 1).try_collect().await?;
        let next = if found.len() > count { found.pop() } else { None };
        let next = next.map(|(number, _)| Cursor::Named(number));
        let photos = found.into_iter().map(|(_, manifest)| ListedPhoto::Done(Box::new(manifest))).collect();
        Ok(PhotoPage { groups: vec![PhotoGroup { day: None, photos }], next })
    }

    fn known_calendar(&self) -> Option<Arc<Calendar>> {
        self.calendar.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(Cached::get)
    }

    fn known_day(&self, day: Date) -> Option<Arc<SortedDay>> {
        let cached_days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        cached_days.iter().find(|(cached_day, _)| *cached_day == day).and_then(|(_, cached)| cached.get())
    }

    async fn calendar(&self, store: &PhotoStore<'_>, today: Date) -> Result<Arc<Calendar>, CommandError> {
        if let Some(calendar) = self.known_calendar() {
            return Ok(calendar);
        }
        let started = Instant::now();
        let read = Cached::new(Calendar::read(store, today).await?, started);
        let calendar = Arc::clone(&read.value);
        *self.calendar.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
        Ok(calendar)
    }

    /// Returns up to `count` photos of `day` after `after`, and whether there are more.
    async fn photos_of_day(
        &self,
        store: &PhotoStore<'_>,
        calendar: &Calendar,
        day: Date,
        after: Option<(i64, String)>,
        count: usize,
    ) -> Result<(Vec<Version>, bool), CommandError> {
        let prefix = day_prefix(day);
        let sorted = self.sorted_day(store, calendar, day).await?;
        if let Some(all) = &sorted.0 {
            return Ok(photos_after(all, after.as_ref(), count));
        }
        // The few photos outside the folder of the day come first.
        let mut few = calendar.undated_of(day);
        few.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
        let dated = after.clone().filter(|(_, key)| key.starts_with(&prefix));
        if dated.is_none() {
            let (photos, more) = photos_after(&few, after.as_ref(), count);
            if more || photos.len() == count {
                return Ok((photos, true));
            }
            let left = count - photos.len();
            let pages = versions::pages(store.s3, store.originals, &prefix, None);
            let (dated, more) = take_photos(pages, left, &prefix).await?;
            return Ok((photos.into_iter().chain(dated).collect(), more));
        }
        let pages = versions::pages(store.s3, store.originals, &prefix, dated.map(|(_, key)| key));
        take_photos(pages, count, &prefix).await
    }

    /// Returns all photos of `day`, unless there are too many.
    async fn sorted_day(
        &self,
        store: &PhotoStore<'_>,
        calendar: &Calendar,
        day: Date,
    ) -> Result<Arc<SortedDay>, CommandError> {
        if let Some(sorted) = self.known_day(day) {
            return Ok(sorted);
        }
        let started = Instant::now();
        let prefix = day_prefix(day);
        let pages = versions::pages(store.s3, store.originals, &prefix, None);
        let (mut photos, more) = take_photos(pages, MAX_SORTED, &prefix).await?;
        photos.extend(calendar.undated_of(day));
        photos.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
        let read = Cached::new(SortedDay((!more).then_some(photos)), started);
        let sorted = Arc::clone(&read.value);
        let mut cached_days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        cached_days.retain(|(cached_day, _)| *cached_day != day);
        cached_days.push((day, read));
        let over = cached_days.len().saturating_sub(DAYS_KEPT);
        cached_days.drain(..over);
        Ok(sorted)
    }
}

impl Calendar {
    /// Returns the newest day up to `latest` that may have photos. That includes today, which may get its first photo
    /// at any time.
    fn newest_day(&self, latest: Date, today: Date) -> Option<Date> {
        let known = self.days.range(..=latest).next_back().copied();
        known.max((today <= latest).then_some(today))
    }

    /// Returns the cursor of the first undated photo, or `None` if those photos are sorted into days.
    fn undated_start(&self) -> Option<Cursor> {
        match &self.undated {
            Undated::Few(_) => None,
            Undated::Many(_) => Some(Cursor::Undated(String::new())),
        }
    }
}

/// Returns the sort key of a photo in its day: the newest first.
fn sort_key(version: &Version) -> (std::cmp::Reverse<i64>, &str) {
    (std::cmp::Reverse(milliseconds(version)), &version.key)
}

fn position(version: &Version) -> (i64, String) {
    (milliseconds(version), version.key.clone())
}

fn milliseconds(version: &Version) -> i64 {
    i64::try_from(version.last_modified.unix_timestamp_nanos() / 1_000_000).unwrap_or(0)
}

/// Returns up to `count` photos of the sorted `all` after `after`, and whether there are more.
fn photos_after(all: &[Version], after: Option<&(i64, String)>, count: usize) -> (Vec<Version>, bool) {
    let from = after.map_or(0, |(time, key)| {
        all.partition_point(|version| sort_key(version) <= (std::cmp::Reverse(*time), key.as_str()))
    });
    let rest = &all[from..];
    (rest.iter().take(count).cloned().collect(), rest.len() > count)
}

/// Returns the first `count` photos of `pages`, and whether there are more.
async fn take_photos(
    mut pages: VersionPages<'_>,
    count: usize,
    prefix: &str,
) -> Result<(Vec<Version>, bool), CommandError> {
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page
            .map_err(|error| aws_error(format_args!("list the photos in `{}`", escape(prefix)), &*error))?;
        found.extend(page.into_iter().filter(Version::is_current_photo));
        if found.len() > count {
            found.truncate(count);
            return Ok((found, true));
        }
    }
    Ok((found, false))
}

/// Returns up to `count` undated photos after the key `after`, and whether there are more.
async fn undated_photos(
    store: &PhotoStore<'_>,
    calendar: &Calendar,
    after: &str,
    count: usize,
) -> Result<(Vec<Version>, bool), CommandError> {
    let Undated::Many(folders) = &calendar.undated else { return Ok((Vec::new(), false)) };
    let started = folders.iter().position(|folder| !after.is_empty() && folder.contains(after)).unwrap_or(0);
    let mut found = Vec::new();
    let mut after = (!after.is_empty()).then(|| after.to_owned());
    for folder in folders.iter().skip(started) {
        let (photos, more) = photos_of_folder(store, folder, after.take(), count - found.len()).await?;
        found.extend(photos);
        if more || found.len() == count {
            return Ok((found, true));
        }
    }
    Ok((found, false))
}

async fn photos_of_folder(
    store: &PhotoStore<'_>,
    folder: &UndatedFolder,
    after: Option<String>,
    count: usize,
) -> Result<(Vec<Version>, bool), CommandError> {
    take_photos(folder.pages(store, after), count, &folder.prefix).await
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day, None) => write!(f, "{day}"),
            Self::Day(day, Some((time, key))) => write!(f, "{day}/{time}/{key}"),
            Self::Undated(key) => write!(f, "undated/{key}"),
            Self::Named(skipped) => write!(f, "named/{skipped}"),
            Self::Under(key) => write!(f, "under/{key}"),
        }
    }
}

impl FromStr for Cursor {
    type Err = CommandError;

    fn from_str(text: &str) -> Result<Self, CommandError> {
        let read = || match text.split_once('/') {
            None => Some(Self::Day(Date::parse(text, &Iso8601::DATE).ok()?, None)),
            Some(("undated", key)) => Some(Self::Undated(key.to_owned())),
            Some(("named", skipped)) => Some(Self::Named(skipped.parse().ok()?)),
            Some(("under", key)) => Some(Self::Under(key.to_owned())),
            Some((day, rest)) => {
                let (time, key) = rest.split_once('/')?;
                let day = Date::parse(day, &Iso8601::DATE).ok()?;
                Some(Self::Day(day, Some((time.parse().ok()?, key.to_owned()))))
            }
        };
        read().ok_or_else(|| CommandError::usage("this is not the URL of a page of photos"))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_cursor_survives_formatting_and_parsing() {
        let day = date!(2026 - 11 - 24);
        for cursor in [
            Cursor::Day(day, None),
            Cursor::Day(day, Some((1_764_000_000_123, "2026/11/24/a b.77af778b51.jpg".to_owned()))),
            Cursor::Undated(String::new()),
            Cursor::Undated("holiday/é.jpg".to_owned()),
            Cursor::Named(60),
            Cursor::Under("2026/x".to_owned()),
        ] {
            assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }
        for text in ["", "2026-13-01", "named/x", "x/1/a", "2026-11-24/x/a", "2026-11-24/1"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }
}
