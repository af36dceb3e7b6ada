//! Finds a picture: a stored thumbnail, or one that it renders from the original.

use contract::delivery::{MAX_ON_DEMAND, Rendition, is_on_demand};
use contract::failure::FailureRecord;
use contract::key::{Digest, OriginalVersion};
use contract::log::{LogLine, Outcome};
use contract::preset::{Preset, PresetFormat, ThumbnailFormat};
use contract::request::RequestKind;
use futures::future::try_join_all;
use protocol::{Call, CallResult, NameIndex, Role, Rules, State};

use super::Deliverer;
use crate::bucket::{Existing, StoredThumbnail};
use crate::failure::{Failure, cannot};
use crate::log;
use crate::message::Invocation;
use crate::original::{Original, SkipReason};
use crate::service_error::ServiceError;

/// The maximum number of bytes of a picture in a response. Lambda allows 6 MB of JSON, in which Base64 takes four bytes
/// for three.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const MAX_PICTURE: u64 = 4_500_000;

/// The maximum number of times that the function begins again if the photo is overwritten.
const ATTEMPTS: u32 = 3;

/// The requested picture of a version.
#[derive(Clone, Debug)]
pub(super) struct PictureSpec {
    /// The preset that renders it. Its name and the format are the file name of the stored thumbnail.
    preset: Preset,
    /// The formats that it may have.
    formats: Vec<ThumbnailFormat>,
    /// Whether the function renders it if it is not stored.
    may_render: bool,
}

impl PictureSpec {
    pub(super) fn for_preset(preset: &Preset) -> Self {
        let formats = match preset.format {
            PresetFormat::Jpeg => vec![ThumbnailFormat::Jpeg],
            PresetFormat::Png => vec![ThumbnailFormat::Png],
            PresetFormat::Webp => vec![ThumbnailFormat::Webp],
            PresetFormat::Avif => vec![ThumbnailFormat::Avif],
            PresetFormat::Auto => vec![ThumbnailFormat::Jpeg, ThumbnailFormat::Webp],
        };
        Self { preset: preset.clone(), formats, may_render: true }
    }

    /// Returns the picture in `format` alone, or `None` if it cannot have this format.
    pub(super) fn in_format(self, format: ThumbnailFormat) -> Option<Self> {
        self.formats.contains(&format).then(|| Self { formats: vec![format], ..self })
    }

    /// Returns the picture without rendering: the function returns it only if it is stored.
    pub(super) fn stored_only(self) -> Self {
        Self { may_render: false, ..self }
    }

    pub(super) fn for_rendition(rendition: &Rendition, format: ThumbnailFormat) -> Self {
        Self { preset: rendition.preset(format), formats: vec![format], may_render: true }
    }
}

/// A complete picture.
pub(super) struct Picture {
    pub(super) bytes: Vec<u8>,
    pub(super) digest: Digest,
    pub(super) content_type: &'static str,
}

