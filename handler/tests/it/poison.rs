//! One image that cannot be worked on, among others that can.

use std::sync::Arc;
use std::time::Duration;

use contract::log::{LogLine, Outcome};
use handler::batch::{Function, work};
use handler::delivery::{Delivery, Invocation};
use handler::event::Record;
use handler::failure::Failure;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::aws::{Call, Fault};
use crate::lambda::Ended;
use crate::world::{
    CATALOG, LONG, ORIGINALS, World, batch, message, photo, photo_of, received, start_thumbnail,
};

const POISON: usize = 4;

/// Ten photos with `bytes` as the fifth.
fn ten(world: &World, bytes: Vec<u8>) -> Vec<(contract::key::OriginalVersion, Value)> {
    (0..10)
        .map(|i| {
            let bytes = if i == POISON { bytes.clone() } else { photo(i as u8) };
            world.upload(&format!("{i}.png"), bytes)
        })
        .collect()
}

fn messages(uploads: &[(contract::key::OriginalVersion, Value)], count: u32) -> Vec<Value> {
    uploads.iter().enumerate().map(|(i, (_, event))| received(&i.to_string(), event, count)).collect()
}

fn is_poison(call: &Call) -> bool {
    call.method == "GET" && call.bucket == ORIGINALS && call.key == format!("{POISON}.png")
}

#[tokio::test]
async fn a_file_that_is_no_image_is_recorded_and_its_neighbours_are_done() {
    let world = World::start().await;
    for poison in [b"hello".to_vec(), Vec::new(), photo(1)[..30].to_vec()] {
        let uploads = ten(&world, poison);
        assert_eq!(world.deliver(&messages(&uploads, 1)).await, [""; 0]);
        for (i, (version, event)) in uploads.iter().enumerate() {
            assert_eq!(world.manifest(version).is_some(), i != POISON, "{i}");
            let failure = world.failure(version);
            assert_eq!(
                failure.map(|failure| failure.event),
                (i == POISON).then(|| event["Records"][0].clone())
            );
        }
    }
}

#[tokio::test]
async fn a_message_that_must_come_again_comes_alone() {
    let world = World::start().await;
    let uploads = ten(&world, photo(4));
    world.aws.fail(u32::MAX, Fault::Refuse(403, "AccessDenied"), is_poison);
    assert_eq!(world.deliver(&messages(&uploads, 1)).await, [POISON.to_string()]);
    for (i, (version, _)) in uploads.iter().enumerate() {
        assert_eq!(world.manifest(version).is_some(), i != POISON, "{i}");
        assert_eq!(world.failure(version), None, "{i}");
    }
}

#[tokio::test]
async fn what_kills_the_process_is_worked_on_last_then_alone() {
    let mut world = World::start().await;
    let uploads = ten(&world, photo_of(400, 300, 4));
    let note = uploads[POISON].0.attempt_key();
    let noted = |world: &World| world.aws.store(|store| store.current(CATALOG, &note).is_some());
    world.aws.fail(u32::MAX, Fault::Hang, is_poison);

    // The first time all are worked on together. The process ends when nine are done.
    let first = messages(&uploads, 1);
    let killed = async {
        let done = |line: &Value| line["outcome"] == "done";
        world.thumbnail.lines(9, done).await;
        world.aws.called(is_poison).await;
        world.thumbnail.kill().await;
    };
    let (ended, ()) = tokio::join!(world.thumbnail.invoke(batch(&first), LONG), killed);
    assert_eq!(ended, Ended::Died);
    assert!(!noted(&world));

    // The second time it is the last, whatever its place, and it is noted that it is tried.
    world.thumbnail = start_thumbnail(&world.aws, &[]).await;
    let second = messages(&uploads, 2);
    let tried_before = world.aws.calls().iter().filter(|call| is_poison(call)).count();
    let killed = async {
        world.thumbnail.lines(9, |line| line["outcome"] == "already-done").await;
        let mut tried = world.aws.calls().iter().filter(|call| is_poison(call)).count();
        while tried == tried_before {
            tokio::task::yield_now().await;
            tried = world.aws.calls().iter().filter(|call| is_poison(call)).count();
        }
        world.thumbnail.kill().await;
    };
    let (ended, ()) = tokio::join!(world.thumbnail.invoke(batch(&second), LONG), killed);
    assert_eq!(ended, Ended::Died);
    assert!(noted(&world));

    // The third time it is not tried in company, so that the others can be acknowledged.
    world.thumbnail = start_thumbnail(&world.aws, &[]).await;
    let tried = world.aws.calls().len();
    assert_eq!(world.deliver(&messages(&uploads, 3)).await, [POISON.to_string()]);
    assert!(!world.aws.calls()[tried..].iter().any(is_poison));
    let id = POISON.to_string();
    let line = &world.thumbnail.lines(1, |line| line["message_id"] == id).await[0];
    assert_eq!((&line["reason"], &line["outcome"]), (&json!("killed-before"), &json!("no-attempt")));

    // Alone it is tried, and may succeed: there is more memory now.
    world.aws.script(|_| Fault::None);
    assert_eq!(world.deliver(&messages(&uploads, 4)[POISON..=POISON]).await, [""; 0]);
    for (version, _) in &uploads {
        assert!(world.manifest(version).is_some());
    }
    assert!(!noted(&world));
}

#[tokio::test]
async fn two_that_wait_for_a_batch_of_their_own_take_turns_when_they_come_together() {
    let mut turns = Vec::new();
    for count in [3, 4] {
        let world = World::start().await;
        let uploads: Vec<_> = (0..2).map(|i| world.upload(&format!("{i}.png"), photo(i))).collect();
        for (version, _) in &uploads {
            world.aws.store(|store| store.put(CATALOG, &version.attempt_key(), "{}"));
        }
        let again = world.deliver(&messages(&uploads, count)).await;
        let left: Vec<String> =
            (0..2).filter(|i| world.manifest(&uploads[*i].0).is_none()).map(|i| i.to_string()).collect();
        assert_eq!(again, left);
        assert_eq!(left.len(), 1);
        turns.extend(left);
    }
    turns.sort();
    assert_eq!(turns, ["0", "1"]);
}

/// Panics on the key `poison`, as a bug would. No image is known that provokes one in the real functions.
struct Buggy;

impl Function for Buggy {
    async fn work(&self, record: &Record, _: &Delivery, _: &mut LogLine) -> Result<Outcome, Failure> {
        assert_ne!(record.key.text(), "poison");
        Ok(Outcome::Done)
    }
}

#[tokio::test]
async fn a_panic_fails_its_own_message_alone() {
    let event = |key: &str| json!({"Records": [{"s3": {"object": {"key": key}}}]});
    let messages: Vec<Value> = ["a", "poison", "b"].iter().map(|key| message(key, &event(key))).collect();
    let invocation = Invocation {
        request_id: "r".to_owned(),
        function: "f".to_owned(),
        function_version: "1".to_owned(),
        stop_at: Instant::now() + Duration::from_secs(60),
        last_start: Instant::now() + Duration::from_secs(50),
    };
    let answer = work(Arc::new(Buggy), batch(&messages), invocation).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "poison"}]}));
}
