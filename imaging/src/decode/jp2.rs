//! JPEG 2000, as a file with boxes or as a bare codestream.
//!
//! The decoder believes what a header says of code-blocks, precincts, layers, and tiles, of which there may be more than
//! pixels. What they take is therefore added up here first: annexes A and B of ISO/IEC 15444-1.

use hayro_jpeg2000::error::DecodeError;
use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

use crate::decode::{Decoded, Request, lab, upright};
use crate::limits::MAX_PROFILE;
use crate::pixels::{Layout, Pixels, Raster};
use crate::{Header, ImageError, SourceFormat};

fn damaged(reason: &str) -> ImageError {
    ImageError::damaged(SourceFormat::Jp2, reason)
}

/// The most components that are read: colors and alpha.
const MAX_COMPONENTS: usize = 5;

/// The marker segments of a codestream.
mod marker {
    pub(super) const SIZE: u8 = 0x51;
    pub(super) const CODING: u8 = 0x52;
    pub(super) const COMPONENT_CODING: u8 = 0x53;
    pub(super) const ORDER: u8 = 0x5f;
    pub(super) const TILE_PART: u8 = 0x90;
    pub(super) const DATA: u8 = 0x93;
    pub(super) const END: u8 = 0xd9;
}

/// What a codestream says of itself that decides what its decoding takes.
struct Stream {
    /// The picture, upright.
    width: u32,
    height: u32,
    tile: (u64, u64),
    tiles: u64,
    components: usize,
    tile_parts: u64,
    /// Changes of the order of packets.
    orders: u64,
    layers: u64,
    /// The least number of decompositions that a component says, and the greatest.
    levels: (u8, u8),
    /// The least sides of a code-block and of a precinct, as powers of two.
    block: (u32, u32),
    precinct: (u32, u32),
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

impl Stream {
    /// Reads a codestream as far as its headers go; `None` if it has not the ones that it needs.
    fn read(stream: &[u8]) -> Option<Self> {
        let mut at = 2;
        let mut read = Self::size(segment(stream, &mut at).filter(|(kind, _)| *kind == marker::SIZE)?.1)?;
        while let Some((kind, payload)) = segment(stream, &mut at) {
            match kind {
                marker::TILE_PART => {
                    read.tile_parts += 1;
                    let begin = at - payload.len() - 4;
                    let length = u32_at(payload, 2)? as usize;
                    while let Some((kind, payload)) = segment(stream, &mut at) {
                        match kind {
                            marker::DATA | marker::END => break,
                            _ => read.take(kind, payload)?,
                        }
                    }
                    // Without a length, it goes to the end of the file.
                    at = if length == 0 { stream.len() } else { at.max(begin.saturating_add(length)) };
                }
                marker::END => break,
                _ => read.take(kind, payload)?,
            }
        }
        Some(read)
    }

    /// Reads the segment of the sizes.
    fn size(payload: &[u8]) -> Option<Self> {
        let number = |i: usize| u32_at(payload, 2 + i * 4);
        let (right, bottom, left, top) = (number(0)?, number(1)?, number(2)?, number(3)?);
        let (tile_width, tile_height, tiles_left, tiles_top) =
            (number(4)?, number(5)?, number(6)?, number(7)?);
        let components = usize::from(u16_at(payload, 34)?);
        let steps = payload.get(36..36 + components * 3)?.as_chunks::<3>().0;
        let (across, down) = steps.first().map(|[_, across, down]| (*across, *down))?;
        let is_shared = steps.iter().all(|[_, x, y]| (*x, *y) == (across, down));
        let side = |end: u32, begin: u32, step: u8| {
            let step = if is_shared { u32::from(step) } else { 1 };
            (step > 0 && end > begin).then(|| end.div_ceil(step) - begin.div_ceil(step))
        };
        let (width, height) = (side(right, left, across)?, side(bottom, top, down)?);
        let count = |end: u32, begin: u32, side: u32| {
            (side > 0 && end > begin).then(|| u64::from(end - begin).div_ceil(side.into()))
        };
        Some(Self {
            width,
            height,
            tile: (tile_width.min(width).into(), tile_height.min(height).into()),
            tiles: count(right, tiles_left, tile_width)? * count(bottom, tiles_top, tile_height)?,
            components,
            tile_parts: 0,
            orders: 0,
            layers: 1,
            levels: (32, 0),
            block: (10, 10),
            precinct: (15, 15),
        })
    }

    /// Takes over the least favorable of what a segment says.
    fn take(&mut self, kind: u8, payload: &[u8]) -> Option<()> {
        let (has_precincts, coding) = match kind {
            marker::CODING => {
                self.layers = self.layers.max(u16_at(payload, 2)?.into());
                (payload.first()? & 1 == 1, payload.get(5..)?)
            }
            marker::COMPONENT_CODING => {
                let after = if self.components < 257 { 1 } else { 2 };
                (payload.get(after)? & 1 == 1, payload.get(after + 1..)?)
            }
            marker::ORDER => {
                self.orders += payload.len() as u64 / 7;
                return Some(());
            }
            _ => return Some(()),
        };
        let [levels, block_width, block_height, _, _, precincts @ ..] = coding else { return None };
        self.levels = (self.levels.0.min(*levels), self.levels.1.max(*levels));
        let exponent = |stored: u8| u32::from(stored & 15) + 2;
        self.block = (self.block.0.min(exponent(*block_width)), self.block.1.min(exponent(*block_height)));
        if has_precincts {
            for sides in precincts {
                let (x, y) = (u32::from(sides & 15), u32::from(sides >> 4));
                self.precinct = (self.precinct.0.min(x), self.precinct.1.min(y));
            }
        }
        Some(())
    }

