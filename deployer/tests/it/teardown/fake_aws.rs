//! A fake AWS with a few buckets, a stack and a key, and runs of the deployer against it.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::teardown::{KEY, STACK_ID, bucket};
use testkit::Deployer;
use testkit::aws::{identity, output, query_error, result, s3_error};
use testkit::http::{Reply, Request};

/// The resources of the fake AWS, and its faults.
pub(crate) struct FakeAws {
    /// The status of the stack, or `None` if it was deleted.
    pub(crate) stack: Option<&'static str>,
    /// The status after DeleteStack, or the error code of DeleteStack.
    pub(crate) deletion_result: Result<&'static str, &'static str>,
    pub(crate) protected: bool,
    /// The keys of the objects in each bucket.
    pub(crate) buckets: BTreeMap<String, Vec<String>>,
    /// The stack that created each bucket with a configured name.
    pub(crate) tags: BTreeMap<String, &'static str>,
    /// The name of the originals bucket.
    pub(crate) originals: String,
    /// The list of leftovers that `down` stored in the artifacts bucket.
    pub(crate) leftovers: Option<String>,
    /// A bucket whose listing cannot be read.
    pub(crate) unreadable: Option<String>,
    pub(crate) key_state: &'static str,
    /// The description of the key.
    pub(crate) key_description: &'static str,
    /// The faults: the call, its number (from 1), and the fault.
    pub(crate) faults: Vec<(&'static str, usize, Fault)>,
    pub(crate) calls: Vec<String>,
    /// The resources that were deleted too early.
    pub(crate) deleted_too_early: Vec<String>,
    pub(crate) pid: Option<u32>,
}

#[derive(Clone)]
pub(crate) enum Fault {
    /// The whole request fails.
    Error(u16, &'static str),
    /// DeleteObjects returns 200 with this error for the first key.
    EachKey(&'static str),
    /// The deployer receives this signal, and the call succeeds.
    Signal(&'static str),
    /// S3 delivers a late access log.
    LateLog,
    /// HeadBucket still reports a deleted bucket.
    StillThere,
}

impl FakeAws {
    /// Returns a stack with a key and two objects in each bucket.
    pub(crate) fn new() -> Self {
        let buckets = ["originals", "thumbnails", "catalog", "access-logs", "artifacts"];
        let content = || vec!["one".to_owned(), "two".to_owned()];
        Self {
            stack: Some("CREATE_COMPLETE"),
            deletion_result: Ok("DELETE_COMPLETE"),
            protected: false,
            buckets: buckets.map(|role| (bucket(role), content())).into(),
            tags: BTreeMap::new(),
            originals: bucket("originals"),
            leftovers: None,
            unreadable: None,
            key_state: "Enabled",
            key_description: "Encrypts what the stack thumbnail-generator stores.",
            faults: Vec::new(),
            calls: Vec::new(),
            deleted_too_early: Vec::new(),
            pid: None,
        }
    }

    pub(crate) fn objects(&self) -> usize {
        self.buckets.values().map(Vec::len).sum()
    }

    pub(crate) fn data_objects(&self) -> usize {
        let data = self.buckets.iter().filter(|(name, _)| !name.contains("artifacts"));
        data.map(|(_, objects)| objects.len()).sum()
    }

    pub(crate) fn is_deleted(&self) -> bool {
        self.stack.is_none() && self.buckets.is_empty() && self.key_state == "PendingDeletion"
    }

    /// Records a call, and returns its fault.
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
        let Request { head, body, .. } = request;
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
            return identity();
        }
        let fault = self.call(action);
        if let Some(Fault::Error(status, code)) = fault {
            return query_error(status, code, REFUSAL);
        }
        match action {
            "DescribeStacks" => {
                // A deleted stack is found only by its ID.
                let status = self.stack.or(is_by_id.then_some("DELETE_COMPLETE"));
                let Some(status) = status else { return query_error(400, "ValidationError", REFUSAL) };
                let answer = result(action, &self.described(status));
                if status == "DELETE_IN_PROGRESS" {
                    self.stack = self.deletion_result.ok().filter(|end| *end != "DELETE_COMPLETE");
                }
                answer
            }
            "DescribeStackEvents" => result(action, "<StackEvents></StackEvents>"),
            "DeleteStack" => match self.deletion_result {
                Ok(_) => {
                    self.stack = Some("DELETE_IN_PROGRESS");
                    result(action, "")
                }
                Err(code) => query_error(403, code, REFUSAL),
            },
            _ => query_error(403, "AccessDenied", REFUSAL),
        }
    }

    fn described(&self, status: &str) -> String {
        let outputs: String = [
            ("OriginalsBucket", self.originals.clone()),
            ("ThumbnailsBucket", bucket("thumbnails")),
            ("CatalogBucket", bucket("catalog")),
            ("AccessLogsBucket", bucket("access-logs")),
            ("KeyArn", KEY.to_owned()),
        ]
        .map(|(name, value)| output(name, &value))
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
            let metadata = json!({"KeyId": "1", "Arn": KEY, "Description": self.key_description, "KeyState": self.key_state});
            return Reply::new(200, json!({ "KeyMetadata": metadata }).to_string());
        }
        self.call("ScheduleKeyDeletion");
        if self.stack.is_some() || self.data_objects() > 0 {
            self.deleted_too_early.push("the key, although objects need it".to_owned());
        }
        self.key_state = "PendingDeletion";
        Reply::new(200, json!({ "KeyId": KEY }).to_string())
    }

