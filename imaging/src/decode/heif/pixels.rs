//! Decodes the pictures of HEIC and AVIF tile by tile. Only one tile is in memory at a time, and the kept pixels are
//! already shrunk.

use std::cell::Cell;

use crate::decode::heif::av1;
use crate::decode::heif::boxes::find_box;
use crate::decode::heif::container::{
    self, Codec, CodedStream, ColorCoding, Content, HeifPicture, Overlay, Tiles, area,
};
#[cfg(feature = "heic")]
use crate::decode::heif::hevc;
use crate::decode::heif::sequence;
use crate::decode::heif::transform::{ItemTransform, Window};
use crate::decode::heif::yuv::{DecodedPicture, PicturePlanes, RgbConversion};
use crate::decode::{DecodeOutput, DecodeRequest, divide_by_alpha, upright_header};
use crate::pixels::{Layout, Pixels, Raster};
use crate::shrink::Shrinker;
use crate::{Header, ImageError, SourceFormat, limits, orient, profiles};

/// Returns the picture of a file: its primary item, or the first frame of a sequence if there is no such
/// item.
pub(crate) fn read_picture(original: &[u8], format: SourceFormat) -> Result<HeifPicture<'_>, ImageError> {
    let damaged = |reason| ImageError::damaged(format, reason);
    let boxes = find_box(original, b"meta").and_then(|meta| meta.get(4..));
    if let Some(still) = boxes.and_then(|boxes| container::read_still(original, format, boxes)) {
        return still;
    }
    let Some(moov) = find_box(original, b"moov") else {
        return Err(damaged(if boxes.is_some() { "it has no primary item" } else { "it has no meta box" }));
    };
    sequence::first_frame(original, moov).ok_or_else(|| damaged("it has no readable frame"))
}

/// Reads the header. `format` is the format that the brands indicate; the header declares the format of the streams.
pub(crate) fn header(original: &[u8], format: SourceFormat) -> Result<Header, ImageError> {
    let picture = read_picture(original, format)?;
    let memory = memory(&picture, (1, 1)).max(memory(&picture, (2, 2)));
    let format = match codec(&picture) {
        Some(Codec::Av1) => SourceFormat::Avif,
        Some(Codec::Hevc) => SourceFormat::Heic,
        None => format,
    };
    let frames = if format == SourceFormat::Avif { sequence::count_frames(original, &picture) } else { 1 };
    let ItemTransform { window, orientation } = picture.transform;
    Ok(upright_header(format, window.size(), orientation, frames, memory))
}

pub(crate) fn decode(
    original: &[u8],
    format: SourceFormat,
    request: &DecodeRequest<'_>,
) -> Result<DecodeOutput, ImageError> {
    let whole = read_picture(original, format)?;
    let small = whole.thumbnail.as_deref().filter(|small| has_enough_pixels(small, &whole, request));
    let (picture, factor) = small.map_or((&whole, request.shrink_factors()), |small| (small, (1, 1)));
    request.check_memory(memory(picture, factor))?;
    let cicp = Cell::new(None);
    let pixels = decode_picture(picture, format, factor, request, &cicp)?;
    let is_gray = pixels.layout.is_gray();
    // A thumbnail need not declare the colors of its picture again.
    let states_colors = |picture: &&HeifPicture<'_>| picture.icc.is_some() || picture.color_coding.is_some();
    let colored = [picture, &whole].into_iter().find(states_colors).unwrap_or(picture);
    let icc = match (colored.icc, colored.color_coding) {
        (Some(icc), _) => Some(icc.to_vec()).filter(|icc| icc.len() <= limits::MAX_PROFILE),
        (None, Some(coding)) => profiles::from_cicp(coding.primaries, coding.transfer, is_gray),
        // The container declares no colors, but its streams can.
        (None, None) => {
            cicp.get().and_then(|(primaries, transfer)| profiles::from_cicp(primaries, transfer, is_gray))
        }
    };
    Ok(DecodeOutput { raster: Raster::Packed(pixels), icc, partial: false })
}