    /// How many times the sides may be halved.
    fn halvings(&self, ratio: f64) -> u8 {
        let wanted = if ratio >= 4.0 { (ratio / 2.0).log2() as u8 } else { 0 };
        wanted.min(self.levels.0)
    }

    /// What decoding holds when the sides are halved so many times, in bytes.
    fn memory(&self, halvings: u8) -> u64 {
        let components = self.components as u64;
        let area = |(width, height): (u64, u64)| width.saturating_mul(height);
        let halved = |side: u64| side.div_ceil(1 << halvings);
        let picture = area((halved(self.width.into()), halved(self.height.into())));
        let tile = area((halved(self.tile.0), halved(self.tile.1)));
        // In every decomposition, and in each of its parts, what lies across an edge counts on both sides of it.
        let parts = |(x, y): (u32, u32)| {
            let across = (self.tile.0 >> x).saturating_add(2);
            let down = (self.tile.1 >> y).saturating_add(2);
            across.saturating_mul(down).saturating_mul(2).saturating_add(u64::from(self.levels.1) * 16)
        };
        let precincts = parts(self.precinct);
        // A code-block is never larger than the part of its precinct.
        let small = |block: u32, precinct: u32| block.min(precinct.saturating_sub(1));
        let blocks = parts((small(self.block.0, self.precinct.0), small(self.block.1, self.precinct.1)));
        let structure = precincts
            .saturating_mul(PRECINCT + ORDERED * (1 + self.orders))
            .saturating_add(blocks.saturating_mul(BLOCK + LAYER * self.layers.min(32)));
        // As they are decoded, as they are put in order, and in 8 bits.
        let samples = picture.saturating_mul(4 + 4 + 1);
        samples
            .saturating_add(structure)
            .saturating_mul(components)
            .saturating_add(tile.saturating_mul(4 * 3))
            .saturating_add(self.tiles.saturating_mul(TILE * (1 + components)))
            .saturating_add(self.tile_parts.saturating_mul(TILE))
            .saturating_add(1 << 20)
    }
}

/// What the decoder holds of a precinct, a precinct in an order of packets, a code-block, a layer of it, and a tile or a
/// component of one, in bytes.
const PRECINCT: u64 = 200;
const ORDERED: u64 = 32;
const BLOCK: u64 = 240;
const LAYER: u64 = 24;
const TILE: u64 = 1024;

/// Returns the boxes in `bytes`, of which the last may be cut off, as the decoder takes them.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (size, after) = rest.split_first_chunk()?;
        let (kind, after) = after.split_first_chunk::<4>()?;
        let (payload, after) = match u32::from_be_bytes(*size) {
            0 => (after.len(), after),
            1 => {
                let (size, after) = after.split_first_chunk()?;
                (usize::try_from(u64::from_be_bytes(*size).checked_sub(16)?).ok()?, after)
            }
            size => (size.checked_sub(8)? as usize, after),
        };
        let (payload, after) = after.split_at(payload.min(after.len()));
        rest = after;
        Some((kind, payload))
    })
}

/// Returns the next marker and its segment.
fn segment<'a>(stream: &'a [u8], at: &mut usize) -> Option<(u8, &'a [u8])> {
    let [0xff, kind] = *stream.get(*at..)?.first_chunk()? else { return None };
    *at += 2;
    if matches!(kind, 0x30..=0x3f | marker::DATA | marker::END) {
        return Some((kind, &[]));
    }
    let length = usize::from(u16_at(stream, *at)?);
    let payload = stream.get(*at + 2..*at + length.max(2))?;
    *at += length.max(2);
    Some((kind, payload))
}

/// Returns the codestream of a file, if what is said about it is of no more than a picture needs.
fn codestream(original: &[u8]) -> Result<&[u8], ImageError> {
    if original.starts_with(&[0xff, 0x4f]) {
        return Ok(original);
    }
    let mut stream = None;
    for (kind, payload) in boxes(original) {
        match kind {
            b"jp2c" if stream.is_none() => stream = Some(payload),
            b"jp2c" => return Err(ImageError::Unsupported { format: "JPEG 2000 of several pictures" }),
            b"jp2h" => {
                for (kind, payload) in boxes(payload) {
                    let is_too_long = match kind {
                        // Two bytes for the number of colors, one for the channels of each.
                        b"pclr" => payload.get(2).is_none_or(|columns| *columns > 4),
                        b"cmap" => payload.len() > MAX_COMPONENTS * 4,
                        b"cdef" => payload.len() > 2 + MAX_COMPONENTS * 6,
                        b"colr" => payload.len() > MAX_PROFILE,
                        _ => false,
                    };
                    if is_too_long {
                        return Err(ImageError::Unsupported { format: "JPEG 2000 of more than four colors" });
                    }
                }
            }
            _ => {}
        }
    }
    stream.ok_or_else(|| damaged("no picture data"))
}

