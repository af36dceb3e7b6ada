//! The zip of a function: an executable file named `bootstrap`, and the watermarks of presets. All files are dated 1980 for
//! reproducible output.

use std::io::{Cursor, Read as _, Write as _};

use contract::watermark::FOLDER;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The name of the program that the custom runtime of Lambda starts.
const NAME: &str = "bootstrap";
/// Read and execute permissions for all users, because Lambda runs the program as another user.
const MODE: u32 = 0o755;
/// Read permission for all users.
const WATERMARK_MODE: u32 = 0o644;
/// The limit of Lambda for an unpacked function, in bytes.
const MAX_UNPACKED: u64 = 262_144_000;

/// Returns the zip of a function, compressed with a level from 1 (fast) to 9 (small).
pub(super) fn write(bootstrap: &[u8], level: i64) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(level))
        .last_modified_time(DateTime::default())
        .unix_permissions(MODE);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(NAME, options)?;
    zip.write_all(bootstrap)?;
    Ok(zip.finish()?.into_inner())
}

/// Returns a copy of a zip with these watermarks in place of others. Each has a path and bytes.
pub(super) fn add_watermarks(
    zip: &[u8],
    watermarks: &[(String, Vec<u8>)],
) -> zip::result::ZipResult<Vec<u8>> {
    let mut original = ZipArchive::new(Cursor::new(zip))?;
    let mut copy = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..original.len() {
        let file = original.by_index_raw(at)?;
        if !file.name()?.starts_with(&format!("{FOLDER}/")) {
            copy.raw_copy_file(file)?;
        }
    }
    // A PNG is already compressed.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(WATERMARK_MODE);
    for (path, png) in watermarks {
        copy.start_file(format!("{FOLDER}/{path}"), options)?;
        copy.write_all(png)?;
    }
    Ok(copy.finish()?.into_inner())
}

/// The content of a zip.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Content {
    /// The program.
    pub(super) bootstrap: Vec<u8>,
    /// The other files, by path.
    pub(super) others: Vec<(String, Vec<u8>)>,
}

/// Returns the content of a zip, or a description of the problem.
pub(super) fn read(zip: &[u8]) -> Result<Content, String> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|error| error.to_string())?;
    let mut bootstrap = None;
    let mut others = Vec::new();
    let mut left = MAX_UNPACKED;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|error| error.to_string())?;
        if file.is_dir() {
            continue;
        }
        let path = file.name().map_err(|error| error.to_string())?.into_owned();
        if path == NAME && file.unix_mode().is_some_and(|mode| mode & 0o111 == 0) {
            return Err(format!("its `{NAME}` is not executable"));
        }
        let mut bytes = Vec::new();
        file.take(left + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or("its unpacked size exceeds the Lambda limit of 250 MB")?;
        match path == NAME {
            true => bootstrap = Some(bytes),
            false => others.push((path, bytes)),
        }
    }
    let bootstrap = bootstrap.ok_or_else(|| format!("it has no `{NAME}` at the top level"))?;
    others.sort();
    Ok(Content { bootstrap, others })
}

/// Returns the SHA-256 of the path, the mode, and the bytes of the program.
pub(super) fn digest(bootstrap: &[u8]) -> String {
    let hash = Sha256::new().chain_update(NAME).chain_update(MODE.to_be_bytes()).chain_update(bootstrap);
    contract::key::Digest::from_sha256(&hash.finalize()).as_str().to_owned()
}

/// Returns the digest of a zip with these files, whose other content has the digest `digest`.
pub(super) fn digest_with_files(digest: String, files: &[(String, Vec<u8>)]) -> String {
    if files.is_empty() {
        return digest;
    }
    let mut hash = Sha256::new().chain_update(digest);
    for (path, bytes) in files {
        hash.update(contract::key::Digest::of(path.as_bytes()).as_str());
        hash.update(contract::key::Digest::of(bytes).as_str());
    }
    contract::key::Digest::from_sha256(&hash.finalize()).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_handler_makes_the_same_zip_and_is_read_again() {
        let program: Vec<u8> = (0..5000u32).flat_map(|n| (n * n % 251).to_le_bytes()).collect();
        let zip = write(&program, 9).unwrap();
        assert_eq!(zip, write(&program, 9).unwrap());
        assert_eq!(read(&zip).unwrap(), Content { bootstrap: program.clone(), others: Vec::new() });
        assert!(zip.len() < program.len());
        assert_ne!(digest(b"program"), digest(b"Program"));
    }

    #[test]
    fn a_zip_has_the_latest_watermarks_and_another_digest() {
        let marks = |png: &[u8]| [("brand/logo.png".to_owned(), png.to_vec())];
        let plain = write(b"program", 9).unwrap();
        let first = add_watermarks(&plain, &marks(b"first")).unwrap();
        let second = add_watermarks(&first, &marks(b"second")).unwrap();
        assert_eq!(second, add_watermarks(&plain, &marks(b"second")).unwrap());
        let others = vec![("watermarks/brand/logo.png".to_owned(), b"second".to_vec())];
        assert_eq!(read(&second).unwrap(), Content { bootstrap: b"program".to_vec(), others });
        let with = |png: &[u8]| digest_with_files(digest(b"program"), &marks(png));
        assert!(with(b"first") != with(b"second") && with(b"first") != digest(b"program"));
    }

    #[test]
    fn a_zip_without_a_handler_is_refused_with_the_reason() {
        assert!(read(b"not a zip").is_err());
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(NAME, SimpleFileOptions::default().unix_permissions(0o644)).unwrap();
        let not_executable = zip.finish().unwrap().into_inner();
        assert_eq!(read(&not_executable).unwrap_err(), "its `bootstrap` is not executable");
    }
}
