//! A stack whose calls are held: the buckets, the queues, and the functions.

use std::collections::VecDeque;
use std::ops::Range;

use contract::settings::NAME_INDEX;
use fastrand::Rng;
use serde_json::{Value, json};
use testkit::http::Reply;
use testkit::s3::{self, Store};
use testkit::{HeldCall, HeldProcess};

use super::messages::StackMessage;
use super::rest;
use super::scenario::{Recipient, Scenario, Step};
use super::trace::Trace;
use crate::alt_text::alt_text_answer;
use crate::aws::{PAGE, attributes, converse_reply, entries, publish_reply, put_events_reply};
use crate::events::{self, ReportedEvents, SENDS_EVENTS};
use crate::world::{
    ALT_TEXT_QUEUE, ORIGINALS, alt_text_variables, failover_variables, retried_ids_in, thumbnail_variables,
};

/// The maximum number of steps. A schedule with more steps would never end.
const MAXIMUM_STEPS: usize = 5000;

/// The functions: three that make thumbnails, two that write alt texts, and the failover function.
const NAMES: [&str; 6] = ["A", "B", "C", "D", "E", "failover"];
const OF_THUMBNAILS: Range<usize> = 0..3;
const OF_ALT_TEXTS: Range<usize> = 3..5;
pub(super) const FAILOVER: usize = 5;

pub(crate) struct Stack {
    kind: StackKind,
    /// The events that the functions have sent.
    reported: ReportedEvents,
    /// Whether delayed messages are never delivered.
    pub(super) checks_once: bool,
    pub(super) has_alt_text: bool,
    pub(super) store: Store,
    pub(super) functions: Vec<Function>,
    /// The messages to the thumbnail and alt-text functions, and the dead letters.
    pub(super) queue: Vec<StackMessage>,
    pub(super) letters: Vec<StackMessage>,
    /// The numbers of uploaded photos and of sent messages.
    pub(super) photos: u8,
    pub(super) messages: usize,
    picked: Vec<String>,
}

/// How the functions of a stack are started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct StackKind {
    /// Whether the derived objects are kept when their original is removed.
    pub(crate) keeps_outputs: bool,
    /// Whether the functions send an event for each outcome.
    pub(crate) sends_events: bool,
    /// Whether the name index is disabled.
    pub(crate) has_no_index: bool,
}

impl StackKind {
    /// Returns the kind of stack that `scenario` needs.
    pub(crate) fn for_scenario(scenario: &Scenario) -> Self {
        Self {
            keeps_outputs: scenario.keeps_outputs,
            sends_events: scenario.sends_events,
            has_no_index: scenario.has_no_index,
        }
    }
}

pub(super) struct Function {
    pub(super) process: HeldProcess,
    /// The messages that it is processing.
    pub(super) messages: Vec<StackMessage>,
}

/// Picks the next action.
pub(crate) enum Picker {
    Random(Rng),
    Picks(VecDeque<String>),
    Trace(Trace),
}

/// An action that is possible next.
#[derive(Clone, Debug)]
pub(super) enum ScheduleAction {
    /// A user does the next step.
    User(usize),
    /// A function receives the messages at these places in its queue.
    Receive(usize, Vec<usize>),
    /// One of the calls of a function gets its reply.
    Answer(usize, usize),
    /// A function is killed at one of its calls, before or after the call has its effect.
    Kill(usize, usize, Death),
    /// The delayed messages are delivered.
    TimePasses,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Death {
    Before,
    After,
    /// The function is killed after the call, and its message becomes a dead letter.
    Dead,
    /// The function is killed after the call, and its message is not delivered again, because a duplicate of it was
    /// deleted.
    Lost,
}

impl Stack {
    /// Starts the functions.
    pub(crate) fn start(kind: StackKind) -> Self {
        let functions = (0..NAMES.len()).map(|place| start(place, kind)).collect();
        Self {
            kind,
            reported: ReportedEvents::default(),
            checks_once: false,
            has_alt_text: false,
            store: Store::with_pages_of(PAGE),
            functions,
            queue: Vec::new(),
            letters: Vec::new(),
            photos: 0,
            messages: 0,
            picked: Vec::new(),
        }
    }

