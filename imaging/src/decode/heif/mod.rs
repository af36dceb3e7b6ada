//! Decodes HEIC and AVIF: a shared container, and a decoder for the streams of each.

mod av1;
pub(crate) mod boxes;
mod container;
#[cfg(feature = "heic")]
mod hevc;
mod pixels;
mod sequence;
mod tables;
mod transform;
mod yuv;

pub(crate) use pixels::{decode, header};
