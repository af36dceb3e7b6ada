//! The photo wall in a real browser, on a local stack.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use testkit::http::call_target;
use testkit::{Browser, Project};

/// A photo wall that is served until it is dropped.
struct Wall {
    program: Child,
    address: String,
}

impl Wall {
    fn start(project: &Project) -> Self {
        Self::start_at("0", project)
    }

    fn command(port: &str, project: &Project) -> Command {
        let mut command = Command::new(testkit::program("photo-wall"));
        command.args(["--local", "--port", port, "--config"]).arg(project.path("deployer.yaml"));
        command
    }

    /// Returns the port of the page.
    fn port(&self) -> String {
        self.address.trim_end_matches('/').rsplit(':').next().unwrap().to_owned()
    }

    fn start_at(port: &str, project: &Project) -> Self {
        let mut program = Self::command(port, project).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_whitespace().last().unwrap_or_else(|| panic!("it ends"));
        Self { program, address: format!("{address}/") }
    }

    /// Stops the wall as Ctrl-C does.
    fn interrupt(&mut self) {
        kill(Pid::from_raw(self.program.id().try_into().unwrap()), Signal::SIGINT).unwrap();
        assert!(self.program.wait().unwrap().success());
    }

    /// Stops the wall, and starts it again at the same address.
    fn restart(&mut self, project: &Project) {
        self.interrupt();
        *self = Self::start_at(&self.port(), project);
    }
}

impl Drop for Wall {
    fn drop(&mut self) {
        // If the test has succeeded, the wall has already ended.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Returns the number of queues, and of rules, of walls that have not ended.
fn queues_and_rules(project: &Project) -> (usize, usize) {
    let queues = project.request("POST", "/?Action=ListQueues&QueueNamePrefix=tested-wall-", "");
    let named = json!({"NamePrefix": "tested-wall-"});
    let (_, rules) = call_target(&project.address(), "events", "AWSEvents.ListRules", &named);
    let rules: Value = serde_json::from_str(rules.split_once("\r\n\r\n").unwrap().1).unwrap();
    (queues.matches("<QueueUrl>").count(), rules["Rules"].as_array().unwrap().len())
}

/// Runs a scenario in the browser, and the commands that the scenario requests.
fn drive(browser: &Browser, scenario: &str, wall: &mut Wall, project: &Project) {
    let mut driver = browser
        .command(scenario, &wall.address)
        .current_dir(project.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut done = driver.stdin.take().unwrap();
    // Each line contains the arguments of a command that another user runs in the meantime, or restarts the wall.
    for line in BufReader::new(driver.stdout.take().unwrap()).lines() {
        let arguments: Vec<String> = serde_json::from_str(&line.unwrap()).unwrap();
        if arguments == ["restart"] {
            wall.restart(project);
        } else {
            // An event arrives before the record that the command needs is stored.
            project.until(&["explain", &arguments[1]], |said| said["state"] == "done");
            project.stdout(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        }
        writeln!(done).unwrap();
    }
    assert!(driver.wait().unwrap().success());
}

#[test]
fn photos_appear_and_change_and_disappear_and_failures_say_why() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wall.mjs");
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("photo-wall");
    let Some(browser) = Browser::find("the photo wall in a browser", script, pictures) else { return };
    let project = Project::new(
        "delivery: {enabled: true}\nevents: enabled\nuploads: {cors: ['http://127.0.0.1:3000']}",
    );
    project.stdout(&["up"]);
    for name in ["coffee.jpg", "astronaut.jpg", "chelsea.png"] {
        project.sample(name, name);
    }
    project.sample("coffee.jpg", "my cup~+%2B😺.jpg");
    std::fs::write(project.path("text.jpg"), "no image").unwrap();
    let mut wall = Wall::start(&project);
    let second = Wall::command(&wall.port(), &project).output().unwrap();
    let report = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(report.contains(&format!("cannot use the port {}: ", wall.port())), "{report}");
    assert_eq!(queues_and_rules(&project), (1, 1));
    drive(&browser, "use", &mut wall, &project);
    drive(&browser, "busy", &mut wall, &project);
    drive(&browser, "stalled", &mut wall, &project);
    wall.interrupt();
    assert_eq!(queues_and_rules(&project), (0, 0));

    // After a restart, the wall shows the existing photos.
    let mut wall = Wall::start(&project);
    drive(&browser, "again", &mut wall, &project);
    wall.interrupt();
}

#[test]
fn without_a_stack_it_says_how_to_create_one() {
    let project = Project::new("events: enabled");
    let mut command = Command::new(testkit::program("photo-wall"));
    let command = command.args(["--local", "--config"]).arg(project.path("deployer.yaml"));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("deployer.yaml up --local`"), "{said}");
}
