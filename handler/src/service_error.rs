//! The error of a call to an AWS service, by its meaning for the functions.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// Why a call did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// There is no such object.
    #[error("the object does not exist")]
    Missing,
    /// A conditional write found another object there, or another write in progress.
    #[error("the object already exists")]
    Exists,
    /// The caller has no permission.
    #[error("access denied: {0}")]
    Denied(String),
    /// The caller may not use the key that the object is encrypted with, or the key cannot be used.
    #[error("the KMS key of the object cannot be used: {0}")]
    KmsDenied(String),
    /// The object is encrypted with a key that its uploader sends along with each request (SSE-C).
    #[error("the object is encrypted with a key that only its uploader has (SSE-C): {0}")]
    CustomerKey(String),
    /// The object is in an archive and must be restored before it can be read.
    #[error("the object is archived: {0}")]
    Archived(String),
    /// AWS throttles the calls.
    #[error("throttled: {0}")]
    Throttled(String),
    /// The service failed.
    #[error("the service failed: {0}")]
    Unavailable(String),
    /// There was no response in time, or no connection.
    #[error("no response: {0}")]
    NoResponse(String),
    /// Anything else.
    #[error("{0}")]
    Unexpected(String),
}

impl ServiceError {
    /// Returns the meaning of `error`.
    pub fn from_sdk_error<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let status = error.raw_response().map(|response| response.status().as_u16());
        let code = error.code().unwrap_or_default();
        let text = match (code, error.message()) {
            ("", None) => status.map_or_else(|| with_causes(error), |status| format!("status {status}")),
            (code, message) => format!("{code}: {}", message.unwrap_or_default()),
        };
        let is_of_kms = code.starts_with("KMS.") && status.is_some_and(|status| status < 500);
        if is_of_kms && code.contains("Throttling") {
            return Self::Throttled(text);
        }
        if is_of_kms || (code == "AccessDenied" && text.contains("perform: kms:")) {
            return Self::KmsDenied(text);
        }
        match (code, status) {
            // If the bucket is missing, the settings are wrong. The object was not deleted.
            ("NoSuchBucket", _) => Self::Unexpected(text),
            ("InvalidObjectState", _) => Self::Archived(text),
            // https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
            ("InvalidRequest", Some(400)) if text.contains("Server Side Encryption") => {
                Self::CustomerKey(text)
            }
            ("SlowDown" | "Throttling" | "ThrottlingException" | "RequestLimitExceeded", _)
            | (_, Some(429)) => Self::Throttled(text),
            // 405 means that the version is a delete marker.
            (_, Some(404 | 405)) => Self::Missing,
            // 409 means that another write to the same key was in progress.
            // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
            ("ConditionalRequestConflict", _) | (_, Some(412)) => Self::Exists,
            (_, Some(401 | 403)) => Self::Denied(text),
            (_, Some(409)) => Self::Unavailable(text),
            (_, Some(500..)) => Self::Unavailable(text),
            (_, Some(_)) => Self::Unexpected(text),
            (_, None) => Self::NoResponse(text),
        }
    }

    /// Returns the error as a stable word.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Exists => "exists",
            Self::Denied(_) => "denied",
            Self::KmsDenied(_) => "kms-denied",
            Self::CustomerKey(_) => "customer-key",
            Self::Archived(_) => "archived",
            Self::Throttled(_) => "throttled",
            Self::Unavailable(_) => "unavailable",
            Self::NoResponse(_) => "no-response",
            Self::Unexpected(_) => "unexpected",
        }
    }
}

/// Returns the texts of `error` and its causes, on one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
