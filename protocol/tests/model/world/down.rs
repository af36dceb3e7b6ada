//! The end of a stack: `deployer down` deletes the functions and queues, and then empties and deletes the buckets.
//!
//! An invocation that has begun may go on until the buckets are deleted, but its messages do not come again.

use super::{Entry, Things, VERSIONS, World, bits};

/// What there is of the stack.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stack {
    /// All of it.
    Works,
    /// The buckets. What each version of each key had when the buckets were listed is still to be deleted.
    Buckets(Vec<[Things; VERSIONS]>),
    /// Nothing.
    Deleted,
}

/// A step of emptying the buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Delete all versions of a key of the originals.
    Originals(u8),
    /// Delete an object that is derived from a version.
    Derived(u8, Entry, Things),
    /// Delete the buckets, which S3 refuses if they are not empty.
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
    /// Deletes the functions and queues, and lists what the buckets have.
    pub(super) fn stops(&mut self) {
        self.delayed.clear();
        self.stack = Stack::Buckets(self.has.clone());
    }

    /// The steps that can be next.
    pub(super) fn emptying(&self) -> Vec<Step> {
        let Stack::Buckets(listed) = &self.stack else { return Vec::new() };
        let keys = self.keys.iter().enumerate().filter(|(_, entries)| !entries.is_empty());
        let mut steps: Vec<Step> = keys.map(|(key, _)| Step::Originals(key as u8)).collect();
        for (key, versions) in listed.iter().enumerate() {
            for (version, has) in versions.iter().enumerate() {
                steps.extend(bits(*has).map(|bit| Step::Derived(key as u8, version as Entry, bit)));
            }
        }
        if steps.is_empty() { vec![Step::Buckets] } else { steps }
    }

    /// Does a step. `lists_once` says that buckets which are not empty are left.
    pub(super) fn empty(&mut self, step: Step, lists_once: bool) {
        let Stack::Buckets(listed) = &mut self.stack else { return };
        match step {
            Step::Originals(key) => self.keys[usize::from(key)].clear(),
            Step::Derived(key, version, bit) => {
                let (key, version) = (usize::from(key), usize::from(version));
                listed[key][version] &= !bit;
                self.has[key][version] &= !bit;
            }
            Step::Buckets if !lists_once && self.has.iter().flatten().any(|has| *has != 0) => {
                listed.clone_from(&self.has);
            }
            Step::Buckets => {
                // All further calls fail.
                self.workers.clear();
                self.stack = Stack::Deleted;
            }
        }
    }
}
