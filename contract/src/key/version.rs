//! One version of an original, and the keys of everything that is derived from it.

use super::segment::{self, key_folder, key_of_folder, name_segment, version_of_segment, version_segment};
use super::{basename, file_name_of};
use crate::preset::ThumbnailFormat;

/// The prefix in the catalog of the records and alt texts, by original and version.
pub const BY_KEY: &str = "by-key/";

/// The prefix in the catalog of the name index.
pub const BY_NAME: &str = "by-name/";

/// One version of an object in the originals bucket, as an event names it.
///
/// Everything derived from a version belongs to that version alone. Its key can be computed from the version without a
/// call:
///
/// | what | bucket | key |
/// | --- | --- | --- |
/// | thumbnail | thumbnails | `{key}~/{version}/{preset}.{format}` |
/// | manifest: all thumbnails exist | catalog | `by-key/{key}~/{version}/done.json` |
/// | failure record | catalog | `by-key/{key}~/{version}/failed.json` |
/// | alt text | catalog | `by-key/{key}~/{version}/alt.{language}.json` |
/// | record of complete alt texts | catalog | `by-key/{key}~/{version}/alt-text-done.json` |
/// | record of failed alt texts | catalog | `by-key/{key}~/{version}/alt-text-failed.json` |
/// | record of attempts at it | catalog | `by-key/{key}~/{version}/attempt.json` |
/// | entry in the name index, empty | catalog | `by-name/{name}/{key}~/{version}` |
///
/// `key`, `version`, and `name` are encoded: letters, digits, `-`, `_`, `.`, and in a key `/`, are not changed; every
/// other byte becomes `~` and two upper-case hexadecimal digits. In a key, a part that is `.` or `..` is also encoded,
/// and a `/` at the beginning or after another `/` becomes `~2F`. The name is that of the file, in Unicode's NFC and
/// lower case. An encoded key of more than 700 bytes, a version of more than 65, and a name of more than 200 become
/// `~sha256-` and the 64 digits of the SHA-256 of the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct OriginalVersion {
    /// The object's key, decoded.
    pub key: String,
    /// The object's version ID; in a bucket without versions `etag-` and the entity tag.
    pub version: String,
}

impl OriginalVersion {
    /// Creates the version of `key` with `version_id`, or with `etag` if the bucket has no versions.
    pub fn new(key: &str, version_id: Option<&str>, etag: Option<&str>) -> Self {
        let version = match version_id {
            Some(id) if !id.is_empty() && id != "null" => id.to_owned(),
            _ => format!("etag-{}", etag.unwrap_or_default().trim_matches('"')),
        };
        Self { key: key.to_owned(), version }
    }

    /// Returns the version ID in S3, or `None` in a bucket without versions.
    pub fn version_id(&self) -> Option<&str> {
        (!self.version.starts_with("etag-")).then_some(self.version.as_str())
    }

    /// Returns `{key}~/{version}/`, the prefix of its thumbnails.
    pub fn folder(&self) -> String {
        format!("{}{}/", key_folder(&self.key), version_segment(&self.version))
    }

    /// Returns the prefix in the catalog of its records and alt texts.
    pub fn records(&self) -> String {
        format!("{BY_KEY}{}", self.folder())
    }

    /// Returns the key of its thumbnail called `preset`.
    pub fn thumbnail_key(&self, preset: &str, format: ThumbnailFormat) -> String {
        format!("{}{preset}.{}", self.folder(), format.extension())
    }

    /// Returns the catalog key of its manifest, which is stored last: if it exists, all thumbnails do.
    pub fn done_key(&self) -> String {
        self.records() + DONE
    }

    /// Returns the catalog key of its failure record.
    pub fn failure_key(&self) -> String {
        self.records() + FAILED
    }

    /// Returns the catalog key of its alt text in `language` (a BCP 47 tag).
    pub fn alt_text_key(&self, language: &str) -> String {
        format!("{}{ALT_TEXT}{language}.json", self.records())
    }

    /// Returns the catalog key of the record of its complete alt texts.
    pub fn alt_text_done_key(&self) -> String {
        self.records() + ALT_TEXT_DONE
    }

