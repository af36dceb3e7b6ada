//! Packages the functions for Lambda: programs for Amazon Linux 2023 in reproducible zips.

mod archive;
mod build;
mod elf;
mod watermarks;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::config::{Architecture, Config};
use crate::error::{CommandError, io_error};
use crate::files;
use crate::ui::Ui;

pub(crate) use build::{Profile, check_cross_tools, has_nasm, workspace};
pub(crate) use watermarks::WatermarkFiles;

#[cfg(test)]
pub(crate) use build::functions;

/// The zip of a function.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Artifact {
    /// The name of the function: `thumbnail`.
    pub(crate) function: String,
    /// The path of the zip.
    pub(crate) path: PathBuf,
    /// The SHA-256 of its content, in hexadecimal.
    pub(crate) digest: String,
    /// The size of the zip, in bytes.
    pub(crate) bytes: u64,
}

impl Artifact {
    /// Returns its key in the artifacts bucket, which several stacks can share.
    pub(crate) fn key(&self, stack: &str) -> String {
        format!("{}{}.zip", Self::prefix(stack, &self.function), self.digest)
    }

    /// Returns the prefix of the zips of a function.
    pub(crate) fn prefix(stack: &str, function: &str) -> String {
        format!("{stack}/functions/{function}/")
    }
}

/// A zip on the command line to use instead of building it: `[FUNCTION=]FILE`.
#[derive(Clone, Debug)]
pub(crate) struct ProvidedZip {
    function: String,
    path: PathBuf,
}

impl FromStr for ProvidedZip {
    type Err = std::convert::Infallible;

