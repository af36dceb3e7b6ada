//! Decodes rarely uploaded formats with the crate `image`: PNM, QOI, TGA, Radiance HDR, and OpenEXR.
//!
//! The crate decodes a whole picture at once. This module computes the memory from the header, and checks the limits
//! before decoding begins.

use std::cell::Cell;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

use ::image::codecs::{
    hdr::HdrDecoder, openexr::OpenExrDecoder, pnm::PnmDecoder, qoi::QoiDecoder, tga::TgaDecoder,
};
use ::image::{ColorType, ImageDecoder, ImageError as Error};
use exr::meta::{BlockDescription, MetaData};

use crate::budget::WorkBudget;
use crate::curves::srgb_from_linear;
use crate::decode::{DecodeOutput, DecodeRequest, upright_header};
use crate::pixels::{Layout, Raster};
use crate::profiles::{self, Primaries};
use crate::shrink::Shrinker;
use crate::{Header, ImageError, SourceFormat};

/// The maximum length in bytes of the header of a Radiance HDR or a PNM.
const MAX_HEADER: usize = 1 << 16;

/// A reader of a file that supplies gray, or zeros in text, if the pixels end early.
struct PaddedReader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The number of characters supplied after the end of a PNM in text.
    padded: usize,
    /// The budget from which reading is paid, or `None` if only the header is read.
    budget: Option<&'a WorkBudget<'a>>,
    pixels: &'a PixelDataState,
}

/// The state of the pixel data, shared with the reader.
#[derive(Default)]
struct PixelDataState {
    /// The number of gray bytes that may follow the end of the file; 0 while the header is read.
    padding_left: Cell<u64>,
    /// Whether the file contains pixel data.
    is_present: Cell<bool>,
    /// Whether the file ended before its pixel data was complete.
    is_truncated: Cell<bool>,
}

impl<'a> PaddedReader<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at.min(self.bytes.len())..]
    }
}

impl Read for PaddedReader<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if let Some(budget) = self.budget {
            budget.check_canceled(to.len().min(self.bytes.len()) as u64).map_err(io::Error::other)?;
        }
        let read = self.rest().read(to)?;
        self.at += read;
        if read > 0 || to.is_empty() {
            self.pixels.is_present.set(true);
            return Ok(read);
        }
        let Some(left) = self.pixels.padding_left.get().checked_sub(to.len() as u64) else { return Ok(0) };
        self.pixels.padding_left.set(left);
        if let Some(b"P1" | b"P2" | b"P3") = self.bytes.get(..2) {
            for byte in &mut *to {
                // The newline ends the last number of the file. Each sample that is missing is zero.
                *byte = if self.padded.is_multiple_of(2) { b'\n' } else { b'0' };
                self.pixels.is_truncated.set(self.padded > 0);
                self.padded += 1;
            }
            return Ok(to.len());
        }
        self.pixels.is_truncated.set(true);
        to.fill(128);
        Ok(to.len())
    }
}

impl BufRead for PaddedReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.rest())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

impl Seek for PaddedReader<'_> {
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

/// Converts an error of the crate.
fn convert_error(error: Error, format: SourceFormat) -> ImageError {
    match error {
        Error::IoError(error) => match error.get_ref().and_then(|error| error.downcast_ref()) {
            Some(ours) => ImageError::clone(ours),
            None => ImageError::damaged(format, "its data ends early"),
        },
        Error::Unsupported(_) | Error::Parameter(_) => ImageError::Unsupported {
            format: match format {
                SourceFormat::Exr => "this variant of OpenEXR",
                SourceFormat::Hdr => "this variant of Radiance HDR",
                SourceFormat::Tga => "this variant of TGA",
                _ => "this variant of PNM",
            },
        },
        Error::Decoding(_) | Error::Encoding(_) | Error::Limits(_) => {
            ImageError::damaged(format, "it is malformed")
        }
    }
}

