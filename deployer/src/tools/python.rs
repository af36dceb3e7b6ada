//! Python environments in the cache of the user, installed once from packages that are pinned by hash.

use std::path::{Path, PathBuf};
use std::process::Output;

use contract::key::Digest;
use tokio::process::Command;

use crate::error::{CommandError, io_error};
use crate::tools::cache;
use crate::ui::Ui;

/// The names of interpreters to try, in order.
const INTERPRETERS: [&str; 7] =
    ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
/// The oldest Python version that the packages support.
const MIN_VERSION: (u32, u32) = (3, 10);

/// Returns the interpreter of the environment with exactly `requirements`, and creates it if necessary.
pub(crate) async fn ensure_environment(
    name: &str,
    requirements: &str,
    what: &str,
    ui: &Ui,
) -> Result<PathBuf, CommandError> {
    let folder = environment_folder(name, requirements)?;
    let python = folder.join("bin/python");
    if is_working(&python).await {
        return Ok(python);
    }
    let _turn = cache::lock(
        &folder.with_added_extension("lock"),
        "Waiting for another deployer to finish installing",
        ui,
    )
    .await?;
    if is_working(&python).await {
        return Ok(python);
    }
    let spinner = ui.start_spinner(format!("Installing {what}"));
    let created = create_environment(&folder, requirements).await;
    spinner.finish_and_clear();
    created.map(|()| python)
}

/// Returns the folder of the environment with exactly `requirements`.
pub(crate) fn environment_folder(name: &str, requirements: &str) -> Result<PathBuf, CommandError> {
    let digest = Digest::of(requirements.as_bytes());
    Ok(cache::folder()?.join(format!("{name}-{}", digest.short())))
}

/// Returns whether the interpreter of the environment runs. An upgrade of the system Python may have removed it.
async fn is_working(python: &Path) -> bool {
    python.exists() && version(python).await.is_some()
}

/// Creates the environment under another name and renames it when it is complete.
async fn create_environment(folder: &Path, requirements: &str) -> Result<(), CommandError> {
    let interpreter = find_interpreter().await?;
    let unfinished = folder.with_added_extension("unfinished");
    for old in [&unfinished, &folder.to_path_buf()] {
        match std::fs::remove_dir_all(old) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(cache::cache_error(&format!("delete `{}`", old.display()), &error));
            }
            _ => {}
        }
    }
    cache::create_folder(&unfinished)?;
    let list = unfinished.join("requirements.txt");
    std::fs::write(&list, requirements)
        .map_err(|error| cache::cache_error(&format!("write `{}`", list.display()), &error))?;
    let created = run(Command::new(&interpreter).args(["-m", "venv"]).arg(&unfinished)).await?;
    if !created.status.success() {
        return Err(venv_error(&output_text(&created)));
    }
    let installed = run(Command::new(unfinished.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
        .args(["--retries", "2", "--timeout", "20"])
        .args(["--require-hashes", "--no-deps", "-r"])
        .arg(&list))
    .await?;
    if !installed.status.success() {
        let _ = std::fs::remove_dir_all(&unfinished);
        return Err(pip_error(&output_text(&installed)));
    }
    std::fs::rename(&unfinished, folder)
        .map_err(|error| cache::cache_error(&format!("create `{}`", folder.display()), &error))
}

async fn run(command: &mut Command) -> Result<Output, CommandError> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    command
        .env_remove("PYTHONPATH")
        .env_remove("PYTHONHOME")
        .env_remove("PIP_TARGET")
        .env_remove("PIP_USER")
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| io_error(format_args!("run `{program}`"), &error))
}

/// Returns the output of a program.
fn output_text(output: &Output) -> String {
    [&*output.stdout, &*output.stderr].map(String::from_utf8_lossy).join("\n").trim().to_owned()
}

