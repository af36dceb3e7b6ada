//! Merges the files under `templates/` into one template, by the rules of `templates/README.md`.
//!
//! It converts short tags (`!Sub`) to the long form (`Fn::Sub`). An unknown tag is an error, so that nothing is silently
//! dropped.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use serde_yaml::Value as Yaml;

use crate::error::CommandError;

/// The sections to merge.
const SECTIONS: [&str; 6] = ["Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs"];

/// One template file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TemplatePart {
    /// Its path in the repository.
    pub(crate) file: &'static str,
    /// Its content.
    pub(crate) text: &'static str,
}

/// Merges `parts`, in order, into a template.
pub(crate) fn merge(parts: &[TemplatePart]) -> Result<Map<String, Value>, CommandError> {
    let mut merged = Map::new();
    let mut extensions = Vec::new();
    for part in parts {
        let mut content = part.read()?;
        let metadata = content.remove("Metadata").unwrap_or_default();
        if let Some(extends) = metadata["Extends"].as_object() {
            extensions.extend(extends.clone());
        }
        bind_outputs(&merged, &mut content);
        for resource in content.get_mut("Resources").and_then(Value::as_object_mut).into_iter().flatten() {
            // The metadata is for linters. It would use a sixth of the request limit.
            resource.1.as_object_mut().map(|resource| resource.remove("Metadata"));
        }
        for (section, content) in content {
            if SECTIONS.contains(&section.as_str()) {
                merge_section(&mut merged, section, content, *part)?;
            } else {
                // The version and the description of the first part apply to all.
                merged.entry(section).or_insert(content);
            }
        }
    }
    for (resource, properties) in extensions {
        let existing = merged.get_mut("Resources").and_then(|all| all.get_mut(&resource));
        if let Some(Value::Object(existing)) = existing {
            extend_properties(existing.entry("Properties").or_insert_with(|| json!({})), properties);
        }
    }
    Ok(merged)
}

/// Replaces the parameters of `part` with outputs of earlier parts that have the same names.
fn bind_outputs(merged: &Map<String, Value>, part: &mut Map<String, Value>) {
    let Some(Value::Object(parameters)) = part.get_mut("Parameters") else { return };
    let outputs = merged.get("Outputs").and_then(Value::as_object);
    let bound: BTreeMap<String, Value> = outputs
        .into_iter()
        .flatten()
        .filter(|(name, _)| parameters.contains_key(*name))
        .map(|(name, output)| (name.clone(), output["Value"].clone()))
        .collect();
    parameters.retain(|name, _| !bound.contains_key(name));
    for section in ["Resources", "Outputs"] {
        if let Some(content) = part.get_mut(section) {
            substitute(content, &bound);
        }
    }
}

