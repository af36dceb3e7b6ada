//! The plan: the changes of a change set, as text and as JSON.

pub(crate) mod drift;
pub(crate) mod permissions;
pub(crate) mod resolved;
mod text;

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{
    self as cfn, ChangeAction, ChangeSource, EvaluationType, PolicyAction, Replacement, RequiresRecreation,
};
use serde::Serialize;
use serde_json::Value;

use crate::deploy::plan::drift::Drifted;
use crate::deploy::plan::permissions::PermissionChanges;
use crate::deploy::plan::resolved::Resource;
use crate::s3::purge;
use crate::stack::Stack;
use crate::template::setting_of_parameter;

/// The changes of a change set.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Plan {
    /// The name of the stack.
    pub(crate) stack: String,
    /// Whether the stack is created instead of updated.
    pub(crate) creates: bool,
    /// The changes in display order, with removals and replacements last.
    pub(crate) changes: Vec<PlannedChange>,
    /// The changes of permissions.
    pub(crate) permissions: PermissionChanges,
    /// The drifted resources, or `None` without `--drift`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) drift: Option<Vec<Drifted>>,
}

/// The change of one resource.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PlannedChange {
    /// The kind of change.
    pub(crate) action: Action,
    /// Its logical ID.
    pub(crate) logical_id: String,
    /// Its type: `AWS::S3::Bucket`.
    pub(crate) resource_type: String,
    /// Its physical ID, once it exists.
    pub(crate) physical_id: Option<String>,
    /// Whether the stack loses the photos or records in it.
    pub(crate) loses_data: bool,
    /// The content that the stack loses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<BucketContent>,
    /// Whether the resource grants permissions.
    pub(crate) is_permission: bool,
    /// Whether CloudFormation lists it only because it refers to a resource that is changed in place and keeps its name and
    /// ARN. CloudFormation reports that it may be replaced, but it will not change.
    pub(crate) is_ripple: bool,
    /// The properties that change.
    pub(crate) properties: Vec<PropertyChange>,
}

/// The content of a bucket that the stack loses.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BucketContent {
    /// Whether the bucket is retained in the account. Otherwise, its content is deleted.
    pub(crate) stays: bool,
    /// The number of object versions, up to the limit of the count, or `None` if it is unknown.
    pub(crate) versions: Option<usize>,
    /// Whether there are more versions than counted.
    pub(crate) more: bool,
}

/// The change of one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PropertyChange {
    /// Its path: `Environment.Variables.PRESETS`.
    pub(crate) path: String,
    /// Its current value, if known.
    pub(crate) before: Option<String>,
    /// Its new value, if known.
    pub(crate) after: Option<String>,
    /// Whether the change forces replacement of the resource.
    pub(crate) replaces: ForcesReplacement,
    /// The cause of the change besides the template: a setting of deployer.yaml, a parameter, a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) because: Option<String>,
    /// The resource that the property refers to, if that is the only cause.
    #[serde(skip)]
    causing_resource: Option<String>,
    /// Whether every change of the value forces replacement.
    #[serde(skip)]
    always_replaces: bool,
}

/// Whether a change forces replacement of the resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ForcesReplacement {
    #[default]
    No,
    /// The result depends on a value that is not known yet.
    Perhaps,
    Yes,
}

/// The kind of change of a resource, the least harmful first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    /// CloudFormation creates it.
    Add,
    /// CloudFormation imports an existing resource.
    Import,
    /// CloudFormation updates it in place.
    Change,
    /// CloudFormation may replace it.
    MayReplace,
    /// CloudFormation replaces it.
    Replace,
    /// CloudFormation removes it from the stack and retains it in the account.
    Retain,
    /// CloudFormation deletes it.
    Remove,
}

/// The bucket properties in our templates that S3 updates in place. An emulator may report that they force replacement.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html>
const BUCKET_IN_PLACE: [&str; 8] = [
    "BucketEncryption",
    "LifecycleConfiguration",
    "LoggingConfiguration",
    "NotificationConfiguration",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "Tags",
    "VersioningConfiguration",
];

