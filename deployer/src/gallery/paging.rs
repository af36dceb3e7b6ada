//! Paging: any number of photos from the newest to the oldest, page by page.
//!
//! A page costs a listing or a few: the calendar finds the day, and one day is sorted by time. A day with more than
//! [`MAX_SORTED`] photos is shown in key order, the order of the listing.

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
use crate::gallery::calendar::{Calendar, DayFolder, MAX_SORTED, Undated, day_prefix};
use crate::photos::PhotoStore;
use crate::s3::versions::{self, Pages, Version};

/// How many sorted days are kept.
const DAYS_KEPT: usize = 8;

/// How long what was listed is believed, as a multiple of the time that the listing took.
const BELIEVED: u32 = 20;

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
pub(crate) struct Group {
    /// The day, or `None` for photos without one.
    pub(crate) day: Option<Date>,
    pub(crate) photos: Vec<PagedPhoto>,
}

/// A photo in a listing.
pub(crate) enum PagedPhoto {
    /// Its state is not known yet.
    Version(Version),
    /// It is done.
    Done(Box<Manifest>),
}

/// A page of photos.
pub(crate) struct Page {
    pub(crate) groups: Vec<Group>,
    /// The start of the next page, or `None` after the last.
    pub(crate) next: Option<Cursor>,
}

/// A cache of recent listings.
#[derive(Default)]
pub(crate) struct Paging {
    calendar: Mutex<Option<Cached<Calendar>>>,
    days: Mutex<Vec<(Date, Cached<Day>)>>,
}

struct Cached<T> {
    value: Arc<T>,
    until: Instant,
}

/// The photos of a day, the newest first, or `None` if there are too many.
struct Day(Option<Vec<Version>>);

impl<T> Cached<T> {
    /// `value`, whose making began at `begun`.
    fn new(value: T, begun: Instant) -> Self {
        let believed = (begun.elapsed() * BELIEVED).clamp(Duration::from_secs(1), Duration::from_secs(60));
        Self { value: Arc::new(value), until: Instant::now() + believed }
    }

    fn get(&self) -> Option<Arc<T>> {
        (Instant::now() < self.until).then(|| Arc::clone(&self.value))
    }
}

impl Paging {
    /// Returns up to `count` photos from `cursor` on, or the newest without one.
    pub(crate) async fn page(
        &self,
        catalog: &PhotoStore<'_>,
        cursor: Option<Cursor>,
        count: usize,
    ) -> Result<Page, CommandError> {
        let today = OffsetDateTime::now_utc().date();
        let calendar = self.calendar(catalog, today).await?;
        let mut groups = Vec::new();
        let mut left = count;
        // Photos from tomorrow exist where clocks differ.
        let mut at = Some(cursor.unwrap_or(Cursor::Day(today.saturating_add(time::Duration::DAY), None)));
        while let (Some(cursor), true) = (at.clone(), left > 0) {
            let (group, next) = match cursor {
                Cursor::Day(latest, after) => {
                    let Some(day) = calendar.newest(latest, today) else {
                        at = calendar.beyond_days();
                        continue;
                    };
                    let after = after.filter(|_| day == latest);
                    let (photos, more) = self.of_day(catalog, &calendar, day, after, left).await?;
                    let next = match photos.last() {
                        Some(last) if more => Some(Cursor::Day(day, Some(place(last)))),
                        _ => day.previous_day().map(|before| Cursor::Day(before, None)),
                    };
                    (
                        Group {
                            day: Some(day),
                            photos: photos.into_iter().map(PagedPhoto::Version).collect(),
                        },
                        next,
                    )
                }
                Cursor::Undated(after) => {
                    let (photos, more) = undated(catalog, &calendar, &after, left).await?;
                    let next = photos.last().filter(|_| more).map(|last| Cursor::Undated(last.key.clone()));
                    (Group { day: None, photos: photos.into_iter().map(PagedPhoto::Version).collect() }, next)
                }
                Cursor::Named(_) | Cursor::Under(_) => return Ok(Page { groups, next: None }),
            };
            left -= group.photos.len();
            if !group.photos.is_empty() {
                groups.push(group);
            }
            at = next;
        }
        let next = at.filter(|next| match next {
            Cursor::Day(day, None) => {
                calendar.newest(*day, today).is_some() || calendar.beyond_days().is_some()
            }
            _ => true,
        });
        Ok(Page { groups, next })
    }

