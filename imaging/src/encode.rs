//! Pixels to the bytes of a thumbnail: nothing but the picture goes in, and what its preset keeps.

use contract::preset::{Preset, PresetFormat, ThumbnailFormat};

use crate::clib::WebpQuality;
use crate::embed::Extras;
use crate::pixels::{Layout, Pixels};
use crate::{ImageError, clib, color, graphic};

/// How far a thumbnail may be from the picture.
#[derive(Clone, Copy)]
struct Quality {
    /// Of the colors, 1 to 100.
    colors: u8,
    /// Of the alpha of a WebP, 0 to 100.
    alpha: u8,
}

/// Encodes as the preset says; where it sets `max_bytes`, at the best quality that fits.
pub(crate) fn encode(
    pixels: &Pixels,
    preset: &Preset,
    extras: Extras<'_>,
) -> Result<(ThumbnailFormat, Vec<u8>), ImageError> {
    let format = match preset.format {
        PresetFormat::Jpeg => ThumbnailFormat::Jpeg,
        PresetFormat::Png => ThumbnailFormat::Png,
        PresetFormat::Webp => ThumbnailFormat::Webp,
        PresetFormat::Avif => ThumbnailFormat::Avif,
        PresetFormat::Auto if pixels.layout.has_alpha() => ThumbnailFormat::Webp,
        PresetFormat::Auto => ThumbnailFormat::Jpeg,
    };
    let at = |colors, alpha| encode_as(pixels, format, preset, Quality { colors, alpha }, extras);
    let best = at(preset.quality, 100)?;
    let Some(max) = preset.max_bytes.filter(|max| best.len() as u64 > *max) else {
        return Ok((format, best));
    };
    let has_quality = format != ThumbnailFormat::Png;
    let lowers_alpha = format == ThumbnailFormat::Webp && pixels.layout.has_alpha();
    let fits = |bytes: &Vec<u8>| bytes.len() as u64 <= max;
    let mut fitting = None;
    if has_quality {
        fitting = highest(1, preset.quality, |colors| at(colors, 100), fits)?;
    }
    if fitting.is_none() && lowers_alpha {
        // The colors are as low as they can be.
        fitting = highest(0, 100, |alpha| at(1, alpha), fits)?;
    }
    match fitting {
        Some(bytes) => Ok((format, bytes)),
        None => Err(ImageError::Encode {
            reason: format!(
                "preset {} allows {max} bytes, and {} x {} pixels do not fit into them at the lowest quality",
                preset.name, pixels.width, pixels.height
            ),
        }),
    }
}

/// Returns what `at` gives for the highest quality from `low` to below `high` of which the result fits; `None` if that of
/// `low` does not.
fn highest(
    low: u8,
    high: u8,
    at: impl Fn(u8) -> Result<Vec<u8>, ImageError>,
    fits: impl Fn(&Vec<u8>) -> bool,
) -> Result<Option<Vec<u8>>, ImageError> {
    let mut best = at(low)?;
    if !fits(&best) {
        return Ok(None);
    }
    let (mut fitting, mut too_much) = (low, high);
    while too_much - fitting > 1 {
        let middle = fitting + (too_much - fitting) / 2;
        let bytes = at(middle)?;
        if fits(&bytes) {
            (fitting, best) = (middle, bytes);
        } else {
            too_much = middle;
        }
    }
    Ok(Some(best))
}

fn encode_as(
    pixels: &Pixels,
    format: ThumbnailFormat,
    preset: &Preset,
    quality: Quality,
    extras: Extras<'_>,
) -> Result<Vec<u8>, ImageError> {
    let encoded = match format {
        ThumbnailFormat::Jpeg => {
            jpeg(&color::flatten(pixels, preset.background.0), quality.colors, preset.max_bytes.is_some())
        }
        ThumbnailFormat::Png => png(pixels, extras).map_err(|error| error.to_string()),
        ThumbnailFormat::Webp => webp(&color::to_rgb(pixels), quality),
        #[cfg(feature = "avif")]
        ThumbnailFormat::Avif => encode_avif(pixels, quality.colors),
        #[cfg(not(feature = "avif"))]
        ThumbnailFormat::Avif => Err("this program was built without AVIF".to_owned()),
    };
    let file = encoded.map_err(|reason| ImageError::Encode { reason })?;
    Ok(extras.embed(format, file))
}

/// Lossless where the picture is a graphic that takes few bytes so.
fn webp(rgb: &Pixels, quality: Quality) -> Result<Vec<u8>, String> {
    let encode =
        |quality| clib::encode_webp(&rgb.data, rgb.width, rgb.height, rgb.layout == Layout::Rgba, quality);
    let has_edges = graphic::has_colored_edges(rgb);
    let lossy = WebpQuality::Lossy { colors: quality.colors, alpha: quality.alpha, sharp: has_edges };
    if !has_edges && !graphic::has_few_colors(rgb) {
        return encode(lossy);
    }
    let (lossy, lossless) = (encode(lossy)?, encode(WebpQuality::Lossless)?);
    // Edges between colors lose the most in a lossy WebP, whatever its quality is.
    let times = if has_edges { EDGES } else { 1 };
    Ok(if lossless.len() <= lossy.len() * times { lossless } else { lossy })
}

/// How many times the bytes of a lossy WebP a lossless one may take of a picture with colored edges. In the corpus, icons take
/// up to 2.5 times as many, and photographs 4 times and more.
const EDGES: usize = 3;

/// Progressive where bytes are counted and that takes fewer of them. Elsewhere the few percent are not
/// worth encoding twice, which takes as long as decoding a large original.
fn jpeg(pixels: &Pixels, quality: u8, count_bytes: bool) -> Result<Vec<u8>, String> {
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

/// The encoder is code of others that may panic, too.
#[cfg(feature = "avif")]
fn encode_avif(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, String> {
    let rgb = color::to_rgb(pixels);
    crate::guard::guarded(|| crate::encode_avif::encode(&rgb, quality))
        .unwrap_or_else(|| Err("the AVIF encoder gave up on it".to_owned()))
}

fn png(pixels: &Pixels, extras: Extras<'_>) -> Result<Vec<u8>, ::png::EncodingError> {
    let mut bytes = Vec::new();
    let mut info = ::png::Info::with_size(pixels.width, pixels.height);
    info.icc_profile = extras.icc.map(Into::into);
    let mut encoder = ::png::Encoder::with_info(&mut bytes, info)?;
    if let Some(rights) = extras.rights {
        encoder.add_itxt_chunk("XML:com.adobe.xmp".to_owned(), rights.xmp())?;
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
