//! The stack that is estimated: what of its settings matters for time and money.

use contract::preset::Preset;

/// A stack.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The thumbnails that are made of each photo.
    pub presets: Vec<Preset>,
    /// The thumbnail function.
    pub function: FunctionSetup,
    /// The alt texts, if a model writes any.
    pub alt_text: Option<AltTextSetup>,
    /// How long logs are kept, in days.
    pub log_retention_days: u32,
    /// How many metrics the alarms look at: CloudWatch bills each.
    pub alarm_metrics: usize,
    /// How many queues Lambda polls.
    pub event_source_mappings: usize,
}

/// The thumbnail function.
#[derive(Clone, Copy, Debug)]
pub struct FunctionSetup {
    /// Memory, in MB.
    pub memory: u32,
    /// The most seconds that a batch may take.
    pub timeout: u32,
    /// The most messages in a batch.
    pub batch_size: u32,
    /// The most batches at once.
    pub maximum_concurrency: u32,
    /// How often a message is received before it becomes a dead letter.
    pub maximum_receives: u32,
    /// The processor.
    pub architecture: Architecture,
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
    /// The model's id: `amazon.nova-lite-v1:0`.
    pub model: String,
    /// In how many languages each photo is described.
    pub languages: usize,
    /// The most photos that are described at once.
    pub maximum_concurrency: u32,
}
