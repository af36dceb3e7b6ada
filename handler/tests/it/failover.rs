//! Dead letters: recorded, announced, and never lost.

use contract::failure::FailureRecord;
use contract::key::{OriginalVersion, unreadable_key};
use contract::manifest::SCHEMA;
use serde_json::{Value, json};
use time::macros::datetime;

use testkit::{Fault, Lambda, SLOW_DOWN};

use crate::aws::Aws;
use crate::world::{
    CATALOG, LONG, ORIGINALS, again, batch, created, event, kept, named, photo, received, start_failover,
};

struct Failing {
    aws: Aws,
    failover: Lambda,
}

impl Failing {
    async fn start() -> Self {
        let aws = Aws::start();
        let failover = start_failover(&aws).await;
        Self { aws, failover }
    }

    fn upload(&self, key: &str) -> (OriginalVersion, Value) {
        let version = self.aws.store(|store| store.put(ORIGINALS, key, photo(1)));
        let named = named(key, &version);
        // It was tried alone: else it goes back to the queue.
        self.aws.store(|store| store.put(CATALOG, &named.attempt_key(), "{}"));
        (named, created(key, &version))
    }

    async fn deliver(&self, messages: &[Value]) -> Vec<String> {
        again(self.failover.invoke(batch(messages), LONG).await)
    }

    fn failure(&self, version: &OriginalVersion) -> Option<FailureRecord> {
        self.aws.store(|store| store.record(CATALOG, &version.failure_key()))
    }

    fn note_done(&self, version: &OriginalVersion) {
        let done = json!({"schema": SCHEMA, "manifest": null, "base": null}).to_string();
        self.aws.store(|store| store.put(CATALOG, &version.done_key(), done));
    }
}

#[tokio::test]
async fn a_dead_letter_is_recorded_announced_and_logged() {
    let failing = Failing::start().await;
    let (version, event) = failing.upload("my cat.png");
    assert_eq!(failing.deliver(&[received("m1", &event, 6)]).await, [""; 0]);
    let record = failing.failure(&version).unwrap();
    let FailureRecord { failed_at, message, .. } = record.clone();
    assert!(message.contains("`m1` was received 6 times"), "{message}");
    let expect = FailureRecord {
        schema: 1,
        bucket: ORIGINALS.to_owned(),
        key: "my cat.png".to_owned(),
        version: version.version.clone(),
        function: "thumbnail".to_owned(),
        reason: "dead-letter".to_owned(),
        message,
        event: kept(&event),
        receive_count: 6,
        first_received_at: Some(datetime!(2026-11-24 10:00:01 UTC)),
        failed_at,
        function_version: "7".to_owned(),
        request_id: "request-1".to_owned(),
    };
    assert_eq!(record, expect);
    let published = failing.aws.published();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0]["TopicArn"], "arn:aws:sns:eu-central-1:1:alerts");
    let text = &published[0]["Message"];
    let place = format!("s3://{CATALOG}/{}", version.failure_key());
    for part in ["my cat.png", "dead-letter", &version.version, &place] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let line = &failing.failover.lines(1, |line| line["key"] == "my cat.png").await[0];
    assert_eq!((&line["outcome"], &line["reason"]), (&json!("dead-letter"), &json!("dead-letter")));
    assert_eq!((&line["level"], &line["Failures"]), (&json!("error"), &json!(1)));
}

#[tokio::test]
async fn what_is_done_by_now_is_no_failure() {
    let failing = Failing::start().await;
    let (version, event) = failing.upload("cat.png");
    failing.note_done(&version);
    assert_eq!(failing.deliver(&[received("m1", &event, 6)]).await, [""; 0]);
    assert_eq!(failing.failure(&version), None);
    assert_eq!(failing.aws.published(), []);
    failing.failover.lines(1, |line| line["outcome"] == "already-done").await;
}

#[tokio::test]
async fn what_is_done_while_it_is_recorded_is_no_failure() {
    let failing = Failing::start().await;
    let (version, event) = failing.upload("cat.png");
    // The first look finds nothing, and by then it is there.
    failing.aws.fail(1, Fault::Refuse(404, "NoSuchKey"), |call| call.key.ends_with("done.json"));
    failing.note_done(&version);
    assert_eq!(failing.deliver(&[received("m1", &event, 6)]).await, [""; 0]);
    assert_eq!(failing.failure(&version), None);
    assert_eq!(failing.aws.published(), []);
}

