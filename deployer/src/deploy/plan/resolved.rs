//! Resolves a template with its parameters: the properties of each resource as far as they are known before deployment. A
//! value that is known only afterwards is kept as `${Queue.Arn}`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A template and the values of its parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BoundTemplate<'a> {
    pub(crate) template: &'a Value,
    pub(crate) parameters: &'a BTreeMap<String, String>,
    /// The known pseudo parameters: `AWS::StackName`, `AWS::Region`.
    pub(crate) pseudo_parameters: &'a BTreeMap<&'static str, String>,
}

/// A resource with its properties.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resource {
    /// Its type: `AWS::S3::Bucket`.
    pub(crate) kind: String,
    pub(crate) properties: Value,
}

impl BoundTemplate<'_> {
    /// Returns the resources by logical ID, without those whose condition is false.
    pub(crate) fn resources(&self) -> BTreeMap<String, Resource> {
        let all = self.template["Resources"].as_object().into_iter().flatten();
        all.filter(|(_, resource)| {
            resource["Condition"].as_str().is_none_or(|name| self.is_condition_true(name))
        })
        .map(|(id, resource)| {
            let kind = resource["Type"].as_str().unwrap_or_default().to_owned();
            let properties = self.resolve(&resource["Properties"]).unwrap_or(Value::Null);
            (id.clone(), Resource { kind, properties })
        })
        .collect()
    }

    /// Returns the value with its functions evaluated, or `None` for `AWS::NoValue`.
    fn resolve(&self, value: &Value) -> Option<Value> {
        Some(match value {
            Value::Array(items) => items.iter().filter_map(|item| self.resolve(item)).collect(),
            Value::Object(object) => match intrinsic_function(object) {
                Some((name, argument)) => return self.call_function(name, argument),
                None => object
                    .iter()
                    .filter_map(|(key, item)| Some((key.clone(), self.resolve(item)?)))
                    .collect::<Map<_, _>>()
                    .into(),
            },
            plain => plain.clone(),
        })
    }

    fn call_function(&self, name: &str, argument: &Value) -> Option<Value> {
        let unknown = || Value::Object([(name.to_owned(), argument.clone())].into_iter().collect());
        Some(match (name, argument) {
            ("Ref", Value::String(name)) if name == "AWS::NoValue" => return None,
            ("Ref", Value::String(name)) => self.resolve_ref(name).into(),
            ("Fn::GetAtt", Value::Array(path)) => {
                let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
                format!("${{{}}}", path.join(".")).into()
            }
            ("Fn::Sub", Value::String(text)) => self.substitute(text, &Value::Null).into(),
            ("Fn::Sub", Value::Array(parts)) => {
                self.substitute(parts.first()?.as_str()?, parts.get(1).unwrap_or(&Value::Null)).into()
            }
            ("Fn::If", Value::Array(parts)) => {
                let is_true =
                    parts.first().and_then(Value::as_str).is_some_and(|name| self.is_condition_true(name));
                return self.resolve(parts.get(if is_true { 1 } else { 2 })?);
            }
            ("Fn::FindInMap", Value::Array(path)) => {
                let mut found = &self.template["Mappings"];
                for step in path {
                    found = &found[self.resolve_text(step)?.as_str()];
                }
                if found.is_null() { unknown() } else { found.clone() }
            }
            ("Fn::Join", Value::Array(parts)) => {
                let separator = parts.first()?.as_str()?;
                let items: Option<Vec<String>> =
                    parts.get(1)?.as_array()?.iter().map(|item| self.resolve_text(item)).collect();
                items.map_or_else(unknown, |items| items.join(separator).into())
            }
            _ => unknown(),
        })
    }

    /// Returns a scalar value as text, or `None` for any other value.
    fn resolve_text(&self, value: &Value) -> Option<String> {
        match self.resolve(value)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Returns the value of `Ref`: that of a parameter, or `${Name}` if it is not known yet.
    fn resolve_ref(&self, name: &str) -> String {
        if let Some(value) = self.parameters.get(name).or_else(|| self.pseudo_parameters.get(name)) {
            return value.clone();
        }
        let default = &self.template["Parameters"][name]["Default"];
        self.resolve_text(default).unwrap_or_else(|| format!("${{{name}}}"))
    }

    fn substitute(&self, text: &str, variables: &Value) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, rest_after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            match variables.get(name).and_then(|value| self.resolve_text(value)) {
                Some(value) => out.push_str(&value),
                // `${!Literal}` and attributes are kept unchanged.
                None if name.starts_with('!') || name.contains('.') => out.push_str(&format!("${{{name}}}")),
                None => out.push_str(&self.resolve_ref(name)),
            }
            rest = rest_after;
        }
        out + rest
    }

    /// Returns whether the condition of this name is true.
    fn is_condition_true(&self, name: &str) -> bool {
        self.is_true(&self.template["Conditions"][name])
    }

    fn is_true(&self, condition: &Value) -> bool {
        let Some((name, argument)) = condition.as_object().and_then(intrinsic_function) else { return false };
        let parts = argument.as_array().map(Vec::as_slice).unwrap_or_default();
        match name {
            "Condition" => argument.as_str().is_some_and(|name| self.is_condition_true(name)),
            "Fn::Equals" => parts.len() == 2 && self.resolve(&parts[0]) == self.resolve(&parts[1]),
            "Fn::Not" => parts.first().is_some_and(|part| !self.is_true(part)),
            "Fn::And" => parts.iter().all(|part| self.is_true(part)),
            "Fn::Or" => parts.iter().any(|part| self.is_true(part)),
            _ => false,
        }
    }
}

/// Returns the function that an object with a single key calls, or `None`.
fn intrinsic_function(object: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = object.iter().next().filter(|_| object.len() == 1)?;
    (name == "Ref" || name == "Condition" || name.starts_with("Fn::")).then_some((name.as_str(), argument))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn known_values_are_resolved_and_the_rest_is_kept_as_references() {
        let template = json!({
            "Parameters": {"Size": {"Default": 5}, "Name": {"Type": "String"}},
            "Mappings": {"Twice": {"5": {"N": 10}}},
            "Conditions": {"Named": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]}},
            "Resources": {
                "Absent": {"Type": "T", "Condition": "Named"},
                "Queue": {"Type": "AWS::SQS::Queue", "Properties": {
                    "A": {"Ref": "Size"},
                    "B": {"Fn::FindInMap": ["Twice", {"Ref": "Size"}, "N"]},
                    "C": {"Fn::If": ["Named", {"Ref": "Name"}, {"Ref": "AWS::NoValue"}]},
                    "D": {"Fn::Sub": "${AWS::StackName}/${Bucket.Arn}/${Size}"},
                    "E": [{"Fn::GetAtt": ["Bucket", "Arn"]}, {"Ref": "Bucket"}],
                }},
            },
        });
        let parameters = BTreeMap::from([("Name".to_owned(), String::new())]);
        let pseudo_parameters = BTreeMap::from([("AWS::StackName", "s".to_owned())]);
        let resources = BoundTemplate {
            template: &template,
            parameters: &parameters,
            pseudo_parameters: &pseudo_parameters,
        }
        .resources();
        assert_eq!(resources.keys().collect::<Vec<_>>(), ["Queue"]);
        let expect =
            json!({"A": "5", "B": 10, "D": "s/${Bucket.Arn}/5", "E": ["${Bucket.Arn}", "${Bucket}"]});
        assert_eq!(resources["Queue"].properties, expect);
    }
}
