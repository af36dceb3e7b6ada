//! The alt-text function: an original that has come is described in every language that is asked for.
//!
//! What a person wrote stays, and what is described already is not described again. Removals are followed by the
//! thumbnail function, which takes the alt texts along.

use std::ops::ControlFlow;
use std::time::Instant;

use aws_sdk_bedrockruntime::Client;
use contract::alt_text::{AltText, AltTextDone, ModelFacts, Price, Source, Status};
use contract::function::Function as Origin;
use contract::key::{Digest, OriginalKey, OriginalVersion};
use contract::log::{LogLine, Outcome, Tokens};
use contract::manifest::SCHEMA;
use contract::preset::{Preset, PresetFormat};
use contract::settings::AltTextSettings;
use time::OffsetDateTime;

use crate::batch::Function;
use crate::bucket::Bucket;
use crate::delivery::Delivery;
use crate::event::{Happened, Record};
use crate::failure::{Failure, while_doing};
use crate::model::{self, Answer, Description, PROMPT_VERSION};
use crate::original::{Capacity, Made, Original, Originals, Sought, step};
use crate::record;
use crate::refusal::Refusal;
use crate::rules;

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
    catalog: Bucket,
    bedrock: Client,
    model: String,
    languages: Vec<String>,
    shown: Vec<Preset>,
}

/// What is asked of the model about one picture.
struct Question<'a> {
    base: &'a OriginalKey,
    digest: &'a Digest,
    picture: &'a [u8],
    /// Somebody wants it done again: what was rejected is asked anew.
    again: bool,
}

impl Describer {
    /// The function in a process with `capacity`.
    pub fn new(
        s3: aws_sdk_s3::Client,
        bedrock: Client,
        settings: AltTextSettings,
        capacity: Capacity,
    ) -> Self {
        let AltTextSettings { originals_bucket, catalog_bucket, model, languages, max_bytes, max_pixels } =
            settings;
        Self {
            originals_bucket,
            catalog: Bucket { s3: s3.clone(), name: catalog_bucket },
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

impl Function for Describer {
    async fn work(
        &self,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        if record.is_foreign(&self.originals_bucket, line) {
            return Ok(Outcome::Ignored);
        }
        let ended = match record.happened {
            Happened::Created => self.created(record, delivery, line).await,
            Happened::Removed | Happened::VersionRemoved | Happened::Other => Ok(Outcome::Ignored),
        };
        record::unless_for_good(ended, Origin::AltText, &self.catalog, record, delivery, line).await
    }
}

impl Describer {
    async fn created(
        &self,
        record: &Record,
        delivery: &Delivery,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let to_do = self.originals.to_do(record, &self.catalog, Origin::AltText, line).await?;
        let original = match to_do {
            ControlFlow::Continue(original) => original,
            // Whoever did it may have been stopped before the look that follows.
            ControlFlow::Break(Outcome::AlreadyDone) if delivery.receive_count > 1 => {
                let Some(version) = record.original() else { return Ok(Outcome::AlreadyDone) };
                let (bucket, _) = self.originals.place(record)?;
                let gone = self.forget_if_gone(&bucket, &version).await?;
                return Ok(if gone { Outcome::Gone } else { Outcome::AlreadyDone });
            }
            ControlFlow::Break(outcome) => return Ok(outcome),
        };
        let (outcome, shown) = match self.originals.fetch_current(&original, delivery, line).await? {
            Sought::Gone => {
                if record.again {
                    record::drop(&self.catalog, &original.version.alt_text_failure_key()).await?;
                }
                return Ok(Outcome::Gone);
            }
            Sought::Superseded => (Outcome::Superseded, None),
            Sought::Folder => (Outcome::Folder, None),
            Sought::Found(fetched) => {
                let made = self.originals.render(&original, fetched, &self.shown, delivery, line).await?;
                let base = OriginalKey::of_foreign(&original.version.key, made.last_modified, &made.digest);
                self.describe_all(&base, &made, record.again, line).await?;
                (Outcome::Done, Some((base, made)))
            }
        };
        let base = shown.as_ref().map(|(base, _)| base);
        let done = AltTextDone { schema: SCHEMA, base: base.map(ToString::to_string) };
        let Original { bucket, version, .. } = &original;
        let (failure_key, done_key) = (version.alt_text_failure_key(), version.alt_text_done_key());
        record::settle_at(&self.catalog, &failure_key, &done_key, &done).await?;
        let Some((base, made)) = shown else { return Ok(outcome) };
        // The removal of an earlier version with the same bytes may have taken what stood. One that comes after sees the
        // record that this is done.
        self.describe_all(&base, &made, false, line).await?;
        let gone = self.forget_if_gone(bucket, version).await?;
        Ok(if gone { Outcome::Gone } else { outcome })
    }

    /// Removes the alt texts of `version` if its key is no longer there, and gives whether that is so: a removal may
    /// have been worked on while it was described.
    async fn forget_if_gone(&self, bucket: &Bucket, version: &OriginalVersion) -> Result<bool, Failure> {
        if self.originals.current(bucket, &version.key).await?.is_some() {
            return Ok(false);
        }
        let done_key = version.alt_text_done_key();
        let done: Option<AltTextDone> =
            self.catalog.read(&done_key).await.map_err(while_doing("read a record"))?;
        let base = done.and_then(|done| done.base?.parse::<OriginalKey>().ok());
        let texts = self.languages.iter().filter_map(|language| Some(base.as_ref()?.alt_text(language)));
        for key in texts.chain([done_key]) {
            self.catalog.delete(&key).await.map_err(while_doing("remove what is derived"))?;
        }
        Ok(true)
    }

    /// Stores the alt text in every language in which there is none that stands.
    async fn describe_all(
        &self,
        base: &OriginalKey,
        made: &Made,
        again: bool,
        line: &mut LogLine,
    ) -> Result<(), Failure> {
        for shown in &made.rendered.thumbnails {
            let question = Question { base, digest: &made.digest, picture: &shown.bytes, again };
            for language in &self.languages {
                self.describe(&question, language, line).await?;
            }
        }
        Ok(())
    }

    /// Stores the alt text in `language`, unless there is one that stands.
    async fn describe(
        &self,
        question: &Question<'_>,
        language: &str,
        line: &mut LogLine,
    ) -> Result<(), Failure> {
        let key = question.base.alt_text(language);
        let mut written = None;
        for _ in 0..RACES {
            let there = self.catalog.read_tagged::<AltText>(&key).await;
            let there = there.map_err(while_doing("read an alt text"))?;
            let stands = there.as_ref().is_some_and(|(there, _)| {
                let asked_anew = question.again && there.status == Status::Rejected;
                there.stands(question.digest, &self.model, PROMPT_VERSION)
                    && !(asked_anew && there.source != Source::Person)
            });
            if stands {
                return Ok(());
            }
            let text = match written.take() {
                Some(text) => text,
                None => self.write(question, language, line).await?,
            };
            let etag = there.map(|(_, etag)| etag);
            match self.catalog.put_over(&key, &text, etag.as_deref()).await {
                // Somebody has written one meanwhile, who may be a person.
                Err(Refusal::Exists | Refusal::Missing) => written = Some(text),
                ended => return ended.map_err(while_doing("store an alt text")),
            }
        }
        let refusal = Refusal::Unavailable("others keep changing it".to_owned());
        Err(while_doing("store an alt text")(refusal))
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
            long_description: rules::tamed(&accepted.long_description),
            visible_text: rules::tamed(&accepted.visible_text),
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
