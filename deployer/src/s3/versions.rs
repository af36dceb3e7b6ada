//! Lists the versions of objects, page by page.

use std::pin::Pin;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsError;
use aws_sdk_s3::types::EncodingType;
use contract::folder::is_folder;
use contract::key::{OriginalVersion, decode_event_key};
use futures::stream::{self, Stream};
use time::OffsetDateTime;

use crate::s3::objects::{to_size, to_time};

/// One version of an object, or a delete marker.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) key: String,
    pub(crate) version_id: Option<String>,
    pub(crate) etag: Option<String>,
    /// Whether a GET without a version ID returns it.
    pub(crate) is_latest: bool,
    /// Whether it is a delete marker.
    pub(crate) is_marker: bool,
    pub(crate) bytes: u64,
    pub(crate) last_modified: OffsetDateTime,
}

impl Version {
    /// Returns whether it is the current version of a photo: not a delete marker, an older version, or an empty object that
    /// marks a folder.
    pub(crate) fn is_current_photo(&self) -> bool {
        self.is_latest && !self.is_marker && !self.is_folder()
    }

    /// Returns whether the listing shows it as an empty object that marks a folder.
    pub(crate) fn is_folder(&self) -> bool {
        !self.is_marker && is_folder(&self.key, self.bytes, None)
    }

    /// Returns its key and version ID.
    pub(crate) fn original(&self) -> OriginalVersion {
        OriginalVersion::new(&self.key, self.version_id.as_deref(), self.etag.as_deref())
    }
}

/// A page of versions. The error is boxed because it is large.
pub(crate) type VersionPage = Result<Vec<Version>, Box<SdkError<ListObjectVersionsError>>>;

/// A stream of pages.
pub(crate) type VersionPages<'a> = Pin<Box<dyn Stream<Item = VersionPage> + Send + 'a>>;

/// A range of keys: those after `after`, up to and including `until`.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyRange {
    pub(crate) after: Option<String>,
    pub(crate) until: Option<String>,
}

/// Returns the versions in `bucket` of the objects under `prefix` after the key `after`, by key and then the newest first. On
/// each page, delete markers follow the versions.
pub(crate) fn pages<'a>(
    s3: &'a Client,
    bucket: &'a str,
    prefix: &'a str,
    after: Option<String>,
) -> VersionPages<'a> {
    pages_of_range(s3, bucket, prefix, KeyRange { after, until: None })
}

/// Like [`pages`], for a range of keys.
pub(crate) fn pages_of_range<'a>(
    s3: &'a Client,
    bucket: &'a str,
    prefix: &'a str,
    range: KeyRange,
) -> VersionPages<'a> {
    list_versions(s3, bucket, prefix, range, None)
}

/// Like [`pages`], without objects in subfolders of `prefix`.
pub(crate) fn pages_of_folder<'a>(
    s3: &'a Client,
    bucket: &'a str,
    prefix: &'a str,
    after: Option<String>,
) -> VersionPages<'a> {
    list_versions(s3, bucket, prefix, KeyRange { after, until: None }, Some("/"))
}

fn list_versions<'a>(
    s3: &'a Client,
    bucket: &'a str,
    prefix: &'a str,
    range: KeyRange,
    delimiter: Option<&'a str>,
) -> VersionPages<'a> {
    let KeyRange { after, until } = range;
    let begin = Some((after, None::<String>, until));
    Box::pin(stream::try_unfold(begin, move |markers| async move {
        let Some((key_marker, version_marker, until)) = markers else { return Ok(None) };
        let page = s3
            .list_object_versions()
            .bucket(bucket)
            .prefix(prefix)
            .encoding_type(EncodingType::Url)
            .set_delimiter(delimiter.map(str::to_owned))
            .set_key_marker(key_marker)
            .set_version_id_marker(version_marker)
            .send()
            .await?;
        let encoding = page.encoding_type();
        let versions = page.versions().iter().map(|version| Version {
            key: decode_key(version.key().unwrap_or_default(), encoding),
            version_id: version.version_id().map(str::to_owned),
            etag: version.e_tag().map(str::to_owned),
            is_latest: version.is_latest() == Some(true),
            is_marker: false,
            bytes: to_size(version.size()),
            last_modified: to_time(version.last_modified()),
        });
        let markers = page.delete_markers().iter().map(|marker| Version {
            key: decode_key(marker.key().unwrap_or_default(), encoding),
            version_id: marker.version_id().map(str::to_owned),
            etag: None,
            is_latest: marker.is_latest() == Some(true),
            is_marker: true,
            bytes: 0,
            last_modified: to_time(marker.last_modified()),
        });
        let is_within = |key: &str| until.as_deref().is_none_or(|until| key <= until);
        let found = versions.chain(markers).filter(|version| is_within(&version.key)).collect();
        let next_key = page.next_key_marker().map(|key| decode_key(key, encoding));
        let more = page.is_truncated() == Some(true) && next_key.as_deref().is_none_or(is_within);
        Ok(Some((found, more.then_some((next_key, page.next_version_id_marker, until)))))
    }))
}

/// Decodes a key in a listing that was requested with [`EncodingType::Url`], since XML cannot represent control
/// characters. Not every server encodes the keys.
pub(crate) fn decode_key(key: &str, encoding: Option<&EncodingType>) -> String {
    let encoded = encoding == Some(&EncodingType::Url);
    encoded.then(|| decode_event_key(key)).flatten().unwrap_or_else(|| key.to_owned())
}
