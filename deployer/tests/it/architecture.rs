//! The rules of the code that the compiler does not check: dependencies between crates and layers, and the contents of
//! files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The maximum length of a source file, in lines.
const MAX_LINES: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Returns the packages of the workspace from `cargo metadata`.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Returns the dependencies of a crate outside tests.
fn dependencies(package: &str) -> Vec<String> {
    let package = packages().into_iter().find(|one| one["name"] == package).unwrap();
    let ours = package["dependencies"].as_array().unwrap().iter();
    ours.filter(|one| one["kind"].is_null()).map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// Returns all our Rust files with their paths relative to the root.
pub(crate) fn sources() -> Vec<(String, String)> {
    let output = Command::new("git").args(["ls-files", "*.rs"]).current_dir(root()).output();
    let listed = output.ok().filter(|output| output.status.success()).map(|output| output.stdout);
    // Outside a checkout, such as in an unpacked release, there are no files to check.
    let listed = String::from_utf8(listed.unwrap_or_default()).unwrap();
    let read = |path: &str| Some((path.to_owned(), std::fs::read_to_string(root().join(path)).ok()?));
    listed.lines().filter_map(read).collect()
}

#[test]
fn contract_uses_no_aws_no_async_and_no_image_code() {
    let allowed = [
        "hmac",
        "percent-encoding",
        "schemars",
        "serde",
        "serde_json",
        "sha2",
        "thiserror",
        "time",
        "unicode-normalization",
    ];
    for name in dependencies("contract") {
        assert!(allowed.contains(&name.as_str()), "contract depends on `{name}`");
    }
}

#[test]
fn imaging_uses_no_aws_no_async_and_no_clock() {
    for name in dependencies("imaging") {
        let foreign = name.starts_with("aws-")
            || ["tokio", "futures", "hyper", "time", "chrono", "handler", "deployer"]
                .contains(&name.as_str());
        assert!(!foreign, "imaging depends on `{name}`");
    }
}

#[test]
fn handler_and_deployer_do_not_depend_on_each_other() {
    assert!(!dependencies("handler").contains(&"deployer".to_owned()));
    assert!(!dependencies("deployer").contains(&"handler".to_owned()));
}

/// The decoders of the crate `image` allocate what a header declares, which may crash the process. Only one file calls
/// them, after checks.
#[test]
fn only_one_file_uses_the_crate_image() {
    assert!(!dependencies("handler").contains(&"image".to_owned()));
    let sources = sources().into_iter();
    // The other decoders have modules of this name.
    let uses_crate = |text: &str| {
        text.match_indices("::image::").any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
    };
    let users = sources.filter(|(path, text)| path.starts_with("imaging/src") && uses_crate(text));
    let users: Vec<String> = users.map(|(path, _)| path).collect();
    assert!(users.is_empty() || users == ["imaging/src/decode/rare.rs"], "{users:?}");
}

#[test]
fn only_tests_depend_on_testkit() {
    for package in packages() {
        for dependency in package["dependencies"].as_array().unwrap() {
            let is_shipped = dependency["name"] == "testkit" && dependency["kind"] != "dev";
            assert!(!is_shipped, "{} depends on testkit outside its tests", package["name"]);
        }
    }
    // testkit runs the deployer and the functions as programs, and shares only keys and records with them.
    let ours = ["deployer", "handler", "imaging", "photo-wall", "protocol", "estimate"];
    assert!(!dependencies("testkit").iter().any(|name| ours.contains(&name.as_str())));
}

/// Returns the dependencies of all crates with their features. `edges` are the kinds of dependencies.
fn features(edges: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--offline", "--locked", "--edges", edges])
        .args(["--prefix", "none", "--format", "{p} {f}"])
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    tree.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

/// A crate that has other features in tests is compiled twice, together with all crates that depend on it.
#[test]
fn dependencies_have_the_same_features_in_tests() {
    let (in_builds, in_tests) = (features("normal,build"), features("normal,build,dev"));
    assert!(in_builds.len() > 100);
    let differ: Vec<&String> = in_builds.difference(&in_tests).collect();
    assert!(differ.is_empty(), "other features in tests: {differ:#?}");
}

#[test]
fn every_file_names_its_subject_and_is_short() {
    for (path, text) in sources() {
        let first = text.lines().find(|line| !line.starts_with("#!")).unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 12, "{path} begins with `{first}`");
        assert!(
            text.lines().count() <= MAX_LINES,
            "{path} has more than {MAX_LINES} lines: split it by subject"
        );
    }
}

#[test]
fn prose_in_markdown_has_short_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = ["", "docs", "docs/guide", "docs/reference", "docs/decisions", "templates", "imaging"];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    let paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|kind| kind == "md")).collect();
    assert!(paths.len() > 50);
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut is_code = false;
        for (number, line) in text.lines().enumerate() {
            is_code ^= line.trim_start().starts_with("```");
            // A row of a table and a line of code cannot be wrapped.
            let can_be_long = is_code || line.starts_with('|');
            let length = line.chars().count();
            assert!(can_be_long || length <= 120, "{}:{}: {length} characters", path.display(), number + 1);
        }
    }
}

