//! A real browser that a script of a test controls.
//!
//! `testkit/browser/browser.mjs` has the functions that the scripts share.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::report_skipped;

/// A browser, the script that controls it, and the folder for the screenshots of the script.
pub struct Browser {
    chromium: PathBuf,
    script: PathBuf,
    pictures: PathBuf,
}

impl Browser {
    /// Finds Chromium, and installs the packages that the scripts need. Reports that `tests` are skipped if a tool is
    /// missing.
    pub fn find(tests: &str, script: PathBuf, pictures: PathBuf) -> Option<Self> {
        let chromium = installed();
        if chromium.is_none() {
            report_skipped(tests, "Chromium, Node.js 20, and npm");
        }
        Some(Self { chromium: chromium?, script, pictures })
    }

    /// Returns the command that runs the `scenario` of the script at `address`.
    pub fn command(&self, scenario: &str, address: &str) -> Command {
        let pictures = self.pictures.join(scenario);
        std::fs::create_dir_all(&pictures).unwrap();
        let mut command = Command::new("node");
        command.arg(&self.script).args([scenario, address]).arg(pictures).env("CHROMIUM", &self.chromium);
        command
    }

    /// Runs the `scenario` of the script at `address`, and returns what it prints.
    #[track_caller]
    pub fn run_scenario(&self, scenario: &str, address: &str) -> String {
        let output = self.command(scenario, address).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{scenario}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Returns the path of Chromium if all tools that control it are installed or can be installed.
fn installed() -> Option<PathBuf> {
    let on_path = |name: &str| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
    };
    let chromium = ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| on_path(name))?;
    on_path("node")?;
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let lock = std::fs::read(driver.join("package-lock.json")).unwrap();
    let marker = driver.join("node_modules/installed.json");
    // Several tests can be the first at the same time.
    let turn = std::fs::File::create(driver.join("node_modules.lock")).unwrap();
    turn.lock().unwrap();
    // The packages are installed once for each state of the lock file.
    if std::fs::read(&marker).ok().as_ref() != Some(&lock) {
        let npm = Command::new(on_path("npm")?)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&driver)
            .stdout(Stdio::null())
            .status();
        if !npm.unwrap().success() {
            return None;
        }
        std::fs::write(&marker, &lock).unwrap();
    }
    Some(chromium)
}
