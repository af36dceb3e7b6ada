//! Iterates over the frames of an APNG, each as a complete PNG
//! (<https://www.w3.org/TR/png-3/#apng-frame-based-animation>).

use crate::animation::{Disposal, Placement, StoredFrame};
use crate::decode::png::chunks;

/// The chunks that describe colors, which are copied to the file of each frame.
const COLOR_CHUNKS: [&[u8]; 7] = [b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"iCCP"];

/// The maximum length of such a chunk in bytes. A longer profile would be read again for each frame.
const MAX_COLOR_CHUNK: usize = 16_384;

pub(super) struct ApngFrames<'a> {
    original: &'a [u8],
    /// The offset of the next chunk.
    at: usize,
    header: &'a [u8],
    colors: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> ApngFrames<'a> {
    /// Returns the frames, and the number of times that the animation plays. Returns `None` if the color
    /// chunks are too long.
    pub(super) fn new(original: &'a [u8]) -> Option<(Self, u32)> {
        let (mut header, mut plays) = (None, 0);
        let mut colors: Vec<(&[u8], &[u8])> = Vec::new();
        for (kind, chunk) in chunks(original).take_while(|(kind, _)| *kind != b"IDAT") {
            match kind {
                b"IHDR" if chunk.len() == 13 => header = header.or(Some(chunk)),
                b"acTL" if chunk.len() == 8 => plays = u32_at(chunk, 4),
                _ if COLOR_CHUNKS.contains(&kind) && !colors.iter().any(|(known, _)| *known == kind) => {
                    if chunk.len() > MAX_COLOR_CHUNK {
                        return None;
                    }
                    colors.push((kind, chunk));
                }
                _ => {}
            }
        }
        Some((Self { original, at: 8, header: header?, colors }, plays))
    }

    fn next_chunk(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let rest = self.original.get(self.at..)?;
        let length = u32_at(rest.get(..8)?, 0) as usize;
        let chunk = rest.get(8..)?.get(..length)?;
        self.at += length + 12;
        Some((&rest[4..8], chunk))
    }

    /// Builds a file of the size in `control`, from the data up to the next frame.
    fn build_file(&mut self, control: &[u8]) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        push_chunk(&mut file, b"IHDR", &[&control[4..12], &self.header[8..]]);
        for (kind, chunk) in &self.colors {
            push_chunk(&mut file, kind, &[chunk]);
        }
        loop {
            let before = self.at;
            match self.next_chunk() {
                Some((b"IDAT", data)) => push_chunk(&mut file, b"IDAT", &[data]),
                // This skips the sequence number of the chunk.
                Some((b"fdAT", data)) => push_chunk(&mut file, b"IDAT", &[data.get(4..).unwrap_or_default()]),
                Some((b"fcTL" | b"IEND", _)) | None => {
                    self.at = before;
                    break;
                }
                Some(_) => {}
            }
        }
        push_chunk(&mut file, b"IEND", &[]);
        file
    }
}

impl<'a> Iterator for ApngFrames<'a> {
    type Item = (Placement, StoredFrame<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (kind, control) = self.next_chunk()?;
            if kind == b"IEND" {
                return None;
            }
            if kind != b"fcTL" || control.len() != 26 {
                continue;
            }
            let placement = Placement {
                left: u32_at(control, 12),
                top: u32_at(control, 16),
                width: u32_at(control, 4),
                height: u32_at(control, 8),
                milliseconds: to_milliseconds(&control[20..24]),
                blends: control[25] == 1,
                disposal: match control[24] {
                    1 => Disposal::Clear,
                    2 => Disposal::Restore,
                    _ => Disposal::Keep,
                },
            };
            return Some((placement, StoredFrame::Png(self.build_file(control))));
        }
    }
}

/// Converts a delay in fractions of a second to milliseconds. A denominator of 0 means hundredths.
fn to_milliseconds(delay: &[u8]) -> u32 {
    let u16_at = |at: usize| u32::from(u16::from_be_bytes([delay[at], delay[at + 1]]));
    let (numerator, denominator) = (u16_at(0), u16_at(2));
    let denominator = if denominator == 0 { 100 } else { denominator };
    (numerator * 1000 + denominator / 2) / denominator
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Appends a chunk without a valid checksum, which our decoder ignores.
fn push_chunk(file: &mut Vec<u8>, kind: &[u8], parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    file.extend((length as u32).to_be_bytes());
    file.extend(kind);
    parts.iter().for_each(|part| file.extend(*part));
    file.extend([0; 4]);
}
