//! The delivery function: its responses at the addresses of photos and thumbnails.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::delivery::Address;
use contract::preset::ThumbnailFormat;
use serde_json::{Value, json};

use testkit::{InvocationResult, Lambda};

use crate::aws::Aws;
use crate::world::{
    LONG_TIMEOUT, ORIGINALS, THUMBNAILS, World, event, message, original_version, photo, start_delivery,
};

/// A stack with running thumbnail and delivery functions.
pub(crate) struct Site {
    pub(crate) world: World,
    pub(crate) function: Lambda,
}

/// The response that a client receives.
#[derive(Debug, PartialEq)]
pub(crate) struct Response {
    pub(crate) status: u64,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Site {
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        let world = World::start().await;
        let function = start_delivery(&world.aws, variables).await;
        Self { world, function }
    }

    pub(crate) fn aws(&self) -> &Aws {
        &self.world.aws
    }

    pub(crate) async fn get(&self, address: &str) -> Response {
        self.request("GET", address, &[]).await
    }

    /// Sends a request as a Function URL does, and decodes the response.
    pub(crate) async fn request(&self, method: &str, address: &str, headers: &[(&str, &str)]) -> Response {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let headers: HashMap<_, _> = headers.iter().copied().collect();
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
            "headers": headers, "isBase64Encoded": false,
            "requestContext": {
                "accountId": "anonymous", "domainName": "u.lambda-url.eu-central-1.on.aws",
                "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            },
        });
        let InvocationResult::Response(answer) = self.function.invoke(event, LONG_TIMEOUT).await else {
            panic!("no answer to {address}");
        };
        let text = answer["body"].as_str().unwrap();
        let body = match answer["isBase64Encoded"].as_bool().unwrap() {
            true => BASE64_STANDARD.decode(text).unwrap(),
            false => text.as_bytes().to_vec(),
        };
        let headers = answer["headers"].as_object().unwrap().iter();
        let headers =
            headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        Response { status: answer["statusCode"].as_u64().unwrap(), headers, body }
    }

    /// Uploads a photo, and lets the thumbnail function process it.
    pub(crate) async fn process(&self, key: &str, bytes: Vec<u8>) -> contract::key::OriginalVersion {
        let (version, upload) = self.world.upload(key, bytes);
        assert_eq!(self.world.deliver(&[message(key, &upload)]).await, [""; 0]);
        version
    }

    /// Deletes a photo, and lets the thumbnail function process the removal.
    pub(crate) async fn remove(&self, key: &str) {
        let marker = self.aws().store(|store| store.add_delete_marker(ORIGINALS, key));
        let removal = event("ObjectRemoved:DeleteMarkerCreated", key, &marker);
        assert_eq!(self.world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    }

    /// Returns the bytes at `key` in the thumbnails bucket.
    pub(crate) fn thumbnail(&self, key: &str) -> Option<Vec<u8>> {
        self.aws().store(|store| store.current(THUMBNAILS, key).map(|version| version.bytes.to_vec()))
    }

    pub(crate) fn thumbnails(&self) -> Vec<String> {
        self.aws().store(|store| store.list(THUMBNAILS, ""))
    }
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Asserts that there is no picture for this reason, and that caches do not keep the response.
    #[track_caller]
    pub(crate) fn assert_uncached_failure(&self, status: u64, reason: &str) {
        assert_eq!((self.status, self.header("x-failure-reason")), (status, reason), "{self:?}");
        assert_eq!(self.header("cache-control"), "no-store");
    }

    /// Returns the width and height of a complete PNG.
    #[track_caller]
    pub(crate) fn png_size(&self) -> (u32, u32) {
        assert_eq!((self.status, self.header("content-type")), (200, "image/png"), "{self:?}");
        let mut reader = png::Decoder::new(std::io::Cursor::new(&self.body)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        (reader.info().width, reader.info().height)
    }
}

#[tokio::test]
async fn a_stored_thumbnail_takes_two_calls() {
    let site = Site::start(&[]).await;
    let version = site.process("users/42/My cat.png", photo(1)).await;
    let before = site.aws().calls().len();
    let response = site.get("/p/small/users/42/My~20cat.png").await;
    let calls = site.aws().calls();
    let made: Vec<_> =
        calls[before..].iter().map(|call| (call.method.as_str(), call.bucket.as_str())).collect();
    assert_eq!(made, [("HEAD", ORIGINALS), ("GET", THUMBNAILS)]);
    let key = version.thumbnail_key("small", ThumbnailFormat::Png);
    assert_eq!(Some(response.body.clone()), site.thumbnail(&key));
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "public, max-age=60, stale-while-revalidate=86400"),
        ("content-disposition", "inline"),
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("vary", ""),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(response.header(name), value, "{name}");
    }
    assert_eq!((response.status, response.png_size()), (200, (8, 5)));
}

