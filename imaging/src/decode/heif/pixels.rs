//! HEIC and AVIF: the pictures of a container, decoded tile by tile. One tile is held at a time, and what is kept of it is
//! already shrunk.

use std::cell::Cell;

use crate::decode::heif::av1;
use crate::decode::heif::boxes::find;
use crate::decode::heif::container::{self, Codec, Coding, Content, Overlay, Picture, Stream, Tiles, area};
#[cfg(feature = "heic")]
use crate::decode::heif::hevc;
use crate::decode::heif::sequence;
use crate::decode::heif::view::Window;
use crate::decode::heif::yuv::{Conversion, Planes, Source};
use crate::decode::{Decoded, Request, divide_by_alpha, upright};
use crate::pixels::{Layout, Pixels, Raster};
use crate::shrink::Shrink;
use crate::{Header, ImageError, SourceFormat, color, described, limits, orient};

/// Returns the picture of a file of a format, or what is wrong with the file: its primary item, or the first frame of
/// a sequence without one.
fn picture(original: &[u8], format: SourceFormat) -> Result<Picture<'_>, ImageError> {
    let damaged = |reason| ImageError::damaged(format, reason);
    let boxes = find(original, b"meta").and_then(|meta| meta.get(4..));
    if let Some(still) = boxes.and_then(|boxes| container::still(original, format, boxes)) {
        return still;
    }
    let Some(moov) = find(original, b"moov") else {
        return Err(damaged(if boxes.is_some() { "no primary item" } else { "no meta box" }));
    };
    sequence::picture(original, moov).ok_or_else(|| damaged("no frame that can be shown"))
}

/// Reads the header of a file that begins as one of a format. The format it returns is that of the streams in it.
pub(crate) fn header(original: &[u8], format: SourceFormat) -> Result<Header, ImageError> {
    let picture = picture(original, format)?;
    let memory = memory(&picture, (1, 1)).max(memory(&picture, (2, 2)));
    let format = match codec(&picture) {
        Some(Codec::Av1) => SourceFormat::Avif,
        Some(Codec::Hevc) => SourceFormat::Heic,
        None => format,
    };
    Ok(upright(format, picture.view.window.size(), picture.view.orientation, 1, memory))
}

pub(crate) fn decode(
    original: &[u8],
    format: SourceFormat,
    request: &Request<'_>,
) -> Result<Decoded, ImageError> {
    let picture = picture(original, format)?;
    let small = picture.thumbnail.as_deref().filter(|small| is_enough(small, &picture, request));
    let (picture, factor) = small.map_or((&picture, request.shrink()), |small| (small, (1, 1)));
    request.check_memory(memory(picture, factor))?;
    let codes = Cell::new(None);
    let raster = Raster::Packed(pixels(picture, format, factor, request, &codes)?);
    let icc = match (picture.icc, picture.coding) {
        (Some(icc), _) => Some(icc.to_vec()).filter(|icc| icc.len() <= limits::MAX_PROFILE),
        (None, Some(coding)) => described::of_codes(coding.primaries, coding.transfer),
        // What the container leaves open, the streams in it may state.
        (None, None) => {
            codes.get().and_then(|(primaries, transfer)| described::of_codes(primaries, transfer))
        }
    };
    Ok(Decoded { raster, icc, partial: false })
}

/// Whether the thumbnail of a picture has twice the pixels that are needed, as what is shrunk has.
fn is_enough(small: &Picture<'_>, picture: &Picture<'_>, request: &Request<'_>) -> bool {
    let (small, large) = (small.view.window, picture.view.window);
    let times = |large: u32, small: u32| f64::from(large) / f64::from(small);
    request.paths.embedded
        && request.ratios.0 >= 2.0 * times(large.width, small.width)
        && request.ratios.1 >= 2.0 * times(large.height, small.height)
}

fn codec(picture: &Picture<'_>) -> Option<Codec> {
    match &picture.content {
        Content::Tiles(tiles) => tiles.streams.iter().flatten().map(|stream| stream.codec).next(),
        Content::Overlay(overlay) => overlay.layers.first().and_then(|layer| codec(&layer.picture)),
    }
}

