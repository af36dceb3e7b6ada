//! A local file, read once from end to end before it is sent: its digest names it and proves it arrived.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use contract::key::Digest;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::error::{CommandError, io_error};
use crate::transfer::sniff::{self, Sniffed};

/// A file larger than this is sent in parts of at least this size, in bytes.
pub(crate) const PART_BYTES: u64 = 16 * 1024 * 1024;

/// S3's limit on the number of parts.
const MOST_PARTS: u64 = 10_000;

/// S3's limit on the size of an object sent in parts, in bytes.
const MOST_BYTES: u64 = 5 * 1024 * 1024 * 1024 * 1024;

/// What is known of a file before it is sent.
#[derive(Debug)]
pub(crate) struct Photo {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) digest: Digest,
    pub(crate) sniffed: Sniffed,
    /// The size of all parts but the last, in bytes.
    pub(crate) part_bytes: u64,
    /// The SHA-256 of each part; of the whole where there is one part.
    pub(crate) parts: Vec<[u8; 32]>,
}

impl Photo {
    /// Reads the file at `path`.
    pub(crate) fn read(path: &Path) -> Result<Self, CommandError> {
        let unreadable = |error: std::io::Error| io_error(format_args!("read `{}`", path.display()), &error);
        let mut file = File::open(path).map_err(unreadable)?;
        let expected = file.metadata().map_err(unreadable)?.len();
        if expected > MOST_BYTES {
            return Err(CommandError::failed(format!("`{}` is larger than S3's 5 TiB", path.display())));
        }
        let part_bytes = PART_BYTES.max(expected.div_ceil(MOST_PARTS));
        let mut start = Vec::new();
        let mut whole = Sha256::new();
        let mut part = Sha256::new();
        let mut part_left = part_bytes;
        let mut parts = Vec::new();
        let mut bytes = 0;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let most = buffer.len().min(usize::try_from(part_left).unwrap_or(usize::MAX));
            let read = file.read(&mut buffer[..most]).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            let piece = &buffer[..read];
            start.extend_from_slice(&piece[..read.min(sniff::BYTES.saturating_sub(start.len()))]);
            whole.update(piece);
            if expected > part_bytes {
                part.update(piece);
            }
            bytes += read as u64;
            part_left -= read as u64;
            if part_left == 0 {
                parts.push(part.finalize_reset().into());
                part_left = part_bytes;
            }
        }
        if bytes == 0 {
            return Err(CommandError::failed(format!("`{}` is empty", path.display())));
        }
        if bytes != expected {
            return Err(CommandError::failed(format!("`{}` changed while it was read", path.display()))
                .hint("upload it when nothing writes to it any more"));
        }
        let whole: [u8; 32] = whole.finalize().into();
        if bytes <= part_bytes {
            parts = vec![whole];
        } else if part_left < part_bytes {
            parts.push(part.finalize().into());
        }
        Ok(Self {
            path: path.to_owned(),
            bytes,
            digest: Digest::from_sha256(&whole),
            sniffed: sniff::sniff(&start),
            part_bytes,
            parts,
        })
    }
}

/// Keeps what `input` gives in a temporary file: the key needs the digest of the whole before the first
/// byte can be sent, and memory is no place for 5 GB.
pub(crate) fn spool(mut input: impl std::io::Read) -> Result<NamedTempFile, CommandError> {
    let failed = |error: std::io::Error| {
        io_error("keep the standard input in a temporary file", &error)
            .hint("nothing was uploaded; set TMPDIR to a folder with room for it, or upload a file")
    };
    let mut file = NamedTempFile::with_prefix("deployer-").map_err(failed)?;
    std::io::copy(&mut input, &mut file).and_then(|_| file.flush()).map_err(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_digested_as_they_will_be_sent() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("big");
        let part = usize::try_from(PART_BYTES).unwrap();
        for (bytes, expect) in [(1, 1), (part, 1), (part + 1, 2), (2 * part, 2)] {
            let content = vec![7; bytes];
            std::fs::write(&path, &content).unwrap();
            let photo = Photo::read(&path).unwrap();
            assert_eq!(photo.digest, Digest::of(&content));
            assert_eq!(photo.parts.len(), expect, "{bytes} bytes");
            let last = &content[(expect - 1) * part..];
            assert_eq!(photo.parts[expect - 1].as_slice(), Sha256::digest(last).as_slice());
        }
    }
}
