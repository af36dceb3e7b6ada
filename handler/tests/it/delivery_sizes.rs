//! Sizes on demand: which are allowed, and how they are stored and removed.

use contract::delivery::{Address, MAX_ON_DEMAND, Options, SigningKey};
use serde_json::Value;
use testkit::Fault;

use crate::aws::GET_SECRET;
use crate::delivery::{Response, Site};
use crate::world::{THUMBNAILS, photo, photo_of};

const SIGNED: [(&str, &str); 2] = [("DELIVERY_SIZES", "signed"), ("DELIVERY_SECRET", "secret")];

#[track_caller]
fn assert_refused(response: &Response, reason: &str) {
    assert_eq!((response.status, response.header("x-failure-reason")), (403, reason), "{response:?}");
    assert_eq!(response.header("cache-control"), "public, max-age=10");
}

/// Returns the address of `size` of cat.png with `options`.
fn address(size: &str, options: Options) -> Address {
    Address::for_size(size.parse().unwrap(), "cat.png", options)
}

#[tokio::test]
async fn a_listed_size_is_rendered_stored_and_removed_with_the_photo() {
    let site = Site::start(&[("DELIVERY_SIZES", "10x10,6x")]).await;
    let version = site.process("cat.png", photo(1)).await;
    let png = "?format=png";
    assert_eq!(site.get(&format!("/p/10x10/cat.png{png}")).await.png_size(), (10, 7));
    assert_eq!(site.get(&format!("/p/6x/cat.png{png}")).await.png_size(), (6, 4));
    assert_eq!(site.get(&format!("/p/6x/cat.png{png}&dpr=2")).await.png_size(), (12, 8));
    let cover = format!("/p/10x10/cat.png{png}&fit=cover&gravity=end");
    let first = site.get(&cover).await;
    assert_eq!(first.png_size(), (10, 10));
    // A picture is never larger than the photo.
    assert_eq!(site.get(&format!("/p/10x10/cat.png{png}&fit=cover&dpr=3")).await.png_size(), (24, 16));
    let folder = version.folder();
    let stored: Vec<String> =
        site.thumbnails().iter().filter_map(|key| Some(key.strip_prefix(&folder)?.to_owned())).collect();
    let on_demand = [
        "10x10_cover-end_q80.png",
        "10x10_inside_q80.png",
        "12x_inside_q80.png",
        "30x30_cover_q80.png",
        "6x_inside_q80.png",
    ];
    assert_eq!(stored[..5], on_demand);
    let before = site.aws().calls().len();
    assert_eq!(site.get(&cover).await, first);
    assert_eq!(site.aws().calls().len(), before + 2);
    // The address of the version also returns it, and renders it if the size is in the list.
    let of_version = |name: &str| format!("/t/{folder}{name}");
    assert_eq!(site.get(&of_version("10x10_cover-end_q80.png")).await.body, first.body);
    assert_eq!(site.get(&of_version("18x_inside_q80.png")).await.png_size(), (18, 12));
    for name in ["18x_inside_q70.png", "19x_inside_q80.png"] {
        site.get(&of_version(name)).await.assert_uncached_failure(404, "no-such-thumbnail");
    }
    site.remove("cat.png").await;
    assert_eq!(site.thumbnails(), [""; 0]);
    site.get(&cover).await.assert_uncached_failure(404, "no-such-photo");
}

#[tokio::test]
async fn a_request_without_a_format_gets_the_best_that_the_client_accepts() {
    let site = Site::start(&[("DELIVERY_SIZES", "10x10")]).await;
    site.process("cat.png", photo(1)).await;
    let get = async |accept| {
        let headers: &[(&str, &str)] = &[("accept", accept)];
        site.request("GET", "/p/10x10/cat.png", headers).await
    };
    let best = if imaging::WRITES_AVIF { "image/avif" } else { "image/webp" };
    for (accept, expect) in [
        ("image/avif,image/webp,*/*;q=0.8", best),
        ("image/webp,*/*", "image/webp"),
        ("*/*", "image/jpeg"),
        ("image/jpeg", "image/jpeg"),
    ] {
        let response = get(accept).await;
        assert_eq!((response.status, response.header("content-type")), (200, expect), "{accept}");
        assert_eq!(response.header("vary"), "Accept");
    }
    assert_eq!(site.get("/p/10x10/cat.png?format=jpeg").await.header("vary"), "");
}

