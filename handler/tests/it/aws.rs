//! The fake services that the functions call: S3, SQS, SNS, EventBridge, Secrets Manager, and Bedrock, with faults by
//! script.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use testkit::Fault;
use testkit::aws::result;
use testkit::http::{Reply, Request, serve};
use testkit::s3::{self, Store};
use tokio::sync::watch;

use crate::events;
use crate::roles;

/// The number of keys in a page of a listing. It is small, so that listings have several pages.
pub(crate) const PAGE: usize = 3;

/// The services.
pub(crate) struct Aws {
    pub(crate) endpoint: String,
    shared: Arc<Shared>,
}

struct Shared {
    store: Mutex<Store>,
    script: Mutex<Script>,
    seen: watch::Sender<Vec<Call>>,
    published: Mutex<Vec<HashMap<String, String>>>,
    sent: Mutex<Vec<SentMessage>>,
    events: Mutex<Vec<events::SentEvent>>,
    /// The number of further entries of PutEvents to refuse.
    refused: Mutex<usize>,
    model: Mutex<Model>,
    /// The values of the secret, by stage.
    secret: Mutex<HashMap<&'static str, String>>,
}

/// A message that a function has sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SentMessage {
    pub(crate) queue: String,
    pub(crate) body: Value,
    pub(crate) delay: u64,
    /// Its attributes in the form that a function receives.
    pub(crate) attributes: Value,
}

/// The model: returns a status, the error's code, and the body for a request.
type Model = Box<dyn FnMut(&Value) -> (u16, &'static str, Value) + Send>;

type Script = Box<dyn FnMut(&Call) -> Fault + Send>;

/// A call that a function has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// The bucket; empty for a call to SNS or SQS.
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) version_id: Option<String>,
    /// The operation, in a call to SQS or EventBridge: `AWSEvents.PutEvents`.
    pub(crate) target: String,
    /// The session token of the process that made the call; empty if it has none.
    pub(crate) session: String,
}

/// The target of a call to Secrets Manager that reads a secret.
pub(crate) const GET_SECRET: &str = "secretsmanager.GetSecretValue";

impl Call {
    /// Returns the call that `request` makes.
    pub(crate) fn from_request(request: &Request) -> Self {
        let (bucket, key) = s3::address(request);
        let target = request.header("x-amz-target").unwrap_or_default().to_owned();
        let version_id = request.parameter("versionId");
        let session = request.header("x-amz-security-token").unwrap_or_default().to_owned();
        Self { method: request.method().to_owned(), bucket, key, version_id, target, session }
    }
}

