//! The handlers as Lambda wants them: built for Amazon Linux 2023, in a zip that is the same for the same input.

mod archive;
mod build;
mod elf;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::config::{Architecture, Config};
use crate::error::{CommandError, io_error};
use crate::files;
use crate::package::archive::Compression;
use crate::ui::Ui;

pub(crate) use build::{Profile, cross_tools, workspace};

#[cfg(test)]
pub(crate) use build::functions;

/// A handler's zip.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Artifact {
    /// The function it is for: `thumbnail`.
    pub(crate) function: String,
    /// The zip.
    pub(crate) path: PathBuf,
    /// The SHA-256 over path, mode and bytes of its content, in hexadecimal.
    pub(crate) digest: String,
    /// The zip's size, in bytes.
    pub(crate) bytes: u64,
}

impl Artifact {
    /// Its key in the artifacts bucket.
    pub(crate) fn key(&self) -> String {
        format!("handlers/{}/{}.zip", self.function, self.digest)
    }
}

/// A zip given on the command line, instead of one that is built: `[FUNCTION=]FILE`.
#[derive(Clone, Debug)]
pub(crate) struct GivenZip {
    function: String,
    path: PathBuf,
}

impl FromStr for GivenZip {
    type Err = std::convert::Infallible;

    /// Without a function's name the file's own name says it; any other name is the thumbnail function's.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = |name: &str| build::ALL.contains(&name);
        let (function, path) = match text.split_once('=') {
            Some((function, path)) if known(function) => (function.to_owned(), PathBuf::from(path)),
            _ => {
                let path = PathBuf::from(text);
                let stem = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| known(stem));
                (stem.unwrap_or("thumbnail").to_owned(), path)
            }
        };
        Ok(Self { function, path })
    }
}

/// The zip of `function` in the folder `handlers` beside this program, as in the archive of a release; the source that
/// the project is in goes before.
fn beside(function: &str, config: &Config) -> Option<GivenZip> {
    let is_without_avif = function == "thumbnail" && build::wants_avif(&config.settings);
    if is_without_avif || build::checkout(config).is_some() {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?.join("handlers").join(architecture(config).name());
    let path = folder.join(format!("{function}.zip"));
    path.is_file().then(|| GivenZip { function: function.to_owned(), path })
}

/// Whether nothing has to be built: every handler's zip came with this program.
pub(crate) fn came_along(config: &Config) -> bool {
    build::functions(&config.settings).into_iter().all(|function| beside(function, config).is_some())
}

/// Packages the handlers: takes the zips that are given or came with this program, and builds the rest.
pub(crate) async fn build(
    config: &Config,
    given: &[GivenZip],
    profile: Profile,
    ui: &Ui,
) -> Result<Vec<Artifact>, CommandError> {
    let architecture = architecture(config);
    let mut artifacts = Vec::new();
    let mut to_build = Vec::new();
    for function in build::functions(&config.settings) {
        let given = given.iter().find(|zip| zip.function == function).cloned();
        match given.or_else(|| beside(function, config)) {
            Some(zip) => artifacts.push(check_given(&zip, architecture, config.local)?),
            None => to_build.push(function),
        }
    }
    if to_build.is_empty() {
        return Ok(artifacts);
    }
    let workspace = build::workspace(config)?;
    let bootstraps = build::build(&workspace, &to_build, config, profile, ui).await?;
    let (compression, kind) =
        if config.local { (Compression::Little, "local") } else { (Compression::Much, architecture.name()) };
    let folder = workspace.join("target").join("package").join(kind);
    std::fs::create_dir_all(&folder)
        .map_err(|error| io_error(format_args!("make the folder `{}`", folder.display()), &error))?;
    let waiting = ui.wait("Zipping the handlers");
    for (function, bootstrap) in to_build.into_iter().zip(bootstraps) {
        artifacts.push(pack(function, &bootstrap, &folder, compression)?);
    }
    waiting.finish_and_clear();
    Ok(artifacts)
}

/// The architecture the functions run on: as configured, with `--local` this machine's.
pub(crate) fn architecture(config: &Config) -> Architecture {
    match (config.local, std::env::consts::ARCH) {
        (true, "aarch64") => Architecture::Arm64,
        (true, _) => Architecture::X86_64,
        (false, _) => config.settings.function.architecture,
    }
}

/// Writes `<folder>/<function>.zip`, unless the one there holds the same.
fn pack(
    function: &str,
    bootstrap: &[u8],
    folder: &Path,
    compression: Compression,
) -> Result<Artifact, CommandError> {
    let path = folder.join(format!("{function}.zip"));
    let there = std::fs::read(&path).unwrap_or_default();
    let bytes = if archive::read(&there).is_ok_and(|there| there == bootstrap) {
        there.len()
    } else {
        let zip = archive::write(bootstrap, compression)
            .map_err(|error| CommandError::failed(format!("cannot zip the handler `{function}`: {error}")))?;
        files::write(&path, &zip)?;
        zip.len()
    };
    Ok(Artifact {
        function: function.to_owned(),
        path,
        digest: archive::digest(bootstrap),
        bytes: bytes as u64,
    })
}

fn check_given(zip: &GivenZip, architecture: Architecture, local: bool) -> Result<Artifact, CommandError> {
    let shown = zip.path.display();
    let bytes =
        std::fs::read(&zip.path).map_err(|error| io_error(format_args!("read the zip `{shown}`"), &error))?;
    let bootstrap = archive::read(&bytes).map_err(|problem| {
        CommandError::failed(format!("`{shown}` is not a handler's zip: {problem}"))
            .hint("make one with `deployer package`")
    })?;
    elf::check(&bootstrap, architecture, local)
        .map_err(|problem| problem.into_error(&format!("the `bootstrap` in `{shown}`"), architecture))?;
    Ok(Artifact {
        function: zip.function.clone(),
        path: zip.path.clone(),
        digest: archive::digest(&bootstrap),
        bytes: bytes.len() as u64,
    })
}
