//! Derives the keys of any key, version, and name. They do not exceed S3's limit, and they contain the version. No
//! printed text contains a control character.
#![no_main]

use contract::key::{
    Digest, OriginalKey, OriginalVersion, decode_event_key, encode_event_key, escape, file_name_of,
    folders_below, index_of_key, index_of_name, records_of_key, thumbnails_of_key, version_below,
};
use contract::preset::ThumbnailFormat;
use time::OffsetDateTime;

libfuzzer_sys::fuzz_target!(|input: (&str, &str, u32, &[u8])| {
    let (key, id, seconds, bytes) = input;
    let digest = Digest::of(bytes);
    let uploaded = OffsetDateTime::from_unix_timestamp(i64::from(seconds)).expect("a time of this century");

    if let Ok(ours) = OriginalKey::new(uploaded.date(), &digest, key) {
        assert_eq!(ours.to_string().parse(), Ok(ours));
    }
    if let Ok(read) = key.parse::<OriginalKey>() {
        assert_eq!(read.to_string(), key);
    }

    let version = OriginalVersion::new(key, Some(id), Some(digest.as_str()));
    let thumbnail = version.thumbnail_key(&"p".repeat(32), ThumbnailFormat::Webp);
    let (done, index) = (version.done_key(), version.index_key());
    for derived in [&thumbnail, &done, &index, &version.alt_text_key("zh-Hant"), &version.attempt_key()] {
        assert!(derived.len() <= 1024, "{} bytes", derived.len());
        assert!(
            derived.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./~".contains(&b)),
            "{}",
            escape(derived)
        );
        assert!(derived.split('/').all(|part| !matches!(part, "" | "." | "..")), "{}", escape(derived));
    }
    let below = version_below(&thumbnails_of_key(key), &thumbnail);
    assert!(below.is_some() && below == version_below(&records_of_key(key), &done));
    assert_eq!(below, version_below(&index_of_key(key), &index));
    assert!(index.starts_with(&index_of_name(&file_name_of(key))), "{}", escape(&index));
    assert!(folders_below(key).iter().any(|below| version.folder().starts_with(below)));
    if let Some(found) = OriginalVersion::from_thumbnail_key(&thumbnail) {
        assert_eq!((found.key.as_str(), found.folder()), (key, version.folder()));
        assert_eq!(OriginalVersion::from_record_key(&done), Some(found.clone()));
        assert_eq!(OriginalVersion::from_index_key(&index), Some(found));
    }
    for prefix in [
        OriginalVersion::from_thumbnail_key,
        OriginalVersion::from_record_key,
        OriginalVersion::from_index_key,
    ] {
        let _ = prefix(key);
    }

    assert_eq!(decode_event_key(&encode_event_key(key)).as_deref(), Some(key));
    let _ = decode_event_key(key);
    assert!(!escape(key).contains(char::is_control));
});
