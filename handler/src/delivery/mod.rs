//! The delivery function: responds to a request for a picture with a stored thumbnail, or renders one.
//!
//! [`Deliverer::respond`] reads the address and decides whether it is allowed. `find.rs` finds or renders the picture.
//! `response.rs` adds the headers.

mod event;
mod find;
mod keys;
mod response;

use std::sync::Arc;

use contract::delivery::{
    AcceptedFormats, Address, AddressError, Options, Rendition, RequestedFormat, Sizes,
};
use contract::key::OriginalVersion;
use contract::log::LogLine;
use contract::preset::ThumbnailFormat;
use contract::settings::{DeliverySettings, OnRemoval};
use imaging::Watermarks;
use lambda_runtime::tower::util::MapResponseLayer;
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use time::OffsetDateTime;

use crate::bucket::Bucket;
use crate::failure::{Failure, cannot};
use crate::message::Invocation;
use crate::originals::{Capacity, Originals};
use crate::queue::Queue;
use crate::{log, process};

pub use event::Event;
pub use response::LambdaResponse;

use event::Request;
use find::{FindResult, PictureSpec};
use keys::SigningKeys;
use response::{Caching, Response};

/// How long a cache may keep the response to a refused address, in seconds. The cache then responds to repeated
/// requests, and a new key or setting still takes effect soon.
const REFUSED_MAX_AGE: u64 = 10;

/// How long a cache may keep the response to an invalid address, in seconds.
const INVALID_MAX_AGE: u64 = 60;

/// The delivery function, with the state that it keeps between invocations.
#[derive(Debug)]
pub struct Deliverer {
    originals: Originals,
    originals_bucket: Bucket,
    thumbnails: Bucket,
    catalog: Bucket,
    queue: Queue,
    keys: Option<SigningKeys>,
    settings: DeliverySettings,
}

/// Handles invocations until the process ends.
pub async fn run(function: Arc<Deliverer>) -> Result<(), lambda_runtime::Error> {
    let service = service_fn(move |event: LambdaEvent<Event>| {
        let function = function.clone();
        async move {
            let invocation = Invocation::from_context(&event.context);
            Ok::<LambdaResponse, lambda_runtime::Error>(function.respond(event.payload, invocation).await)
        }
    });
    // A layer of the service is notified after the response of an invocation has been sent.
    Runtime::new(service).layer(MapResponseLayer::new(|()| process::exit_if_stuck())).run().await
}

/// The reason why the function refuses an address before it makes any call.
struct Refusal {
    status: u16,
    reason: &'static str,
    /// The reason in a sentence, for people.
    sentence: String,
    caching: Caching,
}

impl Refusal {
    fn for_size(reason: &'static str, sentence: &str) -> Self {
        Self { status: 403, reason, sentence: sentence.to_owned(), caching: Caching::For(REFUSED_MAX_AGE) }
    }

    fn of_size() -> Self {
        Self::for_size("size-not-allowed", "this size or quality is not allowed")
    }

    fn of_address(error: &AddressError) -> Self {
        let (status, reason) = match error {
            AddressError::Path => (404, "no-such-address"),
            AddressError::Preset => (404, "no-such-preset"),
            AddressError::Encoding => (400, "encoding"),
            AddressError::Part => (400, "path-part"),
            AddressError::Option { .. } | AddressError::PresetOption { .. } => (400, "option"),
        };
        Self { status, reason, sentence: error.to_string(), caching: Caching::For(INVALID_MAX_AGE) }
    }

    fn of_format() -> Self {
        let sentence = "the format `avif` requires a preset with this format".to_owned();
        Self { status: 400, reason: "format", sentence, caching: Caching::For(INVALID_MAX_AGE) }
    }
}

