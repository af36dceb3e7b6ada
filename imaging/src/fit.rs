//! Computes the size of a thumbnail, and the part of the original that it shows.

use contract::preset::{Fit, Gravity, Preset};

/// A part of an image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Region {
    /// Returns the region of a whole image.
    pub(crate) fn whole((width, height): (u32, u32)) -> Self {
        Self { left: 0.0, top: 0.0, width: f64::from(width), height: f64::from(height) }
    }
}

/// The size of a thumbnail, and of the part of the original that it shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ThumbnailGeometry {
    /// The size of the thumbnail.
    pub(crate) size: (u32, u32),
    /// The size of the part of the original that is kept.
    pub(crate) source_size: (f64, f64),
}

impl ThumbnailGeometry {
    /// Returns the shape of a thumbnail. A thumbnail is never larger than its original, because enlarging adds no
    /// detail. A sliver keeps at least one pixel.
    pub(crate) fn for_preset(preset: &Preset, (width, height): (u32, u32)) -> Self {
        let (w, h) = (f64::from(width), f64::from(height));
        let side = |pixels: f64| pixels.round().max(1.0) as u32;
        match preset.fit {
            Fit::Inside => {
                let scale = (f64::from(preset.width) / w).min(f64::from(preset.height) / h).min(1.0);
                let size = (side(w * scale).min(preset.width), side(h * scale).min(preset.height));
                Self { size, source_size: (w, h) }
            }
            Fit::Cover => {
                let size = (preset.width.min(width), preset.height.min(height));
                let scale = (f64::from(size.0) / w).max(f64::from(size.1) / h);
                let source_size = |pixels: u32, of: f64| (f64::from(pixels) / scale).min(of);
                Self { size, source_size: (source_size(size.0, w), source_size(size.1, h)) }
            }
        }
    }

    /// Returns the ratios of the kept width and height to those of the thumbnail. For a sliver, the two ratios differ a
    /// lot.
    pub(crate) fn ratios(&self) -> (f64, f64) {
        let ratio = |source_size: f64, size: u32| (source_size / f64::from(size)).max(1.0);
        (ratio(self.source_size.0, self.size.0), ratio(self.source_size.1, self.size.1))
    }

    /// Returns the kept part. `crop_offset` is the fraction, 0 to 1, of the cropped pixels that lie before
    /// it.
    pub(crate) fn region(&self, (width, height): (u32, u32), crop_offset: (f64, f64)) -> Region {
        Region {
            left: (f64::from(width) - self.source_size.0) * crop_offset.0,
            top: (f64::from(height) - self.source_size.1) * crop_offset.1,
            width: self.source_size.0,
            height: self.source_size.1,
        }
    }
}

impl ThumbnailGeometry {
    /// Returns the crop offset that puts `center`, in fractions of the width and the height, in the center of
    /// the kept part, or as near to it as the edges allow.
    pub(crate) fn offset_around(&self, (width, height): (u32, u32), center: (f64, f64)) -> (f64, f64) {
        let offset = |side: u32, source_size: f64, center: f64| {
            let cut = f64::from(side) - source_size;
            if cut > 0.0 {
                ((center * f64::from(side) - source_size / 2.0) / cut).clamp(0.0, 1.0)
            } else {
                0.5
            }
        };
        (offset(width, self.source_size.0, center.0), offset(height, self.source_size.1, center.1))
    }
}

/// Returns the crop offset of a gravity, or `None` for `Saliency`, which depends on the picture.
pub(crate) fn crop_offset(gravity: Gravity) -> Option<(f64, f64)> {
    match gravity {
        Gravity::Center => Some((0.5, 0.5)),
        Gravity::Start => Some((0.0, 0.0)),
        Gravity::End => Some((1.0, 1.0)),
        Gravity::Saliency => None,
    }
}

/// Returns the crop offset that keeps the most detail, measured by the sum of luma gradients. The small gray
/// picture is cropped to `source_size`, in fractions of its width and height.
pub(crate) fn salient_offset(
    gray: &[u8],
    width: usize,
    height: usize,
    source_size: (f64, f64),
) -> (f64, f64) {
    let at = |x: usize, y: usize| i32::from(gray[y * width + x]);
    let mut columns = vec![0_u64; width];
    let mut rows = vec![0_u64; height];
    for (y, row) in rows.iter_mut().enumerate() {
        for (x, column) in columns.iter_mut().enumerate() {
            let right = at((x + 1).min(width - 1), y) - at(x, y);
            let down = at(x, (y + 1).min(height - 1)) - at(x, y);
            let detail = u64::from(right.unsigned_abs() + down.unsigned_abs());
            *column += detail;
            *row += detail;
        }
    }
    (densest_window(&columns, source_size.0), densest_window(&rows, source_size.1))
}

/// Returns the position of the window over `share` of the sums with the greatest total. Among equal positions, returns
/// the middle one.
fn densest_window(sums: &[u64], share: f64) -> f64 {
    let window = ((sums.len() as f64 * share).round() as usize).clamp(1, sums.len());
    let places = sums.len() - window;
    let total = |place: usize| sums[place..place + window].iter().sum::<u64>();
    let Some(max_total) = (0..=places).map(total).max() else { return 0.5 };
    let first = (0..=places).find(|place| total(*place) == max_total).unwrap_or(0);
    let last = (0..=places).rev().find(|place| total(*place) == max_total).unwrap_or(0);
    if places == 0 { 0.5 } else { (first + last) as f64 / 2.0 / places as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn inside(from: (u32, u32), bounds: (u32, u32), expect: (u32, u32)) {
        assert_eq!(
            ThumbnailGeometry::for_preset(&Preset::inside("p", bounds.0, bounds.1), from).size,
            expect
        );
    }

    #[track_caller]
    fn cover(from: (u32, u32), bounds: (u32, u32), expect: (u32, u32), source_size: (f64, f64)) {
        let preset = Preset { fit: Fit::Cover, ..Preset::inside("p", bounds.0, bounds.1) };
        assert_eq!(
            ThumbnailGeometry::for_preset(&preset, from),
            ThumbnailGeometry { size: expect, source_size }
        );
    }

    #[test]
    fn inside_keeps_the_proportions() {
        inside((4000, 3000), (128, 128), (128, 96));
        inside((3000, 4000), (128, 128), (96, 128));
        inside((64, 64), (128, 128), (64, 64));
        inside((10000, 1), (128, 128), (128, 1));
        inside((1, 10000), (128, 128), (1, 128));
        inside((330, 220), (256, 256), (256, 171));
    }

    #[test]
    fn cover_fills_the_bounds_if_the_original_has_enough_pixels() {
        cover((4000, 3000), (100, 100), (100, 100), (3000.0, 3000.0));
        cover((400, 50), (100, 100), (100, 50), (100.0, 50.0));
        cover((50, 60), (100, 100), (50, 60), (50.0, 60.0));
    }

    #[test]
    fn the_window_moves_to_the_detail() {
        assert_eq!(densest_window(&[0, 0, 0, 9], 0.25), 1.0);
        assert_eq!(densest_window(&[9, 0, 0, 0], 0.25), 0.0);
        assert_eq!(densest_window(&[1, 1, 1, 1], 0.5), 0.5);
    }
}
