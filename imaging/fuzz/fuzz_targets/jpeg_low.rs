//! Our own entropy decoder never panics, and agrees with libjpeg-turbo wherever both read a file.
#![no_main]

libfuzzer_sys::fuzz_target!(|original: &[u8]| imaging::dct_scaled_agrees_with_libjpeg(original));
