//! Decodes PNG row by row.

use std::cell::Cell;
use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};
use std::iter::Peekable;

use ::png::DecodingError;

use crate::budget::WorkBudget;
use crate::curves::DepthConverter;
use crate::decode::{DecodeOutput, DecodeRequest, upright_header};
use crate::limits::MAX_PROFILE;
use crate::pixels::{Layout, Raster};
use crate::profiles::{self, Primaries};
use crate::shrink::Shrinker;
use crate::{Header, ImageError, SourceFormat, exif};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Png, reason)
}

/// Words in an error of the decoder, and our explanation for each. The decoder distinguishes these errors only by their
/// texts.
const MEANINGS: [(&str, &str); 5] = [
    ("deflate", "its compressed data is corrupt"),
    ("enough data", "its data ends early"),
    ("is missing", "it has no picture data"),
    ("palette", "its palette is missing or too short"),
    ("color/depth", "it has an invalid depth"),
];

/// Converts an error of the decoder.
fn convert_error(error: &DecodingError) -> ImageError {
    match error {
        DecodingError::IoError(error) => match error.get_ref().and_then(|error| error.downcast_ref()) {
            Some(ours) => ImageError::clone(ours),
            None => damaged("its data ends early"),
        },
        DecodingError::LimitsExceeded => damaged("one of its parts exceeds the limits"),
        DecodingError::Format(_) | DecodingError::Parameter(_) => {
            let text = error.to_string();
            let meaning = MEANINGS.iter().find(|(words, _)| text.contains(words));
            damaged(meaning.map_or("it contains an invalid chunk", |(_, meaning)| meaning))
        }
    }
}

/// Returns the kind and payload of each chunk of a PNG, without its checksum. Ends after `IEND` or at the end
/// of the file.
pub(crate) fn chunks(original: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = original.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (head, body) = rest.split_at_checked(8)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let chunk = body.get(..length)?;
        rest = if &head[4..8] == b"IEND" { &[] } else { body.get(length + 4..).unwrap_or_default() };
        Some((&head[4..8], chunk))
    })
}

/// A reader of the file. It checks for cancellation even if it reads many bytes for few rows.
struct PngReader<'a> {
    bytes: Cursor<&'a [u8]>,
    consumed: usize,
    progress: &'a ReadProgress,
    /// The offsets of bytes that are replaced, in order, and their replacements.
    replacements: Peekable<Box<dyn Iterator<Item = (usize, [u8; 1])> + 'a>>,
    budget: &'a WorkBudget<'a>,
}

/// The number of bytes read, and the number that is plausible for the decoded rows. Deflate never enlarges data much.
/// Empty blocks cost time, and a file can contain any number of them.
struct ReadProgress {
    consumed: Cell<u64>,
    justified: Cell<u64>,
}

impl ReadProgress {
    /// Records that rows of this many bytes were decoded.
    fn justify(&self, bytes: u64) {
        self.justified.set(self.justified.get().saturating_add(bytes * 2));
    }
}

/// The offset of the bit depth in the file. `IHDR` is always the first chunk.
const DEPTH_OFFSET: usize = 24;

/// The color type of pixels that are indices of a palette.
const INDEXED: u8 = 3;

/// The number of bytes that the decoder may read before it returns a row.
const MAX_READ_AHEAD: u64 = 1 << 20;

/// The maximum number of bytes that one call of `fill_buf` returns.
const MAX_BUFFER: usize = 1 << 16;

impl Read for PngReader<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(to)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for PngReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let consumed = std::mem::take(&mut self.consumed) as u64;
        self.budget.check_canceled(consumed).map_err(io::Error::other)?;
        self.progress.consumed.set(self.progress.consumed.get() + consumed);
        if self.progress.consumed > self.progress.justified {
            return Err(io::Error::other(ImageError::TooMuchWork));
        }
        let at = usize::try_from(self.bytes.position()).unwrap_or(usize::MAX);
        let rest = self.bytes.fill_buf()?;
        let rest = &rest[..rest.len().min(MAX_BUFFER)];
        while self.replacements.next_if(|(place, _)| *place < at).is_some() {}
        Ok(match self.replacements.peek() {
            Some((place, byte)) if *place == at => byte,
            Some((place, _)) => &rest[..rest.len().min(place - at)],
            None => rest,
        })
    }

    fn consume(&mut self, length: usize) {
        self.consumed += length;
        self.bytes.consume(length);
    }
}

