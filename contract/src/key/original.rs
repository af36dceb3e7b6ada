//! The key of an original, and the base of everything derived from one.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use time::{Date, Month, OffsetDateTime};
use unicode_normalization::UnicodeNormalization as _;

use super::digest::is_short_digest;
use super::text::digits;
use super::{Digest, KeyError, MAX_KEY_BYTES, basename, escape};
use crate::preset::ThumbnailFormat;

/// Where an original uploaded by the deployer lives, and the base under which everything derived from
/// any original is stored: `YYYY/MM/DD/{dir/}{stem}.{h10}.{ext}`.
///
/// The date bounds a listing to one day; the digest keeps two files of the same name on the same day
/// apart, and makes a second upload of the same file land on the same key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OriginalKey {
    date: Date,
    /// Folders before the name, each followed by `/`; empty for none.
    dir: String,
    stem: String,
    /// The first digits of the SHA-256.
    digest: String,
    /// The extension without its dot; empty for none.
    extension: String,
}

/// What a person calls the photo at `key`: an original of ours by the name of the file that was uploaded, any other by the
/// last part of its key.
pub fn file_name_of(key: &str) -> String {
    key.parse::<OriginalKey>().map_or_else(|_| basename(key).to_owned(), |ours| ours.file_name())
}

impl OriginalKey {
    /// The key of the file `name` (which may have folders, separated by `/`) with `digest`, uploaded
    /// on `date` (UTC).
    ///
    /// The name is brought into Unicode's NFC, so the two ways to write `é` make one key.
    pub fn new(date: Date, digest: &Digest, name: &str) -> Result<Self, KeyError> {
        let name: String = name.nfc().collect();
        if name.is_empty() {
            return Err(KeyError::Empty);
        }
        if name.chars().any(char::is_control) {
            return Err(KeyError::Control { name: escape(&name) });
        }
        if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(KeyError::Part { name });
        }
        let key = Self::from_parts(date, digest.short(), &name);
        let bytes = key.to_string().len();
        if bytes > MAX_KEY_BYTES {
            let name = name.chars().take(40).chain("...".chars()).collect();
            return Err(KeyError::TooLong { name, bytes });
        }
        Ok(key)
    }

    /// The base of an original that somebody else put under any `key` at all.
    ///
    /// A key that is one of ours is its own base. Any other keeps its name as far as it can stand in
    /// one of ours: a part that cannot is percent-encoded, and a key that is too long is cut and told
    /// apart by a digest of the whole.
    pub fn of_foreign(key: &str, last_modified: OffsetDateTime, digest: &Digest) -> Self {
        if let Ok(ours) = key.parse::<Self>()
            && ours.digest == digest.short()
        {
            return ours;
        }
        let date = last_modified.to_offset(time::UtcOffset::UTC).date();
        let plain: Vec<String> = key.split('/').map(plain_part).collect();
        // Last: an accent behind an encoded control character joins its last digit, which may be a letter.
        let name: String = plain.join("/").nfc().collect();
        let base = Self::from_parts(date, digest.short(), &name);
        if base.to_string().len() <= MAX_KEY_BYTES {
            return base;
        }
        let kept: String =
            basename(&name).chars().rev().take(100).collect::<Vec<_>>().into_iter().rev().collect();
        let whole = Digest::of(key.as_bytes());
        Self::from_parts(date, digest.short(), &format!("long/{}/{kept}", whole.short()))
    }

    fn from_parts(date: Date, short_digest: &str, name: &str) -> Self {
        let file = basename(name);
        let dir = name[..name.len() - file.len()].to_owned();
        // An extension that could be read as a digest belongs to the stem, or the key would have two
        // readings. A leading dot begins a hidden file's stem, as everywhere on Unix.
        let (stem, extension) = match file.rsplit_once('.') {
            Some((stem, ext)) if !stem.is_empty() && !ext.is_empty() && !is_short_digest(ext) => (stem, ext),
            _ => (file, ""),
        };
        Self {
            date,
            dir,
            stem: stem.to_owned(),
            digest: short_digest.to_owned(),
            extension: extension.to_owned(),
        }
    }

    /// The UTC day in the key.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The first 10 hexadecimal digits of the original's SHA-256.
    pub fn short_digest(&self) -> &str {
        &self.digest
    }

    /// The file's own name, without folders and digest: `cat.jpg`.
    pub fn file_name(&self) -> String {
        if self.extension.is_empty() {
            self.stem.clone()
        } else {
            format!("{}.{}", self.stem, self.extension)
        }
    }

    /// The key of the thumbnail called `preset`.
    pub fn thumbnail(&self, preset: &str, format: ThumbnailFormat) -> String {
        format!("{self}/{preset}.{}", format.extension())
    }

    /// The prefix of all thumbnails, and of all alt texts in the catalog.
    pub fn prefix(&self) -> String {
        format!("{self}/")
    }

    /// The key of the alt text in `language` (a BCP 47 tag) in the catalog.
    pub fn alt_text(&self, language: &str) -> String {
        format!("{self}/alt.{language}.json")
    }
}

