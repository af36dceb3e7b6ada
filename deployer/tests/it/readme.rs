//! Runs every shell block of README.md and of the guide in docs/guide against a stack on this machine, and compares the
//! output of the commands with what a `console` block shows.
//!
//! The line `<!-- needs AWS -->` precedes a block that only AWS can run, and `<!-- not run by the tests: why -->` one
//! that needs the network or runs this test. All other blocks run in order in one shell, so a block can use a variable of
//! an earlier one. `deployer` and `cargo run --` are the deployer of this build.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A fenced block of a page.
struct Block {
    /// The page, relative to the root of the checkout.
    page: String,
    /// The line of its first command.
    line: usize,
    /// `sh`: commands; `console`: commands after `$ `, and what they print.
    is_console: bool,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Returns the pages in the order in which their blocks run. The first page of the guide deletes the stack at its end.
fn pages() -> Vec<String> {
    let guide = std::fs::read_dir(root().join("docs/guide")).unwrap();
    let mut pages: Vec<String> =
        guide.map(|entry| format!("docs/guide/{}", entry.unwrap().file_name().to_str().unwrap())).collect();
    pages.sort_by_key(|page| (page.ends_with("/first-photo.md"), page.clone()));
    pages.insert(0, "README.md".to_owned());
    pages
}

/// Returns the blocks of a page that run here.
fn blocks(page: &str) -> Vec<Block> {
    let markdown = std::fs::read_to_string(root().join(page)).unwrap();
    let (mut blocks, mut marked) = (Vec::new(), false);
    let mut lines = (1..).zip(markdown.lines());
    while let Some((line, text)) = lines.next() {
        if let Some(language) = text.strip_prefix("```") {
            let body: Vec<&str> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            if matches!(language, "sh" | "console") && !marked {
                blocks.push(Block {
                    page: page.to_owned(),
                    line: line + 1,
                    is_console: language == "console",
                    text: body.join("\n"),
                });
            }
        }
        let mark = text.starts_with("<!-- needs AWS") || text.starts_with("<!-- not run by the tests: ");
        marked = mark || (marked && text.is_empty());
    }
    blocks
}

/// Returns `blocks` as one script. The output of the n-th command of the `console` blocks goes to `output/n`.
fn script(blocks: &[Block]) -> (String, Vec<ExpectedOutput>) {
    let mut script =
        "trap 'echo \"$at: this command failed\" >&2' ERR\nexport DEPLOYER_LOCAL=true\n".to_owned();
    let mut expected: Vec<ExpectedOutput> = Vec::new();
    for block in blocks {
        let at = |offset: usize| format!("{}:{}", block.page, block.line + offset);
        let _ = writeln!(script, "at={}", at(0));
        if !block.is_console {
            script.push_str(&block.text);
            script.push('\n');
            continue;
        }
        for (offset, line) in block.text.lines().enumerate() {
            match line.strip_prefix("$ ") {
                Some(command) => {
                    let _ = writeln!(
                        script,
                        "at={}; {{ {command}; }} >output/{} 2>&1",
                        at(offset),
                        expected.len()
                    );
                    expected.push(ExpectedOutput { at: at(offset), lines: Vec::new() });
                }
                None => expected.last_mut().unwrap().lines.push(line.to_owned()),
            }
        }
    }
    (script, expected)
}

/// The shown output of a command in a `console` block.
struct ExpectedOutput {
    /// The page and line of the command.
    at: String,
    lines: Vec<String>,
}

/// Returns a line without the parts that differ between runs: numbers, times, IDs, digests, and column widths.
fn normalize(line: &str) -> String {
    let part = |part: &str| {
        let hex = part.len() >= 8 && part.chars().all(|c| c.is_ascii_hexdigit());
        if hex || part.starts_with(|c: char| c.is_ascii_digit()) { "#".to_owned() } else { part.to_owned() }
    };
    let word = |word: &str| {
        let id = word.trim_matches(|c: char| !c.is_alphanumeric());
        if id.len() == 36 && id.chars().all(|c| c == '-' || c.is_ascii_hexdigit()) {
            return "#".to_owned();
        }
        let mut parts: Vec<String> = word.split(|c: char| !c.is_alphanumeric()).map(part).collect();
        parts.dedup();
        parts.join(".")
    };
    line.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// A folder with the files that the pages name. Its local stack is deleted on drop, even after a panic.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for made in ["bin", "output", "photos"] {
            std::fs::create_dir(folder.path(made)).unwrap();
        }
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_deployer"), folder.path("bin/deployer")).unwrap();
        // `cargo run -- demo` runs the deployer of this build.
        let cargo =
            "#!/bin/sh\n[ \"$1 $2\" = 'run --' ] || exec \"$CARGO\" \"$@\"\nshift 2\nexec deployer \"$@\"\n";
        std::fs::write(folder.path("bin/cargo"), cargo).unwrap();
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path("bin/cargo"), executable).unwrap();
        // `./dev demo` does the same after the setup.
        std::fs::write(folder.path("dev"), "#!/bin/sh\nexec deployer \"$@\"\n").unwrap();
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path("dev"), executable).unwrap();
        for (sample, name) in
            [("chelsea.png", "cat.png"), ("coffee.jpg", "cat.jpg"), ("astronaut.jpg", "photos/astronaut.jpg")]
        {
            std::fs::copy(root().join("samples").join(sample), folder.path(name)).unwrap();
        }
        std::fs::write(folder.path("text.jpg"), "no image").unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a script in Bash with the programs of this folder.
    fn bash(&self, script: &str) -> Output {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        Command::new("bash")
            .args(["-euE", "-o", "pipefail", "-c", script])
            .env("PATH", path)
            .env("CARGO", env!("CARGO"))
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.bash("deployer down --local --yes");
    }
}

#[test]
fn every_shell_block_of_the_readme_and_the_guide_works() {
    let blocks: Vec<Block> = pages().iter().flat_map(|page| blocks(page)).collect();
    assert!(blocks.len() > 5, "only {} blocks were found", blocks.len());
    let folder = Folder::new();
    let (script, expected) = script(&blocks);
    let output = folder.bash(&script);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{stderr}", output.status);
    for (number, report) in expected.iter().enumerate() {
        let printed = std::fs::read_to_string(folder.path(&format!("output/{number}"))).unwrap();
        let mut left = printed.lines().map(normalize);
        for line in report.lines.iter().filter(|line| !line.is_empty()) {
            let found = left.any(|other| other == normalize(line));
            assert!(found, "{}: `{line}` is missing or out of order in\n{printed}", report.at);
        }
    }
}
