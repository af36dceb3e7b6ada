//! Traces of the model of the protocol. Each shows why a rule is needed, and the functions' programs follow it.
//!
//! The functions of the model omit one rule. The programs have all rules, so they may make other calls after the step
//! that the rule changes. The test skips steps that the programs do not make, and performs the others in the order of
//! the trace.

use std::collections::{HashMap, VecDeque};

use contract::key::{OriginalVersion, index_of_key, records_of_key, thumbnails_of_key};
use serde_json::json;

use super::rest::original_version;
use super::scenario::{Recipient, Scenario, Step};
use super::stack::{Death, FAILOVER, Picker, ScheduleAction, Stack};
use crate::world::{ALT_TEXT_QUEUE, CATALOG, ORIGINALS, photo};
use testkit::s3::{Store, Version};

/// The photo of all traces.
const KEY: &str = "a.png";

/// The object bits of the model in `protocol/tests/model/world/mod.rs`.
const THUMBNAILS: u16 = 0b11;
const INDEX: u16 = 1 << 2;
const FAILED: u16 = 1 << 4;

/// The remaining steps of a trace.
#[derive(Default)]
pub(crate) struct Trace {
    lines: VecDeque<Line>,
    /// The process of each worker of the model.
    workers: HashMap<String, usize>,
    /// The number of steps that the programs made, and the number that they did not make.
    pub(crate) followed: usize,
    pub(crate) skipped: usize,
}

enum Line {
    User,
    Later,
    /// A worker receives a message whose label begins with this text.
    Receive(String, String),
    /// A call of a worker whose label begins with this text.
    Call(String, String, Option<Death>),
}

/// Returns the scenario of a trace, without its steps.
pub(crate) fn scenario_of(text: &str) -> Scenario {
    Scenario {
        is_unversioned: text.contains("\nunversioned\n"),
        sends_events: text.contains("\nannounced\n"),
        has_no_index: text.contains("\nunindexed\n"),
        ..Scenario::default()
    }
}

