//! Tests files that are valid but rare, and damaged files that are still readable in part.

use crate::samples::{self, rendered, samples_of as pixels, tiff_page};
use contract::preset::{Preset, PresetFormat};
use imaging::{Limits, render};

#[test]
fn the_strip_of_all_rows_can_state_any_number_of_rows() {
    let data: Vec<u8> = (0..40 * 30).map(|at| (at % 251) as u8).collect();
    let file = tiff_page((40, 30), &[8], &[(278, u32::MAX)], std::slice::from_ref(&data));
    assert_eq!(pixels(&rendered(&file, 64)), data);
}

#[test]
fn bits_in_reversed_order_are_reversed() {
    // The picture is black. Each row has one white pixel, one column further right than in the row above.
    let data: Vec<u8> = (0..8).map(|row| 1 << row).collect();
    let file = tiff_page((8, 8), &[1], &[(266, 2), (278, 8)], &[data]);
    let expected: Vec<u8> = (0..64).map(|at| if at % 8 == at / 8 { 255 } else { 0 }).collect();
    assert_eq!(pixels(&rendered(&file, 64)), expected);
}

/// Returns a PNG of gray pixels, and the range of its picture data.
fn gray_png(side: u32, interlaced: bool) -> (Vec<u8>, std::ops::Range<usize>) {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], payload: &[u8]| {
        file.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        file.extend(kind);
        let begin = file.len();
        file.extend(payload);
        // No checksum is valid.
        file.extend([0; 4]);
        begin..begin + payload.len()
    };
    let size = side.to_be_bytes();
    chunk(b"IHDR", &[&size[..], &size, &[8, 0, 0, 0, u8::from(interlaced)]].concat());
    // Each row has one brightness and is stored without compression.
    let mut rows = Vec::new();
    let passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    let passes = if interlaced { &passes[..] } else { &[(0, 0, 1, 1)] };
    for (x, y, across, down) in passes.iter().filter(|(x, ..)| *x < side) {
        for row in (*y..side).step_by(*down) {
            rows.push(0);
            rows.extend((*x..side).step_by(*across).map(|_| (row * 255 / side) as u8));
        }
    }
    let length = u16::try_from(rows.len()).unwrap();
    let stored =
        [&[0x78, 1, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), &rows, &[0; 4]].concat();
    let data = chunk(b"IDAT", &stored);
    chunk(b"IEND", &[]);
    (file, data)
}

#[test]
fn a_wrong_checksum_hides_no_pixels() {
    let (file, _) = gray_png(40, false);
    let rendered = rendered(&file, 64);
    assert!(!rendered.facts.partial);
    let expected: Vec<u8> = (0..40 * 40).map(|at| (at / 40 * 255 / 40) as u8).collect();
    assert_eq!(pixels(&rendered), expected);
}

#[test]
fn missing_pixels_of_an_interlaced_picture_are_filled_from_earlier_passes() {
    let (file, data) = gray_png(160, true);
    // The file ends before the last pass, which has half of the rows.
    let rendered = rendered(&file[..data.start + (data.end - data.start) * 4 / 10], 160);
    assert!(rendered.facts.partial);
    let off = |(at, seen): (usize, &u8)| (at / 160 * 255 / 160).abs_diff(usize::from(*seen));
    let worst = pixels(&rendered).iter().enumerate().map(off).max().unwrap();
    assert!(worst <= 8 * 255 / 160 + 1, "{worst}");
}

#[test]
fn an_interlaced_picture_equals_a_plain_one() {
    for side in 1..=20 {
        let [plain, interlaced] = [false, true].map(|interlaced| rendered(&gray_png(side, interlaced).0, 64));
        assert!(!interlaced.facts.partial);
        assert_eq!(pixels(&interlaced), pixels(&plain), "{side}");
    }
}

