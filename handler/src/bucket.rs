//! A bucket: the few calls we make to one, each answered with a [`ServiceError`] at worst.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::key::{Digest, KEY_METADATA, OriginalVersion};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::service_error::ServiceError;

/// One bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub(crate) s3: Client,
    pub(crate) name: String,
}

/// A stored thumbnail.
#[derive(Debug)]
pub(crate) enum StoredThumbnail {
    /// Its bytes, which have this digest.
    Whole(Vec<u8>, Digest),
    /// It is larger than the caller can use.
    TooLarge,
}

/// How often a thumbnail is read that arrives incomplete.
const READS: u32 = 3;

/// How a stored object is described.
#[derive(Debug)]
struct Described {
    content_type: &'static str,
    cache_control: Option<&'static str>,
    digest: Option<Digest>,
    /// The version that it is derived from, if its key does not tell it.
    original: Option<OriginalVersion>,
}

impl Described {
    fn thumbnail(original: &OriginalVersion, bytes: &[u8], content_type: &'static str) -> Self {
        let (digest, original) = (Some(Digest::of(bytes)), untold(original));
        Self { content_type, cache_control: Some(IMMUTABLE), digest, original }
    }
}

/// A record.
const JSON: Described =
    Described { content_type: "application/json", cache_control: None, digest: None, original: None };

/// What must be there for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum If<'a> {
    Anything,
    Nothing,
    /// What has this entity tag.
    Tag(&'a str),
}

/// The key of a thumbnail has the version of its original: its bytes change only when a preset does.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The metadata that tells the SHA-256 of an object's bytes.
const SHA256: &str = "sha256";