/// Returns the first interpreter on PATH that is new enough.
async fn find_interpreter() -> Result<PathBuf, CommandError> {
    let mut old = None;
    for name in INTERPRETERS {
        match version(Path::new(name)).await {
            Some(found) if found >= MIN_VERSION => return Ok(PathBuf::from(name)),
            Some(found) => old = old.or(Some((name, found))),
            None => {}
        }
    }
    let hint = "run `sudo apt-get install python3 python3-venv` or `brew install python` to install Python 3.10 or later";
    Err(match old {
        Some((name, (major, minor))) => CommandError::failed(format!(
            "`{name}` is Python {major}.{minor}, but the emulator needs 3.10 or later"
        )),
        None => CommandError::failed("cannot find `python3` on PATH, which the emulator needs"),
    }
    .hint(hint))
}

async fn version(python: &Path) -> Option<(u32, u32)> {
    let script = "import sys; print(sys.version_info[0], sys.version_info[1])";
    let output = run(Command::new(python).args(["-I", "-c", script])).await.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.split_whitespace().map(str::parse::<u32>);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Returns the error for a failed `venv`, which Debian and Ubuntu ship in a separate package.
fn venv_error(output: &str) -> CommandError {
    if let Some(full) = disk_full_error(output) {
        return full;
    }
    if output.contains("ensurepip") || output.contains("No module named venv") {
        return CommandError::failed("cannot create a virtual environment: the `venv` module is missing")
            .hint("run `sudo apt-get install python3-venv`");
    }
    CommandError::failed(format!("cannot create a virtual environment: {}", last_line(output)))
        .hint("run `python3 -m venv /tmp/try` to check Python")
}

/// Returns the error for a failed `pip install`.
fn pip_error(output: &str) -> CommandError {
    if let Some(full) = disk_full_error(output) {
        return full;
    }
    if output.contains("DO NOT MATCH THE HASHES") {
        return CommandError::failed(
            "cannot install the Python packages: a package differs from its pinned hash",
        )
        .hint("check PIP_INDEX_URL and `pip config list`: a mirror or proxy may have changed the package");
    }
    let unreachable =
        ["NewConnectionError", "Max retries", "No matching distribution", "Connection", "timed out"];
    if unreachable.iter().any(|marker| output.contains(marker)) {
        return CommandError::failed(format!(
            "cannot install the Python packages: the registry cannot be reached or lacks a package ({})",
            last_line(output)
        ))
        .hint("check the network; set HTTPS_PROXY if you use a proxy, or PIP_INDEX_URL if you use a mirror");
    }
    CommandError::failed(format!("cannot install the Python packages: {}", last_line(output)))
}

fn disk_full_error(output: &str) -> Option<CommandError> {
    output.contains("No space left on device").then(|| {
        CommandError::failed(
            "cannot install the Python packages: no space left on the disk (about 90 MB needed)",
        )
        .hint("free disk space, or set XDG_CACHE_HOME to a folder on another disk")
    })
}

fn last_line(output: &str) -> &str {
    let lines = || output.lines().map(str::trim).filter(|line| !line.is_empty());
    lines().rfind(|line| line.starts_with("ERROR:")).or_else(|| lines().next_back()).unwrap_or("no output")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &CommandError, message: &str, hint: &str) {
        assert!(error.message.contains(message), "{}", error.message);
        assert!(error.hints.iter().any(|output| output.contains(hint)), "{:?}", error.hints);
    }

    #[test]
    fn each_error_of_python_has_a_hint() {
        let debian =
            "The virtual environment was not created successfully because ensurepip is not\navailable.";
        check(&venv_error(debian), "`venv` module is missing", "python3-venv");
        check(
            &venv_error("/usr/bin/python3: No module named venv"),
            "`venv` module is missing",
            "python3-venv",
        );
        check(&venv_error("OSError: [Errno 28] No space left on device"), "no space left", "XDG_CACHE_HOME");
        check(&venv_error("Segmentation fault"), "Segmentation fault", "python3 -m venv");
        let offline = "WARNING: Retrying: NewConnectionError('Temporary failure in name resolution')\nERROR: No matching distribution found for six";
        check(&pip_error(offline), "cannot be reached", "PIP_INDEX_URL");
        check(&pip_error("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM"), "differs", "mirror");
    }
}
