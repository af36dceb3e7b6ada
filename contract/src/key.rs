//! The key scheme: where an original, its thumbnails and what is known about it are stored.
//!
//! Nobody else formats or splits a key. Every type here writes itself with `Display`; those that are
//! read back have a `FromStr` beside it.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use time::{Date, Month, OffsetDateTime};
use unicode_normalization::UnicodeNormalization;

use crate::preset::ThumbnailFormat;

/// The greatest length of a key we write, in bytes. S3's own limit is 1024; the rest is room for what
/// is derived from the key (`/large.webp`).
pub const MAX_KEY_BYTES: usize = 900;

/// How many hexadecimal digits of the SHA-256 stand in a key.
const DIGEST_DIGITS: usize = 10;

/// What stays as it is in a key part made from a file name: S3's "safe characters" that also need no
/// quoting in a shell, plus everything that is not ASCII.
const KEEP: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// The SHA-256 of an original's bytes, as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_sha256(&Sha256::digest(bytes))
    }

    /// The digest from a SHA-256 computed elsewhere, for instance piece by piece.
    pub fn from_sha256(sha256: &[u8]) -> Self {
        Self(sha256.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 10 digits, as they stand in keys.
    pub fn short(&self) -> &str {
        self.0.get(..DIGEST_DIGITS).unwrap_or(&self.0)
    }
}

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

/// Why a name or a text cannot be a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing there.
    #[error("the name is empty")]
    Empty,
    /// An empty, `.` or `..` part.
    #[error("the name `{name}` has an empty, `.` or `..` part")]
    Part {
        /// The name as given, with control characters escaped.
        name: String,
    },
    /// A control character.
    #[error("the name `{name}` has a control character")]
    Control {
        /// The name as given, with control characters escaped.
        name: String,
    },
    /// The key would be longer than [`MAX_KEY_BYTES`].
    #[error("the name `{name}` makes a key of {bytes} bytes, {max} are allowed", max = MAX_KEY_BYTES)]
    TooLong {
        /// The beginning of the name.
        name: String,
        /// The length the key would have.
        bytes: usize,
    },
    /// A text that is not of the form `YYYY/MM/DD/{dir/}{stem}.{h10}.{ext}`.
    #[error("`{text}` is not a key like `2026/11/24/cat.3f9a1c2b7d.jpg`")]
    Form {
        /// The text as given, with control characters escaped.
        text: String,
    },
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
        let key = Self::from_parts(date, digest, &name);
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
        let plain: Vec<String> = key.nfc().collect::<String>().split('/').map(plain_part).collect();
        let name = plain.join("/");
        let base = Self::from_parts(date, digest, &name);
        if base.to_string().len() <= MAX_KEY_BYTES {
            return base;
        }
        let kept: String =
            basename(&name).chars().rev().take(100).collect::<Vec<_>>().into_iter().rev().collect();
        let whole = Digest::of(key.as_bytes());
        Self::from_parts(date, digest, &format!("long/{}/{kept}", whole.short()))
    }

    fn from_parts(date: Date, digest: &Digest, name: &str) -> Self {
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
            digest: digest.short().to_owned(),
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
            let again = Self::from_parts(date, &Digest(key.digest.clone()), &whole);
            let normal = text.nfc().eq(text.chars());
            let same = again == key && key.to_string() == text;
            (parts && clean && normal && !stem.is_empty() && is_short_digest(digest) && same).then_some(key)
        };
        read().ok_or_else(|| KeyError::Form { text: escape(text) })
    }
}

/// One version of an object in the originals bucket: what an event names, before anything is fetched.
///
/// Its records in the catalog are found from the event alone, so a second delivery costs one HEAD, and
/// a listing of `by-key/` runs beside a listing of the originals, which is how an audit joins them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct OriginalVersion {
    /// The object's key, decoded.
    pub key: String,
    /// The object's version id; in a bucket without versions `etag-` and the entity tag.
    pub version: String,
}

impl OriginalVersion {
    /// The version of `key` with `version_id`, or with `etag` where the bucket keeps no versions.
    pub fn new(key: &str, version_id: Option<&str>, etag: Option<&str>) -> Self {
        let version = match version_id {
            Some(id) if !id.is_empty() && id != "null" => id.to_owned(),
            _ => format!("etag-{}", etag.unwrap_or_default().trim_matches('"')),
        };
        Self { key: key.to_owned(), version }
    }

