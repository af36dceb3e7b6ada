//! The page, the forms for uploads, and the changes of the wall as server-sent events.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use futures::stream::{self, Stream, StreamExt as _};
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::Failure;
use crate::aws::Aws;
use crate::upload;
use crate::wall::{FOLDER, Wall};

/// The state that the routes share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) wall: Arc<Wall>,
    pub(crate) aws: Aws,
}

/// The query of a request: the file name of a new photo, or the key of an existing one.
#[derive(Deserialize)]
struct Photo {
    name: Option<String>,
    key: Option<String>,
}

impl Photo {
    /// Returns the key if it is in the folder of the wall. A real application also checks who may change this photo.
    fn key(self) -> Option<String> {
        self.key.filter(|key| key.strip_prefix(FOLDER).is_some_and(|name| !name.is_empty()))
    }

    /// Returns the key, or a new one. The keys of two uploads differ even if their files have the same name.
    fn key_or_new(self) -> Option<String> {
        let is_usable = |name: &String| !name.contains('/') && !matches!(name.as_str(), "" | "." | "..");
        match self.name.clone().filter(is_usable) {
            Some(name) => Some(format!("{FOLDER}{:016x}/{name}", fastrand::u64(..))),
            None => self.key(),
        }
    }
}

/// The response to a failed request, as text for the user.
type ErrorResponse = (StatusCode, Cow<'static, str>);
const UNUSABLE: ErrorResponse =
    (StatusCode::BAD_REQUEST, Cow::Borrowed("no photo on the wall can have this name"));

pub(crate) async fn serve(listener: TcpListener, app: App) -> Result<(), Failure> {
    let policy = policy(&app).await?;
    let page = include_str!("../page/index.html");
    let file = |kind: &'static str, text: &'static str| get(async move || typed(kind, text));
    let router = Router::new()
        .route("/", get(async move || ([(CONTENT_SECURITY_POLICY, policy)], typed("text/html", page))))
        .route("/wall.js", file("text/javascript", include_str!("../page/wall.js")))
        .route("/upload.js", file("text/javascript", include_str!("../page/upload.js")))
        .route("/placeholder.js", file("text/javascript", include_str!("../page/placeholder.js")))
        .route("/style.css", file("text/css", include_str!("../page/style.css")))
        .route("/icon.svg", file("image/svg+xml", include_str!("../page/icon.svg")))
        .route("/changes", get(changes))
        .route("/uploads", post(sign_upload))
        .route("/photos", delete(delete_photo))
        .layer(middleware::from_fn_with_state(listener.local_addr()?.port(), refuse_other_pages));
    Ok(axum::serve(listener, router.with_state(app)).await?)
}

/// Refuses requests from other pages: a page under another host name could otherwise get signed forms.
async fn refuse_other_pages(State(port): State<u16>, request: Request, next: Next) -> Response {
    let names = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let origin = request.headers().get(ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    let is_ours = host.is_some_and(|host| names.iter().any(|name| name == host));
    let is_our_page = origin.is_none_or(|origin| names.iter().any(|name| origin == format!("http://{name}")));
    if is_ours && is_our_page { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
}

fn typed(kind: &str, text: &'static str) -> Response {
    let headers =
        [(CONTENT_TYPE, format!("{kind}; charset=utf-8")), (X_CONTENT_TYPE_OPTIONS, "nosniff".into())];
    (headers, text).into_response()
}

/// Returns the content security policy: the page may load its own files and the pictures, and may send photos to S3.
async fn policy(app: &App) -> Result<String, Failure> {
    let bucket = upload::address(&app.aws, &app.wall.stack.outputs.originals).await?;
    let origin: Vec<&str> = bucket.splitn(4, '/').take(3).collect();
    let pictures = app.wall.stack.delivery.as_deref();
    let pictures = pictures.ok_or("the stack delivers no pictures; set `delivery: {enabled: true}`")?;
    Ok(format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' {pictures}; \
         connect-src 'self' {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        origin.join("/")
    ))
}

/// Sends all photos of the wall, and then each change.
async fn changes(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (wall, changes) = app.wall.watch();
    // If a page falls behind, the server closes the connection, and the page gets all photos when it reconnects.
    let changes = stream::unfold(changes, |mut changes| async {
        let change = changes.recv().await.ok()?;
        Some((event("change", &change), changes))
    });
    Sse::new(stream::iter([event("wall", &wall)]).chain(changes)).keep_alive(KeepAlive::default())
}

fn event(name: &str, data: &Value) -> Result<Event, Infallible> {
    Ok(Event::default().event(name).data(data.to_string()))
}

/// Returns a form for one photo.
async fn sign_upload(State(app): State<App>, Query(photo): Query<Photo>) -> Result<Response, ErrorResponse> {
    let key = photo.key_or_new().ok_or(UNUSABLE)?;
    let form = upload::sign(&app.aws, &app.wall.stack.outputs.originals, &key).await.map_err(unavailable)?;
    Ok(([(CONTENT_TYPE, "application/json")], serde_json::json!(form).to_string()).into_response())
}

async fn delete_photo(
    State(app): State<App>,
    Query(photo): Query<Photo>,
) -> Result<StatusCode, ErrorResponse> {
    let key = photo.key().ok_or(UNUSABLE)?;
    app.wall.delete(&key).await.map_err(unavailable)?;
    Ok(StatusCode::NO_CONTENT)
}

fn unavailable(error: Failure) -> ErrorResponse {
    (StatusCode::BAD_GATEWAY, format!("AWS refuses: {}", crate::with_causes(&error)).into())
}
