//! Originals: fetches and renders them for every function, within the limits of the process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use contract::focus::{FOCUS_METADATA, FocusError};
use contract::key::{Digest, escape};
use contract::log::LogLine;
use contract::preset::Preset;
use imaging::{ImageError, Limits, RenderOutput, RenderRequest, Watermarks};
use tokio::sync::Semaphore;

use crate::bucket::Bucket;
use crate::event::{Key, ObjectEvent};
use crate::failure::{Failure, advice};
use crate::fetch::{FetchedOriginal, Limit, fetch};
use crate::log::add_step;
use crate::memory::Memory;
use crate::message::Invocation;
use crate::original::{Original, SkipReason, version_of};
use crate::process::{Running, panic_text};

/// The memory and the cores of a process.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// Its memory, in bytes.
    pub memory: u64,
    /// How many threads run at the same time.
    pub cores: usize,
}

impl Capacity {
    /// Reads the memory from Lambda's environment, and the number of cores from the machine.
    pub fn from_variables(variables: &HashMap<String, String>) -> Self {
        let megabytes =
            variables.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|mb| mb.parse::<u64>().ok());
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // 128 MB is the least that Lambda allows.
        Self { memory: megabytes.unwrap_or(128) << 20, cores }
    }
}

/// Fetches and renders originals within the limits of the process.
#[derive(Debug)]
pub(crate) struct Originals {
    s3: aws_sdk_s3::Client,
    max_bytes: u64,
    memory: Memory,
    /// What the user can do about too little memory, as the end of a message.
    memory_advice: &'static str,
    /// Rendering uses a whole vCPU, so more images at the same time would only need more memory.
    cores: Semaphore,
    limits: Limits,
    watermarks: Arc<Watermarks>,
}

/// An original with its thumbnails, not yet stored.
pub(crate) struct RenderedOriginal {
    pub(crate) original: Original,
    pub(crate) digest: Digest,
    pub(crate) bytes: u64,
    pub(crate) last_modified: time::OffsetDateTime,
    pub(crate) rendered: RenderOutput,
}

impl Originals {
    /// Creates the access to originals of up to `max_bytes` and `max_pixels`, for a process with `capacity` that renders
    /// `watermarks`.
    pub(crate) fn new(
        s3: aws_sdk_s3::Client,
        max_bytes: u64,
        max_pixels: u64,
        watermarks: Watermarks,
        capacity: Capacity,
    ) -> Self {
        let memory = Memory::new(capacity.memory, capacity.cores, max_bytes);
        let limits = Limits { max_bytes, max_pixels, max_memory: memory.decoded.total() };
        let (cores, watermarks) = (Semaphore::new(capacity.cores.max(1)), Arc::new(watermarks));
        let memory_advice = "; raise `function.memory`";
        Self { s3, max_bytes, memory, memory_advice, cores, limits, watermarks }
    }

    /// Replaces the advice at the end of a message about too little memory.
    pub(crate) fn with_memory_advice(self, memory_advice: &'static str) -> Self {
        Self { memory_advice, ..self }
    }

