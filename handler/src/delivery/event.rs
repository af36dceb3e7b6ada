//! The event of a Function URL, and the request in it.

use std::collections::HashMap;

use serde::Deserialize;

/// An event of payload format 2.0, with the fields that the function reads.
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The path, still percent-encoded.
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

/// A request for a picture.
pub(super) struct Request {
    method: String,
    pub(super) path: String,
    pub(super) query: String,
    headers: HashMap<String, String>,
}

impl Request {
    pub(super) fn from_event(event: Event) -> Self {
        let Event { raw_path, raw_query_string, headers, request_context } = event;
        Self { method: request_context.http.method, path: raw_path, query: raw_query_string, headers }
    }

    /// Returns whether the method is read-only.
    pub(super) fn is_read(&self) -> bool {
        self.method == "GET" || self.method == "HEAD"
    }

    /// Returns whether the response has no body.
    pub(super) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// Returns the value of the header `Accept`, or an empty string if there is none.
    pub(super) fn accept(&self) -> &str {
        self.header("accept").unwrap_or_default()
    }

    /// Returns the value of the header `Origin`.
    pub(super) fn origin(&self) -> Option<&str> {
        self.header("origin")
    }

    /// Returns whether the client has the picture with the entity tag `etag` (RFC 9110, 13.1.2: a weak comparison).
    pub(super) fn has(&self, etag: &str) -> bool {
        self.header("if-none-match").is_some_and(|tags| {
            tags.split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        // Lambda sends the names of headers in lower case.
        self.headers.get(name).map(String::as_str)
    }
}
