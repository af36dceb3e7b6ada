//! A proxy in front of the emulator, for the deployer or for the functions: it delays, cuts, refuses, truncates,
//! loses answers and kills functions, by a script.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::http::listen;

/// A call on its way to the emulator.
pub(crate) struct Call {
    pub(crate) method: String,
    /// The path and the query, as they stand in the request.
    pub(crate) target: String,
    /// The service, from the scope of the signature: `s3`, `sqs`.
    pub(crate) service: String,
}

/// What is done to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// An answer with this status and code, and no deed.
    Refuse(u16, &'static str),
    /// No deed and no answer.
    Cut,
    /// The deed, and no answer.
    Lose,
    /// The deed, and half of the answer.
    Truncate,
    /// The deed and the answer, later.
    Delay(Duration),
    /// No deed, and the functions are killed, as Lambda does when one runs out of memory.
    Kill,
}

/// S3's way to ask for fewer calls.
pub(crate) const SLOW_DOWN: Fault = Fault::Refuse(503, "SlowDown");

type Script = Box<dyn FnMut(&Call) -> Fault + Send>;

/// The proxy, which does nothing to any call until it is given a script.
pub(crate) struct Proxy {
    pub(crate) endpoint: String,
    emulator: Arc<Mutex<String>>,
    script: Arc<Mutex<Script>>,
}

impl Proxy {
    pub(crate) fn start() -> Self {
        let emulator = Arc::new(Mutex::new(String::new()));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(|_| Fault::None)));
        let own = Arc::new(Mutex::new(String::new()));
        let (to, asked, killing) = (emulator.clone(), script.clone(), own.clone());
        let endpoint = listen(move |head, length, mut body, stream| {
            let mut bytes = Vec::new();
            if head.to_lowercase().contains("expect: 100-continue") {
                (&*stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
            }
            assert!(!head.to_lowercase().contains("transfer-encoding: chunked"), "{head}");
            body.by_ref().take(length).read_to_end(&mut bytes).ok()?;
            let fault = asked.lock().unwrap()(&Call::of(&head));
            match fault {
                Fault::Cut => return None,
                Fault::Kill => {
                    kill_functions(&killing.lock().unwrap());
                    return None;
                }
                Fault::Refuse(status, code) => return refuse(stream, &head, status, code),
                Fault::Delay(time) => std::thread::sleep(time),
                Fault::None | Fault::Lose | Fault::Truncate => {}
            }
            let answer = forward(&to.lock().unwrap().clone(), &head, &bytes)?;
            let end = match fault {
                Fault::Lose => return None,
                Fault::Truncate => half(&answer),
                _ => answer.len(),
            };
            (&*stream).write_all(&answer[..end]).ok()
        });
        own.lock().unwrap().clone_from(&endpoint);
        Self { endpoint, emulator, script }
    }

    /// Where all calls go: `http://127.0.0.1:43211`.
    pub(crate) fn goes_to(&self, endpoint: &str) {
        *self.emulator.lock().unwrap() = endpoint.trim_start_matches("http://").to_owned();
    }

    /// Asks `script` about every call from now on.
    pub(crate) fn script(&self, script: impl FnMut(&Call) -> Fault + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    /// Does nothing to any call any more.
    pub(crate) fn relax(&self) {
        self.script(|_| Fault::None);
    }
}

impl Call {
    fn of(head: &str) -> Self {
        let mut words = head.split(' ');
        let scope = head.split("/aws4_request").next().and_then(|before| before.rsplit('/').next());
        Self {
            method: words.next().unwrap_or_default().to_owned(),
            target: words.next().unwrap_or_default().to_owned(),
            service: scope.filter(|_| head.contains("/aws4_request")).unwrap_or_default().to_owned(),
        }
    }

    /// Whether it fetches an original whose key contains `name`.
    pub(crate) fn fetches(&self, name: &str) -> bool {
        let is_original = self.target.contains("-originals-") && self.target.contains(name);
        self.method == "GET" && self.service == "s3" && is_original
    }
}

/// Sends a request on, and gives the whole answer.
fn forward(emulator: &str, head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(emulator).ok()?;
    let kept = |line: &&str| {
        let line = line.to_lowercase();
        !line.starts_with("connection:") && !line.starts_with("expect:")
    };
    let mut request: String = head.split_inclusive("\r\n").filter(kept).collect();
    request.push_str("connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).and_then(|()| stream.write_all(body)).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(answer)
}

fn refuse(mut stream: &TcpStream, head: &str, status: u16, code: &str) -> Option<()> {
    let body = match Call::of(head) {
        // An answer to a HEAD has no body, and so no code.
        Call { method, .. } if method == "HEAD" => String::new(),
        Call { service, .. } if service == "s3" => {
            format!("<Error><Code>{code}</Code><Message>by script</Message></Error>")
        }
        _ => String::new(),
    };
    let answer = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).ok()
}

/// The length of an answer with half its body; none of it where there is no body.
fn half(answer: &[u8]) -> usize {
    match answer.windows(4).position(|window| window == b"\r\n\r\n") {
        Some(end) if answer.len() > end + 4 => end + 4 + (answer.len() - end - 4) / 2,
        _ => 0,
    }
}

/// Kills the functions of the emulator whose functions find AWS at `endpoint`.
pub(crate) fn kill_functions(endpoint: &str) {
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = process.file_name().to_string_lossy().parse() else { continue };
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        let environment = String::from_utf8_lossy(&environment).into_owned();
        let has = |variable: &str| environment.split('\0').any(|one| one.starts_with(variable));
        if has(&format!("AWS_ENDPOINT_URL={endpoint}")) && has("AWS_LAMBDA_FUNCTION_NAME=") {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}
