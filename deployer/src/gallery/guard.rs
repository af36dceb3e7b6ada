//! The guard: restricts who can use the server, and what a browser may do with its pages.
//!
//! Any web page can send requests to a port on this machine, so the address contains a secret token. If the token
//! leaks, the check of `Origin` protects against other web pages, and the check of `Host` against DNS rebinding.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::error::CommandError;

/// Returns the content security policy: only resources of this server, inline placeholders, and pictures from
/// `picture_source`, no inline scripts and styles.
fn content_security_policy(picture_source: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {picture_source}; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

const HEADERS: [(HeaderName, &str); 5] = [
    // The address contains the token, so keep it private. `no-referrer` would remove the Origin of forms.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Returns a random token for a URL.
pub(crate) fn token() -> Result<String, CommandError> {
    use base64::Engine as _;
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| {
        CommandError::failed(format!("cannot get random numbers from the operating system: {error}"))
    })?;
    Ok(base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// What a guard protects.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    /// The port of the server.
    port: u16,
    /// The content security policy of its pages.
    policy: HeaderValue,
}

impl Guard {
    /// Creates the guard of the server at `port`, whose pages may show pictures from `picture_source`.
    pub(crate) fn new(port: u16, picture_source: Option<&str>) -> Result<Self, CommandError> {
        let policy = content_security_policy(picture_source.unwrap_or_default());
        let policy = HeaderValue::from_str(&policy)
            .map_err(|_| CommandError::failed("the base URL of the distribution is not valid"))?;
        Ok(Self { port, policy })
    }
}

/// Rejects requests that are not meant for the server, and adds headers to responses.
pub(crate) async fn guard(
    State(Guard { port, policy }): State<Guard>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let is_allowed = has_allowed_host(request.headers(), port);
    let is_change = request.method() != Method::GET && request.method() != Method::HEAD;
    let mut response = if !is_allowed || (is_change && !has_allowed_origin(request.headers(), port)) {
        (StatusCode::FORBIDDEN, "this request does not come from a page of the gallery\n").into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn allowed_hosts(port: u16) -> [String; 2] {
    ["127.0.0.1", "localhost"].map(|host| format!("{host}:{port}"))
}

fn has_allowed_host(headers: &HeaderMap, port: u16) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| allowed_hosts(port).iter().any(|name| name == host))
}

fn has_allowed_origin(headers: &HeaderMap, port: u16) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.is_some_and(|origin| allowed_hosts(port).iter().any(|name| format!("http://{name}") == origin))
}
