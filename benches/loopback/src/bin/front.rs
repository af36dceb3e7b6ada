//! A fake Function URL: sends each request to a function through Lambda's Runtime API, and returns the function's
//! response.
//!
//! Prints the address of the URL and the address of the Runtime API. Any number of processes of the function may work at the
//! same time.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::rc::Rc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, oneshot};

type FunctionResponse = Response<Full<Bytes>>;

/// An event and its ID.
type Invocation = (u64, String);

struct Front {
    send: mpsc::UnboundedSender<Invocation>,
    waiting: Mutex<mpsc::UnboundedReceiver<Invocation>>,
    pending: RefCell<HashMap<u64, oneshot::Sender<Bytes>>>,
    count: RefCell<u64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let (url, api) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    println!("http://{} {}", url.local_addr()?, api.local_addr()?);
    let (send, waiting) = mpsc::unbounded_channel();
    let pending = RefCell::default();
    let front = Rc::new(Front { send, waiting: Mutex::new(waiting), pending, count: RefCell::new(0) });
    let local = tokio::task::LocalSet::new();
    local.run_until(async { tokio::try_join!(serve(url, front.clone(), true), serve(api, front, false)) }).await?;
    Ok(())
}

async fn serve(listener: TcpListener, front: Rc<Front>, is_url: bool) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let front = front.clone();
        tokio::task::spawn_local(async move {
            let service = service_fn(move |request| {
                let front = front.clone();
                async move {
                    let answer = if is_url { invoke(front, request).await } else { runtime_api(front, request).await };
                    Ok::<_, Infallible>(answer.unwrap_or_else(|| Response::new(Full::default())))
                }
            });
            // An error means that the client has closed the connection.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn invoke(front: Rc<Front>, request: Request<Incoming>) -> Option<FunctionResponse> {
    let headers: BTreeMap<&str, &str> =
        request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    let event = json!({
        "version": "2.0", "rawPath": request.uri().path(), "rawQueryString": request.uri().query().unwrap_or_default(),
        "headers": headers, "requestContext": {"http": {"method": request.method().as_str()}}, "isBase64Encoded": false,
    });
    let id = front.count.replace_with(|count| *count + 1);
    let (answer, answered) = oneshot::channel();
    front.pending.borrow_mut().insert(id, answer);
    front.send.send((id, event.to_string())).ok()?;
    let said: Value = serde_json::from_slice(&answered.await.ok()?).ok()?;
    let mut answer = Response::builder().status(u16::try_from(said["statusCode"].as_u64()?).ok()?);
    for (name, value) in said["headers"].as_object()? {
        answer = answer.header(name, value.as_str()?);
    }
    let body = said["body"].as_str()?;
    let is_encoded = said["isBase64Encoded"].as_bool()?;
    let body = if is_encoded { BASE64_STANDARD.decode(body).ok()? } else { body.as_bytes().to_vec() };
    answer.body(Full::from(body)).ok()
}

async fn runtime_api(front: Rc<Front>, request: Request<Incoming>) -> Option<FunctionResponse> {
    let path = request.uri().path().to_owned();
    let rest = path.strip_prefix("/2018-06-01/runtime/invocation/")?;
    if rest == "next" {
        let (id, event) = front.waiting.lock().await.recv().await?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
        let answer = Response::builder()
            .header("lambda-runtime-aws-request-id", id)
            .header("lambda-runtime-deadline-ms", (now.as_millis() + 60_000).to_string())
            .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:f");
        return answer.body(Full::from(event)).ok();
    }
    let id = rest.split('/').next()?.parse().ok()?;
    let body = request.into_body().collect().await.ok()?.to_bytes();
    if let Some(pending) = front.pending.borrow_mut().remove(&id) {
        // An error means that the client has closed the connection.
        let _ = pending.send(body);
    }
    Response::builder().status(202).body(Full::default()).ok()
}
