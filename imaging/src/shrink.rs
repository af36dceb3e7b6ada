//! Averages whole blocks of pixels while rows come in, so that a large image is never held.

use crate::pixels::{Layout, Pixels};

/// Takes the rows of an image one after another and keeps their averages over blocks of pixels: `across` x `down`.
pub(crate) struct Shrink {
    width: usize,
    height: usize,
    layout: Layout,
    across: usize,
    down: usize,
    /// Sums over the rows of the blocks under way, column by column: first down, where neighbours lie side
    /// by side in memory, then across.
    sums: Vec<u16>,
    /// The same of premultiplied samples, where there is alpha.
    premultiplied: Vec<u32>,
    rows: usize,
    out: Vec<u8>,
}

/// Above this factor the sums down a column would not fit into 16 bits, nor the premultiplied into 32.
pub(crate) const MAX_FACTOR: u32 = 256;

impl Shrink {
    /// The bytes that shrinking such an image holds.
    pub(crate) fn memory(width: u32, height: u32, layout: Layout, (across, down): (u32, u32)) -> u64 {
        let channels = layout.channels() as u64;
        let out = u64::from(width.div_ceil(across)) * u64::from(height.div_ceil(down)) * channels;
        out + if (across, down) == (1, 1) { 0 } else { u64::from(width) * channels * 4 }
    }

    pub(crate) fn new(width: u32, height: u32, layout: Layout, (across, down): (u32, u32)) -> Self {
        let (across, down) = (across.clamp(1, MAX_FACTOR), down.clamp(1, MAX_FACTOR));
        let columns = width.div_ceil(across) as usize * layout.channels();
        let sums = if (across, down) == (1, 1) { 0 } else { width as usize * layout.channels() };
        let (sums, premultiplied) = if layout.has_alpha() { (0, sums) } else { (sums, 0) };
        Self {
            width: width as usize,
            height: height as usize,
            layout,
            across: across as usize,
            down: down as usize,
            sums: vec![0; sums],
            premultiplied: vec![0; premultiplied],
            rows: 0,
            out: Vec::with_capacity(columns * height.div_ceil(down) as usize),
        }
    }

    /// Adds the next row. Rows after the last are ignored.
    pub(crate) fn push(&mut self, row: &[u8]) {
        debug_assert_eq!(row.len(), self.width * self.layout.channels());
        if self.rows == self.height {
            return;
        }
        self.rows += 1;
        if (self.across, self.down) == (1, 1) {
            self.out.extend_from_slice(row);
            return;
        }
        match self.layout {
            Layout::Gray | Layout::Rgb | Layout::Cmyk => {
                self.sums.iter_mut().zip(row).for_each(|(sum, sample)| *sum += u16::from(*sample));
            }
            Layout::GrayAlpha => add_premultiplied::<2>(&mut self.premultiplied, row),
            Layout::Rgba => add_premultiplied::<4>(&mut self.premultiplied, row),
        }
        if self.rows.is_multiple_of(self.down) || self.rows == self.height {
            self.flush();
        }
    }

    /// Adds a row of zeros, which takes no time by the pixel where blocks are averaged.
    pub(crate) fn push_nothing(&mut self) {
        if self.rows == self.height {
            return;
        }
        self.rows += 1;
        if (self.across, self.down) == (1, 1) {
            self.out.resize(self.out.len() + self.width * self.layout.channels(), 0);
        } else if self.rows.is_multiple_of(self.down) || self.rows == self.height {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let rows = (self.rows - 1) % self.down + 1;
        let (factor, sums, premultiplied) = (self.across, &self.sums[..], &self.premultiplied[..]);
        match self.layout {
            Layout::Gray => average::<1>(sums, factor, rows, &mut self.out),
            Layout::Rgb => average::<3>(sums, factor, rows, &mut self.out),
            Layout::Cmyk => average::<4>(sums, factor, rows, &mut self.out),
            Layout::GrayAlpha => average_premultiplied::<2>(premultiplied, factor, rows, &mut self.out),
            Layout::Rgba => average_premultiplied::<4>(premultiplied, factor, rows, &mut self.out),
        }
        self.sums.fill(0);
        self.premultiplied.fill(0);
    }

    /// The shrunk image; rows that never came are filled with the last one, or with nothing.
    pub(crate) fn finish(mut self) -> Pixels {
        if self.rows < self.height && !self.rows.is_multiple_of(self.down) {
            self.flush();
        }
        let (across, down) = (self.across as u32, self.down as u32);
        let (width, height) = (self.width as u32, self.height as u32);
        let columns = width.div_ceil(across) as usize * self.layout.channels();
        let rows = height.div_ceil(down) as usize;
        let missing = if self.layout.has_alpha() { 0 } else { 128 };
        self.out.resize(columns * rows, missing);
        Pixels {
            width: width.div_ceil(across),
            height: height.div_ceil(down),
            layout: self.layout,
            data: self.out,
            extent: (f64::from(width) / f64::from(across), f64::from(height) / f64::from(down)),
        }
    }
}

fn add_premultiplied<const N: usize>(sums: &mut [u32], row: &[u8]) {
    for (sums, pixel) in sums.as_chunks_mut::<N>().0.iter_mut().zip(row.as_chunks::<N>().0) {
        // In 16 bits, which every processor multiplies eight at a time.
        let mut by = [u16::from(pixel[N - 1]); N];
        by[N - 1] = 1;
        for c in 0..N {
            sums[c] += u32::from(u16::from(pixel[c]) * by[c]);
        }
    }
}

/// Division by a count, as a multiplication: exact for what 8 bits a sample can sum up to.
#[derive(Clone, Copy)]
struct Divisor {
    half: u64,
    reciprocal: u64,
}

impl Divisor {
    fn new(count: usize) -> Self {
        let count = count as u64;
        Self { half: count / 2, reciprocal: (1_u64 << 48).div_ceil(count) }
    }