impl Stack {
    /// Follows a trace. Returns how many of its steps the programs made, and how many they did not.
    pub(crate) fn follow(&mut self, text: &str) -> Result<(usize, usize), String> {
        let mut lines = text.lines();
        let heading = lines.next().unwrap_or_default();
        // The second check of a removal would repair the violation.
        self.checks_once = !heading.starts_with("# SecondCheck");
        let scenario = scenario_of(text);
        self.prepare(&scenario);
        let (mut entries, mut removed) = (HashMap::new(), None);
        for line in lines.by_ref().take_while(|line| *line != "begin") {
            self.prepare_line(line, &mut entries, &mut removed)?;
        }
        if scenario.is_unversioned {
            // The version that a user puts is known in advance, because its name is derived from its bytes.
            let mut store = Store::default();
            store.unversioned.push(ORIGINALS);
            let version = store.put(ORIGINALS, KEY, photo(self.photos + 1));
            entries.insert("1".to_owned(), original_version(&store, KEY, &version));
        }
        let (mut trace, mut steps) = (Trace::default(), VecDeque::new());
        let mut kills = 0;
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["user", "puts", "0"] => steps.push_back(Step::PutFirst(KEY)),
                ["user", "puts", _] => steps.push_back(Step::Put(KEY)),
                ["user", "hides"] => steps.push_back(Step::Delete(KEY)),
                ["user", "deletes"] => steps.push_back(Step::DeleteNewest(KEY)),
                _ => {}
            }
            kills += u32::from(line.contains(" dies ") || line.contains(" vanishes "));
            trace.lines.extend(read(&words, &entries)?);
        }
        let mut picker = Picker::Trace(trace);
        self.run_to_end(&mut [steps], kills, &mut picker)?;
        let Picker::Trace(trace) = picker else { return Err("the picker has no trace".to_owned()) };
        self.check(&scenario)?;
        Ok((trace.followed, trace.skipped))
    }

    /// Changes an object or sends a message, as a line before `begin` specifies. `removed` is the version that was
    /// removed last.
    fn prepare_line(
        &mut self,
        line: &str,
        entries: &mut HashMap<String, OriginalVersion>,
        removed: &mut Option<Version>,
    ) -> Result<(), String> {
        let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (about, entry) = rest.split_once(' ').unwrap_or((rest, rest));
        let current = |stack: &Self| stack.store.current(ORIGINALS, KEY).cloned().unwrap();
        match what {
            "put" => {
                self.photos += 1;
                let version = self.store.put(ORIGINALS, KEY, photo(self.photos));
                entries.insert(entry.to_owned(), original_version(&self.store, KEY, &version));
            }
            "unversioned" | "announced" | "unindexed" => {}
            "hide" => drop(self.store.add_delete_marker(ORIGINALS, KEY)),
            "make" => {
                let body = self.event("ObjectCreated:Put", KEY, &current(self));
                self.send(Recipient::Thumbnail, body);
                self.run_to_end(&mut [], 0, &mut Picker::Picks(VecDeque::new()))?;
                // The first version was stored before the index was disabled.
                if entry == "0" {
                    self.store.put(CATALOG, &entries[entry].index_key(), Vec::new());
                }
            }
            "remove" => {
                let version = current(self);
                self.store.remove(ORIGINALS, KEY, &version.id);
                *removed = Some(version);
            }
            "send" => match about {
                "Removed" => {
                    let (name, version) = match self.store.newest(ORIGINALS, KEY) {
                        Some(marker) => ("ObjectRemoved:DeleteMarkerCreated", marker.clone()),
                        None => ("ObjectRemoved:Delete", removed.clone().unwrap()),
                    };
                    self.send_event(name, KEY, &version);
                }
                _ => {
                    let version = &entries[entry];
                    let kind = if about == "Replay" { "replay" } else { "backfill" };
                    let (key, version) = (&version.key, &version.version);
                    let request =
                        json!({"request": kind, "bucket": ORIGINALS, "key": key, "version": version});
                    self.send(Recipient::Thumbnail, request.to_string());
                    if about == "DeadLetter" {
                        let letter = self.queue.pop().unwrap();
                        self.letters.push(letter.into_dead_letter());
                    }
                }
            },
            _ => return Err(format!("the line `{line}` is invalid")),
        }
        Ok(())
    }

    /// Returns the next step of `trace` that is possible. Calls that the model does not have are made first.
    pub(super) fn pick_from_trace(&self, trace: &mut Trace, actions: &[ScheduleAction]) -> ScheduleAction {
        while let Some(line) = trace.lines.front() {
            let found = match line {
                Line::User => {
                    actions.iter().find(|action| matches!(action, ScheduleAction::User(_))).cloned()
                }
                // Other actions come before the delayed messages.
                Line::Later => {
                    match actions.iter().find(|action| matches!(action, ScheduleAction::TimePasses)) {
                        None => return actions[0].clone(),
                        found => found.cloned(),
                    }
                }
                Line::Receive(worker, label) => {
                    let found = actions.iter().find(|action| self.receives(action, label));
                    if let Some(ScheduleAction::Receive(function, _)) = found {
                        trace.workers.insert(worker.clone(), *function);
                    }
                    found.cloned()
                }
                Line::Call(worker, label, death) => {
                    let function = trace.workers.get(worker).copied();
                    let is_it = |of: &usize, call: &usize| {
                        Some(*of) == function && self.held_label(*of, *call).starts_with(label)
                    };
                    let found = actions.iter().find_map(|action| match (action, death) {
                        (ScheduleAction::Answer(of, call), None) if is_it(of, call) => Some(action.clone()),
                        (ScheduleAction::Kill(of, call, Death::After), Some(death)) if is_it(of, call) => {
                            Some(ScheduleAction::Kill(*of, *call, *death))
                        }
                        _ => None,
                    });
                    let is_not_in_model = |action: &&ScheduleAction| matches!(action, ScheduleAction::Answer(of, call) if Some(*of) == function && self.is_not_in_model(*of, *call));
                    if found.is_none()
                        && let Some(action) = actions.iter().find(is_not_in_model)
                    {
                        return action.clone();
                    }
                    found
                }
            };
            trace.lines.pop_front();
            match found {
                Some(action) => {
                    trace.followed += 1;
                    return action;
                }
                None => trace.skipped += 1,
            }
        }
        actions[0].clone()
    }

    /// Returns whether `action` is the receive of a message with this `label`. The prefix `letter ` means a dead
    /// letter.
    fn receives(&self, action: &ScheduleAction, label: &str) -> bool {
        let ScheduleAction::Receive(function, places) = action else { return false };
        let is_letter = *function == FAILOVER;
        let label = match label.strip_prefix("letter ") {
            Some(label) if is_letter => label,
            None if !is_letter => label,
            _ => return false,
        };
        let queue = if is_letter { &self.letters } else { &self.queue };
        places.iter().all(|place| queue[*place].label().starts_with(label))
    }

    /// Returns whether the model does not have this call at this place: the record of an attempt, the check for the
    /// version of an event, the second page of a listing, a message about alt texts, the other calls of the failover
    /// function, or an event that the model's function sends later.
    fn is_not_in_model(&self, function: usize, call: usize) -> bool {
        let label = self.held_label(function, call);
        let of_failover = ["GET catalog/", "SEND Action=Publish"];
        // For an event without a version ID, the function checks the current version.
        let finds_version = !self.store.keeps_versions(ORIGINALS) && label.starts_with("HEAD originals/");
        let request = &self.functions[function].process.held[call].request;
        let is_next_page = request.parameter("continuation-token").is_some();
        label.ends_with("/attempt.json")
            || finds_version
            || is_next_page
            || label.contains(ALT_TEXT_QUEUE)
            || label.starts_with("EVENT ")
            || (function == FAILOVER && of_failover.iter().any(|other| label.starts_with(other)))
    }
}

