//! Decodes the low frequencies of a Huffman-coded JPEG: one pixel, or 2 x 2, for each block of 8 x 8.
//!
//! Decoding a large JPEG spends nearly all its time on the entropy code, and a small picture needs few coefficients. A
//! baseline scan cannot be skipped. However, one table look-up skips several symbols that are not needed, without
//! dequantizing, storing, or transforming their coefficients. In a progressive file, only the DC scans are decoded; a
//! search for markers skips the others.
//!
//! Only intact files of the common kinds are decoded here. In all other cases, the functions return `None`,
//! and libjpeg-turbo decodes the file and repairs what it can.

use crate::decode::jpeg::dc::decode_progressive;
use crate::decode::jpeg::huffman::{
    END_OF_BLOCK, HuffmanTable, JpegBitReader, MAX_AC_BITS, RestartMarkers, VALUE_WINDOW, WINDOW,
    read_dc_difference,
};
use crate::decode::jpeg::markers::{FrameHeader, Markers, segments};
use crate::decode::jpeg::scan::{
    BlockGrid, FrameGrids, ScanTables, TooManyScans, block_grids, crop_planes, read_scan_header, to_sample,
};
use crate::pixels::Plane;

/// The result of decoding the low frequencies.
pub(crate) enum LowFrequencies {
    /// A plane for each component, at 1/8 or 1/4 of its size.
    Planes(Vec<Plane>),
    /// The file is of another kind, or damaged.
    Unusual,
    /// The file has so many scans that it must be an attack.
    TooManyScans,
}

/// The maximum of eight times the mean of a block. In a valid file, the value stays below 16,384. In an invalid file,
/// the sums must not overflow.
const MAX_MEAN: u32 = 1 << 20;

/// Returns the number of bytes that [`decode`] holds.
pub(crate) fn memory(frame: &FrameHeader, side: u32) -> u64 {
    let area = u64::from(frame.width.div_ceil(8) + 8) * u64::from(frame.height.div_ceil(8) + 8);
    area * frame.components.len() as u64 * u64::from(side * side + 2) * 2
}

/// Decodes `side` x `side` pixels, 1 or 2, for each block.
pub(crate) fn decode(original: &[u8], markers: &Markers<'_>, side: u32) -> LowFrequencies {
    let frame = &markers.frame;
    if frame.precision != 8 {
        return LowFrequencies::Unusual;
    }
    let scans = match frame.process {
        0 | 1 => decode_baseline(original, frame, side),
        2 if side == 1 => match decode_progressive(original, frame) {
            Err(TooManyScans) => return LowFrequencies::TooManyScans,
            Ok(scans) => scans,
        },
        _ => None,
    };
    scans.map_or(LowFrequencies::Unusual, LowFrequencies::Planes)
}

