//! The settings in deployer.yaml, their defaults, and the values that can be deployed.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use contract::preset::{Preset, PresetFormat};
use contract::settings::{DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS, OnRemoval};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::delivery::DeliverySettings;
use crate::error::CommandError;

/// The allowed timeouts of a function, in seconds. CloudFormation cannot multiply, so the template has a table of the
/// visibility timeout for each of these. All are shorter than
/// [`SECOND_CHECK_SECONDS`](contract::request::SECOND_CHECK_SECONDS), so that every invocation that runs at the first
/// check of a removal has ended before the second check.
const TIMEOUTS: [u32; 13] = [10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 450, 600];

/// The values that Lambda accepts as the maximum concurrency of an event source mapping.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html>
pub(crate) const CONCURRENCY: RangeInclusive<u32> = 2..=1000;

/// The log retention periods that CloudWatch accepts, in days.
const RETENTIONS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// The maximum length of a stack name: a bucket name has up to 63 characters, and
/// `-access-logs-<account>-ap-southeast-1` takes 40 of them.
const MAX_STACK_NAME: usize = 23;

/// The settings in deployer.yaml.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Name of the stack.
    pub(crate) stack: String,
    /// AWS region; the default is the region of the profile.
    pub(crate) region: Option<String>,
    /// AWS profile; the default is the standard credential chain of AWS tools.
    pub(crate) profile: Option<String>,
    /// Names of the buckets; the default is `<stack>-<role>-<account>-<region>`.
    pub(crate) buckets: BucketNames,
    /// Thumbnails that the function makes of every photo.
    pub(crate) presets: Vec<Preset>,
    /// Limits above which the function rejects a photo without decoding it.
    pub(crate) limits: Limits,
    /// Whether the functions read JPEG XL, which makes their zips larger.
    pub(crate) jpeg_xl: bool,
    /// Whether the functions read SVG, which makes their zips larger.
    pub(crate) svg: bool,
    /// Settings of the thumbnail function.
    pub(crate) function: FunctionSettings,
    /// Settings of the alt-text function.
    pub(crate) alt_text: AltTextSettings,
    /// Settings for delivering thumbnails through CloudFront.
    pub(crate) delivery: DeliverySettings,
    /// Whether the functions send an event for each outcome to the default EventBridge bus of the account.
    pub(crate) events: Events,
    /// Uploads from browsers.
    pub(crate) uploads: UploadSettings,
    /// Whether to delete or keep thumbnails, alt texts, and records when their original is removed.
    pub(crate) on_removal: OnRemoval,
    /// Whether the stack has a name index, so that commands find photos by file name. Without it, commands need the key
    /// of a photo, and S3 receives one fewer PUT per photo.
    pub(crate) name_index: bool,
    /// Days to keep logs.
    #[schemars(extend("enum" = RETENTIONS))]
    pub(crate) log_retention_days: u32,
    /// Recipients of alerts.
    pub(crate) alerts: AlertSettings,
    /// Whether S3 logs all requests to the buckets in a separate bucket.
    pub(crate) access_logs: bool,
    /// Whether the stack creates a KMS key and encrypts everything with it.
    pub(crate) kms_key: bool,
    /// ARN of the permissions boundary of the functions' roles.
    pub(crate) permissions_boundary: Option<String>,
    /// Settings by environment; `-e NAME` selects one, which overrides the rest of the file.
    #[serde(skip_serializing)]
    pub(crate) environments: BTreeMap<String, Settings>,
}

/// Names of the buckets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BucketNames {
    /// Name of the bucket with the photos.
    pub(crate) originals: Option<String>,
    /// Name of the bucket with the thumbnails.
    pub(crate) thumbnails: Option<String>,
    /// Name of the bucket with the records.
    pub(crate) catalog: Option<String>,
    /// Name of the bucket with the code of the functions.
    pub(crate) artifacts: Option<String>,
}

/// Limits above which the function rejects a photo without decoding it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Maximum size of an original, in bytes.
    #[schemars(range(min = 1))]
    pub(crate) bytes: u64,
    /// Maximum width x height, in pixels.
    #[schemars(range(min = 1))]
    pub(crate) pixels: u64,
}

