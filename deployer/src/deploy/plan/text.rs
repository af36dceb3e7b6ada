//! Formats the plan as text: a tree of resources and their properties, then the permissions, then a summary.

use std::fmt::Write as _;

use console::Style;
use contract::key::escape;

use crate::deploy::plan::permissions::Statement;
use crate::deploy::plan::{Action, BucketContent, ForcesReplacement, Plan, PlannedChange, PropertyChange};

/// The maximum number of characters of a value.
const VALUE_WIDTH: usize = 44;

impl Plan {
    /// Returns the plan as text. `style` is for stdout or stderr.
    pub(crate) fn text(&self, style: &Style) -> String {
        let mut out = String::new();
        if let Some(drift) = &self.drift {
            if drift.is_empty() {
                let _ = writeln!(out, "No drift: the resources match the stack `{}`.\n", self.stack);
            } else {
                let _ = writeln!(out, "{}\n", heading(style, "Drift: changed outside CloudFormation"));
                drift.iter().for_each(|drifted| drifted.write(&mut out, style));
                out.push('\n');
            }
        }
        if self.changes.is_empty() {
            out.push_str("No changes: the stack matches the configuration.");
            return out;
        }
        let verb = if self.creates { "create" } else { "change" };
        let _ = writeln!(out, "{}\n", heading(style, &format!("Plan: {verb} the stack `{}`", self.stack)));
        let (ripples, changes): (Vec<_>, Vec<_>) = self.changes.iter().partition(|change| change.is_ripple);
        let width = |of: fn(&PlannedChange) -> &str| {
            changes.iter().map(|change| of(change).chars().count()).max().unwrap_or(0)
        };
        let widths = (width(|change| &change.logical_id), width(|change| &change.resource_type));
        for change in &changes {
            change.write(&mut out, style, widths);
        }
        if !ripples.is_empty() {
            let ids: Vec<&str> = ripples.iter().map(|change| change.logical_id.as_str()).collect();
            let text =
                format!("  CloudFormation also checks resources that refer to these: {}", ids.join(", "));
            let _ = writeln!(out, "{}", style.clone().dim().apply_to(text));
        }
        write_statements(&mut out, style, "Added permissions", &self.permissions.widen);
        write_statements(&mut out, style, "Removed permissions", &self.permissions.narrow);
        let count = |wanted: &[Action]| changes.iter().filter(|c| wanted.contains(&c.action)).count();
        let _ = write!(
            out,
            "\n{} to add, {}{} to change, {} to replace, {} to remove.",
            count(&[Action::Add]),
            match count(&[Action::Import]) {
                0 => String::new(),
                imported => format!("{imported} to import, "),
            },
            count(&[Action::Change]),
            count(&[Action::Replace, Action::MayReplace]),
            count(&[Action::Remove, Action::Retain]),
        );
        if changes.iter().any(|change| change.resource_type == "AWS::CloudFront::Distribution") {
            out.push_str(
                "\nCloudFront takes several minutes to deploy a distribution, and about 15 to remove one.",
            );
        }
        out
    }
}

fn heading(style: &Style, text: &str) -> String {
    style.clone().bold().apply_to(text).to_string()
}

impl PlannedChange {
    fn write(&self, out: &mut String, style: &Style, (id_width, type_width): (usize, usize)) {
        let style = || style.clone();
        let (sign, word, color) = match self.action {
            Action::Add => ("+", "add", style().green()),
            Action::Import => ("+", "import", style().green()),
            Action::Change => ("~", "change in place", style().yellow()),
            Action::MayReplace => ("±", "MAY REPLACE", style().red()),
            Action::Replace => ("±", "REPLACE", style().red()),
            Action::Retain => ("-", "retain outside the stack", style().yellow()),
            Action::Remove => ("-", "remove", style().red()),
        };
        let _ = writeln!(
            out,
            "  {} {:id_width$}  {}  {}",
            color.apply_to(sign),
            self.logical_id,
            style().dim().apply_to(format!("{:type_width$}", self.resource_type)),
            color.apply_to(word),
        );
        if self.action == Action::Import {
            let kept = self.physical_id.as_deref().map_or("it".into(), |id| format!("`{}`", escape(id)));
            let _ = writeln!(
                out,
                "    {kept} already exists: CloudFormation imports it with its content, then updates its properties"
            );
        }
        if let Some(content) = self.content.as_ref().filter(|_| self.loses_data) {
            let bucket = self.physical_id.as_deref().unwrap_or("the bucket");
            let loud = style().red().bold().apply_to(content.text(bucket, self.action));
            let _ = writeln!(out, "    {loud}");
        }
        let width = self.properties.iter().map(|property| property.path.chars().count()).max().unwrap_or(0);
        for (index, property) in self.properties.iter().enumerate() {
            let branch = if index + 1 == self.properties.len() { "└" } else { "├" };
            let line = format!("{:width$}  {}", property.path, property.text(&style()));
            let _ = writeln!(out, "    {} {}", style().dim().apply_to(branch), line.trim_end());
        }
    }
}

