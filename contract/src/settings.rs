//! The settings of the functions. The template sets them as environment variables, and the functions read them.

use std::collections::HashMap;

use crate::delivery::Sizes;
use crate::preset::{Preset, PresetError};

/// The bucket of the originals. A function ignores events of other buckets.
pub const ORIGINALS_BUCKET: &str = "ORIGINALS_BUCKET";
/// The bucket for thumbnails.
pub const THUMBNAILS_BUCKET: &str = "THUMBNAILS_BUCKET";
/// The bucket for manifests, alt texts, and failure records.
pub const CATALOG_BUCKET: &str = "CATALOG_BUCKET";
/// The presets, as a JSON list.
pub const PRESETS: &str = "PRESETS";
/// The greatest size of an original, in bytes.
pub const MAX_BYTES: &str = "MAX_BYTES";
/// The greatest width x height of an original, in pixels.
pub const MAX_PIXELS: &str = "MAX_PIXELS";
/// Whether the outputs of a removed original are deleted: `delete` or `keep`.
pub const ON_REMOVAL: &str = "ON_REMOVAL";
/// Whether each photo with thumbnails has an entry in the name index: `enabled` (the default) or `disabled`.
pub const NAME_INDEX: &str = "NAME_INDEX";
/// The URL of the thumbnail function's queue.
pub const THUMBNAIL_QUEUE: &str = "THUMBNAIL_QUEUE_URL";
/// The URL of the alt-text function's queue; not set without that function.
pub const ALT_TEXT_QUEUE: &str = "ALT_TEXT_QUEUE_URL";
/// The inference profile or model that writes the alt texts, as Bedrock names it.
pub const MODEL: &str = "MODEL";
/// The languages of the alt texts as BCP 47 tags, separated by commas.
pub const LANGUAGES: &str = "LANGUAGES";
/// The name of the stack in the events of outcomes; not set if the stack sends none.
pub const EVENT_STACK: &str = "EVENT_STACK";
/// The base URL of the thumbnails, for outcome events; not set if the stack delivers none.
pub const DELIVERY_ADDRESS: &str = "DELIVERY_ADDRESS";
/// The topic for notifications about failures.
pub const ALERT_TOPIC: &str = "ALERT_TOPIC_ARN";
/// Which sizes may be requested besides the presets: [`Sizes`].
pub const DELIVERY_SIZES: &str = "DELIVERY_SIZES";
/// How long a cache may use the response for a current version without revalidation, in seconds.
pub const DELIVERY_MAX_AGE: &str = "DELIVERY_MAX_AGE";
/// How long after that a cache may still use the response while it fetches a new one, in seconds.
pub const DELIVERY_STALE: &str = "DELIVERY_STALE";
/// The origins whose pages may read the thumbnails: `*`, or origins separated by commas.
pub const DELIVERY_CORS: &str = "DELIVERY_CORS";
/// The key of the photo that is shown instead of a photo that has failed.
pub const DELIVERY_FALLBACK: &str = "DELIVERY_FALLBACK";
/// The secret whose current and previous version sign addresses; required if the sizes are `signed`.
pub const DELIVERY_SECRET: &str = "DELIVERY_SECRET";

/// The thumbnail function's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct ThumbnailSettings {
    /// See [`ORIGINALS_BUCKET`].
    pub originals_bucket: String,
    /// See [`THUMBNAILS_BUCKET`].
    pub thumbnails_bucket: String,
    /// See [`CATALOG_BUCKET`].
    pub catalog_bucket: String,
    /// See [`PRESETS`].
    pub presets: Vec<Preset>,
    /// See [`MAX_BYTES`].
    pub max_bytes: u64,
    /// See [`MAX_PIXELS`].
    pub max_pixels: u64,
    /// See [`ON_REMOVAL`].
    pub on_removal: OnRemoval,
    /// See [`NAME_INDEX`].
    pub name_index: bool,
    /// See [`THUMBNAIL_QUEUE`].
    pub queue: String,
    /// See [`ALT_TEXT_QUEUE`].
    pub alt_text_queue: Option<String>,
    /// See [`EVENT_STACK`].
    pub event_stack: Option<String>,
    /// See [`DELIVERY_ADDRESS`].
    pub delivery_address: Option<String>,
}

