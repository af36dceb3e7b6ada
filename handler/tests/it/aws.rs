//! S3, SNS and Bedrock as the functions speak to them, with faults by script.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use contract::key::encode_event_key;
use hyper::{Method, Request, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc2822;
use tokio::sync::watch;

use crate::events;
use crate::http::{Answer, Broken, Server, broken, whole};
use crate::roles;
use crate::store::{Store, Version};

/// How many keys a listing tells at a time, so that there is something to turn over.
const PAGE: usize = 3;

/// S3 and SNS.
pub(crate) struct Aws {
    pub(crate) server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    store: Mutex<Store>,
    script: Mutex<Script>,
    seen: watch::Sender<Vec<Call>>,
    published: Mutex<Vec<HashMap<String, String>>>,
    sent: Mutex<Vec<Sent>>,
    events: Mutex<Vec<events::Sent>>,
    /// How many entries of PutEvents are still refused.
    refused: Mutex<usize>,
    model: Mutex<Model>,
    /// The text of each version of the secret, by its stage.
    secret: Mutex<HashMap<&'static str, String>>,
}

/// A message that a function has sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) queue: String,
    pub(crate) body: Value,
    pub(crate) delay: u64,
    /// Its attributes, as a function receives them.
    pub(crate) attributes: Value,
}

/// What the model answers to a request: a status, the error's code, and the body.
type Model = Box<dyn FnMut(&Value) -> (u16, &'static str, Value) + Send>;

type Script = Box<dyn FnMut(&Call) -> Fault + Send>;

/// A call that has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The bucket; empty for a call to SNS.
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) version_id: Option<String>,
    /// The operation, in a call to SQS or EventBridge: `AWSEvents.PutEvents`.
    pub(crate) target: String,
}

/// What is done to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// An answer with this status and code, and no deed.
    Refuse(u16, &'static str),
    /// The deed, and a body that breaks off in its middle.
    Cut,
    /// The deed, and no answer.
    Drop,
    /// The deed and the answer, later.
    Delay(Duration),
    /// No deed and no answer, as long as the caller waits.
    Hang,
}

/// What a call of Secrets Manager says that it is.
pub(crate) const GET_SECRET: &str = "secretsmanager.GetSecretValue";

/// S3's way to ask for fewer calls.
pub(crate) const SLOW_DOWN: Fault = Fault::Refuse(503, "SlowDown");

impl Call {
    /// What `request` asks of S3.
    pub(crate) fn of(request: &Request<()>) -> Self {
        let decode = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let query = form(request.uri().query().unwrap_or_default());
        let path = request.uri().path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        Self {
            method: request.method().clone(),
            bucket: decode(bucket),
            key: decode(key),
            version_id: query.get("versionId").cloned(),
            target: target(request).to_owned(),
        }
    }
}

impl Aws {
    pub(crate) async fn start() -> Self {
        let shared = Arc::new(Shared {
            store: Mutex::default(),
            script: Mutex::new(Box::new(|_| Fault::None)),
            seen: watch::channel(Vec::new()).0,
            published: Mutex::default(),
            sent: Mutex::default(),
            events: Mutex::default(),
            refused: Mutex::default(),
            model: Mutex::new(Box::new(|_| (500, "InternalServerException", json!({})))),
            secret: Mutex::default(),
        });
        let serving = shared.clone();
        let server = Server::start(move |request, body| answer(serving.clone(), request, body)).await;
        Self { server, shared }
    }