#[tokio::test]
async fn many_requests_for_sizes_that_are_not_allowed_cause_no_calls() {
    let site = Site::start(&[("DELIVERY_SIZES", "10x10")]).await;
    site.process("cat.png", photo(1)).await;
    let (before, thumbnails) = (site.aws().calls().len(), site.thumbnails());
    for i in 0..10_000 {
        let (width, height) = (11 + i % 100, 11 + i / 100);
        assert_refused(&site.get(&format!("/p/{width}x{height}/cat.png")).await, "size-not-allowed");
    }
    assert_refused(&site.get("/p/10x10/cat.png?quality=79").await, "size-not-allowed");
    assert_eq!((site.aws().calls().len(), site.thumbnails()), (before, thumbnails));
}

#[tokio::test]
async fn presets_are_the_only_sizes_unless_others_are_configured() {
    let site = Site::start(&[]).await;
    site.process("cat.png", photo(1)).await;
    let before = site.aws().calls().len();
    assert_refused(&site.get("/p/10x10/cat.png").await, "size-not-allowed");
    let signed = SigningKey::new("key").sign(&address("10x10", Options::default()));
    assert_refused(&site.get(&signed).await, "size-not-allowed");
    for (address, sentence) in [
        ("small/cat.png?quality=1", "a preset cannot have the option `quality`"),
        ("10x/cat.png?fit=cover", "must occur once and be `inside`, or `cover` with a width and a height"),
        ("10x/cat.png?dpr=4", "must occur once and be 1, 2, or 3"),
        ("10x/cat.png?quality=0", "must occur once and be a number from 1 to 100"),
        ("10x/cat.png?quality=7&quality=8", "must occur once and be a number from 1 to 100"),
        ("10x/cat.png?gravity=top", "must occur once and be `center`, `start`, `end`, or `saliency`"),
        ("10x/cat.png?format=gif", "must occur once and be `auto`, `avif`, `jpeg`, `png`, or `webp`"),
    ] {
        let response = site.get(&format!("/p/{address}")).await;
        assert_eq!((response.status, response.header("x-failure-reason")), (400, "option"), "{address}");
        assert!(String::from_utf8_lossy(&response.body).contains(sentence), "{address}: {response:?}");
    }
    assert_eq!(site.aws().calls().len(), before);
}

#[tokio::test]
async fn a_signed_address_is_answered_with_its_options_in_any_order() {
    let site = Site::start(&SIGNED).await;
    site.aws().rotate("first key");
    site.process("cat.png", photo_of(48, 32, 1)).await;
    let options = Options { dpr: Some(2), quality: Some(60), ..Options::default() };
    let signed = SigningKey::new("first key").sign(&address("10x10", options));
    let first = site.get(&signed).await;
    assert_eq!(
        (first.status, first.header("cache-control")),
        (200, "public, max-age=60, stale-while-revalidate=86400")
    );
    let (path, query) = signed.split_once('?').unwrap();
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.reverse();
    assert_eq!(site.get(&format!("{path}?{}", pairs.join("&utm_source=x&"))).await, first);
    assert_refused(&site.get("/p/10x10/cat.png?dpr=2&quality=60").await, "no-signature");
    assert_refused(&site.get(&signed.replace("quality=60", "quality=61")).await, "wrong-signature");
    assert_refused(&site.get(&signed.replace("10x10", "10x11")).await, "wrong-signature");
    assert_refused(&site.get(&signed.replace("cat.png", "dog.png")).await, "wrong-signature");
    assert_refused(&site.get(&format!("{signed}0")).await, "wrong-signature");
    // Presets need no signature.
    assert_eq!(site.get("/p/small/cat.png").await.status, 200);
}

#[tokio::test]
async fn a_signed_address_expires_and_is_not_cached_longer() {
    let site = Site::start(&SIGNED).await;
    site.aws().rotate("key");
    site.process("cat.png", photo(1)).await;
    let now = time::OffsetDateTime::now_utc().unix_timestamp() as u64;
    let signed = |expires| {
        let options = Options { expires: Some(expires), ..Options::default() };
        SigningKey::new("key").sign(&address("10x10", options))
    };
    assert_refused(&site.get(&signed(now - 1)).await, "expired");
    let later = site.get(&signed(now + 3600)).await;
    assert_eq!(later.header("cache-control"), "public, max-age=60, stale-if-error=0");
    let soon = site.get(&signed(now + 50)).await;
    let max_age = soon.header("cache-control").strip_prefix("public, max-age=").unwrap();
    let max_age: u64 = max_age.strip_suffix(", stale-if-error=0").unwrap().parse().unwrap();
    assert!(soon.status == 200 && max_age <= 50, "{soon:?}");
    assert_refused(&site.get(&signed(now + 60).replace("exp=", "exp=1")).await, "wrong-signature");
}

