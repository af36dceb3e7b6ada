//! The originals: their bytes, as every function fetches and renders them within the limits of the process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use contract::focus::{FOCUS_METADATA, FocusError};
use contract::key::{Digest, escape};
use contract::log::LogLine;
use contract::preset::Preset;
use imaging::{ImageError, Limits, RenderRequest, Rendered};
use tokio::sync::Semaphore;

use crate::bucket::Bucket;
use crate::event::{Key, ObjectEvent};
use crate::failure::Failure;
use crate::fetch::{FetchedOriginal, Limit, fetch};
use crate::log::step;
use crate::memory::Memory;
use crate::message::Invocation;
use crate::original::{Making, Original, version_of};
use crate::process::{Running, panic_text};

/// What a process may take.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// Its memory, in bytes.
    pub memory: u64,
    /// How many threads run at a time.
    pub cores: usize,
}

impl Capacity {
    /// What Lambda says in the environment, and the machine.
    pub fn of(variables: &HashMap<String, String>) -> Self {
        let megabytes =
            variables.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|mb| mb.parse::<u64>().ok());
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // The least that Lambda gives.
        Self { memory: megabytes.unwrap_or(128) << 20, cores }
    }
}

/// The way to the originals, within the limits of the process.
#[derive(Debug)]
pub(crate) struct Originals {
    s3: aws_sdk_s3::Client,
    max_bytes: u64,
    memory: Memory,
    /// Rendering takes a whole core: more at once would only hold more memory.
    cores: Semaphore,
    limits: Limits,
}

/// An original with its thumbnails, not yet stored.
pub(crate) struct Made {
    pub(crate) original: Original,
    pub(crate) digest: Digest,
    pub(crate) bytes: u64,
    pub(crate) last_modified: time::OffsetDateTime,
    pub(crate) rendered: Rendered,
}

impl Originals {
    /// Those of up to `max_bytes` and `max_pixels`, fetched by `s3`, in a process with `capacity`.
    pub(crate) fn new(s3: aws_sdk_s3::Client, max_bytes: u64, max_pixels: u64, capacity: Capacity) -> Self {
        let memory = Memory::of(capacity.memory, max_bytes);
        let limits = Limits { max_bytes, max_pixels, max_memory: memory.decoded.total() };
        Self { s3, max_bytes, memory, cores: Semaphore::new(capacity.cores.max(1)), limits }
    }

    /// Where the original of `record` is.
    pub(crate) fn place<'a>(&self, record: &'a ObjectEvent) -> Result<(Bucket, &'a str), Failure> {
        let Key::Decoded(key) = &record.key else { return Err(Failure::KeyEncoding) };
        let name = record.bucket.clone().ok_or(Failure::NoBucket)?;
        Ok((Bucket { s3: self.s3.clone(), name }, key))
    }

    /// Returns the version that `record` means, or `None` if nobody can know which it is.
    ///
    /// An event that names no version id is about the current version, if that has the entity tag of the event, if any.
    pub(crate) async fn named(
        &self,
        record: &ObjectEvent,
        line: &mut LogLine,
    ) -> Result<Option<Original>, Failure> {
        line.bytes = record.size;
        let (bucket, key) = self.place(record)?;
        let size = record.size.unwrap_or(0);
        let version = version_of(&bucket, key, record).await?;
        line.version = version.as_ref().map(|version| version.version.clone()).unwrap_or_default();
        Ok(version.map(|version| Original { bucket, version, size }))
    }

    /// Fetches `original` within the limits.
    pub(crate) async fn fetch(
        &self,
        original: &Original,
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<Making<FetchedOriginal>, Failure> {
        let memory = self.memory.encoded.total();
        let limit = if memory < self.max_bytes {
            Limit { bytes: memory, setting: "function.memory" }
        } else {
            Limit { bytes: self.max_bytes, setting: "limits.bytes" }
        };
        let fetching = Instant::now();
        let fetched = fetch(original, limit, &self.memory.encoded, invocation).await?;
        step(line, "fetch", fetching);
        Ok(fetched)
    }

    /// Digests, inspects and renders, on a thread of its own as soon as there is memory for the pixels.
    pub(crate) async fn render(
        &self,
        original: &Original,
        fetched: FetchedOriginal,
        presets: &[Preset],
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<Made, Failure> {
        let FetchedOriginal { bytes, last_modified, focus, share } = fetched;
        let focus =
            focus.and_then(|focus| focus.map_err(|text| line.message = Some(unread_focus(&text))).ok());
        let size = bytes.len() as u64;
        line.bytes = Some(size);
        let (limits, encoded) = (self.limits, Arc::new((bytes, share)));
        let (held, wanted) = (encoded.clone(), presets.to_vec());
        let inspect = move |_| (Digest::of(&held.0), imaging::inspect(&held.0, &wanted, &limits));
        let (digest, header) = self.compute(invocation, inspect).await?;
        line.digest = Some(digest.as_str().to_owned());
        let header = header.map_err(Failure::Image)?;
        line.pixels = Some(u64::from(header.width) * u64::from(header.height));
        let room = self.memory.decoded.share(header.memory).await;
        if tokio::time::Instant::now() > invocation.last_start {
            return Err(Failure::NoTime);
        }
        let rendering = Instant::now();
        let (limits, presets) = (self.limits, presets.to_vec());
        let rendered = self.compute(invocation, move |until| {
            // The memory is given back when the work ends, even if nobody waits for it any longer.
            let _room = room;
            let request = RenderRequest { presets: &presets, focus };
            imaging::render(&encoded.0, request, &limits, &|| Instant::now() >= until)
        });
        let rendered = rendered.await?.map_err(|error| match error {
            ImageError::Cancelled => Failure::OutOfTime,
            error => Failure::Image(error),
        })?;
        step(line, "render", rendering);
        Ok(Made { original: original.clone(), digest, bytes: size, last_modified, rendered })
    }

    /// Runs `work` when a core is free, for this image's share of the time, whose end it is told. A panic in it fails this
    /// image alone.
    async fn compute<T: Send + 'static>(
        &self,
        invocation: &Invocation,
        work: impl FnOnce(Instant) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        // An error means a closed semaphore; nobody closes it. The core is released when nobody waits any longer, even
        // if the work goes on, because it cannot be stopped: the next image then shares the core with it.
        let _core = self.cores.acquire().await.ok();
        let until = invocation.share_of_time();
        let running = Running::begin();
        let work = move || {
            let _running = running;
            work(until.into_std())
        };
        match tokio::time::timeout_at(until, tokio::task::spawn_blocking(work)).await {
            Ok(ended) => ended.map_err(|error| Failure::Panicked(panic_text(error))),
            Err(_) => Err(Failure::OutOfTime),
        }
    }
}

/// The message about a focal point that cannot be read.
fn unread_focus(text: &str) -> String {
    let text = escape(text);
    format!("the metadata `{FOCUS_METADATA}` is `{text}` and is ignored: {FocusError}")
}
