//! Averages whole blocks of pixels while rows come in, so that a large image is never held.

use crate::pixels::{Layout, Pixels};

/// Takes the rows of an image one after another and keeps their averages over `factor` x `factor` pixels.
pub(crate) struct Shrink {
    width: usize,
    height: usize,
    layout: Layout,
    factor: usize,
    /// Sums of the row of blocks under way; with alpha, of the premultiplied samples.
    sums: Vec<u64>,
    rows: usize,
    out: Vec<u8>,
}

impl Shrink {
    /// The bytes that shrinking such an image holds.
    pub(crate) fn memory(width: u32, height: u32, layout: Layout, factor: u32) -> u64 {
        let columns = u64::from(width.div_ceil(factor)) * layout.channels() as u64;
        columns * u64::from(height.div_ceil(factor)) + columns * 8
    }

    pub(crate) fn new(width: u32, height: u32, layout: Layout, factor: u32) -> Self {
        let factor = factor.max(1);
        let columns = width.div_ceil(factor) as usize * layout.channels();
        Self {
            width: width as usize,
            height: height as usize,
            layout,
            factor: factor as usize,
            sums: if factor > 1 { vec![0; columns] } else { Vec::new() },
            rows: 0,
            out: Vec::with_capacity(columns * height.div_ceil(factor) as usize),
        }
    }

    /// Adds the next row. Rows after the last are ignored.
    pub(crate) fn push(&mut self, row: &[u8]) {
        let channels = self.layout.channels();
        debug_assert_eq!(row.len(), self.width * channels);
        if self.rows == self.height {
            return;
        }
        self.rows += 1;
        if self.factor == 1 {
            self.out.extend_from_slice(row);
            return;
        }
        let block = self.factor * channels;
        match self.layout {
            Layout::Gray => sum_opaque::<1>(&mut self.sums, row, block),
            Layout::Rgb => sum_opaque::<3>(&mut self.sums, row, block),
            Layout::Cmyk => sum_opaque::<4>(&mut self.sums, row, block),
            Layout::GrayAlpha => sum_alpha::<2>(&mut self.sums, row, block),
            Layout::Rgba => sum_alpha::<4>(&mut self.sums, row, block),
        }
        if self.rows.is_multiple_of(self.factor) || self.rows == self.height {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let channels = self.layout.channels();
        let rows = (self.rows - 1) % self.factor + 1;
        for (i, sums) in self.sums.chunks_exact(channels).enumerate() {
            let columns = (self.width - i * self.factor).min(self.factor);
            let count = (rows * columns) as u64;
            if self.layout.has_alpha() {
                let (alpha, colours) = (sums[channels - 1], &sums[..channels - 1]);
                // `alpha` sums 255 for each opaque pixel, the colours sum colour x alpha.
                self.out.extend(
                    colours.iter().map(|sum| (sum + alpha / 2).checked_div(alpha).unwrap_or(0) as u8),
                );
                self.out.push(((alpha + count / 2) / count) as u8);
            } else {
                self.out.extend(sums.iter().map(|sum| ((sum + count / 2) / count) as u8));
            }
        }
        self.sums.fill(0);
    }

    /// The shrunk image; rows that never came are filled with the last one, or with nothing.
    pub(crate) fn finish(mut self) -> Pixels {
        if self.factor > 1 && self.rows < self.height && !self.rows.is_multiple_of(self.factor) {
            self.flush();
        }
        let factor = self.factor as u32;
        let (width, height) = (self.width as u32, self.height as u32);
        let columns = width.div_ceil(factor) as usize * self.layout.channels();
        let rows = height.div_ceil(factor) as usize;
        let missing = if self.layout.has_alpha() { 0 } else { 128 };
        self.out.resize(columns * rows, missing);
        Pixels {
            width: width.div_ceil(factor),
            height: height.div_ceil(factor),
            layout: self.layout,
            data: self.out,
            extent: (f64::from(width) / f64::from(factor), f64::from(height) / f64::from(factor)),
        }
    }
}

fn sum_opaque<const N: usize>(sums: &mut [u64], row: &[u8], block: usize) {
    for (sums, block) in sums.chunks_exact_mut(N).zip(row.chunks(block)) {
        let mut total = [0_u32; N];
        for pixel in block.chunks_exact(N) {
            for (total, sample) in total.iter_mut().zip(pixel) {
                *total += u32::from(*sample);
            }
        }
        for (sum, total) in sums.iter_mut().zip(total) {
            *sum += u64::from(total);
        }
    }
}

fn sum_alpha<const N: usize>(sums: &mut [u64], row: &[u8], block: usize) {
    for (sums, block) in sums.chunks_exact_mut(N).zip(row.chunks(block)) {
        let mut total = [0_u32; N];
        for pixel in block.chunks_exact(N) {
            let alpha = u32::from(pixel[N - 1]);
            for (total, sample) in total[..N - 1].iter_mut().zip(pixel) {
                *total += u32::from(*sample) * alpha;
            }
            total[N - 1] += alpha;
        }
        for (sum, total) in sums.iter_mut().zip(total) {
            *sum += u64::from(total);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrink(width: u32, height: u32, layout: Layout, factor: u32, data: &[u8]) -> Pixels {
        let mut shrink = Shrink::new(width, height, layout, factor);
        data.chunks_exact(width as usize * layout.channels()).for_each(|row| shrink.push(row));
        shrink.finish()
    }

    #[test]
    fn blocks_are_averaged_and_the_last_ones_may_be_smaller() {
        let pixels = shrink(3, 3, Layout::Gray, 2, &[0, 10, 40, 20, 30, 60, 7, 9, 200]);
        assert_eq!(pixels.data, [15, 50, 8, 200]);
        assert_eq!((pixels.width, pixels.height, pixels.extent), (2, 2, (1.5, 1.5)));
    }

    #[test]
    fn a_transparent_pixel_lends_no_colour() {
        let pixels = shrink(2, 1, Layout::Rgba, 2, &[255, 0, 0, 255, 0, 255, 0, 0]);
        assert_eq!(pixels.data, [255, 0, 0, 128]);
    }

    #[test]
    fn missing_rows_are_gray_or_transparent() {
        assert_eq!(shrink(1, 3, Layout::Gray, 1, &[5]).data, [5, 128, 128]);
        assert_eq!(shrink(1, 6, Layout::Gray, 2, &[5, 5, 7]).data, [5, 7, 128]);
        assert_eq!(shrink(1, 2, Layout::GrayAlpha, 1, &[5, 9]).data, [5, 9, 0, 0]);
    }
}
