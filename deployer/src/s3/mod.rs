//! S3 buckets: lists their versions and empties them.

pub(crate) mod objects;
pub(crate) mod purge;
pub(crate) mod versions;
