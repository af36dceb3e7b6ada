//! Averages blocks of pixels while rows arrive, so that a large image is never held in memory.

use crate::pixels::{Layout, Pixels};

/// An image that shrinks while its rows arrive: the averages of its blocks of `x_factor` x `y_factor` pixels.
pub(crate) struct Shrinker {
    width: usize,
    height: usize,
    layout: Layout,
    x_factor: usize,
    y_factor: usize,
    /// Sums of each column over the rows of the current blocks. Summing the columns first processes samples that are
    /// adjacent in memory.
    sums: Vec<u16>,
    /// The same sums of premultiplied samples, for layouts with alpha.
    premultiplied: Vec<u32>,
    rows: usize,
    output: Vec<u8>,
}

/// The maximum factor. With a larger factor, the sums of a column would not fit in 16 bits, and the premultiplied sums
/// would not fit in 32 bits.
pub(crate) const MAX_FACTOR: u32 = 256;

impl Shrinker {
    /// Returns the number of bytes that shrinking such an image needs.
    pub(crate) fn memory(width: u32, height: u32, layout: Layout, (x_factor, y_factor): (u32, u32)) -> u64 {
        let channels = layout.channels() as u64;
        let output = u64::from(width.div_ceil(x_factor)) * u64::from(height.div_ceil(y_factor)) * channels;
        output + if (x_factor, y_factor) == (1, 1) { 0 } else { u64::from(width) * channels * 4 }
    }

    pub(crate) fn new(width: u32, height: u32, layout: Layout, (x_factor, y_factor): (u32, u32)) -> Self {
        let (x_factor, y_factor) = (x_factor.clamp(1, MAX_FACTOR), y_factor.clamp(1, MAX_FACTOR));
        let columns = width.div_ceil(x_factor) as usize * layout.channels();
        let sums = if (x_factor, y_factor) == (1, 1) { 0 } else { width as usize * layout.channels() };
        let (sums, premultiplied) = if layout.has_alpha() { (0, sums) } else { (sums, 0) };
        Self {
            width: width as usize,
            height: height as usize,
            layout,
            x_factor: x_factor as usize,
            y_factor: y_factor as usize,
            sums: vec![0; sums],
            premultiplied: vec![0; premultiplied],
            rows: 0,
            output: Vec::with_capacity(columns * height.div_ceil(y_factor) as usize),
        }
    }

    /// Adds the next row. Ignores rows after the last.
    pub(crate) fn push(&mut self, row: &[u8]) {
        debug_assert_eq!(row.len(), self.width * self.layout.channels());
        if self.rows == self.height {
            return;
        }
        self.rows += 1;
        if (self.x_factor, self.y_factor) == (1, 1) {
            self.output.extend_from_slice(row);
            return;
        }
        match self.layout {
            Layout::Gray | Layout::Rgb | Layout::Cmyk => {
                self.sums.iter_mut().zip(row).for_each(|(sum, sample)| *sum += u16::from(*sample));
            }
            Layout::GrayAlpha => add_premultiplied::<2>(&mut self.premultiplied, row),
            Layout::Rgba => add_premultiplied::<4>(&mut self.premultiplied, row),
        }
        if self.rows.is_multiple_of(self.y_factor) || self.rows == self.height {
            self.flush();
        }
    }

    /// Adds a row of zeros. If blocks are averaged, this takes no time per pixel.
    pub(crate) fn push_zeros(&mut self) {
        if self.rows == self.height {
            return;
        }
        self.rows += 1;
        if (self.x_factor, self.y_factor) == (1, 1) {
            self.output.resize(self.output.len() + self.width * self.layout.channels(), 0);
        } else if self.rows.is_multiple_of(self.y_factor) || self.rows == self.height {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let rows = (self.rows - 1) % self.y_factor + 1;
        let (factor, sums, premultiplied) = (self.x_factor, &self.sums[..], &self.premultiplied[..]);
        match self.layout {
            Layout::Gray => average_blocks::<1>(sums, factor, rows, &mut self.output),
            Layout::Rgb => average_blocks::<3>(sums, factor, rows, &mut self.output),
            Layout::Cmyk => average_blocks::<4>(sums, factor, rows, &mut self.output),
            Layout::GrayAlpha => {
                average_premultiplied_blocks::<2>(premultiplied, factor, rows, &mut self.output);
            }
            Layout::Rgba => average_premultiplied_blocks::<4>(premultiplied, factor, rows, &mut self.output),
        }
        self.sums.fill(0);
        self.premultiplied.fill(0);
    }

    /// Returns the shrunk image. Missing rows are gray or transparent.
    pub(crate) fn finish(mut self) -> Pixels {
        if self.rows < self.height && !self.rows.is_multiple_of(self.y_factor) {
            self.flush();
        }
        let (width, height) = (self.width as u32, self.height as u32);
        shrunk_pixels(self.output, self.layout, (width, height), (self.x_factor as u32, self.y_factor as u32))
    }
}

/// Returns the pixels of a shrunk image of the given size. Missing rows are gray or transparent.
pub(crate) fn shrunk_pixels(
    mut data: Vec<u8>,
    layout: Layout,
    (width, height): (u32, u32),
    (x_factor, y_factor): (u32, u32),
) -> Pixels {
    let (columns, rows) = (width.div_ceil(x_factor), height.div_ceil(y_factor));
    let missing_sample = if layout.has_alpha() { 0 } else { 128 };
    data.resize(columns as usize * rows as usize * layout.channels(), missing_sample);
    let extent = (f64::from(width) / f64::from(x_factor), f64::from(height) / f64::from(y_factor));
    Pixels { width: columns, height: rows, layout, data, extent }
}

fn add_premultiplied<const N: usize>(sums: &mut [u32], row: &[u8]) {
    for (sums, pixel) in sums.as_chunks_mut::<N>().0.iter_mut().zip(row.as_chunks::<N>().0) {
        // Processors multiply eight numbers of 16 bits at once.
        let mut by = [u16::from(pixel[N - 1]); N];
        by[N - 1] = 1;
        for c in 0..N {
            sums[c] += u32::from(u16::from(pixel[c]) * by[c]);
        }
    }
}

/// Divides by a count with a multiplication. The result is exact for every sum of 8-bit samples.
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

