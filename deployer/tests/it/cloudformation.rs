//! Tests the reactions of the deployer to the responses of AWS. Each file in `scenarios/` is a conversation with
//! CloudFormation: a server on loopback replies with the responses in the file, and the file lists what the user must
//! see.
//!
//! Unlike AWS, the emulators never throttle, reject an update after a rollback, or lose a connection.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde::Deserialize;

use testkit::http::{Reply, Request};
use testkit::{Deployer, aws};

use crate::zips::zip_of;

/// One file in `scenarios/`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// The subject.
    #[allow(dead_code, reason = "documents the scenario for readers of the file")]
    about: String,
    /// The arguments of the deployer.
    command: Vec<String>,
    /// The responses by CloudFormation action, in order. The last one is repeated.
    answers: HashMap<String, Vec<ScriptedAnswer>>,
    /// The deployer receives SIGINT at these calls: the action and its number (from 1).
    #[serde(default)]
    interrupt: Vec<(String, usize)>,
    /// The deployer receives SIGTERM at these calls.
    #[serde(default)]
    terminate: Vec<(String, usize)>,
    /// Whether the buckets contain objects.
    #[serde(default)]
    full: bool,
    /// The policy of the existing buckets.
    #[serde(default)]
    policy: Option<String>,
    /// Whether the artifacts bucket does not exist yet, and its creation propagates slowly.
    #[serde(default)]
    new_bucket: bool,
    /// The concurrency quota of the account.
    #[serde(default = "default_concurrency")]
    concurrency: u32,
    expect: Expectation,
}

