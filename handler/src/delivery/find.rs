//! Finding a picture: a stored thumbnail, or one that is made of the original now.

use contract::delivery::{MAX_ON_DEMAND, Rendition, is_on_demand};
use contract::failure::FailureRecord;
use contract::key::{Digest, OriginalVersion};
use contract::log::{LogLine, Outcome};
use contract::preset::{Preset, PresetFormat, ThumbnailFormat};
use contract::request::RequestKind;
use futures::future::try_join_all;
use protocol::{Answer, Call, Role, Rules, State};

use super::Deliverer;
use crate::bucket::StoredThumbnail;
use crate::failure::{Failure, while_doing};
use crate::log;
use crate::message::Invocation;
use crate::original::{Original, Unmade};
use crate::service_error::ServiceError;

/// The largest picture that Lambda lets through: 6 MB of JSON, in which Base64 takes four bytes for three.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const MAX_PICTURE: u64 = 4_500_000;

/// How often the function begins again because the photo was overwritten.
const ATTEMPTS: u32 = 3;

/// What a request wants of a version.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// The preset that renders it. Its name and the format are the file name of the stored thumbnail.
    preset: Preset,
    /// The formats that it may have.
    formats: Vec<ThumbnailFormat>,
    /// Whether the function renders it if it is not stored.
    is_made: bool,
}

impl Wanted {
    pub(super) fn of_preset(preset: &Preset) -> Self {
        let formats = match preset.format {
            PresetFormat::Jpeg => vec![ThumbnailFormat::Jpeg],
            PresetFormat::Png => vec![ThumbnailFormat::Png],
            PresetFormat::Webp => vec![ThumbnailFormat::Webp],
            PresetFormat::Avif => vec![ThumbnailFormat::Avif],
            PresetFormat::Auto => vec![ThumbnailFormat::Jpeg, ThumbnailFormat::Webp],
        };
        Self { preset: preset.clone(), formats, is_made: true }
    }

    /// Returns the same in `format` alone, or `None` if it cannot have this format.
    pub(super) fn only(self, format: ThumbnailFormat) -> Option<Self> {
        self.formats.contains(&format).then(|| Self { formats: vec![format], ..self })
    }

    /// Returns the same, which the function does not render.
    pub(super) fn if_stored(self) -> Self {
        Self { is_made: false, ..self }
    }

    pub(super) fn of_rendition(rendition: &Rendition, format: ThumbnailFormat) -> Self {
        Self { preset: rendition.preset(format), formats: vec![format], is_made: true }
    }
}

/// A complete picture.
pub(super) struct Picture {
    pub(super) bytes: Vec<u8>,
    pub(super) digest: Digest,
    pub(super) content_type: &'static str,
}

