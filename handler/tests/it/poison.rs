//! One image that cannot be processed, among others that can.

use std::sync::Arc;
use std::time::Duration;

use contract::log::{LogLine, Outcome};
use handler::batch::{MessageHandler, handle};
use handler::event::ObjectEvent;
use handler::failure::Failure;
use handler::message::{Invocation, Receive};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;

use testkit::{Fault, Lambda};

use crate::aws::{Aws, Call};
use crate::world::{
    self, CATALOG, LONG_TIMEOUT, ORIGINALS, World, batch, kept_fields, message, photo, photo_of, received,
    retried_ids, start_failover, start_thumbnail,
};

const POISON: usize = 4;

/// Uploads ten photos. The fifth has `bytes`.
fn upload_ten(world: &World, bytes: Vec<u8>) -> Vec<(contract::key::OriginalVersion, Value)> {
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
async fn a_file_that_is_not_an_image_is_recorded_and_the_other_photos_are_done() {
    let world = World::start().await;
    for poison in [b"hello".to_vec(), Vec::new(), photo(1)[..30].to_vec()] {
        let uploads = upload_ten(&world, poison);
        assert_eq!(world.deliver(&messages(&uploads, 1)).await, [""; 0]);
        for (i, (version, event)) in uploads.iter().enumerate() {
            assert_eq!(world.manifest(version).is_some(), i != POISON, "{i}");
            let failure = world.failure(version);
            assert_eq!(failure.map(|failure| failure.event), (i == POISON).then(|| kept_fields(event)));
        }
    }
}

#[tokio::test]
async fn only_the_failed_message_is_retried() {
    let world = World::start().await;
    let uploads = upload_ten(&world, photo(4));
    world.aws.fail(u32::MAX, Fault::Refuse(403, "AccessDenied"), is_poison);
    assert_eq!(world.deliver(&messages(&uploads, 1)).await, [POISON.to_string()]);
    for (i, (version, _)) in uploads.iter().enumerate() {
        assert_eq!(world.manifest(version).is_some(), i != POISON, "{i}");
        assert_eq!(world.failure(version), None, "{i}");
    }
}

/// A message of a queue.
struct Queued {
    id: usize,
    body: Value,
    attributes: Value,
    receives: u32,
}

impl Queued {
    fn received(&mut self) -> Value {
        self.receives += 1;
        let mut message = received(&self.id.to_string(), &self.body, self.receives);
        message["messageAttributes"] = self.attributes.clone();
        message
    }
}

/// Starts the thumbnail function. Its calls name `session`.
async fn start_session(aws: &Aws, session: usize) -> Lambda {
    start_thumbnail(aws, &[("AWS_SESSION_TOKEN", &session.to_string())]).await
}

/// Waits until the process of `session` fetches. Late calls of earlier processes are ignored.
async fn wait_for_fetch(session: usize, fetches: &mut UnboundedReceiver<String>) {
    while fetches.recv().await.unwrap() != session.to_string() {}
}

#[tokio::test]
async fn a_good_photo_is_done_however_many_in_its_batch_kill_the_process() {
    for killers in [1, 4, 9] {
        let mut world = World::start().await;
        world.thumbnail = start_session(&world.aws, 0).await;
        let failover = start_failover(&world.aws).await;
        let uploads: Vec<_> =
            (0..=killers).map(|i| world.upload(&format!("{i}.png"), photo(i as u8))).collect();
        let (fetched, mut fetches) = unbounded_channel();
        world.aws.script(move |call| {
            let is_fetch = call.method == "GET" && call.bucket == ORIGINALS;
            if !is_fetch || call.key == format!("{killers}.png") {
                return Fault::None;
            }
            fetched.send(call.session.clone()).unwrap();
            Fault::Hang
        });
        let queued = |(id, body): (usize, Value)| Queued { id, body, attributes: json!({}), receives: 0 };
        let mut queue: Vec<_> =
            uploads.iter().map(|(_, event)| event.clone()).enumerate().map(queued).collect();
        let (mut kills, mut taken) = (0, 0);
        while !queue.is_empty() {
            // Each batch has all messages of the queue.
            let sent: Vec<Value> = queue.iter_mut().map(Queued::received).collect();
            let again = tokio::select! {
                ended = world.thumbnail.invoke(batch(&sent), LONG_TIMEOUT) => retried_ids(ended),
                () = wait_for_fetch(kills, &mut fetches) => {
                    kills += 1;
                    world.thumbnail.kill().await;
                    world.thumbnail = start_session(&world.aws, kills).await;
                    queue.iter().map(|queued| queued.id.to_string()).collect()
                }
            };
            queue.retain(|queued| again.contains(&queued.id.to_string()));
            let mut letters: Vec<_> = queue.extract_if(.., |queued| queued.receives == 5).collect();
            if !letters.is_empty() {
                let sent: Vec<Value> = letters.iter_mut().map(Queued::received).collect();
                assert_eq!(world::retried_ids(failover.invoke(batch(&sent), LONG_TIMEOUT).await), [""; 0]);
            }
            let sent = world.aws.sent().split_off(taken);
            taken += sent.len();
            queue.extend(sent.into_iter().enumerate().map(|(i, sent)| Queued {
                id: 100 * taken + i,
                body: sent.body,
                attributes: sent.attributes,
                receives: 0,
            }));
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
    // The photo is tried alone and can succeed, because the function may have more memory now.
    assert_eq!(world.deliver(&[received("killer", &event, 4)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
    assert!(world.aws.store(|store| store.current(CATALOG, &note).is_none()));
}

#[tokio::test]
async fn a_photo_in_the_same_message_as_one_that_is_given_up_is_done() {
    let world = World::start().await;
    let (killer, mut event) = world.upload("killer.png", photo(1));
    let (other, other_event) = world.upload("other.png", photo(2));
    let note = killer.attempt_key();
    world.aws.store(|store| store.put(CATALOG, &note, r#"{"kills":2,"is_open":false}"#));
    event["Records"].as_array_mut().unwrap().push(other_event["Records"][0].clone());
    assert_eq!(world.deliver(&[received("both", &event, 4)]).await, [""; 0]);
    assert_eq!(world.failure(&killer).unwrap().reason, "killed");
    assert!(world.manifest(&other).is_some() && world.failure(&other).is_none());
}

#[tokio::test]
async fn untried_photos_come_before_those_that_were_tried_without_success() {
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

/// Returns small files that once took all of a function's memory or time, and the files in the folder `BOMBS`.
#[expect(clippy::disallowed_methods, reason = "the environment names more files")]
fn bombs() -> Vec<Vec<u8>> {
    let mut bombs = vec![tall_bitmap(), same_strips(5), same_strips(8), empty_blocks()];
    if let Some(folder) = std::env::var_os("BOMBS") {
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        bombs.extend(paths.map(|path| std::fs::read(path).unwrap()));
    }
    bombs
}

/// Returns a bitmap of one column and 100 million rows, in 94 bytes.
fn tall_bitmap() -> Vec<u8> {
    let header = [40, 1, 100_000_000, 24 << 16 | 1, 0, 0, 0, 0, 0, 0_u32];
    let bytes = [94, 0, 54_u32].into_iter().chain(header).flat_map(u32::to_le_bytes);
    [&b"BM"[..], &bytes.collect::<Vec<_>>(), &[9; 40]].concat()
}

/// Returns a TIFF of 12,000 strips with the same bytes: codes of LZW that clear its table, or empty blocks of deflate.
fn same_strips(compression: u32) -> Vec<u8> {
    const STRIPS: u32 = 12_000;
    let strip = match compression {
        5 => [0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01, 0].repeat(10_000),
        _ => [&[0x78, 1][..], &[0, 0, 0, 0xff, 0xff].repeat(18_000)].concat(),
    };
    let list = 8 + strip.len() as u32;
    let entries = [
        (256_u16, 1, 64),
        (257, 1, STRIPS),
        (258, 1, 16),
        (259, 1, compression),
        (262, 1, 1),
        (273, STRIPS, list),
        (277, 1, 1),
        (278, 1, 1),
        (279, STRIPS, list + 4 * STRIPS),
    ];
    let mut file = [&b"II\x2a\0"[..], &(list + 8 * STRIPS).to_le_bytes(), &strip].concat();
    for number in [8, strip.len() as u32] {
        file.extend(number.to_le_bytes().repeat(STRIPS as usize));
    }
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, count, value) in entries {
        file.extend(
            [&tag.to_le_bytes()[..], &[4, 0], &u32::to_le_bytes(count), &value.to_le_bytes()].concat(),
        );
    }
    file.extend([0; 4]);
    file
}

/// Returns a PNG whose data begins with empty blocks.
fn empty_blocks() -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let head = [&9000_u32.to_be_bytes()[..], &9000_u32.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let data = [&[0x78, 1][..], &[0, 0, 0, 0xff, 0xff].repeat(200_000)].concat();
    for (kind, payload) in [(b"IHDR", head), (b"IDAT", data), (b"IEND", Vec::new())] {
        file.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        file.extend(kind);
        file.extend(payload);
        file.extend([0; 4]);
    }
    file
}

#[tokio::test]
async fn photos_among_small_files_that_need_much_work_are_done_at_the_first_receive() {
    let mut world = World::start().await;
    world.thumbnail = start_thumbnail(&world.aws, &[("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")]).await;
    // Upload each bomb twice, and a good photo after each.
    let bombs = [bombs(), bombs()].concat();
    let uploads: Vec<_> = bombs
        .into_iter()
        .enumerate()
        .flat_map(|(i, bomb)| {
            [world.upload(&format!("{i}.bomb"), bomb), world.upload(&format!("{i}.png"), photo(i as u8))]
        })
        .collect();
    for batch in uploads.chunks(10) {
        assert_eq!(world.deliver(&messages(batch, 1)).await, [""; 0]);
    }
    for (i, (version, _)) in uploads.iter().enumerate() {
        let (is_done, has_failed) =
            (world.stored_manifest(version).is_some(), world.failure(version).is_some());
        assert!(is_done != has_failed && (is_done || i % 2 == 0), "{i}: {is_done} {has_failed}");
    }
}

/// Returns presets that need many times a large photo's share of the time, and almost no time for a small photo.
fn slow_presets() -> String {
    let preset = |i| json!({"name": format!("p{i}"), "width": 3000, "height": 3000, "format": "webp"});
    Value::from((0..12).map(preset).collect::<Vec<_>>()).to_string()
}

async fn start_slow(world: &World) -> Lambda {
    let variables = [("PRESETS", &*slow_presets()), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")];
    start_thumbnail(&world.aws, &variables).await
}

#[tokio::test]
async fn photos_that_use_up_their_time_leave_enough_for_the_others() {
    let mut world = World::start().await;
    world.thumbnail = start_slow(&world).await;
    let slow: Vec<_> = (0..2).map(|i| world.upload(&format!("{i}.png"), photo_of(3000, 3000, i))).collect();
    let good: Vec<_> = (2..5).map(|i| world.upload(&format!("{i}.png"), photo(i))).collect();
    let uploads = [slow, good].concat();
    let again =
        retried_ids(world.thumbnail.invoke(batch(&messages(&uploads, 1)), Duration::from_secs(12)).await);
    assert_eq!(again.iter().collect::<std::collections::BTreeSet<_>>().len(), 2);
    for (i, (version, _)) in uploads.iter().enumerate() {
        assert_eq!(world.stored_manifest(version).is_some(), i >= 2, "{i}");
    }
}

#[tokio::test]
async fn a_process_whose_work_cannot_be_stopped_answers_and_exits() {
    let mut world = World::start().await;
    world.thumbnail = start_slow(&world).await;
    let (_, event) = world.upload("slow.png", photo_of(3000, 3000, 1));
    let ended = world.thumbnail.invoke(batch(&[message("slow", &event)]), Duration::from_secs(2)).await;
    assert_eq!(retried_ids(ended), ["slow"]);
    world.thumbnail.lines(1, |line| line["reason"] == "stuck").await;
    world.thumbnail.has_ended().await;
}

/// Panics on the key `poison`, like a bug. No known image causes a panic in the real functions.
struct PanickingHandler;

impl MessageHandler for PanickingHandler {
    async fn handle(&self, event: &ObjectEvent, _: &Receive, _: &mut LogLine) -> Result<Outcome, Failure> {
        assert_ne!(event.key.text(), "poison");
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
        respond_at: Instant::now() + Duration::from_secs(60),
        last_start: Instant::now() + Duration::from_secs(50),
        remaining: Arc::default(),
    };
    let answer = handle(Arc::new(PanickingHandler), batch(&messages), invocation).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "poison"}]}));
}
