//! Traces of the model of the protocol: each shows how a rule was needed, and the functions' binaries follow it.
//!
//! The model's functions have left out one rule. The binaries have all rules, so from the step on that the rule is about
//! they may do something else. What they do not do any more is skipped, and the rest happens as the trace has it.

use std::collections::{HashMap, VecDeque};

use contract::key::{OriginalVersion, index_of_key, records_of_key, thumbnails_of_key};
use serde_json::json;

use super::rest::named;
use super::scenario::{Scenario, Step, To};
use super::stack::{Action, Death, FAILOVER, Picker, Stack};
use crate::world::{ALT_TEXT_QUEUE, ORIGINALS, photo};
use testkit::s3::Store;

/// The photo that all traces are about.
const KEY: &str = "a.png";

/// The object bits of the model, as `protocol/tests/model/world.rs` has them.
const THUMBNAILS: u16 = 0b11;
const INDEX: u16 = 1 << 2;
const FAILED: u16 = 1 << 4;

/// The steps of a trace that are left.
#[derive(Default)]
pub(crate) struct Trace {
    lines: VecDeque<Line>,
    /// The processes that work for the model's workers.
    workers: HashMap<String, usize>,
    /// How many steps were as in the model, and how many had no counterpart.
    pub(crate) followed: usize,
    pub(crate) skipped: usize,
}

enum Line {
    User,
    Later,
    /// A worker receives a message whose label begins so.
    Receive(String, String),
    /// A call of a worker whose label begins so.
    Call(String, String, Option<Death>),
}

