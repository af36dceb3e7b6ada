//! Files that are written whole or not at all.

use std::io::Write as _;
use std::path::Path;

use crate::error::{CommandError, io_error};

/// Writes `bytes` to `path`, in place of what is there: whoever looks sees the old file or the new one.
///
/// It is for the user alone: whoever wants to show the file to others says so.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), CommandError> {
    replace(path, bytes.as_ref())
        .map_err(|error| io_error(format_args!("write `{}`", path.display()), &error))
}

fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // In the same folder, so that the rename cannot cross file systems.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".deployer-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let refused = write(&folder.path().join("none/a.txt"), "one").unwrap_err();
        assert!(refused.message.contains("none/a.txt"), "{refused}");
    }
}
