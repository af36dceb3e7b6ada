//! Tests the rare coding processes of JPEG, lossless and 12 bits per sample, and scans of a wrong length.

use contract::preset::PresetFormat;

use crate::samples::{encoded, pixels, png, progressive, rendered, samples_of, tiff_page};

/// Writes bits, the highest first, as the entropy-coded segment of a JPEG.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Bits {
    fn write(&mut self, value: u32, count: u32) {
        self.pending = self.pending << count | u64::from(value);
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.pending >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xff {
                self.bytes.push(0);
            }
        }
    }

    /// Writes a difference: the number of its bits, whose code is the number itself in 5 bits, and the bits.
    fn write_difference(&mut self, difference: i32) {
        let size = 32 - difference.unsigned_abs().leading_zeros();
        self.write(size, 5);
        if size < 16 {
            let bits = if difference < 0 { difference - 1 } else { difference };
            self.write(bits as u32 & ((1 << size) - 1), size);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.write(0x7f, 7);
        self.bytes
    }
}

fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    [&[0xff, marker], &(payload.len() as u16 + 2).to_be_bytes()[..], payload].concat()
}

/// Returns the Huffman table `id` that codes each of `symbols` in 5 bits, in order.
fn table(id: u8, symbols: impl Iterator<Item = u8>) -> Vec<u8> {
    let symbols: Vec<u8> = symbols.collect();
    let mut payload = vec![id, 0, 0, 0, 0, symbols.len() as u8];
    payload.extend([0; 11]);
    payload.extend(symbols);
    segment(0xc4, &payload)
}

fn frame(marker: u8, precision: u8, (width, height): (u16, u16), channels: u8) -> Vec<u8> {
    let mut payload = vec![precision];
    payload.extend(height.to_be_bytes());
    payload.extend(width.to_be_bytes());
    payload.push(channels);
    payload.extend((1..=channels).flat_map(|id| [id, 0x11, 0]));
    segment(marker, &payload)
}

fn scan(channels: u8, end: [u8; 3]) -> Vec<u8> {
    let mut payload = vec![channels];
    payload.extend((1..=channels).flat_map(|id| [id, 0]));
    payload.extend(end);
    segment(0xda, &payload)
}

/// Returns a lossless JPEG, as ITU-T T.81, annex H, describes it, in which the left sample predicts the next.
fn lossless(precision: u8, size: (u16, u16), channels: u8, samples: &[u16]) -> Vec<u8> {
    let mut bits = Bits::default();
    let (row, n) = (usize::from(size.0) * usize::from(channels), usize::from(channels));
    for (at, sample) in samples.iter().enumerate() {
        let predicted = match (at / row, at % row >= n) {
            (_, true) => samples[at - n],
            (0, false) => 1 << (precision - 1),
            (_, false) => samples[at - row],
        };
        bits.write_difference(i32::from(sample.wrapping_sub(predicted) as i16));
    }
    let head = [table(0, 0..=16), frame(0xc3, precision, size, channels), scan(channels, [1, 0, 0])].concat();
    [&[0xff, 0xd8][..], &head, &bits.finish(), &[0xff, 0xd9]].concat()
}

/// Returns a JPEG with 12 bits per sample, in which each block of 8 x 8 gray pixels has one of `levels`.
fn with_12_bits(columns: u16, levels: &[i32]) -> Vec<u8> {
    let mut bits = Bits::default();
    let mut before = 0;
    for level in levels {
        // The DC coefficient is 8 times the mean, and the AC coefficients are zero: the first symbol ends the block.
        let coefficient = 8 * (level - 2048);
        bits.write_difference(coefficient - before);
        bits.write(0, 5);
        before = coefficient;
    }
    let rows = levels.len() as u16 / columns;
    let head = [
        segment(0xdb, &[&[0][..], &[1; 64]].concat()),
        table(0, 0..=15),
        table(0x10, 0..=16),
        frame(0xc1, 12, (columns * 8, rows * 8), 1),
        scan(1, [0, 63, 0]),
    ];
    [&[0xff, 0xd8][..], &head.concat(), &bits.finish(), &[0xff, 0xd9]].concat()
}

