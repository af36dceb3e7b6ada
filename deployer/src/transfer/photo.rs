//! Reads a local file before its upload to compute the digest, which becomes part of the key and verifies the upload.

use std::fs::{File, Metadata};
use std::io::{Read, Seek as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use contract::key::Digest;
use imaging::{ImageError, SourceFormat};
use sha2::{Digest as _, Sha256};

use crate::config::Settings;
use crate::error::{CommandError, io_error};

/// Converts a format that the functions read only with a setting to an unsupported format without it.
pub(crate) fn apply_format_settings(sniffed: SniffResult, settings: &Settings) -> SniffResult {
    match sniffed {
        Ok(SourceFormat::Jxl) if !settings.jpeg_xl => Err(ImageError::Unsupported { format: JPEG_XL }),
        Ok(SourceFormat::Svg) if !settings.svg => Err(ImageError::Unsupported { format: SVG }),
        sniffed => sniffed,
    }
}

const JPEG_XL: &str = "JPEG XL";
const SVG: &str = "SVG";

/// Returns the name of the setting that enables the format `name`, or `None` if no setting does.
pub(crate) fn setting_of_format(name: &str) -> Option<&'static str> {
    match name {
        JPEG_XL => Some("jpeg_xl"),
        SVG => Some("svg"),
        _ => None,
    }
}

/// The number of bytes that decide the type of a file.
const START_BYTES: u64 = 4096;

/// The format of a file, or why the functions do not read it.
pub(crate) type SniffResult = Result<SourceFormat, ImageError>;

/// The size above which a file is uploaded in parts, and the minimum size of a part, in bytes.
pub(crate) const PART_BYTES: u64 = 16 * 1024 * 1024;

/// The limit of S3 on the number of parts.
const MAX_PARTS: u64 = 10_000;

/// The limit of S3 on the size of an object, in bytes.
const MAX_OBJECT_BYTES: u64 = 5 * 1024 * 1024 * 1024 * 1024;

/// A file to upload.
#[derive(Debug)]
pub(crate) struct LocalPhoto {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) digest: Digest,
    pub(crate) content_type: &'static str,
    /// The size of all parts but the last, in bytes.
    pub(crate) part_bytes: u64,
    /// The SHA-256 of each part.
    pub(crate) parts: Vec<[u8; 32]>,
    /// The content of a small file, which is not read again for the upload.
    pub(crate) content: Option<Bytes>,
    stamp: FileStamp,
}

/// Metadata that changes when a file is modified or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileStamp {
    bytes: u64,
    /// The time of its last modification, in seconds and nanoseconds since 1970.
    modified: (i64, i64),
    /// The device and the number of the file on it.
    file: (u64, u64),
}

impl FileStamp {
    fn new(facts: &Metadata) -> Self {
        Self {
            bytes: facts.len(),
            modified: (facts.mtime(), facts.mtime_nsec()),
            file: (facts.dev(), facts.ino()),
        }
    }
}

/// Returns the type of the file at `path` from its first bytes.
pub(crate) fn sniff_file(path: &Path) -> Result<SniffResult, CommandError> {
    let failed = |error: std::io::Error| read_error(path, &error);
    let start = read_start(&mut File::open(path).map_err(failed)?).map_err(failed)?;
    if start.is_empty() {
        return Err(CommandError::failed(format!("`{}` is empty", path.display())));
    }
    Ok(imaging::sniff(&start))
}