impl Seek for PngReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// Returns the offsets of bytes before the pixel data that the decoder would misread, and their replacements.
///
/// - For pixels of fewer than 8 bits, the other bits of the transparent gray have no meaning.
/// - Chunks of an animation, and the suggested palette of a picture with full colors, say nothing about the default
///   image, so a damaged one does not hide it. Renamed chunks are ignored, as in libpng (`png_handle_PLTE`) and as the
///   PNG specification requires of animations (11.3.6.1: a decoder that finds an error shows the static image).
fn replacements(original: &[u8]) -> impl Iterator<Item = (usize, [u8; 1])> {
    let (mut depth, mut color) = (8, 0);
    let before_data = chunks(original).take_while(|(kind, _)| *kind != b"IDAT");
    before_data.filter_map(move |(kind, chunk)| {
        let place = chunk.as_ptr().addr() - original.as_ptr().addr();
        match (kind, chunk) {
            (b"IHDR", [_, _, _, _, _, _, _, _, bits, of, ..]) => (depth, color) = (*bits, *of),
            (b"tRNS", [_, gray]) if color == 0 && depth < 8 => {
                return Some((place + 1, [gray & ((1 << depth) - 1)]));
            }
            (b"fcTL" | b"fdAT", _) => return Some((place - 4, [b'x'])),
            (b"PLTE", _) if color != INDEXED => return Some((place - 4, [b'x'])),
            _ => {}
        }
        None
    })
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let mut size = None;
    let mut is_indexed = false;
    let mut orientation = None;
    let mut frames = 1;
    for (kind, chunk) in chunks(original) {
        match kind {
            b"IHDR" if size.is_none() && chunk.len() == 13 => {
                let side =
                    |at: usize| u32::from_be_bytes([chunk[at], chunk[at + 1], chunk[at + 2], chunk[at + 3]]);
                let interlaced = chunk[12] == 1;
                is_indexed = chunk[9] == INDEXED;
                size = Some((side(0), side(4), interlaced));
            }
            b"PLTE" if is_indexed && !(1..=256).any(|colors| colors * 3 == chunk.len()) => {
                return Err(damaged("the length of its palette is invalid"));
            }
            b"eXIf" => orientation = orientation.or_else(|| exif::orientation(chunk)),
            b"acTL" if chunk.len() == 8 => {
                frames = u32::from_be_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]).max(1);
            }
            _ => {}
        }
    }
    let (width, height, interlaced) = size.ok_or_else(|| damaged("it has no IHDR chunk"))?;
    if width == 0 || height == 0 {
        return Err(damaged("a side has zero pixels"));
    }
    let pixels = u64::from(width) * u64::from(height);
    // 16-bit RGBA rows arrive one at a time. Shrinking at least halves both sides, unless the original is
    // small.
    let memory = pixels.saturating_mul(if interlaced { 8 } else { 4 }).saturating_add(u64::from(width) * 32);
    Ok(upright_header(SourceFormat::Png, (width, height), orientation.unwrap_or(1), frames, memory))
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    // The limit is enough for chunks, rows, and a profile. The decoder ignores a profile that would unpack to more.
    let head = header(original)?;
    let rows = head.width.max(head.height) as usize * 32;
    let bytes = original.len().saturating_add(rows).saturating_add(MAX_PROFILE);
    let limits = ::png::Limits { bytes: bytes.min(request.limits.max_memory as usize) };
    let progress = ReadProgress { consumed: Cell::new(0), justified: Cell::new(u64::MAX) };
    let file = PngReader {
        bytes: Cursor::new(original),
        consumed: 0,
        progress: &progress,
        replacements: (Box::new(replacements(original)) as Box<dyn Iterator<Item = _>>).peekable(),
        budget: request.budget,
    };
    let mut decoder = ::png::Decoder::new_with_limits(file, limits);
    // Samples of 16 bits are converted to 8 bits here, with the curves of the profile.
    let is_wide = original.get(DEPTH_OFFSET) == Some(&16);
    decoder.set_transformations(if is_wide {
        ::png::Transformations::IDENTITY
    } else {
        ::png::Transformations::EXPAND
    });
    decoder.set_ignore_text_chunk(true);
    // A file with a wrong checksum can still show a picture.
    decoder.ignore_checksums(true);
    let mut reader = decoder.read_info().map_err(|error| convert_error(&error))?;
    let info = reader.info();
    let (width, height, interlaced) = (info.width, info.height, info.interlaced);
    let transparent = reader.info().trns.as_deref().filter(|_| is_wide).map(<[u8]>::to_vec);
    let layout = match (reader.output_color_type().0, &transparent) {
        (::png::ColorType::Grayscale, None) => Layout::Gray,
        (::png::ColorType::Grayscale, Some(_)) | (::png::ColorType::GrayscaleAlpha, _) => Layout::GrayAlpha,
        (::png::ColorType::Rgb, None) => Layout::Rgb,
        (::png::ColorType::Rgb, Some(_)) | (::png::ColorType::Rgba, _) => Layout::Rgba,
        (::png::ColorType::Indexed, _) => return Err(damaged("it has no palette")),
    };
    let mut icc = find_profile(reader.info(), layout);
    let mut wide = None;
    if is_wide {
        let colors = layout.channels() - usize::from(layout.has_alpha());
        let depth_converter = icc.as_deref().and_then(|icc| DepthConverter::from_profile(icc, colors));
        if let Some(depth_converter) = &depth_converter {
            icc.clone_from(&depth_converter.icc);
        }
        wide = Some(WideRows {
            depth_converter,
            samples: reader.info().color_type.samples(),
            transparent,
            layout,
        });
    }
    let factor = request.shrink_factors();
    let raw_row = reader.info().raw_row_length() as u64;
    request.budget.spend_samples(raw_row * u64::from(height))?;
    progress.justified.set(progress.consumed.get() + MAX_READ_AHEAD);
    let whole = u64::from(width) * u64::from(height) * layout.channels() as u64;
    let held_bytes = Shrinker::memory(width, height, layout, factor) + u64::from(width) * 32;
    request.check_memory(held_bytes + if interlaced { whole } else { 0 })?;
    let mut shrinker = Shrinker::new(width, height, layout, factor);
    let row_bytes = width as usize * layout.channels();
    let mut partial = false;
    if interlaced {
        let mut pixels = vec![0; whole as usize];
        let size = (width as usize, height as usize);
        let canvas = InterlacedCanvas { pixels: &mut pixels, size, layout, wide: wide.as_ref() };
        partial = canvas.read(&mut reader, &progress, request)?;
        pixels.chunks_exact(row_bytes).for_each(|row| shrinker.push(row));
    } else {
        let mut narrow_row = vec![0; if is_wide { row_bytes } else { 0 }];
        let mut row = vec![0; reader.output_line_size(width).unwrap_or(0).max(row_bytes)];
        for y in 0..height {
            request.budget.check_canceled(width.into())?;
            match reader.read_row(&mut row) {
                Ok(Some(_)) => {
                    progress.justify(raw_row);
                    match &wide {
                        Some(wide) => {
                            wide.convert(&row, &mut narrow_row);
                            shrinker.push(&narrow_row);
                        }
                        None => shrinker.push(&row[..row_bytes]),
                    }
                }
                Ok(None) => break,
                Err(error) if y == 0 => return Err(convert_error(&error)),
                Err(_) => {
                    partial = true;
                    break;
                }
            }
        }
    }
    Ok(DecodeOutput { raster: Raster::Packed(shrinker.finish()), icc, partial })
}