fn decode_baseline(original: &[u8], frame: &FrameHeader, side: u32) -> Option<Vec<Plane>> {
    let mut tables = ScanTables::default();
    let (mut header, mut from) = (None, 0);
    for (marker, payload, after) in segments(original, 2) {
        if marker == 0xda {
            (header, from) = (Some(read_scan_header(payload, frame)?), after);
        }
        tables.read_segment(marker, payload)?;
    }
    let header = header?;
    let in_order = header.components.iter().enumerate().all(|(i, component)| component.0 == i);
    if header.components.len() != frame.components.len() || !in_order || header.spectrum.0 != 0 {
        return None;
    }
    let FrameGrids { mut mcus, mut grids } = block_grids(frame);
    if let [only] = &mut grids[..] {
        // A scan of one component is not padded to whole MCUs.
        mcus = only.used;
        *only = BlockGrid { columns: mcus.0, rows: mcus.1, used: mcus, h: 1, v: 1 };
    }
    let size = side as usize;
    struct ComponentDecoder<'a> {
        dc: &'a HuffmanTable,
        ac: &'a HuffmanTable,
        quantizer: [i32; 4],
        predicted: i32,
        max_predicted: u32,
        stride: usize,
        h: usize,
        v: usize,
        samples: Vec<u8>,
    }
    let mut codes: [[Option<HuffmanTable>; 4]; 2] = Default::default();
    for (_, dc, ac) in &header.components {
        for (class, index) in [*dc, *ac].into_iter().enumerate() {
            let code = codes[class].get_mut(index)?;
            if code.is_none() {
                *code = Some(tables.build_huffman(class, index)?);
            }
        }
    }
    let mut components = Vec::new();
    for (grid, (index, dc, ac)) in grids.iter().zip(&header.components) {
        let quantizer = tables.quantizers.get(usize::from(frame.components[*index].table))?.as_ref()?;
        components.push(ComponentDecoder {
            dc: codes[0].get(*dc)?.as_ref()?,
            ac: codes[1].get(*ac)?.as_ref()?,
            quantizer: [quantizer[0], quantizer[1], quantizer[2], quantizer[4]].map(i32::from),
            predicted: 0,
            max_predicted: (MAX_MEAN / u32::from(quantizer[0].max(1))).min(1 << 15),
            stride: grid.columns * size,
            h: grid.h,
            v: grid.v,
            samples: vec![0; grid.columns * size * grid.rows * size],
        });
    }
    let mut bits = JpegBitReader::new(original, from);
    let mut restarts = RestartMarkers::new(tables.restart_interval);
    for mcu_y in 0..mcus.1 {
        for mcu_x in 0..mcus.0 {
            if restarts.skip_if_due(&mut bits)? {
                components.iter_mut().for_each(|component| component.predicted = 0);
            }
            for component in &mut components {
                for block in 0..component.h * component.v {
                    let (x, y) = (
                        mcu_x * component.h + block % component.h,
                        mcu_y * component.v + block / component.h,
                    );
                    bits.fill();
                    component.predicted += read_dc_difference(component.dc, &mut bits)?;
                    if component.predicted.unsigned_abs() > component.max_predicted {
                        return None;
                    }
                    let at = y * size * component.stride + x * size;
                    let mean = component.predicted * component.quantizer[0];
                    if size == 1 {
                        skip_coefficients(component.ac, &mut bits, 1)?;
                        component.samples[at] = to_sample(mean);
                    } else {
                        let [right, down, both] =
                            read_low_coefficients(component.ac, &mut bits, &component.quantizer)?;
                        let next = at + component.stride;
                        component.samples[at] = to_sample(mean + right + down + both);
                        component.samples[at + 1] = to_sample(mean - right + down - both);
                        component.samples[next] = to_sample(mean + right - down - both);
                        component.samples[next + 1] = to_sample(mean - right - down + both);
                    }
                }
            }
        }
        if bits.is_overrun() {
            return None;
        }
    }
    if !bits.is_at_end() {
        return None;
    }
    let samples = components.into_iter().map(|component| component.samples);
    Some(crop_planes(frame, &grids, samples, size))
}

/// Skips the AC coefficients from index `from` to the end of the block.
#[inline(always)]
fn skip_coefficients(ac: &HuffmanTable, bits: &mut JpegBitReader<'_>, from: u32) -> Option<()> {
    let mut k = from;
    loop {
        bits.fill();
        // One fill of the bit buffer is enough for two windows, followed by a code of 16 bits with its coefficient.
        for _ in 0..3 {
            let skip = ac.skip[bits.peek(WINDOW) as usize];
            let skipped = u32::from(skip.coefficients & !END_OF_BLOCK);
            let end = u32::from(skip.coefficients >> 7);
            if skip.bits != 0 && k + skipped + end <= 64 {
                bits.consume(u32::from(skip.bits));
                k += skipped;
                if end == 1 || k == 64 {
                    return Some(());
                }
                continue;
            }
            // A long code, or a code whose window extends into the next block.
            let symbol = ac.read_symbol(bits)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 && run != 15 {
                return Some(());
            }
            if size > MAX_AC_BITS {
                return None;
            }
            bits.consume(size);
            k += run + 1;
            if k >= 64 {
                return (k == 64).then_some(());
            }
            break;
        }
    }
}