impl LocalPhoto {
    /// Reads the file at `path`.
    pub(crate) fn read(path: &Path) -> Result<Self, CommandError> {
        let failed = |error: std::io::Error| read_error(path, &error);
        let mut file = File::open(path).map_err(failed)?;
        let content_type = imaging::content_type(&read_start(&mut file).map_err(failed)?);
        file.rewind().map_err(failed)?;
        let stamp = FileStamp::new(&file.metadata().map_err(failed)?);
        let expected = stamp.bytes;
        if expected > MAX_OBJECT_BYTES {
            return Err(CommandError::failed(format!("`{}` exceeds the S3 limit of 5 TiB", path.display())));
        }
        let part_bytes = PART_BYTES.max(expected.div_ceil(MAX_PARTS));
        let mut file_hash = Sha256::new();
        let mut part = Sha256::new();
        let mut part_left = part_bytes;
        let mut parts = Vec::new();
        let mut bytes = 0;
        let mut buffer = vec![0; 256 * 1024];
        let mut content = (expected <= buffer.len() as u64).then(Vec::new);
        // Stop after the expected size, since a growing file may have no end.
        while bytes <= expected {
            let max = buffer.len().min(usize::try_from(part_left).unwrap_or(usize::MAX));
            let read = file.read(&mut buffer[..max]).map_err(failed)?;
            if read == 0 {
                break;
            }
            let piece = &buffer[..read];
            file_hash.update(piece);
            if let Some(content) = &mut content {
                content.extend_from_slice(piece);
            }
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
        if bytes != expected || FileStamp::new(&file.metadata().map_err(failed)?) != stamp {
            return Err(CommandError::failed(format!(
                "`{}` changed while it was being read",
                path.display()
            ))
            .hint(RETRY_WHEN_WRITTEN));
        }
        let file_hash: [u8; 32] = file_hash.finalize().into();
        if bytes <= part_bytes {
            parts = vec![file_hash];
        } else if part_left < part_bytes {
            parts.push(part.finalize().into());
        }
        let digest = Digest::from_sha256(&file_hash);
        let content = content.map(Bytes::from);
        Ok(Self { path: path.to_owned(), bytes, digest, content_type, part_bytes, parts, content, stamp })
    }

    /// Returns an error if the file has changed since it was read.
    pub(crate) fn check_unchanged(&self) -> Result<(), CommandError> {
        match std::fs::metadata(&self.path) {
            Ok(facts) if FileStamp::new(&facts) == self.stamp => Ok(()),
            _ => Err(CommandError::failed(format!("`{}` changed during the upload", self.path.display()))
                .hint(RETRY_WHEN_WRITTEN)),
        }
    }
}

const RETRY_WHEN_WRITTEN: &str = "upload the file again after all programs have finished writing to it";

fn read_error(path: &Path, error: &std::io::Error) -> CommandError {
    io_error(format_args!("read `{}`", path.display()), error)
}

/// Returns the first bytes of `input` for sniffing.
fn read_start(input: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    input.take(START_BYTES).read_to_end(&mut start)?;
    Ok(start)
}

/// Copies `input` to `file` if `check` accepts its first bytes. The upload needs the digest of the whole before it sends the
/// first byte, and the input may not fit in memory.
pub(crate) fn copy_stdin(
    mut input: impl Read,
    mut file: File,
    check: impl FnOnce(SniffResult) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let stdin_error = |error: std::io::Error| io_error("read stdin", &error);
    let failed = |error: std::io::Error| {
        io_error("copy stdin to a temporary file", &error)
            .hint("set TMPDIR to a folder with enough space, or upload a file")
    };
    let start = read_start(&mut input).map_err(stdin_error)?;
    if start.is_empty() {
        return Err(CommandError::failed("stdin is empty"));
    }
    check(imaging::sniff(&start))?;
    file.write_all(&start).map_err(failed)?;
    std::io::copy(&mut input, &mut file).and_then(|_| file.flush()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_its_digest() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("big");
        let part = usize::try_from(PART_BYTES).unwrap();
        for (bytes, expect) in [(1, 1), (part, 1), (part + 1, 2), (2 * part, 2)] {
            let content = vec![7; bytes];
            std::fs::write(&path, &content).unwrap();
            let photo = LocalPhoto::read(&path).unwrap();
            assert_eq!(photo.digest, Digest::of(&content));
            assert_eq!(photo.parts.len(), expect, "{bytes} bytes");
            let last = &content[(expect - 1) * part..];
            assert_eq!(photo.parts[expect - 1].as_slice(), Sha256::digest(last).as_slice());
        }
    }
}
