//! `deployer config`: shows the effective value of every setting and where it comes from.

use clap::Args;
use console::Style;
use serde::Serialize;
use serde_json::{Value, json};

use crate::config::{self, Config, Origin};
use crate::error::CommandError;
use crate::ui::Ui;

/// Show the effective value of every setting and where it comes from.
///
/// Sources in order of precedence: flags, environment variables, the environment of the configuration file that `--env`
/// selects, the rest of the file, and the defaults.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer config -e staging
  deployer config --output json | jq -r '.settings[] | select(.name == \"stack\").value'
  deployer config --schema > deployer.schema.json")]
pub(crate) struct ConfigArgs {
    /// Print the JSON schema of the configuration file, which editors use to complete and check it.
    #[arg(long)]
    schema: bool,
}

/// One setting.
#[derive(Debug, Serialize)]
struct Setting {
    /// The full name of the setting: `function.memory`.
    name: String,
    value: Value,
    /// `flag`, `variable`, `environment`, `file`, or `default`.
    from: &'static str,
    /// The name of the flag, variable, environment, or file.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

/// Prints the settings or the schema. `load` reads the configuration; the schema does not depend on it.
pub(crate) fn config(
    args: ConfigArgs,
    load: impl FnOnce() -> Result<Config, CommandError>,
    ui: &Ui,
) -> Result<(), CommandError> {
    if args.schema {
        let schema = config::schema();
        return ui.print_result(&schema, || format!("{schema:#}"));
    }
    let config = load()?;
    let mut settings = Vec::new();
    // Convert to YAML, which keeps the order in which the settings are declared.
    let all = serde_yaml::to_value(&config.settings).unwrap_or_default();
    collect_settings(&config, &mut Vec::new(), &all, &mut settings);
    settings.push(Setting::new(&config, "local".to_owned(), config.local.into(), config.local_origin()));
    let file = config.file.as_ref().map(|path| path.display().to_string());
    let environment = config.environment().map(|given| &given.value);
    let result = json!({ "file": file, "environment": environment, "settings": settings });
    ui.print_result(&result, || text(file.as_deref(), environment.map(String::as_str), &settings))
}

/// Collects every value that is not itself a mapping.
fn collect_settings<'a>(
    config: &Config,
    path: &mut Vec<&'a str>,
    value: &'a serde_yaml::Value,
    settings: &mut Vec<Setting>,
) {
    let Some(children) = value.as_mapping() else {
        let mut value = serde_json::to_value(value).unwrap_or_default();
        let mut origin = config.origin(path);
        // The emulator has a region of its own.
        if path == &["region"]
            && value.is_null()
            && !config.local
            && let Some((region, variable)) = config::region_from_environment()
        {
            (value, origin) = (region.into(), Origin::Variable(variable));
        }
        settings.push(Setting::new(config, path.join("."), value, origin));
        return;
    };
    for (name, child) in children {
        path.extend(name.as_str());
        collect_settings(config, path, child, settings);
        path.pop();
    }
}

impl Setting {
    fn new(config: &Config, name: String, value: Value, origin: Origin) -> Self {
        let (from, place) = match origin {
            Origin::Flag(flag) => ("flag", Some(flag.to_owned())),
            Origin::Variable(variable) => ("variable", Some(variable.to_owned())),
            Origin::Environment(name) => ("environment", Some(name)),
            Origin::File => ("file", config.file.as_ref().map(|path| path.display().to_string())),
            Origin::Default => ("default", None),
        };
        Self { name, value, from, place }
    }

    /// Returns the value as text, with a list of mappings on several lines.
    fn lines(&self) -> Vec<String> {
        let format_value = |value: &Value| match value {
            Value::Null => "not set".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match &self.value {
            Value::Array(items) if items.iter().any(Value::is_object) => {
                items.iter().map(mapping_line).collect()
            }
            Value::Array(items) => vec![items.iter().map(format_value).collect::<Vec<_>>().join(", ")],
            other => vec![format_value(other)],
        }
    }
}

/// Returns a mapping as one line of YAML.
fn mapping_line(value: &Value) -> String {
    let Value::Object(fields) = value else { return value.to_string() };
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.as_str().map_or(value.to_string(), str::to_owned)))
        .collect();
    fields.join(", ")
}

fn text(file: Option<&str>, environment: Option<&str>, settings: &[Setting]) -> String {
    let dim = Style::new().dim();
    let mut lines = vec![match (file, environment) {
        (Some(file), Some(environment)) => format!("{file}, environment {environment}"),
        (Some(file), None) => file.to_owned(),
        (None, _) => "no configuration file (run `deployer init` to create one)".to_owned(),
    }];
    lines.push(String::new());
    let width = |length: fn(&Setting) -> usize| settings.iter().map(length).max().unwrap_or(0);
    let name_width = width(|setting| setting.name.len());
    let value_width = width(|setting| match setting.lines().as_slice() {
        [line] => line.chars().count(),
        _ => 0,
    });
    for setting in settings {
        let from = match (setting.from, &setting.place) {
            ("environment", Some(name)) => format!("environment {name}"),
            ("file" | "default", _) | (_, None) => setting.from.to_owned(),
            (_, Some(place)) => place.clone(),
        };
        let style = match setting.from {
            "default" => dim.clone(),
            "file" => Style::new().green(),
            "environment" => Style::new().cyan(),
            _ => Style::new().yellow(),
        };
        let values = setting.lines();
        let first = values.first().map_or("", String::as_str);
        lines.push(if values.len() > 1 {
            format!("{:<name_width$}  {:<value_width$}  {}", setting.name, "", style.apply_to(&from))
        } else {
            format!("{:<name_width$}  {first:<value_width$}  {}", setting.name, style.apply_to(&from))
        });
        if values.len() > 1 {
            lines.extend(values.iter().map(|value| format!("  {}", dim.apply_to(value))));
        }
    }
    lines.join("\n")
}
