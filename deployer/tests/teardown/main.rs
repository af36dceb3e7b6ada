//! `down` against an AWS of a few buckets, a stack and a key: whatever refuses, and wherever it is ended, nothing is
//! destroyed before CloudFormation has deleted the stack, and the next `down` goes on to the end.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod http;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::http::{Reply, Request};

const STACK_ID: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/thumbnail-generator/1";
const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1";

/// The calls that change something, in the order in which a `down` makes them.
const CHANGES: [&str; 4] = ["DeleteStack", "DeleteObjects", "ScheduleKeyDeletion", "DeleteBucket"];

fn bucket(role: &str) -> String {
    format!("thumbnail-generator-{role}-111122223333-eu-central-1")
}

/// What there is, and how it behaves.
struct World {
    /// The stack's status; none when it is gone.
    stack: Option<&'static str>,
    /// What DeleteStack leads to, or the code with which it is refused.
    deletion: Result<&'static str, &'static str>,
    protected: bool,
    /// The keys of the objects in each bucket.
    buckets: BTreeMap<String, Vec<String>>,
    key_state: &'static str,
    /// The description of the key.
    key_of: &'static str,
    /// What is called for the given time (from 1), and how that is answered instead.
    faults: Vec<(&'static str, usize, Fault)>,
    calls: Vec<String>,
    /// What was destroyed too early.
    wrong: Vec<String>,
    pid: Option<u32>,
}

#[derive(Clone)]
enum Fault {
    /// An error of the whole request.
    Error(u16, &'static str),
    /// DeleteObjects answers 200 with this for each key.
    EachKey(&'static str),
    /// This signal is sent to the deployer, and the call is answered as always.
    Signal(&'static str),
    /// An access log comes after all.
    LateLog,
    /// HeadBucket still tells of a bucket that is gone.
    StillThere,
}

impl World {
    /// A stack with a key and an object in each bucket.
    fn new() -> Self {
        let buckets = ["originals", "thumbnails", "catalog", "access-logs", "artifacts"];
        let content = || vec!["one".to_owned(), "two".to_owned()];
        Self {
            stack: Some("CREATE_COMPLETE"),
            deletion: Ok("DELETE_COMPLETE"),
            protected: false,
            buckets: buckets.map(|role| (bucket(role), content())).into(),
            key_state: "Enabled",
            key_of: "Encrypts what the stack thumbnail-generator stores.",
            faults: Vec::new(),
            calls: Vec::new(),
            wrong: Vec::new(),
            pid: None,
        }
    }

    fn objects(&self) -> usize {
        self.buckets.values().map(Vec::len).sum()
    }

    fn data_objects(&self) -> usize {
        let data = self.buckets.iter().filter(|(name, _)| !name.contains("artifacts"));
        data.map(|(_, objects)| objects.len()).sum()
    }

    fn is_gone(&self) -> bool {
        self.stack.is_none() && self.buckets.is_empty() && self.key_state == "PendingDeletion"
    }

    /// Notes a call, and gives the fault that belongs to it.
    fn call(&mut self, name: &str) -> Option<Fault> {
        self.calls.push(name.to_owned());
        let count = self.calls.iter().filter(|call| *call == name).count();
        let fault = self.faults.iter().find(|(call, at, _)| *call == name && *at == count)?.2.clone();
        if let Fault::Signal(signal) = fault {
            Command::new("kill").args([signal, &self.pid.unwrap().to_string()]).status().unwrap();
            return None;
        }
        Some(fault)
    }

    fn answer(&mut self, request: &Request) -> Reply {
        let Request { head, body } = request;
        if let Some(action) = body.strip_prefix("Action=").and_then(|rest| rest.split('&').next()) {
            return self.query(action, body.contains("StackName=arn"));
        }
        if head.contains("TrentService.") {
            return self.kms(head);
        }
        self.s3(head, body)
    }

    fn query(&mut self, action: &str, is_by_id: bool) -> Reply {
        if action == "GetCallerIdentity" {
            let identity = "<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/me</Arn>";
            return result(action, identity);
        }
        let fault = self.call(action);
        if let Some(Fault::Error(status, code)) = fault {
            return query_error(status, code);
        }
        match action {
            "DescribeStacks" => {
                // A deleted stack answers to its id alone.
                let status = self.stack.or(is_by_id.then_some("DELETE_COMPLETE"));
                let Some(status) = status else { return query_error(400, "ValidationError") };
                let answer = result(action, &self.described(status));
                if status == "DELETE_IN_PROGRESS" {
                    self.stack = self.deletion.ok().filter(|end| *end != "DELETE_COMPLETE");
                }
                answer
            }
            "DescribeStackEvents" => result(action, "<StackEvents></StackEvents>"),
            "DeleteStack" => match self.deletion {
                Ok(_) => {
                    self.stack = Some("DELETE_IN_PROGRESS");
                    result(action, "")
                }
                Err(code) => query_error(403, code),
            },
            _ => query_error(403, "AccessDenied"),
        }
    }

    fn described(&self, status: &str) -> String {
        let outputs: String = [
            ("OriginalsBucket", bucket("originals")),
            ("ThumbnailsBucket", bucket("thumbnails")),
            ("CatalogBucket", bucket("catalog")),
            ("AccessLogsBucket", bucket("access-logs")),
            ("KeyArn", KEY.to_owned()),
        ]
        .map(|(name, value)| {
            format!("<member><OutputKey>{name}</OutputKey><OutputValue>{value}</OutputValue></member>")
        })
        .concat();
        format!(
            "<Stacks><member><StackName>thumbnail-generator</StackName><StackId>{STACK_ID}</StackId>\
             <CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>{status}</StackStatus>\
             <EnableTerminationProtection>{}</EnableTerminationProtection><Outputs>{outputs}</Outputs></member></Stacks>",
            self.protected
        )
    }

    fn kms(&mut self, head: &str) -> Reply {
        if head.contains("DescribeKey") {
            let metadata =
                json!({"KeyId": "1", "Arn": KEY, "Description": self.key_of, "KeyState": self.key_state});
            return Reply::Whole(200, json!({ "KeyMetadata": metadata }).to_string());
        }
        self.call("ScheduleKeyDeletion");
        if self.stack.is_some() || self.data_objects() > 0 {
            self.wrong.push("the key, while something needs it".to_owned());
        }
        self.key_state = "PendingDeletion";
        Reply::Whole(200, json!({ "KeyId": KEY }).to_string())
    }

    fn s3(&mut self, head: &str, body: &str) -> Reply {
        let (method, rest) = head.split_once(' ').unwrap();
        let target = rest.split(' ').next().unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let name = path.trim_matches('/').to_owned();
        let exists = self.buckets.contains_key(&name);
        if method == "HEAD" {
            let still = matches!(self.call("HeadBucket"), Some(Fault::StillThere));
            return Reply::Whole(if exists || still { 200 } else { 404 }, String::new());
        }
        if !exists {
            return s3_error(404, "NoSuchBucket");
        }
        match (method, query) {
            ("GET", query) if query.contains("versions") => {
                let version =
                    |key: &String| format!("<Version><Key>{key}</Key><VersionId>1</VersionId></Version>");
                let versions: String = self.buckets[&name].iter().map(version).collect();
                Reply::Whole(200, format!("<ListVersionsResult>{versions}</ListVersionsResult>"))
            }
            ("GET", query) if query.contains("encryption") => {
                let algorithm = match name.contains("access-logs") || name.contains("artifacts") {
                    true => "<SSEAlgorithm>AES256</SSEAlgorithm>".to_owned(),
                    false => {
                        format!("<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>{KEY}</KMSMasterKeyID>")
                    }
                };
                let default = format!(
                    "<ApplyServerSideEncryptionByDefault>{algorithm}</ApplyServerSideEncryptionByDefault>"
                );
                let rule = format!("<Rule>{default}</Rule>");
                Reply::Whole(
                    200,
                    format!("<ServerSideEncryptionConfiguration>{rule}</ServerSideEncryptionConfiguration>"),
                )
            }
            ("GET", _) => {
                Reply::Whole(200, "<ListMultipartUploadsResult></ListMultipartUploadsResult>".to_owned())
            }
            ("POST", query) if query.contains("delete") => self.delete_objects(&name, body),
            ("DELETE", _) => {
                match self.call("DeleteBucket") {
                    Some(Fault::Error(status, code)) => return s3_error(status, code),
                    Some(Fault::LateLog) => self.buckets.get_mut(&name).unwrap().push("late".to_owned()),
                    _ => {}
                }
                if !self.buckets[&name].is_empty() {
                    return s3_error(409, "BucketNotEmpty");
                }
                self.buckets.remove(&name);
                Reply::Whole(204, String::new())
            }
            _ => panic!("{head}"),
        }
    }

    fn delete_objects(&mut self, name: &str, body: &str) -> Reply {
        let keys: Vec<&str> =
            body.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap()).collect();
        let objects = self.buckets[name].clone();
        let is_question = !keys.iter().any(|key| objects.iter().any(|object| object == key));
        let fault = self.call(if is_question { "MayDelete" } else { "DeleteObjects" });
        match fault {
            Some(Fault::Error(status, code)) => return s3_error(status, code),
            Some(Fault::EachKey(code)) => {
                let error = |key: &&str| {
                    format!("<Error><Key>{key}</Key><VersionId>1</VersionId><Code>{code}</Code></Error>")
                };
                // The others are deleted.
                let is_asked = |object: &String| keys[1..].contains(&object.as_str());
                self.buckets.get_mut(name).unwrap().retain(|object| !is_asked(object));
                let errors: String = keys.iter().take(1).map(error).collect();
                return Reply::Whole(200, format!("<DeleteResult>{errors}</DeleteResult>"));
            }
            _ => {}
        }
        if self.stack.is_some() && !is_question {
            self.wrong.push(format!("{keys:?} of {name}, while there is a stack"));
        }
        self.buckets.get_mut(name).unwrap().retain(|object| !keys.contains(&object.as_str()));
        Reply::Whole(200, "<DeleteResult></DeleteResult>".to_owned())
    }
}

fn result(action: &str, content: &str) -> Reply {
    Reply::Whole(
        200,
        format!("<{action}Response><{action}Result>{content}</{action}Result></{action}Response>"),
    )
}

fn query_error(status: u16, code: &str) -> Reply {
    let message = "Stack with id thumbnail-generator does not exist, or you may not";
    Reply::Whole(
        status,
        format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        ),
    )
}

fn s3_error(status: u16, code: &str) -> Reply {
    Reply::Whole(status, format!("<Error><Code>{code}</Code><Message>no</Message></Error>"))
}

/// A world that is served, in which the deployer is run.
struct Served {
    world: Arc<Mutex<World>>,
    endpoint: String,
}

impl Served {
    fn new(world: World) -> Self {
        let world = Arc::new(Mutex::new(world));
        let served = Arc::clone(&world);
        let endpoint = http::serve(move |request| served.lock().unwrap().answer(&request));
        Self { world, endpoint }
    }

