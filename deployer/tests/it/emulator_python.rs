//! The Python environment of the emulator.

use std::path::PathBuf;

use contract::key::Digest;
use testkit::Deployer;

/// The packages of the emulator, which the deployer installs.
const REQUIREMENTS: &str = include_str!("../../src/local/requirements.txt");

/// Returns the interpreter of the environment, which the deployer creates with its first local stack.
pub(crate) fn emulator_python() -> PathBuf {
    let dirs = directories::ProjectDirs::from("", "", "thumbnail-generator").unwrap();
    let digest = Digest::of(REQUIREMENTS.as_bytes());
    let python = dirs.cache_dir().join(format!("emulator-{}", digest.short())).join("bin/python");
    if !python.exists() {
        let deployer = Deployer::new().inherit(&[]).args(["--local"]);
        deployer.args(["doctor"]).succeeds();
        deployer.args(["down"]).succeeds();
    }
    python
}
