//! Events and presigned requests on the local stack, as an application uses them.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use testkit::Project;
use testkit::http::call_target;

/// Starts `deployer events` with `arguments`, and waits until its rule exists.
fn watch(project: &Project, arguments: &[&str]) -> Child {
    let mut command = project.command(&[&["events", "--output", "json"], arguments].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut report = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(report.any(|line| line.contains("Waiting for events")), "it ends");
    child
}

/// Fails if a run of `deployer events` has left a queue or a rule behind.
#[track_caller]
fn assert_nothing_remains(project: &Project) {
    let queues = project.request("POST", "/?Action=ListQueues&QueueNamePrefix=tested-events-", "");
    assert!(!queues.contains("<QueueUrl>"), "{queues}");
    let named = json!({"NamePrefix": "tested-events-"});
    let (status, rules) = call_target(&project.address(), "events", "AWSEvents.ListRules", &named);
    assert!(status == 200 && !rules.contains("tested-events-"), "{rules}");
}

/// Runs the command that `presign` printed, and returns whether S3 accepts the upload.
fn is_accepted(project: &Project, request: &str) -> bool {
    let sent = Command::new("sh").arg("-c").arg(request).current_dir(project.path("")).output();
    sent.unwrap().status.success()
}

#[test]
fn a_presigned_request_accepts_only_what_its_policy_allows() {
    let project = Project::new("");
    project.stdout(&["up"]);
    project.sample("coffee.jpg", "coffee.jpg");
    let presign = |more: &[&str]| project.stdout(&[&["presign", "coffee.jpg"], more].concat());
    assert!(is_accepted(&project, &presign(&["--put"])));
    let form = presign(&["--max-bytes", "1000"]);
    assert!(!is_accepted(&project, &form), "S3 accepts more than 1000 bytes: {form}");
    let of_another_key = presign(&[])
        .replace("--form-string key=", "--form-string key=other/")
        .replace("--form-string 'key=", "--form-string 'key=other/");
    assert!(!is_accepted(&project, &of_another_key), "S3 accepts another key: {of_another_key}");
}

#[test]
fn an_upload_with_a_presigned_form_sends_an_event_and_events_leaves_nothing_behind() {
    let project = Project::new("events: enabled");
    project.stdout(&["up"]);
    project.sample("coffee.jpg", "coffee.jpg");
    // A run that was killed has left these.
    let queue = json!({"QueueName": "tested-events-killed"});
    let rule = json!({"Name": "tested-events-killed", "EventPattern": json!({"source": ["none"]}).to_string(),
        "Description": "temporary rule of `deployer events`, in use until 1"});
    for (service, target, arguments) in
        [("sqs", "AmazonSQS.CreateQueue", queue), ("events", "AWSEvents.PutRule", rule)]
    {
        let (status, answer) = call_target(&project.address(), service, target, &arguments);
        assert_eq!(status, 200, "{answer}");
    }
    let mut watching = watch(&project, &["--count", "2"]);
    let form = project.stdout(&["presign", "coffee.jpg"]);
    assert!(is_accepted(&project, &form), "{form}");
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let event = next();
    assert_eq!(event["detail_type"], "Thumbnails Ready", "{event}");
    let key = event["detail"]["original"]["key"].as_str().unwrap();
    assert!(form.contains(&format!("'key={key}'")), "{form}: {key}");
    assert_eq!(event["detail"]["thumbnails"].as_array().unwrap().len(), 3);
    // The text of a person is announced as one of the model is.
    project.until(&["explain", key], |said| said["state"] == "done");
    project.stdout(&["alt", key, "--set", "A cup of coffee"]);
    let event = next();
    assert_eq!(event["detail_type"], "Alt Text Ready", "{event}");
    assert_eq!(event["detail"]["original"]["key"], key);
    assert_eq!(event["detail"]["texts"][0]["alt"], "A cup of coffee", "{event}");
    assert!(watching.wait().unwrap().success());
    assert_nothing_remains(&project);
    // Ctrl-C ends it without leftovers, too.
    let mut watching = watch(&project, &["--follow"]);
    kill(Pid::from_raw(watching.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    assert!(watching.wait().unwrap().success());
    assert_nothing_remains(&project);
}
