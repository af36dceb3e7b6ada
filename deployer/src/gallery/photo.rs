//! A photo in the gallery: its state and its alt text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use contract::alt_text::AltText;
use contract::failure::FailureRecord;
use contract::key::{Digest, OriginalVersion, escape, file_name_of};
use contract::manifest::Manifest;
use futures::stream::StreamExt as _;
use time::OffsetDateTime;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::gallery::paging::PagedPhoto;
use crate::photos::{PhotoStore, State};
use crate::s3::versions;

/// How many photos are remembered.
const MAX_KNOWN: usize = 10_000;

/// How long an alt text stays in the cache: the model or another user may write a new one.
const ALT_TEXT_BELIEVED: Duration = Duration::from_secs(20);

/// How long a photo that was sent again counts as in flight while its old failure record exists.
const REPLAY_TAKES: time::Duration = time::Duration::minutes(2);

/// How long a photo may be without a record before it can be sent again, in seconds.
pub(crate) const USUAL_SECONDS: i64 = 60;

/// A photo.
#[derive(Clone, Debug)]
pub(crate) struct Photo {
    pub(crate) original: OriginalVersion,
    /// Its size, in bytes.
    pub(crate) bytes: u64,
    pub(crate) last_modified: OffsetDateTime,
    pub(crate) stage: Stage,
    /// What its URLs begin with, or `None` if the stack does not deliver photos.
    pub(crate) delivery: Option<Arc<str>>,
}

/// The state of a photo.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// It has its thumbnails.
    Done { manifest: Arc<Manifest>, alt: Alt },
    /// It cannot have thumbnails.
    Failed { reason: String, message: String },
    /// There is no record of it yet.
    InFlight,
    /// Its record cannot be read.
    Unknown { why: String },
}

/// The state of the alt text of a photo in the first language.
#[derive(Clone, Debug)]
pub(crate) enum Alt {
    /// It has a record, which may be rejected.
    Written(AltText),
    /// The model failed permanently.
    Failed { reason: String, message: String },
    /// The model has not written it yet.
    Expected,
    /// There is none, and no model will write one.
    None,
}

/// The alt-text settings of the stack.
#[derive(Clone, Debug)]
pub(crate) struct AltTexts {
    /// The language that is shown in lists, as a BCP 47 tag.
    pub(crate) language: String,
    /// Whether a model writes them.
    pub(crate) by_model: bool,
}

/// A cache of photos, so that another view of a page sends few requests.
#[derive(Default)]
pub(crate) struct Memory {
    known: Mutex<HashMap<OriginalVersion, Known>>,
    /// When what was sent again.
    replayed: Mutex<HashMap<OriginalVersion, OffsetDateTime>>,
    /// What the URLs of photos begin with, or `None` if the stack does not deliver photos.
    pub(crate) delivery: Option<Arc<str>>,
}

#[derive(Clone)]
struct Known {
    manifest: Arc<Manifest>,
    alt: Alt,
    until: Instant,
}

impl Photo {
    /// Returns its element ID on a page.
    pub(crate) fn id(&self) -> String {
        id(&self.original)
    }

    /// Returns its file name.
    pub(crate) fn name(&self) -> String {
        file_name_of(&self.original.key)
    }
}

/// Returns an ID for `original` from its digest.
pub(crate) fn id(original: &OriginalVersion) -> String {
    let digest = Digest::of(format!("{}\0{}", original.key, original.version).as_bytes());
    format!("p{}", &digest.as_str()[..16])
}

impl Memory {
    /// Returns an empty cache of photos whose URLs begin with `delivery`.
    pub(crate) fn new(delivery: Option<Arc<str>>) -> Self {
        Self { delivery, ..Self::default() }
    }

    /// Reads the state of `listed`. Returns `None` if it marks a folder.
    pub(crate) async fn load_state(
        &self,
        catalog: &PhotoStore<'_>,
        listed: PagedPhoto,
        texts: &AltTexts,
    ) -> Option<Photo> {
        let (original, bytes, last_modified, manifest) = match listed {
            PagedPhoto::Version(version) => (version.original(), version.bytes, version.last_modified, None),
            PagedPhoto::Done(manifest) => {
                let facts = &manifest.original;
                (manifest.version(), facts.bytes, facts.last_modified, Some(Arc::from(manifest)))
            }
        };
        let stage = self.stage(catalog, &original, manifest, texts).await;
        let stage = stage.unwrap_or_else(|error| Stage::Unknown { why: error.message });
        let is_folder = matches!(stage, Stage::InFlight)
            && catalog.is_folder(&original.key, bytes).await.unwrap_or(false);
        (!is_folder).then_some(Photo {
            original,
            bytes,
            last_modified,
            stage,
            delivery: self.delivery.clone(),
        })
    }

