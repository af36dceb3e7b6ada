//! Whatever a key is, its base can be read again, its file name stays in its folder, and nothing of it that is shown
//! moves the terminal's cursor.
#![no_main]

use contract::key::{
    Digest, MAX_KEY_BYTES, NameIndexKey, OriginalKey, OriginalVersion, decode_event_key, encode_event_key,
    escape, file_name_of,
};
use time::OffsetDateTime;

libfuzzer_sys::fuzz_target!(|input: (&str, u32, &[u8])| {
    let (key, seconds, bytes) = input;
    let digest = Digest::of(bytes);
    let uploaded = OffsetDateTime::from_unix_timestamp(i64::from(seconds)).expect("a time of this century");

    let base = OriginalKey::of_foreign(key, uploaded, &digest);
    let written = base.to_string();
    assert!(written.len() <= MAX_KEY_BYTES, "{} bytes", written.len());
    assert_eq!(written.parse::<OriginalKey>().as_ref(), Ok(&base), "{}", escape(&written));
    for part in written.split('/') {
        assert!(!matches!(part, "" | "." | ".."), "{}", escape(&written));
    }
    let name = base.file_name();
    assert!(!name.contains('/') && !matches!(name.as_str(), "" | "." | ".."), "{}", escape(&name));

    if let Ok(ours) = OriginalKey::new(uploaded.date(), &digest, key) {
        assert_eq!(ours.to_string().parse(), Ok(ours));
    }
    if let Ok(read) = key.parse::<OriginalKey>() {
        assert_eq!(read.to_string(), key);
    }
    if let Ok(read) = key.parse::<NameIndexKey>() {
        assert_eq!(read.to_string(), key);
    }
    let version = OriginalVersion::new(key, Some("v"), None);
    let entry = NameIndexKey::new(&version, uploaded, &digest);
    assert_eq!(entry.to_string().parse(), Ok(entry.clone()));
    let written = entry.to_string();
    assert!(written.len() <= 1024, "{} bytes", written.len());
    assert!(written.starts_with(&NameIndexKey::prefix(&file_name_of(key))), "{}", escape(&written));

    assert_eq!(decode_event_key(&encode_event_key(key)).as_deref(), Some(key));
    let _ = decode_event_key(key);
    assert!(!escape(key).contains(char::is_control));
});
