//! Versions that overtake each other: uploads, overwrites and removals in any order.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use contract::key::{Digest, OriginalKey, OriginalVersion};
use serde_json::{Value, json};

use crate::aws::{Fault, SLOW_DOWN};
use crate::store::Store;
use crate::world::{
    CATALOG, LONG, ORIGINALS, THUMBNAILS, World, again, batch, created, event, message, named, photo,
    received, start_thumbnail,
};

async fn outcome(world: &World, id: &str) -> Value {
    world.thumbnail.lines(1, |line| line["message_id"] == id).await[0]["outcome"].clone()
}

#[tokio::test]
async fn an_overwritten_version_is_noted_and_not_made() {
    let world = World::start().await;
    let (old, first) = world.upload("cat.png", photo(1));
    let (new, second) = world.upload("cat.png", photo(2));
    // The newer event first.
    assert_eq!(world.deliver(&[message("second", &second)]).await, [""; 0]);
    assert_eq!(world.deliver(&[message("first", &first)]).await, [""; 0]);
    assert_eq!(outcome(&world, "first").await, "superseded");
    assert_eq!(world.done(&old).unwrap().manifest, None);
    assert!(world.manifest(&new).is_some());
    assert_eq!(world.aws.store(|store| store.list(THUMBNAILS, "")).len(), 2);
    // And once noted, it costs one HEAD.
    let calls = world.aws.calls().len();
    assert_eq!(world.deliver(&[message("again", &first)]).await, [""; 0]);
    assert_eq!(world.aws.calls().len(), calls + 1);
}

#[tokio::test]
async fn the_bytes_are_those_of_the_version_in_the_event() {
    let world = World::start().await;
    let (old, event) = world.upload("cat.png", photo(1));
    // Overwritten when the function has looked whether it is done, and has not yet fetched.
    let bytes = photo(2);
    world.aws.meanwhile(
        |call| call.method == "GET" && call.bucket == ORIGINALS,
        move |store| drop(store.put(ORIGINALS, "cat.png", bytes)),
    );
    assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
    let get = world.aws.calls().into_iter().find(|call| call.method == "GET" && call.bucket == ORIGINALS);
    assert_eq!(get.unwrap().version_id.as_deref(), Some(old.version.as_str()));
    assert_eq!(outcome(&world, "m").await, "superseded");
    let new = world.aws.store(|store| store.current(ORIGINALS, "cat.png").cloned()).unwrap();
    assert_eq!(world.deliver(&[message("n", &created("cat.png", &new))]).await, [""; 0]);
    let manifest = world.manifest(&named("cat.png", &new)).unwrap();
    assert_eq!(manifest.original.digest, Digest::of(&photo(2)));
}

#[tokio::test]
async fn a_version_that_is_gone_or_hidden_is_acknowledged() {
    let world = World::start().await;
    let (removed, event_of_removed) = world.upload("removed.png", photo(1));
    world.aws.store(|store| store.remove(ORIGINALS, "removed.png", &removed.version));
    let (_, event_of_hidden) = world.upload("hidden.png", photo(2));
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "hidden.png"));
    let marker = created("hidden.png", &marker);
    let messages =
        [message("a", &event_of_removed), message("b", &event_of_hidden), message("marker", &marker)];
    assert_eq!(world.deliver(&messages).await, [""; 0]);
    for id in ["a", "b", "marker"] {
        assert_eq!(outcome(&world, id).await, "gone", "{id}");
    }
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn a_removal_takes_everything_along_and_a_late_event_brings_nothing_back() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    assert_eq!(outcome(&world, "removal").await, "removed");
    let left = |world: &World| world.aws.store(|store| [store.list(THUMBNAILS, ""), store.list(CATALOG, "")]);
    assert_eq!(left(&world), [[""; 0]; 2]);
    assert_eq!(world.deliver(&[message("late", &upload)]).await, [""; 0]);
    assert_eq!(outcome(&world, "late").await, "gone");
    assert_eq!(left(&world), [[""; 0]; 2]);
}

#[tokio::test]
async fn a_removal_that_a_new_upload_has_overtaken_takes_nothing() {
    let world = World::start().await;
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    let (version, upload) = world.upload("cat.png", photo(2));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    assert_eq!(outcome(&world, "removal").await, "survived");
    assert!(world.manifest(&version).is_some());
}

