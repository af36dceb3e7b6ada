//! GIF: the first frame, on the logical screen.

use crate::decode::{Decoded, Request, lzw, upright};
use crate::pixels::{Layout, Raster};
use crate::shrink::Shrink;
use crate::shrink_indexed::ShrinkIndexed;
use crate::{Header, ImageError, SourceFormat, limits};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Gif, reason)
}

/// What the blocks of a file say.
struct Screen<'a> {
    width: u32,
    height: u32,
    frames: u32,
    first: Option<Frame<'a>>,
    icc: Vec<u8>,
}

/// The first frame.
struct Frame<'a> {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
    interlaced: bool,
    transparent: Option<u8>,
    /// RGB, of the frame or of the whole file.
    palette: &'a [u8],
    /// The code size, and the sub-blocks.
    data: &'a [u8],
}

/// The bytes of a color table, by the flags before it.
fn table(flags: u8) -> usize {
    if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 }
}

/// The payloads of a chain of sub-blocks. `at` is where it ends as soon as there are no more.
struct SubBlocks<'a> {
    original: &'a [u8],
    at: usize,
    ended: bool,
}

impl<'a> Iterator for SubBlocks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let length = self.original.get(self.at).copied().filter(|_| !self.ended)?;
        let (begin, end) = (self.at + 1, self.at + 1 + usize::from(length));
        self.at = end;
        self.ended = length == 0;
        (!self.ended).then(|| &self.original[begin..end.min(self.original.len())])
    }
}

/// Walks over the blocks of the file, decoding nothing.
fn screen(original: &[u8]) -> Result<Screen<'_>, ImageError> {
    let u16_at = |at: usize| {
        let bytes = original.get(at..at + 2)?;
        Some(u32::from(u16::from_le_bytes([bytes[0], bytes[1]])))
    };
    let short = || damaged("the header is cut off");
    let (width, height) = (u16_at(6).ok_or_else(short)?, u16_at(8).ok_or_else(short)?);
    let mut screen = Screen { width, height, frames: 0, first: None, icc: Vec::new() };
    let mut at = 13 + table(*original.get(10).ok_or_else(short)?);
    let common = original.get(13..at).unwrap_or_default();
    let mut transparent = None;
    while let Some(&block) = original.get(at) {
        at += 1;
        match block {
            0x21 => {
                let label = original.get(at).copied();
                let mut blocks = SubBlocks { original, at: at + 1, ended: false };
                match (label, blocks.next()) {
                    (Some(0xf9), Some([flags, _, _, index, ..])) => {
                        transparent = (flags & 1 != 0).then_some(*index);
                    }
                    (Some(0xff), Some(b"ICCRGBG1012")) if screen.icc.is_empty() => {
                        for part in &mut blocks {
                            screen.icc.extend_from_slice(part);
                            if screen.icc.len() > limits::MAX_PROFILE {
                                screen.icc = Vec::new();
                                break;
                            }
                        }
                    }
                    _ => {}
                }
                blocks.by_ref().for_each(drop);
                at = blocks.at;
            }
            0x2c => {
                let (Some(left), Some(top), Some(width), Some(height), Some(&flags)) =
                    (u16_at(at), u16_at(at + 2), u16_at(at + 4), u16_at(at + 6), original.get(at + 8))
                else {
                    break;
                };
                let from = at + 9 + table(flags);
                if screen.frames == 0 {
                    // A first frame that is larger than the screen makes the screen larger.
                    screen.width = screen.width.max(left + width);
                    screen.height = screen.height.max(top + height);
                    let own = original.get(at + 9..from).unwrap_or_default();
                    screen.first = Some(Frame {
                        left,
                        top,
                        width,
                        height,
                        interlaced: flags & 0x40 != 0,
                        transparent,
                        palette: if own.is_empty() { common } else { own },
                        data: original.get(from..).unwrap_or_default(),
                    });
                }
                screen.frames += 1;
                transparent = None;
                let mut blocks = SubBlocks { original, at: from + 1, ended: false };
                blocks.by_ref().for_each(drop);
                at = blocks.at;
            }
            0x3b => break,
            _ => {}
        }
    }
    if screen.width == 0 || screen.height == 0 {
        return Err(damaged("a side of zero pixels"));
    }
    Ok(screen)
}

/// What decoding holds besides what is shrunk: the indices of the frame, the sums of a row, and the tables.
fn memory(columns: u32, rows: u32) -> u64 {
    u64::from(columns) * u64::from(rows) + u64::from(columns) * 16 + 100_000
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let Screen { width, height, frames, icc, .. } = screen(original)?;
    let memory = u64::from(width) * u64::from(height) * 4 + memory(width, height) + icc.len() as u64;
    Ok(upright(SourceFormat::Gif, (width, height), 1, frames.max(1), memory))
}

