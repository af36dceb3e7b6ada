//! What the deployer does with what AWS answers: each file in `scenarios/` is one conversation with
//! CloudFormation, spoken by a server on loopback that answers from the file, and what the user must see.
//!
//! The emulators never throttle, refuse an update after a rollback, or lose a connection; AWS does.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde::Deserialize;

use testkit::http::{Reply, Request};
use testkit::{Deployer, aws};

/// One file in `scenarios/`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// What it is about.
    #[allow(dead_code, reason = "for the reader of the file")]
    about: String,
    /// The arguments of the deployer.
    command: Vec<String>,
    /// Answers by CloudFormation action, in order; the last one is given again and again.
    answers: HashMap<String, Vec<Answer>>,
    /// Ctrl-C is pressed when this action is called for the given time (from 1).
    #[serde(default)]
    interrupt: Vec<(String, usize)>,
    /// SIGTERM is sent when this action is called for the given time.
    #[serde(default)]
    terminate: Vec<(String, usize)>,
    /// Whether the buckets hold anything.
    #[serde(default)]
    full: bool,
    /// The policy of the buckets that are there.
    #[serde(default)]
    policy: Option<String>,
    /// Whether the bucket of the functions' code has to be made, and is known late.
    #[serde(default)]
    new_bucket: bool,
    /// How many invocations Lambda runs for the account at once.
    #[serde(default = "usual_concurrency")]
    concurrency: u32,
    expect: Expect,
}

