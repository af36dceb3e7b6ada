//! The number of calls to S3 for one photo. Estimates use these numbers, and a test counts the calls of the function.

/// Reads for one photo: HEAD the manifest, GET the current version; at the end, HEAD the failure record and HEAD
/// the key.
pub const READS: u32 = 4;

/// Writes for one photo besides its thumbnails: the manifest, and the entry in the name index if it is enabled.
pub const fn writes(has_name_index: bool) -> u32 {
    1 + has_name_index as u32
}

/// Rounds of calls for one photo. The calls of a round run at the same time.
pub const ROUNDS: u32 = 5;
