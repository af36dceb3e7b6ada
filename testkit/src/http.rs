//! HTTP on loopback: a server with the replies of a test, and a call to a server.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use percent_encoding::percent_decode_str;

/// A request that a server has received.
#[derive(Clone, Debug)]
pub struct Request {
    /// The first line and the headers, each with its line end.
    pub head: String,
    /// The body as text. U+FFFD replaces bytes that are not UTF-8.
    pub body: String,
    /// The body as it was sent.
    pub bytes: Vec<u8>,
}

impl Request {
    /// Reads a request. Returns `None` at the end of the connection.
    ///
    /// # Panics
    ///
    /// Panics if the body is sent in chunks, because no client of these servers does that.
    pub fn read(reader: &mut BufReader<&TcpStream>) -> Option<Self> {
        let (head, length) = read_head(reader)?;
        if head.to_lowercase().contains("expect: 100-continue") {
            let mut stream: &TcpStream = reader.get_ref();
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
        }
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        reader.read_exact(&mut bytes).ok()?;
        let request = Self { head, body: String::from_utf8_lossy(&bytes).into_owned(), bytes };
        assert!(request.header("transfer-encoding").is_none(), "a body in chunks: {}", request.head);
        Some(request)
    }

    /// Returns the method: `GET`.
    pub fn method(&self) -> &str {
        self.head.split(' ').next().unwrap_or_default()
    }

    /// Returns the path and the query as they were sent.
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// Returns the decoded path.
    pub fn path(&self) -> String {
        decode(self.target().split('?').next().unwrap_or_default())
    }

    /// Returns the decoded value of a parameter of the query, or `None` if there is no such parameter.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let query = self.target().split_once('?')?.1;
        let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| decode(value))
    }

    /// Returns the value of a header, or `None` if there is no such header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// Returns the service for which the request is signed: `s3`. For an unsigned request, returns an empty string.
    pub fn service(&self) -> &str {
        let scope = self.header("authorization").and_then(|value| value.split_once("/aws4_request"));
        scope.and_then(|(before, _)| before.rsplit('/').next()).unwrap_or_default()
    }
}

pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The reply of a server.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    extent: Extent,
}

/// The part of a reply that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Whole,
    /// The headers and the first half of the body.
    Half,
    Nothing,
}

impl Reply {
    /// Creates a reply with this status and this body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), extent: Extent::Whole }
    }

    /// Creates an empty reply: the server only closes the connection.
    #[must_use]
    pub fn disconnect() -> Self {
        Self { extent: Extent::Nothing, ..Self::new(200, "") }
    }

    /// Reads the reply of a server that has closed the connection. Returns `None` if the reply is incomplete.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut reply = Self::new(head.split(' ').nth(1)?.parse().ok()?, &bytes[end + 4..]);
        let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let is_kept = |name: &str| !name.eq_ignore_ascii_case("connection");
        reply.headers = headers
            .filter(|(name, _)| is_kept(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Some(reply)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends only half of the body, then closes the connection. A reply without a body is not sent at all.
    #[must_use]
    pub fn truncated(self) -> Self {
        let extent = if self.body.is_empty() { Extent::Nothing } else { Extent::Half };
        Self { extent, ..self }
    }

    /// Returns the body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name))
    }

    /// Returns the bytes to send, and whether the connection stays open.
    pub fn encode(&self) -> (Vec<u8>, bool) {
        if self.extent == Extent::Nothing {
            return (Vec::new(), false);
        }
        let mut head = format!("HTTP/1.1 {} X\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.has_header("content-type") {
            let is_json = self.body.starts_with(b"{");
            let kind = if is_json { "application/x-amz-json-1.0" } else { "text/xml" };
            head += &format!("content-type: {kind}\r\n");
        }
        // A reply to a HEAD contains the length of a body but no body.
        if !self.has_header("content-length") && !self.has_header("transfer-encoding") {
            head += &format!("content-length: {}\r\n", self.body.len());
        }
        let is_whole = self.extent == Extent::Whole;
        let end = if is_whole { self.body.len() } else { self.body.len() / 2 };
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend_from_slice(&self.body[..end]);
        (bytes, is_whole && !self.has_header("connection"))
    }
}

/// Serves requests on a free port until the test process ends. Returns the endpoint, like `http://127.0.0.1:43211`.
pub fn serve(reply: impl Fn(Request) -> Reply + Send + Sync + 'static) -> String {
    accept(move |stream| {
        let mut reader = BufReader::new(stream);
        while let Some(request) = Request::read(&mut reader) {
            let is_last = request.header("connection").is_some_and(|value| value == "close");
            let (bytes, stays_open) = reply(request).encode();
            // A client that was killed does not read the reply.
            let is_sent = (&*stream).write_all(&bytes).is_ok();
            if is_last || !stays_open || !is_sent {
                return;
            }
        }
    })
}

/// Passes each connection's first request to `talk` until the test process ends: its head, the length of its body,
/// the reader of the body, and the stream for the reply. Then the connection is closed. Returns the endpoint.
pub fn listen(
    talk: impl Fn(String, u64, BufReader<&TcpStream>, &TcpStream) -> Option<()> + Send + Sync + 'static,
) -> String {
    accept(move |stream| {
        let mut reader = BufReader::new(stream);
        let Some((head, length)) = read_head(&mut reader) else { return };
        talk(head, length, reader, stream);
    })
}

/// Runs `talk` for each connection in a new thread, and returns the endpoint. A panic in it ends all tests: the client
/// only sees a closed connection, which it may handle, so the test would pass.
fn accept(talk: impl Fn(&TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let talk = Arc::new(talk);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that has closed the connection needs no reply.
            let _ = stream.set_nodelay(true);
            let talk = Arc::clone(&talk);
            std::thread::spawn(move || {
                let talked = catch_unwind(AssertUnwindSafe(|| talk(&stream)));
                if let Err(panic) = talked {
                    let text = panic.downcast_ref::<String>().map(String::as_str);
                    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
                    // Write to stderr directly, because the test harness captures the output of `eprintln!`.
                    let _ = writeln!(std::io::stderr(), "a server of a test panicked: {text}");
                    #[expect(clippy::exit, reason = "the thread of the test cannot be reached")]
                    std::process::exit(101);
                }
            });
        }
    });
    endpoint
}

/// Returns the first line and the headers of a request, and the length of its body.
fn read_head(reader: &mut impl BufRead) -> Option<(String, u64)> {
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            return Some((head, length));
        }
        head.push_str(&line);
    }
}

/// Calls `service` at `address` without the deployer, and returns the status with the whole response. Emulators
/// recognize the service by the scope of the signature, which they do not verify.
pub fn call(address: &str, service: &str, method: &str, path: &str, body: impl AsRef<[u8]>) -> (u16, String) {
    let kind = if service == "s3" { "application/octet-stream" } else { "application/x-www-form-urlencoded" };
    send(address, service, &format!("{method} {path}"), &format!("content-type: {kind}\r\n"), body.as_ref())
}

/// Calls the operation `target` of a service with a JSON protocol, such as `AWSEvents.PutRule`, and returns the status
/// with the whole response.
pub fn call_target(address: &str, service: &str, target: &str, body: &serde_json::Value) -> (u16, String) {
    let headers = format!("content-type: application/x-amz-json-1.1\r\nx-amz-target: {target}\r\n");
    send(address, service, "POST /", &headers, body.to_string().as_bytes())
}

/// Sends a request. `headers` are complete lines.
fn send(address: &str, service: &str, what: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{what} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\
         authorization: AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/{service}/aws4_request\r\n\r\n",
        body.len()
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}
