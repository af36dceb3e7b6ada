//! `deployer presign`: prints a presigned request that uploads one photo.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::Args;
use contract::key::{Digest, OriginalKey};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::parse_duration;
use crate::error::{CommandError, shell_quote};
use crate::stack::Stack;
use crate::transfer::presign::{Presigned, UploadPolicy, presign_post, presign_put};
use crate::ui::Ui;

/// Print a presigned request that uploads one photo.
///
/// The request needs no credentials: a web page or a phone can send it. It is a form (POST) whose policy fixes the key
/// and limits the size. With `--put`, it is a PUT. S3 does not limit the size of a PUT. With `--output json`, prints
/// `key`, `bucket`, `expires_at`, `method`, and `url`, and the `fields` of the form or the `headers` of the PUT.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer presign cat.jpg
  deployer presign users/42/avatar.jpg --expires 5m --max-bytes 2000000 --output json
  deployer presign cat.jpg --put --sha256 $(sha256sum < cat.jpg | cut -c1-64)")]
pub(crate) struct PresignArgs {
    /// Name of the photo, optionally with folders; the key adds the day and ten hexadecimal digits.
    name: String,
    /// Make the request valid for this long: a number followed by s, m, h, or d.
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = parse_duration)]
    expires: Duration,
    /// Accept up to this many bytes [default: `limits.bytes`].
    #[arg(long, value_name = "NUMBER", conflicts_with = "put", value_parser = clap::value_parser!(u64).range(1..))]
    max_bytes: Option<u64>,
    /// Accept only bytes with this SHA-256 in hexadecimal; the key is then the same as that of `upload`.
    #[arg(long, value_name = "DIGITS", value_parser = parse_sha256)]
    sha256: Option<[u8; 32]>,
    /// Print a PUT instead of a form.
    #[arg(long)]
    put: bool,
}

fn parse_sha256(text: &str) -> Result<[u8; 32], String> {
    let byte =
        |at: usize| text.get(2 * at..2 * at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    let bytes: Option<Vec<u8>> = (0..32).map(byte).collect();
    let bytes = bytes.filter(|_| text.len() == 64).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| "not 64 hexadecimal digits".to_owned())
}

/// The result of the command.
#[derive(Debug, Serialize)]
struct PresignedUpload {
    bucket: String,
    key: String,
    expires_at: String,
    #[serde(flatten)]
    presigned: Presigned,
}

pub(crate) async fn presign(args: PresignArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let bucket = stack.outputs().await?.get("OriginalsBucket")?;
    let now = OffsetDateTime::now_utc();
    let digest = match &args.sha256 {
        Some(sha256) => Digest::from_sha256(sha256),
        // Two uploads with the same name on the same day must have different keys.
        None => Digest::of(&fastrand::u128(..).to_be_bytes()),
    };
    let key = OriginalKey::new(now.date(), &digest, &args.name)
        .map_err(|error| CommandError::usage(error.to_string()))?
        .to_string();
    let sha256 = args.sha256.map(|sha256| BASE64_STANDARD.encode(sha256));
    let policy = UploadPolicy {
        bucket,
        key: &key,
        expires: args.expires,
        max_bytes: args.max_bytes.unwrap_or(stack.config.settings.limits.bytes),
        sha256: sha256.as_deref(),
    };
    let presigned =
        if args.put { presign_put(stack, &policy).await? } else { presign_post(stack, &policy).await? };
    let expires_at = (now + args.expires).replace_nanosecond(0).unwrap_or(now).format(&Rfc3339);
    let expires_at = expires_at.unwrap_or_default();
    let request = PresignedUpload { bucket: bucket.to_owned(), key: key.clone(), expires_at, presigned };
    ui.print_result(&request, || curl_command(&request.presigned, &args.name))
}

/// Returns the request as a command line.
fn curl_command(presigned: &Presigned, name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    let mut parts = vec!["curl --fail".to_owned()];
    let url =
        match presigned {
            Presigned::Post { url, fields } => {
                parts.extend(fields.iter().map(|(name, value)| {
                    format!("--form-string {}", shell_quote(&format!("{name}={value}")))
                }));
                // S3 ignores the fields after the file. In quotes, commas and semicolons are parts of the name for
                // curl.
                let file = file.replace('\\', r"\\").replace('"', r#"\""#);
                parts.push(format!("--form {}", shell_quote(&format!("file=@\"{file}\""))));
                url
            }
            Presigned::Put { url, headers } => {
                parts.extend(
                    headers.iter().map(|(name, value)| {
                        format!("--header {}", shell_quote(&format!("{name}: {value}")))
                    }),
                );
                parts.push(format!("--globoff --upload-file {}", shell_quote(file)));
                url
            }
        };
    parts.push(shell_quote(url));
    parts.join(" \\\n  ")
}
