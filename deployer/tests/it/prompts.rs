//! Prompts without a terminal: a command that will ask refuses before its first request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use testkit::http::Reply;
use testkit::stack::StackState;
use testkit::{Deployer, FakeStack};

#[test]
fn a_command_that_cannot_ask_refuses_before_its_work() {
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    let endpoint = testkit::http::serve(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Reply::new(404, "")
    });
    for arguments in [
        &["rm", "--all"][..],
        &["rm", "2026/"],
        &["rm", "cat.jpg", "dog.jpg"],
        &["replay", "--all"],
        &["replay", "--reason", "damaged"],
        &["replay", "--unreadable"],
        &["replay", "cat.jpg", "2026/"],
        &["backfill"],
        &["audit", "--fix"],
        &["down"],
    ] {
        let ran = Deployer::on(&endpoint).args(arguments).fails(1);
        ran.stdout("").stderr_has("without a terminal").stderr_has("hint: add `--yes`");
        assert_eq!(requests.load(Ordering::SeqCst), 0, "{arguments:?}");
    }
}

#[test]
fn one_photo_needs_no_prompt() {
    let mut state = StackState::default();
    state.add_photo("cat.jpg");
    FakeStack::new(state).deployer().args(["rm", "cat.jpg"]).succeeds();
}