    /// Looks into the store, or changes it behind the functions' backs.
    pub(crate) fn store<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        work(&mut self.shared.store.lock().unwrap())
    }

    /// Asks `script` about every call from now on.
    pub(crate) fn script(&self, script: impl FnMut(&Call) -> Fault + Send + 'static) {
        *self.shared.script.lock().unwrap() = Box::new(script);
    }

    /// Does `fault` to the first `times` calls that `wanted` accepts.
    pub(crate) fn fail(&self, mut times: u32, fault: Fault, wanted: impl Fn(&Call) -> bool + Send + 'static) {
        self.script(move |call| {
            if times == 0 || !wanted(call) {
                return Fault::None;
            }
            times -= 1;
            fault
        });
    }

    /// Changes the store when the first call has come that `wanted` accepts, before it is answered.
    pub(crate) fn meanwhile(
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

    /// Has Bedrock answer each request as `model` says.
    pub(crate) fn model(&self, model: impl FnMut(&Value) -> (u16, &'static str, Value) + Send + 'static) {
        *self.shared.model.lock().unwrap() = Box::new(model);
    }

    /// Makes `key` the current version of the secret, and the one before the previous.
    pub(crate) fn rotate(&self, key: &str) {
        let mut secret = self.shared.secret.lock().unwrap();
        if let Some(previous) = secret.insert("AWSCURRENT", key.to_owned()) {
            secret.insert("AWSPREVIOUS", previous);
        }
    }

    /// All calls so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.seen.borrow().clone()
    }

    /// Waits until a call has come that `wanted` accepts.
    pub(crate) async fn called(&self, wanted: impl Fn(&Call) -> bool) {
        let mut seen = self.shared.seen.subscribe();
        let called = seen.wait_for(|calls| calls.iter().any(&wanted));
        tokio::time::timeout(Duration::from_secs(20), called).await.expect("no such call came").unwrap();
    }

    /// The messages that were sent so far.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.shared.sent.lock().unwrap().clone()
    }

    /// The events that were taken so far.
    pub(crate) fn events(&self) -> Vec<events::Sent> {
        self.shared.events.lock().unwrap().clone()
    }

    /// Refuses the first `count` entries of PutEvents.
    pub(crate) fn refuse_entries(&self, count: usize) {
        *self.shared.refused.lock().unwrap() = count;
    }

    /// What was published, as the parameters of the calls.
    pub(crate) fn published(&self) -> Vec<HashMap<String, String>> {
        self.shared.published.lock().unwrap().clone()
    }
}

async fn answer(shared: Arc<Shared>, request: Request<()>, body: Bytes) -> Answer {
    let query = form(request.uri().query().unwrap_or_default());
    let call = Call::of(&request);
    roles::check(&call, &request, &body);
    let fault = shared.script.lock().unwrap()(&call);
    shared.seen.send_modify(|seen| seen.push(call.clone()));
    match fault {
        Fault::Refuse(status, code) => return refuse(&call, status, code),
        Fault::Hang => return pending().await,
        Fault::Delay(time) => tokio::time::sleep(time).await,
        Fault::None | Fault::Cut | Fault::Drop => {}
    }
    let answer = if call.key.ends_with("/converse") {
        converse(&shared, &body)
    } else if call.target == "AWSEvents.PutEvents" {
        put_events(&shared, &body)
    } else if request.headers().get("x-amz-target").is_some_and(|target| target == GET_SECRET) {
        secret(&shared, &body)
    } else if request.headers().contains_key("x-amz-target") {
        send(&shared, &body)
    } else if call.bucket.is_empty() {
        publish(&shared, &body)
    } else if call.key.is_empty() {
        list(&shared.store.lock().unwrap(), &call.bucket, &query)
    } else {
        object(&mut shared.store.lock().unwrap(), &call, &request, body)
    };
    match fault {
        Fault::Drop => Err(Broken),
        Fault::Cut => cut(answer?).await,
        Fault::None | Fault::Refuse(..) | Fault::Delay(_) | Fault::Hang => answer,
    }
}

/// The answer with half its body, or none where there is no body.
async fn cut(answer: Response<crate::http::Body>) -> Answer {
    use http_body_util::BodyExt as _;
    let (mut head, body) = answer.into_parts();
    let bytes = body.collect().await?.to_bytes();
    if bytes.is_empty() {
        return Err(Broken);
    }
    head.headers.insert("content-length", bytes.len().into());
    Ok(Response::from_parts(head, broken(bytes.slice(..bytes.len() / 2))))
}

fn refuse(call: &Call, status: u16, code: &str) -> Answer {
    // An answer to a HEAD has no body, and so no code.
    let message = match code {
        "InvalidRequest" => "The object was stored using a form of Server Side Encryption.",
        _ => "by script",
    };
    let said = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let body = if call.method == Method::HEAD { String::new() } else { said };
    Ok(Response::builder()
        .status(status)
        .header("content-type", "application/xml")
        .body(whole(body))
        .unwrap())
}