/// The conversion of rows with samples of 16 bits.
struct WideRows {
    depth_converter: Option<DepthConverter>,
    /// The number of samples per pixel in the file.
    samples: usize,
    /// The transparent color of a picture without alpha.
    transparent: Option<Vec<u8>>,
    layout: Layout,
}

impl WideRows {
    /// Writes the pixels of `row` to `narrow_row` with samples of 8 bits.
    fn convert(&self, row: &[u8], narrow_row: &mut [u8]) {
        match self.samples {
            1 => self.convert_pixels::<1>(row, narrow_row),
            2 => self.convert_pixels::<2>(row, narrow_row),
            3 => self.convert_pixels::<3>(row, narrow_row),
            _ => self.convert_pixels::<4>(row, narrow_row),
        }
    }

    fn convert_pixels<const N: usize>(&self, row: &[u8], narrow_row: &mut [u8]) {
        fn pixels<const N: usize>(bytes: &[u8]) -> &[[[u8; 2]; N]] {
            bytes.as_chunks::<2>().0.as_chunks::<N>().0
        }
        let transparent = self.transparent.as_deref().and_then(|color| pixels::<N>(color).first());
        for (from, to) in pixels::<N>(row).iter().zip(narrow_row.chunks_exact_mut(self.layout.channels())) {
            for (c, (sample, to)) in from.iter().zip(to.iter_mut()).enumerate() {
                *to = match &self.depth_converter {
                    Some(depth_converter) => depth_converter.convert(c, u16::from_be_bytes(*sample)),
                    None => sample[0],
                };
            }
            if let Some(alpha) = to.get_mut(N) {
                *alpha = if Some(from) == transparent { 0 } else { 255 };
            }
        }
    }
}

