//! Decodes bitmaps of Windows and OS/2.

use crate::decode::{DecodeOutput, DecodeRequest, upright_header};
use crate::pixels::{Layout, Pixels, Raster};
use crate::profiles::{self, Primaries};
use crate::shrink::Shrinker;
use crate::{Header, ImageError, SourceFormat};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Bmp, reason)
}

/// The header of a bitmap, with its palette and its pixel data.
pub(crate) struct Bitmap<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    top_down: bool,
    pub(crate) bits: u16,
    compression: u32,
    palette: Vec<[u8; 3]>,
    /// The masks of red, green, blue, and alpha in a pixel of 16 or 32 bits.
    pub(crate) masks: [u32; 4],
    /// The pixel data and everything after it.
    pixels: &'a [u8],
}

/// Reads a bitmap without its file header, as ICO embeds it. `pixels_at` is the offset of the pixel data, if
/// known.
pub(crate) fn read_bitmap(bitmap: &[u8], mut pixels_at: Option<usize>) -> Result<Bitmap<'_>, ImageError> {
    let bytes = |at: usize, count: usize| bitmap.get(at..at + count);
    let u16_at = |at| bytes(at, 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let u32_at = |at| bytes(at, 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let truncated = || damaged("the header is truncated");
    let length = u32_at(0).ok_or_else(truncated)? as usize;
    let is_os2_core = length == 12;
    if !is_os2_core && !(16..=1024).contains(&length) {
        return Err(damaged("the length of its header is invalid"));
    }
    let (width, height, bits) = if is_os2_core {
        let side = |at| u16_at(at).map(i32::from);
        (side(4), side(6), u16_at(10))
    } else {
        (u32_at(4).map(|w| w as i32), u32_at(8).map(|h| h as i32), u16_at(14))
    };
    let (Some(width), Some(height), Some(bits)) = (width, height, bits) else { return Err(truncated()) };
    if width <= 0 || height == 0 || height == i32::MIN {
        return Err(damaged("its size is invalid"));
    }
    let compression = if is_os2_core || length < 20 { 0 } else { u32_at(16).ok_or_else(truncated)? };
    // In OS/2 headers, compressions 3 and 4 have other meanings.
    let is_os2 = length == 64 || length == 16;
    let mut masks_at = None;
    match (compression, bits) {
        (0, 1 | 2 | 4 | 8 | 16 | 24 | 32) | (1, 8) | (2, 4) => {}
        (3 | 6, 16 | 32) if !is_os2 => masks_at = Some(40),
        (4, _) if !is_os2 => return Err(ImageError::Unsupported { format: "BMP with an embedded JPEG" }),
        (5, _) if !is_os2 => return Err(ImageError::Unsupported { format: "BMP with an embedded PNG" }),
        (3 | 4, _) => {
            return Err(ImageError::Unsupported { format: "OS/2 BMP with Huffman or RLE24 coding" });
        }
        _ => return Err(damaged("its pixel format is invalid")),
    }
    let mut masks = if bits == 16 { [0x7c00, 0x03e0, 0x001f, 0] } else { [0xff_0000, 0xff00, 0xff, 0] };
    let mut after_header = length;
    if let Some(at) = masks_at {
        for (i, mask) in masks.iter_mut().take(3).enumerate() {
            *mask = u32_at(at + i * 4).ok_or_else(truncated)?;
        }
        if length >= 56 || compression == 6 {
            masks[3] = u32_at(at + 12).ok_or_else(truncated)?;
        }
        if length == 40 {
            after_header += if compression == 6 { 16 } else { 12 };
        }
        if masks[..3].iter().all(|mask| *mask == 0) {
            return Err(damaged("it has no color masks"));
        }
    }
    let entry = if is_os2_core { 3 } else { 4 };
    let mut palette = Vec::new();
    if bits <= 8 {
        let stated = if is_os2_core || length < 36 { 0 } else { u32_at(32).unwrap_or(0) as usize };
        let mut count = if stated == 0 { 1 << bits } else { stated }.min(256);
        if let Some(at) = pixels_at {
            let room = at.saturating_sub(after_header) / entry;
            // Some writers declare an offset within the palette, although the rows follow the palette.
            let rows = (width as usize * usize::from(bits)).div_ceil(32) * 4 * height.unsigned_abs() as usize;
            let needed = if matches!(compression, 1 | 2) { 1 } else { rows };
            let end = after_header + count * entry;
            if room < count && (room == 0 || stated > 0) && bitmap.len().saturating_sub(end) >= needed {
                pixels_at = None;
            } else {
                count = count.min(room.max(1));
            }
        }
        let table = bitmap.get(after_header..).unwrap_or_default();
        palette = table.chunks_exact(entry).take(count).map(|bgr| [bgr[2], bgr[1], bgr[0]]).collect();
        after_header += count * entry;
    }
    let pixels = bitmap.get(pixels_at.unwrap_or(after_header)..).unwrap_or_default();
    Ok(Bitmap {
        width: width as u32,
        height: height.unsigned_abs(),
        top_down: height < 0,
        bits,
        compression,
        palette,
        masks,
        pixels,
    })
}

fn read_file(original: &[u8]) -> Result<Bitmap<'_>, ImageError> {
    if !original.starts_with(b"BM") {
        return read_bitmap(original, None);
    }
    let Some((head, bitmap)) = original.split_at_checked(14) else {
        return Err(damaged("the header is truncated"));
    };
    let at = u32::from_le_bytes([head[10], head[11], head[12], head[13]]) as usize;
    // Some writers leave the offset at zero.
    read_bitmap(bitmap, (at > 14).then(|| at - 14))
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let bitmap = read_file(original)?;
    let memory = u64::from(bitmap.width) * u64::from(bitmap.height) * 4 + 100_000;
    Ok(upright_header(SourceFormat::Bmp, (bitmap.width, bitmap.height), 1, 1, memory))
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let bitmap = read_file(original)?;
    let (pixels, partial) = bitmap.decode(request)?;
    Ok(DecodeOutput {
        raster: Raster::Packed(pixels),
        icc: read_profile(original.strip_prefix(b"BM").map_or(original, |rest| &rest[12..])),
        partial,
    })
}

