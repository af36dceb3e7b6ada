//! Decodes the DC scans of a progressive JPEG, which show the picture at 1/8 of its size. A search for markers skips
//! the other scans.

use crate::decode::jpeg::huffman::{JpegBitReader, RestartMarkers, read_dc_difference};
use crate::decode::jpeg::markers::{FrameHeader, segments};
use crate::decode::jpeg::scan::{
    BlockGrid, FrameGrids, ScanHeader, ScanTables, TooManyScans, block_grids, crop_planes, read_scan_header,
    to_sample,
};
use crate::pixels::Plane;

pub(crate) fn decode_progressive(
    original: &[u8],
    frame: &FrameHeader,
) -> Result<Option<Vec<Plane>>, TooManyScans> {
    let mut tables = ScanTables::default();
    let FrameGrids { mcus, grids } = block_grids(frame);
    let mut coefficients: Vec<Vec<i16>> =
        grids.iter().map(|grid| vec![0; grid.columns * grid.rows]).collect();
    let mut has_dc = vec![false; grids.len()];
    let mut from = 2;
    let mut scans = 0;
    loop {
        let (mut header, mut data) = (None, 0);
        for (marker, payload, after) in segments(original, from) {
            if tables.read_segment(marker, payload).is_none() {
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
        let Some(header) = read_scan_header(header, frame) else { return Ok(None) };
        from = data;
        if header.spectrum.0 == 0 {
            match decode_dc_scan(
                original,
                data,
                &header,
                &tables,
                mcus,
                &grids,
                &mut coefficients,
                &mut has_dc,
            ) {
                Some(end) => from = end,
                None => return Ok(None),
            }
        }
        // The scan ends at the next marker that is not a restart marker.
        loop {
            let rest = original.get(from..).unwrap_or_default();
            let Some(found) = memchr::memchr(0xff, rest) else { return Ok(None) };
            from += found;
            match original.get(from + 1) {
                Some(0 | 0xd0..=0xd7) => from += 2,
                Some(0xff) => from += 1,
                // If the file is truncated, the content of the missing scans is unknown.
                None => return Ok(None),
                Some(_) => break,
            }
        }
        if original.get(from + 1) == Some(&0xd9) {
            break;
        }
    }
    if has_dc.contains(&false) {
        return Ok(None);
    }
    let mut samples = Vec::new();
    for (component, coefficients) in frame.components.iter().zip(&coefficients) {
        let Some(Some(quantizer)) = tables.quantizers.get(usize::from(component.table)) else {
            return Ok(None);
        };
        let quantizer = i32::from(quantizer[0]);
        samples.push(coefficients.iter().map(|dc| to_sample(i32::from(*dc) * quantizer)).collect());
    }
    Ok(Some(crop_planes(frame, &grids, samples.into_iter(), 1)))
}

/// Decodes a DC scan: the first one, or a refinement. Returns the offset where the search for the next marker
/// begins.
#[allow(clippy::too_many_arguments)]
fn decode_dc_scan(
    original: &[u8],
    from: usize,
    header: &ScanHeader,
    tables: &ScanTables<'_>,
    mcus: (usize, usize),
    grids: &[BlockGrid],
    coefficients: &mut [Vec<i16>],
    has_dc: &mut [bool],
) -> Option<usize> {
    if header.spectrum.1 != 0 || header.low > 13 {
        return None;
    }
    let is_refinement = header.high != 0;
    let is_alone = header.components.len() == 1;
    let mut huffmans = Vec::new();
    for (index, dc, _) in &header.components {
        if has_dc[*index] != is_refinement {
            return None;
        }
        has_dc[*index] = true;
        huffmans.push(if is_refinement { None } else { Some(tables.build_huffman(0, *dc)?) });
    }
    let extent = if is_alone { grids[header.components[0].0].used } else { mcus };
    let mut predicted = vec![0_i32; header.components.len()];
    let mut bits = JpegBitReader::new(original, from);
    let mut restarts = RestartMarkers::new(tables.restart_interval);
    for mcu_y in 0..extent.1 {
        for mcu_x in 0..extent.0 {
            if restarts.skip_if_due(&mut bits)? {
                predicted.fill(0);
            }
            for ((index, _, _), (huffman, predicted)) in
                header.components.iter().zip(huffmans.iter().zip(&mut predicted))
            {
                let grid = &grids[*index];
                let (h, v) = if is_alone { (1, 1) } else { (grid.h, grid.v) };
                for block in 0..h * v {
                    let at = (mcu_y * v + block / h) * grid.columns + mcu_x * h + block % h;
                    bits.fill();
                    let Some(huffman) = huffman.as_ref() else {
                        let bit = bits.peek(1) as i16;
                        bits.consume(1);
                        coefficients[*index][at] |= bit << header.low;
                        continue;
                    };
                    *predicted += read_dc_difference(huffman, &mut bits)?;
                    coefficients[*index][at] = i16::try_from(*predicted << header.low).ok()?;
                }
            }
        }
        if bits.is_overrun() {
            return None;
        }
    }
    // The bit reader has read ahead, so the search begins at the start of the scan.
    bits.is_at_end().then_some(from)
}
