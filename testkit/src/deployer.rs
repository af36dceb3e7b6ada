//! Runs the deployer as a user does: a builder for one run, and checks of its output.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;

/// A run of the deployer in a folder. Its environment has only the variables that a test adds.
///
/// Each method returns a new builder with the same folder, so a test can run the deployer twice in one folder:
///
/// ```no_run
/// use testkit::Deployer;
///
/// let deployer = Deployer::new().file("notes.txt", "no photo").env("AWS_REGION", "eu-central-1");
/// deployer.args(["upload", "notes.txt"]).fails(1).stderr_has("is not an image");
/// deployer.args(["config"]).succeeds().stdout_has("eu-central-1");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Deployer {
    folder: PathBuf,
    /// Deletes the folder after the last run in it.
    _owned: Option<Arc<TempDir>>,
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    stdin: Option<PathBuf>,
}

impl Default for Deployer {
    fn default() -> Self {
        Self::new()
    }
}

impl Deployer {
    /// Creates a run in a new, empty folder, which is also the home.
    pub fn new() -> Self {
        let owned = tempfile::tempdir().unwrap();
        let new = Self::within(owned.path());
        Self { _owned: Some(Arc::new(owned)), ..new }
    }

    /// Creates a run in an existing folder, which is also the home.
    pub fn within(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let home = (OsString::from("HOME"), folder.clone().into_os_string());
        Self {
            folder,
            _owned: None,
            program: crate::program("deployer"),
            arguments: Vec::new(),
            variables: vec![home],
            stdin: None,
        }
    }

    /// Creates a run that calls the AWS services at `endpoint`.
    pub fn on(endpoint: &str) -> Self {
        Self::new().aws(endpoint)
    }

    /// Runs the copy of the deployer at `path`.
    pub fn program(&self, path: impl Into<PathBuf>) -> Self {
        Self { program: path.into(), ..self.clone() }
    }

    /// Adds arguments.
    pub fn args(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let mut new = self.clone();
        new.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        new
    }

    /// Sets a variable of the environment.
    pub fn env(&self, name: &str, value: impl AsRef<OsStr>) -> Self {
        let mut new = self.clone();
        new.variables.push((name.into(), value.as_ref().to_owned()));
        new
    }

