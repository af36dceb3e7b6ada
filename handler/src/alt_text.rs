//! The alt-text function: an original that has come is described in every language that is asked for.
//!
//! What a person wrote stays, and what is described already is not described again. Removals are followed by the
//! thumbnail function, which takes the alt texts along.

use std::time::Instant;

use aws_sdk_bedrockruntime::Client;
use contract::alt_text::{AltText, AltTextDone, ModelFacts, Price, Source, Status};
use contract::function::Function as Origin;
use contract::key::{Digest, OriginalVersion};
use contract::log::{LogLine, Outcome, Tokens};
use contract::manifest::SCHEMA;
use contract::outcome_event::{self, OutcomeEvent, Sender, Text};
use contract::preset::{Preset, PresetFormat};
use contract::settings::{AltTextSettings, OnRemoval};
use protocol::{Role, State};
use serde_json::Value;
use time::OffsetDateTime;

use crate::batch::MessageHandler;
use crate::bucket::Bucket;
use crate::catalog;
use crate::event::{EventKind, ObjectEvent};
use crate::event_bus::EventBus;
use crate::failure::{Failure, while_doing};
use crate::log::step;
use crate::message::Receive;
use crate::model::{self, Answer, Description, PROMPT_VERSION};
use crate::original::{Making, Original};
use crate::originals::{Capacity, Originals};
use crate::rules;
use crate::service_error::ServiceError;
use crate::worker::{self, Case, Maker, Places};

/// The longer side of the picture the model is shown, in pixels: more costs more tokens and tells it little.
const SHOWN_PIXELS: u32 = 768;

/// How often the model is asked: once more, if what it wrote breaks the rules or cannot be read.
const ATTEMPTS: u32 = 2;

/// How often a record that somebody else changes at the same moment is read again.
const RACES: u32 = 4;

/// The alt-text function, with all it keeps between invocations.
#[derive(Debug)]
pub struct Describer {
    originals_bucket: String,
    originals: Originals,
    places: Places,
    bedrock: Client,
    model: String,
    languages: Vec<String>,
    shown: Vec<Preset>,
}

/// What is asked of the model about one picture.
struct Question<'a> {
    version: &'a OriginalVersion,
    digest: &'a Digest,
    picture: &'a [u8],
    /// Somebody wants it done again: what was rejected is asked anew.
    again: bool,
}

/// An alt text that is written and not yet stored.
#[derive(Debug)]
pub(crate) struct Written {
    key: String,
    text: AltText,
    /// The entity tag of the one it replaces, if any.
    over: Option<String>,
}

/// The alt text in one language.
enum Describing {
    /// The stored one stays.
    Stays(AltText),
    /// The model has written one.
    Writes(Written),
}

/// The alt texts of a photo, not yet stored.
#[derive(Debug)]
pub(crate) struct Described {
    original: Original,
    digest: Digest,
    bytes: u64,
    /// All of them, for the event.
    texts: Vec<Text>,
    written: Vec<Written>,
}

impl Described {
    fn add(&mut self, describing: Describing) {
        let (Describing::Stays(text) | Describing::Writes(Written { text, .. })) = &describing;
        self.texts.push(Text {
            language: text.language.clone(),
            status: text.status,
            alt: text.alt.clone(),
            decorative: text.decorative,
        });
        if let Describing::Writes(written) = describing {
            self.written.push(written);
        }
    }
}

impl Describer {
    /// The function in a process with `capacity`.
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
            places: Places {
                function: Origin::AltText,
                outputs: Bucket { s3: s3.clone(), name: catalog_bucket.clone() },
                catalog: Bucket { s3: s3.clone(), name: catalog_bucket },
                queue: None,
                descriptions: None,
                events,
                keeps: on_removal == OnRemoval::Keep,
            },
            originals: Originals::new(s3, max_bytes, max_pixels, capacity),
            bedrock,
            model,
            languages,
            shown: vec![Preset {
                format: PresetFormat::Jpeg,
                ..Preset::inside("shown", SHOWN_PIXELS, SHOWN_PIXELS)
            }],
        }
    }
}

impl MessageHandler for Describer {
    async fn work(
        &self,
        record: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if record.is_foreign(&self.originals_bucket, line) {
            return Ok(Outcome::Ignored);
        }
        let ended = match record.happened {
            EventKind::Created => self.created(record, receive, line).await,
            EventKind::Removed | EventKind::VersionRemoved | EventKind::Other => Ok(Outcome::Ignored),
        };
        catalog::record_permanent_failure(ended, Origin::AltText, &self.places.catalog, record, receive, line)
            .await
    }
}

impl Describer {
    async fn created(
        &self,
        record: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let Some(original) = self.originals.named(record, line).await? else { return Ok(Outcome::Gone) };
        let role = Role::Make { again: record.again, alone: false };
        let case = Case { original: &original, receive, event: &record.kept };
        let ended = worker::run(Some(self), &self.places, role, State::begin(role), case, None, line).await?;
        Ok(ended.outcome())
    }

    /// Writes the alt text in `language`, unless there is one that the model has nothing to add to.
    async fn describe(
        &self,
        question: &Question<'_>,
        language: &str,
        line: &mut LogLine,
    ) -> Result<Describing, Failure> {
        let key = question.version.alt_text_key(language);
        let there = self.read(&key).await?;
        let asked_again = |there: &AltText| {
            question.again && there.status == Status::Rejected && there.source != Source::Person
        };
        let over = match there {
            Some((there, _))
                if there.stands(question.digest, &self.model, PROMPT_VERSION) && !asked_again(&there) =>
            {
                return Ok(Describing::Stays(there));
            }
            there => there.map(|(_, etag)| etag),
        };
        let text = self.write(question, language, line).await?;
        Ok(Describing::Writes(Written { key, text, over }))
    }

