//! Compares permissions: splits the policies before and after into single grants, and reports each new or removed grant
//! as widening or narrowing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::deploy::plan::resolved::Resource;

/// The changes of permissions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct PermissionChanges {
    /// New permissions.
    pub(crate) widen: Vec<Statement>,
    /// Removed permissions.
    pub(crate) narrow: Vec<Statement>,
}

/// An added or removed part of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Statement {
    /// The logical ID of the resource that has the policy.
    pub(crate) policy_of: String,
    /// Whether the part is added; if not, it is removed.
    pub(crate) added: bool,
    /// `Allow` or `Deny`.
    pub(crate) effect: String,
    /// The principal, or the logical ID of a role.
    pub(crate) principal: String,
    pub(crate) actions: Vec<String>,
    pub(crate) resources: Vec<String>,
    /// The conditions as JSON, if there are any.
    pub(crate) condition: Option<String>,
}

/// One action on one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Grant {
    policy_of: String,
    denies: bool,
    principal: String,
    condition: String,
    action: String,
    resource: String,
}

/// Compares the policies of the resources `before` with those `after`.
pub(crate) fn compare(
    before: &BTreeMap<String, Resource>,
    after: &BTreeMap<String, Resource>,
) -> PermissionChanges {
    let grants = |resources: &BTreeMap<String, Resource>| -> BTreeSet<Grant> {
        resources.iter().flat_map(|(id, resource)| grants_of_resource(id, resource)).collect()
    };
    let (before, after) = (grants(before), grants(after));
    let is_new = |grant: &&Grant| !before.iter().any(|old| old.covers(grant));
    let is_removed = |grant: &&Grant| !after.iter().any(|new| new.covers(grant));
    let (new_denials, new_grants): (Vec<_>, Vec<_>) =
        after.iter().filter(is_new).partition(|grant| grant.denies);
    let (removed_denials, removed_grants): (Vec<_>, Vec<_>) =
        before.iter().filter(is_removed).partition(|grant| grant.denies);
    PermissionChanges {
        widen: [statements(&new_grants, true), statements(&removed_denials, false)].concat(),
        narrow: [statements(&removed_grants, false), statements(&new_denials, true)].concat(),
    }
}

impl Grant {
    /// Returns whether this grant includes `other`.
    fn covers(&self, other: &Self) -> bool {
        self.policy_of == other.policy_of
            && self.denies == other.denies
            && (self.principal == other.principal || self.principal == ANYONE)
            && (self.condition == other.condition || self.condition.is_empty())
            && matches_pattern(&self.action, &other.action)
            && matches_pattern(&self.resource, &other.resource)
    }
}

/// The display name of the principal `*`.
const ANYONE: &str = "anyone";

/// Returns whether `pattern`, in which `*` matches anything, matches all of `text`.
pub(crate) fn matches_pattern(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(head) else { return false };
    tail.is_empty()
        || (0..=rest.len()).filter_map(|at| rest.get(at..)).any(|rest| matches_pattern(tail, rest))
}