/// What there is at an address.
pub(super) enum Found {
    /// A picture.
    Picture(Picture),
    /// A picture that Lambda does not let through, stored at this key of the thumbnails bucket.
    TooLarge(String),
    /// The photo cannot be rendered, for this reason.
    Failed(String),
    /// There is no such photo or version, or no longer.
    Missing(&'static str),
}

/// The photo is not there.
const NO_PHOTO: Found = Found::Missing("no-such-photo");

/// The result of rendering a picture.
enum Made {
    Found(Found),
    /// Another version is current now.
    Overtaken,
}

impl Deliverer {
    /// Returns what is `wanted` of the current version of the photo at `key`. One call tells the version, and one gets
    /// the stored thumbnail.
    pub(super) async fn find(
        &self,
        key: &str,
        wanted: &Wanted,
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<Found, Failure> {
        for _ in 0..ATTEMPTS {
            let Some(original) = self.current_of(key).await? else { return Ok(NO_PHOTO) };
            if let Some(stored) = self.stored(&original.version, wanted).await {
                return Ok(stored);
            }
            match self.make(&original, wanted, invocation, line).await? {
                Made::Found(found) => return Ok(found),
                Made::Overtaken => {}
            }
        }
        let refusal = ServiceError::Unavailable("it is overwritten again and again".to_owned());
        Err(while_doing("find a version that stays")(refusal))
    }

    /// Returns the thumbnail at the key `thumbnail`, or renders it if the key tells its `version`.
    pub(super) async fn find_thumbnail(
        &self,
        thumbnail: &str,
        version: Option<OriginalVersion>,
        wanted: &Wanted,
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<Found, Failure> {
        let format = wanted.formats.first().copied().unwrap_or(ThumbnailFormat::Webp);
        let got = self.thumbnails.get_thumbnail(thumbnail, MAX_PICTURE).await;
        match got.map(|got| got.map(|stored| found(stored, thumbnail, format))) {
            Ok(Some(stored)) => return Ok(stored),
            Ok(None) => {}
            Err(refusal) if !wanted.is_made => return Err(while_doing("get a thumbnail")(refusal)),
            Err(_) => {}
        }
        let Some(version) = version.filter(|_| wanted.is_made) else {
            return Ok(Found::Missing("no-such-thumbnail"));
        };
        let Some(original) = self.current_of(&version.key).await? else { return Ok(NO_PHOTO) };
        if original.version != version {
            return Ok(Found::Missing("not-current"));
        }
        Ok(match self.make(&original, wanted, invocation, line).await? {
            Made::Found(found) => found,
            Made::Overtaken => Found::Missing("not-current"),
        })
    }

    /// Returns the current version of the photo at `key`.
    async fn current_of(&self, key: &str) -> Result<Option<Original>, Failure> {
        let head = self.photos.head(key).await.map_err(while_doing("look at the original"))?;
        Ok(head.map(|head| Original {
            bucket: self.photos.clone(),
            version: OriginalVersion::new(key, head.version_id(), head.e_tag()),
            size: head.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or(0),
        }))
    }

    /// Returns the stored thumbnail, or `None` if there is none or the bucket does not answer: the caller then renders it.
    async fn stored(&self, version: &OriginalVersion, wanted: &Wanted) -> Option<Found> {
        let gets = wanted.formats.iter().map(|format| async move {
            let key = version.thumbnail_key(&wanted.preset.name, *format);
            let got = self.thumbnails.get_thumbnail(&key, MAX_PICTURE).await?;
            Ok::<_, ServiceError>(got.map(|stored| found(stored, &key, *format)))
        });
        try_join_all(gets).await.ok()?.into_iter().flatten().next()
    }

    /// Renders what is `wanted` of `original`, if that is still current and has not failed, and stores it.
    async fn make(
        &self,
        original: &Original,
        wanted: &Wanted,
        invocation: &Invocation,
        line: &mut LogLine,
    ) -> Result<Made, Failure> {
        let version = &original.version;
        line.bucket.clone_from(&original.bucket.name);
        line.key.clone_from(&version.key);
        line.version.clone_from(&version.version);
        let (failure_key, folder) = (version.failure_key(), version.folder());
        let is_counted = is_on_demand(&wanted.preset.name);
        let names = async { if is_counted { self.thumbnails.list(&folder).await } else { Ok(Vec::new()) } };
        // All three at the same time: a failed photo is rare.
        let (failure, fetched, names) = tokio::join!(
            self.catalog.read::<FailureRecord>(&failure_key),
            self.originals.fetch(original, invocation, line),
            names,
        );
        // If the catalog does not answer, rendering shows whether the photo fails.
        if let Ok(Some(failure)) = failure {
            return Ok(Made::Found(Found::Failed(failure.reason)));
        }
        let presets = std::slice::from_ref(&wanted.preset);
        let rendered = match fetched {
            Ok(Ok(fetched)) => self.originals.render(original, fetched, presets, invocation, line).await,
            Ok(Err(Unmade::NotCurrent)) => return Ok(Made::Overtaken),
            Ok(Err(Unmade::Folder)) => return Ok(Made::Found(NO_PHOTO)),
            Err(failure) => Err(failure),
        };
        let thumbnail = match rendered.map(|made| made.rendered.thumbnails.into_iter().next()) {
            Ok(Some(thumbnail)) => thumbnail,
            Ok(None) => return Ok(Made::Found(NO_PHOTO)),
            Err(failure) if failure.is_transient() => return Err(failure),
            Err(failure) => {
                log::explain(line, &failure);
                log::end(line, invocation, Ok(Outcome::Failed));
                return Ok(Made::Found(Found::Failed(failure.reason().to_owned())));
            }
        };
        if !wanted.formats.contains(&thumbnail.format) {
            return Ok(Made::Found(Found::Missing("no-such-thumbnail")));
        }
        let key = version.thumbnail_key(&wanted.preset.name, thumbnail.format);
        // If the bucket does not tell how many there are, the thumbnail is not stored.
        let count = |names: Vec<String>| names.iter().filter(|name| is_on_demand(name)).count();
        let has_room = names.is_ok_and(|names| count(names) < MAX_ON_DEMAND);
        let is_large = thumbnail.bytes.len() as u64 > MAX_PICTURE;
        if has_room {
            let storing = std::time::Instant::now();
            let stored = self.store(original, &key, thumbnail.format, &thumbnail.bytes).await;
            log::step(line, "store", storing);
            match stored {
                Ok(Current::ThisOne) => {}
                Ok(Current::Another) => return Ok(Made::Overtaken),
                Ok(Current::Nothing) => return Ok(Made::Found(NO_PHOTO)),
                Err(failure) if is_large => return Err(failure),
                // The picture is complete. If the check failed, the second check of a removal finds the thumbnail.
                Err(failure) => log::explain(line, &failure),
            }
        } else if is_large {
            return Ok(Made::Found(Found::Failed("too-many-sizes".to_owned())));
        }
        log::end(line, invocation, Ok(Outcome::Done));
        let content_type = thumbnail.format.content_type();
        let digest = Digest::of(&thumbnail.bytes);
        let picture = Picture { bytes: thumbnail.bytes, digest, content_type };
        Ok(Made::Found(if is_large { Found::TooLarge(key) } else { Found::Picture(picture) }))
    }

    /// Stores one more thumbnail of `original` by the rules of the protocol, and returns which version is current then.
    async fn store(
        &self,
        original: &Original,
        key: &str,
        format: ThumbnailFormat,
        bytes: &[u8],
    ) -> Result<Current, Failure> {
        let Original { bucket, version, .. } = original;
        let rules = Rules { indexed: false, keeps: self.keeps(), described: false, announced: false };
        let mut state = State::begin(Role::Add);
        let (mut current, mut unstored) = (Current::ThisOne, None);
        while !matches!(state, State::End(_)) {
            let mut answers = Vec::new();
            for call in state.calls(rules) {
                answers.push(match call {
                    Call::PutOutputs => {
                        // A PUT without an answer may have succeeded, so the check follows in any case.
                        let put =
                            self.thumbnails.add_thumbnail(version, key, bytes, format.content_type()).await;
                        unstored = put.err();
                        Answer::Ok
                    }
                    Call::HeadKey => {
                        current = match self.current_of(&version.key).await? {
                            Some(original) if original.version == *version => Current::ThisOne,
                            Some(_) => Current::Another,
                            None => Current::Nothing,
                        };
                        Answer::Is(current == Current::ThisOne)
                    }
                    Call::Send => {
                        let sent = self.queue.send(RequestKind::Settle, &bucket.name, version, 0).await;
                        sent.map_err(while_doing("send a message"))?;
                        Answer::Ok
                    }
                    // No other call is one of this role.
                    _ => Answer::Is(false),
                });
            }
            state = state.next(rules, Role::Add, &answers);
        }
        match unstored {
            Some(refusal) if current == Current::ThisOne => Err(while_doing("store a thumbnail")(refusal)),
            _ => Ok(current),
        }
    }
}

/// Which version of a key is current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Current {
    ThisOne,
    Another,
    Nothing,
}

/// Returns what a client gets of the thumbnail `stored` at `key`.
fn found(stored: StoredThumbnail, key: &str, format: ThumbnailFormat) -> Found {
    match stored {
        StoredThumbnail::Whole(bytes, digest) => {
            Found::Picture(Picture { bytes, digest, content_type: format.content_type() })
        }
        StoredThumbnail::TooLarge => Found::TooLarge(key.to_owned()),
    }
}
