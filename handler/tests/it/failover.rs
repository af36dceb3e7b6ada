//! Dead letters: recorded, reported, and never lost.

use contract::failure::FailureRecord;
use contract::key::{OriginalVersion, unreadable_key};
use contract::manifest::SCHEMA;
use serde_json::{Value, json};
use time::macros::datetime;

use testkit::{Fault, Lambda, SLOW_DOWN};

use crate::aws::Aws;
use crate::world::{
    CATALOG, LONG_TIMEOUT, ORIGINALS, batch, created_event, event, kept_fields, original_version, photo,
    received, retried_ids, start_failover,
};

struct FailoverStack {
    aws: Aws,
    failover: Lambda,
}

impl FailoverStack {
    async fn start() -> Self {
        let aws = Aws::start();
        let failover = start_failover(&aws).await;
        Self { aws, failover }
    }

    fn upload(&self, key: &str) -> (OriginalVersion, Value) {
        let version = self.aws.store(|store| store.put(ORIGINALS, key, photo(1)));
        let named = original_version(key, &version);
        // The message was tried alone. Otherwise it would return to the queue.
        self.aws.store(|store| store.put(CATALOG, &named.attempt_key(), "{}"));
        (named, created_event(key, &version))
    }

    async fn deliver(&self, messages: &[Value]) -> Vec<String> {
        retried_ids(self.failover.invoke(batch(messages), LONG_TIMEOUT).await)
    }

    fn failure(&self, version: &OriginalVersion) -> Option<FailureRecord> {
        self.aws.store(|store| store.record(CATALOG, &version.failure_key()))
    }

    fn store_done_record(&self, version: &OriginalVersion) {
        let done = json!({"schema": SCHEMA, "manifest": null, "base": null}).to_string();
        self.aws.store(|store| store.put(CATALOG, &version.done_key(), done));
    }
}

#[tokio::test]
async fn a_dead_letter_is_recorded_reported_and_logged() {
    let stack = FailoverStack::start().await;
    let (version, event) = stack.upload("my cat.png");
    assert_eq!(stack.deliver(&[received("m1", &event, 6)]).await, [""; 0]);
    let record = stack.failure(&version).unwrap();
    let FailureRecord { failed_at, message, .. } = record.clone();
    assert!(message.contains("`m1` was never processed completely (receive count 6)"), "{message}");
    let expect = FailureRecord {
        schema: 1,
        bucket: ORIGINALS.to_owned(),
        key: "my cat.png".to_owned(),
        version: version.version.clone(),
        function: "thumbnail".to_owned(),
        reason: "dead-letter".to_owned(),
        message,
        event: kept_fields(&event),
        receive_count: 6,
        first_received_at: Some(datetime!(2026-11-24 10:00:01 UTC)),
        failed_at,
        function_version: "7".to_owned(),
        request_id: "request-1".to_owned(),
    };
    assert_eq!(record, expect);
    let published = stack.aws.published();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0]["TopicArn"], "arn:aws:sns:eu-central-1:1:alerts");
    let text = &published[0]["Message"];
    let place = format!("s3://{CATALOG}/{}", version.failure_key());
    for part in ["my cat.png", "dead-letter", &version.version, &place] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let line = &stack.failover.lines(1, |line| line["key"] == "my cat.png").await[0];
    assert_eq!((&line["outcome"], &line["reason"]), (&json!("dead-letter"), &json!("dead-letter")));
    assert_eq!((&line["level"], &line["Failures"]), (&json!("error"), &json!(1)));
}

#[tokio::test]
async fn a_finished_photo_is_not_recorded_as_failed() {
    let stack = FailoverStack::start().await;
    let (version, event) = stack.upload("cat.png");
    stack.store_done_record(&version);
    assert_eq!(stack.deliver(&[received("m1", &event, 6)]).await, [""; 0]);
    assert_eq!(stack.failure(&version), None);
    assert_eq!(stack.aws.published(), []);
    stack.failover.lines(1, |line| line["outcome"] == "already-done").await;
}

#[tokio::test]
async fn a_photo_that_finishes_during_the_recording_is_not_failed() {
    let stack = FailoverStack::start().await;
    let (version, event) = stack.upload("cat.png");
    // The first check finds no record, and the second finds it.
    stack.aws.fail(1, Fault::Refuse(404, "NoSuchKey"), |call| call.key.ends_with("done.json"));
    stack.store_done_record(&version);
    assert_eq!(stack.deliver(&[received("m1", &event, 6)]).await, [""; 0]);
    assert_eq!(stack.failure(&version), None);
    assert_eq!(stack.aws.published(), []);
}

