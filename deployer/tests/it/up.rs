//! `up` and `down` where things go wrong around them: killed half way, two at once, code swapped past the stack.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use testkit::Project;

/// A project with zips whose programs do nothing: no function is invoked here.
struct Zipped {
    project: Project,
}

impl Zipped {
    fn new() -> Self {
        Self { project: Project::new("") }
    }

    /// The arguments that give every function the zip whose program ends with `mark`.
    fn arguments(&self, command: &[&str], mark: &str) -> Vec<String> {
        let path = self.project.path(&format!("{mark}.zip"));
        let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        zip.start_file("bootstrap", options).unwrap();
        zip.write_all(&[&std::fs::read("/bin/true").unwrap(), mark.as_bytes()].concat()).unwrap();
        zip.finish().unwrap();
        let zips = ["thumbnail", "failover"].map(|function| format!("--zip={function}={}", path.display()));
        command.iter().map(|argument| (*argument).to_owned()).chain(zips).collect()
    }

    /// What a command that must succeed prints to stderr.
    #[track_caller]
    fn stderr(&self, command: &[&str], mark: &str) -> String {
        let arguments = self.arguments(command, mark);
        self.project.stderr(0, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Runs a command and kills it as soon as a line of its stderr holds `sign`.
    fn kill_at(&self, arguments: &[String], sign: &str) {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut child = self.project.command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut seen = String::new();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let found = lines.map_while(Result::ok).any(|line| {
            seen.push_str(&line);
            line.contains(sign)
        });
        assert!(found, "{sign:?} never came: {seen}");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn status(&self) -> String {
        self.project.json(&["status"])["status"].as_str().unwrap_or_default().to_owned()
    }
}

#[test]
fn what_was_killed_half_way_is_finished_by_the_next_run() {
    let zipped = Zipped::new();
    // With a plan, but nothing begun; then with the creation under way.
    for sign in ["Plan: create", "CREATE_COMPLETE"] {
        zipped.kill_at(&zipped.arguments(&["up"], "one"), sign);
    }
    zipped.stderr(&["up"], "one");
    assert_eq!(zipped.status(), "CREATE_COMPLETE");
    assert!(zipped.stderr(&["up"], "one").contains("No changes"));

    zipped.kill_at(&zipped.arguments(&["up"], "two"), "UPDATE_COMPLETE");
    zipped.stderr(&["up"], "two");
    assert_eq!(zipped.status(), "UPDATE_COMPLETE");

    for sign in ["Waiting for CloudFormation", "Emptying"] {
        zipped.kill_at(&["down".to_owned(), "--yes".to_owned()], sign);
    }
    assert!(zipped.project.stdout(&["down", "--yes"]).contains("Deleted "));
    assert!(zipped.project.stderr(3, &["status"]).contains("there is no stack"));
}

#[test]
fn two_at_once_both_end_well_and_the_stack_is_as_one_of_them_wants() {
    let zipped = Zipped::new();
    // One creates, or both try to; then both update.
    for marks in [["one", "two"], ["three", "four"]] {
        let children = marks.map(|mark| {
            let arguments = zipped.arguments(&["up"], mark);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            zipped.project.command(&arguments).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
        });
        for child in children {
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}\n{stderr}", output.status);
        }
        assert!(zipped.status().ends_with("E_COMPLETE"), "{}", zipped.status());
    }
}

#[test]
fn of_old_artifacts_the_five_newest_are_kept() {
    let zipped = Zipped::new();
    zipped.stderr(&["up"], "one");
    let bucket = "/tested-artifacts-000000000000-us-east-1";
    let prefixes = ["handlers/thumbnail/", "handlers/failover/", "templates/"];
    for number in 0..7 {
        for prefix in prefixes {
            zipped.project.request("PUT", &format!("{bucket}/{prefix}old-{number}"), "old");
        }
    }
    zipped.stderr(&["up"], "two");
    for (prefix, in_use) in prefixes.iter().zip([1, 1, 0]) {
        let listed = zipped.project.request("GET", &format!("{bucket}?list-type=2&prefix={prefix}"), "");
        assert_eq!(listed.matches("<Key>").count(), 5 + in_use, "{listed}");
        assert!(!listed.contains("old-1") && listed.contains("old-6"), "{listed}");
    }
}

#[test]
fn swapped_code_runs_at_once_and_is_forgotten_by_the_next_up() {
    let zipped = Zipped::new();
    let running = || -> String {
        let endpoint = zipped.project.json(&["status"])["endpoint"].as_str().unwrap().to_owned();
        let address = endpoint.trim_start_matches("http://");
        let path = "/2015-03-31/functions/tested-thumbnail/configuration";
        let (_, answer) = testkit::http::call(address, "lambda", "GET", path, "");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let json: serde_json::Value =
            serde_json::from_str(&body[body.find('{').unwrap()..=body.rfind('}').unwrap()]).unwrap();
        json["CodeSha256"].as_str().unwrap().to_owned()
    };
    let nothing = zipped.project.stderr(3, &["up", "--hotswap"]);
    assert!(nothing.contains("there is no stack"), "{nothing}");
    zipped.stderr(&["up"], "one");
    let one = running();

    let swapped = zipped.stderr(&["up", "--hotswap"], "two");
    assert!(swapped.contains("Hotswapped: thumbnail, failover"), "{swapped}");
    assert!(swapped.contains("other code than the stack declares"), "{swapped}");
    let two = running();
    assert_ne!(one, two);
    assert!(zipped.stderr(&["up", "--hotswap"], "two").contains("No changes"));
    assert!(zipped.stderr(&["plan"], "one").contains("other code than the stack declares"));

    // CloudFormation sees no change where the stack's own code is wanted again: `up` does.
    let back = zipped.stderr(&["up"], "one");
    assert!(back.contains("No changes") && back.contains("runs the code of the stack again"), "{back}");
    assert_eq!(running(), one);

    // And where the swapped code is to stay, the stack learns of it.
    zipped.stderr(&["up", "--hotswap"], "two");
    assert!(zipped.stderr(&["up"], "two").contains("UPDATE_COMPLETE"));
    assert_eq!(running(), two);
    assert!(!zipped.stderr(&["plan"], "two").contains("other code than the stack declares"));
}

#[test]
fn what_belongs_to_another_stack_is_not_taken_over() {
    let zipped = Zipped::new();
    zipped.stderr(&["up"], "one");
    std::fs::write(
        zipped.project.path("other.yaml"),
        "stack: other\nbuckets: {thumbnails: tested-thumbnails-000000000000-us-east-1}\n",
    )
    .unwrap();
    let arguments = zipped.arguments(&["up", "--config", "other.yaml"], "one");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let failed = zipped.project.stderr(1, &arguments);
    let error = failed.split_once("error: ").unwrap().1;
    let refused = "CloudFormation rejected the change set: tested-thumbnails-000000000000-us-east-1 already exists in stack arn:";
    assert!(error.starts_with(refused), "{error}");
    assert!(error.contains("hint: set another bucket name") && error.contains("under `buckets`"), "{error}");
    // Nothing of it is left that would be an obstacle once the cause is gone.
    std::fs::write(zipped.project.path("other.yaml"), "stack: other\n").unwrap();
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--yes"]).collect();
    assert!(zipped.project.stderr(0, &arguments).contains("CREATE_COMPLETE"));
}