/// Replaces every reference to a name in `bound` with its value.
fn substitute(value: &mut Value, bound: &BTreeMap<String, Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| substitute(item, bound)),
        Value::Object(object) if object.len() == 1 && object.contains_key("Ref") => {
            if let Some(output) = object["Ref"].as_str().and_then(|name| bound.get(name)) {
                *value = output.clone();
            }
        }
        Value::Object(object) if object.len() == 1 && object.contains_key("Fn::Sub") => {
            if let Some(Value::String(text)) = object.get_mut("Fn::Sub") {
                for (name, output) in bound {
                    *text = text.replace(&format!("${{{name}}}"), &format!("${{{}}}", sub_reference(output)));
                }
            }
        }
        Value::Object(object) => object.values_mut().for_each(|item| substitute(item, bound)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns the reference in an `Fn::Sub` for the `Ref` or `Fn::GetAtt` of an output.
fn sub_reference(output: &Value) -> String {
    match (&output["Ref"], output["Fn::GetAtt"].as_array()) {
        (Value::String(name), _) => name.clone(),
        (_, Some(path)) => path.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."),
        _ => String::new(),
    }
}

/// Merges `content` into the section of that name.
fn merge_section(
    merged: &mut Map<String, Value>,
    section: String,
    content: Value,
    part: TemplatePart,
) -> Result<(), CommandError> {
    let Value::Object(content) = content else {
        return Err(part.error(&format!("`{section}` is not a mapping")));
    };
    let Value::Object(existing) = merged.entry(section.as_str()).or_insert_with(|| json!({})) else {
        return Err(part.error(&format!("`{section}` is not a mapping in an earlier part")));
    };
    for (name, value) in content {
        match existing.get(&name) {
            // A part that is valid on its own repeats the declarations that it uses.
            Some(same) if *same == value => {}
            Some(_) => {
                return Err(
                    part.error(&format!("`{section}.{name}` differs from its definition in an earlier part"))
                );
            }
            None => {
                existing.insert(name, value);
            }
        }
    }
    Ok(())
}

/// Adds `properties`: appends lists, merges mappings, and sets all other values.
fn extend_properties(existing: &mut Value, properties: Value) {
    let Value::Object(properties) = properties else { return };
    for (name, value) in properties {
        match (existing.get_mut(&name), value) {
            (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
            (Some(Value::Object(mapping)), Value::Object(more)) => merge_values(mapping, more),
            (_, value) => existing[name] = value,
        }
    }
}

/// Sets all `values`, merging nested mappings and the statements of policies.
fn merge_values(existing: &mut Map<String, Value>, values: Map<String, Value>) {
    for (name, value) in values {
        match (existing.get_mut(&name), value) {
            (Some(Value::Object(mapping)), Value::Object(more)) => merge_values(mapping, more),
            (Some(Value::Array(statements)), Value::Array(more)) if name == "Statement" => {
                statements.extend(more);
            }
            (_, value) => drop(existing.insert(name, value)),
        }
    }
}

impl TemplatePart {
    fn read(self) -> Result<Map<String, Value>, CommandError> {
        parse(self.text).map_err(|problem| self.error(&problem))
    }

    fn error(self, problem: &str) -> CommandError {
        CommandError::failed(format!("cannot use the template `{}`: {problem}", self.file))
    }
}

/// Reads a template in YAML or JSON.
pub(crate) fn parse(text: &str) -> Result<Map<String, Value>, String> {
    let yaml: Yaml = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    match to_json(yaml)? {
        Value::Object(map) => Ok(map),
        _ => Err("it is not a mapping".to_owned()),
    }
}

/// Converts YAML with the short tags of CloudFormation to JSON.
fn to_json(yaml: Yaml) -> Result<Value, String> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::Number(number) => serde_json::to_value(number).map_err(|error| error.to_string())?,
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(to_json).collect::<Result<_, _>>()?),
        Yaml::Mapping(mapping) => {
            let mut object = Map::new();
            for (key, value) in mapping {
                let Yaml::String(key) = key else { return Err(format!("the key {key:?} is not a string")) };
                object.insert(key, to_json(value)?);
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let value = to_json(tagged.value)?;
            match tag.trim_start_matches('!') {
                name @ ("Ref" | "Condition") => json!({ name: value }),
                "GetAtt" => match value {
                    Value::String(text) => {
                        let (resource, attribute) = text
                            .split_once('.')
                            .ok_or_else(|| format!("`!GetAtt {text}` has no attribute"))?;
                        json!({ "Fn::GetAtt": [resource, attribute] })
                    }
                    list => json!({ "Fn::GetAtt": list }),
                },
                name @ ("Sub" | "Join" | "If" | "Equals" | "Not" | "And" | "Or" | "Select" | "Split"
                | "FindInMap" | "Base64" | "ImportValue") => json!({ format!("Fn::{name}"): value }),
                other => return Err(format!("CloudFormation has no tag `!{other}`")),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_tags_become_the_long_form() {
        let yaml = "a: !Ref B\nb: !GetAtt C.Arn.X\nc: !Sub '${A}'\nd: !If [X, 1, !Ref 'AWS::NoValue']\ne: 2012-10-17";
        let value = to_json(serde_yaml::from_str(yaml).unwrap()).unwrap();
        let expect = json!({
            "a": {"Ref": "B"},
            "b": {"Fn::GetAtt": ["C", "Arn.X"]},
            "c": {"Fn::Sub": "${A}"},
            "d": {"Fn::If": ["X", 1, {"Ref": "AWS::NoValue"}]},
            "e": "2012-10-17",
        });
        assert_eq!(value, expect);
        assert!(to_json(serde_yaml::from_str("a: !Reff B").unwrap()).unwrap_err().contains("!Reff"));
    }

    #[test]
    fn a_parameter_with_the_name_of_an_earlier_output_is_that_output_and_extensions_apply_to_earlier_parts() {
        let core = TemplatePart {
            file: "core",
            text: "Resources: {A: {Properties: {List: [1], P: {Statement: [1], Rules: [1]}}}, Bare: {}}\nOutputs: {Arn: {Value: !GetAtt A.Arn}}",
        };
        let more = TemplatePart {
            file: "more",
            text: "Parameters: {Arn: {Type: String}}\nMetadata: {Extends: {A: {List: [2], B: 3, P: {Statement: [2], Rules: [2]}}, Bare: {H: 5}, Absent: {C: 4}}}\n\
                   Resources: {D: {Properties: {E: !Ref Arn, F: !Sub 'x-${Arn}-${G}'}}}",
        };
        let expect = json!({
            "Resources": {
                "A": {"Properties": {"List": [1, 2], "B": 3, "P": {"Statement": [1, 2], "Rules": [2]}}},
                "Bare": {"Properties": {"H": 5}},
                "D": {"Properties": {"E": {"Fn::GetAtt": ["A", "Arn"]}, "F": {"Fn::Sub": "x-${A.Arn}-${G}"}}},
            },
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["A", "Arn"]}}},
            "Parameters": {},
        });
        assert_eq!(Value::Object(merge(&[core, more]).unwrap()), expect);
        assert!(merge(&[core, TemplatePart { file: "other", text: "Resources: {A: {}}" }]).is_err());
    }
}
