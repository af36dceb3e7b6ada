//! Decodes PSD and PSB of Adobe Photoshop: the merged picture of all layers at the end of the file.
//!
//! Follows Adobe's specification of Photoshop file formats. The channels are stored one after another, so
//! each row is assembled from several places in the file.

use crate::curves::{DepthConverter, srgb_from_linear};
use crate::decode::{DecodeOutput, DecodeRequest, jpeg, lab, upright_header};
use crate::limits::MAX_PROFILE;
use crate::pixels::{Layout, Raster};
use crate::shrink::Shrinker;
use crate::{Header, ImageError, SourceFormat};

fn damaged(reason: &str) -> ImageError {
    ImageError::damaged(SourceFormat::Psd, reason)
}

fn unsupported<T>(format: &'static str) -> Result<T, ImageError> {
    Err(ImageError::Unsupported { format })
}

/// The IDs of resources.
const PREVIEW: u16 = 1036;
const PROFILE: u16 = 1039;
const TRANSPARENT_INDEX: u16 = 1047;
const VERSION_INFO: u16 = 1057;

/// The color mode of a file.
#[derive(Clone, Copy, PartialEq)]
enum ColorMode {
    Bitmap,
    Gray,
    Indexed,
    Rgb,
    Cmyk,
    Lab,
}

/// The header of a file, and its pixel data.
struct PsdDocument<'a> {
    width: u32,
    height: u32,
    channels: usize,
    depth: usize,
    mode: ColorMode,
    /// All 256 red samples, then the green ones, then the blue ones.
    palette: &'a [u8],
    /// The index of the transparent color. The specification gives it 16 bits.
    transparent_index: Option<u16>,
    icc: Option<&'a [u8]>,
    /// Whether the first channel after the colors is the alpha of the picture. Otherwise, it is a saved
    /// selection.
    has_alpha: bool,
    is_packed: bool,
    /// The number of bytes of each length in the list of packed rows.
    length_bytes: usize,
    /// Everything after the field that declares the compression.
    pixels: &'a [u8],
}

/// Removes `N` bytes from the beginning of `rest`.
fn split_array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*head)
}

/// Removes a section from the beginning. The section begins with its length.
fn split_section<'a>(rest: &mut &'a [u8], is_long: bool) -> Option<&'a [u8]> {
    let length = if is_long {
        u64::from_be_bytes(split_array(rest)?)
    } else {
        u32::from_be_bytes(split_array(rest)?).into()
    };
    let (section, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(section)
}

/// Returns the resource with the ID `wanted`.
fn find_resource(mut resources: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        if split_array(&mut resources)? != *b"8BIM" {
            return None;
        }
        let number = u16::from_be_bytes(split_array(&mut resources)?);
        // The name, with its length byte, is padded to an even number of bytes.
        let name = usize::from(*resources.first()?) + 1;
        resources = resources.get(name.next_multiple_of(2)..)?;
        let data = split_section(&mut resources, false)?;
        if number == wanted {
            return Some(data);
        }
        resources = resources.get(data.len() % 2..)?;
    }
}

/// Returns whether the picture has alpha. If it does, the number of layers is negative, or a block declares the alpha.
/// With 16 or 32 bits per sample, the layers are in a block.
fn has_alpha(mut layers: &[u8], is_large: bool) -> Option<bool> {
    let is_negative =
        |mut info: &[u8]| split_array(&mut info).is_some_and(|count| i16::from_be_bytes(count) < 0);
    if is_negative(split_section(&mut layers, is_large)?) {
        return Some(true);
    }
    let _mask = split_section(&mut layers, false)?;
    loop {
        let (_signature, key) = (split_array::<4>(&mut layers)?, split_array(&mut layers)?);
        let block = split_section(&mut layers, is_large && LONG_BLOCKS.contains(&&key))?;
        match &key {
            b"Mt16" | b"Mt32" | b"Mtrn" => return Some(true),
            b"Lr16" | b"Lr32" if is_negative(block) => return Some(true),
            _ => layers = layers.get(block.len().next_multiple_of(4) - block.len()..)?,
        }
    }
}

/// The blocks whose lengths have 64 bits in a PSB.
const LONG_BLOCKS: [&[u8; 4]; 13] = [
    b"LMsk", b"Lr16", b"Lr32", b"Layr", b"Mt16", b"Mt32", b"Mtrn", b"Alph", b"FMsk", b"lnk2", b"FEid",
    b"FXid", b"PxSD",
];

/// A document, or only its preview.
enum Psd<'a> {
    Document(PsdDocument<'a>),
    /// A document without its merged picture, and a small JPEG of it.
    Preview(PsdDocument<'a>, &'a [u8]),
}