    /// Returns the rounded quotient of a sum of `count` samples.
    #[inline(always)]
    fn mean(self, sum: u32) -> u8 {
        ((u64::from(sum) + self.half).wrapping_mul(self.reciprocal) >> 48) as u8
    }
}

/// Returns the sum over the columns of a block.
#[inline(always)]
fn sum_columns<const N: usize, T: Copy + Into<u32>>(block: &[[T; N]]) -> [u32; N] {
    block.iter().fold([0; N], |sum, column| std::array::from_fn(|c| sum[c] + column[c].into()))
}

fn average_blocks<const N: usize>(sums: &[u16], factor: usize, rows: usize, output: &mut Vec<u8>) {
    let mut blocks = sums.as_chunks::<N>().0.chunks_exact(factor);
    let divisor = Divisor::new(rows * factor);
    if factor == 2 {
        // For two columns, a loop would cost more than the additions.
        output.extend(
            blocks.by_ref().flat_map(|block| sum_columns(&[block[0], block[1]]).map(|sum| divisor.mean(sum))),
        );
    }
    output.extend(blocks.by_ref().flat_map(|block| sum_columns(block).map(|sum| divisor.mean(sum))));
    let last = blocks.remainder();
    if !last.is_empty() {
        let divisor = Divisor::new(rows * last.len());
        output.extend(sum_columns(last).map(|sum| divisor.mean(sum)));
    }
}

fn average_premultiplied_blocks<const N: usize>(
    sums: &[u32],
    factor: usize,
    rows: usize,
    output: &mut Vec<u8>,
) {
    for block in sums.as_chunks::<N>().0.chunks(factor) {
        let total = sum_columns(block);
        let alpha = total[N - 1];
        // One division per pixel. A transparent pixel contributes no color.
        let by = if alpha == 0 { 0.0 } else { 1.0 / alpha as f32 };
        let mut pixel = total.map(|sum| (sum as f32 * by + 0.5) as u8);
        pixel[N - 1] = Divisor::new(rows * block.len()).mean(alpha);
        output.extend(pixel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrink(width: u32, height: u32, layout: Layout, factor: u32, data: &[u8]) -> Pixels {
        let mut shrinker = Shrinker::new(width, height, layout, (factor, factor));
        data.chunks_exact(width as usize * layout.channels()).for_each(|row| shrinker.push(row));
        shrinker.finish()
    }

    #[test]
    fn blocks_are_averaged_and_the_last_ones_can_be_smaller() {
        let pixels = shrink(3, 3, Layout::Gray, 2, &[0, 10, 40, 20, 30, 60, 7, 9, 200]);
        assert_eq!(pixels.data, [15, 50, 8, 200]);
        assert_eq!((pixels.width, pixels.height, pixels.extent), (2, 2, (1.5, 1.5)));
    }

    #[test]
    fn a_sliver_is_shrunk_along_one_side() {
        let mut shrinker = Shrinker::new(1, 5, Layout::Gray, (1, 2));
        [10, 20, 30, 40, 50].iter().for_each(|sample| shrinker.push(&[*sample]));
        let pixels = shrinker.finish();
        assert_eq!((pixels.data, pixels.width, pixels.height), (vec![15, 35, 50], 1, 3));
        let mut shrinker = Shrinker::new(5, 1, Layout::Gray, (2, 1));
        shrinker.push(&[10, 20, 30, 40, 50]);
        assert_eq!(shrinker.finish().data, [15, 35, 50]);
    }

    #[test]
    fn push_zeros_equals_a_row_of_zeros() {
        for factor in [1, 2] {
            let mut shrinker = Shrinker::new(2, 5, Layout::Rgba, (factor, factor));
            shrinker.push(&[9, 8, 7, 255, 1, 2, 3, 100]);
            (0..3).for_each(|_| shrinker.push_zeros());
            shrinker.push(&[9, 8, 7, 255, 1, 2, 3, 100]);
            let row = [[9, 8, 7, 255, 1, 2, 3, 100], [0; 8], [0; 8], [0; 8], [9, 8, 7, 255, 1, 2, 3, 100]];
            assert_eq!(shrinker.finish(), self::shrink(2, 5, Layout::Rgba, factor, &row.concat()));
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
    fn a_transparent_pixel_contributes_no_color() {
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
