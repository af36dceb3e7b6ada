//! AVIF: what its container says is heeded.

#![allow(clippy::unwrap_used)]

use contract::preset::{Preset, PresetFormat};
use imaging::{Limits, Rendered, SourceFormat, render};

fn rendered(original: &[u8]) -> Rendered {
    let preset = Preset { format: PresetFormat::Png, ..Preset::inside("whole", 64, 64) };
    render(original, &[preset], &Limits::default(), &|| false).unwrap()
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

/// `plain.avif`, 24 x 20, with a clean aperture: fractions for width, height, and how far right and down its middle is.
fn with_aperture(aperture: [i32; 8]) -> Vec<u8> {
    let mut file = include_bytes!("data/plain.avif").to_vec();
    let find = |kind: &[u8; 4]| file.windows(4).position(|window| window == kind).unwrap() - 4;
    let (meta, iprp, ipco, ipma, iloc) =
        (find(b"meta"), find(b"iprp"), find(b"ipco"), find(b"ipma"), find(b"iloc"));
    let mut grow = |at: usize, by: u32| {
        let before = u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
        file[at..at + 4].copy_from_slice(&(before + by).to_be_bytes());
    };
    for (at, by) in [(meta, 41), (iprp, 41), (ipco, 40), (ipma, 1), (iloc + 22, 41)] {
        grow(at, by);
    }
    // A fifth property, one that must be understood.
    file[ipma + 18] += 1;
    file.insert(ipma + 23, 0x85);
    let clap: Vec<u8> = aperture.iter().flat_map(|number| number.to_be_bytes()).collect();
    file.splice(ipma..ipma, [&b"\0\0\0\x28clap"[..], &clap].concat());
    file
}

fn rows(rendered: &Rendered) -> Vec<Vec<u8>> {
    let mut reader =
        png::Decoder::new(std::io::Cursor::new(&rendered.thumbnails[0].bytes)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut data).unwrap();
    data.chunks(frame.width as usize * 3).map(<[u8]>::to_vec).collect()
}

#[test]
fn a_clean_aperture_is_what_is_shown() {
    let whole = rows(&rendered(include_bytes!("data/plain.avif")));
    let cut = rendered(&with_aperture([10, 1, 7, 1, -2, 1, 3, 2]));
    assert_eq!((cut.facts.width, cut.facts.height), (10, 7));
    let expected: Vec<Vec<u8>> = whole[8..15].iter().map(|row| row[5 * 3..15 * 3].to_vec()).collect();
    assert!(rows(&cut) == expected);
    let broken = rows(&rendered(&with_aperture([10, 3, 7, 1, 0, 1, 1, 2])));
    assert!(broken == whole);
}