/// Returns the dequantized lowest coefficients across, down, and both. Skips the others.
#[inline(always)]
fn read_low_coefficients(
    ac: &HuffmanTable,
    bits: &mut JpegBitReader<'_>,
    quantizer: &[i32; 4],
) -> Option<[i32; 3]> {
    // The index is the position in the zigzag order, and index 7 collects all later coefficients. The order of
    // coefficients is unpredictable, so each one is stored without a branch.
    let mut found = [0; 8];
    let mut k = 1;
    while k <= 4 {
        bits.fill();
        let entry = ac.values[bits.peek(VALUE_WINDOW) as usize];
        let (run, value) = if entry.bits != 0 {
            bits.consume(u32::from(entry.bits));
            (u32::from(entry.run), i32::from(entry.value))
        } else {
            let symbol = ac.read_symbol(bits)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            match size {
                0 if run == 15 => (15, 0),
                0 => (u32::from(END_OF_BLOCK), 0),
                1..=MAX_AC_BITS => (run, bits.read_coefficient(size)),
                _ => return None,
            }
        };
        k += run;
        found[k.min(7) as usize] = value;
        k += 1;
    }
    if k < u32::from(END_OF_BLOCK) {
        skip_coefficients(ac, bits, k)?;
    }
    Some([found[1] * quantizer[1], found[2] * quantizer[2], found[4] * quantizer[3]])
}

/// Compares the first plane at a scale of 1/8 with that of libjpeg-turbo. For a baseline file without warnings, they
/// are equal.
///
/// # Panics
///
/// If they differ.
pub fn check_against_libjpeg(original: &[u8]) {
    use crate::clib;
    use crate::pixels::Layout;

    let Ok(markers) = crate::decode::jpeg::markers::read_markers(original) else { return };
    let frame = &markers.frame;
    if u64::from(frame.width) * u64::from(frame.height) > 1 << 20 {
        return;
    }
    let _ = decode(original, &markers, 2);
    let LowFrequencies::Planes(planes) = decode(original, &markers, 1) else { return };
    let full = frame.components.iter().all(|c| c.h <= frame.components[0].h && c.v <= frame.components[0].v);
    if frame.is_progressive() || !full || !markers.is_gray_or_ycc() {
        return;
    }
    let Ok(theirs) = clib::decode_jpeg(original, Layout::Gray, 8, 8, 100, 64 << 20) else { return };
    if theirs.warning.is_some() {
        return;
    }
    let ours = &planes[0];
    assert_eq!((ours.width, ours.height), (theirs.width, theirs.height));
    for (at, (ours, theirs)) in ours.data.iter().zip(&theirs.pixels).enumerate() {
        // Far out of range, libjpeg-turbo wraps around, and we clamp to black and white.
        assert!(ours == theirs || matches!(ours, 0 | 255), "pixel {at}: {ours} is not {theirs}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clib;
    use crate::pixels::Layout;

    /// Returns waves of brightness with noise, with `samples` samples per pixel.
    fn wavy_noise(width: u32, height: u32, samples: usize, noise: u32) -> Vec<u8> {
        let mut random = width * 31 + height;
        let count = (width * height) as usize * samples;
        let wave = |at: usize| (128.0 + 100.0 * (at as f64 / 70.0).sin()) as u32;
        let sample = |at| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (wave(at) + (random >> 16) % noise).min(255) as u8
        };
        (0..count).map(sample).collect()
    }

    #[test]
    fn every_size_equals_the_result_of_libjpeg_turbo() {
        for (width, height) in [(1, 1), (8, 8), (9, 7), (16, 16), (17, 33), (64, 40), (131, 75)] {
            for (layout, samples) in [(Layout::Gray, 1), (Layout::Rgb, 3)] {
                for (quality, noise) in [(30, 1), (80, 40), (98, 250)] {
                    for progressive in [false, true] {
                        let pixels = wavy_noise(width, height, samples, noise);
                        let file =
                            clib::encode_jpeg(&pixels, width, height, layout, quality, progressive, false)
                                .unwrap();
                        let markers = crate::decode::jpeg::markers::read_markers(&file).unwrap();
                        let LowFrequencies::Planes(planes) = decode(&file, &markers, 1) else {
                            panic!("not read")
                        };
                        assert_eq!(planes.len(), samples);
                        check_against_libjpeg(&file);
                    }
                }
            }
        }
    }
}
