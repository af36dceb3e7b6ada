//! The calls to S3 that the thumbnails of one photo cost: what the function makes, and what an estimate counts.

/// Reads of one photo: is it done, its bytes with the version that is current; at the end, has it failed before, is
/// it still current.
pub const READS: u32 = 4;

/// Writes of one photo besides its thumbnails: the entry in the name index, and the manifest.
pub const WRITES: u32 = 2;

/// Rounds of calls of one photo, one behind the other: those of a round are made at the same time.
pub const ROUNDS: u32 = 5;
