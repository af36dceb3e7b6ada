//! The programs that are called on this machine.

use std::process::Command;

use crate::commands::doctor::check::Check;
use crate::config::Config;
use crate::package;

/// The programs that building the handlers and running a stack here need.
pub(super) async fn tools(config: &Config) -> Vec<Check> {
    let mut checks = if package::came_along(config) {
        vec![Check::ok("handlers", "came with this program: nothing has to be built")]
    } else {
        building(config).await
    };
    if config.local {
        checks.push(python());
    }
    checks
}

async fn building(config: &Config) -> Vec<Check> {
    let mut checks = vec![match first_line("cargo", "--version") {
        Some(said) => Check::ok("cargo", said),
        None => Check::warn(
            "cargo",
            "not found: the handlers cannot be built here",
            "curl https://sh.rustup.rs -sSf | sh   # or give `up` zips that were packaged elsewhere: --zip",
        ),
    }];
    let missing: Vec<&str> = [("cc", "--version"), ("cmake", "--version"), ("nasm", "-v")]
        .into_iter()
        .filter(|(program, flag)| first_line(program, flag).is_none())
        .map(|(program, _)| program)
        .collect();
    checks.push(if missing.is_empty() {
        Check::ok("compilers", "cc, cmake and nasm are there")
    } else {
        let found = format!("{} not found: the image libraries cannot be built here", missing.join(", "));
        Check::warn("compilers", found, "apt install build-essential cmake nasm")
    });
    match package::cross_tools(config).await {
        None => {}
        Some(Ok(())) => checks
            .push(Check::ok("zig", "Rust's library for the target is there; zig comes with the first build")),
        Some(Err(error)) => checks.push(Check::failed("zig", error, "deployer package")),
    }
    checks
}

/// The emulator runs on Python.
fn python() -> Check {
    let Some(said) = first_line("python3", "--version") else {
        return Check::fail(
            "python3",
            "not found: the emulator needs it",
            "apt install python3 python3-venv",
        );
    };
    let minor = said.strip_prefix("Python 3.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    if minor.is_some_and(|minor| minor < 10) {
        return Check::fail(
            "python3",
            format!("{said} is too old: 3.10 or later is needed"),
            "apt install python3",
        );
    }
    let can = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
    if can.is_ok_and(|output| output.status.success()) {
        Check::ok("python3", said)
    } else {
        Check::fail("python3", format!("{said} lacks its module venv"), "apt install python3-venv")
    }
}

/// The first line that a program prints; none where it is missing or fails.
fn first_line(program: &str, flag: &str) -> Option<String> {
    let output = Command::new(program).arg(flag).output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(|line| line.trim().to_owned())
}