    /// The version id to ask S3 for; none in a bucket without versions.
    pub fn version_id(&self) -> Option<&str> {
        (!self.version.starts_with("etag-")).then_some(self.version.as_str())
    }

    /// The catalog key of the record that this version has its thumbnails.
    pub fn done_key(&self) -> String {
        format!("{}{}/done.json", Self::prefix_of_key(&self.key), self.version)
    }

    /// The catalog key of the record that this version has failed.
    pub fn failure_key(&self) -> String {
        format!("{}{}/failed.json", Self::prefix_of_key(&self.key), self.version)
    }

    /// The catalog key of the record that this version has its alt texts.
    pub fn alt_text_done_key(&self) -> String {
        format!("{}{}/alt-text-done.json", Self::prefix_of_key(&self.key), self.version)
    }

    /// The catalog key of the record that this version cannot have alt texts.
    pub fn alt_text_failure_key(&self) -> String {
        format!("{}{}/alt-text-failed.json", Self::prefix_of_key(&self.key), self.version)
    }

    /// The catalog key of the note that a function has begun to work on this version alone, after an
    /// earlier delivery did not end. One that is left over tells which original kills the process.
    pub fn attempt_key(&self) -> String {
        format!("{ATTEMPTS}{}/{}.json", key_segment(&self.key), self.version)
    }

    /// The prefix of the records of all versions of `key`. Records of keys below `key/` stand under it
    /// too; see [`OriginalVersion::version_of_record`].
    pub fn prefix_of_key(key: &str) -> String {
        format!("{BY_KEY}{}/", key_segment(key))
    }

    /// The version whose record of `key` stands at `record_key`; none where the record is another key's.
    pub fn version_of_record<'a>(key: &str, record_key: &'a str) -> Option<&'a str> {
        let rest = record_key.strip_prefix(&Self::prefix_of_key(key))?;
        let (version, name) = rest.split_once('/')?;
        let ours =
            matches!(name, "done.json" | "failed.json" | "alt-text-done.json" | "alt-text-failed.json");
        ours.then_some(version)
    }
}

/// A key as it stands in the keys of its records: a digest where those would pass S3's 1024 bytes.
fn key_segment(key: &str) -> String {
    if key.len() <= MAX_KEY_BYTES {
        key.to_owned()
    } else {
        format!("~{}", Digest::of(key.as_bytes()).as_str())
    }
}

/// The prefix in the catalog of the records by original key and version.
pub const BY_KEY: &str = "by-key/";

/// The prefix in the catalog of the notes of attempts; see [`OriginalVersion::attempt_key`].
pub const ATTEMPTS: &str = "attempts/";

/// Where a backfill that goes on notes in the catalog how far it has come.
pub const BACKFILL: &str = "backfill.json";

/// The prefix in the catalog of the failure records of messages that name no original.
pub const UNREADABLE: &str = "unreadable/";

/// The catalog key of the failure record of the message `message_id`, which names no original.
pub fn unreadable_key(message_id: &str) -> String {
    format!("{UNREADABLE}{}.json", utf8_percent_encode(message_id, KEEP))
}

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
        // An original of ours is found by the name of the file that was uploaded.
        let name = match original.key.parse::<OriginalKey>() {
            Ok(ours) => ours.file_name(),
            Err(_) => basename(&original.key).to_owned(),
        };
        let ms = (last_modified.unix_timestamp_nanos() / 1_000_000).clamp(0, i128::from(NEWEST_FIRST));
        let place = Digest::of(format!("{}\0{}", original.key, original.version).as_bytes());
        Self {
            name: encode_name(&name),
            last_modified_ms: ms as u64,
            digest: digest.short().to_owned(),
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

    /// Whether the photo whose manifest stands at `other` may have its thumbnails under the `base` of the one
    /// at `entry`: a copy with the same name and bytes. Its manifest tells.
    pub fn may_share(entry: &str, other: &str, base: &str) -> bool {
        let digest = base.parse::<OriginalKey>().map(|base| base.digest);
        let other = (other != entry).then(|| other.parse::<Self>());
        matches!((digest, other), (Ok(digest), Some(Ok(other))) if other.digest == digest)
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
            let known = is_short_digest(digest) && is_hex(place, PLACE_DIGITS) && !name.is_empty();
            let (name, digest, place) = (name.to_owned(), digest.to_owned(), place.to_owned());
            known.then_some(Self { name, last_modified_ms, digest, place })
        };
        read().ok_or_else(|| KeyError::Form { text: escape(text) })
    }
}