/// Whether the outputs of a removed original are deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OnRemoval {
    /// The functions delete the thumbnails, alt texts, and records of the original.
    #[default]
    Delete,
    /// The functions keep the thumbnails, alt texts, and records of the original.
    Keep,
}

/// The greatest size of an original unless configured otherwise: 100 MB.
pub const DEFAULT_MAX_BYTES: u64 = 100_000_000;
/// The greatest width x height unless configured otherwise: 250 megapixels, because cameras and phones have up to 200.
pub const DEFAULT_MAX_PIXELS: u64 = 250_000_000;

/// The errors of a function's environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A required variable is not set.
    #[error("the environment variable `{name}` is not set")]
    Missing {
        /// The variable.
        name: &'static str,
    },
    /// The value of a variable is invalid.
    #[error("the environment variable `{name}` is `{value}`: {reason}")]
    Unreadable {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// Why the value is invalid.
        reason: String,
    },
    /// The presets are invalid.
    #[error("the environment variable `PRESETS` is not valid: {0}")]
    Presets(#[from] PresetError),
}

impl ThumbnailSettings {
    /// The variables that the thumbnail function reads in every stack.
    pub const VARIABLES: [&str; 8] = [
        ORIGINALS_BUCKET,
        THUMBNAILS_BUCKET,
        CATALOG_BUCKET,
        PRESETS,
        MAX_BYTES,
        MAX_PIXELS,
        ON_REMOVAL,
        THUMBNAIL_QUEUE,
    ];

    /// Reads the settings from the variables of an environment.
    pub fn read(variables: &HashMap<String, String>) -> Result<Self, SettingsError> {
        Ok(Self {
            originals_bucket: required(variables, ORIGINALS_BUCKET)?,
            thumbnails_bucket: required(variables, THUMBNAILS_BUCKET)?,
            catalog_bucket: required(variables, CATALOG_BUCKET)?,
            presets: presets(variables)?,
            max_bytes: number(variables, MAX_BYTES, DEFAULT_MAX_BYTES)?,
            max_pixels: number(variables, MAX_PIXELS, DEFAULT_MAX_PIXELS)?,
            on_removal: on_removal(variables)?,
            name_index: name_index(variables)?,
            queue: required(variables, THUMBNAIL_QUEUE)?,
            alt_text_queue: optional(variables, ALT_TEXT_QUEUE),
            event_stack: optional(variables, EVENT_STACK),
            delivery_address: optional(variables, DELIVERY_ADDRESS),
        })
    }
}

/// The alt-text function's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AltTextSettings {
    /// See [`ORIGINALS_BUCKET`].
    pub originals_bucket: String,
    /// See [`CATALOG_BUCKET`].
    pub catalog_bucket: String,
    /// See [`MODEL`].
    pub model: String,
    /// See [`LANGUAGES`].
    pub languages: Vec<String>,
    /// See [`MAX_BYTES`].
    pub max_bytes: u64,
    /// See [`MAX_PIXELS`].
    pub max_pixels: u64,
    /// See [`ON_REMOVAL`].
    pub on_removal: OnRemoval,
    /// See [`EVENT_STACK`].
    pub event_stack: Option<String>,
}

impl AltTextSettings {
    /// The variables that the alt-text function reads in every stack.
    pub const VARIABLES: [&str; 7] =
        [ORIGINALS_BUCKET, CATALOG_BUCKET, MODEL, LANGUAGES, MAX_BYTES, MAX_PIXELS, ON_REMOVAL];

