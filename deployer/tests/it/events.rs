//! Events and presigned requests on the local stack: what an application uses.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use testkit::Project;

/// Starts `deployer events` with `arguments`, and waits until its rule exists.
fn watch(project: &Project, arguments: &[&str]) -> Child {
    let mut command = project.command(&[&["events", "--output", "json"], arguments].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line.contains("Waiting for events")), "it ends");
    child
}

/// The names of the queues that a run of `deployer events` has left.
fn left(project: &Project) -> Vec<String> {
    let said = project.request("POST", "/?Action=ListQueues&QueueNamePrefix=tested-events-", "");
    said.split("<QueueUrl>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

#[test]
fn an_upload_with_a_presigned_form_is_announced_and_nothing_is_left_of_the_watch() {
    let project = Project::new("events: enabled");
    project.stdout(&["up"]);
    project.sample("coffee.jpg", "coffee.jpg");
    let mut watching = watch(&project, &["--count", "1"]);
    let form = project.stdout(&["presign", "coffee.jpg"]);
    let sent = std::process::Command::new("sh").arg("-c").arg(&form).current_dir(project.path("")).output();
    let sent = sent.unwrap();
    assert!(sent.status.success(), "{form}\n{}", String::from_utf8_lossy(&sent.stderr));
    let line = BufReader::new(watching.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    let event: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(event["detail_type"], "Thumbnails Ready", "{event}");
    let key = event["detail"]["original"]["key"].as_str().unwrap();
    assert!(form.contains(&format!("'key={key}'")), "{form}: {key}");
    assert_eq!(event["detail"]["thumbnails"].as_array().unwrap().len(), 3);
    assert!(watching.wait().unwrap().success());
    assert_eq!(left(&project), [""; 0]);
    // Ctrl-C ends it, too, and leaves nothing.
    let mut watching = watch(&project, &["--follow"]);
    kill(Pid::from_raw(watching.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    watching.wait().unwrap();
    assert_eq!(left(&project), [""; 0]);
}
