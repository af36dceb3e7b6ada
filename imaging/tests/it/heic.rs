//! Tests that every kind of HEIC that cameras and converters write is displayed correctly. pillow-heif
//! encoded the pictures, which were put into containers of our own. Unless stated otherwise, each quarter of
//! a picture has one of four colors.

#![cfg(feature = "heic")]
use contract::preset::{Preset, PresetFormat};
use imaging::{FastPaths, ImageError, Limits, RenderOutput, SourceFormat, inspect, render, render_with};

const RED: [u8; 4] = [220, 30, 30, 255];
const GREEN: [u8; 4] = [30, 200, 30, 255];
const BLUE: [u8; 4] = [30, 30, 220, 255];
const YELLOW: [u8; 4] = [230, 230, 40, 255];
const CLEAR: [u8; 4] = [0; 4];

macro_rules! heic {
    ($name:literal) => {
        &include_bytes!(concat!("../data/heic/", $name, ".heic"))[..]
    };
}

fn png(side: u32) -> Preset {
    Preset { format: PresetFormat::Png, ..Preset::inside("whole", side, side) }
}

fn rendered(original: &[u8], side: u32, paths: FastPaths) -> RenderOutput {
    render_with(original, &[png(side)], &Limits::default(), paths, &|| false).unwrap()
}

/// Returns the pixels of a PNG as RGBA, and its width.
fn pixels(file: &[u8]) -> (Vec<[u8; 4]>, usize) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut data).unwrap();
    let channels = frame.color_type.samples();
    let rgba = |pixel: &[u8]| match *pixel {
        [gray, alpha] => [gray, gray, gray, alpha],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => panic!("{channels} channels"),
    };
    (data.chunks_exact(channels).map(rgba).collect(), frame.width as usize)
}

/// Compares the centers of the quarters of a picture with four colors, at full size and shrunk.
#[track_caller]
fn check(file: &[u8], size: (u32, u32), quarters: [[u8; 4]; 4]) {
    for (side, paths) in
        [(1000, FastPaths::NONE), (1000, FastPaths::ALL), (32, FastPaths::ALL), (30, FastPaths::ALL)]
    {
        let rendered = rendered(file, side, paths);
        let facts = &rendered.facts;
        assert_eq!((facts.format, facts.width, facts.height), (SourceFormat::Heic, size.0, size.1));
        let (pixels, width) = pixels(&rendered.thumbnails[0].bytes);
        let height = pixels.len() / width;
        let places = [(1, 1), (3, 1), (1, 3), (3, 3)];
        for ((x, y), color) in places.into_iter().zip(quarters) {
            let found = pixels[height * y / 4 * width + width * x / 4];
            let is_near = found.iter().zip(&color).all(|(a, b)| a.abs_diff(*b) < 6);
            assert!(is_near || found[3] == 0 && color == CLEAR, "{found:?} at {x}, {y} of {side}");
        }
    }
}

#[test]
fn every_chroma_format_and_depth_is_decoded() {
    for file in [heic!("quad-420"), heic!("quad-422"), heic!("quad-444"), heic!("quad-12bit")] {
        check(file, (128, 96), [RED, GREEN, BLUE, YELLOW]);
    }
    let (left, right) = ([64, 64, 64, 255], [193, 193, 193, 255]);
    check(heic!("gray"), (128, 96), [left, right, left, right]);
}

#[test]
fn the_alpha_item_is_used() {
    check(heic!("alpha"), (128, 96), [CLEAR, GREEN, CLEAR, YELLOW]);
    assert!(rendered(heic!("alpha"), 64, FastPaths::ALL).facts.has_alpha);
    assert!(!rendered(heic!("quad-420"), 64, FastPaths::ALL).facts.has_alpha);
}

#[test]
fn a_grid_is_assembled_and_rotated() {
    let file = heic!("grid");
    assert_eq!(inspect(file, &[], &Limits::default()).unwrap().orientation, 8);
    for side in [64, 1000] {
        check_turned(&rendered(file, side, FastPaths::ALL));
    }
    check_turned(&rendered(file, 16, FastPaths::NONE));
}

