//! What scans of a JPEG have in common: the blocks of each component, the tables, and the header of a scan.

use crate::decode::jpeg::huffman::Huffman;
use crate::decode::jpeg::markers::Frame;
use crate::pixels::Plane;

/// A file has more scans than [`Frame::max_scans`].
pub(crate) struct TooManyScans;

/// The blocks of one component.
pub(crate) struct Grid {
    /// Blocks in a row of whole MCUs, and rows of them.
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Blocks that the image covers: the extent of a scan of this component alone.
    pub(crate) used: (usize, usize),
    pub(crate) h: usize,
    pub(crate) v: usize,
}

pub(crate) struct Grids {
    pub(crate) mcus: (usize, usize),
    pub(crate) grids: Vec<Grid>,
}

pub(crate) fn grids(frame: &Frame) -> Grids {
    let (h_max, v_max) = frame.most_sampling();
    let (h_max, v_max) = (usize::from(h_max), usize::from(v_max));
    let (width, height) = (frame.width as usize, frame.height as usize);
    let mcus = (width.div_ceil(8 * h_max), height.div_ceil(8 * v_max));
    let grids = frame.components.iter().map(|c| {
        let (h, v) = (usize::from(c.h), usize::from(c.v));
        let used = ((width * h).div_ceil(h_max * 8), (height * v).div_ceil(v_max * 8));
        Grid { columns: mcus.0 * h, rows: mcus.1 * v, used, h, v }
    });
    Grids { mcus, grids: grids.collect() }
}

/// A Huffman code as it is stored: how many codes of each length there are, and the symbols.
type Stored<'a> = (&'a [u8; 16], &'a [u8]);

/// What the segments before a scan define.
#[derive(Default)]
pub(crate) struct Tables<'a> {
    pub(crate) quantisers: [Option<[u16; 64]>; 4],
    /// For DC and AC. They are made into codes by the scans that use them.
    huffmans: [[Option<Stored<'a>>; 4]; 2],
    pub(crate) restart: usize,
}

impl<'a> Tables<'a> {
    /// The code of a class, 0 for DC and 1 for AC.
    pub(crate) fn huffman(&self, class: usize, index: usize) -> Option<Huffman> {
        let (counts, symbols) = (*self.huffmans[class].get(index)?)?;
        Huffman::new(counts, symbols, class == 1)
    }

    pub(crate) fn define(&mut self, marker: u8, mut payload: &'a [u8]) -> Option<()> {
        match marker {
            0xdb => {
                while let Some((&head, rest)) = payload.split_first() {
                    let wide = head >> 4 != 0;
                    let (values, rest) = rest.split_at_checked(if wide { 128 } else { 64 })?;
                    let mut quantiser = [0; 64];
                    for (i, value) in quantiser.iter_mut().enumerate() {
                        *value = if wide {
                            u16::from_be_bytes([values[i * 2], values[i * 2 + 1]])
                        } else {
                            u16::from(values[i])
                        };
                    }
                    *self.quantisers.get_mut(usize::from(head & 15))? = Some(quantiser);
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
            0xdd => self.restart = usize::from(u16::from_be_bytes([*payload.first()?, *payload.get(1)?])),
            // A line count that follows the scan, and expansion: nobody writes them.
            0xdc | 0xdf => return None,
            _ => {}
        }
        Some(())
    }
}

/// The components of a scan with their tables, and the spectral selection and bit positions.
pub(crate) struct Scan {
    pub(crate) components: Vec<(usize, usize, usize)>,
    pub(crate) spectrum: (u8, u8),
    pub(crate) high: u8,
    pub(crate) low: u8,
}

pub(crate) fn scan(payload: &[u8], frame: &Frame) -> Option<Scan> {
    let (&count, rest) = payload.split_first()?;
    let (selectors, rest) = rest.split_at_checked(usize::from(count) * 2)?;
    let &[start, end, bits] = rest.first_chunk::<3>()?;
    let mut components = Vec::new();
    for selector in selectors.chunks_exact(2) {
        let index = frame.components.iter().position(|c| c.id == selector[0])?;
        components.push((index, usize::from(selector[1] >> 4), usize::from(selector[1] & 15)));
    }
    Some(Scan { components, spectrum: (start, end), high: bits >> 4, low: bits & 15 })
}

/// A coefficient sum, eight times the sample, around the middle.
#[inline(always)]
pub(crate) fn sample(eightfold: i32) -> u8 {
    (((eightfold + 4) >> 3) + 128).clamp(0, 255) as u8
}

/// The planes without the blocks that only fill up an MCU.
pub(crate) fn planes(
    frame: &Frame,
    grids: &[Grid],
    samples: impl Iterator<Item = Vec<u8>>,
    size: usize,
) -> Vec<Plane> {
    let (h_max, v_max) = frame.most_sampling();
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