    /// Reads the settings from the variables of an environment.
    pub fn read(variables: &HashMap<String, String>) -> Result<Self, SettingsError> {
        let text = required(variables, LANGUAGES)?;
        let languages: Vec<String> = text.split(',').map(str::to_owned).collect();
        if !languages.iter().all(|language| is_language(language)) {
            return Err(unreadable(
                LANGUAGES,
                &text,
                "it must be a list of language tags, such as `en,pt-BR`",
            ));
        }
        Ok(Self {
            originals_bucket: required(variables, ORIGINALS_BUCKET)?,
            catalog_bucket: required(variables, CATALOG_BUCKET)?,
            model: required(variables, MODEL)?,
            languages,
            max_bytes: number(variables, MAX_BYTES, DEFAULT_MAX_BYTES)?,
            max_pixels: number(variables, MAX_PIXELS, DEFAULT_MAX_PIXELS)?,
            on_removal: on_removal(variables)?,
            event_stack: optional(variables, EVENT_STACK),
        })
    }
}

/// Returns whether `text` has the form of a BCP 47 tag: subtags of up to 8 letters or digits, the first of 2 or 3
/// letters.
/// <https://www.rfc-editor.org/rfc/rfc5646#section-2.1>
pub fn is_language(text: &str) -> bool {
    let mut subtags = text.split('-');
    let first = subtags.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.chars().all(|c| c.is_ascii_alphabetic())
        && subtags.all(|tag| (1..=8).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// The failover function's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailoverSettings {
    /// See [`ORIGINALS_BUCKET`].
    pub originals_bucket: String,
    /// See [`CATALOG_BUCKET`].
    pub catalog_bucket: String,
    /// See [`ALERT_TOPIC`].
    pub alert_topic_arn: String,
    /// See [`THUMBNAIL_QUEUE`].
    pub thumbnail_queue: String,
    /// See [`ALT_TEXT_QUEUE`].
    pub alt_text_queue: Option<String>,
    /// See [`EVENT_STACK`].
    pub event_stack: Option<String>,
}

impl FailoverSettings {
    /// The variables that the failover function reads in every stack.
    pub const VARIABLES: [&str; 4] = [ORIGINALS_BUCKET, CATALOG_BUCKET, ALERT_TOPIC, THUMBNAIL_QUEUE];

    /// Reads the settings from the variables of an environment.
    pub fn read(variables: &HashMap<String, String>) -> Result<Self, SettingsError> {
        Ok(Self {
            originals_bucket: required(variables, ORIGINALS_BUCKET)?,
            catalog_bucket: required(variables, CATALOG_BUCKET)?,
            alert_topic_arn: required(variables, ALERT_TOPIC)?,
            thumbnail_queue: required(variables, THUMBNAIL_QUEUE)?,
            alt_text_queue: optional(variables, ALT_TEXT_QUEUE),
            event_stack: optional(variables, EVENT_STACK),
        })
    }
}

/// The delivery function's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliverySettings {
    /// See [`ORIGINALS_BUCKET`].
    pub originals_bucket: String,
    /// See [`THUMBNAILS_BUCKET`].
    pub thumbnails_bucket: String,
    /// See [`CATALOG_BUCKET`].
    pub catalog_bucket: String,
    /// See [`THUMBNAIL_QUEUE`].
    pub thumbnail_queue: String,
    /// See [`PRESETS`].
    pub presets: Vec<Preset>,
    /// See [`MAX_BYTES`].
    pub max_bytes: u64,
    /// See [`MAX_PIXELS`].
    pub max_pixels: u64,
    /// See [`ON_REMOVAL`].
    pub on_removal: OnRemoval,
    /// See [`DELIVERY_SIZES`].
    pub sizes: Sizes,
    /// See [`DELIVERY_MAX_AGE`].
    pub max_age: u64,
    /// See [`DELIVERY_STALE`].
    pub stale: u64,
    /// See [`DELIVERY_CORS`]; empty for none.
    pub cors: Vec<String>,
    /// See [`DELIVERY_FALLBACK`].
    pub fallback: Option<String>,
    /// See [`DELIVERY_SECRET`].
    pub secret: Option<String>,
}

