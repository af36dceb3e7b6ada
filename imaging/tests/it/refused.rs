//! Tests that unsupported files are refused by name, and that damaged files are refused with a reason.

use crate::samples::{encoded, png, rendered, samples_of, tiff_page};
use contract::preset::{Preset, PresetFormat};
use imaging::{ImageError, Limits, render};

fn error(original: &[u8]) -> ImageError {
    render(original, &[Preset::inside("small", 64, 64)], &Limits::default(), &|| false).unwrap_err()
}

#[track_caller]
fn check(original: &[u8], name: &str) {
    match error(original) {
        ImageError::Unsupported { format } => assert_eq!(format, name),
        other => panic!("{other}"),
    }
}

/// Returns a JPEG whose start-of-frame marker is replaced, and its payload changed.
fn jpeg(marker: u8, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut file = encoded(&png(100, 80, 3), PresetFormat::Jpeg);
    let at = file.windows(2).position(|bytes| bytes == [0xff, 0xc0]).unwrap();
    let length = usize::from(file[at + 3]);
    let mut payload = file[at + 4..at + 2 + length].to_vec();
    change(&mut payload);
    let head = [0xff, marker, 0, payload.len() as u8 + 2];
    file.splice(at..at + 2 + length, [&head[..], &payload].concat());
    file
}

#[test]
fn unsupported_kinds_of_jpeg_are_refused_by_name() {
    check(&jpeg(0xf7, |_| {}), "JPEG-LS");
    check(&jpeg(0xcb, |_| {}), "lossless JPEG with arithmetic coding");
    check(
        &jpeg(0xc0, |frame| {
            frame[5] = 2;
            frame.truncate(12);
        }),
        "JPEG with two or more than four components",
    );
    check(
        &jpeg(0xc0, |frame| {
            frame[7] = 0x31;
            frame[10] = 0x21;
        }),
        "JPEG with these sampling factors",
    );
}

#[test]
fn jpeg_2000_of_high_throughput_is_refused_by_name() {
    let mut file = include_bytes!("../data/rare/lossy.j2k").to_vec();
    let after_size = 4 + usize::from(file[5]);
    file.splice(after_size..after_size, *b"\xff\x50\0\x08\0\x02\0\0\0\0");
    check(&file, "high-throughput JPEG 2000 (HTJ2K)");
}

#[test]
fn a_jpeg_strip_that_is_too_wide_is_refused() {
    let file = tiff_page((17_000, 8), &[8], &[(259, 7)], &[jpeg(0xc0, |_| {})]);
    check(&file, "JPEG-compressed TIFF with more than 16384 pixels per side");
}

#[test]
fn a_png_of_an_ios_application_is_refused_by_name() {
    let mut file = png(8, 8, 3);
    file.splice(8..8, *b"\0\0\0\x04CgBI\x50\0\x20\x06\x2b\xd5\xb3\x7f");
    check(&file, "PNG for iOS (CgBI)");
}

#[test]
fn a_damaged_png_is_refused_with_a_reason() {
    let whole = png(100, 80, 3);
    let at = |kind: &[u8]| memchr::memmem::find(&whole, kind).unwrap();
    let broken = |from: usize, by: &[u8]| {
        let mut file = whole.clone();
        file[from..from + by.len()].copy_from_slice(by);
        file
    };
    let indexed = |length: u32| {
        let palette = [&length.to_be_bytes()[..], b"PLTE", &vec![0; length as usize + 4]].concat();
        [&broken(25, &[3])[..at(b"IDAT") - 4], &palette, &whole[at(b"IDAT") - 4..]].concat()
    };
    for (file, reason) in [
        (broken(at(b"IDAT") + 6, &[0xff; 8]), "its compressed data is corrupt"),
        ([&whole[..at(b"IDAT") - 4], &whole[at(b"IEND") - 4..]].concat(), "it has no picture data"),
        (broken(25, &[3]), "its palette is missing or too short"),
        (indexed(4), "the length of its palette is invalid"),
        (indexed(0), "the length of its palette is invalid"),
        (broken(24, &[3]), "it contains an invalid chunk"),
        (broken(24, &[4]), "it has an invalid depth"),
        (whole[..at(b"IDAT") + 4].to_vec(), "its data ends early"),
    ] {
        assert_eq!(error(&file).to_string(), format!("the PNG file is damaged: {reason}"));
    }
}

/// Returns a lossy WebP with the alpha channel `alpha`, which its header does not announce.
fn webp(alpha: &[u8]) -> Vec<u8> {
    let lossy = encoded(&png(32, 24, 3), PresetFormat::Webp);
    let mut file = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x1f\0\0\x17\0\0ALPH".to_vec();
    file.extend((alpha.len() as u32).to_le_bytes());
    file.extend(alpha);
    file.extend(&[0][..alpha.len() % 2]);
    file.extend(&lossy[12..]);
    let length = file.len() as u32 - 8;
    file[4..8].copy_from_slice(&length.to_le_bytes());
    file
}

#[test]
fn alpha_is_used_even_if_the_header_does_not_declare_it() {
    let alpha: Vec<u8> = (0..32 * 24).map(|at| (at % 32 * 8) as u8).collect();
    let rendered = rendered(&webp(&[&[0], &alpha[..]].concat()), 64);
    assert!(rendered.facts.has_alpha);
    let seen: Vec<u8> = samples_of(&rendered).chunks_exact(4).map(|pixel| pixel[3]).collect();
    assert!(seen == alpha);
}

#[test]
fn an_alpha_channel_that_is_too_short_is_damaged() {
    assert_eq!(error(&webp(&[0])).to_string(), "the WebP file is damaged: its alpha channel is invalid");
}

#[test]
fn an_avif_with_a_picture_larger_than_stated_is_damaged() {
    let mut file = include_bytes!("../data/plain.avif").to_vec();
    let size = file.windows(4).position(|kind| kind == b"ispe").unwrap() + 8;
    file[size..size + 8].copy_from_slice(&[0, 0, 0, 2, 0, 0, 0, 2]);
    assert_eq!(
        error(&file).to_string(),
        "the AVIF file is damaged: it contains a picture that is larger than its header declares"
    );
}