impl Aws {
    pub(crate) fn start() -> Self {
        let shared = Arc::new(Shared {
            store: Mutex::new(Store::with_pages_of(PAGE)),
            script: Mutex::new(Box::new(|_| Fault::None)),
            seen: watch::channel(Vec::new()).0,
            published: Mutex::default(),
            sent: Mutex::default(),
            events: Mutex::default(),
            refused: Mutex::default(),
            model: Mutex::new(Box::new(|_| (500, "InternalServerException", json!({})))),
            secret: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let endpoint = serve(move |request| reply(&serving, &request));
        Self { endpoint, shared }
    }

    /// Reads or changes the store without recording a call.
    pub(crate) fn store<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        work(&mut self.shared.store.lock().unwrap())
    }

    /// From now on, `script` determines the fault of each call.
    pub(crate) fn script(&self, script: impl FnMut(&Call) -> Fault + Send + 'static) {
        *self.shared.script.lock().unwrap() = Box::new(script);
    }

    /// Applies `fault` to the first `times` calls that `wanted` accepts.
    pub(crate) fn fail(&self, mut times: u32, fault: Fault, wanted: impl Fn(&Call) -> bool + Send + 'static) {
        self.script(move |call| {
            if times == 0 || !wanted(call) {
                return Fault::None;
            }
            times -= 1;
            fault
        });
    }

    /// Changes the store at the first call that `wanted` accepts, before the call has its effect.
    pub(crate) fn change_store_at(
        &self,
        wanted: impl Fn(&Call) -> bool + Send + 'static,
        change: impl FnOnce(&mut Store) + Send + 'static,
    ) {
        let shared = Arc::downgrade(&self.shared);
        let mut change = Some(change);
        self.script(move |call| {
            if wanted(call)
                && let (Some(shared), Some(change)) = (shared.upgrade(), change.take())
            {
                change(&mut shared.store.lock().unwrap());
            }
            Fault::None
        });
    }

    /// From now on, `model` replies to the requests to Bedrock.
    pub(crate) fn model(&self, model: impl FnMut(&Value) -> (u16, &'static str, Value) + Send + 'static) {
        *self.shared.model.lock().unwrap() = Box::new(model);
    }

    /// Makes `key` the current version of the secret, and the current version the previous one.
    pub(crate) fn rotate(&self, key: &str) {
        let mut secret = self.shared.secret.lock().unwrap();
        if let Some(previous) = secret.insert("AWSCURRENT", key.to_owned()) {
            secret.insert("AWSPREVIOUS", previous);
        }
    }

    /// Returns all calls so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.seen.borrow().clone()
    }

    /// Waits for a call that `wanted` accepts.
    pub(crate) async fn wait_for_call(&self, wanted: impl Fn(&Call) -> bool) {
        let mut seen = self.shared.seen.subscribe();
        let called = seen.wait_for(|calls| calls.iter().any(&wanted));
        tokio::time::timeout(Duration::from_secs(20), called)
            .await
            .expect("the functions did not make the call")
            .unwrap();
    }

    /// Returns the messages that were sent so far.
    pub(crate) fn sent(&self) -> Vec<SentMessage> {
        self.shared.sent.lock().unwrap().clone()
    }

    /// Returns the events that were accepted so far.
    pub(crate) fn events(&self) -> Vec<events::SentEvent> {
        self.shared.events.lock().unwrap().clone()
    }

    /// Refuses the first `count` entries of PutEvents.
    pub(crate) fn refuse_entries(&self, count: usize) {
        *self.shared.refused.lock().unwrap() = count;
    }

    /// Returns the parameters of the calls that published something.
    pub(crate) fn published(&self) -> Vec<HashMap<String, String>> {
        self.shared.published.lock().unwrap().clone()
    }
}

fn reply(shared: &Shared, request: &Request) -> Reply {
    let call = Call::from_request(request);
    roles::check(&call, request);
    let fault = shared.script.lock().unwrap()(&call);
    shared.seen.send_modify(|seen| seen.push(call.clone()));
    fault.apply(request, || {
        if call.key.ends_with("/converse") {
            converse(shared, request)
        } else if call.target == GET_SECRET {
            secret(shared, request)
        } else if call.target == "AWSEvents.PutEvents" {
            put_events(shared, request)
        } else if !call.target.is_empty() {
            send(shared, request)
        } else if call.bucket.is_empty() {
            publish(shared, request)
        } else {
            s3::reply(&mut shared.store.lock().unwrap(), request)
        }
    })
}

fn publish(shared: &Shared, request: &Request) -> Reply {
    let parameters = form(&request.body);
    assert_eq!(parameters["Action"], "Publish");
    shared.published.lock().unwrap().push(parameters);
    publish_reply()
}

/// Returns the reply of SNS to Publish.
pub(crate) fn publish_reply() -> Reply {
    result("Publish", "<MessageId>m</MessageId>")
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
fn send(shared: &Shared, request: &Request) -> Reply {
    let request: Value = serde_json::from_slice(&request.bytes).unwrap();
    let text = request["MessageBody"].as_str().unwrap();
    shared.sent.lock().unwrap().push(SentMessage {
        queue: request["QueueUrl"].as_str().unwrap().to_owned(),
        body: serde_json::from_str(text).unwrap(),
        delay: request["DelaySeconds"].as_u64().unwrap_or(0),
        attributes: attributes(&request),
    });
    Reply::new(200, json!({"MessageId": "m"}).to_string())
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
fn secret(shared: &Shared, request: &Request) -> Reply {
    let request: Value = serde_json::from_slice(&request.bytes).unwrap();
    assert_eq!(request["SecretId"], "secret");
    let secret = shared.secret.lock().unwrap();
    let (status, said) = match secret.get(request["VersionStage"].as_str().unwrap()) {
        Some(key) => (200, json!({"Name": "secret", "SecretString": key})),
        None => (400, json!({"__type": "ResourceNotFoundException", "Message": "no such stage"})),
    };
    Reply::new(status, said.to_string()).header("content-type", "application/x-amz-json-1.1")
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
fn put_events(shared: &Shared, request: &Request) -> Reply {
    let entries = entries(request);
    let mut refused = shared.refused.lock().unwrap();
    let refused_now = entries.len().min(*refused);
    *refused -= refused_now;
    shared.events.lock().unwrap().extend(entries[refused_now..].iter().map(events::SentEvent::from_entry));
    Reply::new(200, put_events_reply(refused_now, entries.len()).to_string())
}

/// Returns the entries of a PutEvents request. Panics if there are more than ten.
pub(crate) fn entries(request: &Request) -> Vec<Value> {
    let request: Value = serde_json::from_slice(&request.bytes).unwrap();
    let entries = request["Entries"].as_array().unwrap().clone();
    assert!((1..=10).contains(&entries.len()), "{} entries", entries.len());
    entries
}

/// Returns the reply to a PutEvents request with `count` entries, of which the first are `refused`.
pub(crate) fn put_events_reply(refused: usize, count: usize) -> Value {
    let entry = |i| match i < refused {
        true => json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "by script"}),
        false => json!({"EventId": format!("event-{i}")}),
    };
    json!({"FailedEntryCount": refused, "Entries": (0..count).map(entry).collect::<Vec<_>>()})
}

/// Returns the attributes of a message that `request` sends, in the form that a function receives.
pub(crate) fn attributes(request: &Value) -> Value {
    let sent = request["MessageAttributes"].as_object().into_iter().flatten();
    let received =
        |value: &Value| json!({"stringValue": value["StringValue"], "dataType": value["DataType"]});
    sent.map(|(name, value)| (name.clone(), received(value))).collect()
}

/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>
fn converse(shared: &Shared, request: &Request) -> Reply {
    let request = serde_json::from_slice(&request.bytes).unwrap();
    converse_reply(shared.model.lock().unwrap()(&request))
}

/// Returns Bedrock's reply with a status, an error's code, and a body.
pub(crate) fn converse_reply((status, code, said): (u16, &'static str, Value)) -> Reply {
    Reply::new(status, said.to_string())
        .header("content-type", "application/json")
        .header("x-amzn-errortype", code)
}

/// Returns the parameters of a form.
fn form(text: &str) -> HashMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned();
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(n, v)| (decode(n), decode(v)))
        .collect()
}
