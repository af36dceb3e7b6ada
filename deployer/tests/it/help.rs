//! The help of every command, pinned in `tests/help/`: a review sees every change of its words.

use std::path::Path;

use testkit::Deployer;

use crate::json::commands;

/// Returns the long help of the deployer or of one `command`, 100 columns wide.
fn help(command: Option<&str>) -> String {
    Deployer::new().args(command).args(["--help"]).env("COLUMNS", "100").succeeds().stdout
}

/// Returns the first line in which `help` differs from the `pinned` help, with its number.
fn difference(pinned: &str, help: &str) -> Option<String> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (pinned, help) = (lines(pinned), lines(help));
    let line = |lines: &[String], at: usize| lines.get(at).cloned().unwrap_or_default();
    let at = (0..pinned.len().max(help.len())).find(|&at| pinned.get(at) != help.get(at))?;
    Some(format!("{}: `{}` is now `{}`", at + 1, line(&pinned, at), line(&help, at)))
}

#[test]
fn the_help_of_every_command_is_the_pinned_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/help");
    let mut pages = vec![("deployer.txt".to_owned(), help(None))];
    pages.extend(commands().iter().map(|command| (format!("{command}.txt"), help(Some(command)))));
    if std::env::var_os("UPDATE_HELP").is_some() {
        for (file, help) in &pages {
            std::fs::write(folder.join(file), help).unwrap();
        }
    }
    let changed: Vec<String> = pages
        .iter()
        .filter_map(|(file, help)| {
            let pinned = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
            Some(format!("{file}:{}", difference(&pinned, help)?))
        })
        .collect();
    assert!(changed.is_empty(), "review these changes, then run with UPDATE_HELP=1: {changed:#?}");
    let known = |name: &str| pages.iter().any(|(file, _)| file == name);
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known(&name), "tests/help/{name} is of no command");
    }
}
