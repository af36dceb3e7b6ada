//! Decodes the largest image of an ICO: a PNG, or a bitmap with a mask.

use crate::decode::{DecodeOutput, DecodeRequest, bmp, png, upright_header};
use crate::pixels::{Layout, Pixels, Raster};
use crate::{Header, ImageError, SourceFormat};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Ico, reason)
}

/// Returns the largest image. Among equal sizes, returns the one with the most bits, then the first.
fn largest_image(original: &[u8]) -> Result<&[u8], ImageError> {
    let count = usize::from(u16::from_le_bytes([original[4], original[5]]));
    let entries = original[6..].chunks_exact(16).take(count);
    let side = |side: u8| if side == 0 { 256 } else { u32::from(side) };
    let best = entries
        .rev()
        .max_by_key(|entry| (side(entry[0]) * side(entry[1]), u16::from_le_bytes([entry[6], entry[7]])))
        .ok_or_else(|| damaged("it has no image"))?;
    let u32_at =
        |at: usize| u32::from_le_bytes([best[at], best[at + 1], best[at + 2], best[at + 3]]) as usize;
    let (length, offset) = (u32_at(8), u32_at(12));
    let rest =
        original.get(offset..).ok_or_else(|| damaged("the image extends beyond the end of the file"))?;
    Ok(&rest[..length.min(rest.len())])
}

fn is_png(image: &[u8]) -> bool {
    image.starts_with(b"\x89PNG\r\n\x1a\n")
}

/// Returns the bitmap and its height. An icon declares twice the height, because the mask follows the pixels.
fn read_icon_bitmap(image: &[u8]) -> Result<(bmp::Bitmap<'_>, u32), ImageError> {
    let mut bitmap = bmp::read_bitmap(image, None)?;
    let height = bitmap.height / 2;
    if height == 0 {
        return Err(damaged("a side has zero pixels"));
    }
    bitmap.height = height;
    if bitmap.bits == 32 {
        // A pixel of 32 bits has alpha even if the header declares none.
        bitmap.masks[3] = 0xff00_0000;
    }
    Ok((bitmap, height))
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let image = largest_image(original)?;
    if is_png(image) {
        return Ok(Header { format: SourceFormat::Ico, ..png::header(image)? });
    }
    let (bitmap, height) = read_icon_bitmap(image)?;
    let memory = u64::from(bitmap.width) * u64::from(height) * 8 + 100_000;
    Ok(upright_header(SourceFormat::Ico, (bitmap.width, height), 1, 1, memory))
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let image = largest_image(original)?;
    if is_png(image) {
        return png::decode(image, request);
    }
    // Do not shrink icons: they are small, and applying the mask is easier without shrinking.
    let mut unshrunk = *request;
    unshrunk.ratios = (1.0, 1.0);
    let (bitmap, _) = read_icon_bitmap(image)?;
    request.check_memory(u64::from(bitmap.width) * u64::from(bitmap.height) * 8)?;
    let (pixels, partial) = bitmap.decode(&unshrunk)?;
    let pixels = if pixels.layout == Layout::Rgba && bitmap.bits == 32 {
        pixels
    } else {
        apply_mask(pixels, bitmap.bytes_after_pixels())
    };
    Ok(DecodeOutput { raster: Raster::Packed(pixels), icc: None, partial })
}

/// Makes pixels transparent where the mask is set. The mask has one bit per pixel, from the bottom row up.
fn apply_mask(pixels: Pixels, mask: &[u8]) -> Pixels {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let stride = width.div_ceil(32) * 4;
    let channels = pixels.layout.channels();
    let mut data = Vec::with_capacity(width * height * 4);
    for (i, pixel) in pixels.data.chunks_exact(channels).enumerate() {
        let (x, y) = (i % width, height - 1 - i / width);
        let is_transparent = mask.get(y * stride + x / 8).is_some_and(|byte| byte >> (7 - x % 8) & 1 == 1);
        data.extend_from_slice(&pixel[..3]);
        data.push(if is_transparent { 0 } else { 255 });
    }
    Pixels::new(pixels.width, pixels.height, Layout::Rgba, data)
}
