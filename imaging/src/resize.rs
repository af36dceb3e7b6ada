//! Pixels to fewer pixels.
//!
//! In gamma space, as libvips, Pillow and browsers do by default: that is what a thumbnail is held
//! against, and the small gain of linear light on fine bright detail costs a pass over every sample.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x2, U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use crate::fit::Region;
use crate::pixels::{Layout, Pixels, Plane, Raster};

impl Raster {
    /// `region` of the original, which measures `original`, as `size` pixels.
    pub(crate) fn resize(&self, original: (u32, u32), region: Region, size: (u32, u32)) -> Pixels {
        match self {
            Self::Packed(pixels) => packed(pixels, original, region, size),
            Self::Ycc(planes) => {
                let planes = planes.each_ref().map(|plane| plane.resize(original, region, size));
                let mut data = Vec::with_capacity(planes[0].len() * 3);
                for ((y, cb), cr) in planes[0].iter().zip(&planes[1]).zip(&planes[2]) {
                    data.extend(rgb(*y, *cb, *cr));
                }
                Pixels::new(size.0, size.1, Layout::Rgb, data)
            }
        }
    }
}

/// `region` of the original, which measures `original`, as `size` pixels.
pub(crate) fn packed(pixels: &Pixels, original: (u32, u32), region: Region, size: (u32, u32)) -> Pixels {
    let region = in_pixels(region, original, pixels.extent);
    let convolve = match pixels.layout {
        Layout::Gray => convolve::<U8>,
        Layout::GrayAlpha => convolve::<U8x2>,
        Layout::Rgb => convolve::<U8x3>,
        Layout::Rgba | Layout::Cmyk => convolve::<U8x4>,
    };
    let alpha = pixels.layout.has_alpha();
    let data = convolve(&pixels.data, (pixels.width, pixels.height), alpha, region, size);
    Pixels::new(size.0, size.1, pixels.layout, data)
}

impl Plane {
    fn resize(&self, original: (u32, u32), region: Region, size: (u32, u32)) -> Vec<u8> {
        let region = in_pixels(region, original, self.extent);
        convolve::<U8>(&self.data, (self.width, self.height), false, region, size)
    }
}

/// From the original's pixels to those that are left after shrinking.
fn in_pixels(region: Region, original: (u32, u32), extent: (f64, f64)) -> Region {
    let (x, y) = (extent.0 / f64::from(original.0), extent.1 / f64::from(original.1));
    Region { left: region.left * x, top: region.top * y, width: region.width * x, height: region.height * y }
}

/// With the kind of the pixels known here, the program holds the code of these few kinds alone.
fn convolve<P: PixelTrait>(
    data: &[u8],
    from: (u32, u32),
    alpha: bool,
    region: Region,
    size: (u32, u32),
) -> Vec<u8> {
    let whole = (region.left, region.top) == (0.0, 0.0)
        && (region.width, region.height) == (f64::from(size.0), f64::from(size.1));
    if whole && from == size {
        return data.to_vec();
    }
    // Rounding may put the region's end a hair past the last pixel.
    let left = region.left.clamp(0.0, f64::from(from.0) - 1e-3);
    let top = region.top.clamp(0.0, f64::from(from.1) - 1e-3);
    let width = region.width.min(f64::from(from.0) - left);
    let height = region.height.min(f64::from(from.1) - top);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(left, top, width, height)
        .use_alpha(alpha);
    let mut out = vec![0; size.0 as usize * size.1 as usize * P::size()];
    let source = TypedImageRef::<P>::from_buffer(from.0, from.1, data);
    let target = TypedImage::<P>::from_buffer(size.0, size.1, &mut out);
    let done = source
        .ok()
        .zip(target.ok())
        .map(|(source, mut target)| Resizer::new().resize_typed(&source, &mut target, &options));
    debug_assert!(matches!(done, Some(Ok(()))), "{done:?}");
    out
}

/// BT.601 at full range, as JFIF says.
pub(crate) fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(y) << 16, i32::from(cb) - 128, i32::from(cr) - 128);
    let sample = |value: i32| ((value + (1 << 15)) >> 16).clamp(0, 255) as u8;
    [sample(y + 91_881 * cr), sample(y - 22_554 * cb - 46_802 * cr), sample(y + 116_130 * cb)]
}

/// A light unsharp mask: what a small picture loses to the filter, given back.
pub(crate) fn sharpen(pixels: &mut Pixels) {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let channels = pixels.layout.channels();
    let colours = channels - usize::from(pixels.layout.has_alpha());
    let source = pixels.data.clone();
    for y in 0..height {
        for x in 0..width {
            for c in 0..colours {
                let at = |x: usize, y: usize| i32::from(source[(y * width + x) * channels + c]);
                let (left, right) = (x.saturating_sub(1), (x + 1).min(width - 1));
                let (up, down) = (y.saturating_sub(1), (y + 1).min(height - 1));
                let around = at(left, y) + at(right, y) + at(x, up) + at(x, down);
                let sharp = at(x, y) + (at(x, y) * 4 - around) / 10;
                pixels.data[(y * width + x) * channels + c] = sharp.clamp(0, 255) as u8;
            }
        }
    }
}
