//! README.md does what it says: every shell block in it is run against a stack on this machine, and what a
//! `console` block shows is what comes out.
//!
//! A block that only AWS itself can run stands below `<!-- needs AWS -->`, one that needs the network or that
//! runs this test below `<!-- not run by the tests: why -->`. All others run in order in one shell, so that a
//! variable set in one is there in the next. `deployer` and `cargo run --` are this build's deployer.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A fenced block of README.md.
struct Block {
    /// The line of its first command.
    line: usize,
    /// `sh`: commands; `console`: commands after `$ `, and what they print.
    is_console: bool,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The blocks that are not marked as not for here.
fn blocks(markdown: &str) -> Vec<Block> {
    let (mut blocks, mut marked) = (Vec::new(), false);
    let mut lines = (1..).zip(markdown.lines());
    while let Some((line, text)) = lines.next() {
        if let Some(language) = text.strip_prefix("```") {
            let body: Vec<&str> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            if matches!(language, "sh" | "console") && !marked {
                blocks.push(Block {
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

/// The whole of `blocks` as one script: what the n-th command of the `console` blocks prints goes to `said/n`.
fn script(blocks: &[Block]) -> (String, Vec<Said>) {
    let mut script = "trap 'echo \"README.md:$at: this fails\" >&2' ERR\n".to_owned();
    let mut expected: Vec<Said> = Vec::new();
    for block in blocks {
        let _ = writeln!(script, "at={}", block.line);
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
                        "at={}; {{ {command}; }} >said/{} 2>&1",
                        block.line + offset,
                        expected.len()
                    );
                    expected.push(Said { line: block.line + offset, lines: Vec::new() });
                }
                None => expected.last_mut().unwrap().lines.push(line.to_owned()),
            }
        }
    }
    (script, expected)
}

/// What a command in a `console` block is shown to print.
struct Said {
    line: usize,
    lines: Vec<String>,
}

/// A line without what differs from run to run: numbers, times, ids, digests, and how wide columns are.
fn shape(line: &str) -> String {
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

/// A folder with the files that README.md names; its local stack ends with it, also after a panic.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for made in ["bin", "said", "photos"] {
            std::fs::create_dir(folder.path(made)).unwrap();
        }
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_deployer"), folder.path("bin/deployer")).unwrap();
        // `cargo run -- demo` without building what is being tested once more.
        let cargo =
            "#!/bin/sh\n[ \"$1 $2\" = 'run --' ] || exec \"$CARGO\" \"$@\"\nshift 2\nexec deployer \"$@\"\n";
        std::fs::write(folder.path("bin/cargo"), cargo).unwrap();
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path("bin/cargo"), executable).unwrap();
        // And `./dev demo`, the same after the set-up.
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

    /// Bash with this folder's programs.
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
fn every_shell_block_of_the_readme_does_what_it_says() {
    let blocks = blocks(&std::fs::read_to_string(root().join("README.md")).unwrap());
    assert!(blocks.len() > 5, "only {} blocks were found", blocks.len());
    let folder = Folder::new();
    let (script, expected) = script(&blocks);
    let output = folder.bash(&script);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{stderr}", output.status);
    for (number, said) in expected.iter().enumerate() {
        let printed = std::fs::read_to_string(folder.path(&format!("said/{number}"))).unwrap();
        let mut left = printed.lines().map(shape);
        for line in said.lines.iter().filter(|line| !line.is_empty()) {
            let found = left.any(|other| other == shape(line));
            assert!(found, "README.md:{}: `{line}` is not printed, in this order, in\n{printed}", said.line);
        }
    }
}