pub(crate) fn object(store: &mut Store, call: &Call, request: &Request<()>, body: Bytes) -> Answer {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let Call { bucket, key, version_id, .. } = call;
    match call.method {
        Method::PUT => {
            assert!(header("content-encoding").is_none(), "the body is framed");
            let chosen = |name: &str| {
                name == "content-type" || name == "cache-control" || name.starts_with("x-amz-meta-")
            };
            let headers = request.headers().iter().filter(|(name, _)| chosen(name.as_str()));
            let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
            let conditions = (header("if-none-match"), header("if-match"));
            match store.put_if(bucket, key, body, headers.collect(), conditions.0, conditions.1) {
                Ok(version) => {
                    let answer = Response::builder().header("etag", version.etag);
                    Ok(answer.header("x-amz-version-id", version.id).body(whole("")).unwrap())
                }
                Err(_) => refuse(call, 412, "PreconditionFailed"),
            }
        }
        Method::DELETE => {
            match version_id {
                Some(id) => store.remove(bucket, key, id),
                None => drop(store.hide(bucket, key)),
            }
            Ok(Response::builder().status(204).body(whole("")).unwrap())
        }
        Method::GET | Method::HEAD => {
            let found = match version_id {
                Some(id) => store.version(bucket, key, id),
                None => store.newest(bucket, key),
            };
            match (found, version_id) {
                (None, Some(_)) => refuse(call, 404, "NoSuchVersion"),
                (Some(Version { is_marker: true, .. }), Some(_)) => refuse(call, 405, "MethodNotAllowed"),
                (None | Some(Version { is_marker: true, .. }), None) => refuse(call, 404, "NoSuchKey"),
                (Some(version), _) => {
                    let has_id = store.keeps_versions(bucket);
                    read(call, version, has_id, header("if-match"), header("range"))
                }
            }
        }
        _ => refuse(call, 501, "NotImplemented"),
    }
}

fn read(call: &Call, version: &Version, has_id: bool, matches: Option<&str>, range: Option<&str>) -> Answer {
    if matches.is_some_and(|etag| etag != version.etag) {
        return refuse(call, 412, "PreconditionFailed");
    }
    let total = version.bytes.len();
    let range = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let range = range.map(|(first, last)| {
        let last = last.parse().map_or(total, |last: usize| last + 1);
        (first.parse().unwrap_or(0)).min(total)..last.min(total)
    });
    let mut answer = Response::builder().header("etag", &version.etag);
    if has_id {
        answer = answer.header("x-amz-version-id", &version.id);
    }
    answer = answer
        // HTTP's dates are RFC 2822's, with the zone's old name.
        .header("last-modified", version.modified.format(&Rfc2822).unwrap().replace("+0000", "GMT"));
    for (name, value) in &version.headers {
        answer = answer.header(name, value);
    }
    let bytes = match range {
        Some(range) => {
            let part = format!("bytes {}-{}/{total}", range.start, range.end.saturating_sub(1));
            answer = answer.status(206).header("content-range", part);
            version.bytes.slice(range)
        }
        None => version.bytes.clone(),
    };
    if call.method == Method::HEAD {
        return Ok(answer.header("content-length", bytes.len()).body(whole("")).unwrap());
    }
    Ok(answer.body(whole(bytes)).unwrap())
}

pub(crate) fn list(store: &Store, bucket: &str, query: &HashMap<String, String>) -> Answer {
    let mut all = store.list(bucket, query.get("prefix").map_or("", String::as_str));
    all.retain(|key| query.get("start-after").is_none_or(|after| key > after));
    let from = query.get("continuation-token").map_or(0, |token| token.parse().unwrap());
    let mut text = String::from("<ListBucketResult>");
    for key in all.iter().skip(from).take(PAGE) {
        write!(text, "<Contents><Key>{}</Key></Contents>", encode_event_key(key)).unwrap();
    }
    if all.len() > from + PAGE {
        let next = from + PAGE;
        write!(text, "<IsTruncated>true</IsTruncated><NextContinuationToken>{next}</NextContinuationToken>")
            .unwrap();
    }
    text.push_str("<EncodingType>url</EncodingType></ListBucketResult>");
    Ok(Response::new(whole(text)))
}

