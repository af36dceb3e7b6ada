//! Reads any body of a message: the result is events, an error, or both. The keys of the records of each event belong
//! to its original. The result is the same after the identities are removed from the body.
#![no_main]

use std::collections::BTreeSet;

use contract::key::{escape, records_of_key, version_below};

// Only the parser, without the AWS clients of its crate.
#[allow(unreachable_pub, reason = "it is a public part of its crate")]
#[path = "../../handler/src/event.rs"]
mod event;

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    let text = String::from_utf8_lossy(body);
    let parsed = serde_json::from_str(&text).unwrap_or_else(|_| serde_json::Value::String(text.into_owned()));
    let found = event::read_events(&parsed);
    let mut written = BTreeSet::new();
    for event in &found.events {
        let Some(original) = event.original_version() else { continue };
        let done = original.done_key();
        let version = version_below(&records_of_key(event.key.text()), &done);
        assert!(version.is_some(), "`{}` is not a record of `{}`", escape(&done), escape(event.key.text()));
        written.extend([done, original.failure_key(), original.alt_text_done_key(), original.attempt_key()]);
    }
    assert!(!found.events.is_empty() || written.is_empty());
    assert_eq!(event::read_events(&event::without_identities(&parsed)), found);
});
