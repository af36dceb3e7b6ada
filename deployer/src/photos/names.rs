//! Reads the name index: any number of photos with one name, the newest first.
//!
//! S3 lists the entries only in key order. A name with few entries is listed as a whole. For a name with more, this
//! reads the folders of years, months, and days from the newest, and sorts entries outside these folders by the time of
//! their last write.

use std::cmp::Reverse;

use aws_sdk_s3::types::EncodingType;
use contract::key::{OriginalVersion, escape};
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use time::util::days_in_month;
use time::{Date, Month, OffsetDateTime};

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::photos::{ListedObject, PhotoStore};
use crate::s3::versions::{KeyRange, decode_key};

/// The maximum number of entries to sort: the newest of a folder. Others follow in key order.
const MAX_SORTED: usize = 10_000;

/// The years that a folder can have, from the year in which S3 launched.
const YEARS: std::ops::RangeInclusive<i32> = 2006..=2069;

/// How many folders are checked at once.
const READS_AT_ONCE: usize = 32;

/// The last character in the sort order: no encoded key has a character after `~`.
const AFTER_ALL_KEYS: char = '\u{7f}';

/// An entry of the name index.
#[derive(Clone, Debug)]
pub(crate) struct IndexEntry {
    pub(crate) original: OriginalVersion,
    /// The time of its last write, when the photo was last processed.
    pub(crate) written: OffsetDateTime,
    /// The day of the photo: the day of its folder, or else the day of the last write.
    day: Date,
}

impl IndexEntry {
    fn from_object(object: &ListedObject) -> Option<Self> {
        let original = OriginalVersion::from_index_key(&object.key)?;
        let written = object.written.date();
        let folders = original.key.match_indices('/').take(3).map(|(end, _)| &original.key[..=end]);
        let day = folders
            .filter_map(folder_dates)
            .last()
            .map_or(written, |(first, last)| written.clamp(first, last));
        Some(Self { original, written: object.written, day })
    }

    /// Returns the sort key of the entry.
    fn sort_key(&self) -> (Reverse<Date>, Reverse<OffsetDateTime>, &str) {
        (Reverse(self.day), Reverse(self.written), &self.original.key)
    }
}

/// A page of a listing.
struct NamePage {
    objects: Vec<ListedObject>,
    folders: Vec<String>,
    /// Whether there is more.
    more: bool,
}

/// Consecutive entries in the index.
struct EntryRange {
    prefix: String,
    range: KeyRange,
}

impl PhotoStore<'_> {
    /// Returns the entries under `prefix` of the name index in groups, the newest of each name first. With a `day`, returns
    /// only entries of photos that may have been last modified on it.
    ///
    /// `prefix` is one name or the start of several. Fails if the stack has no name index.
    pub(crate) fn name_entries(
        &self,
        prefix: String,
        day: Option<Date>,
    ) -> impl Stream<Item = Result<Vec<IndexEntry>, CommandError>> {
        let groups = stream::try_unfold(Some((prefix, None::<String>)), move |begin| async move {
            let Some((prefix, after)) = begin else { return Ok(None) };
            if !self.has_name_index {
                return Err(CommandError::not_found(
                    "this stack has no name index to find a photo by its name",
                )
                .hint(
                    "pass the whole key of the photo, or set `name_index: true` in deployer.yaml, then run \
                     `deployer up{flags}`",
                ));
            }
            let page = self.list_page(&prefix, after, false).await?;
            let mut groups: Vec<(String, Vec<IndexEntry>)> = Vec::new();
            for object in &page.objects {
                let (name, entry) = (name_of(&object.key), IndexEntry::from_object(object));
                match groups.last_mut() {
                    Some((last, group)) if last == name => group.extend(entry),
                    _ => groups.push((name.to_owned(), entry.into_iter().collect())),
                }
            }
            // The entries of the last name may continue on the next page.
            let last = if page.more { groups.pop().map(|(name, _)| name) } else { None };
            let next =
                last.as_ref().filter(|name| **name != prefix).map(|name| format!("{name}{AFTER_ALL_KEYS}"));
            let next = next.map(|after| (prefix, Some(after)));
            let reader = last.map(|name| NameReader::new(self, name, day).into_groups());
            let whole = groups.into_iter().map(move |(_, mut group)| {
                group.retain(|entry| may_match_day(day, entry.written.date()));
                group.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
                Ok(group)
            });
            Ok::<_, CommandError>(Some((stream::iter(whole).chain(stream::iter(reader).flatten()), next)))
        });
        groups.try_flatten()
    }

    async fn list_page(
        &self,
        prefix: &str,
        after: Option<String>,
        delimited: bool,
    ) -> Result<NamePage, CommandError> {
        let listing = self.s3.list_objects_v2().bucket(self.catalog).prefix(prefix).set_start_after(after);
        let listing =
            listing.set_delimiter(delimited.then(|| "/".to_owned())).encoding_type(EncodingType::Url);
        let page = listing.send().await;
        let page = page
            .map_err(|error| aws_error(format_args!("list `{}` in the catalog", escape(prefix)), &error))?;
        let encoding = page.encoding_type();
        let folders = page.common_prefixes().iter().filter_map(|folder| folder.prefix());
        Ok(NamePage {
            objects: page.contents().iter().map(|object| ListedObject::new(object, encoding)).collect(),
            folders: folders.map(|folder| decode_key(folder, encoding)).collect(),
            more: page.is_truncated() == Some(true),
        })
    }
}

