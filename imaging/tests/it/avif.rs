//! Tests that the properties in the container of an AVIF are applied.

use contract::preset::{Preset, PresetFormat};
use imaging::{Limits, RenderOutput, SourceFormat, render};

fn rendered(original: &[u8]) -> RenderOutput {
    let preset = Preset { format: PresetFormat::Png, ..Preset::inside("whole", 64, 64) };
    render(original, &[preset], &Limits::default(), &|| false).unwrap()
}

/// Returns a pixel of a PNG of 24 x 16 RGB pixels.
fn pixel(file: &[u8], x: usize, y: usize) -> [u8; 3] {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut data).unwrap();
    assert_eq!((frame.width, frame.height, frame.color_type), (24, 16, png::ColorType::Rgb));
    let at = (y * 24 + x) * 3;
    [data[at], data[at + 1], data[at + 2]]
}

#[test]
fn each_rotation_and_reflection_is_undone() {
    let files: [&[u8]; 8] = [
        include_bytes!("../data/turned-1.avif"),
        include_bytes!("../data/turned-2.avif"),
        include_bytes!("../data/turned-3.avif"),
        include_bytes!("../data/turned-4.avif"),
        include_bytes!("../data/turned-5.avif"),
        include_bytes!("../data/turned-6.avif"),
        include_bytes!("../data/turned-7.avif"),
        include_bytes!("../data/turned-8.avif"),
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
        for ((x, y), color) in corners {
            let found = pixel(&rendered.thumbnails[0].bytes, x, y);
            let near = found.iter().zip(&color).all(|(a, b): (&u8, &u8)| a.abs_diff(*b) < 25);
            assert!(near, "{orientation}: {found:?} at {x}, {y}");
        }
    }
}

#[test]
fn the_alpha_item_is_used() {
    let facts = rendered(include_bytes!("../data/alpha.avif")).facts;
    assert_eq!((facts.format, facts.width, facts.height), (SourceFormat::Avif, 24, 20));
    assert!(facts.has_alpha);
    assert!(!rendered(include_bytes!("../data/plain.avif")).facts.has_alpha);
}

/// Returns `plain.avif`, 24 x 20, with a clean aperture: fractions for width, height, and the horizontal and
/// vertical offset of its center.
fn with_aperture(aperture: [i32; 8]) -> Vec<u8> {
    let mut file = include_bytes!("../data/plain.avif").to_vec();
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
    // A fifth property, marked as essential.
    file[ipma + 18] += 1;
    file.insert(ipma + 23, 0x85);
    let clap: Vec<u8> = aperture.iter().flat_map(|number| number.to_be_bytes()).collect();
    file.splice(ipma..ipma, [&b"\0\0\0\x28clap"[..], &clap].concat());
    file
}

fn rows(rendered: &RenderOutput) -> Vec<Vec<u8>> {
    let mut reader =
        png::Decoder::new(std::io::Cursor::new(&rendered.thumbnails[0].bytes)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut data).unwrap();
    data.chunks(frame.width as usize * 3).map(<[u8]>::to_vec).collect()
}

#[test]
fn a_clean_aperture_crops_the_picture() {
    let whole = rows(&rendered(include_bytes!("../data/plain.avif")));
    let cut = rendered(&with_aperture([10, 1, 7, 1, -2, 1, 3, 2]));
    assert_eq!((cut.facts.width, cut.facts.height), (10, 7));
    let expected: Vec<Vec<u8>> = whole[8..15].iter().map(|row| row[5 * 3..15 * 3].to_vec()).collect();
    assert!(rows(&cut) == expected);
    for broken in [[10, 0, 7, 1, 0, 1, 3, 2], [10, 1, 7, 1, 40, 1, 3, 2]] {
        assert!(rows(&rendered(&with_aperture(broken))) == whole);
    }
}

