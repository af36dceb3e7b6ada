//! Encodes the frames of an animated thumbnail.

use contract::preset::{Preset, PresetFormat, ThumbnailFormat};

use crate::animation::flicker::FlickerFilter;
#[cfg(feature = "avif")]
use crate::avif::AvifAnimation;
use crate::clib::{WebpAnimation, WebpQuality};
use crate::graphic;
use crate::pixels::{Layout, Pixels};

/// Returns the format of an animated thumbnail.
pub(super) fn animation_format(preset: &Preset) -> ThumbnailFormat {
    match preset.format {
        PresetFormat::Avif => ThumbnailFormat::Avif,
        _ => ThumbnailFormat::Webp,
    }
}

/// The file of an animation, and its number of frames.
pub(super) struct EncodedAnimation {
    pub(super) bytes: Vec<u8>,
    pub(super) frames: u32,
}

/// An encoder for one animated thumbnail.
pub(super) enum AnimationEncoder {
    Webp(WebpAnimation, FlickerFilter),
    #[cfg(feature = "avif")]
    Avif(AvifAnimation),
}

impl AnimationEncoder {
    /// Begins an animation of the size of `first`, its first frame, that plays `plays` times, or forever if 0.
    pub(super) fn new(preset: &Preset, quality: u8, plays: u32, first: &Pixels) -> Result<Self, String> {
        let size = (first.width, first.height);
        match animation_format(preset) {
            #[cfg(feature = "avif")]
            ThumbnailFormat::Avif => AvifAnimation::new(size, plays, quality).map(Self::Avif),
            #[cfg(not(feature = "avif"))]
            ThumbnailFormat::Avif => Err(crate::encode::NO_AVIF.to_owned()),
            _ => {
                let filter = FlickerFilter::new(quality);
                let sharp = graphic::has_colored_edges(first);
                let quality = WebpQuality::Lossy { colors: quality, alpha: 100, sharp };
                WebpAnimation::new(size, plays, quality).map(|encoder| Self::Webp(encoder, filter))
            }
        }
    }

    /// Adds a frame of RGB or RGBA pixels that is shown from `timestamp` milliseconds on.
    pub(super) fn add(&mut self, frame: &Pixels, timestamp: u32) -> Result<(), String> {
        match self {
            Self::Webp(encoder, filter) => {
                encoder.add(filter.apply(frame), frame.layout == Layout::Rgba, timestamp)
            }
            #[cfg(feature = "avif")]
            Self::Avif(encoder) => encoder.add(frame, timestamp),
        }
    }

    /// Returns the file. Its last frame is shown until `end` milliseconds.
    pub(super) fn finish(self, end: u32) -> Result<EncodedAnimation, String> {
        let (bytes, frames) = match self {
            Self::Webp(encoder, _) => {
                let bytes = encoder.finish(end)?;
                let frames = super::webp::count_frames(&bytes);
                (bytes, frames)
            }
            #[cfg(feature = "avif")]
            Self::Avif(encoder) => encoder.finish(end)?,
        };
        Ok(EncodedAnimation { bytes, frames })
    }
}
