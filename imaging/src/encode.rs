//! Encodes the pixels of a thumbnail, with the metadata that its preset keeps.

use contract::preset::{Preset, PresetFormat, ThumbnailFormat};

use crate::clib::WebpQuality;
use crate::embed::EmbeddedMetadata;
use crate::pixels::{Layout, Pixels};
use crate::{ImageError, clib, color, graphic};

/// The reason why a build without the feature `avif` writes no AVIF.
#[cfg(not(feature = "avif"))]
pub(crate) const NO_AVIF: &str = "this program was built without AVIF support";

/// The quality of a lossy file.
#[derive(Clone, Copy)]
struct Quality {
    /// The quality of the colors, 1 to 100.
    colors: u8,
    /// The quality of the alpha channel of a WebP, 0 to 100.
    alpha: u8,
}

/// Encodes a thumbnail by its preset. If the preset sets `max_bytes`, uses the highest quality that fits.
pub(crate) fn encode(
    pixels: &Pixels,
    preset: &Preset,
    metadata: EmbeddedMetadata<'_>,
) -> Result<(ThumbnailFormat, Vec<u8>), ImageError> {
    let format = match preset.format {
        PresetFormat::Jpeg => ThumbnailFormat::Jpeg,
        PresetFormat::Png => ThumbnailFormat::Png,
        PresetFormat::Webp => ThumbnailFormat::Webp,
        PresetFormat::Avif => ThumbnailFormat::Avif,
        PresetFormat::Auto if pixels.layout.has_alpha() => ThumbnailFormat::Webp,
        PresetFormat::Auto => ThumbnailFormat::Jpeg,
    };
    let encode_at = |colors, alpha| encode_as(pixels, format, preset, Quality { colors, alpha }, metadata);
    let best = encode_at(preset.quality, 100)?;
    let Some(max) = preset.max_bytes.filter(|max| best.len() as u64 > *max) else {
        return Ok((format, best));
    };
    let has_quality = format != ThumbnailFormat::Png;
    let lowers_alpha = format == ThumbnailFormat::Webp && pixels.layout.has_alpha();
    let fits = |bytes: &Vec<u8>| bytes.len() as u64 <= max;
    let mut fitting = None;
    if has_quality {
        fitting = highest_fitting(1, preset.quality, |colors| encode_at(colors, 100), fits)?;
    }
    if fitting.is_none() && lowers_alpha {
        // The quality of the colors is already the lowest.
        fitting = highest_fitting(0, 100, |alpha| encode_at(1, alpha), fits)?;
    }
    match fitting {
        Some(bytes) => Ok((format, bytes)),
        None => Err(ImageError::Encode {
            reason: format!(
                "preset {} allows {max} bytes, but {} x {} pixels need more even at the lowest quality",
                preset.name, pixels.width, pixels.height
            ),
        }),
    }
}

/// Returns the file of the highest quality from `low` to below `high` that fits, or `None` if even that of
/// `low` does not. `encode_at` encodes at a quality.
fn highest_fitting(
    low: u8,
    high: u8,
    encode_at: impl Fn(u8) -> Result<Vec<u8>, ImageError>,
    fits: impl Fn(&Vec<u8>) -> bool,
) -> Result<Option<Vec<u8>>, ImageError> {
    let mut best = encode_at(low)?;
    if !fits(&best) {
        return Ok(None);
    }
    let (mut fitting, mut too_large) = (low, high);
    while too_large - fitting > 1 {
        let middle = fitting + (too_large - fitting) / 2;
        let bytes = encode_at(middle)?;
        if fits(&bytes) {
            (fitting, best) = (middle, bytes);
        } else {
            too_large = middle;
        }
    }
    Ok(Some(best))
}

fn encode_as(
    pixels: &Pixels,
    format: ThumbnailFormat,
    preset: &Preset,
    quality: Quality,
    metadata: EmbeddedMetadata<'_>,
) -> Result<Vec<u8>, ImageError> {
    let encoded = match format {
        ThumbnailFormat::Jpeg => encode_jpeg(
            &color::flatten(pixels, preset.background.0),
            quality.colors,
            preset.max_bytes.is_some(),
        ),
        ThumbnailFormat::Png => encode_png(pixels, metadata).map_err(|error| error.to_string()),
        ThumbnailFormat::Webp => encode_webp(&pixels.to_rgb(), quality),
        #[cfg(feature = "avif")]
        ThumbnailFormat::Avif => crate::avif::encode(&pixels.to_rgb(), quality.colors),
        #[cfg(not(feature = "avif"))]
        ThumbnailFormat::Avif => Err(NO_AVIF.to_owned()),
    };
    let file = encoded.map_err(|reason| ImageError::Encode { reason })?;
    Ok(metadata.embed(format, file))
}

/// Encodes a graphic losslessly if that takes few bytes, and other pictures lossily.
fn encode_webp(rgb: &Pixels, quality: Quality) -> Result<Vec<u8>, String> {
    let encode =
        |quality| clib::encode_webp(&rgb.data, rgb.width, rgb.height, rgb.layout == Layout::Rgba, quality);
    let has_edges = graphic::has_colored_edges(rgb);
    let lossy = WebpQuality::Lossy { colors: quality.colors, alpha: quality.alpha, sharp: has_edges };
    if !has_edges && !graphic::has_few_colors(rgb) {
        return encode(lossy);
    }
    let (lossy, lossless) = (encode(lossy)?, encode(WebpQuality::Lossless)?);
    // Lossy WebP damages colored edges the most, at every quality.
    let max_ratio = if has_edges { MAX_LOSSLESS_RATIO } else { 1 };
    Ok(if lossless.len() <= lossy.len() * max_ratio { lossless } else { lossy })
}

/// The maximum ratio of the bytes of a lossless WebP to a lossy one, for a picture with colored edges. In the
/// corpus, icons reach 2.5 and photographs start at 4.
const MAX_LOSSLESS_RATIO: usize = 3;

/// Encodes a progressive JPEG only if `max_bytes` is set and it is smaller. Otherwise, the few percent do not
/// justify encoding twice, which takes as long as decoding a large original.
fn encode_jpeg(pixels: &Pixels, quality: u8, count_bytes: bool) -> Result<Vec<u8>, String> {
    let whole_chroma = graphic::has_colored_edges(pixels);
    let encode = |progressive| {
        let Pixels { data, width, height, layout, .. } = pixels;
        clib::encode_jpeg(data, *width, *height, *layout, quality, progressive, whole_chroma)
    };
    let baseline = encode(false)?;
    if !count_bytes {
        return Ok(baseline);
    }
    let progressive = encode(true)?;
    Ok(if progressive.len() < baseline.len() { progressive } else { baseline })
}

fn encode_png(pixels: &Pixels, metadata: EmbeddedMetadata<'_>) -> Result<Vec<u8>, ::png::EncodingError> {
    let mut bytes = Vec::new();
    let mut info = ::png::Info::with_size(pixels.width, pixels.height);
    info.icc_profile = metadata.icc.map(Into::into);
    let mut encoder = ::png::Encoder::with_info(&mut bytes, info)?;
    if let Some(rights) = metadata.rights {
        encoder.add_itxt_chunk("XML:com.adobe.xmp".to_owned(), rights.to_xmp())?;
    }
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