/// Reads `words`, a line after `begin`.
fn read(words: &[&str], entries: &HashMap<String, OriginalVersion>) -> Result<Vec<Line>, String> {
    let of = |entry: &str| entries.get(entry).ok_or_else(|| format!("there is no entry {entry}"));
    Ok(match *words {
        ["user", ..] => vec![Line::User],
        ["later"] => vec![Line::Later],
        [worker, "receives", about, entry] => {
            let label = match about {
                "Removed" | "SecondCheck" => format!("removed {KEY}"),
                "Replay" => format!("again {KEY} {}", of(entry)?.version),
                "DeadLetter" => format!("letter created {KEY} {}", of(entry)?.version),
                _ => format!("created {KEY} {}", of(entry)?.version),
            };
            vec![Line::Receive(worker.to_owned(), label)]
        }
        [worker, ref verb @ .., call, entry, object] => {
            let death = match verb {
                ["calls"] => None,
                ["dies"] => Some(Death::After),
                ["dies", "finally"] => Some(Death::Dead),
                ["vanishes"] => Some(Death::Lost),
                _ => return Err(format!("the line `{words:?}` is invalid")),
            };
            let object = object.parse().map_err(|_| format!("`{object}` is not an object"))?;
            let labels = labels(call, of(entry)?, object);
            let last = labels.len() - 1;
            let call = |(i, label)| Line::Call(worker.to_owned(), label, death.filter(|_| i == last));
            labels.into_iter().enumerate().map(call).collect()
        }
        [] | [""] => Vec::new(),
        _ => return Err(format!("the line `{words:?}` is invalid")),
    })
}

/// Returns the beginnings of the labels of the program's calls for one call of the model.
fn labels(call: &str, version: &OriginalVersion, object: u16) -> Vec<String> {
    let (folder, records) = (version.folder(), version.records());
    let catalog = |verb: &str, key: String| vec![format!("{verb} catalog/{key}")];
    match call {
        "HeadDone" => catalog("HEAD", version.done_key()),
        "HeadFailure" => catalog("HEAD", version.failure_key()),
        "HeadIndex" => catalog("HEAD", version.index_key()),
        "HeadKey" => vec![format!("HEAD originals/{KEY}")],
        "Fetch" => vec![format!("GET originals/{KEY}")],
        "GetDone" => catalog("GET", version.done_key()),
        "VerifyOutputs" | "ListOutputs" => vec![format!("LIST thumbnails/{folder}")],
        "ListRecords" => catalog("LIST", records),
        // The model has one thumbnail, but the function has two presets.
        "PutOutputs" => vec![format!("PUT thumbnails/{folder}"); 2],
        "PutIndex" => catalog("PUT", version.index_key()),
        "PutDone" => catalog("PUT", version.done_key()),
        "PutFailure" => catalog("PUT", version.failure_key()),
        "DeleteDone" => catalog("DELETE", version.done_key()),
        "DeleteFailure" => catalog("DELETE", version.failure_key()),
        "SendReadyEvent" | "SendFailureEvent" | "SendRemovalEvent" => vec!["EVENT ".to_owned()],
        "DeleteIndex" => catalog("DELETE", version.index_key()),
        "DeleteRest" if object & THUMBNAILS != 0 => vec![format!("DELETE thumbnails/{folder}"); 2],
        "DeleteRest" if object == INDEX => catalog("DELETE", version.index_key()),
        "DeleteRest" if object == FAILED => catalog("DELETE", version.failure_key()),
        "ListOutputsOfKey" => vec![format!("LIST thumbnails/{}", thumbnails_of_key(KEY))],
        "ListRecordsOfKey" => catalog("LIST", records_of_key(KEY)),
        "ListIndexOfKey" => catalog("LIST", index_of_key(KEY)),
        _ => vec!["SEND {".to_owned()],
    }
}