fn usual_concurrency() -> u32 {
    1000
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Answer {
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
    /// The template as the deployer itself renders it: what is deployed is what would be.
    Rendered,
    /// An error: HTTP status, code, message.
    Error(u16, String, String),
    /// The connection is closed without an answer.
    Cut,
    /// Just yes.
    Ok,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    exit: i32,
    /// Texts that stdout must hold.
    #[serde(default)]
    stdout: Vec<String>,
    /// Texts that stderr must hold, in this order.
    #[serde(default)]
    stderr: Vec<String>,
    /// Actions that must have been called, in this order; others may stand between.
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

/// What the server remembers of a conversation.
#[derive(Default)]
struct Conversation {
    calls: Vec<String>,
    bodies: String,
    /// The calls to the bucket of the functions' code.
    artifacts: Vec<String>,
    pid: Option<u32>,
}

#[test]
fn every_scenario_ends_as_it_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 45, "{} scenarios", files.len());
    // Most of a scenario is waiting for the next retry: they run side by side.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = files.iter().map(|file| scope.spawn(|| check(file))).collect();
        running.into_iter().filter_map(|scenario| scenario.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is wrong with the scenario in `file`.
fn check(file: &Path) -> Option<String> {
    let scenario = serde_yaml::from_str(&std::fs::read_to_string(file).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    run(&scenario).err().map(|problem| format!("{}: {problem}", file.display()))
}

fn run(scenario: &Scenario) -> Result<(), String> {
    let conversation = Arc::new(Mutex::new(Conversation::default()));
    let heard = Arc::clone(&conversation);
    let told = scenario.clone();
    let endpoint = testkit::http::serve(move |request| answer(&request, &told, &heard));
    let deployer = Deployer::on(&endpoint).file("deployer.yaml", testkit::for_this_machine());
    let zip = write_zip(deployer.folder());
    // The same program serves for every function: none of them is run.
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
        let heard = conversation.lock().unwrap();
        (heard.calls.clone(), heard.bodies.clone())
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
            None => return Err(format!("stderr lacks {text:?} in its place\n{seen}")),
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
            return Err(format!("{action} was not called in its place\n{seen}"));
        }
    }
    match expect.never.iter().find(|action| calls.contains(action)) {
        Some(action) => Err(format!("{action} was called\n{seen}")),
        None => Ok(()),
    }
}

/// A zip whose `bootstrap` is a program of this machine.
fn write_zip(folder: &Path) -> String {
    let path = folder.join("thumbnail.zip");
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .unix_permissions(0o755);
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    zip.start_file("bootstrap", options).unwrap();
    zip.write_all(&std::fs::read("/bin/true").unwrap()).unwrap();
    zip.finish().unwrap();
    path.to_str().unwrap().to_owned()
}

/// The answer to one request.
fn answer(request: &Request, scenario: &Scenario, heard: &Mutex<Conversation>) -> Reply {
    let Request { head, body, .. } = request;
    let parameter = |name: &str| {
        body.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(str::to_owned)
    };
    let Some(action) = parameter("Action") else {
        if scenario.new_bucket && head.contains("-artifacts-") {
            let mut heard = heard.lock().unwrap();
            return new_bucket(head, &mut heard.artifacts);
        }
        return lambda_or_s3(head, scenario);
    };
    if action == "GetCallerIdentity" {
        return aws::identity();
    }
    let (count, pid) = {
        let mut heard = heard.lock().unwrap();
        heard.calls.push(action.clone());
        heard.bodies.push_str(body);
        (heard.calls.iter().filter(|call| **call == action).count(), heard.pid)
    };
    for (signal, when) in [("-INT", &scenario.interrupt), ("-TERM", &scenario.terminate)] {
        if when.contains(&(action.clone(), count)) {
            Command::new("kill").args([signal, &pid.unwrap().to_string()]).status().unwrap();
        }
    }
    let answer = scenario.answers.get(&action).and_then(|list| list.get(count - 1).or(list.last())).cloned();
    let answer = answer.or(match action.as_str() {
        "GetTemplate" => Some(Answer::Xml("<TemplateBody>{}</TemplateBody>".to_owned())),
        "ListChangeSets" => Some(Answer::Xml("<Summaries></Summaries>".to_owned())),
        // As where the caller may not ask.
        "DescribeEvents" => Some(Answer::Error(403, "AccessDenied".to_owned(), "no".to_owned())),
        _ => None,
    });
    match answer.unwrap_or_else(|| panic!("the scenario has no answer to {action}")) {
        Answer::Cut => Reply::cut(),
        Answer::Error(status, code, message) => aws::query_error(status, &code, &message),
        answer => aws::result(&action, &xml(&answer)),
    }
}

/// Lambda, which tells the account's limit; and S3: whatever is looked for is there, whatever is sent is taken, and nothing
/// was ever hotswapped.
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

/// Fails if an upload to the artifacts bucket does not name the bucket's owner: the functions' code comes from there.
fn check_owner(head: &str) {
    let target = head.strip_prefix("PUT /").and_then(|rest| rest.split(['?', ' ']).next());
    if target.is_some_and(|target| target.trim_end_matches('/').contains('/')) {
        assert!(head.contains("x-amz-expected-bucket-owner: "), "{head}");
    }
}

/// A bucket that is being made: S3 is still at deleting an earlier one, and does not know the new one everywhere at once.
fn new_bucket(head: &str, heard: &mut Vec<String>) -> Reply {
    check_owner(head);
    let call: Vec<&str> = head.split([' ', '?']).take(3).collect();
    let call = call.join(" ");
    let is_first = !heard.contains(&call);
    heard.push(call);
    match head.split(' ').next() {
        Some("HEAD") => Reply::new(404, ""),
        Some("PUT") if is_first => {
            let code = if heard.len() < 3 { "OperationAborted" } else { "NoSuchBucket" };
            Reply::new(409, format!("<Error><Code>{code}</Code></Error>"))
        }
        Some("GET") => aws::s3_error(404, "NoSuchKey"),
        _ => Reply::new(200, ""),
    }
}

/// The template that the deployer renders without a configuration.
fn rendered() -> String {
    let template = Deployer::new().args(["render"]).succeeds().stdout;
    template.replace('&', "&amp;").replace('<', "&lt;")
}

const STACK_ID: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/thumbnail-generator/1";
const TIME: &str = "2026-11-24T00:00:00Z";

fn xml(answer: &Answer) -> String {
    match answer {
        Answer::Ok => format!(
            "<Id>arn:aws:cloudformation:eu-central-1:111122223333:changeSet/c/1</Id><StackId>{STACK_ID}</StackId>"
        ),
        Answer::Stack(status) => format!(
            "<Stacks><member><StackName>thumbnail-generator</StackName><StackId>{STACK_ID}</StackId>\
             <CreationTime>{TIME}</CreationTime><StackStatus>{status}</StackStatus></member></Stacks>"
        ),
        Answer::Events(events) => {
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
        Answer::Changes { status, reason, changes } => {
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
        Answer::Xml(xml) => xml.clone(),
        Answer::Rendered => format!("<TemplateBody>{}</TemplateBody>", rendered()),
        Answer::Error(..) | Answer::Cut => unreachable!("answered elsewhere"),
    }
}
