//! Checks that any bytes result in thumbnails or an error, with bounded memory and steps, with and without shortcuts.
#![no_main]

mod bounds;

libfuzzer_sys::fuzz_target!(init: bounds::report_our_panics(), |original: &[u8]| bounds::check(original));