/// Merges grants that differ only in action or resource.
fn statements(grants: &[&Grant], added: bool) -> Vec<Statement> {
    type StatementKey<'a> = (&'a str, bool, &'a str, &'a str);
    let mut by_resource: BTreeMap<(StatementKey<'_>, &str), Vec<String>> = BTreeMap::new();
    for grant in grants {
        let group =
            (grant.policy_of.as_str(), grant.denies, grant.principal.as_str(), grant.condition.as_str());
        by_resource.entry((group, &grant.resource)).or_default().push(grant.action.clone());
    }
    let mut by_actions: BTreeMap<(StatementKey<'_>, Vec<String>), Vec<String>> = BTreeMap::new();
    for ((group, resource), actions) in by_resource {
        by_actions.entry((group, actions)).or_default().push(resource.to_owned());
    }
    by_actions
        .into_iter()
        .map(|(((policy_of, denies, principal, condition), actions), resources)| Statement {
            policy_of: policy_of.to_owned(),
            added,
            effect: if denies { "Deny" } else { "Allow" }.to_owned(),
            principal: principal.to_owned(),
            actions,
            resources,
            condition: (!condition.is_empty()).then(|| condition.to_owned()),
        })
        .collect()
}

/// Returns the grants of one resource.
fn grants_of_resource(id: &str, resource: &Resource) -> Vec<Grant> {
    let properties = &resource.properties;
    match resource.kind.as_str() {
        "AWS::IAM::Role" => {
            let mut grants = grants_in_document(id, id, &properties["AssumeRolePolicyDocument"]);
            for policy in as_list(&properties["Policies"]) {
                grants.extend(grants_in_document(id, id, &policy["PolicyDocument"]));
            }
            let managed = as_list(&properties["ManagedPolicyArns"]).into_iter();
            grants.extend(managed.map(|arn| Grant {
                policy_of: id.to_owned(),
                denies: false,
                principal: id.to_owned(),
                condition: String::new(),
                action: "all actions of the managed policy".to_owned(),
                resource: as_text(arn),
            }));
            grants
        }
        "AWS::Lambda::Permission" => {
            let conditions: serde_json::Map<String, Value> = ["SourceArn", "SourceAccount"]
                .into_iter()
                .filter(|name| !properties[*name].is_null())
                .map(|name| (name.to_owned(), properties[name].clone()))
                .collect();
            vec![Grant {
                policy_of: id.to_owned(),
                denies: false,
                principal: as_text(&properties["Principal"]),
                condition: if conditions.is_empty() {
                    String::new()
                } else {
                    Value::Object(conditions).to_string()
                },
                action: as_text(&properties["Action"]),
                resource: as_text(&properties["FunctionName"]),
            }]
        }
        "AWS::KMS::Key" => grants_in_document(id, id, &properties["KeyPolicy"]),
        kind if kind.ends_with("Policy") => grants_in_document(id, id, &properties["PolicyDocument"]),
        _ => Vec::new(),
    }
}

/// Returns the grants of a policy document; without a principal, they belong to `default_principal`.
fn grants_in_document(policy_of: &str, default_principal: &str, document: &Value) -> Vec<Grant> {
    let mut grants = Vec::new();
    for statement in as_list(&document["Statement"]) {
        let condition = match &statement["Condition"] {
            Value::Null => String::new(),
            condition => condition.to_string(),
        };
        for principal in principals(statement, default_principal) {
            for action in element_values(statement, "Action", policy_of) {
                for resource in element_values(statement, "Resource", policy_of) {
                    grants.push(Grant {
                        policy_of: policy_of.to_owned(),
                        denies: statement["Effect"] == "Deny",
                        principal: principal.clone(),
                        condition: condition.clone(),
                        action: action.clone(),
                        resource,
                    });
                }
            }
        }
    }
    grants
}

/// Returns the values of `name` or of `Not` plus the name. A trust policy without a resource applies to its own role.
fn element_values(statement: &Value, name: &str, own: &str) -> Vec<String> {
    let not = &statement[format!("Not{name}")];
    match (&statement[name], not) {
        (Value::Null, Value::Null) => vec![own.to_owned()],
        (Value::Null, not) => {
            vec![format!(
                "everything except {}",
                as_list(not).into_iter().map(as_text).collect::<Vec<_>>().join(", ")
            )]
        }
        (values, _) => as_list(values).into_iter().map(as_text).collect(),
    }
}

fn principals(statement: &Value, default_principal: &str) -> Vec<String> {
    match (&statement["Principal"], &statement["NotPrincipal"]) {
        (Value::Null, Value::Null) => vec![default_principal.to_owned()],
        (Value::Null, not) => vec![format!("anyone except {not}")],
        (Value::Object(kinds), _) => kinds.values().flat_map(as_list).map(principal_name).collect(),
        (principal, _) => vec![principal_name(principal)],
    }
}

fn principal_name(principal: &Value) -> String {
    match as_text(principal) {
        all if all == "*" => ANYONE.to_owned(),
        one => one,
    }
}

/// Returns the items of a list, or a single value as a list of one.
fn as_list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn role(statements: Value) -> BTreeMap<String, Resource> {
        let properties = json!({"Policies": [{"PolicyDocument": {"Statement": statements}}]});
        BTreeMap::from([("Role".to_owned(), Resource { kind: "AWS::IAM::Role".to_owned(), properties })])
    }

    /// Checks which permissions the change from one list of statements to another adds and removes, as `actions on
    /// resources`.
    fn check(before: Value, after: Value, widen: &[&str], narrow: &[&str]) {
        let changes = compare(&role(before), &role(after));
        let shown = |statements: &[Statement]| -> Vec<String> {
            statements
                .iter()
                .map(|s| format!("{} on {}", s.actions.join(" "), s.resources.join(" ")))
                .collect()
        };
        assert_eq!(shown(&changes.widen), widen);
        assert_eq!(shown(&changes.narrow), narrow);
    }

    #[test]
    fn added_and_removed_permissions_are_distinguished() {
        let allow = |action: Value, resource: Value| json!({"Effect": "Allow", "Action": action, "Resource": resource});
        let read = allow(json!("s3:GetObject"), json!(["a", "b"]));
        check(json!([read]), json!([read]), &[], &[]);
        check(json!([]), json!([read]), &["s3:GetObject on a b"], &[]);
        check(json!([read]), json!([]), &[], &["s3:GetObject on a b"]);
        // A wildcard allows more than the value that it replaces, but replacing a wildcard with a value adds nothing.
        let all = allow(json!("s3:*"), json!("*"));
        check(json!([read]), json!([all]), &["s3:* on *"], &[]);
        check(json!([all]), json!([read]), &[], &["s3:* on *"]);
        // Removing a condition adds permissions.
        let mut bound = read.clone();
        bound["Condition"] = json!({"Bool": {"x": true}});
        check(json!([bound]), json!([read]), &["s3:GetObject on a b"], &[]);
        check(json!([read]), json!([bound]), &[], &["s3:GetObject on a b"]);
        // Removing a denial adds permissions.
        let deny = json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"});
        check(json!([read, deny]), json!([read]), &["s3:* on *"], &[]);
        check(json!([read]), json!([read, deny]), &[], &["s3:* on *"]);
    }

    #[test]
    fn the_policy_of_a_key_grants_permissions() {
        let key = |service: &str| {
            let statement = json!({"Effect": "Allow", "Principal": {"Service": service}, "Action": "kms:Decrypt", "Resource": "*"});
            let properties = json!({"KeyPolicy": {"Statement": [statement]}});
            BTreeMap::from([("Key".to_owned(), Resource { kind: "AWS::KMS::Key".to_owned(), properties })])
        };
        let changes = compare(&key("s3.amazonaws.com"), &key("sns.amazonaws.com"));
        assert_eq!((changes.widen.len(), changes.narrow.len()), (1, 1));
        assert_eq!(changes.widen[0].principal, "sns.amazonaws.com");
    }

    #[test]
    fn a_wildcard_matches_any_text() {
        for (pattern, text, expect) in [
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get*", "s3:PutObject", false),
            ("*", "é", true),
            ("a*c*e", "abcde", true),
            ("a*c", "abcd", false),
            ("s3:GetObject", "s3:*", false),
        ] {
            assert_eq!(matches_pattern(pattern, text), expect, "{pattern} {text}");
        }
    }
}
