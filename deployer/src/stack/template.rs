//! The template: the files under `templates/` that the configuration asks for, merged into the JSON that
//! CloudFormation is sent, and the parameters that go with it.
//!
//! The YAML is read for its value only and never written again: short tags (`!Sub`) become the long form
//! (`Fn::Sub`) on the way, and an unknown one is an error, so nothing is dropped in silence.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use serde_yaml::Value as Yaml;

use crate::config::{Architecture, Settings};
use crate::error::CommandError;
use crate::package::Artifact;

/// The part that every stack has.
const CORE: Part = Part { file: "templates/core.yaml", text: include_str!("../../../templates/core.yaml") };

/// CloudFormation's limit for a template that is sent in the request itself, in bytes.
pub(crate) const MAX_BODY_BYTES: usize = 51_200;

/// The sections that several parts may add to.
const SECTIONS: [&str; 6] = ["Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs"];

/// One template file.
#[derive(Clone, Copy, Debug)]
struct Part {
    file: &'static str,
    text: &'static str,
}

/// A template as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    /// The merged template.
    pub(crate) value: Value,
    /// Where each resource is written: file and line (from 1), by logical id.
    pub(crate) sources: BTreeMap<String, (&'static str, usize)>,
}

/// What the template's parameters are set to, besides the settings.
#[derive(Clone, Debug)]
pub(crate) struct Deployment<'a> {
    pub(crate) artifacts_bucket: &'a str,
    pub(crate) artifacts: &'a [Artifact],
    pub(crate) architecture: Architecture,
}

/// The functions whose code a stack with these settings needs.
pub(crate) fn functions(_settings: &Settings) -> Vec<&'static str> {
    vec!["thumbnail"]
}

/// Merges the parts that the settings ask for.
pub(crate) fn render(settings: &Settings) -> Result<Template, CommandError> {
    let mut merged = Map::new();
    let mut sources = BTreeMap::new();
    for part in parts(settings) {
        let value = part.read()?;
        for (section, content) in value {
            match merged.get_mut(&section) {
                None => {
                    merged.insert(section, content);
                }
                Some(Value::Object(there)) if SECTIONS.contains(&section.as_str()) => {
                    merge_section(there, content, &section, part)?;
                }
                // The version and the description of the first part stand for all.
                Some(_) => {}
            }
        }
        sources.extend(part.resource_lines());
    }
    Ok(Template { value: Value::Object(merged), sources })
}

fn parts(_settings: &Settings) -> Vec<Part> {
    vec![CORE]
}

fn merge_section(
    there: &mut Map<String, Value>,
    content: Value,
    section: &str,
    part: Part,
) -> Result<(), CommandError> {
    let Value::Object(content) = content else {
        return Err(part.wrong(&format!("`{section}` is not a mapping")));
    };
    for (name, value) in content {
        match there.get(&name) {
            // A part that is valid on its own declares again what it uses of another.
            Some(same) if *same == value => {}
            Some(_) if section == "Parameters" => {}
            Some(_) => return Err(part.wrong(&format!("`{section}.{name}` is there already"))),
            None => {
                there.insert(name, value);
            }
        }
    }
    Ok(())
}

impl Part {
    fn read(self) -> Result<Map<String, Value>, CommandError> {
        let yaml: Yaml = serde_yaml::from_str(self.text).map_err(|error| self.wrong(&error.to_string()))?;
        match to_json(yaml).map_err(|problem| self.wrong(&problem))? {
            Value::Object(map) => Ok(map),
            _ => Err(self.wrong("it is not a mapping")),
        }
    }

    fn wrong(self, problem: &str) -> CommandError {
        CommandError::failed(format!("the template `{}` cannot be used: {problem}", self.file))
    }

    /// The line on which each resource of this file begins.
    fn resource_lines(self) -> BTreeMap<String, (&'static str, usize)> {
        let mut lines = BTreeMap::new();
        let mut in_resources = false;
        for (index, line) in self.text.lines().enumerate() {
            if !line.starts_with([' ', '#']) && !line.is_empty() {
                in_resources = line.starts_with("Resources:");
            }
            let name = line.strip_prefix("  ").filter(|rest| !rest.starts_with([' ', '#']));
            if let (true, Some((name, _))) = (in_resources, name.and_then(|rest| rest.split_once(':'))) {
                lines.insert(name.to_owned(), (self.file, index + 1));
            }
        }
        lines
    }
}

/// YAML with CloudFormation's short tags as the JSON that says the same.
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
                let Yaml::String(key) = key else { return Err(format!("the key {key:?} is not a text")) };
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
                other => return Err(format!("the tag `!{other}` is not one of CloudFormation's")),
            }
        }
    })
}

impl Template {
    /// The text that is sent.
    pub(crate) fn body(&self) -> String {
        self.value.to_string()
    }

    /// The values of the parameters this template declares, sorted by name.
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

/// Every setting as the parameter that carries it.
fn all_parameters(settings: &Settings, deployment: &Deployment<'_>) -> BTreeMap<String, String> {
    let function = &settings.function;
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
        ("AlertEmail", name(&settings.alerts.email)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    for artifact in deployment.artifacts {
        parameters.insert(format!("{}CodeKey", pascal_case(&artifact.function)), artifact.key());
    }
    parameters
}

/// `alt-text` as `AltText`.
fn pascal_case(name: &str) -> String {
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
    fn the_rendered_template_declares_every_parameter_it_is_given_and_fits_in_a_request() {
        let settings = Settings::default();
        let template = render(&settings).unwrap();
        assert!(template.body().len() <= MAX_BODY_BYTES, "{} bytes", template.body().len());
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
            architecture: Architecture::X86_64,
        };
        let given = template.parameters(&settings, &deployment);
        let declared = template.value["Parameters"].as_object().unwrap();
        let missing: Vec<_> = declared
            .iter()
            .filter(|(name, parameter)| parameter.get("Default").is_none() && !given.contains_key(*name))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        // What the template would use without the deployer is what the deployer uses without a configuration.
        for (name, value) in &given {
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
    fn every_resource_has_its_line() {
        let template = render(&Settings::default()).unwrap();
        for id in template.value["Resources"].as_object().unwrap().keys() {
            assert!(template.sources.contains_key(id), "{id}");
        }
    }
}
