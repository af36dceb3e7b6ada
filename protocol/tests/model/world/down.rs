//! Models the deletion of a stack: `deployer down` deletes the functions and queues, then empties and deletes the
//! buckets.
//!
//! An invocation that has begun may continue until the buckets are deleted, but its messages are not delivered again.

use super::{Entry, Objects, VERSIONS, World, bits};

/// The existing parts of the stack.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stack {
    /// All parts.
    Works,
    /// The buckets, and the listed objects of each version of each key that are not yet deleted.
    Buckets(Vec<[Objects; VERSIONS]>),
    /// Nothing.
    Deleted,
}

/// A step of emptying the buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmptyingStep {
    /// Delete all versions of a key of the originals.
    Originals(u8),
    /// Delete an object that is derived from a version.
    Derived(u8, Entry, Objects),
    /// Delete the buckets. S3 refuses this if they are not empty.
    Buckets,
}

impl Stack {
    pub(super) fn works(&self) -> bool {
        *self == Self::Works
    }

    pub(super) fn exists(&self) -> bool {
        *self != Self::Deleted
    }
}

impl World {
    /// Deletes the functions and queues, and lists the buckets.
    pub(super) fn stop(&mut self) {
        self.delayed.clear();
        self.stack = Stack::Buckets(self.has.clone());
    }

    /// Returns the possible next steps of emptying the buckets.
    pub(super) fn emptying_steps(&self) -> Vec<EmptyingStep> {
        let Stack::Buckets(listed) = &self.stack else { return Vec::new() };
        let keys = self.keys.iter().enumerate().filter(|(_, entries)| !entries.is_empty());
        let mut steps: Vec<EmptyingStep> = keys.map(|(key, _)| EmptyingStep::Originals(key as u8)).collect();
        for (key, versions) in listed.iter().enumerate() {
            for (version, has) in versions.iter().enumerate() {
                steps.extend(bits(*has).map(|bit| EmptyingStep::Derived(key as u8, version as Entry, bit)));
            }
        }
        if steps.is_empty() { vec![EmptyingStep::Buckets] } else { steps }
    }

    /// Does a step. With `lists_once`, the buckets are not listed again.
    pub(super) fn empty(&mut self, step: EmptyingStep, lists_once: bool) {
        let Stack::Buckets(listed) = &mut self.stack else { return };
        match step {
            EmptyingStep::Originals(key) => self.keys[usize::from(key)].clear(),
            EmptyingStep::Derived(key, version, bit) => {
                let (key, version) = (usize::from(key), usize::from(version));
                listed[key][version] &= !bit;
                self.has[key][version] &= !bit;
            }
            EmptyingStep::Buckets if !lists_once && self.has.iter().flatten().any(|has| *has != 0) => {
                listed.clone_from(&self.has);
            }
            EmptyingStep::Buckets => {
                // All further calls fail.
                self.workers.clear();
                self.stack = Stack::Deleted;
            }
        }
    }
}
