//! A project with a stack on the emulator, for tests of the whole pipeline.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::RunResult;

/// A project in its own folder. Dropping it stops the emulator, even after a panic.
pub struct Project {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Project {
    /// Creates a project with the name of the stack and `settings` in deployer.yaml.
    pub fn new(settings: &str) -> Self {
        Self::with(settings, &[])
    }

    /// Creates a project whose commands have `variables` in their environment.
    pub fn with(settings: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("deployer.yaml"), format!("stack: tested\n{settings}")).unwrap();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self { folder, variables: variables.collect() }
    }

    /// Returns the path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Copies a photo of `samples/` to the folder, under another `name`.
    pub fn sample(&self, sample: &str, name: &str) {
        std::fs::copy(crate::sample(sample), self.path(name)).unwrap();
    }

    /// Runs the deployer on the local stack.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Returns the command that runs the deployer on the local stack.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(crate::program("deployer"));
        command
            .arg("--local")
            .args(arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path());
        command
    }

    /// Runs a command that must end with `code`.
    #[track_caller]
    fn ends_with(&self, code: i32, arguments: &[&str]) -> RunResult {
        let ran = RunResult::new(arguments.iter().map(OsString::from).collect(), &self.run(arguments));
        assert_eq!(ran.code, Some(code), "{ran}");
        ran
    }

    /// Runs a command that must succeed, and returns what it prints to stdout.
    #[track_caller]
    pub fn stdout(&self, arguments: &[&str]) -> String {
        self.ends_with(0, arguments).stdout
    }

    /// Runs a command that must end with `code`, and returns what it prints to stderr.
    #[track_caller]
    pub fn stderr(&self, code: i32, arguments: &[&str]) -> String {
        self.ends_with(code, arguments).stderr
    }

    /// Runs a command, and returns the JSON that it prints. Ignores the exit code.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--output", "json"]].concat());
        let stdout = String::from_utf8(output.stdout).unwrap();
        // The last line of a stream is a summary.
        serde_json::from_str(&stdout)
            .or_else(|_| serde_json::from_str(stdout.lines().last().unwrap_or_default()))
            .unwrap_or_else(|_| panic!("{arguments:?}: {stdout}{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Repeats a command until `wanted` accepts its JSON, and returns the JSON.
    pub fn until(&self, arguments: &[&str], wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let said = self.json(arguments);
            if wanted(&said) {
                return said;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{arguments:?} still prints {said:#}");
        }
    }

    /// Returns the host and port of the emulator.
    pub fn address(&self) -> String {
        let status = self.json(&["status"]);
        status["endpoint"].as_str().unwrap().trim_start_matches("http://").to_owned()
    }

    /// Calls the emulator without the deployer.
    pub fn request(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> String {
        let address = self.address();
        let service = match method {
            "POST" => "sqs",
            _ if path.starts_with("/2015-03-31/") => "lambda",
            _ => "s3",
        };
        let (code, answer) = crate::http::call(&address, service, method, path, body);
        assert!((200..300).contains(&code), "{method} {path}: {answer}");
        answer
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        self.run(&["down", "--yes"]);
    }
}
