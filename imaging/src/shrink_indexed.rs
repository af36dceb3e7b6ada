//! Averages whole blocks of palette colors while rows of their indices come in.

use crate::pixels::{Layout, Pixels};
use crate::shrink::MAX_FACTOR;

/// [`crate::shrink::Shrink`] for pixels that are indices: the colors are looked up as the addends of the
/// sums, so that a pixel costs one look-up and one addition.
pub(crate) struct ShrinkIndexed {
    width: usize,
    height: usize,
    layout: Layout,
    across: usize,
    down: usize,
    /// Each color, all zeros where it is transparent, and 1 where it is not.
    colors: [[u32; 4]; 256],
    sums: Vec<[u32; 4]>,
    rows: usize,
    out: Vec<u8>,
}

impl ShrinkIndexed {
    /// `None` is transparent; without such, the layout may be RGB.
    pub(crate) fn new(
        (width, height): (u32, u32),
        layout: Layout,
        colors: &[Option<[u8; 3]>; 256],
        (across, down): (u32, u32),
    ) -> Self {
        debug_assert!(matches!(layout, Layout::Rgb | Layout::Rgba));
        let (across, down) = (across.clamp(1, MAX_FACTOR), down.clamp(1, MAX_FACTOR));
        let columns = width.div_ceil(across) as usize;
        Self {
            width: width as usize,
            height: height as usize,
            layout,
            across: across as usize,
            down: down as usize,
            colors: colors
                .map(|color| color.map_or([0; 4], |[r, g, b]| [u32::from(r), u32::from(g), u32::from(b), 1])),
            sums: vec![[0; 4]; columns],
            rows: 0,
            out: Vec::with_capacity(columns * height.div_ceil(down) as usize * layout.channels()),
        }
    }

    /// Adds the next row, of which `indices` cover the part from `left` on; the rest is transparent. Rows
    /// after the last are ignored.
    pub(crate) fn push(&mut self, left: usize, indices: &[u8]) {
        if self.rows == self.height {
            return;
        }
        self.rows += 1;
        let indices = &indices[..indices.len().min(self.width.saturating_sub(left))];
        if (self.across, self.down) == (1, 1) && indices.len() == self.width {
            self.copy(indices);
            return;
        }
        let (first, skipped) = (left / self.across, left % self.across);
        let (head, rest) = indices.split_at(indices.len().min((self.across - skipped) % self.across));
        let colors = &self.colors;
        let mut sums = self.sums.iter_mut().skip(first);
        let mut add = |block: &[u8]| {
            if let Some(sum) = sums.next() {
                for index in block {
                    let color = &colors[usize::from(*index)];
                    *sum = std::array::from_fn(|c| sum[c] + color[c]);
                }
            }
        };
        if !head.is_empty() {
            add(head);
        }
        rest.chunks(self.across).for_each(&mut add);
        if self.rows.is_multiple_of(self.down) || self.rows == self.height {
            self.flush();
        }
    }

    /// A whole row of blocks of one pixel.
    fn copy(&mut self, indices: &[u8]) {
        let begin = self.out.len();
        self.out.resize(begin + indices.len() * self.layout.channels(), 0);
        let colors = indices.iter().map(|index| self.colors[usize::from(*index)]);
        let out = &mut self.out[begin..];
        match self.layout {
            Layout::Rgb => {
                for (pixel, [r, g, b, _]) in out.as_chunks_mut().0.iter_mut().zip(colors) {
                    *pixel = [r as u8, g as u8, b as u8];
                }
            }
            _ => {
                for (pixel, [r, g, b, a]) in out.as_chunks_mut().0.iter_mut().zip(colors) {
                    *pixel = [r as u8, g as u8, b as u8, (a * 255) as u8];
                }
            }
        }
    }

    fn flush(&mut self) {
        let rows = (self.rows - 1) % self.down + 1;
        for (block, sum) in self.sums.iter_mut().enumerate() {
            let columns = self.across.min(self.width - block * self.across);
            let count = (rows * columns) as u32;
            let opaque = sum[3].max(1);
            let [r, g, b] = [0, 1, 2].map(|c| ((sum[c] + opaque / 2) / opaque) as u8);
            match self.layout {
                Layout::Rgb => self.out.extend([r, g, b]),
                _ => self.out.extend([r, g, b, ((sum[3] * 255 + count / 2) / count) as u8]),
            }
            *sum = [0; 4];
        }
    }

    /// The shrunk image; rows that never came are gray or transparent.
    pub(crate) fn finish(mut self) -> Pixels {
        if self.rows < self.height && !self.rows.is_multiple_of(self.down) {
            self.flush();
        }
        let (across, down) = (self.across as u32, self.down as u32);
        let (width, height) = (self.width as u32, self.height as u32);
        let (columns, rows) = (width.div_ceil(across), height.div_ceil(down));
        let missing = if self.layout.has_alpha() { 0 } else { 128 };
        self.out.resize(columns as usize * rows as usize * self.layout.channels(), missing);
        Pixels {
            width: columns,
            height: rows,
            layout: self.layout,
            data: self.out,
            extent: (f64::from(width) / f64::from(across), f64::from(height) / f64::from(down)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colors() -> [Option<[u8; 3]>; 256] {
        std::array::from_fn(|index| (index != 9).then_some([index as u8, 0, 200]))
    }

    #[test]
    fn blocks_are_averaged_and_the_last_ones_may_be_smaller() {
        let mut shrink = ShrinkIndexed::new((3, 3), Layout::Rgb, &colors(), (2, 2));
        for row in [[0, 10, 40], [20, 30, 60], [7, 8, 201]] {
            shrink.push(0, &row);
        }
        let pixels = shrink.finish();
        assert_eq!(pixels.data, [15, 0, 200, 50, 0, 200, 8, 0, 200, 201, 0, 200]);
        assert_eq!((pixels.width, pixels.height, pixels.extent), (2, 2, (1.5, 1.5)));
    }

    #[test]
    fn what_is_transparent_or_not_covered_lends_no_color() {
        for (left, factor, expect) in [
            (0, 2, vec![4, 0, 200, 128, 6, 0, 200, 128]),
            (1, 2, vec![4, 0, 200, 128, 6, 0, 200, 128]),
            (1, 1, vec![0, 0, 0, 0, 4, 0, 200, 255, 0, 0, 0, 0, 6, 0, 200, 255]),
            (1, 3, vec![4, 0, 200, 85, 6, 0, 200, 255]),
        ] {
            let mut shrink = ShrinkIndexed::new((4, 1), Layout::Rgba, &colors(), (factor, factor));
            shrink.push(left, &[4, 9, 6, 9]);
            assert_eq!(shrink.finish().data, expect, "from {left} by {factor}");
        }
    }

    #[test]
    fn missing_rows_are_gray_or_transparent() {
        let mut shrink = ShrinkIndexed::new((1, 3), Layout::Rgb, &colors(), (2, 2));
        shrink.push(0, &[5]);
        assert_eq!(shrink.finish().data, [5, 0, 200, 128, 128, 128]);
    }
}
