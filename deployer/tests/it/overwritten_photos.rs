//! Photos that are overwritten or removed while the deployer uses them.

use serde_json::{Value, json};
use testkit::FakeStack;
use testkit::stack::{ORIGINALS, StackState};

#[test]
fn an_upload_does_not_wait_for_a_photo_that_was_overwritten() {
    let overwrite = |state: &mut StackState| {
        let key = state.store.list(ORIGINALS, "").remove(0);
        state.add_photo(&key);
    };
    let stack = FakeStack::new(StackState { after_put: Some((".gif", overwrite)), ..StackState::default() });
    let upload = stack.deployer().args(["upload", "photo.gif", "--wait", "--output", "json"]);
    let report = upload.succeeds().stderr_has("overwritten or removed").json();
    assert_eq!((&report["version"], &report["state"]), (&json!("v1"), &json!("superseded")));
}

/// Sets an alt text while `change` happens. Returns the messages to the functions, the exit code, and stderr.
#[track_caller]
fn set_alt_text_during(change: fn(&mut StackState)) -> (Vec<Value>, Option<i32>, String) {
    let mut state = StackState { after_put: Some(("alt.en.json", change)), ..StackState::default() };
    let photo = state.add_photo("cat.jpg");
    state.add_outputs(&photo);
    let stack = FakeStack::new(state);
    let ran = stack.deployer().args(["alt", "cat.jpg", "--set", "A cat"]).run();
    let state = stack.state.lock().unwrap();
    // The version may become current again, so only a function that checks this deletes anything.
    assert_eq!(state.deleted, [""; 0]);
    (state.sent.clone(), ran.code, ran.stderr)
}

#[test]
fn an_alt_text_of_an_overwritten_or_removed_photo_is_not_kept() {
    let settle = json!({"request": "settle", "bucket": "originals", "key": "cat.jpg", "version": "v1"});
    let (sent, code, stderr) = set_alt_text_during(|_| {});
    assert_eq!((sent, code), (vec![], Some(0)), "{stderr}");

    let (sent, code, stderr) = set_alt_text_during(|state| {
        state.add_photo("cat.jpg");
    });
    assert_eq!((sent, code), (vec![settle.clone()], Some(1)), "{stderr}");
    assert!(stderr.contains("cannot set the alt text: a newer version has replaced"), "{stderr}");

    let (sent, code, stderr) = set_alt_text_during(|state| {
        state.store.add_delete_marker(ORIGINALS, "cat.jpg");
    });
    assert_eq!((sent, code), (vec![settle], Some(1)), "{stderr}");
    assert!(stderr.contains("`cat.jpg` was removed"), "{stderr}");
}
