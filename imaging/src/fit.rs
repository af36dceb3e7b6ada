//! How large a thumbnail becomes, and which part of the original it shows.

use contract::preset::{Fit, Gravity, Preset};

/// A part of an image, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Region {
    /// All of an image of a size.
    pub(crate) fn whole((width, height): (u32, u32)) -> Self {
        Self { left: 0.0, top: 0.0, width: f64::from(width), height: f64::from(height) }
    }
}

/// What a preset makes of an original of some size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shape {
    /// The thumbnail's size.
    pub(crate) size: (u32, u32),
    /// The size of the part of the original that is kept.
    pub(crate) kept: (f64, f64),
}

impl Shape {
    /// Never larger than the original: a thumbnail invents no pixels. A sliver keeps at least one pixel.
    pub(crate) fn of(preset: &Preset, (width, height): (u32, u32)) -> Self {
        let (w, h) = (f64::from(width), f64::from(height));
        let side = |pixels: f64| pixels.round().max(1.0) as u32;
        match preset.fit {
            Fit::Inside => {
                let scale = (f64::from(preset.width) / w).min(f64::from(preset.height) / h).min(1.0);
                let size = (side(w * scale).min(preset.width), side(h * scale).min(preset.height));
                Self { size, kept: (w, h) }
            }
            Fit::Cover => {
                let size = (preset.width.min(width), preset.height.min(height));
                let scale = (f64::from(size.0) / w).max(f64::from(size.1) / h);
                let kept = |pixels: u32, of: f64| (f64::from(pixels) / scale).min(of);
                Self { size, kept: (kept(size.0, w), kept(size.1, h)) }
            }
        }
    }

    /// How many times wider and higher what is kept is than the thumbnail. Of a sliver, the two are far apart.
    pub(crate) fn ratios(&self) -> (f64, f64) {
        let ratio = |kept: f64, size: u32| (kept / f64::from(size)).max(1.0);
        (ratio(self.kept.0, self.size.0), ratio(self.kept.1, self.size.1))
    }

    /// Where the kept part lies. `crop_offset` gives the share, 0 to 1, of what is cut off that is cut off
    /// before it.
    pub(crate) fn region(&self, (width, height): (u32, u32), crop_offset: (f64, f64)) -> Region {
        Region {
            left: (f64::from(width) - self.kept.0) * crop_offset.0,
            top: (f64::from(height) - self.kept.1) * crop_offset.1,
            width: self.kept.0,
            height: self.kept.1,
        }
    }
}

impl Shape {
    /// The crop_offset that has `middle`, shares of the width and the height, in the middle of the kept part, or as near to it
    /// as the edges allow.
    pub(crate) fn offset_around(&self, (width, height): (u32, u32), middle: (f64, f64)) -> (f64, f64) {
        let offset = |side: u32, kept: f64, middle: f64| {
            let cut = f64::from(side) - kept;
            if cut > 0.0 { ((middle * f64::from(side) - kept / 2.0) / cut).clamp(0.0, 1.0) } else { 0.5 }
        };
        (offset(width, self.kept.0, middle.0), offset(height, self.kept.1, middle.1))
    }
}

/// The share of the crop_offset before the kept part; of `Saliency`, it is found in the picture.
pub(crate) fn crop_offset(gravity: Gravity) -> Option<(f64, f64)> {
    match gravity {
        Gravity::Center => Some((0.5, 0.5)),
        Gravity::Start => Some((0.0, 0.0)),
        Gravity::End => Some((1.0, 1.0)),
        Gravity::Saliency => None,
    }
}

/// The crop_offset that keeps the most detail, by the sum of the luma's gradients, of a small gray picture that
/// is cropped to `kept` (shares of its width and height).
pub(crate) fn salient(gray: &[u8], width: usize, height: usize, kept: (f64, f64)) -> (f64, f64) {
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
    (densest(&columns, kept.0), densest(&rows, kept.1))
}

/// Where a window over `share` of the sums holds the most; the middle of several equal places.
fn densest(sums: &[u64], share: f64) -> f64 {
    let window = ((sums.len() as f64 * share).round() as usize).clamp(1, sums.len());
    let places = sums.len() - window;
    let total = |place: usize| sums[place..place + window].iter().sum::<u64>();
    let Some(most) = (0..=places).map(total).max() else { return 0.5 };
    let first = (0..=places).find(|place| total(*place) == most).unwrap_or(0);
    let last = (0..=places).rev().find(|place| total(*place) == most).unwrap_or(0);
    if places == 0 { 0.5 } else { (first + last) as f64 / 2.0 / places as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn inside(from: (u32, u32), bounds: (u32, u32), expect: (u32, u32)) {
        assert_eq!(Shape::of(&Preset::inside("p", bounds.0, bounds.1), from).size, expect);
    }

    #[track_caller]
    fn cover(from: (u32, u32), bounds: (u32, u32), expect: (u32, u32), kept: (f64, f64)) {
        let preset = Preset { fit: Fit::Cover, ..Preset::inside("p", bounds.0, bounds.1) };
        assert_eq!(Shape::of(&preset, from), Shape { size: expect, kept });
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
    fn cover_fills_the_bounds_as_far_as_there_are_pixels() {
        cover((4000, 3000), (100, 100), (100, 100), (3000.0, 3000.0));
        cover((400, 50), (100, 100), (100, 50), (100.0, 50.0));
        cover((50, 60), (100, 100), (50, 60), (50.0, 60.0));
    }

    #[test]
    fn the_window_goes_where_the_detail_is() {
        assert_eq!(densest(&[0, 0, 0, 9], 0.25), 1.0);
        assert_eq!(densest(&[9, 0, 0, 0], 0.25), 0.0);
        assert_eq!(densest(&[1, 1, 1, 1], 0.5), 0.5);
    }
}
