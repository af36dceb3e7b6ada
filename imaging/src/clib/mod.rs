//! Wraps the libraries libjpeg-turbo and libwebp, in C. All `unsafe` of the crate is in this folder.
//!
//! Both decoders are faster than those in Rust, scale while they decode, and read real files as other programs
//! do. The wrapper is sound because Rust allocates every buffer for pixels, with the size that it passes to C;
//! `Drop` frees every handle once; and after a call, Rust reads only numbers, and the message or the file that C
//! allocated, which it copies. Sizes are checked against the limits before the libraries receive the bytes.
#![allow(unsafe_code)]

mod jpeg;
mod webp;

pub(crate) use jpeg::{DecodedPlanes, JpegDecoding, decode_jpeg, decode_jpeg_planes, encode_jpeg};
pub(crate) use webp::{
    WebpAnimation, WebpFeatures, WebpQuality, decode_webp, decode_webp_planes, encode_webp, webp_features,
};
