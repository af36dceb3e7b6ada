//! The alt texts of a photo: read, and written by a person.

use contract::alt_text::AltText;
use contract::key::{OriginalKey, escape};
use serde_json::json;

use crate::catalog::Catalog;
use crate::error::{CommandError, aws_error};

impl Catalog<'_> {
    /// The alt texts under `base`, by language.
    pub(crate) async fn alt_texts(&self, base: &OriginalKey) -> Result<Vec<AltText>, CommandError> {
        let mut texts = Vec::new();
        for key in self.records_under(&format!("{base}/alt.")).await? {
            texts.extend(self.record::<AltText>(&key).await?);
        }
        Ok(texts)
    }

    /// Stores `text` in the place of any there is.
    pub(crate) async fn set_alt_text(&self, base: &OriginalKey, text: &AltText) -> Result<(), CommandError> {
        let key = base.alt_text(&text.language);
        let body = json!(text).to_string().into_bytes();
        let put = self.s3.put_object().bucket(self.bucket).key(&key).content_type("application/json");
        let sent = put.body(body.into()).send().await;
        sent.map(|_| ()).map_err(|error| aws_error(format_args!("store `{}`", escape(&key)), &error))
    }
}
