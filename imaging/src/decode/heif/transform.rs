//! Applies the transformative properties of an item: the part of a stored picture that is shown, and its
//! orientation.

use crate::decode::heif::boxes::BoxReader;
use crate::fit::Region;
use crate::orient::{oriented_size, stored_region};

/// A part of a picture, in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Window {
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Returns the intersection of two windows, or `None` if it is empty.
    pub(crate) fn intersection(self, other: Self) -> Option<Self> {
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        let end = |start: u32, length: u32| start.saturating_add(length);
        let right = end(self.left, self.width).min(end(other.left, other.width));
        let bottom = end(self.top, self.height).min(end(other.top, other.height));
        let (width, height) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
        (width > 0 && height > 0).then_some(Self { left, top, width, height })
    }
}

/// The part of a stored picture that is shown, and the EXIF orientation of the stored pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ItemTransform {
    pub(crate) window: Window,
    pub(crate) orientation: u8,
}

impl ItemTransform {
    /// Returns the view that shows the whole stored picture.
    pub(crate) fn whole((width, height): (u32, u32)) -> Self {
        Self { window: Window { left: 0, top: 0, width, height }, orientation: 1 }
    }

    /// Applies a property of an item, in the order of the file. Ignores other properties.
    pub(crate) fn apply(&mut self, kind: [u8; 4], property: &[u8]) {
        match (&kind, property.first()) {
            (b"clap", _) => self.crop(property),
            (b"irot", Some(angle)) => (0..angle & 3).for_each(|_| self.turn_left()),
            (b"imir", Some(axis)) => self.mirror(axis & 1 == 1),
            _ => {}
        }
    }

    /// Turns the displayed picture a quarter to the left.
    fn turn_left(&mut self) {
        self.orientation = match self.orientation {
            1 => 8,
            8 => 3,
            3 => 6,
            6 => 1,
            2 => 5,
            5 => 4,
            4 => 7,
            _ => 2,
        };
    }

    /// Mirrors the displayed picture: left and right, or top and bottom.
    fn mirror(&mut self, left_and_right: bool) {
        let across = [2, 1, 4, 3, 6, 5, 8, 7];
        let down = [4, 3, 2, 1, 8, 7, 6, 5];
        let mirrored = if left_and_right { across } else { down };
        self.orientation = mirrored[usize::from(self.orientation.clamp(1, 8)) - 1];
    }

    /// Crops the displayed picture to a clean aperture, which is clamped to the picture. Ignores an aperture that is
    /// empty, or invalid. Rounds as libheif does (`Box_clap` in its `box.cc`): the left edge down, and the top edge and
    /// both lengths to the nearest number.
    fn crop(&mut self, clap: &[u8]) {
        let mut reader = BoxReader(clap);
        let mut number = || reader.u32().map(|number| i64::from(number as i32));
        let mut fraction = || Some((number()?, number()?));
        let fractions = (|| Some([fraction()?, fraction()?, fraction()?, fraction()?]))();
        let Some([across, down, right, below]) = fractions else { return };
        let shown = oriented_size(self.window.size(), self.orientation);
        let (Some((left, width)), Some((top, height))) =
            (aperture(shown.0, across, right, truncate), aperture(shown.1, down, below, round))
        else {
            return;
        };
        let [left, top, width, height] = [left, top, width, height].map(f64::from);
        let stored = stored_region(Region { left, top, width, height }, shown, self.orientation);
        self.window = Window {
            left: self.window.left + stored.left as u32,
            top: self.window.top + stored.top as u32,
            width: stored.width as u32,
            height: stored.height as u32,
        };
    }
}

/// Returns the start and length of a window, from its length and the offset of its center, which are
/// fractions.
fn aperture(
    all: u32,
    length: (i64, i64),
    offset: (i64, i64),
    round_start: fn(i128, i128) -> i128,
) -> Option<(u32, u32)> {
    if length.1 <= 0 || offset.1 <= 0 {
        return None;
    }
    let [all, over, under, shift, by] = [all.into(), length.0, length.1, offset.0, offset.1].map(i128::from);
    let start = round_start(2 * shift * under + (all * under - over) * by, 2 * under * by);
    let end = (start + round(over, under)).min(all);
    let start = start.max(0);
    (start < end).then_some((start as u32, (end - start) as u32))
}

fn truncate(numerator: i128, denominator: i128) -> i128 {
    numerator / denominator
}

fn round(numerator: i128, denominator: i128) -> i128 {
    (numerator + denominator / 2) / denominator
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aperture_is_rounded_and_clamped() {
        for (length, offset, across, down) in [
            ((10, 1), (0, 1), (7, 10), (7, 10)),
            ((9, 1), (-15, 2), (0, 9), (0, 9)),
            ((20, 2), (7, 1), (14, 10), (14, 10)),
            ((9, 1), (0, 1), (7, 9), (8, 9)),
            ((19, 2), (0, 1), (7, 10), (7, 10)),
            ((28, 3), (1, 3), (7, 9), (8, 9)),
            ((10, 1), (8, 1), (15, 9), (15, 9)),
            ((10, 1), (-9, 1), (0, 8), (0, 9)),
            ((i64::from(i32::MAX), 1), (1, i64::from(i32::MAX)), (0, 24), (0, 24)),
        ] {
            assert_eq!(aperture(24, length, offset, truncate), Some(across), "{length:?} {offset:?}");
            assert_eq!(aperture(24, length, offset, round), Some(down), "{length:?} {offset:?}");
        }
        for (length, offset) in
            [((10, 0), (0, 1)), ((10, 1), (0, 0)), ((-10, 1), (0, 1)), ((1, 3), (0, 1)), ((10, 1), (30, 1))]
        {
            assert_eq!(aperture(24, length, offset, round), None, "{length:?} {offset:?}");
        }
    }

    #[test]
    fn properties_apply_in_order() {
        let clap = |numbers: [i32; 8]| numbers.map(i32::to_be_bytes).concat();
        let mut view = ItemTransform::whole((24, 16));
        view.apply(*b"irot", &[1]);
        // The upper half of the turned picture of 16 x 24 pixels is the right half of the stored picture.
        view.apply(*b"clap", &clap([16, 1, 12, 1, 0, 1, -6, 1]));
        assert_eq!(
            view,
            ItemTransform { window: Window { left: 12, top: 0, width: 12, height: 16 }, orientation: 8 }
        );
        view.apply(*b"imir", &[1]);
        view.apply(*b"irot", &[3]);
        assert_eq!(view.orientation, 4);
        for _ in 0..2 {
            view.apply(*b"imir", &[0]);
        }
        assert_eq!(view.orientation, 4);
        view.apply(*b"clap", &clap([12, 1, 4, 1, 0, 1, 6, 1]));
        assert_eq!(view.window, Window { left: 12, top: 0, width: 12, height: 4 });
    }
}
