//! The low frequencies of a Huffman-coded JPEG: one pixel, or 2 x 2, for each block of 8 x 8.
//!
//! Nearly all the time of decoding a large JPEG goes into its entropy code, and a small picture needs few
//! of the coefficients. A baseline scan cannot be jumped over, but what is not needed can be passed with
//! one table look-up for several symbols, without being dequantised, stored or transformed. Of a
//! progressive file only the DC scans are read: the others end at a marker that a search finds.
//!
//! Only intact files of the usual kinds are read here. At the first thing out of the ordinary the answer
//! is `None`, and the whole file goes to libjpeg-turbo, which repairs what can be repaired.

use crate::decode::jpeg::dc::progressive;
use crate::decode::jpeg::huffman::{Bits, END, Huffman, MAX_SIZE, Restarts, VALUES, WINDOW, dc_difference};
use crate::decode::jpeg::markers::{Frame, Markers, segments};
use crate::decode::jpeg::scan::{Grid, Grids, Tables, TooManyScans, grids, planes, sample, scan};
use crate::pixels::Plane;

/// What came of reading the low frequencies.
pub(crate) enum Low {
    /// A plane for each component, at 1/8 or 1/4 of its size.
    Planes(Vec<Plane>),
    /// Not of a kind that is read here.
    Unusual,
    /// An attack.
    TooManyScans,
}

/// What [`read`] will hold.
pub(crate) fn memory(frame: &Frame, side: u32) -> u64 {
    let area = u64::from(frame.width.div_ceil(8) + 8) * u64::from(frame.height.div_ceil(8) + 8);
    area * frame.components.len() as u64 * u64::from(side * side + 2) * 2
}

/// Reads `side` x `side` pixels, 1 or 2, for each block.
pub(crate) fn read(original: &[u8], markers: &Markers<'_>, side: u32) -> Low {
    let frame = &markers.frame;
    let scans = match frame.process {
        0 | 1 => baseline(original, frame, side),
        2 if side == 1 => match progressive(original, frame) {
            Err(TooManyScans) => return Low::TooManyScans,
            Ok(scans) => scans,
        },
        _ => None,
    };
    scans.map_or(Low::Unusual, Low::Planes)
}

fn baseline(original: &[u8], frame: &Frame, side: u32) -> Option<Vec<Plane>> {
    let mut tables = Tables::default();
    let (mut header, mut from) = (None, 0);
    for (marker, payload, after) in segments(original, 2) {
        if marker == 0xda {
            (header, from) = (Some(scan(payload, frame)?), after);
        }
        tables.define(marker, payload)?;
    }
    let header = header?;
    let in_order = header.components.iter().enumerate().all(|(i, component)| component.0 == i);
    if header.components.len() != frame.components.len() || !in_order || header.spectrum.0 != 0 {
        return None;
    }
    let Grids { mut mcus, mut grids } = grids(frame);
    if let [only] = &mut grids[..] {
        // A scan of one component is not padded to whole MCUs.
        mcus = only.used;
        *only = Grid { columns: mcus.0, rows: mcus.1, used: mcus, h: 1, v: 1 };
    }
    let size = side as usize;
    struct Component<'a> {
        dc: &'a Huffman,
        ac: &'a Huffman,
        quantiser: [i32; 4],
        predicted: i32,
        stride: usize,
        h: usize,
        v: usize,
        samples: Vec<u8>,
    }
    let mut codes: [[Option<Huffman>; 4]; 2] = Default::default();
    for (_, dc, ac) in &header.components {
        for (class, index) in [*dc, *ac].into_iter().enumerate() {
            let code = codes[class].get_mut(index)?;
            if code.is_none() {
                *code = Some(tables.huffman(class, index)?);
            }
        }
    }
    let mut components = Vec::new();
    for (grid, (index, dc, ac)) in grids.iter().zip(&header.components) {
        let quantiser = tables.quantisers.get(usize::from(frame.components[*index].table))?.as_ref()?;
        components.push(Component {
            dc: codes[0].get(*dc)?.as_ref()?,
            ac: codes[1].get(*ac)?.as_ref()?,
            quantiser: [quantiser[0], quantiser[1], quantiser[2], quantiser[4]].map(i32::from),
            predicted: 0,
            stride: grid.columns * size,
            h: grid.h,
            v: grid.v,
            samples: vec![0; grid.columns * size * grid.rows * size],
        });
    }
    let mut bits = Bits::new(original, from);
    let mut restarts = Restarts::every(tables.restart);
    for my in 0..mcus.1 {
        for mx in 0..mcus.0 {
            if restarts.before_mcu(&mut bits)? {
                components.iter_mut().for_each(|component| component.predicted = 0);
            }
            for component in &mut components {
                for block in 0..component.h * component.v {
                    let (x, y) =
                        (mx * component.h + block % component.h, my * component.v + block / component.h);
                    bits.fill();
                    component.predicted += dc_difference(component.dc, &mut bits)?;
                    // No valid file comes near; one that does must not overflow.
                    if component.predicted.unsigned_abs() > 1 << 15 {
                        return None;
                    }
                    let at = y * size * component.stride + x * size;
                    let mean = component.predicted * component.quantiser[0];
                    if size == 1 {
                        pass(component.ac, &mut bits, 1)?;
                        component.samples[at] = sample(mean);
                    } else {
                        let [right, down, both] = low(component.ac, &mut bits, &component.quantiser)?;
                        let next = at + component.stride;
                        component.samples[at] = sample(mean + right + down + both);
                        component.samples[at + 1] = sample(mean - right + down - both);
                        component.samples[next] = sample(mean + right - down - both);
                        component.samples[next + 1] = sample(mean - right - down + both);
                    }
                }
            }
        }
        if bits.overrun() {
            return None;
        }
    }
    let samples = components.into_iter().map(|component| component.samples);
    Some(planes(frame, &grids, samples, size))
}

