//! A stack whose every call waits for its turn: the buckets, the queues, and the functions.

use std::collections::VecDeque;
use std::ops::Range;

use fastrand::Rng;
use serde_json::{Value, json};
use testkit::http::Reply;
use testkit::s3::{self, Store};
use testkit::{Held, HeldProcess};

use super::messages::Message;
use super::rest;
use super::scenario::{Scenario, Step, To};
use super::trace::Trace;
use crate::alt_text::describes;
use crate::aws::{PAGE, attributes, converses, entries, published, put};
use crate::events::{self, ANNOUNCED, Told};
use crate::world::{
    ALT_TEXT_QUEUE, ORIGINALS, again_of, alt_text_variables, failover_variables, thumbnail_variables,
};

/// More steps than a schedule that ends has.
const MAXIMUM_STEPS: usize = 5000;

/// The functions: three that make thumbnails, two that write alt texts, and the failover function.
const NAMES: [&str; 6] = ["A", "B", "C", "D", "E", "failover"];
const OF_THUMBNAILS: Range<usize> = 0..3;
const OF_ALT_TEXTS: Range<usize> = 3..5;
pub(super) const FAILOVER: usize = 5;

pub(crate) struct Stack {
    kind: Kind,
    /// What the events have told.
    told: Told,
    /// Whether delayed messages never come.
    pub(super) looks_once: bool,
    pub(super) is_described: bool,
    pub(super) store: Store,
    pub(super) functions: Vec<Function>,
    /// The messages to the functions of either kind, and the dead letters.
    pub(super) queue: Vec<Message>,
    pub(super) letters: Vec<Message>,
    /// How many photos were uploaded, and messages sent.
    pub(super) photos: u8,
    pub(super) messages: usize,
    picked: Vec<String>,
}

/// How the functions of a stack are started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Kind {
    /// Whether what is derived stays when its original is removed.
    pub(crate) keeps: bool,
    /// Whether each outcome is an event.
    pub(crate) announced: bool,
}

impl Kind {
    /// The kind of stack that `scenario` needs.
    pub(crate) fn of(scenario: &Scenario) -> Self {
        Self { keeps: scenario.keeps, announced: scenario.announced }
    }
}

pub(super) struct Function {
    pub(super) process: HeldProcess,
    /// The messages that it works on.
    pub(super) messages: Vec<Message>,
}

/// How the next step is chosen.
pub(crate) enum Picker {
    Random(Rng),
    Picks(VecDeque<String>),
    Trace(Trace),
}

/// A step that can be next.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// A user does the next step.
    User(usize),
    /// A function receives the messages at these places in its queue.
    Receive(usize, Vec<usize>),
    /// One of the calls of a function is answered.
    Answer(usize, usize),
    /// A function is killed at one of its calls, before or after that has an effect.
    Kill(usize, usize, Death),
    /// The delayed messages come.
    TimePasses,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Death {
    Before,
    After,
    /// After it, and its message is a dead letter.
    Dead,
    /// After it, and its message never comes again, since a duplicate of it has been deleted.
    Lost,
}