    /// Stores `written`, over nothing but what was read before. If somebody has written one meanwhile, who may be a
    /// person, that is looked at first.
    async fn store(&self, written: &Written) -> Result<(), Failure> {
        let Written { key, text, over } = written;
        let mut etag = over.clone();
        for _ in 0..RACES {
            match self.places.catalog.put_over(key, text, etag.as_deref()).await {
                Err(ServiceError::Exists | ServiceError::Missing) => {}
                ended => return ended.map_err(while_doing("store an alt text")),
            }
            let there = self.read(key).await?;
            if there
                .as_ref()
                .is_some_and(|(there, _)| there.stands(&text.digest, &self.model, PROMPT_VERSION))
            {
                return Ok(());
            }
            etag = there.map(|(_, etag)| etag);
        }
        let refusal = ServiceError::Unavailable("other writers keep changing it".to_owned());
        Err(while_doing("store an alt text")(refusal))
    }

    async fn read(&self, key: &str) -> Result<Option<(AltText, String)>, Failure> {
        self.places.catalog.read_tagged(key).await.map_err(while_doing("read an alt text"))
    }

    /// Has the model write an alt text.
    async fn write(
        &self,
        question: &Question<'_>,
        language: &str,
        line: &mut LogLine,
    ) -> Result<AltText, Failure> {
        let asking = Instant::now();
        let mut tokens = Tokens::default();
        let mut rejected = None;
        let mut accepted = Description::default();
        for attempt in 1..=ATTEMPTS {
            let asked =
                model::ask(&self.bedrock, &self.model, question.picture, language, rejected.as_deref());
            let Answer { description, tokens: used } = match asked.await {
                Err(Failure::ModelErred(_)) if attempt < ATTEMPTS => {
                    rejected = Some("it could not be read: write much less".to_owned());
                    continue;
                }
                answered => answered?,
            };
            tokens = Tokens { input: tokens.input + used.input, output: tokens.output + used.output };
            count(line, &self.model, used);
            match description.and_then(keeping_the_rules) {
                Ok(description) => {
                    accepted = description;
                    rejected = None;
                    break;
                }
                Err(why) => rejected = Some(why),
            }
        }
        step(line, "describe", asking);
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

impl Maker for Describer {
    type Made = Described;

    async fn make(
        &self,
        original: &Original,
        receive: &Receive,
        again: bool,
        line: &mut LogLine,
    ) -> Result<Making<Described>, Failure> {
        let fetched = match self.originals.fetch(original, &receive.invocation, line).await? {
            Ok(fetched) => fetched,
            Err(unmade) => return Ok(Err(unmade)),
        };
        let version = original.version.clone();
        let made = self.originals.render(original, fetched, &self.shown, &receive.invocation, line).await?;
        let mut described = Described {
            original: original.clone(),
            digest: made.digest.clone(),
            bytes: made.bytes,
            texts: Vec::new(),
            written: Vec::new(),
        };
        for shown in &made.rendered.thumbnails {
            let question = Question { version: &version, digest: &made.digest, picture: &shown.bytes, again };
            for language in &self.languages {
                match self.describe(&question, language, line).await {
                    Ok(describing) => described.add(describing),
                    Err(failure) => {
                        // What is paid for is kept.
                        self.put_outputs(&described).await?;
                        return Err(failure);
                    }
                }
            }
        }
        Ok(Ok(described))
    }

    async fn put_outputs(&self, made: &Described) -> Result<(), Failure> {
        for written in &made.written {
            self.store(written).await?;
        }
        Ok(())
    }

    async fn put_done(&self, made: &Described) -> Result<(), Failure> {
        let done = AltTextDone { schema: SCHEMA, languages: self.languages.clone() };
        let put = self.places.catalog.put(&made.original.version.alt_text_done_key(), &done).await;
        put.map_err(while_doing("store the record of alt texts"))
    }

    fn announcement(&self, made: &Described, sender: &Sender) -> OutcomeEvent {
        let Described { original, digest, bytes, texts, .. } = made;
        let original = outcome_event::Original {
            digest: Some(digest.as_str().to_owned()),
            bytes: Some(*bytes),
            ..outcome_event::Original::named(&original.bucket.name, &original.version)
        };
        sender.alt_text_ready(original, texts.clone())
    }

    /// Only the thumbnail function follows removals.
    fn announcement_again(&self, _done: &Value, _sender: &Sender) -> Option<OutcomeEvent> {
        None
    }

    fn promised(&self, version: &OriginalVersion, done: &Value) -> Option<Vec<String>> {
        let done: AltTextDone = serde_json::from_value(done.clone()).ok()?;
        Some(done.languages.iter().map(|language| version.alt_text_key(language)).collect())
    }
}

/// `description` with its alt text on one line, or which rule it breaks.
fn keeping_the_rules(description: Description) -> Result<Description, String> {
    if description.decorative {
        return Ok(Description { alt: String::new(), ..description });
    }
    let alt = rules::one_line(&description.alt);
    match rules::broken(&alt) {
        None => Ok(Description { alt, ..description }),
        Some(why) => Err(why),
    }
}

/// Adds what the model used to `line`.
fn count(line: &mut LogLine, model: &str, used: Tokens) {
    let before = line.tokens.unwrap_or_default();
    line.tokens = Some(Tokens { input: before.input + used.input, output: before.output + used.output });
    let cost = Price::of(model).map(|price| price.cost(used.input, used.output));
    line.cost_usd = cost.map(|cost| line.cost_usd.unwrap_or(0.0) + cost);
}
