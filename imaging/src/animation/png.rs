//! The frames of an APNG, each as a PNG of its own. <https://www.w3.org/TR/png-3/#apng-frame-based-animation>

use crate::animation::{Disposal, Placement, Stored};
use crate::decode::png::chunks;

/// What tells of colors, and is in each frame's file.
const COLORS: [&[u8]; 7] = [b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"iCCP"];

/// The longest chunk of these. A longer profile would be read for each frame.
const MAX_COLORS: usize = 16_384;

pub(super) struct Frames<'a> {
    original: &'a [u8],
    /// Where the next chunk begins.
    at: usize,
    header: &'a [u8],
    colors: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Frames<'a> {
    /// Returns the frames, and how often they are shown; `None` if the colors cannot be read for each frame.
    pub(super) fn of(original: &'a [u8]) -> Option<(Self, u32)> {
        let (mut header, mut plays) = (None, 0);
        let mut colors: Vec<(&[u8], &[u8])> = Vec::new();
        for (kind, chunk) in chunks(original).take_while(|(kind, _)| *kind != b"IDAT") {
            match kind {
                b"IHDR" if chunk.len() == 13 => header = header.or(Some(chunk)),
                b"acTL" if chunk.len() == 8 => plays = number(chunk, 4),
                _ if COLORS.contains(&kind) && !colors.iter().any(|(known, _)| *known == kind) => {
                    if chunk.len() > MAX_COLORS {
                        return None;
                    }
                    colors.push((kind, chunk));
                }
                _ => {}
            }
        }
        Some((Self { original, at: 8, header: header?, colors }, plays))
    }

    fn chunk(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let rest = self.original.get(self.at..)?;
        let length = number(rest.get(..8)?, 0) as usize;
        let chunk = rest.get(8..)?.get(..length)?;
        self.at += length + 12;
        Some((&rest[4..8], chunk))
    }

    /// A file of the size in `control`, as far as its data goes.
    fn file(&mut self, control: &[u8]) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        push(&mut file, b"IHDR", &[&control[4..12], &self.header[8..]]);
        for (kind, chunk) in &self.colors {
            push(&mut file, kind, &[chunk]);
        }
        loop {
            let before = self.at;
            match self.chunk() {
                Some((b"IDAT", data)) => push(&mut file, b"IDAT", &[data]),
                // After the number of the chunk.
                Some((b"fdAT", data)) => push(&mut file, b"IDAT", &[data.get(4..).unwrap_or_default()]),
                Some((b"fcTL" | b"IEND", _)) | None => {
                    self.at = before;
                    break;
                }
                Some(_) => {}
            }
        }
        push(&mut file, b"IEND", &[]);
        file
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = (Placement, Stored<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (kind, control) = self.chunk()?;
            if kind == b"IEND" {
                return None;
            }
            if kind != b"fcTL" || control.len() != 26 {
                continue;
            }
            let placement = Placement {
                left: number(control, 12),
                top: number(control, 16),
                width: number(control, 4),
                height: number(control, 8),
                milliseconds: milliseconds(&control[20..24]),
                blends: control[25] == 1,
                disposal: match control[24] {
                    1 => Disposal::Clear,
                    2 => Disposal::Restore,
                    _ => Disposal::Keep,
                },
            };
            return Some((placement, Stored::Png(self.file(control))));
        }
    }
}

/// A fraction of a second; a denominator of 0 means hundredths.
fn milliseconds(delay: &[u8]) -> u32 {
    let half = |at: usize| u32::from(u16::from_be_bytes([delay[at], delay[at + 1]]));
    let (count, of) = (half(0), half(2));
    let of = if of == 0 { 100 } else { of };
    (count * 1000 + of / 2) / of
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Adds a chunk. Its check sum is not looked at.
fn push(file: &mut Vec<u8>, kind: &[u8], parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    file.extend((length as u32).to_be_bytes());
    file.extend(kind);
    parts.iter().for_each(|part| file.extend(*part));
    file.extend([0; 4]);
}
