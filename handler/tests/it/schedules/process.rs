//! A function's process whose every call is held until it is answered.
//!
//! One thread serves each connection, and its reads and writes block. So the states that Linux tells of the threads say
//! whether the process will call again before a held call is answered: it will not once all threads, the server's and
//! its own, wait.

use std::fs::read_to_string;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use bytes::Bytes;
use hyper::{Request, Response};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::lambda::environment;

/// A running function.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
    has_ended: Arc<AtomicBool>,
    calls: mpsc::Receiver<Held>,
    /// The folders in `/proc` of the threads that serve it.
    threads: Arc<Mutex<Vec<PathBuf>>>,
    /// How many threads are about to serve it.
    starting: Arc<AtomicUsize>,
    /// The calls to AWS that wait for an answer.
    pub(crate) held: Vec<Held>,
    /// The question for an invocation, while it waits for one.
    next: Option<Held>,
    /// What it has answered to its last invocation.
    answer: Option<Value>,
}

/// A call that waits for its answer.
pub(crate) struct Held {
    pub(crate) request: Request<()>,
    pub(crate) body: Bytes,
    reply: mpsc::Sender<Vec<u8>>,
}

impl Process {
    /// Starts `binary` with `variables` besides those that Lambda sets, and waits until it asks for an invocation.
    pub(crate) fn start(binary: &str, variables: &[(&str, String)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (come, calls) = mpsc::channel();
        let threads = Arc::new(Mutex::new(Vec::new()));
        let has_ended = Arc::new(AtomicBool::new(false));
        let starting = Arc::new(AtomicUsize::new(0));
        let (registered, begun, ended) = (threads.clone(), starting.clone(), has_ended.clone());
        let (ready, is_ready) = mpsc::channel();
        std::thread::spawn(move || {
            registered.lock().unwrap().push(this_thread());
            ready.send(()).unwrap();
            while let Ok((stream, _)) = listener.accept() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let (come, served, begun) = (come.clone(), registered.clone(), begun.clone());
                begun.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || {
                    served.lock().unwrap().push(this_thread());
                    begun.fetch_sub(1, Ordering::SeqCst);
                    serve(stream, &come);
                    served.lock().unwrap().retain(|thread| *thread != this_thread());
                });
            }
        });
        is_ready.recv().unwrap();
        let child = Command::new(binary)
            .env_clear()
            .envs(environment(address))
            .env("AWS_ENDPOINT_URL", format!("http://{address}"))
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let held = Vec::new();
        let mut process =
            Self { child, address, has_ended, calls, threads, starting, held, next: None, answer: None };
        process.becomes_idle();
        process
    }

    /// Waits until it asks for an invocation.
    pub(crate) fn becomes_idle(&mut self) {
        while self.next.is_none() {
            self.settle();
        }
    }

    /// Whether it waits for an invocation.
    pub(crate) fn is_idle(&self) -> bool {
        self.next.is_some()
    }

    /// Invokes the function with `event`.
    pub(crate) fn invoke(&mut self, event: &Value) {
        let in_an_hour = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
        let deadline = in_an_hour.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
        let answer = Response::builder()
            .header("lambda-runtime-aws-request-id", "request")
            .header("lambda-runtime-deadline-ms", deadline.to_string())
            .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:1:function:f")
            .body(Bytes::from(event.to_string()))
            .unwrap();
        self.next.take().unwrap().answer(&answer);
    }

    /// Waits until it makes no more calls before it has an answer, and gives its answer to the invocation if there is
    /// one.
    pub(crate) fn settle(&mut self) -> Option<Value> {
        let mut quiet = 0;
        while quiet < 2 || (self.held.is_empty() && self.next.is_none() && self.answer.is_none()) {
            let calls: Vec<Held> = self.calls.try_iter().collect();
            let serve = |threads: &Vec<PathBuf>| threads.iter().all(|thread| waits(thread));
            let server_waits =
                self.starting.load(Ordering::SeqCst) == 0 && serve(&self.threads.lock().unwrap());
            quiet = if calls.is_empty() && server_waits && self.waits() { quiet + 1 } else { 0 };
            calls.into_iter().for_each(|held| self.take(held));
            std::thread::yield_now();
            assert_eq!(self.child.try_wait().unwrap(), None, "the process ends");
        }
        // What comes at once comes in any order.
        self.held.sort_by_cached_key(Held::label);
        self.answer.take()
    }

    fn take(&mut self, held: Held) {
        let Some(path) = held.request.uri().path().strip_prefix("/2018-06-01/runtime/") else {
            return self.held.push(held);
        };
        if path == "invocation/next" {
            self.next = Some(held);
            return;
        }
        assert!(path.ends_with("/response"), "the function says {path}: {:?}", held.body);
        self.answer = Some(serde_json::from_slice(&held.body).unwrap());
        held.answer(&Response::builder().status(202).body(Bytes::new()).unwrap());
    }

    /// Whether all its threads wait.
    fn waits(&self) -> bool {
        let tasks = format!("/proc/{}/task", self.child.id());
        let tasks = std::fs::read_dir(tasks).unwrap();
        tasks.flatten().all(|task| waits(&task.path()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.has_ended.store(true, Ordering::SeqCst);
        // The server looks once more.
        let _ = TcpStream::connect(self.address);
    }
}

impl Held {
    /// What is called, in a line.
    pub(crate) fn label(&self) -> String {
        let (path, query) = (self.request.uri().path(), self.request.uri().query().unwrap_or_default());
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix="));
        match (prefix, path) {
            (Some(prefix), _) => format!("LIST {}/{}", path.trim_matches('/'), decode(prefix)),
            (None, "/") => {
                let target = self.request.headers().get("x-amz-target");
                let is_event = target.is_some_and(|target| target == "AWSEvents.PutEvents");
                format!("{} {}", if is_event { "EVENT" } else { "SEND" }, String::from_utf8_lossy(&self.body))
            }
            (None, _) => format!("{} {}", self.request.method(), decode(path.trim_start_matches('/'))),
        }
    }

    /// Answers it.
    pub(crate) fn answer(self, answer: &Response<Bytes>) {
        let mut head = format!("HTTP/1.1 {}\r\n", answer.status());
        for (name, value) in answer.headers() {
            head += &format!("{name}: {}\r\n", value.to_str().unwrap());
        }
        // An answer to a HEAD tells the length of a body that it does not have.
        if !answer.headers().contains_key("content-length") {
            head += &format!("content-length: {}\r\n", answer.body().len());
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend_from_slice(answer.body());
        // Nobody waits for it if the process was killed.
        let _ = self.reply.send(bytes);
    }
}

/// Serves the requests of a connection, one after the other, until it or the answers end.
fn serve(stream: TcpStream, come: &mpsc::Sender<Held>) {
    stream.set_nodelay(true).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some((request, body)) = read(&mut reader) {
        let (reply, answer) = mpsc::channel();
        if come.send(Held { request, body, reply }).is_err() {
            return;
        }
        let Ok(answer) = answer.recv() else { return };
        if writer.write_all(&answer).is_err() {
            return;
        }
    }
}

/// Reads a request; `None` at the end of the connection.
fn read(reader: &mut BufReader<TcpStream>) -> Option<(Request<()>, Bytes)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split_whitespace();
    let mut request = Request::builder().method(words.next()?).uri(words.next()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        }
        assert!(!name.eq_ignore_ascii_case("transfer-encoding"), "the body is framed");
        request = request.header(name, value);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((request.body(()).ok()?, body.into()))
}

/// The folder of this thread in `/proc`.
fn this_thread() -> PathBuf {
    Path::new("/proc").join(std::fs::read_link("/proc/thread-self").unwrap())
}

/// Whether the thread whose folder in `/proc` is `thread` waits for something, or is no more.
fn waits(thread: &Path) -> bool {
    // The name before the state may contain anything, and ends with the last parenthesis.
    let state = read_to_string(thread.join("stat")).ok();
    let state = state.and_then(|stat| stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()));
    state.is_none_or(|state| "SZX".contains(state))
}
