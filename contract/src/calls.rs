//! The calls to S3 that the thumbnails of one photo cost: what the function makes, and what an estimate counts.

/// Reads of one photo besides one for each thumbnail, whether it is still there: is it done, its bytes, is it the
/// current version, did it fail before, is it still there.
pub const READS: u32 = 5;

/// Writes of one photo besides its thumbnails: the manifest, and the record of being done.
pub const WRITES: u32 = 2;

/// Calls of one photo that wait for each other: the others go along with one of these.
pub const ROUNDS: u32 = 7;
