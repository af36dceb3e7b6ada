//! The cache folder of the user, which several deployers can share.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use directories::ProjectDirs;

use crate::error::{CommandError, io_error};
use crate::ui::Ui;

/// How long to wait for another deployer. The installation that it may do takes minutes on a slow network.
const LOCK_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// Returns the cache folder: `thumbnail-generator` in XDG_CACHE_HOME or `~/.cache` on Linux, and in `~/Library/Caches`
/// on macOS.
pub(crate) fn folder() -> Result<PathBuf, CommandError> {
    ProjectDirs::from("", "", "thumbnail-generator").map(|dirs| dirs.cache_dir().to_owned()).ok_or_else(
        || {
            CommandError::failed("cannot find the home folder, which contains the cache")
                .hint("set HOME or XDG_CACHE_HOME to a writable folder")
        },
    )
}

/// Creates a folder and its parents, accessible only to this user.
pub(crate) fn create_folder(path: &Path) -> Result<(), CommandError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| cache_error(&format!("create the folder `{}`", path.display()), &error))
}

/// Returns the error for a write to the cache that failed, with a hint.
pub(crate) fn cache_error(what: &str, error: &std::io::Error) -> CommandError {
    let hint = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "free disk space, or set XDG_CACHE_HOME to a folder on another disk"
        }
        _ => "set XDG_CACHE_HOME to a writable folder",
    };
    io_error(what, error).hint(hint)
}

/// Locks a file until it is dropped or the process ends, so that only one deployer at a time continues.
pub(crate) async fn lock(path: &Path, message: &'static str, ui: &Ui) -> Result<File, CommandError> {
    if let Some(parent) = path.parent() {
        create_folder(parent)?;
    }
    let what = format!("lock `{}`", path.display());
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(path)
        .map_err(|error| cache_error(&what, &error))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(cache_error(&what, &error)),
    }
    let spinner = ui.start_spinner(message);
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
    let locked = tokio::time::timeout(LOCK_TIMEOUT, locked).await;
    spinner.finish_and_clear();
    locked
        .map_err(|_| {
            let minutes = LOCK_TIMEOUT.as_secs() / 60;
            CommandError::failed(format!("cannot {what}: another deployer has held it for {minutes} minutes"))
                .hint("end the other deployer, then run the command again")
        })?
        .map_err(|error| CommandError::failed(format!("cannot {what}: {error}")))?
        .map_err(|error| cache_error(&what, &error))
}