pub(crate) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let Screen { width, height, first, icc, .. } = screen(original)?;
    let frame = first.ok_or_else(|| damaged("no frame"))?;
    let covers = (frame.left, frame.top, frame.width, frame.height) == (0, 0, width, height);
    let layout = if covers && frame.transparent.is_none() { Layout::Rgb } else { Layout::Rgba };
    let factor = request.shrink();
    request
        .check_memory(Shrink::memory(width, height, layout, factor) + memory(frame.width, frame.height))?;
    let mut shrink = ShrinkIndexed::new((width, height), layout, &colors(&frame), factor);
    let (left, columns, rows) = (frame.left as usize, frame.width as usize, frame.height as usize);
    let indices = lzw::decode_gif(frame.data, columns * rows);
    let decoded = indices.len().checked_div(columns).unwrap_or(rows);
    if decoded == 0 && rows > 0 {
        return Err(damaged("no pixels in the first frame"));
    }
    for _ in 0..frame.top {
        shrink.push(0, &[]);
    }
    for y in 0..rows {
        request.work.ask(width.into())?;
        let stored = if frame.interlaced { interlaced(y, rows, decoded) } else { Some(y) };
        let Some(stored) = stored.filter(|stored| *stored < decoded) else { break };
        shrink.push(left, &indices[stored * columns..(stored + 1) * columns]);
    }
    let partial = decoded < rows;
    if !partial {
        for _ in frame.top + frame.height..height {
            shrink.push(0, &[]);
        }
    }
    let icc = Some(icc).filter(|icc| !icc.is_empty());
    Ok(Decoded { raster: Raster::Packed(shrink.finish()), icc, partial })
}

/// 256 colors; what the file does not define is black, as browsers show it.
fn colors(frame: &Frame<'_>) -> [Option<[u8; 3]>; 256] {
    let mut colors = [Some([0; 3]); 256];
    for (color, rgb) in colors.iter_mut().zip(frame.palette.as_chunks::<3>().0) {
        *color = Some(*rgb);
    }
    if let Some(index) = frame.transparent {
        colors[usize::from(index)] = None;
    }
    colors
}

/// Where row `y` of `rows` stands in the order of an interlaced frame. Of a frame that ends early, the row
/// of a former pass that a browser would show meanwhile.
fn interlaced(y: usize, rows: usize, decoded: usize) -> Option<usize> {
    let stored = |y: usize| {
        let passes =
            [rows.div_ceil(8), rows.saturating_sub(4).div_ceil(8), rows.saturating_sub(2).div_ceil(4)];
        match y % 8 {
            0 => y / 8,
            4 => passes[0] + y / 8,
            2 | 6 => passes[0] + passes[1] + y / 4,
            _ => passes.iter().sum::<usize>() + y / 2,
        }
    };
    [y, y & !1, y & !3, y & !7].into_iter().map(stored).find(|stored| *stored < decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs, gradients and noise, as many as fill the code's table over and over.
    #[test]
    fn what_the_gif_crate_writes_is_read() {
        let mut random = 7_u32;
        for colors in [2_u32, 3, 16, 200, 256] {
            for (width, height) in [(1, 1), (7, 3), (100, 90), (400, 300)] {
                for noise in [0, 3, 256] {
                    let indices = (0..width * height).map(|at| {
                        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        ((at / 50 + (random >> 16) % (noise + 1)) % colors) as u8
                    });
                    let indices: Vec<u8> = indices.collect();
                    let palette = vec![9; colors as usize * 3];
                    let (columns, rows) = (width as u16, height as u16);
                    let mut file = Vec::new();
                    let mut encoder = ::gif::Encoder::new(&mut file, columns, rows, &palette).unwrap();
                    let mut frame = ::gif::Frame { width: columns, height: rows, ..Default::default() };
                    frame.buffer = (&indices[..]).into();
                    encoder.write_frame(&frame).unwrap();
                    drop(encoder);
                    let first = screen(&file).unwrap().first.unwrap();
                    assert_eq!(lzw::decode_gif(first.data, indices.len()), indices);
                }
            }
        }
    }

    #[test]
    fn interlaced_rows_stand_where_the_passes_put_them() {
        for rows in 1..40 {
            let order = [(0, 8), (4, 8), (2, 4), (1, 2)];
            let order = order.into_iter().flat_map(|(first, step)| (first..rows).step_by(step));
            for (stored, y) in order.enumerate() {
                assert_eq!(interlaced(y, rows, rows), Some(stored), "row {y} of {rows}");
            }
        }
        assert_eq!(interlaced(7, 16, 2), Some(0));
        assert_eq!(interlaced(15, 16, 1), None);
    }
}
