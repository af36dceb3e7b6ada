//! The digest that tells originals apart.

use sha2::{Digest as _, Sha256};

use super::text::is_hex;

/// How many hexadecimal digits of the SHA-256 stand in a key.
const DIGEST_DIGITS: usize = 10;

/// The SHA-256 of an original's bytes, as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_sha256(&Sha256::digest(bytes))
    }

    /// The digest from a SHA-256 computed elsewhere, for instance piece by piece.
    pub fn from_sha256(sha256: &[u8]) -> Self {
        Self(sha256.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 10 digits, as they stand in keys.
    pub fn short(&self) -> &str {
        self.0.get(..DIGEST_DIGITS).unwrap_or(&self.0)
    }
}

/// Whether `text` could be the digest in a key.
pub(super) fn is_short_digest(text: &str) -> bool {
    is_hex(text, DIGEST_DIGITS)
}