    fn s3(&mut self, head: &str, body: &str) -> Reply {
        let (method, rest) = head.split_once(' ').unwrap();
        let target = rest.split(' ').next().unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let name = path.trim_matches('/').to_owned();
        if let Some((bucket, "thumbnail-generator/down.json")) = name.split_once('/') {
            if !self.buckets.contains_key(bucket) {
                return s3_error(404, "NoSuchBucket");
            }
            assert!(head.contains("x-amz-expected-bucket-owner: 111122223333"), "{head}");
            if method == "PUT" {
                self.leftovers = Some(body.to_owned());
            }
            return match &self.leftovers {
                Some(note) => Reply::new(200, note.clone()),
                None => s3_error(404, "NoSuchKey"),
            };
        }
        let exists = self.buckets.contains_key(&name);
        if method == "HEAD" {
            let still = matches!(self.call("HeadBucket"), Some(Fault::StillThere));
            return Reply::new(if exists || still { 200 } else { 404 }, "");
        }
        if !exists {
            return s3_error(404, "NoSuchBucket");
        }
        match (method, query) {
            ("GET", query) if query.contains("versions") && self.unreadable.as_ref() == Some(&name) => {
                Reply::new(200, "<ListVersionsResult><Version><Key>\u{1}</Key>&")
            }
            ("GET", query) if query.contains("versions") => {
                let version =
                    |key: &String| format!("<Version><Key>{key}</Key><VersionId>1</VersionId></Version>");
                let prefix = query.split("prefix=").nth(1).and_then(|rest| rest.split('&').next());
                let prefix = prefix.unwrap_or_default().replace("%2F", "/");
                let listed = self.buckets[&name].iter().filter(|key| key.starts_with(&prefix));
                let versions: String = listed.map(version).collect();
                Reply::new(200, format!("<ListVersionsResult>{versions}</ListVersionsResult>"))
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
                Reply::new(
                    200,
                    format!("<ServerSideEncryptionConfiguration>{rule}</ServerSideEncryptionConfiguration>"),
                )
            }
            ("GET", query) if query.contains("tagging") => match self.tags.get(&name) {
                None => s3_error(404, "NoSuchTagSet"),
                Some(stack) => {
                    let tag = format!("<Key>aws:cloudformation:stack-name</Key><Value>{stack}</Value>");
                    Reply::new(200, format!("<Tagging><TagSet><Tag>{tag}</Tag></TagSet></Tagging>"))
                }
            },
            ("GET", _) => Reply::new(200, "<ListMultipartUploadsResult></ListMultipartUploadsResult>"),
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
                if name.contains("artifacts") {
                    self.leftovers = None;
                }
                Reply::new(204, "")
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
                return Reply::new(200, format!("<DeleteResult>{errors}</DeleteResult>"));
            }
            _ => {}
        }
        if self.stack.is_some() && !is_question {
            self.deleted_too_early.push(format!("{keys:?} of {name}, although the stack exists"));
        }
        self.buckets.get_mut(name).unwrap().retain(|object| !keys.contains(&object.as_str()));
        Reply::new(200, "<DeleteResult></DeleteResult>")
    }
}

/// The error message of CloudFormation.
const REFUSAL: &str = "Stack with id thumbnail-generator does not exist, or you may not";

/// A server of the fake AWS, against which the deployer runs.
pub(crate) struct FakeAwsServer {
    pub(crate) fake_aws: Arc<Mutex<FakeAws>>,
    pub(crate) endpoint: String,
    /// The configuration of the deployer.
    pub(crate) settings: &'static str,
}

impl FakeAwsServer {
    pub(crate) fn new(fake_aws: FakeAws) -> Self {
        let fake_aws = Arc::new(Mutex::new(fake_aws));
        let server = Arc::clone(&fake_aws);
        let endpoint = testkit::http::serve(move |request| server.lock().unwrap().answer(&request));
        Self { fake_aws, endpoint, settings: "" }
    }

    /// Runs `down`, and returns its exit code and output.
    pub(crate) fn down(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let down = Deployer::on(&self.endpoint).file("deployer.yaml", self.settings);
        let down = down.args(["down", "--yes"]).args(arguments);
        let mut fake_aws = self.fake_aws.lock().unwrap();
        let child = down.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        fake_aws.pid = Some(child.id());
        drop(fake_aws);
        let output = child.wait_with_output().unwrap();
        let report = [output.stdout, output.stderr].concat();
        let report = String::from_utf8_lossy(&report).into_owned();
        let deleted_too_early = &self.fake_aws.lock().unwrap().deleted_too_early;
        assert!(deleted_too_early.is_empty(), "{deleted_too_early:?}\n{report}");
        (output.status.code(), report)
    }

    pub(crate) fn with<T>(&self, of: impl FnOnce(&mut FakeAws) -> T) -> T {
        of(&mut self.fake_aws.lock().unwrap())
    }
}
