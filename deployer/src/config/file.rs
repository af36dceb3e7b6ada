//! Reads deployer.yaml, reports the positions of errors, and merges its environments. Also returns the JSON schema that
//! editors use to complete and check it.

use std::io::ErrorKind;
use std::path::Path;

use serde_json::Value as Json;
use serde_yaml::Value;

use crate::config::{Origin, Settings};
use crate::error::{CommandError, io_error, shell_operand};

/// The name of the configuration file in the current folder or a parent folder.
pub(crate) const FILE_NAME: &str = "deployer.yaml";

/// The name of its JSON schema in the same folder.
pub(crate) const SCHEMA_NAME: &str = "deployer.schema.json";

/// Returns the JSON schema of the configuration file.
pub(crate) fn schema() -> Json {
    schemars::schema_for!(Settings).to_value()
}

/// The parsed configuration file and the environment in use.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    root: Value,
    environment: Option<(String, Value)>,
}

impl Document {
    /// Reads the file, if there is one, and finds `environment` in it.
    pub(super) fn read(path: Option<&Path>, environment: Option<&str>) -> Result<Self, CommandError> {
        let root = match path {
            Some(path) => read(path)?,
            None => Value::Mapping(serde_yaml::Mapping::new()),
        };
        let environment = match environment {
            Some(name) => Some((name.to_owned(), find_environment(path, &root, name)?)),
            None => None,
        };
        Ok(Self { root, environment })
    }

    /// Returns the settings of the file, overridden by the environment.
    pub(super) fn settings(&self) -> Result<Settings, CommandError> {
        let mut merged = self.root.clone();
        if let Some((_, overrides)) = &self.environment {
            merge_into(&mut merged, overrides);
        }
        let failed = |error| {
            CommandError::usage(format!("cannot read the configuration: {error}"))
                .hint("put a text that YAML reads as a number, boolean, or null in quotes: `stack: \"5\"`")
        };
        let mut settings: Settings = serde_yaml::from_value(merged).map_err(failed)?;
        settings.environments.clear();
        Ok(settings)
    }

    /// Returns the origin of the setting at `path`.
    pub(super) fn origin(&self, path: &[&str]) -> Origin {
        let has_setting =
            |value: &Value| path.iter().try_fold(value, |value, &name| value.get(name)).is_some();
        match &self.environment {
            Some((name, overrides)) if has_setting(overrides) => Origin::Environment(name.clone()),
            _ if has_setting(&self.root) => Origin::File,
            _ => Origin::Default,
        }
    }
}

