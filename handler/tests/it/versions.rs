//! Versions that overtake each other: uploads, overwrites and removals in any order.

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
    CATALOG, LONG, ORIGINALS, QUEUE, THUMBNAILS, World, again, batch, created, event, message, named, photo,
    received, start_thumbnail,
};

async fn outcome(world: &World, id: &str) -> Value {
    world.thumbnail.lines(1, |line| line["message_id"] == id).await[0]["outcome"].clone()
}

#[tokio::test]
async fn nothing_is_made_of_an_overwritten_version() {
    let world = World::start().await;
    let (old, first) = world.upload("cat.png", photo(1));
    let (new, second) = world.upload("cat.png", photo(2));
    // The newer event first.
    assert_eq!(world.deliver(&[message("second", &second)]).await, [""; 0]);
    let writes = world.writes();
    assert_eq!(world.deliver(&[message("first", &first)]).await, [""; 0]);
    assert_eq!(outcome(&world, "first").await, "superseded");
    assert_eq!((world.done(&old), world.writes()), (None, writes));
    assert!(world.manifest(&new).is_some());
    assert_eq!(world.aws.store(|store| store.list(THUMBNAILS, "")).len(), 2);
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
    assert_eq!(outcome(&world, "m").await, "superseded");
    assert_eq!(world.done(&old), None);
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
async fn a_removal_takes_nothing_of_a_copy_or_of_a_key_that_looks_alike() {
    let world = World::start().await;
    let keys = ["cat.png", "cat.png/v1", "cat.png~", "folder/cat.png", "a\n.png", "a%0A.png"];
    let mut uploads = Vec::new();
    for key in keys {
        let (version, upload) = world.upload(key, photo(1));
        assert_eq!(world.deliver(&[message(key, &upload)]).await, [""; 0]);
        uploads.push(version);
    }
    for (i, key) in keys.into_iter().enumerate() {
        let marker = world.aws.store(|store| store.hide(ORIGINALS, key));
        let removal = event("ObjectRemoved:DeleteMarkerCreated", key, &marker);
        assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
        assert_eq!(world.done(&uploads[i]), None, "{key:?}");
        for other in &uploads[i + 1..] {
            assert!(world.manifest(other).is_some(), "{key:?} took {:?} along", other.key);
        }
    }
    let left = world.aws.store(|store| [store.list(THUMBNAILS, ""), store.list(CATALOG, "")]);
    assert_eq!(left, [[""; 0]; 2]);
}

#[tokio::test]
async fn a_removal_looks_once_more_when_all_that_ran_has_ended() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    let sent = world.aws.sent();
    assert_eq!((sent.len(), &*sent[0].queue, sent[0].delay), (1, QUEUE, 900));
    // What a killed delivery that never comes again has left behind.
    world.aws.store(|store| {
        store.put(THUMBNAILS, &version.thumbnail_key("small", ThumbnailFormat::Png), "late");
        store.put(CATALOG, &version.index_key(), "");
    });
    assert_eq!(world.deliver(&[message("second", &sent[0].body)]).await, [""; 0]);
    let left = world.aws.store(|store| [store.list(THUMBNAILS, ""), store.list(CATALOG, "")]);
    assert_eq!(left, [[""; 0]; 2]);
    assert_eq!(world.aws.sent().len(), 1, "the second look is the last");
}

