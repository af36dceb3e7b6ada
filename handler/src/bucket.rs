//! A bucket: the few calls we make to one, each answered with a [`Refusal`] at worst.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::refusal::Refusal;

/// One bucket.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) s3: Client,
    pub(crate) name: String,
}

/// How a stored object is described.
pub(crate) struct Described {
    pub(crate) content_type: &'static str,
    pub(crate) cache_control: Option<&'static str>,
}

/// Records are JSON, and may be replaced.
pub(crate) const JSON: Described = Described { content_type: "application/json", cache_control: None };

impl Bucket {
    /// What S3 says of the object at `key`; none where there is none.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<HeadObjectOutput>, Refusal> {
        match self.s3.head_object().bucket(&self.name).key(key).send().await {
            Ok(head) => Ok(Some(head)),
            Err(error) => match Refusal::of(&error) {
                Refusal::Missing => Ok(None),
                refusal => Err(refusal),
            },
        }
    }

    /// Whether there is an object at `key`.
    pub(crate) async fn has(&self, key: &str) -> Result<bool, Refusal> {
        Ok(self.head(key).await?.is_some())
    }

    /// The record at `key`; none where there is none.
    pub(crate) async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Refusal> {
        let got = match self.s3.get_object().bucket(&self.name).key(key).send().await {
            Ok(got) => got,
            Err(error) => match Refusal::of(&error) {
                Refusal::Missing => return Ok(None),
                refusal => return Err(refusal),
            },
        };
        let bytes = got.body.collect().await.map_err(|error| Refusal::NoAnswer(error.to_string()))?;
        match serde_json::from_slice(&bytes.into_bytes()) {
            Ok(record) => Ok(Some(record)),
            Err(error) => Err(Refusal::Unexpected(format!("the record `{key}` cannot be read: {error}"))),
        }
    }

    /// Stores `bytes` at `key`, over what is there.
    pub(crate) async fn put(&self, key: &str, bytes: Vec<u8>, how: &Described) -> Result<(), Refusal> {
        self.write(key, bytes, how, false).await
    }

    /// Stores `bytes` at `key` unless there is an object already. Returns whether there was none.
    pub(crate) async fn put_new(&self, key: &str, bytes: Vec<u8>, how: &Described) -> Result<bool, Refusal> {
        match self.write(key, bytes, how, true).await {
            Ok(()) => Ok(true),
            Err(Refusal::Exists) => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    async fn write(&self, key: &str, bytes: Vec<u8>, how: &Described, new: bool) -> Result<(), Refusal> {
        let sent = self
            .s3
            .put_object()
            .bucket(&self.name)
            .key(key)
            .content_type(how.content_type)
            .set_cache_control(how.cache_control.map(str::to_owned))
            .set_if_none_match(new.then(|| "*".to_owned()))
            .body(ByteStream::from(bytes))
            .send()
            .await;
        sent.map(|_| ()).map_err(|error| Refusal::of(&error))
    }

    /// Removes the object at `key`, if there is one.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), Refusal> {
        let sent = self.s3.delete_object().bucket(&self.name).key(key).send().await;
        sent.map(|_| ()).map_err(|error| Refusal::of(&error))
    }

    /// All keys that begin with `prefix`.
    pub(crate) async fn list(&self, prefix: &str) -> Result<Vec<String>, Refusal> {
        let mut keys = Vec::new();
        let mut token = None;
        loop {
            let page = self
                .s3
                .list_objects_v2()
                .bucket(&self.name)
                .prefix(prefix)
                // Control characters cannot stand in XML.
                .encoding_type(aws_sdk_s3::types::EncodingType::Url)
                .set_continuation_token(token)
                .send()
                .await
                .map_err(|error| Refusal::of(&error))?;
            let encoded = page.contents().iter().filter_map(|object| object.key());
            keys.extend(encoded.filter_map(contract::key::decode_event_key));
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() {
                return Ok(keys);
            }
        }
    }

    /// The keys directly below `prefix`, without those in deeper folders.
    pub(crate) async fn children(&self, prefix: &str) -> Result<Vec<String>, Refusal> {
        let mut keys = self.list(prefix).await?;
        keys.retain(|key| key.strip_prefix(prefix).is_some_and(|name| !name.contains('/')));
        Ok(keys)
    }
}

/// The JSON of a record.
pub(crate) fn json(record: &impl Serialize) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(record).map_err(|error| Refusal::Unexpected(error.to_string()))
}
