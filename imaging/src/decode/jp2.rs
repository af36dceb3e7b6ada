//! Decodes JPEG 2000, in boxes or as a bare codestream.
//!
//! The decoder trusts the numbers of code-blocks, precincts, layers, and tiles in the headers, which can exceed the
//! number of pixels. This module therefore first computes the memory for them, by annexes A and B of ISO/IEC 15444-1.

use hayro_jpeg2000::error::DecodeError;
use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

use crate::color::{InkConverter, paper_to_rgb};
use crate::decode::heif::boxes::partial_boxes;
use crate::decode::{DecodeOutput, DecodeRequest, divide_by_alpha, lab, upright_header};
use crate::limits::MAX_PROFILE;
use crate::pixels::{Layout, Pixels, Raster};
use crate::{Header, ImageError, SourceFormat};

fn damaged(reason: &str) -> ImageError {
    ImageError::damaged(SourceFormat::Jp2, reason)
}

/// The maximum number of components: colors and alpha.
const MAX_COMPONENTS: usize = 5;

/// Markers of a codestream.
mod marker {
    pub(super) const CAP: u8 = 0x50;
    pub(super) const SIZ: u8 = 0x51;
    pub(super) const COD: u8 = 0x52;
    pub(super) const COC: u8 = 0x53;
    pub(super) const POC: u8 = 0x5f;
    pub(super) const SOT: u8 = 0x90;
    pub(super) const SOD: u8 = 0x93;
    pub(super) const EOC: u8 = 0xd9;
}

/// The parameters of a codestream that determine the memory for decoding it.
struct Codestream {
    /// The size of the picture in pixels.
    width: u32,
    height: u32,
    tile: (u64, u64),
    tiles: u64,
    components: usize,
    tile_parts: u64,
    /// The number of progression order changes.
    progression_changes: u64,
    layers: u64,
    /// The minimum and maximum number of decomposition levels among the components.
    levels: (u8, u8),
    /// The minimum sides of a code-block and of a precinct, as exponents of two.
    block: (u32, u32),
    precinct: (u32, u32),
    /// Whether the code-blocks are coded as in ISO/IEC 15444-15.
    is_high_throughput: bool,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

impl Codestream {
    /// Reads the headers of a codestream. Returns `None` if a required header is missing.
    fn read(stream: &[u8]) -> Option<Self> {
        let mut at = 2;
        let mut read =
            Self::read_siz(next_segment(stream, &mut at).filter(|(kind, _)| *kind == marker::SIZ)?.1)?;
        while let Some((kind, payload)) = next_segment(stream, &mut at) {
            match kind {
                marker::SOT => {
                    read.tile_parts += 1;
                    let begin = at - payload.len() - 4;
                    let length = u32_at(payload, 2)? as usize;
                    while let Some((kind, payload)) = next_segment(stream, &mut at) {
                        match kind {
                            marker::SOD | marker::EOC => break,
                            _ => read.merge(kind, payload)?,
                        }
                    }
                    // A tile-part without a length extends to the end of the file.
                    at = if length == 0 { stream.len() } else { at.max(begin.saturating_add(length)) };
                }
                marker::EOC => break,
                _ => read.merge(kind, payload)?,
            }
        }
        Some(read)
    }

