//! Pixels to the bytes of a thumbnail: nothing but the picture goes in.

use contract::preset::{Preset, PresetFormat, ThumbnailFormat};

use crate::pixels::{Layout, Pixels};
use crate::{ImageError, clib, colour};

/// Encodes as the preset says; where it sets `max_bytes`, at the best quality that fits.
pub(crate) fn encode(pixels: &Pixels, preset: &Preset) -> Result<(ThumbnailFormat, Vec<u8>), ImageError> {
    let format = match preset.format {
        PresetFormat::Jpeg => ThumbnailFormat::Jpeg,
        PresetFormat::Png => ThumbnailFormat::Png,
        PresetFormat::Webp => ThumbnailFormat::Webp,
        PresetFormat::Avif => ThumbnailFormat::Avif,
        PresetFormat::Auto if pixels.layout.has_alpha() => ThumbnailFormat::Webp,
        PresetFormat::Auto => ThumbnailFormat::Jpeg,
    };
    let at = |quality| encode_as(pixels, format, preset, quality);
    let best = at(preset.quality)?;
    let Some(max) = preset.max_bytes.filter(|max| best.len() as u64 > *max) else {
        return Ok((format, best));
    };
    if format == ThumbnailFormat::Png {
        // No quality to lower: the presets' check refuses this, and a larger file is better than none.
        return Ok((format, best));
    }
    // The highest quality that fits; the lowest, if none does.
    let (mut fits, mut too_much) = (1, preset.quality);
    let mut smallest = at(1)?;
    while too_much - fits > 1 {
        let middle = fits + (too_much - fits) / 2;
        let bytes = at(middle)?;
        if bytes.len() as u64 <= max {
            (fits, smallest) = (middle, bytes);
        } else {
            too_much = middle;
        }
    }
    Ok((format, smallest))
}

fn encode_as(
    pixels: &Pixels,
    format: ThumbnailFormat,
    preset: &Preset,
    quality: u8,
) -> Result<Vec<u8>, ImageError> {
    let encoded = match format {
        ThumbnailFormat::Jpeg => {
            jpeg(&colour::flatten(pixels, preset.background.0), quality, preset.max_bytes.is_some())
        }
        ThumbnailFormat::Png => png(pixels).map_err(|error| error.to_string()),
        ThumbnailFormat::Webp => {
            let rgb = colour::to_rgb(pixels);
            clib::encode_webp(&rgb.data, rgb.width, rgb.height, rgb.layout == Layout::Rgba, quality)
        }
        #[cfg(feature = "avif")]
        ThumbnailFormat::Avif => encode_avif(pixels, quality),
        #[cfg(not(feature = "avif"))]
        ThumbnailFormat::Avif => Err("this program was built without AVIF".to_owned()),
    };
    encoded.map_err(|reason| ImageError::Encode { reason })
}

/// Progressive where bytes are counted and that takes fewer of them. Elsewhere the few percent are not
/// worth encoding twice, which takes as long as decoding a large original.
fn jpeg(pixels: &Pixels, quality: u8, count_bytes: bool) -> Result<Vec<u8>, String> {
    let encode = |progressive| {
        clib::encode_jpeg(&pixels.data, pixels.width, pixels.height, pixels.layout, quality, progressive)
    };
    let baseline = encode(false)?;
    if !count_bytes {
        return Ok(baseline);
    }
    let progressive = encode(true)?;
    Ok(if progressive.len() < baseline.len() { progressive } else { baseline })
}

/// The encoder is code of others that may panic, too.
#[cfg(feature = "avif")]
fn encode_avif(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, String> {
    let rgb = colour::to_rgb(pixels);
    crate::guard::guarded(|| crate::encode_avif::encode(&rgb, quality))
        .unwrap_or_else(|| Err("the AVIF encoder gave up on it".to_owned()))
}

fn png(pixels: &Pixels) -> Result<Vec<u8>, ::png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, pixels.width, pixels.height);
    encoder.set_color(match pixels.layout {
        Layout::Gray => ::png::ColorType::Grayscale,
        Layout::GrayAlpha => ::png::ColorType::GrayscaleAlpha,
        Layout::Rgb => ::png::ColorType::Rgb,
        Layout::Rgba | Layout::Cmyk => ::png::ColorType::Rgba,
    });
    encoder.set_depth(::png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels.data)?;
    writer.finish()?;
    Ok(bytes)
}
