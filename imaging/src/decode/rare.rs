//! Formats that few people upload, by the crate `image`: PNM, QOI, TGA, Radiance HDR, OpenEXR, DDS.
//!
//! The crate decodes a picture as a whole. The header tells what that takes, and the limits are checked before it begins.

use std::cell::Cell;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

use ::image::codecs::{
    dds::DdsDecoder, hdr::HdrDecoder, openexr::OpenExrDecoder, pnm::PnmDecoder, qoi::QoiDecoder,
    tga::TgaDecoder,
};
use ::image::{ColorType, ImageDecoder, ImageError as Error};
use exr::meta::{BlockDescription, MetaData};

use crate::curves::narrow_light;
use crate::decode::{Decoded, Request, upright};
use crate::pixels::{Layout, Raster};
use crate::shrink::Shrink;
use crate::work::Work;
use crate::{Header, ImageError, SourceFormat};

/// The text that a Radiance HDR or a PNM begins with is shorter.
const MAX_HEADER: usize = 1 << 16;

/// A file. Where its pixels end early, gray follows.
struct File<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The work that reading draws on; without it, only the header is read.
    work: Option<&'a Work<'a>>,
    pixels: &'a PixelBytes,
}

/// What is read after the header.
#[derive(Default)]
struct PixelBytes {
    /// How many bytes of gray may follow the end of the file: none, while the header is read.
    gray: Cell<u64>,
    /// Whether the file has any.
    are_there: Cell<bool>,
    /// Whether the file has ended before they did.
    have_ended: Cell<bool>,
}

impl<'a> File<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at.min(self.bytes.len())..]
    }
}

impl Read for File<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if let Some(work) = self.work {
            work.ask(to.len().min(self.bytes.len()) as u64).map_err(io::Error::other)?;
        }
        let read = self.rest().read(to)?;
        self.at += read;
        if read > 0 || to.is_empty() {
            self.pixels.are_there.set(true);
            return Ok(read);
        }
        let Some(left) = self.pixels.gray.get().checked_sub(to.len() as u64) else { return Ok(0) };
        self.pixels.gray.set(left);
        self.pixels.have_ended.set(true);
        to.fill(128);
        Ok(to.len())
    }
}

impl BufRead for File<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.rest())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

impl Seek for File<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => (self.at as u64).checked_add_signed(by),
            SeekFrom::End(by) => (self.bytes.len() as u64).checked_add_signed(by),
        };
        self.at = at.and_then(|at| usize::try_from(at).ok()).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at as u64)
    }
}

/// Returns the error of a file that the crate does not read.
fn unread(error: Error, format: SourceFormat) -> ImageError {
    match error {
        Error::IoError(error) => match error.get_ref().and_then(|error| error.downcast_ref()) {
            Some(ours) => ImageError::clone(ours),
            None => ImageError::damaged(format, "its data ends early"),
        },
        Error::Unsupported(_) | Error::Parameter(_) => ImageError::Unsupported {
            format: match format {
                SourceFormat::Dds => "DDS that is not in DXT code",
                SourceFormat::Exr => "OpenEXR of this kind",
                SourceFormat::Tga => "TGA of this kind",
                _ => "PNM of this kind",
            },
        },
        Error::Decoding(_) | Error::Encoding(_) | Error::Limits(_) => {
            ImageError::damaged(format, "it breaks the rules of its format")
        }
    }
}

