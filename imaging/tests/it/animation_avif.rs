//! Tests animated AVIF: frames that are predicted from each other, their alpha, and the tables of the tracks.
//!
//! `deployer/tests/it/gallery.rs` lets a browser decode the files that this crate writes.

use contract::preset::{Preset, PresetFormat, ThumbnailFormat};
use gif::{DisposalMethod, Repeat};
use imaging::{Limits, inspect, render};

use crate::animation::{RED, animated, check_three, plays, third_picture, three_frames, thumbnail};
use crate::cost::{HELD, PEAK};

/// Pillow wrote the files from three frames: stripes, a red square, and a green one. In the file with alpha, the red
/// square becomes transparent.
const OPAQUE: &[u8] = include_bytes!("../data/animated.avif");
const ALPHA: &[u8] = include_bytes!("../data/animated-alpha.avif");

/// Returns the offset of the payload of the first box of a type.
fn payload(file: &[u8], kind: &[u8; 4]) -> usize {
    memchr::memmem::find(file, kind).unwrap() + 4
}

/// Returns the file with `bytes` at an offset in the payload of the first box of a type.
fn with(kind: &[u8; 4], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = OPAQUE.to_vec();
    let at = payload(&file, kind) + at;
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

#[test]
fn frames_that_are_predicted_from_each_other_are_decoded() {
    for (file, left) in [(OPAQUE, RED), (ALPHA, [0; 4])] {
        let moving = thumbnail(file, animated(64));
        check_three(&moving, &third_picture(Some(left)));
        assert_eq!(plays(&moving), 0);
        let still = thumbnail(file, Preset { animated: false, ..animated(64) });
        assert_eq!(still.frames, 1);
    }
}

#[test]
fn the_edit_list_states_the_number_of_plays() {
    let once = 1320_u64;
    // This changes the duration of the track, a part of which the edit list repeats.
    for (duration, expect) in [(once, 1), (once * 3, 3), (once * 3 + 1, 4), (u64::MAX, 0)] {
        let file = with(b"tkhd", 28, &duration.to_be_bytes());
        assert_eq!(plays(&thumbnail(&file, animated(64))), expect, "{duration}");
    }
    // The edit list has no repetition, or there is no edit list.
    assert_eq!(plays(&thumbnail(&with(b"elst", 0, &[1, 0, 0, 0]), animated(64))), 1);
    assert_eq!(plays(&thumbnail(&with(b"elst", 0, &[1, 0, 0, 1]), animated(64))), 0);
    let mut file = OPAQUE.to_vec();
    let at = payload(&file, b"edts");
    file[at - 4..at].copy_from_slice(b"free");
    assert_eq!(plays(&thumbnail(&file, animated(64))), 0);
}

#[test]
fn a_file_with_the_brand_of_a_still_picture_shows_that() {
    let file = with(b"ftyp", 0, b"avif");
    assert_eq!(thumbnail(&file, animated(64)).frames, 1);
}

#[test]
fn a_sequence_that_differs_in_size_from_the_still_picture_is_not_shown() {
    let file = with(b"ispe", 6, &[0, 32]);
    assert_eq!(inspect(OPAQUE, &[], &Limits::default()).unwrap().frames, 3);
    assert_eq!(inspect(&file, &[], &Limits::default()).unwrap().frames, 1);
}

#[test]
fn an_animated_avif_ends_before_damage() {
    let whole = thumbnail(OPAQUE, animated(64)).frames;
    // The third frame is truncated.
    let cut = thumbnail(&OPAQUE[..OPAQUE.len() - 10], animated(64));
    assert_eq!((whole, cut.frames), (3, 2));
    for file in [OPAQUE, ALPHA] {
        for at in (0..file.len()).step_by(3) {
            let mut damaged = file.to_vec();
            damaged[at] ^= 0xff;
            for file in [&damaged[..], &file[..at]] {
                if let Ok(made) = render(file, &[animated(16)], &Limits::default(), &|| false) {
                    assert!(made.thumbnails[0].frames <= 3);
                }
            }
        }
    }
}

#[test]
fn counts_that_a_file_cannot_hold_are_not_believed() {
    // These change the numbers of samples, of samples in a chunk, and of samples with a duration.
    for (kind, at) in [(b"stsz", 8), (b"stsc", 12), (b"stts", 8)] {
        let file = with(kind, at, &u32::MAX.to_be_bytes());
        assert!(thumbnail(&file, animated(64)).frames <= 3);
    }
    // Each sample has the bytes of the whole file.
    let mut file = with(b"stsz", 4, &(OPAQUE.len() as u32).to_be_bytes());
    let at = payload(&file, b"stco") + 8;
    file[at..at + 4].copy_from_slice(&[0; 4]);
    assert_eq!(thumbnail(&file, animated(64)).frames, 1);
}

#[test]
fn an_animated_avif_holds_no_more_memory_than_stated() {
    for file in [OPAQUE, ALPHA] {
        let presets = [animated(64)];
        let stated = inspect(file, &presets, &Limits::default()).unwrap().memory;
        let before = HELD.get();
        PEAK.set(before);
        drop(thumbnail(file, animated(64)));
        let held = (PEAK.get() - before) as u64;
        assert!(held <= stated, "{held} of {stated}");
    }
}

/// Returns a preset for an animated AVIF.
fn animated_avif(side: u32) -> Preset {
    Preset { format: PresetFormat::Avif, ..animated(side) }
}

#[test]
fn an_animation_becomes_an_animated_avif() {
    for (repeat, expect) in [(None, 1), (Some(Repeat::Infinite), 0), (Some(Repeat::Finite(6)), 7)] {
        for (dispose, left) in [(DisposalMethod::Keep, RED), (DisposalMethod::Background, [0; 4])] {
            let avif = thumbnail(&three_frames(dispose, repeat), animated_avif(64));
            assert_eq!((avif.format, avif.frames), (ThumbnailFormat::Avif, 3));
            let again = thumbnail(&avif.bytes, animated(64));
            check_three(&again, &third_picture(Some(left)));
            assert_eq!(plays(&again), expect);
            // A program that shows no animations shows the first frame.
            let mut still = avif.bytes.clone();
            still[8..12].copy_from_slice(b"avif");
            let still =
                thumbnail(&still, Preset { format: PresetFormat::Png, animated: false, ..animated(64) });
            let first = Preset { format: PresetFormat::Png, animated: false, ..animated(64) };
            let first = thumbnail(&three_frames(dispose, repeat), first);
            let pixels = |file: &[u8]| image::load_from_memory(file).unwrap().into_rgb8().into_raw();
            let error: u64 = pixels(&still.bytes)
                .iter()
                .zip(pixels(&first.bytes))
                .map(|(a, b)| u64::from(a.abs_diff(b)))
                .sum();
            assert!(error < 64 * 64 * 3 * 2, "{error}");
        }
    }
}

#[test]
fn an_animated_avif_has_at_most_max_bytes() {
    let gif = three_frames(DisposalMethod::Keep, None);
    let whole = thumbnail(&gif, animated_avif(64)).bytes.len() as u64;
    let smaller = thumbnail(&gif, Preset { max_bytes: Some(whole - 100), ..animated_avif(64) });
    assert_eq!(smaller.frames, 3);
    assert!((smaller.bytes.len() as u64) < whole, "{whole}");
}
