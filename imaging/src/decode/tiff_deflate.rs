//! Deflated strips of a TIFF.

use super::tiff_directory::{Directory, tag};

/// Deflated strips, which are decompressed here at once: through the decoder's reader it takes twice as long.
pub(super) struct Deflated {
    offsets: Vec<u64>,
    lengths: Vec<u64>,
    /// Whether a sample is stored as its difference from the one to the left.
    differences: bool,
    strip: Vec<u8>,
}

impl Deflated {
    pub(super) fn of(directory: &Directory<'_>) -> Option<Self> {
        let number = |tag| directory.number(tag);
        if !matches!(number(tag::COMPRESSION), Some(8 | 32_946)) || directory.is_turned() {
            return None;
        }
        let predictor = number(tag::PREDICTOR).unwrap_or(1);
        let offsets = directory.numbers(tag::STRIP_OFFSETS);
        let lengths = directory.numbers(tag::STRIP_BYTES);
        let differences = predictor == 2;
        matches!(predictor, 1 | 2).then_some(Self { offsets, lengths, differences, strip: Vec::new() })
    }

    /// The rows of a strip, as far as they come; nothing if anything is wrong with it, for the decoder to say what.
    pub(super) fn strip(
        &mut self,
        original: &[u8],
        index: usize,
        row_bytes: usize,
        rows: usize,
        samples: usize,
    ) -> Option<&[u8]> {
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
        if self.differences {
            for row in self.strip.chunks_exact_mut(row_bytes) {
                match samples {
                    1 => add_up::<1>(row),
                    3 => add_up::<3>(row),
                    4 => add_up::<4>(row),
                    _ => {
                        (samples..row_bytes).for_each(|at| row[at] = row[at].wrapping_add(row[at - samples]))
                    }
                }
            }
        }
        Some(&self.strip)
    }
}

fn add_up<const N: usize>(row: &mut [u8]) {
    let mut sum = [0_u8; N];
    for pixel in row.as_chunks_mut::<N>().0 {
        sum = std::array::from_fn(|c| sum[c].wrapping_add(pixel[c]));
        *pixel = sum;
    }
}
