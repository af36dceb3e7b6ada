//! The templates as they would be deployed: read, merged as `templates/README.md` says, and asked about.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use serde_yaml::Value as Yaml;

/// The parts that every stack has, in the order they are merged.
const ALWAYS: [&str; 3] = ["core", "failover", "alarms"];

/// One template, whole.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// The parts it is made of: `core+kms`.
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// One statement of a policy, with where it stands.
pub(crate) struct Statement<'a> {
    /// The logical id of the resource whose policy it is.
    pub(crate) of: &'a str,
    pub(crate) value: &'a Value,
}

impl Statement<'_> {
    pub(crate) fn allows(&self) -> bool {
        self.value["Effect"] == "Allow"
    }

    pub(crate) fn actions(&self) -> Vec<&str> {
        list(&self.value["Action"]).into_iter().filter_map(Value::as_str).collect()
    }

    pub(crate) fn resources(&self) -> Vec<&Value> {
        list(&self.value["Resource"])
    }

    /// The services it is for.
    pub(crate) fn services(&self) -> Vec<String> {
        list(&self.value["Principal"]["Service"]).into_iter().map(text).collect()
    }

    /// What the condition key `name` is held against, whatever the operator.
    pub(crate) fn condition(&self, name: &str) -> Option<&Value> {
        self.value["Condition"].as_object()?.values().find_map(|operator| operator.get(name))
    }
}

impl Model {
    /// All combinations of the optional parts.
    pub(crate) fn all() -> Vec<Self> {
        let optional = optional_parts();
        (0..1_usize << optional.len())
            .map(|chosen| {
                let parts = optional.iter().enumerate().filter(|(i, _)| chosen & (1 << i) != 0);
                Self::of(&parts.map(|(_, part)| part.as_str()).collect::<Vec<_>>())
            })
            .collect()
    }

    /// The template with every part there is.
    pub(crate) fn whole() -> Self {
        let optional = optional_parts();
        Self::of(&optional.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The template with the `optional` parts.
    pub(crate) fn of(optional: &[&str]) -> Self {
        let mut merged = json!({});
        let mut extensions = Vec::new();
        for part in ALWAYS.iter().chain(optional) {
            let mut part = read(part);
            if let Some(Value::Object(extends)) = part.pointer_mut("/Metadata/Extends").map(Value::take) {
                extensions.extend(extends);
            }
            merge(&mut merged, part);
        }
        for (resource, properties) in extensions {
            let Some(there) = merged.pointer_mut(&format!("/Resources/{resource}/Properties")) else {
                continue;
            };
            for (name, value) in properties.as_object().into_iter().flatten() {
                match (there.get_mut(name).and_then(Value::as_array_mut), value.as_array()) {
                    (Some(there), Some(more)) => there.extend(more.iter().cloned()),
                    _ => there[name] = value.clone(),
                }
            }
        }
        let name = [&["core"], optional].concat().join("+");
        Self { name, value: merged }
    }

    /// The logical ids and bodies of the resources of `kind`: `AWS::S3::Bucket`.
    pub(crate) fn resources(&self, kind: &str) -> Vec<(&str, &Value)> {
        let all = self.value["Resources"].as_object().into_iter().flatten();
        all.filter(|(_, body)| body["Type"] == kind).map(|(id, body)| (id.as_str(), body)).collect()
    }

    pub(crate) fn parameter(&self, name: &str) -> &Value {
        &self.value["Parameters"][name]
    }

    /// The statements of the policies that stand on resources: of buckets, queues, topics and keys.
    pub(crate) fn resource_statements(&self) -> Vec<Statement<'_>> {
        let kinds = [
            ("AWS::S3::BucketPolicy", "PolicyDocument"),
            ("AWS::SQS::QueuePolicy", "PolicyDocument"),
            ("AWS::SNS::TopicPolicy", "PolicyDocument"),
            ("AWS::KMS::Key", "KeyPolicy"),
        ];
        let policies = kinds.iter().flat_map(|(kind, property)| {
            self.resources(kind).into_iter().map(|(id, body)| (id, &body["Properties"][*property]))
        });
        policies.flat_map(|(of, policy)| statements(of, policy)).collect()
    }

    /// The statements that say what the roles may do.
    pub(crate) fn role_statements(&self) -> Vec<Statement<'_>> {
        let roles = self.resources("AWS::IAM::Role").into_iter();
        roles
            .flat_map(|(id, body)| {
                let policies = list(&body["Properties"]["Policies"]).into_iter();
                policies.flat_map(move |policy| statements(id, &policy["PolicyDocument"]))
            })
            .collect()
    }

