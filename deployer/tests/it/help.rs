//! The help of every command, pinned in `docs/reference/commands.md`: a review shows every change of the text.

use std::path::Path;

use testkit::Deployer;

use crate::json::commands;

/// Returns the long help of the deployer or of one `command`, 100 columns wide.
fn help(command: Option<&str>) -> String {
    Deployer::new().args(command).args(["--help"]).env("COLUMNS", "100").succeeds().stdout
}

/// Returns the page about the commands.
fn page() -> String {
    let mut page = "# Commands\n\nThe help of each command, as the program prints it. `deployer COMMAND -h` prints a summary.\n".to_owned();
    let names = commands();
    for name in std::iter::once(None).chain(names.iter().map(|name| Some(name.as_str()))) {
        let title = name.map_or_else(|| "deployer".to_owned(), |name| format!("deployer {name}"));
        let help = help(name);
        let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
        page.push_str(&format!("\n## `{title}`\n\n```text\n{}\n```\n", lines.join("\n")));
    }
    page
}

#[test]
fn the_help_of_every_command_is_pinned() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/commands.md");
    let page = page();
    if std::env::var_os("UPDATE_HELP").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let pinned = std::fs::read_to_string(&file).unwrap_or_default();
    let changed = page.lines().zip(pinned.lines()).find(|(new, old)| new != old);
    assert!(page == pinned, "review {changed:?} (new, old), then run with UPDATE_HELP=1");
}
