//! Events in every envelope, and repeated deliveries of an event.

use contract::key::OriginalVersion;
use contract::request::{Request, RequestKind};
use serde_json::{Value, json};

use crate::world::{LONG_TIMEOUT, ORIGINALS, THUMBNAILS, World, message, photo};
use testkit::InvocationResult;

#[tokio::test]
async fn an_event_is_processed_in_every_envelope() {
    let world = World::start().await;
    let notification = |inner: &Value| json!({"Type": "Notification", "Message": inner.to_string()});
    type Envelope<'a> = &'a dyn Fn(&Value) -> Value;
    let envelopes: [(&str, Envelope<'_>); 4] = [
        ("raw, in a queue", &|event| json!({"Records": [message("m", event)]})),
        ("through a topic, in a queue", &|event| json!({"Records": [message("m", &notification(event))]})),
        ("raw, directly to the function", &Value::clone),
        (
            "from a topic directly to the function",
            &|event| json!({"Records": [{"EventSource": "aws:sns", "Sns": notification(event)}]}),
        ),
    ];
    for (i, (name, envelope)) in envelopes.iter().enumerate() {
        let (version, event) = world.upload(&format!("my cat+{i}.png"), photo(i as u8));
        let ended = world.thumbnail.invoke(envelope(&event), LONG_TIMEOUT).await;
        assert_eq!(ended, InvocationResult::Response(json!({"batchItemFailures": []})), "{name}");
        assert!(world.manifest(&version).is_some(), "{name}");
    }
}

#[tokio::test]
async fn an_event_of_another_bucket_makes_and_removes_nothing() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let writes = world.writes();
    world.aws.store(|store| store.remove(ORIGINALS, "cat.png", &version.version));
    world.aws.store(|store| store.put("elsewhere", "dog.png", photo(2)));
    let removal = json!({
        "detail-type": "Object Deleted",
        "detail": {"bucket": {"name": "elsewhere"}, "object": {"key": "cat.png"},
                   "deletion-type": "Permanently Deleted"},
    });
    let created = json!({
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": "elsewhere"}, "object": {"key": "dog.png", "etag": "e"}},
    });
    let messages = [message("removal", &removal), message("created", &created)];
    assert_eq!(world.deliver(&messages).await, [""; 0]);
    assert_eq!(world.writes(), writes);
    for id in ["removal", "created"] {
        let line = &world.thumbnail.lines(1, |line| line["message_id"] == id).await[0];
        assert_eq!((&line["outcome"], &line["reason"]), (&json!("ignored"), &json!("foreign-bucket")));
    }
}

#[tokio::test]
async fn events_of_event_bridge_and_requests_of_the_deployer_are_processed() {
    let world = World::start().await;
    let (version, _) = world.upload("a+b%20.png", photo(1));
    let event = json!({
        "version": "0", "source": "aws.s3", "detail-type": "Object Created",
        "detail": {"bucket": {"name": ORIGINALS},
                   "object": {"key": version.key, "version-id": version.version, "size": 1}},
    });
    assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());

    let (version, _) = world.upload("backfilled.png", photo(2));
    let original = version.clone();
    let request = Request { request: RequestKind::Backfill, bucket: ORIGINALS.to_owned(), original };
    let request = serde_json::to_value(&request).unwrap();
    assert_eq!(world.deliver(&[message("m", &request)]).await, [""; 0]);
    let manifest = world.manifest(&version).unwrap();

    // If the version is done, a backfill only makes missing thumbnails. A replay makes all again.
    let thumbnail = &manifest.thumbnails[0].key;
    let count = |world: &World| world.aws.store(|store| store.count(THUMBNAILS, thumbnail));
    assert_eq!(world.deliver(&[message("m", &request)]).await, [""; 0]);
    assert_eq!(count(&world), 1);
    world.aws.store(|store| store.add_delete_marker(THUMBNAILS, thumbnail));
    assert_eq!(world.deliver(&[message("m", &request)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
    let before = count(&world);
    let replay =
        Request { request: RequestKind::Replay, bucket: ORIGINALS.to_owned(), original: version.clone() };
    assert_eq!(world.deliver(&[message("m", &serde_json::to_value(&replay).unwrap())]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
    assert_eq!(count(&world), before + 1);
}

#[tokio::test]
async fn an_event_without_a_version_is_about_the_current_one() {
    let world = World::start().await;
    let (version, _) = world.upload("bare.png", photo(1));
    let bare = json!({"Records": [{"s3": {"bucket": {"name": ORIGINALS}, "object": {"key": "bare.png"}}}]});
    assert_eq!(world.deliver(&[message("m", &bare)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
}

#[tokio::test]
async fn the_test_event_is_acknowledged_and_an_unreadable_message_is_retried() {
    let world = World::start().await;
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": ORIGINALS});
    let nonsense = json!({"hello": "world"});
    assert_eq!(world.deliver(&[message("test", &test), message("nonsense", &nonsense)]).await, ["nonsense"]);
    assert_eq!(world.aws.calls(), []);
}

#[tokio::test]
async fn ten_identical_events_write_once_and_then_only_read() {
    let world = World::start().await;
    let (version, event) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("0", &event)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
    let (writes, calls) = (world.writes(), world.aws.calls().len());
    // Two thumbnails, the entry in the name index, and the manifest.
    assert_eq!(writes, 4);
    for delivery in 1..10 {
        assert_eq!(world.deliver(&[message(&delivery.to_string(), &event)]).await, [""; 0]);
        // The function checks the done record, the current version, the failure record, the index, and the outputs.
        assert_eq!(world.aws.calls().len(), calls + 6 * delivery);
    }
    assert_eq!(world.writes(), writes);
}

#[tokio::test]
async fn ten_concurrent_identical_events_create_all_thumbnails() {
    let world = World::start().await;
    let (version, event) = world.upload("cat.png", photo(1));
    let messages: Vec<Value> = (0..10).map(|i| message(&i.to_string(), &event)).collect();
    assert_eq!(world.deliver(&messages).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
    assert_eq!(world.aws.store(|store| store.list(THUMBNAILS, "")).len(), 2);
}

#[tokio::test]
async fn a_line_of_the_log_has_the_steps_and_the_metrics() {
    let world = World::start().await;
    let bytes = photo(1);
    let length = bytes.len();
    let (OriginalVersion { key, version }, event) = world.upload("cat.png", bytes);
    assert_eq!(world.deliver(&[message("m1", &event)]).await, [""; 0]);
    let line = &world.thumbnail.lines(1, |line| line["key"] == "cat.png").await[0];
    for (field, expect) in [
        ("level", json!("info")),
        ("outcome", json!("done")),
        ("request_id", json!("request-1")),
        ("message_id", json!("m1")),
        ("receive_count", json!(1)),
        ("bucket", json!(ORIGINALS)),
        ("key", json!(key)),
        ("version", json!(version)),
        ("bytes", json!(length)),
        ("pixels", json!(24 * 16)),
        ("Function", json!("photos-function")),
        ("Done", json!(1)),
        ("Failures", json!(0)),
        ("Retries", json!(0)),
        ("OriginalBytes", json!(length)),
    ] {
        assert_eq!(line[field], expect, "{field}");
    }
    for step in ["look", "fetch", "render", "store"] {
        assert!(line["ms"][step].is_u64(), "{step}: {line}");
    }
    let metrics = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(metrics["Dimensions"], json!([["Function"]]));
    for metric in metrics["Metrics"].as_array().unwrap() {
        assert!(line[metric["Name"].as_str().unwrap()].is_u64(), "{metric}");
    }
}
