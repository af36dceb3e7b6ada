//! The settings of a stack that affect time and cost.

use contract::preset::Preset;

/// A stack.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The thumbnails of each photo.
    pub presets: Vec<Preset>,
    /// The thumbnail function.
    pub function: FunctionSetup,
    /// The alt-text function, if the stack has one.
    pub alt_text: Option<AltTextSetup>,
    /// The retention of logs, in days.
    pub log_retention_days: u32,
    /// The number of metrics that the alarms evaluate, each of which CloudWatch bills.
    pub alarm_metrics: usize,
    /// The number of queues that Lambda polls.
    pub event_source_mappings: usize,
}

/// The thumbnail function.
#[derive(Clone, Copy, Debug)]
pub struct FunctionSetup {
    /// Memory, in MB.
    pub memory: u32,
    /// The timeout of a batch, in seconds.
    pub timeout: u32,
    /// The maximum number of messages in a batch.
    pub batch_size: u32,
    /// The maximum number of concurrent batches.
    pub maximum_concurrency: u32,
    /// The receive count at which a message becomes a dead letter.
    pub maximum_receives: u32,
    /// The processor.
    pub architecture: Architecture,
    /// Whether the functions send an event for each outcome.
    pub events: bool,
    /// Whether the thumbnail function stores an entry in the name index.
    pub name_index: bool,
}

/// A processor that Lambda offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// AWS Graviton.
    Arm64,
    /// Intel or AMD.
    X86_64,
}

/// The alt texts.
#[derive(Clone, Debug)]
pub struct AltTextSetup {
    /// The model ID: `amazon.nova-lite-v1:0`.
    pub model: String,
    /// The number of languages.
    pub languages: usize,
    /// The maximum number of photos described at once.
    pub maximum_concurrency: u32,
}
