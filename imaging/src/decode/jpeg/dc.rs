//! The DC scans of a progressive JPEG: its picture at 1/8. The other scans end at a marker that a search finds.

use crate::decode::jpeg::huffman::{Bits, Restarts, dc_difference};
use crate::decode::jpeg::markers::{Frame, segments};
use crate::decode::jpeg::scan::{Grid, Grids, Scan, Tables, TooManyScans, grids, planes, sample, scan};
use crate::pixels::Plane;

pub(crate) fn progressive(original: &[u8], frame: &Frame) -> Result<Option<Vec<Plane>>, TooManyScans> {
    let mut tables = Tables::default();
    let Grids { mcus, grids } = grids(frame);
    let mut coefficients: Vec<Vec<i16>> =
        grids.iter().map(|grid| vec![0; grid.columns * grid.rows]).collect();
    let mut seen = vec![false; grids.len()];
    let mut from = 2;
    let mut scans = 0;
    loop {
        let (mut header, mut data) = (None, 0);
        for (marker, payload, after) in segments(original, from) {
            if tables.define(marker, payload).is_none() {
                return Ok(None);
            }
            if marker == 0xda {
                (header, data) = (Some(payload), after);
            }
        }
        let Some(header) = header else { break };
        scans += 1;
        if scans > frame.max_scans() {
            return Err(TooManyScans);
        }
        let Some(header) = scan(header, frame) else { return Ok(None) };
        from = data;
        if header.spectrum.0 == 0 {
            match dc_scan(original, data, &header, &tables, mcus, &grids, &mut coefficients, &mut seen) {
                Some(end) => from = end,
                None => return Ok(None),
            }
        }
        // The next marker that is not a restart ends the scan.
        loop {
            let rest = original.get(from..).unwrap_or_default();
            let Some(found) = memchr::memchr(0xff, rest) else { return Ok(None) };
            from += found;
            match original.get(from + 1) {
                Some(0 | 0xd0..=0xd7) => from += 2,
                Some(0xff) => from += 1,
                // Without the end, what the missing scans would have shown is not known.
                None => return Ok(None),
                Some(_) => break,
            }
        }
        if original.get(from + 1) == Some(&0xd9) {
            break;
        }
    }
    if seen.contains(&false) {
        return Ok(None);
    }
    let mut samples = Vec::new();
    for (component, coefficients) in frame.components.iter().zip(&coefficients) {
        let Some(Some(quantiser)) = tables.quantisers.get(usize::from(component.table)) else {
            return Ok(None);
        };
        let quantiser = i32::from(quantiser[0]);
        samples.push(coefficients.iter().map(|dc| sample(i32::from(*dc) * quantiser)).collect());
    }
    Ok(Some(planes(frame, &grids, samples.into_iter(), 1)))
}

/// Reads a DC scan, the first or one that adds a bit. Says where its data ends.
#[allow(clippy::too_many_arguments)]
fn dc_scan(
    original: &[u8],
    from: usize,
    header: &Scan,
    tables: &Tables<'_>,
    mcus: (usize, usize),
    grids: &[Grid],
    coefficients: &mut [Vec<i16>],
    seen: &mut [bool],
) -> Option<usize> {
    if header.spectrum.1 != 0 || header.low > 13 {
        return None;
    }
    let refine = header.high != 0;
    let alone = header.components.len() == 1;
    let mut huffmans = Vec::new();
    for (index, dc, _) in &header.components {
        if seen[*index] != refine {
            return None;
        }
        seen[*index] = true;
        huffmans.push(if refine { None } else { Some(tables.huffman(0, *dc)?) });
    }
    let extent = if alone { grids[header.components[0].0].used } else { mcus };
    let mut predicted = vec![0_i32; header.components.len()];
    let mut bits = Bits::new(original, from);
    let mut restarts = Restarts::every(tables.restart);
    for my in 0..extent.1 {
        for mx in 0..extent.0 {
            if restarts.before_mcu(&mut bits)? {
                predicted.fill(0);
            }
            for ((index, _, _), (huffman, predicted)) in
                header.components.iter().zip(huffmans.iter().zip(&mut predicted))
            {
                let grid = &grids[*index];
                let (h, v) = if alone { (1, 1) } else { (grid.h, grid.v) };
                for block in 0..h * v {
                    let at = (my * v + block / h) * grid.columns + mx * h + block % h;
                    bits.fill();
                    let Some(huffman) = huffman.as_ref() else {
                        let bit = bits.peek(1) as i16;
                        bits.drop(1);
                        coefficients[*index][at] |= bit << header.low;
                        continue;
                    };
                    *predicted += dc_difference(huffman, &mut bits)?;
                    coefficients[*index][at] = i16::try_from(*predicted << header.low).ok()?;
                }
            }
        }
        if bits.overrun() {
            return None;
        }
    }
    // What is in the buffer was read ahead; the search for the marker begins where nothing is missed.
    Some(from)
}
