//! Faults by seed: with any faults of S3, SQS, and SNS, and with processes killed at any time, every current version
//! ends with its thumbnails or a failure record, and a removed version leaves nothing.
//!
//! `FAULT_SEEDS=1000` runs this number of seeds. The test prints a seed that fails, and `FAULT_FIRST=<seed>
//! FAULT_SEEDS=1` runs it alone.

use std::time::Duration;

use contract::key::{index_of_key, records_of_key, thumbnails_of_key};
use fastrand::Rng;
use futures::stream::{self, StreamExt as _};
use serde_json::Value;

use testkit::{Fault, InvocationResult, Lambda, SLOW_DOWN, number_from_env};

use crate::aws::Call;
use crate::events::{ReportedEvents, SENDS_EVENTS};
use crate::world::{
    CATALOG, LONG_TIMEOUT, ORIGINALS, THUMBNAILS, World, batch, event, original_version, photo, received,
    retried_ids, start_failover_with, start_thumbnail,
};

/// The maximum number of times that the queue delivers a message before it is a dead letter.
const MAXIMUM_RECEIVES: u32 = 5;

/// The number of invocations with faults. Later invocations have none, so that every script ends.
const ROUNDS: u32 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn no_failure_loses_a_photo() {
    let first = number_from_env("FAULT_FIRST", 0);
    let seeds = first..first + number_from_env("FAULT_SEEDS", 24);
    let run = |seed| async move { (seed, tokio::spawn(run_seed(seed)).await.is_ok()) };
    let ended: Vec<(u64, bool)> = stream::iter(seeds).map(run).buffer_unordered(8).collect().await;
    let lost: Vec<u64> = ended.into_iter().filter(|(_, well)| !well).map(|(seed, _)| seed).collect();
    assert!(lost.is_empty(), "photos were lost with these seeds: {lost:?}");
}

/// One message of the queue.
struct QueuedMessage {
    id: String,
    body: Value,
    receives: u32,
}

/// Returns a script in which about one call in `odds` fails, in every possible way.
fn script(seed: u64, odds: u32) -> impl FnMut(&Call) -> Fault + Send + 'static {
    let mut rng = Rng::with_seed(seed);
    move |_| {
        if rng.u32(..odds) != 0 {
            return Fault::None;
        }
        match rng.u8(..7) {
            0 | 1 => SLOW_DOWN,
            2 => Fault::Refuse(500, "InternalError"),
            3 => Fault::Refuse(403, "AccessDenied"),
            4 => Fault::Truncate,
            5 => Fault::Lose,
            _ => Fault::Delay(Duration::from_millis(20)),
        }
    }
}

/// Invokes `function`, and may kill it. Returns the messages to deliver again, and whether it was killed.
async fn invoke(rng: &mut Rng, function: &Lambda, messages: &[Value]) -> (Vec<String>, bool) {
    let all = messages.iter().map(|message| message["messageId"].as_str().unwrap().to_owned()).collect();
    let dies = rng.u8(..5) == 0;
    let after = Duration::from_millis(rng.u64(..60));
    let ended = tokio::select! {
        ended = function.invoke(batch(messages), LONG_TIMEOUT) => ended,
        () = tokio::time::sleep(after), if dies => {
            function.kill().await;
            InvocationResult::Died
        }
    };
    match ended {
        InvocationResult::Response(answer) => (retried_ids(InvocationResult::Response(answer)), false),
        InvocationResult::Error(_) => (all, false),
        InvocationResult::Died => (all, true),
    }
}

