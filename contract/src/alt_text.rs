//! Alt text: a text that describes a photo to people who cannot see it, and the record of a version whose texts exist.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::key::Digest;
use crate::manifest::SCHEMA;
use crate::text::is_forbidden;

/// The maximum length of an alt text, in characters. Some screen readers stop there.
pub const MAX_CHARS: usize = 125;

/// The models whose prices are known, in a dated file with its sources.
#[derive(Default, Deserialize)]
struct Models {
    default: String,
    models: BTreeMap<String, Price>,
}

impl Models {
    fn read() -> Self {
        // A test parses the file.
        serde_json::from_str(include_str!("models.json")).unwrap_or_default()
    }
}

/// Returns the ID in Bedrock of the model that writes alt texts by default.
pub fn default_model() -> String {
    Models::read().default
}

/// The price of a model's tokens, in US dollars per million.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Price {
    /// The price of input tokens.
    pub input: f64,
    /// The price of output tokens.
    pub output: f64,
}

impl Price {
    /// Returns the price of `model`, or of the model of an inference profile, or `None` if it is not known.
    pub fn for_model(model: &str) -> Option<Self> {
        Models::read().models.into_iter().find(|(name, _)| model.ends_with(name)).map(|(_, price)| price)
    }

    /// Returns the price of this number of tokens, in US dollars.
    pub fn cost(self, input_tokens: u64, output_tokens: u64) -> f64 {
        (input_tokens as f64 * self.input + output_tokens as f64 * self.output) / 1e6
    }
}

/// The reason why a text is not a valid alt text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AltTextError {
    /// It is longer than [`MAX_CHARS`].
    #[error("it has {chars} characters, but at most {max} are allowed", max = MAX_CHARS)]
    TooLong {
        /// Its length, in characters.
        chars: usize,
    },
    /// It is empty, but the photo is not marked as decorative.
    #[error("it is empty, but the photo is not marked as decorative")]
    Empty,
    /// It contains line breaks, other control characters, or characters that hide or reverse text.
    #[error("it contains control characters")]
    Control,
}

/// Returns an error if `text` is not a valid alt text.
pub fn check(text: &str) -> Result<(), AltTextError> {
    let chars = text.chars().count();
    if chars > MAX_CHARS {
        return Err(AltTextError::TooLong { chars });
    }
    if text.chars().any(is_forbidden) { Err(AltTextError::Control) } else { Ok(()) }
}

/// The alt text of a photo in one language, stored at [`crate::key::OriginalVersion::alt_text_key`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AltText {
    /// The version of the schema of this record: [`SCHEMA`].
    pub schema: u32,
    /// The language as a BCP 47 tag: `en`, `pt-BR`.
    pub language: String,
    /// Whether the text can be used.
    pub status: Status,
    /// The text, one line of up to [`MAX_CHARS`] characters; empty for a decorative photo and for a rejected text.
    pub alt: String,
    /// Whether the photo conveys nothing, so that a page shows it with an empty `alt`.
    #[serde(default)]
    pub decorative: bool,
    /// A longer description; empty if the alt text is sufficient.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub long_description: String,
    /// The words that are visible in the photo.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub visible_text: String,
    /// Who wrote it.
    pub source: Source,
    /// The SHA-256 of the photo's bytes.
    pub digest: Digest,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub written_at: OffsetDateTime,
}

/// Whether an alt text can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The text can be used.
    Accepted,
    /// The model's text broke the rules twice, so a person should write one.
    Rejected,
}

/// Who wrote an alt text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Source {
    /// A person. A model never overwrites the text.
    Person,
    /// A model.
    Model(ModelFacts),
}

/// How a model wrote an alt text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// The model or inference profile, as Bedrock names it.
    pub model: String,
    /// The version of the prompt.
    pub prompt_version: u32,
    /// The confidence that the model reports, in percent.
    pub confidence: u8,
    /// The input tokens of all attempts.
    pub input_tokens: u64,
    /// The output tokens of all attempts.
    pub output_tokens: u64,
    /// The duration of all attempts, in milliseconds.
    pub latency_ms: u64,
    /// Why the last answer was rejected, or `None` if it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<String>,
}

impl AltText {
    /// Returns the text of a person. An empty text means that the photo is decorative.
    pub fn by_person(language: &str, alt: &str, digest: Digest, now: OffsetDateTime) -> Self {
        Self {
            schema: SCHEMA,
            language: language.to_owned(),
            status: Status::Accepted,
            alt: alt.to_owned(),
            decorative: alt.is_empty(),
            long_description: String::new(),
            visible_text: String::new(),
            source: Source::Person,
            digest,
            written_at: now,
        }
    }

    /// Returns the alt text of a person, or an error if it is not valid. The text of a decorative photo is empty.
    pub fn checked(
        language: &str,
        alt: &str,
        decorative: bool,
        digest: Digest,
        now: OffsetDateTime,
    ) -> Result<Self, AltTextError> {
        let alt = if decorative { "" } else { alt.trim() };
        if alt.is_empty() && !decorative {
            return Err(AltTextError::Empty);
        }
        check(alt)?;
        Ok(Self::by_person(language, alt, digest, now))
    }

    /// Returns whether the text is current: a person wrote it, or this `model` wrote it with this `prompt_version`.
    pub fn is_current(&self, digest: &Digest, model: &str, prompt_version: u32) -> bool {
        match &self.source {
            Source::Person => true,
            Source::Model(facts) => {
                self.digest == *digest && facts.model == model && facts.prompt_version == prompt_version
            }
        }
    }
}

/// The record of a version whose alt texts are complete. It is stored at
/// [`crate::key::OriginalVersion::alt_text_done_key`] after the texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AltTextDone {
    /// The version of the schema of this record: [`SCHEMA`].
    pub schema: u32,
    /// The languages of the alt texts, as BCP 47 tags.
    pub languages: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_json_has_a_price_for_the_default_model_in_every_profile() {
        let model = default_model();
        assert_eq!(Price::for_model(&model), Some(Price { input: 0.06, output: 0.24 }));
        for profile in ["us", "eu", "apac", "global"] {
            assert_eq!(Price::for_model(&format!("{profile}.{model}")), Price::for_model(&model));
        }
        let second = Price::for_model("global.amazon.nova-2-lite-v1:0");
        assert_eq!(second, Some(Price { input: 0.30, output: 2.50 }));
        assert_eq!(Price::for_model("amazon.nova-premier-v1:0"), None);
    }
}