fn to_8_bits(precision: u8, samples: &[u16]) -> Vec<u8> {
    let max = (1_u32 << precision) - 1;
    samples.iter().map(|sample| ((u32::from(*sample) * 255 + max / 2) / max) as u8).collect()
}

/// Returns samples that use all `precision` bits.
fn samples(precision: u8, count: usize) -> Vec<u16> {
    (0..count).map(|at| (at * 40_503 % 65_536) as u16 >> (16 - precision)).collect()
}

#[test]
fn lossless_jpeg_of_every_precision_is_read() {
    for precision in 2..=16 {
        let samples = samples(precision, 31 * 17);
        let rendered = rendered(&lossless(precision, (31, 17), 1, &samples), 64);
        assert!(!rendered.facts.partial, "{precision}");
        assert!(samples_of(&rendered) == to_8_bits(precision, &samples), "{precision}");
    }
}

#[test]
fn lossless_jpeg_in_color_is_read() {
    for precision in [8, 16] {
        let samples = samples(precision, 31 * 17 * 3);
        let rendered = rendered(&lossless(precision, (31, 17), 3, &samples), 64);
        assert!(samples_of(&rendered) == to_8_bits(precision, &samples), "{precision}");
    }
}

#[test]
fn lossless_jpeg_is_resized_like_a_png_of_the_same_pixels() {
    let pixels: Vec<u16> = pixels(400, 300, 3).into_iter().map(u16::from).collect();
    let jpeg = rendered(&lossless(8, (400, 300), 3, &pixels), 300);
    assert!(samples_of(&jpeg) == samples_of(&rendered(&png(400, 300, 3), 300)));
}

#[test]
fn jpeg_with_12_bits_per_sample_is_read() {
    let levels: Vec<i32> = (0..64).map(|at| at * 65).collect();
    let jpeg = with_12_bits(8, &levels);
    let expected = to_8_bits(12, &levels.iter().map(|level| *level as u16).collect::<Vec<_>>());
    let whole = samples_of(&rendered(&jpeg, 64));
    let middles: Vec<u8> = (0..64).map(|at| whole[(at / 8 * 8 + 4) * 64 + at % 8 * 8 + 4]).collect();
    assert_eq!(middles, expected);
    let size = rendered(&jpeg, 8).thumbnails[0].width;
    assert_eq!(size, 8);
}

#[test]
fn a_truncated_lossless_jpeg_is_partial() {
    let samples = samples(16, 64 * 64);
    let whole = lossless(16, (64, 64), 1, &samples);
    let rendered = rendered(&whole[..whole.len() / 2], 64);
    assert!(rendered.facts.partial);
    assert!(samples_of(&rendered)[..64 * 16] == to_8_bits(16, &samples)[..64 * 16]);
}

#[test]
fn lossless_jpeg_in_a_tiff_is_read() {
    for (precision, channels) in [(8, 1), (8, 3), (16, 1), (16, 3)] {
        let samples = samples(precision, 31 * 16 * usize::from(channels));
        let (top, bottom) = samples.split_at(samples.len() / 2);
        let strips = [top, bottom].map(|half| lossless(precision, (31, 8), channels, half));
        let color = if channels == 3 { 2 } else { 1 };
        let bits = vec![u32::from(precision); usize::from(channels)];
        let file = tiff_page((31, 16), &bits, &[(259, 7), (262, color), (278, 8)], &strips);
        let rendered = rendered(&file, 64);
        assert!(samples_of(&rendered) == to_8_bits(precision, &samples), "{precision} {channels}");
    }
}