#[test]
fn an_icon_keeps_its_colors_in_a_jpeg() {
    let side = 16;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Rgb);
    let checker: Vec<u8> = (0..side * side)
        .flat_map(|at| if (at % side + at / side) % 2 == 0 { [220, 20, 20] } else { [20, 20, 220] })
        .collect();
    encoder.write_header().unwrap().write_image_data(&checker).unwrap();
    let preset = Preset { format: PresetFormat::Jpeg, ..Preset::inside("plain", 64, 64) };
    let made = render(&file, &[preset], &Limits::default(), &|| false).unwrap();
    let seen = pixels(&rendered(&made.thumbnails[0].bytes, 64));
    let off: u64 = seen.iter().zip(&checker).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(off / (checker.len() as u64) < 12, "{}", off / checker.len() as u64);
}

#[test]
fn damage_in_a_later_strip_does_not_affect_the_others() {
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder =
        tiff::encoder::TiffEncoder::new(&mut file).unwrap().with_compression(tiff::encoder::Compression::Lzw);
    let mut image = encoder.new_image::<tiff::encoder::colortype::Gray8>(64, 64).unwrap();
    image.rows_per_strip(16).unwrap();
    let gray: Vec<u8> = (0..64 * 64).map(|at| (at * at % 241) as u8).collect();
    image.write_data(&gray).unwrap();
    let mut file = file.into_inner();
    // The strips are consecutive and take nearly all of the file.
    let broken = file.len() / 2;
    file[broken..broken + 200].fill(0xff);
    let rendered = rendered(&file, 64);
    assert!(rendered.facts.partial);
    assert_eq!(pixels(&rendered)[..64 * 16], gray[..64 * 16]);
}

/// Returns `alpha.avif` with the reference that declares its colors premultiplied.
fn premultiplied_avif() -> Vec<u8> {
    let mut file = include_bytes!("../data/alpha.avif").to_vec();
    let find = |kind: &[u8; 4]| file.windows(4).position(|window| window == kind).unwrap() - 4;
    let reference = *b"\0\0\0\x0eprem\0\x01\0\x01\0\x02";
    let (meta, iref, iloc) = (find(b"meta"), find(b"iref"), find(b"iloc"));
    // Both boxes grow, and the data of the two items moves.
    for number in [meta, iref, iloc + 22, iloc + 36] {
        let before = u32::from_be_bytes(file[number..number + 4].try_into().unwrap());
        file[number..number + 4].copy_from_slice(&(before + reference.len() as u32).to_be_bytes());
    }
    let end = iref + 26;
    file.splice(end..end, reference);
    file
}

#[test]
fn premultiplied_colors_of_an_avif_are_divided() {
    let [plain, divided] = [include_bytes!("../data/alpha.avif").to_vec(), premultiplied_avif()]
        .map(|file| pixels(&rendered(&file, 64)));
    assert_ne!(plain, divided);
    for (plain, divided) in plain.chunks_exact(4).zip(divided.chunks_exact(4)) {
        let alpha = u32::from(plain[3]);
        let expected = |color: u8| (u32::from(color) * 255).checked_div(alpha).unwrap_or(0).min(255) as i32;
        let off = |c: usize| (expected(plain[c]) - i32::from(divided[c])).abs();
        assert!((0..3).all(|c| off(c) <= 3) && plain[3] == divided[3], "{plain:?} {divided:?}");
    }
}

