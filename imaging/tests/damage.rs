//! The short cuts against the way around them, and damaged originals.

#![allow(clippy::unwrap_used)]

use contract::preset::{Preset, PresetFormat};
use imaging::{Limits, Paths, render, render_by};

/// A picture of waves and noise, as PNG.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut noise = 7_u32;
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let wave = |at: f64| (128.0 + 90.0 * at.sin()) as u8;
            let grain = (noise >> 29) as u8;
            let (x, y) = (f64::from(x), f64::from(y));
            data.extend([wave(x / 40.0), wave((x + y) / 60.0), wave(y / 30.0)].map(|s| s + grain));
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&data).unwrap();
    file
}

fn preset(side: u32, format: PresetFormat) -> Preset {
    Preset { format, ..Preset::inside("p", side, side) }
}

fn encoded(width: u32, height: u32, format: PresetFormat, progressive: bool) -> Vec<u8> {
    // Bytes are counted only where a bound asks for it, and then a progressive file may win.
    let max_bytes = progressive.then_some(u64::MAX);
    let wanted = Preset { max_bytes, ..preset(4096, format) };
    render(&png(width, height), &[wanted], &Limits::default()).unwrap().thumbnails.remove(0).bytes
}

fn pixels(file: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut data).unwrap();
    data
}

#[track_caller]
fn agree(original: &[u8], side: u32) {
    let made = |paths| {
        let presets = [preset(side, PresetFormat::Png)];
        render_by(original, &presets, &Limits::default(), paths).unwrap().thumbnails.remove(0).bytes
    };
    let (fast, plain) = (pixels(&made(Paths::FAST)), pixels(&made(Paths::PLAIN)));
    assert_eq!(fast.len(), plain.len());
    let error: f64 = fast.iter().zip(&plain).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    let psnr = 10.0 * (255.0 * 255.0 / (error / fast.len() as f64).max(1e-9)).log10();
    assert!(psnr >= 38.0, "{psnr:.1} dB at {side}");
}

#[test]
fn the_short_cuts_show_what_the_plain_way_shows() {
    for (width, height) in [(1203, 801), (1600, 1200)] {
        for side in [100, 140, 300] {
            agree(&encoded(width, height, PresetFormat::Jpeg, false), side);
            agree(&encoded(width, height, PresetFormat::Jpeg, true), side);
            agree(&encoded(width, height, PresetFormat::Webp, false), side);
            agree(&png(width, height), side);
        }
    }
}

#[test]
fn every_truncation_ends_in_an_answer() {
    for format in [PresetFormat::Jpeg, PresetFormat::Webp, PresetFormat::Png] {
        let original = encoded(160, 120, format, false);
        for cut in (0..original.len()).step_by(original.len() / 400 + 1) {
            let _ = render(&original[..cut], &[preset(16, PresetFormat::Jpeg)], &Limits::default());
        }
    }
}

#[test]
fn every_flipped_bit_ends_in_an_answer() {
    for progressive in [false, true] {
        let original = encoded(40, 32, PresetFormat::Jpeg, progressive);
        for bit in 0..original.len() * 8 {
            let mut flipped = original.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let _ = render(&flipped, &[preset(4, PresetFormat::Jpeg)], &Limits::default());
        }
    }
}