/// Returns the decoder of a file, of which it has read the header.
fn open<'a>(
    original: &'a [u8],
    format: SourceFormat,
    work: Option<&'a Work<'a>>,
    pixels: &'a PixelBytes,
) -> Result<Box<dyn ImageDecoder + 'a>, ImageError> {
    let head = &original[..original.len().min(MAX_HEADER)];
    let file = File { bytes: if work.is_some() { original } else { head }, at: 0, work, pixels };
    let opened: Result<Box<dyn ImageDecoder>, Error> = match format {
        SourceFormat::Qoi => QoiDecoder::new(file).map(|decoder| Box::new(decoder) as _),
        SourceFormat::Tga => TgaDecoder::new(file).map(|decoder| Box::new(decoder) as _),
        SourceFormat::Hdr => HdrDecoder::new_nonstrict(file).map(|decoder| Box::new(decoder) as _),
        SourceFormat::Dds => DdsDecoder::new(file).map(|decoder| Box::new(decoder) as _),
        SourceFormat::Exr => {
            blocks(original)?;
            // They may be anywhere in the file, and the decoder must see where that ends.
            OpenExrDecoder::new(File { bytes: original, at: 0, work: None, pixels })
                .map(|decoder| Box::new(decoder) as _)
        }
        _ => PnmDecoder::new(file).map(|decoder| Box::new(decoder) as _),
    };
    opened.map_err(|error| unread(error, format))
}

/// Returns what the blocks of an OpenEXR take while they are decoded, in bytes.
fn blocks(original: &[u8]) -> Result<u64, ImageError> {
    let damaged = |_| ImageError::damaged(SourceFormat::Exr, "its header breaks the rules");
    let meta = MetaData::read_from_buffered(original, false).map_err(damaged)?;
    let mut most = 0;
    let mut has_colors = false;
    for header in &meta.headers {
        let (width, height) = (header.layer_size.0 as u64, header.layer_size.1 as u64);
        let area = match header.blocks {
            BlockDescription::ScanLines => {
                let rows = header.compression.scan_lines_per_block() as u64;
                width.saturating_mul(rows.min(height))
            }
            BlockDescription::Tiles(tiles) => {
                (tiles.tile_size.0 as u64).saturating_mul(tiles.tile_size.1 as u64)
            }
        };
        let channels = &header.channels;
        let names = ["R", "G", "B"].map(|name| channels.find_index_of_channel(&name.into()));
        has_colors |= !header.deep && names.iter().all(Option::is_some);
        most = area.saturating_mul(channels.bytes_per_pixel as u64).max(most);
    }
    if has_colors {
        Ok(most.saturating_mul(4))
    } else {
        Err(ImageError::Unsupported { format: "OpenEXR without red, green, and blue" })
    }
}

/// Returns what decoding holds beside the rows that are shrunk, in bytes.
fn memory(
    original: &[u8],
    decoder: &dyn ImageDecoder,
    format: SourceFormat,
    width: u32,
) -> Result<u64, ImageError> {
    let whole = decoder.total_bytes();
    let more = match format {
        // The decoder writes to a buffer of its own first.
        SourceFormat::Exr => whole.saturating_add(blocks(original)?),
        _ => 0,
    };
    Ok(whole.saturating_add(more).saturating_add(u64::from(width) * 16 + MAX_HEADER as u64 * 4))
}

fn layout(color: ColorType, format: SourceFormat) -> Result<Layout, ImageError> {
    match color {
        ColorType::L8 | ColorType::L16 => Ok(Layout::Gray),
        ColorType::La8 | ColorType::La16 => Ok(Layout::GrayAlpha),
        ColorType::Rgb8 | ColorType::Rgb16 | ColorType::Rgb32F => Ok(Layout::Rgb),
        ColorType::Rgba8 | ColorType::Rgba16 | ColorType::Rgba32F => Ok(Layout::Rgba),
        _ => Err(ImageError::damaged(format, "an impossible kind of pixels")),
    }
}

pub(crate) fn header(original: &[u8], format: SourceFormat) -> Result<Header, ImageError> {
    let pixels = PixelBytes::default();
    let decoder = open(original, format, None, &pixels)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(ImageError::damaged(format, "a side of zero pixels"));
    }
    let layout = layout(decoder.color_type(), format)?;
    // Shrinking by two takes more than not at all where there are few rows.
    let shrunk = [(1, 1), (2, 2)].map(|factor| Shrink::memory(width, height, layout, factor));
    let memory = memory(original, &*decoder, format, width)?.saturating_add(shrunk[0].max(shrunk[1]));
    Ok(upright(format, (width, height), 1, 1, memory))
}