#[tokio::test]
async fn two_keys_are_valid_while_they_are_rotated() {
    let site = Site::start(&SIGNED).await;
    site.process("cat.png", photo(1)).await;
    let get = async |key| site.get(&SigningKey::new(key).sign(&address("10x10", Options::default()))).await;
    site.aws().rotate("first");
    assert_eq!(get("first").await.status, 200);
    // A running function reads the new key.
    site.aws().rotate("second");
    assert_eq!((get("second").await.status, get("first").await.status), (200, 200));
    // Wrong signatures do not cause it to read the keys again each time.
    let before = site.aws().calls().len();
    for _ in 0..20 {
        assert_refused(&get("wrong").await, "wrong-signature");
    }
    assert_eq!(site.aws().calls().len(), before);
    // A new process does not accept the key from two rotations before.
    site.aws().rotate("third");
    let function = crate::world::start_delivery(site.aws(), &SIGNED).await;
    let site = Site { function, ..site };
    let get = async |key| site.get(&SigningKey::new(key).sign(&address("10x10", Options::default()))).await;
    assert_eq!((get("third").await.status, get("second").await.status), (200, 200));
    assert_refused(&get("first").await, "wrong-signature");
}

#[tokio::test]
async fn a_new_key_is_not_refused_while_the_secret_cannot_be_read() {
    let site = Site::start(&SIGNED).await;
    site.process("cat.png", photo(1)).await;
    let get = async |key| site.get(&SigningKey::new(key).sign(&address("10x10", Options::default()))).await;
    site.aws().rotate("first");
    assert_eq!(get("first").await.status, 200);
    site.aws().rotate("second");
    // A response that reports a wrong signature would be cached.
    site.aws().fail(u32::MAX, Fault::Hang, |call| call.target == GET_SECRET);
    assert_eq!((get("second").await.status, get("first").await.status), (503, 200));
    site.aws().script(|_| Fault::None);
    let mut status = get("second").await.status;
    while status == 503 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        status = get("second").await.status;
    }
    assert_eq!(status, 200);
}

#[tokio::test]
async fn the_number_of_stored_sizes_of_a_photo_is_limited() {
    let site = Site::start(&[("DELIVERY_SIZES", "10x10,9x9")]).await;
    let version = site.process("cat.png", photo(1)).await;
    site.aws().store(|store| {
        for i in 1..MAX_ON_DEMAND {
            store.put(THUMBNAILS, &format!("{}{i}x_inside_q80.webp", version.folder()), "a picture");
        }
    });
    let count = site.thumbnails().len();
    assert_eq!(site.get("/p/10x10/cat.png?format=png").await.png_size(), (10, 7));
    assert_eq!(site.thumbnails().len(), count + 1);
    for _ in 0..2 {
        assert_eq!(site.get("/p/9x9/cat.png?format=png").await.png_size(), (9, 6));
        assert_eq!(site.thumbnails().len(), count + 1);
    }
    // A preset is always stored.
    site.aws().store(|store| store.add_delete_marker(THUMBNAILS, &format!("{}small.png", version.folder())));
    assert_eq!(site.get("/p/small/cat.png").await.png_size(), (8, 5));
    assert_eq!(site.thumbnails().len(), count + 1);
}

#[tokio::test]
async fn a_rendered_picture_is_logged_and_a_stored_one_is_not() {
    let site = Site::start(&[]).await;
    let (version, _) = site.world.upload("cat.png", photo(1));
    for _ in 0..3 {
        assert_eq!(site.get("/p/small/cat.png").await.status, 200);
    }
    site.world.upload("dog.png", "no image");
    assert_eq!(site.get("/p/small/dog.png").await.status, 404);
    let lines = site.function.lines(2, |line| line["outcome"] != Value::Null).await;
    assert_eq!((&lines[0]["outcome"], &lines[0]["key"]), (&Value::from("done"), &Value::from(version.key)));
    assert!(lines[0]["ms"]["render"].is_u64(), "{lines:#?}");
    assert_eq!((&lines[1]["outcome"], &lines[1]["key"]), (&Value::from("failed"), &Value::from("dog.png")));
}