/// Returns the decoder of a file after it has read the header.
fn open_decoder<'a>(
    original: &'a [u8],
    format: SourceFormat,
    budget: Option<&'a WorkBudget<'a>>,
    pixels: &'a PixelDataState,
) -> Result<Box<dyn ImageDecoder + 'a>, ImageError> {
    let head = &original[..original.len().min(MAX_HEADER)];
    let file = PaddedReader {
        bytes: if budget.is_some() { original } else { head },
        at: 0,
        padded: 0,
        budget,
        pixels,
    };
    let opened: Result<Box<dyn ImageDecoder>, Error> = match format {
        SourceFormat::Qoi => QoiDecoder::new(file).map(|decoder| Box::new(decoder) as _),
        SourceFormat::Tga => TgaDecoder::new(file).map(|decoder| Box::new(decoder) as _),
        SourceFormat::Hdr => HdrDecoder::new_nonstrict(file).map(|decoder| Box::new(decoder) as _),
        SourceFormat::Exr => {
            exr_block_memory(original)?;
            // The blocks may lie anywhere in the file, and the decoder needs the end of the file.
            OpenExrDecoder::new(PaddedReader { bytes: original, at: 0, padded: 0, budget: None, pixels })
                .map(|decoder| Box::new(decoder) as _)
        }
        _ => {
            let decoder = PnmDecoder::new(file).map_err(|error| convert_error(error, format))?;
            // If the header does not declare the meaning of samples, the decoder treats a sample of 16 bits as two of 8
            // bits.
            if decoder.header().maximal_sample() > 255 && bytes_per_sample(decoder.color_type()) == 1 {
                let format = "PAM with 16 bits per sample and no tuple type";
                return Err(ImageError::Unsupported { format });
            }
            Ok(Box::new(decoder) as _)
        }
    };
    opened.map_err(|error| convert_error(error, format))
}

/// Returns the number of bytes that decoding the blocks of an OpenEXR needs.
fn exr_block_memory(original: &[u8]) -> Result<u64, ImageError> {
    let damaged = |_| ImageError::damaged(SourceFormat::Exr, "its header is invalid");
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

/// Returns the profile for the primaries of an OpenEXR, or `None` if they are those of sRGB, which is the default
/// (`chromaticities` among the standard attributes of OpenEXR).
fn exr_profile(original: &[u8]) -> Option<Vec<u8>> {
    let meta = MetaData::read_from_buffered(original, false).ok()?;
    let stated = meta.headers.first()?.shared_attributes.chromaticities?;
    let [red, green, blue, white] = [stated.red, stated.green, stated.blue, stated.white]
        // The primaries of CIE XYZ have a y of zero, by which the profile would divide.
        .map(|place| (place.x(), if place.y() == 0.0 { 1e-6 } else { place.y() }));
    profiles::from_gamma(None, Some(Primaries { red, green, blue, white }), false)
}

/// Returns the number of bytes that decoding needs besides the shrunk rows.
fn memory(
    original: &[u8],
    decoder: &dyn ImageDecoder,
    format: SourceFormat,
    width: u32,
) -> Result<u64, ImageError> {
    let whole = decoder.total_bytes();
    let more = match format {
        // The decoder first writes to a buffer of its own.
        SourceFormat::Exr => whole.saturating_add(exr_block_memory(original)?),
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
        _ => Err(ImageError::damaged(format, "its pixel format is invalid")),
    }
}

pub(crate) fn header(original: &[u8], format: SourceFormat) -> Result<Header, ImageError> {
    let pixels = PixelDataState::default();
    let decoder = open_decoder(original, format, None, &pixels)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(ImageError::damaged(format, "a side has zero pixels"));
    }
    let layout = layout(decoder.color_type(), format)?;
    // With few rows, shrinking by two can need more memory than not shrinking.
    let shrunk = [(1, 1), (2, 2)].map(|factor| Shrinker::memory(width, height, layout, factor));
    let memory = memory(original, &*decoder, format, width)?.saturating_add(shrunk[0].max(shrunk[1]));
    Ok(upright_header(format, (width, height), 1, 1, memory))
}

