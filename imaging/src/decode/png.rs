//! PNG, row by row.

use std::cell::Cell;
use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};

use ::png::DecodingError;

use crate::curves::Narrowing;
use crate::decode::{Decoded, Request, upright};
use crate::described::{self, Primaries};
use crate::limits::MAX_PROFILE;
use crate::pixels::{Layout, Raster};
use crate::shrink::Shrink;
use crate::work::Work;
use crate::{Header, ImageError, SourceFormat, exif};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Png, reason)
}

/// Words in an error of the decoder, and what they mean. It tells its errors apart by their texts alone.
const MEANINGS: [(&str, &str); 5] = [
    ("deflate", "its compressed data is broken"),
    ("enough data", "its data ends early"),
    ("is missing", "it has no picture data"),
    ("palette", "its palette is missing or too short"),
    ("color/depth", "it has an impossible depth"),
];

/// Returns the error of a PNG that the decoder does not read.
fn unread(error: &DecodingError) -> ImageError {
    match error {
        DecodingError::IoError(error) => match error.get_ref().and_then(|error| error.downcast_ref()) {
            Some(ours) => ImageError::clone(ours),
            None => damaged("its data ends early"),
        },
        DecodingError::LimitsExceeded => damaged("a part of it is larger than the limits allow"),
        DecodingError::Format(_) | DecodingError::Parameter(_) => {
            let text = error.to_string();
            let meaning = MEANINGS.iter().find(|(words, _)| text.contains(words));
            damaged(meaning.map_or("a chunk in it breaks the rules", |(_, meaning)| meaning))
        }
    }
}

/// The chunks of a PNG, without their check sums. Ends at `IEND` or where the file ends.
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

/// The file. Asks the caller also where much of it is read for few rows.
struct File<'a> {
    bytes: Cursor<&'a [u8]>,
    taken: usize,
    flow: &'a Flow,
    /// A byte to read as another.
    mended: Option<(usize, [u8; 1])>,
    work: &'a Work<'a>,
}

/// How far the file is read, and how far its rows explain that. Deflate stores what does not become smaller, but an empty
/// block takes time, too, and there may be any number of them.
struct Flow {
    taken: Cell<u64>,
    explained: Cell<u64>,
}

impl Flow {
    /// Rows of so many bytes have come.
    fn explain(&self, bytes: u64) {
        self.explained.set(self.explained.get().saturating_add(bytes * 2));
    }
}

/// Where the bits of a sample are told: `IHDR` comes first.
const DEPTH_AT: usize = 24;

/// What the decoder may read before it hands out a row.
const MOST_AHEAD: u64 = 1 << 20;

/// The most bytes that are handed out at once.
const BUFFER: usize = 1 << 16;

impl Read for File<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(to)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for File<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let taken = std::mem::take(&mut self.taken) as u64;
        self.work.ask(taken).map_err(io::Error::other)?;
        self.flow.taken.set(self.flow.taken.get() + taken);
        if self.flow.taken > self.flow.explained {
            return Err(io::Error::other(ImageError::TooMuchWork));
        }
        let at = usize::try_from(self.bytes.position()).unwrap_or(usize::MAX);
        let rest = self.bytes.fill_buf()?;
        let rest = &rest[..rest.len().min(BUFFER)];
        Ok(match &self.mended {
            Some((place, byte)) if *place == at => byte,
            Some((place, _)) if *place > at => &rest[..rest.len().min(place - at)],
            _ => rest,
        })
    }

    fn consume(&mut self, length: usize) {
        self.taken += length;
        self.bytes.consume(length);
    }
}

