//! The checks of the programs on this machine.

use std::process::Command;

use crate::commands::doctor::check::Check;
use crate::config::{Architecture, Config};
use crate::package;

/// Checks the programs that are needed to build the functions and to run a local stack.
pub(super) async fn check_tools(config: &Config) -> Vec<Check> {
    let mut checks = if package::has_included_zips(config) {
        vec![Check::ok("functions", "included with this program, no build needed")]
    } else {
        check_build_tools(config).await
    };
    if config.local {
        checks.push(check_python());
    }
    checks
}

async fn check_build_tools(config: &Config) -> Vec<Check> {
    let mut checks = vec![match first_line("cargo", "--version") {
        Some(version) => Check::ok("cargo", version),
        None => Check::warn(
            "cargo",
            "not found; cannot build the functions on this machine",
            "curl https://sh.rustup.rs -sSf | sh   # or pass zips from another machine to `up --zip`",
        ),
    }];
    checks.push(match first_line("cc", "--version") {
        Some(version) => Check::ok("cc", version),
        None => Check::warn(
            "cc",
            "not found; cannot build the image libraries on this machine",
            "sudo apt-get install build-essential",
        ),
    });
    if package::architecture(config) == Architecture::X86_64 && !config.local {
        checks.push(if package::has_nasm() {
            Check::ok("nasm", "found; the functions will use SIMD code for JPEG and AVIF")
        } else {
            Check::warn(
                "nasm",
                "not found; the functions will be slower, without SIMD code for JPEG and AVIF",
                "sudo apt-get install nasm",
            )
        });
    }
    match package::check_cross_tools(config).await {
        None => {}
        Some(Ok(())) => {
            checks.push(Check::ok("zig", "the Rust target is installed; the first build installs zig"));
        }
        Some(Err(error)) => checks.push(Check::from_error("zig", error, "deployer package{flags}")),
    }
    checks
}

/// Checks for Python, which the emulator needs.
fn check_python() -> Check {
    let Some(version) = first_line("python3", "--version") else {
        return Check::fail(
            "python3",
            "not found; the emulator needs it",
            "sudo apt-get install python3 python3-venv",
        );
    };
    let minor =
        version.strip_prefix("Python 3.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    if minor.is_some_and(|minor| minor < 10) {
        return Check::fail(
            "python3",
            format!("{version} is too old; the emulator needs 3.10 or later"),
            "sudo apt-get install python3",
        );
    }
    let has_venv = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
    if has_venv.is_ok_and(|output| output.status.success()) {
        Check::ok("python3", version)
    } else {
        Check::fail(
            "python3",
            format!("{version} lacks the venv module"),
            "sudo apt-get install python3-venv",
        )
    }
}

/// Returns the first line that a program prints, or `None` if it is missing or fails.
fn first_line(program: &str, flag: &str) -> Option<String> {
    let output = Command::new(program).arg(flag).output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(|line| line.trim().to_owned())
}
