//! Encoded bytes to pixels: one file for each format.
//!
//! Every format answers twice: `header` says the size without touching pixels, `decode` gives pixels. A
//! decoder may shrink by a whole factor on the way, so that a large original is never held in full.

mod bmp;
pub(crate) mod gif;
mod heif;
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
pub(crate) mod tiff;
pub(crate) mod webp;

use crate::guard::guarded;
use crate::pixels::Raster;
use crate::shrink::MAX_FACTOR;
use crate::work::Work;
use crate::{FastPaths, Header, ImageError, Limits, SourceFormat};

/// What a decoder is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// How many times wider and higher the original, as it is stored, is than the largest thumbnail.
    pub(crate) ratios: (f64, f64),
    pub(crate) limits: &'a Limits,
    pub(crate) paths: FastPaths,
    pub(crate) work: &'a Work<'a>,
}

impl Request<'_> {
    /// The lesser of the two ratios.
    fn ratio(&self) -> f64 {
        self.ratios.0.min(self.ratios.1)
    }

    /// The factors to average blocks of pixels by, across and down. At least twice the thumbnail's pixels remain,
    /// for the filter that follows to work on: what a box lets through is then too fine to be seen.
    pub(crate) fn shrink(&self) -> (u32, u32) {
        let factor = |ratio: f64| ((ratio / 2.0) as u32).clamp(1, MAX_FACTOR);
        if self.paths.shrink { (factor(self.ratios.0), factor(self.ratios.1)) } else { (1, 1) }
    }

    fn check_memory(&self, bytes: u64) -> Result<(), ImageError> {
        self.limits.check_memory(bytes)
    }
}

/// What a decoder hands on.
pub(crate) struct Decoded {
    pub(crate) raster: Raster,
    pub(crate) icc: Option<Vec<u8>>,
    /// Whether the data ended early or was repaired.
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
        SourceFormat::Psd => psd::header(original),
        SourceFormat::Pnm
        | SourceFormat::Qoi
        | SourceFormat::Tga
        | SourceFormat::Hdr
        | SourceFormat::Exr
        | SourceFormat::Dds => rare::header(original, format),
    };
    guarded(header).unwrap_or_else(|| Err(panicked(format)))
}

pub(crate) fn decode(original: &[u8], header: &Header, request: &Request<'_>) -> Result<Decoded, ImageError> {
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
        SourceFormat::Psd => psd::decode(original, request),
        SourceFormat::Pnm
        | SourceFormat::Qoi
        | SourceFormat::Tga
        | SourceFormat::Hdr
        | SourceFormat::Exr
        | SourceFormat::Dds => rare::decode(original, header.format, request),
    };
    let decoded = guarded(decode).unwrap_or_else(|| Err(panicked(header.format)));
    // What a decoder makes of an interrupted file is neither damage nor a picture.
    if request.work.is_stopped() { Err(ImageError::Cancelled) } else { decoded }
}

fn panicked(format: SourceFormat) -> ImageError {
    ImageError::damaged(format, "the decoder gave up on it")
}

/// A header with the sides as they are stored, turned upright.
fn upright(format: SourceFormat, stored: (u32, u32), orientation: u8, frames: u32, memory: u64) -> Header {
    let (width, height) = if orientation >= 5 { (stored.1, stored.0) } else { stored };
    Header { format, width, height, orientation, frames, memory }
}

/// Undoes the multiplication of the colors of `pixel` with its alpha, the last sample.
fn divide_by_alpha(pixel: &mut [u8]) {
    let Some((alpha, colors)) = pixel.split_last_mut() else { return };
    for color in colors {
        *color = (u32::from(*color) * 255).checked_div(u32::from(*alpha)).unwrap_or(0).min(255) as u8;
    }
}
