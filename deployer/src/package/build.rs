//! Builds the functions with cargo: for this machine if the result runs on Lambda, or else with cargo-zigbuild.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

use crate::config::{Architecture, Config, Settings};
use crate::error::{CommandError, io_error};
use crate::package::elf::{self, Incompatibility, LAMBDA_GLIBC};
use crate::tools::python;
use crate::ui::Ui;

/// The packages for cross-compilation besides Rust, with their hashes.
const TOOLS: &str = include_str!("cross.txt");

/// All functions; each is a program of the crate `handler`.
pub(super) const FUNCTIONS: [&str; 4] = ["thumbnail", "failover", "alt-text", "delivery"];

/// Returns the functions of a stack with `settings`.
pub(crate) fn functions(settings: &Settings) -> Vec<&'static str> {
    let is_part = |function: &&str| match *function {
        "alt-text" => settings.alt_text.enabled,
        "delivery" => settings.delivery.enabled,
        _ => true,
    };
    FUNCTIONS.into_iter().filter(is_part).collect()
}

/// The variables that an outer `cargo run` sets. They would cause the inner cargo to rebuild crates.
const OUTER_CARGO: [&str; 20] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_MANIFEST_LINKS",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
    "CARGO_PKG_AUTHORS",
    "CARGO_PKG_DESCRIPTION",
    "CARGO_PKG_HOMEPAGE",
    "CARGO_PKG_LICENSE",
    "CARGO_PKG_LICENSE_FILE",
    "CARGO_PKG_REPOSITORY",
    "CARGO_PKG_README",
    "CARGO_PKG_RUST_VERSION",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_PRIMARY_PACKAGE",
];

/// Returns the checkout that contains the project, or `None`.
pub(super) fn find_checkout(config: &Config) -> Option<PathBuf> {
    config.project.ancestors().find(|folder| is_workspace(folder)).map(Path::to_path_buf)
}

fn is_workspace(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file() && folder.join("handler/Cargo.toml").is_file()
}

/// Returns the folder with the source of the functions: the checkout of the project, or that of this program.
pub(crate) fn workspace(config: &Config) -> Result<PathBuf, CommandError> {
    let compiled = Path::new(env!("CARGO_MANIFEST_DIR")).parent().filter(|folder| is_workspace(folder));
    find_checkout(config).or(compiled.map(Path::to_path_buf)).ok_or_else(|| {
        CommandError::failed("cannot find the source of the functions")
            .hint("run the command in a checkout of the project, or pass a zip with `--zip FILE`")
    })
}

/// Returns the features of the handlers' crate that `settings` need or that this machine can build.
fn features(settings: &Settings, architecture: Architecture) -> Vec<&'static str> {
    let avif = settings.has_avif_preset().then_some("avif");
    let jxl = settings.jpeg_xl.then_some("jxl");
    let svg = settings.svg.then_some("svg");
    // A build for arm64 always contains the assembly code.
    let asm = (architecture == Architecture::X86_64 && has_nasm()).then_some("asm");
    avif.into_iter().chain(jxl).chain(svg).chain(asm).collect()
}

/// Returns whether nasm is installed. With it, the functions read JPEG and AVIF several times as fast on x86_64.
pub(crate) fn has_nasm() -> bool {
    std::process::Command::new("nasm").arg("-v").output().is_ok_and(|output| output.status.success())
}

/// How to compile the handlers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Profile {
    /// With the options of this program, so that most crates are already compiled. Only for this machine.
    #[default]
    Quick,
    /// For deployment: small and fully optimized.
    Lambda,
}

impl Profile {
    /// Returns the profile that the flag `--release` selects.
    pub(crate) fn from_release_flag(release: bool) -> Self {
        if release { Self::Lambda } else { Self::Quick }
    }
}

