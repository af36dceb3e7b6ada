//! Versions of a photo: uploads, overwrites, and removals in any order.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::key::{Digest, KEY_METADATA, OriginalVersion};
use contract::preset::ThumbnailFormat;
use serde_json::{Value, json};

use testkit::s3::{Store, UNVERSIONED, Version};
use testkit::{Fault, SLOW_DOWN};

use crate::aws::{Aws, Call};
use crate::world::{
    CATALOG, LONG_TIMEOUT, ORIGINALS, QUEUE, THUMBNAILS, World, batch, created_event, event, message,
    original_version, photo, received, retried_ids, start_thumbnail,
};

async fn outcome(world: &World, id: &str) -> Value {
    world.thumbnail.lines(1, |line| line["message_id"] == id).await[0]["outcome"].clone()
}

#[tokio::test]
async fn an_overwritten_version_gets_no_thumbnails() {
    let world = World::start().await;
    let (old, first) = world.upload("cat.png", photo(1));
    let (new, second) = world.upload("cat.png", photo(2));
    // The newer event arrives first.
    assert_eq!(world.deliver(&[message("second", &second)]).await, [""; 0]);
    let writes = world.writes();
    assert_eq!(world.deliver(&[message("first", &first)]).await, [""; 0]);
    assert_eq!(outcome(&world, "first").await, "superseded");
    assert_eq!((world.stored_manifest(&old), world.writes()), (None, writes));
    assert!(world.manifest(&new).is_some());
    assert_eq!(world.aws.store(|store| store.list(THUMBNAILS, "")).len(), 2);
}

#[tokio::test]
async fn the_bytes_are_those_of_the_version_in_the_event() {
    let world = World::start().await;
    let (old, event) = world.upload("cat.png", photo(1));
    // The photo is overwritten after the function has checked the done record and before it fetches.
    let bytes = photo(2);
    world.aws.change_store_at(
        |call| call.method == "GET" && call.bucket == ORIGINALS,
        move |store| drop(store.put(ORIGINALS, "cat.png", bytes)),
    );
    assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
    assert_eq!(outcome(&world, "m").await, "superseded");
    assert_eq!(world.stored_manifest(&old), None);
    let new = world.aws.store(|store| store.current(ORIGINALS, "cat.png").cloned()).unwrap();
    assert_eq!(world.deliver(&[message("n", &created_event("cat.png", &new))]).await, [""; 0]);
    let manifest = world.manifest(&original_version("cat.png", &new)).unwrap();
    assert_eq!(manifest.original.digest, Digest::of(&photo(2)));
}

#[tokio::test]
async fn a_deleted_or_hidden_version_is_acknowledged() {
    let world = World::start().await;
    let (removed, event_of_removed) = world.upload("removed.png", photo(1));
    world.aws.store(|store| store.remove(ORIGINALS, "removed.png", &removed.version));
    let (_, event_of_hidden) = world.upload("hidden.png", photo(2));
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "hidden.png"));
    let marker = created_event("hidden.png", &marker);
    let messages =
        [message("a", &event_of_removed), message("b", &event_of_hidden), message("marker", &marker)];
    assert_eq!(world.deliver(&messages).await, [""; 0]);
    for id in ["a", "b", "marker"] {
        assert_eq!(outcome(&world, id).await, "gone", "{id}");
    }
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn a_removal_deletes_everything_and_a_late_event_creates_nothing() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    assert!(world.manifest(&version).is_some());
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
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
async fn a_removal_deletes_no_objects_of_a_newer_upload() {
    let world = World::start().await;
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    let (version, upload) = world.upload("cat.png", photo(2));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    assert_eq!(outcome(&world, "removal").await, "survived");
    assert!(world.manifest(&version).is_some());
}

