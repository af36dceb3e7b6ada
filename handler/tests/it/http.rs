//! A server on loopback, of which every answer may also be broken.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;

use bytes::Bytes;
use futures::StreamExt as _;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server that ends when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

/// Why an answer is not sent, or not to its end: the connection closes instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken on purpose")
    }
}

impl std::error::Error for Broken {}

pub(crate) type Body = BoxBody<Bytes, Broken>;
pub(crate) type Answer = Result<Response<Body>, Broken>;

impl Server {
    /// Answers every request with what `answer` gives for it and its body.
    pub(crate) async fn start<F>(answer: impl Fn(Request<()>, Bytes) -> F + Clone + Send + 'static) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let answer = answer.clone();
                let service = service_fn(move |request: Request<Incoming>| {
                    let answer = answer.clone();
                    async move {
                        let (head, body) = request.into_parts();
                        // A caller that was killed sends no more of it.
                        let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
                        answer(Request::from_parts(head, ()), body).await
                    }
                });
                tokio::spawn(async move {
                    // That a caller goes away is no failure of the server.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { address, task }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A whole body.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never: Infallible| match never {}).boxed()
}

/// A body that breaks off after `bytes`.
pub(crate) fn broken(bytes: Bytes) -> Body {
    let pieces = futures::stream::iter([Ok(Frame::data(bytes)), Err(Broken)]);
    // What is sent goes out while the next piece is waited for.
    let pieces = pieces.then(|piece| async {
        if piece.is_err() {
            tokio::task::yield_now().await;
        }
        piece
    });
    BodyExt::boxed(StreamBody::new(Box::pin(pieces)))
}
