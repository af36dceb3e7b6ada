//! Reads the structures that all scans of a JPEG share: the block grid of each component, the tables, and the scan
//! header.

use crate::decode::jpeg::huffman::HuffmanTable;
use crate::decode::jpeg::markers::FrameHeader;
use crate::pixels::Plane;

/// The file has more scans than [`FrameHeader::max_scans`].
pub(crate) struct TooManyScans;

/// The blocks of one component.
pub(crate) struct BlockGrid {
    /// The number of block columns and rows in whole MCUs.
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// The number of block columns and rows that the image covers: the extent of a scan of this component
    /// alone.
    pub(crate) used: (usize, usize),
    pub(crate) h: usize,
    pub(crate) v: usize,
}

pub(crate) struct FrameGrids {
    pub(crate) mcus: (usize, usize),
    pub(crate) grids: Vec<BlockGrid>,
}

pub(crate) fn block_grids(frame: &FrameHeader) -> FrameGrids {
    let (h_max, v_max) = frame.max_sampling();
    let (h_max, v_max) = (usize::from(h_max), usize::from(v_max));
    let (width, height) = (frame.width as usize, frame.height as usize);
    let mcus = (width.div_ceil(8 * h_max), height.div_ceil(8 * v_max));
    let grids = frame.components.iter().map(|c| {
        let (h, v) = (usize::from(c.h), usize::from(c.v));
        let used = ((width * h).div_ceil(h_max * 8), (height * v).div_ceil(v_max * 8));
        BlockGrid { columns: mcus.0 * h, rows: mcus.1 * v, used, h, v }
    });
    FrameGrids { mcus, grids: grids.collect() }
}

/// A stored Huffman code: the number of codes of each length, and the symbols.
type StoredHuffman<'a> = (&'a [u8; 16], &'a [u8]);

/// The tables that the segments before a scan define.
#[derive(Default)]
pub(crate) struct ScanTables<'a> {
    pub(crate) quantizers: [Option<[u16; 64]>; 4],
    /// The codes for DC and AC. Their look-up tables are built only for the scans that use them.
    huffmans: [[Option<StoredHuffman<'a>>; 4]; 2],
    pub(crate) restart_interval: usize,
}

impl<'a> ScanTables<'a> {
    /// Builds the code of a class, 0 for DC and 1 for AC.
    pub(crate) fn build_huffman(&self, class: usize, index: usize) -> Option<HuffmanTable> {
        let (counts, symbols) = (*self.huffmans[class].get(index)?)?;
        HuffmanTable::new(counts, symbols, class == 1)
    }

    pub(crate) fn read_segment(&mut self, marker: u8, mut payload: &'a [u8]) -> Option<()> {
        match marker {
            0xdb => {
                while let Some((&head, rest)) = payload.split_first() {
                    let is_16_bit = head >> 4 != 0;
                    let (values, rest) = rest.split_at_checked(if is_16_bit { 128 } else { 64 })?;
                    let mut quantizer = [0; 64];
                    for (i, value) in quantizer.iter_mut().enumerate() {
                        *value = if is_16_bit {
                            u16::from_be_bytes([values[i * 2], values[i * 2 + 1]])
                        } else {
                            u16::from(values[i])
                        };
                    }
                    *self.quantizers.get_mut(usize::from(head & 15))? = Some(quantizer);
                    payload = rest;
                }
            }
            0xc4 => {
                while let Some((&head, rest)) = payload.split_first() {
                    let (counts, rest) = rest.split_first_chunk::<16>()?;
                    let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
                    let (symbols, rest) = rest.split_at_checked(total)?;
                    let tables = self.huffmans.get_mut(usize::from(head >> 4))?;
                    *tables.get_mut(usize::from(head & 15))? = Some((counts, symbols));
                    payload = rest;
                }
            }
            0xdd => {
                self.restart_interval =
                    usize::from(u16::from_be_bytes([*payload.first()?, *payload.get(1)?]));
            }
            // No known encoder writes these markers: a line count after the scan, and expansion.
            0xdc | 0xdf => return None,
            _ => {}
        }
        Some(())
    }
}

/// A scan header: for each component, its index and those of its DC and AC tables; the spectral selection;
/// and the bit positions of successive approximation.
pub(crate) struct ScanHeader {
    pub(crate) components: Vec<(usize, usize, usize)>,
    pub(crate) spectrum: (u8, u8),
    pub(crate) high: u8,
    pub(crate) low: u8,
}

pub(crate) fn read_scan_header(payload: &[u8], frame: &FrameHeader) -> Option<ScanHeader> {
    let (&count, rest) = payload.split_first()?;
    let (selectors, rest) = rest.split_at_checked(usize::from(count) * 2)?;
    let &[start, end, bits] = rest.first_chunk::<3>()?;
    let mut components = Vec::new();
    for selector in selectors.chunks_exact(2) {
        let index = frame.components.iter().position(|c| c.id == selector[0])?;
        components.push((index, usize::from(selector[1] >> 4), usize::from(selector[1] & 15)));
    }
    Some(ScanHeader { components, spectrum: (start, end), high: bits >> 4, low: bits & 15 })
}

/// Returns the sample for a sum of coefficients, which is eight times the sample and centered at zero.
#[inline(always)]
pub(crate) fn to_sample(eightfold: i32) -> u8 {
    (((eightfold + 4) >> 3) + 128).clamp(0, 255) as u8
}

/// Returns the planes without the blocks that only pad the MCUs.
pub(crate) fn crop_planes(
    frame: &FrameHeader,
    grids: &[BlockGrid],
    samples: impl Iterator<Item = Vec<u8>>,
    size: usize,
) -> Vec<Plane> {
    let (h_max, v_max) = frame.max_sampling();
    let by = 8.0 / size as f64;
    let mut planes = Vec::new();
    for ((component, grid), mut samples) in frame.components.iter().zip(grids).zip(samples) {
        let extent = (
            f64::from(frame.width) * f64::from(component.h) / f64::from(h_max) / by,
            f64::from(frame.height) * f64::from(component.v) / f64::from(v_max) / by,
        );
        let (width, height) = (extent.0.ceil() as usize, extent.1.ceil() as usize);
        let stride = grid.columns * size;
        for y in 1..height {
            samples.copy_within(y * stride..y * stride + width, y * width);
        }
        samples.truncate(width * height);
        planes.push(Plane { width: width as u32, height: height as u32, data: samples, extent });
    }
    planes
}