impl<'a> Psd<'a> {
    fn read(original: &'a [u8]) -> Result<Self, ImageError> {
        let (document, resources, layers) = PsdDocument::read(original)?;
        // A byte after the version declares whether the merged picture is real. Otherwise, it is blank.
        let is_blank = find_resource(resources, VERSION_INFO).is_some_and(|info| info.get(4) == Some(&0));
        if layers.is_empty() || !is_blank {
            return Ok(Self::Document(document));
        }
        // A header of 28 bytes begins with the format: 1 is JPEG.
        let preview = find_resource(resources, PREVIEW).filter(|preview| preview.starts_with(&[0, 0, 0, 1]));
        match preview.and_then(|preview| preview.get(28..)) {
            Some(jpeg) => Ok(Self::Preview(document, jpeg)),
            None => unsupported("PSD without a merged picture (\"Maximize Compatibility\" was off)"),
        }
    }
}

impl<'a> PsdDocument<'a> {
    /// Returns the document, its resources, and its layers.
    fn read(original: &'a [u8]) -> Result<(Self, &'a [u8], &'a [u8]), ImageError> {
        let mut rest = original.get(4..).unwrap_or_default();
        let (width, height, channels, depth, mode, is_large) =
            Self::read_header(&mut rest).ok_or_else(|| damaged("the header is truncated"))?;
        if width == 0 || height == 0 {
            return Err(damaged("a side has zero pixels"));
        }
        let mode = match mode {
            0 => ColorMode::Bitmap,
            // A duotone without its inks is shown as gray.
            1 | 8 => ColorMode::Gray,
            2 => ColorMode::Indexed,
            3 => ColorMode::Rgb,
            4 => ColorMode::Cmyk,
            7 => return unsupported("PSD in multichannel mode"),
            9 => ColorMode::Lab,
            _ => return unsupported("PSD in this color mode"),
        };
        match (depth, mode) {
            (1, ColorMode::Bitmap) | (8, ColorMode::Indexed) => {}
            (8 | 16 | 32, ColorMode::Gray | ColorMode::Rgb | ColorMode::Cmyk | ColorMode::Lab) => {}
            _ => return Err(damaged("its depth is invalid")),
        }
        let cut_off = || damaged("it ends before its pixel data");
        let palette = split_section(&mut rest, false).ok_or_else(cut_off)?;
        let resources = split_section(&mut rest, false).ok_or_else(cut_off)?;
        let layers = split_section(&mut rest, is_large).ok_or_else(cut_off)?;
        let is_packed = match split_array(&mut rest).map(u16::from_be_bytes) {
            Some(0) => false,
            Some(1) => true,
            Some(2 | 3) => return unsupported("PSD with ZIP compression"),
            Some(_) => return Err(damaged("its compression code is invalid")),
            None => return Err(cut_off()),
        };
        let (channels, depth) = (usize::from(channels), usize::from(depth));
        let document = Self {
            width,
            height,
            channels,
            depth,
            mode,
            palette,
            transparent_index: find_resource(resources, TRANSPARENT_INDEX)
                .and_then(|mut index| split_array(&mut index))
                .map(u16::from_be_bytes),
            icc: find_resource(resources, PROFILE).filter(|icc| icc.len() <= MAX_PROFILE),
            has_alpha: has_alpha(layers, is_large).unwrap_or(false),
            is_packed,
            length_bytes: if is_large { 4 } else { 2 },
            pixels: rest,
        };
        if channels < document.colors() {
            return Err(damaged("it has too few channels"));
        }
        Ok((document, resources, layers))
    }

    fn read_header(rest: &mut &[u8]) -> Option<(u32, u32, u16, u16, u16, bool)> {
        let is_large = u16::from_be_bytes(split_array(rest)?) == 2;
        split_array::<6>(rest)?;
        let channels = u16::from_be_bytes(split_array(rest)?);
        let (height, width) =
            (u32::from_be_bytes(split_array(rest)?), u32::from_be_bytes(split_array(rest)?));
        let (depth, mode) = (u16::from_be_bytes(split_array(rest)?), u16::from_be_bytes(split_array(rest)?));
        Some((width, height, channels, depth, mode, is_large))
    }

    /// Returns the number of color channels.
    fn colors(&self) -> usize {
        match self.mode {
            ColorMode::Bitmap | ColorMode::Gray | ColorMode::Indexed => 1,
            ColorMode::Rgb | ColorMode::Lab => 3,
            ColorMode::Cmyk => 4,
        }
    }

