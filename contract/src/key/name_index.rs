//! The index by name: how `cat.jpg` is found, the newest first.

use std::fmt;
use std::str::FromStr;

use percent_encoding::utf8_percent_encode;
use time::{Date, OffsetDateTime};
use unicode_normalization::UnicodeNormalization as _;

use super::digest::is_short_digest;
use super::text::{KEEP, digits, is_hex};
use super::{Digest, KeyError, MAX_KEY_BYTES, OriginalKey, OriginalVersion, basename, escape, file_name_of};

/// The prefix in the catalog of the name index.
pub const BY_NAME: &str = "by-name/";

/// Where a manifest stands in the catalog: `by-name/{lower-case basename, percent-encoded}/`
/// `{9999999999999 - last-modified in ms}-{h10}-{6 digits of the key and version}.json`.
///
/// Subtracting the time makes a listing give the newest first, so finding the newest `cat.jpg` costs
/// one LIST at any scale. The key and version are in it because S3 tells the time to the second: a
/// copy of a folder writes `a/cat.jpg` and `b/cat.jpg` with the same bytes within one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameIndexKey {
    name: String,
    last_modified_ms: u64,
    digest: String,
    place: String,
}

const NEWEST_FIRST: u64 = 9_999_999_999_999;

/// How many hexadecimal digits tell apart the copies of a photo made in the same second.
const PLACE_DIGITS: usize = 6;

impl NameIndexKey {
    /// The index key of `original`, last modified at `last_modified`, with `digest`.
    pub fn new(original: &OriginalVersion, last_modified: OffsetDateTime, digest: &Digest) -> Self {
        Self::with_digest(original, last_modified, digest.short())
    }

    fn with_digest(original: &OriginalVersion, last_modified: OffsetDateTime, short_digest: &str) -> Self {
        let name = file_name_of(&original.key);
        let ms = (last_modified.unix_timestamp_nanos() / 1_000_000).clamp(0, i128::from(NEWEST_FIRST));
        let place = Digest::of(format!("{}\0{}", original.key, original.version).as_bytes());
        Self {
            name: encode_name(&name),
            last_modified_ms: ms as u64,
            digest: short_digest.to_owned(),
            place: place.as_str()[..PLACE_DIGITS].to_owned(),
        }
    }

    /// The prefix under which all photos called `name` are listed, newest first. Folders before the
    /// name do not count.
    pub fn prefix(name: &str) -> String {
        format!("{BY_NAME}{}/", encode_name(basename(name)))
    }

    /// The prefix of the entries that stand beside `entry`: of photos with the same name.
    pub fn siblings(entry: &str) -> &str {
        entry.rfind('/').map_or("", |slash| &entry[..=slash])
    }

    /// The stretch of the entries beside `entry` of photos last modified on `day` (UTC): behind the first key, up to
    /// the second.
    pub fn stretch_of_day(entry: &str, day: Date) -> (String, String) {
        let ms = |day: Date| u64::try_from(day.midnight().assume_utc().unix_timestamp() * 1000).unwrap_or(0);
        let begin = ms(day);
        let last = day.next_day().map_or(NEWEST_FIRST, ms).saturating_sub(1);
        let at = |ms| format!("{}{:013}", Self::siblings(entry), NEWEST_FIRST.saturating_sub(ms));
        // All that follows the time is before `~`.
        (at(last), format!("{}~", at(begin)))
    }

    /// Where the manifests stand of other photos that may have their thumbnails under the `base` of the one at `entry`:
    /// copies with the same name and bytes. The manifests tell.
    ///
    /// `listed` are the entries beside `entry` of the day in `base`, on which copies were last modified. But the original
    /// whose key is `base` itself keeps that day wherever it is copied to: `ours` is its version and its Last-Modified, if
    /// it is there.
    pub fn that_may_share(
        entry: &str,
        base: &OriginalKey,
        listed: Vec<String>,
        ours: Option<(OriginalVersion, OffsetDateTime)>,
    ) -> Vec<String> {
        let is_alike =
            |other: &String| other.parse::<Self>().is_ok_and(|other| other.digest == base.short_digest());
        let mut others: Vec<String> =
            listed.into_iter().filter(|other| other != entry && is_alike(other)).collect();
        if let Some((version, last_modified)) = ours {
            let own = Self::with_digest(&version, last_modified, base.short_digest()).to_string();
            if own != entry && !others.contains(&own) {
                others.push(own);
            }
        }
        others
    }

