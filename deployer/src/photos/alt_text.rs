//! Reads the alt texts of a photo, and stores those that a person writes.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use contract::alt_text::AltText;
use contract::function::Function;
use contract::key::{ALT_TEXT, OriginalVersion, escape};
use contract::outcome_event::{EventAltText, EventOriginal, EventSender, SOURCE};
use contract::request::{Request, RequestKind};
use serde_json::json;

use crate::aws::error::aws_error;
use crate::config::Events;
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

    /// Stores `text` of `original` and replaces an existing one. Sends the event of alt texts if the functions send events.
    ///
    /// Only the current version of a photo keeps its alt texts, so this method checks the current version after the
    /// write. If another version is current or the photo was removed, it asks the thumbnail function to settle the
    /// version. It deletes nothing itself, because the version may become current again in the meantime.
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
            return match stack.config.settings.events {
                Events::Enabled => self.announce(stack, original, text).await,
                Events::Disabled => Ok(()),
            };
        }
        let bucket = self.originals.to_owned();
        let settle = Request { request: RequestKind::Settle, bucket, original: original.clone() };
        let url = stack.outputs().await?.queue_url(Function::Thumbnail)?;
        queues::send(stack, url, &[json!(settle).to_string()]).await?;
        let key = escape(&original.key);
        Err(if current.is_some() {
            CommandError::failed(format!("cannot set the alt text: a newer version has replaced `{key}`"))
                .hint("check the new photo, then run the command again")
        } else {
            CommandError::failed(format!("cannot set the alt text: `{key}` was removed"))
                .hint("run `deployer ls{flags}` to list the photos")
        })
    }

    /// Sends the event which reports that `original` has alt texts. The event contains all of them, including the new
    /// `text`.
    async fn announce(
        &self,
        stack: &Stack,
        original: &OriginalVersion,
        text: &AltText,
    ) -> Result<(), CommandError> {
        let mut texts = self.alt_texts(original).await?;
        let languages = &stack.config.settings.alt_text.languages;
        let place = |text: &AltText| languages.iter().position(|language| *language == text.language);
        texts.sort_by_key(|text| place(text).unwrap_or(languages.len()));
        let digest = Some(text.digest.as_str().to_owned());
        let original = EventOriginal { digest, ..EventOriginal::from_version(self.originals, original) };
        let sender = EventSender { stack: stack.name().to_owned() };
        let event = sender.alt_text_ready(original, texts.iter().map(EventAltText::from).collect());
        let entry = PutEventsRequestEntry::builder()
            .source(SOURCE)
            .detail_type(event.detail_type())
            .detail(json!(event).to_string())
            .build();
        let sent = stack.aws.eventbridge().put_events().entries(entry).send().await;
        let again = "the alt text is stored; run the command again to send the event";
        let sent = sent.map_err(|error| aws_error("send the event of the alt text", &error).hint(again))?;
        match sent.entries().iter().find_map(|entry| entry.error_message()) {
            Some(why) => {
                Err(CommandError::failed(format!("cannot send the event of the alt text: {why}")).hint(again))
            }
            None => Ok(()),
        }
    }
}