    /// Empties the stack for `scenario`.
    pub(super) fn prepare(&mut self, scenario: &Scenario) {
        assert_eq!(
            self.kind,
            StackKind::for_scenario(scenario),
            "the functions were started for a different kind of scenario"
        );
        self.reported = ReportedEvents::default();
        self.store = Store::with_pages_of(PAGE);
        if scenario.is_unversioned {
            self.store.unversioned.push(ORIGINALS);
        }
        self.has_alt_text = scenario.has_alt_text;
        (self.photos, self.messages) = (0, 0);
    }

    /// Returns the violations at the end.
    pub(super) fn check(&self, scenario: &Scenario) -> Result<(), String> {
        rest::check(&self.store, &self.reported, scenario)
            .map_err(|why| format!("{why}\n{}", self.picked.join("\n")))
    }

    /// Runs `scenario` with the actions that `picker` picks, and returns the violations at the end.
    pub(crate) fn run(&mut self, scenario: &Scenario, picker: &mut Picker) -> Result<(), String> {
        self.prepare(scenario);
        for step in &scenario.before {
            self.step(*step);
            self.run_to_end(&mut Vec::new(), 0, &mut Picker::Picks(VecDeque::new()))?;
        }
        self.picked.clear();
        let mut users: Vec<VecDeque<Step>> =
            scenario.users.iter().map(|steps| steps.iter().copied().collect()).collect();
        let ended = self.run_to_end(&mut users, scenario.kills, picker);
        ended.and_then(|()| rest::check(&self.store, &self.reported, scenario)).map_err(|why| {
            // Messages and calls of this schedule must not disturb the next one.
            self.queue.clear();
            self.letters.clear();
            for (i, function) in self.functions.iter_mut().enumerate() {
                if !function.process.is_idle() {
                    *function = start(i, self.kind);
                }
            }
            format!("{why}\n{}", self.picked.join("\n"))
        })
    }

    /// Performs actions until none is possible.
    pub(super) fn run_to_end(
        &mut self,
        users: &mut [VecDeque<Step>],
        mut kills: u32,
        picker: &mut Picker,
    ) -> Result<(), String> {
        let mut last = None;
        for _ in 0..MAXIMUM_STEPS {
            let actions = self.actions(users, kills);
            if actions.is_empty() {
                return Ok(());
            }
            let action = self.pick(picker, &actions, users, last)?;
            self.picked.push(self.label(&action, users));
            match action {
                ScheduleAction::User(user) => {
                    let step = users[user].pop_front().unwrap();
                    self.step(step);
                }
                ScheduleAction::Receive(function, messages) => self.receive(function, messages),
                ScheduleAction::Answer(function, call) => {
                    last = Some(function);
                    let held = self.functions[function].process.held.remove(call);
                    let answer = self.serve(&held);
                    held.answer(&answer);
                    self.settle(function);
                }
                ScheduleAction::Kill(function, call, death) => {
                    kills -= 1;
                    let held = self.functions[function].process.held.remove(call);
                    if death != Death::Before {
                        self.serve(&held);
                    }
                    let killed = std::mem::replace(&mut self.functions[function], start(function, self.kind));
                    match death {
                        Death::Before | Death::After => self.return_to_queue(function, killed.messages),
                        Death::Dead => self
                            .letters
                            .extend(killed.messages.into_iter().map(StackMessage::into_dead_letter)),
                        Death::Lost => {}
                    }
                }
                ScheduleAction::TimePasses if self.checks_once => {
                    self.queue.retain(|message| !message.is_delayed);
                }
                ScheduleAction::TimePasses => {
                    self.queue.iter_mut().for_each(|message| message.is_delayed = false);
                }
            }
        }
        Err("the schedule does not end".to_owned())
    }