#[tokio::test]
async fn an_upload_amid_a_removal_ends_with_its_thumbnails() {
    let world = World::start().await;
    let (_, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    // The same photo again, when the removal has looked and begins to delete. Its event is worked on by
    // another process, at once.
    let other = start_thumbnail(&world.aws, &[]).await;
    let slow = Fault::Delay(std::time::Duration::from_millis(300));
    world.aws.fail(1, slow, |call| call.method == "DELETE" && call.bucket == THUMBNAILS);
    let messages = [message("removal", &removal)];
    let removing = world.deliver(&messages);
    let uploading = async {
        world.aws.called(|call| call.method == "DELETE" && call.bucket == THUMBNAILS).await;
        let (version, upload) = world.upload("cat.png", photo(1));
        (version, again(other.invoke(batch(&[message("again", &upload)]), LONG).await))
    };
    let (removed, (version, uploaded)) = tokio::join!(removing, uploading);
    assert_eq!((removed, uploaded), (vec![], vec![]));
    assert!(world.manifest(&version).is_some());
}

#[tokio::test]
async fn a_removal_before_the_work_was_done_is_followed_by_whoever_comes_again() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    // The look that follows the work fails; the removal had been worked on by another process before there was anything
    // to be removed.
    let is_done = AtomicBool::new(false);
    world.aws.fail(9, SLOW_DOWN, move |call| {
        is_done.fetch_or(call.method == "PUT" && call.key.ends_with("/done.json"), Relaxed)
            && call.bucket == ORIGINALS
    });
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, ["upload"]);
    assert!(world.done(&version).is_some());
    world.aws.fail(0, SLOW_DOWN, |_| false);
    world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    assert_eq!(world.deliver(&[received("upload", &upload, 2)]).await, [""; 0]);
    let left = world.aws.store(|store| [store.list(THUMBNAILS, ""), store.list(CATALOG, "")]);
    assert_eq!(left, [[""; 0]; 2]);
}

#[tokio::test]
async fn the_failure_of_the_current_version_is_not_that_of_a_removed_one() {
    let world = World::start().await;
    let (old, first) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("first", &first)]).await, [""; 0]);
    let (new, second) = world.upload("cat.png", "no image");
    assert_eq!(world.deliver(&[message("second", &second)]).await, [""; 0]);
    let stored = world.aws.store(|store| store.version(ORIGINALS, "cat.png", &old.version).cloned()).unwrap();
    world.aws.store(|store| store.remove(ORIGINALS, "cat.png", &old.version));
    let removal = event("ObjectRemoved:Delete", "cat.png", &stored);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    assert!(world.failure(&new).is_some());
    assert_eq!(world.failure(&old).map(|failure| failure.message), None);
}

#[tokio::test]
async fn what_is_sent_again_and_gone_has_no_failure_any_more() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", "no image");
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    assert!(world.failure(&version).is_some());
    world.aws.store(|store| store.remove(ORIGINALS, "cat.png", &version.version));
    let replay =
        json!({"request": "replay", "bucket": ORIGINALS, "key": version.key, "version": version.version});
    assert_eq!(world.deliver(&[message("replay", &replay)]).await, [""; 0]);
    assert_eq!(outcome(&world, "replay").await, "gone");
    assert!(world.failure(&version).is_none());
}

/// Takes a thumbnail away, as a removal does.
fn take_one(store: &mut Store) {
    let thumbnail = store.list(THUMBNAILS, "").remove(0);
    store.hide(THUMBNAILS, &thumbnail);
}

