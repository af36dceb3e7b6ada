//! Iterates over the frames of an animated WebP.

use crate::animation::{Disposal, Placement, StoredFrame};
use crate::decode::DecodeRequest;
use crate::decode::webp::{chunks, decode_still, frame_file, u24};
use crate::pixels::Raster;
use crate::{ImageError, SourceFormat};

/// The maximum number of bytes that decoding a frame needs besides 5 bytes per pixel: the Huffman codes of a lossless
/// frame.
pub(super) const HUFFMAN_MEMORY: u64 = 16 << 20;

/// The number of bytes before the chunks of a file.
const FILE_HEADER: usize = 12;

pub(super) struct WebpFrames<'a> {
    /// The remaining chunks.
    list: &'a [u8],
}

impl<'a> WebpFrames<'a> {
    /// Returns the frames, and the number of times that the animation plays.
    pub(super) fn new(original: &'a [u8]) -> (Self, u32) {
        let list = original.get(FILE_HEADER..).unwrap_or_default();
        let plays = chunks(list).find(|(name, chunk)| *name == b"ANIM" && chunk.len() >= 6);
        let plays = plays.map_or(0, |(_, chunk)| u32::from(u16::from_le_bytes([chunk[4], chunk[5]])));
        (Self { list }, plays)
    }
}

impl<'a> Iterator for WebpFrames<'a> {
    type Item = (Placement, StoredFrame<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (name, chunk) = chunks(self.list).next()?;
            self.list = self.list.get(8 + chunk.len() + (chunk.len() & 1)..).unwrap_or_default();
            if name != b"ANMF" || chunk.len() <= 16 {
                continue;
            }
            let placement = Placement {
                left: u24(chunk) * 2,
                top: u24(&chunk[3..]) * 2,
                width: u24(&chunk[6..]) + 1,
                height: u24(&chunk[9..]) + 1,
                milliseconds: u24(&chunk[12..]),
                blends: chunk[15] & 2 == 0,
                disposal: if chunk[15] & 1 == 0 { Disposal::Keep } else { Disposal::Clear },
            };
            return Some((placement, StoredFrame::Webp(&chunk[16..])));
        }
    }
}

/// Decodes the chunks of a frame.
pub(super) fn decode(
    list: &[u8],
    (width, height): (u32, u32),
    request: &DecodeRequest<'_>,
) -> Result<Raster, ImageError> {
    let file = frame_file(list, width, height);
    let features = crate::clib::webp_features(&file)
        .ok_or_else(|| ImageError::damaged(SourceFormat::Webp, "it has no frame header"))?;
    // The memory was reserved for the size in the file.
    if (features.width, features.height) != (width, height) {
        return Err(ImageError::damaged(SourceFormat::Webp, "the size of a frame differs from its header"));
    }
    decode_still(&file, list, (width, height), request)
}

/// Returns the number of frames of a file.
pub(super) fn count_frames(file: &[u8]) -> u32 {
    let frames = chunks(file.get(FILE_HEADER..).unwrap_or_default()).filter(|(name, _)| *name == b"ANMF");
    u32::try_from(frames.count()).unwrap_or(u32::MAX).max(1)
}