    /// Returns the current photo at `key`, or `None` if it does not exist.
    pub(crate) async fn find(
        &self,
        catalog: &PhotoStore<'_>,
        key: &str,
        texts: &AltTexts,
    ) -> Result<Option<Photo>, CommandError> {
        let mut pages = versions::pages(catalog.s3, catalog.originals, key, None);
        // The key itself comes before all that it is the beginning of, its newest version before all others.
        let first = pages.next().await.transpose();
        let first = first.map_err(|error| aws_error(format_args!("check for `{}`", escape(key)), &*error))?;
        let version =
            first.unwrap_or_default().into_iter().find(|version| version.key == key && version.is_there());
        match version {
            Some(version) => Ok(self.load_state(catalog, PagedPhoto::Version(version), texts).await),
            None => Ok(None),
        }
    }

    async fn stage(
        &self,
        catalog: &PhotoStore<'_>,
        original: &OriginalVersion,
        manifest: Option<Arc<Manifest>>,
        texts: &AltTexts,
    ) -> Result<Stage, CommandError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(original).cloned();
        if let Some(Known { manifest, alt, until }) = &known
            && Instant::now() < *until
        {
            return Ok(Stage::Done { manifest: Arc::clone(manifest), alt: alt.clone() });
        }
        let manifest = match manifest.or(known.map(|known| known.manifest)) {
            Some(manifest) => manifest,
            None => match catalog.state(original).await? {
                State::Done(manifest) => Arc::from(manifest),
                State::Waiting => return Ok(Stage::InFlight),
                State::Failed(failure) if self.is_replayed(original, &failure) => return Ok(Stage::InFlight),
                State::Failed(failure) => {
                    let FailureRecord { reason, message, .. } = *failure;
                    return Ok(Stage::Failed { reason, message });
                }
            },
        };
        let alt = self.alt(catalog, original, texts).await?;
        let believed = if matches!(alt, Alt::Expected) { Duration::ZERO } else { ALT_TEXT_BELIEVED };
        let learnt =
            Known { manifest: Arc::clone(&manifest), alt: alt.clone(), until: Instant::now() + believed };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(original.clone(), learnt);
        Ok(Stage::Done { manifest, alt })
    }

    async fn alt(
        &self,
        catalog: &PhotoStore<'_>,
        original: &OriginalVersion,
        texts: &AltTexts,
    ) -> Result<Alt, CommandError> {
        if let Some(text) = catalog.record::<AltText>(&original.alt_text_key(&texts.language)).await? {
            return Ok(Alt::Written(text));
        }
        if !texts.by_model {
            return Ok(Alt::None);
        }
        let failure = catalog.record::<FailureRecord>(&original.alt_text_failure_key()).await?;
        Ok(match failure {
            Some(failure) if self.is_replayed(original, &failure) => Alt::Expected,
            Some(FailureRecord { reason, message, .. }) => Alt::Failed { reason, message },
            None => Alt::Expected,
        })
    }

    /// Removes `original` from the cache.
    pub(crate) fn forget(&self, original: &OriginalVersion) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(original);
    }

    /// Records that `original` was sent again.
    pub(crate) fn sent_again(&self, original: &OriginalVersion) {
        self.forget(original);
        let now = OffsetDateTime::now_utc();
        let mut replayed = self.replayed.lock().unwrap_or_else(PoisonError::into_inner);
        replayed.retain(|_, sent| now - *sent < REPLAY_TAKES);
        replayed.insert(original.clone(), now);
    }

    /// Returns whether `original` was sent again after `failure` and has no newer result yet.
    fn is_replayed(&self, original: &OriginalVersion, failure: &FailureRecord) -> bool {
        let replayed = self.replayed.lock().unwrap_or_else(PoisonError::into_inner);
        replayed
            .get(original)
            .is_some_and(|sent| *sent > failure.failed_at && OffsetDateTime::now_utc() - *sent < REPLAY_TAKES)
    }
}
