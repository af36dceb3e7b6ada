//! Lambda: starts a function's binary, hands it invocations through the Runtime API, and takes its answers.

use std::collections::HashMap;
use std::future::pending as pending_for_ever;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hyper::{Request, Response};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::sync::{mpsc, oneshot, watch};

use crate::http::{Answer, Server, whole};

/// A running function.
pub(crate) struct Lambda {
    invocations: mpsc::UnboundedSender<(String, Invocation)>,
    pending: Pending,
    next_id: AtomicU64,
    lines: watch::Receiver<Vec<Value>>,
    exited: watch::Receiver<bool>,
    kill: mpsc::Sender<()>,
    _server: Server,
}

struct Invocation {
    event: Value,
    timeout: Duration,
}

type Pending = Arc<Mutex<HashMap<String, oneshot::Sender<Ended>>>>;

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ended {
    Answer(Value),
    Error(Value),
    /// The process is no more.
    Died,
}

impl Lambda {
    /// Starts `binary` with `variables` besides those that Lambda sets.
    pub(crate) async fn start(binary: &str, variables: &[(&str, String)]) -> Self {
        let (invocations, waiting) = mpsc::unbounded_channel();
        let waiting = Arc::new(tokio::sync::Mutex::new(waiting));
        let pending = Pending::default();
        let ended = pending.clone();
        let server =
            Server::start(move |request, body| runtime_api(request, body, waiting.clone(), ended.clone()))
                .await;
        let mut process = Command::new(binary)
            .env_clear()
            .envs(environment(server.address))
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap()).lines();
        let (written, lines) = watch::channel(Vec::new());
        tokio::spawn(async move {
            while let Ok(Some(line)) = stdout.next_line().await {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                written.send_modify(|lines: &mut Vec<Value>| lines.push(line));
            }
        });
        let (has_exited, exited) = watch::channel(false);
        let (kill, mut killed) = mpsc::channel(1);
        tokio::spawn(async move {
            // Nobody left to kill it is a reason to.
            tokio::select! {
                _ = process.wait() => {}
                _ = killed.recv() => process.kill().await.unwrap(),
            }
            has_exited.send_replace(true);
        });
        let next_id = AtomicU64::new(1);
        Self { invocations, pending, next_id, lines, exited, kill, _server: server }
    }

    /// Invokes the function with `event`, and `timeout` to work on it.
    pub(crate) async fn invoke(&self, event: Value, timeout: Duration) -> Ended {
        let id = format!("request-{}", self.next_id.fetch_add(1, Ordering::Relaxed));
        let (ended, end) = oneshot::channel();
        self.pending.lock().unwrap().insert(id.clone(), ended);
        self.invocations.send((id, Invocation { event, timeout })).unwrap();
        let mut exited = self.exited.clone();
        tokio::select! {
            end = end => end.unwrap(),
            _ = exited.wait_for(|exited| *exited) => Ended::Died,
        }
    }

    /// Ends the process as Lambda does when it runs out of memory.
    pub(crate) async fn kill(&self) {
        self.kill.send(()).await.unwrap();
        self.exited.clone().wait_for(|exited| *exited).await.unwrap();
    }

    /// Waits until the process has ended.
    pub(crate) async fn has_ended(&self) {
        let mut exited = self.exited.clone();
        let ended = exited.wait_for(|exited| *exited);
        tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the process goes on").unwrap();
    }

    /// The log's first `count` lines that `wanted` accepts, as soon as they are written.
    pub(crate) async fn lines(&self, count: usize, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut lines = self.lines.clone();
        let pick = |lines: &Vec<Value>| -> Vec<Value> {
            lines.iter().filter(|line| wanted(line)).take(count).cloned().collect()
        };
        let enough = lines.wait_for(|lines| pick(lines).len() == count);
        let found =
            tokio::time::timeout(Duration::from_secs(20), enough).await.map(|lines| pick(&lines.unwrap()));
        found.unwrap_or_else(|_| panic!("not logged: {:#?}", *self.lines.borrow()))
    }
}

/// What Lambda sets in the environment of a function whose Runtime API is at `address`.
pub(crate) fn environment(address: SocketAddr) -> [(&'static str, String); 7] {
    [
        ("AWS_LAMBDA_RUNTIME_API", address.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", "photos-function".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512".to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "7".to_owned()),
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
    ]
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
async fn runtime_api(
    request: Request<()>,
    body: Bytes,
    waiting: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<(String, Invocation)>>>,
    pending: Pending,
) -> Answer {
    let path = request.uri().path().strip_prefix("/2018-06-01/runtime/").unwrap().to_owned();
    if path == "invocation/next" {
        let Some((id, Invocation { event, timeout })) = waiting.lock().await.recv().await else {
            // The test is over, and the process about to be killed.
            return pending_for_ever().await;
        };
        let deadline = SystemTime::now() + timeout;
        let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
        let answer = Response::builder()
            .header("lambda-runtime-aws-request-id", id)
            .header("lambda-runtime-deadline-ms", deadline.to_string())
            .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:1:function:f")
            .body(whole(event.to_string()));
        return Ok(answer.unwrap());
    }
    let said = serde_json::from_slice(&body).unwrap_or_default();
    let (id, ended) = match path.split('/').collect::<Vec<_>>()[..] {
        ["invocation", id, "response"] => (id, Ended::Answer(said)),
        ["invocation", id, "error"] => (id, Ended::Error(said)),
        _ => panic!("the function says {path}: {said}"),
    };
    if let Some(pending) = pending.lock().unwrap().remove(id) {
        // The test may have stopped waiting.
        let _ = pending.send(ended);
    }
    Ok(Response::builder().status(202).body(whole("")).unwrap())
}