#[tokio::test]
async fn an_upload_during_a_removal_ends_with_its_thumbnails() {
    let world = World::start().await;
    let (_, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    // The same photo is uploaded when the removal has listed and begins to delete. Another process immediately handles
    // the event of this upload.
    let other = start_thumbnail(&world.aws, &[]).await;
    let slow = Fault::Delay(std::time::Duration::from_millis(300));
    world.aws.fail(1, slow, |call| call.method == "DELETE" && call.bucket == THUMBNAILS);
    let messages = [message("removal", &removal)];
    let removing = world.deliver(&messages);
    let uploading = async {
        world.aws.wait_for_call(|call| call.method == "DELETE" && call.bucket == THUMBNAILS).await;
        let (version, upload) = world.upload("cat.png", photo(1));
        (version, retried_ids(other.invoke(batch(&[message("again", &upload)]), LONG_TIMEOUT).await))
    };
    let (removed, (version, uploaded)) = tokio::join!(removing, uploading);
    assert_eq!((removed, uploaded), (vec![], vec![]));
    assert!(world.manifest(&version).is_some());
}

#[tokio::test]
async fn a_repeated_upload_event_processes_an_earlier_removal() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    // The check at the end fails. Another process handled the removal before there was anything to remove.
    let is_done = AtomicBool::new(false);
    world.aws.fail(9, SLOW_DOWN, move |call| {
        is_done.fetch_or(call.method == "PUT" && call.key.ends_with("/done.json"), Relaxed)
            && call.bucket == ORIGINALS
    });
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, ["upload"]);
    assert!(world.stored_manifest(&version).is_some());
    world.aws.fail(0, SLOW_DOWN, |_| false);
    world.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    assert_eq!(world.deliver(&[received("upload", &upload, 2)]).await, [""; 0]);
    let left = world.aws.store(|store| [store.list(THUMBNAILS, ""), store.list(CATALOG, "")]);
    assert_eq!(left, [[""; 0]; 2]);
}

#[tokio::test]
async fn a_removal_keeps_the_failure_record_of_the_current_version() {
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
async fn the_replay_of_a_deleted_photo_deletes_its_failure_record() {
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

/// Deletes a thumbnail, as a removal does.
fn delete_one_thumbnail(store: &mut Store) {
    let thumbnail = store.list(THUMBNAILS, "").remove(0);
    store.add_delete_marker(THUMBNAILS, &thumbnail);
}

#[tokio::test]
async fn a_removal_deletes_no_objects_of_a_copy_or_a_similar_key() {
    let world = World::start().await;
    let keys = ["cat.png", "cat.png/v1", "cat.png~", "folder/cat.png", "a\n.png", "a%0A.png"];
    let mut uploads = Vec::new();
    for key in keys {
        let (version, upload) = world.upload(key, photo(1));
        assert_eq!(world.deliver(&[message(key, &upload)]).await, [""; 0]);
        uploads.push(version);
    }
    for (i, key) in keys.into_iter().enumerate() {
        let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, key));
        let removal = event("ObjectRemoved:DeleteMarkerCreated", key, &marker);
        assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
        assert_eq!(world.stored_manifest(&uploads[i]), None, "{key:?}");
        for other in &uploads[i + 1..] {
            assert!(world.manifest(other).is_some(), "the removal of {key:?} deleted {:?}", other.key);
        }
    }
    let left = world.aws.store(|store| [store.list(THUMBNAILS, ""), store.list(CATALOG, "")]);
    assert_eq!(left, [[""; 0]; 2]);
}

#[tokio::test]
async fn a_removal_is_checked_a_second_time_after_every_running_invocation() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    let sent = world.aws.sent();
    assert_eq!((sent.len(), &*sent[0].queue, sent[0].delay), (1, QUEUE, 900));
    // An invocation that was killed and is not repeated has stored these.
    world.aws.store(|store| {
        store.put(THUMBNAILS, &version.thumbnail_key("small", ThumbnailFormat::Png), "late");
        store.put(CATALOG, &version.index_key(), "");
    });
    assert_eq!(world.deliver(&[message("second", &sent[0].body)]).await, [""; 0]);
    let left = world.aws.store(|store| [store.list(THUMBNAILS, ""), store.list(CATALOG, "")]);
    assert_eq!(left, [[""; 0]; 2]);
    assert_eq!(world.aws.sent().len(), 1, "the second check is the last");
}

