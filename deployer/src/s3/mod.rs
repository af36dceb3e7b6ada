//! S3 buckets: the versions in them, and how they are emptied.

pub(crate) mod objects;
pub(crate) mod purge;
pub(crate) mod versions;
