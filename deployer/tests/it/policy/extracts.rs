//! The extracts of what AWS publishes, and the lists that are maintained by hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::policy::account::TAG;

/// The permissions that the resource types of CloudFormation require.
#[derive(Deserialize)]
pub(crate) struct Schemas {
    /// The permissions by type and handler; `tagging` is a handler.
    types: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// The Service Authorization Reference.
#[derive(Deserialize)]
pub(crate) struct Reference {
    services: BTreeMap<String, Service>,
}

#[derive(Deserialize)]
struct Service {
    actions: BTreeMap<String, Action>,
    /// The patterns of the ARNs.
    resources: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Action {
    /// The kinds of resources, and whether a request always names one.
    resources: BTreeMap<String, bool>,
    keys: Vec<String>,
}

/// The permissions that our templates do not need.
pub(crate) struct Excuses(BTreeMap<String, Vec<Excuse>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Excuse {
    actions: Vec<String>,
    #[serde(default)]
    properties: Vec<String>,
    without: Option<String>,
    reason: String,
}

/// A group in `policy.yaml`.
#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    needs: String,
    actions: Vec<String>,
}

fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    let path = crate_folder().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn extract<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&read(&format!("tests/policy/{name}"))).unwrap()
}

/// Returns whether `text` matches `pattern`, in which `*` matches any characters.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(head) else { return false };
    (0..=rest.len()).any(|at| rest.is_char_boundary(at) && matches_pattern(tail, &rest[at..]))
}

/// Returns the elements of a list, or a single text as a list of one.
pub(crate) fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    list.iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

impl Schemas {
    pub(crate) fn read() -> Self {
        extract("schemas.json")
    }

    /// Returns the permissions that the handlers of a type and its tags need.
    pub(crate) fn permissions(&self, kind: &str) -> Vec<String> {
        let handlers = self.types.get(kind);
        let handlers =
            handlers.unwrap_or_else(|| panic!("schemas.json lacks {kind}: run tests/policy/refresh"));
        // The schemas write `S3:`, too.
        let lower = |action: &String| match action.split_once(':') {
            Some((service, name)) => format!("{}:{name}", service.to_lowercase()),
            None => action.clone(),
        };
        let mut all: Vec<String> = handlers.values().flatten().map(lower).collect();
        all.sort();
        all.dedup();
        all
    }
}

impl Reference {
    pub(crate) fn read() -> Self {
        extract("actions.json")
    }

    fn action(&self, action: &str) -> Option<&Action> {
        let (service, name) = action.split_once(':')?;
        self.services.get(service)?.actions.get(name)
    }

    /// Returns the actions that match `pattern`.
    pub(crate) fn like(&self, pattern: &str) -> Vec<String> {
        let (service, name) = pattern.split_once(':').unwrap();
        let known = self.services.get(service).unwrap_or_else(|| panic!("actions.json lacks {service}"));
        let found = known.actions.keys().filter(|known| matches_pattern(name, known));
        let found: Vec<String> = found.map(|name| format!("{service}:{name}")).collect();
        assert!(!found.is_empty(), "no AWS action matches {pattern}");
        found
    }

    /// Returns the kinds of resources to which `action` can be restricted.
    pub(crate) fn kinds(&self, action: &str) -> Vec<&str> {
        let known = self.action(action);
        known.map_or_else(Vec::new, |action| action.resources.keys().map(String::as_str).collect())
    }

    /// Returns the condition keys of `action`, with our tag in keys of tags.
    pub(crate) fn keys(&self, action: &str) -> Vec<String> {
        let known = self.action(action).map_or(&[][..], |action| &action.keys);
        known.iter().map(|key| key.replace("${TagKey}", TAG.0)).collect()
    }

    /// Returns the ARN of a resource called `name`.
    pub(crate) fn arn(&self, service: &str, what: &str, name: &str) -> String {
        let mut arn = self.services[service].resources[what]
            .replace("${Partition}", "aws")
            .replace("${Region}", "eu-central-1")
            .replace("${Account}", "111122223333");
        let mut value = name;
        while let Some((head, rest)) = arn.split_once("${") {
            let tail = rest.split_once('}').unwrap().1;
            arn = format!("{head}{value}{tail}");
            value = "1A2B3C4D";
        }
        arn
    }
}

impl Excuses {
    pub(crate) fn read() -> Self {
        let excuses: BTreeMap<String, Vec<Excuse>> =
            serde_yaml::from_str(&read("tests/policy/not_needed.yaml")).unwrap();
        for (kind, excuse) in excuses.iter().flat_map(|(kind, all)| all.iter().map(move |one| (kind, one))) {
            assert!(excuse.reason.ends_with('.'), "{:?} of {kind} has no reason", excuse.actions);
        }
        Self(excuses)
    }

    fn of(&self, kind: &str) -> &[Excuse] {
        self.0.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Returns whether a stack with `settings` does not need the `action` of a type.
    pub(crate) fn excuses(&self, kind: &str, action: &str, settings: &str) -> bool {
        self.of(kind).iter().any(|excuse| {
            let applies = excuse.without.as_ref().is_none_or(|setting| !settings.contains(setting));
            applies && excuse.actions.iter().any(|pattern| matches_pattern(pattern, action))
        })
    }

    /// Returns the properties of a type that would require the excused actions.
    pub(crate) fn properties(&self, kind: &str) -> impl Iterator<Item = &String> {
        self.of(kind).iter().flat_map(|excuse| &excuse.properties)
    }
}

/// Returns the actions that `doctor` checks for a stack with `settings`.
pub(crate) fn checked_actions(settings: &str) -> Vec<String> {
    let groups: Vec<Group> = serde_yaml::from_str(&read("src/commands/doctor/policy.yaml")).unwrap();
    let is_met = |need: &str| match need.strip_prefix("no_") {
        Some(setting) => !settings.contains(setting),
        None => settings.contains(need),
    };
    let mut all: Vec<String> =
        groups.into_iter().filter(|group| is_met(&group.needs)).flat_map(|group| group.actions).collect();
    all.sort();
    all.dedup();
    all
}

/// Returns the operations that the deployer sends, each with the actions that AWS checks.
pub(crate) fn operations() -> Vec<(String, Vec<String>)> {
    let text = read("src/aws/operations.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (operation, actions) = line.split_once(':').unwrap_or((line, ""));
            let (service, name) = operation.rsplit_once(' ').unwrap();
            let actions = match actions.trim() {
                "" => vec![format!("{}:{name}", namespace(service))],
                "-" => Vec::new(),
                actions => actions.split(' ').map(str::to_owned).collect(),
            };
            (operation.to_owned(), actions)
        })
        .collect()
}

/// Returns the name in IAM of a service of the SDK.
fn namespace(service: &str) -> String {
    match service {
        "CloudWatch Logs" => "logs".to_owned(),
        "Secrets Manager" => "secretsmanager".to_owned(),
        service => service.to_lowercase(),
    }
}

/// Returns the name of the SDK method of an operation.
pub(crate) fn method_name(name: &str) -> String {
    let mut method_name = String::new();
    for (at, c) in name.char_indices() {
        if c.is_uppercase() && at > 0 {
            method_name.push('_');
        }
        method_name.extend(c.to_lowercase());
    }
    method_name
}

/// Returns the source code of the deployer.
pub(crate) fn source() -> String {
    let mut folders = vec![crate_folder().join("src")];
    let mut source = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                source.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    source
}
