//! Calls that S3 rejects, and bodies that end early.

use std::time::Duration;

use serde_json::{Value, json};

use testkit::{Fault, SLOW_DOWN};

use crate::alt_text::{AltTextStack, alt_text_answer};
use crate::aws::Call;
use crate::world::{
    LONG_TIMEOUT, ORIGINALS, World, batch, kept_fields, message, photo, received, retried_ids,
};

fn is_fetch(call: &Call) -> bool {
    call.method == "GET" && call.bucket == ORIGINALS
}

fn count_fetches(world: &World) -> usize {
    world.aws.calls().iter().filter(|call| is_fetch(call)).count()
}

async fn line(world: &World, id: &str) -> Value {
    world.thumbnail.lines(1, |line| line["message_id"] == id).await.remove(0)
}

#[tokio::test]
async fn a_denied_call_is_retried_and_a_missing_photo_is_acknowledged() {
    let world = World::start().await;
    let (version, event) = world.upload("cat.png", photo(1));
    world.aws.fail(u32::MAX, Fault::Refuse(403, "AccessDenied"), is_fetch);
    assert_eq!(world.deliver(&[message("denied", &event)]).await, ["denied"]);
    let denied = line(&world, "denied").await;
    assert_eq!((&denied["outcome"], &denied["reason"]), (&json!("retry"), &json!("denied")));
    assert_eq!((&denied["level"], &denied["Retries"]), (&json!("warn"), &json!(1)));
    // An alarm uses the metric with the reason: an operator must fix a policy.
    let by_reason = &denied["_aws"]["CloudWatchMetrics"][1];
    assert_eq!(by_reason["Dimensions"], json!([["Function", "reason"]]));
    assert_eq!(by_reason["Metrics"][1], json!({"Name": "Retries", "Unit": "Count"}));
    assert_eq!((world.stored_manifest(&version), world.failure(&version)), (None, None));

    world.aws.fail(u32::MAX, Fault::Refuse(404, "NoSuchKey"), |call| {
        call.bucket == ORIGINALS && !call.key.is_empty()
    });
    assert_eq!(world.deliver(&[message("missing", &event)]).await, [""; 0]);
    assert_eq!(line(&world, "missing").await["outcome"], "gone");

    // A missing bucket is a mistake in the settings.
    world.aws.fail(u32::MAX, Fault::Refuse(404, "NoSuchBucket"), is_fetch);
    assert_eq!(world.deliver(&[message("misconfigured", &event)]).await, ["misconfigured"]);

    // A function without permission to read the records must not conclude that there are none.
    world.aws.fail(u32::MAX, Fault::Refuse(403, "AccessDenied"), |call| call.method == "HEAD");
    assert_eq!(world.deliver(&[message("blind", &event)]).await, ["blind"]);
    assert_eq!(line(&world, "blind").await["reason"], "denied");
}

#[tokio::test]
async fn a_permanent_refusal_is_recorded() {
    let world = World::start().await;
    for (status, code, reason) in [
        (403, "InvalidObjectState", "archived"),
        (400, "KMS.DisabledException", "kms-denied"),
        (400, "InvalidRequest", "customer-key"),
    ] {
        let (version, event) = world.upload(&format!("{code}.png"), photo(1));
        // S3 also rejects a HEAD of an object that is encrypted with a customer-provided key (SSE-C).
        let is_refused = move |call: &Call| {
            is_fetch(call) || (code == "InvalidRequest" && call.method == "HEAD" && call.bucket == ORIGINALS)
        };
        world.aws.fail(u32::MAX, Fault::Refuse(status, code), is_refused);
        assert_eq!(world.deliver(&[message(code, &event)]).await, [""; 0]);
        let failure = world.failure(&version).unwrap();
        assert_eq!((failure.reason.as_str(), failure.event), (reason, kept_fields(&event)));
        // When the photo can be read, the function deletes the record.
        world.aws.script(|_| Fault::None);
        assert_eq!(world.deliver(&[message("replay", &event)]).await, [""; 0]);
        assert!(world.manifest(&version).is_some() && world.failure(&version).is_none());
    }
}

