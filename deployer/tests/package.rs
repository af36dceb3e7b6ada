//! A release's archive: the handlers that come with the deployer are taken, and nothing is built.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking")]

#[path = "command/mod.rs"]
mod command;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn handlers_beside_the_deployer_need_no_rust() {
    let folder = tempfile::tempdir().unwrap();
    let release = folder.path().join("release");
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let handlers = release.join("handlers").join(architecture);
    let package = |program: &Path, path: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(["--local", "package", "--output", "json"]).args(arguments).current_dir(folder.path());
        command::stdout(arguments, command.env("PATH", path).output().unwrap())
    };
    let built = Path::new(env!("CARGO_BIN_EXE_deployer"));
    package(built, &std::env::var("PATH").unwrap(), &["--out", handlers.to_str().unwrap()]);

    let program = release.join("deployer");
    std::fs::copy(built, &program).unwrap();
    let artifacts: Vec<Value> = serde_json::from_str(&package(&program, "", &[])).unwrap();
    let paths: Vec<&str> = artifacts.iter().map(|artifact| artifact["path"].as_str().unwrap()).collect();
    let expected = ["thumbnail", "failover"].map(|function| handlers.join(format!("{function}.zip")));
    assert_eq!(paths, expected.each_ref().map(|path| path.to_str().unwrap()));
}