/// Replaces the values of `base` with those of `overrides`. Mappings are merged, and all other values are replaced. A
/// mapping without values, such as `staging:`, is null in YAML and overrides nothing.
fn merge_into(base: &mut Value, overrides: &Value) {
    match (base, overrides) {
        (Value::Mapping(_), Value::Null) => {}
        (Value::Mapping(base), Value::Mapping(overrides)) => {
            for (name, value) in overrides {
                merge_into(base.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (base, overrides) => *base = overrides.clone(),
    }
}

fn find_environment(path: Option<&Path>, root: &Value, name: &str) -> Result<Value, CommandError> {
    let Some(path) = path else {
        return Err(CommandError::usage(format!(
            "cannot use the environment `{name}`: there is no {FILE_NAME}"
        ))
        .hint("run `deployer init` to create one, or check `--config`"));
    };
    let known = root.get("environments").and_then(Value::as_mapping);
    if let Some(found) = known.and_then(|known| known.get(name)) {
        return Ok(found.clone());
    }
    let failed = CommandError::usage(format!("{} has no environment `{name}`", path.display()));
    let names: Vec<&str> =
        known.into_iter().flat_map(|known| known.keys()).filter_map(Value::as_str).collect();
    Err(match (nearest(name, names.iter().copied()), names.is_empty()) {
        (Some(nearest), _) => failed.hint(format!("did you mean `{nearest}`?")),
        (None, true) => {
            failed.hint(format!("add `environments: {{{name}: {{stack: thumbnails-{name}}}}}` to the file"))
        }
        (None, false) => failed.hint(format!("use one of: {}", names.join(", "))),
    })
}

/// Reads the file and returns its content if all of it is valid.
fn read(path: &Path) -> Result<Value, CommandError> {
    let bytes = std::fs::read(path).map_err(|error| {
        let failed = io_error(format_args!("read the configuration `{}`", path.display()), &error);
        match error.kind() {
            ErrorKind::NotFound => {
                let path = shell_operand(&path.display().to_string());
                failed.hint(format!("run `deployer init {path}` to create it, or check `--config`"))
            }
            _ => failed.hint("check `--config`"),
        }
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        CommandError::usage(format!("{}: the file is not UTF-8", path.display()))
            .hint("save the file as UTF-8; in PowerShell, use `Out-File -Encoding utf8`")
    })?;
    // Editors on Windows start a file with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(Value::Mapping(serde_yaml::Mapping::new()));
    }
    // Errors have positions only when parsing text, so all of it is parsed as settings first, in any environment.
    let settings: Settings = serde_yaml::from_str(text).map_err(|error| parse_error(path, &error))?;
    if let Some((name, _)) =
        settings.environments.iter().find(|(_, settings)| !settings.environments.is_empty())
    {
        return Err(CommandError::usage(format!(
            "{}: the environment `{name}` contains `environments`",
            path.display()
        ))
        .hint("move each of them to the top-level `environments`"));
    }
    serde_yaml::from_str(text).map_err(|error| parse_error(path, &error))
}

/// Converts a parse error. The message has the position; for an unknown field, the hint names the nearest known one.
fn parse_error(path: &Path, error: &serde_yaml::Error) -> CommandError {
    let text = error.to_string();
    let problem = text.split(" at line ").next().unwrap_or(&text);
    let place = error.location().map_or(String::new(), |at| format!(":{}:{}", at.line(), at.column()));
    if problem.contains("unknown field `<<`") {
        return CommandError::usage(format!(
            "{}{place}: merge keys (`<<`) are not supported",
            path.display()
        ))
        .hint("write out the settings, or use `environments` for settings that differ between stacks");
    }
    let failed = CommandError::usage(format!("{}{place}: {problem}", path.display()));
    match nearest_expected(problem) {
        Some(known) => failed.hint(format!("did you mean `{known}`?")),
        None if problem.contains("cannot start any token") => failed.hint(
            "indent with spaces instead of tabs, and quote strings that start with a special character",
        ),
        None => failed.hint("run `deployer init example.yaml` to see all settings and their defaults"),
    }
}

/// Returns the expected name nearest to `x` in "unknown field `x`, expected one of `a`, `b`".
fn nearest_expected(message: &str) -> Option<&str> {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = message.contains("unknown ").then(|| names.next()).flatten()?;
    nearest(unknown, names)
}

/// Returns the name nearest to `word`, or `None` if none is near enough to be a typo.
fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (known, distance) = names
        .map(|known| (known, strsim::damerau_levenshtein(word, known)))
        .min_by_key(|&(_, distance)| distance)?;
    let longest = word.len().max(known.len());
    (distance <= longest.div_ceil(3).min(3)).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str, environment: Option<&str>) -> Result<Settings, CommandError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        std::fs::write(&path, text).unwrap();
        Document::read(Some(&path), environment)?.settings()
    }

    fn in_repository(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
    }

    #[test]
    fn the_example_in_the_repository_is_the_default() {
        let example = Document::read(Some(&in_repository(FILE_NAME)), None).unwrap();
        assert_eq!(example.settings().unwrap(), Settings::default());
    }

    #[test]
    fn the_schema_in_the_repository_is_generated_from_the_settings() {
        let committed = std::fs::read_to_string(in_repository(SCHEMA_NAME)).unwrap();
        let committed: Json = serde_json::from_str(&committed).unwrap();
        assert_eq!(committed, schema(), "run `cargo run -- config --schema > {SCHEMA_NAME}`");
    }

    #[test]
    fn an_environment_overrides_the_rest_of_the_file() {
        let text = "
stack: photos
function: {memory: 512, timeout: 30}
presets: [{name: a, width: 1, height: 1}, {name: b, width: 2, height: 2}]
environments:
  staging:
    stack: photos-staging
    function: {memory: 1024}
    presets: [{name: c, width: 3, height: 3}]
";
        let plain = read_text(text, None).unwrap();
        assert_eq!((plain.stack.as_str(), plain.function.memory, plain.presets.len()), ("photos", 512, 2));
        let staging = read_text(text, Some("staging")).unwrap();
        assert_eq!(staging.stack, "photos-staging");
        assert_eq!((staging.function.memory, staging.function.timeout), (1024, 30));
        // A list is replaced whole.
        assert_eq!(staging.presets.iter().map(|preset| preset.name.as_str()).collect::<Vec<_>>(), ["c"]);
        assert!(staging.environments.is_empty());

        let error = read_text(text, Some("stagign")).unwrap_err();
        assert_eq!(error.hints, ["did you mean `staging`?"]);
        assert!(read_text("stack: a", Some("staging")).unwrap_err().hints[0].contains("environments: {"));
        let nested = "environments: {a: {environments: {b: {}}}}";
        assert!(read_text(nested, None).unwrap_err().message.contains("contains `environments`"));
    }

    #[test]
    fn an_empty_environment_or_section_overrides_nothing() {
        let file = "stack: photos\nfunction: {memory: 512}\nenvironments:\n";
        for environment in ["  staging:\n", "  staging:\n    # function:\n", "  staging:\n    function:\n"] {
            let staging = read_text(&format!("{file}{environment}"), Some("staging")).unwrap();
            assert_eq!((staging.stack.as_str(), staging.function.memory), ("photos", 512), "{environment}");
        }
    }

    #[test]
    fn a_text_that_needs_quotes_is_reported() {
        for text in ["region: 5", "stack:", "alt_text: {languages: [5]}"] {
            let error = read_text(text, None).unwrap_err();
            assert!(error.hints[0].contains("in quotes"), "{text}: {error:?}");
        }
        assert_eq!(read_text("region: \"5\"", None).unwrap().region.as_deref(), Some("5"));
    }

    #[test]
    fn an_unknown_field_is_reported_with_its_position_and_the_nearest_known_field() {
        let error = read_text("stack: a\nfunction:\n  memroy: 1\n", None).unwrap_err();
        assert!(error.message.contains("deployer.yaml:3:3: "), "{error}");
        assert!(error.message.contains("unknown field `memroy`"), "{error}");
        assert_eq!(error.hints, ["did you mean `memory`?"]);
        let error = read_text("tags: {a: b}", None).unwrap_err();
        assert!(error.hints[0].contains("deployer init example.yaml"), "{error:?}");
        let error = read_text("delivery: {sizes: [400]}", None).unwrap_err();
        assert!(
            error.message.ends_with(
                ": delivery: `sizes` must be `presets`, `signed`, or a list such as [400x300, 800x]"
            ),
            "{error}"
        );
        // Errors in environments that are not in use are also reported.
        let text = "stack: a\nenvironments:\n  staging:\n    stack: b\n    presset: []\n";
        let error = read_text(text, None).unwrap_err();
        assert!(error.message.contains("deployer.yaml:5:5: "), "{error}");
        assert_eq!(error.hints, ["did you mean `presets`?"]);
    }

    #[test]
    fn a_value_that_cannot_be_deployed_is_refused() {
        for text in [
            "stack: 1a",
            "stack: Photos",
            "stack: a-name-that-is-too-long-x",
            "function: {memory: 1}",
            "presets: []",
            "function: {timeout: 901}",
            "alt_text: {languages: [english]}",
            "alt_text: {languages: []}",
            "permissions_boundary: boundary",
            "permissions_boundary: arn:aws:iam::111122223333:role/boundary",
            "permissions_boundary: arn:aws:iam::1:policy/boundary",
            "limits: {pixels: 0}",
            "limits: {bytes: 0}",
            "presets: [{name: a, width: 0, height: 1}]",
            "presets: [{name: a, width: 1, height: 1, quality: 0}]",
            "presets: [{name: a, width: 1, height: 1, max_bytes: 0}]",
            "log_retention_days: 0",
            "function: {batch_size: 0}",
            "function: {maximum_concurrency: 0}",
            "function: {maximum_receives: 0}",
            "alt_text: {maximum_concurrency: 0}",
        ] {
            let refused = read_text(text, None).and_then(|settings| settings.check());
            assert!(refused.is_err(), "{text}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_skipped_and_another_encoding_is_refused() {
        let read = |bytes: &[u8]| {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join(FILE_NAME);
            std::fs::write(&path, bytes).unwrap();
            Document::read(Some(&path), None)?.settings()
        };
        assert_eq!(read("\u{feff}stack: photos\n".as_bytes()).unwrap().stack, "photos");
        assert_eq!(read("\u{feff}# nothing\n".as_bytes()).unwrap(), Settings::default());
        assert!(read("\u{feff}stcak: photos\n".as_bytes()).unwrap_err().message.contains("`stcak`"));
        let utf16: Vec<u8> = "\u{feff}stack: photos\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(read(&utf16).unwrap_err().message.contains("not UTF-8"));
    }

    #[test]
    fn merge_keys_are_refused() {
        for text in [
            "presets:\n  - &a {name: a, width: 1, height: 1}\n  - {<<: *a, name: b}\n",
            "<<: {stack: a}\n",
            "environments:\n  a: &a {stack: a}\n  b:\n    <<: *a\n",
        ] {
            let error = read_text(text, None).unwrap_err();
            assert!(error.message.contains("merge keys (`<<`) are not supported"), "{text}: {error}");
        }
    }

    #[test]
    fn an_empty_file_has_all_defaults() {
        assert_eq!(read_text("# nothing yet\n", None).unwrap(), Settings::default());
    }
}
