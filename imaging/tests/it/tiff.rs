//! Tests TIFFs with an incomplete directory or damaged data, and unusual kinds of samples.

use std::collections::BTreeMap;

use crate::samples::{encoded, png, rendered, samples_of, tiff_directory, tiff_page};
use imaging::{Limits, RenderOutput, render};

const WIDTH: u16 = 40;
const HEIGHT: u16 = 30;

fn ramp() -> Vec<u8> {
    (0..u32::from(WIDTH) * u32::from(HEIGHT)).map(|at| (at % 251) as u8).collect()
}

/// Returns a page of [`ramp`] in one strip. Adds the tags `with` and removes the tags `without`.
fn page(with: &[(u16, u32)], without: &[u16]) -> Vec<u8> {
    let mut file = [&b"II\x2a\0\0\0\0\0"[..], &ramp()].concat();
    let mut entries: BTreeMap<u16, Vec<u32>> = [
        (256, WIDTH.into()),
        (257, HEIGHT.into()),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, HEIGHT.into()),
        (279, ramp().len() as u32),
    ]
    .map(|(tag, value)| (tag, vec![value]))
    .into();
    entries.extend(with.iter().map(|(tag, value)| (*tag, vec![*value])));
    entries.retain(|tag, _| !without.contains(tag));
    tiff_directory(&mut file, &entries);
    file
}

#[track_caller]
fn check_whole(file: &[u8]) {
    let rendered = rendered(file, 64);
    assert!(!rendered.facts.partial);
    assert!(samples_of(&rendered) == ramp());
}

#[test]
fn strips_without_lengths_are_complete() {
    check_whole(&page(&[], &[279]));
    check_whole(&page(&[(279, 0)], &[]));
    check_whole(&page(&[], &[278, 279]));
    check_whole(&page(&[(278, 0)], &[]));
    // A compressed strip without a length extends to the end of the file.
    let runs: Vec<u8> = ramp().chunks(40).flat_map(|row| [&[39], row].concat()).collect();
    let mut file = page(&[(259, 32_773), (273, 0)], &[279]);
    let end = file.len() as u32;
    let at = file.windows(4).position(|entry| entry == [0x11, 1, 4, 0]).unwrap();
    file[at + 8..at + 12].copy_from_slice(&end.to_le_bytes());
    file.extend(runs);
    check_whole(&file);
}

#[test]
fn an_invalid_next_directory_does_not_affect_the_first_page() {
    let file = page(&[], &[]);
    for next in [u32::from_le_bytes(file[4..8].try_into().unwrap()), 8, u32::MAX] {
        let mut file = file.clone();
        let end = file.len() - 4;
        file[end..].copy_from_slice(&next.to_le_bytes());
        check_whole(&file);
    }
    // The directory ends before the offset of the next one.
    check_whole(&file[..file.len() - 4]);
}

#[test]
fn a_truncated_uncompressed_strip_shows_its_readable_rows() {
    // The directory precedes the strip.
    let mut file = tiff_page((WIDTH, HEIGHT), &[8], &[(273, 200), (278, 30)], &[]);
    file.resize(200, 0);
    file.extend(&ramp()[..usize::from(WIDTH) * 11 + 7]);
    let rendered = rendered(&file, 64);
    assert!(rendered.facts.partial);
    let (there, missing) = (usize::from(WIDTH) * 11, samples_of(&rendered));
    assert!(missing[..there] == ramp()[..there]);
    assert!(missing[there..].iter().all(|sample| *sample == 128));
}