fn layout(picture: &Picture<'_>) -> Layout {
    match picture.content {
        Content::Tiles(_) if picture.alpha.is_none() => Layout::Rgb,
        _ => Layout::Rgba,
    }
}

/// What decoding a picture holds.
fn memory(picture: &Picture<'_>, factor: (u32, u32)) -> u64 {
    let Window { width, height, .. } = picture.view.window;
    let out = Shrink::memory(width, height, layout(picture), factor);
    match &picture.content {
        Content::Tiles(tiles) => {
            let alpha = picture.alpha.as_ref().map_or(0, |alpha| {
                let size = alpha_size(alpha, picture.size);
                area(size) + tiles_memory(alpha, Layout::Gray, (1, 1))
            });
            let factor = factor_of(tiles, picture.view.window, factor);
            out + alpha + tiles_memory(tiles, layout(picture), factor)
        }
        Content::Overlay(overlay) => {
            let layer = |layer: &container::Layer<'_>| {
                memory(&layer.picture, (1, 1)) + area(layer.picture.view.window.size()) * 4
            };
            let layers = overlay.layers.iter().map(layer).max().unwrap_or(0);
            out.saturating_add(layers).saturating_add(area(picture.size).saturating_mul(4))
        }
    }
}

/// What the largest of the tiles holds: while it is decoded, or as planes and rows afterwards.
fn tiles_memory(tiles: &Tiles<'_>, layout: Layout, factor: (u32, u32)) -> u64 {
    let tile = |stream: &Stream<'_>| {
        let (decoding, kept) = match stream.codec {
            Codec::Av1 => (av1::memory(stream), av1::memory(stream)),
            #[cfg(feature = "heic")]
            Codec::Hevc => (hevc::memory(stream), hevc::kept(stream)),
            #[cfg(not(feature = "heic"))]
            Codec::Hevc => (0, 0),
        };
        let (width, height) = stream.size;
        let planes = Planes::memory(stream.size, (1, 1)).max(Planes::memory(stream.size, factor));
        decoding.max(kept + planes + Shrink::memory(width, height, layout, factor))
    };
    tiles.streams.iter().flatten().map(tile).max().unwrap_or(0)
}

/// The factors to shrink each tile of a picture by: such that no block lies in two tiles.
fn factor_of(tiles: &Tiles<'_>, window: Window, factor: (u32, u32)) -> (u32, u32) {
    let first = tiles.streams.iter().flatten().next();
    let step = first.filter(|first| first.is_sized).map_or((1, 1), |first| first.size);
    let fit = |most: u32, step: u32, start: u32, count: usize| {
        let divides = |by: &u32| count == 1 || step.is_multiple_of(*by) && start.is_multiple_of(*by);
        (1..=most).rev().find(divides).unwrap_or(1)
    };
    let rows = tiles.streams.len() / tiles.columns.max(1);
    (fit(factor.0, step.0, window.left, tiles.columns), fit(factor.1, step.1, window.top, rows))
}

/// The window of a picture, shrunk, as it is stored.
fn pixels(
    picture: &Picture<'_>,
    format: SourceFormat,
    factor: (u32, u32),
    request: &Request<'_>,
    codes: &Cell<Option<(u8, u8)>>,
) -> Result<Pixels, ImageError> {
    match &picture.content {
        Content::Tiles(tiles) => {
            let factor = factor_of(tiles, picture.view.window, factor);
            let alpha = picture.alpha.as_ref();
            let alpha = alpha.map(|tiles| Opacity::of(tiles, picture.size, format, request)).transpose()?;
            Painter { picture, format, factor, alpha, request, codes }.paint(tiles)
        }
        Content::Overlay(overlay) => overlaid(overlay, picture, format, factor, request),
    }
}

/// A tile that a window shows.
struct Placed {
    /// Where in the window it begins.
    at: (u32, u32),
    source: Box<dyn Source>,
    /// The part of the tile that is shown.
    part: Window,
}