    /// Reads the `SIZ` segment.
    fn read_siz(payload: &[u8]) -> Option<Self> {
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
            progression_changes: 0,
            layers: 1,
            levels: (32, 0),
            block: (10, 10),
            precinct: (15, 15),
            is_high_throughput: false,
        })
    }

    /// Merges a segment, keeping the most expensive parameters.
    fn merge(&mut self, kind: u8, payload: &[u8]) -> Option<()> {
        let (has_precincts, coding) = match kind {
            marker::COD => {
                self.layers = self.layers.max(u16_at(payload, 2)?.into());
                (payload.first()? & 1 == 1, payload.get(5..)?)
            }
            marker::COC => {
                let after = if self.components < 257 { 1 } else { 2 };
                (payload.get(after)? & 1 == 1, payload.get(after + 1..)?)
            }
            marker::POC => {
                self.progression_changes += payload.len() as u64 / 7;
                return Some(());
            }
            marker::CAP => {
                // A bit for each part of the standard. The highest is that of part 1.
                self.is_high_throughput = u32_at(payload, 0)? & (1 << (32 - 15)) != 0;
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

    /// Returns how many times decoding may halve the sides.
    fn max_halvings(&self, ratio: f64) -> u8 {
        let wanted_halvings = if ratio >= 4.0 { (ratio / 2.0).log2() as u8 } else { 0 };
        wanted_halvings.min(self.levels.0)
    }

    /// Returns the number of bytes that decoding needs if it halves the sides `halvings` times.
    fn memory(&self, halvings: u8) -> u64 {
        let components = self.components as u64;
        let area = |(width, height): (u64, u64)| width.saturating_mul(height);
        let halved = |side: u64| side.div_ceil(1 << halvings);
        let picture = area((halved(self.width.into()), halved(self.height.into())));
        let tile = area((halved(self.tile.0), halved(self.tile.1)));
        // In each subband of each decomposition level, a code-block that crosses an edge counts on both
        // sides.
        let count_parts = |(x, y): (u32, u32)| {
            let across = (self.tile.0 >> x).saturating_add(2);
            let down = (self.tile.1 >> y).saturating_add(2);
            across.saturating_mul(down).saturating_mul(2).saturating_add(u64::from(self.levels.1) * 16)
        };
        let precincts = count_parts(self.precinct);
        // A code-block is never larger than its precinct in the subband.
        let clamp_block = |block: u32, precinct: u32| block.min(precinct.saturating_sub(1));
        let blocks = count_parts((
            clamp_block(self.block.0, self.precinct.0),
            clamp_block(self.block.1, self.precinct.1),
        ));
        let structure = precincts
            .saturating_mul(PRECINCT_BYTES + PRECINCT_ORDER_BYTES * (1 + self.progression_changes))
            .saturating_add(blocks.saturating_mul(CODE_BLOCK_BYTES + LAYER_BYTES * self.layers.min(32)));
        // The decoded samples, the samples in order, and the samples in 8 bits.
        let samples = picture.saturating_mul(4 + 4 + 1);
        samples
            .saturating_add(structure)
            .saturating_mul(components)
            .saturating_add(tile.saturating_mul(4 * 3))
            .saturating_add(self.tiles.saturating_mul(TILE_BYTES * (1 + components)))
            .saturating_add(self.tile_parts.saturating_mul(TILE_BYTES))
            .saturating_add(1 << 20)
    }
}

/// The bytes that the decoder holds for a precinct, for a precinct in a progression order, for a code-block,
/// for a layer of a code-block, and for a tile or a component of a tile.
const PRECINCT_BYTES: u64 = 200;
const PRECINCT_ORDER_BYTES: u64 = 32;
const CODE_BLOCK_BYTES: u64 = 240;
const LAYER_BYTES: u64 = 24;
const TILE_BYTES: u64 = 1024;

/// Returns the next marker and the payload of its segment.
fn next_segment<'a>(stream: &'a [u8], at: &mut usize) -> Option<(u8, &'a [u8])> {
    let [0xff, kind] = *stream.get(*at..)?.first_chunk()? else { return None };
    *at += 2;
    if matches!(kind, 0x30..=0x3f | marker::SOD | marker::EOC) {
        return Some((kind, &[]));
    }
    let length = usize::from(u16_at(stream, *at)?);
    let payload = stream.get(*at + 2..*at + length.max(2))?;
    *at += length.max(2);
    Some((kind, payload))
}

/// Returns the codestream of a file. Returns an error if the boxes before it are longer than a picture needs.
fn find_codestream(original: &[u8]) -> Result<&[u8], ImageError> {
    if original.starts_with(&[0xff, 0x4f]) {
        return Ok(original);
    }
    let mut stream = None;
    for (kind, payload) in partial_boxes(original) {
        match kind {
            b"jp2c" if stream.is_none() => stream = Some(payload),
            b"jp2c" => return Err(ImageError::Unsupported { format: "JPEG 2000 with several pictures" }),
            b"jp2h" => {
                for (kind, payload) in partial_boxes(payload) {
                    let is_too_long = match kind {
                        // The palette box declares the number of columns in its third byte.
                        b"pclr" => payload.get(2).is_none_or(|columns| *columns > 4),
                        b"cmap" => payload.len() > MAX_COMPONENTS * 4,
                        b"cdef" => payload.len() > 2 + MAX_COMPONENTS * 6,
                        b"colr" => payload.len() > MAX_PROFILE,
                        _ => false,
                    };
                    if is_too_long {
                        return Err(ImageError::Unsupported {
                            format: "JPEG 2000 with more than four colors",
                        });
                    }
                }
            }
            _ => {}
        }
    }
    stream.ok_or_else(|| damaged("it has no picture data"))
}

/// Returns the type of the first channel that a file does not declare as a color: 1 for alpha, 2 for alpha by which the
/// colors are multiplied, and others for anything else (ISO/IEC 15444-1, I.5.3.6).
fn find_extra_channel(original: &[u8]) -> Option<u16> {
    let header = partial_boxes(original).find(|(kind, _)| *kind == b"jp2h")?.1;
    let definitions = partial_boxes(header).find(|(kind, _)| *kind == b"cdef")?.1.get(2..)?;
    let mut kinds = definitions.as_chunks::<6>().0.iter().map(|[_, _, high, low, ..]| [*high, *low]);
    kinds.find(|kind| *kind != [0, 0]).map(u16::from_be_bytes)
}

fn read_codestream(original: &[u8]) -> Result<Codestream, ImageError> {
    let stream =
        Codestream::read(find_codestream(original)?).ok_or_else(|| damaged("its header is invalid"))?;
    if stream.components > MAX_COMPONENTS {
        return Err(ImageError::Unsupported { format: "JPEG 2000 with more than four colors" });
    }
    if stream.is_high_throughput {
        return Err(ImageError::Unsupported { format: "high-throughput JPEG 2000 (HTJ2K)" });
    }
    Ok(stream)
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let stream = read_codestream(original)?;
    let size = (stream.width, stream.height);
    Ok(upright_header(SourceFormat::Jp2, size, 1, 1, stream.memory(0)))
}

/// Converts an error of the decoder.
fn convert_error(error: DecodeError) -> ImageError {
    match error {
        DecodeError::Format(hayro_jpeg2000::FormatError::Unsupported) => {
            ImageError::Unsupported { format: "this variant of JPEG 2000" }
        }
        _ => damaged("it is malformed"),
    }
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let stream = read_codestream(original)?;
    let has_palette = partial_boxes(original)
        .filter(|(kind, _)| *kind == b"jp2h")
        .any(|(_, header)| partial_boxes(header).any(|(kind, _)| kind == b"pclr"));
    let halvings =
        if request.paths.shrink && !has_palette { stream.max_halvings(request.min_ratio()) } else { 0 };
    request.check_memory(stream.memory(halvings))?;
    request.budget.spend_bytes(original.len())?;
    request.budget.check_canceled(u64::MAX)?;
    // The decoder halves the sides until they are no larger than this target.
    let side = |side: u32| side >> halvings;
    request
        .budget
        .spend_samples(u64::from(stream.width) * u64::from(stream.height) * stream.components as u64)?;
    let settings = DecodeSettings {
        target_resolution: (halvings > 0).then(|| (side(stream.width), side(stream.height))),
        ..DecodeSettings::default()
    };
    let image = Image::new(original, &settings).map_err(convert_error)?;
    let (width, height) = (image.width(), image.height());
    let is_expected = |seen: u32, whole: u32| seen.abs_diff(whole.div_ceil(1 << halvings)) <= 1;
    if !is_expected(width, stream.width) || !is_expected(height, stream.height) {
        return Err(damaged("it contains a picture that is larger than its header declares"));
    }
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(convert_error)?;
    let channels = decoded.components().len();
    let colors = usize::from(image.color_space().num_channels());
    // The decoder treats a channel of any other type as alpha.
    let extra_channel = find_extra_channel(original);
    let has_alpha = image.has_alpha() && matches!(extra_channel, None | Some(1 | 2));
    let layout = match (colors, has_alpha) {
        (1, false) => Layout::Gray,
        (1, true) => Layout::GrayAlpha,
        (3, false) => Layout::Rgb,
        (4, false) => Layout::Cmyk,
        (3 | 4, true) => Layout::Rgba,
        _ => return Err(ImageError::Unsupported { format: "JPEG 2000 with this number of colors" }),
    };
    let mut icc = match image.color_space() {
        ColorSpace::Icc { profile, .. } => Some(profile).filter(|icc| icc.len() <= MAX_PROFILE).cloned(),
        _ => None,
    };
    let stored = colors + usize::from(has_alpha);
    if channels < stored {
        return Err(damaged("it has too few colors"));
    }
    let mut data = vec![0; width as usize * height as usize * stored];
    for (c, component) in decoded.components().iter().take(stored).enumerate() {
        let by = 255.0 / ((1_u64 << component.bit_depth()) - 1) as f32;
        // In JPEG, a sample is the amount of visible paper. In JPEG 2000, it is the amount of ink.
        let (from, by) = if layout == Layout::Cmyk { (255.0, -by) } else { (0.0, by) };
        let places = data.iter_mut().skip(c).step_by(stored);
        places.zip(component.samples()).for_each(|(to, sample)| *to = (from + sample * by + 0.5) as u8);
    }
    if has_alpha && extra_channel == Some(2) {
        data.chunks_exact_mut(stored).for_each(divide_by_alpha);
    }
    if colors == 4 && has_alpha {
        convert_inks(&mut data, icc.take().as_deref());
    }
    if colors == 3 && icc.as_ref().is_some_and(|icc| icc.get(16..20) == Some(b"Lab ")) {
        for pixel in data.chunks_exact_mut(stored) {
            let [lightness, a, b] = [0, 1, 2].map(|c| f32::from(pixel[c]));
            pixel[..3].copy_from_slice(&lab::to_srgb(lightness * 100.0 / 255.0, a - 128.0, b - 128.0));
        }
        icc = None;
    }
    let by = f64::from(1_u32 << halvings);
    let extent = (f64::from(stream.width) / by, f64::from(stream.height) / by);
    let pixels = Pixels {
        extent: (extent.0.min(width.into()), extent.1.min(height.into())),
        ..Pixels::new(width, height, layout, data)
    };
    Ok(DecodeOutput { raster: Raster::Packed(pixels), icc, partial: false })
}

/// The number of pixels of inks that are converted at a time.
const INK_PIXELS: usize = 4096;

/// Converts pixels of four inks and alpha to RGBA. [`Layout`] has no inks with alpha.
fn convert_inks(data: &mut Vec<u8>, icc: Option<&[u8]>) {
    let converter = icc.and_then(InkConverter::from_profile);
    let count = data.len() / 5;
    for from in (0..count).step_by(INK_PIXELS) {
        let stored = data[from * 5..count.min(from + INK_PIXELS) * 5].to_vec();
        let stored = stored.as_chunks::<5>().0;
        let inks: Vec<u8> = stored.iter().flat_map(|[inks @ .., _]| *inks).collect();
        let converted = converter.as_ref().and_then(|converter| converter.convert(&inks));
        let converted = converted.as_deref().unwrap_or_default().as_chunks::<3>().0;
        for (i, [inks @ .., alpha]) in stored.iter().enumerate() {
            let plain = || paper_to_rgb(inks.map(|ink| 255 - ink));
            let [red, green, blue] = converted.get(i).copied().unwrap_or_else(plain);
            data[(from + i) * 4..][..4].copy_from_slice(&[red, green, blue, *alpha]);
        }
    }
    data.truncate(count * 4);
}