#[test]
fn damage_in_the_first_strip_does_not_affect_the_others() {
    let runs = |rows: &[u8]| rows.chunks(40).flat_map(|row| [&[39], row].concat()).collect::<Vec<u8>>();
    let ramp = ramp();
    let half = ramp.len() / 2;
    let strips = [vec![100, 1, 2], runs(&ramp[half..])];
    let file = tiff_page((WIDTH, HEIGHT), &[8], &[(259, 32_773), (278, 15)], &strips);
    let rendered = rendered(&file, 64);
    assert!(rendered.facts.partial);
    let seen = samples_of(&rendered);
    assert!(seen[..half].iter().all(|sample| *sample == 128));
    assert!(seen[half..] == ramp[half..]);
    // If no row is readable, the file is rejected.
    let file = tiff_page((WIDTH, HEIGHT), &[8], &[(259, 32_773), (278, 30)], &strips[..1]);
    let error = render(&file, &[], &Limits::default(), &|| false).unwrap_err();
    assert_eq!(error.code(), "damaged");
}

#[test]
fn a_truncated_deflate_strip_shows_its_readable_rows() {
    let mut strip = vec![0x78, 1, 1];
    let length = ramp().len() as u16;
    strip.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
    strip.extend(&ramp()[..usize::from(WIDTH) * 20]);
    let file = tiff_page((WIDTH, HEIGHT), &[8], &[(259, 8), (278, 30)], &[strip]);
    let rendered = rendered(&file, 64);
    assert!(rendered.facts.partial);
    assert!(samples_of(&rendered)[..usize::from(WIDTH) * 20] == ramp()[..usize::from(WIDTH) * 20]);
}

#[test]
fn a_damaged_lzw_strip_shows_its_readable_rows() {
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut file)
        .unwrap()
        .with_compression(tiff::encoder::Compression::Lzw)
        .with_predictor(tiff::tags::Predictor::Horizontal);
    let mut image = encoder.new_image::<tiff::encoder::colortype::Gray8>(64, 64).unwrap();
    image.rows_per_strip(64).unwrap();
    let gray: Vec<u8> = (0..64 * 64).map(|at| (at * at % 241) as u8).collect();
    image.write_data(&gray).unwrap();
    let mut file = file.into_inner();
    let middle = file.len() / 2;
    file[middle..middle + 100].fill(0xff);
    let rendered = rendered(&file, 64);
    assert!(rendered.facts.partial);
    assert!(samples_of(&rendered)[..64 * 20] == gray[..64 * 20]);
    assert!(samples_of(&rendered)[64 * 60..].iter().all(|sample| *sample == 128));
}

#[test]
fn an_unsupported_compression_is_refused_by_name() {
    let file = tiff_page((WIDTH, HEIGHT), &[8], &[(259, 34_887)], &[ramp()]);
    let error = render(&file, &[], &Limits::default(), &|| false).unwrap_err();
    assert_eq!(error.to_string(), "TIFF with LERC compression is not supported");
}

/// tifffile and Pillow wrote the files from the picture of a PNG.
#[test]
fn unusual_samples_and_compressions_are_decoded() {
    let data = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/");
        std::fs::read(format!("{folder}{name}")).unwrap()
    };
    for (name, expected, most) in [
        ("lzma.tif", "rgb.png", 0),
        ("zstd.tif", "rgb.png", 0),
        ("zstd-16.tif", "gray.png", 0),
        ("webp.tif", "rgb.png", 0),
        ("half.tif", "gray.png", 1),
        ("half-plain.tif", "rgb.png", 1),
        ("bits-10.tif", "gray.png", 1),
        ("bits-12.tif", "gray.png", 1),
        ("bits-14.tif", "gray.png", 1),
        ("bits-12-rgb.tif", "rgb.png", 1),
        ("signed.tif", "gray.png", 0),
        ("signed-16.tif", "gray.png", 0),
        ("lab.tif", "rgb.png", 8),
    ] {
        let made = samples_of(&rendered(&data(&format!("tiff/{name}")), 64));
        let expected = samples_of(&rendered(&data(&format!("rare/{expected}")), 64));
        assert_eq!(made.len(), expected.len(), "{name}");
        let off = made.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(off <= most, "{name}: off by {off}");
    }
}

