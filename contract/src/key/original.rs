//! The key of an original that the deployer uploads.

use std::fmt;
use std::str::FromStr;

use time::{Date, Month};
use unicode_normalization::UnicodeNormalization as _;

use super::digest::is_short_digest;
use super::text::read_digits;
use super::{Digest, KeyError, MAX_KEY_BYTES, basename, escape};

/// The key of an original that the deployer uploads: `YYYY/MM/DD/{dir/}{stem}.{h10}.{ext}`.
///
/// The date allows listings of one day. The digest distinguishes two files with the same name on the same day. The same
/// file gets the same key again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OriginalKey {
    date: Date,
    /// The folders before the name, each followed by `/`; empty if there are none.
    dir: String,
    stem: String,
    /// The first digits of the SHA-256.
    digest: String,
    /// The extension without its dot; empty if there is none.
    extension: String,
}

/// Returns the name that users see for the photo at `key`: the name of the uploaded file if the deployer created the
/// key, otherwise the last part of the key.
pub fn file_name_of(key: &str) -> String {
    key.parse::<OriginalKey>().map_or_else(|_| basename(key).to_owned(), |ours| ours.file_name())
}

impl OriginalKey {
    /// Creates the key of the file `name` with `digest`, uploaded on `date` (UTC). The name may have folders, separated
    /// by `/`.
    ///
    /// The name is converted to Unicode's NFC, so that both spellings of `é` result in the same key.
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

    fn from_parts(date: Date, short_digest: &str, name: &str) -> Self {
        let file = basename(name);
        let dir = name[..name.len() - file.len()].to_owned();
        // An extension that looks like a digest belongs to the stem. Otherwise the key would be ambiguous. A leading
        // dot begins the stem of a hidden file, as in Unix.
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

    /// Returns the UTC day in the key.
    pub fn date(&self) -> Date {
        self.date
    }

    /// Returns the first 10 hexadecimal digits of the original's SHA-256.
    pub fn short_digest(&self) -> &str {
        &self.digest
    }

    /// Returns the name of the file, without folders and digest: `cat.jpg`.
    pub fn file_name(&self) -> String {
        if self.extension.is_empty() {
            self.stem.clone()
        } else {
            format!("{}.{}", self.stem, self.extension)
        }
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
            let month = Month::try_from(read_digits(month, 2)? as u8).ok()?;
            let date =
                Date::from_calendar_date(read_digits(year, 4)? as i32, month, read_digits(day, 2)? as u8)
                    .ok()?;
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
            // The deployer creates only keys that are the same after reading them.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::super::hostile::hostile_name;
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
    fn a_key_that_the_deployer_does_not_create_is_refused() {
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

    proptest! {
        #[test]
        fn parsing_reverses_formatting(name in hostile_name(), bytes in any::<[u8; 4]>(), days in 0i32..20_000) {
            let date = Date::from_julian_day(2_451_545 + days).unwrap();
            if let Ok(key) = OriginalKey::new(date, &Digest::of(&bytes), &name) {
                prop_assert_eq!(key.to_string().parse(), Ok(key));
            }
        }

        #[test]
        fn formatting_reverses_parsing(text in hostile_name()) {
            let text = format!("2026/11/24/{text}");
            if let Ok(key) = text.parse::<OriginalKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