/// The frame has 12 x 10 pixels at (4, 6) of a canvas of 40 x 30.
#[test]
fn the_first_frame_of_an_animated_webp_is_drawn_on_its_canvas() {
    let still = include_bytes!("../data/alpha.webp");
    let chunk = |kind: &[u8; 4], payload: &[u8]| {
        let pad = &[0][..payload.len() % 2];
        [&kind[..], &(payload.len() as u32).to_le_bytes(), payload, pad].concat()
    };
    let u24 = |number: u32| number.to_le_bytes()[..3].to_vec();
    // The chunks follow the file header of 12 bytes and `VP8X` of 18.
    assert_eq!(&still[30..34], b"ALPH");
    let frame = [u24(2), u24(3), u24(11), u24(9), u24(100), vec![0], still[30..].to_vec()].concat();
    let body = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &[vec![0x12, 0, 0, 0], u24(39), u24(29)].concat()),
        chunk(b"ANIM", &[0; 6]),
        chunk(b"ANMF", &frame),
        chunk(b"ANMF", &frame),
    ];
    let body = body.concat();
    let file = [&b"RIFF"[..], &(body.len() as u32).to_le_bytes(), &body].concat();
    let seen = rendered(&file, 64);
    assert_eq!((seen.facts.width, seen.facts.height, seen.facts.frames), (40, 30, 2));
    let (seen, alone) = (pixels(&seen), pixels(&rendered(still, 64)));
    for (at, pixel) in seen.chunks_exact(4).enumerate() {
        let (x, y) = (at % 40, at / 40);
        let inside = (4..16).contains(&x) && (6..16).contains(&y);
        let expected = if inside { &alone[((y - 6) * 12 + x - 4) * 4..][..4] } else { &[0; 4] };
        assert_eq!(pixel, expected, "{x}, {y}");
    }
}

#[test]
fn the_excess_bits_of_a_transparent_gray_are_ignored() {
    for bits in [png::BitDepth::One, png::BitDepth::Two, png::BitDepth::Four] {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 8, 2);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(bits);
        encoder.set_trns(&[0, 0xff][..]);
        let row = bits as usize;
        let data = [vec![0xff; row], vec![0; row]].concat();
        encoder.write_header().unwrap().write_image_data(&data).unwrap();
        let alphas: Vec<u8> = pixels(&rendered(&file, 64)).chunks_exact(2).map(|pixel| pixel[1]).collect();
        assert_eq!(alphas, [[0; 8], [255; 8]].concat(), "{bits:?}");
    }
}

#[test]
fn the_first_of_two_equal_icons_is_used() {
    let image = |gray: u8| {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 4, 4);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&[gray; 16]).unwrap();
        file
    };
    let images = [image(10), image(200)];
    let mut file = vec![0, 0, 1, 0, 2, 0];
    let mut offset = 6 + 32;
    for image in &images {
        file.extend([4, 4, 0, 0, 1, 0, 32, 0]);
        file.extend((image.len() as u32).to_le_bytes());
        file.extend((offset as u32).to_le_bytes());
        offset += image.len();
    }
    file.extend(images.concat());
    assert_eq!(pixels(&rendered(&file, 64)), [10; 16]);
}

/// Returns a bitmap with 8 bits per pixel and a palette of grays.
fn gray_bmp(height: i32, compression: u32, offset: u32, data: &[u8]) -> Vec<u8> {
    let mut file = b"BM\0\0\0\0\0\0\0\0".to_vec();
    for number in [offset, 40, 8, height as u32, 1 | 8 << 16, compression, 0, 0, 0, 256, 0] {
        file.extend(number.to_le_bytes());
    }
    file.extend((0..=255).flat_map(|gray| [gray, gray, gray, 0]));
    file.extend(data);
    file
}

#[test]
fn rows_of_a_bitmap_are_found_despite_a_wrong_offset() {
    let data: Vec<u8> = (0..32).map(|at| at * 5).collect();
    let upright: Vec<u8> = data.chunks(8).rev().flatten().flat_map(|gray| [*gray; 3]).collect();
    for offset in [54 + 1024, 54, 54 + 100, 0] {
        assert_eq!(pixels(&rendered(&gray_bmp(4, 0, offset, &data), 64)), upright, "{offset}");
    }
}

#[test]
fn the_padding_of_the_last_row_of_a_bitmap_can_be_missing() {
    // Three pixels of 24 bits have nine bytes, which are padded to twelve.
    let mut file = b"BM\0\0\0\0\0\0\0\0".to_vec();
    for number in [54, 40, 3, 2, 1 | 24 << 16, 0, 0, 0, 0, 0, 0_u32] {
        file.extend(number.to_le_bytes());
    }
    file.extend([[10_u8; 9].as_slice(), &[0; 3], &[20; 9]].concat());
    let rendered = rendered(&file, 64);
    assert!(!rendered.facts.partial);
    assert_eq!(pixels(&rendered), [[20; 9], [10; 9]].concat());
}

