//! Tests that need a tool, on a machine without it.

use std::fs::OpenOptions;
use std::io::Write as _;

/// Reports that `tests` do not run because of a missing tool, and which command installs it: on stderr, and in the file
/// from which `./dev test` prints it at its end. Panics in CI, where every test runs.
#[expect(clippy::print_stderr, reason = "cargo shows it with `--nocapture`")]
pub fn left_out(tests: &str, needs: &str) {
    let line = format!("{tests}: needs {needs}; `./dev setup` installs it");
    assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{line}");
    eprintln!("left out: {line}");
    if let Some(file) = std::env::var_os("TESTS_LEFT_OUT") {
        // One write, since several tests share the file.
        let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
        file.write_all(format!("  {line}\n").as_bytes()).unwrap();
    }
}