    fn layout(&self) -> Layout {
        let has_alpha = self.has_alpha && self.channels > self.colors();
        match self.mode {
            ColorMode::Gray if has_alpha => Layout::GrayAlpha,
            ColorMode::Bitmap | ColorMode::Gray => Layout::Gray,
            ColorMode::Rgb if has_alpha => Layout::Rgba,
            ColorMode::Indexed if self.transparent_index.is_some() => Layout::Rgba,
            ColorMode::Indexed | ColorMode::Rgb | ColorMode::Lab => Layout::Rgb,
            ColorMode::Cmyk => Layout::Cmyk,
        }
    }

    /// Returns the number of bytes in a row of one channel.
    fn row_bytes(&self) -> usize {
        (self.width as usize * self.depth).div_ceil(8)
    }

    /// Returns the number of bytes that decoding needs besides the shrunk rows.
    fn memory(&self) -> u64 {
        let rows = (self.row_bytes() + self.width as usize * 2) * 5;
        rows as u64 + self.icc.map_or(0, <[u8]>::len) as u64 + (16 << 10)
    }

    /// Returns the rows of the channel `channel`: the lengths of packed rows, and the bytes.
    fn channel(&self, channel: usize) -> ChannelRows<'a> {
        let rows = self.height as usize;
        if !self.is_packed {
            let at = self.row_bytes().saturating_mul(rows).saturating_mul(channel);
            return ChannelRows { lengths: None, bytes: self.pixels.get(at..).unwrap_or_default() };
        }
        let all = rows.saturating_mul(self.channels).saturating_mul(self.length_bytes);
        let (lengths, bytes) = self.pixels.split_at_checked(all).unwrap_or((self.pixels, &[]));
        let (before, lengths) =
            lengths.split_at_checked(rows * self.length_bytes * channel).unwrap_or((lengths, &[]));
        let before = before.chunks_exact(self.length_bytes).map(big_endian).fold(0, usize::saturating_add);
        let lengths = Some((lengths, self.length_bytes));
        ChannelRows { lengths, bytes: bytes.get(before..).unwrap_or_default() }
    }
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// The remaining rows of one channel.
struct ChannelRows<'a> {
    lengths: Option<(&'a [u8], usize)>,
    bytes: &'a [u8],
}

impl ChannelRows<'_> {
    /// Writes the next row to `row`, and returns the number of bytes that it has in the file. Returns `None`
    /// if it is incomplete.
    fn next_row(&mut self, row: &mut [u8]) -> Option<usize> {
        let Some((lengths, size)) = &mut self.lengths else {
            let (stored, after) = self.bytes.split_at_checked(row.len())?;
            row.copy_from_slice(stored);
            self.bytes = after;
            return Some(stored.len());
        };
        let (length, after) = lengths.split_at_checked(*size)?;
        *lengths = after;
        let (stored, after) = self.bytes.split_at_checked(big_endian(length))?;
        self.bytes = after;
        unpack_bits(stored, row)?;
        Some(stored.len())
    }
}

/// Unpacks PackBits. Returns `None` if the data ends before the row is full.
fn unpack_bits(mut stored: &[u8], row: &mut [u8]) -> Option<()> {
    let mut at = 0;
    while at < row.len() {
        let (&count, after) = stored.split_first()?;
        let room = row.len() - at;
        match count {
            0..=127 => {
                let count = usize::from(count) + 1;
                let bytes = after.get(..count)?;
                row[at..at + count.min(room)].copy_from_slice(&bytes[..count.min(room)]);
                stored = &after[count..];
                at += count;
            }
            128 => stored = after,
            129.. => {
                let count = 257 - usize::from(count);
                let (byte, after) = after.split_first()?;
                row[at..at + count.min(room)].fill(*byte);
                stored = after;
                at += count;
            }
        }
    }
    Some(())
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let document = match Psd::read(original)? {
        Psd::Document(document) => document,
        Psd::Preview(document, preview) => {
            let original_size = (document.width, document.height);
            return Ok(Header { format: SourceFormat::Psd, original_size, ..jpeg::header(preview)? });
        }
    };
    let (width, height) = (document.width, document.height);
    // With few rows, shrinking by two can need more memory than not shrinking.
    let shrunk = [(1, 1), (2, 2)].map(|factor| Shrinker::memory(width, height, document.layout(), factor));
    let memory = document.memory() + shrunk[0].max(shrunk[1]);
    Ok(upright_header(SourceFormat::Psd, (width, height), 1, 1, memory))
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let document = match Psd::read(original)? {
        Psd::Document(document) => document,
        Psd::Preview(_, preview) => {
            return Ok(DecodeOutput { partial: true, ..jpeg::decode(preview, request)? });
        }
    };
    let (width, height, layout) = (document.width, document.height, document.layout());
    let factor = request.shrink_factors();
    request.check_memory(document.memory() + Shrinker::memory(width, height, layout, factor))?;
    let has_stored_alpha = layout.has_alpha() && document.mode != ColorMode::Indexed;
    let channels = document.colors() + usize::from(has_stored_alpha);
    request
        .budget
        .spend_samples((document.row_bytes() as u64).saturating_mul(height.into()) * channels as u64)?;
    let mut rows: Vec<_> = (0..channels).map(|channel| document.channel(channel)).collect();
    let mut shrinker = Shrinker::new(width, height, layout, factor);
    let mut stored = vec![0; document.row_bytes()];
    let mut samples = vec![vec![0; width as usize]; channels];
    let mut row = vec![0; width as usize * layout.channels()];
    let mut missing = 0;
    for y in 0..height {
        request.budget.check_canceled(width.into())?;
        let mut readable = 0;
        for (channel, (rows, samples)) in rows.iter_mut().zip(&mut samples).enumerate() {
            match rows.next_row(&mut stored) {
                Some(bytes) => {
                    request.budget.spend_bytes(bytes)?;
                    convert_samples(&stored, document.depth, channel < document.colors(), samples);
                    readable += 1;
                }
                // The channels are stored one after another, so a truncated file can lack some of them.
                None => samples.fill(128),
            }
        }
        if readable == 0 && y == 0 {
            return Err(damaged("it has no pixels"));
        }
        if readable < channels {
            missing += 1;
        }
        document.combine_channels(&samples, &mut row);
        shrinker.push(&row);
    }
    let icc = document.icc.filter(|_| !matches!(document.mode, ColorMode::Lab | ColorMode::Bitmap));
    // After the conversion of linear light, only the primaries must be converted.
    let icc = if document.depth == 32 {
        icc.and_then(|icc| DepthConverter::from_profile(icc, document.colors())?.icc)
    } else {
        icc.map(<[u8]>::to_vec)
    };
    Ok(DecodeOutput { raster: Raster::Packed(shrinker.finish()), icc, partial: missing > 0 })
}