impl Deliverer {
    /// Creates the function for a process with `capacity`. `secrets` is required if sizes are signed. `watermarks` are
    /// those of the presets.
    pub fn new(
        s3: aws_sdk_s3::Client,
        sqs: aws_sdk_sqs::Client,
        secrets: Option<aws_sdk_secretsmanager::Client>,
        settings: DeliverySettings,
        watermarks: Watermarks,
        capacity: Capacity,
    ) -> Self {
        let bucket = |name: &String| Bucket { s3: s3.clone(), name: name.clone() };
        let secret = settings.secret.clone().filter(|_| settings.sizes == Sizes::Signed);
        Self {
            originals_bucket: bucket(&settings.originals_bucket),
            thumbnails: bucket(&settings.thumbnails_bucket),
            catalog: bucket(&settings.catalog_bucket),
            queue: Queue { sqs, url: settings.thumbnail_queue.clone() },
            keys: secrets.zip(secret).map(|(client, secret)| SigningKeys::new(client, secret)),
            originals: Originals::new(s3, settings.max_bytes, settings.max_pixels, watermarks, capacity),
            settings,
        }
    }

    /// Returns whether the outputs of a version are kept when it is no longer current.
    fn keeps_outputs(&self) -> bool {
        self.settings.on_removal == OnRemoval::Keep
    }

    /// Responds to a request.
    pub async fn respond(&self, event: Event, invocation: Invocation) -> LambdaResponse {
        let request = Request::from_event(event);
        let mut line = LogLine { request_id: invocation.request_id.clone(), ..LogLine::default() };
        let responding = self.respond_to(&request, &invocation, &mut line);
        let response = tokio::time::timeout_at(invocation.stop_at, responding).await;
        let response = response.unwrap_or(Err(Failure::OutOfTime)).unwrap_or_else(|failure| {
            log::finish(&mut line, &invocation, Err(&failure));
            Response::unavailable(failure.reason())
        });
        response.into_lambda(&request, &self.settings)
    }