/// The resources of a stack by logical id.
type Resources = BTreeMap<String, Resource>;

impl Plan {
    /// Reads the changes of a change set between the resources `before` and `after`.
    ///
    /// CloudFormation omits some values and truncates long ones. This takes the full values from the templates.
    pub(crate) fn read(
        stack: &str,
        creates: bool,
        changes: &[cfn::Change],
        before: &Resources,
        after: &Resources,
    ) -> Self {
        let read = |change| PlannedChange::read(change, before, after);
        let mut changes: Vec<PlannedChange> =
            changes.iter().filter_map(cfn::Change::resource_change).filter_map(read).collect();
        mark_ripples(&mut changes);
        changes.sort_by(|a, b| (a.action, &a.logical_id).cmp(&(b.action, &b.logical_id)));
        let mut permissions = permissions::compare(before, after);
        if before.is_empty() {
            // A new stack has no earlier permissions that could become narrower.
            permissions.narrow.clear();
        }
        Self { stack: stack.to_owned(), creates, changes, permissions, drift: None }
    }

    /// Counts the objects in the buckets that the stack loses. Losing an empty bucket does not matter.
    pub(crate) async fn check_buckets(&mut self, stack: &Stack) {
        for change in &mut self.changes {
            let (Some(content), Some(bucket)) = (&mut change.content, &change.physical_id) else { continue };
            // Without permission to list it, assume the bucket is not empty.
            if let Ok(Some((versions, more))) = purge::count_versions(stack, bucket).await {
                (content.versions, content.more) = (Some(versions), more);
            }
            change.loses_data = content.versions != Some(0);
        }
    }

    /// Returns whether the plan imports existing buckets.
    pub(crate) fn has_imports(&self) -> bool {
        self.changes.iter().any(|change| change.action == Action::Import)
    }

    /// Returns whether an existing stack gains, loses, or replaces its KMS key.
    pub(crate) fn has_key_change(&self) -> bool {
        let is_key = |change: &PlannedChange| {
            change.resource_type == "AWS::KMS::Key" && change.action != Action::Change
        };
        !self.creates && self.changes.iter().any(is_key)
    }

    /// Returns the changes that lose photos or records.
    pub(crate) fn losses(&self) -> impl Iterator<Item = &PlannedChange> {
        self.changes.iter().filter(|change| change.loses_data)
    }
}

impl PlannedChange {
    fn read(change: &cfn::ResourceChange, before: &Resources, after: &Resources) -> Option<Self> {
        let resource_type = change.resource_type().unwrap_or_default().to_owned();
        let policy = change.policy_action();
        let action = match change.action()? {
            ChangeAction::Add => Action::Add,
            ChangeAction::Import => Action::Import,
            ChangeAction::Remove if policy == Some(&PolicyAction::Retain) => Action::Retain,
            ChangeAction::Remove => Action::Remove,
            _ => match change.replacement() {
                Some(Replacement::True) => Action::Replace,
                Some(Replacement::Conditional) => Action::MayReplace,
                _ => Action::Change,
            },
        };
        let may_lose_resource =
            matches!(action, Action::MayReplace | Action::Replace | Action::Retain | Action::Remove);
        let stays = matches!(policy, Some(PolicyAction::Retain | PolicyAction::ReplaceAndRetain));
        let content = (may_lose_resource && resource_type == "AWS::S3::Bucket").then_some(BucketContent {
            stays,
            versions: None,
            more: false,
        });
        let is_permission =
            ["AWS::IAM::", "AWS::Lambda::Permission"].iter().any(|p| resource_type.starts_with(p))
                || resource_type.ends_with("Policy");
        let logical_id = change.logical_resource_id().unwrap_or_default().to_owned();
        let values = before.get(&logical_id).zip(after.get(&logical_id));
        Some(
            Self {
                action,
                physical_id: change.physical_resource_id().map(str::to_owned),
                loses_data: content.is_some(),
                content,
                is_permission,
                is_ripple: false,
                properties: properties(change.details(), values),
                logical_id,
                resource_type,
            }
            .with_in_place_bucket()
            .with_certain_replacement(),
        )
    }