/// Returns the profile that a header of version 4 or 5 describes or embeds (BITMAPV5HEADER in the Windows
/// documentation).
fn read_profile(bitmap: &[u8]) -> Option<Vec<u8>> {
    let u32_at = |at: usize| Some(u32::from_le_bytes(*bitmap.get(at..)?.first_chunk()?));
    let length = u32_at(0)?;
    match (length, u32_at(56)?) {
        (124.., PROFILE_EMBEDDED) => {
            let (offset, size) = (u32_at(112)? as usize, u32_at(116)? as usize);
            bitmap.get(offset..offset.checked_add(size)?).map(<[u8]>::to_vec)
        }
        (108.., CALIBRATED_RGB) => {
            // Three end points in XYZ with 30 fractional bits, and gammas with 16.
            let mut ends = [[0.0; 3]; 3];
            for (i, to) in ends.iter_mut().flatten().enumerate() {
                *to = u32_at(60 + i * 4)? as f32 / (1_u32 << 30) as f32;
            }
            let gamma = u32_at(96)? as f32 / 65_536.0;
            let sum = ends.iter().fold([0.0; 3], |sum, end| std::array::from_fn(|c| sum[c] + end[c]));
            let place = |[x, y, z]: [f32; 3]| (x / (x + y + z), y / (x + y + z));
            let [red, green, blue] = ends.map(place);
            let primaries = Primaries { red, green, blue, white: place(sum) };
            profiles::from_gamma(Some(gamma), Some(primaries).filter(Primaries::is_possible), false)
        }
        _ => None,
    }
}

/// The color space type of a header whose profile is in the file.
const PROFILE_EMBEDDED: u32 = u32::from_be_bytes(*b"MBED");

/// The color space type of a header that contains end points and gammas.
const CALIBRATED_RGB: u32 = 0;

