//! Decodes the first texture of a DDS: blocks of 4 x 4 pixels (BC1 to BC3, which are also called DXT), or pixels
//! without compression (<https://learn.microsoft.com/windows/win32/direct3ddds/dx-graphics-dds-pguide>).

use crate::decode::bmp::{ChannelMask, word};
use crate::decode::{DecodeOutput, DecodeRequest, divide_by_alpha, upright_header};
use crate::pixels::{Layout, Raster};
use crate::shrink::Shrinker;
use crate::{Header, ImageError, SourceFormat};

fn damaged(reason: &str) -> ImageError {
    ImageError::damaged(SourceFormat::Dds, reason)
}

/// The lengths of the header in bytes, with the magic bytes, and of its extension.
const HEADER: usize = 128;
const EXTENSION: usize = 20;

/// The maximum side of a texture that is read. Direct3D allows 16,384.
const MAX_SIDE: u32 = 1 << 24;

/// The flags of a pixel format.
const HAS_ALPHA: u32 = 0x1;
const HAS_FOUR_CC: u32 = 0x4;
const IS_RGB: u32 = 0x40;
const IS_LUMINANCE: u32 = 0x2_0000;

/// A texture, without its smaller versions.
struct Texture<'a> {
    width: u32,
    height: u32,
    coding: Coding,
    /// Whether the colors are multiplied by alpha.
    is_premultiplied: bool,
    /// The pixels and everything after them.
    data: &'a [u8],
}

#[derive(Clone, Copy)]
enum Coding {
    /// Blocks of 4 x 4 pixels.
    Blocks(BlockAlpha),
    /// Pixels of `bytes` bytes, with the bits of red, green, blue, and alpha.
    Masks { bytes: usize, masks: [u32; 4] },
}

/// The alpha of a block.
#[derive(Clone, Copy, PartialEq)]
enum BlockAlpha {
    /// BC1: one of its colors can be transparent.
    Color,
    /// BC2: each pixel has four bits.
    Explicit,
    /// BC3: alpha is interpolated between two values.
    Interpolated,
}

impl BlockAlpha {
    /// Returns the length of a block in bytes.
    fn block_bytes(self) -> usize {
        if self == Self::Color { 8 } else { 16 }
    }
}

/// Returns the coding of the usual values of `DXGI_FORMAT`.
fn dxgi_coding(format: u32) -> Option<Coding> {
    let masks = |masks| Some(Coding::Masks { bytes: 4, masks });
    match format {
        // R8G8B8A8, B8G8R8A8, and B8G8R8X8.
        27..=29 => masks([0xff, 0xff00, 0xff_0000, 0xff00_0000]),
        87 | 90 | 91 => masks([0xff_0000, 0xff00, 0xff, 0xff00_0000]),
        88 | 92 | 93 => masks([0xff_0000, 0xff00, 0xff, 0]),
        70..=72 => Some(Coding::Blocks(BlockAlpha::Color)),
        73..=75 => Some(Coding::Blocks(BlockAlpha::Explicit)),
        76..=78 => Some(Coding::Blocks(BlockAlpha::Interpolated)),
        _ => None,
    }
}