    /// Returns the possible actions. Their order depends only on the earlier picks.
    fn actions(&self, users: &[VecDeque<Step>], kills: u32) -> Vec<ScheduleAction> {
        let mut actions = Vec::new();
        for (i, function) in self.functions.iter().enumerate() {
            let calls = function.process.held.len();
            actions.extend((0..calls).map(|call| ScheduleAction::Answer(i, call)));
        }
        let idle = |function: &usize| self.functions[*function].process.is_idle();
        for (mut functions, to) in [(OF_THUMBNAILS, Recipient::Thumbnail), (OF_ALT_TEXTS, Recipient::AltText)]
        {
            let Some(function) = functions.find(idle) else { continue };
            let is_ready = |message: &StackMessage| message.to == to && !message.is_delayed;
            let ready = (0..self.queue.len()).filter(|i| is_ready(&self.queue[*i]));
            actions.extend(ready.map(|message| ScheduleAction::Receive(function, vec![message])));
        }
        if idle(&FAILOVER) {
            actions.extend(
                (0..self.letters.len()).map(|letter| ScheduleAction::Receive(FAILOVER, vec![letter])),
            );
        }
        actions.extend((0..users.len()).filter(|i| !users[*i].is_empty()).map(ScheduleAction::User));
        if actions.is_empty() && !self.queue.is_empty() {
            actions.push(ScheduleAction::TimePasses);
        }
        if kills > 0 {
            let answers: Vec<_> = actions.clone();
            for action in answers {
                if let ScheduleAction::Answer(function, call) = action {
                    actions.extend(
                        [Death::Before, Death::After]
                            .map(|death| ScheduleAction::Kill(function, call, death)),
                    );
                }
            }
        }
        actions
    }

    fn pick(
        &self,
        picker: &mut Picker,
        actions: &[ScheduleAction],
        users: &[VecDeque<Step>],
        last: Option<usize>,
    ) -> Result<ScheduleAction, String> {
        match picker {
            Picker::Trace(trace) => Ok(self.pick_from_trace(trace, actions)),
            Picker::Picks(picks) => {
                let Some(pick) = picks.pop_front() else { return Ok(actions[0].clone()) };
                let both = self.receive_both(&pick, actions);
                let found = actions.iter().find(|action| self.label(action, users) == pick).cloned();
                found.or(both).ok_or_else(|| {
                    let labels: Vec<_> = actions.iter().map(|action| self.label(action, users)).collect();
                    format!("`{pick}` is not possible; these are:\n{}\nafter", labels.join("\n"))
                })
            }
            Picker::Random(rng) => {
                let is_kill = |action: &&ScheduleAction| matches!(action, ScheduleAction::Kill(..));
                let kills: Vec<_> = actions.iter().filter(is_kill).collect();
                let others: Vec<_> = actions.iter().filter(|action| !is_kill(action)).collect();
                if !kills.is_empty() && rng.u8(..20) == 0 {
                    return Ok((*rng.choice(&kills).unwrap()).clone());
                }
                // If a function makes several steps in a row, other functions are in the middle of their work.
                let goes_on = |action: &&&ScheduleAction| matches!(action, ScheduleAction::Answer(function, _) if Some(*function) == last);
                let same: Vec<_> = others.iter().filter(goes_on).copied().collect();
                let from = if !same.is_empty() && rng.u8(..3) > 0 { &same } else { &others };
                let picked = (*rng.choice(from).unwrap()).clone();
                Ok(match picked {
                    ScheduleAction::Receive(function, mut messages)
                        if function != FAILOVER && rng.u8(..4) == 0 =>
                    {
                        let at = rng.usize(..self.queue.len());
                        let another = &self.queue[at];
                        let is_ready = another.to == self.queue[messages[0]].to && !another.is_delayed;
                        if is_ready && !messages.contains(&at) {
                            messages.push(at);
                        }
                        ScheduleAction::Receive(function, messages)
                    }
                    picked => picked,
                })
            }
        }
    }

    /// Returns the receive of two messages that `pick` names. The list of actions does not have such receives.
    fn receive_both(&self, pick: &str, actions: &[ScheduleAction]) -> Option<ScheduleAction> {
        let (name, messages) = pick.split_once(" receives ")?;
        let (one, other) = messages.split_once(" + ")?;
        let place = |label: &str| self.queue.iter().position(|message| message.label() == label);
        let function = NAMES.iter().position(|known| *known == name)?;
        let both = vec![place(one)?, place(other)?];
        let can =
            |action: &ScheduleAction| matches!(action, ScheduleAction::Receive(able, _) if *able == function);
        actions.iter().any(can).then_some(ScheduleAction::Receive(function, both))
    }