#[tokio::test]
async fn a_throttled_call_is_repeated_and_then_the_message_is_retried() {
    let world = World::start().await;
    let (version, event) = world.upload("cat.png", photo(1));
    world.aws.fail(u32::MAX, SLOW_DOWN, is_fetch);
    assert_eq!(world.deliver(&[message("throttled", &event)]).await, ["throttled"]);
    assert_eq!(line(&world, "throttled").await["reason"], "throttled");
    let before = count_fetches(&world);
    world.aws.fail(2, SLOW_DOWN, is_fetch);
    assert_eq!(world.deliver(&[message("patient", &event)]).await, [""; 0]);
    assert_eq!(count_fetches(&world) - before, 3);
    assert!(world.manifest(&version).is_some());
}

#[tokio::test]
async fn a_body_that_ends_early_is_fetched_again() {
    let world = World::start().await;
    let (version, event) = world.upload("cat.png", photo(1));
    world.aws.fail(u32::MAX, Fault::Truncate, is_fetch);
    assert_eq!(world.deliver(&[message("cut", &event)]).await, ["cut"]);
    assert_eq!(line(&world, "cut").await["reason"], "cut");
    assert_eq!((world.stored_manifest(&version), world.failure(&version)), (None, None));
    world.aws.fail(1, Fault::Truncate, is_fetch);
    assert_eq!(world.deliver(&[message("whole", &event)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
}

#[tokio::test]
async fn writes_whose_answers_are_lost_are_sent_again() {
    let world = World::start().await;
    let (version, event) = world.upload("cat.png", photo(1));
    let mut dropped = Vec::new();
    // This is the first response to each write.
    world.aws.script(move |call| {
        if call.method != "PUT" || dropped.contains(&call.key) {
            return Fault::None;
        }
        dropped.push(call.key.clone());
        Fault::Lose
    });
    assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
}

#[tokio::test]
async fn a_text_whose_write_conflicts_with_another_one_is_stored_without_a_second_question() {
    let stack = AltTextStack::start("en").await;
    stack.aws.model(|_| alt_text_answer("A cat"));
    let (version, event) = stack.upload("cat.png");
    let conflict = Fault::Refuse(409, "ConditionalRequestConflict");
    stack.aws.fail(2, conflict, |call| call.method == "PUT" && call.key.ends_with("/alt.en.json"));
    assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);
    assert_eq!((stack.alt_text(&version, "en").alt.as_str(), stack.question_count()), ("A cat", 1));
}

#[tokio::test]
async fn a_suspect_that_hangs_leaves_the_others_their_share_of_the_time() {
    let world = World::start().await;
    let uploads: Vec<_> = (0..5).map(|i| world.upload(&format!("{i}.png"), photo(i))).collect();
    world.aws.fail(u32::MAX, Fault::Hang, |call| is_fetch(call) && call.key == "3.png");
    // The last two messages are suspects, which the function processes first, one by one.
    let messages: Vec<Value> =
        (0..5).map(|i| received(&i.to_string(), &uploads[i].1, if i < 3 { 1 } else { 2 })).collect();
    assert_eq!(retried_ids(world.thumbnail.invoke(batch(&messages), Duration::from_secs(10)).await), ["3"]);
    assert_eq!(line(&world, "3").await["reason"], "out-of-time");
    for (i, (version, _)) in uploads.iter().enumerate() {
        assert_eq!(world.stored_manifest(version).is_some(), i != 3, "{i}");
    }
    let calls = world.aws.calls();
    let mut fetched: Vec<&str> = calls.iter().filter(|call| is_fetch(call)).map(|call| &*call.key).collect();
    fetched.dedup();
    fetched[2..].sort_unstable();
    assert_eq!(fetched, ["3.png", "4.png", "0.png", "1.png", "2.png"]);
    world.aws.script(|_| Fault::None);
    let messages = [received("3", &uploads[3].1, 3)];
    assert_eq!(retried_ids(world.thumbnail.invoke(batch(&messages), LONG_TIMEOUT).await), [""; 0]);
    assert!(world.manifest(&uploads[3].0).is_some());
}
