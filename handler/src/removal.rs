//! Removal: what is derived from versions that are no longer there goes, and the version that is there now is checked.

use contract::key::OriginalVersion;
use contract::log::{LogLine, Outcome};
use contract::request::{RequestKind, SECOND_LOOK_SECONDS};
use protocol::{End, Role, State};

use crate::event::ObjectEvent;
use crate::failure::{Failure, while_doing};
use crate::message::Receive;
use crate::original::Original;
use crate::thumbnail::Thumbnailer;
use crate::worker::{self, Case};

impl Thumbnailer {
    /// Follows a removal.
    ///
    /// A delivery that was killed may still write, and may never come again, if a duplicate of its message was processed.
    /// So each removal is looked at once more, when every invocation that ran at its time has ended.
    pub(crate) async fn removed(
        &self,
        record: &ObjectEvent,
        receive: &Receive,
        line: &mut LogLine,
    ) -> Result<Outcome, Failure> {
        let (bucket, key) = self.originals.place(record)?;
        line.version = record.version_id.clone().unwrap_or_default();
        let version = OriginalVersion { key: key.to_owned(), version: line.version.clone() };
        let original = Original { bucket, version, size: 0 };
        let case = Case { original: &original, receive, event: &record.kept };
        let (role, state) = (Role::Remove, State::begin_removal(self.places.rules()));
        let ended = worker::run(Some(self), &self.places, role, state, case, None, line).await?;
        // Where nothing is deleted, nothing may be left behind.
        let looks_again = !record.again && !self.places.keeps;
        if let (true, Some(queue)) = (looks_again, &self.places.queue) {
            let Original { bucket, version, .. } = &original;
            let sent = queue.send(RequestKind::Remove, &bucket.name, version, SECOND_LOOK_SECONDS).await;
            sent.map_err(while_doing("send a message"))?;
        }
        Ok(match ended.end {
            End::Cleared => Outcome::Removed,
            End::Kept => Outcome::Kept,
            _ => Outcome::Survived,
        })
    }
}
