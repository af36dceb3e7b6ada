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
        let Some(end) = skip_scan(original, from, tables.restart_interval) else { return Ok(None) };
        from = end;
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

/// Bytes that no encoder writes in a scan, but that a storage medium returns for a lost block.
const LOST: [u8; 64] = [0; 64];

/// Returns the offset of the marker after a scan. Returns `None` if the scan is visibly damaged, or if the file ends: the
/// content of the missing scans is unknown. A scan whose codes are wrong, but whose markers are right, is not
/// noticed: to decode it takes longer than all other steps together.
fn skip_scan(original: &[u8], mut from: usize, restart_interval: usize) -> Option<usize> {
    let lost = memchr::memmem::Finder::new(&LOST);
    let mut restarts = 0;
    loop {
        let rest = original.get(from..)?;
        let found = memchr::memchr(0xff, rest)?;
        if lost.find(&rest[..found]).is_some() {
            return None;
        }
        from += found;
        match *original.get(from + 1)? {
            0 => from += 2,
            marker @ 0xd0..=0xd7 if restart_interval > 0 && marker & 7 == restarts => {
                restarts = (restarts + 1) % 8;
                from += 2;
            }
            // Tables, another scan, comments, or the end: section B.2.1 of ITU-T T.81.
            0xc4 | 0xcc | 0xd9..=0xdb | 0xdd | 0xe0..=0xef | 0xfe => return Some(from),
            _ => return None,
        }
    }
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