    /// Returns the catalog key of the failure record of its alt texts.
    pub fn alt_text_failure_key(&self) -> String {
        self.records() + ALT_TEXT_FAILED
    }

    /// Returns the catalog key of its entry in the name index.
    pub fn index_key(&self) -> String {
        format!("{}{}", index_of_key(&self.key), version_segment(&self.version))
    }

    /// Returns the catalog key of the record of attempts at this version. While an attempt is open, the record
    /// identifies an original that is being processed or that ended its process.
    pub fn attempt_key(&self) -> String {
        self.records() + ATTEMPT
    }

    /// Returns whether the keys of derived objects contain the version's key. They do not if the key is too long.
    /// Thumbnails and index entries then have the key in their metadata, as [`KEY_METADATA`].
    pub fn has_decodable_keys(&self) -> bool {
        key_of_folder(&key_folder(&self.key)).is_some()
    }

    /// Returns the version of `key` whose folder is `folder`, or `None` if there is no such version.
    pub fn from_folder(key: &str, folder: &str) -> Option<Self> {
        let version = version_below(&key_folder(key), folder)?;
        Some(Self { key: key.to_owned(), version }).filter(|original| original.folder() == folder)
    }

    /// Returns the version whose folder contains `key`, which is the key of a thumbnail.
    ///
    /// Returns `None` if it is not such a key, or if the original's key was too long.
    pub fn from_thumbnail_key(key: &str) -> Option<Self> {
        let (folder, name) = key.rsplit_once('/')?;
        let (key_folder, version) = folder.rsplit_once('/')?;
        if name.is_empty() {
            return None;
        }
        Some(Self { key: key_of_folder(&format!("{key_folder}/"))?, version: version_of_segment(version)? })
    }

    /// Returns the version whose record or alt text is at `key` in the catalog. Returns `None` as
    /// [`OriginalVersion::from_thumbnail_key`] does.
    pub fn from_record_key(key: &str) -> Option<Self> {
        Self::from_thumbnail_key(key.strip_prefix(BY_KEY)?)
    }

    /// Returns the version whose entry in the name index is at `key` in the catalog. Returns `None` as
    /// [`OriginalVersion::from_thumbnail_key`] does.
    pub fn from_index_key(key: &str) -> Option<Self> {
        let (_, entry) = key.strip_prefix(BY_NAME)?.split_once('/')?;
        Self::from_thumbnail_key(&format!("{entry}/entry"))
    }
}

/// The name of the metadata of a derived object that has the original's key, in Base64.
pub const KEY_METADATA: &str = "original-key";
/// The name of the manifest in a version's folder.
pub const DONE: &str = "done.json";
/// The name of the failure record in a version's folder.
pub const FAILED: &str = "failed.json";
/// The name of the record of complete alt texts in a version's folder.
pub const ALT_TEXT_DONE: &str = "alt-text-done.json";
/// The name of the failure record of alt texts in a version's folder.
pub const ALT_TEXT_FAILED: &str = "alt-text-failed.json";
/// The name of the record of attempts in a version's folder.
const ATTEMPT: &str = "attempt.json";
/// The prefix of the names of alt texts in a version's folder.
pub const ALT_TEXT: &str = "alt.";

/// Returns the prefixes of the folders of all versions of keys that begin with `prefix`. The first is for keys of
/// normal length. The second is for all keys that are too long. In the catalog, [`BY_KEY`] is before them.
pub fn folders_below(prefix: &str) -> [String; 2] {
    segment::folders_below(prefix)
}

/// Returns the prefix of the thumbnails of all versions of `key`, and of no other key.
pub fn thumbnails_of_key(key: &str) -> String {
    key_folder(key)
}

/// Returns the prefix in the catalog of the records and alt texts of all versions of `key`, and of no other key.
pub fn records_of_key(key: &str) -> String {
    format!("{BY_KEY}{}", key_folder(key))
}

/// Returns the prefix in the catalog of the entries of all versions of `key` in the name index, and of no other key.
pub fn index_of_key(key: &str) -> String {
    format!("{}{}", index_of_name(&file_name_of(key)), key_folder(key))
}