impl Bitmap<'_> {
    fn stride(&self) -> usize {
        (self.width as usize * usize::from(self.bits)).div_ceil(32) * 4
    }

    /// Returns the bytes after the rows. In an icon, they are the mask.
    pub(crate) fn bytes_after_pixels(&self) -> &[u8] {
        self.pixels.get(self.stride().saturating_mul(self.height as usize)..).unwrap_or_default()
    }

    /// Returns whether any pixel has alpha. Some writers declare alpha and leave it at zero in every pixel. Such a
    /// picture is opaque.
    fn has_alpha(&self) -> bool {
        let (mask, size) = (self.masks[3], usize::from(self.bits / 8));
        let rows = self.pixels.chunks(self.stride().max(1)).take(self.height as usize);
        let mut pixels = rows.flat_map(|row| row.chunks_exact(size.max(1)).take(self.width as usize));
        mask != 0 && pixels.any(|pixel| word(pixel) & mask != 0)
    }

    /// Returns the pixels, and whether some are missing.
    pub(crate) fn decode(&self, request: &DecodeRequest<'_>) -> Result<(Pixels, bool), ImageError> {
        if matches!(self.compression, 1 | 2) {
            return self.decode_rle(request);
        }
        let alpha = self.has_alpha();
        let layout = if alpha { Layout::Rgba } else { Layout::Rgb };
        // Rows are stored bottom up, but pushed top down, because the last row of blocks can be smaller.
        let factor = request.shrink_factors();
        request.check_memory(
            Shrinker::memory(self.width, self.height, layout, factor) + u64::from(self.width) * 8,
        )?;
        let stride = self.stride();
        let row_bytes = (self.width as usize * usize::from(self.bits)).div_ceil(8);
        // Some writers omit the padding after the last row.
        let padded = self.pixels.len() + stride - row_bytes;
        let available_rows = (padded / stride.max(1)).min(self.height as usize);
        if available_rows == 0 {
            return Err(damaged("it has no pixels"));
        }
        let mut shrinker = Shrinker::new(self.width, self.height, layout, factor);
        let mut row = vec![0; self.width as usize * layout.channels()];
        for y in 0..self.height as usize {
            request.budget.check_canceled(self.width.into())?;
            let stored = if self.top_down { y } else { self.height as usize - 1 - y };
            if stored < available_rows {
                self.read_row(&self.pixels[stored * stride..][..row_bytes], layout, &mut row);
            } else {
                row.fill(if alpha { 0 } else { 128 });
            }
            shrinker.push(&row);
        }
        Ok((shrinker.finish(), available_rows < self.height as usize))
    }

    fn read_row(&self, stored: &[u8], layout: Layout, row: &mut [u8]) {
        let color = |index: usize| self.palette.get(index).copied().unwrap_or([0; 3]);
        let channels = layout.channels();
        let pixels = row.chunks_exact_mut(channels).enumerate();
        let masks = self.masks.map(ChannelMask::new);
        match self.bits {
            24 => {
                for (x, pixel) in pixels {
                    let bgr = &stored[x * 3..x * 3 + 3];
                    pixel[..3].copy_from_slice(&[bgr[2], bgr[1], bgr[0]]);
                }
            }
            16 | 32 => {
                let size = usize::from(self.bits / 8);
                for (x, pixel) in pixels {
                    let word = word(&stored[x * size..(x + 1) * size]);
                    for (sample, mask) in pixel.iter_mut().zip(&masks) {
                        *sample = mask.read(word);
                    }
                }
            }
            bits => {
                let bits = usize::from(bits);
                for (x, pixel) in pixels {
                    let at = x * bits;
                    let index = stored[at / 8] >> (8 - bits - at % 8) & (0xff >> (8 - bits)) as u8;
                    pixel[..3].copy_from_slice(&color(usize::from(index)));
                    if let Some(alpha) = pixel.get_mut(3) {
                        *alpha = 255;
                    }
                }
            }
        }
    }

    /// Decodes RLE4 and RLE8. Pixels that no run covers are transparent.
    fn decode_rle(&self, request: &DecodeRequest<'_>) -> Result<(Pixels, bool), ImageError> {
        let (width, height) = (self.width as usize, self.height as usize);
        let factor = request.shrink_factors();
        let whole = u64::from(self.width) * u64::from(self.height) * 2;
        request.check_memory(whole + Shrinker::memory(self.width, self.height, Layout::Rgba, factor))?;
        // 256 means that no run covers the pixel.
        let mut indices = vec![256_u16; width * height];
        // Skip pixels beyond the edge, so that they cost no time.
        let mut put = |x: usize, y: usize, count: usize, index: &dyn Fn(usize) -> u8| {
            let inside = if y < height { count.min(width.saturating_sub(x)) } else { 0 };
            let row = if self.top_down { y.min(height - 1) } else { (height - 1).saturating_sub(y) };
            let begin = row * width + x.min(width);
            for (i, to) in indices[begin..begin + inside].iter_mut().enumerate() {
                *to = u16::from(index(i));
            }
        };
        let has_nibbles = self.compression == 2;
        let (mut x, mut y) = (0_usize, 0_usize);
        let mut rest = self.pixels;
        let mut ended = false;
        while let Some((&[count, value], after)) = rest.split_first_chunk::<2>() {
            rest = after;
            request.budget.check_canceled(8)?;
            match (count, value) {
                (0, 0) => (x, y) = (0, y + 1),
                (0, 1) => {
                    ended = true;
                    break;
                }
                (0, 2) => {
                    let Some((&[right, up], after)) = rest.split_first_chunk::<2>() else { break };
                    rest = after;
                    (x, y) = (x + usize::from(right), y + usize::from(up));
                }
                (0, count) => {
                    let count = usize::from(count);
                    let bytes = if has_nibbles { count.div_ceil(2) } else { count };
                    let Some(run) = rest.get(..bytes) else { break };
                    put(x, y, count, &|i| {
                        if has_nibbles { run[i / 2] >> (4 - i % 2 * 4) & 15 } else { run[i] }
                    });
                    x += count;
                    rest = rest.get(bytes.next_multiple_of(2)..).unwrap_or_default();
                }
                (count, value) => {
                    let count = usize::from(count);
                    put(x, y, count, &|i| if has_nibbles { value >> (4 - i % 2 * 4) & 15 } else { value });
                    x += count;
                }
            }
            if y >= height {
                ended = true;
                break;
            }
        }
        let opaque = !indices.contains(&256);
        let layout = if opaque { Layout::Rgb } else { Layout::Rgba };
        let mut shrinker = Shrinker::new(self.width, self.height, layout, factor);
        let mut row = vec![0; width * layout.channels()];
        let colors: [[u8; 4]; 257] = std::array::from_fn(|index| {
            let [r, g, b] = self.palette.get(index).copied().unwrap_or([0; 3]);
            if index == 256 { [0; 4] } else { [r, g, b, 255] }
        });
        for stored in indices.chunks_exact(width) {
            request.budget.check_canceled(width as u64)?;
            if stored.iter().all(|index| *index == 256) {
                shrinker.push_zeros();
                continue;
            }
            for (index, pixel) in stored.iter().zip(row.chunks_exact_mut(layout.channels())) {
                pixel.copy_from_slice(&colors[usize::from(*index)][..pixel.len()]);
            }
            shrinker.push(&row);
        }
        // Some writers omit the code for the end.
        Ok((shrinker.finish(), !ended && !opaque))
    }
}

/// Returns the number in the bytes of a pixel, at most four.
pub(crate) fn word(pixel: &[u8]) -> u32 {
    pixel.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte))
}

/// The mask of a channel, which extracts a sample from a word and scales it to 8 bits.
pub(crate) struct ChannelMask {
    shift: u32,
    max: u64,
}

impl ChannelMask {
    pub(crate) fn new(mask: u32) -> Self {
        let shift = mask.trailing_zeros().min(31);
        Self { shift, max: u64::from(mask >> shift) }
    }

    pub(crate) fn read(&self, word: u32) -> u8 {
        let value = u64::from(word >> self.shift) & self.max;
        (value * 255 + self.max / 2).checked_div(self.max).unwrap_or(0).min(255) as u8
    }
}