#[test]
fn runs_of_a_bitmap_can_begin_at_the_top() {
    let runs = [8, 10, 0, 0, 8, 20, 0, 0, 0, 1];
    let row = |gray: u8| [gray; 24];
    assert_eq!(pixels(&rendered(&gray_bmp(-2, 1, 1078, &runs), 64)), [row(10), row(20)].concat());
    assert_eq!(pixels(&rendered(&gray_bmp(2, 1, 1078, &runs), 64)), [row(20), row(10)].concat());
}

#[test]
fn the_code_for_the_end_of_runs_can_be_missing() {
    let runs = [8, 10, 0, 0, 8, 20];
    assert!(!rendered(&gray_bmp(2, 1, 1078, &runs), 64).facts.partial);
    assert!(rendered(&gray_bmp(2, 1, 1078, &runs[..4]), 64).facts.partial);
}

#[test]
fn a_bitmap_whose_alpha_is_zero_everywhere_is_opaque() {
    let file = |alpha: u32| {
        let mut file = b"BM\0\0\0\0\0\0\0\0".to_vec();
        let masks = [0xff_0000, 0xff00, 0xff, 0xff00_0000];
        let header = [70, 56, 40, 40, 1 | 32 << 16, 3, 0, 0, 0, 0, 0].into_iter().chain(masks);
        let colors = std::iter::repeat_n(0xc8_6432, 40 * 40 - 1).chain([0xc8_6432 | alpha << 24]);
        header.chain(colors).for_each(|number: u32| file.extend(number.to_le_bytes()));
        file
    };
    // Test at full size, and shrunk.
    for side in [40, 10] {
        let rendered = rendered(&file(0), side);
        assert!(!rendered.facts.has_alpha);
        assert_eq!(pixels(&rendered)[..3], [200, 100, 50], "{side}");
    }
    assert!(rendered(&file(255), 40).facts.has_alpha);
}

/// Returns a lossy WebP of stripes of 8 pixels: nearly white, and hidden, nearly black ones.
fn webp_of_stripes() -> Vec<u8> {
    const SIDE: usize = 64;
    let is_hidden = |at: usize| at % SIDE / 8 % 2 == 1;
    let color = |(at, sample): (usize, u8)| if is_hidden(at / 3) { sample / 8 } else { 255 - sample / 8 };
    let colors: Vec<u8> = samples::pixels(64, 64, 3).into_iter().enumerate().map(color).collect();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 64, 64);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&colors).unwrap();
    let lossy = samples::encoded(&png, contract::preset::PresetFormat::Webp);
    assert_eq!(&lossy[12..16], b"VP8 ");
    let alpha = (0..SIDE * SIDE).map(|at| if is_hidden(at) { 0 } else { 255 });
    let alpha: Vec<u8> = std::iter::once(0).chain(alpha).chain([0]).collect();
    let extended = b"WEBPVP8X\x0a\0\0\0\x10\0\0\0\x3f\0\0\x3f\0\0ALPH";
    let length = (SIDE * SIDE) as u32 + 1;
    let list = [&extended[..], &length.to_le_bytes(), &alpha, &lossy[12..]].concat();
    [b"RIFF", &(list.len() as u32).to_le_bytes()[..], &list].concat()
}

#[test]
fn the_hidden_colors_of_a_lossy_webp_do_not_show() {
    // The thumbnail has a tenth of the sides, so the averaged blocks cross the edges of the stripes.
    let rendered = rendered(&webp_of_stripes(), 6);
    assert!(rendered.facts.has_alpha);
    for pixel in pixels(&rendered).chunks_exact(4).filter(|pixel| pixel[3] > 20) {
        assert!(pixel[..3].iter().all(|sample| *sample > 190), "{pixel:?}");
    }
}
