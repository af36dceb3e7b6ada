//! The frames of a WebP.

use crate::animation::{Disposal, Placement, Stored};
use crate::decode::Request;
use crate::decode::webp::{chunks, decode_still, still, u24};
use crate::pixels::Raster;
use crate::{ImageError, SourceFormat};

/// What decoding a frame may hold besides 5 bytes a pixel: for the codes of a lossless one.
pub(super) const MORE_MEMORY: u64 = 16 << 20;

/// The bytes before the chunks of a file.
const HEAD: usize = 12;

pub(super) struct Frames<'a> {
    /// The chunks that are left.
    list: &'a [u8],
}

impl<'a> Frames<'a> {
    /// Returns the frames, and how often they are shown.
    pub(super) fn of(original: &'a [u8]) -> (Self, u32) {
        let list = original.get(HEAD..).unwrap_or_default();
        let plays = chunks(list).find(|(name, chunk)| *name == b"ANIM" && chunk.len() >= 6);
        let plays = plays.map_or(0, |(_, chunk)| u32::from(u16::from_le_bytes([chunk[4], chunk[5]])));
        (Self { list }, plays)
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = (Placement, Stored<'a>);

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
            return Some((placement, Stored::Webp(&chunk[16..])));
        }
    }
}

/// Decodes the chunks of a frame.
pub(super) fn decode(
    list: &[u8],
    (width, height): (u32, u32),
    request: &Request<'_>,
) -> Result<Raster, ImageError> {
    let file = still(list, width, height);
    let features = crate::clib::webp_features(&file)
        .ok_or_else(|| ImageError::damaged(SourceFormat::Webp, "no frame header"))?;
    // The memory is worked out by what the file says.
    if (features.width, features.height) != (width, height) {
        return Err(ImageError::damaged(SourceFormat::Webp, "a frame is not as large as it says"));
    }
    decode_still(&file, list, (width, height), request)
}

/// Returns how many frames a file has.
pub(super) fn count(file: &[u8]) -> u32 {
    let frames = chunks(file.get(HEAD..).unwrap_or_default()).filter(|(name, _)| *name == b"ANMF");
    u32::try_from(frames.count()).unwrap_or(u32::MAX).max(1)
}
