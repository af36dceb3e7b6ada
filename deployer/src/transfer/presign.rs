//! Presigned requests: an upload that needs no credentials.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::stack::Stack;

/// The conditions for an upload.
#[derive(Clone, Debug)]
pub(crate) struct UploadPolicy<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    /// How long the request is valid.
    pub(crate) expires: Duration,
    /// The maximum size, in bytes.
    pub(crate) max_bytes: u64,
    /// The SHA-256 of the only bytes that may be uploaded, in Base64, or `None` to allow any bytes.
    pub(crate) sha256: Option<&'a str>,
}

/// A presigned request.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "method")]
pub(crate) enum Presigned {
    /// A form: its fields, and last the file in the field `file`.
    #[serde(rename = "POST")]
    Post { url: String, fields: BTreeMap<&'static str, String> },
    /// The file as the body.
    #[serde(rename = "PUT")]
    Put { url: String, headers: BTreeMap<String, String> },
}

/// Returns a form that uploads one object.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html>
pub(crate) async fn presign_post(
    stack: &Stack,
    upload: &UploadPolicy<'_>,
) -> Result<Presigned, CommandError> {
    let url = bucket_url(stack, upload).await?;
    let credentials = stack.aws.credentials().await?;
    let region = stack.aws.region();
    let now = OffsetDateTime::now_utc();
    let time_error =
        |error: &dyn std::fmt::Display| CommandError::failed(format!("cannot write a time: {error}"));
    let day = now.format(format_description!("[year][month][day]")).map_err(|error| time_error(&error))?;
    let time = now
        .format(format_description!("[year][month][day]T[hour][minute][second]Z"))
        .map_err(|error| time_error(&error))?;
    let expiration = (now + upload.expires).replace_nanosecond(0).map_err(|error| time_error(&error))?;
    let expiration = expiration.format(&Rfc3339).map_err(|error| time_error(&error))?;
    let mut fields = BTreeMap::from([
        ("key", upload.key.to_owned()),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential", format!("{}/{day}/{region}/s3/aws4_request", credentials.access_key_id())),
        ("x-amz-date", time),
    ]);
    if let Some(token) = credentials.session_token() {
        fields.insert("x-amz-security-token", token.to_owned());
    }
    if let Some(sha256) = upload.sha256 {
        fields.insert("x-amz-checksum-algorithm", "SHA256".to_owned());
        fields.insert("x-amz-checksum-sha256", sha256.to_owned());
    }
    let exact_conditions = fields.iter().map(|(name, value)| json!({ *name: value }));
    let conditions: Vec<Value> = exact_conditions
        .chain([json!({ "bucket": upload.bucket }), json!(["content-length-range", 1, upload.max_bytes])])
        .collect();
    let policy =
        BASE64_STANDARD.encode(json!({"expiration": expiration, "conditions": conditions}).to_string());
    let key = generate_signing_key(credentials.secret_access_key(), SystemTime::from(now), region, "s3");
    fields.insert("x-amz-signature", calculate_signature(key, policy.as_bytes()));
    fields.insert("policy", policy);
    Ok(Presigned::Post { url, fields })
}

/// Returns the address of the bucket: that of a presigned request for an object, without the object and the query.
async fn bucket_url(stack: &Stack, upload: &UploadPolicy<'_>) -> Result<String, CommandError> {
    const OBJECT: &str = "x";
    let request = stack.aws.s3().get_object().bucket(upload.bucket).key(OBJECT);
    let request = request.presigned(presigning_config(upload)?).await;
    let request = request.map_err(|error| aws_error("presign the upload", &error))?;
    let address = request.uri().split('?').next().unwrap_or_default();
    Ok(address.strip_suffix(OBJECT).unwrap_or(address).to_owned())
}

/// Returns a request that uploads one object of any size.
pub(crate) async fn presign_put(stack: &Stack, upload: &UploadPolicy<'_>) -> Result<Presigned, CommandError> {
    let put = stack.aws.s3().put_object().bucket(upload.bucket).key(upload.key);
    let put = put.set_checksum_sha256(upload.sha256.map(str::to_owned));
    let request = put
        .presigned(presigning_config(upload)?)
        .await
        .map_err(|error| aws_error("presign the upload", &error))?;
    let headers = request.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok(Presigned::Put { url: request.uri().to_owned(), headers })
}

fn presigning_config(upload: &UploadPolicy<'_>) -> Result<PresigningConfig, CommandError> {
    PresigningConfig::expires_in(upload.expires)
        .map_err(|_| CommandError::usage("`--expires` must be at most 7d, the limit of S3"))
}
