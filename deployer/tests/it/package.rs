//! A release's archive: the handlers that come with the deployer are taken, and nothing is built.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::project::Project;

/// The folder that the archive of a release unpacks to.
struct Release {
    folder: tempfile::TempDir,
    handlers: PathBuf,
}

impl Release {
    /// One with the handlers as they are built for `project`.
    fn of(project: &Project) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
        let handlers = folder.path().join("handlers").join(architecture);
        project.stdout(&["package", "--out", handlers.to_str().unwrap()]);
        std::fs::copy(env!("CARGO_BIN_EXE_deployer"), folder.path().join("deployer")).unwrap();
        Self { folder, handlers }
    }

    /// Runs its deployer in `folder`, where no cargo is to be found.
    fn run(&self, folder: &Path, arguments: &[&str]) -> Output {
        let path = std::env::var_os("PATH").unwrap();
        let without = std::env::split_paths(&path).filter(|folder| !folder.join("cargo").exists());
        Command::new(self.folder.path().join("deployer"))
            .args(arguments)
            .current_dir(folder)
            .env("PATH", std::env::join_paths(without).unwrap())
            .output()
            .unwrap()
    }
}

#[test]
fn an_archive_needs_no_rust_and_its_demo_says_what_comes_next() {
    let project = Project::new("");
    let release = Release::of(&project);
    let folder = project.path("");
    let packaged = release.run(&folder, &["--local", "package", "--output", "json"]);
    let artifacts: Vec<Value> =
        serde_json::from_str(&crate::command::stdout(&["package"], packaged)).unwrap();
    let paths: Vec<&str> = artifacts.iter().map(|artifact| artifact["path"].as_str().unwrap()).collect();
    let expected = ["thumbnail", "failover"].map(|function| release.handlers.join(format!("{function}.zip")));
    assert_eq!(paths, expected.each_ref().map(|path| path.to_str().unwrap()));

    let shown = release.run(&folder, &["demo"]);
    let stderr = String::from_utf8_lossy(&shown.stderr).into_owned();
    assert!(crate::command::stdout(&["demo"], shown).contains("coffee.jpg"), "{stderr}");
    // The commands it names find the stack that it has made.
    assert!(stderr.contains("`deployer gallery --local`"), "{stderr}");
    assert!(stderr.contains("`deployer down --local`"), "{stderr}");
}