#[tokio::test]
async fn a_head_request_and_a_client_that_has_the_picture_get_no_body() {
    let site = Site::start(&[]).await;
    site.process("cat.png", photo(1)).await;
    let first = site.get("/p/small/cat.png").await;
    let etag = first.header("etag");
    assert!(etag.starts_with('"') && etag.len() == 34, "{etag}");
    for tags in [etag, "*", &format!("\"other\", W/{etag}")] {
        let known = site.request("GET", "/p/small/cat.png", &[("if-none-match", tags)]).await;
        assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, etag), "{tags}");
        assert_eq!(known.header("cache-control"), first.header("cache-control"));
    }
    let unknown = site.request("GET", "/p/small/cat.png", &[("if-none-match", "\"other\"")]).await;
    assert_eq!(unknown, first);
    let head = site.request("HEAD", "/p/small/cat.png", &[]).await;
    let length = first.body.len().to_string();
    assert_eq!((head.status, head.body.len(), head.header("content-length")), (200, 0, length.as_str()));
    assert_eq!(head.header("etag"), etag);
    let post = site.request("POST", "/p/small/cat.png", &[]).await;
    assert_eq!(post.header("allow"), "GET, HEAD");
    post.assert_uncached_failure(405, "method");
}

#[tokio::test]
async fn an_address_is_valid_as_soon_as_the_photo_is_uploaded() {
    let site = Site::start(&[]).await;
    let (version, upload) = site.world.upload("cat.png", photo(1));
    let response = site.get("/p/small/cat.png").await;
    assert_eq!(response.png_size(), (8, 5));
    let key = version.thumbnail_key("small", ThumbnailFormat::Png);
    assert_eq!(site.thumbnail(&key), Some(response.body.clone()));
    // The next request gets the stored picture.
    let writes = site.world.writes();
    assert_eq!(site.get("/p/small/cat.png").await, response);
    assert_eq!(site.world.writes(), writes);
    // The thumbnail function then processes the photo as usual.
    assert_eq!(site.world.deliver(&[message("m", &upload)]).await, [""; 0]);
    assert!(site.world.manifest(&version).is_some());
    assert_eq!(site.aws().sent(), []);
}

#[tokio::test]
async fn a_thumbnail_that_another_function_has_stored_is_not_overwritten() {
    let site = Site::start(&[]).await;
    let (version, _) = site.world.upload("cat.png", photo(1));
    let key = version.thumbnail_key("small", ThumbnailFormat::Png);
    let stored = key.clone();
    site.aws().change_store_at(
        |call| call.method == "PUT",
        move |store| drop(store.put(THUMBNAILS, &stored, "by the thumbnail function")),
    );
    assert_eq!(site.get("/p/small/cat.png").await.png_size(), (8, 5));
    assert_eq!(site.thumbnail(&key).as_deref(), Some("by the thumbnail function".as_bytes()));
}