/// Returns the profile of a picture from the chunk with the highest precedence: section 4.3 of the PNG
/// specification.
fn find_profile(info: &::png::Info<'_>, layout: Layout) -> Option<Vec<u8>> {
    let is_gray = layout.is_gray();
    if let Some(codes) = info.coding_independent_code_points {
        return profiles::from_cicp(codes.color_primaries, codes.transfer_function, is_gray);
    }
    if let Some(icc) = info.icc_profile.as_deref() {
        return Some(icc.to_vec());
    }
    if info.srgb.is_some() {
        return None;
    }
    // `gAMA` declares the encoding exponent, the reciprocal of the decoding exponent.
    let gamma = info.gama_chunk.map(|encoding| 1.0 / encoding.into_value());
    let primaries = info.chrm_chunk.map(|chunk| {
        let [red, green, blue, white] =
            [chunk.red, chunk.green, chunk.blue, chunk.white].map(|(x, y)| (x.into_value(), y.into_value()));
        Primaries { red, green, blue, white }
    });
    profiles::from_gamma(gamma, primaries, is_gray)
}

/// A pass of Adam7: its first pixel, and the distances between its pixels.
#[derive(Clone, Copy)]
struct Adam7Pass {
    left: usize,
    top: usize,
    across: usize,
    down: usize,
}

/// The passes in order: table 8.1 of the PNG specification.
const ADAM7_PASSES: [Adam7Pass; 7] = [
    Adam7Pass { left: 0, top: 0, across: 8, down: 8 },
    Adam7Pass { left: 4, top: 0, across: 8, down: 8 },
    Adam7Pass { left: 0, top: 4, across: 4, down: 8 },
    Adam7Pass { left: 2, top: 0, across: 4, down: 4 },
    Adam7Pass { left: 0, top: 2, across: 2, down: 4 },
    Adam7Pass { left: 1, top: 0, across: 2, down: 2 },
    Adam7Pass { left: 0, top: 1, across: 1, down: 2 },
];

/// The pixels to which the passes are written.
struct InterlacedCanvas<'a> {
    pixels: &'a mut [u8],
    size: (usize, usize),
    layout: Layout,
    wide: Option<&'a WideRows>,
}

impl InterlacedCanvas<'_> {
    /// Reads all passes. Returns whether some pixels are missing.
    fn read<R: BufRead + Seek>(
        mut self,
        reader: &mut ::png::Reader<R>,
        progress: &ReadProgress,
        request: &DecodeRequest<'_>,
    ) -> Result<bool, ImageError> {
        let (width, height) = self.size;
        let passes = ADAM7_PASSES.iter().enumerate().filter(|(_, pass)| pass.left < width);
        let lines = passes.flat_map(|(i, pass)| (pass.top..height).step_by(pass.down).map(move |y| (i, y)));
        for (read, (i, y)) in lines.enumerate() {
            match reader.next_interlaced_row() {
                Ok(Some(row)) => {
                    match self.wide {
                        Some(wide) => {
                            let pixels = row.data().len() / 2 / wide.samples;
                            let mut narrow_row = vec![0; pixels * self.layout.channels()];
                            wide.convert(row.data(), &mut narrow_row);
                            self.scatter(&narrow_row, ADAM7_PASSES[i], y);
                        }
                        None => self.scatter(row.data(), ADAM7_PASSES[i], y),
                    }
                    progress.justify(row.data().len() as u64 * 2);
                    request.budget.check_canceled(row.data().len() as u64)?;
                }
                Ok(None) => return Ok(false),
                Err(error) if read == 0 => return Err(convert_error(&error)),
                Err(_) => {
                    self.fill_from_earlier_passes(ADAM7_PASSES[i], y);
                    ADAM7_PASSES[i + 1..]
                        .iter()
                        .for_each(|pass| self.fill_from_earlier_passes(*pass, pass.top));
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Writes the pixels of a pass that belong to row `y`.
    fn scatter(&mut self, data: &[u8], pass: Adam7Pass, y: usize) {
        let channels = self.layout.channels();
        let row = &mut self.pixels[y * self.size.0 * channels..][..self.size.0 * channels];
        match channels {
            1 => scatter::<1>(data, row, pass),
            2 => scatter::<2>(data, row, pass),
            3 => scatter::<3>(data, row, pass),
            _ => scatter::<4>(data, row, pass),
        }
    }

    /// Fills the rows of `pass` from `y` on with pixels of earlier passes.
    fn fill_from_earlier_passes(&mut self, pass: Adam7Pass, y: usize) {
        let channels = self.layout.channels();
        let (width, height) = self.size;
        for y in (y..height).step_by(pass.down) {
            let (row, above) = (y * width, (y - pass.top) * width);
            for x in (pass.left..width).step_by(pass.across) {
                let from = (above + x - pass.left) * channels;
                self.pixels.copy_within(from..from + channels, (row + x) * channels);
            }
        }
    }
}

fn scatter<const N: usize>(data: &[u8], row: &mut [u8], pass: Adam7Pass) {
    let places = row.as_chunks_mut::<N>().0.iter_mut().skip(pass.left).step_by(pass.across);
    places.zip(data.as_chunks::<N>().0).for_each(|(to, from)| *to = *from);
}