/// The last part of a key: what a person calls the photo.
pub fn basename(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(_, name)| name)
}

/// `text` with control characters (also the ones that reorder a terminal's line) written as escapes.
pub fn escape(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if hidden(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        out
    })
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

/// Decodes a key as S3 writes it into an event: `+` is a space, then percent-decoding, once.
///
/// None where the bytes are not UTF-8: such an object cannot be asked for.
pub fn decode_event_key(encoded: &str) -> Option<String> {
    let spaced = encoded.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(|key| key.into_owned())
}

/// Encodes a key as S3 does in an event; [`decode_event_key`] reads it back.
pub fn encode_event_key(key: &str) -> String {
    const SAFE: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'/').remove(b'*');
    utf8_percent_encode(key, SAFE).to_string().replace("%20", "+")
}

fn is_short_digest(text: &str) -> bool {
    is_hex(text, DIGEST_DIGITS)
}

fn is_hex(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The number that exactly `count` decimal digits write.
fn digits(text: &str, count: usize) -> Option<u64> {
    let all = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::{date, datetime};

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
        // One of ours in form, but with other bytes: a lie must not lead to another photo's thumbnails.
        assert_eq!(
            base("2020/01/01/cat.0000000000.jpg"),
            "2026/11/24/2020/01/01/cat.0000000000.77af778b51.jpg"
        );
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
    fn a_version_is_found_from_the_event_alone() {
        let version = OriginalVersion::new("a/cat.jpg", Some("v1"), Some("\"abc\""));
        assert_eq!(version.done_key(), "by-key/a/cat.jpg/v1/done.json");
        assert_eq!(version.failure_key(), "by-key/a/cat.jpg/v1/failed.json");
        assert_eq!(version.version_id(), Some("v1"));
        let unversioned = OriginalVersion::new("a", Some("null"), Some("\"abc\""));
        assert_eq!((unversioned.version.as_str(), unversioned.version_id()), ("etag-abc", None));
        let long = OriginalVersion::new(&"k".repeat(1024), Some("v1"), None);
        assert!(long.failure_key().len() < 200 && long.attempt_key().len() < 200);
        assert_eq!(OriginalVersion::version_of_record("a/cat.jpg", &version.done_key()), Some("v1"));
        assert_eq!(OriginalVersion::version_of_record(&long.key, &long.failure_key()), Some("v1"));
        // A record of `a/cat.jpg` stands below the prefix of `a`, and is not one of `a`.
        assert_eq!(OriginalVersion::version_of_record("a", &version.done_key()), None);
        assert_eq!(unreadable_key("a/../b"), "unreadable/a%2F..%2Fb.json");
    }

    #[test]
    fn an_event_key_is_decoded_once() {
        for (encoded, key) in [
            ("my+cat.jpg", "my cat.jpg"),
            ("my%20cat.jpg", "my cat.jpg"),
            ("a%2Bb.jpg", "a+b.jpg"),
            ("100%25.jpg", "100%.jpg"),
            ("%2541.jpg", "%41.jpg"),
            ("caf%C3%A9.jpg", "café.jpg"),
            ("bad%zz.jpg", "bad%zz.jpg"),
        ] {
            assert_eq!(decode_event_key(encoded).as_deref(), Some(key));
        }
        assert_eq!(decode_event_key("%FF.jpg"), None);
    }

    /// Names as hostile as a file system allows: dots, percent signs, controls, any Unicode.
    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            "\\PC{0,40}",
            "[a-f0-9./%+ \\-]{0,60}",
            "([a-z]{0,3}[./]){0,8}[0-9a-f]{10}(\\.[0-9a-f]{10}){0,2}",
            any::<String>(),
        ]
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

        #[test]
        fn a_name_index_key_goes_round(key in hostile(), seconds in 0i64..4_000_000_000) {
            let modified = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let original = OriginalVersion::new(&format!("x{key}x"), Some("v1"), None);
            let index = NameIndexKey::new(&original, modified, &digest());
            prop_assert!(index.to_string().len() <= 1024);
            prop_assert_eq!(index.to_string().parse(), Ok(index));
        }

        #[test]
        fn an_event_key_goes_round(key in hostile()) {
            prop_assert_eq!(decode_event_key(&encode_event_key(&key)), Some(key));
        }
    }
}
