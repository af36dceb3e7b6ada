//! Forms with which a browser uploads one photo directly to S3.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::Failure;
use crate::aws::Aws;

/// How long a form is valid.
const VALID: Duration = Duration::from_secs(900);
/// The largest photo, in bytes.
const MAX_BYTES: u64 = 50_000_000;

/// A form. The page sends its fields to the URL, followed by the file in the field `file`.
#[derive(Serialize)]
pub(crate) struct Form {
    url: String,
    key: String,
    fields: BTreeMap<&'static str, String>,
}

/// Signs a form that uploads one photo to `key`.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html>
pub(crate) async fn sign(aws: &Aws, bucket: &str, key: &str) -> Result<Form, Failure> {
    let credentials = aws.credentials().await?;
    let region = aws.config.region().map_or("", AsRef::as_ref);
    let now = OffsetDateTime::now_utc();
    let day = now.format(format_description!("[year][month][day]"))?;
    let mut fields = BTreeMap::from([
        ("key", key.to_owned()),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential", format!("{}/{day}/{region}/s3/aws4_request", credentials.access_key_id())),
        ("x-amz-date", now.format(format_description!("[year][month][day]T[hour][minute][second]Z"))?),
    ]);
    if let Some(token) = credentials.session_token() {
        fields.insert("x-amz-security-token", token.to_owned());
    }
    let exact = fields.iter().map(|(name, value)| json!({ *name: value }));
    let others = [json!({ "bucket": bucket }), json!(["content-length-range", 1, MAX_BYTES])];
    let expiration = (now + VALID).replace_nanosecond(0)?.format(&Rfc3339)?;
    let policy = json!({ "expiration": expiration, "conditions": exact.chain(others).collect::<Vec<_>>() });
    let policy = BASE64_STANDARD.encode(policy.to_string());
    let signing_key =
        generate_signing_key(credentials.secret_access_key(), SystemTime::from(now), region, "s3");
    fields.insert("x-amz-signature", calculate_signature(signing_key, policy.as_bytes()));
    fields.insert("policy", policy);
    Ok(Form { url: address(aws, bucket).await?, key: key.to_owned(), fields })
}

/// Returns the URL of a bucket: that of a presigned request for an object, without the object and the query.
pub(crate) async fn address(aws: &Aws, bucket: &str) -> Result<String, Failure> {
    let request = aws.s3.get_object().bucket(bucket).key("x");
    let request = request.presigned(PresigningConfig::expires_in(VALID)?).await?;
    let address = request.uri().split('?').next().unwrap_or_default();
    Ok(address.strip_suffix('x').unwrap_or(address).to_owned())
}
