//! The thumbnail function: an original that has come gets its thumbnails, one that has gone takes them along.

use std::sync::Arc;
use std::time::Instant;

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use contract::key::{Digest, OriginalVersion};
use contract::log::{LogLine, Outcome};
use contract::manifest::{Done, SCHEMA};
use contract::settings::{OnRemoval, ThumbnailSettings};
use imaging::{Limits, Rendered};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::batch::{Function, panic_text};
use crate::bucket::Bucket;
use crate::delivery::Delivery;
use crate::event::{Happened, Key, Record};
use crate::failure::{Failure, while_doing};
use crate::fetch::{Fetched, FetchedOriginal, fetch};
use crate::memory::Memory;
use crate::record::{self, Failed};

/// The thumbnail function, with all it keeps between invocations.
#[derive(Debug)]
pub struct Thumbnailer {
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) settings: ThumbnailSettings,
    pub(crate) thumbnails: Bucket,
    pub(crate) catalog: Bucket,
    memory: Memory,
    /// Rendering takes a whole core: more at once would only hold more memory.
    cores: Semaphore,
    limits: Limits,
}

/// An original to be worked on.
#[derive(Clone, Debug)]
pub(crate) struct Original {
    pub(crate) bucket: Bucket,
    pub(crate) version: OriginalVersion,
    /// Its size as it was told; 0 where nobody told.
    pub(crate) size: u64,
}

impl Original {
    /// The current version of `key`, of which S3 has said `head`.
    pub(crate) fn current(bucket: Bucket, key: &str, head: &HeadObjectOutput) -> Self {
        let version = OriginalVersion::new(key, head.version_id(), head.e_tag());
        let size = head.content_length().and_then(|length| u64::try_from(length).ok());
        Self { bucket, version, size: size.unwrap_or(0) }
    }
}

/// An original with its thumbnails, not yet stored.
pub(crate) struct Made {
    pub(crate) original: Original,
    pub(crate) digest: Digest,
    pub(crate) bytes: u64,
    pub(crate) last_modified: time::OffsetDateTime,
    pub(crate) rendered: Rendered,
}

impl Thumbnailer {
    /// The function in a process with `memory` bytes and `cores`.
    pub fn new(s3: aws_sdk_s3::Client, settings: ThumbnailSettings, memory: u64, cores: usize) -> Self {
        let bucket = |name: &String| Bucket { s3: s3.clone(), name: name.clone() };
        let memory = Memory::of(memory, settings.max_bytes);
        let limits = Limits {
            max_bytes: settings.max_bytes,
            max_pixels: settings.max_pixels,
            max_memory: memory.decoded.total(),
            ..Limits::default()
        };
        Self {
            thumbnails: bucket(&settings.thumbnails_bucket),
            catalog: bucket(&settings.catalog_bucket),
            s3,
            settings,
            memory,
            cores: Semaphore::new(cores.max(1)),
            limits,
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
        let ended = match record.happened {
            Happened::Created => self.created(record, delivery, line).await,
            Happened::Removed | Happened::VersionRemoved => self.removed(record, delivery, line).await,
            Happened::Other => Ok(Outcome::Ignored),
        };
        match ended {
            Err(failure) if !failure.is_transient() => {
                crate::log::explain(line, &failure);
                let version = record::failed_version(record, line);
                let failed = Failed { bucket: &line.bucket, version: &version, event: &record.raw };
                let key = version.failure_key();
                record::store_failure(&self.catalog, &key, failed, &failure, delivery).await?;
                Ok(Outcome::Failed)
            }
            ended => ended,
        }
    }
}

impl Thumbnailer {
    async fn created(
        &self,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let (bucket, key) = self.place(record)?;
        line.bytes = record.size;
        let looking = Instant::now();
        let named = record.original();
        if let Some(version) = &named {
            line.version.clone_from(&version.version);
            if !record.again && record::is_done(&self.catalog, version).await? {
                return Ok(Outcome::AlreadyDone);
            }
        }
        let original = match named {
            Some(version) => Original { bucket, version, size: record.size.unwrap_or(0) },
            // Another sender's event may not name the version.
            None => {
                let Some(head) = self.current(&bucket, key).await? else { return Ok(Outcome::Gone) };
                let original = Original::current(bucket, key, &head);
                line.version.clone_from(&original.version.version);
                line.bytes = Some(original.size);
                original
            }
        };
        step(line, "look", looking);
        let outcome = self.attempt(&original, delivery, line).await?;
        // A removal may have been worked on while the thumbnails were made.
        if outcome == Outcome::Done
            && self.settings.on_removal == OnRemoval::Delete
            && self.current(&original.bucket, key).await?.is_none()
        {
            self.forget_all(&original.bucket, key, delivery, line).await?;
            return Ok(Outcome::Gone);
        }
        Ok(outcome)
    }

    /// Makes the thumbnails of `original`; if it comes again, with a note that tells the next process,
    /// should this one be killed.
    async fn attempt(
        &self,
        original: &Original,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if !delivery.is_suspect() {
            return self.make(original, delivery, line).await;
        }
        let note = original.version.attempt_key();
        // In company it waits, so that the others can be acknowledged without it.
        if delivery.in_company && self.catalog.has(&note).await.map_err(while_doing("look for attempts"))? {
            return Err(Failure::KilledBefore);
        }
        self.catalog.put(&note, &json!({})).await.map_err(while_doing("note the attempt"))?;
        let made = self.make(original, delivery, line).await;
        self.catalog.delete(&note).await.map_err(while_doing("remove the note of the attempt"))?;
        made
    }

