//! The thumbnail function: makes the thumbnails of an original, and deletes them with the original.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::function::Function;
use contract::key::OriginalVersion;
use contract::log::{LogLine, Outcome};
use contract::manifest::{Manifest, OriginalFacts, SCHEMA, ThumbnailFacts};
use contract::outcome_event::{EventSender, OutcomeEvent};
use contract::settings::{OnRemoval, ThumbnailSettings};
use futures::future::try_join_all;
use imaging::Watermarks;
use protocol::{NameIndex, Role, State};
use serde_json::Value;
use time::OffsetDateTime;

use crate::batch::MessageHandler;
use crate::bucket::{Bucket, Existing};
use crate::catalog;
use crate::event::{EventKind, ObjectEvent};
use crate::event_bus::EventBus;
use crate::failure::{Failure, cannot};
use crate::message::Receive;
use crate::original::{Original, SkipReason};
use crate::originals::{Capacity, Originals, RenderedOriginal};
use crate::producer::Producer;
use crate::queue::Queue;
use crate::worker::{self, Job, Resources};

/// The thumbnail function, with the state that it keeps between invocations.
#[derive(Debug)]
pub struct Thumbnailer {
    pub(crate) originals: Originals,
    pub(crate) resources: Resources,
    settings: ThumbnailSettings,
}

impl Thumbnailer {
    /// Creates the function for a process with `capacity`. `watermarks` are those of the presets.
    pub fn new(
        s3: aws_sdk_s3::Client,
        sqs: aws_sdk_sqs::Client,
        events: Option<EventBus>,
        settings: ThumbnailSettings,
        watermarks: Watermarks,
        capacity: Capacity,
    ) -> Self {
        let bucket = |name: &String| Bucket { s3: s3.clone(), name: name.clone() };
        let queue = |url: &String| Queue { sqs: sqs.clone(), url: url.clone() };
        Self {
            resources: Resources {
                function: Function::Thumbnail,
                output_bucket: bucket(&settings.thumbnails_bucket),
                catalog: bucket(&settings.catalog_bucket),
                queue: Some(queue(&settings.queue)),
                alt_text_queue: settings.alt_text_queue.as_ref().map(queue),
                events,
                name_index: if settings.name_index { NameIndex::Enabled } else { NameIndex::Disabled },
                keeps_outputs: settings.on_removal == OnRemoval::Keep,
            },
            originals: Originals::new(s3, settings.max_bytes, settings.max_pixels, watermarks, capacity),
            settings,
        }
    }

    /// Returns the event which reports that the thumbnails in `manifest` are stored.
    fn thumbnails_ready(&self, manifest: Manifest, sender: &EventSender) -> OutcomeEvent {
        let delivery = self.settings.delivery_address.as_deref();
        sender.thumbnails_ready(manifest, &self.resources.output_bucket.name, delivery)
    }
}

impl MessageHandler for Thumbnailer {
    async fn handle(
        &self,
        event: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if event.is_foreign(&self.settings.originals_bucket, line) {
            return Ok(Outcome::Ignored);
        }
        let result = match event.kind {
            EventKind::Created => self.process_original(event, None, receive, line).await,
            EventKind::Removed | EventKind::VersionRemoved => {
                self.process_removal(event, receive, line).await
            }
            EventKind::Other => Ok(Outcome::Ignored),
        };
        let catalog = &self.resources.catalog;
        catalog::record_permanent_failure(result, Function::Thumbnail, catalog, event, receive, line).await
    }

    async fn record_failure(
        &self,
        event: &ObjectEvent,
        failure: Failure,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        self.process_original(event, Some(failure), receive, line).await
    }

    fn attempt_bucket(&self) -> Option<&Bucket> {
        Some(&self.resources.catalog)
    }
}

impl Thumbnailer {
    /// Processes the version that `event` is about, or records `failure`.
    async fn process_original(
        &self,
        event: &ObjectEvent,
        failure: Option<Failure>,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let Some(original) = self.originals.resolve(event, line).await? else { return Ok(Outcome::Gone) };
        let unversioned = original.version.version_id().is_none() && !self.resources.keeps_outputs;
        let role = Role::Make { again: event.again, unversioned, has_failed: false };
        let state = if failure.is_some() { State::CheckDoneBeforeFailure } else { State::begin(role) };
        let job = Job { original: &original, receive, event: &event.kept_fields };
        Ok(worker::run(Some(self), &self.resources, role, state, job, failure, line).await?.outcome())
    }
}

impl Producer for Thumbnailer {
    type Outputs = RenderedOriginal;

    async fn produce(
        &self,
        original: &Original,
        receive: &Receive,
        _again: bool,
        line: &mut LogLine,
    ) -> Result<Result<RenderedOriginal, SkipReason>, Failure> {
        let fetched = match self.originals.fetch(original, &receive.invocation, line).await? {
            Ok(fetched) => fetched,
            Err(skipped) => return Ok(Err(skipped)),
        };
        let rendered =
            self.originals.render(original, fetched, &self.settings.presets, &receive.invocation, line).await;
        rendered.map(Ok)
    }

    async fn put_outputs(&self, outputs: &RenderedOriginal) -> Result<(), Failure> {
        let puts = outputs.rendered.thumbnails.iter().map(|thumbnail| async move {
            let version = &outputs.original.version;
            let key = version.thumbnail_key(&thumbnail.preset, thumbnail.format);
            let content_type = thumbnail.format.content_type();
            self.resources
                .output_bucket
                .put_thumbnail(version, &key, &thumbnail.bytes, content_type, Existing::Replace)
                .await
        });
        try_join_all(puts).await.map_err(cannot("store a thumbnail"))?;
        Ok(())
    }

    async fn put_done(&self, outputs: &RenderedOriginal) -> Result<(), Failure> {
        let key = outputs.original.version.done_key();
        self.resources.catalog.put(&key, &manifest(outputs)).await.map_err(cannot("store the manifest"))
    }

    fn ready_event(&self, outputs: &RenderedOriginal, sender: &EventSender) -> OutcomeEvent {
        self.thumbnails_ready(manifest(outputs), sender)
    }

    fn ready_event_of_record(&self, done: &Value, sender: &EventSender) -> Option<OutcomeEvent> {
        let manifest: Manifest = serde_json::from_value(done.clone()).ok()?;
        Some(self.thumbnails_ready(manifest, sender))
    }

    fn output_keys(&self, _version: &OriginalVersion, done: &Value) -> Option<Vec<String>> {
        let manifest: Manifest = serde_json::from_value(done.clone()).ok()?;
        Some(manifest.thumbnails.into_iter().map(|thumbnail| thumbnail.key).collect())
    }
}

fn manifest(outputs: &RenderedOriginal) -> Manifest {
    let RenderedOriginal { original, digest, bytes, last_modified, rendered } = outputs;
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
