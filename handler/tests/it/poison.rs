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
use crate::world::{
    CATALOG, LONG, ORIGINALS, World, again, batch, kept, message, photo, received, start_thumbnail,
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
            assert_eq!(failure.map(|failure| failure.event), (i == POISON).then(|| kept(event)));
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

/// A message of the queue.
struct Queued {
    id: usize,
    receives: u32,
}

#[tokio::test]
async fn a_good_photo_is_done_however_many_in_its_batch_kill_the_process() {
    for killers in [1, 3] {
        let mut world = World::start().await;
        let uploads: Vec<_> =
            (0..=killers).map(|i| world.upload(&format!("{i}.png"), photo(i as u8))).collect();
        let (fetched, mut fetches) = tokio::sync::mpsc::unbounded_channel();
        world.aws.script(move |call| {
            let kills =
                call.method == "GET" && call.bucket == ORIGINALS && call.key != format!("{killers}.png");
            if kills {
                fetched.send(()).unwrap();
            }
            if kills { Fault::Hang } else { Fault::None }
        });
        let mut queue: Vec<_> = (0..=killers).map(|id| Queued { id, receives: 0 }).collect();
        let mut kills = 0;
        while !queue.is_empty() {
            queue.iter_mut().for_each(|queued| queued.receives += 1);
            let sent: Vec<Value> =
                queue.iter().map(|it| received(&it.id.to_string(), &uploads[it.id].1, it.receives)).collect();
            let again = tokio::select! {
                ended = world.thumbnail.invoke(batch(&sent), LONG) => again(ended),
                _ = fetches.recv() => {
                    kills += 1;
                    world.thumbnail.kill().await;
                    world.thumbnail = start_thumbnail(&world.aws, &[]).await;
                    while fetches.try_recv().is_ok() {}
                    queue.iter().map(|queued| queued.id.to_string()).collect()
                }
            };
            queue.retain(|queued| again.contains(&queued.id.to_string()));
            assert!(queue.iter().all(|queued| queued.receives < 10), "{killers} killers");
        }
        assert!(world.manifest(&uploads[killers].0).is_some(), "{killers} killers");
        for (version, _) in &uploads[..killers] {
            assert_eq!(world.failure(version).unwrap().reason, "killed");
        }
        assert!(kills <= 1 + 2 * killers, "{kills} processes ended");
    }
}

#[tokio::test]
async fn a_photo_that_ended_a_process_waits_until_it_is_alone() {
    let world = World::start().await;
    let (version, event) = world.upload("killer.png", photo(1));
    let (_, other) = world.upload("other.png", photo(2));
    let note = version.attempt_key();
    world.aws.store(|store| store.put(CATALOG, &note, r#"{"kills":0,"is_open":true}"#));
    let together = [received("killer", &event, 3), message("other", &other)];
    assert_eq!(world.deliver(&together).await, ["killer"]);
    let line = &world.thumbnail.lines(1, |line| line["message_id"] == "killer").await[0];
    assert_eq!((&line["reason"], &line["outcome"]), (&json!("killed-before"), &json!("no-attempt")));
    assert!(!world.aws.calls().iter().any(|call| call.bucket == ORIGINALS && call.key == "killer.png"));
    // Alone it is tried, and may succeed: there may be more memory now.
    assert_eq!(world.deliver(&[received("killer", &event, 4)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
    assert!(world.aws.store(|store| store.current(CATALOG, &note).is_none()));
}

#[tokio::test]
async fn what_was_never_tried_goes_before_what_was_tried_in_vain() {
    let world = World::start().await;
    let uploads: Vec<_> = (0..3).map(|i| world.upload(&format!("{i}.png"), photo(i))).collect();
    world.aws.fail(u32::MAX, Fault::Refuse(403, "AccessDenied"), |call| {
        call.method == "GET" && call.key == "0.png"
    });
    assert_eq!(world.deliver(&[received("0", &uploads[0].1, 2)]).await, ["0"]);
    let all: Vec<Value> =
        uploads.iter().enumerate().map(|(i, (_, event))| received(&i.to_string(), event, 3)).collect();
    assert_eq!(world.deliver(&all).await, ["0"]);
    let fetched = |call: &&Call| call.method == "GET" && call.bucket == ORIGINALS;
    let mut order: Vec<_> = world.aws.calls().iter().filter(fetched).map(|call| call.key.clone()).collect();
    order.dedup();
    assert_eq!(order, ["0.png", "1.png", "2.png", "0.png"]);
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
        answer_at: Instant::now() + Duration::from_secs(60),
        last_start: Instant::now() + Duration::from_secs(50),
        left: Arc::default(),
    };
    let answer = work(Arc::new(Buggy), batch(&messages), invocation).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "poison"}]}));
}
