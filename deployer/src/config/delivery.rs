//! The settings of the delivery of thumbnails over CloudFront, and the values that can be deployed.

use contract::delivery::Sizes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::CommandError;

/// The maximum of `max_age` and `stale_while_revalidate`, in seconds: a year.
const MAX_CACHE_SECONDS: u32 = 31_536_000;

/// The maximum number of allowed origins in a response headers policy.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
const MAX_ORIGINS: usize = 100;

/// Settings for delivering thumbnails through CloudFront.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DeliverySettings {
    /// Whether the stack has a CloudFront distribution and a delivery function.
    pub(crate) enabled: bool,
    /// Domain name of the distribution; the default is the name that CloudFront chooses.
    pub(crate) domain: Option<String>,
    /// ARN of the certificate of the domain in AWS Certificate Manager, in us-east-1.
    pub(crate) certificate: Option<String>,
    /// ARN of the web ACL that filters requests, with scope CLOUDFRONT.
    pub(crate) web_acl: Option<String>,
    /// Edge locations that serve requests.
    pub(crate) price_class: PriceClass,
    /// Reserved concurrency of the delivery function, which is also its maximum concurrency.
    #[schemars(range(min = 1, max = 10_000))]
    pub(crate) reserved_concurrency: Option<u32>,
    /// On-demand sizes in addition to the presets: none, a list of sizes, or any size with a signature.
    pub(crate) sizes: Sizes,
    /// Number of seconds for which a cache may serve a thumbnail at a stable URL without revalidation.
    #[schemars(range(max = MAX_CACHE_SECONDS))]
    pub(crate) max_age: u32,
    /// Number of seconds after `max_age` for which a cache may serve the thumbnail during revalidation.
    #[schemars(range(max = MAX_CACHE_SECONDS))]
    pub(crate) stale_while_revalidate: u32,
    /// Origins whose pages may read the thumbnails with scripts: `https://app.example`, or `*` for all.
    pub(crate) cors: Vec<String>,
    /// Key of an original that is shown in place of a photo that failed.
    pub(crate) fallback: Option<String>,
}

/// The edge locations that serve requests.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PriceClass {
    /// All locations.
    #[default]
    All,
    /// All locations except those in South America, Australia, and New Zealand.
    #[serde(rename = "200")]
    Most,
    /// North America, Europe, and Israel.
    #[serde(rename = "100")]
    Cheapest,
}

impl PriceClass {
    /// Returns the name that CloudFront uses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::All => "PriceClass_All",
            Self::Most => "PriceClass_200",
            Self::Cheapest => "PriceClass_100",
        }
    }
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            enabled: false,
            domain: None,
            certificate: None,
            web_acl: None,
            price_class: PriceClass::default(),
            reserved_concurrency: None,
            sizes: Sizes::default(),
            max_age: 60,
            stale_while_revalidate: 86_400,
            cors: Vec::new(),
            fallback: None,
        }
    }
}

impl DeliverySettings {
    /// Returns whether a request for a size needs a signature.
    pub(crate) fn is_signed(&self) -> bool {
        self.enabled && self.sizes == Sizes::Signed
    }

    /// Returns an error if a value cannot be deployed in `region`, if known.
    pub(super) fn check(&self, region: Option<&str>) -> Result<(), CommandError> {
        if self.enabled && region.is_some_and(|region| region.starts_with("us-gov-")) {
            return Err(CommandError::usage(
                "`delivery.enabled` requires CloudFront, which is not available in GovCloud",
            )
            .hint("remove `delivery`, or deploy to a commercial region, such as us-east-1"));
        }
        self.check_domain()?;
        check_arn("delivery.certificate", &self.certificate, "acm", &["certificate"])?;
        check_arn("delivery.web_acl", &self.web_acl, "wafv2", &["global", "webacl"])?;
        if let Some(reserved) = self.reserved_concurrency
            && !(1..=10_000).contains(&reserved)
        {
            return Err(CommandError::usage(format!(
                "`delivery.reserved_concurrency` is {reserved}, but must be from 1 to 10000 invocations"
            ))
            .hint("remove the line to reserve no concurrency"));
        }
        for (field, seconds) in [
            ("delivery.max_age", self.max_age),
            ("delivery.stale_while_revalidate", self.stale_while_revalidate),
        ] {
            super::settings::check_range(field, seconds, 0, MAX_CACHE_SECONDS, "seconds")?;
        }
        self.check_cors()
    }

    fn check_domain(&self) -> Result<(), CommandError> {
        match (&self.domain, &self.certificate) {
            (Some(domain), _) if !is_domain(domain) => Err(CommandError::usage(format!(
                "`delivery.domain` is `{}`, which is not a domain name",
                contract::key::escape(domain)
            ))
            .hint("use a name such as `images.example.com`, in lowercase and without `https://`")),
            (Some(domain), None) => Err(CommandError::usage(format!(
                "`delivery.domain` is `{domain}`, but `delivery.certificate` is not set"
            ))
            .hint(format!(
                "run `aws acm request-certificate --region us-east-1 --domain-name {domain} --validation-method DNS`, \
                 then set `delivery.certificate` to the ARN that it prints"
            ))),
            (None, Some(_)) => Err(CommandError::usage(
                "`delivery.certificate` is set, but `delivery.domain` is not",
            )
            .hint("set `delivery.domain` to the name in the certificate, or remove the certificate")),
            _ => Ok(()),
        }
    }