impl Seek for File<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// The place of the transparent gray, and what it must be, if it has more bits than the pixels: the others do not count.
fn transparent_gray(original: &[u8]) -> Option<(usize, [u8; 1])> {
    let mut depth = 8;
    for (kind, chunk) in chunks(original) {
        match (kind, chunk) {
            (b"IHDR", [_, _, _, _, _, _, _, _, bits @ (1 | 2 | 4), 0, ..]) => depth = *bits,
            (b"tRNS", [_, gray]) if depth < 8 => {
                let place = chunk.as_ptr().addr() - original.as_ptr().addr() + 1;
                return Some((place, [gray & ((1 << depth) - 1)]));
            }
            (b"IDAT", _) => return None,
            _ => {}
        }
    }
    None
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let mut size = None;
    let mut orientation = None;
    let mut frames = 1;
    for (kind, chunk) in chunks(original) {
        match kind {
            b"IHDR" if size.is_none() && chunk.len() == 13 => {
                let side =
                    |at: usize| u32::from_be_bytes([chunk[at], chunk[at + 1], chunk[at + 2], chunk[at + 3]]);
                let interlaced = chunk[12] == 1;
                size = Some((side(0), side(4), interlaced));
            }
            b"eXIf" => orientation = orientation.or_else(|| exif::orientation(chunk)),
            b"acTL" if chunk.len() == 8 => {
                frames = u32::from_be_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]).max(1);
            }
            _ => {}
        }
    }
    let (width, height, interlaced) = size.ok_or_else(|| damaged("no IHDR"))?;
    if width == 0 || height == 0 {
        return Err(damaged("a side of zero pixels"));
    }
    let pixels = u64::from(width) * u64::from(height);
    // Rows of 16-bit RGBA come in one at a time; half the sides remain at most, unless little is to shrink.
    let memory = pixels.saturating_mul(if interlaced { 8 } else { 4 }).saturating_add(u64::from(width) * 32);
    Ok(upright(SourceFormat::Png, (width, height), orientation.unwrap_or(1), frames, memory))
}

pub(crate) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    // Chunks, rows and a profile fit into this, but not a profile that unpacks to all the memory there is: such a
    // one is passed over.
    let head = header(original)?;
    let rows = head.width.max(head.height) as usize * 32;
    let bytes = original.len().saturating_add(rows).saturating_add(MAX_PROFILE);
    let limits = ::png::Limits { bytes: bytes.min(request.limits.max_memory as usize) };
    let flow = Flow { taken: Cell::new(0), explained: Cell::new(u64::MAX) };
    let file = File {
        bytes: Cursor::new(original),
        taken: 0,
        flow: &flow,
        mended: transparent_gray(original),
        work: request.work,
    };
    let mut decoder = ::png::Decoder::new_with_limits(file, limits);
    // Samples of 16 bits become samples of 8 here, by their profile.
    let is_wide = original.get(DEPTH_AT) == Some(&16);
    decoder.set_transformations(if is_wide {
        ::png::Transformations::IDENTITY
    } else {
        ::png::Transformations::EXPAND
    });
    decoder.set_ignore_text_chunk(true);
    // A wrong check sum says that something is damaged, not that nothing can be seen.
    decoder.ignore_checksums(true);
    let mut reader = decoder.read_info().map_err(|error| unread(&error))?;
    let info = reader.info();
    let (width, height, interlaced) = (info.width, info.height, info.interlaced);
    let transparent = reader.info().trns.as_deref().filter(|_| is_wide).map(<[u8]>::to_vec);
    let layout = match (reader.output_color_type().0, &transparent) {
        (::png::ColorType::Grayscale, None) => Layout::Gray,
        (::png::ColorType::Grayscale, Some(_)) | (::png::ColorType::GrayscaleAlpha, _) => Layout::GrayAlpha,
        (::png::ColorType::Rgb, None) => Layout::Rgb,
        (::png::ColorType::Rgb, Some(_)) | (::png::ColorType::Rgba, _) => Layout::Rgba,
        (::png::ColorType::Indexed, _) => return Err(damaged("no palette")),
    };
    let mut icc = profile(reader.info(), layout);
    let mut wide = None;
    if is_wide {
        let colors = layout.channels() - usize::from(layout.has_alpha());
        let narrowing = icc.as_deref().and_then(|icc| Narrowing::of(icc, colors));
        if let Some(narrowing) = &narrowing {
            icc = narrowing.icc.clone();
        }
        wide = Some(Wide { narrowing, samples: reader.info().color_type.samples(), transparent, layout });
    }
    let factor = request.shrink();
    let raw_row = reader.info().raw_row_length() as u64;
    request.work.take_samples(raw_row * u64::from(height))?;
    flow.explained.set(flow.taken.get() + MOST_AHEAD);
    let whole = u64::from(width) * u64::from(height) * layout.channels() as u64;
    let held = Shrink::memory(width, height, layout, factor) + u64::from(width) * 32;
    request.check_memory(held + if interlaced { whole } else { 0 })?;
    let mut shrink = Shrink::new(width, height, layout, factor);
    let row_bytes = width as usize * layout.channels();
    let mut partial = false;
    if interlaced {
        let mut pixels = vec![0; whole as usize];
        let size = (width as usize, height as usize);
        let canvas = Passes { pixels: &mut pixels, size, layout, wide: wide.as_ref() };
        partial = canvas.read(&mut reader, &flow, request)?;
        pixels.chunks_exact(row_bytes).for_each(|row| shrink.push(row));
    } else {
        let mut narrow = vec![0; if is_wide { row_bytes } else { 0 }];
        let mut row = vec![0; reader.output_line_size(width).unwrap_or(0).max(row_bytes)];
        for y in 0..height {
            request.work.ask(width.into())?;
            match reader.read_row(&mut row) {
                Ok(Some(_)) => {
                    flow.explain(raw_row);
                    match &wide {
                        Some(wide) => {
                            wide.narrow(&row, &mut narrow);
                            shrink.push(&narrow);
                        }
                        None => shrink.push(&row[..row_bytes]),
                    }
                }
                Ok(None) => break,
                Err(error) if y == 0 => return Err(unread(&error)),
                Err(_) => {
                    partial = true;
                    break;
                }
            }
        }
    }
    Ok(Decoded { raster: Raster::Packed(shrink.finish()), icc, partial })
}

