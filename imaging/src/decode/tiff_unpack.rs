//! Strips and tiles of a TIFF that are decompressed here at once.
//!
//! Through the decoder's reader it takes twice as long, and half a microsecond for each code of LZW that clears its table.

use super::lzw;
use super::tiff_directory::{Directory, tag};

#[derive(Clone, Copy)]
pub(super) enum Packing {
    Deflate,
    Lzw,
}

impl Packing {
    /// What is decompressed here, if it is.
    pub(super) fn of(directory: &Directory<'_>) -> Option<Self> {
        let packing = match directory.number(tag::COMPRESSION) {
            Some(5) => Self::Lzw,
            Some(8 | 32_946) => Self::Deflate,
            _ => return None,
        };
        let is_plain = directory.number(tag::PREDICTOR).unwrap_or(1) == 1 && !directory.is_turned();
        is_plain.then_some(packing)
    }

    /// The rows of a strip or tile, as far as they come; nothing if it is broken, for the decoder to say why.
    pub(super) fn unpack(self, data: &[u8], row_bytes: usize, rows: usize) -> Option<Vec<u8>> {
        let mut bytes = match self {
            Self::Lzw => lzw::decode_tiff(data, row_bytes * rows),
            Self::Deflate => {
                let mut bytes = vec![0; row_bytes * rows];
                let mut decompressor = fdeflate::Decompressor::new();
                decompressor.ignore_adler32();
                let (_, written) = decompressor.read(data, &mut bytes, 0, false).ok()?;
                bytes.truncate(written);
                (written >= row_bytes).then_some(bytes)?
            }
        };
        bytes.truncate(bytes.len() / row_bytes * row_bytes);
        Some(bytes)
    }
}