/// Settings of the thumbnail function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FunctionSettings {
    /// Instruction set.
    pub(crate) architecture: Architecture,
    /// Memory, in MB; Lambda assigns CPU time in proportion.
    #[schemars(range(min = 256, max = 10_240))]
    pub(crate) memory: u32,
    /// Timeout of a batch, in seconds.
    #[schemars(extend("enum" = TIMEOUTS))]
    pub(crate) timeout: u32,
    /// Maximum number of messages in a batch.
    #[schemars(range(min = 1, max = 10))]
    pub(crate) batch_size: u32,
    /// Maximum number of concurrent batches.
    #[schemars(range(min = *CONCURRENCY.start(), max = *CONCURRENCY.end()))]
    pub(crate) maximum_concurrency: u32,
    /// Number of receives after which a message becomes a dead letter.
    #[schemars(range(min = 2, max = 1000))]
    pub(crate) maximum_receives: u32,
}

/// Settings of the alt-text function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AltTextSettings {
    /// Whether the stack has an alt-text function.
    pub(crate) enabled: bool,
    /// Bedrock model that writes the alt texts: a foundation model, called through the inference profile of the region,
    /// or an inference profile.
    pub(crate) model: String,
    /// Languages of the alt texts, as BCP 47 tags.
    pub(crate) languages: Vec<String>,
    /// Maximum number of photos described at once.
    #[schemars(range(min = *CONCURRENCY.start(), max = *CONCURRENCY.end()))]
    pub(crate) maximum_concurrency: u32,
}

/// The prefixes of inference profiles, in place of the provider of a model.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html>
const GEOGRAPHIES: [&str; 8] = ["us", "us-gov", "eu", "apac", "ca", "jp", "au", "global"];

impl AltTextSettings {
    /// Returns the name of the foundation model: `amazon.nova-lite-v1:0`.
    pub(crate) fn foundation_model(&self) -> &str {
        match self.model.split_once('.') {
            Some((geography, model)) if GEOGRAPHIES.contains(&geography) => model,
            _ => &self.model,
        }
    }

    /// Returns the inference profile to call: the configured one, or else the profile for the geography of `region`. If
    /// that is unknown, returns the profile for the United States.
    pub(crate) fn inference_profile(&self, region: Option<&str>) -> String {
        if self.foundation_model() != self.model {
            return self.model.clone();
        }
        let region = region.unwrap_or_default();
        let geography = match region.split('-').next().unwrap_or_default() {
            "us" if region.starts_with("us-gov-") => "us-gov",
            "ca" => "ca",
            "eu" => "eu",
            "ap" => "apac",
            _ => "us",
        };
        format!("{geography}.{}", self.model)
    }
}

/// An instruction set of AWS Lambda.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Architecture {
    /// Intel and AMD (`x86_64`).
    #[serde(rename = "x86_64")]
    X86_64,
    /// Graviton (`arm64`).
    #[default]
    #[serde(rename = "arm64")]
    Arm64,
}

impl Architecture {
    /// Returns the name that Lambda uses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}

/// Whether the functions send events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Events {
    /// An event for each outcome.
    Enabled,
    /// No events.
    #[default]
    Disabled,
}

/// Uploads from browsers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct UploadSettings {
    /// Origins of the pages that may upload to the originals bucket, such as `https://app.example`.
    pub(crate) cors: Vec<String>,
}

/// Recipients of alerts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AlertSettings {
    /// Email address that receives notifications about dead letters, and alarms.
    pub(crate) email: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            stack: "thumbnail-generator".to_owned(),
            region: None,
            profile: None,
            buckets: BucketNames::default(),
            presets: Preset::defaults(),
            limits: Limits::default(),
            jpeg_xl: false,
            svg: false,
            function: FunctionSettings::default(),
            alt_text: AltTextSettings::default(),
            delivery: DeliverySettings::default(),
            events: Events::default(),
            uploads: UploadSettings::default(),
            on_removal: OnRemoval::Delete,
            name_index: true,
            log_retention_days: 30,
            alerts: AlertSettings::default(),
            access_logs: false,
            kms_key: false,
            permissions_boundary: None,
            environments: BTreeMap::new(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: DEFAULT_MAX_BYTES, pixels: DEFAULT_MAX_PIXELS }
    }
}

impl Default for FunctionSettings {
    fn default() -> Self {
        Self {
            architecture: Architecture::default(),
            memory: 1769,
            timeout: 60,
            batch_size: 10,
            maximum_concurrency: 50,
            maximum_receives: 5,
        }
    }
}

