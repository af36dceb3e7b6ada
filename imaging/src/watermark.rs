//! Decodes the watermarks of presets, and draws them over thumbnails.

use std::collections::BTreeMap;
use std::ops::Range;

use contract::preset::Preset;
use contract::watermark::{Position, Watermark};

use crate::budget::WorkBudget;
use crate::decode::{self, DecodeRequest};
use crate::fit::Region;
use crate::pixels::{Layout, Pixels};
use crate::{DisplayTransform, FastPaths, ImageError, Limits, SourceFormat, color, format, resize};

/// The maximum number of pixels of all watermarks together, because all of them stay in memory.
const MAX_PIXELS: u64 = 4_000_000;
/// The maximum number of bytes for decoding one watermark.
const MAX_MEMORY: u64 = 64 << 20;
/// The distance of a watermark in a corner from both edges is the shorter side of the thumbnail, divided by this.
const MARGIN_DIVISOR: u32 = 32;

/// The decoded watermarks by the files that presets name.
#[derive(Debug, Default)]
pub struct Watermarks(BTreeMap<String, Pixels>);

/// No watermarks, for presets without one.
pub(crate) static NO_WATERMARKS: Watermarks = Watermarks(BTreeMap::new());

impl Watermarks {
    /// The maximum length of the file of a watermark, in bytes.
    pub const MAX_BYTES: u64 = 1 << 20;

    /// Decodes the PNG that presets name as `file`.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes are not a complete PNG, if there are more than 1 MiB of them, or if all
    /// watermarks together have more than 4,000,000 pixels.
    pub fn add(&mut self, file: &str, png: &[u8]) -> Result<(), ImageError> {
        let used: u64 = self.0.values().map(|pixels| pixels.data.len() as u64 / 4).sum();
        let max_pixels = MAX_PIXELS.saturating_sub(used);
        let limits = Limits { max_bytes: Self::MAX_BYTES, max_pixels, max_memory: MAX_MEMORY };
        self.0.insert(file.to_owned(), decode_png(png, &limits)?);
        Ok(())
    }

    fn get(&self, watermark: &Watermark) -> Result<&Pixels, ImageError> {
        let missing =
            || ImageError::Encode { reason: format!("the watermark {} is missing", watermark.file) };
        self.0.get(&watermark.file).ok_or_else(missing)
    }

    /// Returns the maximum number of bytes that the watermarks of `thumbnails` hold, if each preset has a thumbnail
    /// with this number of pixels. Returns an error if a watermark is missing.
    pub(crate) fn memory<'a>(
        &self,
        thumbnails: impl Iterator<Item = (&'a Preset, u64)>,
    ) -> Result<u64, ImageError> {
        let (mut scaled, mut largest) = (0, 0);
        for (preset, area) in thumbnails {
            if let Some(watermark) = &preset.watermark {
                // The scaled watermarks of all animated thumbnails exist at the same time.
                scaled += area * 4;
                largest = self.get(watermark)?.data.len().max(largest);
            }
        }
        if largest == 0 {
            return Ok(0);
        }
        // The resizer copies a channel of one watermark to 16 bits, and may hold another copy after its first pass.
        let decoded: usize = self.0.values().map(|pixels| pixels.data.len()).sum();
        Ok(scaled + (decoded + largest) as u64)
    }
}

/// Decodes a PNG to upright sRGB pixels with alpha.
fn decode_png(png: &[u8], limits: &Limits) -> Result<Pixels, ImageError> {
    limits.check_bytes(png)?;
    let format = format::sniff(png)?;
    if format != SourceFormat::Png {
        return Err(ImageError::Unsupported { format: format.display_name() });
    }
    let header = decode::header(png, format, limits)?;
    limits.check_header(&header)?;
    let upright = (header.width, header.height);
    let area = u64::from(header.width) * u64::from(header.height);
    let budget = WorkBudget::new(png.len() as u64, area, &|| false);
    let request = DecodeRequest { ratios: (1.0, 1.0), limits, paths: FastPaths::NONE, budget: &budget };
    let decoded = decode::decode(png, &header, &request)?;
    if decoded.partial {
        return Err(ImageError::damaged(format, "only a part of it is readable"));
    }
    let display = DisplayTransform { icc: decoded.icc, upright, orientation: header.orientation };
    let pixels = display.thumbnail(&decoded.raster, Region::whole(upright), upright, false);
    let pixels = pixels.to_rgb().into_owned();
    if pixels.layout == Layout::Rgba {
        return Ok(pixels);
    }
    let data = pixels.data.as_chunks().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    Ok(Pixels::new(pixels.width, pixels.height, Layout::Rgba, data))
}

