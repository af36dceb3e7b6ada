//! Builds the template for CloudFormation from the files under `templates/` that the configuration requires, and its
//! parameters.

mod merge;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::config::{Architecture, Events, Settings};
use crate::error::CommandError;
use crate::package::Artifact;
use crate::template::merge::TemplatePart;

/// Embeds a file under `templates/`.
macro_rules! part {
    ($name:literal) => {
        TemplatePart {
            file: concat!("templates/", $name, ".yaml"),
            text: include_str!(concat!("../../../templates/", $name, ".yaml")),
        }
    };
}

/// The parts that every stack has.
const BASE_PARTS: [TemplatePart; 3] = [part!("core"), part!("failover"), part!("alarms")];

/// The part with the alt-text function.
const ALT_TEXT: TemplatePart = part!("alt-text");

/// The part with the CloudFront distribution and the delivery function.
const DELIVERY: TemplatePart = part!("delivery");

/// The part with the key that signs addresses.
const DELIVERY_SIGNING: TemplatePart = part!("delivery-signing");

/// The part that lets the functions send events.
const EVENTS: TemplatePart = part!("events");

/// The part that lets pages of other origins upload.
const UPLOADS: TemplatePart = part!("uploads");

/// The part that sends failures and alarms to an email address.
const ALERT_EMAIL: TemplatePart = part!("alert-email");

/// The part that enables access logs.
const ACCESS_LOGS: TemplatePart = part!("access-logs");

/// The part that disables the name index.
const NO_NAME_INDEX: TemplatePart = part!("no-name-index");

/// The part that creates a KMS key and encrypts everything with it.
const KMS: TemplatePart = part!("kms");

/// The limit of CloudFormation for a template in a request, in bytes.
pub(crate) const MAX_BODY_BYTES: usize = 51_200;

/// A template for CloudFormation.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    /// The merged template.
    pub(crate) value: Value,
}

/// The values of template parameters that are not settings.
#[derive(Clone, Debug)]
pub(crate) struct Deployment<'a> {
    pub(crate) artifacts_bucket: &'a str,
    pub(crate) artifacts: &'a [Artifact],
    pub(crate) architecture: Architecture,
    /// The region, if known.
    pub(crate) region: Option<&'a str>,
}

/// Merges the parts that the settings require.
pub(crate) fn render(settings: &Settings) -> Result<Template, CommandError> {
    let parts = parts(settings);
    let value = Value::Object(merge::merge(&parts)?);
    Ok(Template { value })
}

/// Parses a deployed template in YAML or JSON.
pub(crate) fn parse(text: &str) -> Result<Value, CommandError> {
    merge::parse(text)
        .map(Value::Object)
        .map_err(|problem| CommandError::failed(format!("cannot read the deployed template: {problem}")))
}

fn parts(settings: &Settings) -> Vec<TemplatePart> {
    let alt_text = settings.alt_text.enabled.then_some(ALT_TEXT);
    let delivery = settings.delivery.enabled.then_some(DELIVERY);
    let signing = settings.delivery.is_signed().then_some(DELIVERY_SIGNING);
    let events = (settings.events == Events::Enabled).then_some(EVENTS);
    let uploads = (!settings.uploads.cors.is_empty()).then_some(UPLOADS);
    let email = settings.alerts.email.is_some().then_some(ALERT_EMAIL);
    let access_logs = settings.access_logs.then_some(ACCESS_LOGS);
    let no_name_index = (!settings.name_index).then_some(NO_NAME_INDEX);
    let kms = settings.kms_key.then_some(KMS);
    let optional = [alt_text, events, uploads, delivery, signing, email, access_logs, no_name_index, kms];
    BASE_PARTS.into_iter().chain(optional.into_iter().flatten()).collect()
}

impl Template {
    /// Returns the text of the template.
    pub(crate) fn body(&self) -> String {
        self.value.to_string()
    }

    /// Returns whether it has a resource with this logical ID.
    pub(crate) fn has_resource(&self, logical_id: &str) -> bool {
        self.value["Resources"].get(logical_id).is_some()
    }

    /// Replaces the properties of a bucket with only its literal name.
    pub(crate) fn keep_only_name(&mut self, logical_id: &str, bucket: &str) {
        self.value["Resources"][logical_id]["Properties"] = json!({ "BucketName": bucket });
    }

