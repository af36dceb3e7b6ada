//! The response to a request: status, headers, and body.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::delivery::Address;
use contract::settings::DeliverySettings;
use serde::Serialize;

use super::event::Request;
use super::find::{FindResult, Picture};

/// The header with the reason why the response has no picture, or a fallback.
const REASON: &str = "x-failure-reason";

/// After how many seconds a client may repeat a request that the function could not serve.
const RETRY_AFTER: &str = "1";

/// How a response is cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caching {
    /// One year, because the address belongs to one version.
    Immutable,
    /// For `max_age` seconds. For `stale` more seconds, the cache may use the response while it revalidates it.
    Revalidated { max_age: u64, stale: u64 },
    /// For this number of seconds.
    For(u64),
    /// For this number of seconds, after which the address expires. The response must not be used any longer, even if
    /// the function does not respond.
    Until(u64),
    /// Never.
    Never,
}

impl Caching {
    fn header(self) -> String {
        match self {
            Self::Immutable => "public, max-age=31536000, immutable".to_owned(),
            Self::Revalidated { max_age, stale: 0 } => format!("public, max-age={max_age}"),
            Self::Revalidated { max_age, stale } => {
                format!("public, max-age={max_age}, stale-while-revalidate={stale}")
            }
            Self::For(max_age) => format!("public, max-age={max_age}"),
            // Without `stale-if-error=0`, CloudFront sends an expired response if the function does not respond.
            // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
            Self::Until(max_age) => format!("public, max-age={max_age}, stale-if-error=0"),
            Self::Never => "no-store".to_owned(),
        }
    }

    /// Returns the same caching, but does not allow a cache to use the response while it revalidates it.
    pub(super) fn without_stale(self) -> Self {
        match self {
            Self::Revalidated { max_age, .. } => Self::For(max_age),
            other => other,
        }
    }
}

/// A response.
pub(super) struct Response {
    status: u16,
    caching: Caching,
    picture: Option<Picture>,
    location: Option<String>,
    pub(super) reason: Option<String>,
    /// The body, if there is no picture. By default, this is the reason.
    pub(super) sentence: Option<String>,
    /// Whether the picture depends on the header `Accept`.
    pub(super) varies: bool,
}

impl Response {
    fn new(status: u16, caching: Caching) -> Self {
        Self { status, caching, picture: None, location: None, reason: None, sentence: None, varies: false }
    }

    /// Returns the response to a refused address.
    pub(super) fn refused(status: u16, reason: &str, caching: Caching) -> Self {
        Self { reason: Some(reason.to_owned()), ..Self::new(status, caching) }
    }

    /// Returns the response to a request whose method is not read-only.
    pub(super) fn wrong_method() -> Self {
        Self::refused(405, "method", Caching::Never)
    }

    /// Returns the response if S3 does not respond in time.
    pub(super) fn unavailable(reason: &str) -> Self {
        Self::refused(503, reason, Caching::Never)
    }

    /// Returns the response to the address of a current version. `caching` applies if there is a picture.
    pub(super) fn for_current_version(found: FindResult, caching: Caching) -> Self {
        match found {
            FindResult::Picture(picture) => Self { picture: Some(picture), ..Self::new(200, caching) },
            FindResult::TooLarge(thumbnail) => {
                let location = Some(Address::for_thumbnail(&thumbnail).to_string());
                // A stale redirect could lead to a thumbnail that was deleted.
                Self { location, ..Self::new(302, caching.without_stale()) }
            }
            FindResult::Failed(reason) => Self::refused(404, &reason, caching.without_stale()),
            FindResult::Missing(reason) => Self::refused(404, reason, Caching::Never),
        }
    }

    /// Returns the response to the address of one version.
    pub(super) fn for_version(found: FindResult) -> Self {
        match found {
            FindResult::Picture(picture) => {
                Self { picture: Some(picture), ..Self::new(200, Caching::Immutable) }
            }
            // The thumbnail was stored after the distribution requested it from the bucket. The next request gets it
            // from there.
            FindResult::TooLarge(_) => Self::unavailable("too-large"),
            FindResult::Failed(reason) => Self::refused(404, &reason, Caching::Never),
            FindResult::Missing(reason) => Self::refused(404, reason, Caching::Never),
        }
    }

    /// Returns the response in the form that Lambda sends to the client of `request`.
    pub(super) fn into_lambda(self, request: &Request, settings: &DeliverySettings) -> LambdaResponse {
        let mut headers = BTreeMap::from([
            ("cache-control", self.caching.header()),
            ("content-security-policy", "default-src 'none'".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ]);
        let mut varies: Vec<&str> = if self.varies { vec!["Accept"] } else { Vec::new() };
        if let Some(origin) = allowed_origin(request, &settings.cors) {
            headers.insert("access-control-allow-origin", origin);
            headers.insert("access-control-expose-headers", format!("etag, {REASON}"));
        }
        if settings.cors.iter().any(|origin| origin != "*") {
            varies.push("Origin");
        }
        if !varies.is_empty() {
            headers.insert("vary", varies.join(", "));
        }
        let mut status = self.status;
        let mut body = Body::Text(String::new());
        if let Some(reason) = self.reason {
            body = Body::Text(format!("{}\n", self.sentence.as_ref().unwrap_or(&reason)));
            headers.insert(REASON, reason);
        }
        match status {
            405 => drop(headers.insert("allow", "GET, HEAD".to_owned())),
            503 => drop(headers.insert("retry-after", RETRY_AFTER.to_owned())),
            _ => {}
        }
        if let Some(location) = self.location {
            headers.insert("location", location);
        }
        if let Some(Picture { bytes, digest, content_type }) = self.picture {
            let etag = format!("\"{}\"", &digest.as_str()[..32]);
            let is_known = request.has(&etag);
            headers.insert("etag", etag);
            headers.insert("content-disposition", "inline".to_owned());
            headers.insert("content-type", content_type.to_owned());
            body = Body::Bytes(bytes);
            if is_known {
                status = 304;
            }
        } else {
            headers.insert("content-type", "text/plain; charset=utf-8".to_owned());
        }
        if status == 304 {
            headers.remove("content-type");
            body = Body::Text(String::new());
        } else if request.is_head() {
            headers.insert("content-length", body.len().to_string());
            body = Body::Text(String::new());
        }
        let is_base64_encoded = matches!(body, Body::Bytes(_));
        LambdaResponse { status_code: status, headers, body: body.text(), is_base64_encoded }
    }
}

/// Returns the origin whose pages may read the response.
fn allowed_origin(request: &Request, allowed: &[String]) -> Option<String> {
    if allowed.iter().any(|origin| origin == "*") {
        return Some("*".to_owned());
    }
    request.origin().filter(|origin| allowed.iter().any(|one| one == origin)).map(str::to_owned)
}

enum Body {
    Text(String),
    Bytes(Vec<u8>),
}

impl Body {
    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Bytes(bytes) => BASE64_STANDARD.encode(bytes),
        }
    }
}

/// The response in the form that Lambda expects.
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads>
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaResponse {
    status_code: u16,
    headers: BTreeMap<&'static str, String>,
    body: String,
    is_base64_encoded: bool,
}
