//! Checks that our entropy decoder never panics, and that it agrees with libjpeg-turbo if both decode a file.
#![no_main]

libfuzzer_sys::fuzz_target!(|original: &[u8]| imaging::fuzzing::check_against_libjpeg(original));