/// The first writers of JPEG in TIFF stored a complete JPEG.
#[test]
fn old_style_jpeg_is_decoded_if_it_is_a_complete_file() {
    let jpeg = encoded(&png(40, 30, 3), contract::preset::PresetFormat::Jpeg);
    let tags = [(259, 6), (262, 6), (513, 8), (514, jpeg.len() as u32), (274, 6)];
    let file = tiff_page((40, 30), &[8; 3], &tags, std::slice::from_ref(&jpeg));
    let made = rendered(&file, 64);
    assert_eq!((made.facts.width, made.facts.height, made.facts.orientation), (30, 40, 6));
    let other = tiff_page((40, 30), &[8; 3], &[(259, 6), (262, 6)], &[jpeg]);
    let error = render(&other, &[], &Limits::default(), &|| false).unwrap_err();
    assert_eq!(error.to_string(), "TIFF with old-style JPEG compression is not supported");
}

/// Later writers stored the tables or the headers of a JPEG in one place, and each strip in another.
#[test]
fn old_style_jpeg_is_decoded_from_its_tables_and_strips() {
    let files = crate::samples::old_style_jpeg();
    let expected = rendered(&files.jpeg, 64);
    for file in [files.tables, files.header] {
        let made = rendered(&file, 64);
        assert_eq!((made.facts.width, made.facts.height, made.facts.partial), (16, 64, false));
        assert_eq!(samples_of(&made), samples_of(&expected));
    }
}

/// Returns 8-bit YCbCr pixels in units of `across` x `down`. All have the same chroma, and the luma is the
/// column.
fn ycc(across: u16, down: u16, compression: u32, tags: &[(u16, Vec<u32>)]) -> Vec<u8> {
    let (width, height) = (21_u16, 13_u16);
    let mut strip = Vec::new();
    for _ in 0..height.div_ceil(down) {
        let mut row = Vec::new();
        for unit in 0..width.div_ceil(across) {
            for _ in 0..down {
                row.extend((0..across).map(|x| (100 + unit * across + x) as u8));
            }
            row.extend([90, 170]);
        }
        if compression == 32_773 {
            strip.push(row.len() as u8 - 1);
        }
        strip.extend(row);
    }
    let mut file = [&b"II\x2a\0\0\0\0\0"[..], &strip].concat();
    let mut entries: BTreeMap<u16, Vec<u32>> = [
        (256, vec![width.into()]),
        (257, vec![height.into()]),
        (258, vec![8, 8, 8]),
        (259, vec![compression]),
        (262, vec![6]),
        (273, vec![8]),
        (277, vec![3]),
        (278, vec![height.into()]),
        (279, vec![strip.len() as u32]),
        (530, vec![across.into(), down.into()]),
    ]
    .into();
    entries.extend(tags.iter().cloned());
    tiff_directory(&mut file, &entries);
    file
}

#[track_caller]
fn check_colors(rendered: &RenderOutput, expected: impl Fn(f64) -> [f64; 3]) {
    let pixels = samples_of(rendered);
    assert_eq!(pixels.len(), 21 * 13 * 3);
    for (at, pixel) in pixels.chunks_exact(3).enumerate() {
        let expected = expected(f64::from(100 + at as u32 % 21));
        for (sample, expected) in pixel.iter().zip(expected) {
            assert!((f64::from(*sample) - expected).abs() <= 1.0, "{at}: {pixel:?} {expected:?}");
        }
    }
}

#[test]
fn subsampled_ycc_is_converted() {
    for (across, down) in [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1), (4, 2), (4, 4)] {
        for compression in [1, 32_773] {
            let rendered = rendered(&ycc(across, down, compression, &[]), 64);
            assert!(!rendered.facts.partial);
            let (u, v) = (90.0 - 128.0, 170.0 - 128.0);
            check_colors(&rendered, |y| [y + 1.402 * v, y - 0.344_136 * u - 0.714_136 * v, y + 1.772 * u]);
        }
    }
}

