//! The calls to S3 for one photo. The function makes them, and an estimate counts them.

/// Reads for one photo: HEAD the manifest, GET the current version; at the end, HEAD the failure record and HEAD
/// the key.
pub const READS: u32 = 4;

/// Writes for one photo besides its thumbnails: the manifest, and the entry in the name index if it is enabled.
pub const fn writes(has_name_index: bool) -> u32 {
    1 + has_name_index as u32
}

/// Rounds of calls for one photo. The calls of a round run at the same time.
pub const ROUNDS: u32 = 5;
