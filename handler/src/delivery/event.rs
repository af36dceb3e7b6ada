//! The event of a Function URL, and the request in it.

use std::collections::HashMap;

use serde::Deserialize;

/// An event of payload format 2.0, as far as it is read.
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The path as it was sent, still percent-encoded.
    raw_path: String,
    /// The query without `?`, still percent-encoded.
    #[serde(default)]
    raw_query_string: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    request_context: Context,
}

#[derive(Debug, Deserialize)]
struct Context {
    http: Http,
}

#[derive(Debug, Deserialize)]
struct Http {
    method: String,
}

/// A request.
pub(super) struct Request {
    method: String,
    pub(super) path: String,
    pub(super) query: String,
    headers: HashMap<String, String>,
}

impl Request {
    pub(super) fn of(event: Event) -> Self {
        let Event { raw_path, raw_query_string, headers, request_context } = event;
        Self { method: request_context.http.method, path: raw_path, query: raw_query_string, headers }
    }

    /// Whether it only reads.
    pub(super) fn is_read(&self) -> bool {
        self.method == "GET" || self.method == "HEAD"
    }

    /// Whether the answer has no body.
    pub(super) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// The value of the header `Accept`; empty if there is none.
    pub(super) fn accept(&self) -> &str {
        self.header("accept").unwrap_or_default()
    }

    /// The value of the header `Origin`.
    pub(super) fn origin(&self) -> Option<&str> {
        self.header("origin")
    }

    /// Whether the client has what the entity tag `etag` names (RFC 9110, 13.1.2: a weak comparison).
    pub(super) fn has(&self, etag: &str) -> bool {
        self.header("if-none-match").is_some_and(|tags| {
            tags.split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        // Lambda writes them in lower case.
        self.headers.get(name).map(String::as_str)
    }
}