/// libheif shows these parts, too.
#[test]
fn a_clean_aperture_that_is_not_of_whole_pixels_is_rounded() {
    let whole = rows(&rendered(include_bytes!("../data/plain.avif")));
    for (aperture, left, top, width, height) in [
        ([28, 3, 26, 3, 0, 1, 0, 1], 7, 6, 9, 9),
        ([9, 1, 7, 1, 0, 1, 0, 1], 7, 7, 9, 7),
        ([19, 2, 15, 2, -1, 3, 5, 4], 6, 8, 10, 8),
        // The picture ends first.
        ([10, 1, 7, 1, 10, 1, 0, 1], 17, 7, 7, 7),
    ] {
        let cut = rendered(&with_aperture(aperture));
        assert_eq!((cut.facts.width, cut.facts.height), (width, height), "{aperture:?}");
        let columns = left * 3..(left + width as usize) * 3;
        let expected: Vec<_> =
            whole[top..top + height as usize].iter().map(|row| row[columns.clone()].to_vec()).collect();
        assert!(rows(&cut) == expected, "{aperture:?}");
    }
}

/// Returns the pixels of a PNG with alpha, and its width.
fn with_alpha(rendered: &RenderOutput) -> (Vec<[u8; 4]>, usize) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(&rendered.thumbnails[0].bytes));
    decoder.set_transformations(png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut data).unwrap();
    assert_eq!(frame.color_type, png::ColorType::Rgba);
    (data.as_chunks::<4>().0.to_vec(), frame.width as usize)
}

#[test]
fn each_tile_of_a_grid_can_have_its_own_alpha() {
    let rendered = rendered(include_bytes!("../data/cells-alpha.avif"));
    assert_eq!((rendered.facts.width, rendered.facts.height), (128, 128));
    let (pixels, width) = with_alpha(&rendered);
    let alphas = [(16, 16), (48, 16), (16, 48), (48, 48)].map(|(x, y)| pixels[y * width + x][3]);
    assert!(matches!(alphas, [0, 255, 255, 126..=130]), "{alphas:?}");
}

#[test]
fn the_first_frame_of_a_sequence_without_a_still_picture_is_used() {
    let rendered = rendered(include_bytes!("../data/sequence.avif"));
    assert_eq!((rendered.facts.format, rendered.facts.width), (SourceFormat::Avif, 128));
    let (pixels, width) = with_alpha(&rendered);
    let corners = [(8, 8), (56, 8), (8, 40), (56, 40)].map(|(x, y)| pixels[y * width + x]);
    let expected = [[220, 30, 30], [30, 200, 30], [30, 30, 220], [230, 230, 40]];
    for (found, color) in corners.iter().zip(expected) {
        assert!(found.iter().zip(&color).all(|(a, b)| a.abs_diff(*b) < 12), "{corners:?}");
    }
}

#[test]
fn properties_can_be_associated_in_several_boxes() {
    let file = include_bytes!("../data/turned-6.avif");
    let find = |kind: &[u8; 4]| file.windows(4).position(|window| window == kind).unwrap() - 4;
    let (iprp, ipma) = (find(b"iprp"), find(b"ipma"));
    let number = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
    // One item with some properties of one byte each. Each gets its own box.
    let count = usize::from(file[ipma + 18]);
    let list = |index: u8| {
        [&b"\0\0\0\x14ipma\0\0\0\0\0\0\0\x01"[..], &file[ipma + 16..ipma + 18], &[1, index]].concat()
    };
    let lists: Vec<u8> = file[ipma + 19..ipma + 19 + count].iter().flat_map(|index| list(*index)).collect();
    let old = number(ipma) as usize;
    let more = lists.len() - old;
    let mut spread = file.to_vec();
    spread.splice(ipma..ipma + old, lists);
    let (meta, iloc) = (find(b"meta"), find(b"iloc"));
    for at in [meta, iprp, iloc + 22] {
        let number = number(at) + more as u32;
        spread[at..at + 4].copy_from_slice(&number.to_be_bytes());
    }
    assert_eq!(rendered(&spread).facts.orientation, 6);
}

#[test]
fn an_unknown_color_matrix_is_refused() {
    let mut file = include_bytes!("../data/plain.avif").to_vec();
    let matrix = file.windows(4).position(|window| window == b"nclx").unwrap() + 9;
    // The lossless variants of YCgCo.
    for code in [16, 17] {
        file[matrix] = code;
        let error =
            render(&file, &[Preset::inside("whole", 64, 64)], &Limits::default(), &|| false).unwrap_err();
        assert_eq!(error.code(), "unsupported-format");
    }
}
