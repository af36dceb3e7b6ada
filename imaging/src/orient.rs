//! Turns a picture upright.

use crate::fit::Region;
use crate::pixels::Pixels;

/// Returns the part of the stored image that `region` of the upright image shows. The upright image has the
/// size `upright`.
pub(crate) fn stored_region(region: Region, upright: (u32, u32), orientation: u8) -> Region {
    let Region { left, top, width, height } = region;
    let right = f64::from(upright.0) - left - width;
    let bottom = f64::from(upright.1) - top - height;
    let (left, top) = match orientation {
        2 => (right, top),
        3 => (right, bottom),
        4 => (left, bottom),
        5 => (top, left),
        6 => (top, right),
        7 => (bottom, right),
        8 => (bottom, left),
        _ => (left, top),
    };
    if orientation >= 5 {
        Region { left, top, width: height, height: width }
    } else {
        Region { left, top, width, height }
    }
}

/// Returns the size, with width and height exchanged if the orientation turns the picture by a quarter.
pub(crate) fn oriented_size(size: (u32, u32), orientation: u8) -> (u32, u32) {
    if orientation >= 5 { (size.1, size.0) } else { size }
}

/// Returns the upright picture.
pub(crate) fn turn_upright(stored: Pixels, orientation: u8) -> Pixels {
    if !(2..=8).contains(&orientation) {
        return stored;
    }
    let (w, h) = (stored.width as usize, stored.height as usize);
    let channels = stored.layout.channels();
    let (width, height) = oriented_size((stored.width, stored.height), orientation);
    let mut data = Vec::with_capacity(stored.data.len());
    for y in 0..height as usize {
        for x in 0..width as usize {
            let (from_x, from_y) = match orientation {
                2 => (w - 1 - x, y),
                3 => (w - 1 - x, h - 1 - y),
                4 => (x, h - 1 - y),
                5 => (y, x),
                6 => (y, h - 1 - x),
                7 => (w - 1 - y, h - 1 - x),
                _ => (w - 1 - y, x),
            };
            let at = (from_y * w + from_x) * channels;
            data.extend_from_slice(&stored.data[at..at + channels]);
        }
    }
    Pixels::new(width, height, stored.layout, data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Layout;

    #[track_caller]
    fn check(orientation: u8, expect: &[u8]) {
        // abc
        // def
        let stored = Pixels::new(3, 2, Layout::Gray, b"abcdef".to_vec());
        let turned = turn_upright(stored.clone(), orientation);
        assert_eq!(turned.data, expect, "orientation {orientation}");
        // The region of one upright pixel is the position of this pixel in the stored image.
        let size = (turned.width, turned.height);
        for (i, letter) in turned.data.iter().enumerate() {
            let (x, y) = (i as u32 % size.0, i as u32 / size.0);
            let region = Region { left: x.into(), top: y.into(), width: 1.0, height: 1.0 };
            let at = stored_region(region, size, orientation);
            assert_eq!(stored.data[at.top as usize * 3 + at.left as usize], *letter);
        }
    }

    #[test]
    fn each_orientation_is_undone() {
        check(1, b"abcdef");
        check(2, b"cbafed");
        check(3, b"fedcba");
        check(4, b"defabc");
        check(5, b"adbecf");
        check(6, b"daebfc");
        check(7, b"fcebda");
        check(8, b"cfbead");
    }
}
