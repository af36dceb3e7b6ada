//! The commands, one file each.

pub(crate) mod alt;
pub(crate) mod audit;
pub(crate) mod backfill;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod down;
pub(crate) mod estimate;
pub(crate) mod events;
pub(crate) mod explain;
pub(crate) mod fetch;
pub(crate) mod gallery;
pub(crate) mod init;
pub(crate) mod logs;
pub(crate) mod ls;
pub(crate) mod package;
pub(crate) mod plan;
pub(crate) mod presign;
pub(crate) mod preview;
pub(crate) mod render;
pub(crate) mod replay;
pub(crate) mod rm;
pub(crate) mod status;
pub(crate) mod synth;
pub(crate) mod up;
pub(crate) mod upload;
pub(crate) mod url;

use crate::cli::Command;
use crate::context::Context;
use crate::error::{CommandError, Exit};

impl Command {
    /// Runs the command.
    pub(crate) async fn run(self, context: &Context<'_>) -> Result<Exit, CommandError> {
        let ui = context.ui;
        match self {
            Self::Demo(args) => demo::demo(args, context.config()?, ui).await?,
            Self::Up(args) => up::up(args, context.stack().await?, ui).await?,
            Self::Plan(args) => return plan::plan(args, context.stack().await?, ui).await,
            Self::Status(args) => status::status(args, context.existing_stack().await?, ui).await?,
            Self::Upload(args) => upload::upload(args, context.existing_stack().await?, ui).await?,
            Self::Fetch(args) => fetch::fetch(args, context.existing_stack().await?, ui).await?,
            Self::Ls(args) => ls::ls(args, context.existing_stack().await?, ui).await?,
            Self::Rm(args) => rm::rm(args, context.existing_stack().await?, ui).await?,
            Self::Logs(args) => logs::logs(args, context.existing_stack().await?, ui).await?,
            Self::Events(args) => events::events(args, context.existing_stack().await?, ui).await?,
            Self::Presign(args) => presign::presign(args, context.existing_stack().await?, ui).await?,
            Self::Alt(args) => alt::alt(args, context.existing_stack().await?, ui).await?,
            Self::Url(args) => url::url(args, context.existing_stack().await?, ui).await?,
            Self::Gallery(args) => gallery::gallery(args, context.config()?, ui).await?,
            Self::Explain(args) => explain::explain(args, context.existing_stack().await?, ui).await?,
            Self::Audit(args) => audit::audit(args, context.existing_stack().await?, ui).await?,
            Self::Replay(args) => replay::replay(args, context.existing_stack().await?, ui).await?,
            Self::Backfill(args) => backfill::backfill(args, context.existing_stack().await?, ui).await?,
            Self::Preview(args) => preview::preview(args, &context.config()?, ui).await?,
            Self::Estimate(args) => estimate::estimate(args, &context.config()?, ui)?,
            Self::Doctor(args) => doctor::doctor(args, context.config()?, ui).await?,
            Self::Config(args) => config::config(args, || context.config(), ui)?,
            Self::Render(args) => render::render(args, &context.config()?, ui)?,
            Self::Package(args) => package::package(args, &context.config()?, ui).await?,
            Self::Synth(args) => synth::synth(args, &context.config()?, ui).await?,
            Self::Down(args) => down::down(args, context, ui).await?,
            // These commands help to write a configuration, so they must work with a broken one.
            Self::Init(args) => init::init(args, ui)?,
            Self::Completions(args) => completions::completions(args, ui)?,
        }
        Ok(Exit::Done)
    }
}