/// Builds the programs of `functions` and returns their bytes, in order.
pub(super) async fn build(
    workspace: &Path,
    functions: &[&str],
    config: &Config,
    profile: Profile,
    ui: &Ui,
) -> Result<Vec<Vec<u8>>, CommandError> {
    let (local, architecture) = (config.local, super::architecture(config));
    let features = &features(&config.settings, architecture)[..];
    if local || is_native(architecture) {
        let builder = if local && profile == Profile::Quick { Builder::Quick } else { Builder::Host };
        let built = run_cargo(workspace, functions, features, &builder, ui).await?;
        match check_all(functions, &built, architecture, local) {
            Ok(()) => return Ok(built),
            // Another way to build helps only if the glibc of this machine is too new.
            Err((_, Incompatibility::Glibc { needs: (major, minor) })) => ui.note(format!(
                "The build on this machine needs glibc {major}.{minor}, but Lambda has {}.{}; building with cargo-zigbuild",
                LAMBDA_GLIBC.0, LAMBDA_GLIBC.1
            )),
            Err((function, problem)) => {
                return Err(problem.into_error(&format!("the function `{function}`"), architecture));
            }
        }
    }
    let builder = Builder::zig(workspace, architecture, ui).await?;
    let built = run_cargo(workspace, functions, features, &builder, ui).await?;
    match check_all(functions, &built, architecture, local) {
        Ok(()) => Ok(built),
        Err((function, problem)) => {
            Err(problem.into_error(&format!("the function `{function}`"), architecture))
        }
    }
}

/// Returns whether a native build is for the architecture of the function.
fn is_native(architecture: Architecture) -> bool {
    let host = match std::env::consts::ARCH {
        "aarch64" => Architecture::Arm64,
        _ => Architecture::X86_64,
    };
    cfg!(target_os = "linux") && host == architecture
}

/// Returns whether the Rust target for cross-compilation is installed, or `None` if a native build is enough.
pub(crate) async fn check_cross_tools(config: &Config) -> Option<Result<(), CommandError>> {
    let architecture = super::architecture(config);
    if config.local || is_native(architecture) {
        return None;
    }
    let found = match workspace(config) {
        Ok(workspace) => has_rust_target(&workspace, target_triple(architecture)).await,
        Err(error) => Err(error),
    };
    Some(found.and_then(|found| if found { Ok(()) } else { Err(missing_target_error(architecture)) }))
}

fn check_all<'a>(
    functions: &[&'a str],
    built: &[Vec<u8>],
    architecture: Architecture,
    local: bool,
) -> Result<(), (&'a str, Incompatibility)> {
    for (&function, program) in functions.iter().zip(built) {
        elf::check(program, architecture, local).map_err(|problem| (function, problem))?;
    }
    Ok(())
}

/// How to run cargo.
#[derive(Debug)]
enum Builder {
    /// `cargo build` for this machine, in the profile of this program.
    Quick,
    /// `cargo build` for this machine, as the handlers are deployed.
    Host,
    /// `cargo zigbuild` for a target with the glibc of Lambda, in the environment of this Python.
    Zig { target: String, python: PathBuf },
}

impl Builder {
    /// Installs the tools for cross-compilation, or returns an error that names the missing one.
    async fn zig(workspace: &Path, architecture: Architecture, ui: &Ui) -> Result<Self, CommandError> {
        let triple = target_triple(architecture);
        if !has_rust_target(workspace, triple).await? {
            let spinner = ui.start_spinner(format!("Installing the Rust target {triple}"));
            // If rustup is missing or fails, the check below reports the missing target.
            let _ =
                Command::new("rustup").args(["target", "add", triple]).current_dir(workspace).output().await;
            spinner.finish_and_clear();
            if !has_rust_target(workspace, triple).await? {
                return Err(missing_target_error(architecture));
            }
        }
        let python =
            python::ensure_environment("cross", TOOLS, "cargo-zigbuild and zig (once, about 100 MB)", ui)
                .await?;
        Ok(Self::Zig { target: format!("{triple}.{}.{}", LAMBDA_GLIBC.0, LAMBDA_GLIBC.1), python })
    }
}

/// Returns the name of the target in rustc.
fn target_triple(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x86_64-unknown-linux-gnu",
        Architecture::Arm64 => "aarch64-unknown-linux-gnu",
    }
}

fn missing_target_error(architecture: Architecture) -> CommandError {
    let (name, triple) = (architecture.name(), target_triple(architecture));
    CommandError::failed(format!(
        "cannot build the functions for {name}: the Rust target `{triple}` is not installed"
    ))
    .hint(format!("run `rustup target add {triple}`"))
    .hint("set `function.architecture` in deployer.yaml to the architecture of this machine")
}

/// Returns whether the Rust target `triple` is installed.
async fn has_rust_target(workspace: &Path, triple: &str) -> Result<bool, CommandError> {
    let libraries = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", triple])
        .current_dir(workspace)
        .output()
        .await
        .map_err(|error| io_error("run rustc", &error).hint("install Rust from https://rustup.rs"))?;
    Ok(Path::new(String::from_utf8_lossy(&libraries.stdout).trim()).is_dir())
}

