//! The programs that make up the emulator.

use contract::key::Digest;

/// The packages of the environment of the emulator, with their hashes.
pub(super) const REQUIREMENTS: &str = include_str!("requirements.txt");
/// The script that runs the emulator.
pub(super) const LAUNCHER: &str = include_str!("launcher.py");
/// The script that adds missing features to the CloudFront of the emulator.
pub(super) const CLOUDFRONT: &str = include_str!("cloudfront.py");

/// Returns a digest of all of them. If the digest of an emulator differs, another version of the deployer started it.
pub(super) fn digest() -> Digest {
    Digest::of([REQUIREMENTS, LAUNCHER, CLOUDFRONT].concat().as_bytes())
}