    /// Returns up to `count` photos of `day` whose names contain `name`, ignoring case.
    pub(crate) async fn named_of_day(
        &self,
        catalog: &PhotoStore<'_>,
        day: Date,
        name: &str,
        count: usize,
    ) -> Result<Page, CommandError> {
        let calendar = self.calendar(catalog, OffsetDateTime::now_utc().date()).await?;
        let name = name.to_lowercase();
        let (photos, _) = self.of_day(catalog, &calendar, day, None, MAX_SORTED).await?;
        let found = photos.into_iter().filter(|photo| photo.key.to_lowercase().contains(&name));
        let photos: Vec<PagedPhoto> = found.take(count).map(PagedPhoto::Version).collect();
        Ok(Page { groups: vec![Group { day: Some(day), photos }], next: None })
    }

    /// Returns up to `count` photos whose names, or keys if `name` has a `/`, start with `name`.
    pub(crate) async fn named(
        &self,
        catalog: &PhotoStore<'_>,
        name: &str,
        cursor: Option<Cursor>,
        count: usize,
    ) -> Result<Page, CommandError> {
        if name.contains('/') {
            let after = match cursor {
                Some(Cursor::Under(after)) => Some(after),
                _ => None,
            };
            let pages = versions::pages(catalog.s3, catalog.originals, name, after);
            let (photos, more) = take(pages, count, name).await?;
            let next = photos.last().filter(|_| more).map(|last| Cursor::Under(last.key.clone()));
            let photos = photos.into_iter().map(PagedPhoto::Version).collect();
            return Ok(Page { groups: vec![Group { day: None, photos }], next });
        }
        let passed = match cursor {
            Some(Cursor::Named(passed)) => passed,
            _ => 0,
        };
        // Without its last `/`, so that the beginning of a name will do.
        let prefix = index_of_name(name).trim_end_matches('/').to_owned();
        let mut found: Vec<(usize, Manifest)> =
            catalog.by_name(prefix, None, passed).take(count + 1).try_collect().await?;
        let next = if found.len() > count { found.pop() } else { None };
        let next = next.map(|(number, _)| Cursor::Named(number));
        let photos = found.into_iter().map(|(_, manifest)| PagedPhoto::Done(Box::new(manifest))).collect();
        Ok(Page { groups: vec![Group { day: None, photos }], next })
    }

    fn known_calendar(&self) -> Option<Arc<Calendar>> {
        self.calendar.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(Cached::get)
    }

    fn known_day(&self, day: Date) -> Option<Arc<Day>> {
        let kept = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(kept, _)| *kept == day).and_then(|(_, cached)| cached.get())
    }

    async fn calendar(&self, catalog: &PhotoStore<'_>, today: Date) -> Result<Arc<Calendar>, CommandError> {
        if let Some(calendar) = self.known_calendar() {
            return Ok(calendar);
        }
        let begun = Instant::now();
        let read = Cached::new(Calendar::read(catalog, today).await?, begun);
        let calendar = Arc::clone(&read.value);
        *self.calendar.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
        Ok(calendar)
    }

    /// Up to `count` photos of `day` behind `after`, and whether there are more.
    async fn of_day(
        &self,
        catalog: &PhotoStore<'_>,
        calendar: &Calendar,
        day: Date,
        after: Option<(i64, String)>,
        count: usize,
    ) -> Result<(Vec<Version>, bool), CommandError> {
        let prefix = day_prefix(day);
        let sorted = self.day(catalog, calendar, day).await?;
        if let Some(all) = &sorted.0 {
            return Ok(behind(all, after.as_ref(), count));
        }
        // Those outside of the day's folder come first: they are few.
        let mut few = calendar.undated_of(day);
        few.sort_by(|a, b| order(a).cmp(&order(b)));
        let dated = after.clone().filter(|(_, key)| key.starts_with(&prefix));
        if dated.is_none() {
            let (photos, more) = behind(&few, after.as_ref(), count);
            if more || photos.len() == count {
                return Ok((photos, true));
            }
            let left = count - photos.len();
            let pages = versions::pages(catalog.s3, catalog.originals, &prefix, None);
            let (dated, more) = take(pages, left, &prefix).await?;
            return Ok((photos.into_iter().chain(dated).collect(), more));
        }
        let pages = versions::pages(catalog.s3, catalog.originals, &prefix, dated.map(|(_, key)| key));
        take(pages, count, &prefix).await
    }

    /// All photos of `day`, unless they are too many.
    async fn day(
        &self,
        catalog: &PhotoStore<'_>,
        calendar: &Calendar,
        day: Date,
    ) -> Result<Arc<Day>, CommandError> {
        if let Some(sorted) = self.known_day(day) {
            return Ok(sorted);
        }
        let begun = Instant::now();
        let prefix = day_prefix(day);
        let pages = versions::pages(catalog.s3, catalog.originals, &prefix, None);
        let (mut photos, more) = take(pages, MAX_SORTED, &prefix).await?;
        photos.extend(calendar.undated_of(day));
        photos.sort_by(|a, b| order(a).cmp(&order(b)));
        let read = Cached::new(Day((!more).then_some(photos)), begun);
        let sorted = Arc::clone(&read.value);
        let mut kept = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(kept, _)| *kept != day);
        kept.push((day, read));
        let over = kept.len().saturating_sub(DAYS_KEPT);
        kept.drain(..over);
        Ok(sorted)
    }
}