impl fmt::Display for OriginalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, dir, stem, digest, extension } = self;
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        write!(f, "{year:04}/{month:02}/{day:02}/{dir}{stem}.{digest}")?;
        if extension.is_empty() { Ok(()) } else { write!(f, ".{extension}") }
    }
}

impl FromStr for OriginalKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let read = || {
            let (year, rest) = text.split_once('/')?;
            let (month, rest) = rest.split_once('/')?;
            let (day, name) = rest.split_once('/')?;
            let month = Month::try_from(digits(month, 2)? as u8).ok()?;
            let date =
                Date::from_calendar_date(digits(year, 4)? as i32, month, digits(day, 2)? as u8).ok()?;
            let file = basename(name);
            let (before, last) = file.rsplit_once('.')?;
            let (stem, digest, extension) = if is_short_digest(last) {
                (before, last, "")
            } else {
                let (stem, digest) = before.rsplit_once('.')?;
                (stem, digest, last)
            };
            let key = Self {
                date,
                dir: name[..name.len() - file.len()].to_owned(),
                stem: stem.to_owned(),
                digest: digest.to_owned(),
                extension: extension.to_owned(),
            };
            // What we never write is not ours: reading back must give the same key.
            let parts = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
            let clean = text.len() <= MAX_KEY_BYTES && !text.chars().any(char::is_control);
            let whole = format!("{}{}", key.dir, key.file_name());
            let again = Self::from_parts(date, &key.digest, &whole);
            let normal = text.nfc().eq(text.chars());
            let same = again == key && key.to_string() == text;
            (parts && clean && normal && !stem.is_empty() && is_short_digest(digest) && same).then_some(key)
        };
        read().ok_or_else(|| KeyError::Form { text: escape(text) })
    }
}

