//! The invariants when nothing is left to do.

use std::collections::HashSet;

use contract::key::ATTEMPTS;

use crate::store::Store;
use crate::world::{CATALOG, ORIGINALS, THUMBNAILS, named};

/// How many thumbnails the presets ask for.
const THUMBNAILS_OF_A_PHOTO: usize = 2;

/// Says what is wrong in `store`.
pub(crate) fn check(store: &Store) -> Result<(), String> {
    let mut wrong = Vec::new();
    let mut known = HashSet::new();
    for key in store.keys(ORIGINALS) {
        let current = store.current(ORIGINALS, &key).map(|version| version.id.clone());
        let here = store.versions_of(ORIGINALS, &key);
        for version in store.all_versions_of(ORIGINALS, &key).iter().filter(|version| !version.is_marker) {
            let name = named(&key, version);
            let has = |key: String| store.current(CATALOG, &key).is_some();
            let (is_done, has_failed, is_indexed) =
                (has(name.done_key()), has(name.failure_key()), has(name.index_key()));
            let thumbnails = store.list(THUMBNAILS, &name.folder());
            let is_current = current.as_ref() == Some(&version.id);
            let is_superseded = current.is_some() && here.iter().any(|other| other.id == version.id);
            let has_anything = is_done || has_failed || is_indexed || !thumbnails.is_empty();
            let whole = thumbnails.len() == THUMBNAILS_OF_A_PHOTO && is_indexed;
            let mut check = |holds: bool, what: &str| {
                if !holds {
                    wrong.push(format!("{key} {}: {what}", version.id));
                }
            };
            check(!(is_done && has_failed), "done and failed");
            check(!is_done || whole, "done without all thumbnails and the index entry");
            check(!is_current || is_done || has_failed, "neither done nor failed");
            check(is_done || has_failed || !has_anything, "thumbnails or an index entry without a record");
            check(is_current || is_superseded || !has_anything, "something of a removed photo is left");
            known.extend(thumbnails);
            known.extend(store.list(CATALOG, &name.records()));
            known.insert(name.index_key());
            let note = store.current(CATALOG, &name.attempt_key()).is_some();
            check(!note, "the note of an attempt is left");
        }
    }
    let all = [store.list(THUMBNAILS, ""), store.list(CATALOG, "")].concat();
    let strange = all.into_iter().filter(|key| !known.contains(key) && !key.starts_with(ATTEMPTS));
    wrong.extend(strange.map(|key| format!("{key} is of no version")));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}