impl Stack {
    /// Starts the functions.
    pub(crate) fn start(kind: Kind) -> Self {
        let functions = (0..NAMES.len()).map(|place| start(place, kind)).collect();
        Self {
            kind,
            told: Told::default(),
            looks_once: false,
            is_described: false,
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
        assert_eq!(self.kind, Kind::of(scenario), "the functions are started for other scenarios");
        self.told = Told::default();
        self.store = Store::with_pages_of(PAGE);
        if scenario.is_unversioned {
            self.store.unversioned.push(ORIGINALS);
        }
        self.is_described = scenario.is_described;
        (self.photos, self.messages) = (0, 0);
    }

    /// Says what is wrong when nothing is left to do.
    pub(super) fn check(&self, scenario: &Scenario) -> Result<(), String> {
        rest::check(&self.store, &self.told, scenario)
            .map_err(|why| format!("{why}\n{}", self.picked.join("\n")))
    }

    /// Runs `scenario` as `picker` picks, and says what is wrong when nothing is left to do.
    pub(crate) fn run(&mut self, scenario: &Scenario, picker: &mut Picker) -> Result<(), String> {
        self.prepare(scenario);
        for step in &scenario.before {
            self.step(*step);
            self.work(&mut Vec::new(), 0, &mut Picker::Picks(VecDeque::new()))?;
        }
        self.picked.clear();
        let mut users: Vec<VecDeque<Step>> =
            scenario.users.iter().map(|steps| steps.iter().copied().collect()).collect();
        let ended = self.work(&mut users, scenario.kills, picker);
        ended.and_then(|()| rest::check(&self.store, &self.told, scenario)).map_err(|why| {
            // What is left must not disturb the schedule that follows.
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

    /// Does what is to be done until nothing is.
    pub(super) fn work(
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
                Action::User(user) => {
                    let step = users[user].pop_front().unwrap();
                    self.step(step);
                }
                Action::Receive(function, messages) => self.receive(function, messages),
                Action::Answer(function, call) => {
                    last = Some(function);
                    let held = self.functions[function].process.held.remove(call);
                    let answer = self.serve(&held);
                    held.answer(&answer);
                    self.settle(function);
                }
                Action::Kill(function, call, death) => {
                    kills -= 1;
                    let held = self.functions[function].process.held.remove(call);
                    if death != Death::Before {
                        self.serve(&held);
                    }
                    let killed = std::mem::replace(&mut self.functions[function], start(function, self.kind));
                    match death {
                        Death::Before | Death::After => self.come_again(function, killed.messages),
                        Death::Dead => self.letters.extend(killed.messages.into_iter().map(Message::dead)),
                        Death::Lost => {}
                    }
                }
                Action::TimePasses if self.looks_once => self.queue.retain(|message| !message.is_delayed),
                Action::TimePasses => self.queue.iter_mut().for_each(|message| message.is_delayed = false),
            }
        }
        Err("it does not end".to_owned())
    }

    /// What can be next, in an order that depends on nothing but what was picked before.
    fn actions(&self, users: &[VecDeque<Step>], kills: u32) -> Vec<Action> {
        let mut actions = Vec::new();
        for (i, function) in self.functions.iter().enumerate() {
            let calls = function.process.held.len();
            actions.extend((0..calls).map(|call| Action::Answer(i, call)));
        }
        let idle = |function: &usize| self.functions[*function].process.is_idle();
        for (mut functions, to) in [(OF_THUMBNAILS, To::Thumbnail), (OF_ALT_TEXTS, To::AltText)] {
            let Some(function) = functions.find(idle) else { continue };
            let is_ready = |message: &Message| message.to == to && !message.is_delayed;
            let ready = (0..self.queue.len()).filter(|i| is_ready(&self.queue[*i]));
            actions.extend(ready.map(|message| Action::Receive(function, vec![message])));
        }
        if idle(&FAILOVER) {
            actions.extend((0..self.letters.len()).map(|letter| Action::Receive(FAILOVER, vec![letter])));
        }
        actions.extend((0..users.len()).filter(|i| !users[*i].is_empty()).map(Action::User));
        if actions.is_empty() && !self.queue.is_empty() {
            actions.push(Action::TimePasses);
        }
        if kills > 0 {
            let answers: Vec<_> = actions.clone();
            for action in answers {
                if let Action::Answer(function, call) = action {
                    actions.extend(
                        [Death::Before, Death::After].map(|death| Action::Kill(function, call, death)),
                    );
                }
            }
        }
        actions
    }

    fn pick(
        &self,
        picker: &mut Picker,
        actions: &[Action],
        users: &[VecDeque<Step>],
        last: Option<usize>,
    ) -> Result<Action, String> {
        match picker {
            Picker::Trace(trace) => Ok(self.pick_by(trace, actions)),
            Picker::Picks(picks) => {
                let Some(pick) = picks.pop_front() else { return Ok(actions[0].clone()) };
                let both = self.both(&pick, actions);
                let found = actions.iter().find(|action| self.label(action, users) == pick).cloned();
                found.or(both).ok_or_else(|| {
                    let labels: Vec<_> = actions.iter().map(|action| self.label(action, users)).collect();
                    format!("`{pick}` cannot be picked; what can:\n{}\nafter", labels.join("\n"))
                })
            }
            Picker::Random(rng) => {
                let is_kill = |action: &&Action| matches!(action, Action::Kill(..));
                let kills: Vec<_> = actions.iter().filter(is_kill).collect();
                let others: Vec<_> = actions.iter().filter(|action| !is_kill(action)).collect();
                if !kills.is_empty() && rng.u8(..20) == 0 {
                    return Ok((*rng.choice(&kills).unwrap()).clone());
                }
                // A function that goes on for a while meets others in the middle of theirs.
                let goes_on = |action: &&&Action| matches!(action, Action::Answer(function, _) if Some(*function) == last);
                let same: Vec<_> = others.iter().filter(goes_on).copied().collect();
                let from = if !same.is_empty() && rng.u8(..3) > 0 { &same } else { &others };
                let picked = (*rng.choice(from).unwrap()).clone();
                Ok(match picked {
                    Action::Receive(function, mut messages) if function != FAILOVER && rng.u8(..4) == 0 => {
                        let at = rng.usize(..self.queue.len());
                        let another = &self.queue[at];
                        let is_ready = another.to == self.queue[messages[0]].to && !another.is_delayed;
                        if is_ready && !messages.contains(&at) {
                            messages.push(at);
                        }
                        Action::Receive(function, messages)
                    }
                    picked => picked,
                })
            }
        }
    }

    /// The reception of two messages, which is no action by itself, as `pick` names it.
    fn both(&self, pick: &str, actions: &[Action]) -> Option<Action> {
        let (name, messages) = pick.split_once(" receives ")?;
        let (one, other) = messages.split_once(" + ")?;
        let place = |label: &str| self.queue.iter().position(|message| message.label() == label);
        let function = NAMES.iter().position(|known| *known == name)?;
        let both = vec![place(one)?, place(other)?];
        let can = |action: &Action| matches!(action, Action::Receive(able, _) if *able == function);
        actions.iter().any(can).then_some(Action::Receive(function, both))
    }

    /// The label of a call that is held.
    pub(super) fn held(&self, function: usize, call: usize) -> String {
        self.functions[function].process.held[call].label()
    }

    fn label(&self, action: &Action, users: &[VecDeque<Step>]) -> String {
        match action {
            Action::User(user) => format!("user {user} {:?}", users[*user][0]),
            Action::Receive(function, messages) => {
                let queue = if *function == FAILOVER { &self.letters } else { &self.queue };
                let labels: Vec<_> = messages.iter().map(|i| queue[*i].label()).collect();
                format!("{} receives {}", NAMES[*function], labels.join(" + "))
            }
            Action::Answer(function, call) => {
                format!("{} {}", NAMES[*function], self.functions[*function].process.held[*call].label())
            }
            Action::Kill(function, call, death) => {
                let call = self.functions[*function].process.held[*call].label();
                format!("{} dies {death:?} {call}", NAMES[*function])
            }
            Action::TimePasses => "time passes".to_owned(),
        }
    }

    /// Waits until `function` waits, and takes its answer if it has one.
    pub(super) fn settle(&mut self, function: usize) {
        let Function { process, messages } = &mut self.functions[function];
        if let Some(answer) = process.settle() {
            let again = again_of(&answer);
            let mut failed = std::mem::take(messages);
            failed.retain(|message| again.contains(&message.id.to_string()));
            // It asks for the next invocation at once.
            process.becomes_idle();
            self.come_again(function, failed);
        }
    }

    /// Gives a call its effect, and returns the reply.
    fn serve(&mut self, held: &Held) -> Reply {
        let path = held.request.path();
        if path.ends_with("/converse") {
            return converses(describes("A cat"));
        }
        if path == "/" {
            return self.send_or_announce(held);
        }
        s3::reply(&mut self.store, &held.request)
    }

    fn send_or_announce(&mut self, held: &Held) -> Reply {
        match held.request.header("x-amz-target") {
            Some("AmazonSQS.SendMessage") => {
                let sent: Value = serde_json::from_slice(&held.request.bytes).unwrap();
                let to = if sent["QueueUrl"] == ALT_TEXT_QUEUE { To::AltText } else { To::Thumbnail };
                if let Some(message) = self.send(to, sent["MessageBody"].as_str().unwrap().to_owned()) {
                    message.is_delayed = sent["DelaySeconds"].as_u64().unwrap_or(0) > 0;
                    message.attributes = attributes(&sent);
                }
                Reply::new(200, json!({"MessageId": "m", "MD5OfMessageBody": "m"}).to_string())
            }
            Some("AWSEvents.PutEvents") => {
                let entries = entries(&held.request);
                entries.iter().for_each(|entry| self.told.add(&events::Sent::of(entry)));
                Reply::new(200, put(0, entries.len()).to_string())
            }
            Some(target) => panic!("the function calls {target}"),
            None => published(),
        }
    }
}

/// Starts the function at `place` among [`NAMES`].
fn start(place: usize, kind: Kind) -> Function {
    let (name, mut variables) = if place == FAILOVER {
        ("failover", failover_variables())
    } else if OF_ALT_TEXTS.contains(&place) {
        ("alt-text", alt_text_variables("en"))
    } else {
        let described = vec![("ALT_TEXT_QUEUE_URL", ALT_TEXT_QUEUE.to_owned())];
        ("thumbnail", [thumbnail_variables(), described].concat())
    };
    if kind.announced {
        variables.push((ANNOUNCED.0, ANNOUNCED.1.to_owned()));
    }
    if kind.keeps {
        variables.push(("ON_REMOVAL", "keep".to_owned()));
    }
    Function { process: HeldProcess::start(name, &variables), messages: Vec::new() }
}