/// One part of a foreign key, fit to stand in one of ours.
fn plain_part(part: &str) -> String {
    match part {
        "" => "%".to_owned(),
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => part.chars().fold(String::new(), |mut out, c| {
            if c.is_control() {
                out.extend(utf8_percent_encode(c.encode_utf8(&mut [0; 4]), NON_ALPHANUMERIC));
            } else {
                out.push(c);
            }
            out
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::{date, datetime};

    use super::super::hostile::hostile;
    use super::*;

    const DAY: Date = date!(2026 - 11 - 24);

    fn digest() -> Digest {
        Digest::of(b"cat")
    }

    #[track_caller]
    fn check(name: &str, expect: &str) {
        let key = OriginalKey::new(DAY, &digest(), name).unwrap();
        assert_eq!(key.to_string(), expect);
        assert_eq!(key.to_string().parse(), Ok(key));
    }

    #[test]
    fn an_original_key_is_date_folders_stem_digest_extension() {
        check("cat.jpg", "2026/11/24/cat.77af778b51.jpg");
        check("my cat+1 100%.jpg", "2026/11/24/my cat+1 100%.77af778b51.jpg");
        check("holiday/sea/cat.jpg", "2026/11/24/holiday/sea/cat.77af778b51.jpg");
        check("cat", "2026/11/24/cat.77af778b51");
        check(".hidden", "2026/11/24/.hidden.77af778b51");
        check("cat.", "2026/11/24/cat..77af778b51");
        check("a.b.c.jpeg", "2026/11/24/a.b.c.77af778b51.jpeg");
        check("x.0123456789", "2026/11/24/x.0123456789.77af778b51");
        check("cafe\u{301}.jpg", "2026/11/24/caf\u{e9}.77af778b51.jpg");
    }

    #[test]
    fn a_name_that_cannot_be_a_key_is_refused() {
        let refuse = |name: &str| OriginalKey::new(DAY, &digest(), name).unwrap_err();
        assert_eq!(refuse(""), KeyError::Empty);
        for name in ["../cat.jpg", "a//b.jpg", "a/./b", "/cat.jpg", "cat/"] {
            assert!(matches!(refuse(name), KeyError::Part { .. }), "{name}");
        }
        assert_eq!(refuse("a\nb"), KeyError::Control { name: "a\\nb".into() });
        assert!(matches!(refuse(&"x".repeat(890)), KeyError::TooLong { bytes: 912, .. }));
    }

    #[test]
    fn what_we_would_not_write_is_not_ours() {
        for text in [
            "cat.jpg",
            "2026/11/24/cat.jpg",
            "2026/13/24/cat.77af778b51.jpg",
            "2026/02/30/cat.77af778b51.jpg",
            "2026/1/24/cat.77af778b51.jpg",
            "2026/11/24/../cat.77af778b51.jpg",
            "2026/11/24/.77af778b51.jpg",
            "2026/11/24/cat.77AF778B51.jpg",
            "2026/11/24/cat.77af778b51.",
            "+026/11/24/cat.77af778b51.jpg",
            "2026/11/24/.a\u{1face}\u{10400}\u{ae}.",
        ] {
            assert!(text.parse::<OriginalKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn any_foreign_key_has_a_base() {
        let modified = datetime!(2026-11-24 23:59:59.5 UTC);
        let base = |key: &str| OriginalKey::of_foreign(key, modified, &digest()).to_string();
        assert_eq!(base("my cat.jpg"), "2026/11/24/my cat.77af778b51.jpg");
        assert_eq!(base("a//../b.jpg"), "2026/11/24/a/%/%2E%2E/b.77af778b51.jpg");
        assert_eq!(base("2020/01/01/cat.77af778b51.jpg"), "2020/01/01/cat.77af778b51.jpg");
        // The encoded line feed ends in a letter that takes no accent alone.
        assert_eq!(base("a\n\u{308}.jpg"), "2026/11/24/a%0\u{c4}.77af778b51.jpg");
        // One of ours in form, but with other bytes: a lie must not lead to another photo's thumbnails.
        assert_eq!(
            base("2020/01/01/cat.0000000000.jpg"),
            "2026/11/24/2020/01/01/cat.0000000000.77af778b51.jpg"
        );
    }

    proptest! {
        #[test]
        fn a_key_goes_round(name in hostile(), bytes in any::<[u8; 4]>(), days in 0i32..20_000) {
            let date = Date::from_julian_day(2_451_545 + days).unwrap();
            if let Ok(key) = OriginalKey::new(date, &Digest::of(&bytes), &name) {
                prop_assert_eq!(key.to_string().parse(), Ok(key));
            }
        }

        #[test]
        fn what_parses_is_written_the_same(text in hostile()) {
            let text = format!("2026/11/24/{text}");
            if let Ok(key) = text.parse::<OriginalKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }

        #[test]
        fn a_foreign_base_is_one_of_our_keys(key in hostile(), seconds in 0i64..4_000_000_000) {
            let modified = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let base = OriginalKey::of_foreign(&key, modified, &digest());
            prop_assert_eq!(base.to_string().parse(), Ok(base));
        }
    }
}
