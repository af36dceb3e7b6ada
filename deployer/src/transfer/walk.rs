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

/// What is in a folder: files, and what cannot be had, with the reason.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) files: Vec<Found>,
    pub(crate) unread: Vec<(PathBuf, CommandError)>,
}

/// The files at `path`, in the order of their names. A folder is walked where `recursive` says so; links
/// to folders in it are not followed, as they may lead back. What cannot be had in it stops nothing else.
pub(crate) fn walk(path: &Path, recursive: bool) -> Result<Walked, CommandError> {
    let shown = path.display();
    let facts = std::fs::metadata(path)
        .map_err(|error| io_error(format_args!("read `{shown}`"), &error).hint("check the path"))?;
    if facts.is_dir() {
        if !recursive {
            return Err(CommandError::usage(format!("`{shown}` is a folder")).hint(format!(
                "add `--recursive` to upload every photo in it: `deployer upload --recursive {shown}`"
            )));
        }
        let mut walked = Walked::default();
        folder(path, "", &mut walked);
        return Ok(walked);
    }
    if !facts.is_file() {
        return Err(CommandError::failed(format!("`{shown}` is not a file"))
            .hint("pipe it in instead: `deployer upload - --name NAME < FILE`"));
    }
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| not_unicode(path))?;
    let file = Found { path: path.to_owned(), name: name.to_owned(), named: true };
    Ok(Walked { files: vec![file], unread: Vec::new() })
}

fn folder(path: &Path, prefix: &str, walked: &mut Walked) {
    let listed = std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match listed {
        Ok(entries) => entries,
        Err(error) => {
            let error = io_error(format_args!("read the folder `{}`", path.display()), &error);
            return walked.unread.push((path.to_owned(), error));
        }
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else {
            let error = not_unicode(&path);
            walked.unread.push((path, error));
            continue;
        };
        // Whether it is a folder itself, and what a link leads to.
        match entry.file_type().and_then(|own| Ok((own.is_dir(), std::fs::metadata(&path)?))) {
            Ok((true, _)) => folder(&path, &format!("{name}/"), walked),
            Ok((false, facts)) if facts.is_file() => walked.files.push(Found { path, name, named: false }),
            Ok(_) => {}
            Err(error) => {
                let error = io_error(format_args!("read `{}`", path.display()), &error);
                walked.unread.push((path, error));
            }
        }
    }
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
        #[cfg(unix)]
        std::os::unix::fs::symlink("nowhere", dir.path().join("b/a.jpg")).unwrap();
        let walked = walk(dir.path(), true).unwrap();
        let names: Vec<_> = walked.files.into_iter().map(|found| found.name).collect();
        assert_eq!(names, ["a.jpg", "b/c/x.jpg", "z.jpg"]);
        // A link that leads nowhere is said, and stops nothing.
        let unread: Vec<_> = walked.unread.into_iter().map(|(path, _)| path).collect();
        assert_eq!(unread, [dir.path().join("b/a.jpg")]);
        let refused = walk(dir.path(), false).unwrap_err();
        assert!(refused.message.ends_with("is a folder"), "{refused}");
    }
}
