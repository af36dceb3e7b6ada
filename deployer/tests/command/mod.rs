//! What the deployer's commands ended with.

use std::process::Output;

/// What a command that must succeed prints to stdout.
#[track_caller]
pub(crate) fn stdout(arguments: &[&str], output: Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}\n{stderr}", output.status);
    String::from_utf8(output.stdout).unwrap()
}