    /// The statements that say who may be the roles.
    pub(crate) fn trust_statements(&self) -> Vec<Statement<'_>> {
        let roles = self.resources("AWS::IAM::Role").into_iter();
        roles.flat_map(|(id, body)| statements(id, &body["Properties"]["AssumeRolePolicyDocument"])).collect()
    }

    /// Every value a number in the template can have: itself, or what its parameter allows, by itself or
    /// looked up in a mapping. Paired with the parameter's value, so that two numbers can be compared.
    pub(crate) fn numbers(&self, value: &Value) -> Vec<(Option<u64>, u64)> {
        if let Some(number) = value.as_u64() {
            return vec![(None, number)];
        }
        let allowed = |name: &str| -> Vec<u64> {
            let parameter = self.parameter(name);
            let listed = list(&parameter["AllowedValues"]).into_iter().chain([&parameter["Default"]]);
            listed.chain([&parameter["MinValue"]]).filter_map(Value::as_u64).collect()
        };
        if let Some(name) = value["Ref"].as_str() {
            return allowed(name).into_iter().map(|number| (Some(number), number)).collect();
        }
        let lookup = &value["Fn::FindInMap"];
        let (Some(map), Some(name), Some(entry)) =
            (lookup[0].as_str(), lookup[1]["Ref"].as_str(), lookup[2].as_str())
        else {
            return Vec::new();
        };
        let found = |key: u64| self.value["Mappings"][map][key.to_string()][entry].as_u64();
        allowed(name).into_iter().filter_map(|key| found(key).map(|number| (Some(key), number))).collect()
    }
}

/// The elements of a list, or the one value that stands for a list of one.
pub(crate) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// A value on one line, references short: `OriginalsBucket.Arn/*`.
pub(crate) fn text(value: &Value) -> String {
    if let Some(text) = value.as_str().or_else(|| value["Ref"].as_str()) {
        return text.to_owned();
    }
    if let Some(parts) = value["Fn::GetAtt"].as_array() {
        return parts.iter().map(text).collect::<Vec<_>>().join(".");
    }
    if let Some(sub) = value["Fn::Sub"].as_str() {
        return sub.replace("${", "").replace('}', "");
    }
    value.to_string()
}

/// The logical id that a value refers to.
pub(crate) fn referred(value: &Value) -> Option<&str> {
    value["Ref"].as_str().or_else(|| value["Fn::GetAtt"][0].as_str())
}

fn statements<'a>(of: &'a str, policy: &'a Value) -> Vec<Statement<'a>> {
    list(&policy["Statement"]).into_iter().map(|value| Statement { of, value }).collect()
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates")
}

/// The parts that a stack may have, sorted.
pub(crate) fn optional_parts() -> Vec<String> {
    let files = std::fs::read_dir(folder()).expect("the templates");
    let names: BTreeSet<String> = files
        .filter_map(|file| {
            file.ok()?.file_name().into_string().ok()?.strip_suffix(".yaml").map(str::to_owned)
        })
        .filter(|name| !ALWAYS.contains(&name.as_str()))
        .collect();
    names.into_iter().collect()
}

/// One part, as it stands.
pub(crate) fn read(part: &str) -> Value {
    let path = folder().join(format!("{part}.yaml"));
    let text = std::fs::read_to_string(&path).expect("a template");
    to_json(serde_yaml::from_str(&text).expect("YAML"))
}

fn to_json(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Sequence(items) => items.into_iter().map(to_json).collect(),
        Yaml::Mapping(entries) => {
            let entry = |(key, value)| (text(&to_json(key)), to_json(value));
            Value::Object(entries.into_iter().map(entry).collect())
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let value = to_json(tagged.value);
            match (name, value.as_str().and_then(|value| value.split_once('.'))) {
                ("GetAtt", Some((resource, attribute))) => json!({ "Fn::GetAtt": [resource, attribute] }),
                ("Ref" | "Condition", _) => json!({ name: value }),
                _ => json!({ format!("Fn::{name}"): value }),
            }
        }
        scalar => serde_json::to_value(scalar).expect("a scalar"),
    }
}

/// Adds `part` to `merged`. A parameter that is named like an output there already is bound to it.
fn merge(merged: &mut Value, mut part: Value) {
    let outputs = merged["Outputs"].as_object().cloned().unwrap_or_default();
    let mut bound = Map::new();
    if let Some(parameters) = part["Parameters"].as_object_mut() {
        for (name, output) in outputs {
            if parameters.remove(&name).is_some() {
                bound.insert(name, output["Value"].clone());
            }
        }
    }
    for section in ["Parameters", "Mappings", "Conditions", "Resources", "Outputs"] {
        for (name, mut value) in part[section].as_object().cloned().unwrap_or_default() {
            bind(&mut value, &bound);
            let there = &mut merged[section][&name];
            assert!(there.is_null() || *there == value, "{section}.{name} is declared in two ways");
            *there = value;
        }
    }
}

fn bind(value: &mut Value, bound: &Map<String, Value>) {
    if let Some(output) = value["Ref"].as_str().and_then(|name| bound.get(name)) {
        *value = output.clone();
        return;
    }
    if let Some(sub) = value.get("Fn::Sub").and_then(Value::as_str) {
        let name = |output: &Value| format!("${{{}}}", text(output));
        let put = |sub: String, (from, output): (&String, &Value)| {
            sub.replace(&format!("${{{from}}}"), &name(output))
        };
        *value = json!({ "Fn::Sub": bound.iter().fold(sub.to_owned(), put) });
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| bind(item, bound)),
        Value::Object(entries) => entries.values_mut().for_each(|entry| bind(entry, bound)),
        _ => {}
    }
}
