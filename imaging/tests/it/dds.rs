//! Tests the codings of DDS.

use imaging::{ImageError, Limits, inspect};

use crate::samples::{rendered, samples_of};

const FOUR_CC: u32 = 0x4;
const RGB: u32 = 0x40;
const RGB_WITH_ALPHA: u32 = 0x41;
const LUMINANCE: u32 = 0x2_0000;

/// Returns a DDS. `format` has the flags, the four-character code, the bits per pixel, and the masks.
fn dds((width, height): (u32, u32), format: [u32; 7], data: &[u8]) -> Vec<u8> {
    let mut file = b"DDS ".to_vec();
    let header = [124, 0x1007, height, width].into_iter().chain([0; 14]).chain([32]);
    for number in header.chain(format).chain([0x1000, 0, 0, 0, 0]) {
        file.extend(number.to_le_bytes());
    }
    file.extend(data);
    file
}

/// Returns a DDS with a four-character code.
fn blocks(size: (u32, u32), four_cc: &[u8; 4], data: &[u8]) -> Vec<u8> {
    dds(size, [FOUR_CC, u32::from_le_bytes(*four_cc), 0, 0, 0, 0, 0], data)
}

#[test]
fn a_color_of_dxt1_can_be_transparent_and_the_sides_can_be_odd() {
    // Each row of the first block has black, red, their mean, and transparent. The second block is green.
    let first: [u8; 8] = [0, 0, 0, 0xf8, 0xe4, 0xe4, 0xe4, 0xe4];
    let second = [0xe0, 0x07, 0, 0, 0, 0, 0, 0];
    let rendered = rendered(&blocks((5, 3), b"DXT1", &[first, second].concat()), 64);
    assert!(!rendered.facts.partial);
    let row: Vec<u8> =
        [[0, 0, 0, 255], [255, 0, 0, 255], [128, 0, 0, 255], [0, 0, 0, 0], [0, 255, 0, 255]].concat();
    assert_eq!(samples_of(&rendered), row.repeat(3));
}

#[test]
fn the_alpha_of_blocks_is_decoded() {
    let white = [0xff, 0xff, 0, 0, 0, 0, 0, 0];
    let cases: [(&[u8; 4], [u8; 8], [u8; 4]); 3] = [
        (b"DXT3", [0x10, 0xf8, 0, 0, 0, 0, 0, 0], [0, 17, 136, 255]),
        // The indices of the pixels are 0, 1, 2, and 7; then 0, 2, 6, and 7.
        (b"DXT5", [255, 0, 0x88, 0x0e, 0, 0, 0, 0], [255, 0, 218, 36]),
        (b"DXT5", [0, 255, 0x90, 0x0f, 0, 0, 0, 0], [0, 51, 0, 255]),
    ];
    for (four_cc, alphas, expected) in cases {
        let samples = samples_of(&rendered(&blocks((4, 1), four_cc, &[alphas, white].concat()), 64));
        let seen: Vec<u8> = samples.chunks_exact(4).map(|pixel| pixel[3]).collect();
        assert_eq!(seen, expected);
    }
}

#[test]
fn premultiplied_colors_of_blocks_are_divided() {
    let block = [[0x88_u8; 8], [0x10, 0x84, 0, 0, 0, 0, 0, 0]].concat();
    let pixels = |four_cc| samples_of(&rendered(&blocks((4, 4), four_cc, &block), 64));
    assert_eq!(pixels(b"DXT3")[..4], [131, 129, 131, 136]);
    assert_eq!(pixels(b"DXT2")[..4], [245, 241, 245, 136]);
}

#[test]
fn pixels_without_compression_are_decoded() {
    let check = |format: [u32; 7], data: &[u8], expected: &[u8]| {
        assert_eq!(samples_of(&rendered(&dds((2, 1), format, data), 64)), expected);
    };
    check([RGB, 0, 24, 0xff_0000, 0xff00, 0xff, 0], &[50, 100, 200, 1, 2, 3], &[200, 100, 50, 3, 2, 1]);
    check([RGB, 0, 16, 0xf800, 0x07e0, 0x1f, 0], &[0, 0xf8, 0xff, 0xff], &[255, 0, 0, 255, 255, 255]);
    let rgba = [50, 100, 200, 7, 1, 2, 3, 255];
    let [red, green, blue, alpha] = [0xff_0000, 0xff00, 0xff, 0xff00_0000];
    check([RGB_WITH_ALPHA, 0, 32, red, green, blue, alpha], &rgba, &[200, 100, 50, 7, 3, 2, 1, 255]);
    check([RGB, 0, 32, red, green, blue, alpha], &rgba, &[200, 100, 50, 3, 2, 1]);
    check([LUMINANCE, 0, 8, 0xff, 0, 0, 0], &[9, 200], &[9, 9, 9, 200, 200, 200]);
    check([LUMINANCE, 0, 8, alpha, alpha, alpha, 0], &[9, 200], &[9, 9, 9, 200, 200, 200]);
    for alpha in [0xff00, alpha] {
        let with_alpha = [LUMINANCE | 1, 0, 16, 0xff, 0xff, 0xff, alpha];
        check(with_alpha, &[9, 7, 200, 255], &[9, 9, 9, 7, 200, 200, 200, 255]);
    }
}

#[test]
fn a_format_in_the_extended_header_is_used() {
    let extended = |format: u32, data: &[u8]| {
        let extension = [format, 3, 0, 1, 0].map(u32::to_le_bytes).concat();
        blocks((2, 1), b"DX10", &[&extension[..], data].concat())
    };
    let rgba = [200, 100, 50, 255, 1, 2, 3, 255];
    assert_eq!(samples_of(&rendered(&extended(28, &rgba), 64)), [200, 100, 50, 1, 2, 3]);
    let bc7 = inspect(&extended(98, &[0; 16]), &[], &Limits::default());
    assert_eq!(bc7.unwrap_err(), ImageError::Unsupported { format: "this variant of DDS" });
}
