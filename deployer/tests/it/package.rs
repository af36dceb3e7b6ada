//! The archive of a release: the deployer uses the included handlers and builds nothing.

use std::path::{Path, PathBuf};

use testkit::{Deployer, Project, RunResult};

/// The folder that the archive of a release unpacks to.
struct Release {
    folder: tempfile::TempDir,
    handlers: PathBuf,
}

impl Release {
    /// Unpacks a release with the handlers that `project` builds.
    fn unpack(project: &Project) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
        let handlers = folder.path().join("handlers").join(architecture);
        project.stdout(&["package", "--out", handlers.to_str().unwrap()]);
        std::fs::copy(testkit::program("deployer"), folder.path().join("deployer")).unwrap();
        Self { folder, handlers }
    }

    /// Runs its deployer in `folder` without cargo on PATH.
    #[track_caller]
    fn run(&self, folder: &Path, arguments: &[&str]) -> RunResult {
        let path = std::env::var_os("PATH").unwrap();
        let without = std::env::split_paths(&path).filter(|folder| !folder.join("cargo").exists());
        let deployer = Deployer::within(folder).program(self.folder.path().join("deployer")).inherit(&[]);
        deployer.env("PATH", std::env::join_paths(without).unwrap()).args(arguments).succeeds()
    }
}

#[test]
fn an_archive_needs_no_rust_and_its_demo_prints_the_next_steps() {
    let project = Project::new("");
    let release = Release::unpack(&project);
    let folder = project.path("");
    let packaged = release.run(&folder, &["--local", "package", "--output", "json"]);
    let artifacts = packaged.json();
    let paths: Vec<&str> =
        artifacts.as_array().unwrap().iter().map(|artifact| artifact["path"].as_str().unwrap()).collect();
    let expected = ["thumbnail", "failover"].map(|function| release.handlers.join(format!("{function}.zip")));
    assert_eq!(paths, expected.each_ref().map(|path| path.to_str().unwrap()));

    // It omits the plan and the events of the stack.
    let mut shown = release.run(&folder, &["demo"]).stdout_has("coffee.jpg").stderr_lacks("AWS::S3::Bucket");
    // The commands that it prints find the stack that it created.
    let program = release.folder.path().join("deployer");
    for command in ["gallery --local", "upload --local --wait", "down --local"] {
        shown = shown.stderr_has(&format!("{} {command}", program.display()));
    }
}
