//! Decodes HEIC and AVIF. Both use the same container, and each has a decoder for its streams.

mod av1;
pub(crate) mod boxes;
mod container;
mod frames;
#[cfg(feature = "heic")]
mod hevc;
mod pixels;
mod samples;
mod sequence;
mod tables;
mod transform;
mod yuv;

#[cfg(feature = "avif")]
pub(crate) use container::ALPHA_TYPE;
pub(crate) use container::read_exif;
pub(crate) use frames::{FrameDecoder, memory as frames_memory, sequence};
pub(crate) use pixels::{decode, header};
pub(crate) use sequence::{Sequence, SequenceFrame};
