//! Decodes the keys in paths.

use percent_encoding::percent_decode_str;

use super::AddressError;
use crate::key::decode_path;

/// The longest key that S3 allows, in bytes.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const MAX_KEY_BYTES: usize = 1024;

/// Returns the key of a photo from the `rest` of a path.
pub(super) fn key(rest: &str) -> Result<String, AddressError> {
    let decoded = decode_percent(rest)?;
    // Proxies may change such parts.
    let (first, last) = decoded.rsplit_once('/').map_or(("", &*decoded), |(first, last)| (first, last));
    let is_changeable = |part: &str| matches!(part, "" | "." | "..");
    if matches!(last, "." | "..") || (decoded.contains('/') && first.split('/').any(is_changeable)) {
        return Err(AddressError::Part);
    }
    let key = decode_path(&decoded).ok_or(AddressError::Encoding)?;
    if key.is_empty() || key.len() > MAX_KEY_BYTES { Err(AddressError::Encoding) } else { Ok(key) }
}

/// Returns the key of a thumbnail from the `rest` of a path, which needs no decoding.
pub(super) fn thumbnail(rest: &str) -> Result<String, AddressError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./~".contains(&byte);
    if !rest.bytes().all(is_plain) {
        return Err(AddressError::Encoding);
    }
    let (folder, name) = rest.rsplit_once('/').ok_or(AddressError::Path)?;
    if folder.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(AddressError::Part);
    }
    if name.is_empty() || !folder.contains("~/") {
        return Err(AddressError::Path);
    }
    Ok(rest.to_owned())
}

/// Decodes the percent-encoding of `text` once. Two hexadecimal digits must follow each `%`.
fn decode_percent(text: &str) -> Result<String, AddressError> {
    let is_digit = |digit: Option<&u8>| digit.is_some_and(u8::is_ascii_hexdigit);
    let bytes = text.as_bytes();
    let is_encoded =
        |at: usize| bytes[at] != b'%' || (is_digit(bytes.get(at + 1)) && is_digit(bytes.get(at + 2)));
    if !(0..bytes.len()).all(is_encoded) {
        return Err(AddressError::Encoding);
    }
    percent_decode_str(text).decode_utf8().map(|text| text.into_owned()).map_err(|_| AddressError::Encoding)
}
