//! Keys in the encoding of S3's events.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Decodes a key in an event of S3: `+` is a space, then it decodes the percent-encoding once.
///
/// Returns `None` if the bytes are not UTF-8, because S3 cannot have such an object.
pub fn decode_event_key(encoded: &str) -> Option<String> {
    let spaced = encoded.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(|key| key.into_owned())
}

/// Encodes a key as S3 does in an event. [`decode_event_key`] decodes it.
pub fn encode_event_key(key: &str) -> String {
    const SAFE: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'/').remove(b'*');
    utf8_percent_encode(key, SAFE).to_string().replace("%20", "+")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::hostile::hostile_name;
    use super::*;

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

    proptest! {
        #[test]
        fn decoding_reverses_encoding(key in hostile_name()) {
            prop_assert_eq!(decode_event_key(&encode_event_key(&key)), Some(key));
        }
    }
}
