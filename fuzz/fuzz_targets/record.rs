//! Reads any bytes as each kind of record, or refuses them. A record is the same after writing and reading it again.
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

fn check_round_trip<T: Serialize + DeserializeOwned + Debug>(bytes: &[u8]) {
    let Ok(read) = serde_json::from_slice::<T>(bytes) else { return };
    let written = serde_json::to_value(&read).expect("a record can be written");
    let twice: T = serde_json::from_value(written.clone()).expect("a written record can be read");
    assert_eq!(serde_json::to_value(&twice).expect("a record can be written"), written);
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    check_round_trip::<Manifest>(bytes);
    check_round_trip::<FailureRecord>(bytes);
    check_round_trip::<AltText>(bytes);
    check_round_trip::<AltTextDone>(bytes);
    check_round_trip::<Request>(bytes);
    check_round_trip::<LogLine>(bytes);
    if let Ok(presets) = serde_json::from_slice::<Vec<Preset>>(bytes) {
        let _ = Preset::check_all(&presets);
    }
    let _ = check(&String::from_utf8_lossy(bytes));
});