    /// Corrects the action of a bucket if S3 updates all changed properties in place.
    fn with_in_place_bucket(mut self) -> Self {
        if self.resource_type != "AWS::S3::Bucket" {
            return self;
        }
        for property in &mut self.properties {
            if BUCKET_IN_PLACE.contains(&property.path.split('.').next().unwrap_or_default()) {
                property.replaces = ForcesReplacement::No;
            }
        }
        let is_all_in_place = !self.properties.is_empty()
            && self.properties.iter().all(|p| p.replaces == ForcesReplacement::No);
        if is_all_in_place && self.action == Action::MayReplace {
            (self.action, self.content, self.loses_data) = (Action::Change, None, false);
        }
        self
    }

    /// Corrects the action to `Replace` if the known values force replacement.
    fn with_certain_replacement(mut self) -> Self {
        if self.action == Action::MayReplace
            && self.properties.iter().any(|p| p.replaces == ForcesReplacement::Yes)
        {
            self.action = Action::Replace;
        }
        self
    }
}

/// Marks every change that only follows from a resource that changes in place, or from another such change, and that
/// keeps the values of its properties.
fn mark_ripples(changes: &mut [PlannedChange]) {
    loop {
        let in_place: Vec<String> = changes
            .iter()
            .filter(|change| change.action == Action::Change || change.is_ripple)
            .map(|change| change.logical_id.clone())
            .collect();
        let stays = |property: &PropertyChange| {
            property
                .causing_resource
                .as_ref()
                .is_some_and(|causing_resource| in_place.contains(causing_resource))
                && (property.before.is_none() || property.before == property.after)
        };
        let found = changes.iter_mut().find(|change| {
            let safe = change.content.is_none() && !change.is_ripple;
            safe && !change.properties.is_empty() && change.properties.iter().all(stays)
        });
        match found {
            Some(change) => change.is_ripple = true,
            None => return,
        }
    }
}

/// Returns the property changes in `details`; `values` is the resource before and after.
fn properties(
    details: &[cfn::ResourceChangeDetail],
    values: Option<(&Resource, &Resource)>,
) -> Vec<PropertyChange> {
    let mut properties: Vec<PropertyChange> = Vec::new();
    for property in details.iter().filter_map(PropertyChange::read) {
        // One property may change for several reasons, each with a separate detail.
        match properties.iter_mut().find(|existing| existing.path == property.path) {
            Some(existing) => {
                existing.replaces = existing.replaces.max(property.replaces);
                existing.because = existing.because.take().or(property.because);
                // A property with another cause is not a ripple.
                existing.causing_resource = existing
                    .causing_resource
                    .take()
                    .filter(|causing_resource| property.causing_resource.as_ref() == Some(causing_resource));
                existing.always_replaces |= property.always_replaces;
                existing.before = existing.before.take().or(property.before);
                existing.after = existing.after.take().or(property.after);
            }
            None => properties.push(property),
        }
    }
    properties
        .into_iter()
        .flat_map(|property| property.with_template_values(values))
        .map(PropertyChange::with_certain_replacement)
        .collect()
}

