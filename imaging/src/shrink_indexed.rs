//! Averages blocks of palette colors while rows of their indices arrive.

use crate::pixels::{Layout, Pixels};
use crate::shrink::{MAX_FACTOR, shrunk_pixels};

/// The counterpart of [`crate::shrink::Shrinker`] for pixels that are palette indices. The table contains the addends
/// of the sums, so each pixel needs one look-up and one addition.
pub(crate) struct IndexedShrinker {
    width: usize,
    height: usize,
    layout: Layout,
    x_factor: usize,
    y_factor: usize,
    /// The colors as addends: zeros for a transparent color, otherwise the color and a 1.
    colors: [[u32; 4]; 256],
    sums: Vec<[u32; 4]>,
    rows: usize,
    output: Vec<u8>,
}

impl IndexedShrinker {
    /// Creates the shrinker. A color that is `None` is transparent; without such a color, the layout can be
    /// RGB.
    pub(crate) fn new(
        (width, height): (u32, u32),
        layout: Layout,
        colors: &[Option<[u8; 3]>; 256],
        (x_factor, y_factor): (u32, u32),
    ) -> Self {
        debug_assert!(matches!(layout, Layout::Rgb | Layout::Rgba));
        let (x_factor, y_factor) = (x_factor.clamp(1, MAX_FACTOR), y_factor.clamp(1, MAX_FACTOR));
        let columns = width.div_ceil(x_factor) as usize;
        Self {
            width: width as usize,
            height: height as usize,
            layout,
            x_factor: x_factor as usize,
            y_factor: y_factor as usize,
            colors: colors
                .map(|color| color.map_or([0; 4], |[r, g, b]| [u32::from(r), u32::from(g), u32::from(b), 1])),
            sums: vec![[0; 4]; columns],
            rows: 0,
            output: Vec::with_capacity(columns * height.div_ceil(y_factor) as usize * layout.channels()),
        }
    }

    /// Adds the next row. `indices` cover its pixels from `left` on, and the rest is transparent. Ignores
    /// rows after the last.
    pub(crate) fn push(&mut self, left: usize, indices: &[u8]) {
        if self.rows == self.height {
            return;
        }
        self.rows += 1;
        let indices = &indices[..indices.len().min(self.width.saturating_sub(left))];
        if (self.x_factor, self.y_factor) == (1, 1) && indices.len() == self.width {
            self.copy(indices);
            return;
        }
        let (first, skipped) = (left / self.x_factor, left % self.x_factor);
        let (head, rest) = indices.split_at(indices.len().min((self.x_factor - skipped) % self.x_factor));
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
        rest.chunks(self.x_factor).for_each(&mut add);
        if self.rows.is_multiple_of(self.y_factor) || self.rows == self.height {
            self.flush();
        }
    }

    /// Copies a whole row, for blocks of one pixel.
    fn copy(&mut self, indices: &[u8]) {
        let begin = self.output.len();
        self.output.resize(begin + indices.len() * self.layout.channels(), 0);
        let colors = indices.iter().map(|index| self.colors[usize::from(*index)]);
        let output = &mut self.output[begin..];
        match self.layout {
            Layout::Rgb => {
                for (pixel, [r, g, b, _]) in output.as_chunks_mut().0.iter_mut().zip(colors) {
                    *pixel = [r as u8, g as u8, b as u8];
                }
            }
            _ => {
                for (pixel, [r, g, b, a]) in output.as_chunks_mut().0.iter_mut().zip(colors) {
                    *pixel = [r as u8, g as u8, b as u8, (a * 255) as u8];
                }
            }
        }
    }

    fn flush(&mut self) {
        let rows = (self.rows - 1) % self.y_factor + 1;
        for (block, sum) in self.sums.iter_mut().enumerate() {
            let columns = self.x_factor.min(self.width - block * self.x_factor);
            let count = (rows * columns) as u32;
            let opaque = sum[3].max(1);
            let [r, g, b] = [0, 1, 2].map(|c| ((sum[c] + opaque / 2) / opaque) as u8);
            match self.layout {
                Layout::Rgb => self.output.extend([r, g, b]),
                _ => self.output.extend([r, g, b, ((sum[3] * 255 + count / 2) / count) as u8]),
            }
            *sum = [0; 4];
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn colors() -> [Option<[u8; 3]>; 256] {
        std::array::from_fn(|index| (index != 9).then_some([index as u8, 0, 200]))
    }

    #[test]
    fn blocks_are_averaged_and_the_last_ones_can_be_smaller() {
        let mut shrinker = IndexedShrinker::new((3, 3), Layout::Rgb, &colors(), (2, 2));
        for row in [[0, 10, 40], [20, 30, 60], [7, 8, 201]] {
            shrinker.push(0, &row);
        }
        let pixels = shrinker.finish();
        assert_eq!(pixels.data, [15, 0, 200, 50, 0, 200, 8, 0, 200, 201, 0, 200]);
        assert_eq!((pixels.width, pixels.height, pixels.extent), (2, 2, (1.5, 1.5)));
    }

    #[test]
    fn transparent_and_uncovered_pixels_contribute_no_color() {
        for (left, factor, expect) in [
            (0, 2, vec![4, 0, 200, 128, 6, 0, 200, 128]),
            (1, 2, vec![4, 0, 200, 128, 6, 0, 200, 128]),
            (1, 1, vec![0, 0, 0, 0, 4, 0, 200, 255, 0, 0, 0, 0, 6, 0, 200, 255]),
            (1, 3, vec![4, 0, 200, 85, 6, 0, 200, 255]),
        ] {
            let mut shrinker = IndexedShrinker::new((4, 1), Layout::Rgba, &colors(), (factor, factor));
            shrinker.push(left, &[4, 9, 6, 9]);
            assert_eq!(shrinker.finish().data, expect, "from {left} by {factor}");
        }
    }

    #[test]
    fn missing_rows_are_gray_or_transparent() {
        let mut shrinker = IndexedShrinker::new((1, 3), Layout::Rgb, &colors(), (2, 2));
        shrinker.push(0, &[5]);
        assert_eq!(shrinker.finish().data, [5, 0, 200, 128, 128, 128]);
    }
}