/// Returns whether the thumbnail of a picture has at least twice the pixels that are needed, like a shrunk
/// picture.
fn has_enough_pixels(
    small: &HeifPicture<'_>,
    picture: &HeifPicture<'_>,
    request: &DecodeRequest<'_>,
) -> bool {
    let (small, large) = (small.transform.window, picture.transform.window);
    let times = |large: u32, small: u32| f64::from(large) / f64::from(small);
    request.paths.embedded
        && request.ratios.0 >= 2.0 * times(large.width, small.width)
        && request.ratios.1 >= 2.0 * times(large.height, small.height)
}

fn codec(picture: &HeifPicture<'_>) -> Option<Codec> {
    match &picture.content {
        Content::Tiles(tiles) => tiles.streams.iter().flatten().map(|stream| stream.codec).next(),
        Content::Overlay(overlay) => overlay.layers.first().and_then(|layer| codec(&layer.picture)),
    }
}

impl HeifPicture<'_> {
    /// Returns the layout of the decoded pixels.
    pub(crate) fn layout(&self) -> Layout {
        match self.content {
            Content::Tiles(_) if self.alpha.is_none() => Layout::Rgb,
            _ => Layout::Rgba,
        }
    }
}

/// Returns the number of bytes that decoding a picture needs.
fn memory(picture: &HeifPicture<'_>, factor: (u32, u32)) -> u64 {
    let Window { width, height, .. } = picture.transform.window;
    let out = Shrinker::memory(width, height, picture.layout(), factor);
    match &picture.content {
        Content::Tiles(tiles) => {
            let alpha = picture.alpha.as_ref().map_or(0, |alpha| {
                let size = alpha_size(alpha, picture.size);
                area(size) + tiles_memory(alpha, Layout::Gray, (1, 1))
            });
            let factor = tile_factor(tiles, picture.transform.window, factor);
            out + alpha + tiles_memory(tiles, picture.layout(), factor)
        }
        Content::Overlay(overlay) => {
            let layer = |layer: &container::Layer<'_>| {
                memory(&layer.picture, (1, 1)) + area(layer.picture.transform.window.size()) * 4
            };
            let layers = overlay.layers.iter().map(layer).max().unwrap_or(0);
            out.saturating_add(layers).saturating_add(area(picture.size).saturating_mul(4))
        }
    }
}

/// Returns the maximum number of bytes that a tile needs, during decoding or afterward as planes and rows.
fn tiles_memory(tiles: &Tiles<'_>, layout: Layout, factor: (u32, u32)) -> u64 {
    let tile = |stream: &CodedStream<'_>| {
        let (decoding, kept) = match stream.codec {
            Codec::Av1 => (av1::memory(stream), av1::memory(stream)),
            #[cfg(feature = "heic")]
            Codec::Hevc => (hevc::memory(stream), hevc::decoded_memory(stream)),
            #[cfg(not(feature = "heic"))]
            Codec::Hevc => (0, 0),
        };
        let (width, height) = stream.size;
        let planes =
            PicturePlanes::memory(stream.size, (1, 1)).max(PicturePlanes::memory(stream.size, factor));
        decoding.max(kept + planes + Shrinker::memory(width, height, layout, factor))
    };
    tiles.streams.iter().flatten().map(tile).max().unwrap_or(0)
}

/// Returns the factors for shrinking the tiles of a picture, chosen so that no block crosses a tile edge.
fn tile_factor(tiles: &Tiles<'_>, window: Window, factor: (u32, u32)) -> (u32, u32) {
    let first = tiles.streams.iter().flatten().next();
    let step = first.filter(|first| first.is_sized).map_or((1, 1), |first| first.size);
    let fit = |most: u32, step: u32, start: u32, count: usize| {
        let divides = |by: &u32| count == 1 || step.is_multiple_of(*by) && start.is_multiple_of(*by);
        (1..=most).rev().find(divides).unwrap_or(1)
    };
    let rows = tiles.streams.len() / tiles.columns.max(1);
    (fit(factor.0, step.0, window.left, tiles.columns), fit(factor.1, step.1, window.top, rows))
}

