//! An S3 in memory for the benchmarks. It is fast, so that the benchmarks measure the clients and not the server.
//!
//! It supports what the compared clients use: objects, ranges, conditional writes, multipart uploads, listings, and chunked
//! bodies. It also describes a stack to the deployer. It does not check signatures and checksums. It prints its address to
//! stdout.

mod body;
mod store;

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;

use crate::store::{Object, Store};

type HttpResponse = Response<Full<Bytes>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let store = Rc::new(RefCell::new(Store::default()));
    let local = tokio::task::LocalSet::new();
    let serve = async move {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let store = store.clone();
            tokio::task::spawn_local(async move {
                let service = service_fn(move |request| answer(store.clone(), request));
                // An error means that the client has closed the connection.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    };
    local.run_until(serve).await
}

async fn answer(store: Rc<RefCell<Store>>, request: Request<Incoming>) -> Result<HttpResponse, Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Ok(status(StatusCode::BAD_REQUEST)) };
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let path = decode(head.uri.path());
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    let query: Vec<(String, String)> = head
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(&value.replace('+', " "))))
        .collect();
    let parameter = |name: &str| query.iter().find(|(there, _)| there == name).map(|(_, value)| value.clone());
    let is_chunked = header("x-amz-content-sha256").is_some_and(|kind| kind.starts_with("STREAMING-"));
    let bytes = if is_chunked { body::join_chunks(body.to_bytes()) } else { body.to_bytes() };
    let mut store = store.borrow_mut();
    Ok(match (&head.method, key.is_empty()) {
        (&Method::POST, true) if bucket.is_empty() => describe_stack(),
        (&Method::GET, true) => xml(&store.list(bucket, |name| parameter(name))),
        (&Method::PUT | &Method::HEAD, true) => status(StatusCode::OK),
        (&Method::PUT, false) => match (parameter("uploadId"), parameter("partNumber")) {
            (Some(upload), Some(part)) => {
                tagged(StatusCode::OK, store.part(&upload, part.parse().unwrap_or(0), bytes))
            }
            _ if header("if-none-match").is_some() && store.get(bucket, key).is_some() => {
                status(StatusCode::PRECONDITION_FAILED)
            }
            _ => {
                let object = Object::new(bytes, header("content-type"), &head.headers);
                tagged(StatusCode::OK, store.put(bucket, key, object))
            }
        },
        (&Method::POST, false) => match parameter("uploadId") {
            Some(upload) => xml(&store.complete(bucket, key, &upload)),
            None => xml(&store.begin(bucket, key)),
        },
        (&Method::GET, false) => object(store.get(bucket, key), header("range"), true),
        (&Method::HEAD, false) => object(store.get(bucket, key), header("range"), false),
        (&Method::DELETE, _) => {
            store.delete(bucket, key);
            status(StatusCode::NO_CONTENT)
        }
        _ => status(StatusCode::NOT_IMPLEMENTED),
    })
}

fn status(status: StatusCode) -> HttpResponse {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

fn tagged(code: StatusCode, etag: String) -> HttpResponse {
    let mut answer = status(code);
    if let Ok(etag) = etag.parse() {
        answer.headers_mut().insert("etag", etag);
    }
    answer
}

fn xml(text: &str) -> HttpResponse {
    let mut answer = Response::new(Full::from(text.to_owned()));
    answer.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/xml"));
    answer
}

/// Returns the object, or a range of it. The response to a HEAD has only the headers.
fn object(object: Option<&Object>, range: Option<String>, with_body: bool) -> HttpResponse {
    let Some(object) = object else {
        let mut answer = xml("<Error><Code>NoSuchKey</Code><Message>the object does not exist</Message></Error>");
        *answer.status_mut() = StatusCode::NOT_FOUND;
        return answer;
    };
    let whole = object.bytes.len();
    let span = range.as_deref().and_then(|range| body::parse_range(range, whole));
    let (from, to) = span.unwrap_or((0, whole));
    let mut answer = Response::builder()
        .status(if span.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK })
        .header("etag", &object.etag)
        .header("accept-ranges", "bytes")
        .header("last-modified", store::LAST_MODIFIED)
        .header("content-length", to - from)
        .header("content-type", object.content_type.as_deref().unwrap_or("binary/octet-stream"));
    for (name, value) in &object.metadata {
        answer = answer.header(name, value);
    }
    if span.is_some() {
        answer = answer.header("content-range", format!("bytes {from}-{}/{whole}", to - 1));
    }
    let bytes = if with_body { object.bytes.slice(from..to) } else { Bytes::new() };
    answer.body(Full::new(bytes)).unwrap_or_default()
}

/// Returns CloudFormation's description of a stack with three buckets.
fn describe_stack() -> HttpResponse {
    let outputs: String = ["OriginalsBucket", "ThumbnailsBucket", "CatalogBucket"]
        .map(|name| {
            let value = name.trim_end_matches("Bucket").to_lowercase();
            format!("<member><OutputKey>{name}</OutputKey><OutputValue>{value}</OutputValue></member>")
        })
        .concat();
    xml(&format!(
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>thumbnail-generator</StackName>\
         <StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>\
         <Outputs>{outputs}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    ))
}
