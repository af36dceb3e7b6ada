//! A release's archive: the handlers that come with the deployer are taken, and nothing is built.

use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::{Project, Ran};

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
        std::fs::copy(testkit::program("deployer"), folder.path().join("deployer")).unwrap();
        Self { folder, handlers }
    }

    /// Runs its deployer in `folder` without cargo on the path; it must succeed.
    #[track_caller]
    fn run(&self, folder: &Path, arguments: &[&str]) -> Ran {
        let path = std::env::var_os("PATH").unwrap();
        let without = std::env::split_paths(&path).filter(|folder| !folder.join("cargo").exists());
        let mut deployer = Command::new(self.folder.path().join("deployer"));
        deployer.args(arguments).current_dir(folder).env("PATH", std::env::join_paths(without).unwrap());
        let ran = Ran::new(arguments.iter().map(Into::into).collect(), &deployer.output().unwrap());
        assert_eq!(ran.code, Some(0), "{ran}");
        ran
    }
}

#[test]
fn an_archive_needs_no_rust_and_its_demo_says_what_comes_next() {
    let project = Project::new("");
    let release = Release::of(&project);
    let folder = project.path("");
    let packaged = release.run(&folder, &["--local", "package", "--output", "json"]);
    let artifacts = packaged.json();
    let paths: Vec<&str> =
        artifacts.as_array().unwrap().iter().map(|artifact| artifact["path"].as_str().unwrap()).collect();
    let expected = ["thumbnail", "failover"].map(|function| release.handlers.join(format!("{function}.zip")));
    assert_eq!(paths, expected.each_ref().map(|path| path.to_str().unwrap()));

    let mut shown = release.run(&folder, &["demo"]).stdout_has("coffee.jpg");
    // The commands that it names find the stack that it has made.
    let program = release.folder.path().join("deployer");
    for command in ["gallery --local", "upload --local --wait", "down --local"] {
        shown = shown.stderr_has(&format!("{} {command}", program.display()));
    }
}
