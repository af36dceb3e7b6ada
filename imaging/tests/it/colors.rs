//! Tests that colors described by a profile or by numbers are converted to sRGB.

use crate::samples::{rendered, samples_of, tiff_directory, tiff_page};
use imaging::{Limits, RenderOutput, render};
use moxcms::{ColorProfile, DataColorSpace, ToneReprCurve};

/// Returns a PNG of 8 x 8 pixels of one color, with chunks before its data.
fn png(depth: u8, color: u8, pixel: &[u8], chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let side = 8_u32.to_be_bytes();
    let rows = [&[0], &pixel.repeat(8)[..]].concat().repeat(8);
    let length = u16::try_from(rows.len()).unwrap();
    let data = [&[0x78, 1, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), &rows, &[0; 4]].concat();
    let head = [&side[..], &side, &[depth, color, 0, 0, 0]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let (first, last) = ([(b"IHDR", head)], [(b"IDAT", data), (b"IEND", Vec::new())]);
    for (kind, payload) in first.iter().chain(chunks).chain(&last) {
        file.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        file.extend(*kind);
        file.extend(payload);
        file.extend([0; 4]);
    }
    file
}

/// Returns a profile chunk, stored without compression.
fn profile_chunk(icc: &[u8]) -> (&'static [u8; 4], Vec<u8>) {
    let length = u16::try_from(icc.len()).unwrap();
    let adler = icc.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    let sum = adler.1 << 16 | adler.0;
    let stored = [&[0x78, 1, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), icc].concat();
    (b"iCCP", [&b"p\0\0"[..], &stored, &sum.to_be_bytes()].concat())
}

/// Returns numbers that are stored as multiples of 1/100000.
fn fixed_point(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

#[track_caller]
fn check(file: &[u8], expect: &[u8]) {
    let seen = samples_of(&rendered(file, 8));
    let off = seen[..expect.len()].iter().zip(expect).map(|(seen, expect)| seen.abs_diff(*expect)).max();
    assert!(off <= Some(1), "{:?} for {expect:?}", &seen[..expect.len()]);
}

const COLOR: [u8; 3] = [188, 152, 124];

#[test]
fn the_gamma_of_a_png_is_applied() {
    let gamma = |gamma| (b"gAMA", fixed_point(&[gamma]));
    // In linear light, 188 of 255 is 74%, which is 223 in sRGB.
    check(&png(8, 2, &COLOR, &[gamma(100_000)]), &[223, 203, 186]);
    check(&png(8, 6, &[188, 152, 124, 128], &[gamma(100_000)]), &[223, 203, 186, 128]);
    check(&png(8, 0, &[188], &[gamma(100_000)]), &[223]);
    // The gamma of sRGB and an invalid gamma change nothing.
    check(&png(8, 2, &COLOR, &[gamma(45_455)]), &COLOR);
    check(&png(8, 2, &COLOR, &[gamma(0)]), &COLOR);
    // An sRGB chunk or a profile takes precedence.
    check(&png(8, 2, &COLOR, &[gamma(100_000), (b"sRGB", vec![0])]), &COLOR);
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    check(&png(8, 2, &COLOR, &[gamma(100_000), profile_chunk(&srgb)]), &COLOR);
}

#[test]
fn the_primaries_of_a_png_are_applied() {
    let adobe = [31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000];
    let srgb = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
    let gamma = (b"gAMA", fixed_point(&[45_470]));
    check(&png(8, 2, &COLOR, &[gamma.clone(), (b"cHRM", fixed_point(&adobe))]), &[202, 153, 124]);
    check(&png(8, 2, &COLOR, &[gamma.clone(), (b"cHRM", fixed_point(&srgb))]), &COLOR);
    // It is invalid if the primaries and white are the same point.
    check(&png(8, 2, &COLOR, &[gamma, (b"cHRM", fixed_point(&[31_270; 8]))]), &COLOR);
}

#[test]
fn the_code_points_of_a_png_are_applied() {
    // Display P3 and sRGB. Grays have the same samples in both color spaces.
    check(&png(8, 2, &[100, 100, 100], &[(b"cICP", vec![12, 13, 0, 1])]), &[100; 3]);
    check(&png(8, 2, &[200, 100, 100], &[(b"cICP", vec![12, 13, 0, 1])]), &[215, 93, 97]);
    check(&png(8, 2, &COLOR, &[(b"cICP", vec![1, 13, 0, 1])]), &COLOR);
    // Code points take precedence over a gamma.
    check(&png(8, 2, &COLOR, &[(b"gAMA", fixed_point(&[100_000])), (b"cICP", vec![1, 13, 0, 1])]), &COLOR);
}

#[test]
fn the_code_points_of_a_gray_png_are_applied() {
    // Linear light.
    check(&png(8, 0, &[55], &[(b"cICP", vec![1, 8, 0, 1])]), &[128]);
    check(&png(8, 4, &[55, 99], &[(b"cICP", vec![1, 8, 0, 1])]), &[128, 99]);
    check(&png(8, 0, &[100], &[(b"cICP", vec![12, 13, 0, 1])]), &[100]);
    let of = |color, pixel: &[u8], transfer| {
        samples_of(&rendered(&png(8, color, pixel, &[(b"cICP", vec![9, transfer, 0, 1])]), 8))[0]
    };
    for transfer in [16, 18] {
        assert_eq!(of(0, &[148], transfer), of(2, &[148; 3], transfer));
    }
}

#[test]
fn an_invalid_suggested_palette_of_a_png_is_ignored() {
    for length in [0, 4, 900] {
        let palette = || (b"PLTE", vec![7; length]);
        check(&png(8, 2, &COLOR, &[palette(), palette()]), &COLOR);
        check(&png(8, 6, &[9, 8, 7, 99], &[palette()]), &[9, 8, 7, 99]);
        check(&png(8, 0, &[188], &[palette()]), &[188]);
    }
}

#[test]
fn a_high_dynamic_range_is_compressed_to_white() {
    let of = |pixel: [u8; 3], transfer| {
        samples_of(&rendered(&png(8, 2, &pixel, &[(b"cICP", vec![9, transfer, 0, 1])]), 8))[..3].to_vec()
    };
    for transfer in [16, 18] {
        assert_eq!(of([0; 3], transfer), [0; 3]);
        let grays: Vec<_> = (0..=255).map(|gray| of([gray; 3], transfer)).collect();
        assert!(grays.is_sorted() && grays.iter().all(|gray| gray[0] == gray[1] && gray[1] == gray[2]));
        assert!(grays[255][0] == 255);
    }
    // The white of a picture without highlights, 58% of PQ and 75% of HLG, becomes a light gray.
    assert!((180..200).contains(&of([148; 3], 16)[0]), "{:?}", of([148; 3], 16));
    assert!((180..200).contains(&of([191; 3], 18)[0]), "{:?}", of([191; 3], 18));
}

#[test]
fn a_gray_profile_with_a_lightness_curve_is_applied() {
    let mut profile = ColorProfile::new_gray_with_gamma(1.0);
    profile.pcs = DataColorSpace::Lab;
    profile.gray_trc = Some(ToneReprCurve::Lut(Vec::new()));
    let icc = profile.encode().unwrap();
    // Half of the lightness is 18% of the light.
    check(&png(8, 0, &[128], &[profile_chunk(&icc)]), &[119]);
    check(&png(8, 4, &[128, 77], &[profile_chunk(&icc)]), &[119, 77]);
}

/// Returns a linear profile with the primaries of sRGB.
fn linear_profile() -> Vec<u8> {
    let mut profile = ColorProfile::new_srgb();
    let curve = || Some(ToneReprCurve::Lut(Vec::new()));
    (profile.red_trc, profile.green_trc, profile.blue_trc) = (curve(), curve(), curve());
    profile.cicp = None;
    profile.encode().unwrap()
}

#[test]
fn sixteen_bits_keep_the_shadows_of_a_linear_picture() {
    let icc = linear_profile();
    // 1/300 of the light is 10 in sRGB. With 8 bits, the sample would be 0 or 1, which is 0 or 13 in sRGB.
    for light in [218_u16, 109, 1000, 40_000] {
        let encoded = |light: f64| {
            if light < 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
        };
        let expect = (encoded(f64::from(light) / 65_535.0) * 255.0).round() as u8;
        let [high, low] = light.to_be_bytes();
        check(&png(16, 2, &[high, low].repeat(3), &[profile_chunk(&icc)]), &[expect; 3]);
        check(
            &png(16, 6, &[high, low, high, low, high, low, 200, 9], &[profile_chunk(&icc)]),
            &[expect, expect, expect, 200],
        );
        check(&png(16, 0, &[high, low], &[(b"gAMA", fixed_point(&[100_000]))]), &[expect]);
        check(&tiff(1, light, &icc, 1), &[expect; 3]);
        check(&tiff(1, light, &icc, 2), &[expect; 3]);
    }
    // These are 0.001, 0.0033, and 0.61 as 16-bit floating-point numbers.
    for (half, expect) in [(0x1419_u16, 3), (0x1ad0, 10), (0x38e1, 204)] {
        check(&tiff(3, half, &icc, 1), &[expect; 3]);
        check(&tiff(3, half, &icc, 2), &[expect; 3]);
    }
}

#[test]
fn one_color_of_sixteen_bits_can_be_transparent() {
    let transparent = |color: &[u8]| [(b"tRNS", color.to_vec())];
    let color = [1, 2, 3, 4, 5, 6];
    check(&png(16, 2, &color, &transparent(&color)), &[1, 3, 5, 0]);
    // All pixels are opaque, so no alpha remains.
    check(&png(16, 2, &color, &transparent(&[1, 2, 3, 4, 5, 7])), &[1, 3, 5, 1, 3, 5]);
    check(&png(16, 0, &[9, 8], &transparent(&[9, 8])), &[9, 0]);
    check(&png(16, 0, &[9, 7], &transparent(&[9, 8])), &[9, 9]);
}

/// Returns a TIFF of 8 x 8 pixels of one gray in 16 bits and a profile, in one plane or three. Samples of the format 3 are
/// floating-point numbers.
fn tiff(format: u32, sample: u16, icc: &[u8], planar: u32) -> Vec<u8> {
    let plane: Vec<u8> = sample.to_le_bytes().repeat(64 * if planar == 1 { 3 } else { 1 });
    let planes = if planar == 1 { 1 } else { 3 };
    let mut file = [&b"II\x2a\0\0\0\0\0"[..], &plane.repeat(planes)].concat();
    let entries = [
        (256, vec![8]),
        (257, vec![8]),
        (258, vec![16; 3]),
        (259, vec![1]),
        (262, vec![2]),
        (273, (0..planes as u32).map(|i| 8 + i * plane.len() as u32).collect()),
        (277, vec![3]),
        (278, vec![8]),
        (279, vec![plane.len() as u32; planes]),
        (284, vec![planar]),
        (339, vec![format; 3]),
        // These are 32-bit numbers, although bytes are usual.
        (34_675, icc.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect()),
    ];
    tiff_directory(&mut file, &entries.into());
    file
}

#[test]
fn the_profile_or_the_primaries_of_a_bitmap_are_applied() {
    let bitmap = |space: [u8; 4], describe: &dyn Fn(&mut [u8]), after: &[u8]| {
        let mut header = vec![0; 124];
        header[0] = 124;
        header[4] = 8;
        header[8] = 8;
        header[12] = 1;
        header[14] = 24;
        header[56..60].copy_from_slice(&space);
        describe(&mut header);
        let pixels = [124, 152, 188].repeat(64);
        let offset = 14 + 124_u32;
        [&b"BM\0\0\0\0\0\0\0\0"[..], &offset.to_le_bytes(), &header, &pixels, after].concat()
    };
    let icc = linear_profile();
    let embed = |header: &mut [u8]| {
        header[112..116].copy_from_slice(&(124 + 192_u32).to_le_bytes());
        header[116..120].copy_from_slice(&(icc.len() as u32).to_le_bytes());
    };
    check(&bitmap(*b"DEBM", &embed, &icc), &[223, 203, 186]);
    // The end points of Adobe RGB in XYZ, and three gammas.
    let ends = [0.5767, 0.2973, 0.0270, 0.1856, 0.6274, 0.0707, 0.1882, 0.0753, 0.9911];
    let calibrate = |header: &mut [u8]| {
        for (i, end) in ends.iter().enumerate() {
            let end = (end * f64::from(1 << 30)) as u32;
            header[60 + i * 4..64 + i * 4].copy_from_slice(&end.to_le_bytes());
        }
        (0..3).for_each(|i| header[96 + i * 4..100 + i * 4].copy_from_slice(&144_179_u32.to_le_bytes()));
    };
    check(&bitmap([0; 4], &calibrate, &[]), &[202, 153, 124]);
    // Most writers leave these fields at zero.
    check(&bitmap([0; 4], &|_| {}, &[]), &COLOR);
}

#[test]
fn a_palette_can_have_indices_of_sixteen_bits_and_alpha() {
    let page = |bits: u32, samples: usize, code: u32, strip: &[u8]| {
        let mut file = [&b"II\x2a\0\0\0\0\0"[..], strip].concat();
        let count = 1_usize << bits;
        // Red rises with the index, green falls, and blue is 30.
        let red = (0..count).map(|i| (i % 256 * 257) as u32);
        let green = (0..count).map(|i| (65_535 - i % 256 * 257) as u32);
        let map = red.chain(green).chain(std::iter::repeat_n(30 * 257, count)).collect();
        let mut entries: std::collections::BTreeMap<u16, Vec<u32>> = [
            (256, vec![8]),
            (257, vec![8]),
            (258, vec![bits; samples]),
            (259, vec![code]),
            (262, vec![3]),
            (273, vec![8]),
            (277, vec![samples as u32]),
            (278, vec![8]),
            (279, vec![strip.len() as u32]),
            (320, map),
        ]
        .into();
        if samples > 1 {
            entries.insert(338, vec![2]);
        }
        tiff_directory(&mut file, &entries);
        file
    };
    check(&page(16, 1, 1, &[7, 1].repeat(64)), &[7, 248, 30]);
    check(&page(8, 2, 1, &[7, 99].repeat(64)), &[7, 248, 30, 99]);
    check(&page(16, 2, 1, &[7, 1, 5, 99].repeat(64)), &[7, 248, 30, 99]);
    let stored = [&[0x78, 1, 1, 128, 0, 127, 255][..], &[7, 1].repeat(64), &[0; 4]].concat();
    check(&page(16, 1, 8, &stored), &[7, 248, 30]);
}

#[test]
fn cmyk_can_have_alpha() {
    let tags = [(262, 5), (278, 8), (338, 2)];
    let file = tiff_page((8, 8), &[8; 5], &tags, &[[0, 255, 255, 0, 99].repeat(64)]);
    check(&file, &[255, 0, 0, 99]);
    // An extra sample that is not alpha is dropped.
    let file =
        tiff_page((8, 8), &[8; 5], &[(262, 5), (278, 8), (338, 0)], &[[0, 255, 255, 0, 99].repeat(64)]);
    check(&file, &[255, 0, 0, 255, 0, 0]);
    // The inks can be multiplied by alpha.
    let file = tiff_page((8, 8), &[8; 5], &[(262, 5), (278, 8), (338, 1)], &[[0, 51, 51, 0, 51].repeat(64)]);
    check(&file, &[255, 0, 0, 51]);
}

/// Returns a profile of four inks in which all colors are a gray of half the lightness: a table of 2 x 2 x 2 x 2 colors
/// (`mft1` of ICC.1).
pub(crate) fn gray_ink_profile() -> Vec<u8> {
    let mut table = b"mft1\0\0\0\0\x04\x03\x02\0".to_vec();
    let one = |i: usize| if i.is_multiple_of(4) { 1_i32 << 16 } else { 0 };
    table.extend((0..9).flat_map(|i| one(i).to_be_bytes()));
    table.extend((0..4).flat_map(|_| 0..=255_u8));
    table.extend([128; 16 * 3]);
    table.extend((0..3).flat_map(|_| 0..=255_u8));
    let mut icc = vec![0; 128];
    icc[8..12].copy_from_slice(&[2, 0x40, 0, 0]);
    icc[12..24].copy_from_slice(b"prtrCMYKLab ");
    icc[36..40].copy_from_slice(b"acsp");
    // The illuminant D50.
    icc[68..80].copy_from_slice(&[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
    icc.extend([&1_u32.to_be_bytes(), &b"A2B0"[..], &144_u32.to_be_bytes()].concat());
    icc.extend((table.len() as u32).to_be_bytes());
    icc.extend(table);
    icc.resize(icc.len().next_multiple_of(4), 0);
    let length = (icc.len() as u32).to_be_bytes();
    icc[..4].copy_from_slice(&length);
    icc
}

#[test]
fn the_profile_of_inks_is_applied_with_and_without_alpha() {
    let icc = gray_ink_profile();
    for (samples, expect) in [(4, vec![119; 3]), (5, vec![119, 119, 119, 99])] {
        let mut file = [&b"II\x2a\0\0\0\0\0"[..], &[0, 255, 255, 0, 99][..samples].repeat(64)].concat();
        let entries = [
            (256, vec![8]),
            (257, vec![8]),
            (258, vec![8; samples]),
            (259, vec![1]),
            (262, vec![5]),
            (273, vec![8]),
            (277, vec![samples as u32]),
            (278, vec![8]),
            (279, vec![64 * samples as u32]),
            (338, vec![2]),
            (34_675, icc.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect()),
        ];
        tiff_directory(&mut file, &entries.into());
        check(&file, &expect);
    }
}

/// Renders an AVIF with other code points.
fn avif(codes: [u8; 2]) -> RenderOutput {
    let mut file = include_bytes!("../data/plain.avif").to_vec();
    let at = memchr::memmem::find(&file, b"nclx").unwrap();
    (file[at + 5], file[at + 7]) = (codes[0], codes[1]);
    let preset = contract::preset::Preset {
        format: contract::preset::PresetFormat::Png,
        ..contract::preset::Preset::inside("plain", 64, 64)
    };
    render(&file, &[preset], &Limits::default(), &|| false).unwrap()
}

#[test]
fn the_code_points_of_an_avif_are_applied() {
    let [srgb, p3, pq] = [[1, 13], [12, 13], [9, 16]].map(|codes| samples_of(&avif(codes)));
    assert!(srgb != p3 && srgb != pq);
    // The primaries of Display P3 are more saturated, so the samples of a pixel differ more.
    let spread = |samples: &[u8]| {
        samples
            .chunks_exact(3)
            .map(|p| u64::from(p.iter().max().unwrap() - p.iter().min().unwrap()))
            .sum::<u64>()
    };
    assert!(spread(&p3) > spread(&srgb));
}

/// avifenc declares the primaries of Display P3 in the container and in the stream.
#[test]
fn colors_stated_only_in_the_stream_of_an_avif_are_applied() {
    let whole = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/p3.avif")).unwrap();
    let with = |from: &[u8], to: &[u8]| {
        let at = memchr::memmem::find(&whole, from).unwrap();
        let mut file = whole.clone();
        file[at..at + to.len()].copy_from_slice(to);
        samples_of(&rendered(&file, 64))
    };
    let stated = with(b"nclx", b"nclx");
    assert!(with(b"colr", b"free") == stated);
    // These are the values if the picture is read as sRGB.
    assert!(with(b"nclx\0\x0c", b"nclx\0\x01") != stated);
}