/// Passes the AC coefficients from `from` to the end of the block.
#[inline(always)]
fn pass(ac: &Huffman, bits: &mut Bits<'_>, from: u32) -> Option<()> {
    let mut k = from;
    loop {
        bits.fill();
        // One filling holds two windows and then a long code, of 16 bits, with its coefficient.
        for _ in 0..3 {
            let skip = ac.skip[bits.peek(WINDOW) as usize];
            let passes = u32::from(skip.coefficients & !END);
            let end = u32::from(skip.coefficients >> 7);
            if skip.bits != 0 && k + passes + end <= 64 {
                bits.drop(u32::from(skip.bits));
                k += passes;
                if end == 1 || k == 64 {
                    return Some(());
                }
                continue;
            }
            // A long code, or one whose window reaches into the next block.
            let symbol = ac.symbol(bits)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 && run != 15 {
                return Some(());
            }
            if size > MAX_SIZE {
                return None;
            }
            bits.drop(size);
            k += run + 1;
            if k >= 64 {
                return (k == 64).then_some(());
            }
            break;
        }
    }
}

/// The dequantised first coefficients across, down and both; passes the others.
#[inline(always)]
fn low(ac: &Huffman, bits: &mut Bits<'_>, quantiser: &[i32; 4]) -> Option<[i32; 3]> {
    // By their place in the zigzag, the last one for all that lie beyond. Which come is left to chance, so
    // they are stored without asking.
    let mut found = [0; 8];
    let mut k = 1;
    while k <= 4 {
        bits.fill();
        let known = ac.values[bits.peek(VALUES) as usize];
        let (run, value) = if known.bits != 0 {
            bits.drop(u32::from(known.bits));
            (u32::from(known.run), i32::from(known.value))
        } else {
            let symbol = ac.symbol(bits)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            match size {
                0 if run == 15 => (15, 0),
                0 => (u32::from(END), 0),
                1..=MAX_SIZE => (run, bits.coefficient(size)),
                _ => return None,
            }
        };
        k += run;
        found[k.min(7) as usize] = value;
        k += 1;
    }
    if k < u32::from(END) {
        pass(ac, bits, k)?;
    }
    Some([found[1] * quantiser[1], found[2] * quantiser[2], found[4] * quantiser[3]])
}

/// Holds the first plane at 1/8 against libjpeg-turbo's, which is the same to the last bit for a baseline
/// file that neither complains about.
#[cfg(any(test, fuzzing))]
#[allow(missing_docs, unreachable_pub)]
pub fn agrees_with_libjpeg(original: &[u8]) {
    use crate::clib;
    use crate::pixels::Layout;

    let Ok(markers) = crate::decode::jpeg::markers(original) else { return };
    let frame = &markers.frame;
    if u64::from(frame.width) * u64::from(frame.height) > 1 << 20 {
        return;
    }
    let _ = read(original, &markers, 2);
    let Low::Planes(planes) = read(original, &markers, 1) else { return };
    let full = frame.components.iter().all(|c| c.h <= frame.components[0].h && c.v <= frame.components[0].v);
    if frame.progressive() || !full || !markers.is_gray_or_ycc() {
        return;
    }
    let Ok(theirs) = clib::decode_jpeg(original, Layout::Gray, 8, 100, 64 << 20) else { return };
    if theirs.warning.is_some() {
        return;
    }
    let ours = &planes[0];
    assert_eq!((ours.width, ours.height), (theirs.width, theirs.height));
    for (at, (ours, theirs)) in ours.data.iter().zip(&theirs.pixels).enumerate() {
        // Far out of range, libjpeg-turbo wraps around where we stop at black and white.
        assert!(ours == theirs || matches!(ours, 0 | 255), "pixel {at}: {ours} is not {theirs}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clib;
    use crate::pixels::Layout;

    /// Waves of light with noise on them; `samples` a pixel.
    fn picture(width: u32, height: u32, samples: usize, noise: u32) -> Vec<u8> {
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
    fn every_size_agrees_with_libjpeg_turbo_to_the_last_bit() {
        for (width, height) in [(1, 1), (8, 8), (9, 7), (16, 16), (17, 33), (64, 40), (131, 75)] {
            for (layout, samples) in [(Layout::Gray, 1), (Layout::Rgb, 3)] {
                for (quality, noise) in [(30, 1), (80, 40), (98, 250)] {
                    for progressive in [false, true] {
                        let pixels = picture(width, height, samples, noise);
                        let file =
                            clib::encode_jpeg(&pixels, width, height, layout, quality, progressive, false)
                                .unwrap();
                        let markers = crate::decode::jpeg::markers(&file).unwrap();
                        let Low::Planes(planes) = read(&file, &markers, 1) else { panic!("not read") };
                        assert_eq!(planes.len(), samples);
                        agrees_with_libjpeg(&file);
                    }
                }
            }
        }
    }
}
