//! Tests the cost of a TIFF: strips that share bytes, and JPEG in strips.

use super::*;

#[test]
fn strips_that_share_costly_bytes_are_refused() {
    // Codes of 9 bits that clear the table and produce no pixels.
    let clears: Vec<u8> = [0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01, 0].repeat(10_000);
    for compression in [5, 8, 32_773, 3, 4] {
        for bits in [8, 16] {
            let bits = if matches!(compression, 3 | 4) { 1 } else { bits };
            let file = same_strips((64, 6000), bits, compression, &clears);
            check(&file, &["too-much-work", "damaged"], 64 * 6000);
        }
    }
}

/// Returns a page of strips of one row each, all with the same bytes.
fn same_strips((width, height): (u16, u16), bits: u32, compression: u32, strip: &[u8]) -> Vec<u8> {
    let mut file = [&b"II\x2a\0\0\0\0\0"[..], strip].concat();
    let rows = usize::from(height);
    let entries = [
        (256, vec![width.into()]),
        (257, vec![height.into()]),
        (258, vec![bits]),
        (259, vec![compression]),
        (262, vec![1]),
        (273, vec![8; rows]),
        (277, vec![1]),
        (278, vec![1]),
        (279, vec![strip.len() as u32; rows]),
    ];
    samples::tiff_directory(&mut file, &entries.into());
    file
}

#[test]
fn codes_without_output_before_the_samples_are_bounded() {
    // Codes that clear the table precede the samples.
    let clears: Vec<u8> = [0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01, 0].repeat(100_000);
    // Empty stored blocks.
    let empties = [&[0x78, 1][..], &[0, 0, 0, 0xff, 0xff].repeat(200_000)].concat();
    for bits in [8, 16] {
        for (compression, strip) in [(5, &clears), (8, &empties)] {
            let strip = [&strip[..], &[0x80, 0, 0, 0]].concat();
            let file = samples::tiff_page((1, 1), &[bits], &[(259, compression), (278, 1)], &[strip]);
            let cost = check(&file, &["damaged", "too-much-work"], 1);
            assert!(cost.asked < 8, "{bits} bits: {cost:?}");
        }
    }
}

#[test]
fn each_plane_counts_only_its_own_samples() {
    // 18 megapixels in four planes, in strips that share their bytes: runs of the same sample.
    let strip: Vec<u8> = [129, 9].repeat(6000 * 60 / 128 + 1);
    let strips = 3000_usize.div_ceil(60) * 4;
    let mut file = [&b"II\x2a\0\0\0\0\0"[..], &strip].concat();
    let entries = [
        (256, vec![6000]),
        (257, vec![3000]),
        (258, vec![8; 4]),
        (259, vec![32_773]),
        (262, vec![5]),
        (273, vec![8; strips]),
        (277, vec![4]),
        (278, vec![60]),
        (279, vec![strip.len() as u32; strips]),
        (284, vec![2]),
    ];
    samples::tiff_directory(&mut file, &entries.into());
    assert_eq!(check(&file, &["thumbnail"], 18_000_000).code, "thumbnail");
}

#[test]
fn blank_strips_can_share_their_bytes() {
    // This is one run of 64 bytes.
    let file = same_strips((64, 6000), 8, 32_773, &[193, 9]);
    assert_eq!(check(&file, &["thumbnail"], 64 * 6000).code, "thumbnail");
}

#[test]
fn a_jpeg_larger_than_its_strip_is_damaged() {
    let large = jpeg(3000);
    for rows in [1, 300] {
        let strips: Vec<_> = (0..300_u32.div_ceil(rows)).map(|_| large.clone()).collect();
        let strips = &strips[..strips.len().min(20)];
        let file = samples::tiff_page((30, 300), &[8], &[(259, 7), (278, rows)], strips);
        check(&file, &["damaged"], 30 * 300);
    }
    // All strips share tables with the same header.
    let mut file = [&b"II\x2a\0\0\0\0\0"[..], &large].concat();
    let length = large.len() as u32;
    let entries = [
        (256, vec![30]),
        (257, vec![300]),
        (258, vec![8]),
        (259, vec![7]),
        (262, vec![1]),
        (273, vec![8]),
        (277, vec![1]),
        (278, vec![300]),
        (279, vec![length]),
        (347, large.iter().map(|byte| u32::from(*byte)).collect()),
    ];
    samples::tiff_directory(&mut file, &entries.into());
    check(&file, &["damaged"], 30 * 300);
}

#[test]
fn a_jpeg_in_a_strip_of_its_size_is_decoded() {
    let file = samples::tiff_page((300, 300), &[8], &[(259, 7), (278, 300)], &[jpeg(300)]);
    assert_eq!(check(&file, &["thumbnail"], 90_000).code, "thumbnail");
}

#[test]
fn the_header_of_an_old_style_jpeg_is_read_without_its_strips() {
    let mut file = samples::old_style_jpeg().tables;
    // The last strip has 8 MB. Its length is the last number in the list of the tag 279.
    let entry = memchr::memmem::find(&file, &[0x17, 1, 4, 0]).unwrap();
    let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let last = (number(entry + 8) + 4 * (number(entry + 4) - 1)) as usize;
    file[last..last + 4].copy_from_slice(&(8_u32 << 20).to_le_bytes());
    file.resize(file.len() + (9 << 20), 0);
    let held = HELD.get();
    PEAK.set(held);
    let header = inspect(&file, &[], &Limits::default()).unwrap();
    assert!(PEAK.get() - held < 1 << 20, "{}", PEAK.get() - held);
    assert!(header.memory > 8 << 20, "{header:?}");
}
