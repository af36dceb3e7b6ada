//! A backfill that is killed in the middle, and gone on with.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};

use serde_json::json;

use testkit::http::{Reply, Request};
use testkit::{Deployer, aws};

use crate::listings::{PAGE, key};

const PHOTOS: usize = 3500;

/// Every how many-th has its thumbnails already.
const DONE: usize = 7;

/// How many messages are taken from a run that is to be killed.
const BEFORE_THE_KILL: usize = 1500;

/// What the stack has been told.
#[derive(Default)]
struct Told {
    /// How often each photo was sent.
    sent: HashMap<String, usize>,
    messages: usize,
    /// The note of how far the backfill has come.
    note: Option<String>,
    /// Nothing is taken any more beyond this.
    most: Option<usize>,
    /// Whether the functions have done all that.
    is_worked_on: bool,
}

type Shared = Arc<(Mutex<Told>, Condvar)>;

fn answer(shared: &Shared, request: Request) -> Reply {
    let Request { head, body, .. } = request;
    let (state, changed) = &**shared;
    let mut told = state.lock().unwrap();
    if head.to_lowercase().contains("sendmessagebatch") {
        if told.most.is_some_and(|most| told.messages >= most) {
            changed.notify_all();
            drop(changed.wait_while(told, |told| told.most.is_some()).unwrap());
            return Reply::cut();
        }
        let (messages, reply) = aws::receive_batch(&body);
        for message in &messages {
            *told.sent.entry(message["key"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        told.messages += messages.len();
        return reply;
    }
    if head.contains("/catalog/backfill.json") {
        let missing = aws::s3_error(404, "NoSuchKey");
        return match head.split(' ').next() {
            Some("PUT") => {
                told.note = Some(body);
                Reply::new(200, "")
            }
            Some("DELETE") => {
                told.note = None;
                Reply::new(200, "")
            }
            _ => told.note.clone().map_or(missing, |note| Reply::new(200, note)),
        };
    }
    let is_done = |photo: usize| told.is_worked_on || photo.is_multiple_of(DONE);
    Reply::new(200, crate::listings::list(&head, PHOTOS, |photo| is_done(photo).then_some("done")))
}

#[test]
fn a_backfill_that_was_killed_is_gone_on_with() {
    let shared = Shared::default();
    let serving = shared.clone();
    let endpoint = aws::serve(move |request| answer(&serving, request));
    let backfill =
        Deployer::on(&endpoint).args(["backfill", "--rate", "100000", "--yes", "--output", "json"]);
    let (state, changed) = &*shared;
    state.lock().unwrap().most = Some(BEFORE_THE_KILL);
    let mut killed = backfill.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_going_on = |told: &mut Told| told.messages < BEFORE_THE_KILL;
    drop(changed.wait_while(state.lock().unwrap(), is_going_on).unwrap());
    killed.kill().unwrap();
    killed.wait().unwrap();
    let before = {
        let mut told = state.lock().unwrap();
        told.most = None;
        changed.notify_all();
        told.messages
    };

    let ran = backfill.succeeds().stderr_has("continuing after `2026/01/01/photo.");
    let mut told = state.lock().unwrap();
    for photo in 0..PHOTOS {
        let times = told.sent.get(&key(photo)).copied().unwrap_or(0);
        if photo.is_multiple_of(DONE) {
            assert_eq!(times, 0, "{photo} is done");
        } else {
            assert!((1..=2).contains(&times), "{photo} is sent {times} times");
        }
    }
    // What was sent and not yet noted is sent again: a page at most.
    let twice = told.sent.values().filter(|times| **times == 2).count();
    assert!(twice <= PAGE, "{twice}");
    assert_eq!(ran.json()["sent"], told.messages - before);
    assert_eq!(told.note, None);

    told.is_worked_on = true;
    drop(told);
    assert_eq!(backfill.succeeds().json(), json!({"sent": 0, "dry_run": false}));
}
