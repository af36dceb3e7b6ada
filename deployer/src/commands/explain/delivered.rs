//! Whether CloudFront serves the URLs of a photo, and whether it has them in its cache.

use std::time::Duration;

use contract::delivery::Address;
use contract::key::escape;
use futures::stream::{self, StreamExt as _};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use crate::aws::viewer::Viewer;
use crate::stack::Stack;

/// The maximum number of requested addresses: the stable ones first.
const MAX_ADDRESSES: usize = 20;

/// How many addresses are requested at once. An address that is not in the cache may need an execution of the delivery
/// function, and a new account has ten.
const AT_ONCE: usize = 4;

/// The time limit for all requests.
const TIMEOUT: Duration = Duration::from_secs(10);

/// An address of a photo, and the response to a HEAD request for it.
#[derive(Debug, Serialize)]
pub(super) struct DeliveredAddress {
    pub(super) url: String,
    /// The HTTP status, or `None` without a response.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// What the edge location reports about its cache: `Hit from cloudfront`.
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<String>,
    /// How long the thumbnail has been in the cache, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<u64>,
    /// Why the delivery function has no thumbnail: `not-an-image`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Why there is no response.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Requests the stable address of each preset, and the addresses of `thumbnails`, which are keys. `base` is what the
/// URLs begin with.
pub(super) async fn request_addresses(
    stack: &Stack,
    base: &str,
    key: &str,
    thumbnails: &[String],
) -> Vec<DeliveredAddress> {
    let presets = stack.config.settings.presets.iter();
    let addresses = presets
        .map(|preset| Address::for_preset(&preset.name, key))
        .chain(thumbnails.iter().map(|thumbnail| Address::for_thumbnail(thumbnail)));
    let urls: Vec<String> = addresses.take(MAX_ADDRESSES).map(|address| format!("{base}{address}")).collect();
    let viewer = &Viewer::new(&stack.aws, stack.emulator.as_ref());
    let deadline = Instant::now() + TIMEOUT;
    let requests = urls.into_iter().map(|url| async move {
        match timeout_at(deadline, viewer.head(&url)).await {
            Ok(Ok(response)) => DeliveredAddress {
                status: Some(response.status),
                cache: response.header("x-cache").map(escape),
                age: response.header("age").and_then(|age| age.parse().ok()),
                reason: response.header("x-failure-reason").map(escape),
                error: None,
                url,
            },
            Ok(Err(error)) => without_response(url, &error),
            Err(_) => without_response(url, &format!("timed out after {} s", TIMEOUT.as_secs())),
        }
    });
    stream::iter(requests).buffered(AT_ONCE).collect().await
}

fn without_response(url: String, error: &str) -> DeliveredAddress {
    let error = Some(escape(error));
    DeliveredAddress { url, status: None, cache: None, age: None, reason: None, error }
}

/// Returns a line for each address, or one line for all if every request failed with the same error.
pub(super) fn text(addresses: &[DeliveredAddress]) -> String {
    let Some(first) = addresses.first() else { return String::new() };
    if let Some(error) = &first.error
        && addresses.iter().all(|address| address.error.as_ref() == Some(error))
    {
        return format!("delivery not checked: no response from {}: {error}", first.url);
    }
    let lines = addresses.iter().map(|address| format!("\n  {}  {}", address.url, address.response()));
    format!("delivered:{}", lines.collect::<String>())
}

impl DeliveredAddress {
    /// Returns the response in words.
    fn response(&self) -> String {
        let status = self.status.map(|status| status.to_string());
        let age = self.age.map(|age| format!("{age} s old"));
        let parts = [status, self.reason.clone(), self.cache.clone(), age, self.error.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}