/// Rows of samples of 16 bits.
struct Wide {
    narrowing: Option<Narrowing>,
    /// The samples of a pixel in the file.
    samples: usize,
    /// The color that is transparent, in a picture without alpha.
    transparent: Option<Vec<u8>>,
    layout: Layout,
}

impl Wide {
    /// Writes the pixels of `row` to `narrow`, with samples of 8 bits.
    fn narrow(&self, row: &[u8], narrow: &mut [u8]) {
        match self.samples {
            1 => self.narrow_pixels::<1>(row, narrow),
            2 => self.narrow_pixels::<2>(row, narrow),
            3 => self.narrow_pixels::<3>(row, narrow),
            _ => self.narrow_pixels::<4>(row, narrow),
        }
    }

    fn narrow_pixels<const N: usize>(&self, row: &[u8], narrow: &mut [u8]) {
        fn pixels<const N: usize>(bytes: &[u8]) -> &[[[u8; 2]; N]] {
            bytes.as_chunks::<2>().0.as_chunks::<N>().0
        }
        let transparent = self.transparent.as_deref().and_then(|color| pixels::<N>(color).first());
        for (from, to) in pixels::<N>(row).iter().zip(narrow.chunks_exact_mut(self.layout.channels())) {
            for (c, (sample, to)) in from.iter().zip(to.iter_mut()).enumerate() {
                *to = match &self.narrowing {
                    Some(narrowing) => narrowing.narrow(c, u16::from_be_bytes(*sample)),
                    None => sample[0],
                };
            }
            if let Some(alpha) = to.get_mut(N) {
                *alpha = if Some(from) == transparent { 0 } else { 255 };
            }
        }
    }
}