    /// The original's Last-Modified, in milliseconds since 1970.
    pub fn last_modified_ms(&self) -> u64 {
        self.last_modified_ms
    }

    /// The first 10 hexadecimal digits of the original's SHA-256.
    pub fn short_digest(&self) -> &str {
        &self.digest
    }
}

impl fmt::Display for NameIndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, last_modified_ms, digest, place } = self;
        write!(f, "{BY_NAME}{name}/{:013}-{digest}-{place}.json", NEWEST_FIRST - last_modified_ms)
    }
}

impl FromStr for NameIndexKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let read = || {
            let (name, entry) = text.strip_prefix(BY_NAME)?.split_once('/')?;
            let (newest_first, rest) = entry.strip_suffix(".json")?.split_once('-')?;
            let (digest, place) = rest.split_once('-')?;
            let last_modified_ms = NEWEST_FIRST.checked_sub(digits(newest_first, 13)?)?;
            let known = is_short_digest(digest) && is_hex(place, PLACE_DIGITS);
            let (name, digest, place) = (name.to_owned(), digest.to_owned(), place.to_owned());
            known.then_some(Self { name, last_modified_ms, digest, place })
        };
        read().ok_or_else(|| KeyError::Form { text: escape(text) })
    }
}

/// A name as it stands in the index. One too long for a key is cut and told apart by its digest.
fn encode_name(name: &str) -> String {
    let lower: String = name.nfc().collect::<String>().to_lowercase();
    let encoded = utf8_percent_encode(&lower, KEEP).to_string();
    if encoded.len() <= MAX_KEY_BYTES {
        return encoded;
    }
    // Percent-encoded text is ASCII: any cut is a character boundary.
    format!("{}~{}", &encoded[..300], Digest::of(lower.as_bytes()).short())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::super::hostile::hostile;
    use super::*;

    fn digest() -> Digest {
        Digest::of(b"cat")
    }

    #[test]
    fn the_name_index_lists_the_newest_first() {
        let at = |key: &str, time| {
            NameIndexKey::new(&OriginalVersion::new(key, Some("v1"), None), time, &digest()).to_string()
        };
        let older = at("a/Cat.JPG", datetime!(2026-11-24 10:00 UTC));
        let newer = at("b/cat.jpg", datetime!(2026-11-24 10:00:01 UTC));
        assert_eq!(older, "by-name/cat.jpg/8204485599999-77af778b51-9f8943.json");
        assert!(newer < older);
        assert!(older.starts_with(&NameIndexKey::prefix("CAT.jpg")));
        let ours = at("2026/11/24/cat.77af778b51.jpg", datetime!(2026-11-24 10:00 UTC));
        let alike = older.len() - "9f8943.json".len();
        assert_eq!(ours[..alike], older[..alike]);
        assert_ne!(ours, older, "two originals made one manifest");
        assert_eq!(NameIndexKey::prefix("my cat/é.jpg"), "by-name/%C3%A9.jpg/");
    }

    #[test]
    fn a_day_is_a_stretch_of_the_index() {
        let at =
            |time| NameIndexKey::new(&OriginalVersion::new("cat.jpg", Some("v1"), None), time, &digest());
        let entry = at(datetime!(2026-11-24 10:00 UTC)).to_string();
        let (after, until) = NameIndexKey::stretch_of_day(&entry, datetime!(2026-11-24 0:00 UTC).date());
        let is_within = |time| {
            let key = at(time).to_string();
            key > after && key <= until
        };
        assert!(
            is_within(datetime!(2026-11-24 0:00 UTC)) && is_within(datetime!(2026-11-24 23:59:59.999 UTC))
        );
        assert!(
            !is_within(datetime!(2026-11-23 23:59:59.999 UTC)) && !is_within(datetime!(2026-11-25 0:00 UTC))
        );
    }

    #[test]
    fn a_key_that_ends_with_a_slash_goes_round() {
        let original = OriginalVersion::new("a/", Some("v1"), None);
        let index = NameIndexKey::new(&original, datetime!(2026-11-24 10:00 UTC), &digest());
        assert_eq!(index.to_string().parse(), Ok(index));
    }

    proptest! {
        #[test]
        fn a_name_index_key_goes_round(key in hostile(), seconds in 0i64..4_000_000_000) {
            let modified = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let original = OriginalVersion::new(&format!("x{key}x"), Some("v1"), None);
            let index = NameIndexKey::new(&original, modified, &digest());
            prop_assert!(index.to_string().len() <= 1024);
            prop_assert_eq!(index.to_string().parse(), Ok(index));
        }
    }
}
