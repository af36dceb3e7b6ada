//! Faults by seed: whatever S3, SQS and SNS do, and whenever a process is killed, every current version ends with its
//! thumbnails or with a failure record, and nothing is left of one that is gone.
//!
//! `FAULT_SEEDS=1000` runs as many seeds; a seed that fails is named, and `FAULT_FIRST=<seed> FAULT_SEEDS=1` runs
//! it alone.

use std::time::Duration;

use contract::key::{index_of_key, records_of_key, thumbnails_of_key};
use fastrand::Rng;
use futures::stream::{self, StreamExt as _};
use serde_json::Value;

use testkit::{Ended, Fault, Lambda, SLOW_DOWN, number};

use crate::aws::Call;
use crate::events::{ANNOUNCED, Told};
use crate::world::{
    CATALOG, LONG, ORIGINALS, THUMBNAILS, World, again, batch, event, named, photo, received,
    start_failover_with, start_thumbnail,
};

/// How often the queue delivers a message before it is a dead letter.
const MAXIMUM_RECEIVES: u32 = 5;

/// How many invocations meet faults; those after do not, so that every script ends.
const ROUNDS: u32 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_whatever_fails() {
    let first = number("FAULT_FIRST", 0);
    let seeds = first..first + number("FAULT_SEEDS", 24);
    let run = |seed| async move { (seed, tokio::spawn(survives(seed)).await.is_ok()) };
    let ended: Vec<(u64, bool)> = stream::iter(seeds).map(run).buffer_unordered(8).collect().await;
    let lost: Vec<u64> = ended.into_iter().filter(|(_, well)| !well).map(|(seed, _)| seed).collect();
    assert!(lost.is_empty(), "seeds that lose a photo: {lost:?}");
}

/// One message of the queue.
struct Message {
    id: String,
    body: Value,
    receives: u32,
}

/// Makes about one call in `odds` fail, in every way there is.
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

/// Invokes `function`, and perhaps kills it meanwhile; gives what comes again, and whether it was killed.
async fn invoke(rng: &mut Rng, function: &Lambda, messages: &[Value]) -> (Vec<String>, bool) {
    let all = messages.iter().map(|message| message["messageId"].as_str().unwrap().to_owned()).collect();
    let dies = rng.u8(..5) == 0;
    let after = Duration::from_millis(rng.u64(..60));
    let ended = tokio::select! {
        ended = function.invoke(batch(messages), LONG) => ended,
        () = tokio::time::sleep(after), if dies => {
            function.kill().await;
            Ended::Died
        }
    };
    match ended {
        Ended::Answer(answer) => (again(Ended::Answer(answer)), false),
        Ended::Error(_) => (all, false),
        Ended::Died => (all, true),
    }
}

async fn survives(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let mut world = World::start().await;
    world.thumbnail = start_thumbnail(&world.aws, &[ANNOUNCED]).await;
    let mut failover = start_failover_with(&world.aws, &[ANNOUNCED]).await;
    let mut bodies = Vec::new();
    for i in 0..6_u8 {
        // The last is no image; the first comes in two versions.
        let bytes = if i == 5 { b"no image".to_vec() } else { photo(i) };
        bodies.push(world.upload(&format!("{i}.png"), bytes).1);
    }
    bodies.push(world.upload("0.png", photo(100)).1);
    // One is removed, by an event that may come before or after that of its upload.
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "1.png"));
    bodies.push(event("ObjectRemoved:DeleteMarkerCreated", "1.png", &marker));
    // And one is told of twice.
    bodies.push(bodies[2].clone());
    rng.shuffle(&mut bodies);
    let mut queue: Vec<Message> = bodies
        .into_iter()
        .enumerate()
        .map(|(i, body)| Message { id: i.to_string(), body, receives: 0 })
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
        assert!(round < 5 * ROUNDS, "seed {seed}: it does not end");
        // What the functions have sent; what waits comes when nothing else does.
        for sent in world.aws.sent().into_iter().skip(taken) {
            let id = format!("sent-{taken}");
            taken += 1;
            let to = if sent.delay == 0 { &mut queue } else { &mut delayed };
            to.push(Message { id, body: sent.body, receives: 0 });
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
            world.thumbnail = start_thumbnail(&world.aws, &[ANNOUNCED]).await;
        }
        let stays = |message: &Message| message.receives == 0 || again.contains(&message.id);
        let delivered: Vec<Message> = queue.drain(..count).filter(stays).collect();
        let (dead, alive): (Vec<_>, Vec<_>) =
            delivered.into_iter().partition(|message| message.receives >= MAXIMUM_RECEIVES);
        queue.extend(alive);
        letters.extend(dead);
        if !letters.is_empty() {
            let sent: Vec<Value> =
                letters.iter().map(|letter| received(&letter.id, &letter.body, letter.receives)).collect();
            let (again, was_killed) = invoke(&mut rng, &failover, &sent).await;
            if was_killed {
                failover = start_failover_with(&world.aws, &[ANNOUNCED]).await;
            }
            letters.retain(|letter| again.contains(&letter.id));
        }
    }
    audit(seed, &world);
}

/// Every current version has what it must have, and what was removed has left nothing, or a record that it has.
fn audit(seed: u64, world: &World) {
    let mut told = Told::default();
    world.aws.events().iter().for_each(|event| told.add(event));
    for i in 0..6_u8 {
        let key = format!("{i}.png");
        let versions = world.aws.store(|store| store.versions_of(ORIGINALS, &key));
        for (version, is_current) in
            versions.iter().rev().zip([true].into_iter().chain(std::iter::repeat(false)))
        {
            if version.is_marker {
                continue;
            }
            let version = named(&key, version);
            let is_failed = world.failure(&version).is_some();
            // If there is a manifest, its thumbnails exist, as it says.
            let is_done = world.done(&version).map(|_| world.manifest(&version)).is_some();
            let is_told =
                (!is_done || told.says("done", &version)) && (!is_failed || told.says("failed", &version));
            assert!(is_told, "seed {seed}: `{key}` {} is not announced", version.version);
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
