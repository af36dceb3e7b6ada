//! Removes changes between frames that are too small to see, such as the noise of dithering. Each of them costs bytes.

use crate::pixels::Pixels;

/// The side of a block in pixels.
const BLOCK: usize = 8;

/// The share of pixels in a block that must change little. Where a picture moves, a few pixels that stay would add edges.
const STILL_SHARE: f64 = 0.9;

/// Repeats the pixels of a still block that change by no more than a tolerance. A pixel is compared with what is shown, not
/// with the previous original frame, so slow changes do not add up to more than the tolerance.
pub(super) struct FlickerFilter {
    /// The maximum difference of a channel.
    tolerance: u8,
    shown: Option<Pixels>,
}

impl FlickerFilter {
    /// Creates a filter for a WebP quality. The tolerance is 0 at 100, 6 of 255 at 80, and at most 8. libwebp treats
    /// differences of up to 4 as equal at quality 80.
    pub(super) fn new(quality: u8) -> Self {
        let tolerance = (u32::from(100 - quality.min(100)) * 3 / 10).min(8) as u8;
        Self { tolerance, shown: None }
    }

    /// Returns the pixels to show for a frame.
    pub(super) fn apply(&mut self, frame: &Pixels) -> &[u8] {
        let is_alike = |shown: &Pixels| shown.layout == frame.layout && shown.data.len() == frame.data.len();
        match &mut self.shown {
            Some(shown) if is_alike(shown) => {
                for top in (0..frame.height as usize).step_by(BLOCK) {
                    for left in (0..frame.width as usize).step_by(BLOCK) {
                        update_block(shown, frame, (left, top), self.tolerance);
                    }
                }
            }
            shown => *shown = Some(frame.clone()),
        }
        self.shown.as_ref().map_or(&[], |shown| &shown.data)
    }
}

/// Shows the pixels of a frame in one block.
fn update_block(shown: &mut Pixels, frame: &Pixels, (left, top): (usize, usize), tolerance: u8) {
    let (channels, columns) = (frame.layout.channels(), frame.width as usize);
    let (width, height) = (BLOCK.min(columns - left), BLOCK.min(frame.height as usize - top));
    let rows = (top..top + height).map(|y| {
        let start = (y * columns + left) * channels;
        start..start + width * channels
    });
    let changes = |row: std::ops::Range<usize>, shown: &Pixels| {
        let pixels =
            shown.data[row.clone()].chunks_exact(channels).zip(frame.data[row].chunks_exact(channels));
        pixels.filter(|(shown, pixel)| is_change(shown, pixel, tolerance)).count()
    };
    let changed: usize = rows.clone().map(|row| changes(row, shown)).sum();
    let is_still = changed as f64 <= (width * height) as f64 * (1.0 - STILL_SHARE);
    for row in rows {
        let pixels = frame.data[row.clone()].chunks_exact(channels);
        for (shown, pixel) in shown.data[row].chunks_exact_mut(channels).zip(pixels) {
            if !is_still || is_change(shown, pixel, tolerance) {
                shown.copy_from_slice(pixel);
            }
        }
    }
}

/// Returns whether a pixel changes by more than `tolerance` in a color, or at all in its alpha.
fn is_change(shown: &[u8], pixel: &[u8], tolerance: u8) -> bool {
    shown[..3].iter().zip(&pixel[..3]).any(|(a, b)| a.abs_diff(*b) > tolerance) || shown[3..] != pixel[3..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Layout;

    /// Returns the red and alpha samples that a filter for quality 80 shows of a pixel over time.
    fn filter(samples: &[[u8; 2]]) -> Vec<[u8; 2]> {
        let mut filter = FlickerFilter::new(80);
        let frames = samples.iter().map(|&[red, alpha]| {
            let frame = Pixels::new(1, 1, Layout::Rgba, vec![red, 50, 50, alpha]);
            let shown = filter.apply(&frame);
            [shown[0], shown[3]]
        });
        frames.collect()
    }

    #[test]
    fn small_changes_are_not_shown_but_do_not_add_up() {
        assert_eq!(filter(&[[10, 9], [16, 9], [17, 9], [12, 9]]), [[10, 9], [10, 9], [17, 9], [17, 9]]);
        assert_eq!(filter(&[[10, 9], [14, 9], [18, 9], [22, 9]]), [[10, 9], [10, 9], [18, 9], [18, 9]]);
    }

    #[test]
    fn a_block_that_moves_is_shown_as_it_is() {
        let mut filter = FlickerFilter::new(80);
        let mut samples = [10; BLOCK * BLOCK * 3];
        filter.apply(&Pixels::new(8, 8, Layout::Rgb, samples.to_vec()));
        samples[0] = 11;
        samples[1..8 * 3].fill(90);
        assert_eq!(filter.apply(&Pixels::new(8, 8, Layout::Rgb, samples.to_vec())), samples);
        samples[0] = 12;
        samples[1] = 50;
        let shown = filter.apply(&Pixels::new(8, 8, Layout::Rgb, samples.to_vec()));
        assert_eq!(shown[..2], [12, 50]);
        samples[5 * 3] = 93;
        let shown = filter.apply(&Pixels::new(8, 8, Layout::Rgb, samples.to_vec()));
        assert_eq!(shown[5 * 3], 90);
    }

    #[test]
    fn any_change_of_alpha_is_shown() {
        assert_eq!(filter(&[[10, 9], [11, 8]]), [[10, 9], [11, 8]]);
    }

    #[test]
    fn quality_100_shows_every_change() {
        let mut filter = FlickerFilter::new(100);
        for red in [10, 11] {
            assert_eq!(filter.apply(&Pixels::new(1, 1, Layout::Rgb, vec![red, 0, 0]))[0], red);
        }
    }
}