/// [`DELIVERY_MAX_AGE`] unless configured otherwise.
pub const DEFAULT_MAX_AGE: u64 = 60;
/// [`DELIVERY_STALE`] unless configured otherwise: a day.
pub const DEFAULT_STALE: u64 = 86_400;

impl DeliverySettings {
    /// The variables that the delivery function reads. The template sets them, and may leave out [`DELIVERY_CORS`],
    /// [`DELIVERY_FALLBACK`], and [`DELIVERY_SECRET`] or leave them empty.
    pub const VARIABLES: [&str; 14] = [
        ORIGINALS_BUCKET,
        THUMBNAILS_BUCKET,
        CATALOG_BUCKET,
        THUMBNAIL_QUEUE,
        PRESETS,
        MAX_BYTES,
        MAX_PIXELS,
        ON_REMOVAL,
        DELIVERY_SIZES,
        DELIVERY_MAX_AGE,
        DELIVERY_STALE,
        DELIVERY_CORS,
        DELIVERY_FALLBACK,
        DELIVERY_SECRET,
    ];

    /// Reads the settings from the variables of an environment.
    pub fn read(variables: &HashMap<String, String>) -> Result<Self, SettingsError> {
        let text = optional(variables, DELIVERY_SIZES).unwrap_or_default();
        let sizes = text.parse().map_err(|error: crate::delivery::SizeError| {
            unreadable(DELIVERY_SIZES, &text, &error.to_string())
        })?;
        let secret = optional(variables, DELIVERY_SECRET);
        if sizes == Sizes::Signed && secret.is_none() {
            return Err(SettingsError::Missing { name: DELIVERY_SECRET });
        }
        let cors = optional(variables, DELIVERY_CORS).unwrap_or_default();
        Ok(Self {
            originals_bucket: required(variables, ORIGINALS_BUCKET)?,
            thumbnails_bucket: required(variables, THUMBNAILS_BUCKET)?,
            catalog_bucket: required(variables, CATALOG_BUCKET)?,
            thumbnail_queue: required(variables, THUMBNAIL_QUEUE)?,
            presets: presets(variables)?,
            max_bytes: number(variables, MAX_BYTES, DEFAULT_MAX_BYTES)?,
            max_pixels: number(variables, MAX_PIXELS, DEFAULT_MAX_PIXELS)?,
            on_removal: on_removal(variables)?,
            sizes,
            max_age: number(variables, DELIVERY_MAX_AGE, DEFAULT_MAX_AGE)?,
            stale: number(variables, DELIVERY_STALE, DEFAULT_STALE)?,
            cors: cors.split(',').filter(|origin| !origin.is_empty()).map(str::to_owned).collect(),
            fallback: optional(variables, DELIVERY_FALLBACK),
            secret,
        })
    }
}

fn presets(variables: &HashMap<String, String>) -> Result<Vec<Preset>, SettingsError> {
    let presets = match variables.get(PRESETS) {
        None => Preset::defaults(),
        Some(json) => {
            serde_json::from_str(json).map_err(|error| unreadable(PRESETS, json, &error.to_string()))?
        }
    };
    Preset::check_all(&presets)?;
    Ok(presets)
}

fn on_removal(variables: &HashMap<String, String>) -> Result<OnRemoval, SettingsError> {
    match variables.get(ON_REMOVAL).map(String::as_str) {
        None | Some("delete") => Ok(OnRemoval::Delete),
        Some("keep") => Ok(OnRemoval::Keep),
        Some(other) => Err(unreadable(ON_REMOVAL, other, "it must be `delete` or `keep`")),
    }
}

fn name_index(variables: &HashMap<String, String>) -> Result<bool, SettingsError> {
    match variables.get(NAME_INDEX).map(String::as_str) {
        None | Some("enabled") => Ok(true),
        Some("disabled") => Ok(false),
        Some(other) => Err(unreadable(NAME_INDEX, other, "it must be `enabled` or `disabled`")),
    }
}

