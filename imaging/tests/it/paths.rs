//! Each short cut against the way around it: speed is not bought with quality.

use contract::preset::{Preset, PresetFormat};
use imaging::{FastPaths, Limits, render_by};

use crate::samples;

fn thumbnails(original: &[u8], sides: &[u32], paths: FastPaths) -> Vec<Vec<u8>> {
    let presets: Vec<_> = sides
        .iter()
        .map(|side| Preset { format: PresetFormat::Png, ..Preset::inside("p", *side, *side) })
        .collect();
    let rendered = render_by(original, &presets, &Limits::default(), paths, &|| false).unwrap();
    rendered.thumbnails.iter().map(|thumbnail| pixels(&thumbnail.bytes)).collect()
}

/// The samples, colors multiplied with the alpha: where nothing shows, no color is wrong.
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

/// The short cut that `on` takes, at 38 dB or more to the plain way; and all of them together.
#[track_caller]
fn check(original: &[u8], sides: &[u32], on: impl Fn(&mut FastPaths)) {
    let mut one = FastPaths::PLAIN;
    on(&mut one);
    let plain = thumbnails(original, sides, FastPaths::PLAIN);
    for paths in [one, FastPaths::FAST] {
        let fast = thumbnails(original, sides, paths);
        for (side, (fast, plain)) in sides.iter().zip(fast.iter().zip(&plain)) {
            let psnr = psnr(fast, plain);
            assert!(psnr >= 38.0, "{psnr:.1} dB at {side} with {paths:?}");
        }
    }
}

/// Sides that are no multiple of any block, and some that are.
const SIZES: [(u32, u32); 2] = [(1203, 801), (1600, 1200)];
const SIDES: [u32; 3] = [100, 140, 300];

#[test]
fn low_frequencies_of_a_jpeg() {
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
fn scaled_decoding_of_a_jpeg() {
    for (width, height) in SIZES {
        let original = samples::encoded(&samples::png(width, height, 3), PresetFormat::Jpeg);
        for side in [100, 140, 300, 500] {
            check(&original, &[side], |paths| paths.jpeg_scaled = true);
        }
    }
}

#[test]
fn blocks_averaged_while_rows_come_in() {
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
fn small_thumbnails_of_large_ones() {
    for (width, height) in SIZES {
        check(&samples::png(width, height, 3), &[600, 300, 100], |paths| paths.chain = true);
    }
}

#[test]
fn webp_scaled_while_decoding() {
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
fn avif_without_its_filters() {
    let original = include_bytes!("../data/grainy.avif");
    for side in [70, 100] {
        check(original, &[side], |paths| (paths.shrink, paths.unfiltered) = (true, true));
    }
}