    /// Runs `down`, and gives its exit code with what it says.
    fn down(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let home = tempfile::tempdir().unwrap();
        let mut world = self.world.lock().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_deployer"))
            .args(["down", "--yes"])
            .args(arguments)
            .current_dir(home.path())
            .env_clear()
            .envs([
                ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
                ("AWS_REGION", "eu-central-1"),
                ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "secret"),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        world.pid = Some(child.id());
        drop(world);
        let output = child.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        let wrong = &self.world.lock().unwrap().wrong;
        assert!(wrong.is_empty(), "{wrong:?}\n{said}");
        (output.status.code(), said)
    }

    fn with<T>(&self, of: impl FnOnce(&mut World) -> T) -> T {
        of(&mut self.world.lock().unwrap())
    }
}

#[test]
fn the_stack_goes_first_then_what_it_retains_and_the_key() {
    let served = Served::new(World::new());
    let (code, said) = served.down(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("10 objects were deleted") && said.contains("key/1 is deleted in 30 days"),
        "{said}"
    );
    served.with(|world| {
        assert!(world.is_gone(), "{:?}", world.buckets);
        let at = |name: &str| world.calls.iter().position(|call| call == name).unwrap();
        assert!(CHANGES.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{:?}", world.calls);
    });
    // And again there is nothing to do.
    let (code, said) = served.down(&[]);
    assert!(code == Some(0) && said.contains("0 objects"), "{said}");
}

#[test]
fn whatever_refuses_is_asked_before_anything_is_lost() {
    type Change = fn(&mut World);
    let refusals: [(&str, Change, &str); 6] = [
        ("termination protection", |world| world.protected = true, "update-termination-protection"),
        (
            "a missing right to delete the stack",
            |world| world.deletion = Err("AccessDenied"),
            "deployer doctor",
        ),
        (
            "the stack fails to be deleted",
            |world| world.deletion = Ok("DELETE_FAILED"),
            "its buckets and their key are as they were",
        ),
        (
            "a missing right to delete objects",
            |world| {
                world.faults = (1..=5).map(|at| ("MayDelete", at, Fault::EachKey("AccessDenied"))).collect()
            },
            "deployer doctor",
        ),
        (
            "an SCP against deleting objects",
            |world| {
                world.faults =
                    (1..=5).map(|at| ("MayDelete", at, Fault::Error(403, "AccessDenied"))).collect()
            },
            "deployer doctor",
        ),
        (
            "the stack is changed by others",
            |world| world.deletion = Err("ValidationError"),
            "cannot delete the stack",
        ),
    ];
    for (what, change, hint) in refusals {
        let mut world = World::new();
        change(&mut world);
        let served = Served::new(world);
        let (code, said) = served.down(&[]);
        assert!(code == Some(1) && said.contains(hint), "{what}: {said}");
        served.with(|world| {
            assert_eq!((world.objects(), world.key_state), (10, "Enabled"), "{what}");
            assert!(!world.calls.iter().any(|call| call == "DeleteObjects"), "{what}");
            let is_probed = world.calls.iter().any(|call| call == "MayDelete");
            assert_ne!(is_probed, world.protected, "{what}");
        });
    }
}

#[test]
fn a_down_that_was_ended_anywhere_is_gone_on_with() {
    let served = Served::new(World::new());
    served.down(&[]);
    let calls = served.with(|world| world.calls.clone());
    let points: Vec<(&str, usize)> = CHANGES
        .into_iter()
        .flat_map(|name| (1..=calls.iter().filter(|call| *call == name).count()).map(move |at| (name, at)))
        .collect();
    assert!(points.len() > 10, "{points:?}");
    // Most of it is waiting.
    std::thread::scope(|scope| {
        for signal in ["-INT", "-KILL"] {
            for point in &points {
                scope.spawn(move || {
                    let mut world = World::new();
                    world.faults = vec![(point.0, point.1, Fault::Signal(signal))];
                    let served = Served::new(world);
                    let (code, said) = served.down(&[]);
                    if signal == "-INT" && code != Some(0) {
                        assert_eq!(code, Some(130), "{point:?}: {said}");
                        assert!(said.contains("hint: `deployer down` "), "{point:?}: {said}");
                        let where_it_is = if point.0 == "DeleteStack" {
                            "its buckets are as they were"
                        } else {
                            "the stack is gone, not yet all of its buckets"
                        };
                        assert!(said.contains(where_it_is), "{point:?}: {said}");
                    }
                    let (code, said) = served.down(&[]);
                    assert_eq!(code, Some(0), "{signal} at {point:?}: {said}");
                    served
                        .with(|world| assert!(world.is_gone(), "{signal} at {point:?}: {:?}", world.buckets));
                });
            }
        }
    });
}

#[test]
fn the_weather_of_s3_is_sat_out() {
    let mut world = World::new();
    world.faults = vec![
        ("DeleteObjects", 1, Fault::EachKey("InternalError")),
        ("DeleteObjects", 2, Fault::EachKey("SlowDown")),
        ("DeleteBucket", 1, Fault::LateLog),
        ("DeleteBucket", 2, Fault::Error(409, "OperationAborted")),
        ("HeadBucket", 1, Fault::StillThere),
        ("HeadBucket", 2, Fault::StillThere),
    ];
    let served = Served::new(world);
    let (code, said) = served.down(&[]);
    assert_eq!(code, Some(0), "{said}");
    served.with(|world| assert!(world.is_gone(), "{:?}", world.buckets));

    // What never gets better is no missing permission.
    let mut world = World::new();
    world.stack = None;
    world.faults = (1..=100).map(|at| ("DeleteObjects", at, Fault::EachKey("SlowDown"))).collect();
    let (code, said) = Served::new(world).down(&[]);
    assert!(code == Some(1) && said.contains("(SlowDown)") && !said.contains("permission"), "{said}");
}

#[test]
fn kept_data_keep_their_key_and_their_flag() {
    let mut world = World::new();
    world.faults = vec![("DeleteStack", 1, Fault::Signal("-INT"))];
    let served = Served::new(world);
    let (code, said) = served.down(&["--keep-data"]);
    assert!(code == Some(130) && said.contains("hint: `deployer down --keep-data` waits for that"), "{said}");
    let (code, said) = served.down(&["--keep-data"]);
    assert!(code == Some(0) && said.contains("key/1 stays"), "{said}");
    served.with(|world| assert_eq!((world.data_objects(), world.key_state), (8, "Enabled")));
    // Later all goes, and the buckets tell of the key that no stack tells of any more.
    let (code, said) = served.down(&[]);
    assert!(code == Some(0) && said.contains("key/1 goes, 30 days later"), "{said}");
    served.with(|world| assert!(world.is_gone(), "{:?}", world.buckets));
}

#[test]
fn a_key_of_somebody_else_is_not_deleted_with_the_buckets() {
    let mut world = World::new();
    (world.stack, world.key_of) = (None, "The company's.");
    let served = Served::new(world);
    let (code, said) = served.down(&[]);
    assert_eq!(code, Some(0), "{said}");
    served.with(|world| assert_eq!((world.buckets.len(), world.key_state), (0, "Enabled")));
}
