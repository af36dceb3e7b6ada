//! The alt-text function: describes an uploaded original in each configured language.
//!
//! It never replaces a person's text, and it does not describe a photo again if the text is current. The thumbnail
//! function processes removals and deletes the alt texts.

use std::time::Instant;

use aws_sdk_bedrockruntime::Client;
use contract::alt_text::{AltText, AltTextDone, ModelFacts, Price, Source, Status};
use contract::function::Function;
use contract::key::{Digest, OriginalVersion};
use contract::log::{LogLine, Outcome, Tokens};
use contract::manifest::SCHEMA;
use contract::outcome_event::{self, EventAltText, EventSender, OutcomeEvent};
use contract::preset::{Preset, PresetFormat};
use contract::settings::{AltTextSettings, OnRemoval};
use imaging::Watermarks;
use protocol::{NameIndex, Role, State};
use serde_json::Value;
use time::OffsetDateTime;

use crate::batch::MessageHandler;
use crate::bucket::Bucket;
use crate::catalog;
use crate::event::{EventKind, ObjectEvent};
use crate::event_bus::EventBus;
use crate::failure::{Failure, cannot};
use crate::log::add_step;
use crate::message::Receive;
use crate::model::{self, Description, ModelAnswer, PROMPT_VERSION};
use crate::original::{Original, SkipReason};
use crate::originals::{Capacity, Originals};
use crate::producer::Producer;
use crate::rules;
use crate::service_error::ServiceError;
use crate::worker::{self, Job, Resources};

/// The longer side of the picture that the model sees, in pixels. More pixels cost more tokens and add little.
const PICTURE_PIXELS: u32 = 768;

/// The maximum number of times that the function asks the model. It asks again if the answer breaks the rules or cannot
/// be read.
const MAX_QUESTIONS: u32 = 2;

/// The maximum number of times that the function tries to store a text while others change the record.
const MAX_STORES: u32 = 4;

/// The alt-text function, with the state that it keeps between invocations.
#[derive(Debug)]
pub struct Describer {
    originals_bucket: String,
    originals: Originals,
    resources: Resources,
    bedrock: Client,
    model: String,
    languages: Vec<String>,
    picture_presets: Vec<Preset>,
}

/// A question to the model about one picture.
struct Question<'a> {
    version: &'a OriginalVersion,
    digest: &'a Digest,
    picture: &'a [u8],
    /// Whether the event is a replay, which replaces a rejected text.
    again: bool,
}

/// The alt texts of a photo.
#[derive(Debug)]
pub(crate) struct PhotoTexts {
    original: Original,
    digest: Digest,
    bytes: u64,
    /// All of them, for the event of the outcome.
    texts: Vec<EventAltText>,
}

impl Describer {
    /// Creates the function for a process with `capacity`.
    pub fn new(
        s3: aws_sdk_s3::Client,
        bedrock: Client,
        events: Option<EventBus>,
        settings: AltTextSettings,
        capacity: Capacity,
    ) -> Self {
        let AltTextSettings {
            originals_bucket,
            catalog_bucket,
            model,
            languages,
            max_bytes,
            max_pixels,
            on_removal,
            event_stack: _,
        } = settings;
        Self {
            originals_bucket,
            resources: Resources {
                function: Function::AltText,
                output_bucket: Bucket { s3: s3.clone(), name: catalog_bucket.clone() },
                catalog: Bucket { s3: s3.clone(), name: catalog_bucket },
                queue: None,
                alt_text_queue: None,
                events,
                name_index: NameIndex::Ignored,
                keeps_outputs: on_removal == OnRemoval::Keep,
            },
            originals: Originals::new(s3, max_bytes, max_pixels, Watermarks::default(), capacity)
                .with_memory_advice("; the memory of the alt-text function is fixed"),
            bedrock,
            model,
            languages,
            picture_presets: vec![Preset {
                format: PresetFormat::Jpeg,
                ..Preset::inside("shown", PICTURE_PIXELS, PICTURE_PIXELS)
            }],
        }
    }
}

