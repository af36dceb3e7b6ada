//! Checks that our LZW decoder never panics, and that it returns the same as weezl if weezl decodes the whole stream.
#![no_main]

use libfuzzer_sys::fuzz_target;
use weezl::{BitOrder, decode::Decoder};

fuzz_target!(|data: &[u8]| {
    let pixels = 10_000;
    let ours = imaging::fuzzing::decode_gif(data, pixels);
    assert!(ours.len() <= pixels);
    let [size @ 2..=8, rest @ ..] = data else { return };
    let mut stream = Vec::new();
    let mut rest = rest;
    while let Some((&length, after)) = rest.split_first() {
        let length = usize::from(length).min(after.len());
        if length == 0 {
            break;
        }
        stream.extend_from_slice(&after[..length]);
        rest = &after[length..];
    }
    if let Ok(theirs) = Decoder::new(BitOrder::Lsb, *size).decode(&stream) {
        let most = theirs.len().min(pixels);
        assert_eq!(ours, theirs[..most]);
    }
});
