//! The whole pipeline on this machine, by the real programs: S3, SNS, SQS and the Lambda binary.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A project in a folder of its own, whose emulator ends with it, also after a panic.
struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("deployer.yaml"), "stack: tested\n").unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_deployer"))
            .arg("--local")
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    /// What a command that must succeed prints to stdout.
    #[track_caller]
    fn stdout(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {}\n{stderr}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that must end with `code` prints to stderr.
    #[track_caller]
    fn stderr(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{stderr}");
        stderr
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        self.run(&["down", "--yes"]);
    }
}

#[test]
fn a_photo_goes_in_and_its_thumbnails_come_out() {
    let project = Project::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples");
    let cat = project.path("my cat+1 100% é.png");
    std::fs::copy(samples.join("chelsea.png"), &cat).unwrap();
    let cat = cat.to_str().unwrap();

    // Before there is a stack, each command says how to get one.
    let missing = project.stderr(3, &["ls"]);
    assert!(missing.contains("there is no stack `tested`") && missing.contains("deployer up"), "{missing}");

    assert!(project.stdout(&["up"]).contains("CREATE_COMPLETE"));
    assert!(String::from_utf8_lossy(&project.run(&["up"]).stderr).contains("No changes"));
    let status: serde_json::Value =
        serde_json::from_str(&project.stdout(&["status", "--output", "json"])).unwrap();
    for field in [
        "/stack",
        "/status",
        "/region",
        "/endpoint",
        "/outputs/OriginalsBucket",
        "/outputs/ThumbnailFunction",
    ] {
        assert!(status.pointer(field).is_some_and(serde_json::Value::is_string), "{field}: {status}");
    }

    // Stdout holds the key alone, so that it can be the argument of the next command.
    let key = project.stdout(&["upload", "--wait", cat]);
    let key = key.trim_end();
    assert!(key.ends_with(".png") && key.contains("/my cat+1 100% é."), "{key}");
    let files = project.stdout(&["fetch", key, "-o", "thumbnails/"]);
    assert_eq!(files.lines().count(), 3, "{files}");
    for file in files.lines() {
        let bytes = std::fs::read(project.path(file)).unwrap();
        assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WEBP"[..]), "{file}");
    }

    // The same file again: already there. Other bytes under the same name: both live, the newest is found.
    assert!(String::from_utf8_lossy(&project.run(&["upload", cat]).stderr).contains("already there"));
    std::fs::copy(samples.join("coffee.jpg"), cat).unwrap();
    let other = project.stdout(&["upload", "--wait", cat]);
    assert_ne!(other.trim_end(), key);
    let both = project.stdout(&["fetch", "--list", "my cat+1 100% é.png"]);
    assert_eq!(both.lines().count(), 2, "{both}");
    let strict = project.stderr(3, &["fetch", "--strict", "my cat+1 100% é.png"]);
    assert!(strict.contains("1 other photo"), "{strict}");

    // What is no photo fails for a reason, and the list shows it.
    std::fs::write(project.path("text.jpg"), "no image").unwrap();
    assert!(project.stderr(1, &["upload", "text.jpg"]).contains("is not an image"));
    let failed = project.stderr(1, &["upload", "--force", "--wait", "text.jpg"]);
    assert!(failed.contains("not-an-image"), "{failed}");
    let states: Vec<String> = project
        .stdout(&["ls", "--output", "json"])
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["state"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(states.iter().filter(|state| *state == "done").count(), 2, "{states:?}");
    assert_eq!(states.iter().filter(|state| *state == "failed").count(), 1, "{states:?}");
    assert!(project.stdout(&["logs", "--failed"]).contains("not-an-image"));

    // Bad input is one clear sentence.
    std::fs::write(project.path("empty.jpg"), "").unwrap();
    assert!(project.stderr(1, &["upload", "empty.jpg"]).contains("is empty"));
    assert!(project.stderr(1, &["upload", "nowhere.jpg"]).contains("nowhere.jpg"));
    assert!(project.stderr(2, &["upload", "."]).contains("--recursive"));
    assert!(project.stderr(3, &["fetch", "nowhere.jpg"]).contains("there is no photo `nowhere.jpg`"));

    // Removing takes everything along.
    project.stdout(&["rm", key]);
    assert!(!project.stdout(&["ls"]).contains(key));
    assert!(project.stderr(3, &["fetch", key]).contains("there is no photo"));

    assert!(project.stdout(&["down"]).contains("is gone"));
    project.stderr(3, &["status"]);
}
