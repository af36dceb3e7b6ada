//! The encoding of a key, a version, and a name inside the keys of derived objects.
//!
//! The encoding does not change the unreserved characters of a URL (RFC 3986, section 2.3) except `~`, or the `/`
//! between folders. It writes every other byte as `~` and two upper-case hexadecimal digits, as percent-encoding does
//! with `%`. So an encoded key needs no quoting in a URL, a shell, or a signature, and no proxy changes it.

use super::Digest;

/// The longest encoded key, in bytes. S3 allows 1,024; the rest is for the longest prefix and suffix around it.
const MAX_KEY: usize = 700;

/// The longest encoded version, in bytes. S3's version IDs have 32 characters, `etag-` and an entity tag up to 43.
const MAX_VERSION: usize = 65;

/// The longest encoded name, in bytes.
const MAX_NAME: usize = 200;

/// The text that replaces an empty name. No encoded text is the same.
const NO_NAME: &str = "~";

/// The text that, with the 64 digits of its SHA-256, replaces a text that is too long. No encoded text contains it,
/// because two hexadecimal digits follow each `~`.
const TOO_LONG: &str = "~sha256-";

/// Returns the folder of everything derived from the versions of `key`: the encoded key with `~/` at its end.
///
/// No encoded key contains `~/`, so a listing of this prefix finds nothing that is derived from another key, not
/// even from one in a folder of the same name.
pub(super) fn key_folder(key: &str) -> String {
    limit(encode_path(key), MAX_KEY, key) + "~/"
}

/// Returns the prefixes of the folders of keys that begin with `prefix`: of keys of normal length, and of keys that are
/// too long.
pub(super) fn folders_below(prefix: &str) -> [String; 2] {
    // A part that has only dots so far may continue with other characters.
    let dots = prefix.len() - prefix.trim_end_matches('.').len();
    let is_part = prefix[..prefix.len() - dots].is_empty() || prefix[..prefix.len() - dots].ends_with('/');
    let whole = if is_part && dots <= 2 { &prefix[..prefix.len() - dots] } else { prefix };
    [encode_path(whole), TOO_LONG.to_owned()]
}

/// Returns `key` as a path: the folder of [`key_folder`] without its end and without a limit of the length.
pub(crate) fn encode_path(key: &str) -> String {
    let mut folder = String::with_capacity(key.len() + 2);
    for (i, part) in key.split('/').enumerate() {
        if i > 0 {
            // Clients and proxies change empty, `.`, and `..` parts of a path.
            folder.push_str(if folder.is_empty() || folder.ends_with('/') { "~2F" } else { "/" });
        }
        push_encoded(&mut folder, part);
    }
    folder
}

/// Returns the key whose folder is `folder`, or `None` if [`key_folder`] does not return this folder or the key was too
/// long.
pub(super) fn key_of_folder(folder: &str) -> Option<String> {
    let key = decode(folder.strip_suffix("~/")?)?;
    (key_folder(&key) == folder).then_some(key)
}

/// Encodes `version` as one part of a key.
pub(super) fn version_segment(version: &str) -> String {
    // A version from a listing can already be a digest. A digest cannot be decoded, so it is not changed.
    let is_digest =
        |text: &str| text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if version.strip_prefix(TOO_LONG).is_some_and(is_digest) {
        return version.to_owned();
    }
    limit(encode(version), MAX_VERSION, version)
}

/// Returns the version that [`version_segment`] encoded. If the version was too long, returns the segment itself, which
/// [`version_segment`] does not change.
pub(super) fn version_of_segment(segment: &str) -> Option<String> {
    let version = decode(segment).or_else(|| segment.starts_with(TOO_LONG).then(|| segment.to_owned()))?;
    (version_segment(&version) == segment).then_some(version)
}

/// Encodes `name` as one part of a key. Upper and lower case have the same result.
pub(super) fn name_segment(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let name = name.nfc().collect::<String>().to_lowercase();
    // The name of a key that ends with a slash is empty, but a part of a path must not be.
    if name.is_empty() { NO_NAME.to_owned() } else { limit(encode(&name), MAX_NAME, &name) }
}