    fn check_cors(&self) -> Result<(), CommandError> {
        if let Some(invalid) = self.cors.iter().find(|origin| !is_origin(origin)) {
            return Err(CommandError::usage(format!(
                "`delivery.cors` contains `{}`, which is not an origin",
                contract::key::escape(invalid)
            ))
            .hint("use origins such as `https://app.example`, without a path, or `\"*\"` for all"));
        }
        if self.cors.len() > 1 && self.cors.iter().any(|origin| origin == "*") {
            return Err(CommandError::usage("`delivery.cors` contains `*` and other origins")
                .hint("keep only `*`, or remove it"));
        }
        if self.cors.len() > MAX_ORIGINS {
            return Err(CommandError::usage(format!(
                "`delivery.cors` has {} origins, but CloudFront allows {MAX_ORIGINS}",
                self.cors.len()
            )));
        }
        Ok(())
    }
}

/// Returns an error unless `arn` is the ARN of a resource of `service` in us-east-1, which CloudFront requires.
fn check_arn(field: &str, arn: &Option<String>, service: &str, kind: &[&str]) -> Result<(), CommandError> {
    let Some(arn) = arn else { return Ok(()) };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let &["arn", partition, found_service, region, account, resource] = &parts[..] else {
        return Err(arn_error(field, arn, service, kind));
    };
    let path: Vec<&str> = resource.split('/').collect();
    let is_legal = |part: &&str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    };
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    // A web ACL of another region is `regional/webacl/…`.
    let is_other_region = region != "us-east-1" && !region.is_empty();
    if found_service == service && is_other_region {
        return Err(CommandError::usage(format!(
            "`{field}` is in {}, but CloudFront requires it to be in us-east-1",
            contract::key::escape(region)
        ))
        .hint(format!("create it in us-east-1, then set `{field}` to its ARN")));
    }
    let names = path.len() - kind.len().min(path.len());
    let is_valid = found_service == service
        && region == "us-east-1"
        && is_account
        && partition.starts_with("aws")
        && path.starts_with(kind)
        && (1..=2).contains(&names)
        && path.iter().all(is_legal);
    if is_valid { Ok(()) } else { Err(arn_error(field, arn, service, kind)) }
}

fn arn_error(field: &str, arn: &str, service: &str, kind: &[&str]) -> CommandError {
    let example = match service {
        "acm" => "certificate/12345678-1234-1234-1234-123456789012",
        _ => "global/webacl/photos/12345678-1234-1234-1234-123456789012",
    };
    CommandError::usage(format!(
        "`{field}` is `{}`, which is not the ARN of a {}",
        contract::key::escape(arn),
        if kind.contains(&"webacl") { "web ACL with scope CLOUDFRONT" } else { "certificate" }
    ))
    .hint(format!("use an ARN such as `arn:aws:{service}:us-east-1:111122223333:{example}`"))
}

/// Returns whether `text` is a domain name in lowercase that CloudFront accepts as an alternate name.
fn is_domain(text: &str) -> bool {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && name.contains('.')
        && name.split('.').all(is_label)
        && last.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Returns whether `text` is `*` or an origin as browsers write it: a scheme, a host, and a port if it is not the default.
fn is_origin(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let (host, port) = rest.split_once(':').unwrap_or((rest, "80"));
    let is_legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.*".contains(&b);
    !host.is_empty() && host.bytes().all(is_legal) && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &str =
        "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012";

    fn check(yaml: &str) -> Result<(), CommandError> {
        let settings: DeliverySettings = serde_yaml::from_str(yaml).unwrap();
        settings.check(Some("eu-central-1"))
    }

    #[test]
    fn each_invalid_value_is_refused_with_the_reason() {
        for (yaml, expect) in [
            ("{domain: images.example.com}", "`delivery.certificate` is not set".to_owned()),
            (&format!("{{certificate: '{CERTIFICATE}'}}"), "`delivery.domain` is not".to_owned()),
            (
                "{domain: a.example, certificate: 'arn:aws:acm:eu-central-1:111122223333:certificate/1'}",
                "is in eu-central-1, but CloudFront requires it to be in us-east-1".to_owned(),
            ),
            ("{domain: a.example, certificate: abc}", "is not the ARN of a certificate".to_owned()),
            ("{domain: 'https://a.example', certificate: abc}", "is not a domain name".to_owned()),
            ("{domain: localhost, certificate: abc}", "is not a domain name".to_owned()),
            (
                "{web_acl: 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/1'}",
                "is in eu-west-1".to_owned(),
            ),
            (
                "{web_acl: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1'}",
                "is not the ARN of a web ACL with scope CLOUDFRONT".to_owned(),
            ),
            ("{reserved_concurrency: 0}", "must be from 1 to 10000".to_owned()),
            ("{max_age: 31536001}", "`delivery.max_age` is 31536001".to_owned()),
            ("{cors: [app.example]}", "is not an origin".to_owned()),
            ("{cors: ['https://app.example/']}", "is not an origin".to_owned()),
            ("{cors: ['https://app.example', '*']}", "`*` and other origins".to_owned()),
        ] {
            let error = check(yaml).unwrap_err();
            assert!(error.message.contains(&expect), "{yaml}: {error}");
        }
        let settings = DeliverySettings { enabled: true, ..DeliverySettings::default() };
        assert!(settings.check(Some("us-gov-west-1")).unwrap_err().message.contains("GovCloud"));
    }

    #[test]
    fn settings_that_cloudfront_accepts_are_accepted() {
        for yaml in [
            "{}",
            &format!("{{domain: images.example.com, certificate: '{CERTIFICATE}'}}"),
            &format!("{{domain: '*.example.com', certificate: '{CERTIFICATE}'}}"),
            "{web_acl: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/photos/12345678-1234'}",
            "{sizes: [320x240, 640x, x480], reserved_concurrency: 5, price_class: '100'}",
            "{sizes: signed, cors: ['http://localhost:3000', 'https://app.example'], max_age: 0}",
        ] {
            assert!(check(yaml).is_ok(), "{yaml}: {:?}", check(yaml));
        }
    }
}