impl MessageHandler for Describer {
    async fn handle(
        &self,
        event: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if event.is_foreign(&self.originals_bucket, line) {
            return Ok(Outcome::Ignored);
        }
        let result = match event.kind {
            EventKind::Created => self.process_original(event, receive, line).await,
            EventKind::Removed | EventKind::VersionRemoved | EventKind::Other => Ok(Outcome::Ignored),
        };
        catalog::record_permanent_failure(
            result,
            Function::AltText,
            &self.resources.catalog,
            event,
            receive,
            line,
        )
        .await
    }
}

impl Describer {
    async fn process_original(
        &self,
        event: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let Some(original) = self.originals.resolve(event, line).await? else { return Ok(Outcome::Gone) };
        let role = Role::Make { again: event.again, unversioned: false, has_failed: false };
        let job = Job { original: &original, receive, event: &event.kept_fields };
        // Each question costs money. A request of a function to check a version therefore does not repeat a question
        // that failed.
        let state = if event.is_settle_request { State::Settle } else { State::begin(role) };
        let result = worker::run(Some(self), &self.resources, role, state, job, None, line).await?;
        Ok(result.outcome())
    }

    /// Returns the stored alt text in `language` if it is current. Otherwise stores and returns a new one.
    async fn describe(
        &self,
        question: &Question<'_>,
        language: &str,
        line: &mut LogLine,
    ) -> Result<AltText, Failure> {
        let key = question.version.alt_text_key(language);
        let stored = self.read_text(&key).await?;
        let is_asked_again = |stored: &AltText| {
            question.again && stored.status == Status::Rejected && stored.source != Source::Person
        };
        let replaces = match stored {
            Some((stored, _))
                if stored.is_current(question.digest, &self.model, PROMPT_VERSION)
                    && !is_asked_again(&stored) =>
            {
                return Ok(stored);
            }
            stored => stored.map(|(_, etag)| etag),
        };
        let text = self.write_text(question, language, line).await?;
        // Store each text at once, because each costs money.
        self.store_text(&key, &text, replaces).await?;
        Ok(text)
    }

    /// Stores `text`, if the stored text is still the one that was read before. If another writer, such as a person,
    /// has changed it in the meantime, the function reads it again.
    async fn store_text(&self, key: &str, text: &AltText, mut etag: Option<String>) -> Result<(), Failure> {
        for _ in 0..MAX_STORES {
            match self.resources.catalog.put_if_unchanged(key, text, etag.as_deref()).await {
                Err(ServiceError::Exists | ServiceError::Missing) => {}
                result => return result.map_err(cannot("store an alt text")),
            }
            let stored = self.read_text(key).await?;
            if stored
                .as_ref()
                .is_some_and(|(stored, _)| stored.is_current(&text.digest, &self.model, PROMPT_VERSION))
            {
                return Ok(());
            }
            etag = stored.map(|(_, etag)| etag);
        }
        let error = ServiceError::Unavailable("other processes keep overwriting it".to_owned());
        Err(cannot("store an alt text")(error))
    }

    async fn read_text(&self, key: &str) -> Result<Option<(AltText, String)>, Failure> {
        self.resources.catalog.read_tagged(key).await.map_err(cannot("read an alt text"))
    }

    /// Asks the model for an alt text.
    async fn write_text(
        &self,
        question: &Question<'_>,
        language: &str,
        line: &mut LogLine,
    ) -> Result<AltText, Failure> {
        let asking = Instant::now();
        let mut tokens = Tokens::default();
        let mut rejected = None;
        let mut accepted = Description::default();
        for attempt in 1..=MAX_QUESTIONS {
            let asked =
                model::ask(&self.bedrock, &self.model, question.picture, language, rejected.as_deref());
            let ModelAnswer { description, tokens: used } = match asked.await {
                Err(Failure::ModelErred(_)) if attempt < MAX_QUESTIONS => {
                    rejected = Some("it could not be parsed, so write a much shorter answer".to_owned());
                    continue;
                }
                answered => answered?,
            };
            tokens = Tokens { input: tokens.input + used.input, output: tokens.output + used.output };
            add_tokens(line, &self.model, used);
            match description.and_then(apply_rules) {
                Ok(description) => {
                    accepted = description;
                    rejected = None;
                    break;
                }
                Err(why) => rejected = Some(why),
            }
        }
        add_step(line, "describe", asking);
        let latency_ms = asking.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        let confidence = accepted.confidence.clamp(0.0, 100.0).round() as u8;
        Ok(AltText {
            schema: SCHEMA,
            language: language.to_owned(),
            status: if rejected.is_none() { Status::Accepted } else { Status::Rejected },
            alt: accepted.alt,
            decorative: accepted.decorative,
            long_description: rules::sanitize(&accepted.long_description),
            visible_text: rules::sanitize(&accepted.visible_text),
            source: Source::Model(ModelFacts {
                model: self.model.clone(),
                prompt_version: PROMPT_VERSION,
                confidence,
                input_tokens: tokens.input,
                output_tokens: tokens.output,
                latency_ms,
                rejected,
            }),
            digest: question.digest.clone(),
            written_at: OffsetDateTime::now_utc(),
        })
    }
}