/// One line of the `--message-format json` of cargo.
#[derive(Deserialize)]
struct CargoMessage {
    target: Option<CargoTarget>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct CargoTarget {
    name: String,
}

/// Returns the arguments of cargo that select the features of this program, so that no crate is compiled again.
fn quick_features() -> Vec<&'static str> {
    let has =
        [("asm", cfg!(feature = "asm")), ("full", cfg!(feature = "full")), ("heic", cfg!(feature = "heic"))];
    let features = has.into_iter().filter_map(|(feature, is_on)| is_on.then_some(feature));
    let without_defaults =
        (!cfg!(all(feature = "full", feature = "heic"))).then_some("--no-default-features");
    without_defaults.into_iter().chain(features.flat_map(|feature| ["--features", feature])).collect()
}

async fn run_cargo(
    workspace: &Path,
    functions: &[&str],
    features: &[&str],
    builder: &Builder,
    ui: &Ui,
) -> Result<Vec<Vec<u8>>, CommandError> {
    let mut command = match builder {
        Builder::Quick | Builder::Host => {
            let mut command = Command::new("cargo");
            command.arg("build");
            command
        }
        // cargo-zigbuild runs zig as a module of this Python.
        Builder::Zig { target, python } => {
            let mut command = Command::new(python.with_file_name("cargo-zigbuild"));
            command.env("CARGO_ZIGBUILD_PYTHON_PATH", python).args(["zigbuild", "--target", target]);
            command
        }
    };
    match builder {
        // Builds all packages, so that their crates have the features of this program and are not compiled again.
        Builder::Quick => {
            let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
            command.args(["--profile", profile]).args(quick_features())
        }
        Builder::Host | Builder::Zig { .. } => command
            .args(["--profile", "lambda", "--package", "handler"])
            .args(features.iter().flat_map(|feature| ["--features", feature]))
            // A deployer without HEIC, such as the one in the archive of a release, builds handlers without HEIC.
            .args((!imaging::READS_HEIC).then_some("--no-default-features")),
    };
    command
        .args(["--locked", "--message-format", "json-render-diagnostics"])
        .args(functions.iter().flat_map(|function| ["--bin", function]))
        .current_dir(workspace)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    for name in OUTER_CARGO {
        command.env_remove(name);
    }
    let what = format!("Building the functions ({})", functions.join(", "));
    let spinner = ui.start_spinner(what.clone());
    let cargo_error = |error: std::io::Error| {
        io_error("run cargo", &error).hint("install Rust from https://rustup.rs, or use `--zip`")
    };
    let mut child = command.spawn().map_err(cargo_error)?;
    let mut messages = String::new();
    // Shows the current step of cargo.
    let progress = async {
        let Some(stderr) = child.stderr.take() else { return };
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            spinner.set_message(format!("{what}: {}", line.trim().to_lowercase()));
            messages.push_str(&line);
            messages.push('\n');
        }
    };
    let mut stdout = Vec::new();
    let output = async {
        if let Some(mut stdout_pipe) = child.stdout.take() {
            stdout_pipe.read_to_end(&mut stdout).await?;
        }
        Ok::<(), std::io::Error>(())
    };
    let ((), read) = tokio::join!(progress, output);
    read.map_err(cargo_error)?;
    let status = child.wait().await.map_err(cargo_error)?;
    spinner.finish_and_clear();
    ui.detail(messages.trim_end());
    if !status.success() {
        let lines: Vec<&str> = messages.lines().collect();
        ui.note(lines[lines.len().saturating_sub(40)..].join("\n"));
        return Err(CommandError::failed("cannot build the functions; see the output of cargo above")
            .hint("if a C compiler is missing, run `./dev setup` in the checkout"));
    }
    let executables: Vec<(String, PathBuf)> = String::from_utf8_lossy(&stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<CargoMessage>(line).ok())
        .filter_map(|message| Some((message.target?.name, message.executable?)))
        .collect();
    let read = |function: &&str| {
        let found = executables.iter().find(|(name, _)| name == function);
        let (_, path) =
            found.ok_or_else(|| CommandError::failed(format!("cargo built no program `{function}`")))?;
        std::fs::read(path).map_err(|error| io_error(format_args!("read `{}`", path.display()), &error))
    };
    functions.iter().map(read).collect()
}