pub(crate) fn decode(
    original: &[u8],
    format: SourceFormat,
    request: &DecodeRequest<'_>,
) -> Result<DecodeOutput, ImageError> {
    let pixels = PixelDataState::default();
    let decoder = open_decoder(original, format, Some(request.budget), &pixels)?;
    let (width, height) = decoder.dimensions();
    let color = decoder.color_type();
    let layout = layout(color, format)?;
    let factor = request.shrink_factors();
    let held = memory(original, &*decoder, format, width)?;
    request.check_memory(held.saturating_add(Shrinker::memory(width, height, layout, factor)))?;
    request.budget.spend_samples(decoder.total_bytes())?;
    let explained = (original.len() as u64).saturating_mul(max_expansion(format)).saturating_add(1 << 20);
    if decoder.total_bytes() > explained {
        return Err(ImageError::TooMuchWork);
    }
    let mut whole = vec![0; decoder.total_bytes() as usize];
    pixels.is_present.set(false);
    // In text, a sample takes two characters.
    pixels.padding_left.set(decoder.total_bytes().saturating_mul(2).saturating_add(MAX_HEADER as u64));
    match decoder.read_image(&mut whole) {
        // The file may contain errors after the pixel data, which is complete.
        Err(_) if pixels.is_truncated.get() && !request.budget.is_canceled() => {}
        read => read.map_err(|error| convert_error(error, format))?,
    }
    if pixels.is_truncated.get() && !pixels.is_present.get() {
        return Err(ImageError::damaged(format, "it has no pixels"));
    }
    // Some writers leave the alpha of a TGA at zero in every pixel, which is opaque.
    let alphas = || whole.iter().skip(3).step_by(4);
    if format == SourceFormat::Tga && color == ColorType::Rgba8 && alphas().all(|alpha| *alpha == 0) {
        whole.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = 255);
    }
    let mut shrinker = Shrinker::new(width, height, layout, factor);
    let mut row = vec![0; width as usize * layout.channels()];
    for stored in whole.chunks_exact(row.len() * bytes_per_sample(color)) {
        request.budget.check_canceled(width.into())?;
        convert_row(stored, color, &mut row);
        shrinker.push(&row);
    }
    Ok(DecodeOutput {
        raster: Raster::Packed(shrinker.finish()),
        icc: if format == SourceFormat::Exr { exr_profile(original) } else { None },
        partial: pixels.is_truncated.get(),
    })
}

/// Returns the maximum number of sample bytes for each byte of a file: equal pixels in a run of a TGA, or in
/// the Deflate data of an OpenEXR.
fn max_expansion(format: SourceFormat) -> u64 {
    if format == SourceFormat::Exr { 4096 } else { 512 }
}

fn bytes_per_sample(color: ColorType) -> usize {
    usize::from(color.bytes_per_pixel()) / usize::from(color.channel_count())
}

/// Converts samples to 8-bit sRGB. Floating-point samples are linear light, multiplied by alpha.
fn convert_row(stored: &[u8], color: ColorType, row: &mut [u8]) {
    fn floats<const N: usize>(stored: &[u8]) -> impl Iterator<Item = [f32; N]> {
        let pixels = stored.as_chunks::<4>().0.as_chunks::<N>().0;
        pixels.iter().map(|pixel| pixel.map(f32::from_ne_bytes))
    }
    match color {
        ColorType::Rgb32F => {
            for (pixel, to) in floats::<3>(stored).zip(row.as_chunks_mut::<3>().0) {
                *to = pixel.map(srgb_from_linear);
            }
        }
        ColorType::Rgba32F => {
            for ([r, g, b, a], to) in floats::<4>(stored).zip(row.as_chunks_mut::<4>().0) {
                let by = if a > 0.0 { 1.0 / a } else { 0.0 };
                let [r, g, b] = [r, g, b].map(|light| srgb_from_linear(light * by));
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