    /// Makes and stores the thumbnails of `original`, and its records, if it is the current version.
    pub(crate) async fn make(
        &self,
        original: &Original,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let fetched = match self.fetch(original, delivery, line).await? {
            Fetched::Original(fetched) => fetched,
            Fetched::Gone => return Ok(Outcome::Gone),
            Fetched::Superseded => return self.note_superseded(&original.version).await,
        };
        // Asked after the fetch, whose answer tells why it is refused; that to a HEAD does not.
        let Original { bucket, version, .. } = original;
        let Some(head) = self.current(bucket, &version.key).await? else { return Ok(Outcome::Gone) };
        if version.version_id().is_some_and(|id| head.version_id().is_some_and(|current| current != id)) {
            return self.note_superseded(version).await;
        }
        if fetched.bytes.is_empty() && version.key.ends_with('/') {
            self.note_nothing_to_do(version).await?;
            return Ok(Outcome::Folder);
        }
        self.make_of(original, fetched, delivery, line).await
    }

    /// Fetches `original` within the limits.
    pub(crate) async fn fetch(
        &self,
        original: &Original,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Fetched, Failure> {
        let limit = self.settings.max_bytes.min(self.memory.encoded.total());
        let fetching = Instant::now();
        let fetched = fetch(original, limit, &self.memory.encoded, &delivery.invocation).await?;
        step(line, "fetch", fetching);
        Ok(fetched)
    }

    /// Makes and stores the thumbnails of `original`, which is `fetched`, and its records.
    pub(crate) async fn make_of(
        &self,
        original: &Original,
        fetched: FetchedOriginal,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let made = self.render(original, fetched, delivery, line).await?;
        let storing = Instant::now();
        record::store(&self.thumbnails, &self.catalog, made).await?;
        step(line, "store", storing);
        Ok(Outcome::Done)
    }

    /// Digests, inspects and renders, on a thread of its own as soon as there is memory for the pixels.
    async fn render(
        &self,
        original: &Original,
        fetched: FetchedOriginal,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Made, Failure> {
        let FetchedOriginal { bytes, last_modified, share } = fetched;
        let size = bytes.len() as u64;
        line.bytes = Some(size);
        let (limits, encoded) = (self.limits, Arc::new((bytes, share)));
        let held = encoded.clone();
        let (digest, header) =
            self.compute(move || (Digest::of(&held.0), imaging::inspect(&held.0, &limits))).await?;
        line.digest = Some(digest.as_str().to_owned());
        let header = header.map_err(Failure::Image)?;
        line.pixels = Some(u64::from(header.width) * u64::from(header.height));
        let room = self.memory.decoded.share(header.memory).await;
        if tokio::time::Instant::now() > delivery.invocation.last_start {
            return Err(Failure::NoTime);
        }
        let rendering = Instant::now();
        let (limits, presets) = (self.limits, self.settings.presets.clone());
        let rendered = self.compute(move || {
            // The memory is given back when the work ends, even if nobody waits for it any longer.
            let _room = room;
            imaging::render(&encoded.0, &presets, &limits)
        });
        let rendered = rendered.await?.map_err(Failure::Image)?;
        step(line, "render", rendering);
        Ok(Made { original: original.clone(), digest, bytes: size, last_modified, rendered })
    }

    /// Runs `work` when a core is free. A panic in it fails this image alone.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        // An error means a closed semaphore; nobody closes it.
        let _core = self.cores.acquire().await.ok();
        tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Panicked(panic_text(error)))
    }

    /// Where the original of `record` is.
    pub(crate) fn place<'a>(&self, record: &'a Record) -> Result<(Bucket, &'a str), Failure> {
        let Key::Decoded(key) = &record.key else { return Err(Failure::KeyEncoding) };
        let name = record.bucket.clone().ok_or(Failure::NoBucket)?;
        Ok((Bucket { s3: self.s3.clone(), name }, key))
    }

    /// What S3 says of the current version of `key`.
    pub(crate) async fn current(
        &self,
        bucket: &Bucket,
        key: &str,
    ) -> Result<Option<HeadObjectOutput>, Failure> {
        bucket.head(key).await.map_err(while_doing("look at the original"))
    }

    async fn note_superseded(&self, version: &OriginalVersion) -> Result<Outcome, Failure> {
        self.note_nothing_to_do(version).await?;
        Ok(Outcome::Superseded)
    }

    /// Records that there is nothing to make of `version`.
    async fn note_nothing_to_do(&self, version: &OriginalVersion) -> Result<(), Failure> {
        let done = Done { schema: SCHEMA, manifest: None, base: None };
        record::settle(&self.catalog, version, &done).await
    }
}

fn step(line: &mut LogLine, name: &str, since: Instant) {
    line.ms.insert(name.to_owned(), since.elapsed().as_millis().try_into().unwrap_or(u64::MAX));
}
