//! Composes frames on a canvas, and disposes of them.

use crate::animation::{Disposal, Placement};
use crate::pixels::Pixels;

/// A canvas of RGBA pixels, transparent at first.
pub(super) struct Canvas {
    pub(super) size: (u32, u32),
    pub(super) pixels: Vec<u8>,
    /// The frame that is shown, if it must be disposed of.
    last: Option<Placement>,
    /// The pixels that it covered, if they must be restored.
    restore: Vec<u8>,
}

/// The part of a frame that lies on the canvas.
struct ClippedFrame {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Canvas {
    pub(super) fn new(size: (u32, u32)) -> Self {
        let bytes = size.0 as usize * size.1 as usize * 4;
        Self { size, pixels: vec![0; bytes], last: None, restore: Vec::new() }
    }

    pub(super) fn area(&self) -> u64 {
        u64::from(self.size.0) * u64::from(self.size.1)
    }

    /// Disposes of the previous frame and draws `frame`.
    pub(super) fn draw(&mut self, placement: &Placement, frame: &Pixels) {
        self.begin_frame(placement);
        let rgb = frame.to_rgb();
        let channels = rgb.layout.channels();
        let rows = rgb.data.chunks_exact(placement.width as usize * channels);
        let ClippedFrame { left, top, width, height } = self.clip(placement);
        for (y, from) in rows.take(height).enumerate() {
            let at = ((top + y) * self.size.0 as usize + left) * 4;
            let to = &mut self.pixels[at..at + width * 4];
            match channels {
                3 => copy_opaque(to, from),
                _ if placement.blends => blend_over(to, from),
                _ => to.copy_from_slice(&from[..width * 4]),
            }
        }
    }

    /// Disposes of the previous frame, and prepares the disposal of this one, which has no pixels yet.
    pub(super) fn begin_frame(&mut self, placement: &Placement) {
        if let Some(last) = self.last.take() {
            let covered = std::mem::take(&mut self.restore);
            let ClippedFrame { width, .. } = self.clip(&last);
            for (y, at) in self.row_offsets(&last).enumerate() {
                let to = &mut self.pixels[at..at + width * 4];
                match covered.get(y * width * 4..(y + 1) * width * 4) {
                    Some(row) if last.disposal == Disposal::Restore => to.copy_from_slice(row),
                    _ => to.fill(0),
                }
            }
        }
        if placement.disposal == Disposal::Keep {
            return;
        }
        self.last = Some(*placement);
        if placement.disposal == Disposal::Restore {
            let ClippedFrame { width, .. } = self.clip(placement);
            self.restore = self
                .row_offsets(placement)
                .flat_map(|at| &self.pixels[at..at + width * 4])
                .copied()
                .collect();
        }
    }

    fn clip(&self, placement: &Placement) -> ClippedFrame {
        let left = placement.left.min(self.size.0);
        let top = placement.top.min(self.size.1);
        ClippedFrame {
            left: left as usize,
            top: top as usize,
            width: placement.width.min(self.size.0 - left) as usize,
            height: placement.height.min(self.size.1 - top) as usize,
        }
    }

    /// Returns the offsets at which the rows of a frame begin.
    fn row_offsets(&self, placement: &Placement) -> impl Iterator<Item = usize> + use<> {
        let ClippedFrame { left, top, height, .. } = self.clip(placement);
        let columns = self.size.0 as usize;
        (top..top + height).map(move |y| (y * columns + left) * 4)
    }
}

fn copy_opaque(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.as_chunks_mut::<4>().0.iter_mut().zip(from.as_chunks::<3>().0) {
        *to = [from[0], from[1], from[2], 255];
    }
}

/// Draws pixels over others, by the formula of APNG and WebP.
fn blend_over(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.as_chunks_mut::<4>().0.iter_mut().zip(from.as_chunks::<4>().0) {
        match (from[3], to[3]) {
            (0, _) => {}
            (255, _) | (_, 0) => *to = *from,
            (alpha, below) => {
                let alpha = u32::from(alpha);
                let below = (u32::from(below) * (255 - alpha) + 127) / 255;
                let both = alpha + below;
                for c in 0..3 {
                    let sum = u32::from(from[c]) * alpha + u32::from(to[c]) * below;
                    to[c] = ((sum + both / 2) / both).min(255) as u8;
                }
                to[3] = both.min(255) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Layout;

    /// Returns the red and alpha samples of a canvas of four pixels in a row after it has shown `frames`.
    fn draw_all(frames: &[(u32, &[[u8; 4]], bool, Disposal)]) -> Vec<[u8; 2]> {
        let mut canvas = Canvas::new((4, 1));
        for (left, pixels, blends, disposal) in frames {
            let width = pixels.len() as u32;
            let (blends, disposal) = (*blends, *disposal);
            let placement =
                Placement { left: *left, top: 0, width, height: 1, milliseconds: 1, blends, disposal };
            canvas.draw(&placement, &Pixels::new(width, 1, Layout::Rgba, pixels.concat()));
        }
        canvas.pixels.chunks_exact(4).map(|pixel| [pixel[0], pixel[3]]).collect()
    }

    const A: [u8; 4] = [10, 0, 0, 255];
    const B: [u8; 4] = [20, 0, 0, 255];
    const TRANSPARENT: [u8; 4] = [0; 4];

    #[test]
    fn a_frame_is_disposed_of_before_the_next_is_shown() {
        let first = (0, &[A; 4][..], true, Disposal::Keep);
        let last = (3, &[B][..], true, Disposal::Keep);
        for (disposal, expect) in [
            (Disposal::Keep, [[20, 255], [20, 255]]),
            (Disposal::Clear, [[0, 0], [0, 0]]),
            (Disposal::Restore, [[10, 255], [10, 255]]),
        ] {
            let seen = draw_all(&[first, (1, &[B; 2], true, disposal), last]);
            assert_eq!(seen, [[10, 255], expect[0], expect[1], [20, 255]], "{disposal:?}");
        }
    }

    #[test]
    fn a_transparent_pixel_blends_with_or_replaces_the_pixel_below() {
        let first = (0, &[A; 4][..], true, Disposal::Keep);
        assert_eq!(
            draw_all(&[first, (0, &[TRANSPARENT, B], true, Disposal::Keep)])[..2],
            [[10, 255], [20, 255]]
        );
        assert_eq!(
            draw_all(&[first, (0, &[TRANSPARENT, B], false, Disposal::Keep)])[..2],
            [[0, 0], [20, 255]]
        );
        let half = [110, 0, 0, 51];
        assert_eq!(draw_all(&[first, (0, &[half], true, Disposal::Keep)])[0], [30, 255]);
        assert_eq!(draw_all(&[(0, &[half], true, Disposal::Keep)])[0], [110, 51]);
    }

    #[test]
    fn pixels_outside_the_canvas_are_not_shown() {
        let seen = draw_all(&[(3, &[A, B], true, Disposal::Restore), (9, &[A], true, Disposal::Clear)]);
        assert_eq!(seen, [[0; 2]; 4]);
        assert_eq!(draw_all(&[(3, &[A, B], true, Disposal::Keep)])[3], [10, 255]);
    }
}
