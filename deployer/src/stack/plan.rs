//! The plan: what a change set would do, in a form a person reads and a program can act on.

use std::fmt::Write as _;

use aws_sdk_cloudformation::types::{self as cfn, ChangeAction, Replacement, RequiresRecreation};
use console::Style;
use serde::Serialize;

use contract::key::escape;

/// What a change set would do.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Plan {
    /// The stack's name.
    pub(crate) stack: String,
    /// Whether the stack would be created, rather than updated.
    pub(crate) creates: bool,
    /// The changes, in the order they are shown: removals and replacements last.
    pub(crate) changes: Vec<PlannedChange>,
}

/// What would happen to one resource.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PlannedChange {
    /// What happens.
    pub(crate) action: Action,
    /// Its name in the template.
    pub(crate) logical_id: String,
    /// Its type: `AWS::S3::Bucket`.
    pub(crate) resource_type: String,
    /// Its name in the account, once it exists.
    pub(crate) physical_id: Option<String>,
    /// Whether the photos or records in it would be lost.
    pub(crate) loses_data: bool,
    /// Whether it is about permissions.
    pub(crate) is_permission: bool,
    /// The properties that change.
    pub(crate) properties: Vec<PropertyChange>,
}

/// A change of one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PropertyChange {
    /// Its path: `Environment.Variables.PRESETS`.
    pub(crate) path: String,
    /// Its value now, where CloudFormation tells.
    pub(crate) before: Option<String>,
    /// Its value afterwards, where CloudFormation tells.
    pub(crate) after: Option<String>,
    /// Whether the resource must be made anew for it.
    pub(crate) replaces: bool,
}

/// What happens to a resource, from the harmless to the harmful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    /// It is made.
    Add,
    /// It exists and becomes part of the stack.
    Import,
    /// It is changed in place.
    Change,
    /// It may have to be made anew.
    MayReplace,
    /// It is made anew, and the old one is deleted.
    Replace,
    /// It leaves the stack and stays in the account.
    Retain,
    /// It is deleted.
    Remove,
}

impl Plan {
    /// Reads what CloudFormation says of a change set.
    pub(crate) fn read(stack: &str, creates: bool, changes: &[cfn::Change]) -> Self {
        let mut changes: Vec<PlannedChange> =
            changes.iter().filter_map(cfn::Change::resource_change).filter_map(PlannedChange::read).collect();
        changes.sort_by(|a, b| (a.action, &a.logical_id).cmp(&(b.action, &b.logical_id)));
        Self { stack: stack.to_owned(), creates, changes }
    }

    /// The changes by which photos or records would be lost.
    pub(crate) fn losses(&self) -> impl Iterator<Item = &PlannedChange> {
        self.changes.iter().filter(|change| change.loses_data)
    }

    /// The plan for people.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        let verb = if self.creates { "create" } else { "change" };
        let _ = writeln!(out, "Plan for the stack `{}`, which it would {verb}:\n", self.stack);
        for change in &self.changes {
            change.write(&mut out);
        }
        let count = |wanted: &[Action]| self.changes.iter().filter(|c| wanted.contains(&c.action)).count();
        let _ = writeln!(
            out,
            "\n{} to add, {} to change, {} to replace, {} to remove.",
            count(&[Action::Add, Action::Import]),
            count(&[Action::Change]),
            count(&[Action::Replace, Action::MayReplace]),
            count(&[Action::Remove, Action::Retain]),
        );
        out
    }
}

impl PlannedChange {
    fn read(change: &cfn::ResourceChange) -> Option<Self> {
        let resource_type = change.resource_type().unwrap_or_default().to_owned();
        let retained = change.policy_action().is_some_and(|policy| policy.as_str().contains("Retain"));
        let action = match change.action()? {
            ChangeAction::Add => Action::Add,
            ChangeAction::Import => Action::Import,
            ChangeAction::Remove if retained => Action::Retain,
            ChangeAction::Remove => Action::Remove,
            _ => match change.replacement() {
                Some(Replacement::True) => Action::Replace,
                Some(Replacement::Conditional) => Action::MayReplace,
                _ => Action::Change,
            },
        };
        let holds_data = resource_type == "AWS::S3::Bucket";
        let loses_data =
            holds_data && matches!(action, Action::Replace | Action::MayReplace | Action::Remove);
        let is_permission =
            ["AWS::IAM::", "AWS::Lambda::Permission"].iter().any(|p| resource_type.starts_with(p))
                || resource_type.ends_with("Policy");
        let mut properties: Vec<PropertyChange> = Vec::new();
        for property in change.details().iter().filter_map(PropertyChange::read) {
            match properties.iter_mut().find(|there| there.path == property.path) {
                Some(there) => there.replaces |= property.replaces,
                None => properties.push(property),
            }
        }
        Some(Self {
            action,
            logical_id: change.logical_resource_id().unwrap_or_default().to_owned(),
            resource_type,
            physical_id: change.physical_resource_id().map(str::to_owned),
            loses_data,
            is_permission,
            properties,
        })
    }

    fn write(&self, out: &mut String) {
        let (sign, word, style) = match self.action {
            Action::Add => ("+", "add", Style::new().green()),
            Action::Import => ("+", "import", Style::new().green()),
            Action::Change => ("~", "change in place", Style::new().yellow()),
            Action::MayReplace => ("±", "MAY BE REPLACED", Style::new().red()),
            Action::Replace => ("±", "REPLACE", Style::new().red()),
            Action::Retain => ("-", "leave to the account", Style::new().yellow()),
            Action::Remove => ("-", "remove", Style::new().red()),
        };
        let permission = if self.is_permission { "  (permissions)" } else { "" };
        let line = format!("  {sign} {:<36} {:<32} {word}{permission}", self.logical_id, self.resource_type);
        let _ = writeln!(out, "{}", style.apply_to(line));
        if self.loses_data {
            let id = self.physical_id.as_deref().unwrap_or("the bucket");
            let loud = Style::new()
                .red()
                .bold()
                .apply_to(format!("      EVERYTHING IN `{}` WILL BE LOST", escape(id)));
            let _ = writeln!(out, "{loud}");
        }
        for property in &self.properties {
            let _ = writeln!(out, "      {}", property.text());
        }
    }
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
        Some(Self {
            path,
            before: target.before_value().map(str::to_owned),
            after: target.after_value().map(str::to_owned),
            replaces: matches!(target.requires_recreation(), Some(RequiresRecreation::Always)),
        })
    }

    fn text(&self) -> String {
        let value = |value: &Option<String>| match value {
            Some(text) if text.chars().count() > 60 => {
                format!("{}...", escape(&text.chars().take(57).collect::<String>()))
            }
            Some(text) => escape(text),
            None => "(none)".to_owned(),
        };
        let values = match (&self.before, &self.after) {
            (None, None) => String::new(),
            (before, after) => format!(": {} -> {}", value(before), value(after)),
        };
        let replaces = if self.replaces { "  (this is what replaces it)" } else { "" };
        format!("{}{values}{replaces}", self.path)
    }
}
