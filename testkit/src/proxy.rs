//! A proxy in front of the emulator, for the deployer or for the functions. A script decides which calls fail, and how.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Fault;
use crate::http::{Reply, Request, serve};

type Script = Box<dyn FnMut(&Request) -> Fault + Send>;

/// The proxy. Without a script, it forwards all calls.
pub struct Proxy {
    /// The address for programs, like `http://127.0.0.1:43211`.
    pub endpoint: String,
    emulator: Arc<Mutex<String>>,
    script: Arc<Mutex<Script>>,
}

impl Proxy {
    /// Starts a proxy on a free port.
    pub fn start() -> Self {
        let emulator = Arc::new(Mutex::new(String::new()));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(|_| Fault::None)));
        let (target, asked) = (Arc::clone(&emulator), Arc::clone(&script));
        let endpoint = serve(move |request| {
            let fault = asked.lock().unwrap()(&request);
            let address = target.lock().unwrap().clone();
            fault.apply(&request, || forward(&address, &request).unwrap_or_else(Reply::disconnect))
        });
        Self { endpoint, emulator, script }
    }

    /// Forwards all calls to this endpoint, like `http://127.0.0.1:43212`.
    pub fn forward_to(&self, endpoint: &str) {
        *self.emulator.lock().unwrap() = endpoint.trim_start_matches("http://").to_owned();
    }

    /// From now on, `script` determines the fault of each call.
    pub fn script(&self, script: impl FnMut(&Request) -> Fault + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    /// Forwards all calls from now on.
    pub fn stop_faults(&self) {
        self.script(|_| Fault::None);
    }
}

/// Sends a request to the emulator and returns its reply.
fn forward(emulator: &str, request: &Request) -> Option<Reply> {
    let mut stream = TcpStream::connect(emulator).ok()?;
    let is_kept = |line: &&str| {
        let line = line.to_lowercase();
        !line.starts_with("connection:") && !line.starts_with("expect:")
    };
    let mut head: String = request.head.split_inclusive("\r\n").filter(is_kept).collect();
    head.push_str("connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&request.bytes)).ok()?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).ok()?;
    Reply::parse(&reply)
}

/// Kills the functions of the emulator that call AWS at `endpoint`, as Lambda does when a function runs out of memory.
pub fn kill_functions(endpoint: &str) {
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