/// Converts samples to 8 bits. Colors of 32 bits are linear light.
fn convert_samples(stored: &[u8], depth: usize, is_color: bool, samples: &mut [u8]) {
    match depth {
        1 => {
            for (x, sample) in samples.iter_mut().enumerate() {
                // A set bit is black.
                *sample = if stored[x / 8] >> (7 - x % 8) & 1 == 1 { 0 } else { 255 };
            }
        }
        16 => samples.iter_mut().zip(stored.as_chunks::<2>().0).for_each(|(to, from)| *to = from[0]),
        32 => {
            for (to, from) in samples.iter_mut().zip(stored.as_chunks::<4>().0) {
                let sample = f32::from_be_bytes(*from);
                *to = if is_color {
                    srgb_from_linear(sample)
                } else {
                    (sample.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
                };
            }
        }
        _ => samples.copy_from_slice(stored),
    }
}

impl PsdDocument<'_> {
    /// Combines the samples of all channels.
    fn combine_channels(&self, samples: &[Vec<u8>], row: &mut [u8]) {
        match (self.mode, samples) {
            (ColorMode::Indexed, [indices]) => {
                for (index, to) in indices.iter().zip(row.chunks_exact_mut(self.layout().channels())) {
                    for (plane, to) in to[..3].iter_mut().enumerate() {
                        *to = self.palette.get(plane * 256 + usize::from(*index)).copied().unwrap_or(0);
                    }
                    if let Some(alpha) = to.get_mut(3) {
                        *alpha = if self.transparent_index == Some((*index).into()) { 0 } else { 255 };
                    }
                }
            }
            (ColorMode::Lab, [lightness, a, b]) => {
                for (x, to) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                    let color = |sample: u8| f32::from(sample) - 128.0;
                    *to = lab::to_srgb(f32::from(lightness[x]) * 100.0 / 255.0, color(a[x]), color(b[x]));
                }
            }
            _ => {
                for (c, samples) in samples.iter().enumerate() {
                    let places = row.iter_mut().skip(c).step_by(self.layout().channels());
                    places.zip(samples).for_each(|(to, from)| *to = *from);
                }
                match self.layout() {
                    Layout::GrayAlpha => row.as_chunks_mut::<2>().0.iter_mut().for_each(remove_white),
                    Layout::Rgba => row.as_chunks_mut::<4>().0.iter_mut().for_each(remove_white),
                    Layout::Gray | Layout::Rgb | Layout::Cmyk => {}
                }
            }
        }
    }
}

/// Removes the white that Photoshop blends into the colors of transparent pixels.
fn remove_white<const N: usize>(pixel: &mut [u8; N]) {
    let alpha = i32::from(pixel[N - 1]);
    if alpha > 0 && alpha < 255 {
        for color in &mut pixel[..N - 1] {
            *color = ((i32::from(*color) - 255 + alpha) * 255 / alpha).clamp(0, 255) as u8;
        }
    }
}