/// Decodes the tiles of a picture that a window shows, and hands them on one after another.
fn each_tile(
    tiles: &Tiles<'_>,
    window: Window,
    format: SourceFormat,
    request: &Request<'_>,
    mut take: impl FnMut(Placed) -> Result<(), ImageError>,
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
        if step.is_some_and(|step| place(step).common(window).is_none()) {
            continue;
        }
        let source = tile(stream, request)?;
        let size = source.format().size;
        let place = place(*step.get_or_insert(size));
        let Some(shown) = place.common(window) else { continue };
        let part = Window { left: shown.left - place.left, top: shown.top - place.top, ..shown };
        if part.left + part.width > size.0 || part.top + part.height > size.1 {
            return Err(damaged("the tiles do not cover the picture"));
        }
        take(Placed { at: (shown.left - window.left, shown.top - window.top), source, part })?;
    }
    Ok(())
}

/// One stream, decoded on this thread alone. It may hold no more pixels than it says.
fn tile(stream: &Stream<'_>, request: &Request<'_>) -> Result<Box<dyn Source>, ImageError> {
    let unfiltered = request.paths.unfiltered && request.ratio() >= 4.0;
    request.work.take_bytes(stream.len())?;
    match stream.codec {
        Codec::Av1 => av1::tile(stream, unfiltered, request.work),
        #[cfg(feature = "heic")]
        Codec::Hevc => hevc::tile(stream, unfiltered, request.work),
        #[cfg(not(feature = "heic"))]
        Codec::Hevc => Err(ImageError::Unsupported { format: "HEIC" }),
    }
}

/// What paints tiles.
struct Painter<'a> {
    picture: &'a Picture<'a>,
    format: SourceFormat,
    factor: (u32, u32),
    alpha: Option<Opacity>,
    request: &'a Request<'a>,
    /// The codes of colors that the tiles state.
    codes: &'a Cell<Option<(u8, u8)>>,
}

