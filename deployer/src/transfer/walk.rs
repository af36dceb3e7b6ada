//! Finds the files of a path on the command line, with their names for the keys.

use std::ffi::OsString;
use std::fs::{DirEntry, FileType};
use std::path::{Path, PathBuf};

use crate::error::{CommandError, io_error};

/// A file to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalFile {
    /// The path of the file.
    pub(crate) path: PathBuf,
    /// The name for its key, including the folders below the one on the command line.
    pub(crate) name: String,
    /// Whether the command line contains the path of this file, not of a folder that contains it.
    pub(crate) is_named: bool,
}

/// A file, or a path that cannot be read with its error.
pub(crate) type WalkEntry = Result<LocalFile, (PathBuf, CommandError)>;

/// An iterator over the files at a path, sorted by name. It keeps only the entries of the current folder and its parents.
pub(crate) struct Walk {
    /// The path itself, if it is a file.
    file: Option<LocalFile>,
    /// The current folder, after its parents.
    folders: Vec<OpenFolder>,
}

/// A folder with remaining entries.
struct OpenFolder {
    path: PathBuf,
    /// The prefix of its files in their keys.
    prefix: String,
    /// The names of its entries, with their types if the folder lists them.
    entries: std::vec::IntoIter<(OsString, Option<FileType>)>,
}

/// Returns the files at `path`. Walks a folder only if `recursive`. Does not follow links to folders, which may form loops.
/// An entry that cannot be read does not stop the walk.
pub(crate) fn walk(path: &Path, recursive: bool) -> Result<Walk, CommandError> {
    let shown = path.display();
    let metadata = std::fs::metadata(path)
        .map_err(|error| io_error(format_args!("read `{shown}`"), &error).hint("check the path"))?;
    if metadata.is_dir() {
        if !recursive {
            return Err(CommandError::usage(format!("`{shown}` is a folder"))
                .hint("add `--recursive` to upload all photos in it"));
        }
        return Ok(Walk { file: None, folders: vec![OpenFolder::open(path, String::new())?] });
    }
    if !metadata.is_file() {
        return Err(CommandError::failed(format!("`{shown}` is not a file"))
            .hint("to upload from stdin, use `- --name NAME < FILE` in place of the path"));
    }
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| unicode_error(path))?;
    let file = LocalFile { path: path.to_owned(), name: name.to_owned(), is_named: true };
    Ok(Walk { file: Some(file), folders: Vec::new() })
}

impl OpenFolder {
    fn open(path: &Path, prefix: String) -> Result<Self, CommandError> {
        let entry = |entry: DirEntry| (entry.file_name(), entry.file_type().ok());
        let listed =
            std::fs::read_dir(path).and_then(|listed| listed.map(|found| found.map(entry)).collect());
        let mut entries: Vec<_> =
            listed.map_err(|error| io_error(format_args!("read the folder `{}`", path.display()), &error))?;
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Self { path: path.to_owned(), prefix, entries: entries.into_iter() })
    }
}

impl Iterator for Walk {
    type Item = WalkEntry;

    fn next(&mut self) -> Option<WalkEntry> {
        if let Some(file) = self.file.take() {
            return Some(Ok(file));
        }
        while let Some(folder) = self.folders.last_mut() {
            let Some((entry, kind)) = folder.entries.next() else {
                self.folders.pop();
                continue;
            };
            let path = folder.path.join(&entry);
            let Some(name) = entry.to_str().map(|name| format!("{}{name}", folder.prefix)) else {
                let error = unicode_error(&path);
                return Some(Err((path, error)));
            };
            if kind.is_some_and(|kind| kind.is_dir()) {
                match OpenFolder::open(&path, format!("{name}/")) {
                    Ok(folder) => self.folders.push(folder),
                    Err(error) => return Some(Err((path, error))),
                }
                continue;
            }
            let is_file = match kind {
                Some(kind) if !kind.is_symlink() => Ok(kind.is_file()),
                // For a link, check the target.
                _ => std::fs::metadata(&path).map(|metadata| metadata.is_file()),
            };
            match is_file {
                Ok(true) => return Some(Ok(LocalFile { path, name, is_named: false })),
                Ok(false) => {}
                Err(error) => {
                    let error = io_error(format_args!("read `{}`", path.display()), &error);
                    return Some(Err((path, error)));
                }
            }
        }
        None
    }
}

fn unicode_error(path: &Path) -> CommandError {
    CommandError::failed(format!("the file name `{}` is not Unicode, which a key requires", path.display()))
        .hint("to upload it under another name, use `- --name NAME < FILE` in place of the path")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_walked_in_order_with_its_subfolders() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("b/c")).unwrap();
        for name in ["z.jpg", "b/c/x.jpg", "a.jpg"] {
            std::fs::write(dir.path().join(name), b"x").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(dir.path(), dir.path().join("b/loop")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("nowhere", dir.path().join("b/a.jpg")).unwrap();
        let walked = walk(dir.path(), true).unwrap();
        let found: Vec<_> =
            walked.map(|walked| walked.map(|found| found.name).map_err(|(path, _)| path)).collect();
        // A broken link is reported and does not stop the walk.
        let dangling = dir.path().join("b/a.jpg");
        let file = |name: &str| Ok(name.to_owned());
        assert_eq!(found, [file("a.jpg"), Err(dangling), file("b/c/x.jpg"), file("z.jpg")]);
        let refused = walk(dir.path(), false).err().unwrap();
        assert!(refused.message.ends_with("is a folder"), "{refused}");
    }
}