    /// Parses the text. Without a function, the file name determines it; any other file name is for the thumbnail function.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = |name: &str| build::FUNCTIONS.contains(&name);
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

/// Returns the zip of `function` that came with this program: in the folder `handlers` next to it, as in the archive of
/// a release, or in `share/deployer` of the prefix that a package manager installed it to. Returns `None` in a
/// checkout, which is built instead.
fn included_zip(function: &str, config: &Config) -> Option<ProvidedZip> {
    // The zips of a release neither write AVIF nor read JPEG XL and SVG.
    let reads_more = config.settings.jpeg_xl || config.settings.svg;
    let needs_more_features = match function {
        "thumbnail" | "delivery" => reads_more || config.settings.has_avif_preset(),
        "alt-text" => reads_more,
        _ => false,
    };
    if needs_more_features || build::find_checkout(config).is_some() {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    let installed = folder.parent().map(|prefix| prefix.join("share/deployer"));
    let places = [Some(folder.to_owned()), installed].into_iter().flatten();
    let zip = PathBuf::from("handlers").join(architecture(config).name()).join(format!("{function}.zip"));
    let path = places.map(|place| place.join(&zip)).find(|path| path.is_file())?;
    Some(ProvidedZip { function: function.to_owned(), path })
}

/// Returns whether the zips of all functions are included with this program, so that no build is needed.
pub(crate) fn has_included_zips(config: &Config) -> bool {
    build::functions(&config.settings).into_iter().all(|function| included_zip(function, config).is_some())
}

/// Packages the functions: uses the zips on the command line or included with this program, and builds the rest. Adds the
/// watermarks of the presets.
pub(crate) async fn build(
    config: &Config,
    provided: &[ProvidedZip],
    profile: Profile,
    ui: &Ui,
) -> Result<Vec<Artifact>, CommandError> {
    let watermarks = WatermarkFiles::read(&config.settings.presets, &config.project)?;
    let artifacts = build_without_watermarks(config, provided, profile, ui).await?;
    artifacts.into_iter().map(|artifact| watermarks.add_to(artifact)).collect()
}

async fn build_without_watermarks(
    config: &Config,
    provided: &[ProvidedZip],
    profile: Profile,
    ui: &Ui,
) -> Result<Vec<Artifact>, CommandError> {
    check_for_duplicates(provided)?;
    let architecture = architecture(config);
    let mut artifacts = Vec::new();
    let mut to_build = Vec::new();
    for function in build::functions(&config.settings) {
        let provided = provided.iter().find(|zip| zip.function == function).cloned();
        match provided.or_else(|| included_zip(function, config)) {
            Some(zip) => artifacts.push(check_zip(&zip, architecture, config.local)?),
            None => to_build.push(function),
        }
    }
    if to_build.is_empty() {
        return Ok(artifacts);
    }
    let workspace = build::workspace(config)?;
    let bootstraps = build::build(&workspace, &to_build, config, profile, ui).await?;
    // Each kind of build has its own folder, since commands may run at the same time. Lambda downloads a zip for each new
    // environment, so it is small. The zip of a debug build stays on this machine, so it is written fast.
    let (kind, level) = match (config.local, profile) {
        (true, Profile::Quick) => ("quick", 1),
        (true, Profile::Lambda) => ("local", 9),
        (false, _) => (architecture.name(), 9),
    };
    let folder = workspace.join("target").join("package").join(kind);
    std::fs::create_dir_all(&folder)
        .map_err(|error| io_error(format_args!("create the folder `{}`", folder.display()), &error))?;
    let spinner = ui.start_spinner("Zipping the functions");
    for (function, bootstrap) in to_build.into_iter().zip(bootstraps) {
        artifacts.push(pack(function, &bootstrap, &folder, level)?);
    }
    spinner.finish_and_clear();
    Ok(artifacts)
}

/// Returns an error if there are two zips for one function, of which only one could be used.
fn check_for_duplicates(provided: &[ProvidedZip]) -> Result<(), CommandError> {
    let mut functions = HashSet::new();
    match provided.iter().find(|zip| !functions.insert(&zip.function)) {
        Some(ProvidedZip { function, .. }) => {
            Err(CommandError::usage(format!("`--zip` names two zips for the function `{function}`"))
                .hint("name the function of each zip: `--zip FUNCTION=FILE`"))
        }
        None => Ok(()),
    }
}

/// Returns the architecture of the functions: the configured one, or that of this machine with `--local`.
pub(crate) fn architecture(config: &Config) -> Architecture {
    match (config.local, std::env::consts::ARCH) {
        (true, "aarch64") => Architecture::Arm64,
        (true, _) => Architecture::X86_64,
        (false, _) => config.settings.function.architecture,
    }
}

/// Writes `<folder>/<function>.zip` with a level of compression, unless it already has the same content.
fn pack(function: &str, bootstrap: &[u8], folder: &Path, level: i64) -> Result<Artifact, CommandError> {
    let path = folder.join(format!("{function}.zip"));
    let existing = std::fs::read(&path).unwrap_or_default();
    let is_same = |existing: archive::Content| existing.bootstrap == bootstrap && existing.others.is_empty();
    let bytes = if archive::read(&existing).is_ok_and(is_same) {
        existing.len()
    } else {
        let zip = archive::write(bootstrap, level).map_err(|error| {
            CommandError::failed(format!("cannot zip the function `{function}`: {error}"))
        })?;
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

fn check_zip(zip: &ProvidedZip, architecture: Architecture, local: bool) -> Result<Artifact, CommandError> {
    let shown = zip.path.display();
    let bytes =
        std::fs::read(&zip.path).map_err(|error| io_error(format_args!("read the zip `{shown}`"), &error))?;
    let archive::Content { bootstrap, others } = archive::read(&bytes).map_err(|problem| {
        CommandError::failed(format!("`{shown}` is not the zip of a function: {problem}"))
            .hint("run `deployer package{flags} --out dist` to build one")
    })?;
    elf::check(&bootstrap, architecture, local)
        .map_err(|problem| problem.into_error(&format!("the `bootstrap` in `{shown}`"), architecture))?;
    Ok(Artifact {
        function: zip.function.clone(),
        path: zip.path.clone(),
        digest: archive::digest_with_files(archive::digest(&bootstrap), &others),
        bytes: bytes.len() as u64,
    })
}