impl Calendar {
    /// The newest day up to `latest`. Today counts, which may have its first photos only now.
    fn newest(&self, latest: Date, today: Date) -> Option<Date> {
        let known = self.days.range(..=latest).next_back().copied();
        known.max((today <= latest).then_some(today))
    }

    /// Where the photos begin that are outside of the days.
    fn beyond_days(&self) -> Option<Cursor> {
        match &self.undated {
            Undated::Few(_) => None,
            Undated::Many(_) => Some(Cursor::Undated(String::new())),
        }
    }
}

/// What photos of a day are sorted by: the newest first.
fn order(version: &Version) -> (std::cmp::Reverse<i64>, &str) {
    (std::cmp::Reverse(milliseconds(version)), &version.key)
}

fn place(version: &Version) -> (i64, String) {
    (milliseconds(version), version.key.clone())
}

fn milliseconds(version: &Version) -> i64 {
    i64::try_from(version.last_modified.unix_timestamp_nanos() / 1_000_000).unwrap_or(0)
}

/// Up to `count` of the sorted `all` behind `after`, and whether there are more.
fn behind(all: &[Version], after: Option<&(i64, String)>, count: usize) -> (Vec<Version>, bool) {
    let from = after.map_or(0, |(time, key)| {
        all.partition_point(|version| order(version) <= (std::cmp::Reverse(*time), key.as_str()))
    });
    let rest = &all[from..];
    (rest.iter().take(count).cloned().collect(), rest.len() > count)
}

/// The first `count` photos of `pages`, and whether there are more.
async fn take(
    mut pages: Pages<'_>,
    count: usize,
    prefix: &str,
) -> Result<(Vec<Version>, bool), CommandError> {
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page
            .map_err(|error| aws_error(format_args!("list the photos in `{}`", escape(prefix)), &*error))?;
        found.extend(page.into_iter().filter(Version::is_there));
        if found.len() > count {
            found.truncate(count);
            return Ok((found, true));
        }
    }
    Ok((found, false))
}

/// Up to `count` photos outside of the days behind the key `after`, and whether there are more.
async fn undated(
    catalog: &PhotoStore<'_>,
    calendar: &Calendar,
    after: &str,
    count: usize,
) -> Result<(Vec<Version>, bool), CommandError> {
    let Undated::Many(folders) = &calendar.undated else { return Ok((Vec::new(), false)) };
    let begun = folders.iter().position(|folder| !after.is_empty() && folder.holds(after)).unwrap_or(0);
    let mut found = Vec::new();
    let mut after = (!after.is_empty()).then(|| after.to_owned());
    for folder in folders.iter().skip(begun) {
        let (photos, more) = of_folder(catalog, folder, after.take(), count - found.len()).await?;
        found.extend(photos);
        if more || found.len() == count {
            return Ok((found, true));
        }
    }
    Ok((found, false))
}

async fn of_folder(
    catalog: &PhotoStore<'_>,
    folder: &DayFolder,
    after: Option<String>,
    count: usize,
) -> Result<(Vec<Version>, bool), CommandError> {
    take(folder.pages(catalog, after), count, &folder.prefix).await
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day, None) => write!(f, "{day}"),
            Self::Day(day, Some((time, key))) => write!(f, "{day}/{time}/{key}"),
            Self::Undated(key) => write!(f, "undated/{key}"),
            Self::Named(passed) => write!(f, "named/{passed}"),
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
            Some(("named", passed)) => Some(Self::Named(passed.parse().ok()?)),
            Some(("under", key)) => Some(Self::Under(key.to_owned())),
            Some((day, rest)) => {
                let (time, key) = rest.split_once('/')?;
                let day = Date::parse(day, &Iso8601::DATE).ok()?;
                Some(Self::Day(day, Some((time.parse().ok()?, key.to_owned()))))
            }
        };
        read().ok_or_else(|| CommandError::usage("the address is not that of a page of photos"))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_cursor_goes_round() {
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