impl BucketContent {
    fn text(&self, bucket: &str, action: Action) -> String {
        let bucket = escape(bucket);
        let more = if self.more { " or more" } else { "" };
        let count = self.versions.map_or(String::new(), |count| {
            let plural = if count == 1 { "" } else { "s" };
            format!(" ({count}{more} object version{plural})")
        });
        let maybe = if action == Action::MayReplace { "MAY" } else { "WILL" };
        match (self.stays, action) {
            (false, _) => format!("ALL OBJECTS IN `{bucket}` {maybe} BE DELETED{count}"),
            (true, Action::Retain) => {
                format!("`{bucket}` {maybe} BE REMOVED FROM THE STACK WITH ALL ITS OBJECTS{count}")
            }
            (true, _) => {
                format!("A NEW, EMPTY BUCKET {maybe} REPLACE `{bucket}` IN THE STACK{count}")
            }
        }
    }
}

impl PropertyChange {
    fn text(&self, style: &Style) -> String {
        let or_none = |value: Option<String>| value.unwrap_or_else(|| "(none)".to_owned());
        let mut parts = Vec::new();
        if self.before.is_some() || self.after.is_some() {
            let (before, after) = shorten_values(self.before.as_deref(), self.after.as_deref());
            let arrow = style.clone().dim().apply_to("→");
            parts.push(format!("{} {arrow} {}", or_none(before), or_none(after)));
        }
        if let Some(because) = &self.because {
            parts.push(style.clone().dim().apply_to(format!("({})", escape(because))).to_string());
        }
        match self.replaces {
            ForcesReplacement::No => {}
            ForcesReplacement::Perhaps => {
                parts.push(style.clone().red().apply_to("may force replacement").to_string());
            }
            ForcesReplacement::Yes => {
                parts.push(style.clone().red().apply_to("forces replacement").to_string());
            }
        }
        parts.join("  ")
    }
}

/// Shortens long values to the part that differs.
fn shorten_values(before: Option<&str>, after: Option<&str>) -> (Option<String>, Option<String>) {
    let is_long = |value: Option<&str>| value.is_some_and(|text| text.chars().count() > VALUE_WIDTH);
    let common = match (before, after) {
        (Some(before), Some(after)) if is_long(Some(before)) || is_long(Some(after)) => {
            let same = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
            // Start at the beginning of the part that differs, or a few characters earlier.
            let start: Vec<char> = before.chars().take(same).collect();
            let back = start.iter().rev().take(16).position(|c| "/,{[ ".contains(*c)).unwrap_or(8);
            same.saturating_sub(back)
        }
        _ => 0,
    };
    let cut = |value: Option<&str>| {
        let text = value?;
        let rest: String = text.chars().skip(common).take(VALUE_WIDTH).collect();
        let head = if common > 0 { "…" } else { "" };
        let tail = if text.chars().count() > common + VALUE_WIDTH { "…" } else { "" };
        Some(format!("{head}{}{tail}", escape(&rest)))
    };
    (cut(before), cut(after))
}

fn write_statements(out: &mut String, style: &Style, title: &str, statements: &[Statement]) {
    if statements.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}\n", heading(style, title));
    for statement in statements {
        statement.write(out, style);
    }
}

impl Statement {
    fn write(&self, out: &mut String, style: &Style) {
        let (sign, color) =
            if self.added { ("+", style.clone().green()) } else { ("-", style.clone().red()) };
        let verb = if self.effect == "Deny" { "may not" } else { "may" };
        let whose = if self.principal == self.policy_of {
            String::new()
        } else {
            style.clone().dim().apply_to(format!("  by {}", self.policy_of)).to_string()
        };
        let _ = writeln!(
            out,
            "  {} {} {verb} {}{whose}",
            color.apply_to(sign),
            escape(&self.principal),
            escape(&self.actions.join(", "))
        );
        let dim = |label: &str| style.clone().dim().apply_to(label.to_owned()).to_string();
        if self.resources != [self.policy_of.clone()] {
            let _ = writeln!(out, "      {} {}", dim("on"), escape(&self.resources.join(", ")));
        }
        if let Some(condition) = &self.condition {
            let _ = writeln!(out, "      {} {}", dim("if"), escape(&format_condition(condition)));
        }
    }
}

/// Formats a condition: `StringEquals aws:SourceAccount 111122223333`.
fn format_condition(condition: &str) -> String {
    let Ok(serde_json::Value::Object(operators)) = serde_json::from_str(condition) else {
        return condition.to_owned();
    };
    let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut parts = Vec::new();
    for (operator, keys) in &operators {
        match keys.as_object() {
            Some(keys) => {
                parts.extend(keys.iter().map(|(key, value)| format!("{operator} {key} {}", plain(value))));
            }
            None => parts.push(format!("{operator} {}", plain(keys))),
        }
    }
    parts.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_to_the_part_that_differs() {
        let owned = |text: &str| Some(text.to_owned());
        assert_eq!(shorten_values(Some("1769"), Some("2048")), (owned("1769"), owned("2048")));
        assert_eq!(shorten_values(None, Some("x")), (None, owned("x")));
        let key = |digit: &str| format!("photos/functions/thumbnail/{}.zip", digit.repeat(64));
        let (before, after) = shorten_values(Some(&key("a")), Some(&key("b")));
        assert_eq!(before, Some(format!("…{}…", "a".repeat(44))));
        assert_eq!(after, Some(format!("…{}…", "b".repeat(44))));
    }
}