fn default_concurrency() -> u32 {
    1000
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum ScriptedAnswer {
    /// A stack in this status.
    Stack(String),
    /// Events, the newest first: logical id, status, reason.
    Events(Vec<(String, String, String)>),
    /// A change set: status, reason, and lines of `<action> <logical id> <type> <replacement>`.
    Changes {
        status: String,
        #[serde(default)]
        reason: String,
        #[serde(default)]
        changes: Vec<String>,
    },
    /// The result as AWS writes it.
    Xml(String),
    /// The template that the deployer renders, so that nothing changes.
    Rendered,
    /// An error: HTTP status, code, message.
    Error(u16, String, String),
    /// The connection is closed without a response.
    Cut,
    /// An empty success.
    Ok,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    exit: i32,
    /// Texts that stdout must contain.
    #[serde(default)]
    stdout: Vec<String>,
    /// Texts that stderr must contain, in this order.
    #[serde(default)]
    stderr: Vec<String>,
    /// Actions that must have been called, in this order. Other calls may come between them.
    #[serde(default)]
    calls: Vec<String>,
    /// Actions that must not have been called.
    #[serde(default)]
    never: Vec<String>,
    /// Texts that must have been sent.
    #[serde(default)]
    sent: Vec<String>,
    /// Texts that must not have been sent.
    #[serde(default)]
    unsent: Vec<String>,
}

/// The record of a conversation.
#[derive(Default)]
struct Conversation {
    calls: Vec<String>,
    bodies: String,
    /// The calls to the artifacts bucket.
    artifacts: Vec<String>,
    pid: Option<u32>,
}

#[test]
fn every_scenario_ends_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 45, "{} scenarios", files.len());
    // Run the scenarios in parallel, because a scenario mostly waits for the next retry.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = files.iter().map(|file| scope.spawn(|| check(file))).collect();
        running.into_iter().filter_map(|scenario| scenario.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Runs the scenario in `file`, and returns what is wrong, if anything.
fn check(file: &Path) -> Option<String> {
    let scenario = serde_yaml::from_str(&std::fs::read_to_string(file).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    run(&scenario).err().map(|problem| format!("{}: {problem}", file.display()))
}

fn run(scenario: &Scenario) -> Result<(), String> {
    let conversation = Arc::new(Mutex::new(Conversation::default()));
    let recorded = Arc::clone(&conversation);
    let told = scenario.clone();
    let endpoint = testkit::http::serve(move |request| answer(&request, &told, &recorded));
    let deployer = Deployer::on(&endpoint).file("deployer.yaml", testkit::native_architecture_setting());
    let zip = write_zip(deployer.folder());
    // All functions use the same program, since none of them runs.
    let command = scenario.command.iter().flat_map(|argument| match argument.as_str() {
        "$ZIP" => vec![format!("thumbnail={zip}"), "--zip".to_owned(), format!("failover={zip}")],
        argument => vec![argument.to_owned()],
    });
    let child = deployer
        .env("AWS_MAX_ATTEMPTS", "3")
        .args(command)
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    conversation.lock().unwrap().pid = Some(child.id());
    let output = child.wait_with_output().unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    );
    let (calls, bodies) = {
        let conversation = conversation.lock().unwrap();
        (conversation.calls.clone(), conversation.bodies.clone())
    };
    let seen = format!("calls: {calls:?}\nstdout: {stdout}\nstderr: {stderr}");
    let expect = &scenario.expect;
    if output.status.code() != Some(expect.exit) {
        return Err(format!("it ended with {}, not {}\n{seen}", output.status, expect.exit));
    }
    for text in &expect.stdout {
        if !stdout.contains(text) {
            return Err(format!("stdout lacks {text:?}\n{seen}"));
        }
    }
    let mut rest = stderr.as_str();
    for text in &expect.stderr {
        match rest.split_once(text.as_str()) {
            Some((_, after)) => rest = after,
            None => return Err(format!("stderr lacks {text:?} at this position\n{seen}")),
        }
    }
    if let Some(text) = expect.sent.iter().find(|text| !bodies.contains(*text)) {
        return Err(format!("{text:?} was not sent\n{seen}"));
    }
    if let Some(text) = expect.unsent.iter().find(|text| bodies.contains(*text)) {
        return Err(format!("{text:?} was sent\n{seen}"));
    }
    let mut called = calls.iter();
    for action in &expect.calls {
        if !called.any(|call| call == action) {
            return Err(format!("{action} was not called at this position\n{seen}"));
        }
    }
    match expect.never.iter().find(|action| calls.contains(action)) {
        Some(action) => Err(format!("{action} was called\n{seen}")),
        None => Ok(()),
    }
}

/// Writes a zip whose `bootstrap` is a program of this machine.
fn write_zip(folder: &Path) -> String {
    let path = folder.join("thumbnail.zip");
    std::fs::write(&path, zip_of(&std::fs::read("/bin/true").unwrap())).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Returns the response to one request.
fn answer(request: &Request, scenario: &Scenario, conversation: &Mutex<Conversation>) -> Reply {
    let Request { head, body, .. } = request;
    let parameter = |name: &str| {
        body.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(str::to_owned)
    };
    let Some(action) = parameter("Action") else {
        if scenario.new_bucket && head.contains("-artifacts-") {
            let mut conversation = conversation.lock().unwrap();
            return new_bucket(head, &mut conversation.artifacts);
        }
        return lambda_or_s3(head, scenario);
    };
    if action == "GetCallerIdentity" {
        return aws::identity();
    }
    let (count, pid) = {
        let mut conversation = conversation.lock().unwrap();
        conversation.calls.push(action.clone());
        conversation.bodies.push_str(body);
        (conversation.calls.iter().filter(|call| **call == action).count(), conversation.pid)
    };
    for (signal, when) in [("-INT", &scenario.interrupt), ("-TERM", &scenario.terminate)] {
        if when.contains(&(action.clone(), count)) {
            Command::new("kill").args([signal, &pid.unwrap().to_string()]).status().unwrap();
        }
    }
    let answer = scenario.answers.get(&action).and_then(|list| list.get(count - 1).or(list.last())).cloned();
    let answer = answer.or(match action.as_str() {
        "GetTemplate" => Some(ScriptedAnswer::Xml("<TemplateBody>{}</TemplateBody>".to_owned())),
        "ListChangeSets" => Some(ScriptedAnswer::Xml("<Summaries></Summaries>".to_owned())),
        // This reply means that the caller has no permission.
        "DescribeEvents" => Some(ScriptedAnswer::Error(403, "AccessDenied".to_owned(), "no".to_owned())),
        _ => None,
    });
    match answer.unwrap_or_else(|| panic!("the scenario has no response to {action}")) {
        ScriptedAnswer::Cut => Reply::disconnect(),
        ScriptedAnswer::Error(status, code, message) => aws::query_error(status, &code, &message),
        answer => aws::result(&action, &xml(&answer)),
    }
}

/// Answers for Lambda, which reports the quota of the account, and for S3, where every object exists except the record
/// of hotswaps.
fn lambda_or_s3(head: &str, scenario: &Scenario) -> Reply {
    check_owner(head);
    if head.contains("account-settings") {
        let limit = scenario.concurrency;
        return Reply::new(200, format!(r#"{{"AccountLimit": {{"ConcurrentExecutions": {limit}}}}}"#));
    }
    if head.starts_with("GET ") && head.contains("?policy") {
        return match &scenario.policy {
            Some(policy) => Reply::new(200, policy.clone()),
            None => aws::s3_error(404, "NoSuchBucketPolicy"),
        };
    }
    let versions = match scenario.full {
        true => "<Version><Key>cat.jpg</Key><VersionId>1</VersionId></Version>",
        false => "",
    };
    match head {
        head if head.starts_with("GET ") && head.contains("hotswapped.json") => {
            aws::s3_error(404, "NoSuchKey")
        }
        head if head.starts_with("GET ") && head.contains("versions") => {
            Reply::new(200, format!("<ListVersionsResult>{versions}</ListVersionsResult>"))
        }
        head if head.starts_with("GET ") => Reply::new(200, "<ListBucketResult></ListBucketResult>"),
        _ => Reply::new(200, ""),
    }
}

/// Checks that an upload to the artifacts bucket names the owner of the bucket, from which Lambda gets the code of the
/// functions.
fn check_owner(head: &str) {
    let target = head.strip_prefix("PUT /").and_then(|rest| rest.split(['?', ' ']).next());
    if target.is_some_and(|target| target.trim_end_matches('/').contains('/')) {
        assert!(head.contains("x-amz-expected-bucket-owner: "), "{head}");
    }
}

/// Answers for a bucket whose creation conflicts with the deletion of an earlier one and propagates slowly.
fn new_bucket(head: &str, calls: &mut Vec<String>) -> Reply {
    check_owner(head);
    let call: Vec<&str> = head.split([' ', '?']).take(3).collect();
    let call = call.join(" ");
    let is_first = !calls.contains(&call);
    calls.push(call);
    match head.split(' ').next() {
        Some("HEAD") => Reply::new(404, ""),
        Some("PUT") if is_first => {
            let code = if calls.len() < 3 { "OperationAborted" } else { "NoSuchBucket" };
            Reply::new(409, format!("<Error><Code>{code}</Code></Error>"))
        }
        Some("GET") => aws::s3_error(404, "NoSuchKey"),
        _ => Reply::new(200, ""),
    }
}

/// Returns the template that the deployer renders without a configuration.
fn rendered() -> String {
    let template = Deployer::new().args(["render"]).succeeds().stdout;
    template.replace('&', "&amp;").replace('<', "&lt;")
}

const STACK_ID: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/thumbnail-generator/1";
const TIME: &str = "2026-11-24T00:00:00Z";

fn xml(answer: &ScriptedAnswer) -> String {
    match answer {
        ScriptedAnswer::Ok => format!(
            "<Id>arn:aws:cloudformation:eu-central-1:111122223333:changeSet/c/1</Id><StackId>{STACK_ID}</StackId>"
        ),
        ScriptedAnswer::Stack(status) => format!(
            "<Stacks><member><StackName>thumbnail-generator</StackName><StackId>{STACK_ID}</StackId>\
             <CreationTime>{TIME}</CreationTime><StackStatus>{status}</StackStatus></member></Stacks>"
        ),
        ScriptedAnswer::Events(events) => {
            let member = |(id, status, reason): &(String, String, String)| {
                let kind = if id == "thumbnail-generator" {
                    "AWS::CloudFormation::Stack"
                } else {
                    "AWS::SQS::Queue"
                };
                format!(
                    "<member><StackId>{STACK_ID}</StackId><StackName>thumbnail-generator</StackName>\
                     <EventId>{id}-{status}</EventId><Timestamp>{TIME}</Timestamp><LogicalResourceId>{id}</LogicalResourceId>\
                     <ResourceType>{kind}</ResourceType><ResourceStatus>{status}</ResourceStatus>\
                     <ResourceStatusReason>{reason}</ResourceStatusReason></member>"
                )
            };
            format!("<StackEvents>{}</StackEvents>", events.iter().map(member).collect::<String>())
        }
        ScriptedAnswer::Changes { status, reason, changes } => {
            let member = |line: &String| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let replacement =
                    words.get(3).map_or(String::new(), |word| format!("<Replacement>{word}</Replacement>"));
                format!(
                    "<member><Type>Resource</Type><ResourceChange><Action>{}</Action><LogicalResourceId>{}</LogicalResourceId>\
                     <PhysicalResourceId>the-{}</PhysicalResourceId><ResourceType>{}</ResourceType>{replacement}<Details><member>\
                     <Target><Attribute>Properties</Attribute><Name>Size</Name><Path>/Properties/Size</Path>\
                     <BeforeValue>1</BeforeValue><AfterValue>2</AfterValue><RequiresRecreation>Never</RequiresRecreation></Target>\
                     </member></Details></ResourceChange></member>",
                    words[0],
                    words[1],
                    words[1].to_lowercase(),
                    words[2]
                )
            };
            format!(
                "<Status>{status}</Status><StatusReason>{reason}</StatusReason><ExecutionStatus>AVAILABLE</ExecutionStatus>\
                 <Changes>{}</Changes>",
                changes.iter().map(member).collect::<String>()
            )
        }
        ScriptedAnswer::Xml(xml) => xml.clone(),
        ScriptedAnswer::Rendered => format!("<TemplateBody>{}</TemplateBody>", rendered()),
        ScriptedAnswer::Error(..) | ScriptedAnswer::Cut => unreachable!("answered elsewhere"),
    }
}