/// A remaining part of one name.
enum Step {
    /// The folder of a year, a month, or a day; empty for all entries.
    Folder(String),
    /// Too many entries to sort, in key order, and the last entry that was already returned.
    Unsorted(Vec<EntryRange>, (Reverse<Date>, Reverse<OffsetDateTime>, String)),
}

/// A walk through the entries of one name, the newest first.
struct NameReader<'a> {
    store: &'a PhotoStore<'a>,
    prefix: String,
    day: Option<Date>,
    /// The remaining steps; the last one is next.
    steps: Vec<Step>,
    /// Entries outside the folders of days that were not returned yet.
    outside: Vec<IndexEntry>,
}

impl<'a> NameReader<'a> {
    fn new(store: &'a PhotoStore<'a>, prefix: String, day: Option<Date>) -> Self {
        Self { store, prefix, day, steps: vec![Step::Folder(String::new())], outside: Vec::new() }
    }

    fn into_groups(self) -> impl Stream<Item = Result<Vec<IndexEntry>, CommandError>> + 'a {
        stream::try_unfold(self, |mut reader| async {
            Ok(Box::pin(reader.next()).await?.map(|group| (group, reader)))
        })
    }

    async fn next(&mut self) -> Result<Option<Vec<IndexEntry>>, CommandError> {
        loop {
            let group = match self.steps.pop() {
                None if self.outside.is_empty() => return Ok(None),
                None => sort_entries(std::mem::take(&mut self.outside)),
                Some(Step::Folder(folder)) => self.read_folder(&folder).await?,
                Some(Step::Unsorted(ranges, last_returned)) => {
                    self.next_unsorted(ranges, last_returned).await?
                }
            };
            if !group.is_empty() {
                return Ok(Some(group));
            }
        }
    }

    /// Reads `folder` and returns its entries if it is a day.
    async fn read_folder(&mut self, folder: &str) -> Result<Vec<IndexEntry>, CommandError> {
        let (dated, ranges) = if folder.matches('/').count() == 3 {
            let prefix = format!("{}{folder}", self.prefix);
            (Vec::new(), vec![EntryRange { prefix, range: KeyRange::default() }])
        } else {
            self.split_folder(folder).await?
        };
        let (entries, more) = self.newest_entries(&ranges).await?;
        if let (true, Some(last)) = (more, entries.last()) {
            let (day, written, key) = last.sort_key();
            self.steps.push(Step::Unsorted(ranges, (day, written, key.to_owned())));
        }
        let is_wanted = |folder: &String| {
            folder_dates(folder).is_none_or(|(first, last)| {
                may_match_day(self.day, last)
                    && self.day.is_none_or(|day| first.previous_day().is_none_or(|first| first <= day))
            })
        };
        let dated: Vec<String> = dated.into_iter().filter(is_wanted).collect();
        self.steps.extend(dated.into_iter().map(Step::Folder));
        self.outside.extend(entries);
        match folder_dates(folder) {
            Some((first, last)) if first == last => {
                let (now, later) =
                    std::mem::take(&mut self.outside).into_iter().partition(|entry| entry.day >= first);
                self.outside = later;
                Ok(sort_entries(now))
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Returns the folders of years, months, or days in `folder`, the newest last, and the ranges of its other entries.
    async fn split_folder(&self, folder: &str) -> Result<(Vec<String>, Vec<EntryRange>), CommandError> {
        let prefix = format!("{}{folder}", self.prefix);
        let page = self.store.list_page(&prefix, None, true).await?;
        let folders: Vec<&str> =
            page.folders.iter().filter_map(|found| found.strip_prefix(&self.prefix)).collect();
        let dated: Vec<String> = if page.more {
            // The page may end before it lists all dated folders.
            let is_there = |folder: String| async move {
                let prefix = format!("{}{folder}", self.prefix);
                Ok::<_, CommandError>(
                    self.store.first_key(self.store.catalog, &prefix).await?.map(|_| folder),
                )
            };
            let asked = stream::iter(possible_folders_in(folder)).map(is_there).buffered(READS_AT_ONCE);
            asked.try_filter_map(|folder| std::future::ready(Ok(folder))).try_collect().await?
        } else {
            folders
                .iter()
                .filter(|folder| folder_dates(folder).is_some())
                .map(|folder| (*folder).to_owned())
                .collect()
        };
        let mut ranges = Vec::new();
        let mut after = None;
        let ends = dated.iter().map(|folder| Some(folder.as_str())).chain([None]);
        for end in ends {
            let is_within = |folder: &str| {
                after.as_deref().is_none_or(|after| folder > after) && end.is_none_or(|end| folder < end)
            };
            if page.more || folders.iter().any(|folder| is_within(folder)) {
                let at = |folder: &str| format!("{}{folder}", self.prefix);
                let range = KeyRange { after: after.as_deref().map(at), until: end.map(at) };
                ranges.push(EntryRange { prefix: prefix.clone(), range });
            }
            after = end.map(|end| format!("{end}{AFTER_ALL_KEYS}"));
        }
        Ok((dated, ranges))
    }

    /// Returns the newest entries in `ranges`, sorted, and whether there are more.
    async fn newest_entries(&self, ranges: &[EntryRange]) -> Result<(Vec<IndexEntry>, bool), CommandError> {
        let (mut found, mut more) = (Vec::new(), false);
        for EntryRange { prefix, range } in ranges {
            let pages = self.store.object_pages(self.store.catalog, prefix, range.clone());
            let mut pages = std::pin::pin!(pages);
            while let Some(page) = pages.try_next().await? {
                found.extend(
                    page.iter()
                        .filter_map(IndexEntry::from_object)
                        .filter(|entry| may_match_day(self.day, entry.written.date())),
                );
                if found.len() > 2 * MAX_SORTED {
                    found = sort_entries(found);
                    found.truncate(MAX_SORTED);
                    more = true;
                }
            }
        }
        let mut found = sort_entries(found);
        more |= found.len() > MAX_SORTED;
        found.truncate(MAX_SORTED);
        Ok((found, more))
    }

    /// Returns the next page of `ranges` without entries that were already returned.
    async fn next_unsorted(
        &mut self,
        mut ranges: Vec<EntryRange>,
        last_returned: (Reverse<Date>, Reverse<OffsetDateTime>, String),
    ) -> Result<Vec<IndexEntry>, CommandError> {
        let Some(EntryRange { prefix, range }) = ranges.first_mut() else { return Ok(Vec::new()) };
        let page = self.store.list_page(prefix, range.after.clone(), false).await?;
        let is_within =
            |object: &&ListedObject| range.until.as_ref().is_none_or(|until| object.key <= *until);
        let found = page.objects.iter().filter(is_within).filter_map(IndexEntry::from_object);
        let (day, written, key) = (last_returned.0, last_returned.1, last_returned.2.as_str());
        let found = found
            .filter(|entry| {
                entry.sort_key() > (day, written, key) && may_match_day(self.day, entry.written.date())
            })
            .collect();
        match page.objects.last() {
            Some(last) if page.more && is_within(&last) => range.after = Some(last.key.clone()),
            _ => {
                ranges.remove(0);
            }
        }
        if !ranges.is_empty() {
            self.steps.push(Step::Unsorted(ranges, last_returned));
        }
        Ok(found)
    }
}

fn sort_entries(mut entries: Vec<IndexEntry>) -> Vec<IndexEntry> {
    entries.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    entries
}

/// Returns whether an entry written on `written` can belong to a photo last modified on `day`, if given: it cannot be
/// written earlier. An extra day allows for clock differences.
fn may_match_day(day: Option<Date>, written: Date) -> bool {
    day.is_none_or(|day| written.next_day().is_none_or(|written| written >= day))
}

/// Returns the prefix of the name whose entry is at `key`.
fn name_of(key: &str) -> &str {
    key.match_indices('/').nth(1).map_or(key, |(end, _)| &key[..=end])
}

/// Returns the first and the last day of a folder such as `2026/`, `2026/11/`, or `2026/11/24/`, or `None` for any
/// other.
fn folder_dates(folder: &str) -> Option<(Date, Date)> {
    let mut parts = folder.strip_suffix('/')?.split('/');
    let mut number = |digits| match parts.next() {
        Some(part) if part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()) => {
            part.parse::<u16>().map(Some).ok()
        }
        Some(_) => None,
        None => Some(None),
    };
    let (year, month, day) = (i32::from(number(4)??), number(2)?, number(2)?);
    if parts.next().is_some() || !YEARS.contains(&year) {
        return None;
    }
    let date = |month: Month, day| Date::from_calendar_date(year, month, day).ok();
    let of = |month: u16| Month::try_from(u8::try_from(month).ok()?).ok();
    match (month, day) {
        (None, _) => Some((date(Month::January, 1)?, date(Month::December, 31)?)),
        (Some(month), None) => {
            let month = of(month)?;
            Some((date(month, 1)?, date(month, days_in_month(month, year))?))
        }
        (Some(month), Some(day)) => {
            let day = date(of(month)?, u8::try_from(day).ok()?)?;
            Some((day, day))
        }
    }
}

/// Returns all possible folders of years, months, or days in `folder`, in order.
fn possible_folders_in(folder: &str) -> Vec<String> {
    let numbered =
        |numbers: std::ops::RangeInclusive<i32>| numbers.map(|number| format!("{folder}{number:02}/"));
    let folders: Vec<String> = match folder.matches('/').count() {
        0 => numbered(YEARS).collect(),
        1 => numbered(1..=12).collect(),
        _ => numbered(1..=31).collect(),
    };
    folders.into_iter().filter(|folder| folder_dates(folder).is_some()).collect()
}
