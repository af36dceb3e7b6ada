//! What the deployer's commands are given and end with.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::process::Output;

/// What a command that must succeed prints to stdout.
#[track_caller]
pub(crate) fn stdout(arguments: &[&str], output: Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}\n{stderr}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// The part of deployer.yaml by which functions are built for this machine, also for an endpoint that is not `--local`.
pub(crate) fn for_this_machine() -> String {
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    format!("function: {{ architecture: {architecture} }}\n")
}