#[tokio::test]
async fn a_key_is_found_by_its_printed_address_and_by_its_percent_encoding() {
    let site = Site::start(&[]).await;
    let spellings = [
        ("my cat.png", "my%20cat.png"),
        ("a+b.png", "a+b.png"),
        ("c+d.png", "c%2Bd.png"),
        ("e%2Bf.png", "e%252Bf.png"),
        ("g%2Fh.png", "g%252Fh.png"),
        ("i/j.png", "i%2Fj.png"),
        ("\u{1f63a}.png", "%F0%9F%98%BA.png"),
        ("a//b/../c.png", "a/~2Fb/~2E~2E/c.png"),
    ];
    for (i, (key, sent)) in spellings.into_iter().enumerate() {
        let (version, _) = site.world.upload(key, photo(i as u8));
        let printed = site.get(&Address::for_preset("small", key).to_string()).await;
        assert_eq!(printed.png_size(), (8, 5), "{key}");
        let stored = site.thumbnail(&version.thumbnail_key("small", ThumbnailFormat::Png));
        assert_eq!(stored.as_ref(), Some(&printed.body), "{key}");
        assert_eq!(site.get(&format!("/p/small/{sent}")).await, printed, "{sent}");
    }
    let before = site.aws().calls().len();
    for (path, reason) in [
        ("/p/small/a//b/../c.png", "path-part"),
        ("/p/small/a/../i/j.png", "path-part"),
        ("/p/small/a%2F..%2Fi/j.png", "path-part"),
        ("/p/small/%FF.png", "encoding"),
        ("/p/small/a~b", "encoding"),
    ] {
        let refused = site.get(path).await;
        assert_eq!((refused.status, refused.header("x-failure-reason")), (400, reason), "{path}");
    }
    assert_eq!(site.aws().calls().len(), before);
}

#[tokio::test]
async fn the_current_version_of_a_photo_is_shown_and_a_removed_photo_is_not() {
    let site = Site::start(&[]).await;
    site.get("/p/small/cat.png").await.assert_uncached_failure(404, "no-such-photo");
    site.process("cat.png", photo(1)).await;
    let old = site.get("/p/small/cat.png").await;
    let (new, _) = site.world.upload("cat.png", photo(200));
    let response = site.get("/p/small/cat.png").await;
    assert_ne!(response.body, old.body);
    assert_eq!(site.thumbnail(&new.thumbnail_key("small", ThumbnailFormat::Png)), Some(response.body));
    site.aws().store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    site.get("/p/small/cat.png").await.assert_uncached_failure(404, "no-such-photo");
    site.remove("cat.png").await;
    site.get("/p/small/cat.png").await.assert_uncached_failure(404, "no-such-photo");
    assert_eq!(site.thumbnails(), [""; 0]);
}

#[tokio::test]
async fn the_current_version_is_shown_if_a_photo_is_overwritten_during_rendering() {
    let site = Site::start(&[]).await;
    let (old, _) = site.world.upload("cat.png", photo(1));
    site.aws().change_store_at(
        |call| call.method == "PUT",
        |store| drop(store.put(ORIGINALS, "cat.png", photo(200))),
    );
    let response = site.get("/p/small/cat.png").await;
    let new = site.aws().store(|store| store.current(ORIGINALS, "cat.png").cloned()).unwrap();
    let stored =
        site.thumbnail(&original_version("cat.png", &new).thumbnail_key("small", ThumbnailFormat::Png));
    assert_eq!(stored, Some(response.body));
    // The thumbnail function receives a message about the superseded version with the extra thumbnail.
    assert_eq!(site.aws().sent()[0].body["version"], Value::from(old.version.clone()));
    site.world.deliver_sent().await;
    assert_eq!(site.thumbnail(&old.thumbnail_key("small", ThumbnailFormat::Png)), None);
}

#[tokio::test]
async fn a_photo_that_is_removed_during_rendering_is_not_shown_and_leaves_nothing() {
    let site = Site::start(&[]).await;
    site.world.upload("cat.png", photo(1));
    site.aws().change_store_at(
        |call| call.method == "PUT",
        |store| drop(store.add_delete_marker(ORIGINALS, "cat.png")),
    );
    site.get("/p/small/cat.png").await.assert_uncached_failure(404, "no-such-photo");
    site.world.deliver_sent().await;
    assert_eq!(site.thumbnails(), [""; 0]);
}

#[tokio::test]
async fn a_failed_photo_is_answered_with_the_reason_and_not_tried_again() {
    let site = Site::start(&[]).await;
    let version = site.process("cat.png", b"no image".to_vec()).await;
    let reason = site.world.failure(&version).unwrap().reason;
    for address in ["/p/small/cat.png", "/p/large/cat.png"] {
        let response = site.get(address).await;
        assert_eq!((response.status, response.header("x-failure-reason")), (404, reason.as_str()));
        assert_eq!(response.header("cache-control"), "public, max-age=60");
    }
    // A photo without a record fails during the request, for the same reason.
    site.world.upload("dog.png", "no image");
    let response = site.get("/p/small/dog.png").await;
    assert_eq!((response.status, response.header("x-failure-reason")), (404, reason.as_str()));
    assert_eq!(site.thumbnails(), [""; 0]);
    // A folder is not a photo.
    site.world.upload("album/", "");
    site.get("/p/small/album/").await.assert_uncached_failure(404, "no-such-photo");
}

