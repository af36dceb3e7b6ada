//! The digest of an original.

use sha2::{Digest as _, Sha256};

use super::text::is_hex;

/// How many hexadecimal digits of the SHA-256 a key contains.
const DIGEST_DIGITS: usize = 10;

/// The SHA-256 of an original's bytes, as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Computes the digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_sha256(&Sha256::digest(bytes))
    }

    /// Returns the digest from a SHA-256 that the caller has computed.
    pub fn from_sha256(sha256: &[u8]) -> Self {
        Self(sha256.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Returns all 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the first 10 digits, which keys contain.
    pub fn short(&self) -> &str {
        self.0.get(..DIGEST_DIGITS).unwrap_or(&self.0)
    }
}

/// Returns whether `text` could be the digest in a key.
pub(super) fn is_short_digest(text: &str) -> bool {
    is_hex(text, DIGEST_DIGITS)
}