impl PropertyChange {
    fn read(detail: &cfn::ResourceChangeDetail) -> Option<Self> {
        let target = detail.target()?;
        let path = match (target.path(), target.name()) {
            (Some(path), _) => {
                path.trim_start_matches("/Properties/").trim_start_matches('/').replace('/', ".")
            }
            (None, Some(name)) => name.to_owned(),
            (None, None) => target.attribute()?.as_str().to_owned(),
        };
        let because = match (detail.change_source(), detail.causing_entity()) {
            (Some(ChangeSource::ParameterReference), Some(parameter)) => Some(
                setting_of_parameter(parameter)
                    .map_or_else(|| format!("parameter {parameter}"), str::to_owned),
            ),
            (_, Some(entity)) => Some(format!("because {entity} changes")),
            (_, None) => None,
        };
        let causing_resource = match (detail.change_source(), detail.causing_entity()) {
            (Some(ChangeSource::ResourceAttribute | ChangeSource::ResourceReference), Some(entity)) => {
                entity.split('.').next().map(str::to_owned)
            }
            _ => None,
        };
        let replaces = match (target.requires_recreation(), detail.evaluation()) {
            (Some(RequiresRecreation::Always), Some(EvaluationType::Dynamic))
            | (Some(RequiresRecreation::Conditionally), _) => ForcesReplacement::Perhaps,
            (Some(RequiresRecreation::Always), _) => ForcesReplacement::Yes,
            _ => ForcesReplacement::No,
        };
        Some(Self {
            path,
            before: target.before_value().map(str::to_owned),
            after: target.after_value().map(str::to_owned),
            replaces,
            because,
            causing_resource,
            always_replaces: target.requires_recreation() == Some(&RequiresRecreation::Always),
        })
    }

    /// Corrects `replaces` to `Yes` if both values are known and differ.
    fn with_certain_replacement(mut self) -> Self {
        let values = |value: &Option<String>| value.as_ref().is_some_and(|value| !value.contains("${"));
        if self.always_replaces && values(&self.before) && values(&self.after) && self.before != self.after {
            self.replaces = ForcesReplacement::Yes;
        }
        self
    }

    /// Fills in the values of the templates if CloudFormation omits them. Returns one change per part that differs.
    fn with_template_values(self, values: Option<(&Resource, &Resource)>) -> Vec<Self> {
        let (None, None, Some((before, after))) = (&self.before, &self.after, values) else {
            return vec![self];
        };
        // The plan lists the grants of policies separately.
        if ["Policies", "PolicyDocument", "AssumeRolePolicyDocument"].contains(&self.path.as_str()) {
            return vec![self];
        }
        let at = |resource: &Resource| {
            let pointer = format!("/{}", self.path.replace('.', "/"));
            resource.properties.pointer(&pointer).cloned().unwrap_or(Value::Null)
        };
        let mut parts = Vec::new();
        collect_differences(&self.path, &at(before), &at(after), &mut parts);
        if parts.is_empty() {
            return vec![self];
        }
        let shown = |value: Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        };
        let part =
            |(path, before, after)| Self { path, before: shown(before), after: shown(after), ..self.clone() };
        parts.into_iter().map(part).collect()
    }
}

/// Collects the smallest parts under `path` in which two values differ.
fn collect_differences(path: &str, before: &Value, after: &Value, out: &mut Vec<(String, Value, Value)>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
                collect_differences(&format!("{path}.{name}"), &before[name], &after[name], out);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                collect_differences(&format!("{path}.{index}"), old, new, out);
            }
        }
        _ if before == after => {}
        _ => out.push((path.to_owned(), before.clone(), after.clone())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_smallest_parts_that_differ_are_collected() {
        let mut parts = Vec::new();
        let before = json!({"Variables": {"A": "1", "B": "2"}, "List": [1, {"x": 2}], "Same": [1]});
        let after = json!({"Variables": {"A": "1", "C": "3"}, "List": [1, {"x": 3}], "Same": [1]});
        collect_differences("E", &before, &after, &mut parts);
        let expect = [
            ("E.Variables.B", json!("2"), json!(null)),
            ("E.Variables.C", json!(null), json!("3")),
            ("E.List.1.x", json!(2), json!(3)),
        ];
        let sorted = |mut parts: Vec<(String, Value, Value)>| {
            parts.sort_by(|a, b| a.0.cmp(&b.0));
            parts
        };
        assert_eq!(sorted(parts), sorted(expect.map(|(path, b, a)| (path.to_owned(), b, a)).to_vec()));
    }
}
