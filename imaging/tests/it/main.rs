//! Tests that files of every format are rendered or refused as `imaging` promises.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod animation;
mod animation_avif;
mod avif;
mod colors;
mod cost;
mod damage;
mod dds;
mod fax;
mod heic;
mod jpeg;
mod jxl;
mod limits;
mod lzma;
mod metadata;
mod paths;
mod presets;
mod psd;
mod rare;
mod raw;
mod refused;
#[path = "../samples/mod.rs"]
mod samples;
mod svg;
mod tiff;
mod unusual;
mod watermark;
