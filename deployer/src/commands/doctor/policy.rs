//! The IAM policy of an operator, from the groups in `policy.yaml` and the names of the stack.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::{Events, Settings};
use crate::deploy::plan::permissions::matches_pattern;
use crate::error::CommandError;

/// Actions with the same resources and condition.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionGroup {
    pub(super) resources: Vec<String>,
    needs: Option<Requirement>,
    #[serde(default)]
    pub(super) condition: Condition,
    #[serde(default)]
    printed_as: Vec<String>,
    pub(super) actions: Vec<String>,
}

/// The allowed values, by operator and condition key.
pub(super) type Condition = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// The setting that requires a group.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Requirement {
    AltText,
    Delivery,
    Events,
    KmsKey,
    NoPermissionsBoundary,
    PermissionsBoundary,
    Signed,
}

/// A part of the permissions of an operator that fits into one managed policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum PolicyPart {
    /// Everything except delivery.
    Stack,
    /// Delivery, if `delivery.enabled` is true.
    Delivery,
}

impl Requirement {
    fn part(self) -> PolicyPart {
        match self {
            Self::Delivery | Self::Signed => PolicyPart::Delivery,
            Self::AltText
            | Self::Events
            | Self::KmsKey
            | Self::NoPermissionsBoundary
            | Self::PermissionsBoundary => PolicyPart::Stack,
        }
    }

    fn is_met(self, settings: &Settings) -> bool {
        match self {
            Self::AltText => settings.alt_text.enabled,
            Self::Delivery => settings.delivery.enabled,
            Self::Events => settings.events == Events::Enabled,
            Self::KmsKey => settings.kms_key,
            Self::NoPermissionsBoundary => settings.permissions_boundary.is_none(),
            Self::PermissionsBoundary => settings.permissions_boundary.is_some(),
            Self::Signed => settings.delivery.is_signed(),
        }
    }
}

/// Returns the groups of actions that an operator of a stack with `settings` needs in `partition`.
pub(super) fn action_groups(settings: &Settings, partition: &str) -> Result<Vec<ActionGroup>, CommandError> {
    let groups: Vec<ActionGroup> = serde_yaml::from_str(include_str!("policy.yaml"))
        .map_err(|error| CommandError::failed(format!("cannot parse the built-in policy: {error}")))?;
    let is_needed = |group: &ActionGroup| group.needs.is_none_or(|need| need.is_met(settings));
    let boundary = settings.permissions_boundary.as_deref().unwrap_or_default();
    let fill = |text: &str| {
        text.replace("{stack}", &settings.stack)
            .replace("{partition}", partition)
            .replace("{boundary}", boundary)
            .replace("{model}", settings.alt_text.foundation_model())
    };
    let bucket_names = &settings.buckets;
    let bucket_names =
        [&bucket_names.originals, &bucket_names.thumbnails, &bucket_names.catalog, &bucket_names.artifacts];
    let arns = |resource: &String| -> Vec<String> {
        let arn = |resource: &str| match resource {
            "*" => "*".to_owned(),
            resource => format!("arn:{partition}:{}", fill(resource)),
        };
        if resource.contains("{bucket}") {
            bucket_names.into_iter().flatten().map(|name| arn(&resource.replace("{bucket}", name))).collect()
        } else {
            vec![arn(resource)]
        }
    };
    let filled = groups.into_iter().filter(is_needed).map(|mut group| {
        group.resources = group.resources.iter().flat_map(arns).collect();
        for value in group.condition.values_mut().flat_map(BTreeMap::values_mut).flatten() {
            *value = fill(value);
        }
        group
    });
    Ok(filled.collect())
}

impl ActionGroup {
    fn statement(self) -> Value {
        let is_printed =
            |action: &String| !self.printed_as.iter().any(|pattern| matches_pattern(pattern, action));
        let actions: Vec<&String> =
            self.printed_as.iter().chain(self.actions.iter().filter(|action| is_printed(action))).collect();
        let resources = match &self.resources[..] {
            [one] => json!(one),
            all => json!(all),
        };
        let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
        if !self.condition.is_empty() {
            statement["Condition"] = json!(self.condition);
        }
        statement
    }
}

/// Returns the policy for `part` of an operator who runs all commands on the stack.
pub(super) fn operator_policy(settings: &Settings, part: PolicyPart) -> Result<Value, CommandError> {
    if part == PolicyPart::Delivery && !settings.delivery.enabled {
        return Err(CommandError::usage("`delivery.enabled` is false, which needs no policy")
            .hint("set `delivery: {enabled: true}` in deployer.yaml"));
    }
    // https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
    let partition = match settings.region.as_deref().unwrap_or_default() {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let groups = action_groups(settings, partition)?.into_iter();
    let of_part = groups.filter(|group| group.needs.map_or(PolicyPart::Stack, Requirement::part) == part);
    let statements: Vec<Value> = of_part.map(ActionGroup::statement).collect();
    Ok(json!({ "Version": "2012-10-17", "Statement": statements }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_replaces_the_actions_it_matches_only_in_the_printed_policy() {
        let groups = action_groups(&Settings::default(), "aws").unwrap();
        let group =
            groups.into_iter().find(|group| group.actions.iter().any(|a| a == "s3:ListBucket")).unwrap();
        let statement = group.statement().to_string();
        assert!(
            statement.contains("s3:ListBucket*") && !statement.contains("s3:ListBucketVersions"),
            "{statement}"
        );
    }
}