#[test]
fn a_truncated_lossless_jpeg_in_a_tiff_is_partial() {
    for precision in [8, 16] {
        let samples = samples(precision, 64 * 64);
        let whole = lossless(precision, (64, 64), 1, &samples);
        let strips = [whole[..whole.len() / 2].to_vec()];
        let file = tiff_page((64, 64), &[u32::from(precision)], &[(259, 7), (262, 1), (278, 64)], &strips);
        let rendered = rendered(&file, 64);
        assert!(rendered.facts.partial, "{precision}");
        assert!(samples_of(&rendered)[..64 * 16] == to_8_bits(precision, &samples)[..64 * 16], "{precision}");
    }
}

/// A decoder that has misread a code often ends before the end of the scan.
#[test]
fn a_jpeg_with_bytes_after_its_last_block_is_partial() {
    let rgb = png(1203, 801, 3);
    for whole in [encoded(&rgb, PresetFormat::Jpeg), progressive(&rgb)] {
        // This is the end of the first scan.
        let scan = memchr::memmem::find(&whole, b"\xff\xda").unwrap() + 14;
        let is_marker = |at: &usize| whole[*at] == 0xff && whole[at + 1] != 0;
        let end = (scan..whole.len()).find(is_marker).unwrap();
        let longer = [&whole[..end], &[0x55; 64], &whole[end..]].concat();
        // Test with and without the shortcut for small pictures.
        for side in [40, 300] {
            assert!(!rendered(&whole, side).facts.partial);
            assert!(rendered(&longer, side).facts.partial, "{side}");
        }
    }
}

#[test]
fn a_jpeg_with_an_unknown_color_transform_is_whole() {
    let file = encoded(&png(120, 80, 3), PresetFormat::Jpeg);
    // Without the marker of JFIF, the marker of Adobe declares the colors.
    let jfif = 2 + usize::from(u16::from_be_bytes([file[4], file[5]]));
    let adobe = segment(0xee, b"Adobe\0\x64\0\0\0\0\x02");
    let file = [&file[..2], &adobe, &file[2 + jfif..]].concat();
    for side in [10, 300] {
        assert!(!rendered(&file, side).facts.partial, "{side}");
    }
}

/// A small picture needs only the first scan.
#[test]
fn lost_blocks_in_any_scan_of_a_progressive_jpeg_are_noticed() {
    let whole = progressive(&png(1203, 801, 3));
    let mut scans: Vec<usize> = memchr::memmem::find_iter(&whole, b"\xff\xda").collect();
    scans.push(whole.len());
    let noise: Vec<u8> = (0..512).map(|at| (at * 7 % 256) as u8).collect();
    for lost in [&[0; 512][..], &[0xff; 512], &noise, b"\xff\xd0"] {
        let partial = scans.windows(2).filter(|scan| scan[1] - scan[0] > 1500).map(|scan| {
            let mut file = whole.clone();
            file[scan[0] + 700..][..lost.len()].copy_from_slice(lost);
            let [small, large] = [40, 300].map(|side| rendered(&file, side).facts.partial);
            assert_eq!(small, large, "{:x?} in the scan at {}", &lost[..2], scan[0]);
            large
        });
        // Zeros can be valid codes of a refinement.
        let partial: Vec<bool> = partial.collect();
        assert!(partial.iter().filter(|is_partial| **is_partial).count() > 2, "{partial:?}");
    }
}

#[test]
fn the_sums_of_large_coefficients_do_not_overflow() {
    let mut bits = Bits::default();
    for _ in 0..16 {
        // Each block is brighter than the one before, and has the largest difference from left to right.
        bits.write_difference(2047);
        bits.write(10, 5);
        bits.write(1023, 10);
        bits.write(0, 5);
    }
    let head = [
        // The steps between coefficients are 65,535.
        segment(0xdb, &[&[0x10][..], &[0xff; 128]].concat()),
        table(0, 0..=15),
        table(0x10, 0..=16),
        frame(0xc1, 8, (128, 128), 1),
        scan(1, [0, 63, 0]),
    ];
    let file = [&[0xff, 0xd8][..], &head.concat(), &bits.finish(), &[0xff, 0xd9]].concat();
    // The thumbnail has a quarter of the sides.
    assert_eq!(rendered(&file, 24).facts.width, 128);
}
