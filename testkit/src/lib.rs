//! Helpers for the tests of all crates. No shipped program depends on this crate.
//!
//! - [`Deployer`] runs the command line and checks what it prints.
//! - [`Project`] is a folder with a stack on the emulator.
//! - [`http`] serves the replies of a test. [`aws`] has the replies of AWS services.
//! - [`FakeStack`] is a stack with photos for the command line. [`s3`] is its fake S3, and [`records`] has the records
//!   of photos.
//! - [`Lambda`] runs the program of a function. [`HeldProcess`] also runs it, and holds each of its calls.
//! - [`Browser`] opens pages in Chromium.
//! - [`report_skipped()`] reports tests that do not run because a tool is missing.
//! - [`proxy`] forwards the calls of a program to the emulator, and makes some of them fail.
#![allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and cargo passes the paths of programs in the environment"
)]

pub mod aws;
mod browser;
mod deployer;
mod fault;
mod held;
pub mod http;
mod lambda;
mod project;
pub mod proxy;
pub mod records;
pub mod s3;
mod skipped;
pub mod stack;

use std::path::{Path, PathBuf};

pub use crate::browser::Browser;
pub use crate::deployer::{Deployer, RunResult};
pub use crate::fault::{Fault, SLOW_DOWN};
pub use crate::held::{HeldCall, HeldProcess};
pub use crate::lambda::{InvocationResult, Lambda};
pub use crate::project::Project;
pub use crate::skipped::report_skipped;
pub use crate::stack::FakeStack;

/// Returns the path of a program of the package under test: `deployer`.
pub fn program(name: &str) -> PathBuf {
    let from_cargo = std::env::var_os(format!("CARGO_BIN_EXE_{name}")).map(PathBuf::from);
    // If the test is started without cargo, its program is in the folder `deps` below the other programs.
    let beside = || std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join(name);
    from_cargo.unwrap_or_else(beside)
}

/// Returns the folder of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Returns the path of a sample photo: `coffee.jpg`.
pub fn sample(name: &str) -> PathBuf {
    root().join("samples").join(name)
}

/// Returns the part of deployer.yaml with which the functions are built for this machine, even without `--local`.
pub fn native_architecture_setting() -> String {
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    format!("function: {{ architecture: {architecture} }}\n")
}

/// Returns the number in an environment variable, or `default`. Developers set these variables to run more cases than
/// CI.
pub fn number_from_env(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}
