//! Bytes to S3 and back: whole objects or none, checked end to end, in constant memory.

pub(crate) mod download;
pub(crate) mod photo;
pub(crate) mod sniff;
pub(crate) mod store;
pub(crate) mod thumbnail;
pub(crate) mod upload;
pub(crate) mod walk;