impl<'a> Texture<'a> {
    fn read(original: &'a [u8]) -> Result<Self, ImageError> {
        let unsupported = || ImageError::Unsupported { format: "this variant of DDS" };
        let number = |at: usize| {
            let bytes = original.get(at..).and_then(|rest| rest.first_chunk());
            bytes.map(|bytes| u32::from_le_bytes(*bytes)).ok_or_else(|| damaged("the header is truncated"))
        };
        let (height, width, flags) = (number(12)?, number(16)?, number(80)?);
        if ![width, height].iter().all(|side| (1..=MAX_SIDE).contains(side)) {
            return Err(damaged("its size is invalid"));
        }
        let (mut begin, mut is_premultiplied) = (HEADER, false);
        let coding = if flags & HAS_FOUR_CC != 0 {
            let four_cc = number(84)?.to_le_bytes();
            is_premultiplied = matches!(&four_cc, b"DXT2" | b"DXT4");
            match &four_cc {
                b"DXT1" => Coding::Blocks(BlockAlpha::Color),
                b"DXT2" | b"DXT3" => Coding::Blocks(BlockAlpha::Explicit),
                b"DXT4" | b"DXT5" => Coding::Blocks(BlockAlpha::Interpolated),
                b"DX10" => {
                    begin += EXTENSION;
                    is_premultiplied = number(HEADER + 16)? & 7 == 2;
                    dxgi_coding(number(HEADER)?).ok_or_else(unsupported)?
                }
                _ => return Err(unsupported()),
            }
        } else {
            let [bits, red, green, blue, alpha] =
                [number(88)?, number(92)?, number(96)?, number(100)?, number(104)?];
            let alpha = if flags & HAS_ALPHA != 0 { alpha } else { 0 };
            // Pillow writes the mask of the last of four bytes for the last byte of a pixel.
            let is_last_byte = |mask: u32| mask == 0xff00_0000 && (8..32).contains(&bits);
            let [red, green, blue, alpha] = [red, green, blue, alpha]
                .map(|mask| if is_last_byte(mask) { mask >> (32 - bits) } else { mask });
            let masks = match flags & (IS_RGB | IS_LUMINANCE) {
                IS_RGB => [red, green, blue, alpha],
                IS_LUMINANCE => [red, red, red, alpha],
                _ => return Err(unsupported()),
            };
            if !matches!(bits, 8 | 16 | 24 | 32) || masks[..3] == [0; 3] {
                return Err(unsupported());
            }
            Coding::Masks { bytes: (bits / 8) as usize, masks }
        };
        let data = original.get(begin..).unwrap_or_default();
        Ok(Self { width, height, coding, is_premultiplied, data })
    }

    fn layout(&self) -> Layout {
        match self.coding {
            Coding::Masks { masks: [.., 0], .. } => Layout::Rgb,
            Coding::Blocks(_) | Coding::Masks { .. } => Layout::Rgba,
        }
    }

    /// Returns the number of rows that are stored together, and their length in bytes.
    fn band(&self) -> (usize, usize) {
        let width = self.width as usize;
        match self.coding {
            Coding::Blocks(alpha) => (4, width.div_ceil(4) * alpha.block_bytes()),
            Coding::Masks { bytes, .. } => (1, width * bytes),
        }
    }

    /// Returns the number of bytes that decoding needs besides the shrunk rows.
    fn memory(&self) -> u64 {
        u64::from(self.width) * 16 + 4096
    }

    /// Writes the pixels of a band to `rows`.
    fn read_band(&self, stored: &[u8], rows: &mut [u8]) {
        match self.coding {
            Coding::Blocks(alpha) => {
                let row_bytes = self.width as usize * 4;
                for (x, block) in stored.chunks_exact(alpha.block_bytes()).enumerate() {
                    let pixels = decode_block(block, alpha);
                    for (row, line) in rows.chunks_exact_mut(row_bytes).zip(pixels.as_chunks::<4>().0) {
                        // The last block can extend beyond the right edge.
                        let places = row[x * 16..].as_chunks_mut::<4>().0;
                        places.iter_mut().zip(line).for_each(|(to, pixel)| *to = *pixel);
                    }
                }
            }
            Coding::Masks { bytes, masks } => {
                let masks = masks.map(ChannelMask::new);
                let pixels = rows.chunks_exact_mut(self.layout().channels());
                for (pixel, stored) in pixels.zip(stored.chunks_exact(bytes)) {
                    let word = word(stored);
                    pixel.iter_mut().zip(&masks).for_each(|(to, mask)| *to = mask.read(word));
                }
            }
        }
        if self.is_premultiplied && self.layout() == Layout::Rgba {
            rows.chunks_exact_mut(4).for_each(divide_by_alpha);
        }
    }
}

