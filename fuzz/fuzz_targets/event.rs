//! Any body of a message ends in records, in words about what is not understood, or in both; what it says of an
//! original can be stored and asked for. The same is read from what is kept of it.
#![no_main]

use std::collections::BTreeSet;

use contract::key::{escape, records_of_key, version_below};

// The parser alone, without the clients of AWS that its crate is built with.
#[path = "../../handler/src/event.rs"]
mod event;

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    let text = String::from_utf8_lossy(body);
    let parsed = serde_json::from_str(&text).unwrap_or_else(|_| serde_json::Value::String(text.into_owned()));
    let found = event::records(&parsed);
    let mut written = BTreeSet::new();
    for record in &found.records {
        let Some(original) = record.original() else { continue };
        let done = original.done_key();
        let of_it = version_below(&records_of_key(record.key.text()), &done);
        assert!(of_it.is_some(), "`{}` is not a record of `{}`", escape(&done), escape(record.key.text()));
        written.extend([done, original.failure_key(), original.alt_text_done_key(), original.attempt_key()]);
    }
    assert!(!found.records.is_empty() || written.is_empty());
    assert_eq!(event::records(&event::without_people(&parsed)), found);
});
