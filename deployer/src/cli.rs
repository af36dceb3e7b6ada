//! The command line: the global flags and the list of commands. The file of each command declares its flags.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory as _, Parser, Subcommand};

use crate::commands;
use crate::config::{Origin, Override, Overrides};
use crate::ui::Output;

/// Deploy and operate a service that makes a thumbnail of every photo in an S3 bucket.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The flags that every command accepts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Read settings from this file [default: deployer.yaml in this folder or the nearest parent that has one].
    #[arg(long, global = true, value_name = "FILE", env = "DEPLOYER_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
    /// Use this environment of the configuration file.
    #[arg(
        long = "env",
        short = 'e',
        global = true,
        value_name = "NAME",
        env = "DEPLOYER_ENV",
        hide_env_values = true
    )]
    environment: Option<String>,
    /// Use this AWS profile.
    #[arg(long, global = true, value_name = "NAME", env = "DEPLOYER_PROFILE", hide_env_values = true)]
    profile: Option<String>,
    /// Use this AWS region.
    #[arg(long, global = true, value_name = "REGION", env = "DEPLOYER_REGION", hide_env_values = true)]
    region: Option<String>,
    /// Use the stack with this name [default: thumbnail-generator].
    #[arg(long, global = true, value_name = "NAME", env = "DEPLOYER_STACK", hide_env_values = true)]
    stack: Option<String>,
    /// Use a stack on this machine instead of AWS; no AWS account is needed.
    #[arg(long, global = true, env = "DEPLOYER_LOCAL", hide_env_values = true, value_parser = FalseyValueParser::new())]
    local: bool,
    /// Print results as text or as JSON.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        env = "DEPLOYER_OUTPUT",
        hide_env_values = true
    )]
    pub(crate) output: Output,
    /// Print only results, warnings, and errors.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print more details.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Answer yes to all prompts.
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
}

/// Returns the command line, in which an empty variable is treated as unset.
#[expect(clippy::disallowed_methods, reason = "clap reads these variables, but does not ignore empty ones")]
pub(crate) fn command() -> clap::Command {
    Cli::command().mut_args(|arg| match arg.get_env().and_then(std::env::var_os) {
        Some(value) if value.is_empty() => arg.env(None::<&'static str>),
        _ => arg,
    })
}

impl Cli {
    /// Returns the values that override the configuration file. `demo` always uses a local stack.
    pub(crate) fn overrides(&self, matches: &ArgMatches) -> Overrides {
        let overrides = self.global.overrides(matches);
        if matches!(self.command, Command::Demo(_)) { overrides.into_local() } else { overrides }
    }
}

impl Global {
    /// Returns the values that override the configuration file. `matches` distinguishes flags from environment
    /// variables.
    fn overrides(&self, matches: &ArgMatches) -> Overrides {
        Overrides {
            config: find_override(matches, "config", self.config.as_ref(), "--config", "DEPLOYER_CONFIG"),
            environment: find_override(
                matches,
                "environment",
                self.environment.as_ref(),
                "--env",
                "DEPLOYER_ENV",
            ),
            profile: find_override(
                matches,
                "profile",
                self.profile.as_ref(),
                "--profile",
                "DEPLOYER_PROFILE",
            ),
            region: find_override(matches, "region", self.region.as_ref(), "--region", "DEPLOYER_REGION"),
            stack: find_override(matches, "stack", self.stack.as_ref(), "--stack", "DEPLOYER_STACK"),
            local: find_override(matches, "local", Some(&self.local), "--local", "DEPLOYER_LOCAL"),
        }
    }
}

fn find_override<T: Clone>(
    matches: &ArgMatches,
    id: &str,
    value: Option<&T>,
    flag: &'static str,
    variable: &'static str,
) -> Option<Override<T>> {
    let origin = match matches.value_source(id)? {
        ValueSource::CommandLine => Origin::Flag(flag),
        ValueSource::EnvVariable => Origin::Variable(variable),
        _ => return None,
    };
    Some(Override { value: value?.clone(), origin })
}

/// Parses a time span: a number with `s`, `m`, `h`, or `d`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || "not a number followed by s, m, h, or d, such as 10m".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(commands::demo::DemoArgs),
    Up(commands::up::UpArgs),
    Plan(commands::plan::PlanArgs),
    Status(commands::status::StatusArgs),
    Upload(commands::upload::UploadArgs),
    Fetch(commands::fetch::FetchArgs),
    Ls(commands::ls::LsArgs),
    Rm(commands::rm::RmArgs),
    Logs(commands::logs::LogsArgs),
    Events(commands::events::EventsArgs),
    Presign(commands::presign::PresignArgs),
    Alt(commands::alt::AltArgs),
    Url(commands::url::UrlArgs),
    Gallery(commands::gallery::GalleryArgs),
    Explain(commands::explain::ExplainArgs),
    Audit(commands::audit::AuditArgs),
    Replay(commands::replay::ReplayArgs),
    Backfill(commands::backfill::BackfillArgs),
    Preview(commands::preview::PreviewArgs),
    Estimate(commands::estimate::EstimateArgs),
    Doctor(commands::doctor::DoctorArgs),
    Config(commands::config::ConfigArgs),
    Render(commands::render::RenderArgs),
    Package(commands::package::PackageArgs),
    Synth(commands::synth::SynthArgs),
    Down(commands::down::DownArgs),
    Init(commands::init::InitArgs),
    Completions(commands::completions::CompletionsArgs),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_span_has_a_unit() {
        assert_eq!(parse_duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(parse_duration("2d"), Ok(Duration::from_secs(172_800)));
        for wrong in ["", "10", "m", "1.5h", "-1s", "10ü"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