fn required(variables: &HashMap<String, String>, name: &'static str) -> Result<String, SettingsError> {
    match variables.get(name) {
        Some(value) if !value.is_empty() => Ok(value.clone()),
        _ => Err(SettingsError::Missing { name }),
    }
}

fn optional(variables: &HashMap<String, String>, name: &str) -> Option<String> {
    variables.get(name).filter(|value| !value.is_empty()).cloned()
}

fn number(
    variables: &HashMap<String, String>,
    name: &'static str,
    default: u64,
) -> Result<u64, SettingsError> {
    match variables.get(name) {
        None => Ok(default),
        Some(value) => value.parse().map_err(|_| unreadable(name, value, "it must be a whole number")),
    }
}

fn unreadable(name: &'static str, value: &str, reason: &str) -> SettingsError {
    SettingsError::Unreadable { name, value: value.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(changes: &[(&str, &str)]) -> Result<ThumbnailSettings, SettingsError> {
        let mut variables = HashMap::from([
            (ORIGINALS_BUCKET.to_owned(), "originals".to_owned()),
            (THUMBNAILS_BUCKET.to_owned(), "thumbnails".to_owned()),
            (CATALOG_BUCKET.to_owned(), "catalog".to_owned()),
            (THUMBNAIL_QUEUE.to_owned(), "queue".to_owned()),
        ]);
        variables.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        ThumbnailSettings::read(&variables)
    }

    #[test]
    fn the_buckets_are_required_and_the_rest_has_defaults() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.presets, Preset::defaults());
        assert_eq!(settings.max_bytes, 100_000_000);
        let missing = read(&[(CATALOG_BUCKET, "")]).unwrap_err();
        assert_eq!(missing, SettingsError::Missing { name: CATALOG_BUCKET });
    }

    #[test]
    fn languages_must_be_language_tags() {
        let read = |languages: &str| {
            let buckets = [(ORIGINALS_BUCKET, "originals"), (CATALOG_BUCKET, "catalog")];
            let pairs = [buckets[0], buckets[1], (MODEL, "m"), (LANGUAGES, languages)];
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            AltTextSettings::read(&HashMap::from(pairs)).map(|settings| settings.languages)
        };
        assert_eq!(read("en,pt-BR,zh-Hant").unwrap(), ["en", "pt-BR", "zh-Hant"]);
        for wrong in ["", "english", "en,", "../en", "en-", "e", "en_US"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_delivery_function_needs_a_secret_for_signed_sizes() {
        let read = |changes: &[(&str, &str)]| {
            let places = [ORIGINALS_BUCKET, THUMBNAILS_BUCKET, CATALOG_BUCKET, THUMBNAIL_QUEUE];
            let places = places.map(|name| (name, "place"));
            let all =
                places.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            DeliverySettings::read(&all.collect())
        };
        let settings = read(&[(DELIVERY_CORS, "https://a.example,https://b.example"), (DELIVERY_SECRET, "")]);
        let settings = settings.unwrap();
        assert_eq!((settings.sizes, settings.max_age, settings.stale), (Sizes::Presets, 60, 86_400));
        assert_eq!((settings.cors.len(), settings.secret), (2, None));
        let signed = (DELIVERY_SIZES, "signed");
        assert_eq!(read(&[signed]), Err(SettingsError::Missing { name: DELIVERY_SECRET }));
        assert!(read(&[signed, (DELIVERY_SECRET, "arn")]).is_ok());
        assert!(read(&[(DELIVERY_SIZES, "400x300;1x1")]).unwrap_err().to_string().contains("DELIVERY_SIZES"));
    }

    #[test]
    fn an_invalid_variable_is_reported_with_its_value() {
        for (name, value) in
            [(PRESETS, "[{"), (PRESETS, "[]"), (MAX_BYTES, "ten"), (MAX_PIXELS, "-1"), (ON_REMOVAL, "no")]
        {
            let message = read(&[(name, value)]).unwrap_err().to_string();
            assert!(message.contains(name), "{message}");
        }
    }
}