/// Returns the shrunk window of a picture, not yet turned.
fn decode_picture(
    picture: &HeifPicture<'_>,
    format: SourceFormat,
    factor: (u32, u32),
    request: &DecodeRequest<'_>,
    cicp: &Cell<Option<(u8, u8)>>,
) -> Result<Pixels, ImageError> {
    match &picture.content {
        Content::Tiles(tiles) => {
            let factor = tile_factor(tiles, picture.transform.window, factor);
            let alpha = picture.alpha.as_ref();
            let alpha =
                alpha.map(|tiles| AlphaChannel::new(tiles, picture.size, format, request)).transpose()?;
            TilePainter { picture, format, factor, alpha, request, cicp }.paint(tiles)
        }
        Content::Overlay(overlay) => draw_overlay(overlay, picture, format, factor, request),
    }
}

/// A decoded tile that intersects the window.
pub(crate) struct PlacedTile {
    /// Its position in the window.
    pub(crate) at: (u32, u32),
    pub(crate) source: Box<dyn DecodedPicture>,
    /// The part of the tile within the window.
    pub(crate) part: Window,
}

/// Decodes the tiles of a picture that intersect the window, and passes them to `take` one by one.
fn for_each_tile(
    tiles: &Tiles<'_>,
    window: Window,
    format: SourceFormat,
    request: &DecodeRequest<'_>,
    mut take: impl FnMut(PlacedTile) -> Result<(), ImageError>,
) -> Result<(), ImageError> {
    let damaged = |reason| ImageError::damaged(format, reason);
    let mut step = tiles.streams.iter().flatten().find(|stream| stream.is_sized).map(|stream| stream.size);
    for (i, stream) in tiles.streams.iter().enumerate() {
        let Some(stream) = stream else { continue };
        let (column, row) = ((i % tiles.columns) as u32, (i / tiles.columns) as u32);
        let place = |(width, height): (u32, u32)| Window {
            left: width.saturating_mul(column),
            top: height.saturating_mul(row),
            width: if tiles.columns == 1 { window.left + window.width } else { width },
            height: if tiles.columns == tiles.streams.len() { window.top + window.height } else { height },
        };
        if step.is_some_and(|step| place(step).intersection(window).is_none()) {
            continue;
        }
        let source = decode_stream(stream, request)?;
        let size = source.format().size;
        let place = place(*step.get_or_insert(size));
        let Some(shown) = place.intersection(window) else { continue };
        let part = Window { left: shown.left - place.left, top: shown.top - place.top, ..shown };
        if part.left + part.width > size.0 || part.top + part.height > size.1 {
            return Err(damaged("the tiles do not cover the picture"));
        }
        take(PlacedTile { at: (shown.left - window.left, shown.top - window.top), source, part })?;
    }
    Ok(())
}

/// Decodes one stream on the calling thread. Returns an error if it has more pixels than the container declares.
fn decode_stream(
    stream: &CodedStream<'_>,
    request: &DecodeRequest<'_>,
) -> Result<Box<dyn DecodedPicture>, ImageError> {
    let unfiltered = request.paths.unfiltered && request.min_ratio() >= 4.0;
    request.budget.spend_bytes(stream.len())?;
    match stream.codec {
        Codec::Av1 => av1::decode_stream(stream, unfiltered, request.budget),
        #[cfg(feature = "heic")]
        Codec::Hevc => hevc::decode_stream(stream, unfiltered, request.budget),
        #[cfg(not(feature = "heic"))]
        Codec::Hevc => Err(ImageError::Unsupported { format: "HEIC" }),
    }
}

/// A painter of the tiles of a picture.
pub(crate) struct TilePainter<'a> {
    pub(crate) picture: &'a HeifPicture<'a>,
    pub(crate) format: SourceFormat,
    pub(crate) factor: (u32, u32),
    pub(crate) alpha: Option<AlphaChannel>,
    pub(crate) request: &'a DecodeRequest<'a>,
    /// The color code points that the tiles declare.
    pub(crate) cicp: &'a Cell<Option<(u8, u8)>>,
}

