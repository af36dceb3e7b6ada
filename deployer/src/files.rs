//! Writes files atomically.

use std::fs::{File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, PersistError};

use crate::error::{CommandError, io_error};

/// The maximum length of a file name on common file systems, in bytes.
const MAX_NAME: usize = 255;

/// Returns the permissions `mode`. The umask applies when a file is created with them.
pub(crate) fn file_permissions(mode: u32) -> Permissions {
    Permissions::from_mode(mode)
}

/// Shortens `name` to the maximum length of a file name, keeping up to two extensions.
pub(crate) fn shorten_name(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let dots = name.rmatch_indices('.').take(2).map(|(at, _)| at);
    let end = dots.filter(|at| name.len() - at <= 64).last().unwrap_or(name.len());
    let mut cut = MAX_NAME - (name.len() - end);
    while !name.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}{}", &name[..cut], &name[end..])
}

/// Writes `bytes` to `path` and atomically replaces an existing file. The umask applies to its permissions.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), CommandError> {
    write_with(path, bytes.as_ref(), NamedTempFile::persist)
}

/// Writes `bytes` to `path` atomically, or returns an error if it exists.
pub(crate) fn write_new(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), CommandError> {
    write_with(path, bytes.as_ref(), NamedTempFile::persist_noclobber)
}

/// Writes `bytes` to a temporary file, which `persist` then moves to `path`.
fn write_with(
    path: &Path,
    bytes: &[u8],
    persist: impl FnOnce(NamedTempFile, PathBuf) -> Result<File, PersistError>,
) -> Result<(), CommandError> {
    let written = temporary_file(path).and_then(|mut file| {
        file.write_all(bytes)?;
        persist(file, path.to_path_buf()).map(drop).map_err(|error| error.error)
    });
    written.map_err(|error| io_error(format_args!("write `{}`", path.display()), &error))
}

/// Creates a temporary file in the folder of `path`, since a rename cannot cross file systems. It is deleted on drop.
pub(crate) fn temporary_file(path: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".deployer-").permissions(file_permissions(0o666)).tempfile_in(parent_folder(path))
}

/// Returns the folder of `file`.
pub(crate) fn parent_folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_completely_and_no_other_file_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let refused = write(&folder.path().join("none/a.txt"), "one").unwrap_err();
        assert!(refused.message.contains("none/a.txt"), "{refused}");
    }

    #[test]
    fn a_name_is_cut_before_its_extensions() {
        let check = |name: &str, end: &str| {
            let short = shorten_name(name);
            assert!(short.len() <= MAX_NAME && short.len() > MAX_NAME - 4 && short.ends_with(end), "{short}");
        };
        check(&format!("{}.small.webp", "b".repeat(251)), "b.small.webp");
        check(&format!("{}.small.webp", "\u{1f408}".repeat(63)), "\u{1f408}.small.webp");
        check(&"b".repeat(300), "b");
        check(&format!("{}.{}", "b".repeat(20), "c".repeat(300)), "c");
        check(&format!("a.b{}.jpg", "b".repeat(300)), "b.jpg");
        assert_eq!(shorten_name(&"b".repeat(255)), "b".repeat(255));
    }
}
