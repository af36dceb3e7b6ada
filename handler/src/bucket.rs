//! A bucket: the calls that the functions make to S3. Each one fails with a [`ServiceError`].

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

/// A thumbnail as S3 returns it.
#[derive(Debug)]
pub(crate) enum StoredThumbnail {
    /// Its bytes, and their digest.
    Whole(Vec<u8>, Digest),
    /// It is larger than the caller can use.
    TooLarge,
}

/// The maximum number of times that the function reads a thumbnail that arrives incomplete.
const MAX_READS: u32 = 3;

/// The headers of an object.
#[derive(Debug)]
struct ObjectHeaders {
    content_type: &'static str,
    cache_control: Option<&'static str>,
    digest: Option<Digest>,
    /// The version from which the object is derived, if the object's key does not contain it.
    original: Option<OriginalVersion>,
}

impl ObjectHeaders {
    fn thumbnail(original: &OriginalVersion, bytes: &[u8], content_type: &'static str) -> Self {
        let (digest, original) = (Some(Digest::of(bytes)), original_metadata(original));
        Self { content_type, cache_control: Some(IMMUTABLE), digest, original }
    }
}

/// The headers of a record.
const JSON: ObjectHeaders =
    ObjectHeaders { content_type: "application/json", cache_control: None, digest: None, original: None };

/// How a write treats an existing object at its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    Keep,
    Replace,
}

/// The condition of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WriteCondition<'a> {
    Always,
    IfAbsent,
    /// The object has this entity tag.
    IfTag(&'a str),
}

/// The key of a thumbnail contains the version of its original, so its bytes change only if a preset changes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The metadata with the SHA-256 of an object's bytes.
const SHA256: &str = "sha256";

