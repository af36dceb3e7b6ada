//! While S3 fails, the delivery function returns the right picture, or tells the client to repeat the request.

use std::time::Duration;

use fastrand::Rng;

use testkit::{Fault, SLOW_DOWN};

use crate::aws::Call;
use crate::delivery::Site;
use crate::world::{CATALOG, ORIGINALS, THUMBNAILS, photo};

fn is_of(bucket: &'static str) -> impl Fn(&Call) -> bool + Send + 'static {
    move |call| call.bucket == bucket
}

#[tokio::test]
async fn a_call_that_fails_once_is_repeated() {
    let site = Site::start(&[]).await;
    site.process("cat.png", photo(1)).await;
    let expect = site.get("/p/small/cat.png").await;
    for bucket in [ORIGINALS, THUMBNAILS] {
        let slow = Fault::Delay(Duration::from_millis(300));
        for fault in
            [SLOW_DOWN, Fault::Refuse(500, "InternalError"), Fault::Truncate, Fault::Lose, Fault::Hang, slow]
        {
            let before = site.world.writes();
            site.aws().fail(1, fault, is_of(bucket));
            assert_eq!(site.get("/p/small/cat.png").await, expect, "{bucket} {fault:?}");
            assert_eq!(site.world.writes(), before, "{bucket} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_picture_is_rendered_if_its_bucket_or_the_catalog_does_not_answer() {
    let site = Site::start(&[]).await;
    site.process("cat.png", photo(1)).await;
    let expect = site.get("/p/small/cat.png").await;
    for bucket in [THUMBNAILS, CATALOG] {
        site.aws().fail(u32::MAX, SLOW_DOWN, is_of(bucket));
        let response = site.get("/p/small/cat.png").await;
        assert_eq!((response.png_size(), response.header("etag")), ((8, 5), expect.header("etag")));
    }
    // The function has not stored the picture. The log line contains the reason.
    let lines = site.function.lines(1, |line| line["outcome"] == "done").await;
    assert_eq!(lines[0]["reason"], "throttled");
}

#[tokio::test]
async fn a_temporary_failure_asks_the_client_to_retry() {
    let site = Site::start(&[]).await;
    site.process("cat.png", photo(1)).await;
    let expect = site.get("/p/small/cat.png").await;
    for fault in [SLOW_DOWN, Fault::Refuse(403, "AccessDenied"), Fault::Lose] {
        site.aws().fail(u32::MAX, fault, is_of(ORIGINALS));
        let response = site.get("/p/small/cat.png").await;
        assert_eq!((response.status, response.header("retry-after")), (503, "1"), "{fault:?}");
        assert_eq!(response.header("cache-control"), "no-store");
    }
    site.aws().script(|_| Fault::None);
    assert_eq!(site.get("/p/small/cat.png").await, expect);
}

#[tokio::test]
async fn a_failed_photo_is_answered_before_its_original_has_arrived() {
    let site = Site::start(&[]).await;
    site.process("cat.png", b"no image".to_vec()).await;
    site.aws().fail(u32::MAX, Fault::Hang, |call| call.bucket == ORIGINALS && call.method == "GET");
    let response = site.get("/p/small/cat.png").await;
    assert_eq!((response.status, response.header("x-failure-reason")), (404, "not-an-image"));
}

#[tokio::test]
async fn a_photo_that_only_the_customer_can_read_is_answered_with_the_reason() {
    let site = Site::start(&[]).await;
    let (version, _) = site.world.upload("cat.png", photo(1));
    site.aws().fail(u32::MAX, Fault::Refuse(400, "InvalidRequest"), is_of(ORIGINALS));
    let of_version = format!("/t/{}small.png", version.folder());
    for address in ["/p/small/cat.png", of_version.as_str()] {
        let response = site.get(address).await;
        assert_eq!(
            (response.status, response.header("x-failure-reason")),
            (404, "customer-key"),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_thumbnail_with_wrong_bytes_is_rendered_again() {
    let site = Site::start(&[]).await;
    let version = site.process("cat.png", photo(1)).await;
    let expect = site.get("/p/small/cat.png").await;
    let key = version.thumbnail_key("small", contract::preset::ThumbnailFormat::Png);
    site.aws().store(|store| {
        let headers = store.current(THUMBNAILS, &key).unwrap().headers.clone();
        store.put_if(THUMBNAILS, &key, "half a picture".into(), headers, None, None).unwrap();
    });
    assert_eq!(site.get("/p/small/cat.png").await, expect);
}

/// Returns a script in which about one call in `odds` fails, in every possible way.
fn script(seed: u64, odds: u32) -> impl FnMut(&Call) -> Fault + Send + 'static {
    let mut rng = Rng::with_seed(seed);
    move |_| {
        if rng.u32(..odds) != 0 {
            return Fault::None;
        }
        match rng.u8(..6) {
            0 => SLOW_DOWN,
            1 => Fault::Refuse(500, "InternalError"),
            2 => Fault::Refuse(403, "AccessDenied"),
            3 => Fault::Truncate,
            4 => Fault::Lose,
            _ => Fault::Delay(Duration::from_millis(20)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_failure_causes_a_wrong_or_partial_picture() {
    let seeds = (0..12).map(|seed| tokio::spawn(run_seed(seed)));
    for seed in futures::future::join_all(seeds).await {
        seed.unwrap();
    }
}

async fn run_seed(seed: u64) {
    let site = Site::start(&[("DELIVERY_SIZES", "10x10")]).await;
    site.process("stored.png", photo(1)).await;
    site.world.upload("new.png", photo(2));
    let addresses = ["/p/small/stored.png", "/p/large/stored.png", "/p/10x10/stored.png", "/p/small/new.png"];
    let mut rng = Rng::with_seed(seed);
    site.aws().script(script(seed, rng.u32(2..6)));
    let mut answers = Vec::new();
    for _ in 0..12 {
        let address = rng.choice(addresses).unwrap();
        answers.push((address, site.get(address).await));
    }
    site.aws().script(|_| Fault::None);
    for (address, answer) in answers {
        let expect = site.get(address).await;
        let is_right = answer == expect || (answer.status == 503 && answer.header("retry-after") == "1");
        assert!(is_right, "seed {seed}, {address}: {answer:?}");
    }
}
