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
use crate::gallery::paging::ListedPhoto;
use crate::photos::{PhotoState, PhotoStore};
use crate::s3::versions;

/// The maximum number of cached photos.
const MAX_CACHED: usize = 10_000;

/// How long an alt text stays in the cache: the model or another user may write a new one.
const ALT_TEXT_LIFETIME: Duration = Duration::from_secs(20);

/// How long a photo that was sent again counts as in flight while its old failure record exists.
const REPLAY_TIME: time::Duration = time::Duration::minutes(2);

/// How long a photo may be without a record before it can be sent again, in seconds.
pub(crate) const SLOW_AFTER_SECONDS: i64 = 60;

/// A photo.
#[derive(Clone, Debug)]
pub(crate) struct GalleryPhoto {
    pub(crate) original: OriginalVersion,
    /// Its size, in bytes.
    pub(crate) bytes: u64,
    pub(crate) last_modified: OffsetDateTime,
    pub(crate) stage: PhotoStage,
    /// What its URLs begin with, or `None` if the stack does not deliver thumbnails.
    pub(crate) delivery: Option<Arc<str>>,
}

/// The state of a photo.
#[derive(Clone, Debug)]
pub(crate) enum PhotoStage {
    /// It has its thumbnails.
    Done { manifest: Arc<Manifest>, alt: AltState },
    /// It cannot have thumbnails.
    Failed { reason: String, message: String },
    /// It has no record yet.
    InFlight,
    /// Its record cannot be read.
    Unknown { why: String },
}

/// The state of the alt text of a photo in the first language.
#[derive(Clone, Debug)]
pub(crate) enum AltState {
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
pub(crate) struct AltTextOptions {
    /// The language that is shown in lists, as a BCP 47 tag.
    pub(crate) language: String,
    /// Whether a model writes them.
    pub(crate) by_model: bool,
}

/// A cache of photos, so that another view of a page sends few requests.
#[derive(Default)]
pub(crate) struct PhotoCache {
    cached: Mutex<HashMap<OriginalVersion, CachedPhoto>>,
    /// When each version was sent again.
    replayed: Mutex<HashMap<OriginalVersion, OffsetDateTime>>,
    /// The base URL of the thumbnails, or `None` if the stack does not deliver thumbnails.
    pub(crate) delivery: Option<Arc<str>>,
}

#[derive(Clone)]
struct CachedPhoto {
    manifest: Arc<Manifest>,
    alt: AltState,
    until: Instant,
}

impl GalleryPhoto {
    /// Returns its element ID on a page.
    pub(crate) fn id(&self) -> String {
        element_id(&self.original)
    }

    /// Returns its file name.
    pub(crate) fn name(&self) -> String {
        file_name_of(&self.original.key)
    }
}

/// Returns an ID for `original` from its digest.
pub(crate) fn element_id(original: &OriginalVersion) -> String {
    let digest = Digest::of(format!("{}\0{}", original.key, original.version).as_bytes());
    format!("p{}", &digest.as_str()[..16])
}

impl PhotoCache {
    /// Returns an empty cache of photos whose URLs begin with `delivery`.
    pub(crate) fn new(delivery: Option<Arc<str>>) -> Self {
        Self { delivery, ..Self::default() }
    }

