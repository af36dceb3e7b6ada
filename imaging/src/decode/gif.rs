//! Decodes GIF: its blocks, and the first frame on the logical screen.

use crate::decode::{DecodeOutput, DecodeRequest, lzw, upright_header};
use crate::pixels::{Layout, Raster};
use crate::shrink::Shrinker;
use crate::shrink_indexed::IndexedShrinker;
use crate::{Header, ImageError, SourceFormat, limits};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Gif, reason)
}

/// The logical screen and the first frame of a file.
struct LogicalScreen<'a> {
    width: u32,
    height: u32,
    frames: u32,
    first: Option<GifFrame<'a>>,
    icc: Vec<u8>,
}

/// A block that the decoder needs.
pub(crate) enum GifBlock<'a> {
    /// The graphic control of the next frame.
    Control(GraphicControl),
    /// The name of an application extension, and its data.
    Application(&'a [u8], SubBlocks<'a>),
    Frame(GifFrame<'a>),
}

/// The graphic control of a frame.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GraphicControl {
    /// The disposal method: 2 clears the area of the frame, and 3 restores its previous pixels.
    pub(crate) disposal: u8,
    /// The duration in hundredths of a second.
    pub(crate) delay: u16,
    pub(crate) transparent: Option<u8>,
}

/// An image block.
pub(crate) struct GifFrame<'a> {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) is_interlaced: bool,
    pub(crate) transparent: Option<u8>,
    /// The RGB colors of the frame, or of the whole file.
    pub(crate) palette: &'a [u8],
    /// The code size and the sub-blocks.
    pub(crate) data: &'a [u8],
}

/// Returns the length of a color table in bytes, from the flags before it.
fn color_table_length(flags: u8) -> usize {
    if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 }
}

/// An iterator over the payloads of a chain of sub-blocks. After the last one, `at` is the end of the chain.
pub(crate) struct SubBlocks<'a> {
    original: &'a [u8],
    at: usize,
    is_ended: bool,
}

impl<'a> Iterator for SubBlocks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let length = self.original.get(self.at).copied().filter(|_| !self.is_ended)?;
        let (begin, end) = (self.at + 1, self.at + 1 + usize::from(length));
        self.at = end;
        self.is_ended = length == 0;
        (!self.is_ended).then(|| &self.original[begin..end.min(self.original.len())])
    }
}

/// An iterator over the blocks that the decoder needs. It does not decode them.
pub(crate) struct GifBlocks<'a> {
    original: &'a [u8],
    at: usize,
    /// The colors of frames that have no color table.
    global_palette: &'a [u8],
}

impl<'a> GifBlocks<'a> {
    /// Returns the blocks and the size of the screen.
    pub(crate) fn new(original: &'a [u8]) -> Result<(Self, (u32, u32)), ImageError> {
        let short = || damaged("the header is truncated");
        let size = (u16_at(original, 6).ok_or_else(short)?, u16_at(original, 8).ok_or_else(short)?);
        let at = 13 + color_table_length(*original.get(10).ok_or_else(short)?);
        Ok((Self { original, at, global_palette: original.get(13..at).unwrap_or_default() }, size))
    }

    /// Returns the sub-blocks that begin at `at`, and the end of their chain.
    fn sub_blocks(&self, at: usize) -> (SubBlocks<'a>, usize) {
        let blocks = |at| SubBlocks { original: self.original, at, is_ended: false };
        let mut skipped = blocks(at);
        skipped.by_ref().for_each(drop);
        (blocks(at), skipped.at)
    }

    fn read_extension(&mut self) -> Option<GifBlock<'a>> {
        let label = self.original.get(self.at).copied();
        let (mut blocks, end) = self.sub_blocks(self.at + 1);
        self.at = end;
        match (label, blocks.next()) {
            (Some(0xf9), Some([flags, low, high, index, ..])) => Some(GifBlock::Control(GraphicControl {
                disposal: flags >> 2 & 7,
                delay: u16::from_le_bytes([*low, *high]),
                transparent: (flags & 1 != 0).then_some(*index),
            })),
            (Some(0xff), Some(name)) => Some(GifBlock::Application(name, blocks)),
            _ => None,
        }
    }

    fn read_frame(&mut self) -> Option<GifFrame<'a>> {
        let (original, at) = (self.original, self.at);
        let side = |offset: usize| u16_at(original, at + offset);
        let (left, top, width, height) = (side(0)?, side(2)?, side(4)?, side(6)?);
        let flags = *original.get(at + 8)?;
        let from = at + 9 + color_table_length(flags);
        let own = original.get(at + 9..from).unwrap_or_default();
        self.at = self.sub_blocks(from + 1).1;
        Some(GifFrame {
            left,
            top,
            width,
            height,
            is_interlaced: flags & 0x40 != 0,
            transparent: None,
            palette: if own.is_empty() { self.global_palette } else { own },
            data: original.get(from..self.at.min(original.len())).unwrap_or_default(),
        })
    }
}

impl<'a> Iterator for GifBlocks<'a> {
    type Item = GifBlock<'a>;

