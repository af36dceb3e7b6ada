//! The thumbnail function: an original that has come gets its thumbnails, one that has gone takes them along.

use std::ops::ControlFlow;
use std::time::Instant;

use contract::function::Function as Origin;
use contract::key::OriginalVersion;
use contract::log::{LogLine, Outcome};
use contract::manifest::{Done, SCHEMA};
use contract::settings::{OnRemoval, ThumbnailSettings};

use crate::batch::Function;
use crate::bucket::Bucket;
use crate::delivery::Delivery;
use crate::event::{Happened, Record};
use crate::failure::Failure;
use crate::fetch::FetchedOriginal;
use crate::original::{Capacity, Original, Originals, Sought, step};
use crate::record;

/// The thumbnail function, with all it keeps between invocations.
#[derive(Debug)]
pub struct Thumbnailer {
    pub(crate) originals: Originals,
    pub(crate) settings: ThumbnailSettings,
    pub(crate) thumbnails: Bucket,
    pub(crate) catalog: Bucket,
}

impl Thumbnailer {
    /// The function in a process with `capacity`.
    pub fn new(s3: aws_sdk_s3::Client, settings: ThumbnailSettings, capacity: Capacity) -> Self {
        let bucket = |name: &String| Bucket { s3: s3.clone(), name: name.clone() };
        Self {
            thumbnails: bucket(&settings.thumbnails_bucket),
            catalog: bucket(&settings.catalog_bucket),
            originals: Originals::new(s3, settings.max_bytes, settings.max_pixels, capacity),
            settings,
        }
    }
}

impl Function for Thumbnailer {
    async fn work(
        &self,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if record.is_foreign(&self.settings.originals_bucket, line) {
            return Ok(Outcome::Ignored);
        }
        let ended = match record.happened {
            Happened::Created => self.created(record, delivery, line).await,
            Happened::Removed | Happened::VersionRemoved => self.removed(record, delivery, line).await,
            Happened::Other => Ok(Outcome::Ignored),
        };
        record::unless_for_good(ended, Origin::Thumbnail, &self.catalog, record, delivery, line).await
    }

    async fn give_up(
        &self,
        record: &Record,
        failure: Failure,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        record::unless_for_good(Err(failure), Origin::Thumbnail, &self.catalog, record, delivery, line).await
    }

    fn attempts(&self) -> Option<&Bucket> {
        Some(&self.catalog)
    }
}

impl Thumbnailer {
    async fn created(
        &self,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let to_do = self.originals.to_do(record, &self.catalog, Origin::Thumbnail, line).await?;
        let outcome = match to_do {
            ControlFlow::Continue(original) => {
                let outcome = self.make(&original, delivery, line).await?;
                if outcome == Outcome::Gone && record.again {
                    record::drop(&self.catalog, &original.version.failure_key()).await?;
                }
                outcome
            }
            // Whoever did it may have been stopped before the look that follows.
            ControlFlow::Break(Outcome::AlreadyDone) if delivery.receive_count > 1 => Outcome::AlreadyDone,
            ControlFlow::Break(outcome) => return Ok(outcome),
        };
        // A removal may have been worked on while the thumbnails were made.
        let (bucket, key) = self.originals.place(record)?;
        if matches!(outcome, Outcome::Done | Outcome::AlreadyDone)
            && self.settings.on_removal == OnRemoval::Delete
            && self.originals.current(&bucket, key).await?.is_none()
        {
            self.forget_all(&bucket, key, record, delivery, line).await?;
            return Ok(Outcome::Gone);
        }
        Ok(outcome)
    }

    /// Makes and stores the thumbnails of `original`, and its records, if it is the current version.
    pub(crate) async fn make(
        &self,
        original: &Original,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        match self.originals.fetch_current(original, delivery, line).await? {
            Sought::Found(fetched) => self.make_of(original, fetched, delivery, line).await,
            Sought::Gone => Ok(Outcome::Gone),
            Sought::Superseded => self.note_superseded(&original.version).await,
            Sought::Folder => {
                self.note_nothing_to_do(&original.version).await?;
                Ok(Outcome::Folder)
            }
        }
    }

    /// Makes and stores the thumbnails of `original`, which is `fetched`, and its records.
    pub(crate) async fn make_of(
        &self,
        original: &Original,
        fetched: FetchedOriginal,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let made = self.originals.render(original, fetched, &self.settings.presets, delivery, line).await?;
        let storing = Instant::now();
        record::store(&self.thumbnails, &self.catalog, made).await?;
        step(line, "store", storing);
        Ok(Outcome::Done)
    }

    async fn note_superseded(&self, version: &OriginalVersion) -> Result<Outcome, Failure> {
        self.note_nothing_to_do(version).await?;
        Ok(Outcome::Superseded)
    }

    /// Records that there is nothing to make of `version`.
    async fn note_nothing_to_do(&self, version: &OriginalVersion) -> Result<(), Failure> {
        let done = Done { schema: SCHEMA, manifest: None };
        record::settle(&self.catalog, version, &done).await
    }
}