/// Returns the profile of a picture, by the chunk that counts most: section 4.3 of the PNG specification.
fn profile(info: &::png::Info<'_>, layout: Layout) -> Option<Vec<u8>> {
    let is_gray = matches!(layout, Layout::Gray | Layout::GrayAlpha);
    if let Some(codes) = info.coding_independent_code_points.filter(|_| !is_gray) {
        return described::of_codes(codes.color_primaries, codes.transfer_function);
    }
    if let Some(icc) = info.icc_profile.as_deref() {
        return Some(icc.to_vec());
    }
    if info.srgb.is_some() {
        return None;
    }
    // The chunk tells by what the samples were encoded.
    let gamma = info.gama_chunk.map(|encoding| 1.0 / encoding.into_value());
    let primaries = info.chrm_chunk.map(|chunk| {
        let [red, green, blue, white] =
            [chunk.red, chunk.green, chunk.blue, chunk.white].map(|(x, y)| (x.into_value(), y.into_value()));
        Primaries { red, green, blue, white }
    });
    described::of_gamma(gamma, primaries, is_gray)
}

/// A pass of Adam7: where its first pixel is, and how far the others are apart.
#[derive(Clone, Copy)]
struct Pass {
    left: usize,
    top: usize,
    across: usize,
    down: usize,
}

/// The passes in their order: table 8.1 of the PNG specification.
const PASSES: [Pass; 7] = [
    Pass { left: 0, top: 0, across: 8, down: 8 },
    Pass { left: 4, top: 0, across: 8, down: 8 },
    Pass { left: 0, top: 4, across: 4, down: 8 },
    Pass { left: 2, top: 0, across: 4, down: 4 },
    Pass { left: 0, top: 2, across: 2, down: 4 },
    Pass { left: 1, top: 0, across: 2, down: 2 },
    Pass { left: 0, top: 1, across: 1, down: 2 },
];

/// The pixels that the passes are written to.
struct Passes<'a> {
    pixels: &'a mut [u8],
    size: (usize, usize),
    layout: Layout,
    wide: Option<&'a Wide>,
}

impl Passes<'_> {
    /// Reads the passes, and returns whether some are missing.
    fn read<R: BufRead + Seek>(
        mut self,
        reader: &mut ::png::Reader<R>,
        flow: &Flow,
        request: &Request<'_>,
    ) -> Result<bool, ImageError> {
        let (width, height) = self.size;
        let passes = PASSES.iter().enumerate().filter(|(_, pass)| pass.left < width);
        let lines = passes.flat_map(|(i, pass)| (pass.top..height).step_by(pass.down).map(move |y| (i, y)));
        for (read, (i, y)) in lines.enumerate() {
            match reader.next_interlaced_row() {
                Ok(Some(row)) => {
                    match self.wide {
                        Some(wide) => {
                            let pixels = row.data().len() / 2 / wide.samples;
                            let mut narrow = vec![0; pixels * self.layout.channels()];
                            wide.narrow(row.data(), &mut narrow);
                            self.scatter(&narrow, PASSES[i], y);
                        }
                        None => self.scatter(row.data(), PASSES[i], y),
                    }
                    flow.explain(row.data().len() as u64 * 2);
                    request.work.ask(row.data().len() as u64)?;
                }
                Ok(None) => return Ok(false),
                Err(error) if read == 0 => return Err(unread(&error)),
                Err(_) => {
                    self.fill(PASSES[i], y);
                    PASSES[i + 1..].iter().for_each(|pass| self.fill(*pass, pass.top));
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Writes the pixels of a pass that stand in row `y`.
    fn scatter(&mut self, data: &[u8], pass: Pass, y: usize) {
        let channels = self.layout.channels();
        let row = &mut self.pixels[y * self.size.0 * channels..][..self.size.0 * channels];
        match channels {
            1 => scatter::<1>(data, row, pass),
            2 => scatter::<2>(data, row, pass),
            3 => scatter::<3>(data, row, pass),
            _ => scatter::<4>(data, row, pass),
        }
    }

    /// Shows the passes before `pass` in place of its rows from `y` on.
    fn fill(&mut self, pass: Pass, y: usize) {
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

fn scatter<const N: usize>(data: &[u8], row: &mut [u8], pass: Pass) {
    let places = row.as_chunks_mut::<N>().0.iter_mut().skip(pass.left).step_by(pass.across);
    places.zip(data.as_chunks::<N>().0).for_each(|(to, from)| *to = *from);
}