async fn run_seed(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let mut world = World::start().await;
    world.thumbnail = start_thumbnail(&world.aws, &[SENDS_EVENTS]).await;
    let mut failover = start_failover_with(&world.aws, &[SENDS_EVENTS]).await;
    let mut bodies = Vec::new();
    for i in 0..6_u8 {
        // The last one is not an image. The first one has two versions.
        let bytes = if i == 5 { b"no image".to_vec() } else { photo(i) };
        bodies.push(world.upload(&format!("{i}.png"), bytes).1);
    }
    bodies.push(world.upload("0.png", photo(100)).1);
    // One photo is removed. This event may arrive before or after the event of the upload.
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "1.png"));
    bodies.push(event("ObjectRemoved:DeleteMarkerCreated", "1.png", &marker));
    // One photo has two equal events.
    bodies.push(bodies[2].clone());
    rng.shuffle(&mut bodies);
    let mut queue: Vec<QueuedMessage> = bodies
        .into_iter()
        .enumerate()
        .map(|(i, body)| QueuedMessage { id: i.to_string(), body, receives: 0 })
        .collect();
    let mut letters = Vec::new();
    let (mut delayed, mut taken) = (Vec::new(), 0);
    let odds = rng.u32(2..12);
    world.aws.script(script(seed, odds));
    let mut round = 0;
    while !queue.is_empty() || !letters.is_empty() || !delayed.is_empty() {
        round += 1;
        if round == ROUNDS {
            world.aws.script(|_| Fault::None);
        }
        assert!(round < 5 * ROUNDS, "seed {seed}: the queue does not become empty");
        // The messages that the functions have sent. Delayed messages are delivered last.
        for sent in world.aws.sent().into_iter().skip(taken) {
            let id = format!("sent-{taken}");
            taken += 1;
            let to = if sent.delay == 0 { &mut queue } else { &mut delayed };
            to.push(QueuedMessage { id, body: sent.body, receives: 0 });
        }
        if queue.is_empty() && letters.is_empty() {
            queue.append(&mut delayed);
        }
        rng.shuffle(&mut queue);
        let count = rng.usize(1..=10).min(queue.len());
        queue[..count].iter_mut().for_each(|message| message.receives += 1);
        let sent: Vec<Value> = queue[..count]
            .iter()
            .map(|message| received(&message.id, &message.body, message.receives))
            .collect();
        let (again, was_killed) = invoke(&mut rng, &world.thumbnail, &sent).await;
        if was_killed {
            world.thumbnail = start_thumbnail(&world.aws, &[SENDS_EVENTS]).await;
        }
        let stays = |message: &QueuedMessage| message.receives == 0 || again.contains(&message.id);
        let delivered: Vec<QueuedMessage> = queue.drain(..count).filter(stays).collect();
        let (dead, alive): (Vec<_>, Vec<_>) =
            delivered.into_iter().partition(|message| message.receives >= MAXIMUM_RECEIVES);
        queue.extend(alive);
        letters.extend(dead);
        if !letters.is_empty() {
            let sent: Vec<Value> =
                letters.iter().map(|letter| received(&letter.id, &letter.body, letter.receives)).collect();
            let (again, was_killed) = invoke(&mut rng, &failover, &sent).await;
            if was_killed {
                failover = start_failover_with(&world.aws, &[SENDS_EVENTS]).await;
            }
            letters.retain(|letter| again.contains(&letter.id));
        }
    }
    check(seed, &world);
}

/// Checks that every current version is done or has failed, and that a removed version has left nothing, or a failure
/// record.
fn check(seed: u64, world: &World) {
    let mut reported = ReportedEvents::default();
    world.aws.events().iter().for_each(|event| reported.add(event));
    for i in 0..6_u8 {
        let key = format!("{i}.png");
        let versions = world.aws.store(|store| store.versions_of(ORIGINALS, &key));
        for (version, is_current) in
            versions.iter().rev().zip([true].into_iter().chain(std::iter::repeat(false)))
        {
            if version.is_marker {
                continue;
            }
            let version = original_version(&key, version);
            let is_failed = world.failure(&version).is_some();
            // `World::manifest` checks that the thumbnails of a manifest exist.
            let is_done = world.stored_manifest(&version).map(|_| world.manifest(&version)).is_some();
            let is_reported = (!is_done || reported.reports("done", &version))
                && (!is_failed || reported.reports("failed", &version));
            assert!(is_reported, "seed {seed}: `{key}` {} has no event", version.version);
            assert!(!(is_done && is_failed), "seed {seed}: `{key}` {} is done and failed", version.version);
            assert!(!is_current || is_done || is_failed, "seed {seed}: `{key}` {} is lost", version.version);
        }
        if versions.last().is_some_and(|version| version.is_marker) {
            let left = [
                (THUMBNAILS, thumbnails_of_key(&key)),
                (CATALOG, records_of_key(&key)),
                (CATALOG, index_of_key(&key)),
            ]
            .map(|(bucket, prefix)| world.aws.store(|store| store.list(bucket, &prefix)));
            let is_noted = left[1].iter().any(|record| record.ends_with("/failed.json"));
            assert!(is_noted || left.concat().is_empty(), "seed {seed}: `{key}` has left {left:?} behind");
        }
    }
}
