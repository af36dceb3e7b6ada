//! Tests that each shortcut results in nearly the same pixels as decoding without shortcuts.

use contract::preset::{Preset, PresetFormat};
use imaging::{FastPaths, Limits, render_with};

use crate::samples;

fn thumbnails(original: &[u8], sides: &[u32], paths: FastPaths) -> Vec<Vec<u8>> {
    let presets: Vec<_> = sides
        .iter()
        .map(|side| Preset { format: PresetFormat::Png, ..Preset::inside("p", *side, *side) })
        .collect();
    let rendered = render_with(original, &presets, &Limits::default(), paths, &|| false).unwrap();
    rendered.thumbnails.iter().map(|thumbnail| pixels(&thumbnail.bytes)).collect()
}

/// Returns the samples, with colors multiplied by alpha, because the color of a transparent pixel is
/// irrelevant.
fn pixels(file: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    if reader.next_frame(&mut data).unwrap().color_type == png::ColorType::Rgba {
        for pixel in data.as_chunks_mut::<4>().0 {
            let alpha = u32::from(pixel[3]);
            pixel[..3].iter_mut().for_each(|sample| *sample = (u32::from(*sample) * alpha / 255) as u8);
        }
    }
    data
}

fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let error: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 / (error / a.len() as f64).max(1e-9)).log10()
}

/// Compares the shortcut that `on` enables, and all shortcuts together, with decoding without shortcuts. The results
/// must agree to at least 38 dB.
#[track_caller]
fn check(original: &[u8], sides: &[u32], on: impl Fn(&mut FastPaths)) {
    let mut one = FastPaths::NONE;
    on(&mut one);
    let plain = thumbnails(original, sides, FastPaths::NONE);
    for paths in [one, FastPaths::ALL] {
        let fast = thumbnails(original, sides, paths);
        for (side, (fast, plain)) in sides.iter().zip(fast.iter().zip(&plain)) {
            let psnr = psnr(fast, plain);
            assert!(psnr >= 38.0, "{psnr:.1} dB at {side} with {paths:?}");
        }
    }
}

/// Some sides are multiples of the block sizes, and some are not.
const SIZES: [(u32, u32); 2] = [(1203, 801), (1600, 1200)];
const SIDES: [u32; 3] = [100, 140, 300];

#[test]
fn low_frequencies_of_a_jpeg_look_like_a_full_decode() {
    for (width, height) in SIZES {
        let rgb = samples::png(width, height, 3);
        for original in [samples::encoded(&rgb, PresetFormat::Jpeg), samples::progressive(&rgb)] {
            for side in SIDES {
                check(&original, &[side], |paths| paths.dct_scaled = true);
            }
        }
    }
}

#[test]
fn scaled_decoding_of_a_jpeg_looks_like_a_full_decode() {
    for (width, height) in SIZES {
        let original = samples::encoded(&samples::png(width, height, 3), PresetFormat::Jpeg);
        for side in [100, 140, 300, 500] {
            check(&original, &[side], |paths| paths.jpeg_scaled = true);
        }
    }
}

#[test]
fn averaged_blocks_look_like_a_full_resize() {
    for (width, height) in SIZES {
        for samples in [3, 4] {
            let original = samples::png(width, height, samples);
            for side in SIDES {
                check(&original, &[side], |paths| paths.shrink = true);
            }
        }
    }
}

#[test]
fn thumbnails_of_larger_thumbnails_look_like_those_of_the_original() {
    for (width, height) in SIZES {
        check(&samples::png(width, height, 3), &[600, 300, 100], |paths| paths.chain = true);
    }
}

#[test]
fn scaled_decoding_of_a_webp_looks_like_a_full_decode() {
    for (width, height) in SIZES {
        for samples in [3, 4] {
            let original = samples::encoded(&samples::png(width, height, samples), PresetFormat::Webp);
            for side in SIDES {
                check(&original, &[side], |paths| paths.shrink = true);
                check(&original, &[side], |paths| (paths.shrink, paths.unfiltered) = (true, true));
            }
        }
    }
}

#[test]
fn an_unfiltered_avif_looks_like_a_filtered_one() {
    let original = include_bytes!("../data/grainy.avif");
    for side in [70, 100] {
        check(original, &[side], |paths| (paths.shrink, paths.unfiltered) = (true, true));
    }
}
