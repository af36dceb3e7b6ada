//! Converts planes of luma and chroma to RGB.

use crate::ImageError;
use crate::decode::heif::container::ColorCoding;
use crate::decode::heif::transform::Window;
use crate::pixels::{Layout, Plane};
use crate::resize::round_fixed_point;
use crate::shrink::Shrinker;

/// The sample format of a decoded picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SampleFormat {
    pub(crate) size: (u32, u32),
    /// The shifts from luma to chroma coordinates, across and down; `None` for a gray picture.
    pub(crate) chroma: Option<(u32, u32)>,
    pub(crate) full_range: bool,
    pub(crate) matrix: u8,
    /// The code points of H.273 for primaries and transfer characteristics that the stream declares; 2 if it declares
    /// none.
    pub(crate) cicp: (u8, u8),
}

/// A decoded picture.
pub(crate) trait DecodedPicture {
    fn format(&self) -> SampleFormat;

    /// Appends `width` samples of row `y` of a plane, from column `x` on, to `line`, in 8 bits.
    fn read(&self, plane: usize, x: usize, y: usize, width: usize, line: &mut Vec<u8>);
}

/// Rounds a sample of `depth` bits to 8 bits.
pub(crate) fn round_to_8_bits(sample: u16, depth: u8) -> u8 {
    let (sample, shift) = (u32::from(sample), u32::from(depth.saturating_sub(8)));
    ((sample + (1 << shift >> 1)) >> shift).min(255) as u8
}

/// A part of a picture with 8 bits per sample.
pub(crate) struct PicturePlanes {
    luma: Plane,
    /// The chroma planes, and the shifts of their coordinates.
    colors: Option<([Plane; 2], (u32, u32))>,
}

impl PicturePlanes {
    /// Returns whether blocks can be averaged plane by plane, because each luma block covers whole chroma
    /// samples.
    pub(crate) fn can_shrink(format: SampleFormat, window: Window, (across, down): (u32, u32)) -> bool {
        let (x_shift, y_shift) = format.chroma.unwrap_or_default();
        let is_even = |number: u32, shift: u32| number & ((1 << shift) - 1) == 0;
        is_even(across | window.left, x_shift) && is_even(down | window.top, y_shift)
    }

    /// Returns the number of bytes that the planes of such a part hold.
    pub(crate) fn memory((width, height): (u32, u32), (across, down): (u32, u32)) -> u64 {
        let pixels = u64::from(width.div_ceil(across)) * u64::from(height.div_ceil(down));
        // Three planes, and one row of each with its sums.
        pixels * 3 + u64::from(width) * 16
    }

    /// Reads a part of a picture, and averages blocks of `factor` pixels.
    pub(crate) fn new(source: &dyn DecodedPicture, window: Window, factor: (u32, u32)) -> Self {
        let mut line = Vec::new();
        let mut plane = |index: usize, (x_shift, y_shift): (u32, u32)| {
            let end = |start: u32, length: u32, shift: u32| (start + length).div_ceil(1 << shift);
            let (left, top) = (window.left >> x_shift, window.top >> y_shift);
            let width = end(window.left, window.width, x_shift) - left;
            let height = end(window.top, window.height, y_shift) - top;
            let factor = ((factor.0 >> x_shift).max(1), (factor.1 >> y_shift).max(1));
            let mut shrinker = Shrinker::new(width, height, Layout::Gray, factor);
            for y in top..top + height {
                line.clear();
                source.read(index, left as usize, y as usize, width as usize, &mut line);
                line.resize(width as usize, 128);
                shrinker.push(&line);
            }
            let pixels = shrinker.finish();
            Plane { width: pixels.width, height: pixels.height, data: pixels.data, extent: pixels.extent }
        };
        let luma = plane(0, (0, 0));
        let colors = source.format().chroma.map(|(x_shift, y_shift)| {
            // If blocks are averaged, chroma has the same size as luma.
            let left = (x_shift * u32::from(factor.0 == 1), y_shift * u32::from(factor.1 == 1));
            ([plane(1, (x_shift, y_shift)), plane(2, (x_shift, y_shift))], left)
        });
        Self { luma, colors }
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        (self.luma.width, self.luma.height)
    }

    /// Writes row `y` as RGB, `channels` samples per pixel. `odd` is 1 on an axis where the part begins
    /// between two chroma samples.
    pub(crate) fn write_rgb_row(
        &self,
        y: usize,
        odd: (u32, u32),
        conversion: &RgbConversion,
        row: &mut [u8],
        channels: usize,
    ) {
        let pixels = plane_row(&self.luma, y).iter().zip(row.chunks_exact_mut(channels));
        let Some((planes, (x_shift, y_shift))) = &self.colors else {
            return pixels.for_each(|(luma, pixel)| pixel[..3].fill(conversion.gray(*luma)));
        };
        let at = (y + (odd.1 * y_shift) as usize) >> y_shift;
        let (blue, red) = (plane_row(&planes[0], at), plane_row(&planes[1], at));
        let shift = odd.0 * x_shift;
        for (x, (luma, pixel)) in pixels.enumerate() {
            let at = (x + shift as usize) >> x_shift;
            let (Some(u), Some(v)) = (blue.get(at), red.get(at)) else { break };
            pixel[..3].copy_from_slice(&conversion.rgb(*luma, *u, *v));
        }
    }

