//! The consumers of events in docs/guide/events-and-uploads.md receive an event on the local stack.
//!
//! The test reads the text of each consumer from the guide. Two things differ from AWS:
//!
//! - CloudFormation of the emulator knows neither connections nor API destinations. So the test creates the resources of
//!   the webhook with the calls that CloudFormation would make. The emulator neither repeats a call of a webhook nor uses
//!   a dead-letter queue, so only AWS shows these.
//! - The module `boto3` of this test has only the two calls of the Python program.

use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::Project;
use testkit::http::{Reply, Request, call_target, serve};

/// How long a consumer may take on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The module that the program of the guide imports.
const BOTO3: &str = r#"
import json, os, urllib.request

class Sqs:
    def call(self, operation, arguments):
        scope = "Credential=test/20261124/us-east-1/sqs/aws4_request"
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS." + operation,
                   "authorization": "AWS4-HMAC-SHA256 " + scope}
        request = urllib.request.Request(os.environ["ENDPOINT"], json.dumps(arguments).encode(), headers)
        return json.loads(urllib.request.urlopen(request, timeout=60).read() or b"{}")

    def receive_message(self, **arguments):
        return self.call("ReceiveMessage", arguments)

    def delete_message(self, **arguments):
        self.call("DeleteMessage", arguments)
        raise SystemExit

def client(service):
    assert service == "sqs"
    return Sqs()
"#;

/// Returns the first block in `language` below the heading of the guide.
fn block(heading: &str, language: &str) -> String {
    let guide = std::fs::read_to_string(testkit::root().join("docs/guide/events-and-uploads.md")).unwrap();
    let section = guide.split_once(&format!("\n### {heading}\n")).unwrap().1;
    let section = section.split("\n## ").next().unwrap().split("\n### ").next().unwrap();
    let block = section.split_once(&format!("```{language}\n")).unwrap().1;
    block.split("```").next().unwrap().to_owned()
}

/// Replaces `from`, which must occur in `text`.
fn replace(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the guide lacks `{from}`: {text}");
    text.replace(from, to)
}

/// The emulator of a project.
struct Emulator {
    address: String,
}

impl Emulator {
    /// Calls an operation, such as `AWSEvents.PutRule`.
    fn call(&self, service: &str, target: &str, arguments: &Value) -> Value {
        let (status, answer) = call_target(&self.address, service, target, arguments);
        assert_eq!(status, 200, "{target} {arguments}: {answer}");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() }
    }

    /// Creates a rule for the events in `pattern`, and returns its ARN.
    fn create_rule(&self, name: &str, pattern: &Value) -> Value {
        let rule = json!({"Name": name, "EventPattern": pattern.to_string()});
        self.call("events", "AWSEvents.PutRule", &rule)["RuleArn"].clone()
    }

    fn put_target(&self, rule: &str, target: &Value) {
        let put = json!({"Rule": rule, "Targets": [target]});
        assert_eq!(self.call("events", "AWSEvents.PutTargets", &put)["FailedEntryCount"], 0);
    }

    /// Creates a queue, and returns its URL and its ARN.
    fn create_queue(&self, name: &str) -> (Value, Value) {
        let url = self.call("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": name}))["QueueUrl"].clone();
        let wanted = json!({"QueueUrl": url, "AttributeNames": ["QueueArn"]});
        let attributes = self.call("sqs", "AmazonSQS.GetQueueAttributes", &wanted);
        (url, attributes["Attributes"]["QueueArn"].clone())
    }
}

/// The pattern of the rule in the guide, for the stack of this test.
fn pattern(webhook: &serde_yaml::Value) -> Value {
    serde_json::to_value(&webhook["Rule"]["Properties"]["EventPattern"]).unwrap()
}

/// Returns the resources of the webhook at `endpoint`, with ARNs in place of references.
fn webhook_resources(endpoint: &str, arn: &dyn Fn(&str) -> Option<String>) -> serde_yaml::Value {
    let mut text = block("A webhook", "yaml");
    text = replace(&text, "stack: [thumbnail-generator]", "stack: [tested]");
    text = replace(&text, "https://app.example", endpoint);
    text = replace(&text, "{{resolve:secretsmanager:webhook}}", "a key of the webhook");
    for name in ["Connection", "Webhook", "Role", "Undelivered"] {
        if let Some(arn) = arn(name) {
            text = replace(&text, &format!("!GetAtt {name}.Arn"), &arn);
        }
    }
    serde_yaml::from_str(&text).unwrap()
}