    fn next(&mut self) -> Option<GifBlock<'a>> {
        loop {
            let block = *self.original.get(self.at)?;
            self.at += 1;
            let found = match block {
                0x21 => self.read_extension(),
                0x2c => Some(GifBlock::Frame(self.read_frame()?)),
                0x3b => return None,
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

fn u16_at(original: &[u8], at: usize) -> Option<u32> {
    let bytes = original.get(at..at + 2)?;
    Some(u32::from(u16::from_le_bytes([bytes[0], bytes[1]])))
}

/// Reads the blocks of the file.
fn read_screen(original: &[u8]) -> Result<LogicalScreen<'_>, ImageError> {
    let (blocks, (width, height)) = GifBlocks::new(original)?;
    let mut screen = LogicalScreen { width, height, frames: 0, first: None, icc: Vec::new() };
    let mut transparent = None;
    for block in blocks {
        match block {
            GifBlock::Control(control) => transparent = control.transparent,
            GifBlock::Application(b"ICCRGBG1012", parts) if screen.icc.is_empty() => {
                for part in parts {
                    screen.icc.extend_from_slice(part);
                    if screen.icc.len() > limits::MAX_PROFILE {
                        screen.icc = Vec::new();
                        break;
                    }
                }
            }
            GifBlock::Application(..) => {}
            GifBlock::Frame(frame) => {
                if screen.frames == 0 {
                    // A first frame that exceeds the screen enlarges it.
                    screen.width = screen.width.max(frame.left + frame.width);
                    screen.height = screen.height.max(frame.top + frame.height);
                    screen.first = Some(GifFrame { transparent, ..frame });
                }
                screen.frames += 1;
                transparent = None;
            }
        }
    }
    if screen.width == 0 || screen.height == 0 {
        return Err(damaged("a side has zero pixels"));
    }
    Ok(screen)
}

/// Returns the bytes that decoding needs besides the shrunk picture: the indices of the frame, the sums of a row, and
/// the tables.
fn memory(columns: u32, rows: u32) -> u64 {
    u64::from(columns) * u64::from(rows) + u64::from(columns) * 16 + 100_000
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let LogicalScreen { width, height, frames, icc, .. } = read_screen(original)?;
    let memory = u64::from(width) * u64::from(height) * 4 + memory(width, height) + icc.len() as u64;
    Ok(upright_header(SourceFormat::Gif, (width, height), 1, frames.max(1), memory))
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let LogicalScreen { width, height, first, icc, .. } = read_screen(original)?;
    let frame = first.ok_or_else(|| damaged("it has no frame"))?;
    let (raster, partial) = decode_frame(&frame, (width, height), request)?;
    Ok(DecodeOutput { raster, icc: Some(icc).filter(|icc| !icc.is_empty()), partial })
}

/// Returns a frame on a screen of `width` x `height`, and whether a part of it is missing.
pub(crate) fn decode_frame(
    frame: &GifFrame<'_>,
    (width, height): (u32, u32),
    request: &DecodeRequest<'_>,
) -> Result<(Raster, bool), ImageError> {
    let covers = (frame.left, frame.top, frame.width, frame.height) == (0, 0, width, height);
    let layout = if covers && frame.transparent.is_none() { Layout::Rgb } else { Layout::Rgba };
    let factor = request.shrink_factors();
    request
        .check_memory(Shrinker::memory(width, height, layout, factor) + memory(frame.width, frame.height))?;
    let mut shrinker = IndexedShrinker::new((width, height), layout, &palette_colors(frame), factor);
    let (left, columns, rows) = (frame.left as usize, frame.width as usize, frame.height as usize);
    let indices = lzw::decode_gif(frame.data, columns * rows);
    let mut decoded = indices.len().checked_div(columns).unwrap_or(rows);
    // Some encoders omit the last indices. The rest of the last row is transparent.
    if decoded > 0 && decoded + 1 == rows && !frame.is_interlaced && !indices.len().is_multiple_of(columns) {
        decoded = rows;
    }
    if decoded == 0 && rows > 0 {
        return Err(damaged("a frame has no pixels"));
    }
    for _ in 0..frame.top {
        shrinker.push(0, &[]);
    }
    for y in 0..rows {
        request.budget.check_canceled(width.into())?;
        let stored = if frame.is_interlaced { interlaced_row(y, rows, decoded) } else { Some(y) };
        let Some(stored) = stored.filter(|stored| *stored < decoded) else { break };
        shrinker.push(left, &indices[stored * columns..indices.len().min((stored + 1) * columns)]);
    }
    let partial = decoded < rows;
    if !partial {
        for _ in frame.top + frame.height..height {
            shrinker.push(0, &[]);
        }
    }
    Ok((Raster::Packed(shrinker.finish()), partial))
}

/// Returns 256 colors. Colors that the file does not define are black, as in browsers.
fn palette_colors(frame: &GifFrame<'_>) -> [Option<[u8; 3]>; 256] {
    let mut colors = [Some([0; 3]); 256];
    for (color, rgb) in colors.iter_mut().zip(frame.palette.as_chunks::<3>().0) {
        *color = Some(*rgb);
    }
    if let Some(index) = frame.transparent {
        colors[usize::from(index)] = None;
    }
    colors
}

/// Returns the stored index of row `y` of an interlaced frame of `rows` rows. If the row is missing, returns the row of
/// an earlier pass, as browsers do.
fn interlaced_row(y: usize, rows: usize, decoded: usize) -> Option<usize> {
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

    /// Encodes runs, gradients, and noise, with enough codes to fill the table several times.
    #[test]
    fn files_of_the_gif_crate_are_decoded() {
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
                    let first = read_screen(&file).unwrap().first.unwrap();
                    assert_eq!(lzw::decode_gif(first.data, indices.len()), indices);
                }
            }
        }
    }

    #[test]
    fn interlaced_rows_follow_the_order_of_the_passes() {
        for rows in 1..40 {
            let order = [(0, 8), (4, 8), (2, 4), (1, 2)];
            let order = order.into_iter().flat_map(|(first, step)| (first..rows).step_by(step));
            for (stored, y) in order.enumerate() {
                assert_eq!(interlaced_row(y, rows, rows), Some(stored), "row {y} of {rows}");
            }
        }
        assert_eq!(interlaced_row(7, 16, 2), Some(0));
        assert_eq!(interlaced_row(15, 16, 1), None);
    }
}