fn publish(shared: &Shared, body: &Bytes) -> Answer {
    let parameters = form(std::str::from_utf8(body).unwrap());
    assert_eq!(parameters["Action"], "Publish");
    shared.published.lock().unwrap().push(parameters);
    let said = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
                <MessageId>m</MessageId></PublishResult></PublishResponse>";
    Ok(Response::new(whole(said)))
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
fn send(shared: &Shared, body: &Bytes) -> Answer {
    let request: Value = serde_json::from_slice(body).unwrap();
    let text = request["MessageBody"].as_str().unwrap();
    shared.sent.lock().unwrap().push(Sent {
        queue: request["QueueUrl"].as_str().unwrap().to_owned(),
        body: serde_json::from_str(text).unwrap(),
        delay: request["DelaySeconds"].as_u64().unwrap_or(0),
        attributes: attributes(&request),
    });
    let answer = Response::builder().header("content-type", "application/x-amz-json-1.0");
    Ok(answer.body(whole(json!({"MessageId": "m"}).to_string())).unwrap())
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
fn secret(shared: &Shared, body: &Bytes) -> Answer {
    let request: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(request["SecretId"], "secret");
    let secret = shared.secret.lock().unwrap();
    let (status, said) = match secret.get(request["VersionStage"].as_str().unwrap()) {
        Some(key) => (200, json!({"Name": "secret", "SecretString": key})),
        None => (400, json!({"__type": "ResourceNotFoundException", "Message": "no such stage"})),
    };
    let answer = Response::builder().status(status).header("content-type", "application/x-amz-json-1.1");
    Ok(answer.body(whole(said.to_string())).unwrap())
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
fn put_events(shared: &Shared, body: &Bytes) -> Answer {
    let entries = entries(body);
    let mut refused = shared.refused.lock().unwrap();
    let refused_now = entries.len().min(*refused);
    *refused -= refused_now;
    shared.events.lock().unwrap().extend(entries[refused_now..].iter().map(events::Sent::of));
    Ok(Response::new(whole(put(refused_now, entries.len()).to_string())))
}

/// The entries of a PutEvents request, of which there are ten at most.
pub(crate) fn entries(body: &Bytes) -> Vec<Value> {
    let request: Value = serde_json::from_slice(body).unwrap();
    let entries = request["Entries"].as_array().unwrap().clone();
    assert!((1..=10).contains(&entries.len()), "{} entries", entries.len());
    entries
}

/// The answer to a PutEvents request with `count` entries, the first of which are `refused`.
pub(crate) fn put(refused: usize, count: usize) -> Value {
    let entry = |i| match i < refused {
        true => json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "by script"}),
        false => json!({"EventId": format!("event-{i}")}),
    };
    json!({"FailedEntryCount": refused, "Entries": (0..count).map(entry).collect::<Vec<_>>()})
}

fn target(request: &Request<()>) -> &str {
    request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default()
}

/// The attributes of a message that `request` sends, as a function receives them.
pub(crate) fn attributes(request: &Value) -> Value {
    let sent = request["MessageAttributes"].as_object().into_iter().flatten();
    let received =
        |value: &Value| json!({"stringValue": value["StringValue"], "dataType": value["DataType"]});
    sent.map(|(name, value)| (name.clone(), received(value))).collect()
}

/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>
fn converse(shared: &Shared, body: &Bytes) -> Answer {
    let request = serde_json::from_slice(body).unwrap();
    Ok(converses(shared.model.lock().unwrap()(&request)))
}

/// Bedrock's answer with a status, an error's code, and a body.
pub(crate) fn converses((status, code, said): (u16, &'static str, Value)) -> Response<crate::http::Body> {
    let answer = Response::builder().status(status).header("content-type", "application/json");
    answer.header("x-amzn-errortype", code).body(whole(said.to_string())).unwrap()
}

pub(crate) fn form(text: &str) -> HashMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned();
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(n, v)| (decode(n), decode(v)))
        .collect()
}
