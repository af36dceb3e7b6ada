//! A fake Lambda: starts the program of a function, invokes it through the Runtime API, and receives its responses.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc as blocking};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::sync::{mpsc, oneshot, watch};

use crate::http::{Reply, Request, serve};

/// A running function.
pub struct Lambda {
    invocations: blocking::Sender<(String, Invocation)>,
    pending: Pending,
    next_id: AtomicU64,
    lines: watch::Receiver<Vec<Value>>,
    exited: watch::Receiver<bool>,
    kill: mpsc::Sender<()>,
}

struct Invocation {
    event: Value,
    timeout: Duration,
}

type Pending = Arc<Mutex<HashMap<String, oneshot::Sender<InvocationResult>>>>;

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum InvocationResult {
    /// The function responded.
    Response(Value),
    /// The function reported an error.
    Error(Value),
    /// The process ended.
    Died,
}

impl Lambda {
    /// Starts the program `name` of the package under test, with `variables` and those that Lambda sets.
    pub async fn start(name: &str, variables: &[(&str, String)]) -> Self {
        let (invocations, waiting) = blocking::channel();
        let waiting = Mutex::new(waiting);
        let pending = Pending::default();
        let ended = pending.clone();
        let endpoint = serve(move |request| runtime_api(&request, &waiting, &ended));
        let mut process = Command::new(crate::program(name))
            .env_clear()
            .envs(environment(&endpoint))
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
            // The process is also killed when the sender is dropped.
            tokio::select! {
                _ = process.wait() => {}
                _ = killed.recv() => process.kill().await.unwrap(),
            }
            has_exited.send_replace(true);
        });
        let next_id = AtomicU64::new(1);
        Self { invocations, pending, next_id, lines, exited, kill }
    }

    /// Invokes the function with `event` and this `timeout`.
    pub async fn invoke(&self, event: Value, timeout: Duration) -> InvocationResult {
        let id = format!("request-{}", self.next_id.fetch_add(1, Ordering::Relaxed));
        let (ended, end) = oneshot::channel();
        self.pending.lock().unwrap().insert(id.clone(), ended);
        self.invocations.send((id, Invocation { event, timeout })).unwrap();
        let mut exited = self.exited.clone();
        tokio::select! {
            end = end => end.unwrap(),
            _ = exited.wait_for(|exited| *exited) => InvocationResult::Died,
        }
    }

    /// Ends the process as Lambda does when it runs out of memory.
    pub async fn kill(&self) {
        self.kill.send(()).await.unwrap();
        self.exited.clone().wait_for(|exited| *exited).await.unwrap();
    }

    /// Waits until the process has ended.
    pub async fn has_ended(&self) {
        let mut exited = self.exited.clone();
        let ended = exited.wait_for(|exited| *exited);
        tokio::time::timeout(Duration::from_secs(20), ended)
            .await
            .expect("the process has not ended")
            .unwrap();
    }

    /// Waits for the first `count` lines of the log that `wanted` accepts, and returns them.
    pub async fn lines(&self, count: usize, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
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

/// Returns the variables that Lambda sets for a function whose Runtime API is at `endpoint`.
pub(crate) fn environment(endpoint: &str) -> [(&'static str, String); 7] {
    [
        ("AWS_LAMBDA_RUNTIME_API", endpoint.trim_start_matches("http://").to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", "photos-function".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512".to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "7".to_owned()),
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
    ]
}

/// The path of the Runtime API with which a function requests its next invocation.
pub(crate) const NEXT: &str = "invocation/next";

/// Returns the path of a call to the Runtime API, like [`NEXT`], or `None` if the call is to another service.
pub(crate) fn runtime_path(request: &Request) -> Option<&str> {
    request.target().strip_prefix("/2018-06-01/runtime/")
}

/// Returns the reply with the invocation `id` and its `event`.
pub(crate) fn invocation(id: &str, event: &Value, timeout: Duration) -> Reply {
    let deadline = SystemTime::now() + timeout;
    let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    Reply::new(200, event.to_string())
        .header("lambda-runtime-aws-request-id", id)
        .header("lambda-runtime-deadline-ms", &deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:1:function:f")
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
fn runtime_api(
    request: &Request,
    waiting: &Mutex<blocking::Receiver<(String, Invocation)>>,
    pending: &Pending,
) -> Reply {
    let path = runtime_path(request).unwrap();
    if path == NEXT {
        return match waiting.lock().unwrap().recv() {
            Ok((id, Invocation { event, timeout })) => invocation(&id, &event, timeout),
            // The test has ended, and the process will be killed.
            Err(_) => loop {
                std::thread::park();
            },
        };
    }
    let said = serde_json::from_slice(&request.bytes).unwrap_or_default();
    let (id, ended) = match path.split('/').collect::<Vec<_>>()[..] {
        ["invocation", id, "response"] => (id, InvocationResult::Response(said)),
        ["invocation", id, "error"] => (id, InvocationResult::Error(said)),
        _ => panic!("the function calls {path}: {said}"),
    };
    if let Some(pending) = pending.lock().unwrap().remove(id) {
        // The test may no longer be waiting for it.
        let _ = pending.send(ended);
    }
    Reply::new(202, "")
}