impl Stack {
    /// Follows a trace, and returns how many of its steps were as in the model and how many had no counterpart.
    pub(crate) fn follow(&mut self, text: &str) -> Result<(usize, usize), String> {
        let mut lines = text.lines();
        let heading = lines.next().unwrap_or_default();
        // The second look of a removal would hide what the rule is needed for.
        self.looks_once = !heading.starts_with("# SecondLook");
        let is_unversioned = text.contains("\nunversioned\n");
        let announced = text.contains("\nannounced\n");
        let scenario = Scenario { announced, is_unversioned, ..Scenario::default() };
        self.prepare(&scenario);
        let mut entries = HashMap::new();
        for line in lines.by_ref().take_while(|line| *line != "begin") {
            self.set_up(line, &mut entries)?;
        }
        if is_unversioned {
            // The version that a user puts is known before: its name is made of its bytes.
            let mut store = Store::default();
            store.unversioned.push(ORIGINALS);
            let version = store.put(ORIGINALS, KEY, photo(self.photos + 1));
            entries.insert("1".to_owned(), named(&store, KEY, &version));
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
        self.work(&mut [steps], kills, &mut picker)?;
        let Picker::Trace(trace) = picker else { return Err("it follows no trace".to_owned()) };
        self.check(&scenario)?;
        Ok((trace.followed, trace.skipped))
    }

    /// Puts there what a trace begins with.
    fn set_up(&mut self, line: &str, entries: &mut HashMap<String, OriginalVersion>) -> Result<(), String> {
        let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (about, entry) = rest.split_once(' ').unwrap_or((rest, rest));
        let current = |stack: &Self| stack.store.current(ORIGINALS, KEY).cloned().unwrap();
        match what {
            "put" => {
                self.photos += 1;
                let version = self.store.put(ORIGINALS, KEY, photo(self.photos));
                entries.insert(entry.to_owned(), named(&self.store, KEY, &version));
            }
            "unversioned" | "announced" => {}
            "hide" => drop(self.store.hide(ORIGINALS, KEY)),
            "make" => {
                let body = self.event("ObjectCreated:Put", KEY, &current(self));
                self.send(To::Thumbnail, body);
                self.work(&mut [], 0, &mut Picker::Picks(VecDeque::new()))?;
            }
            "send" => match about {
                "Removed" => {
                    let marker = self.store.newest(ORIGINALS, KEY).cloned().unwrap();
                    self.say("ObjectRemoved:DeleteMarkerCreated", KEY, &marker);
                }
                _ => {
                    let version = &entries[entry];
                    let kind = if about == "Replay" { "replay" } else { "backfill" };
                    let (key, version) = (&version.key, &version.version);
                    let request =
                        json!({"request": kind, "bucket": ORIGINALS, "key": key, "version": version});
                    self.send(To::Thumbnail, request.to_string());
                    if about == "DeadLetter" {
                        let letter = self.queue.pop().unwrap();
                        self.letters.push(letter.dead());
                    }
                }
            },
            _ => return Err(format!("`{line}` says nothing")),
        }
        Ok(())
    }

    /// The next step of `trace` that is among `actions`; what the model leaves out goes before.
    pub(super) fn pick_by(&self, trace: &mut Trace, actions: &[Action]) -> Action {
        while let Some(line) = trace.lines.front() {
            let found = match line {
                Line::User => actions.iter().find(|action| matches!(action, Action::User(_))).cloned(),
                // What is left goes before the time.
                Line::Later => match actions.iter().find(|action| matches!(action, Action::TimePasses)) {
                    None => return actions[0].clone(),
                    found => found.cloned(),
                },
                Line::Receive(worker, label) => {
                    let found = actions.iter().find(|action| self.receives(action, label));
                    if let Some(Action::Receive(function, _)) = found {
                        trace.workers.insert(worker.clone(), *function);
                    }
                    found.cloned()
                }
                Line::Call(worker, label, death) => {
                    let function = trace.workers.get(worker).copied();
                    let is_it = |of: &usize, call: &usize| {
                        Some(*of) == function && self.held(*of, *call).starts_with(label)
                    };
                    let found = actions.iter().find_map(|action| match (action, death) {
                        (Action::Answer(of, call), None) if is_it(of, call) => Some(action.clone()),
                        (Action::Kill(of, call, Death::After), Some(death)) if is_it(of, call) => {
                            Some(Action::Kill(*of, *call, *death))
                        }
                        _ => None,
                    });
                    let is_left_out = |action: &&Action| matches!(action, Action::Answer(of, call) if Some(*of) == function && self.is_left_out(*of, *call));
                    if found.is_none()
                        && let Some(action) = actions.iter().find(is_left_out)
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

    /// Whether `action` is the reception of a message whose label begins with `label`, which says a queue before.
    fn receives(&self, action: &Action, label: &str) -> bool {
        let Action::Receive(function, places) = action else { return false };
        let is_letter = *function == FAILOVER;
        let label = match label.strip_prefix("letter ") {
            Some(label) if is_letter => label,
            None if !is_letter => label,
            _ => return false,
        };
        let queue = if is_letter { &self.letters } else { &self.queue };
        places.iter().all(|place| queue[*place].label().starts_with(label))
    }

    /// Whether the model leaves out this call: the note of an attempt, the look for the version of an event, the second page
    /// of a listing, a message about alt texts, and what the failover function does besides.
    fn is_left_out(&self, function: usize, call: usize) -> bool {
        let label = self.held(function, call);
        let of_failover = ["GET catalog/", "SEND Action=Publish"];
        // An event that has no version id is of the current version, if at all.
        let finds_version = !self.store.keeps_versions(ORIGINALS) && label.starts_with("HEAD originals/");
        let request = &self.functions[function].process.held[call].request;
        let is_next_page = request.parameter("continuation-token").is_some();
        label.ends_with("/attempt.json")
            || finds_version
            || is_next_page
            || label.contains(ALT_TEXT_QUEUE)
            || (function == FAILOVER && of_failover.iter().any(|other| label.starts_with(other)))
    }
}

/// What `words`, a line behind `begin`, says.
fn read(words: &[&str], entries: &HashMap<String, OriginalVersion>) -> Result<Vec<Line>, String> {
    let of = |entry: &str| entries.get(entry).ok_or_else(|| format!("there is no entry {entry}"));
    Ok(match *words {
        ["user", ..] => vec![Line::User],
        ["later"] => vec![Line::Later],
        [worker, "receives", about, entry] => {
            let label = match about {
                "Removed" | "SecondLook" => format!("removed {KEY}"),
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
                _ => return Err(format!("`{words:?}` says nothing")),
            };
            let object = object.parse().map_err(|_| format!("`{object}` is no object"))?;
            let labels = labels(call, of(entry)?, object);
            let last = labels.len() - 1;
            let call = |(i, label)| Line::Call(worker.to_owned(), label, death.filter(|_| i == last));
            labels.into_iter().enumerate().map(call).collect()
        }
        [] | [""] => Vec::new(),
        _ => return Err(format!("`{words:?}` says nothing")),
    })
}

/// The beginnings of the labels of the binary's calls for one call of the model.
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
        "ProveOutputs" | "ListOutputs" => vec![format!("LIST thumbnails/{folder}")],
        "ListRecords" => catalog("LIST", records),
        // The model has one thumbnail, and the presets ask for two.
        "PutOutputs" => vec![format!("PUT thumbnails/{folder}"); 2],
        "PutIndex" => catalog("PUT", version.index_key()),
        "PutDone" => catalog("PUT", version.done_key()),
        "PutFailure" => catalog("PUT", version.failure_key()),
        "DeleteDone" => catalog("DELETE", version.done_key()),
        "DeleteFailure" => catalog("DELETE", version.failure_key()),
        "AnnounceMade" | "AnnounceFailure" | "AnnounceRemoval" => vec!["EVENT ".to_owned()],
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
