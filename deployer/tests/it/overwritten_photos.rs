//! Photos that are overwritten or removed while the deployer works with them.

use serde_json::{Value, json};

use crate::fake_buckets::{LONG_AGO, Shelves, Small};

#[test]
fn an_upload_does_not_wait_for_a_photo_that_was_overwritten() {
    let overwrite = |shelves: &mut Shelves| {
        let key = shelves.originals.keys().next().unwrap().clone();
        shelves.photo(&key, "v2");
    };
    let small = Small::new(Shelves { after_put: Some((".gif", overwrite)), ..Shelves::default() });
    let upload = small.deployer().args(["upload", "photo.gif", "--wait", "--output", "json"]);
    let said = upload.succeeds().stderr_has("overwritten or removed").json();
    assert_eq!((&said["version"], &said["state"]), (&json!("v1"), &json!("superseded")));
}

/// An alt text is set while `happens`. Returns what the functions were asked, the exit code, and what was said.
#[track_caller]
fn set_while(happens: fn(&mut Shelves)) -> (Vec<Value>, Option<i32>, String) {
    let mut shelves = Shelves { after_put: Some(("alt.en.json", happens)), ..Shelves::default() };
    let photo = shelves.photo("cat.jpg", "v1");
    shelves.make(&photo);
    let small = Small::new(shelves);
    let ran = small.deployer().args(["alt", "cat.jpg", "--set", "A cat"]).run();
    let shelves = small.shelves.lock().unwrap();
    // The version may become current again: only a function that checks it deletes anything.
    assert_eq!(shelves.deleted, [""; 0]);
    (shelves.sent.clone(), ran.code, ran.stderr)
}

#[test]
fn an_alt_text_of_a_photo_that_is_not_there_any_more_is_not_kept() {
    let settle = json!({"request": "settle", "bucket": "originals", "key": "cat.jpg", "version": "v1"});
    let (sent, code, stderr) = set_while(|_| {});
    assert_eq!((sent, code), (vec![], Some(0)), "{stderr}");

    let (sent, code, stderr) = set_while(|shelves| {
        shelves.photo("cat.jpg", "v2");
    });
    assert_eq!((sent, code), (vec![settle.clone()], Some(1)), "{stderr}");
    assert!(stderr.contains("cannot set the alt text: a newer version replaced"), "{stderr}");

    let (sent, code, stderr) = set_while(|shelves| {
        shelves.version("cat.jpg", "v2", true, LONG_AGO);
    });
    assert_eq!((sent, code), (vec![settle], Some(1)), "{stderr}");
    assert!(stderr.contains("removed meanwhile"), "{stderr}");
}