/// The watermark of a preset, scaled for thumbnails of one size.
pub(crate) struct ScaledWatermark {
    /// The pixels, with the opacity in their alpha channel.
    pixels: Pixels,
    columns: Range<u32>,
    rows: Range<u32>,
}

impl ScaledWatermark {
    /// Returns the watermark for thumbnails of `preset` with `size` pixels, or `None` if the preset has no watermark.
    /// `icc` is the profile of the thumbnail if it is not sRGB.
    pub(crate) fn new(
        preset: &Preset,
        watermarks: &Watermarks,
        size: (u32, u32),
        icc: Option<&[u8]>,
    ) -> Result<Option<Self>, ImageError> {
        let Some(watermark) = &preset.watermark else { return Ok(None) };
        let whole = watermarks.get(watermark)?;
        let margin = match watermark.position {
            Position::Center | Position::Tile => 0,
            _ => size.0.min(size.1) / MARGIN_DIVISOR,
        };
        let original = (whole.width, whole.height);
        let width = f64::from(size.0) * watermark.width;
        let bounds = (width.min(f64::from(size.0 - 2 * margin)), f64::from(size.1 - 2 * margin));
        let scaled_size = scaled_size(original, bounds);
        let scaled = resize::resize_packed(whole, original, Region::whole(original), scaled_size);
        let mut pixels = color::from_srgb(scaled, icc);
        for alpha in pixels.data.iter_mut().skip(3).step_by(4) {
            *alpha = (f64::from(*alpha) * watermark.opacity).round() as u8;
        }
        let (columns, rows) = place(watermark.position, size, scaled_size, margin);
        Ok(Some(Self { pixels, columns, rows }))
    }

    /// Returns the thumbnail with the watermark. A thumbnail that stays gray keeps its layout.
    pub(crate) fn draw_over(&self, thumbnail: Pixels) -> Pixels {
        let was_gray = thumbnail.layout.is_gray();
        let mut drawn = if was_gray { thumbnail.to_rgb().into_owned() } else { thumbnail };
        let channels = drawn.layout.channels();
        let (marks, _) = self.pixels.data.as_chunks::<4>();
        for y in self.rows.clone() {
            let row = ((y - self.rows.start) % self.pixels.height) * self.pixels.width;
            for x in self.columns.clone() {
                let mark = marks[(row + (x - self.columns.start) % self.pixels.width) as usize];
                let at = (y as usize * drawn.width as usize + x as usize) * channels;
                blend(mark, &mut drawn.data[at..at + channels]);
            }
        }
        if was_gray { drawn.collapse_gray() } else { drawn }
    }
}

/// Returns the size of a watermark within `bounds`. It is never enlarged, and has at least one pixel.
fn scaled_size(original: (u32, u32), bounds: (f64, f64)) -> (u32, u32) {
    let (width, height) = (f64::from(original.0), f64::from(original.1));
    let scale = (bounds.0 / width).min(bounds.1 / height).min(1.0);
    let side = |pixels: f64, bound: f64| pixels.round().min(bound.floor()).max(1.0) as u32;
    (side(width * scale, bounds.0), side(height * scale, bounds.1))
}

/// Returns the columns and rows of a thumbnail of `size` that a watermark of the size `mark` covers.
fn place(position: Position, size: (u32, u32), mark: (u32, u32), margin: u32) -> (Range<u32>, Range<u32>) {
    let (right, bottom) = (size.0 - margin - mark.0, size.1 - margin - mark.1);
    let (left, top) = match position {
        Position::TopLeft => (margin, margin),
        Position::TopRight => (right, margin),
        Position::BottomLeft => (margin, bottom),
        Position::BottomRight => (right, bottom),
        Position::Center => (right / 2, bottom / 2),
        Position::Tile => return (0..size.0, 0..size.1),
    };
    (left..left + mark.0, top..top + mark.1)
}

/// Blends a pixel of a watermark over a pixel with three samples, or with four if it has alpha.
fn blend(mark: [u8; 4], below: &mut [u8]) {
    let over = u32::from(mark[3]);
    let opacity_below = below.get(3).map_or(255, |alpha| u32::from(*alpha)) * (255 - over);
    let opacity = over * 255 + opacity_below;
    if opacity == 0 {
        return;
    }
    for (color, below) in mark.iter().zip(below.iter_mut()).take(3) {
        let sum = u32::from(*color) * over * 255 + u32::from(*below) * opacity_below;
        *below = ((sum + opacity / 2) / opacity) as u8;
    }
    if let Some(alpha) = below.get_mut(3) {
        *alpha = ((opacity + 127) / 255) as u8;
    }
}
