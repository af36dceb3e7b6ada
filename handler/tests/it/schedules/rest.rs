//! The invariants at the end of a schedule.

use std::collections::HashSet;

use contract::key::{ALT_TEXT, OriginalVersion};

use super::scenario::Scenario;
use crate::events::ReportedEvents;
use crate::world::{CATALOG, ORIGINALS, THUMBNAILS};
use testkit::s3::{Store, Version};

/// The number of presets.
const THUMBNAILS_OF_A_PHOTO: usize = 2;

/// Returns the version of the original as an event names it.
pub(crate) fn original_version(store: &Store, key: &str, version: &Version) -> OriginalVersion {
    let id = store.keeps_versions(ORIGINALS).then_some(version.id.as_str());
    OriginalVersion::new(key, id, Some(&version.etag))
}

/// Returns the violations in `store` and in the `reported` events.
pub(crate) fn check(store: &Store, reported: &ReportedEvents, scenario: &Scenario) -> Result<(), String> {
    let mut wrong = Vec::new();
    let mut known = HashSet::new();
    for key in store.keys(ORIGINALS) {
        let name = |version: &Version| original_version(store, &key, version);
        let current = store.current(ORIGINALS, &key).map(name);
        let here: Vec<_> = store.versions_of(ORIGINALS, &key).iter().map(name).collect();
        let all = store.all_versions_of(ORIGINALS, &key);
        let all: HashSet<_> = all.iter().filter(|version| !version.is_marker).map(name).collect();
        for name in all {
            let has = |key: String| store.current(CATALOG, &key).is_some();
            let (is_done, has_failed, is_indexed) =
                (has(name.done_key()), has(name.failure_key()), has(name.index_key()));
            let (has_alt_text, cannot_be) = (has(name.alt_text_done_key()), has(name.alt_text_failure_key()));
            let thumbnails = store.list(THUMBNAILS, &name.folder());
            let texts = store.list(CATALOG, &(name.records() + ALT_TEXT));
            let is_current = current.as_ref() == Some(&name);
            let is_superseded = current.is_some() && here.contains(&name);
            let has_record = is_done || has_failed || has_alt_text || cannot_be;
            let has_outputs = is_indexed || !thumbnails.is_empty() || !texts.is_empty();
            let whole = thumbnails.len() == THUMBNAILS_OF_A_PHOTO && (is_indexed || scenario.has_no_index);
            let may_stay = is_current || is_superseded || scenario.keeps_outputs;
            let mut check = |holds: bool, what: &str| {
                if !holds {
                    wrong.push(format!("{key} {}: {what}", name.version));
                }
            };
            check(!(is_done && has_failed), "done and failed");
            check(!is_done || whole, "done without all thumbnails and the index entry");
            let is_reported = |what: &str| reported.reports(what, &name) || !scenario.sends_events;
            let has_told = [
                !is_done || is_reported("done"),
                !has_failed || is_reported("failed"),
                !has_alt_text || is_reported("described"),
                !cannot_be || is_reported("undescribed"),
            ];
            check(has_told.iter().all(|has_told| *has_told), "a record without an event");
            let is_gone = thumbnails.is_empty() && !is_indexed && !is_done;
            check(!(is_gone && reported.reports("done", &name)), "gone without an event");
            check(!(has_alt_text && cannot_be), "described and failed");
            check(!has_alt_text || !texts.is_empty(), "described without an alt text");
            check(!is_current || is_done || has_failed, "neither done nor failed");
            let is_looked_at = !scenario.has_alt_text || has_alt_text || cannot_be;
            check(!is_current || is_looked_at, "neither described nor failed");
            check(
                has_record || !has_outputs || scenario.keeps_outputs,
                "an object is stored without a record",
            );
            check(may_stay || !(has_record || has_outputs), "an object of a removed photo was left behind");
            known.extend(thumbnails);
            known.extend(store.list(CATALOG, &name.records()));
            known.insert(name.index_key());
            let note = store.current(CATALOG, &name.attempt_key()).is_some();
            check(!note, "a record of attempts was left behind");
        }
    }
    let all = [store.list(THUMBNAILS, ""), store.list(CATALOG, "")].concat();
    let strange = all.into_iter().filter(|key| !known.contains(key));
    wrong.extend(strange.map(|key| format!("{key} belongs to no version")));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}
