//! The `--output json` of every command matches docs/reference/json.md, and every command has help with an example, a
//! manual page, and completions.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use testkit::{Deployer, Project};

/// The documentation of one command.
#[derive(Debug, Default)]
struct Section {
    /// The documented shapes of its output.
    shapes: Vec<Value>,
    /// Fields that may be missing or null.
    optional: Vec<String>,
}

/// Returns the sections of docs/reference/json.md by command.
fn documented() -> BTreeMap<String, Section> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/json.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut sections = BTreeMap::new();
    for part in text.split("\n### `").skip(1) {
        let (name, body) = part.split_once('`').unwrap();
        let mut section = Section::default();
        for block in body.split("```json\n").skip(1) {
            let json = block.split("```").next().unwrap();
            section
                .shapes
                .push(serde_json::from_str(json).unwrap_or_else(|error| panic!("{name}: {error}: {json}")));
        }
        for line in body.lines().filter_map(|line| line.strip_prefix("Optional: ")) {
            section.optional.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
        sections.insert(name.to_owned(), section);
    }
    sections
}

/// Returns where `value` differs from the documented `shape`, or `None`.
fn difference(value: &Value, shape: &Value, optional: &[String], at: &str) -> Option<String> {
    match (value, shape) {
        (Value::Object(value), Value::Object(shape)) => {
            let missing = shape
                .keys()
                .find(|name| *name != "*" && !value.contains_key(*name) && !optional.contains(name));
            if let Some(name) = missing {
                return Some(format!("{at}.{name} is missing"));
            }
            value.iter().find_map(|(name, value)| {
                let at = format!("{at}.{name}");
                match shape.get(name) {
                    // The value of a setting can have any shape.
                    Some(_) if name == "value" || (value.is_null() && optional.contains(name)) => None,
                    Some(shape) => difference(value, shape, optional, &at),
                    // A word instead of a shape matches any value.
                    None => match shape.get("*") {
                        Some(Value::String(_)) => None,
                        Some(shape) => difference(value, shape, optional, &at),
                        None => Some(format!("{at} is not documented")),
                    },
                }
            })
        }
        (Value::Array(values), Value::Array(shapes)) => {
            values.iter().find_map(|value| difference(value, shapes.first()?, optional, &format!("{at}[]")))
        }
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => None,
        _ => Some(format!("{at} is {value}, but is documented as {shape}")),
    }
}

/// Compares the output of a command with the documentation, for any exit code.
#[track_caller]
fn check(project: &Project, sections: &BTreeMap<String, Section>, arguments: &[&str]) {
    let output = project.run(&[arguments, &["--output", "json"]].concat());
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let section = &sections[arguments[0]];
    if section.shapes.is_empty() {
        assert_eq!((stdout.as_str(), output.status.success()), ("", true), "{arguments:?}: {stderr}");
        return;
    }
    // The output is either one document, or one document per line.
    let documents: Vec<Value> = match serde_json::from_str(&stdout) {
        Ok(document) => vec![document],
        Err(_) => stdout
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|_| panic!("{arguments:?}: {line}\n{stderr}"))
            })
            .collect(),
    };
    assert!(!documents.is_empty(), "{arguments:?} prints nothing: {stderr}");
    for document in documents {
        let problems: Vec<String> = section
            .shapes
            .iter()
            .map_while(|shape| difference(&document, shape, &section.optional, arguments[0]))
            .collect();
        assert!(
            problems.len() < section.shapes.len(),
            "the output of {arguments:?} does not match docs/reference/json.md: {problems:?}"
        );
    }
}

#[test]
fn every_command_prints_the_documented_json() {
    let sections = documented();
    let project = Project::new("alt_text: {enabled: true}\ndelivery: {enabled: true}");
    std::fs::create_dir(project.path("photos")).unwrap();
    project.sample("coffee.jpg", "photos/coffee.jpg");
    std::fs::write(project.path("photos/notes.txt"), "no photo").unwrap();
    std::fs::write(project.path("text.jpg"), "no photo").unwrap();
    let check = |arguments: &[&str]| check(&project, &sections, arguments);
    check(&["plan"]);
    check(&["up"]);
    check(&["plan"]);
    check(&["status"]);
    check(&["upload", "photos", "--recursive", "--wait"]);
    check(&["upload", "text.jpg"]);
    check(&["upload", "text.jpg", "--force", "--wait"]);
    check(&["ls"]);
    check(&["presign", "cat.jpg"]);
    check(&["presign", "cat.jpg", "--put"]);
    check(&["fetch", "coffee.jpg"]);
    check(&["fetch", "coffee.jpg", "--list"]);
    check(&["explain", "coffee.jpg"]);
    check(&["alt", "coffee.jpg", "--set", "A cup of coffee"]);
    check(&["url", "coffee.jpg"]);
    check(&["audit"]);
    check(&["replay", "--reason", "not-an-image", "--dry-run"]);
    check(&["backfill", "--dry-run"]);
    check(&["logs"]);
    check(&["doctor"]);
    check(&["config", "--region", "eu-central-1"]);
    check(&["preview", "photos", "--out", "made"]);
    check(&["estimate", "--per-day", "10000"]);
    check(&["render"]);
    check(&["package"]);
    // With both parts, the template is larger than the CDK sends without the bucket of `cdk bootstrap`.
    check(&["synth", "--cdk-bootstrap"]);
    check(&["init", "other.yaml"]);
    check(&["completions", "zsh"]);
    check(&["completions", "man", "--out", "man"]);
    check(&["gallery", "--export", "site"]);
    check(&["rm", "--all", "--yes"]);
    check(&["demo"]);
    check(&["down"]);
}

/// Returns the commands in the help.
pub(crate) fn commands() -> Vec<String> {
    let help = Deployer::new().args(["--help"]).succeeds().stdout;
    let list = help.split_once("Commands:\n").unwrap().1.split("\n\n").next().unwrap();
    // A continuation line is indented further.
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn every_command_has_help_with_an_example_a_page_and_completions() {
    let deployer = Deployer::new();
    deployer.args(["completions", "man", "--out", "pages"]).succeeds();
    let scripts = ["bash", "elvish", "fish", "powershell", "zsh"]
        .map(|shell| deployer.args(["completions", shell]).succeeds().stdout);
    let sections = documented();
    let commands = commands();
    assert!(commands.len() >= 20, "{commands:?}");
    for command in &commands {
        let help = deployer.args([command, "--help"]).succeeds().stdout;
        assert!(help.contains("Example") && help.contains(&format!("deployer {command}")), "{help}");
        let page = std::fs::read_to_string(deployer.path(&format!("pages/deployer-{command}.1"))).unwrap();
        assert!(page.contains("Example") && page.contains("\\-\\-region"), "{page}");
        for script in &scripts {
            assert!(script.contains(command.as_str()), "no completion contains {command}");
        }
        assert!(sections.contains_key(command), "docs/reference/json.md does not document {command}");
    }
    assert!(
        sections.keys().all(|name| commands.contains(name)),
        "docs/reference/json.md documents a command that does not exist"
    );
}
