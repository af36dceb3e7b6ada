//! GIF: the first frame, on the logical screen.

use std::num::NonZeroU64;

use ::gif::{ColorOutput, DecodeOptions, MemoryLimit};

use super::{Decoded, Request, upright};
use crate::pixels::{Layout, Raster};
use crate::shrink::Shrink;
use crate::{Header, ImageError, SourceFormat};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Gif, reason)
}

/// Where the first frame lies, and how many there are.
struct Screen {
    width: u32,
    height: u32,
    frames: u32,
}

/// Walks over the blocks of the file, decoding nothing.
fn screen(original: &[u8]) -> Result<Screen, ImageError> {
    let u16_at = |at: usize| {
        let bytes = original.get(at..at + 2)?;
        Some(u32::from(u16::from_le_bytes([bytes[0], bytes[1]])))
    };
    let table = |flags: u8| if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let short = || damaged("the header is cut off");
    let (width, height) = (u16_at(6).ok_or_else(short)?, u16_at(8).ok_or_else(short)?);
    let mut screen = Screen { width, height, frames: 0 };
    let mut at = 13 + table(*original.get(10).ok_or_else(short)?);
    while let Some(&block) = original.get(at) {
        at += 1;
        match block {
            0x21 => at += 1,
            0x2c => {
                let (Some(left), Some(top), Some(w), Some(h), Some(&flags)) =
                    (u16_at(at), u16_at(at + 2), u16_at(at + 4), u16_at(at + 6), original.get(at + 8))
                else {
                    break;
                };
                if screen.frames == 0 {
                    // A first frame that is larger than the screen makes the screen larger.
                    screen.width = screen.width.max(left + w);
                    screen.height = screen.height.max(top + h);
                }
                screen.frames += 1;
                at += 9 + table(flags) + 1;
            }
            0x3b => break,
            _ => continue,
        }
        while let Some(&length) = original.get(at) {
            at += 1 + usize::from(length);
            if length == 0 {
                break;
            }
        }
    }
    if screen.width == 0 || screen.height == 0 {
        return Err(damaged("a side of zero pixels"));
    }
    Ok(screen)
}

pub(super) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let Screen { width, height, frames } = screen(original)?;
    let memory = u64::from(width) * u64::from(height) * 5 + 100_000;
    Ok(upright(SourceFormat::Gif, (width, height), 1, frames.max(1), memory))
}

pub(super) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let Screen { width, height, .. } = screen(original)?;
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.set_memory_limit(MemoryLimit::Bytes(
        NonZeroU64::new(request.limits.max_memory).unwrap_or(NonZeroU64::MIN),
    ));
    options.allow_unknown_blocks(true);
    let mut reader = options.read_info(original).map_err(damaged)?;
    let frame = reader.next_frame_info().map_err(damaged)?.ok_or_else(|| damaged("no frame"))?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (columns, rows) = (usize::from(frame.width), usize::from(frame.height));
    let (interlaced, transparent) = (frame.interlaced, frame.transparent);
    let covers = (left, top, columns, rows) == (0, 0, width as usize, height as usize);
    let layout = if covers && transparent.is_none() { Layout::Rgb } else { Layout::Rgba };
    let factor = request.shrink();
    let indices = if interlaced { columns as u64 * rows as u64 } else { 0 };
    request.check_memory(Shrink::memory(width, height, layout, factor) + indices + 100_000)?;
    let colours = palette(reader.palette().ok(), transparent);
    let channels = layout.channels();
    let mut shrink = Shrink::new(width, height, layout, factor);
    let mut canvas_row = vec![0; width as usize * channels];
    let paint = |indices: &[u8], row: &mut [u8]| match layout {
        Layout::Rgba => {
            let pixels = row[left * 4..].as_chunks_mut::<4>().0;
            indices.iter().zip(pixels).for_each(|(index, pixel)| *pixel = colours[usize::from(*index)]);
        }
        _ => {
            let pixels = row[left * 3..].as_chunks_mut::<3>().0;
            for (index, pixel) in indices.iter().zip(pixels) {
                let [r, g, b, _] = colours[usize::from(*index)];
                *pixel = [r, g, b];
            }
        }
    };
    let blank = canvas_row.clone();
    for _ in 0..top {
        shrink.push(&blank);
    }
    let mut partial = false;
    let mut row = vec![0; columns];
    let mut decoded = 0;
    if interlaced && columns > 0 {
        let mut whole = vec![0; columns * rows];
        for y in interlaced_rows(rows) {
            if !fill(&mut reader, &mut row) {
                partial = true;
                break;
            }
            whole[y * columns..(y + 1) * columns].copy_from_slice(&row);
            decoded += 1;
        }
        for indices in whole.chunks_exact(columns) {
            paint(indices, &mut canvas_row);
            shrink.push(&canvas_row);
        }
    } else if columns > 0 {
        for _ in 0..rows {
            if !fill(&mut reader, &mut row) {
                partial = true;
                break;
            }
            paint(&row, &mut canvas_row);
            shrink.push(&canvas_row);
            decoded += 1;
        }
    }
    if decoded == 0 && rows > 0 && columns > 0 {
        return Err(damaged("no pixels in the first frame"));
    }
    if !partial {
        for _ in top + rows..height as usize {
            shrink.push(&blank);
        }
    }
    let icc = reader.icc_profile().map(<[u8]>::to_vec);
    Ok(Decoded { raster: Raster::Packed(shrink.finish()), icc, partial })
}

fn fill(reader: &mut ::gif::Decoder<&[u8]>, row: &mut [u8]) -> bool {
    reader.fill_buffer(row).unwrap_or(false)
}

/// 256 RGBA colours; what the file does not define is black, as browsers show it.
fn palette(rgb: Option<&[u8]>, transparent: Option<u8>) -> [[u8; 4]; 256] {
    let mut colours = [[0, 0, 0, 255]; 256];
    for (colour, rgb) in colours.iter_mut().zip(rgb.unwrap_or_default().chunks_exact(3)) {
        colour[..3].copy_from_slice(rgb);
    }
    if let Some(index) = transparent {
        colours[usize::from(index)] = [0; 4];
    }
    colours
}

fn interlaced_rows(rows: usize) -> impl Iterator<Item = usize> {
    [(0, 8), (4, 8), (2, 4), (1, 2)].into_iter().flat_map(move |(first, step)| (first..rows).step_by(step))
}
