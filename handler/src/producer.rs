//! The producer of a function: makes the outputs of an original, and stores them.

use contract::key::OriginalVersion;
use contract::log::LogLine;
use contract::outcome_event::{EventSender, OutcomeEvent};
use serde_json::Value;

use crate::failure::Failure;
use crate::message::Receive;
use crate::original::{Original, SkipReason};

/// Produces the outputs of an original: its thumbnails, or its alt texts.
pub(crate) trait Producer: Send + Sync {
    /// The outputs that are produced and not yet stored.
    type Outputs: Send + Sync;

    /// Gets `original`, if it is current, and produces its outputs.
    fn produce(
        &self,
        original: &Original,
        receive: &Receive,
        again: bool,
        line: &mut LogLine,
    ) -> impl Future<Output = Result<Result<Self::Outputs, SkipReason>, Failure>> + Send;

    /// Stores the outputs.
    fn put_outputs(&self, outputs: &Self::Outputs) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Stores the done record.
    fn put_done(&self, outputs: &Self::Outputs) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Returns the event which reports that the outputs are stored.
    fn ready_event(&self, outputs: &Self::Outputs, sender: &EventSender) -> OutcomeEvent;

    /// Returns the event for the outputs that the done record `done` names, or `None` if the record cannot be read.
    fn ready_event_of_record(&self, done: &Value, sender: &EventSender) -> Option<OutcomeEvent>;

    /// Returns the keys of the outputs that the done record `done` names, or `None` if the record cannot be read.
    fn output_keys(&self, version: &OriginalVersion, done: &Value) -> Option<Vec<String>>;
}