impl Bucket {
    /// Returns the result of HEAD, or `None` if there is no object at `key`.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<HeadObjectOutput>, ServiceError> {
        let error = match self.s3.head_object().bucket(&self.name).key(key).send().await {
            Ok(head) => return Ok(Some(head)),
            Err(error) => error,
        };
        match ServiceError::from_sdk_error(&error) {
            ServiceError::Missing => Ok(None),
            // Only the response to a GET has a body with the reason, such as a customer-provided key (SSE-C).
            ServiceError::Unexpected(_)
                if error.raw_response().is_some_and(|r| r.status().as_u16() == 400) =>
            {
                match self.s3.get_object().bucket(&self.name).key(key).range("bytes=0-0").send().await {
                    Ok(_) => Err(ServiceError::Unavailable("S3 refused a HEAD but not a GET".to_owned())),
                    Err(error) => Err(ServiceError::from_sdk_error(&error)),
                }
            }
            error => Err(error),
        }
    }

    /// Returns whether there is an object at `key`.
    pub(crate) async fn has(&self, key: &str) -> Result<bool, ServiceError> {
        Ok(self.head(key).await?.is_some())
    }

    /// Reads the record at `key`, or returns `None` if there is none.
    pub(crate) async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ServiceError> {
        Ok(self.read_tagged(key).await?.map(|(record, _)| record))
    }

    /// Returns the bytes of the record at `key`, or `None` if there is none.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, ServiceError> {
        Ok(self.get_tagged(key).await?.map(|(bytes, _)| bytes))
    }

    /// Reads the record at `key` with its entity tag, or returns `None` if there is none.
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
            Err(error) => match ServiceError::from_sdk_error(&error) {
                ServiceError::Missing => return Ok(None),
                error => return Err(error),
            },
        };
        let etag = got.e_tag().unwrap_or_default().to_owned();
        let bytes = got.body.collect().await.map_err(|error| ServiceError::NoResponse(error.to_string()))?;
        Ok(Some((bytes.into_bytes().to_vec(), etag)))
    }

    /// Returns the thumbnail at `key`, or `None` if there is none. Verifies its bytes by the stored digest. A thumbnail
    /// of more than `most` bytes is [`StoredThumbnail::TooLarge`].
    pub(crate) async fn get_thumbnail(
        &self,
        key: &str,
        most: u64,
    ) -> Result<Option<StoredThumbnail>, ServiceError> {
        let mut reads = 1;
        loop {
            let got = match self.s3.get_object().bucket(&self.name).key(key).send().await {
                Ok(got) => got,
                Err(error) => match ServiceError::from_sdk_error(&error) {
                    ServiceError::Missing => return Ok(None),
                    error => return Err(error),
                },
            };
            if got
                .content_length()
                .is_some_and(|length| u64::try_from(length).is_ok_and(|length| length > most))
            {
                return Ok(Some(StoredThumbnail::TooLarge));
            }
            let stored = got.metadata().and_then(|metadata| metadata.get(SHA256)).cloned();
            let error = match got.body.collect().await {
                Ok(bytes) => {
                    let bytes = bytes.into_bytes().to_vec();
                    let digest = Digest::of(&bytes);
                    if stored.is_none_or(|stored| stored == digest.as_str()) {
                        return Ok(Some(StoredThumbnail::Whole(bytes, digest)));
                    }
                    ServiceError::Unexpected(format!(
                        "the thumbnail `{key}` does not match its stored digest"
                    ))
                }
                Err(error) => ServiceError::NoResponse(error.to_string()),
            };
            if reads == MAX_READS {
                return Err(error);
            }
            reads += 1;
        }
    }

    /// Stores the thumbnail `bytes` of `original` at `key`.
    pub(crate) async fn put_thumbnail(
        &self,
        original: &OriginalVersion,
        key: &str,
        bytes: &[u8],
        content_type: &'static str,
        existing: Existing,
    ) -> Result<(), ServiceError> {
        let headers = ObjectHeaders::thumbnail(original, bytes, content_type);
        let condition = match existing {
            Existing::Keep => WriteCondition::IfAbsent,
            Existing::Replace => WriteCondition::Always,
        };
        match self.write(key, bytes.to_vec(), &headers, condition).await {
            Err(ServiceError::Exists) => Ok(()),
            written => written,
        }
    }

    /// Stores the entry of `original` in the name index, an empty object.
    pub(crate) async fn put_index_entry(&self, original: &OriginalVersion) -> Result<(), ServiceError> {
        let headers = ObjectHeaders { original: original_metadata(original), ..JSON };
        self.write(&original.index_key(), Vec::new(), &headers, WriteCondition::Always).await
    }

    /// Stores `record` at `key` and replaces an existing one.
    pub(crate) async fn put(&self, key: &str, record: &impl Serialize) -> Result<(), ServiceError> {
        self.write(key, json(record)?, &JSON, WriteCondition::Always).await
    }

    /// Stores `record` at `key` if the stored one has `etag`, or without `etag`, if there is none. Returns
    /// [`ServiceError::Exists`] if another record is stored, and [`ServiceError::Missing`] if the record with `etag`
    /// was deleted.
    pub(crate) async fn put_if_unchanged(
        &self,
        key: &str,
        record: &impl Serialize,
        etag: Option<&str>,
    ) -> Result<(), ServiceError> {
        self.write(key, json(record)?, &JSON, etag.map_or(WriteCondition::IfAbsent, WriteCondition::IfTag))
            .await
    }

    async fn write(
        &self,
        key: &str,
        bytes: Vec<u8>,
        headers: &ObjectHeaders,
        condition: WriteCondition<'_>,
    ) -> Result<(), ServiceError> {
        let digest = headers.digest.iter().map(|digest| (SHA256.to_owned(), digest.as_str().to_owned()));
        // A header can only contain ASCII characters.
        let encoded = |original: &OriginalVersion| BASE64_STANDARD.encode(&original.key);
        let metadata = digest
            .chain(headers.original.iter().map(|original| (KEY_METADATA.to_owned(), encoded(original))));
        let sent = self
            .s3
            .put_object()
            .bucket(&self.name)
            .key(key)
            .content_type(headers.content_type)
            .set_cache_control(headers.cache_control.map(str::to_owned))
            .set_metadata(Some(metadata.collect()))
            .set_if_none_match((condition == WriteCondition::IfAbsent).then(|| "*".to_owned()))
            .set_if_match(if let WriteCondition::IfTag(etag) = condition {
                Some(etag.to_owned())
            } else {
                None
            })
            .body(ByteStream::from(bytes))
            .send()
            .await;
        sent.map(|_| ()).map_err(|error| ServiceError::from_sdk_error(&error))
    }

    /// Deletes the object at `key`, if there is one.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), ServiceError> {
        let sent = self.s3.delete_object().bucket(&self.name).key(key).send().await;
        sent.map(|_| ()).map_err(|error| ServiceError::from_sdk_error(&error))
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
                // XML cannot contain control characters.
                .encoding_type(aws_sdk_s3::types::EncodingType::Url)
                .set_continuation_token(token)
                .send()
                .await
                .map_err(|error| ServiceError::from_sdk_error(&error))?;
            let encoded = page.contents().iter().filter_map(|object| object.key());
            keys.extend(encoded.filter_map(contract::key::decode_event_key));
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() {
                return Ok(keys);
            }
        }
    }
}

/// Returns `original` if the keys of its derived objects do not contain it.
fn original_metadata(original: &OriginalVersion) -> Option<OriginalVersion> {
    (!original.has_decodable_keys()).then(|| original.clone())
}

fn json(record: &impl Serialize) -> Result<Vec<u8>, ServiceError> {
    serde_json::to_vec(record).map_err(|error| ServiceError::Unexpected(error.to_string()))
}
