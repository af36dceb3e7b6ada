//! Uploads and downloads: atomic, verified end to end, in constant memory.

pub(crate) mod download;
pub(crate) mod outcome;
pub(crate) mod photo;
pub(crate) mod presign;
pub(crate) mod thumbnail;
mod unfinished;
pub(crate) mod upload;
pub(crate) mod uploader;
pub(crate) mod walk;