#[tokio::test]
async fn a_repeated_removal_restores_the_thumbnails_of_a_photo_that_was_undeleted() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    // The photo was hidden, a part of it was removed, and then its delete marker was deleted.
    world.aws.store(delete_one_thumbnail);
    let marker = Version {
        is_marker: true,
        ..world.aws.store(|store| store.current(ORIGINALS, "cat.png").cloned()).unwrap()
    };
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    assert_eq!(world.deliver(&[received("removal", &removal, 2)]).await, [""; 0]);
    assert_eq!(outcome(&world, "removal").await, "survived");
    world.deliver_sent().await;
    assert!(world.manifest(&version).is_some());
}

#[tokio::test]
async fn the_removal_of_one_version_creates_thumbnails_of_the_previous_version() {
    let world = World::start().await;
    let (old, first) = world.upload("cat.png", photo(1));
    let (new, second) = world.upload("cat.png", photo(2));
    assert_eq!(world.deliver(&[message("1", &first), message("2", &second)]).await, [""; 0]);
    assert_eq!((world.stored_manifest(&old), world.manifest(&new).is_some()), (None, true));
    let removed = world.aws.store(|store| {
        let removed = store.current(ORIGINALS, "cat.png").cloned().unwrap();
        store.remove(ORIGINALS, "cat.png", &removed.id);
        removed
    });
    let removal = event("ObjectRemoved:Delete", "cat.png", &removed);
    assert_eq!(world.deliver(&[message("3", &removal)]).await, [""; 0]);
    world.deliver_sent().await;
    assert!(world.manifest(&old).is_some());
    assert_eq!(world.stored_manifest(&new), None);
}

#[tokio::test]
async fn a_replay_replaces_thumbnails_of_other_presets() {
    let world = World::start().await;
    let (version, event) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("1", &event)]).await, [""; 0]);
    let before = world.manifest(&version).unwrap();
    let presets = r#"[{"name":"small","width":4,"height":4,"format":"png"},
        {"name":"large","width":12,"height":12,"format":"jpeg"}]"#;
    let changed = start_thumbnail(&world.aws, &[("PRESETS", presets)]).await;
    let replay =
        json!({"request": "replay", "bucket": ORIGINALS, "key": version.key, "version": version.version});
    assert_eq!(retried_ids(changed.invoke(batch(&[message("2", &replay)]), LONG_TIMEOUT).await), [""; 0]);
    let after = world.manifest(&version).unwrap();
    assert_eq!((before.thumbnails[0].width, after.thumbnails[0].width), (8, 4));
    assert_eq!(before.thumbnails[0].key, after.thumbnails[0].key);
}

#[tokio::test]
async fn an_original_in_a_bucket_without_versions_is_identified_by_its_entity_tag() {
    let aws = Aws::start();
    let thumbnail = start_thumbnail(&aws, &[("ORIGINALS_BUCKET", UNVERSIONED)]).await;
    let world = World { aws, thumbnail };
    let deliver = async |id: &str, stored: &Version| {
        let mut event = created_event("cat.png", stored);
        let s3 = &mut event["Records"][0]["s3"];
        s3["object"].as_object_mut().unwrap().remove("versionId");
        s3["bucket"]["name"] = UNVERSIONED.into();
        assert_eq!(world.deliver(&[message(id, &event)]).await, [""; 0]);
    };
    let original_version = |stored: &Version| OriginalVersion::new("cat.png", None, Some(&stored.etag));
    let first = world.aws.store(|store| store.put(UNVERSIONED, "cat.png", photo(1)));
    deliver("1", &first).await;
    assert!(world.manifest(&original_version(&first)).is_some());
    // S3 sends no event for an overwritten original, so the new version deletes the outputs of the old one.
    let second = world.aws.store(|store| store.put(UNVERSIONED, "cat.png", photo(2)));
    deliver("2", &second).await;
    assert!(world.manifest(&original_version(&second)).is_some());
    assert_eq!(world.stored_manifest(&original_version(&first)), None);
    assert_eq!(world.aws.store(|store| store.list(THUMBNAILS, "")).len(), 2);
    deliver("late", &first).await;
    assert_eq!(outcome(&world, "late").await, "superseded");
    assert!(world.manifest(&original_version(&second)).is_some());
}