#[test]
fn ycc_with_reference_values_and_coefficients_is_converted() {
    let tags = [
        (529, [[2126, 10_000], [7152, 10_000], [722, 10_000]].concat()),
        (532, [[16, 1], [235, 1], [128, 1], [240, 1], [128, 1], [240, 1]].concat()),
    ];
    let (u, v) = ((90.0 - 128.0) * 127.0 / 112.0, (170.0 - 128.0) * 127.0 / 112.0);
    for (across, down) in [(1, 1), (2, 2)] {
        check_colors(&rendered(&ycc(across, down, 1, &tags), 64), |y| {
            let y = (y - 16.0) * 255.0 / 219.0;
            let (red, blue) = (y + 1.5748 * v, y + 1.8556 * u);
            [red, (y - 0.2126 * red - 0.0722 * blue) / 0.7152, blue].map(|sample| sample.clamp(0.0, 255.0))
        });
    }
}

#[test]
fn an_unspecified_extra_sample_is_dropped_after_differences_are_summed() {
    let pixels: Vec<[u8; 4]> =
        (0..=255).map(|at: u8| [at, at.wrapping_mul(7), 200, at.wrapping_mul(3)]).collect();
    let mut differences = pixels.clone();
    for (pixel, left) in differences[1..].iter_mut().zip(&pixels) {
        pixel.iter_mut().zip(left).for_each(|(sample, left)| *sample = sample.wrapping_sub(*left));
    }
    let strip = [b"\x78\x01\x01\0\x04\xff\xfb", &differences.concat()[..], &[0; 4]].concat();
    let tags = [(259, 8), (262, 2), (317, 2), (338, 0)];
    let file = tiff_page((256, 1), &[8; 4], &tags, &[strip]);
    let expected: Vec<u8> = pixels.iter().flat_map(|pixel| pixel[..3].to_vec()).collect();
    assert!(samples_of(&rendered(&file, 256)) == expected);
}

#[test]
fn a_strip_beyond_the_end_of_the_file_is_damaged() {
    let file = tiff_page((WIDTH, HEIGHT), &[8], &[(273, 9000)], &[ramp()]);
    let error = render(&file, &[], &Limits::default(), &|| false).unwrap_err();
    assert_eq!(error.to_string(), "the TIFF file is damaged: its data ends early");
}

#[test]
fn a_preview_before_a_raw_picture_is_not_used_in_its_place() {
    let file = page(&[(254, 1), (330, 8)], &[]);
    let error = render(&file, &[], &Limits::default(), &|| false).unwrap_err();
    assert_eq!(error.to_string(), "camera raw is not supported");
    // In an image pyramid, the smaller pictures are subdirectories of the largest.
    check_whole(&page(&[(254, 0), (330, 8)], &[]));
}

#[test]
fn the_maximum_height_is_refused_as_too_many_pixels() {
    for height in [u32::MAX, u32::MAX - 1] {
        let refused =
            render(&page(&[(257, height)], &[278]), &[], &Limits::default(), &|| false).unwrap_err();
        assert_eq!(refused.code(), "too-many-pixels", "{refused}");
    }
}

#[test]
fn tiles_stored_in_the_tags_of_strips_are_found() {
    // The page has one tile of 16 x 16 pixels on the left, and one on the right.
    let tile = |gray: u8| vec![gray; 256];
    let file = tiff_page((32, 16), &[8], &[(322, 16), (323, 16)], &[tile(50), tile(90)]);
    let expected: Vec<u8> = (0..32 * 16).map(|at| if at % 32 < 16 { 50 } else { 90 }).collect();
    assert!(samples_of(&rendered(&file, 64)) == expected);
}

