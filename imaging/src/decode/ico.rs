//! ICO: the largest image in it, a PNG or a bitmap with a mask.

use crate::decode::{Decoded, Request, bmp, png, upright};
use crate::pixels::{Layout, Pixels, Raster};
use crate::{Header, ImageError, SourceFormat};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Ico, reason)
}

/// The largest image; of several, the one of most bits; of those, the first.
fn largest(original: &[u8]) -> Result<&[u8], ImageError> {
    let count = usize::from(u16::from_le_bytes([original[4], original[5]]));
    let entries = original[6..].chunks_exact(16).take(count);
    let side = |side: u8| if side == 0 { 256 } else { u32::from(side) };
    let best = entries
        .rev()
        .max_by_key(|entry| (side(entry[0]) * side(entry[1]), u16::from_le_bytes([entry[6], entry[7]])))
        .ok_or_else(|| damaged("no image in it"))?;
    let u32_at =
        |at: usize| u32::from_le_bytes([best[at], best[at + 1], best[at + 2], best[at + 3]]) as usize;
    let (length, offset) = (u32_at(8), u32_at(12));
    let rest = original.get(offset..).ok_or_else(|| damaged("the image lies past the end"))?;
    Ok(&rest[..length.min(rest.len())])
}

fn is_png(image: &[u8]) -> bool {
    image.starts_with(b"\x89PNG\r\n\x1a\n")
}

/// The bitmap of an icon states twice its height, for the mask below it.
fn bitmap(image: &[u8]) -> Result<(bmp::Dib<'_>, u32), ImageError> {
    let mut dib = bmp::dib(image, None)?;
    let height = dib.height / 2;
    if height == 0 {
        return Err(damaged("a side of zero pixels"));
    }
    dib.height = height;
    Ok((dib, height))
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let image = largest(original)?;
    if is_png(image) {
        return Ok(Header { format: SourceFormat::Ico, ..png::header(image)? });
    }
    let (dib, height) = bitmap(image)?;
    let memory = u64::from(dib.width) * u64::from(height) * 8 + 100_000;
    Ok(upright(SourceFormat::Ico, (dib.width, height), 1, 1, memory))
}

pub(crate) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let image = largest(original)?;
    if is_png(image) {
        return png::decode(image, request);
    }
    // Icons are small, and the mask is easier laid over whole pixels.
    let mut whole = *request;
    whole.ratios = (1.0, 1.0);
    let (dib, _) = bitmap(image)?;
    request.check_memory(u64::from(dib.width) * u64::from(dib.height) * 8)?;
    let (pixels, partial) = dib.decode(&whole, true)?;
    let pixels = if dib.bits == 32 && pixels.data.chunks_exact(4).any(|pixel| pixel[3] != 0) {
        pixels
    } else {
        masked(pixels, dib.after_pixels())
    };
    Ok(Decoded { raster: Raster::Packed(pixels), icc: None, partial })
}

/// Makes transparent where the mask, one bit a pixel from the bottom up, is set.
fn masked(pixels: Pixels, mask: &[u8]) -> Pixels {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let stride = width.div_ceil(32) * 4;
    let channels = pixels.layout.channels();
    let mut data = Vec::with_capacity(width * height * 4);
    for (i, pixel) in pixels.data.chunks_exact(channels).enumerate() {
        let (x, y) = (i % width, height - 1 - i / width);
        let hidden = mask.get(y * stride + x / 8).is_some_and(|byte| byte >> (7 - x % 8) & 1 == 1);
        data.extend_from_slice(&pixel[..3]);
        data.push(if hidden { 0 } else { 255 });
    }
    Pixels::new(pixels.width, pixels.height, Layout::Rgba, data)
}
