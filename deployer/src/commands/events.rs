//! `deployer events`: shows the events that the functions send.

use clap::Args;
use console::Style;
use contract::key::escape;
use serde_json::Value;

use crate::config::Events;
use crate::error::CommandError;
use crate::interrupt::{Signals, interrupted};
use crate::monitor::live_events::{EventFeed, LiveEvent};
use crate::stack::Stack;
use crate::ui::Ui;

/// Show events as the functions send them.
///
/// The command shows only events that are sent while it runs, because EventBridge stores none. It creates a rule and a
/// queue, and deletes them at the end. With `--output json`, prints one object per line: `time`, `detail_type`, and
/// `detail`, which docs/events describes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  deployer events -f
  deployer events --count 1 --output json | jq .detail.thumbnails")]
#[group(required = true, multiple = false)]
pub(crate) struct EventsArgs {
    /// Keep running and print each event.
    #[arg(long, short)]
    follow: bool,
    /// Stop after this number of events.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
}

pub(crate) async fn events(args: EventsArgs, stack: &Stack, ui: &Ui) -> Result<(), CommandError> {
    if stack.config.settings.events == Events::Disabled {
        return Err(CommandError::failed("the functions of this stack do not send events")
            .hint("set `events: enabled` in deployer.yaml, then run `deployer up{flags}`"));
    }
    // Without a stack, no event would ever arrive.
    stack.outputs().await?;
    let mut signals = Signals::listen();
    let feed = EventFeed::open(stack, ui).await?;
    ui.note("Waiting for events; press Ctrl-C to stop");
    let mut remaining = args.count;
    let show = |event: &_| {
        ui.print_line(event, || text(event))?;
        remaining = remaining.map(|remaining| remaining - 1);
        Ok(remaining != Some(0))
    };
    let reading = feed.read(show, ui);
    let ended = tokio::select! {
        // Ctrl-C is the normal way to stop following the events, but not to stop waiting for a number of them.
        _ = signals.next() => if args.follow { Ok(()) } else { Err(interrupted()) },
        read = reading => read,
    };
    let closed = feed.close().await;
    ended.and(closed)
}

fn text(event: &LiveEvent) -> String {
    let LiveEvent { time, detail_type, detail } = event;
    let field = |pointer: &str| detail.pointer(pointer).and_then(Value::as_str).map(escape);
    let style = match detail_type.rsplit_once(' ') {
        Some((_, "Failed")) => Style::new().red(),
        Some((_, "Removed")) => Style::new().yellow(),
        _ => Style::new().green(),
    };
    let mut line = format!(
        "{} {} {}",
        Style::new().dim().apply_to(escape(time)),
        style.apply_to(format!("{:<18}", escape(detail_type))),
        field("/original/key").unwrap_or_default(),
    );
    let presets = detail["thumbnails"].as_array().into_iter().flatten();
    let presets: Vec<&str> = presets.filter_map(|thumbnail| thumbnail["preset"].as_str()).collect();
    let texts = detail["texts"].as_array().into_iter().flatten().filter_map(|text| text["alt"].as_str());
    let details =
        [(!presets.is_empty()).then(|| presets.join(", ")), field("/reason"), texts.map(escape).next()];
    for details in details.into_iter().flatten() {
        line.push_str(&format!("  {}", Style::new().dim().apply_to(details)));
    }
    line
}