    /// Returns the label of a held call.
    pub(super) fn held_label(&self, function: usize, call: usize) -> String {
        self.functions[function].process.held[call].label()
    }

    fn label(&self, action: &ScheduleAction, users: &[VecDeque<Step>]) -> String {
        match action {
            ScheduleAction::User(user) => format!("user {user} {:?}", users[*user][0]),
            ScheduleAction::Receive(function, messages) => {
                let queue = if *function == FAILOVER { &self.letters } else { &self.queue };
                let labels: Vec<_> = messages.iter().map(|i| queue[*i].label()).collect();
                format!("{} receives {}", NAMES[*function], labels.join(" + "))
            }
            ScheduleAction::Answer(function, call) => {
                format!("{} {}", NAMES[*function], self.functions[*function].process.held[*call].label())
            }
            ScheduleAction::Kill(function, call, death) => {
                let call = self.functions[*function].process.held[*call].label();
                format!("{} dies {death:?} {call}", NAMES[*function])
            }
            ScheduleAction::TimePasses => "time passes".to_owned(),
        }
    }

    /// Waits until all calls of `function` are held or it has responded, and processes its response.
    pub(super) fn settle(&mut self, function: usize) {
        let Function { process, messages } = &mut self.functions[function];
        if let Some(answer) = process.settle() {
            let again = retried_ids_in(&answer);
            let mut failed = std::mem::take(messages);
            failed.retain(|message| again.contains(&message.id.to_string()));
            // The function requests the next invocation immediately.
            process.wait_until_idle();
            self.return_to_queue(function, failed);
        }
    }

    /// Applies the effect of a call, and returns the reply.
    fn serve(&mut self, held: &HeldCall) -> Reply {
        let path = held.request.path();
        if path.ends_with("/converse") {
            return converse_reply(alt_text_answer("A cat"));
        }
        if path == "/" {
            return self.serve_service_call(held);
        }
        s3::reply(&mut self.store, &held.request)
    }

    fn serve_service_call(&mut self, held: &HeldCall) -> Reply {
        match held.request.header("x-amz-target") {
            Some("AmazonSQS.SendMessage") => {
                let sent: Value = serde_json::from_slice(&held.request.bytes).unwrap();
                let to = if sent["QueueUrl"] == ALT_TEXT_QUEUE {
                    Recipient::AltText
                } else {
                    Recipient::Thumbnail
                };
                if let Some(message) = self.send(to, sent["MessageBody"].as_str().unwrap().to_owned()) {
                    message.is_delayed = sent["DelaySeconds"].as_u64().unwrap_or(0) > 0;
                    message.attributes = attributes(&sent);
                }
                Reply::new(200, json!({"MessageId": "m", "MD5OfMessageBody": "m"}).to_string())
            }
            Some("AWSEvents.PutEvents") => {
                let entries = entries(&held.request);
                entries.iter().for_each(|entry| self.reported.add(&events::SentEvent::from_entry(entry)));
                Reply::new(200, put_events_reply(0, entries.len()).to_string())
            }
            Some(target) => panic!("the function calls {target}"),
            None => publish_reply(),
        }
    }
}

/// Starts the function at `place` among [`NAMES`].
fn start(place: usize, kind: StackKind) -> Function {
    let (name, mut variables) = if place == FAILOVER {
        ("failover", failover_variables())
    } else if OF_ALT_TEXTS.contains(&place) {
        ("alt-text", alt_text_variables("en"))
    } else {
        let described = vec![("ALT_TEXT_QUEUE_URL", ALT_TEXT_QUEUE.to_owned())];
        ("thumbnail", [thumbnail_variables(), described].concat())
    };
    if kind.sends_events {
        variables.push((SENDS_EVENTS.0, SENDS_EVENTS.1.to_owned()));
    }
    if kind.has_no_index {
        variables.push((NAME_INDEX, "disabled".to_owned()));
    }
    if kind.keeps_outputs {
        variables.push(("ON_REMOVAL", "keep".to_owned()));
    }
    Function { process: HeldProcess::start(name, &variables), messages: Vec::new() }
}
