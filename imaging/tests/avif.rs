//! AVIF: what its container says is heeded.

#![allow(clippy::unwrap_used)]

use contract::preset::{Preset, PresetFormat};
use imaging::{Limits, Rendered, SourceFormat, render};

fn rendered(original: &[u8]) -> Rendered {
    let preset = Preset { format: PresetFormat::Png, ..Preset::inside("whole", 64, 64) };
    render(original, &[preset], &Limits::default()).unwrap()
}

/// The pixel of a PNG of 24 x 16 RGB pixels.
fn pixel(file: &[u8], x: usize, y: usize) -> [u8; 3] {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut data).unwrap();
    assert_eq!((frame.width, frame.height, frame.color_type), (24, 16, png::ColorType::Rgb));
    let at = (y * 24 + x) * 3;
    [data[at], data[at + 1], data[at + 2]]
}

#[test]
fn each_turn_and_reflection_is_undone() {
    let files: [&[u8]; 8] = [
        include_bytes!("data/turned-1.avif"),
        include_bytes!("data/turned-2.avif"),
        include_bytes!("data/turned-3.avif"),
        include_bytes!("data/turned-4.avif"),
        include_bytes!("data/turned-5.avif"),
        include_bytes!("data/turned-6.avif"),
        include_bytes!("data/turned-7.avif"),
        include_bytes!("data/turned-8.avif"),
    ];
    let corners = [
        ((4, 3), [220, 30, 30]),
        ((20, 3), [30, 200, 30]),
        ((4, 12), [30, 30, 220]),
        ((20, 12), [230, 230, 40]),
    ];
    for (orientation, file) in (1..).zip(files) {
        let rendered = rendered(file);
        assert_eq!(rendered.facts.orientation, orientation);
        for ((x, y), colour) in corners {
            let found = pixel(&rendered.thumbnails[0].bytes, x, y);
            let near = found.iter().zip(&colour).all(|(a, b): (&u8, &u8)| a.abs_diff(*b) < 25);
            assert!(near, "{orientation}: {found:?} at {x}, {y}");
        }
    }
}

#[test]
fn alpha_is_an_item_of_its_own() {
    let facts = rendered(include_bytes!("data/alpha.avif")).facts;
    assert_eq!((facts.format, facts.width, facts.height), (SourceFormat::Avif, 24, 20));
    assert!(facts.has_alpha);
    assert!(!rendered(include_bytes!("data/plain.avif")).facts.has_alpha);
}
