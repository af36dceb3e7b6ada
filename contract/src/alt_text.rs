//! Alt text: what a photo shows, in words, for whoever cannot see it; and the note by version that there is some.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::key::Digest;
use crate::manifest::SCHEMA;
use crate::text::is_unfit;

/// The greatest length of an alt text, in characters: some screen readers stop there.
pub const MAX_CHARS: usize = 125;

/// The models whose prices are known: a dated file with its sources.
#[derive(Default, Deserialize)]
struct Models {
    default: String,
    models: BTreeMap<String, Price>,
}

impl Models {
    fn read() -> Self {
        // A test holds the file to its form.
        serde_json::from_str(include_str!("models.json")).unwrap_or_default()
    }
}

/// Returns the model that writes alt texts unless another is configured, as Bedrock names it.
pub fn default_model() -> String {
    Models::read().default
}

/// What a model's tokens cost, in US dollars a million.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Price {
    /// Tokens it is given.
    pub input: f64,
    /// Tokens it writes.
    pub output: f64,
}

impl Price {
    /// The price of `model`, which may be an inference profile of it; none where it is not known.
    pub fn of(model: &str) -> Option<Self> {
        Models::read().models.into_iter().find(|(name, _)| model.ends_with(name)).map(|(_, price)| price)
    }

    /// What so many tokens cost, in US dollars.
    pub fn cost(self, input_tokens: u64, output_tokens: u64) -> f64 {
        (input_tokens as f64 * self.input + output_tokens as f64 * self.output) / 1e6
    }
}

/// Why a text cannot be an alt text, whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is longer than [`MAX_CHARS`].
    #[error("it has {chars} characters, {max} are allowed", max = MAX_CHARS)]
    TooLong {
        /// Its length, in characters.
        chars: usize,
    },
    /// There is nothing in it, and nobody says that the photo is decorative.
    #[error("it is empty, but the photo is not marked as decorative")]
    Empty,
    /// It has line breaks or other control characters, or some that hide or turn the text around them.
    #[error("it contains control characters")]
    Control,
}

/// Whether `text` can be an alt text.
pub fn check(text: &str) -> Result<(), Unfit> {
    let chars = text.chars().count();
    if chars > MAX_CHARS {
        return Err(Unfit::TooLong { chars });
    }
    if text.chars().any(is_unfit) { Err(Unfit::Control) } else { Ok(()) }
}

/// The alt text of a photo in one language, stored at [`crate::key::OriginalVersion::alt_text_key`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AltText {
    /// The version of this shape; [`SCHEMA`].
    pub schema: u32,
    /// The language as a BCP 47 tag: `en`, `pt-BR`.
    pub language: String,
    /// Whether there is a text to use.
    pub status: Status,
    /// The text, one line of up to [`MAX_CHARS`] characters; empty for a decorative photo and for one rejected.
    pub alt: String,
    /// Whether the photo says nothing that a reader would miss: it belongs into a page with an empty `alt`.
    #[serde(default)]
    pub decorative: bool,
    /// What the photo shows at length; empty where the alt text says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub long_description: String,
    /// The words that can be read in the photo.
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
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It can.
    Accepted,
    /// What the model wrote broke the rules twice; a person may write one.
    Rejected,
}

/// Who wrote an alt text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Source {
    /// A person: it is never overwritten by a model.
    Person,
    /// A model.
    Model(ModelFacts),
}

/// How a model came to its alt text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// The model or inference profile, as Bedrock names it.
    pub model: String,
    /// The version of the prompt.
    pub prompt_version: u32,
    /// How sure the model says it is, in percent.
    pub confidence: u8,
    /// Tokens it was given, over all attempts.
    pub input_tokens: u64,
    /// Tokens it wrote, over all attempts.
    pub output_tokens: u64,
    /// How long it took to answer, over all attempts, in milliseconds.
    pub latency_ms: u64,
    /// Why the last answer was rejected; none where it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<String>,
}

impl AltText {
    /// A person's text; an empty one says that the photo is decorative.
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

    /// A person's text, if it can be one. A decorative photo has none.
    pub fn checked(
        language: &str,
        alt: &str,
        decorative: bool,
        digest: Digest,
        now: OffsetDateTime,
    ) -> Result<Self, Unfit> {
        let alt = if decorative { "" } else { alt.trim() };
        if alt.is_empty() && !decorative {
            return Err(Unfit::Empty);
        }
        check(alt)?;
        Ok(Self::by_person(language, alt, digest, now))
    }

    /// Whether a model with `model` and `prompt_version` has nothing to add: a person wrote it, or the very same
    /// question was answered.
    pub fn stands(&self, digest: &Digest, model: &str, prompt_version: u32) -> bool {
        match &self.source {
            Source::Person => true,
            Source::Model(facts) => {
                self.digest == *digest && facts.model == model && facts.prompt_version == prompt_version
            }
        }
    }
}

/// The record that one version of an original has its alt texts: the object at
/// [`crate::key::OriginalVersion::alt_text_done_key`], stored after them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AltTextDone {
    /// The version of this shape; [`SCHEMA`].
    pub schema: u32,
    /// The languages of the alt texts, as BCP 47 tags.
    pub languages: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_models_knows_the_default_and_every_profile_of_it() {
        let model = default_model();
        assert_eq!(Price::of(&model), Some(Price { input: 0.06, output: 0.24 }));
        for profile in ["us", "eu", "apac", "global"] {
            assert_eq!(Price::of(&format!("{profile}.{model}")), Price::of(&model));
        }
        let second = Price::of("global.amazon.nova-2-lite-v1:0");
        assert_eq!(second, Some(Price { input: 0.30, output: 2.50 }));
        assert_eq!(Price::of("amazon.nova-premier-v1:0"), None);
    }
}