impl Producer for Describer {
    type Outputs = PhotoTexts;

    async fn produce(
        &self,
        original: &Original,
        receive: &Receive,
        again: bool,
        line: &mut LogLine,
    ) -> Result<Result<PhotoTexts, SkipReason>, Failure> {
        let fetched = match self.originals.fetch(original, &receive.invocation, line).await? {
            Ok(fetched) => fetched,
            Err(skipped) => return Ok(Err(skipped)),
        };
        let version = original.version.clone();
        let picture = self
            .originals
            .render(original, fetched, &self.picture_presets, &receive.invocation, line)
            .await?;
        let mut texts = PhotoTexts {
            original: original.clone(),
            digest: picture.digest.clone(),
            bytes: picture.bytes,
            texts: Vec::new(),
        };
        for shown in &picture.rendered.thumbnails {
            let question =
                Question { version: &version, digest: &picture.digest, picture: &shown.bytes, again };
            for language in &self.languages {
                let text = self.describe(&question, language, line).await?;
                texts.texts.push(EventAltText::from(&text));
            }
        }
        Ok(Ok(texts))
    }

    /// Does nothing: [`Describer::describe`] has stored the texts.
    async fn put_outputs(&self, _outputs: &PhotoTexts) -> Result<(), Failure> {
        Ok(())
    }

    async fn put_done(&self, outputs: &PhotoTexts) -> Result<(), Failure> {
        let done = AltTextDone { schema: SCHEMA, languages: self.languages.clone() };
        let put = self.resources.catalog.put(&outputs.original.version.alt_text_done_key(), &done).await;
        put.map_err(cannot("store the record of alt texts"))
    }

    fn ready_event(&self, outputs: &PhotoTexts, sender: &EventSender) -> OutcomeEvent {
        let PhotoTexts { original, digest, bytes, texts, .. } = outputs;
        let original = outcome_event::EventOriginal {
            digest: Some(digest.as_str().to_owned()),
            bytes: Some(*bytes),
            ..outcome_event::EventOriginal::from_version(&original.bucket.name, &original.version)
        };
        sender.alt_text_ready(original, texts.clone())
    }

    /// Returns `None`, because only the thumbnail function processes removals and sends this event.
    fn ready_event_of_record(&self, _done: &Value, _sender: &EventSender) -> Option<OutcomeEvent> {
        None
    }

    fn output_keys(&self, version: &OriginalVersion, done: &Value) -> Option<Vec<String>> {
        let done: AltTextDone = serde_json::from_value(done.clone()).ok()?;
        Some(done.languages.iter().map(|language| version.alt_text_key(language)).collect())
    }
}

/// Returns `description` with its alt text on one line, or the rule that the alt text breaks.
fn apply_rules(description: Description) -> Result<Description, String> {
    if description.decorative {
        return Ok(Description { alt: String::new(), ..description });
    }
    let alt = rules::one_line(&description.alt);
    match rules::broken_rule(&alt) {
        None => Ok(Description { alt, ..description }),
        Some(why) => Err(why),
    }
}

/// Adds the tokens that the model used, and their cost, to `line`.
fn add_tokens(line: &mut LogLine, model: &str, used: Tokens) {
    let before = line.tokens.unwrap_or_default();
    line.tokens = Some(Tokens { input: before.input + used.input, output: before.output + used.output });
    let cost = Price::for_model(model).map(|price| price.cost(used.input, used.output));
    line.cost_usd = cost.map(|cost| line.cost_usd.unwrap_or(0.0) + cost);
}