impl Painter<'_> {
    fn paint(&self, tiles: &Tiles<'_>) -> Result<Pixels, ImageError> {
        let (window, layout) = (self.picture.view.window, layout(self.picture));
        let (across, down) = self.factor;
        let (width, height) = (window.width.div_ceil(across), window.height.div_ceil(down));
        let stride = width as usize * layout.channels();
        let mut data = vec![0; stride * height as usize];
        let mut painted = 0;
        each_tile(tiles, window, self.format, self.request, |placed| {
            painted += area(placed.part.size());
            let tile = self.shrunk(&placed, layout)?;
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

    /// The part of a tile that is shown, shrunk.
    fn shrunk(&self, placed: &Placed, layout: Layout) -> Result<Pixels, ImageError> {
        let Placed { source, part, at, .. } = placed;
        let format = source.format();
        self.codes.set(Some(format.codes));
        let conversion = Conversion::of(format, self.picture.coding)?;
        // Plane by plane, where each block has samples of its own; transparent pixels lend no color, which is seen
        // only pixel by pixel.
        let by_planes = self.alpha.is_none() && Planes::can_shrink(format, *part, self.factor);
        let (first, second) = if by_planes { (self.factor, (1, 1)) } else { ((1, 1), self.factor) };
        let planes = Planes::of(&**source, *part, first);
        let (width, height) = planes.size();
        let mut shrink = Shrink::new(width, height, layout, second);
        let channels = layout.channels();
        let mut row = vec![255; width as usize * channels];
        let chroma = format.chroma.unwrap_or_default();
        let odd = (part.left & chroma.0, part.top & chroma.1);
        for y in 0..height {
            self.request.work.ask(width.into())?;
            planes.paint(y as usize, odd, &conversion, &mut row, channels);
            if let Some(alpha) = &self.alpha {
                let window = self.picture.view.window;
                alpha.lay_over((window.left + at.0, window.top + at.1 + y), &mut row);
                if self.picture.premultiplied {
                    row.chunks_exact_mut(channels).for_each(divide_by_alpha);
                }
            }
            shrink.push(&row);
        }
        Ok(shrink.finish())
    }
}

/// The size of an alpha channel: of a single stream its own, of a grid that of the picture.
fn alpha_size(tiles: &Tiles<'_>, size: (u32, u32)) -> (u32, u32) {
    match &tiles.streams[..] {
        [Some(stream)] => stream.size,
        _ => size,
    }
}

/// The alpha channel of a picture.
struct Opacity {
    size: (u32, u32),
    /// The size of the picture, where it is another.
    picture: (u32, u32),
    data: Vec<u8>,
}

impl Opacity {
    fn of(
        tiles: &Tiles<'_>,
        picture: (u32, u32),
        format: SourceFormat,
        request: &Request<'_>,
    ) -> Result<Self, ImageError> {
        let size = alpha_size(tiles, picture);
        request.limits.check_memory(area(size))?;
        let mut data = vec![255; area(size) as usize];
        let all = Window { left: 0, top: 0, width: size.0, height: size.1 };
        // The alpha channel of a HEIC has all values, whatever its stream says; that of an AVIF may not.
        let is_full = tiles.streams.iter().flatten().any(|stream| stream.codec == Codec::Hevc);
        each_tile(tiles, all, format, request, |placed| {
            let planes = Planes::of(&*placed.source, placed.part, (1, 1));
            let format = placed.source.format();
            let full_range = format.full_range || is_full;
            let range = Coding { primaries: 2, transfer: 2, matrix: 2, full_range };
            let conversion = Conversion::of(format, Some(range))?;
            let (left, width) = (placed.at.0 as usize, placed.part.width as usize);
            let rows = data.chunks_exact_mut(size.0 as usize).skip(placed.at.1 as usize);
            for (y, row) in rows.take(placed.part.height as usize).enumerate() {
                request.work.ask(placed.part.width.into())?;
                planes.luma(y, &conversion, &mut row[left..left + width]);
            }
            Ok(())
        })?;
        Ok(Self { size, picture, data })
    }

    /// Writes the alpha of the pixels of a row that begins at a place of the picture.
    fn lay_over(&self, (left, y): (u32, u32), row: &mut [u8]) {
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

/// The window of an overlay, shrunk.
fn overlaid(
    overlay: &Overlay<'_>,
    picture: &Picture<'_>,
    format: SourceFormat,
    factor: (u32, u32),
    request: &Request<'_>,
) -> Result<Pixels, ImageError> {
    let (width, height) = picture.size;
    let mut canvas = overlay.background.repeat(area(picture.size) as usize);
    request.work.take_pixels(area(picture.size))?;
    for layer in &overlay.layers {
        let pixels = pixels(&layer.picture, format, (1, 1), request, &Cell::new(None))?;
        let pixels = color::to_rgb(&orient::upright(pixels, layer.picture.view.orientation));
        let channels = pixels.layout.channels();
        let rows = pixels.data.chunks_exact(pixels.width as usize * channels);
        for (row, y) in rows.zip(i64::from(layer.at.1)..) {
            request.work.ask(pixels.width.into())?;
            if !(0..i64::from(height)).contains(&y) {
                continue;
            }
            for (pixel, x) in row.chunks_exact(channels).zip(i64::from(layer.at.0)..) {
                if (0..i64::from(width)).contains(&x) {
                    let at = (y as usize * width as usize + x as usize) * 4;
                    blend(&mut canvas[at..at + 4], pixel);
                }
            }
        }
    }
    let window = picture.view.window;
    let mut shrink = Shrink::new(window.width, window.height, Layout::Rgba, factor);
    let shown = window.left as usize * 4..(window.left + window.width) as usize * 4;
    let rows = canvas.chunks_exact(width as usize * 4).skip(window.top as usize);
    rows.take(window.height as usize).for_each(|row| shrink.push(&row[shown.clone()]));
    Ok(shrink.finish())
}

/// Lays a pixel over another, of which the last sample is the alpha; without one, it is opaque.
fn blend(below: &mut [u8], above: &[u8]) {
    let alpha = u32::from(above.get(3).copied().unwrap_or(255));
    let kept = u32::from(below[3]) * (255 - alpha) / 255;
    let total = alpha + kept;
    for (to, from) in below.iter_mut().zip(&above[..3]) {
        let sum = u32::from(*from) * alpha + u32::from(*to) * kept;
        *to = (sum + total / 2).checked_div(total).unwrap_or(0) as u8;
    }
    below[3] = total.min(255) as u8;
}
