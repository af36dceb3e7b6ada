//! Removals: deletes what is derived from versions that no longer exist, and checks the current version.

use contract::key::OriginalVersion;
use contract::log::{LogLine, Outcome};
use contract::request::{RequestKind, SECOND_CHECK_SECONDS};
use protocol::{End, Role, State};

use crate::event::ObjectEvent;
use crate::failure::{Failure, cannot};
use crate::message::Receive;
use crate::original::Original;
use crate::thumbnail::Thumbnailer;
use crate::worker::{self, Job};

impl Thumbnailer {
    /// Processes a removal.
    ///
    /// An invocation that Lambda ended may have stored something, and SQS does not deliver its message again if a
    /// duplicate was processed. The function therefore checks each removal a second time, when every invocation that
    /// ran at the time of the removal has ended.
    pub(crate) async fn process_removal(
        &self,
        event: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let (bucket, key) = self.originals.locate(event)?;
        line.version = event.version_id.clone().unwrap_or_default();
        let version = OriginalVersion { key: key.to_owned(), version: line.version.clone() };
        let original = Original { bucket, version, size: 0 };
        let job = Job { original: &original, receive, event: &event.kept_fields };
        let (role, state) = (Role::Remove, State::begin_removal(self.resources.rules()));
        let result = worker::run(Some(self), &self.resources, role, state, job, None, line).await?;
        // If the function never deletes outputs, a second check is not needed.
        let looks_again = !event.again && !self.resources.keeps_outputs;
        if let (true, Some(queue)) = (looks_again, &self.resources.queue) {
            let Original { bucket, version, .. } = &original;
            let sent = queue.send(RequestKind::Remove, &bucket.name, version, SECOND_CHECK_SECONDS).await;
            sent.map_err(cannot("send a message"))?;
        }
        Ok(match result.end {
            End::Cleared => Outcome::Removed,
            End::Kept => Outcome::Kept,
            _ => Outcome::Survived,
        })
    }
}