#[test]
fn each_program_builds_its_clients_in_one_place() {
    for (path, text) in sources() {
        let builds = text.contains("Client::new(&") || text.contains("Client::from_conf(");
        let place = path.ends_with("src/aws.rs")
            || path.ends_with("src/aws/mod.rs")
            || path.contains("/tests/")
            || path.ends_with("it/architecture.rs");
        assert!(!builds || place, "{path} builds an AWS client");
    }
}

#[test]
fn ci_runs_actions_by_digest() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut actions = 0;
    for entry in std::fs::read_dir(root.join(".github/workflows")).unwrap() {
        for line in std::fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            let Some((_, action)) = line.split_once("uses: ") else { continue };
            // A workflow of this repository.
            if action.starts_with("./") {
                continue;
            }
            let digest = action.split(['@', ' ']).nth(1).unwrap_or_default();
            assert!(digest.len() == 40 && digest.bytes().all(|b| b.is_ascii_hexdigit()), "{line}");
            actions += 1;
        }
    }
    assert!(actions > 0);
}

/// The layers of the deployer from the lowest to the highest. A layer imports only from itself and earlier layers.
const LAYERS: [&str; 23] = [
    "backoff",
    "error",
    "config",
    "files",
    "interrupt",
    "ui",
    "tools",
    "local",
    "package",
    "template",
    "aws",
    "stack",
    "context",
    "s3",
    "monitor",
    "photos",
    "deploy",
    "transfer",
    "gallery",
    "cli",
    "commands",
    "lib",
    "main",
];

/// Returns the first part of each path after `crate::` in a text.
fn imports(text: &str) -> BTreeSet<&str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1))
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn no_layer_of_the_deployer_imports_a_higher_one() {
    let place = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let mut rooms = BTreeSet::new();
    for (path, text) in sources() {
        let Some(inside) = path.strip_prefix("deployer/src/") else { continue };
        let room = inside.split(['/', '.']).next().unwrap();
        let own = place(room).unwrap_or_else(|| panic!("{path} is in no layer"));
        rooms.insert(room.to_owned());
        for import in imports(&text) {
            // `cli.rs` lists the commands, and `commands/mod.rs` runs them.
            let is_list = (room, import) == ("cli", "commands");
            let other =
                place(import).unwrap_or_else(|| panic!("{path} imports `{import}`, which is in no layer"));
            assert!(other <= own || is_list, "{path} imports from `{import}`, a layer above it");
        }
        if let Some(command) = inside.strip_prefix("commands/").and_then(|rest| rest.split(['/', '.']).next())
        {
            let others = text.match_indices("crate::commands::").map(|(at, found)| &text[at + found.len()..]);
            for other in others {
                assert!(other.starts_with(command), "{path} uses the command of another file");
            }
        }
    }
    assert_eq!(rooms.len(), LAYERS.len(), "{rooms:?}");
}