#[tokio::test]
async fn an_original_without_a_version_that_has_a_key_of_the_customer_fails_permanently() {
    let aws = Aws::start();
    let thumbnail = start_thumbnail(&aws, &[("ORIGINALS_BUCKET", UNVERSIONED)]).await;
    let world = World { aws, thumbnail };
    let stored = world.aws.store(|store| store.put(UNVERSIONED, "cat.png", photo(1)));
    let mut event = created_event("cat.png", &stored);
    let s3 = &mut event["Records"][0]["s3"];
    s3["object"].as_object_mut().unwrap().remove("versionId");
    s3["bucket"]["name"] = UNVERSIONED.into();
    let refused = Fault::Refuse(400, "InvalidRequest");
    world.aws.fail(u32::MAX, refused, |call| call.bucket == UNVERSIONED && call.key == "cat.png");
    assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
    let version = OriginalVersion::new("cat.png", None, Some(&stored.etag));
    assert_eq!(world.failure(&version).unwrap().reason, "customer-key");
}

/// The function removes the versions of a key at the same time, not one after the other, because a key may have
/// thousands of versions.
#[tokio::test]
async fn a_version_whose_removal_takes_long_does_not_delay_the_others() {
    let world = World::start().await;
    let mut versions = Vec::new();
    for seed in 1..=3 {
        let (version, event) = world.upload("cat.png", photo(seed));
        assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
        versions.push(version);
    }
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    let removed = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    let (first, last) = (versions[0].done_key(), versions[2].done_key());
    let deletes = |call: &Call, key: &str| call.method == "DELETE" && call.key == key;
    world.aws.script(move |call| if deletes(call, &first) { Fault::Hang } else { Fault::None });
    let batch = batch(&[message("m", &removed)]);
    tokio::select! {
        ended = world.thumbnail.invoke(batch, LONG_TIMEOUT) => panic!("the first version is removed: {ended:?}"),
        () = world.aws.wait_for_call(|call| deletes(call, &last)) => {}
    }
}

/// The photo ended its process, and its message is not delivered again.
#[tokio::test]
async fn the_note_of_an_attempt_is_deleted_with_the_photo() {
    let world = World::start().await;
    let (version, _) = world.upload("cat.png", photo(1));
    world.aws.store(|store| store.put(CATALOG, &version.attempt_key(), "{}"));
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    let removed = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    assert_eq!(world.deliver(&[message("m", &removed)]).await, [""; 0]);
    assert_eq!(world.aws.store(|store| store.list(CATALOG, "")), [""; 0]);
}

/// The keys of derived objects contain only the digest of a key that is too long.
#[tokio::test]
async fn the_metadata_of_derived_objects_contains_a_key_that_is_too_long() {
    let world = World::start().await;
    let long = "\u{e9}".repeat(300);
    for (key, told) in [(long.as_str(), Some(BASE64_STANDARD.encode(&long))), ("cat.png", None)] {
        let (version, event) = world.upload(key, photo(1));
        assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
        let thumbnail = version.thumbnail_key("small", ThumbnailFormat::Png);
        for (bucket, derived) in [(THUMBNAILS, thumbnail), (CATALOG, version.index_key())] {
            let headers = world.aws.store(|store| store.current(bucket, &derived).unwrap().headers.clone());
            let header = format!("x-amz-meta-{KEY_METADATA}");
            let found = headers.into_iter().find(|(name, _)| *name == header).map(|(_, value)| value);
            assert_eq!(found, told, "{derived}");
        }
    }
}
