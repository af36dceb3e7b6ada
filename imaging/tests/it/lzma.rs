//! Tests TIFFs in LZMA: one xz file for each strip or tile, as libtiff writes it.

use std::io::Write as _;

use imaging::{ImageError, Limits, render};
use lzma_rust2::{CheckType, FilterType, XzOptions, XzWriter};

use crate::samples::{rendered, samples_of, tiff_page};

const WIDTH: u16 = 40;
const HEIGHT: u16 = 30;

/// The compression in the directory.
pub(crate) const LZMA: (u16, u32) = (259, 34_925);

fn ramp() -> Vec<u8> {
    (0..u32::from(WIDTH) * u32::from(HEIGHT)).map(|at| (at * at % 251) as u8).collect()
}

/// Returns the xz file of a strip, with the filters of libtiff.
pub(crate) fn xz(data: &[u8], preset: u32) -> Vec<u8> {
    let mut options = XzOptions::with_preset(preset);
    options.set_check_sum_type(CheckType::None);
    options.prepend_pre_filter(FilterType::Delta, 1);
    let mut writer = XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

/// Returns the number of bytes before the first chunk: the headers of the file and its block.
pub(crate) fn header_bytes(xz: &[u8]) -> usize {
    12 + (usize::from(xz[12]) + 1) * 4
}

/// Replaces each sample by its difference from the one to the left.
fn differences(rows: &[u8]) -> Vec<u8> {
    let differ = |row: &[u8]| {
        let before = std::iter::once(0).chain(row.iter().copied());
        row.iter().zip(before).map(|(sample, before)| sample.wrapping_sub(before)).collect::<Vec<_>>()
    };
    rows.chunks(WIDTH.into()).flat_map(differ).collect()
}

#[test]
fn strips_in_lzma_are_decoded_with_and_without_a_predictor() {
    let ramp = ramp();
    for preset in [0, 6, 9] {
        for (predictor, stored) in [(1, ramp.clone()), (2, differences(&ramp))] {
            let strips: Vec<_> =
                stored.chunks(usize::from(WIDTH) * 8).map(|strip| xz(strip, preset)).collect();
            let file = tiff_page((WIDTH, HEIGHT), &[8], &[LZMA, (278, 8), (317, predictor)], &strips);
            let made = rendered(&file, 64);
            assert!(!made.facts.partial);
            assert!(samples_of(&made) == ramp, "{preset} {predictor}");
        }
    }
}

/// Returns bytes that cannot be compressed.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(count).collect()
}

#[test]
fn a_truncated_or_damaged_strip_in_lzma_shows_its_readable_rows() {
    let (width, height) = (200_u16, 1000_u16);
    let noise = noise(usize::from(width) * usize::from(height));
    let strip = xz(&noise, 6);
    // The first chunk has its kind and its length before its data.
    let chunk = header_bytes(&strip);
    assert_eq!(strip[chunk], 1, "not a chunk without compression");
    let length = usize::from(u16::from_be_bytes([strip[chunk + 1], strip[chunk + 2]])) + 1;
    let mut damaged = strip.clone();
    damaged[chunk + 3 + length] = 0x7f;
    for (strip, readable) in [(strip[..strip.len() / 2].to_vec(), 470), (damaged, length / 200 - 22)] {
        let file = tiff_page((width, height), &[8], &[LZMA, (278, height.into())], &[strip]);
        let made = rendered(&file, 1000);
        assert!(made.facts.partial);
        let (seen, readable) = (samples_of(&made), readable * usize::from(width));
        assert!(seen[..readable] == noise[..readable]);
        assert!(seen[seen.len() - usize::from(width)..].iter().all(|sample| *sample == 128));
    }
}

#[test]
fn every_flipped_byte_of_a_strip_ends_in_a_thumbnail_or_an_error() {
    let strip = xz(&ramp(), 6);
    for at in 0..strip.len() {
        let mut damaged = strip.clone();
        damaged[at] ^= 0xff;
        let file = tiff_page((WIDTH, HEIGHT), &[8], &[LZMA, (278, 30)], &[damaged]);
        match render(&file, &[], &Limits::default(), &|| false) {
            Ok(_) | Err(ImageError::Damaged { .. }) => {}
            Err(error) => panic!("{at}: {error}"),
        }
    }
}

#[test]
fn a_strip_that_is_not_an_xz_file_is_damage() {
    for strip in [Vec::new(), ramp(), xz(&ramp(), 6)[..20].to_vec()] {
        let file = tiff_page((WIDTH, HEIGHT), &[8], &[LZMA, (278, 30)], &[strip]);
        let error = render(&file, &[], &Limits::default(), &|| false).unwrap_err();
        assert_eq!(error.code(), "damaged");
    }
}
