//! One version of an original, and the keys of its records.

use super::{ATTEMPTS, Digest, MAX_KEY_BYTES};

/// The prefix in the catalog of the records by original key and version.
pub const BY_KEY: &str = "by-key/";

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
        self.record_key("done")
    }

    /// The catalog key of the record that this version has failed.
    pub fn failure_key(&self) -> String {
        self.record_key("failed")
    }

    /// The catalog key of the record that this version has its alt texts.
    pub fn alt_text_done_key(&self) -> String {
        self.record_key("alt-text-done")
    }

    /// The catalog key of the record that this version cannot have alt texts.
    pub fn alt_text_failure_key(&self) -> String {
        self.record_key("alt-text-failed")
    }

    /// The catalog key of the note that a function has begun to work on this version alone, after an
    /// earlier delivery did not end. One that is left over tells which original kills the process.
    pub fn attempt_key(&self) -> String {
        format!("{ATTEMPTS}{}/{}.json", key_segment(&self.key), version_segment(&self.version))
    }

    fn record_key(&self, record: &str) -> String {
        format!("{}{}/{record}.json", Self::prefix_of_key(&self.key), version_segment(&self.version))
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

/// The longest version that stands in the keys of its records as it is: S3's have 32 bytes, a digest with its mark 65.
const MAX_VERSION_BYTES: usize = 65;

/// A version as it stands in the keys of its records: a digest where it is none of S3's. An event can claim anything,
/// and its failure must be recorded all the same.
fn version_segment(version: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if version.len() <= MAX_VERSION_BYTES && version.bytes().all(plain) {
        version.to_owned()
    } else {
        format!("~{}", Digest::of(version.as_bytes()).as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        // What an event claims to be a version takes no record elsewhere, and leads back to it.
        for claimed in ["v".repeat(2000), "../../v".to_owned(), "v\u{0}1/done.json".to_owned()] {
            let key = OriginalVersion::new("a", Some(&claimed), None).failure_key();
            let found = OriginalVersion::version_of_record("a", &key).unwrap();
            assert_eq!((key.len(), found.len()), ("by-key/a//failed.json".len() + 65, 65));
            assert_eq!(OriginalVersion::new("a", Some(found), None).failure_key(), key);
        }
        // A record of `a/cat.jpg` stands below the prefix of `a`, and is not one of `a`.
        assert_eq!(OriginalVersion::version_of_record("a", &version.done_key()), None);
    }
}