impl Default for AltTextSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            model: contract::alt_text::default_model(),
            languages: vec!["en".to_owned()],
            maximum_concurrency: 2,
        }
    }
}

impl Settings {
    /// Returns the name of the bucket for `role`: the configured one, or `<stack>-<role>-<account>-<region>`.
    pub(crate) fn bucket_name(
        &self,
        role: &str,
        configured: Option<&str>,
        account: &str,
        region: &str,
    ) -> String {
        match configured {
            Some(name) => name.to_owned(),
            None => format!("{}-{role}-{account}-{region}", self.stack),
        }
    }

    /// Returns the name of the bucket for the zips of the functions.
    pub(crate) fn artifacts_bucket_name(&self, account: &str, region: &str) -> String {
        self.bucket_name("artifacts", self.buckets.artifacts.as_deref(), account, region)
    }

    /// Returns whether a preset is AVIF, which only programs with the encoder can write.
    pub(crate) fn has_avif_preset(&self) -> bool {
        self.presets.iter().any(|preset| preset.format == PresetFormat::Avif)
    }

    /// Returns an error if a value cannot be deployed.
    pub(super) fn check(&self) -> Result<(), CommandError> {
        let needs_full = [
            (self.jpeg_xl, "`jpeg_xl: true`"),
            (self.svg, "`svg: true`"),
            (self.has_avif_preset(), "a preset of the format `avif`"),
        ];
        if !cfg!(feature = "full")
            && let Some((_, setting)) = needs_full.iter().find(|(is_set, _)| *is_set)
        {
            return Err(CommandError::usage(format!(
                "this program was built without the feature `full`, which {setting} needs"
            ))
            .hint("run `cargo build` in the checkout, then run the command again"));
        }
        let name = &self.stack;
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !name.starts_with(|c: char| c.is_ascii_lowercase())
            || !name.chars().all(legal)
            || name.len() > MAX_STACK_NAME
        {
            return Err(CommandError::usage(format!(
                "the stack name `{}` is not valid: the names of the buckets begin with it",
                contract::key::escape(name)
            ))
            .hint(format!(
                "use at most {MAX_STACK_NAME} lowercase letters, digits, and hyphens, and start with a letter"
            )));
        }
        Preset::check_all(&self.presets).map_err(|error| {
            CommandError::usage(error.to_string())
                .hint("run `deployer init example.yaml` to see all settings of a preset and their defaults")
        })?;
        let presets = serde_json::to_string(&self.presets).unwrap_or_default();
        // Lambda limits all environment variables of a function to 4 KB. The rest is left for other variables.
        if presets.len() > 3000 {
            return Err(CommandError::usage("the presets exceed 3000 bytes as JSON")
                .hint("use fewer presets: Lambda limits the environment variables of a function to 4 KB"));
        }
        for (field, value, default) in [
            ("limits.bytes", self.limits.bytes, DEFAULT_MAX_BYTES),
            ("limits.pixels", self.limits.pixels, DEFAULT_MAX_PIXELS),
        ] {
            if value == 0 {
                return Err(CommandError::usage(format!("`{field}` is 0, which rejects every photo"))
                    .hint(format!("remove the line to use the default of {default}")));
            }
        }
        let f = &self.function;
        check_range("function.memory", f.memory, 256, 10_240, "MB")?;
        check_allowed("function.timeout", f.timeout, &TIMEOUTS, "seconds")?;
        check_allowed("log_retention_days", self.log_retention_days, &RETENTIONS, "days")?;
        check_range("function.batch_size", f.batch_size, 1, 10, "messages")?;
        let (least, most) = CONCURRENCY.into_inner();
        check_range("function.maximum_concurrency", f.maximum_concurrency, least, most, "batches")?;
        check_range(
            "alt_text.maximum_concurrency",
            self.alt_text.maximum_concurrency,
            least,
            most,
            "photos",
        )?;
        let languages = &self.alt_text.languages;
        if let Some(invalid) = languages.iter().find(|language| !contract::settings::is_language(language)) {
            return Err(CommandError::usage(format!(
                "`alt_text.languages` contains `{}`, which is not a language tag",
                contract::key::escape(invalid)
            ))
            .hint("use tags such as `en`, `de`, or `pt-BR`"));
        }
        if languages.is_empty() {
            return Err(CommandError::usage("`alt_text.languages` is empty")
                .hint("add at least one language, such as `en`"));
        }
        self.delivery.check(self.region.as_deref())?;
        if let Some(invalid) = self.uploads.cors.iter().find(|origin| !is_origin(origin)) {
            return Err(CommandError::usage(format!(
                "`uploads.cors` contains `{}`, which is not an origin",
                contract::key::escape(invalid)
            ))
            .hint("use origins such as `https://app.example` or `http://localhost:8080`, without a path"));
        }
        check_range("function.maximum_receives", f.maximum_receives, 2, 1000, "receives")?;
        if let Some(invalid) = self.permissions_boundary.as_ref().filter(|arn| !is_policy_arn(arn)) {
            return Err(CommandError::usage(format!(
                "`permissions_boundary` is `{}`, which is not the ARN of a policy",
                contract::key::escape(invalid)
            ))
            .hint("use an ARN such as `arn:aws:iam::111122223333:policy/boundary`"));
        }
        Ok(())
    }
}