impl TilePainter<'_> {
    fn paint(&self, tiles: &Tiles<'_>) -> Result<Pixels, ImageError> {
        let (window, layout) = (self.picture.transform.window, self.picture.layout());
        let (across, down) = self.factor;
        let (width, height) = (window.width.div_ceil(across), window.height.div_ceil(down));
        let stride = width as usize * layout.channels();
        let mut data = vec![0; stride * height as usize];
        let mut painted = 0;
        for_each_tile(tiles, window, self.format, self.request, |placed| {
            painted += area(placed.part.size());
            let tile = self.shrink_tile(&placed, layout)?;
            let length = tile.width as usize * layout.channels();
            let left = (placed.at.0 / across) as usize * layout.channels();
            let rows = data.chunks_exact_mut(stride).skip((placed.at.1 / down) as usize);
            for (to, from) in rows.zip(tile.data.chunks_exact(length)) {
                to[left..left + length].copy_from_slice(from);
            }
            Ok(())
        })?;
        if painted < area(window.size()) {
            return Err(ImageError::damaged(self.format, "the tiles do not cover the picture"));
        }
        let extent =
            (f64::from(window.width) / f64::from(across), f64::from(window.height) / f64::from(down));
        Ok(Pixels { width, height, layout, data, extent })
    }

    /// Returns the visible part of a tile, shrunk.
    pub(crate) fn shrink_tile(&self, placed: &PlacedTile, layout: Layout) -> Result<Pixels, ImageError> {
        let PlacedTile { source, part, at, .. } = placed;
        let format = source.format();
        self.cicp.set(Some(format.cicp));
        let conversion = RgbConversion::for_format(format, self.picture.color_coding)?;
        // Planes can be shrunk separately if each block has its own samples. With alpha, pixels must be
        // combined first, because transparent pixels must not contribute color.
        let by_planes = self.alpha.is_none() && PicturePlanes::can_shrink(format, *part, self.factor);
        let (first, second) = if by_planes { (self.factor, (1, 1)) } else { ((1, 1), self.factor) };
        let planes = PicturePlanes::new(&**source, *part, first);
        let (width, height) = planes.size();
        let mut shrinker = Shrinker::new(width, height, layout, second);
        let channels = layout.channels();
        let mut row = vec![255; width as usize * channels];
        let chroma = format.chroma.unwrap_or_default();
        let odd = (part.left & chroma.0, part.top & chroma.1);
        for y in 0..height {
            self.request.budget.check_canceled(width.into())?;
            planes.write_rgb_row(y as usize, odd, &conversion, &mut row, channels);
            if let Some(alpha) = &self.alpha {
                let window = self.picture.transform.window;
                alpha.write_alpha((window.left + at.0, window.top + at.1 + y), &mut row);
                if self.picture.is_premultiplied {
                    row.chunks_exact_mut(channels).for_each(divide_by_alpha);
                }
            }
            shrinker.push(&row);
        }
        Ok(shrinker.finish())
    }
}

/// Returns the size of an alpha channel: that of its stream if it has one, or that of the picture if it is a
/// grid.
fn alpha_size(tiles: &Tiles<'_>, size: (u32, u32)) -> (u32, u32) {
    match &tiles.streams[..] {
        [Some(stream)] => stream.size,
        _ => size,
    }
}

/// The alpha channel of a picture.
pub(crate) struct AlphaChannel {
    size: (u32, u32),
    /// The size of the picture, which can differ.
    picture: (u32, u32),
    data: Vec<u8>,
}

impl AlphaChannel {
    fn new(
        tiles: &Tiles<'_>,
        picture: (u32, u32),
        format: SourceFormat,
        request: &DecodeRequest<'_>,
    ) -> Result<Self, ImageError> {
        let size = alpha_size(tiles, picture);
        let mut alpha = Self::opaque(size, picture, request)?;
        let all = Window { left: 0, top: 0, width: size.0, height: size.1 };
        // The alpha of a HEIC always has full range, whatever its stream declares. The alpha of an AVIF need not have
        // full range.
        let is_full = tiles.streams.iter().flatten().any(|stream| stream.codec == Codec::Hevc);
        for_each_tile(tiles, all, format, request, |placed| alpha.paint(&placed, is_full, request))?;
        Ok(alpha)
    }

    /// Returns the alpha channel of a picture that has no transparent pixels.
    pub(crate) fn opaque(
        size: (u32, u32),
        picture: (u32, u32),
        request: &DecodeRequest<'_>,
    ) -> Result<Self, ImageError> {
        request.limits.check_memory(area(size))?;
        Ok(Self { size, picture, data: vec![255; area(size) as usize] })
    }