    /// Reads the state of `listed`. Returns `None` if it marks a folder.
    pub(crate) async fn load_state(
        &self,
        store: &PhotoStore<'_>,
        listed: ListedPhoto,
        options: &AltTextOptions,
    ) -> Option<GalleryPhoto> {
        let (original, bytes, last_modified, manifest) = match listed {
            ListedPhoto::Version(version) => (version.original(), version.bytes, version.last_modified, None),
            ListedPhoto::Done(manifest) => {
                let facts = &manifest.original;
                (manifest.version(), facts.bytes, facts.last_modified, Some(Arc::from(manifest)))
            }
        };
        let stage = self.read_stage(store, &original, manifest, options).await;
        let stage = stage.unwrap_or_else(|error| PhotoStage::Unknown { why: error.message });
        let is_folder = matches!(stage, PhotoStage::InFlight)
            && store.is_folder(&original.key, bytes).await.unwrap_or(false);
        (!is_folder).then_some(GalleryPhoto {
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
        store: &PhotoStore<'_>,
        key: &str,
        options: &AltTextOptions,
    ) -> Result<Option<GalleryPhoto>, CommandError> {
        let mut pages = versions::pages(store.s3, store.originals, key, None);
        // The key itself precedes longer keys that start with it, and its newest version comes first.
        let first = pages.next().await.transpose();
        let first = first.map_err(|error| aws_error(format_args!("check for `{}`", escape(key)), &*error))?;
        let version = first
            .unwrap_or_default()
            .into_iter()
            .find(|version| version.key == key && version.is_current_photo());
        match version {
            Some(version) => Ok(self.load_state(store, ListedPhoto::Version(version), options).await),
            None => Ok(None),
        }
    }

    async fn read_stage(
        &self,
        store: &PhotoStore<'_>,
        original: &OriginalVersion,
        manifest: Option<Arc<Manifest>>,
        options: &AltTextOptions,
    ) -> Result<PhotoStage, CommandError> {
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner).get(original).cloned();
        if let Some(CachedPhoto { manifest, alt, until }) = &cached
            && Instant::now() < *until
        {
            return Ok(PhotoStage::Done { manifest: Arc::clone(manifest), alt: alt.clone() });
        }
        let manifest = match manifest.or(cached.map(|cached| cached.manifest)) {
            Some(manifest) => manifest,
            None => match store.state(original).await? {
                PhotoState::Done(manifest) => Arc::from(manifest),
                PhotoState::Waiting => return Ok(PhotoStage::InFlight),
                PhotoState::Failed(failure) if self.is_replayed(original, &failure) => {
                    return Ok(PhotoStage::InFlight);
                }
                PhotoState::Failed(failure) => {
                    let FailureRecord { reason, message, .. } = *failure;
                    return Ok(PhotoStage::Failed { reason, message });
                }
            },
        };
        let alt = self.read_alt(store, original, options).await?;
        let lifetime = if matches!(alt, AltState::Expected) { Duration::ZERO } else { ALT_TEXT_LIFETIME };
        let entry = CachedPhoto {
            manifest: Arc::clone(&manifest),
            alt: alt.clone(),
            until: Instant::now() + lifetime,
        };
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.len() >= MAX_CACHED {
            cached.clear();
        }
        cached.insert(original.clone(), entry);
        Ok(PhotoStage::Done { manifest, alt })
    }

    async fn read_alt(
        &self,
        store: &PhotoStore<'_>,
        original: &OriginalVersion,
        options: &AltTextOptions,
    ) -> Result<AltState, CommandError> {
        if let Some(text) = store.record::<AltText>(&original.alt_text_key(&options.language)).await? {
            return Ok(AltState::Written(text));
        }
        if !options.by_model {
            return Ok(AltState::None);
        }
        let failure = store.record::<FailureRecord>(&original.alt_text_failure_key()).await?;
        Ok(match failure {
            Some(failure) if self.is_replayed(original, &failure) => AltState::Expected,
            Some(FailureRecord { reason, message, .. }) => AltState::Failed { reason, message },
            None => AltState::Expected,
        })
    }

    /// Removes `original` from the cache.
    pub(crate) fn forget(&self, original: &OriginalVersion) {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner).remove(original);
    }

    /// Records that `original` was sent again.
    pub(crate) fn mark_replayed(&self, original: &OriginalVersion) {
        self.forget(original);
        let now = OffsetDateTime::now_utc();
        let mut replayed = self.replayed.lock().unwrap_or_else(PoisonError::into_inner);
        replayed.retain(|_, sent| now - *sent < REPLAY_TIME);
        replayed.insert(original.clone(), now);
    }

    /// Returns whether `original` was sent again after `failure` and has no newer result yet.
    fn is_replayed(&self, original: &OriginalVersion, failure: &FailureRecord) -> bool {
        let replayed = self.replayed.lock().unwrap_or_else(PoisonError::into_inner);
        replayed
            .get(original)
            .is_some_and(|sent| *sent > failure.failed_at && OffsetDateTime::now_utc() - *sent < REPLAY_TIME)
    }
}