#[test]
fn lzw_in_the_old_bit_order_is_decoded() {
    // Codes of 9 bits, the lowest bit first: clear, six pixels, end.
    let codes = [256, 7, 8, 9, 10, 11, 12, 257];
    let mut strip = vec![0_u8; 9];
    for (at, code) in codes.iter().enumerate() {
        for bit in 0..9 {
            strip[(at * 9 + bit) / 8] |= ((code >> bit & 1) as u8) << ((at * 9 + bit) % 8);
        }
    }
    let file = tiff_page((3, 2), &[8], &[(259, 5), (278, 2)], &[strip]);
    assert_eq!(samples_of(&rendered(&file, 64)), [7, 8, 9, 10, 11, 12]);
}

/// Returns a zlib stream that stores `data` uncompressed.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&[0x78, 1, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), data, &[0; 4]].concat()
}

/// Returns a big-endian page of one strip.
fn big_endian_page(bits: u16, tags: &[(u16, u32)], strip: &[u8]) -> Vec<u8> {
    let mut entries: BTreeMap<u16, u32> = [
        (256, WIDTH.into()),
        (257, HEIGHT.into()),
        (258, bits.into()),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, HEIGHT.into()),
        (279, strip.len() as u32),
    ]
    .into();
    entries.extend(tags.iter().copied());
    let start = 8 + strip.len() as u32;
    let mut file = [&b"MM\0\x2a"[..], &start.to_be_bytes(), strip].concat();
    file.extend((entries.len() as u16).to_be_bytes());
    for (tag, value) in entries {
        file.extend([&tag.to_be_bytes()[..], &[0, 4, 0, 0, 0, 1], &value.to_be_bytes()].concat());
    }
    file.extend([0; 4]);
    file
}

/// Replaces rows of integers by their differences.
fn differences(rows: &[u64]) -> Vec<u64> {
    let differ = |row: &[u64]| {
        let before = std::iter::once(0).chain(row.iter().copied());
        row.iter().zip(before).map(|(sample, before)| sample.wrapping_sub(before)).collect::<Vec<_>>()
    };
    rows.chunks(WIDTH.into()).flat_map(differ).collect()
}

#[test]
fn samples_of_several_bytes_are_decoded_in_both_byte_orders_and_with_a_predictor() {
    for bytes in [2, 4, 8] {
        let shift = 8 * (bytes as u32 - 1);
        let samples: Vec<u64> = ramp().iter().map(|sample| u64::from(*sample) << shift | 0x35).collect();
        for (predictor, samples) in [(1, samples.clone()), (2, differences(&samples))] {
            let big: Vec<u8> =
                samples.iter().flat_map(|sample| sample.to_be_bytes()[8 - bytes..].to_vec()).collect();
            let little: Vec<u8> =
                samples.iter().flat_map(|sample| sample.to_le_bytes()[..bytes].to_vec()).collect();
            let tags = [(259, 8), (317, predictor)];
            check_whole(&big_endian_page(bytes as u16 * 8, &tags, &stored(&big)));
            let tags = [&tags[..], &[(278, HEIGHT.into())]].concat();
            check_whole(&tiff_page((WIDTH, HEIGHT), &[bytes as u32 * 8], &tags, &[stored(&little)]));
        }
    }
}

#[test]
fn floating_point_samples_with_a_predictor_are_decoded() {
    for bytes in [4, 8] {
        let rows = ramp();
        let rows = rows.chunks(WIDTH.into()).flat_map(|row| {
            let number = |sample: &u8| match bytes {
                4 => (f32::from(*sample) / 255.0).to_be_bytes().to_vec(),
                _ => (f64::from(*sample) / 255.0).to_be_bytes().to_vec(),
            };
            let numbers: Vec<Vec<u8>> = row.iter().map(number).collect();
            let planes: Vec<u8> =
                (0..bytes).flat_map(|i| numbers.iter().map(move |number| number[i])).collect();
            let before = [&[0], &planes[..planes.len() - 1]].concat();
            planes.iter().zip(before).map(|(byte, before)| byte.wrapping_sub(before)).collect::<Vec<_>>()
        });
        let strip = stored(&rows.collect::<Vec<_>>());
        let tags = [(259, 8), (317, 3), (339, 3)];
        check_whole(&big_endian_page(bytes as u16 * 8, &tags, &strip));
        let tags = [&tags[..], &[(278, HEIGHT.into())]].concat();
        check_whole(&tiff_page((WIDTH, HEIGHT), &[bytes as u32 * 8], &tags, &[strip]));
    }
}