    /// Returns the resources of a type.
    pub(crate) fn resources_of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        let resources = self.value["Resources"].as_object().into_iter();
        resources.flat_map(|all| all.values()).filter(move |resource| resource["Type"] == kind)
    }

    /// Returns the values of the parameters that this template declares, sorted by name.
    pub(crate) fn parameters(
        &self,
        settings: &Settings,
        deployment: &Deployment<'_>,
    ) -> BTreeMap<String, String> {
        let declared = self.value["Parameters"].as_object();
        all_parameters(settings, deployment)
            .into_iter()
            .filter(|(name, _)| declared.is_some_and(|declared| declared.contains_key(name)))
            .collect()
    }
}

/// The parameters and their settings.
const PARAMETER_SETTINGS: [(&str, &str); 30] = [
    ("OriginalsBucketName", "buckets.originals"),
    ("ThumbnailsBucketName", "buckets.thumbnails"),
    ("CatalogBucketName", "buckets.catalog"),
    ("ArtifactsBucketName", "buckets.artifacts"),
    ("Architecture", "function.architecture"),
    ("ThumbnailMemory", "function.memory"),
    ("ThumbnailTimeout", "function.timeout"),
    ("ThumbnailBatchSize", "function.batch_size"),
    ("ThumbnailMaximumConcurrency", "function.maximum_concurrency"),
    ("MaximumReceives", "function.maximum_receives"),
    ("LogRetentionDays", "log_retention_days"),
    ("Presets", "presets"),
    ("MaxBytes", "limits.bytes"),
    ("MaxPixels", "limits.pixels"),
    ("OnRemoval", "on_removal"),
    ("AltTextLanguages", "alt_text.languages"),
    ("AltTextMaximumConcurrency", "alt_text.maximum_concurrency"),
    ("DeliveryDomain", "delivery.domain"),
    ("DeliveryCertificate", "delivery.certificate"),
    ("DeliveryWebAcl", "delivery.web_acl"),
    ("DeliveryPriceClass", "delivery.price_class"),
    ("DeliveryReservedConcurrency", "delivery.reserved_concurrency"),
    ("DeliverySizes", "delivery.sizes"),
    ("DeliveryMaxAge", "delivery.max_age"),
    ("DeliveryStale", "delivery.stale_while_revalidate"),
    ("DeliveryCors", "delivery.cors"),
    ("DeliveryFallback", "delivery.fallback"),
    ("UploadOrigins", "uploads.cors"),
    ("AlertEmail", "alerts.email"),
    ("PermissionsBoundary", "permissions_boundary"),
];

/// Returns the setting of deployer.yaml that determines `parameter`, or `new code`.
pub(crate) fn setting_of_parameter(parameter: &str) -> Option<&'static str> {
    match parameter {
        code if code.ends_with(CODE_KEY) => Some("new code"),
        "AltTextModel" | "AltTextInferenceProfile" => Some("alt_text.model"),
        _ => PARAMETER_SETTINGS.iter().find(|(name, _)| *name == parameter).map(|(_, setting)| *setting),
    }
}

/// The suffix of parameters with the key of the code of a function.
const CODE_KEY: &str = "CodeKey";

/// Returns the parameter with the key of the code of `function`.
pub(crate) fn code_parameter(function: &str) -> String {
    format!("{}{CODE_KEY}", pascal_case(function))
}

