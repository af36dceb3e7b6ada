//! Computes facts about an original from a small picture of it.

use contract::preset::{Color, Preset};

use crate::fit::{Region, ThumbnailGeometry};
use crate::pixels::{Layout, Pixels};
use crate::{Header, SourceFormat, resize};

/// Facts about an original.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The format, detected from the bytes.
    pub format: SourceFormat,
    /// The width in pixels after orientation, even if the thumbnails show only a smaller preview.
    pub width: u32,
    /// The height in pixels after orientation.
    pub height: u32,
    /// The EXIF orientation that was undone.
    pub orientation: u8,
    /// The number of frames of an animation; 1 for a still picture.
    pub frames: u32,
    /// Whether thumbnails of the whole picture have transparent pixels. If many pixels were averaged, a few transparent
    /// ones can be missed.
    pub has_alpha: bool,
    /// Whether the thumbnails show only the readable part: the data ended early or was damaged, or an SVG
    /// contains text or embedded pictures.
    pub partial: bool,
    /// A ThumbHash: about 25 bytes from which a page draws a placeholder.
    pub thumbhash: Vec<u8>,
    /// The most frequent color of the picture.
    pub dominant_color: Color,
}

impl Facts {
    /// Returns the facts about an original from its header, whether it is partial, and a small picture of it.
    pub(crate) fn new(header: &Header, partial: bool, small: &Pixels) -> Self {
        let (width, height) = header.original_size;
        Self {
            format: header.format,
            width,
            height,
            orientation: header.orientation,
            frames: header.frames,
            has_alpha: small.layout.has_alpha(),
            partial,
            thumbhash: thumbhash(small),
            dominant_color: dominant_color(small),
        }
    }
}

/// Returns a ThumbHash: a few dozen bytes from which a page draws a placeholder. It contains at most seven waves
/// across, and the time to compute it grows with the pixels, so 32 pixels across are enough.
fn thumbhash(small: &Pixels) -> Vec<u8> {
    let from = (small.width, small.height);
    let size = ThumbnailGeometry::for_preset(&Preset::inside("hash", 32, 32), from).size;
    let small = &resize::resize_packed(small, from, Region::whole(from), size);
    let rgb = small.to_rgb();
    let rgba: Vec<u8> = match rgb.layout {
        Layout::Rgba => rgb.into_owned().data,
        _ => rgb.data.chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect(),
    };
    thumbhash::rgba_to_thumb_hash(small.width as usize, small.height as usize, &rgba)
}

/// Returns the mean color of the fullest of 512 cells of the color cube. Ignores transparent pixels.
fn dominant_color(small: &Pixels) -> Color {
    let rgb = small.to_rgb();
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