#[tokio::test]
async fn a_removal_that_failed_is_recorded_although_there_are_thumbnails() {
    let failing = Failing::start().await;
    let (version, _) = failing.upload("cat.png");
    failing.note_done(&version);
    let gone = failing.aws.store(|store| store.current(ORIGINALS, "cat.png").cloned()).unwrap();
    let removal = event("ObjectRemoved:Delete", "cat.png", &gone);
    assert_eq!(failing.deliver(&[received("m1", &removal, 6)]).await, [""; 0]);
    assert!(failing.failure(&version).unwrap().message.contains("not deleted"));
    assert_eq!(failing.aws.published().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_recorded_whole_under_a_key_of_its_own() {
    let failing = Failing::start().await;
    let (version, mut mixed) = failing.upload("cat.png");
    mixed["Records"].as_array_mut().unwrap().push(json!({"s3": {"object": {}}}));
    let mut nonsense = received("m1", &Value::Null, 6);
    nonsense["body"] = json!("not json at all");
    assert_eq!(failing.deliver(&[nonsense, received("m2", &mixed, 6)]).await, [""; 0]);
    for (id, body) in [("m1", json!("not json at all")), ("m2", json!(mixed.to_string()))] {
        let record: Option<FailureRecord> =
            failing.aws.store(|store| store.record(CATALOG, &unreadable_key(id)));
        let record = record.unwrap();
        assert_eq!((record.reason.as_str(), record.event), ("not-understood", body), "{id}");
    }
    // What of a message is understood has its record where it is looked for.
    assert!(failing.failure(&version).is_some());
    // Three dead letters of one batch, one announcement.
    let published = failing.aws.published();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0]["Subject"], "3 photos could not be processed");
}

#[tokio::test]
async fn a_batch_of_dead_letters_is_announced_once_and_lists_the_first() {
    let failing = Failing::start().await;
    let letters: Vec<Value> =
        (0..30).map(|n| received(&format!("m{n}"), &failing.upload(&format!("cat-{n}.png")).1, 6)).collect();
    assert_eq!(failing.deliver(&letters).await, [""; 0]);
    let published = failing.aws.published();
    assert_eq!(published.len(), 1);
    let text = &published[0]["Message"];
    assert_eq!(text.matches("reason: dead-letter").count(), 20);
    assert!(text.contains("10 more are not listed here"), "{text}");
    // The next batch has nothing to do with it.
    assert_eq!(failing.deliver(&[received("last", &failing.upload("dog.png").1, 6)]).await, [""; 0]);
    let published = failing.aws.published();
    assert_eq!(published.len(), 2);
    assert_eq!(published[1]["Subject"], "A photo could not be processed");
    assert!(!published[1]["Message"].contains("cat-"));
}

#[tokio::test]
async fn an_announcement_is_never_larger_than_sns_takes() {
    let failing = Failing::start().await;
    let key = "\u{1}".repeat(1000);
    let keys = (0..30).map(|n| received(&format!("m{n}"), &failing.upload(&format!("{n}{key}")).1, 6));
    let senseless = json!({"Records": vec![json!({"s3": {}}); 20_000]});
    let letters: Vec<Value> = keys.chain([received("senseless", &senseless, 6)]).collect();
    assert_eq!(failing.deliver(&letters).await, [""; 0]);
    let published = failing.aws.published();
    assert_eq!(published.len(), 1);
    assert!(published[0]["Message"].len() < 262_144);
}

#[tokio::test]
async fn a_dead_letter_that_cannot_be_recorded_or_announced_stays() {
    let failing = Failing::start().await;
    let (version, event) = failing.upload("cat.png");
    let mut nonsense = received("nonsense", &Value::Null, 6);
    nonsense["body"] = json!("not json at all");
    let messages = [received("m1", &event, 6), nonsense];
    for broken in ["HEAD", "PUT", "POST"] {
        for fault in [SLOW_DOWN, Fault::Refuse(403, "AccessDenied"), Fault::Lose] {
            failing.aws.script(move |call| if call.method == broken { fault } else { Fault::None });
            let mut stay = failing.deliver(&messages).await;
            stay.sort();
            // What names no photo is not looked for.
            let expect = if broken == "HEAD" { vec!["m1"] } else { vec!["m1", "nonsense"] };
            assert_eq!(stay, expect, "{broken} {fault:?}");
        }
    }
    failing.aws.script(|_| Fault::None);
    assert_eq!(failing.deliver(&messages).await, [""; 0]);
    assert!(failing.failure(&version).is_some());
}

/// The note of the attempts has the photo's key, so it must not outlive the photo.
#[tokio::test]
async fn nothing_is_left_of_a_removed_photo_whose_message_is_a_dead_letter() {
    let failing = Failing::start().await;
    let (version, event) = failing.upload("cat.png");
    failing.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    assert_eq!(failing.deliver(&[received("m", &event, 6)]).await, [""; 0]);
    assert_eq!(
        failing.aws.store(|store| store.current(CATALOG, &version.attempt_key()).cloned().map(|n| n.id)),
        None
    );
}