/// Returns all settings as parameters.
fn all_parameters(settings: &Settings, deployment: &Deployment<'_>) -> BTreeMap<String, String> {
    let (function, alt_text, delivery) = (&settings.function, &settings.alt_text, &settings.delivery);
    let name = |name: &Option<String>| name.clone().unwrap_or_default();
    let on_removal = serde_json::to_value(settings.on_removal).unwrap_or_default();
    let mut parameters: BTreeMap<String, String> = [
        ("OriginalsBucketName", name(&settings.buckets.originals)),
        ("ThumbnailsBucketName", name(&settings.buckets.thumbnails)),
        ("CatalogBucketName", name(&settings.buckets.catalog)),
        ("ArtifactsBucketName", deployment.artifacts_bucket.to_owned()),
        ("Architecture", deployment.architecture.name().to_owned()),
        ("ThumbnailMemory", function.memory.to_string()),
        ("ThumbnailTimeout", function.timeout.to_string()),
        ("ThumbnailBatchSize", function.batch_size.to_string()),
        ("ThumbnailMaximumConcurrency", function.maximum_concurrency.to_string()),
        ("MaximumReceives", function.maximum_receives.to_string()),
        ("LogRetentionDays", settings.log_retention_days.to_string()),
        ("Presets", serde_json::to_string(&settings.presets).unwrap_or_default()),
        ("MaxBytes", settings.limits.bytes.to_string()),
        ("MaxPixels", settings.limits.pixels.to_string()),
        ("OnRemoval", on_removal.as_str().unwrap_or_default().to_owned()),
        ("AltTextModel", alt_text.foundation_model().to_owned()),
        ("AltTextInferenceProfile", alt_text.inference_profile(deployment.region)),
        ("AltTextLanguages", alt_text.languages.join(",")),
        ("AltTextMaximumConcurrency", alt_text.maximum_concurrency.to_string()),
        ("DeliveryDomain", name(&delivery.domain)),
        ("DeliveryCertificate", name(&delivery.certificate)),
        ("DeliveryWebAcl", name(&delivery.web_acl)),
        ("DeliveryPriceClass", delivery.price_class.name().to_owned()),
        ("DeliveryReservedConcurrency", delivery.reserved_concurrency.unwrap_or(0).to_string()),
        ("DeliverySizes", delivery.sizes.to_string()),
        ("DeliveryMaxAge", delivery.max_age.to_string()),
        ("DeliveryStale", delivery.stale_while_revalidate.to_string()),
        ("DeliveryCors", delivery.cors.join(",")),
        ("DeliveryFallback", name(&delivery.fallback)),
        ("UploadOrigins", settings.uploads.cors.join(",")),
        ("AlertEmail", name(&settings.alerts.email)),
        ("PermissionsBoundary", name(&settings.permissions_boundary)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    for artifact in deployment.artifacts {
        parameters.insert(code_parameter(&artifact.function), artifact.key(&settings.stack));
    }
    parameters
}

/// Converts `alt-text` to `AltText`.
pub(crate) fn pascal_case(name: &str) -> String {
    name.split('-')
        .flat_map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AltTextSettings, DeliverySettings};
    use crate::package::functions;

    #[test]
    fn the_template_declares_every_parameter_and_fits_in_a_request() {
        let alt_text = AltTextSettings { enabled: true, ..AltTextSettings::default() };
        let delivery = DeliverySettings { enabled: true, ..DeliverySettings::default() };
        let small = render(&Settings { alt_text: alt_text.clone(), ..Settings::default() }).unwrap();
        assert!(small.body().len() <= MAX_BODY_BYTES, "{} bytes", small.body().len());
        let settings = Settings { alt_text, delivery, ..Settings::default() };
        let template = render(&settings).unwrap();
        let artifacts: Vec<Artifact> = functions(&settings)
            .into_iter()
            .map(|function| Artifact {
                function: function.to_owned(),
                path: "x.zip".into(),
                digest: "0".into(),
                bytes: 1,
            })
            .collect();
        let deployment = Deployment {
            artifacts_bucket: "artifacts",
            artifacts: &artifacts,
            architecture: Architecture::Arm64,
            region: None,
        };
        let parameters = template.parameters(&settings, &deployment);
        let declared = template.value["Parameters"].as_object().unwrap();
        let missing: Vec<_> = declared
            .iter()
            .filter(|(name, parameter)| parameter.get("Default").is_none() && !parameters.contains_key(*name))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        // Without a configuration, the deployer uses the defaults of the template.
        for (name, value) in &parameters {
            assert!(setting_of_parameter(name).is_some(), "{name}");
            let default = declared[name].get("Default");
            let same = match default {
                None => true,
                Some(Value::String(text)) => text.trim() == value,
                Some(other) => &other.to_string() == value,
            };
            assert!(same, "{name}: the template has {default:?}, the deployer {value:?}");
        }
    }

    #[test]
    fn extensions_apply_with_every_part() {
        let alerts = crate::config::AlertSettings { email: Some("oncall@example.com".to_owned()) };
        let alt_text = AltTextSettings { enabled: true, ..AltTextSettings::default() };
        let settings = Settings { alerts, alt_text, access_logs: true, kms_key: true, ..Settings::default() };
        let template = render(&settings).unwrap();
        let originals = &template.value["Resources"]["OriginalsBucket"]["Properties"];
        assert_eq!(originals["LoggingConfiguration"]["LogFilePrefix"], "originals/");
        let endpoint = &template.value["Resources"]["AlertEmailSubscription"]["Properties"]["Endpoint"];
        assert_eq!(endpoint["Ref"], "AlertEmail");
    }
}
