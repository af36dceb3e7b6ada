//! A backfill that is killed and then continued.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};

use serde_json::json;

use testkit::http::{Reply, Request};
use testkit::{Deployer, aws};

use crate::listings::{PAGE, key};

const PHOTOS: usize = 3500;

/// The interval between photos that already have thumbnails.
const DONE: usize = 7;

/// The number of messages that the queue accepts before the run is killed.
const BEFORE_THE_KILL: usize = 1500;

/// The state of the fake stack.
#[derive(Default)]
struct StackState {
    /// The number of messages for each photo.
    sent: HashMap<String, usize>,
    messages: usize,
    /// The stored progress of the backfill.
    note: Option<String>,
    /// The number of messages after which the queue accepts no more.
    most: Option<usize>,
    /// Whether the functions have processed all messages.
    is_worked_on: bool,
}

type SharedState = Arc<(Mutex<StackState>, Condvar)>;

fn answer(shared: &SharedState, request: Request) -> Reply {
    let Request { head, body, .. } = request;
    let (state, changed) = &**shared;
    let mut state = state.lock().unwrap();
    if head.to_lowercase().contains("sendmessagebatch") {
        if state.most.is_some_and(|most| state.messages >= most) {
            changed.notify_all();
            drop(changed.wait_while(state, |state| state.most.is_some()).unwrap());
            return Reply::disconnect();
        }
        let (messages, reply) = aws::receive_batch(&body);
        for message in &messages {
            *state.sent.entry(message["key"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        state.messages += messages.len();
        return reply;
    }
    if head.contains("/catalog/backfill.json") {
        let missing = aws::s3_error(404, "NoSuchKey");
        return match head.split(' ').next() {
            Some("PUT") => {
                state.note = Some(body);
                Reply::new(200, "")
            }
            Some("DELETE") => {
                state.note = None;
                Reply::new(200, "")
            }
            _ => state.note.clone().map_or(missing, |note| Reply::new(200, note)),
        };
    }
    let is_done = |photo: usize| state.is_worked_on || photo.is_multiple_of(DONE);
    Reply::new(200, crate::listings::list(&head, PHOTOS, |photo| is_done(photo).then_some("done")))
}

#[test]
fn a_killed_backfill_is_continued() {
    let shared = SharedState::default();
    let serving = shared.clone();
    let endpoint = aws::serve(move |request| answer(&serving, request));
    let backfill =
        Deployer::on(&endpoint).args(["backfill", "--rate", "100000", "--yes", "--output", "json"]);
    let (state, changed) = &*shared;
    state.lock().unwrap().most = Some(BEFORE_THE_KILL);
    let mut killed = backfill.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_going_on = |state: &mut StackState| state.messages < BEFORE_THE_KILL;
    drop(changed.wait_while(state.lock().unwrap(), is_going_on).unwrap());
    killed.kill().unwrap();
    killed.wait().unwrap();
    let before = {
        let mut state = state.lock().unwrap();
        state.most = None;
        changed.notify_all();
        state.messages
    };

    let ran = backfill.succeeds().stderr_has("continuing after `2026/01/01/photo.");
    let mut state = state.lock().unwrap();
    for photo in 0..PHOTOS {
        let times = state.sent.get(&key(photo)).copied().unwrap_or(0);
        if photo.is_multiple_of(DONE) {
            assert_eq!(times, 0, "{photo} is done");
        } else {
            assert!((1..=2).contains(&times), "{photo} was sent {times} times");
        }
    }
    // Photos that were sent without a record of the progress are sent again: at most one page.
    let twice = state.sent.values().filter(|times| **times == 2).count();
    assert!(twice <= PAGE, "{twice}");
    assert_eq!(ran.json()["sent"], state.messages - before);
    assert_eq!(state.note, None);

    state.is_worked_on = true;
    drop(state);
    assert_eq!(backfill.succeeds().json(), json!({"sent": 0, "dry_run": false}));
}
