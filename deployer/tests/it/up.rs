//! `up` and `down` under difficult conditions: killed, two at the same time, and with hotswapped code.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use testkit::Project;

use crate::zips::zip_of;

/// A project with zips of programs that do nothing, since no function is invoked.
struct ZippedProject {
    project: Project,
}

impl ZippedProject {
    fn new() -> Self {
        Self { project: Project::new("") }
    }

    /// Returns arguments that use the zip with the program `mark` for every function.
    fn arguments(&self, command: &[&str], mark: &str) -> Vec<String> {
        let path = self.project.path(&format!("{mark}.zip"));
        let program = [&std::fs::read("/bin/true").unwrap(), mark.as_bytes()].concat();
        std::fs::write(&path, zip_of(&program)).unwrap();
        let zips = ["thumbnail", "failover"].map(|function| format!("--zip={function}={}", path.display()));
        command.iter().map(|argument| (*argument).to_owned()).chain(zips).collect()
    }

    /// Runs a command that must succeed, and returns its stderr.
    #[track_caller]
    fn stderr(&self, command: &[&str], mark: &str) -> String {
        let arguments = self.arguments(command, mark);
        self.project.stderr(0, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Runs a command, and kills it as soon as a line of its stderr contains `text`.
    fn kill_at(&self, arguments: &[String], text: &str) {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut child = self.project.command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut seen = String::new();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let found = lines.map_while(Result::ok).any(|line| {
            seen.push_str(&line);
            line.contains(text)
        });
        assert!(found, "{text:?} was never printed: {seen}");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn status(&self) -> String {
        self.project.json(&["status"])["status"].as_str().unwrap_or_default().to_owned()
    }
}

#[test]
fn the_next_up_finishes_a_killed_one() {
    let project = ZippedProject::new();
    // Kill the command after the plan but before any change, and then during the creation.
    for text in ["Plan: create", "CREATE_COMPLETE"] {
        project.kill_at(&project.arguments(&["up"], "one"), text);
    }
    project.stderr(&["up"], "one");
    assert_eq!(project.status(), "CREATE_COMPLETE");
    assert!(project.stderr(&["up"], "one").contains("No changes"));

    project.kill_at(&project.arguments(&["up"], "two"), "UPDATE_COMPLETE");
    project.stderr(&["up"], "two");
    assert_eq!(project.status(), "UPDATE_COMPLETE");

    for text in ["Waiting for CloudFormation", "Emptying"] {
        project.kill_at(&["down".to_owned(), "--yes".to_owned()], text);
    }
    assert!(project.project.stdout(&["down", "--yes"]).contains("Deleted "));
    assert!(project.project.stderr(3, &["status"]).contains("there is no stack"));
}

#[test]
fn two_simultaneous_ups_succeed_and_one_of_them_wins() {
    let project = ZippedProject::new();
    // First, one of the commands creates the stack, or both try. Then both update it.
    for marks in [["one", "two"], ["three", "four"]] {
        let children = marks.map(|mark| {
            let arguments = project.arguments(&["up"], mark);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            project.project.command(&arguments).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
        });
        for child in children {
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}\n{stderr}", output.status);
        }
        assert!(project.status().ends_with("E_COMPLETE"), "{}", project.status());
    }
}

#[test]
fn the_five_newest_old_artifacts_are_kept() {
    let project = ZippedProject::new();
    project.stderr(&["up"], "one");
    let bucket = "/tested-artifacts-000000000000-us-east-1";
    let prefixes = ["tested/functions/thumbnail/", "tested/functions/failover/", "tested/templates/"];
    for number in 0..7 {
        for prefix in prefixes {
            project.project.request("PUT", &format!("{bucket}/{prefix}old-{number}"), "old");
        }
    }
    project.stderr(&["up"], "two");
    for (prefix, in_use) in prefixes.iter().zip([1, 1, 0]) {
        let listed = project.project.request("GET", &format!("{bucket}?list-type=2&prefix={prefix}"), "");
        assert_eq!(listed.matches("<Key>").count(), 5 + in_use, "{listed}");
        assert!(!listed.contains("old-1") && listed.contains("old-6"), "{listed}");
    }
}

#[test]
fn hotswapped_code_runs_at_once_until_the_next_up() {
    let project = ZippedProject::new();
    let running = || -> String {
        let address = &project.project.address();
        let path = "/2015-03-31/functions/tested-thumbnail/configuration";
        let (_, answer) = testkit::http::call(address, "lambda", "GET", path, "");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let json: serde_json::Value =
            serde_json::from_str(&body[body.find('{').unwrap()..=body.rfind('}').unwrap()]).unwrap();
        json["CodeSha256"].as_str().unwrap().to_owned()
    };
    let nothing = project.project.stderr(3, &["up", "--hotswap"]);
    assert!(nothing.contains("there is no stack"), "{nothing}");
    project.stderr(&["up"], "one");
    let one = running();

    let swapped = project.stderr(&["up", "--hotswap"], "two");
    assert!(swapped.contains("Hotswapped: thumbnail, failover"), "{swapped}");
    assert!(swapped.contains("do not run the code that the stack declares"), "{swapped}");
    let two = running();
    assert_ne!(one, two);
    assert!(project.stderr(&["up", "--hotswap"], "two").contains("No changes"));
    assert!(project.stderr(&["plan"], "one").contains("do not run the code that the stack declares"));

    // CloudFormation sees no change if the code of the stack is requested again, but `up` does.
    let back = project.stderr(&["up"], "one");
    assert!(
        back.contains("No changes") && back.contains("is back to the code that the stack declares"),
        "{back}"
    );
    assert_eq!(running(), one);

    // If the swapped code is deployed, the stack declares it.
    project.stderr(&["up", "--hotswap"], "two");
    assert!(project.stderr(&["up"], "two").contains("UPDATE_COMPLETE"));
    assert_eq!(running(), two);
    assert!(!project.stderr(&["plan"], "two").contains("do not run the code that the stack declares"));
}

#[test]
fn a_bucket_of_another_stack_is_not_imported() {
    let project = ZippedProject::new();
    project.stderr(&["up"], "one");
    std::fs::write(
        project.project.path("other.yaml"),
        "stack: other\nbuckets: {thumbnails: tested-thumbnails-000000000000-us-east-1}\n",
    )
    .unwrap();
    let arguments = project.arguments(&["up", "--config", "other.yaml"], "one");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let failed = project.project.stderr(1, &arguments);
    let error = failed.split_once("error: ").unwrap().1;
    let refused = "CloudFormation rejected the change set: tested-thumbnails-000000000000-us-east-1 already exists in stack arn:";
    assert!(error.starts_with(refused), "{error}");
    assert!(error.contains("hint: set another bucket name") && error.contains("under `buckets`"), "{error}");
    // Nothing is left that would prevent a later `up`.
    std::fs::write(project.project.path("other.yaml"), "stack: other\n").unwrap();
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--yes"]).collect();
    assert!(project.project.stderr(0, &arguments).contains("CREATE_COMPLETE"));
}