    /// Sets variables of the environment.
    pub fn envs<'a>(&self, variables: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> Self {
        variables.into_iter().fold(self.clone(), |new, (name, value)| new.env(name, value))
    }

    /// Adds the variables of this process, except those in `except`.
    pub fn inherit(&self, except: &[&str]) -> Self {
        let mut new = self.clone();
        new.variables
            .extend(std::env::vars_os().filter(|(name, _)| !except.iter().any(|other| name == other)));
        new
    }

    /// Sets the endpoint of all services, a region, and credentials.
    pub fn aws(&self, endpoint: &str) -> Self {
        self.env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
    }

    /// Writes a file in the folder, and the folders above it.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Copies a photo of `samples/` to the folder.
    pub fn sample(self, name: &str) -> Self {
        std::fs::copy(crate::sample(name), self.path(name)).unwrap();
        self
    }

    /// Connects stdin to a file. Without this, stdin is empty.
    pub fn stdin(&self, file: impl Into<PathBuf>) -> Self {
        Self { stdin: Some(file.into()), ..self.clone() }
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Returns the names of the files in the folder, in order.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Returns the command, for a test that does more than wait until it ends.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(self.folder()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        match &self.stdin {
            Some(file) => command.stdin(std::fs::File::open(file).unwrap()),
            None => command.stdin(Stdio::null()),
        };
        command
    }

    /// Returns a command that runs a shell script, in which `$DEPLOYER` is the path of the deployer.
    pub fn in_shell(&self, script: &str) -> Command {
        let mut command = self.program("sh").args(["-c", script]).env("DEPLOYER", &self.program).command();
        command.stdin(Stdio::null());
        command
    }

    /// Runs the deployer.
    pub fn run(&self) -> RunResult {
        RunResult::new(self.arguments.clone(), &self.command().output().unwrap())
    }

    /// Runs the deployer. Returns the run and the greatest amount of memory that it used, in KiB.
    ///
    /// A Python program runs it as its only child and reports the memory of its children, because this process has
    /// other children.
    pub fn measured(&self) -> (RunResult, i64) {
        const SCRIPT: &str = "import resource, subprocess, sys\n\
            code = subprocess.call(sys.argv[2:])\n\
            open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n\
            sys.exit(code)";
        let command = self.command();
        let report = tempfile::NamedTempFile::new().unwrap();
        let mut python = Command::new("python3");
        python.args(["-c", SCRIPT]).arg(report.path()).arg(command.get_program()).args(command.get_args());
        python.current_dir(&self.folder).env_clear().stdin(Stdio::null());
        python.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        python.env("PATH", std::env::var_os("PATH").unwrap());
        let ran = RunResult::new(self.arguments.clone(), &python.output().unwrap());
        (ran, std::fs::read_to_string(report.path()).unwrap().parse().unwrap())
    }

    /// Runs the deployer, which must succeed.
    #[track_caller]
    pub fn succeeds(&self) -> RunResult {
        self.ends_with(0)
    }

    /// Runs the deployer, which must end with this exit code and one error.
    #[track_caller]
    pub fn fails(&self, code: i32) -> RunResult {
        let ran = self.ends_with(code);
        let errors = ran.stderr.lines().filter(|line| line.starts_with("error: ")).count();
        assert_eq!(errors, 1, "one error: {ran}");
        ran
    }

    /// Runs the deployer, which must end with this exit code.
    #[track_caller]
    pub fn ends_with(&self, code: i32) -> RunResult {
        let ran = self.run();
        assert_eq!(ran.code, Some(code), "{ran}");
        assert!(!ran.stderr.contains("panicked"), "{ran}");
        ran
    }

    /// Runs the deployer, which must succeed, and returns the JSON document that it prints.
    #[track_caller]
    pub fn json(&self) -> Value {
        self.args(["--output", "json"]).succeeds().json()
    }
}

/// A run of the deployer that has ended.
#[derive(Clone, Debug)]
pub struct RunResult {
    arguments: Vec<OsString>,
    /// The exit code, or `None` if a signal ended it.
    pub code: Option<i32>,
    /// Its output to stdout.
    pub stdout: String,
    /// Its output to stderr.
    pub stderr: String,
}

impl std::fmt::Display for RunResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { arguments, code, stdout, stderr } = self;
        write!(f, "{arguments:?} ended with {code:?}\nstdout: {stdout}\nstderr: {stderr}")
    }
}

impl RunResult {
    /// Creates the run from the output of a command.
    pub fn new(arguments: Vec<OsString>, output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let code = output.status.code();
        Self { arguments, code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Checks the whole of stdout.
    #[track_caller]
    pub fn stdout(self, expected: &str) -> Self {
        assert_eq!(self.stdout, expected, "{self}");
        self
    }

    /// Checks that stdout contains `part`.
    #[track_caller]
    pub fn stdout_has(self, part: &str) -> Self {
        assert!(self.stdout.contains(part), "stdout lacks {part:?}: {self}");
        self
    }

    /// Checks that stderr contains `part`.
    #[track_caller]
    pub fn stderr_has(self, part: &str) -> Self {
        assert!(self.stderr.contains(part), "stderr lacks {part:?}: {self}");
        self
    }

    /// Checks that stderr does not contain `part`.
    #[track_caller]
    pub fn stderr_lacks(self, part: &str) -> Self {
        assert!(!self.stderr.contains(part), "stderr has {part:?}: {self}");
        self
    }

    /// Returns the JSON document on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Returns the JSON documents on stdout, one per line.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let parse =
            |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}: {self}"));
        self.stdout.lines().map(parse).collect()
    }

    /// Returns stdout without the line end.
    pub fn line(&self) -> &str {
        self.stdout.trim_end()
    }
}
