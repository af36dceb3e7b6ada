//! From what the command line names to files with the names they get in their keys.

use std::path::{Path, PathBuf};

use crate::error::{CommandError, io_error};

/// A file to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The name for its key; folders below the one on the command line are part of it.
    pub(crate) name: String,
    /// Whether the command line names this very file, and not a folder that it is in.
    pub(crate) named: bool,
}

/// The files at `path`, in the order of their names. A folder is walked where `recursive` says so; links
/// to folders in it are not followed, as they may lead back.
pub(crate) fn walk(path: &Path, recursive: bool) -> Result<Vec<Found>, CommandError> {
    let shown = path.display();
    let facts = std::fs::metadata(path)
        .map_err(|error| io_error(format_args!("read `{shown}`"), &error).hint("check the path"))?;
    if facts.is_dir() {
        if !recursive {
            return Err(CommandError::usage(format!("`{shown}` is a folder")).hint(format!(
                "add `--recursive` to upload every photo in it: `deployer upload --recursive {shown}`"
            )));
        }
        let mut found = Vec::new();
        folder(path, "", &mut found)?;
        return Ok(found);
    }
    if !facts.is_file() {
        return Err(CommandError::failed(format!("`{shown}` is not a file"))
            .hint("pipe it in instead: `deployer upload - --name NAME < FILE`"));
    }
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| not_unicode(path))?;
    Ok(vec![Found { path: path.to_owned(), name: name.to_owned(), named: true }])
}

fn folder(path: &Path, prefix: &str, found: &mut Vec<Found>) -> Result<(), CommandError> {
    let unreadable =
        |error: std::io::Error| io_error(format_args!("read the folder `{}`", path.display()), &error);
    let mut entries =
        std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(unreadable)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_str().ok_or_else(|| not_unicode(&path))?;
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            folder(&path, &format!("{prefix}{name}/"), found)?;
        } else if kind.is_file() || (kind.is_symlink() && path.is_file()) {
            found.push(Found { path, name: format!("{prefix}{name}"), named: false });
        }
    }
    Ok(())
}

fn not_unicode(path: &Path) -> CommandError {
    CommandError::failed(format!("the name `{}` is not Unicode, as a key must be", path.display()))
        .hint("pipe the file in under another name: `deployer upload - --name NAME < FILE`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_files_in_order_with_the_folders_below_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("b/c")).unwrap();
        for name in ["z.jpg", "b/c/x.jpg", "a.jpg"] {
            std::fs::write(dir.path().join(name), b"x").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(dir.path(), dir.path().join("b/loop")).unwrap();
        let names: Vec<_> = walk(dir.path(), true).unwrap().into_iter().map(|found| found.name).collect();
        assert_eq!(names, ["a.jpg", "b/c/x.jpg", "z.jpg"]);
        let refused = walk(dir.path(), false).unwrap_err();
        assert!(refused.message.ends_with("is a folder"), "{refused}");
    }
}