#[tokio::test]
async fn a_removal_that_misses_the_manifest_of_a_copy_takes_no_thumbnail_of_it() {
    let world = World::start().await;
    let (_, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let (version, upload) = world.upload("cat.png", photo(1));
    // Its thumbnails are there, and gone before its manifest can be found.
    world.aws.meanwhile(|call| call.method == "PUT" && call.key.starts_with("by-name/"), take_one);
    assert_eq!(world.deliver(&[message("again", &upload)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
}

#[tokio::test]
async fn a_copy_that_is_done_amid_a_removal_keeps_its_thumbnails() {
    let world = World::start().await;
    let (old, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let mut manifest = world.manifest(&old).unwrap();
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    // The removal has deleted and has found no copy; then one that had found its thumbnails is done.
    let failure_key = old.failure_key();
    let (send, new) = std::sync::mpsc::channel();
    world.aws.meanwhile(
        move |call| call.method == "HEAD" && call.key == failure_key,
        move |store| {
            let stored = store.put(ORIGINALS, "cat.png", photo(1));
            let version = named("cat.png", &stored);
            manifest.original.version.clone_from(&version.version);
            manifest.original.last_modified = stored.modified;
            store.put(CATALOG, &manifest.index_key().to_string(), serde_json::to_vec(&manifest).unwrap());
            let done = json!({"schema": 1, "manifest": manifest});
            store.put(CATALOG, &version.done_key(), done.to_string());
            send.send(version).unwrap();
        },
    );
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    assert!(world.manifest(&new.recv().unwrap()).is_some());
}

#[tokio::test]
async fn a_removal_looks_for_copies_among_the_photos_of_the_day_alone() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let manifest = world.manifest(&version).unwrap();
    // A hundred of the same name and bytes, on the days before and after.
    for days in 1..=50 {
        for away in [time::Duration::days(days), -time::Duration::days(days)] {
            let mut other = manifest.clone();
            let at = other.original.last_modified + away;
            other.original.last_modified = at;
            other.base = OriginalKey::of_foreign("cat.png", at, &other.original.digest).to_string();
            let bytes = serde_json::to_vec(&other).unwrap();
            world.aws.store(|store| store.put(CATALOG, &other.index_key().to_string(), bytes));
        }
    }
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    let before = world.aws.calls().len();
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    assert!(world.aws.store(|store| store.list(THUMBNAILS, "")).is_empty());
    let calls = world.aws.calls().len() - before;
    assert!(calls < 30, "{calls} calls");
}

#[tokio::test]
async fn a_copy_under_a_key_of_ours_keeps_its_thumbnails_on_any_day() {
    let world = World::start().await;
    let (foreign, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let base = world.manifest(&foreign).unwrap().base;
    // The key that the deployer would have given it, copied there three days later.
    let stored = world.aws.store(|store| {
        store.let_days_pass(3);
        store.put(ORIGINALS, &base, photo(1))
    });
    assert_eq!(world.deliver(&[message("copy", &created(&base, &stored))]).await, [""; 0]);
    let ours = named(&base, &stored);
    assert_eq!(world.manifest(&ours).unwrap().base, base);
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    assert_eq!(world.done(&foreign), None);
    assert!(world.manifest(&ours).is_some());
}

#[tokio::test]
async fn a_removal_that_was_killed_and_then_overtaken_puts_back_what_it_took() {
    let world = World::start().await;
    let (_, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    let (version, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("again", &upload)]).await, [""; 0]);
    world.aws.store(take_one);
    // Its alt texts are gone, too: that they are done is no longer true.
    let base = world.done(&version).unwrap().manifest.unwrap().base;
    let described = json!({"schema": 1, "base": base}).to_string();
    world.aws.store(|store| store.put(CATALOG, &version.alt_text_done_key(), described));
    assert_eq!(world.deliver(&[received("removal", &removal, 2)]).await, [""; 0]);
    assert_eq!(outcome(&world, "removal").await, "survived");
    assert!(world.manifest(&version).is_some());
    assert!(world.aws.store(|store| store.current(CATALOG, &version.alt_text_done_key()).is_none()));
}

#[tokio::test]
async fn a_removal_of_one_version_brings_back_the_one_before() {
    let world = World::start().await;
    let (old, first) = world.upload("cat.png", photo(1));
    let (new, second) = world.upload("cat.png", photo(2));
    assert_eq!(world.deliver(&[message("1", &first), message("2", &second)]).await, [""; 0]);
    assert_eq!((world.manifest(&old), world.manifest(&new).is_some()), (None, true));
    let removed = world.aws.store(|store| {
        let removed = store.current(ORIGINALS, "cat.png").cloned().unwrap();
        store.remove(ORIGINALS, "cat.png", &removed.id);
        removed
    });
    let removal = event("ObjectRemoved:Delete", "cat.png", &removed);
    assert_eq!(world.deliver(&[message("3", &removal)]).await, [""; 0]);
    assert!(world.manifest(&old).is_some());
    assert_eq!(world.done(&new), None);
}

#[tokio::test]
async fn thumbnails_of_other_presets_are_replaced() {
    let world = World::start().await;
    let (first, event) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("1", &event)]).await, [""; 0]);
    let before = world.manifest(&first).unwrap();
    // The same file, once more, when `small` and `large` mean other sizes.
    let presets = r#"[{"name":"small","width":4,"height":4,"format":"png"},
        {"name":"large","width":12,"height":12,"format":"jpeg"}]"#;
    let changed = start_thumbnail(&world.aws, &[("PRESETS", presets)]).await;
    let (second, event) = world.upload("cat.png", photo(1));
    assert_eq!(again(changed.invoke(batch(&[message("2", &event)]), LONG).await), [""; 0]);
    let after = world.manifest(&second).unwrap();
    assert_eq!((before.thumbnails[0].width, after.thumbnails[0].width), (8, 4));
    let writes = |key: &str| world.aws.store(|store| store.count(THUMBNAILS, key));
    assert_eq!(before.thumbnails[0].key, after.thumbnails[0].key);
    assert_eq!(writes(&after.thumbnails[0].key), 2);
    // What is the same is not written again.
    assert_eq!(writes(&after.thumbnails[1].key), 1);
}

#[tokio::test]
async fn an_original_in_a_bucket_without_versions_is_told_by_its_entity_tag() {
    let world = World::start().await;
    let stored = world.aws.store(|store| store.put(ORIGINALS, "cat.png", photo(1)));
    let mut event = created("cat.png", &stored);
    event["Records"][0]["s3"]["object"].as_object_mut().unwrap().remove("versionId");
    let version = OriginalVersion::new("cat.png", None, Some(&stored.etag));
    assert_eq!(world.deliver(&[message("1", &event)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
    event["Records"][0]["s3"]["object"]["eTag"] = json!("of-an-older-one");
    assert_eq!(world.deliver(&[message("2", &event)]).await, [""; 0]);
    assert_eq!(outcome(&world, "2").await, "superseded");
}