    /// The sum of `count` samples, divided and rounded.
    #[inline(always)]
    fn mean(self, sum: u32) -> u8 {
        ((u64::from(sum) + self.half).wrapping_mul(self.reciprocal) >> 48) as u8
    }
}

/// The sum over the columns of a block.
#[inline(always)]
fn across<const N: usize, T: Copy + Into<u32>>(block: &[[T; N]]) -> [u32; N] {
    block.iter().fold([0; N], |sum, column| std::array::from_fn(|c| sum[c] + column[c].into()))
}

fn average<const N: usize>(sums: &[u16], factor: usize, rows: usize, out: &mut Vec<u8>) {
    let mut blocks = sums.as_chunks::<N>().0.chunks_exact(factor);
    let divisor = Divisor::new(rows * factor);
    if factor == 2 {
        // The loop over two columns would cost more than they do.
        out.extend(
            blocks.by_ref().flat_map(|block| across(&[block[0], block[1]]).map(|sum| divisor.mean(sum))),
        );
    }
    out.extend(blocks.by_ref().flat_map(|block| across(block).map(|sum| divisor.mean(sum))));
    let last = blocks.remainder();
    if !last.is_empty() {
        let divisor = Divisor::new(rows * last.len());
        out.extend(across(last).map(|sum| divisor.mean(sum)));
    }
}

fn average_premultiplied<const N: usize>(sums: &[u32], factor: usize, rows: usize, out: &mut Vec<u8>) {
    for block in sums.as_chunks::<N>().0.chunks(factor) {
        let total = across(block);
        let alpha = total[N - 1];
        // One division a pixel; what is transparent has no color.
        let by = if alpha == 0 { 0.0 } else { 1.0 / alpha as f32 };
        let mut pixel = total.map(|sum| (sum as f32 * by + 0.5) as u8);
        pixel[N - 1] = Divisor::new(rows * block.len()).mean(alpha);
        out.extend(pixel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrink(width: u32, height: u32, layout: Layout, factor: u32, data: &[u8]) -> Pixels {
        let mut shrink = Shrink::new(width, height, layout, (factor, factor));
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
    fn a_sliver_is_shrunk_along_one_side() {
        let mut shrink = Shrink::new(1, 5, Layout::Gray, (1, 2));
        [10, 20, 30, 40, 50].iter().for_each(|sample| shrink.push(&[*sample]));
        let pixels = shrink.finish();
        assert_eq!((pixels.data, pixels.width, pixels.height), (vec![15, 35, 50], 1, 3));
        let mut shrink = Shrink::new(5, 1, Layout::Gray, (2, 1));
        shrink.push(&[10, 20, 30, 40, 50]);
        assert_eq!(shrink.finish().data, [15, 35, 50]);
    }

    #[test]
    fn nothing_is_a_row_of_zeros() {
        for factor in [1, 2] {
            let mut shrink = Shrink::new(2, 5, Layout::Rgba, (factor, factor));
            shrink.push(&[9, 8, 7, 255, 1, 2, 3, 100]);
            (0..3).for_each(|_| shrink.push_nothing());
            shrink.push(&[9, 8, 7, 255, 1, 2, 3, 100]);
            let row = [[9, 8, 7, 255, 1, 2, 3, 100], [0; 8], [0; 8], [0; 8], [9, 8, 7, 255, 1, 2, 3, 100]];
            assert_eq!(shrink.finish(), self::shrink(2, 5, Layout::Rgba, factor, &row.concat()));
        }
    }

    #[test]
    fn a_mean_is_the_rounded_quotient() {
        for count in [1, 2, 3, 4, 6, 7, 49, 255, 256, 65_535, 65_536] {
            let divisor = Divisor::new(count);
            let most = count as u32 * 255;
            for sum in (0..=most).step_by(most as usize / 5_000 + 1).chain([most - 1, most]) {
                let mean = (u64::from(sum) + count as u64 / 2) / count as u64;
                assert_eq!(u64::from(divisor.mean(sum)), mean, "{sum} / {count}");
            }
        }
    }

    #[test]
    fn a_transparent_pixel_lends_no_color() {
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
