//! The command line: the global flags and the list of commands. Each command's own flags stand beside it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands;
use crate::config::Overrides;
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
    #[arg(long, global = true, env = "DEPLOYER_LOCAL", hide_env_values = true)]
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
    /// What these flags say over the configuration file.
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides {
            config: self.config.clone(),
            profile: self.profile.clone(),
            region: self.region.clone(),
            stack: self.stack.clone(),
            local: self.local,
        }
    }
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
    Render(commands::render::RenderArgs),
    Package(commands::package::PackageArgs),
    Synth(commands::synth::SynthArgs),
    Down(commands::down::DownArgs),
    Init(commands::init::InitArgs),
    Completions(commands::completions::CompletionsArgs),
}
