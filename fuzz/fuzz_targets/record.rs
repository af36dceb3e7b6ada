//! Whatever stands in the catalog is a record or is refused; a record that was read is written and read again as it was.
#![no_main]

use std::fmt::Debug;

use contract::alt_text::{AltText, AltTextDone, check};
use contract::failure::FailureRecord;
use contract::log::LogLine;
use contract::manifest::Manifest;
use contract::preset::Preset;
use contract::request::Request;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn again<T: Serialize + DeserializeOwned + Debug>(bytes: &[u8]) {
    let Ok(read) = serde_json::from_slice::<T>(bytes) else { return };
    let written = serde_json::to_value(&read).expect("what was read can be written");
    let twice: T = serde_json::from_value(written.clone()).expect("what was written can be read");
    assert_eq!(serde_json::to_value(&twice).expect("it can be written"), written);
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    again::<Manifest>(bytes);
    again::<FailureRecord>(bytes);
    again::<AltText>(bytes);
    again::<AltTextDone>(bytes);
    again::<Request>(bytes);
    again::<LogLine>(bytes);
    if let Ok(presets) = serde_json::from_slice::<Vec<Preset>>(bytes) {
        let _ = Preset::check_all(&presets);
    }
    let _ = check(&String::from_utf8_lossy(bytes));
});
