//! The photos: the originals, and their thumbnails and records.

mod alt_text;
pub(crate) mod audit;
pub(crate) mod derived;
pub(crate) mod diagnosis;
mod names;
pub(crate) mod resolve;

use aws_sdk_s3::types::EncodingType;
use contract::failure::FailureRecord;
use contract::folder::is_folder;
use contract::key::{OriginalVersion, escape};
use contract::manifest::Manifest;
use futures::stream::{self, Stream, TryStreamExt as _};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::s3::objects::{current_version, head_object, to_time};
use crate::s3::versions::{self, KeyRange, Version};
use crate::stack::Stack;

/// The buckets of one stack and the objects in them.
pub(crate) struct PhotoStore<'a> {
    pub(crate) s3: &'a aws_sdk_s3::Client,
    pub(crate) originals: &'a str,
    pub(crate) thumbnails: &'a str,
    pub(crate) catalog: &'a str,
    /// Whether photos can be found by their names.
    pub(crate) has_name_index: bool,
}

/// The state of one version of an original.
#[derive(Clone, Debug)]
pub(crate) enum PhotoState {
    /// It has its thumbnails.
    Done(Box<Manifest>),
    /// It failed permanently, for this reason.
    Failed(Box<FailureRecord>),
    /// It has no record: either a message is in flight, or it is lost.
    Waiting,
}

/// The content of a folder.
pub(crate) struct FolderContent {
    /// Whether it contains objects besides folders.
    pub(crate) has_objects: bool,
    pub(crate) folders: Vec<String>,
}

/// An object in a listing.
#[derive(Clone, Debug)]
pub(crate) struct ListedObject {
    pub(crate) key: String,
    /// The time of its last write.
    pub(crate) written: OffsetDateTime,
}

/// How many pages of a listing are read for the folders under a prefix.
const MAX_FOLDER_PAGES: usize = 20;

impl ListedObject {
    fn new(object: &aws_sdk_s3::types::Object, encoding: Option<&EncodingType>) -> Self {
        let key = versions::decode_key(object.key().unwrap_or_default(), encoding);
        Self { key, written: to_time(object.last_modified()) }
    }
}

impl<'a> PhotoStore<'a> {
    /// Opens the buckets of a deployed stack.
    pub(crate) async fn open(stack: &'a Stack) -> Result<Self, CommandError> {
        let outputs = stack.outputs().await?;
        Ok(Self {
            s3: stack.aws.s3(),
            originals: outputs.originals_bucket()?,
            thumbnails: outputs.thumbnails_bucket()?,
            catalog: outputs.catalog_bucket()?,
            has_name_index: outputs.has_name_index(),
        })
    }

    /// Returns the current version of the original at `key`, or `None` if it does not exist.
    pub(crate) async fn original(&self, key: &str) -> Result<Option<OriginalVersion>, CommandError> {
        // S3 limits keys to 1,024 bytes and rejects requests for longer ones.
        if key.is_empty() || key.len() > 1024 {
            return Ok(None);
        }
        current_version(self.s3, self.originals, key).await
    }

    /// Returns the state of `original`.
    pub(crate) async fn state(&self, original: &OriginalVersion) -> Result<PhotoState, CommandError> {
        if let Some(manifest) = self.manifest(original).await? {
            return Ok(PhotoState::Done(Box::new(manifest)));
        }
        let failure = self.record(&original.failure_key()).await?;
        Ok(failure.map_or(PhotoState::Waiting, |found| PhotoState::Failed(Box::new(found))))
    }

    /// Returns the manifest of `original`, or `None` if it has none.
    pub(crate) async fn manifest(
        &self,
        original: &OriginalVersion,
    ) -> Result<Option<Manifest>, CommandError> {
        self.record(&original.done_key()).await
    }

    /// Returns whether `original` is the current version of its key.
    pub(crate) async fn is_current(&self, original: &OriginalVersion) -> Result<bool, CommandError> {
        Ok(self.original(&original.key).await?.as_ref() == Some(original))
    }

    /// Returns whether the original is an empty object that marks a folder, by its key or its content type.
    pub(crate) async fn is_folder(&self, key: &str, bytes: u64) -> Result<bool, CommandError> {
        // The content type matters only for an empty object.
        let head = if bytes == 0 { head_object(self.s3, self.originals, key).await? } else { None };
        Ok(is_folder(key, bytes, head.as_ref().and_then(|head| head.content_type())))
    }

    /// Returns whether the catalog has a record at `key`.
    pub(crate) async fn has_record(&self, key: &str) -> Result<bool, CommandError> {
        Ok(current_version(self.s3, self.catalog, key).await?.is_some())
    }

    /// Returns the time of the last write of the record at `key`, or `None` if it does not exist.
    pub(crate) async fn written_at(&self, key: &str) -> Result<Option<OffsetDateTime>, CommandError> {
        Ok(head_object(self.s3, self.catalog, key).await?.map(|head| to_time(head.last_modified())))
    }

