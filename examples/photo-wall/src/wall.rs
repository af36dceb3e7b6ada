//! The photos on the wall, and the changes that events cause.
//!
//! Events arrive more than once and in any order. The wall therefore applies an event only if S3 reports that its
//! version is current, and if no newer event of the same kind was applied.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::Failure;
use crate::stack::Stack;

/// The folder of the photos of the wall in the originals bucket.
pub(crate) const FOLDER: &str = "wall/";

/// An event of the stack. docs/events has the schemas.
#[derive(Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "detail-type")]
    kind: Kind,
    /// The time of the event, as RFC 3339 in UTC, so that later times compare as greater.
    time: String,
    detail: Detail,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    #[serde(rename = "Thumbnails Ready")]
    Ready,
    #[serde(rename = "Thumbnails Failed")]
    Failed,
    #[serde(rename = "Alt Text Ready")]
    AltText,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Detail {
    /// The version of the schema of the detail.
    schema: u32,
    original: Original,
    #[serde(default)]
    thumbnails: Vec<Thumbnail>,
    placeholder: Option<Placeholder>,
    message: Option<String>,
    #[serde(default)]
    texts: Vec<Text>,
}

#[derive(Deserialize)]
struct Original {
    key: String,
    version: String,
}

#[derive(Clone, PartialEq, Deserialize, Serialize)]
struct Thumbnail {
    key: String,
    preset: String,
    width: u32,
    height: u32,
    /// The URL of the thumbnail, or `None` in an event from before the stack had delivery.
    url: Option<String>,
}

#[derive(Clone, PartialEq, Deserialize, Serialize)]
struct Placeholder {
    thumbhash: String,
}

#[derive(Deserialize)]
struct Text {
    status: String,
    alt: String,
}

/// A photo, as the page receives it.
#[derive(Clone, Default, PartialEq, Serialize)]
struct Photo {
    key: String,
    /// `None` if there was no event: the photo existed before this program started.
    version: Option<String>,
    thumbnails: Vec<Thumbnail>,
    placeholder: Option<Placeholder>,
    /// The reason why it has no thumbnails.
    failure: Option<String>,
    /// Empty for a decorative photo.
    alt: Option<String>,
    /// The time of the newest event of each kind.
    #[serde(skip)]
    times: BTreeMap<Kind, String>,
}

/// The wall. A real application stores its photos in a database.
pub(crate) struct Wall {
    pub(crate) stack: Stack,
    s3: aws_sdk_s3::Client,
    photos: Mutex<Photos>,
    changes: Sender<Value>,
}

/// All photos.
#[derive(Default)]
struct Photos {
    by_key: BTreeMap<String, Photo>,
    /// How many photos this program has deleted.
    deletions: u64,
}

impl Wall {
    pub(crate) fn new(stack: Stack, s3: aws_sdk_s3::Client) -> Self {
        // A page that falls behind by more changes than this gets all photos again.
        Self { stack, s3, photos: Mutex::default(), changes: broadcast::channel(256).0 }
    }

    fn lock(&self) -> MutexGuard<'_, Photos> {
        self.photos.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the photos that a page shows when it opens, and a stream of the later changes.
    pub(crate) fn watch(&self) -> (Value, Receiver<Value>) {
        let photos = self.lock();
        let now =
            json!({ "delivery": self.stack.delivery, "photos": photos.by_key.values().collect::<Vec<_>>() });
        (now, self.changes.subscribe())
    }

    /// Adds the photos that are already in the bucket. The page computes their URLs from their keys.
    pub(crate) async fn fill(&self) -> Result<(), Failure> {
        let listing = self.s3.list_objects_v2().bucket(&self.stack.outputs.originals).prefix(FOLDER);
        let mut pages = listing.into_paginator().send();
        while let Some(page) = pages.next().await {
            for key in page?.contents.unwrap_or_default().into_iter().filter_map(|object| object.key) {
                self.lock().by_key.insert(key.clone(), Photo { key, ..Photo::default() });
            }
        }
        Ok(())
    }