/// Returns the pixels of a block, row by row.
fn decode_block(block: &[u8], alpha: BlockAlpha) -> [[u8; 4]; 16] {
    let (alphas, colors) = block.split_at(block.len() - 8);
    let (first, second) = (word(&colors[..2]), word(&colors[2..4]));
    let [a, b] = [first, second].map(rgb_of_565);
    let mix = |of_a: u16, of_b: u16| -> [u8; 3] {
        let all = of_a + of_b;
        std::array::from_fn(|c| ((u16::from(a[c]) * of_a + u16::from(b[c]) * of_b + all / 2) / all) as u8)
    };
    let has_transparent_color = alpha == BlockAlpha::Color && first <= second;
    let palette =
        if has_transparent_color { [a, b, mix(1, 1), [0; 3]] } else { [a, b, mix(2, 1), mix(1, 2)] };
    let indices = word(&colors[4..]);
    let bits = alphas.iter().rev().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    std::array::from_fn(|i| {
        let index = (indices >> (2 * i) & 3) as usize;
        let [red, green, blue] = palette[index];
        let alpha = match alpha {
            BlockAlpha::Color if has_transparent_color && index == 3 => 0,
            BlockAlpha::Color => 255,
            BlockAlpha::Explicit => (bits >> (4 * i) & 15) as u8 * 17,
            BlockAlpha::Interpolated => {
                interpolated_alpha(alphas[0], alphas[1], (bits >> (16 + 3 * i) & 7) as u16)
            }
        };
        [red, green, blue, alpha]
    })
}

/// Returns the color of 5, 6, and 5 bits in 8 bits per sample.
fn rgb_of_565(color: u32) -> [u8; 3] {
    [(color >> 11 & 31) * 255 / 31, (color >> 5 & 63) * 255 / 63, (color & 31) * 255 / 31].map(|c| c as u8)
}

/// Returns one of the eight alphas of a block of BC3.
fn interpolated_alpha(first: u8, second: u8, index: u16) -> u8 {
    let (a, b) = (u16::from(first), u16::from(second));
    match index {
        0 => first,
        1 => second,
        _ if a > b => (((8 - index) * a + (index - 1) * b) / 7) as u8,
        6 => 0,
        7 => 255,
        _ => (((6 - index) * a + (index - 1) * b) / 5) as u8,
    }
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let texture = Texture::read(original)?;
    let (width, height) = (texture.width, texture.height);
    // With few rows, shrinking by two can need more memory than not shrinking.
    let shrunk = [(1, 1), (2, 2)].map(|factor| Shrinker::memory(width, height, texture.layout(), factor));
    let memory = texture.memory() + shrunk[0].max(shrunk[1]);
    Ok(upright_header(SourceFormat::Dds, (width, height), 1, 1, memory))
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let texture = Texture::read(original)?;
    let (width, height, layout) = (texture.width, texture.height, texture.layout());
    let factor = request.shrink_factors();
    request.check_memory(texture.memory() + Shrinker::memory(width, height, layout, factor))?;
    let (band_rows, band_bytes) = texture.band();
    let count = (height as usize).div_ceil(band_rows);
    let bands = texture.data.chunks_exact(band_bytes).take(count);
    let is_partial = bands.len() < count;
    if bands.len() == 0 {
        return Err(damaged("it has no pixels"));
    }
    let mut shrinker = Shrinker::new(width, height, layout, factor);
    let row_bytes = width as usize * layout.channels();
    let mut rows = vec![0; row_bytes * band_rows];
    for stored in bands {
        request.budget.check_canceled(u64::from(width) * band_rows as u64)?;
        texture.read_band(stored, &mut rows);
        // The last blocks can extend beyond the lower edge.
        rows.chunks_exact(row_bytes).for_each(|row| shrinker.push(row));
    }
    Ok(DecodeOutput { raster: Raster::Packed(shrinker.finish()), icc: None, partial: is_partial })
}
