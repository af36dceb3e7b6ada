//! A process of a function. It holds each call until a schedule replies to it.
//!
//! One thread serves each connection, and its reads and writes block. Linux reports the states of threads. When all
//! threads of the server and of the process wait, the process makes no further call until a held call gets its reply.

use std::fs::read_to_string;
use std::io::{BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::{Reply, Request};
use crate::lambda::{NEXT, environment, invocation, runtime_path};

/// How long a process may take until it waits. If a process computes endlessly, the test fails.
const LIMIT: Duration = Duration::from_secs(300);

/// A running function.
pub struct HeldProcess {
    child: Child,
    address: SocketAddr,
    has_ended: Arc<AtomicBool>,
    calls: mpsc::Receiver<HeldCall>,
    /// The folders in `/proc` of the server's threads.
    threads: Arc<Mutex<Vec<PathBuf>>>,
    /// How many threads of the server are starting.
    starting: Arc<AtomicUsize>,
    /// The calls to AWS that wait for a reply.
    pub held: Vec<HeldCall>,
    /// The call that requests the next invocation, while the process waits for one.
    next: Option<HeldCall>,
    /// Its response to the last invocation.
    answer: Option<Value>,
}

/// A call that waits for its reply.
pub struct HeldCall {
    /// The request.
    pub request: Request,
    reply: mpsc::Sender<Vec<u8>>,
}

impl HeldProcess {
    /// Starts the program `name` of the package under test, with `variables` and those that Lambda sets. Waits until it
    /// requests an invocation.
    pub fn start(name: &str, variables: &[(&str, String)]) -> Self {
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
                    serve(&stream, &come);
                    served.lock().unwrap().retain(|thread| *thread != this_thread());
                });
            }
        });
        is_ready.recv().unwrap();
        let endpoint = format!("http://{address}");
        let child = Command::new(crate::program(name))
            .env_clear()
            .envs(environment(&endpoint))
            .env("AWS_ENDPOINT_URL", &endpoint)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let held = Vec::new();
        let mut process =
            Self { child, address, has_ended, calls, threads, starting, held, next: None, answer: None };
        process.wait_until_idle();
        process
    }

    /// Waits until it requests an invocation.
    pub fn wait_until_idle(&mut self) {
        let began = Instant::now();
        while self.next.is_none() {
            self.settle();
            assert!(began.elapsed() < LIMIT, "it asks for no invocation, but {:?}", self.labels());
        }
    }

    /// Returns whether it waits for an invocation.
    pub fn is_idle(&self) -> bool {
        self.next.is_some()
    }

    /// Invokes the function with `event`.
    pub fn invoke(&mut self, event: &Value) {
        let hour = Duration::from_secs(3600);
        self.next.take().unwrap().answer(&invocation("request", event, hour));
    }

    /// Waits until it makes no further call without a reply. Returns its response to the invocation, or `None` if it
    /// has not responded.
    pub fn settle(&mut self) -> Option<Value> {
        let (began, mut quiet) = (Instant::now(), 0);
        while quiet < 2 || (self.held.is_empty() && self.next.is_none() && self.answer.is_none()) {
            let calls: Vec<HeldCall> = self.calls.try_iter().collect();
            let serve = |threads: &Vec<PathBuf>| threads.iter().all(|thread| is_thread_waiting(thread));
            let server_waits =
                self.starting.load(Ordering::SeqCst) == 0 && serve(&self.threads.lock().unwrap());
            quiet = if calls.is_empty() && server_waits && self.is_waiting() { quiet + 1 } else { 0 };
            calls.into_iter().for_each(|held| self.accept(held));
            std::thread::yield_now();
            assert_eq!(self.child.try_wait().unwrap(), None, "the process has ended");
            assert!(began.elapsed() < LIMIT, "it does not wait for the answers to {:?}", self.labels());
        }
        // Concurrent calls arrive in any order.
        self.held.sort_by_cached_key(HeldCall::label);
        self.answer.take()
    }

    /// Describes the calls that wait for a reply.
    fn labels(&self) -> Vec<String> {
        self.held.iter().map(HeldCall::label).collect()
    }

    fn accept(&mut self, held: HeldCall) {
        let Some(path) = runtime_path(&held.request) else {
            return self.held.push(held);
        };
        if path == NEXT {
            self.next = Some(held);
            return;
        }
        assert!(path.ends_with("/response"), "the function calls {path}: {:?}", held.request.body);
        self.answer = Some(serde_json::from_slice(&held.request.bytes).unwrap());
        held.answer(&Reply::new(202, ""));
    }

    /// Returns whether all its threads wait.
    fn is_waiting(&self) -> bool {
        let tasks = format!("/proc/{}/task", self.child.id());
        let tasks = std::fs::read_dir(tasks).unwrap();
        tasks.flatten().all(|task| is_thread_waiting(&task.path()))
    }
}

impl Drop for HeldProcess {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.has_ended.store(true, Ordering::SeqCst);
        // A connection wakes up the server's thread, which then ends.
        let _ = TcpStream::connect(self.address);
    }
}

impl HeldCall {
    /// Describes the call on one line.
    pub fn label(&self) -> String {
        let path = self.request.path();
        match (self.request.parameter("prefix"), path.as_str()) {
            (Some(prefix), _) => format!("LIST {}/{prefix}", path.trim_matches('/')),
            (None, "/") => {
                let is_event = self.request.header("x-amz-target") == Some("AWSEvents.PutEvents");
                format!("{} {}", if is_event { "EVENT" } else { "SEND" }, self.request.body)
            }
            (None, _) => format!("{} {}", self.request.method(), path.trim_start_matches('/')),
        }
    }

    /// Replies to the call.
    pub fn answer(self, reply: &Reply) {
        // A killed process does not wait for the reply.
        let _ = self.reply.send(reply.encode().0);
    }
}

/// Serves the requests of a connection until the connection is closed or there are no more replies.
fn serve(stream: &TcpStream, come: &mpsc::Sender<HeldCall>) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(request) = Request::read(&mut reader) {
        let (reply, answer) = mpsc::channel();
        if come.send(HeldCall { request, reply }).is_err() {
            return;
        }
        let Ok(answer) = answer.recv() else { return };
        if (&*stream).write_all(&answer).is_err() {
            return;
        }
    }
}

/// Returns the folder of this thread in `/proc`.
fn this_thread() -> PathBuf {
    Path::new("/proc").join(std::fs::read_link("/proc/thread-self").unwrap())
}

/// Returns whether the thread with the folder `thread` in `/proc` waits or has ended.
fn is_thread_waiting(thread: &Path) -> bool {
    // The name before the state may contain any character, and ends with the last parenthesis.
    let state = read_to_string(thread.join("stat")).ok();
    let state = state.and_then(|stat| stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()));
    state.is_none_or(|state| "SZX".contains(state))
}
