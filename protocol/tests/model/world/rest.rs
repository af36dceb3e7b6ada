//! The invariants that a world can violate.

use stateright::Model as _;

use super::*;

impl Scenario {
    /// Returns the violation in `world`, in which no further step is possible.
    fn violation_at_rest(&self, world: &World) -> Option<String> {
        let whole = self.outputs(Function::Thumbnail);
        for (key, versions) in world.keys.iter().enumerate() {
            let current = world.current(key as u8);
            for version in 0..VERSIONS as u8 {
                let has = world.has[key][usize::from(version)];
                let is = |what: Objects| has & what != 0;
                // This checks for records without an event, and for events of versions without objects.
                let reported = world.reported[key][usize::from(version)];
                let unreported = has & !reported & (DONE | FAILED | TEXT_DONE | TEXT_FAILED);
                let is_gone = reported & DONE != 0 && !is(THUMBNAILS | INDEX | DONE);
                let who = format!("version {version} of key {key}: {has:09b}");
                let is_superseded =
                    versions.contains(&version) && current.is_some() && current != Some(version);
                let claims = [
                    (!world.stack.exists() && has != 0, "a deleted bucket still contained objects"),
                    (is(DONE) && is(FAILED), "done and failed"),
                    (self.sends_events && unreported != 0, "a record without an event"),
                    (self.sends_events && is_gone && world.stack.exists(), "gone without an event"),
                    (is(DONE) && has & whole != whole, "done without thumbnails"),
                    (!self.has_no_index && is(DONE) && !is(INDEX), "done without an index entry"),
                    (
                        !self.keeps_outputs && is(INDEX) && !is(DONE) && !is(FAILED),
                        "an index entry without a record",
                    ),
                    (is(TEXT_DONE) && !is(TEXT), "described without a text"),
                    (is(TEXT_DONE) && is(TEXT_FAILED), "described and failed"),
                    (current == Some(version) && !is(DONE) && !is(FAILED), "lost"),
                    (
                        self.has_alt_text && current == Some(version) && !is(TEXT_DONE) && !is(TEXT_FAILED),
                        "never described",
                    ),
                    (
                        !self.keeps_outputs && current != Some(version) && !is_superseded && has != 0,
                        "objects of a deleted version were left behind",
                    ),
                    (
                        !self.keeps_outputs
                            && is_superseded
                            && is(THUMBNAILS | EXTRA | TEXT)
                            && !is(DONE | FAILED | TEXT_DONE | TEXT_FAILED),
                        "a superseded version has only a part of its objects",
                    ),
                ];
                if let Some((_, what)) = claims.iter().find(|(holds, _)| *holds) {
                    return Some(format!("{what}: {who}"));
                }
            }
        }
        None
    }

    /// Returns the violation in `world`.
    pub(crate) fn violation(&self, world: &World) -> Option<String> {
        if world.deleted_unhidden {
            return Some("an object of a version that no user deleted was deleted".to_owned());
        }
        let mut actions = Vec::new();
        self.actions(world, &mut actions);
        if actions.is_empty() { self.violation_at_rest(world) } else { None }
    }
}