/// Returns the prefix in the catalog of the entries in the name index of all photos called `name`, in the order of their keys.
/// Folders before the name do not count.
pub fn index_of_name(name: &str) -> String {
    format!("{BY_NAME}{}/", name_segment(basename(name)))
}

/// Returns the version in `key`, which a listing of one of these prefixes of one original has found.
pub fn version_below(prefix: &str, key: &str) -> Option<String> {
    let rest = key.strip_prefix(prefix)?;
    version_of_segment(rest.split_once('/').map_or(rest, |(version, _)| version))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::hostile::hostile_name;
    use super::*;

    #[test]
    fn derived_keys_follow_from_key_and_version_alone() {
        let version = OriginalVersion::new("a/My cat.jpg", Some("v1"), Some("\"abc\""));
        let webp = ThumbnailFormat::Webp;
        assert_eq!(version.thumbnail_key("small", webp), "a/My~20cat.jpg~/v1/small.webp");
        assert_eq!(version.done_key(), "by-key/a/My~20cat.jpg~/v1/done.json");
        assert_eq!(version.failure_key(), "by-key/a/My~20cat.jpg~/v1/failed.json");
        assert_eq!(version.alt_text_key("pt-BR"), "by-key/a/My~20cat.jpg~/v1/alt.pt-BR.json");
        assert_eq!(version.index_key(), "by-name/my~20cat.jpg/a/My~20cat.jpg~/v1");
        assert_eq!(version.version_id(), Some("v1"));
        let unversioned = OriginalVersion::new("a", Some("null"), Some("\"abc\""));
        assert_eq!((unversioned.version.as_str(), unversioned.version_id()), ("etag-abc", None));
        let ours = OriginalVersion::new("2026/11/24/Cat.77af778b51.jpg", Some("v1"), None);
        assert_eq!(ours.index_key(), "by-name/cat.jpg/2026/11/24/Cat.77af778b51.jpg~/v1");
    }

    #[test]
    fn similar_keys_share_nothing() {
        let long = "k".repeat(1024);
        let folder = thumbnails_of_key(&long);
        let keys =
            ["a", "a/v1", "a~", "a\n.jpg", "a%0A.jpg", &long, folder.trim_end_matches("~/"), "a/", "a//"];
        for one in keys {
            for other in keys.iter().filter(|other| **other != one) {
                let version = OriginalVersion::new(other, Some("v1"), None);
                assert!(!version.folder().starts_with(&thumbnails_of_key(one)), "{one:?} {other:?}");
                assert!(!version.done_key().starts_with(&records_of_key(one)), "{one:?} {other:?}");
                assert!(!version.index_key().starts_with(&index_of_key(one)), "{one:?} {other:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_derived_key_fits_and_contains_its_version(key in hostile_name(), id in hostile_name()) {
            let version = OriginalVersion::new(&key, Some(&id), Some("e"));
            let thumbnail = version.thumbnail_key(&"p".repeat(32), ThumbnailFormat::Webp);
            let alt = version.alt_text_key("zh-Hant-abcdefgh-abcdefgh-abcdefgh");
            for derived in [&thumbnail, &alt, &version.index_key(), &version.alt_text_failure_key(), &version.attempt_key()] {
                prop_assert!(derived.len() <= 1024);
            }
            prop_assert_eq!(version_below(&records_of_key(&key), &alt), version_below(&thumbnails_of_key(&key), &thumbnail));
            prop_assert_eq!(version_below(&index_of_key(&key), &version.index_key()), version_below(&records_of_key(&key), &alt));
            if let Some(found) = OriginalVersion::from_thumbnail_key(&thumbnail) {
                prop_assert_eq!(&found.key, &version.key);
                prop_assert_eq!(found.folder(), version.folder());
                prop_assert_eq!(OriginalVersion::from_record_key(&version.done_key()), Some(found.clone()));
                prop_assert_eq!(OriginalVersion::from_index_key(&version.index_key()), Some(found));
            }
        }
    }
}