    /// Returns the bucket and the key of the original of `event`.
    pub(crate) fn locate<'a>(&self, event: &'a ObjectEvent) -> Result<(Bucket, &'a str), Failure> {
        let Key::Decoded(key) = &event.key else { return Err(Failure::KeyEncoding) };
        let name = event.bucket.clone().ok_or(Failure::NoBucket)?;
        Ok((Bucket { s3: self.s3.clone(), name }, key))
    }

    /// Returns the version that `event` is about, or `None` if it cannot be determined.
    ///
    /// An event without a version ID is about the current version, if the entity tags are the same or the event has
    /// none.
    pub(crate) async fn resolve(
        &self,
        event: &ObjectEvent,
        line: &mut LogLine,
    ) -> Result<Option<Original>, Failure> {
        line.bytes = event.size;
        let (bucket, key) = self.locate(event)?;
        let size = event.size.unwrap_or(0);
        let version = version_of(&bucket, key, event).await?;
        line.version = version.as_ref().map(|version| version.version.clone()).unwrap_or_default();
        Ok(version.map(|version| Original { bucket, version, size }))
    }

    /// Fetches `original` within the limits.
    pub(crate) async fn fetch(
        &self,
        original: &Original,
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<Result<FetchedOriginal, SkipReason>, Failure> {
        let memory = self.memory.encoded.total();
        let limit = if memory < self.max_bytes {
            Limit { bytes: memory, advice: self.memory_advice }
        } else {
            Limit { bytes: self.max_bytes, advice: "; raise `limits.bytes`" }
        };
        let fetching = Instant::now();
        let fetched = fetch(original, limit, &self.memory, invocation).await?;
        add_step(line, "fetch", fetching);
        Ok(fetched)
    }

    /// Computes the digest, inspects the header, and renders `presets`, on other threads. Waits until there is memory
    /// for the pixels.
    pub(crate) async fn render(
        &self,
        original: &Original,
        fetched: FetchedOriginal,
        presets: &[Preset],
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<RenderedOriginal, Failure> {
        let FetchedOriginal { bytes, last_modified, focus, reservations } = fetched;
        let focus = focus
            .and_then(|focus| focus.map_err(|text| line.message = Some(invalid_focus_message(&text))).ok());
        let size = bytes.len() as u64;
        line.bytes = Some(size);
        let (limits, encoded) = (self.limits, Arc::new((bytes, reservations)));
        let (held, wanted, watermarks) = (encoded.clone(), presets.to_vec(), self.watermarks.clone());
        let inspect = move |_| {
            let request = RenderRequest { presets: &wanted, focus: None, watermarks: &watermarks };
            (Digest::of(&held.0), imaging::inspect(&held.0, request, &limits))
        };
        let (digest, header) = self.run_on_core(invocation, inspect).await?;
        line.digest = Some(digest.as_str().to_owned());
        let header = header.map_err(|error| self.image_failure(error))?;
        line.pixels = Some(u64::from(header.width) * u64::from(header.height));
        let room = self.memory.decoded.reserve(header.memory).await;
        if tokio::time::Instant::now() > invocation.last_start {
            return Err(Failure::NoTime);
        }
        let rendering = Instant::now();
        let (limits, presets, watermarks) = (self.limits, presets.to_vec(), self.watermarks.clone());
        let rendered = self.run_on_core(invocation, move |until| {
            // The closure owns the reserved memory, so that it is released when the work ends, not when the caller
            // stops waiting.
            let _room = room;
            let request = RenderRequest { presets: &presets, focus, watermarks: &watermarks };
            imaging::render(&encoded.0, request, &limits, &|| Instant::now() >= until)
        });
        let rendered = rendered.await?.map_err(|error| match error {
            ImageError::Canceled => Failure::OutOfTime,
            error => self.image_failure(error),
        })?;
        add_step(line, "render", rendering);
        Ok(RenderedOriginal { original: original.clone(), digest, bytes: size, last_modified, rendered })
    }

    fn image_failure(&self, error: ImageError) -> Failure {
        let advice = advice(&error, self.memory_advice);
        Failure::Image { error, advice }
    }

    /// Runs `work` when a core is free, for this image's share of the time. `work` receives the end of this time. A
    /// panic in it is a failure of this image alone.
    async fn run_on_core<T: Send + 'static>(
        &self,
        invocation: &Invocation,
        work: impl FnOnce(Instant) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        // Acquiring fails only if the semaphore is closed, and no code closes it. If the work cannot be stopped, the
        // core is still released when the caller stops waiting. The next image then shares the core with this work.
        let _core = self.cores.acquire().await.ok();
        let until = invocation.photo_deadline();
        let running = Running::begin();
        let work = move || {
            let _running = running;
            work(until.into_std())
        };
        match tokio::time::timeout_at(until, tokio::task::spawn_blocking(work)).await {
            Ok(result) => result.map_err(|error| Failure::Panicked(panic_text(error))),
            Err(_) => Err(Failure::OutOfTime),
        }
    }
}

/// Returns the message about a focal point that cannot be read.
fn invalid_focus_message(text: &str) -> String {
    let text = escape(text);
    format!("the metadata `{FOCUS_METADATA}` is `{text}` and is ignored: {FocusError}")
}