/// Encodes `text` as one part of a key, without a limit of the length.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    push_encoded(&mut encoded, text);
    encoded
}

/// Appends one part of a path.
fn push_encoded(out: &mut String, part: &str) {
    let is_dots = matches!(part, "." | "..");
    for byte in part.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if is_plain && !(is_dots && byte == b'.') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("~{byte:02X}"));
        }
    }
}

/// Decodes a string that [`encode_path`] or [`encode`] encoded.
pub(crate) fn decode(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'~' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

fn limit(encoded: String, max: usize, text: &str) -> String {
    if encoded.len() <= max { encoded } else { format!("{TOO_LONG}{}", Digest::of(text.as_bytes()).as_str()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::hostile::hostile_name;
    use super::*;

    #[test]
    fn ordinary_characters_stay_readable() {
        for (key, folder) in [
            ("2026/11/24/cat.3f9a1c2b7d.jpg", "2026/11/24/cat.3f9a1c2b7d.jpg~/"),
            ("users/42/My Avatar+1.JPG", "users/42/My~20Avatar~2B1.JPG~/"),
            ("\u{e9}%2B~", "~C3~A9~252B~7E~/"),
            ("a/", "a/~/"),
            ("/a//b", "~2Fa/~2Fb~/"),
            ("../a/./b..c", "~2E~2E/a/~2E/b..c~/"),
            ("", "~/"),
        ] {
            assert_eq!(key_folder(key), folder);
            assert_eq!(key_of_folder(folder).as_deref(), Some(key));
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_replaced_by_its_digest() {
        let long = "\u{e9}".repeat(120);
        let folder = key_folder(&long);
        assert_eq!(folder, format!("~sha256-{}~/", Digest::of(long.as_bytes()).as_str()));
        assert_eq!(key_of_folder(&folder), None);
        // A key that equals the replacement has a different folder.
        assert_ne!(key_folder(folder.trim_end_matches("~/")), folder);
        assert_eq!(key_folder(&"k".repeat(MAX_KEY)).len(), MAX_KEY + 2);
    }

    #[test]
    fn a_version_that_is_too_long_is_found_by_its_digest() {
        let like_a_digest = format!("{TOO_LONG}../{}", "a".repeat(61));
        for version in ["v1", "etag-0123-4", "v\u{0}1/done.json", &"v".repeat(2000), "..", "", &like_a_digest]
        {
            let segment = version_segment(version);
            assert!(!segment.contains('/') && segment.len() <= TOO_LONG.len() + 64, "{segment}");
            let found = version_of_segment(&segment).unwrap();
            assert_eq!(version_segment(&found), segment);
        }
    }

    proptest! {
        #[test]
        fn a_folder_belongs_to_one_key(key in hostile_name()) {
            let folder = key_folder(&key);
            prop_assert!(folder.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./~".contains(&b)));
            prop_assert!(folder.split('/').rev().skip(1).all(|part| !matches!(part, "" | "." | "..")));
            prop_assert!(folder.len() <= MAX_KEY + 2);
            prop_assert_eq!(folder.find("~/"), Some(folder.len() - 2));
            if folder != format!("{TOO_LONG}{}~/", Digest::of(key.as_bytes()).as_str()) {
                prop_assert_eq!(key_of_folder(&folder), Some(key));
            }
        }

        #[test]
        fn the_start_of_a_key_determines_a_prefix_of_its_folder(key in hostile_name(), cut in 0usize..64) {
            let cut = (0..=cut.min(key.len())).rev().find(|cut| key.is_char_boundary(*cut)).unwrap();
            let folder = key_folder(&key);
            prop_assert!(folders_below(&key[..cut]).iter().any(|below| folder.starts_with(below)), "{}", &key[..cut]);
        }

        #[test]
        fn a_version_and_a_name_are_single_path_segments(text in hostile_name()) {
            let version = version_segment(&text);
            prop_assert!(!version.contains('/') && !matches!(&*version, "." | ".."));
            prop_assert!(name_segment(&text).len() <= MAX_NAME && !name_segment(&text).contains('/'));
            prop_assert_eq!(version_of_segment(&version).map(|found| version_segment(&found)), Some(version));
        }
    }
}
