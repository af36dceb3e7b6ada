//! Computes facts about an original from a small picture of it.

use contract::preset::{Color, Preset};

use crate::fit::{Region, ThumbnailGeometry};
use crate::pixels::{Layout, Pixels};
use crate::{color, resize};

/// Returns a ThumbHash: a few dozen bytes from which a page draws a placeholder. It contains at most seven waves
/// across, and the time to compute it grows with the pixels, so 32 pixels across are enough.
pub(crate) fn thumbhash(small: &Pixels) -> Vec<u8> {
    let from = (small.width, small.height);
    let size = ThumbnailGeometry::for_preset(&Preset::inside("hash", 32, 32), from).size;
    let small = &resize::resize_packed(small, from, Region::whole(from), size);
    let rgb = color::to_rgb(small);
    let rgba: Vec<u8> = match rgb.layout {
        Layout::Rgba => rgb.data,
        _ => rgb.data.chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect(),
    };
    thumbhash::rgba_to_thumb_hash(small.width as usize, small.height as usize, &rgba)
}

/// Returns the mean color of the fullest of 512 cells of the color cube. Ignores transparent pixels.
pub(crate) fn dominant_color(small: &Pixels) -> Color {
    let rgb = color::to_rgb(small);
    let mut cells = vec![(0_u64, [0_u64; 3]); 512];
    for pixel in rgb.data.chunks_exact(rgb.layout.channels()) {
        if pixel.get(3).is_some_and(|alpha| *alpha < 128) {
            continue;
        }
        let cell = pixel[..3].iter().fold(0, |cell, sample| cell << 3 | usize::from(sample >> 5));
        cells[cell].0 += 1;
        for (sum, sample) in cells[cell].1.iter_mut().zip(pixel) {
            *sum += u64::from(*sample);
        }
    }
    let fullest = cells.iter().max_by_key(|cell| cell.0);
    match fullest {
        Some((count, sums)) if *count > 0 => Color(sums.map(|sum| (sum / count) as u8)),
        _ => Color([0, 0, 0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_color_is_dominant() {
        let data = [[200, 10, 10], [204, 10, 10], [0, 0, 255]].concat();
        assert_eq!(dominant_color(&Pixels::new(3, 1, Layout::Rgb, data)), Color([202, 10, 10]));
        assert_eq!(dominant_color(&Pixels::new(1, 1, Layout::Rgba, vec![9, 9, 9, 0])), Color([0, 0, 0]));
    }
}
