//! Decodes encoded bytes to pixels. Each format has a file or a folder.
//!
//! Every format has two functions: `header` returns the size without decoding pixels, and `decode` returns pixels. A
//! decoder can shrink by an integer factor while it decodes, so that a large original is never completely in memory.

mod bmp;
mod dds;
pub(crate) mod gif;
pub(crate) mod heif;
mod ico;
mod jp2;
pub(crate) mod jpeg;
#[cfg(feature = "jxl")]
mod jxl;
mod lab;
pub(crate) mod lzw;
pub(crate) mod png;
mod psd;
mod rare;
pub(crate) mod raw;
#[cfg(feature = "svg")]
mod svg;
pub(crate) mod tiff;
pub(crate) mod webp;

use crate::budget::WorkBudget;
use crate::guard::catch_panic;
use crate::orient::oriented_size;
use crate::pixels::Raster;
use crate::shrink::MAX_FACTOR;
use crate::{FastPaths, Header, ImageError, Limits, SourceFormat};

/// The limits for decoding a file, and the size that its thumbnails need.
#[derive(Clone, Copy)]
pub(crate) struct DecodeRequest<'a> {
    /// The ratios of the width and height of the stored original to those of the largest thumbnail.
    pub(crate) ratios: (f64, f64),
    pub(crate) limits: &'a Limits,
    pub(crate) paths: FastPaths,
    pub(crate) budget: &'a WorkBudget<'a>,
}

impl DecodeRequest<'_> {
    /// Returns the smaller of the two ratios.
    fn min_ratio(&self) -> f64 {
        self.ratios.0.min(self.ratios.1)
    }

    /// Returns the factors, across and down, for averaging blocks of pixels. At least twice the pixels of the thumbnail
    /// remain. The resize filter then hides the artifacts of the box filter.
    pub(crate) fn shrink_factors(&self) -> (u32, u32) {
        let factor = |min_ratio: f64| ((min_ratio / 2.0) as u32).clamp(1, MAX_FACTOR);
        if self.paths.shrink { (factor(self.ratios.0), factor(self.ratios.1)) } else { (1, 1) }
    }

    fn check_memory(&self, bytes: u64) -> Result<(), ImageError> {
        self.limits.check_memory(bytes)
    }
}

/// The result of a decoder.
pub(crate) struct DecodeOutput {
    pub(crate) raster: Raster,
    pub(crate) icc: Option<Vec<u8>>,
    /// Whether the data ended early or was repaired, or a part of it is not supported.
    pub(crate) partial: bool,
}

pub(crate) fn header(original: &[u8], format: SourceFormat, limits: &Limits) -> Result<Header, ImageError> {
    let header = || match format {
        SourceFormat::Jpeg => jpeg::header(original),
        SourceFormat::Png => png::header(original),
        SourceFormat::Gif => gif::header(original),
        SourceFormat::Webp => webp::header(original, limits),
        SourceFormat::Tiff => tiff::header(original),
        SourceFormat::Bmp => bmp::header(original),
        SourceFormat::Ico => ico::header(original),
        SourceFormat::Avif | SourceFormat::Heic => heif::header(original, format),
        SourceFormat::Raw => raw::header(original),
        SourceFormat::Jp2 => jp2::header(original),
        #[cfg(feature = "jxl")]
        SourceFormat::Jxl => jxl::header(original, limits),
        #[cfg(not(feature = "jxl"))]
        SourceFormat::Jxl => Err(ImageError::Unsupported { format: "JPEG XL" }),
        #[cfg(feature = "svg")]
        SourceFormat::Svg => svg::header(original, limits),
        #[cfg(not(feature = "svg"))]
        SourceFormat::Svg => Err(ImageError::Unsupported { format: "SVG" }),
        SourceFormat::Psd => psd::header(original),
        SourceFormat::Dds => dds::header(original),
        SourceFormat::Pnm | SourceFormat::Qoi | SourceFormat::Tga | SourceFormat::Hdr | SourceFormat::Exr => {
            rare::header(original, format)
        }
    };
    catch_panic(header).unwrap_or_else(|| Err(panic_error(format)))
}

pub(crate) fn decode(
    original: &[u8],
    header: &Header,
    request: &DecodeRequest<'_>,
) -> Result<DecodeOutput, ImageError> {
    let decode = || match header.format {
        SourceFormat::Jpeg => jpeg::decode(original, request),
        SourceFormat::Png => png::decode(original, request),
        SourceFormat::Gif => gif::decode(original, request),
        SourceFormat::Webp => webp::decode(original, request),
        SourceFormat::Tiff => tiff::decode(original, request),
        SourceFormat::Bmp => bmp::decode(original, request),
        SourceFormat::Ico => ico::decode(original, request),
        SourceFormat::Avif | SourceFormat::Heic => heif::decode(original, header.format, request),
        SourceFormat::Raw => raw::decode(original, request),
        SourceFormat::Jp2 => jp2::decode(original, request),
        #[cfg(feature = "jxl")]
        SourceFormat::Jxl => jxl::decode(original, request),
        #[cfg(not(feature = "jxl"))]
        SourceFormat::Jxl => Err(ImageError::Unsupported { format: "JPEG XL" }),
        #[cfg(feature = "svg")]
        SourceFormat::Svg => svg::decode(original, request),
        #[cfg(not(feature = "svg"))]
        SourceFormat::Svg => Err(ImageError::Unsupported { format: "SVG" }),
        SourceFormat::Psd => psd::decode(original, request),
        SourceFormat::Dds => dds::decode(original, request),
        SourceFormat::Pnm | SourceFormat::Qoi | SourceFormat::Tga | SourceFormat::Hdr | SourceFormat::Exr => {
            rare::decode(original, header.format, request)
        }
    };
    let decoded = catch_panic(decode).unwrap_or_else(|| Err(panic_error(header.format)));
    // After a cancellation, the result does not depend on the file.
    if request.budget.is_canceled() { Err(ImageError::Canceled) } else { decoded }
}

fn panic_error(format: SourceFormat) -> ImageError {
    ImageError::damaged(format, "the decoder failed")
}

/// Returns a header for a picture with the stored size `stored`.
fn upright_header(
    format: SourceFormat,
    stored: (u32, u32),
    orientation: u8,
    frames: u32,
    memory: u64,
) -> Header {
    let (width, height) = oriented_size(stored, orientation);
    Header { format, width, height, original_size: (width, height), orientation, frames, memory }
}

/// Undoes the multiplication of the colors of `pixel` by its alpha, the last sample.
fn divide_by_alpha(pixel: &mut [u8]) {
    let Some((alpha, colors)) = pixel.split_last_mut() else { return };
    for color in colors {
        *color = (u32::from(*color) * 255).checked_div(u32::from(*alpha)).unwrap_or(0).min(255) as u8;
    }
}