#[tokio::test]
async fn a_fallback_is_shown_if_a_photo_has_failed() {
    let site = Site::start(&[("DELIVERY_FALLBACK", "missing.png"), ("DELIVERY_MAX_AGE", "30")]).await;
    site.process("cat.png", b"no image".to_vec()).await;
    let without = site.get("/p/small/cat.png").await;
    assert_eq!(without.status, 404);
    site.process("missing.png", photo(9)).await;
    let response = site.get("/p/small/cat.png").await;
    assert_eq!((response.png_size(), response.header("cache-control")), ((8, 5), "public, max-age=30"));
    assert_eq!(response.header("x-failure-reason"), without.header("x-failure-reason"));
    assert_eq!(response.body, site.get("/p/small/missing.png").await.body);
    site.get("/p/small/nothing.png").await.assert_uncached_failure(404, "no-such-photo");
}

#[tokio::test]
async fn the_address_of_a_version_shows_this_version_or_nothing() {
    let site = Site::start(&[]).await;
    let (old, _) = site.world.upload("cat.png", photo(1));
    let address =
        |version: &contract::key::OriginalVersion, file: &str| format!("/t/{}{file}", version.folder());
    let first = site.get(&address(&old, "small.png")).await;
    assert_eq!(
        (first.png_size(), first.header("cache-control")),
        ((8, 5), "public, max-age=31536000, immutable")
    );
    for (file, reason) in
        [("small.webp", "no-such-preset"), ("tiny.png", "no-such-preset"), ("small", "no-such-preset")]
    {
        let response = site.get(&address(&old, file)).await;
        assert_eq!((response.status, response.header("x-failure-reason")), (404, reason), "{file}");
    }
    let (new, _) = site.world.upload("cat.png", photo(200));
    assert_eq!(site.get(&address(&old, "small.png")).await, first);
    site.get(&address(&old, "large.jpg")).await.assert_uncached_failure(404, "not-current");
    assert_eq!(site.get(&address(&new, "large.jpg")).await.header("content-type"), "image/jpeg");
    site.remove("cat.png").await;
    site.get(&address(&new, "large.jpg")).await.assert_uncached_failure(404, "no-such-photo");
}

#[tokio::test]
async fn a_picture_that_is_too_large_for_lambda_is_fetched_from_the_bucket() {
    let site = Site::start(&[]).await;
    let version = site.process("cat.png", photo(1)).await;
    let key = version.thumbnail_key("small", ThumbnailFormat::Png);
    let largest = 4_500_000;
    site.aws().store(|store| store.put(THUMBNAILS, &key, vec![0; largest]));
    assert_eq!(site.get("/p/small/cat.png").await.body.len(), largest);
    site.aws().store(|store| store.put(THUMBNAILS, &key, vec![0; largest + 1]));
    let response = site.get("/p/small/cat.png").await;
    assert_eq!((response.status, response.header("location")), (302, format!("/t/{key}").as_str()));
    // After an overwrite, a stale redirect would lead to a thumbnail that was deleted.
    assert_eq!(response.header("cache-control"), "public, max-age=60");
    // For this address, the distribution first sends the request to the bucket.
    site.get(&format!("/t/{key}")).await.assert_uncached_failure(503, "too-large");
}

#[tokio::test]
async fn pages_of_the_configured_origins_may_read_the_pictures() {
    let site = Site::start(&[("DELIVERY_CORS", "https://a.example,https://b.example")]).await;
    site.process("cat.png", photo(1)).await;
    for (origin, allowed) in [("https://b.example", "https://b.example"), ("https://c.example", "")] {
        let response = site.request("GET", "/p/small/cat.png", &[("origin", origin)]).await;
        assert_eq!(response.header("access-control-allow-origin"), allowed);
        assert_eq!(response.header("vary"), "Origin");
    }
    let any = start_delivery(site.aws(), &[("DELIVERY_CORS", "*")]).await;
    let site = Site { function: any, ..site };
    let response = site.get("/p/small/cat.png").await;
    assert_eq!((response.header("access-control-allow-origin"), response.header("vary")), ("*", ""));
}
