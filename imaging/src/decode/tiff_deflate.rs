//! Deflated strips of a TIFF.

use super::tiff_directory::{Directory, Strips, tag};

/// Deflated strips, which are decompressed here at once: through the decoder's reader it takes twice as long.
pub(super) struct Deflated<'a> {
    strips: Strips<'a>,
    strip: Vec<u8>,
}

impl<'a> Deflated<'a> {
    pub(super) fn of(directory: &Directory<'a>) -> Option<Self> {
        let is_deflated = matches!(directory.number(tag::COMPRESSION), Some(8 | 32_946));
        let predictor = directory.number(tag::PREDICTOR).unwrap_or(1);
        if !is_deflated || predictor != 1 || directory.is_turned() {
            return None;
        }
        Some(Self { strips: directory.strips(), strip: Vec::new() })
    }

    /// The rows of a strip, as far as they come; nothing if anything is wrong with it, for the decoder to say what.
    pub(super) fn strip(&mut self, index: usize, row_bytes: usize, rows: usize) -> Option<&mut [u8]> {
        let data = self.strips.get(index)?;
        self.strip.resize(row_bytes * rows, 0);
        let mut decompressor = fdeflate::Decompressor::new();
        decompressor.ignore_adler32();
        let (_, written) = decompressor.read(data, &mut self.strip, 0, false).ok()?;
        let there = written / row_bytes * row_bytes;
        if there == 0 {
            return None;
        }
        self.strip.truncate(there);
        Some(&mut self.strip)
    }
}
