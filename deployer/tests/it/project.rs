//! A project with a stack on this machine, for tests that go through the whole of it.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A project in a folder of its own, whose emulator ends with it, also after a panic.
pub(crate) struct Project {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Project {
    /// One with `settings` beside the stack's name.
    pub(crate) fn new(settings: &str) -> Self {
        Self::with(settings, &[])
    }

    /// One whose commands have `variables` in their environment.
    pub(crate) fn with(settings: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("deployer.yaml"), format!("stack: tested\n{settings}")).unwrap();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self { folder, variables: variables.collect() }
    }

    /// The path of `name` in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the deployer on the local stack.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The deployer on the local stack, to be run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deployer"));
        command
            .arg("--local")
            .args(arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path());
        command
    }

    /// What a command that must succeed prints to stdout.
    #[track_caller]
    pub(crate) fn stdout(&self, arguments: &[&str]) -> String {
        crate::command::stdout(arguments, self.run(arguments))
    }

    /// What a command that must end with `code` prints to stderr.
    #[track_caller]
    pub(crate) fn stderr(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{stderr}");
        stderr
    }

    /// The JSON that a command prints, whatever its exit code.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--output", "json"]].concat());
        let stdout = String::from_utf8(output.stdout).unwrap();
        // A stream ends with the line that sums it up.
        serde_json::from_str(&stdout)
            .or_else(|_| serde_json::from_str(stdout.lines().last().unwrap_or_default()))
            .unwrap_or_else(|_| panic!("{arguments:?}: {stdout}{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Waits until the JSON of a command is as `wanted`.
    pub(crate) fn until(&self, arguments: &[&str], wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let said = self.json(arguments);
            if wanted(&said) {
                return said;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{arguments:?} stays {said:#}");
        }
    }

    /// Speaks to the emulator past the deployer.
    pub(crate) fn request(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> String {
        let status = self.json(&["status"]);
        let address = status["endpoint"].as_str().unwrap().trim_start_matches("http://").to_owned();
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
