//! The guard: restricts access to the server, and what a browser may do with its pages.
//!
//! Any web page can send requests to a port on this machine. The token in the address protects against that. If the token
//! leaks, the check of `Origin` protects against other web pages, and the check of `Host` against DNS rebinding.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::error::CommandError;

/// The content security policy: only resources of this server and inline placeholders, no inline scripts and styles.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
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

/// Rejects requests that are not meant for the server at `port`, and adds headers to responses.
pub(crate) async fn guard(State(port): State<u16>, request: Request<Body>, next: Next) -> Response {
    let is_allowed = has_allowed_host(request.headers(), port);
    let is_change = request.method() != Method::GET && request.method() != Method::HEAD;
    let mut response = if !is_allowed || (is_change && !has_allowed_origin(request.headers(), port)) {
        (StatusCode::FORBIDDEN, "this request does not come from a page of the gallery\n").into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
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