fn stream(original: &[u8]) -> Result<Stream, ImageError> {
    let stream = Stream::read(codestream(original)?).ok_or_else(|| damaged("a broken header"))?;
    if stream.components > MAX_COMPONENTS {
        return Err(ImageError::Unsupported { format: "JPEG 2000 of more than four colors" });
    }
    Ok(stream)
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let stream = stream(original)?;
    let size = (stream.width, stream.height);
    Ok(upright(SourceFormat::Jp2, size, 1, 1, stream.memory(0)))
}

/// Returns the error of a file that the decoder does not read.
fn unread(error: DecodeError) -> ImageError {
    match error {
        DecodeError::Format(hayro_jpeg2000::FormatError::Unsupported) => {
            ImageError::Unsupported { format: "JPEG 2000 of this kind" }
        }
        _ => damaged("it breaks the rules of its format"),
    }
}

pub(crate) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let stream = stream(original)?;
    let has_palette = boxes(original)
        .filter(|(kind, _)| *kind == b"jp2h")
        .any(|(_, header)| boxes(header).any(|(kind, _)| kind == b"pclr"));
    let halvings = if request.paths.shrink && !has_palette { stream.halvings(request.ratio()) } else { 0 };
    request.check_memory(stream.memory(halvings))?;
    request.work.take_bytes(original.len())?;
    request.work.ask(u64::MAX)?;
    // The decoder halves them as often as this goes into the whole.
    let side = |side: u32| side >> halvings;
    request
        .work
        .take_samples(u64::from(stream.width) * u64::from(stream.height) * stream.components as u64)?;
    let settings = DecodeSettings {
        target_resolution: (halvings > 0).then(|| (side(stream.width), side(stream.height))),
        ..DecodeSettings::default()
    };
    let image = Image::new(original, &settings).map_err(unread)?;
    let (width, height) = (image.width(), image.height());
    let is_expected = |seen: u32, whole: u32| seen.abs_diff(whole.div_ceil(1 << halvings)) <= 1;
    if !is_expected(width, stream.width) || !is_expected(height, stream.height) {
        return Err(damaged("a picture in it is larger than it says"));
    }
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(unread)?;
    let channels = decoded.components().len();
    let colors = usize::from(image.color_space().num_channels());
    let (layout, icc) = match (image.color_space(), colors, image.has_alpha()) {
        (_, 1, true) => (Layout::GrayAlpha, None),
        (ColorSpace::Icc { profile, .. }, 1, false) => (Layout::Gray, Some(profile)),
        (_, 1, false) => (Layout::Gray, None),
        (ColorSpace::Icc { profile, .. }, 3, has_alpha) => {
            (if has_alpha { Layout::Rgba } else { Layout::Rgb }, Some(profile))
        }
        (_, 3, true) => (Layout::Rgba, None),
        (_, 3, false) => (Layout::Rgb, None),
        (ColorSpace::Icc { profile, .. }, 4, _) => (Layout::Cmyk, Some(profile)),
        (_, 4, _) => (Layout::Cmyk, None),
        _ => return Err(ImageError::Unsupported { format: "JPEG 2000 of this many colors" }),
    };
    if channels < layout.channels() {
        return Err(damaged("too few colors"));
    }
    let mut data = vec![0; width as usize * height as usize * layout.channels()];
    for (c, component) in decoded.components().iter().take(layout.channels()).enumerate() {
        let by = 255.0 / ((1_u64 << component.bit_depth()) - 1) as f32;
        // JPEG counts paper where this counts ink.
        let (from, by) = if layout == Layout::Cmyk { (255.0, -by) } else { (0.0, by) };
        let places = data.iter_mut().skip(c).step_by(layout.channels());
        places.zip(component.samples()).for_each(|(to, sample)| *to = (from + sample * by + 0.5) as u8);
    }
    let mut icc = icc.filter(|icc| icc.len() <= MAX_PROFILE).cloned();
    if layout == Layout::Rgb && icc.as_ref().is_some_and(|icc| icc.get(16..20) == Some(b"Lab ")) {
        for pixel in data.as_chunks_mut::<3>().0 {
            let [lightness, a, b] = pixel.map(f32::from);
            *pixel = lab::to_srgb(lightness * 100.0 / 255.0, a - 128.0, b - 128.0);
        }
        icc = None;
    }
    let by = f64::from(1_u32 << halvings);
    let extent = (f64::from(stream.width) / by, f64::from(stream.height) / by);
    let pixels = Pixels {
        extent: (extent.0.min(width.into()), extent.1.min(height.into())),
        ..Pixels::new(width, height, layout, data)
    };
    Ok(Decoded { raster: Raster::Packed(pixels), icc, partial: false })
}
