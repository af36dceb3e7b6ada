//! What may be wrong in a world.

use stateright::Model as _;

use super::*;

impl Scenario {
    /// What is wrong with `world`, in which nothing more will happen.
    fn wrong_at_rest(&self, world: &World) -> Option<String> {
        let whole = self.outputs(Function::Thumbnail);
        for (key, versions) in world.keys.iter().enumerate() {
            let current = world.current(key as u8);
            for version in 0..VERSIONS as u8 {
                let has = world.has[key][usize::from(version)];
                let is = |what: Things| has & what != 0;
                // What has a record and no event, or had an event and has nothing of what it told.
                let told = world.told[key][usize::from(version)];
                let untold = has & !told & (DONE | FAILED | TEXT_DONE | TEXT_FAILED);
                let is_gone = told & DONE != 0 && !is(THUMBNAILS | INDEX | DONE);
                let who = format!("version {version} of key {key}: {has:09b}");
                let is_superseded =
                    versions.contains(&version) && current.is_some() && current != Some(version);
                let claims = [
                    (!world.stack.exists() && has != 0, "left in a bucket that is deleted"),
                    (is(DONE) && is(FAILED), "done and failed"),
                    (self.announced && untold != 0, "a record without an event"),
                    (self.announced && is_gone && world.stack.exists(), "gone without an event"),
                    (is(DONE) && has & whole != whole, "done without thumbnails"),
                    (is(DONE) && !is(INDEX), "done without an index entry"),
                    (!self.keeps && is(INDEX) && !is(DONE) && !is(FAILED), "an index entry without a record"),
                    (is(TEXT_DONE) && !is(TEXT), "described without a text"),
                    (is(TEXT_DONE) && is(TEXT_FAILED), "described and failed"),
                    (current == Some(version) && !is(DONE) && !is(FAILED), "lost"),
                    (
                        self.described && current == Some(version) && !is(TEXT_DONE) && !is(TEXT_FAILED),
                        "never described",
                    ),
                    (
                        !self.keeps && current != Some(version) && !is_superseded && has != 0,
                        "orphans of a version that is gone",
                    ),
                    (
                        !self.keeps
                            && is_superseded
                            && is(THUMBNAILS | EXTRA | TEXT)
                            && !is(DONE | FAILED | TEXT_DONE | TEXT_FAILED),
                        "a part of a superseded version",
                    ),
                ];
                if let Some((_, what)) = claims.iter().find(|(holds, _)| *holds) {
                    return Some(format!("{what}: {who}"));
                }
            }
        }
        None
    }

    /// What is wrong with `world`.
    pub(crate) fn wrong(&self, world: &World) -> Option<String> {
        if world.deleted_what_nobody_hid {
            return Some("something of a version is deleted that nobody hid".to_owned());
        }
        let mut actions = Vec::new();
        self.actions(world, &mut actions);
        if actions.is_empty() { self.wrong_at_rest(world) } else { None }
    }
}
