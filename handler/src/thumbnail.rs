//! The thumbnail function: it makes the thumbnails of an original, and removes them with it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::function::Function as Origin;
use contract::key::OriginalVersion;
use contract::log::{LogLine, Outcome};
use contract::manifest::{Manifest, OriginalFacts, SCHEMA, ThumbnailFacts};
use contract::outcome_event::{OutcomeEvent, Sender};
use contract::settings::{OnRemoval, ThumbnailSettings};
use futures::future::try_join_all;
use protocol::{Role, State};
use serde_json::Value;
use time::OffsetDateTime;

use crate::batch::MessageHandler;
use crate::bucket::Bucket;
use crate::catalog;
use crate::event::{EventKind, ObjectEvent};
use crate::event_bus::EventBus;
use crate::failure::{Failure, while_doing};
use crate::message::Receive;
use crate::original::{Making, Original};
use crate::originals::{Capacity, Made, Originals};
use crate::queue::Queue;
use crate::worker::{self, Case, Maker, Places};

/// The thumbnail function, with all it keeps between invocations.
#[derive(Debug)]
pub struct Thumbnailer {
    pub(crate) originals: Originals,
    pub(crate) places: Places,
    settings: ThumbnailSettings,
}

impl Thumbnailer {
    /// The function in a process with `capacity`.
    pub fn new(
        s3: aws_sdk_s3::Client,
        sqs: aws_sdk_sqs::Client,
        events: Option<EventBus>,
        settings: ThumbnailSettings,
        capacity: Capacity,
    ) -> Self {
        let bucket = |name: &String| Bucket { s3: s3.clone(), name: name.clone() };
        let queue = |url: &String| Queue { sqs: sqs.clone(), url: url.clone() };
        Self {
            places: Places {
                function: Origin::Thumbnail,
                outputs: bucket(&settings.thumbnails_bucket),
                catalog: bucket(&settings.catalog_bucket),
                queue: Some(queue(&settings.queue)),
                descriptions: settings.alt_text_queue.as_ref().map(queue),
                events,
                keeps: settings.on_removal == OnRemoval::Keep,
            },
            originals: Originals::new(s3, settings.max_bytes, settings.max_pixels, capacity),
            settings,
        }
    }
}

impl MessageHandler for Thumbnailer {
    async fn work(
        &self,
        record: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if record.is_foreign(&self.settings.originals_bucket, line) {
            return Ok(Outcome::Ignored);
        }
        let ended = match record.happened {
            EventKind::Created => self.created(record, None, receive, line).await,
            EventKind::Removed | EventKind::VersionRemoved => self.removed(record, receive, line).await,
            EventKind::Other => Ok(Outcome::Ignored),
        };
        let catalog = &self.places.catalog;
        catalog::record_permanent_failure(ended, Origin::Thumbnail, catalog, record, receive, line).await
    }

    async fn give_up(
        &self,
        record: &ObjectEvent,
        failure: Failure,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        self.created(record, Some(failure), receive, line).await
    }

    fn attempts(&self) -> Option<&Bucket> {
        Some(&self.places.catalog)
    }
}

impl Thumbnailer {
    /// Processes the version that `record` is about, or records its `failure`.
    async fn created(
        &self,
        record: &ObjectEvent,
        failure: Option<Failure>,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let Some(original) = self.originals.named(record, line).await? else { return Ok(Outcome::Gone) };
        let alone = original.version.version_id().is_none() && !self.places.keeps;
        let role = Role::Make { again: record.again, alone };
        let state = if failure.is_some() { State::LookBeforeFailure } else { State::begin(role) };
        let case = Case { original: &original, receive, event: &record.kept };
        Ok(worker::run(Some(self), &self.places, role, state, case, failure, line).await?.outcome())
    }
}

impl Maker for Thumbnailer {
    type Made = Made;

    async fn make(
        &self,
        original: &Original,
        receive: &Receive,
        _again: bool,
        line: &mut LogLine,
    ) -> Result<Making<Made>, Failure> {
        let fetched = match self.originals.fetch(original, &receive.invocation, line).await? {
            Ok(fetched) => fetched,
            Err(unmade) => return Ok(Err(unmade)),
        };
        let made =
            self.originals.render(original, fetched, &self.settings.presets, &receive.invocation, line).await;
        made.map(Ok)
    }

    async fn put_outputs(&self, made: &Made) -> Result<(), Failure> {
        let puts = made.rendered.thumbnails.iter().map(|thumbnail| async move {
            let version = &made.original.version;
            let key = version.thumbnail_key(&thumbnail.preset, thumbnail.format);
            let content_type = thumbnail.format.content_type();
            self.places.outputs.put_thumbnail(version, &key, &thumbnail.bytes, content_type).await
        });
        try_join_all(puts).await.map_err(while_doing("store a thumbnail"))?;
        Ok(())
    }

    async fn put_done(&self, made: &Made) -> Result<(), Failure> {
        let key = made.original.version.done_key();
        self.places.catalog.put(&key, &manifest(made)).await.map_err(while_doing("store the manifest"))
    }

    fn announcement(&self, made: &Made, sender: &Sender) -> OutcomeEvent {
        sender.thumbnails_ready(manifest(made), &self.places.outputs.name)
    }

    fn announcement_again(&self, done: &Value, sender: &Sender) -> Option<OutcomeEvent> {
        let manifest: Manifest = serde_json::from_value(done.clone()).ok()?;
        Some(sender.thumbnails_ready(manifest, &self.places.outputs.name))
    }

    fn promised(&self, _version: &OriginalVersion, done: &Value) -> Option<Vec<String>> {
        let manifest: Manifest = serde_json::from_value(done.clone()).ok()?;
        Some(manifest.thumbnails.into_iter().map(|thumbnail| thumbnail.key).collect())
    }
}

fn manifest(made: &Made) -> Manifest {
    let Made { original, digest, bytes, last_modified, rendered } = made;
    let version = &original.version;
    let thumbnails = rendered.thumbnails.iter().map(|thumbnail| ThumbnailFacts {
        preset: thumbnail.preset.clone(),
        key: version.thumbnail_key(&thumbnail.preset, thumbnail.format),
        format: thumbnail.format,
        width: thumbnail.width,
        height: thumbnail.height,
        bytes: thumbnail.bytes.len() as u64,
        frames: thumbnail.frames,
    });
    let facts = &rendered.facts;
    Manifest {
        schema: SCHEMA,
        original: OriginalFacts {
            bucket: original.bucket.name.clone(),
            key: version.key.clone(),
            version: version.version.clone(),
            digest: digest.clone(),
            bytes: *bytes,
            width: facts.width,
            height: facts.height,
            format: facts.format.name().to_owned(),
            frames: facts.frames,
            partial: facts.partial,
            last_modified: *last_modified,
        },
        thumbnails: thumbnails.collect(),
        thumbhash: BASE64_STANDARD.encode(&facts.thumbhash),
        dominant_color: facts.dominant_color,
        completed_at: OffsetDateTime::now_utc(),
    }
}