#[test]
fn lzw_with_reversed_bits_is_decoded() {
    // Codes of 9 bits: a clear code before each byte, so that the width never grows, and an end code.
    let codes = ramp().into_iter().flat_map(|sample| [256, u32::from(sample)]).chain([257]);
    let bits: Vec<u8> = codes.flat_map(|code| (0..9).rev().map(move |bit| (code >> bit & 1) as u8)).collect();
    let turned = bits.chunks(8).map(|bits| bits.iter().enumerate().fold(0, |byte, (i, bit)| byte | bit << i));
    check_whole(&tiff_page((WIDTH, HEIGHT), &[8], &[(259, 5), (266, 2), (278, 30)], &[turned.collect()]));
}

/// Returns a Zstandard frame of one block without compression. The length of `data` is 256 or more.
fn zstandard(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u16 - 256).to_le_bytes();
    let block = (data.len() as u32) << 3 | 1;
    [b"\x28\xb5\x2f\xfd\x60", &length[..], &block.to_le_bytes()[..3], data].concat()
}

#[test]
fn a_tile_in_zstandard_can_extend_beyond_the_page() {
    // Two columns and two rows of tiles. Each pixel has its position in its tile.
    let tile = zstandard(&(0..=255).collect::<Vec<u8>>());
    let mut file = [&b"II\x2a\0\0\0\0\0"[..], &tile.repeat(4)].concat();
    let entries = [
        (256, vec![24]),
        (257, vec![20]),
        (258, vec![8]),
        (259, vec![50_000]),
        (262, vec![1]),
        (277, vec![1]),
        (322, vec![16]),
        (323, vec![16]),
        (324, (0..4).map(|i| 8 + i * tile.len() as u32).collect()),
        (325, vec![tile.len() as u32; 4]),
    ];
    tiff_directory(&mut file, &entries.into());
    let rendered = rendered(&file, 64);
    assert!(!rendered.facts.partial);
    let expected: Vec<u8> = (0..20 * 24).map(|at| (at / 24 % 16 * 16 + at % 24 % 16) as u8).collect();
    assert_eq!(samples_of(&rendered), expected);
}

#[test]
fn a_tile_in_webp_can_extend_below_the_page() {
    let tile = encoded(&png(32, 32, 3), contract::preset::PresetFormat::Webp);
    let tags = [(259, 50_001), (262, 2), (322, 32), (323, 32)];
    let file = tiff_page((32, 20), &[8; 3], &tags, &[tile]);
    let rendered = rendered(&file, 64);
    assert!(!rendered.facts.partial);
    assert_eq!((rendered.facts.width, rendered.facts.height), (32, 20));
}

#[test]
fn a_tile_that_ends_beyond_the_file_shows_its_readable_rows() {
    let tile = zstandard(&(0..=255).collect::<Vec<u8>>());
    let file = tiff_page((16, 16), &[8], &[(259, 50_000), (322, 16), (323, 16), (279, 9999)], &[tile]);
    assert!(samples_of(&rendered(&file, 64)).into_iter().eq(0..=255));
}

#[test]
fn the_reason_for_a_damaged_jpeg_is_one_line() {
    let file = tiff_page((16, 16), &[8], &[(259, 7)], &[b"\xff\xd8\xff\xc0\0\x0b".to_vec()]);
    let error = render(&file, &[], &Limits::default(), &|| false).unwrap_err();
    assert_eq!(error.to_string(), "the TIFF file is damaged: its compressed data is corrupt");
}