pub(crate) fn decode(
    original: &[u8],
    format: SourceFormat,
    request: &Request<'_>,
) -> Result<Decoded, ImageError> {
    let pixels = PixelBytes::default();
    let decoder = open(original, format, Some(request.work), &pixels)?;
    let (width, height) = decoder.dimensions();
    let color = decoder.color_type();
    let layout = layout(color, format)?;
    let factor = request.shrink();
    let held = memory(original, &*decoder, format, width)?;
    request.check_memory(held.saturating_add(Shrink::memory(width, height, layout, factor)))?;
    request.work.take_samples(decoder.total_bytes())?;
    let explained = (original.len() as u64).saturating_mul(most_packed(format)).saturating_add(1 << 20);
    if decoder.total_bytes() > explained {
        return Err(ImageError::TooMuchWork);
    }
    let mut whole = vec![0; decoder.total_bytes() as usize];
    pixels.are_there.set(false);
    pixels.gray.set(decoder.total_bytes().saturating_add(MAX_HEADER as u64));
    match decoder.read_image(&mut whole) {
        // What follows the end may break the rules, but what is before it has been decoded.
        Err(_) if pixels.have_ended.get() && !request.work.is_stopped() => {}
        read => read.map_err(|error| unread(error, format))?,
    }
    if pixels.have_ended.get() && !pixels.are_there.get() {
        return Err(ImageError::damaged(format, "no pixels"));
    }
    let mut shrink = Shrink::new(width, height, layout, factor);
    let mut row = vec![0; width as usize * layout.channels()];
    for stored in whole.chunks_exact(row.len() * bytes_per_sample(color)) {
        request.work.ask(width.into())?;
        narrow(stored, color, &mut row);
        shrink.push(&row);
    }
    Ok(Decoded { raster: Raster::Packed(shrink.finish()), icc: None, partial: pixels.have_ended.get() })
}

/// Returns how many bytes of samples a byte of a file holds at most, where all pixels are the same: as a run of a TGA, an
/// OpenEXR in the code of deflate.
fn most_packed(format: SourceFormat) -> u64 {
    if format == SourceFormat::Exr { 4096 } else { 512 }
}

fn bytes_per_sample(color: ColorType) -> usize {
    usize::from(color.bytes_per_pixel()) / usize::from(color.channel_count())
}

/// Makes samples of 8 bits in sRGB. Numbers with a point are of linear light, multiplied with their alpha.
fn narrow(stored: &[u8], color: ColorType, row: &mut [u8]) {
    fn floats<const N: usize>(stored: &[u8]) -> impl Iterator<Item = [f32; N]> {
        let pixels = stored.as_chunks::<4>().0.as_chunks::<N>().0;
        pixels.iter().map(|pixel| pixel.map(f32::from_ne_bytes))
    }
    match color {
        ColorType::Rgb32F => {
            for (pixel, to) in floats::<3>(stored).zip(row.as_chunks_mut::<3>().0) {
                *to = pixel.map(narrow_light);
            }
        }
        ColorType::Rgba32F => {
            for ([r, g, b, a], to) in floats::<4>(stored).zip(row.as_chunks_mut::<4>().0) {
                let by = if a > 0.0 { 1.0 / a } else { 0.0 };
                let [r, g, b] = [r, g, b].map(|light| narrow_light(light * by));
                *to = [r, g, b, (a.clamp(0.0, 1.0) * 255.0 + 0.5) as u8];
            }
        }
        _ if bytes_per_sample(color) == 2 => {
            for (sample, to) in stored.as_chunks::<2>().0.iter().zip(row) {
                *to = (u16::from_ne_bytes(*sample) >> 8) as u8;
            }
        }
        _ => row.copy_from_slice(stored),
    }
}
