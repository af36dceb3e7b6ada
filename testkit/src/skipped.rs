//! Reports tests that need a tool that is missing on this machine.

use std::fs::OpenOptions;
use std::io::Write as _;

/// Reports that `tests` do not run because of a missing tool, with the command that installs it. Prints this to stderr,
/// and to the file that `./dev test` prints at its end. Panics in CI, where every test must run.
#[expect(clippy::print_stderr, reason = "cargo shows it with `--nocapture`")]
pub fn report_skipped(tests: &str, needs: &str) {
    let line = format!("{tests}: needs {needs}; `./dev setup` installs it");
    assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{line}");
    eprintln!("skipped: {line}");
    if let Some(file) = std::env::var_os("TESTS_LEFT_OUT") {
        // A single write, because several tests share the file.
        let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
        file.write_all(format!("  {line}\n").as_bytes()).unwrap();
    }
}