/// The picture at an address, or why there is none.
pub(super) enum FindResult {
    /// A picture.
    Picture(Picture),
    /// A picture that is too large for a response of Lambda. It is stored at this key of the thumbnails bucket.
    TooLarge(String),
    /// The photo cannot be rendered, for this reason.
    Failed(String),
    /// There is no such photo, version, or thumbnail.
    Missing(&'static str),
}

/// The photo does not exist.
const NO_PHOTO: FindResult = FindResult::Missing("no-such-photo");

/// The result of rendering a picture.
enum RenderResult {
    Found(FindResult),
    /// Another version is current now.
    Superseded,
}

impl Deliverer {
    /// Finds the picture `spec` of the current version of the photo at `key`. One call returns the version, and one
    /// gets the stored thumbnail.
    pub(super) async fn find(
        &self,
        key: &str,
        spec: &PictureSpec,
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<FindResult, Failure> {
        for _ in 0..ATTEMPTS {
            let original = match self.readable_original(key).await? {
                Ok(original) => original,
                Err(found) => return Ok(found),
            };
            if let Some(stored) = self.get_stored(&original.version, spec).await {
                return Ok(stored);
            }
            match self.render(&original, spec, invocation, line).await? {
                RenderResult::Found(found) => return Ok(found),
                RenderResult::Superseded => {}
            }
        }
        let error = ServiceError::Unavailable(
            "the photo was overwritten several times during the request".to_owned(),
        );
        Err(cannot("find the current version")(error))
    }

    /// Gets the thumbnail at the key `thumbnail`, or renders it if its `version` is known from the key.
    pub(super) async fn find_thumbnail(
        &self,
        thumbnail: &str,
        version: Option<OriginalVersion>,
        spec: &PictureSpec,
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<FindResult, Failure> {
        let format = spec.formats.first().copied().unwrap_or(ThumbnailFormat::Webp);
        let got = self.thumbnails.get_thumbnail(thumbnail, MAX_PICTURE).await;
        match got.map(|got| got.map(|stored| stored_result(stored, thumbnail, format))) {
            Ok(Some(stored)) => return Ok(stored),
            Ok(None) => {}
            Err(error) if !spec.may_render => return Err(cannot("get a thumbnail")(error)),
            Err(_) => {}
        }
        let Some(version) = version.filter(|_| spec.may_render) else {
            return Ok(FindResult::Missing("no-such-thumbnail"));
        };
        let original = match self.readable_original(&version.key).await? {
            Ok(original) => original,
            Err(found) => return Ok(found),
        };
        if original.version != version {
            return Ok(FindResult::Missing("not-current"));
        }
        Ok(match self.render(&original, spec, invocation, line).await? {
            RenderResult::Found(found) => found,
            RenderResult::Superseded => FindResult::Missing("not-current"),
        })
    }

    /// Returns the current version of the photo at `key`, or the result for a photo that does not exist or is encrypted
    /// with SSE-C.
    async fn readable_original(&self, key: &str) -> Result<Result<Original, FindResult>, Failure> {
        match self.current_original(key).await {
            Err(Failure::Storage { error: error @ ServiceError::CustomerKey(_), .. }) => {
                Ok(Err(FindResult::Failed(error.reason().to_owned())))
            }
            original => Ok(original?.ok_or(NO_PHOTO)),
        }
    }

    /// Returns the current version of the photo at `key`.
    async fn current_original(&self, key: &str) -> Result<Option<Original>, Failure> {
        let head = self.originals_bucket.head(key).await.map_err(cannot("check the original"))?;
        Ok(head.map(|head| Original {
            bucket: self.originals_bucket.clone(),
            version: OriginalVersion::new(key, head.version_id(), head.e_tag()),
            size: head.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or(0),
        }))
    }

    /// Gets the stored thumbnail. Returns `None` if there is none or the bucket does not respond: the caller then
    /// renders it.
    async fn get_stored(&self, version: &OriginalVersion, spec: &PictureSpec) -> Option<FindResult> {
        let gets = spec.formats.iter().map(|format| async move {
            let key = version.thumbnail_key(&spec.preset.name, *format);
            let got = self.thumbnails.get_thumbnail(&key, MAX_PICTURE).await?;
            Ok::<_, ServiceError>(got.map(|stored| stored_result(stored, &key, *format)))
        });
        try_join_all(gets).await.ok()?.into_iter().flatten().next()
    }

    /// Renders the picture `spec` of `original`, if the version is still current and has not failed, and stores it.
    async fn render(
        &self,
        original: &Original,
        spec: &PictureSpec,
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<RenderResult, Failure> {
        let version = &original.version;
        line.bucket.clone_from(&original.bucket.name);
        line.key.clone_from(&version.key);
        line.version.clone_from(&version.version);
        let (failure_key, folder) = (version.failure_key(), version.folder());
        let is_counted = is_on_demand(&spec.preset.name);
        let recorded = async {
            match self.catalog.read::<FailureRecord>(&failure_key).await {
                Ok(Some(failure)) => Err(failure.reason),
                // If the catalog does not respond, rendering shows whether the photo fails.
                Ok(None) | Err(_) => Ok(()),
            }
        };
        let fetched = async { Ok::<_, String>(self.originals.fetch(original, invocation, line).await) };
        let names = async {
            Ok::<_, String>(if is_counted { self.thumbnails.list(&folder).await } else { Ok(Vec::new()) })
        };
        // All three calls run at the same time, because a failed photo is rare. A failure record ends the others.
        let (fetched, names) = match tokio::try_join!(recorded, fetched, names) {
            Ok(((), fetched, names)) => (fetched, names),
            Err(reason) => return Ok(RenderResult::Found(FindResult::Failed(reason))),
        };
        let presets = std::slice::from_ref(&spec.preset);
        let rendered = match fetched {
            Ok(Ok(fetched)) => self.originals.render(original, fetched, presets, invocation, line).await,
            Ok(Err(SkipReason::NotCurrent)) => return Ok(RenderResult::Superseded),
            Ok(Err(SkipReason::Folder)) => return Ok(RenderResult::Found(NO_PHOTO)),
            Err(failure) => Err(failure),
        };
        let thumbnail = match rendered.map(|made| made.rendered.thumbnails.into_iter().next()) {
            Ok(Some(thumbnail)) => thumbnail,
            Ok(None) => return Ok(RenderResult::Found(NO_PHOTO)),
            Err(failure) if failure.is_transient() => return Err(failure),
            Err(failure) => {
                log::add_failure(line, &failure);
                log::finish(line, invocation, Ok(Outcome::Failed));
                return Ok(RenderResult::Found(FindResult::Failed(failure.reason().to_owned())));
            }
        };
        if !spec.formats.contains(&thumbnail.format) {
            return Ok(RenderResult::Found(FindResult::Missing("no-such-thumbnail")));
        }
        let key = version.thumbnail_key(&spec.preset.name, thumbnail.format);
        // If the bucket does not list its thumbnails, the function does not store another one.
        let count = |names: Vec<String>| names.iter().filter(|name| is_on_demand(name)).count();
        let has_room = names.is_ok_and(|names| count(names) < MAX_ON_DEMAND);
        let is_large = thumbnail.bytes.len() as u64 > MAX_PICTURE;
        if has_room {
            let storing = std::time::Instant::now();
            let stored = self.store_thumbnail(original, &key, thumbnail.format, &thumbnail.bytes).await;
            log::add_step(line, "store", storing);
            match stored {
                Ok(CurrentVersion::Expected) => {}
                Ok(CurrentVersion::Other) => return Ok(RenderResult::Superseded),
                Ok(CurrentVersion::Missing) => return Ok(RenderResult::Found(NO_PHOTO)),
                Err(failure) if is_large => return Err(failure),
                // The picture is complete even if this check failed. The second check of a removal then finds the
                // thumbnail.
                Err(failure) => log::add_failure(line, &failure),
            }
        } else if is_large {
            return Ok(RenderResult::Found(FindResult::Failed("too-many-sizes".to_owned())));
        }
        log::finish(line, invocation, Ok(Outcome::Done));
        let content_type = thumbnail.format.content_type();
        let digest = Digest::of(&thumbnail.bytes);
        let picture = Picture { bytes: thumbnail.bytes, digest, content_type };
        Ok(RenderResult::Found(if is_large {
            FindResult::TooLarge(key)
        } else {
            FindResult::Picture(picture)
        }))
    }

    /// Stores one more thumbnail of `original` by the rules of the protocol, and returns which version is current
    /// afterwards.
    async fn store_thumbnail(
        &self,
        original: &Original,
        key: &str,
        format: ThumbnailFormat,
        bytes: &[u8],
    ) -> Result<CurrentVersion, Failure> {
        let Original { bucket, version, .. } = original;
        let rules = Rules {
            name_index: NameIndex::Ignored,
            keeps_outputs: self.keeps_outputs(),
            has_alt_text: false,
            sends_events: false,
        };
        let mut state = State::begin(Role::Add);
        let (mut current, mut unstored) = (CurrentVersion::Expected, None);
        while !matches!(state, State::End(_)) {
            let mut results = Vec::new();
            for call in state.calls(rules) {
                results.push(match call {
                    Call::PutOutputs => {
                        // A PUT without a response may have succeeded, so the check follows in any case.
                        let put = self
                            .thumbnails
                            .put_thumbnail(version, key, bytes, format.content_type(), Existing::Keep)
                            .await;
                        unstored = put.err();
                        CallResult::Ok
                    }
                    Call::HeadKey => {
                        current = match self.current_original(&version.key).await? {
                            Some(original) if original.version == *version => CurrentVersion::Expected,
                            Some(_) => CurrentVersion::Other,
                            None => CurrentVersion::Missing,
                        };
                        CallResult::Is(current == CurrentVersion::Expected)
                    }
                    Call::RequestSettle => {
                        let sent = self.queue.send(RequestKind::Settle, &bucket.name, version, 0).await;
                        sent.map_err(cannot("send a message"))?;
                        CallResult::Ok
                    }
                    // A worker with this role makes no other calls.
                    _ => CallResult::Is(false),
                });
            }
            state = state.next(rules, Role::Add, &results);
        }
        match unstored {
            Some(error) if current == CurrentVersion::Expected => Err(cannot("store a thumbnail")(error)),
            _ => Ok(current),
        }
    }
}

/// The current version of a key, compared with the expected version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CurrentVersion {
    Expected,
    Other,
    Missing,
}

/// Returns the result for the thumbnail `stored` at `key`.
fn stored_result(stored: StoredThumbnail, key: &str, format: ThumbnailFormat) -> FindResult {
    match stored {
        StoredThumbnail::Whole(bytes, digest) => {
            FindResult::Picture(Picture { bytes, digest, content_type: format.content_type() })
        }
        StoredThumbnail::TooLarge => FindResult::TooLarge(key.to_owned()),
    }
}
