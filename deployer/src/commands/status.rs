//! `deployer status`: the stack at a glance.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use crate::error::CommandError;
use crate::stack::queue::Queue;
use crate::stack::{Outputs, Stack};
use crate::ui::Ui;

/// Shows the stack, its queues and its outputs at a glance.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  deployer status --output json | jq -r .outputs.OriginalsBucket")]
pub(crate) struct StatusArgs {}

/// What `status` shows; also what `up` ends with.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    /// The stack's name.
    stack: String,
    /// CloudFormation's word for its state.
    status: String,
    /// The reason CloudFormation gives for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The region it is in.
    region: String,
    /// Where it is reached, if that is not AWS itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    /// The queues, by the name of their output without `Url`.
    queues: BTreeMap<String, Queue>,
    /// The template's outputs by name: buckets, queues, functions.
    outputs: BTreeMap<String, String>,
}

pub(crate) async fn status(_args: StatusArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    let status = Status::read(stack).await?;
    ui.result(&status, || status.text())
}

impl Status {
    /// Asks CloudFormation and the queues.
    pub(crate) async fn read(stack: &Stack) -> Result<Self, CommandError> {
        let Some(found) = stack.describe().await? else { return Err(stack.missing()) };
        let outputs = Outputs::of(&found);
        let mut queues = BTreeMap::new();
        for (name, url) in outputs.queues() {
            queues.insert(name.to_owned(), Queue::read(stack, url).await?);
        }
        Ok(Self {
            stack: stack.name().to_owned(),
            status: found.stack_status().map_or_else(String::new, |status| status.as_str().to_owned()),
            reason: found.stack_status_reason().filter(|reason| !reason.is_empty()).map(str::to_owned),
            region: stack.aws.region().to_owned(),
            endpoint: stack.aws.endpoint().map(str::to_owned),
            queues,
            outputs: outputs.all().clone(),
        })
    }

    /// The status for people.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, value: &str| {
            let _ = writeln!(out, "{name:<28} {value}");
        };
        line("stack", &self.stack);
        line("status", &self.status);
        if let Some(reason) = &self.reason {
            line("reason", &contract::key::escape(reason));
        }
        line("region", &self.region);
        if let Some(endpoint) = &self.endpoint {
            line("endpoint", endpoint);
        }
        for (name, queue) in &self.queues {
            line(name, &format!("{} waiting, {} being worked on", queue.waiting, queue.in_flight));
        }
        for (name, value) in self.outputs.iter().filter(|(name, _)| !name.ends_with("Url")) {
            line(name, value);
        }
        out
    }
}
