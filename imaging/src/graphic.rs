//! Distinguishes graphics, such as icons, screenshots, and line art, from photographs.

use std::collections::HashSet;

use crate::pixels::Pixels;

/// The maximum length of the longer side of an icon, in pixels. Shared chroma would blur the colors of an icon, and its
/// file is small in every format.
const MAX_ICON_SIDE: u32 = 64;

/// The minimum difference between the chroma of a pixel and of its block of 2 x 2 pixels at a colored edge.
const MIN_EDGE_CHROMA: i32 = 16;

/// A picture has colored edges if more than one in this many samples lies at such an edge. In the corpus, photographs
/// have at most one such sample in 140, and graphics have at least one in 30.
const SAMPLES_PER_EDGE: usize = 50;

/// The maximum number of block rows that are examined.
const MAX_BLOCK_ROWS: usize = 128;

/// The maximum number of colors of line art. A gray photograph has up to 256 colors.
const MAX_LINE_ART_COLORS: usize = 64;

/// Returns whether a picture loses its colored edges if each block of 2 x 2 pixels shares its chroma.
pub(crate) fn has_colored_edges(pixels: &Pixels) -> bool {
    let channels = pixels.layout.channels();
    if channels < 3 {
        return false;
    }
    if pixels.width.max(pixels.height) <= MAX_ICON_SIDE {
        return true;
    }
    let row_bytes = pixels.width as usize * channels;
    let pairs = pixels.data.chunks_exact(row_bytes * 2);
    let step = pairs.len().div_ceil(MAX_BLOCK_ROWS).max(1);
    let (mut edges, mut examined) = (0, 0);
    for pair in pairs.step_by(step) {
        let (upper, lower) = pair.split_at(row_bytes);
        for (upper, lower) in upper.chunks_exact(channels * 2).zip(lower.chunks_exact(channels * 2)) {
            let block = [&upper[..3], &upper[channels..], &lower[..3], &lower[channels..]].map(chroma);
            let mean = |of: fn(&(i32, i32)) -> i32| block.iter().map(of).sum::<i32>() / 4;
            let (blue, red) = (mean(|chroma| chroma.0), mean(|chroma| chroma.1));
            let is_edge =
                |chroma: &&(i32, i32)| (chroma.0 - blue).abs().max((chroma.1 - red).abs()) > MIN_EDGE_CHROMA;
            edges += block.iter().filter(is_edge).count();
            examined += block.len();
        }
    }
    edges * SAMPLES_PER_EDGE > examined
}

/// Returns the blue and red chroma of a pixel, as JPEG defines them.
fn chroma(rgb: &[u8]) -> (i32, i32) {
    let [red, green, blue] = [0, 1, 2].map(|c| i32::from(rgb[c]));
    ((128 * blue - 43 * red - 85 * green) >> 8, (128 * red - 107 * green - 21 * blue) >> 8)
}

/// Returns whether a small palette could hold all colors of the picture.
pub(crate) fn has_few_colors(pixels: &Pixels) -> bool {
    let mut colors = HashSet::new();
    let mut previous: &[u8] = &[];
    for pixel in pixels.data.chunks_exact(pixels.layout.channels()) {
        if pixel != previous && colors.insert(pixel) && colors.len() > MAX_LINE_ART_COLORS {
            return false;
        }
        previous = pixel;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Layout;

    fn picture(color: impl Fn(u32, u32) -> [u8; 3]) -> Pixels {
        let data = (0..100 * 100).flat_map(|at| color(at % 100, at / 100)).collect();
        Pixels::new(100, 100, Layout::Rgb, data)
    }

    #[test]
    fn edges_of_color_count_and_edges_of_brightness_do_not() {
        assert!(has_colored_edges(&picture(|x, y| if (x / 3 + y / 3) % 2 == 0 {
            [220, 20, 20]
        } else {
            [20, 20, 220]
        })));
        assert!(!has_colored_edges(&picture(|x, y| [if (x / 3 + y / 3) % 2 == 0 { 20 } else { 220 }; 3])));
        assert!(!has_colored_edges(&picture(|x, y| [x as u8 * 2, y as u8 * 2, 100])));
    }

    #[test]
    fn colors_are_counted_up_to_a_palette() {
        assert!(has_few_colors(&picture(|x, y| [(x / 4) as u8, (y % 2) as u8, 0])));
        assert!(!has_few_colors(&picture(|x, y| [x as u8, y as u8, 0])));
    }
}
