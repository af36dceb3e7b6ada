//! HTTP as far as a test needs it: one request, one answer, one connection.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// A request that has come.
pub(crate) struct Request {
    /// Its first line and its headers.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// What is answered.
pub(crate) enum Reply {
    /// This status with this body.
    Whole(u16, String),
    /// This status with these lines of headers, each with its end, and this body.
    Headed(u16, String, String),
    /// An empty object of this content type.
    Typed(&'static str),
    /// These bytes.
    Bytes(Vec<u8>),
    /// A body of which only the first half comes.
    Half(String),
    /// Nothing: the connection is cut.
    Cut,
}

/// Answers every request on a port of its own until the test process ends, and gives the endpoint.
pub(crate) fn serve(reply: impl Fn(Request) -> Reply + Send + Sync + 'static) -> String {
    listen(move |head, length, mut body, mut stream| {
        let mut bytes = vec![0; usize::try_from(length).unwrap()];
        body.read_exact(&mut bytes).ok()?;
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let mut kind = None;
        let (status, headers, body, part) = match reply(Request { head, body }) {
            Reply::Whole(status, body) => (status, String::new(), body.into_bytes(), 1),
            Reply::Headed(status, headers, body) => (status, headers, body.into_bytes(), 1),
            Reply::Typed(content_type) => {
                kind = Some(content_type);
                (200, String::new(), Vec::new(), 1)
            }
            Reply::Bytes(body) => (200, String::new(), body, 1),
            Reply::Half(body) => (200, String::new(), body.into_bytes(), 2),
            Reply::Cut => return None,
        };
        let json = || if body.starts_with(b"{") { "application/x-amz-json-1.0" } else { "text/xml" };
        let kind = kind.unwrap_or_else(json);
        let head = format!(
            "HTTP/1.1 {status} X\r\n{headers}content-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        // A deployer that has been interrupted is not there to hear it.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body[..body.len() / part]));
        Some(())
    })
}

/// Hands every request on a port of its own to `talk` until the test process ends, and gives the endpoint: the
/// head, the length of the body, the body to be read, and where the answer is written. Then the connection closes.
pub(crate) fn listen(
    talk: impl Fn(String, u64, BufReader<&TcpStream>, &TcpStream) -> Option<()> + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let talk = Arc::new(talk);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let talk = Arc::clone(&talk);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(&stream);
                let (head, length) = read_head(&mut reader)?;
                talk(head, length, reader, &stream)
            });
        }
    });
    endpoint
}

/// The first line and the headers of a request, and the length of its body.
fn read_head(reader: &mut BufReader<&TcpStream>) -> Option<(String, u64)> {
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

/// What CloudFormation says of a stack that is there, with its outputs.
pub(crate) fn stack() -> String {
    let outputs: String = [
        ("OriginalsBucket", "originals"),
        ("ThumbnailsBucket", "thumbnails"),
        ("CatalogBucket", "catalog"),
        ("ThumbnailQueueUrl", "http://queue/"),
        ("ThumbnailFunction", "thumbnail"),
    ]
    .map(|(name, value)| {
        format!("<member><OutputKey>{name}</OutputKey><OutputValue>{value}</OutputValue></member>")
    })
    .concat();
    format!(
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>thumbnail-generator</StackName>\
         <StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>\
         <Outputs>{outputs}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    )
}

/// Calls `service` at `address` past the deployer, and gives the status with the whole answer. Emulators tell
/// the services apart by the scope of the signature, which they do not check.
pub(crate) fn call(
    address: &str,
    service: &str,
    method: &str,
    path: &str,
    body: impl AsRef<[u8]>,
) -> (u16, String) {
    let body = body.as_ref();
    let mut stream = TcpStream::connect(address).unwrap();
    let kind = if service == "s3" { "application/octet-stream" } else { "application/x-www-form-urlencoded" };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\
         content-type: {kind}\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/{service}/aws4_request\r\n\r\n",
        body.len()
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}