impl Bucket {
    /// What S3 says of the object at `key`; none where there is none.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<HeadObjectOutput>, ServiceError> {
        match self.s3.head_object().bucket(&self.name).key(key).send().await {
            Ok(head) => Ok(Some(head)),
            Err(error) => match ServiceError::of(&error) {
                ServiceError::Missing => Ok(None),
                refusal => Err(refusal),
            },
        }
    }

    /// Whether there is an object at `key`.
    pub(crate) async fn has(&self, key: &str) -> Result<bool, ServiceError> {
        Ok(self.head(key).await?.is_some())
    }

    /// The record at `key`; none where there is none.
    pub(crate) async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ServiceError> {
        Ok(self.read_tagged(key).await?.map(|(record, _)| record))
    }

    /// The bytes of the record at `key`, or `None` if there is none.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, ServiceError> {
        Ok(self.get_tagged(key).await?.map(|(bytes, _)| bytes))
    }

    /// The record at `key` with its entity tag, or `None` if there is none.
    pub(crate) async fn read_tagged<T: DeserializeOwned>(
        &self,
        key: &str,
    ) -> Result<Option<(T, String)>, ServiceError> {
        let Some((bytes, etag)) = self.get_tagged(key).await? else { return Ok(None) };
        match serde_json::from_slice(&bytes) {
            Ok(record) => Ok(Some((record, etag))),
            Err(error) => {
                Err(ServiceError::Unexpected(format!("the record `{key}` cannot be read: {error}")))
            }
        }
    }

    async fn get_tagged(&self, key: &str) -> Result<Option<(Vec<u8>, String)>, ServiceError> {
        let got = match self.s3.get_object().bucket(&self.name).key(key).send().await {
            Ok(got) => got,
            Err(error) => match ServiceError::of(&error) {
                ServiceError::Missing => return Ok(None),
                refusal => return Err(refusal),
            },
        };
        let etag = got.e_tag().unwrap_or_default().to_owned();
        let bytes = got.body.collect().await.map_err(|error| ServiceError::NoAnswer(error.to_string()))?;
        Ok(Some((bytes.into_bytes().to_vec(), etag)))
    }

    /// The thumbnail at `key` of at most `most` bytes, or `None` if there is none. Its bytes are those that were stored.
    pub(crate) async fn get_thumbnail(
        &self,
        key: &str,
        most: u64,
    ) -> Result<Option<StoredThumbnail>, ServiceError> {
        let mut reads = 1;
        loop {
            let got = match self.s3.get_object().bucket(&self.name).key(key).send().await {
                Ok(got) => got,
                Err(error) => match ServiceError::of(&error) {
                    ServiceError::Missing => return Ok(None),
                    refusal => return Err(refusal),
                },
            };
            if got
                .content_length()
                .is_some_and(|length| u64::try_from(length).is_ok_and(|length| length > most))
            {
                return Ok(Some(StoredThumbnail::TooLarge));
            }
            let stored = got.metadata().and_then(|metadata| metadata.get(SHA256)).cloned();
            let refusal = match got.body.collect().await {
                Ok(bytes) => {
                    let bytes = bytes.into_bytes().to_vec();
                    let digest = Digest::of(&bytes);
                    if stored.is_none_or(|stored| stored == digest.as_str()) {
                        return Ok(Some(StoredThumbnail::Whole(bytes, digest)));
                    }
                    ServiceError::Unexpected(format!("the thumbnail `{key}` is not what was stored"))
                }
                Err(error) => ServiceError::NoAnswer(error.to_string()),
            };
            if reads == READS {
                return Err(refusal);
            }
            reads += 1;
        }
    }

    /// Stores the thumbnail `bytes` of `original` at `key`, unless there is one already.
    pub(crate) async fn add_thumbnail(
        &self,
        original: &OriginalVersion,
        key: &str,
        bytes: &[u8],
        content_type: &'static str,
    ) -> Result<(), ServiceError> {
        let how = Described::thumbnail(original, bytes, content_type);
        match self.write(key, bytes.to_vec(), &how, If::Nothing).await {
            Err(ServiceError::Exists) => Ok(()),
            written => written,
        }
    }

    /// Stores the entry of `original` in the name index, an empty object.
    pub(crate) async fn put_entry(&self, original: &OriginalVersion) -> Result<(), ServiceError> {
        let how = Described { original: untold(original), ..JSON };
        self.write(&original.index_key(), Vec::new(), &how, If::Anything).await
    }

    /// Stores `record` at `key`, over what is there.
    pub(crate) async fn put(&self, key: &str, record: &impl Serialize) -> Result<(), ServiceError> {
        self.write(key, json(record)?, &JSON, If::Anything).await
    }

    /// Stores `record` at `key` over the one with `etag`, or where there is none; else [`ServiceError::Exists`].
    pub(crate) async fn put_over(
        &self,
        key: &str,
        record: &impl Serialize,
        etag: Option<&str>,
    ) -> Result<(), ServiceError> {
        self.write(key, json(record)?, &JSON, etag.map_or(If::Nothing, If::Tag)).await
    }

    /// Stores the thumbnail `bytes` of `original` at `key`.
    pub(crate) async fn put_thumbnail(
        &self,
        original: &OriginalVersion,
        key: &str,
        bytes: &[u8],
        content_type: &'static str,
    ) -> Result<(), ServiceError> {
        let how = Described::thumbnail(original, bytes, content_type);
        self.write(key, bytes.to_vec(), &how, If::Anything).await
    }

    async fn write(
        &self,
        key: &str,
        bytes: Vec<u8>,
        how: &Described,
        there: If<'_>,
    ) -> Result<(), ServiceError> {
        let digest = how.digest.iter().map(|digest| (SHA256.to_owned(), digest.as_str().to_owned()));
        // A header has no other characters than ASCII's.
        let encoded = |original: &OriginalVersion| BASE64_STANDARD.encode(&original.key);
        let metadata =
            digest.chain(how.original.iter().map(|original| (KEY_METADATA.to_owned(), encoded(original))));
        let sent = self
            .s3
            .put_object()
            .bucket(&self.name)
            .key(key)
            .content_type(how.content_type)
            .set_cache_control(how.cache_control.map(str::to_owned))
            .set_metadata(Some(metadata.collect()))
            .set_if_none_match((there == If::Nothing).then(|| "*".to_owned()))
            .set_if_match(if let If::Tag(etag) = there { Some(etag.to_owned()) } else { None })
            .body(ByteStream::from(bytes))
            .send()
            .await;
        sent.map(|_| ()).map_err(|error| ServiceError::of(&error))
    }

    /// Removes the object at `key`, if there is one.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), ServiceError> {
        let sent = self.s3.delete_object().bucket(&self.name).key(key).send().await;
        sent.map(|_| ()).map_err(|error| ServiceError::of(&error))
    }

    /// Returns all keys that begin with `prefix`.
    pub(crate) async fn list(&self, prefix: &str) -> Result<Vec<String>, ServiceError> {
        let mut keys: Vec<String> = Vec::new();
        let mut token = None;
        loop {
            let page = self
                .s3
                .list_objects_v2()
                .bucket(&self.name)
                .prefix(prefix)
                // Control characters cannot be written in XML.
                .encoding_type(aws_sdk_s3::types::EncodingType::Url)
                .set_continuation_token(token)
                .send()
                .await
                .map_err(|error| ServiceError::of(&error))?;
            let encoded = page.contents().iter().filter_map(|object| object.key());
            keys.extend(encoded.filter_map(contract::key::decode_event_key));
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() {
                return Ok(keys);
            }
        }
    }
}

/// Returns `original` if the keys of what is derived from it do not tell it.
fn untold(original: &OriginalVersion) -> Option<OriginalVersion> {
    (!original.is_told_by_keys()).then(|| original.clone())
}

fn json(record: &impl Serialize) -> Result<Vec<u8>, ServiceError> {
    serde_json::to_vec(record).map_err(|error| ServiceError::Unexpected(error.to_string()))
}