/// Creates the webhook of the guide, and returns the requests that it receives.
fn create_webhook(emulator: &Emulator) -> Receiver<Request> {
    let (sender, requests) = channel();
    let endpoint = serve(move |request| {
        sender.send(request).unwrap();
        Reply::new(200, "")
    });
    let unresolved = webhook_resources(&endpoint, &|_| None);
    let properties = |name: &str| serde_json::to_value(&unresolved[name]["Properties"]).unwrap();
    let mut connection = properties("Connection");
    connection["Name"] = json!("webhook");
    let connection =
        emulator.call("events", "AWSEvents.CreateConnection", &connection)["ConnectionArn"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let with_connection =
        webhook_resources(&endpoint, &|name| (name == "Connection").then(|| text(&connection)));
    let mut destination = serde_json::to_value(&with_connection["Webhook"]["Properties"]).unwrap();
    destination["Name"] = json!("webhook");
    let destination =
        emulator.call("events", "AWSEvents.CreateApiDestination", &destination)["ApiDestinationArn"].clone();
    let (_, undelivered) = emulator.create_queue("undelivered");
    let resolved = webhook_resources(&endpoint, &|name| {
        Some(match name {
            "Connection" => text(&connection),
            "Webhook" => text(&destination),
            "Undelivered" => text(&undelivered),
            _ => "arn:aws:iam::000000000000:role/webhook".to_owned(),
        })
    });
    emulator.create_rule("webhook", &pattern(&resolved));
    let targets = serde_json::to_value(&resolved["Rule"]["Properties"]["Targets"]).unwrap();
    emulator.put_target("webhook", &targets[0]);
    requests
}

/// Creates a queue with the policy that the guide describes, and returns its URL.
fn create_consumer_queue(emulator: &Emulator, pattern: &Value) -> String {
    let rule = emulator.create_rule("consumer", pattern);
    let (url, queue) = emulator.create_queue("consumer");
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
        "Resource": queue, "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }]});
    let attributes = json!({"QueueUrl": url, "Attributes": {"Policy": policy.to_string()}});
    emulator.call("sqs", "AmazonSQS.SetQueueAttributes", &attributes);
    emulator.put_target("consumer", &json!({"Id": "queue", "Arn": queue}));
    url.as_str().unwrap().to_owned()
}

/// Runs the program of the guide until it has deleted a message. Returns what it has saved: key, version, thumbnails.
fn consume(project: &Project, emulator: &Emulator, url: &str) -> Value {
    let program = block("An SQS consumer", "python");
    let prepare = format!(
        "import json\nurl = '{url}'\ndef save_thumbnails(*what):\n    print(json.dumps(what))\n\
         def forget_thumbnails(*what):\n    raise AssertionError(what)\n"
    );
    std::fs::write(project.path("boto3.py"), BOTO3).unwrap();
    std::fs::write(project.path("consumer.py"), prepare + &program).unwrap();
    let mut python = Command::new("python3");
    python.arg("consumer.py").current_dir(project.path("")).stdin(Stdio::null());
    let output = python.env("ENDPOINT", format!("http://{}/", emulator.address)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Creates the state machine of the guide, and returns its ARN.
fn create_state_machine(emulator: &Emulator, pattern: &Value) -> Value {
    let role = "arn:aws:iam::000000000000:role/states";
    let machine = json!({"name": "outcomes", "definition": block("A Step Functions state machine", "json"), "roleArn": role});
    let created = emulator.call("states", "AWSStepFunctions.CreateStateMachine", &machine);
    let arn = created["stateMachineArn"].clone();
    emulator.create_rule("outcomes", pattern);
    emulator.put_target("outcomes", &json!({"Id": "machine", "Arn": arn, "RoleArn": role}));
    arn
}

/// Waits for the end of an execution of the state machine, and returns its output.
fn execution_output(emulator: &Emulator, machine: &Value) -> Value {
    let begun = Instant::now();
    loop {
        let wanted = json!({"stateMachineArn": machine, "statusFilter": "SUCCEEDED"});
        let ended = emulator.call("states", "AWSStepFunctions.ListExecutions", &wanted);
        if let Some(execution) = ended["executions"].get(0) {
            let wanted = json!({"executionArn": execution["executionArn"]});
            let execution = emulator.call("states", "AWSStepFunctions.DescribeExecution", &wanted);
            return serde_json::from_str(execution["output"].as_str().unwrap()).unwrap();
        }
        assert!(begun.elapsed() < TIMEOUT, "no execution has succeeded: {ended}");
    }
}

#[test]
fn every_consumer_of_the_guide_receives_the_event_of_a_photo() {
    let project = Project::new("events: enabled");
    project.stdout(&["up"]);
    let emulator = Emulator { address: project.address() };
    let requests = create_webhook(&emulator);
    let pattern = pattern(&webhook_resources("http://webhook", &|_| Some("arn".to_owned())));
    let url = create_consumer_queue(&emulator, &pattern);
    let machine = create_state_machine(&emulator, &pattern);
    project.sample("coffee.jpg", "coffee.jpg");
    let key = project.stdout(&["upload", "--wait", "coffee.jpg"]);
    let key = key.trim_end();

    let request = requests.recv_timeout(TIMEOUT).unwrap();
    assert_eq!((request.method(), request.target()), ("POST", "/photos"));
    assert_eq!(request.header("x-api-key"), Some("a key of the webhook"));
    let event: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(event["detail-type"], "Thumbnails Ready", "{event}");
    assert_eq!(event["detail"]["original"]["key"], key);
    let thumbnails = &event["detail"]["thumbnails"];
    assert_eq!(thumbnails.as_array().unwrap().len(), 3);

    let version = &event["detail"]["original"]["version"];
    assert_eq!(consume(&project, &emulator, &url), json!([key, version, thumbnails]));
    assert_eq!(execution_output(&emulator, &machine), *thumbnails);
}
