//! The generated pages of the reference in `docs/reference`: a review shows every change of the text.
//!
//! `UPDATE_HELP=1` writes the pages, as it writes the help.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::template::model::{Model, list};

/// Returns the page about the settings, from the schema of deployer.yaml.
fn configuration(schema: &Value) -> String {
    let mut page = "# Configuration\n\n\
        This page lists the settings of `deployer.yaml`. All are optional. `deployer init` writes a file with the defaults, and\n\
        `deployer config` shows the values in effect. The deployer looks for the file in the current folder, then in the folders\n\
        above. [deployer.schema.json](../../deployer.schema.json) describes the same settings as a JSON schema, for editors.\n"
        .to_owned();
    table(schema, schema, "", &mut page);
    page
}

/// Appends the settings of an object whose names begin with `prefix`, and then those of the objects in it.
fn table(schema: &Value, object: &Value, prefix: &str, page: &mut String) {
    page.push_str("\n| setting | value | default | meaning |\n| --- | --- | --- | --- |\n");
    let mut below = Vec::new();
    for (name, property) in object["properties"].as_object().unwrap() {
        let resolved = resolve(schema, property);
        let entry = resolve(schema, &property["items"]);
        let nested =
            [("", resolved), ("[]", entry)].into_iter().find(|(_, node)| node["properties"].is_object());
        if let Some((list, node)) = nested {
            below.push((format!("{prefix}{name}{list}"), &property["description"], node));
            continue;
        }
        let default = match &property["default"] {
            Value::Null => String::new(),
            value => format!("`{value}`"),
        };
        let description = &property["description"];
        let meaning = if description.is_null() { &resolved["description"] } else { description };
        let _ = writeln!(
            page,
            "| `{prefix}{name}` | {} | {default} | {} |",
            values(resolved),
            meaning.as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|")
        );
    }
    for (name, description, node) in below {
        let _ = writeln!(page, "\n## `{name}`\n\n{}", description.as_str().unwrap_or_default());
        table(schema, node, &format!("{name}."), page);
    }
}

/// Returns the definition that a property refers to, or the property.
fn resolve<'a>(schema: &'a Value, property: &'a Value) -> &'a Value {
    let of_option = property["anyOf"].as_array().and_then(|kinds| kinds.first()).unwrap_or(property);
    match of_option["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        // An environment has the settings of the whole file.
        Some("") | None => of_option,
        Some(path) => schema.pointer(path).unwrap(),
    }
}

/// Describes the values that a setting accepts.
fn values(property: &Value) -> String {
    let quoted =
        |value: &Value| format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    if let Some(values) = property["enum"].as_array() {
        return values.iter().map(quoted).collect::<Vec<_>>().join(", ");
    }
    if let Some(kinds) = property["oneOf"].as_array() {
        let consts = kinds.iter().flat_map(|kind| match kind["enum"].as_array() {
            Some(values) => values.iter().map(quoted).collect(),
            None => vec![quoted(&kind["const"])],
        });
        return consts.collect::<Vec<_>>().join(", ");
    }
    let kind = match &property["type"] {
        Value::Array(kinds) => kinds[0].as_str().unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    };
    match (kind, property["minimum"].as_u64(), property["maximum"].as_u64()) {
        ("array", ..) => "list".to_owned(),
        ("object", ..) => "mapping".to_owned(),
        ("integer", Some(least), Some(most)) => format!("{least} to {most}"),
        (kind, ..) => kind.to_owned(),
    }
}

/// Returns the page about permissions: the roles in the template with all parts, and the policy of an operator.
fn permissions() -> String {
    let mut page = "# Permissions\n\n\
        Each function has a role with these permissions and no others. Some statements exist only with a setting: `SendEvents`\n\
        with `events`, `UseTheKey` with `kms_key`, `ReadTheSigningKey` with signed sizes, and those about alt text with\n\
        `alt_text`. `deployer doctor --policy` prints the policy of an operator with the names of your stack, and\n\
        `deployer doctor --policy delivery` prints a second policy for delivery. `deployer doctor` checks with IAM whether you\n\
        have these permissions. [THREATS.md](../../THREATS.md) explains what an attacker could do with them.\n"
        .to_owned();
    let model = Model::with_all_parts();
    for (id, role) in model.resources("AWS::IAM::Role") {
        let statements = role["Properties"]["Policies"].as_array().into_iter().flatten();
        let statements = statements.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
        let _ = write!(
            page,
            "\n## `{id}`\n\n| statement | actions | resources | conditions |\n| --- | --- | --- | --- |\n"
        );
        for statement in statements {
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} |",
                statement["Sid"].as_str().unwrap(),
                names(&statement["Action"]),
                names(&statement["Resource"]),
                conditions(&statement["Condition"])
            );
        }
    }
    page.push_str(
        "\n## Operator\n\nRows with a setting apply only if deployer.yaml has this setting. `no_permissions_boundary` means that\n\
        `permissions_boundary` is not set, and `signed` means that `delivery.sizes` is `signed`.\n\n\
        | resources | setting | actions | conditions |\n| --- | --- | --- | --- |\n",
    );
    let groups = include_str!("../../src/commands/doctor/policy.yaml");
    for group in serde_yaml::from_str::<Vec<Value>>(groups).unwrap() {
        let needs = group["needs"].as_str().unwrap_or_default();
        let actions = group["actions"].as_array().unwrap();
        let actions = actions.iter().map(|action| names(action.get("action").unwrap_or(action)));
        let actions = actions.collect::<Vec<_>>().join(", ");
        let (resources, conditions) = (names(&group["resources"]), conditions(&group["condition"]));
        let _ = writeln!(page, "| {resources} | {needs} | {actions} | {conditions} |");
    }
    page
}

/// Returns the conditions of a statement.
fn conditions(value: &Value) -> String {
    let operators = value.as_object().into_iter().flatten();
    let each = operators.flat_map(|(operator, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        keys.map(move |(key, value)| format!("`{operator}` `{key}`: {}", names(value)))
    });
    each.collect::<Vec<_>>().join("; ")
}

/// Returns the values of a template, as an engineer would write them.
fn names(value: &Value) -> String {
    let name = |value: &Value| {
        let text = match (&value["Fn::GetAtt"], &value["Fn::Sub"], &value["Ref"]) {
            (Value::Array(parts), ..) => {
                format!("${{{}.{}}}", parts[0].as_str().unwrap(), parts[1].as_str().unwrap())
            }
            (_, Value::String(text), _) => text.replace("arn:${AWS::Partition}:", ""),
            (_, _, Value::String(id)) => format!("${{{id}}}"),
            _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        };
        format!("`{text}`")
    };
    list(value).into_iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Panics unless the file `name` in `docs/reference` is `page`. With `UPDATE_HELP`, writes it first.
#[track_caller]
fn check_page(name: &str, page: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference").join(name);
    if std::env::var_os("UPDATE_HELP").is_some() {
        std::fs::write(&file, page).unwrap();
    }
    let pinned = std::fs::read_to_string(&file).unwrap_or_default();
    let changed = page.lines().zip(pinned.lines()).find(|(new, old)| new != old);
    assert!(page == pinned, "review {changed:?} (new, old), then run with UPDATE_HELP=1");
}

#[test]
fn the_page_about_permissions_is_generated_from_the_template_and_the_policy() {
    check_page("permissions.md", &permissions());
}

#[test]
fn the_page_about_the_settings_is_generated_from_the_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let schema = std::fs::read_to_string(root.join("deployer.schema.json")).unwrap();
    check_page("configuration.md", &configuration(&serde_json::from_str(&schema).unwrap()));
}
