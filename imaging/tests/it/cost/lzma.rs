//! Tests the cost of a TIFF in LZMA: its dictionary, and chunks and blocks of few bytes.

use super::*;
use crate::lzma::{LZMA, header_bytes, xz};

/// Returns a page of one strip.
fn page(side: u16, strip: Vec<u8>) -> Vec<u8> {
    samples::tiff_page((side, side), &[8], &[LZMA, (278, side.into())], &[strip])
}

#[test]
fn a_dictionary_grows_with_the_picture() {
    // A strip of 4 MB, with a dictionary of 64 MiB.
    let file = page(2000, xz(&[7; 4_000_000], 9));
    let presets = [Preset::inside("small", SMALL_SIDE, SMALL_SIDE)];
    let stated = inspect(&file, &presets, &Limits::default()).unwrap().memory;
    let cost = cost(&file, &presets, &Limits::default());
    assert!(cost.code == "thumbnail" && cost.memory <= stated && stated < 40 << 20, "{cost:?} of {stated}");
    let small = Limits { max_memory: 8 << 20, ..Limits::default() };
    assert_eq!(render(&file, &presets, &small, &|| false).unwrap_err().code(), "too-much-memory");
}

#[test]
fn chunks_and_blocks_of_few_bytes_are_refused() {
    let xz = xz(&[7], 6);
    // A chunk with one byte of data has four bytes. One more byte ends the block, which is then padded.
    let chunk = header_bytes(&xz);
    for part in [chunk..chunk + 4, 12..(chunk + 5).next_multiple_of(4)] {
        let strip = [&xz[..part.start], &xz[part.clone()].repeat(200_000)].concat();
        let cost = check(&page(2000, strip), &["too-much-work"], 2000 * 2000);
        assert!(cost.allocations < 10_000, "{part:?}: {cost:?}");
    }
}
