//! One object to a file: whole and checked under its final name, or not there at all.

use std::path::Path;

use aws_sdk_s3::Client;
use contract::key::escape;
use tokio::io::AsyncWriteExt as _;

use crate::error::{CommandError, aws_error, io_error};
use crate::transfer::backoff::Backoff;

/// How often a download is begun again after its connection was cut.
const TRIES: u32 = 4;

/// Downloads `key` of `bucket` to `to`, replacing what is there. Gives the size in bytes.
pub(crate) async fn download(s3: &Client, bucket: &str, key: &str, to: &Path) -> Result<u64, CommandError> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| io_error(format_args!("write `{}`", to.display()), &error);
    let mut backoff = Backoff::tries(TRIES);
    loop {
        // In the same folder, so that the rename cannot cross file systems; gone when dropped.
        let temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        let mut file = tokio::fs::File::from_std(temporary.reopen().map_err(failed)?);
        match fill(s3, bucket, key, &mut file).await {
            Ok(bytes) => {
                file.sync_all().await.map_err(failed)?;
                temporary.persist(to).map_err(|error| failed(error.error))?;
                return Ok(bytes);
            }
            Err(Broken::For(error)) => return Err(error),
            Err(Broken::Cut(problem)) if !backoff.again().await => {
                return Err(CommandError::failed(format!(
                    "cannot download `{}`: {problem}; nothing was written to `{}`",
                    escape(key),
                    to.display()
                ))
                .hint("check the network and repeat the command"));
            }
            Err(Broken::Cut(_)) => {}
        }
    }
}

/// Why a download did not come to its end.
enum Broken {
    /// The connection was cut: it may be begun again.
    Cut(String),
    /// For a reason that stays.
    For(CommandError),
}

async fn fill(s3: &Client, bucket: &str, key: &str, file: &mut tokio::fs::File) -> Result<u64, Broken> {
    let object = s3.get_object().bucket(bucket).key(key).send().await.map_err(|error| {
        Broken::For(aws_error(format_args!("download `{}` from `{bucket}`", escape(key)), &error))
    })?;
    let expected = object.content_length().and_then(|length| u64::try_from(length).ok());
    let mut body = object.body;
    let mut bytes = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| Broken::Cut(error.to_string()))?;
        bytes += chunk.len() as u64;
        file.write_all(&chunk)
            .await
            .map_err(|error| Broken::For(io_error("write the download to disk", &error)))?;
    }
    file.flush().await.map_err(|error| Broken::For(io_error("write the download to disk", &error)))?;
    match expected {
        Some(expected) if expected != bytes => {
            Err(Broken::Cut(format!("{bytes} of {expected} bytes arrived")))
        }
        _ => Ok(bytes),
    }
}