    /// Applies `event` to a photo on the wall.
    pub(crate) async fn show(&self, event: &Event) -> Result<(), Failure> {
        let key = &event.detail.original.key;
        if event.detail.schema != 1 || !key.starts_with(FOLDER) {
            return Ok(());
        }
        loop {
            let deletions = self.lock().deletions;
            let current = self.current_version(key).await?;
            let mut photos = self.lock();
            // A photo that was deleted since the request would appear again.
            if photos.deletions == deletions {
                self.update(&mut photos, key, |photo| updated(photo, current.as_deref()?, event));
                return Ok(());
            }
        }
    }

    /// Returns the current version of a photo in S3, or `None` if there is no such photo.
    async fn current_version(&self, key: &str) -> Result<Option<String>, Failure> {
        match self.s3.head_object().bucket(&self.stack.outputs.originals).key(key).send().await {
            // In a bucket without versions, the entity tag takes the place of the version.
            Ok(head) => Ok(head
                .version_id
                .filter(|id| id != "null")
                .or_else(|| Some(format!("etag-{}", head.e_tag.unwrap_or_default().trim_matches('"'))))),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes a photo from the bucket and the wall.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), Failure> {
        self.s3.delete_object().bucket(&self.stack.outputs.originals).key(key).send().await?;
        let mut photos = self.lock();
        photos.deletions += 1;
        self.update(&mut photos, key, |_| None);
        Ok(())
    }

    /// Replaces a photo with the result of `next`, and sends the change to all pages.
    fn update(&self, photos: &mut Photos, key: &str, next: impl FnOnce(Option<Photo>) -> Option<Photo>) {
        let before = photos.by_key.get(key).cloned();
        let after = next(before.clone());
        if before == after {
            return;
        }
        let change = match after {
            Some(photo) => {
                let change = json!({ "photo": photo });
                photos.by_key.insert(key.to_owned(), photo);
                change
            }
            None => {
                photos.by_key.remove(key);
                json!({ "deleted": key })
            }
        };
        // If no page is open, the change is dropped.
        let _ = self.changes.send(change);
    }
}

/// Returns the photo after an event, if `current` is its version in S3.
fn updated(photo: Option<Photo>, current: &str, event: &Event) -> Option<Photo> {
    let Event { kind, time, detail } = event;
    if detail.original.version != current {
        return photo;
    }
    // If the version of the photo is not known yet, only an event about its thumbnails sets it.
    let is_about_thumbnails = matches!(kind, Kind::Ready | Kind::Failed);
    let is_known = |photo: &Photo| match photo.version.as_deref() {
        Some(version) => version == current,
        None => !is_about_thumbnails,
    };
    let mut photo = photo.filter(is_known).unwrap_or_else(|| Photo {
        key: detail.original.key.clone(),
        version: Some(current.to_owned()),
        ..Photo::default()
    });
    if photo.times.get(kind).is_some_and(|last| time < last) {
        return Some(photo);
    }
    photo.times.insert(*kind, time.clone());
    match kind {
        Kind::Ready => {
            photo.thumbnails.clone_from(&detail.thumbnails);
            photo.placeholder.clone_from(&detail.placeholder);
            photo.failure = None;
        }
        // Thumbnails that exist stay usable.
        Kind::Failed if photo.thumbnails.is_empty() => photo.failure.clone_from(&detail.message),
        Kind::AltText => {
            let usable = detail.texts.iter().find(|text| text.status == "accepted");
            photo.alt = usable.map(|text| text.alt.clone());
        }
        Kind::Failed | Kind::Other => {}
    }
    Some(photo)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use testkit::http::Reply;

    use super::*;
    use crate::aws::Aws;
    use crate::stack::Outputs;

    fn event(kind: &str, version: &str, more: Value) -> Event {
        event_at("2026-11-24T10:00:00Z", kind, version, more)
    }

    fn event_at(time: &str, kind: &str, version: &str, more: Value) -> Event {
        let mut detail = json!({"schema": 1, "original": {"key": "wall/a.jpg", "version": version}});
        detail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(json!({"detail-type": kind, "time": time, "detail": detail})).unwrap()
    }

    #[test]
    fn repeated_and_belated_events_change_nothing() {
        let url = "https://images.example/t/t";
        let thumbnail = json!({"key": "t", "preset": "small", "width": 1, "height": 1, "url": url});
        let ready = event("Thumbnails Ready", "v2", json!({"thumbnails": [thumbnail.clone()]}));
        let failed = event("Thumbnails Failed", "v2", json!({"message": "too late"}));
        let described =
            event("Alt Text Ready", "v2", json!({"texts": [{"status": "accepted", "alt": "A cat"}]}));
        let old = event("Thumbnails Ready", "v1", json!({}));
        let removed = event("Thumbnails Removed", "v1", json!({}));
        let after = |events: &[&Event]| {
            let photo = events.iter().fold(None, |photo, event| updated(photo, "v2", event)).unwrap();
            serde_json::to_value(photo).unwrap()
        };
        let expect = after(&[&ready, &described]);
        assert_eq!((&expect["alt"], &expect["thumbnails"][0]), (&json!("A cat"), &thumbnail));
        for events in [
            [&described, &ready, &ready],
            [&ready, &failed, &described],
            [&failed, &described, &ready],
            [&old, &ready, &described],
            [&ready, &described, &removed],
            [&ready, &described, &old],
        ] {
            assert_eq!(after(&events), expect);
        }
        // The state of one version does not apply to the next.
        let before = updated(None, "v1", &old);
        assert!(updated(before, "v2", &failed).is_some_and(|photo| photo.failure.is_some()));
    }

    #[test]
    fn an_older_event_of_the_same_version_changes_nothing() {
        let text = |alt: &str| json!({"texts": [{"status": "accepted", "alt": alt}]});
        let model = event_at("2026-11-24T10:00:00Z", "Alt Text Ready", "v1", text("A cat"));
        let person = event_at("2026-11-24T10:05:00Z", "Alt Text Ready", "v1", text("My cat Chelsea"));
        for events in [[&model, &person, &model], [&person, &model, &model]] {
            let photo = events.iter().fold(None, |photo, event| updated(photo, "v1", event)).unwrap();
            assert_eq!(photo.alt.as_deref(), Some("My cat Chelsea"));
        }
    }

    #[test]
    fn a_photo_that_was_there_before_keeps_its_picture_when_its_alt_text_changes() {
        let before = Photo { key: "wall/a.jpg".to_owned(), ..Photo::default() };
        let text = json!({"texts": [{"status": "accepted", "alt": "A cat"}]});
        let after = updated(Some(before), "v1", &event("Alt Text Ready", "v1", text)).unwrap();
        // Without a version, the page shows the current thumbnail.
        assert_eq!((after.version, after.alt.as_deref()), (None, Some("A cat")));
    }

    #[tokio::test]
    async fn a_photo_that_is_deleted_while_s3_responds_does_not_appear_again() {
        let (is_asked, asked) = std::sync::mpsc::channel();
        let (answer, answers) = std::sync::mpsc::channel();
        let answers = Mutex::new(answers);
        let endpoint = testkit::http::serve(move |request| {
            if request.method() == "DELETE" {
                return Reply::new(204, "");
            }
            is_asked.send(()).unwrap();
            answers.lock().unwrap().recv().unwrap()
        });
        let stack = Stack {
            name: "tested".to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: Some(endpoint),
            delivery: None,
            outputs: Outputs { originals: "originals".to_owned() },
        };
        let s3 = Aws::connect(&stack).await.unwrap().s3;
        let wall = Arc::new(Wall::new(stack, s3));
        let showing = tokio::spawn({
            let wall = Arc::clone(&wall);
            async move { wall.show(&event("Thumbnails Ready", "v1", json!({}))).await }
        });
        // S3 has the photo, and its response is still on the way.
        while asked.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        wall.delete("wall/a.jpg").await.unwrap();
        answer.send(Reply::new(200, "").header("x-amz-version-id", "v1")).unwrap();
        answer.send(Reply::new(404, "")).unwrap();
        showing.await.unwrap().unwrap();
        assert!(wall.lock().by_key.is_empty());
    }
}