/// Returns whether `text` is an origin as browsers send it: a scheme and a host, and a port if it is not the default.
fn is_origin(text: &str) -> bool {
    let Some((scheme, place)) = text.split_once("://") else { return false };
    let (host, port) = place.split_once(':').unwrap_or((place, "0"));
    let is_host = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'.';
    matches!(scheme, "http" | "https")
        && !host.is_empty()
        && host.bytes().all(is_host)
        && port.parse::<u16>().is_ok()
}

/// Returns whether `arn` is the ARN of an IAM policy, by the rule of the template parameter.
fn is_policy_arn(arn: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || "+=,.@_/-".contains(c);
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, policy] = parts[..] else { return false };
    let is_account = account == "aws" || account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let is_partition =
        !partition.is_empty() && partition.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let name = policy.strip_prefix("policy/").unwrap_or_default();
    is_partition && is_account && !name.is_empty() && name.chars().all(legal)
}

pub(super) fn check_range(
    field: &str,
    value: u32,
    least: u32,
    most: u32,
    unit: &str,
) -> Result<(), CommandError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(CommandError::usage(format!("`{field}` is {value}, but must be from {least} to {most} {unit}")))
}

fn check_allowed(field: &str, value: u32, allowed: &[u32], unit: &str) -> Result<(), CommandError> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let nearest = allowed.iter().min_by_key(|other| other.abs_diff(value)).unwrap_or(&value);
    let all: Vec<String> = allowed.iter().map(u32::to_string).collect();
    Err(CommandError::usage(format!("`{field}` is {value}, but must be one of {} {unit}", all.join(", ")))
        .hint(format!("set `{field}` to {nearest}, the nearest allowed value")))
}

#[cfg(test)]
mod tests {
    use contract::request::SECOND_CHECK_SECONDS;

    use super::*;

    #[test]
    fn every_invocation_ends_before_the_second_check_of_a_removal() {
        let longest = |timeout: u32| Settings {
            function: FunctionSettings { timeout, ..FunctionSettings::default() },
            ..Settings::default()
        };
        let delay = u32::try_from(SECOND_CHECK_SECONDS).unwrap();
        for timeout in (1..=2 * delay).filter(|timeout| longest(*timeout).check().is_ok()) {
            assert!(timeout < delay, "{timeout}");
        }
    }

    #[test]
    fn a_model_is_called_through_the_inference_profile_of_its_geography() {
        let profile = |model: &str, region| {
            let settings = AltTextSettings { model: model.to_owned(), ..AltTextSettings::default() };
            (settings.foundation_model().to_owned(), settings.inference_profile(region))
        };
        let nova = "amazon.nova-lite-v1:0".to_owned();
        for (model, region, expect) in [
            ("amazon.nova-lite-v1:0", Some("eu-central-1"), "eu.amazon.nova-lite-v1:0"),
            ("amazon.nova-lite-v1:0", Some("us-gov-west-1"), "us-gov.amazon.nova-lite-v1:0"),
            ("amazon.nova-lite-v1:0", Some("ap-southeast-2"), "apac.amazon.nova-lite-v1:0"),
            ("amazon.nova-lite-v1:0", None, "us.amazon.nova-lite-v1:0"),
            ("global.amazon.nova-lite-v1:0", Some("eu-west-1"), "global.amazon.nova-lite-v1:0"),
        ] {
            assert_eq!(profile(model, region), (nova.clone(), expect.to_owned()));
        }
    }
}
