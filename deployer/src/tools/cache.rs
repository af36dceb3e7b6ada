//! The user's cache folder: where what can be made again is kept, and how two deployers share it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use crate::error::{CommandError, io_error};
use crate::ui::Ui;

/// The cache folder: `~/.cache/thumbnail-generator` where XDG_CACHE_HOME does not say otherwise.
pub(crate) fn folder() -> Result<PathBuf, CommandError> {
    ProjectDirs::from("", "", "thumbnail-generator").map(|dirs| dirs.cache_dir().to_owned()).ok_or_else(
        || {
            CommandError::failed("there is no home folder to keep the local stack in")
                .hint("set HOME, or XDG_CACHE_HOME, to a folder that can be written")
        },
    )
}

/// Makes a folder and those above it, for this user alone.
pub(crate) fn make_folder(path: &Path) -> Result<(), CommandError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| unwritable(&format!("make the folder `{}`", path.display()), &error))
}

/// Says that something in the cache cannot be written, and what helps.
pub(crate) fn unwritable(what: &str, error: &std::io::Error) -> CommandError {
    let hint = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "free some space, or set XDG_CACHE_HOME to a folder on another disk"
        }
        _ => "set XDG_CACHE_HOME to a folder that can be written",
    };
    io_error(what, error).hint(hint)
}

/// Takes a turn: one deployer at a time until the file is dropped, also when it is killed.
pub(crate) async fn lock(path: &Path, waits: &'static str, ui: &Ui) -> Result<File, CommandError> {
    if let Some(parent) = path.parent() {
        make_folder(parent)?;
    }
    let what = format!("lock `{}`", path.display());
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(path)
        .map_err(|error| unwritable(&what, &error))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(unwritable(&what, &error)),
    }
    let waiting = ui.wait(waits);
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
    waiting.finish_and_clear();
    locked
        .map_err(|error| CommandError::failed(format!("cannot {what}: {error}")))?
        .map_err(|error| unwritable(&what, &error))
}