    async fn respond_to(
        &self,
        request: &Request,
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<Response, Failure> {
        if !request.is_read() {
            return Ok(Response::wrong_method());
        }
        let refused = |refusal: Refusal| {
            let mut response = Response::refused(refusal.status, refusal.reason, refusal.caching);
            response.sentence = Some(refusal.sentence);
            Ok(response)
        };
        let (address, signature) = match Address::read(&request.path, &request.query, &self.settings.presets)
        {
            Ok(read) => read,
            Err(error) => return refused(Refusal::of_address(&error)),
        };
        match &address {
            Address::Thumbnail { thumbnail } => {
                let Some(spec) = self.thumbnail_spec(thumbnail) else {
                    return refused(Refusal::of_address(&AddressError::Preset));
                };
                let version = OriginalVersion::from_thumbnail_key(thumbnail);
                let found = self.find_thumbnail(thumbnail, version, &spec, invocation, line).await?;
                Ok(Response::for_version(found))
            }
            Address::Preset { preset, key } => {
                let preset = self.settings.presets.iter().find(|one| one.name == *preset);
                // `Address::read` used the same presets.
                let Some(preset) = preset else {
                    return refused(Refusal::of_address(&AddressError::Preset));
                };
                self.respond_with_current(
                    key,
                    &PictureSpec::for_preset(preset),
                    self.caching_of(None),
                    invocation,
                    line,
                )
                .await
            }
            Address::Size { size, key, options } => {
                if let Some(refusal) = self.check_size(&address, options, signature.as_deref()).await? {
                    return refused(refusal);
                }
                let rendition = match Rendition::new(*size, options) {
                    Ok(rendition) => rendition,
                    Err(error) => return refused(Refusal::of_address(&error)),
                };
                let requested = options.format.unwrap_or_default();
                let format = match requested {
                    RequestedFormat::Auto => {
                        AcceptedFormats::from_header(request.accept()).best(imaging::WRITES_AVIF)
                    }
                    RequestedFormat::Of(format) => format,
                };
                if format == ThumbnailFormat::Avif && !imaging::WRITES_AVIF {
                    return refused(Refusal::of_format());
                }
                let caching = self.caching_of(options.expires);
                let spec = PictureSpec::for_rendition(&rendition, format);
                let mut response = self.respond_with_current(key, &spec, caching, invocation, line).await?;
                response.varies = requested == RequestedFormat::Auto;
                Ok(response)
            }
        }
    }

    /// Returns how long caches keep the response to a stable address, which is valid until the second `expires`.
    fn caching_of(&self, expires: Option<u64>) -> Caching {
        let DeliverySettings { max_age, stale, .. } = self.settings;
        match expires {
            None => Caching::Revalidated { max_age, stale },
            Some(expires) => Caching::Until(max_age.min(expires.saturating_sub(now()))),
        }
    }

    /// Returns why an address with `options` and `signature` is not allowed, or `None` if it is allowed.
    async fn check_size(
        &self,
        address: &Address,
        options: &Options,
        signature: Option<&str>,
    ) -> Result<Option<Refusal>, Failure> {
        let Address::Size { size, .. } = address else { return Ok(None) };
        match (&self.settings.sizes, &self.keys) {
            (Sizes::List(sizes), _) => {
                let is_listed = sizes.contains(size) && options.quality.is_none();
                Ok((!is_listed).then(Refusal::of_size))
            }
            (Sizes::Signed, Some(keys)) => {
                let Some(signature) = signature else {
                    return Ok(Some(Refusal::for_size("no-signature", "this size requires a signature")));
                };
                let verified = keys.verify(address, signature).await;
                if !verified.map_err(cannot("read the signing keys"))? {
                    return Ok(Some(Refusal::for_size("wrong-signature", "the signature is wrong")));
                }
                let is_over = options.expires.is_some_and(|expires| expires <= now());
                Ok(is_over.then(|| Refusal::for_size("expired", "the address has expired")))
            }
            (Sizes::Presets | Sizes::Signed, _) => Ok(Some(Refusal::of_size())),
        }
    }

    /// Returns the picture for the thumbnail at the key `thumbnail`, or `None` if no preset or size has such a
    /// thumbnail.
    fn thumbnail_spec(&self, thumbnail: &str) -> Option<PictureSpec> {
        let (_, file) = thumbnail.rsplit_once('/')?;
        let (name, extension) = file.rsplit_once('.')?;
        let format: ThumbnailFormat = extension.parse().ok()?;
        let preset = self.settings.presets.iter().find(|preset| preset.name == name);
        if let Some(preset) = preset {
            let spec = PictureSpec::for_preset(preset);
            return spec.in_format(format);
        }
        let rendition: Rendition = name.parse().ok()?;
        let is_listed = match &self.settings.sizes {
            Sizes::List(sizes) => {
                rendition.is_any_of(sizes) && (format != ThumbnailFormat::Avif || imaging::WRITES_AVIF)
            }
            Sizes::Presets | Sizes::Signed => false,
        };
        let spec = PictureSpec::for_rendition(&rendition, format);
        Some(if is_listed { spec } else { spec.stored_only() })
    }

    /// Responds with the picture `spec` of the current version of the photo at `key`.
    async fn respond_with_current(
        &self,
        key: &str,
        spec: &PictureSpec,
        caching: Caching,
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<Response, Failure> {
        let found = self.find(key, spec, invocation, line).await?;
        let fallback = self.settings.fallback.as_deref().filter(|fallback| *fallback != key);
        let (FindResult::Failed(reason), Some(fallback)) = (&found, fallback) else {
            return Ok(Response::for_current_version(found, caching));
        };
        // The response contains the reason of the failure even if the fallback cannot be read.
        let mut other = LogLine { request_id: invocation.request_id.clone(), ..LogLine::default() };
        let instead = self.find(fallback, spec, invocation, &mut other).await;
        if let Err(failure) = &instead {
            crate::log::add_failure(line, failure);
        }
        let Ok(instead @ (FindResult::Picture(_) | FindResult::TooLarge(_))) = instead else {
            return Ok(Response::for_current_version(found, caching));
        };
        // The photo may succeed at any time.
        let mut response = Response::for_current_version(instead, caching.without_stale());
        response.reason = Some(reason.clone());
        Ok(response)
    }
}

/// Returns the seconds since 1970.
fn now() -> u64 {
    u64::try_from(OffsetDateTime::now_utc().unix_timestamp()).unwrap_or(0)
}
