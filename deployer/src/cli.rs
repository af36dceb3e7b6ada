//! The command line: the global flags and the list of commands. Each command's own flags stand beside it.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Parser, Subcommand};

use crate::commands;
use crate::config::{Given, Origin, Overrides};
use crate::ui::Output;

/// Thumbnails for every photo in a bucket: deploys the system and does the daily work with it.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The flags every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The configuration file [default: deployer.yaml here or in a folder above].
    #[arg(long, global = true, value_name = "FILE", env = "DEPLOYER_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
    /// The environment in the configuration file to use.
    #[arg(
        long = "env",
        short = 'e',
        global = true,
        value_name = "NAME",
        env = "DEPLOYER_ENV",
        hide_env_values = true
    )]
    environment: Option<String>,
    /// The AWS profile to use.
    #[arg(long, global = true, value_name = "NAME", env = "DEPLOYER_PROFILE", hide_env_values = true)]
    profile: Option<String>,
    /// The AWS region to use.
    #[arg(long, global = true, value_name = "REGION", env = "DEPLOYER_REGION", hide_env_values = true)]
    region: Option<String>,
    /// The stack's name [default: thumbnail-generator].
    #[arg(long, global = true, value_name = "NAME", env = "DEPLOYER_STACK", hide_env_values = true)]
    stack: Option<String>,
    /// Work on a stack on this machine; needs no AWS account.
    #[arg(long, global = true, env = "DEPLOYER_LOCAL", hide_env_values = true, value_parser = FalseyValueParser::new())]
    local: bool,
    /// What goes to stdout: text for people or JSON for programs.
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
    /// Say nothing but results, warnings and errors.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Answer yes to the questions that would be asked.
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
}

impl Global {
    /// What these flags say over the configuration file; `matches` knows which of them were variables.
    pub(crate) fn overrides(&self, matches: &ArgMatches) -> Overrides {
        Overrides {
            config: given(matches, "config", self.config.as_ref(), "--config", "DEPLOYER_CONFIG"),
            environment: given(matches, "environment", self.environment.as_ref(), "--env", "DEPLOYER_ENV"),
            profile: given(matches, "profile", self.profile.as_ref(), "--profile", "DEPLOYER_PROFILE"),
            region: given(matches, "region", self.region.as_ref(), "--region", "DEPLOYER_REGION"),
            stack: given(matches, "stack", self.stack.as_ref(), "--stack", "DEPLOYER_STACK"),
            local: given(matches, "local", Some(&self.local), "--local", "DEPLOYER_LOCAL"),
        }
    }
}

fn given<T: Clone>(
    matches: &ArgMatches,
    id: &str,
    value: Option<&T>,
    flag: &'static str,
    variable: &'static str,
) -> Option<Given<T>> {
    let origin = match matches.value_source(id)? {
        ValueSource::CommandLine => Origin::Flag(flag),
        ValueSource::EnvVariable => Origin::Variable(variable),
        _ => return None,
    };
    Some(Given { value: value?.clone(), origin })
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
    Alt(commands::alt::AltArgs),
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
