//! The templates as the deployer renders them, with queries.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

/// The optional parts of a stack, and the setting that enables each.
pub(crate) const OPTIONAL: [(&str, &str); 9] = [
    ("alt-text", "alt_text: {enabled: true}"),
    ("delivery", "delivery: {enabled: true}"),
    ("delivery-signing", "delivery: {enabled: true, sizes: signed}"),
    ("events", "events: enabled"),
    ("uploads", "uploads: {cors: ['https://app.example']}"),
    ("alert-email", "alerts: {email: oncall@example.com}"),
    ("access-logs", "access_logs: true"),
    ("kms", "kms_key: true"),
    ("no-name-index", "name_index: false"),
];

/// A merged template.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// Its parts: `core+kms`.
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// A statement of a policy and its resource.
pub(crate) struct Statement<'a> {
    /// The logical ID of the resource that has the policy.
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

    /// Returns the services among its principals.
    pub(crate) fn services(&self) -> Vec<String> {
        list(&self.value["Principal"]["Service"]).into_iter().map(text).collect()
    }

    /// Returns the value of the condition key `name`, for any operator.
    pub(crate) fn condition(&self, name: &str) -> Option<&Value> {
        self.value["Condition"].as_object()?.values().find_map(|operator| operator.get(name))
    }
}

impl Model {
    /// Returns all combinations of the optional parts, as `deployer render` prints them. The tests render them once.
    pub(crate) fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Model>> = LazyLock::new(|| {
            let mut rendered = HashSet::new();
            (0..1_usize << OPTIONAL.len())
                .map(|chosen| -> Vec<_> {
                    let parts = OPTIONAL.iter().enumerate().filter(|(i, _)| chosen & (1 << i) != 0);
                    parts.map(|(_, part)| *part).collect()
                })
                // The setting of a part can include that of another one.
                .filter(|parts| rendered.insert(settings(parts)))
                .map(|parts| Model::with_parts(&parts))
                .collect()
        });
        &ALL
    }

    /// Returns the template with every part.
    pub(crate) fn with_all_parts() -> Self {
        Self::with_parts(&OPTIONAL)
    }

    /// Returns the template without optional parts.
    pub(crate) fn without_optional_parts() -> Self {
        Self::with_parts(&[])
    }

    fn with_parts(optional: &[(&str, &str)]) -> Self {
        let deployer =
            testkit::Deployer::new().file("deployer.yaml", format!("stack: photos\n{}", settings(optional)));
        let value = deployer.args(["render"]).succeeds().json();
        let names: Vec<&str> =
            [&["core"], &optional.iter().map(|(part, _)| *part).collect::<Vec<_>>()[..]].concat();
        Self { name: names.join("+"), value }
    }

    /// Returns the logical IDs and bodies of the resources of `kind`: `AWS::S3::Bucket`.
    pub(crate) fn resources(&self, kind: &str) -> Vec<(&str, &Value)> {
        let all = self.value["Resources"].as_object().into_iter().flatten();
        all.filter(|(_, body)| body["Type"] == kind).map(|(id, body)| (id.as_str(), body)).collect()
    }

    pub(crate) fn parameter(&self, name: &str) -> &Value {
        &self.value["Parameters"][name]
    }

    /// Returns the statements in the policies of buckets, queues, topics, and keys.
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

    /// Returns the statements in the policies of roles.
    pub(crate) fn role_statements(&self) -> Vec<Statement<'_>> {
        let roles = self.resources("AWS::IAM::Role").into_iter();
        roles
            .flat_map(|(id, body)| {
                let policies = list(&body["Properties"]["Policies"]).into_iter();
                policies.flat_map(move |policy| statements(id, &policy["PolicyDocument"]))
            })
            .collect()
    }

    /// Returns the statements in the trust policies of roles.
    pub(crate) fn trust_statements(&self) -> Vec<Statement<'_>> {
        let roles = self.resources("AWS::IAM::Role").into_iter();
        roles.flat_map(|(id, body)| statements(id, &body["Properties"]["AssumeRolePolicyDocument"])).collect()
    }

    /// Returns every value of a number in the template: the number, or the allowed values of its parameter, directly or
    /// through a mapping. Each comes with the value of the parameter, so that two numbers can be compared.
    pub(crate) fn numbers(&self, value: &Value) -> Vec<(Option<u64>, u64)> {
        if let Some(number) = value.as_u64() {
            return vec![(None, number)];
        }
        let allowed = |name: &str| -> Vec<u64> {
            let parameter = self.parameter(name);
            let listed = list(&parameter["AllowedValues"]).into_iter().chain([&parameter["Default"]]);
            listed.chain([&parameter["MinValue"], &parameter["MaxValue"]]).filter_map(Value::as_u64).collect()
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

/// Returns the settings that enable `parts`. The setting of a part includes the settings of the parts that it needs.
fn settings(parts: &[(&str, &str)]) -> String {
    let settings: BTreeMap<&str, &str> =
        parts.iter().filter_map(|(_, setting)| setting.split_once(": ")).collect();
    settings.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

/// Returns the elements of a list, or a single value as a list of one.
pub(crate) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// Returns a value on one line with short references: `OriginalsBucket.Arn/*`.
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

/// Returns the logical ID to which a value refers.
pub(crate) fn referenced_id(value: &Value) -> Option<&str> {
    value["Ref"].as_str().or_else(|| value["Fn::GetAtt"][0].as_str())
}

fn statements<'a>(of: &'a str, policy: &'a Value) -> Vec<Statement<'a>> {
    list(&policy["Statement"]).into_iter().map(|value| Statement { of, value }).collect()
}

/// Reads a part as YAML with its tags.
pub(crate) fn read(part: &str) -> serde_yaml::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../templates/{part}.yaml"));
    serde_yaml::from_str(&std::fs::read_to_string(path).expect("a template")).expect("YAML")
}