    /// Copies the luma of a tile. `is_full` means that its range is full, whatever its stream declares.
    pub(crate) fn paint(
        &mut self,
        placed: &PlacedTile,
        is_full: bool,
        request: &DecodeRequest<'_>,
    ) -> Result<(), ImageError> {
        let planes = PicturePlanes::new(&*placed.source, placed.part, (1, 1));
        let format = placed.source.format();
        let full_range = format.full_range || is_full;
        let range = ColorCoding { primaries: 2, transfer: 2, matrix: 2, full_range };
        let conversion = RgbConversion::for_format(format, Some(range))?;
        let (left, width) = (placed.at.0 as usize, placed.part.width as usize);
        let rows = self.data.chunks_exact_mut(self.size.0 as usize).skip(placed.at.1 as usize);
        for (y, row) in rows.take(placed.part.height as usize).enumerate() {
            request.budget.check_canceled(placed.part.width.into())?;
            planes.write_luma_row(y, &conversion, &mut row[left..left + width]);
        }
        Ok(())
    }

    /// Writes the alpha of a row of pixels that begins at a position of the picture.
    fn write_alpha(&self, (left, y): (u32, u32), row: &mut [u8]) {
        let scaled = |at: u32, from: u32, to: u32| {
            if from == to { at } else { (u64::from(at) * u64::from(to) / u64::from(from)) as u32 }
        };
        let y = scaled(y, self.picture.1, self.size.1) as usize;
        let width = self.size.0 as usize;
        let Some(line) = self.data.get(y * width..(y + 1) * width) else { return };
        for (x, pixel) in (left..).zip(row.as_chunks_mut::<4>().0) {
            let at = scaled(x, self.picture.0, self.size.0) as usize;
            pixel[3] = line.get(at).copied().unwrap_or(255);
        }
    }
}

/// Returns the shrunk window of an overlay.
fn draw_overlay(
    overlay: &Overlay<'_>,
    picture: &HeifPicture<'_>,
    format: SourceFormat,
    factor: (u32, u32),
    request: &DecodeRequest<'_>,
) -> Result<Pixels, ImageError> {
    let (width, height) = picture.size;
    let mut canvas = overlay.background.repeat(area(picture.size) as usize);
    request.budget.spend_pixels(area(picture.size))?;
    for layer in &overlay.layers {
        let pixels = decode_picture(&layer.picture, format, (1, 1), request, &Cell::new(None))?;
        let pixels = orient::turn_upright(pixels, layer.picture.transform.orientation);
        let pixels = pixels.to_rgb();
        let channels = pixels.layout.channels();
        let rows = pixels.data.chunks_exact(pixels.width as usize * channels);
        for (row, y) in rows.zip(i64::from(layer.at.1)..) {
            request.budget.check_canceled(pixels.width.into())?;
            if !(0..i64::from(height)).contains(&y) {
                continue;
            }
            for (pixel, x) in row.chunks_exact(channels).zip(i64::from(layer.at.0)..) {
                if (0..i64::from(width)).contains(&x) {
                    let at = (y as usize * width as usize + x as usize) * 4;
                    blend_over(&mut canvas[at..at + 4], pixel);
                }
            }
        }
    }
    let window = picture.transform.window;
    let mut shrinker = Shrinker::new(window.width, window.height, Layout::Rgba, factor);
    let shown = window.left as usize * 4..(window.left + window.width) as usize * 4;
    let rows = canvas.chunks_exact(width as usize * 4).skip(window.top as usize);
    rows.take(window.height as usize).for_each(|row| shrinker.push(&row[shown.clone()]));
    Ok(shrinker.finish())
}

/// Draws a pixel over another one, which has alpha. A pixel without alpha is opaque.
fn blend_over(below: &mut [u8], above: &[u8]) {
    let alpha = u32::from(above.get(3).copied().unwrap_or(255));
    let kept = u32::from(below[3]) * (255 - alpha) / 255;
    let total = alpha + kept;
    for (to, from) in below.iter_mut().zip(&above[..3]) {
        let sum = u32::from(*from) * alpha + u32::from(*to) * kept;
        *to = (sum + total / 2).checked_div(total).unwrap_or(0) as u8;
    }
    below[3] = total.min(255) as u8;
}