#[tokio::test]
async fn a_failed_removal_is_recorded_although_the_photo_has_thumbnails() {
    let stack = FailoverStack::start().await;
    let (version, _) = stack.upload("cat.png");
    stack.store_done_record(&version);
    let gone = stack.aws.store(|store| store.current(ORIGINALS, "cat.png").cloned()).unwrap();
    let removal = event("ObjectRemoved:Delete", "cat.png", &gone);
    assert_eq!(stack.deliver(&[received("m1", &removal, 6)]).await, [""; 0]);
    assert!(stack.failure(&version).unwrap().message.contains("not deleted"));
    assert_eq!(stack.aws.published().len(), 1);
}

#[tokio::test]
async fn an_unreadable_message_is_recorded_whole_under_its_own_key() {
    let stack = FailoverStack::start().await;
    let (version, mut mixed) = stack.upload("cat.png");
    mixed["Records"].as_array_mut().unwrap().push(json!({"s3": {"object": {}}}));
    let mut nonsense = received("m1", &Value::Null, 6);
    nonsense["body"] = json!("not json at all");
    assert_eq!(stack.deliver(&[nonsense, received("m2", &mixed, 6)]).await, [""; 0]);
    for (id, body) in [("m1", json!("not json at all")), ("m2", json!(mixed.to_string()))] {
        let record: Option<FailureRecord> =
            stack.aws.store(|store| store.record(CATALOG, &unreadable_key(id)));
        let record = record.unwrap();
        assert_eq!((record.reason.as_str(), record.event), ("not-understood", body), "{id}");
    }
    // The readable event of the message has its normal record.
    assert!(stack.failure(&version).is_some());
    // The three dead letters of the batch have one notification.
    let published = stack.aws.published();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0]["Subject"], "3 photos could not be processed");
}

#[tokio::test]
async fn one_notification_lists_the_first_dead_letters_of_a_batch() {
    let stack = FailoverStack::start().await;
    let letters: Vec<Value> =
        (0..30).map(|n| received(&format!("m{n}"), &stack.upload(&format!("cat-{n}.png")).1, 6)).collect();
    assert_eq!(stack.deliver(&letters).await, [""; 0]);
    let published = stack.aws.published();
    assert_eq!(published.len(), 1);
    let text = &published[0]["Message"];
    assert_eq!(text.matches("reason: dead-letter").count(), 20);
    assert!(text.contains("...and 10 more."), "{text}");
    // The notification of the next batch does not repeat them.
    assert_eq!(stack.deliver(&[received("last", &stack.upload("dog.png").1, 6)]).await, [""; 0]);
    let published = stack.aws.published();
    assert_eq!(published.len(), 2);
    assert_eq!(published[1]["Subject"], "A photo could not be processed");
    assert!(!published[1]["Message"].contains("cat-"));
}

#[tokio::test]
async fn a_notification_is_never_larger_than_sns_accepts() {
    let stack = FailoverStack::start().await;
    let key = "\u{1}".repeat(1000);
    let keys = (0..30).map(|n| received(&format!("m{n}"), &stack.upload(&format!("{n}{key}")).1, 6));
    let senseless = json!({"Records": vec![json!({"s3": {}}); 20_000]});
    let letters: Vec<Value> = keys.chain([received("senseless", &senseless, 6)]).collect();
    assert_eq!(stack.deliver(&letters).await, [""; 0]);
    let published = stack.aws.published();
    assert_eq!(published.len(), 1);
    assert!(published[0]["Message"].len() < 262_144);
}

#[tokio::test]
async fn a_dead_letter_that_cannot_be_recorded_or_reported_stays_in_the_queue() {
    let stack = FailoverStack::start().await;
    let (version, event) = stack.upload("cat.png");
    let mut nonsense = received("nonsense", &Value::Null, 6);
    nonsense["body"] = json!("not json at all");
    let messages = [received("m1", &event, 6), nonsense];
    for broken in ["HEAD", "PUT", "POST"] {
        for fault in [SLOW_DOWN, Fault::Refuse(403, "AccessDenied"), Fault::Lose] {
            stack.aws.script(move |call| if call.method == broken { fault } else { Fault::None });
            let mut stay = stack.deliver(&messages).await;
            stay.sort();
            // An unreadable message names no photo, so the function makes no HEAD call.
            let expect = if broken == "HEAD" { vec!["m1"] } else { vec!["m1", "nonsense"] };
            assert_eq!(stay, expect, "{broken} {fault:?}");
        }
    }
    stack.aws.script(|_| Fault::None);
    assert_eq!(stack.deliver(&messages).await, [""; 0]);
    assert!(stack.failure(&version).is_some());
}

/// The record of attempts contains the photo's key, so it must be deleted with the photo.
#[tokio::test]
async fn a_removed_photo_whose_message_is_a_dead_letter_leaves_no_objects() {
    let stack = FailoverStack::start().await;
    let (version, event) = stack.upload("cat.png");
    stack.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    assert_eq!(stack.deliver(&[received("m", &event, 6)]).await, [""; 0]);
    assert_eq!(
        stack.aws.store(|store| store.current(CATALOG, &version.attempt_key()).cloned().map(|n| n.id)),
        None
    );
}
