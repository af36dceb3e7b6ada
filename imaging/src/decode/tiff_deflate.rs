//! Deflated strips of a TIFF.

use super::tiff_directory::{Directory, tag};

/// Deflated strips, which are decompressed here at once: through the decoder's reader it takes twice as long.
pub(super) struct Deflated {
    offsets: Vec<u64>,
    lengths: Vec<u64>,
    strip: Vec<u8>,
}

impl Deflated {
    pub(super) fn of(directory: &Directory<'_>) -> Option<Self> {
        let is_deflated = matches!(directory.number(tag::COMPRESSION), Some(8 | 32_946));
        let predictor = directory.number(tag::PREDICTOR).unwrap_or(1);
        if !is_deflated || predictor != 1 || directory.is_turned() {
            return None;
        }
        let offsets = directory.numbers(tag::STRIP_OFFSETS);
        let lengths = directory.numbers(tag::STRIP_BYTES);
        Some(Self { offsets, lengths, strip: Vec::new() })
    }

    /// The rows of a strip, as far as they come; nothing if anything is wrong with it, for the decoder to say what.
    pub(super) fn strip(
        &mut self,
        original: &[u8],
        index: usize,
        row_bytes: usize,
        rows: usize,
    ) -> Option<&mut [u8]> {
        let from = usize::try_from(*self.offsets.get(index)?).ok()?;
        let length = usize::try_from(*self.lengths.get(index)?).ok()?;
        let data = original.get(from..from.checked_add(length)?)?;
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