    /// Writes row `y` of the luma at full range.
    pub(crate) fn write_luma_row(&self, y: usize, conversion: &RgbConversion, row: &mut [u8]) {
        plane_row(&self.luma, y).iter().zip(row).for_each(|(luma, to)| *to = conversion.gray(*luma));
    }
}

fn plane_row(plane: &Plane, y: usize) -> &[u8] {
    let width = plane.width as usize;
    plane.data.get(y * width..(y + 1) * width).unwrap_or_default()
}

/// A conversion by a matrix of H.273 to RGB, with 16 fractional bits.
#[derive(Clone, Copy)]
pub(crate) struct RgbConversion {
    /// Whether the samples are green, blue, and red without conversion.
    identity: bool,
    black: i32,
    luma: i32,
    /// The factors of the two chroma samples.
    red: (i32, i32),
    green: (i32, i32),
    blue: (i32, i32),
}

impl RgbConversion {
    /// Returns the conversion of a picture. The container takes precedence over the stream.
    pub(crate) fn for_format(
        format: SampleFormat,
        color_coding: Option<ColorCoding>,
    ) -> Result<Self, ImageError> {
        let (primaries, matrix, full_range) = match color_coding {
            Some(ColorCoding { primaries, matrix, full_range, .. }) => (primaries, matrix, full_range),
            None => (2, format.matrix, format.full_range),
        };
        Self::new(matrix, primaries, !full_range)
    }

    fn new(matrix: u8, primaries: u8, limited: bool) -> Result<Self, ImageError> {
        let (red, blue) = match (matrix, primaries) {
            (1, _) | (12, 1 | 2) => (0.2126, 0.0722),
            (4, _) => (0.30, 0.11),
            (7, _) => (0.212, 0.087),
            (9, _) | (12, 9) => (0.2627, 0.0593),
            (12, 11 | 12) => (0.2290, 0.0793),
            // BT.601, also for unspecified matrices.
            (0 | 2 | 3 | 5 | 6 | 8, _) => (0.299, 0.114),
            // This includes constant luminance, whose luma is not a sum of the other samples, and the lossless variants
            // of YCgCo, whose samples have other ranges.
            _ => return Err(ImageError::Unsupported { format: "the color matrix of this picture" }),
        };
        let green = 1.0 - red - blue;
        let (luma, chroma) = if limited { (255.0 / 219.0, 255.0 / 224.0) } else { (1.0, 1.0) };
        let from = match matrix {
            // YCgCo.
            8 => [(-1.0, 1.0), (1.0, 0.0), (-1.0, -1.0)],
            _ => [
                (0.0, 2.0 * (1.0 - red)),
                (-2.0 * blue * (1.0 - blue) / green, -2.0 * red * (1.0 - red) / green),
                (2.0 * (1.0 - blue), 0.0),
            ],
        };
        let fixed = |factor: f64| (factor * 65536.0).round() as i32;
        let pair = |(u, v): (f64, f64)| (fixed(u * chroma), fixed(v * chroma));
        Ok(Self {
            identity: matrix == 0,
            black: if limited { 16 } else { 0 },
            luma: fixed(luma),
            red: pair(from[0]),
            green: pair(from[1]),
            blue: pair(from[2]),
        })
    }

    fn gray(&self, y: u8) -> u8 {
        round_fixed_point((i32::from(y) - self.black) * self.luma)
    }

    #[inline(always)]
    fn rgb(&self, y: u8, u: u8, v: u8) -> [u8; 3] {
        if self.identity {
            return [v, y, u].map(|sample| self.gray(sample));
        }
        let (y, u, v) = ((i32::from(y) - self.black) * self.luma, i32::from(u) - 128, i32::from(v) - 128);
        [self.red, self.green, self.blue].map(|(by_u, by_v)| round_fixed_point(y + by_u * u + by_v * v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(matrix: u8, limited: bool, yuv: [u8; 3], expect: [u8; 3]) {
        let [y, u, v] = yuv;
        assert_eq!(RgbConversion::new(matrix, 2, limited).unwrap().rgb(y, u, v), expect);
    }

    #[test]
    fn white_black_and_primaries_are_converted() {
        for matrix in [1, 6, 9] {
            check(matrix, true, [235, 128, 128], [255; 3]);
            check(matrix, true, [16, 128, 128], [0; 3]);
            check(matrix, false, [255, 128, 128], [255; 3]);
        }
        check(6, false, [76, 85, 255], [254, 0, 0]);
        check(1, true, [63, 102, 240], [255, 1, 0]);
        check(0, false, [10, 20, 30], [30, 10, 20]);
        check(0, true, [16, 235, 126], [128, 0, 255]);
        // Green and orange, each with a complementary part.
        check(8, false, [128, 128, 128], [128; 3]);
        check(8, false, [100, 140, 158], [118, 112, 58]);
        check(8, true, [235, 128, 128], [255; 3]);
        assert_eq!(RgbConversion::new(0, 2, false).unwrap().gray(77), 77);
        // Constant luminance of BT.2020, and lossless YCgCo.
        assert!([10, 15].into_iter().all(|matrix| RgbConversion::new(matrix, 9, false).is_err()));
    }
}