    /// Returns the versions of the originals under `prefix`, page by page, in the order of [`versions::pages`].
    pub(crate) fn original_pages<'s>(
        &'s self,
        prefix: &'s str,
    ) -> impl Stream<Item = Result<Vec<Version>, CommandError>> + Unpin + 's {
        versions::pages(self.s3, self.originals, prefix, None)
            .map_err(move |error| aws_error(format_args!("list `{}`", escape(prefix)), &*error))
    }

    /// Returns the versions of the object at `key`, including delete markers, the latest first.
    pub(crate) async fn versions_of(&self, key: &str) -> Result<Vec<Version>, CommandError> {
        let mut versions = Vec::new();
        let mut pages = self.original_pages(key);
        while let Some(page) = pages.try_next().await? {
            // The key itself precedes all keys that start with it.
            let has_others = page.last().is_some_and(|last| last.key != key);
            versions.extend(page.into_iter().filter(|version| version.key == key));
            if has_others {
                break;
            }
        }
        versions.sort_by_key(|version| (!version.is_latest, std::cmp::Reverse(version.last_modified)));
        Ok(versions)
    }

    /// Returns the keys of the records under `prefix` in the catalog.
    pub(crate) async fn records_under(&self, prefix: &str) -> Result<Vec<String>, CommandError> {
        self.record_pages(prefix, KeyRange::default()).try_concat().await
    }

    /// Returns the keys of the records under `prefix` in a `range`, page by page.
    pub(crate) fn record_pages(
        &self,
        prefix: &str,
        range: KeyRange,
    ) -> impl Stream<Item = Result<Vec<String>, CommandError>> + use<> {
        self.object_pages(self.catalog, prefix, range)
            .map_ok(|page| page.into_iter().map(|object| object.key).collect())
    }

    /// Returns the objects under `prefix` in `bucket` in a `range`, page by page, in key order.
    pub(crate) fn object_pages(
        &self,
        bucket: &str,
        prefix: &str,
        range: KeyRange,
    ) -> impl Stream<Item = Result<Vec<ListedObject>, CommandError>> + use<> {
        let KeyRange { after, until } = range;
        let listing = self.s3.list_objects_v2().bucket(bucket).prefix(prefix).set_start_after(after);
        let pages = listing.encoding_type(EncodingType::Url).into_paginator().send();
        let what = format!("list `{}` in the bucket `{bucket}`", escape(prefix));
        stream::try_unfold(Some((pages, until, what)), |next| async {
            let Some((mut pages, until, what)) = next else { return Ok(None) };
            let Some(page) = pages.next().await else { return Ok(None) };
            let page = page.map_err(|error| aws_error(&what, &error))?;
            let encoding = page.encoding_type();
            let mut objects: Vec<ListedObject> =
                page.contents().iter().map(|object| ListedObject::new(object, encoding)).collect();
            let count = objects.len();
            objects.retain(|object| until.as_ref().is_none_or(|until| object.key <= *until));
            let is_over = objects.len() < count;
            Ok(Some((objects, (!is_over).then_some((pages, until, what)))))
        })
    }

    /// Returns the first key under `prefix` in `bucket`, or `None` if there is none.
    pub(crate) async fn first_key(&self, bucket: &str, prefix: &str) -> Result<Option<String>, CommandError> {
        let listing = self.s3.list_objects_v2().bucket(bucket).prefix(prefix).max_keys(1);
        let listed = listing.encoding_type(EncodingType::Url).send().await;
        let listed = listed.map_err(|error| {
            aws_error(format_args!("list `{}` in the bucket `{bucket}`", escape(prefix)), &error)
        })?;
        let first = listed.contents().first().and_then(|object| object.key());
        Ok(first.map(|key| versions::decode_key(key, listed.encoding_type())))
    }

    /// Returns the content of the folder `prefix` in the originals bucket, from the first [`MAX_FOLDER_PAGES`] pages.
    pub(crate) async fn list_folder(&self, prefix: &str) -> Result<FolderContent, CommandError> {
        let listing = self.s3.list_objects_v2().bucket(self.originals).prefix(prefix).delimiter("/");
        let mut pages = listing.encoding_type(EncodingType::Url).into_paginator().send();
        let mut found = FolderContent { has_objects: false, folders: Vec::new() };
        for _ in 0..MAX_FOLDER_PAGES {
            let Some(page) = pages.next().await else { break };
            let page = page.map_err(|error| aws_error(format_args!("list `{}`", escape(prefix)), &error))?;
            found.has_objects |= !page.contents().is_empty();
            let folders = page.common_prefixes().iter().filter_map(|folder| folder.prefix());
            found.folders.extend(folders.map(|folder| versions::decode_key(folder, page.encoding_type())));
        }
        Ok(found)
    }

    /// Deletes the record at `key` from the catalog.
    pub(crate) async fn delete_record(&self, key: &str) -> Result<(), CommandError> {
        let sent = self.s3.delete_object().bucket(self.catalog).key(key).send().await;
        sent.map(|_| ())
            .map_err(|error| aws_error(format_args!("delete the record `{}`", escape(key)), &error))
    }

    /// Returns the record at `key` in the catalog, or `None` if it does not exist.
    pub(crate) async fn record<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, CommandError> {
        let what = || format!("read the record `{}`", escape(key));
        let object = match self.s3.get_object().bucket(self.catalog).key(key).send().await {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => {
                return Ok(None);
            }
            Err(error) => return Err(aws_error(what(), &error)),
        };
        let bytes = object
            .body
            .collect()
            .await
            .map_err(|error| CommandError::failed(format!("cannot {}: {error}", what())))?
            .into_bytes();
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            CommandError::failed(format!("cannot {}: {error}", what()))
                .hint("a newer version may have written it: update the deployer")
        })
    }
}

/// Returns the items of `pages` one by one.
pub(crate) fn flatten_pages<T>(
    pages: impl Stream<Item = Result<Vec<T>, CommandError>>,
) -> impl Stream<Item = Result<T, CommandError>> {
    pages.map_ok(|page| stream::iter(page.into_iter().map(Ok))).try_flatten()
}
