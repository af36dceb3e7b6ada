//! Files of every format, as `imaging` reads, shows, or refuses them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod animation;
mod avif;
mod colors;
mod damage;
mod fax;
mod heic;
mod jxl;
mod limits;
mod metadata;
mod paths;
mod presets;
mod rare;
mod raw;
mod refused;
#[path = "../samples/mod.rs"]
mod samples;
mod tiff;
mod unusual;
mod work;