#[tokio::test]
async fn a_removal_that_was_killed_and_then_overtaken_puts_back_what_it_took() {
    let world = World::start().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    // Hidden, and a part of it removed; then shown again.
    world.aws.store(take_one);
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
async fn a_removal_of_one_version_brings_back_the_one_before() {
    let world = World::start().await;
    let (old, first) = world.upload("cat.png", photo(1));
    let (new, second) = world.upload("cat.png", photo(2));
    assert_eq!(world.deliver(&[message("1", &first), message("2", &second)]).await, [""; 0]);
    assert_eq!((world.done(&old), world.manifest(&new).is_some()), (None, true));
    let removed = world.aws.store(|store| {
        let removed = store.current(ORIGINALS, "cat.png").cloned().unwrap();
        store.remove(ORIGINALS, "cat.png", &removed.id);
        removed
    });
    let removal = event("ObjectRemoved:Delete", "cat.png", &removed);
    assert_eq!(world.deliver(&[message("3", &removal)]).await, [""; 0]);
    world.deliver_sent().await;
    assert!(world.manifest(&old).is_some());
    assert_eq!(world.done(&new), None);
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
    assert_eq!(again(changed.invoke(batch(&[message("2", &replay)]), LONG).await), [""; 0]);
    let after = world.manifest(&version).unwrap();
    assert_eq!((before.thumbnails[0].width, after.thumbnails[0].width), (8, 4));
    assert_eq!(before.thumbnails[0].key, after.thumbnails[0].key);
}

#[tokio::test]
async fn an_original_in_a_bucket_without_versions_is_told_by_its_entity_tag() {
    let aws = Aws::start();
    let thumbnail = start_thumbnail(&aws, &[("ORIGINALS_BUCKET", UNVERSIONED)]).await;
    let world = World { aws, thumbnail };
    let deliver = async |id: &str, stored: &Version| {
        let mut event = created("cat.png", stored);
        let s3 = &mut event["Records"][0]["s3"];
        s3["object"].as_object_mut().unwrap().remove("versionId");
        s3["bucket"]["name"] = UNVERSIONED.into();
        assert_eq!(world.deliver(&[message(id, &event)]).await, [""; 0]);
    };
    let named = |stored: &Version| OriginalVersion::new("cat.png", None, Some(&stored.etag));
    let first = world.aws.store(|store| store.put(UNVERSIONED, "cat.png", photo(1)));
    deliver("1", &first).await;
    assert!(world.manifest(&named(&first)).is_some());
    // Nobody says that an overwritten original is gone: the one that replaces it takes what it had.
    let second = world.aws.store(|store| store.put(UNVERSIONED, "cat.png", photo(2)));
    deliver("2", &second).await;
    assert!(world.manifest(&named(&second)).is_some());
    assert_eq!(world.done(&named(&first)), None);
    assert_eq!(world.aws.store(|store| store.list(THUMBNAILS, "")).len(), 2);
    deliver("late", &first).await;
    assert_eq!(outcome(&world, "late").await, "superseded");
    assert!(world.manifest(&named(&second)).is_some());
}

/// What is derived from the versions of a key goes at once, not one version after the other: a key may have thousands.
#[tokio::test]
async fn a_version_whose_removal_takes_long_does_not_keep_the_others() {
    let world = World::start().await;
    let mut versions = Vec::new();
    for seed in 1..=3 {
        let (version, event) = world.upload("cat.png", photo(seed));
        assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
        versions.push(version);
    }
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    let removed = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    let (first, last) = (versions[0].done_key(), versions[2].done_key());
    let deletes = |call: &Call, key: &str| call.method == "DELETE" && call.key == key;
    world.aws.script(move |call| if deletes(call, &first) { Fault::Hang } else { Fault::None });
    let batch = batch(&[message("m", &removed)]);
    tokio::select! {
        ended = world.thumbnail.invoke(batch, LONG) => panic!("the first version is removed: {ended:?}"),
        () = world.aws.called(|call| deletes(call, &last)) => {}
    }
}

/// A photo that ended its process, and whose message never comes again.
#[tokio::test]
async fn the_note_of_an_attempt_goes_with_the_photo() {
    let world = World::start().await;
    let (version, _) = world.upload("cat.png", photo(1));
    world.aws.store(|store| store.put(CATALOG, &version.attempt_key(), "{}"));
    let marker = world.aws.store(|store| store.hide(ORIGINALS, "cat.png"));
    let removed = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    assert_eq!(world.deliver(&[message("m", &removed)]).await, [""; 0]);
    assert_eq!(world.aws.store(|store| store.list(CATALOG, "")), [""; 0]);
}

/// The keys of what is derived have only a digest of a key that is too long.
#[tokio::test]
async fn what_is_derived_from_a_photo_with_a_long_key_tells_the_key() {
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
