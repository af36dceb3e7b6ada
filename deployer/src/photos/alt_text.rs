//! Reads the alt texts of a photo, and stores those that a person writes.

use contract::alt_text::AltText;
use contract::function::Function;
use contract::key::{ALT_TEXT, OriginalVersion, escape};
use contract::request::{Request, RequestKind};
use serde_json::json;

use crate::aws::error::aws_error;
use crate::error::CommandError;
use crate::monitor::queues;
use crate::photos::PhotoStore;
use crate::stack::Stack;

impl PhotoStore<'_> {
    /// Returns the alt texts of `original`, by language.
    pub(crate) async fn alt_texts(&self, original: &OriginalVersion) -> Result<Vec<AltText>, CommandError> {
        let mut texts = Vec::new();
        for key in self.records_under(&format!("{}{ALT_TEXT}", original.records())).await? {
            texts.extend(self.record::<AltText>(&key).await?);
        }
        Ok(texts)
    }

    /// Stores `text` of `original` and replaces an existing one.
    ///
    /// Only the current version of a photo keeps its alt texts, so this method checks the current version after the
    /// write. If another version is current or the photo was removed, it asks the thumbnail function to settle the
    /// version. It deletes nothing itself, since the version may become current again meanwhile.
    pub(crate) async fn set_alt_text(
        &self,
        stack: &Stack,
        original: &OriginalVersion,
        text: &AltText,
    ) -> Result<(), CommandError> {
        let key = original.alt_text_key(&text.language);
        let body = json!(text).to_string().into_bytes();
        let put = self.s3.put_object().bucket(self.catalog).key(&key).content_type("application/json");
        let sent = put.body(body.into()).send().await;
        sent.map_err(|error| aws_error(format_args!("store `{}`", escape(&key)), &error))?;
        let current = self.original(&original.key).await?;
        if current.as_ref() == Some(original) {
            return Ok(());
        }
        let bucket = self.originals.to_owned();
        let settle = Request { request: RequestKind::Settle, bucket, original: original.clone() };
        let url = stack.outputs().await?.queue_url(Function::Thumbnail)?;
        queues::send(stack, url, &[json!(settle).to_string()]).await?;
        let key = escape(&original.key);
        Err(if current.is_some() {
            CommandError::failed(format!(
                "cannot set the alt text: a newer version replaced `{key}` meanwhile"
            ))
            .hint("check the new photo, then run the command again")
        } else {
            CommandError::failed(format!("cannot set the alt text: `{key}` was removed meanwhile"))
        })
    }
}