#[track_caller]
fn check_turned(rendered: &RenderOutput) {
    assert_eq!((rendered.facts.width, rendered.facts.height), (90, 120));
    let (pixels, width) = pixels(&rendered.thumbnails[0].bytes);
    let height = pixels.len() / width;
    for ((x, y), color) in [(1, 1), (3, 1), (1, 3), (3, 3)].into_iter().zip([GREEN, YELLOW, RED, BLUE]) {
        let found = pixels[height * y / 4 * width + width * x / 4];
        assert!(found.iter().zip(&color).all(|(a, b)| a.abs_diff(*b) < 6), "{found:?} at {x}, {y}");
    }
}

#[test]
fn an_embedded_thumbnail_is_used_only_if_it_has_twice_the_pixels() {
    // The thumbnail has one color and 40 x 30 pixels.
    let corner = |side, paths| pixels(&rendered(heic!("grid"), side, paths).thumbnails[0].bytes).0[0];
    assert!(corner(20, FastPaths::ALL)[2] > 150);
    assert!(corner(21, FastPaths::ALL)[2] < 100);
    assert!(corner(20, FastPaths::NONE)[2] < 100);
}

#[test]
fn an_embedded_thumbnail_has_the_colors_of_its_picture() {
    let corner = |primaries: u8| {
        let mut file = heic!("grid").to_vec();
        let colors = memchr::memmem::find(&file, b"nclx").unwrap() + 4;
        file[colors + 1] = primaries;
        // The last item is the thumbnail. The third of its four properties, the colors, is removed.
        let references = memchr::memmem::find(&file, b"iref").unwrap() - 4;
        assert_eq!(file[references - 5..references], [4, 6, 7, 4, 5]);
        file[references - 2] = 0;
        pixels(&rendered(&file, 20, FastPaths::ALL).thumbnails[0].bytes).0[0]
    };
    // The primaries of sRGB and of Display P3.
    let (srgb, wide) = (corner(1), corner(12));
    assert!(srgb[2] > 150 && wide[2] > 150 && srgb != wide, "{srgb:?} {wide:?}");
}

#[test]
fn layers_are_drawn_over_each_other() {
    check(heic!("overlay"), (128, 128), [GREEN, RED, RED, BLUE]);
}

#[test]
fn the_first_frame_of_a_sequence_is_used() {
    check(heic!("sequence"), (128, 96), [RED, GREEN, BLUE, YELLOW]);
}

#[test]
fn unsupported_codecs_in_the_container_are_refused_by_name() {
    for (kind, name) in [(b"avc1", "AVC in HEIF"), (b"unci", "uncompressed HEIF"), (b"jpeg", "JPEG in HEIF")]
    {
        let mut file = heic!("quad-420").to_vec();
        let at = memchr::memmem::find(&file, b"hvc1").unwrap();
        file[at..at + 4].copy_from_slice(kind);
        let made = render(&file, &[png(64)], &Limits::default(), &|| false);
        assert_eq!(made.unwrap_err(), ImageError::Unsupported { format: name });
    }
}

#[test]
fn a_truncated_stream_is_damaged() {
    let file = heic!("quad-420");
    let made = render(&file[..file.len() - 20], &[png(64)], &Limits::default(), &|| false);
    assert_eq!(made.unwrap_err().code(), "damaged");
}

#[test]
fn a_picture_larger_than_its_container_states_is_damaged() {
    let mut file = heic!("quad-420").to_vec();
    let at = memchr::memmem::find(&file, b"ispe").unwrap() + 8;
    file[at..at + 8].copy_from_slice(&[0, 0, 0, 64, 0, 0, 0, 48]);
    let made = render(&file, &[png(64)], &Limits::default(), &|| false);
    assert_eq!(made.unwrap_err().code(), "damaged");
}
