//! A discrete-event simulation of the queue and the function. The same seed has the same result.
//!
//! It models the pollers and environments of Lambda as documented ([`crate::scaling`]), batches, cold starts,
//! throttling, each photo's share of the time, transient failures, photos that crash the function, visibility timeouts,
//! receive counts, and dead letters. It assumes that S3, SNS, and SQS respond immediately and deliver once.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use fastrand::Rng;

use crate::arrivals::Curve;
use crate::quotas::Quotas;
use crate::result::{Sample, SimulationResult, WaitHistogram};
use crate::scaling::{Environments, Pollers, Start};
use crate::setup::FunctionSetup;
use crate::work::Work;
use crate::workload::Workload;

/// The time from a message in the queue to the start of the function, in seconds.
const RECEIVE_SECONDS: f64 = 0.02;

/// The duration of a cold start, in seconds, mostly in Lambda.
const COLD_START: f64 = 0.15;

/// The interval at which Lambda retries a throttled batch, in seconds.
const RETRY_SECONDS: f64 = 1.0;

/// The interval of polls and samples without other events, in seconds.
const TICK_SECONDS: f64 = 0.5;

/// The ratio of the visibility timeout to the timeout of the function.
const VISIBILITY_RATIO: f64 = 6.0;

/// The share of the timeout after which the function starts no more photos.
const LAST_START: f64 = 0.9;

/// The input of a simulation.
#[derive(Clone, Copy, Debug)]
pub struct Scenario<'a> {
    /// The uploads over time.
    pub curve: &'a Curve,
    /// The mix of photos.
    pub workload: &'a Workload,
    /// The work per photo.
    pub work: &'a Work,
    /// The function.
    pub function: &'a FunctionSetup,
    /// The quotas of the account.
    pub quotas: &'a Quotas,
    /// The faults.
    pub faults: Faults,
    /// The seed of the random numbers.
    pub seed: u64,
}

/// The faults, as shares of the photos.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// The share of photos that crash the function on every attempt.
    pub poison: f64,
    /// The share of deliveries that fail but would succeed on retry.
    pub failures: f64,
}

/// A message of one photo.
#[derive(Clone, Copy, Debug)]
struct QueuedMessage {
    sent: f64,
    kind: u32,
    is_poison: bool,
    is_done: bool,
    receives: u32,
}

/// An event of the simulation.
#[derive(Debug)]
enum Event {
    /// A batch has ended.
    Ended(Batch),
    /// A throttled batch is tried again. The time at which it was received.
    Again(Vec<QueuedMessage>, f64),
    /// A message can be received again.
    Visible(QueuedMessage),
}

#[derive(Debug)]
struct Batch {
    messages: Vec<QueuedMessage>,
    /// Whether each message that the function has begun to process had enough time. It begins them in their order.
    had_time: Vec<bool>,
    is_killed: bool,
}

/// Simulates `scenario` until the queue is empty.
pub fn simulate(scenario: &Scenario<'_>) -> SimulationResult {
    let mut random = Rng::with_seed(scenario.seed);
    let arrivals = scenario.curve.arrivals(random.fork());
    let mut run = Simulator {
        random,
        scenario,
        now: 0.0,
        queue: VecDeque::new(),
        again: VecDeque::new(),
        events: BinaryHeap::new(),
        pollers: Pollers::new(scenario.quotas, f64::from(scenario.function.maximum_concurrency)),
        environments: Environments::new(scenario.quotas),
        running: 0,
        count: 0,
        waits: WaitHistogram::default(),
        result: SimulationResult::default(),
        last: (0.0, 0, 0),
    };
    let mut arrivals = arrivals.peekable();
    let mut tick = TICK_SECONDS;
    while run.is_busy() || arrivals.peek().is_some() {
        let next_arrival = arrivals.peek().copied().unwrap_or(f64::INFINITY);
        let next_event = run.events.peek().map_or(f64::INFINITY, |Reverse(entry)| entry.at);
        let next = next_arrival.min(next_event).min(tick);
        run.advance(next);
        if next == tick {
            run.add_sample();
            tick += TICK_SECONDS;
        } else if next == next_arrival {
            arrivals.next();
            run.add_arrival();
        } else if let Some(Reverse(entry)) = run.events.pop() {
            run.handle(entry.event);
        }
        run.receive();
    }
    run.add_sample();
    let Simulator { mut result, waits, now, .. } = run;
    result.seconds = now;
    result.median_seconds = waits.quantile(0.5);
    result.p99_seconds = waits.quantile(0.99);
    result
}

/// An event with its time. Events are in the order of their times, then of their creation.
#[derive(Debug)]
struct TimedEvent {
    at: f64,
    count: u64,
    event: Event,
}

impl Ord for TimedEvent {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.total_cmp(&other.at).then(self.count.cmp(&other.count))
    }
}

impl PartialOrd for TimedEvent {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for TimedEvent {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for TimedEvent {}

struct Simulator<'a> {
    random: Rng,
    scenario: &'a Scenario<'a>,
    now: f64,
    /// The messages that are not yet received, the oldest first.
    queue: VecDeque<QueuedMessage>,
    /// The messages that were received before.
    again: VecDeque<QueuedMessage>,
    events: BinaryHeap<Reverse<TimedEvent>>,
    pollers: Pollers,
    environments: Environments,
    running: usize,
    count: u64,
    waits: WaitHistogram,
    result: SimulationResult,
    /// The time of the last sample, and the numbers of uploaded and finished photos at that time.
    last: (f64, u64, u64),
}

impl Simulator<'_> {
    fn is_busy(&self) -> bool {
        !(self.queue.is_empty() && self.again.is_empty() && self.events.is_empty())
    }

    fn waiting(&self) -> usize {
        self.queue.len() + self.again.len()
    }

    /// Advances the time to `next`.
    fn advance(&mut self, next: f64) {
        let is_backlog = self.waiting() > 0;
        self.pollers.advance(next - self.now, is_backlog);
        self.now = next;
    }

    fn schedule(&mut self, at: f64, event: Event) {
        self.count += 1;
        self.events.push(Reverse(TimedEvent { at, count: self.count, event }));
    }

    fn add_arrival(&mut self) {
        let mut chance = self.random.f64();
        let mut kind = 0;
        for (index, photos) in self.scenario.workload.0.iter().enumerate() {
            kind = index;
            chance -= photos.share;
            if chance < 0.0 {
                break;
            }
        }
        let is_poison = self.random.f64() < self.scenario.faults.poison;
        let sent = self.now;
        self.queue.push_back(QueuedMessage {
            sent,
            kind: kind as u32,
            is_poison,
            is_done: false,
            receives: 0,
        });
        self.result.photos += 1;
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Visible(message) => self.again.push_back(message),
            Event::Again(messages, received) => {
                if self.now - received > self.visibility() {
                    self.running -= 1;
                    self.again.extend(messages);
                } else {
                    self.start(messages, received);
                }
            }
            Event::Ended(batch) => self.end(batch),
        }
    }

    fn visibility(&self) -> f64 {
        f64::from(self.scenario.function.timeout) * VISIBILITY_RATIO
    }

    /// Lets the pollers receive messages. If there are few messages, they are spread over the free pollers.
    fn receive(&mut self) {
        while self.running < self.pollers.allowed() && self.waiting() > 0 {
            let free = self.pollers.allowed() - self.running;
            let most = self.waiting().div_ceil(free).min(self.scenario.function.batch_size as usize);
            let mut messages = Vec::with_capacity(most);
            while messages.len() < most {
                let Some(mut message) = self.again.pop_front().or_else(|| self.queue.pop_front()) else {
                    break;
                };
                if message.receives == self.scenario.function.maximum_receives {
                    self.result.dead_letters += 1;
                    continue;
                }
                message.receives += 1;
                messages.push(message);
            }
            if !messages.is_empty() {
                self.running += 1;
                self.start(messages, self.now);
            }
        }
    }

    /// Starts the function with `messages`, which a poller received at `received`.
    fn start(&mut self, messages: Vec<QueuedMessage>, received: f64) {
        let start = self.environments.take(self.now);
        if start == Start::Throttled {
            self.result.throttles += 1;
            return self.schedule(self.now + RETRY_SECONDS, Event::Again(messages, received));
        }
        let cold = if start == Start::Cold { COLD_START } else { 0.0 };
        self.result.cold_starts += u64::from(start == Start::Cold);
        self.result.batches += 1;
        self.result.deliveries += messages.len() as u64;
        self.result.duplicates += messages.iter().filter(|message| message.is_done).count() as u64;
        self.result.most_batches = self.result.most_batches.max(self.running);
        let (work, timeout) = (self.scenario.work, f64::from(self.scenario.function.timeout));
        let (mut sum, mut longest, mut had_time) = (0.0, 0.0_f64, Vec::with_capacity(messages.len()));
        for (index, message) in messages.iter().enumerate() {
            let cpu = if message.is_done { 0.0 } else { work.cpu[message.kind as usize] };
            let elapsed = work.seconds(sum, longest);
            if elapsed > timeout * LAST_START {
                break;
            }
            // A photo has half of the time that is left, and the last one all of it.
            let is_last = index + 1 == messages.len();
            let share = (timeout - elapsed) * if is_last { 1.0 } else { 0.5 };
            let most = share * work.processors.min(1.0);
            had_time.push(cpu <= most);
            sum += cpu.min(most);
            longest = longest.max(cpu.min(most));
        }
        let seconds = cold + work.seconds(sum, longest).min(timeout);
        self.result.gb_seconds += seconds * work.memory;
        // A photo that ended a process before waits until it is alone, so that the others can be finished.
        let alone = messages.len() == 1;
        let is_killed = messages.iter().any(|message| message.is_poison && (message.receives < 3 || alone));
        self.schedule(
            self.now + RECEIVE_SECONDS + seconds,
            Event::Ended(Batch { messages, had_time, is_killed }),
        );
    }

    fn end(&mut self, batch: Batch) {
        let Batch { messages, had_time, is_killed } = batch;
        self.running -= 1;
        self.environments.release(self.now, !is_killed);
        self.result.killed += u64::from(is_killed);
        // At its first receive, a poison photo may end the process before the others are finished.
        let are_others_done = !messages.iter().any(|message| message.is_poison && message.receives == 1);
        for (index, mut message) in messages.into_iter().enumerate() {
            let fails = self.random.f64() < self.scenario.faults.failures;
            let is_rendered = had_time.get(index) == Some(&true);
            if !message.is_poison && !message.is_done && is_rendered && !fails {
                message.is_done = !is_killed || are_others_done;
                if message.is_done {
                    self.result.done += 1;
                    self.waits.add(self.now - message.sent);
                }
            }
            if is_killed || !message.is_done {
                self.schedule(self.now + self.visibility(), Event::Visible(message));
            }
        }
    }

    fn add_sample(&mut self) {
        let oldest = self.queue.front().map_or(0.0, |message| self.now - message.sent);
        self.result.oldest_seconds = self.result.oldest_seconds.max(oldest);
        let (then, photos, done) =
            std::mem::replace(&mut self.last, (self.now, self.result.photos, self.result.done));
        let seconds = (self.now - then).max(f64::MIN_POSITIVE);
        self.result.samples.push(Sample {
            seconds: self.now,
            arriving: (self.result.photos - photos) as f64 / seconds,
            finishing: (self.result.done - done) as f64 / seconds,
            waiting: self.waiting(),
            oldest,
            batches: self.running,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::Architecture;
    use crate::work::Speeds;

    /// Simulates photos that need 100 ms of processor time each, in batches of ten, with at most `concurrency`
    /// concurrent batches.
    fn simulate_load(
        curve: &Curve,
        concurrency: u32,
        quota: Option<u32>,
        faults: Faults,
    ) -> SimulationResult {
        simulate_photos(100.0, curve, concurrency, quota, faults)
    }

    /// Does the same as [`simulate_load`] with photos of `ms` milliseconds each.
    fn simulate_photos(
        ms: f64,
        curve: &Curve,
        concurrency: u32,
        quota: Option<u32>,
        faults: Faults,
    ) -> SimulationResult {
        let function = FunctionSetup {
            memory: 1769,
            timeout: 60,
            batch_size: 10,
            maximum_concurrency: concurrency,
            maximum_receives: 5,
            architecture: Architecture::Arm64,
            events: false,
            name_index: true,
        };
        let mut workload = Workload::default();
        workload.0.iter_mut().for_each(|photos| photos.ms = Some(ms));
        let speeds = Speeds::read(Some(10.0)).unwrap();
        let work = Work::for_workload(&workload, &contract::preset::Preset::defaults(), &function, &speeds);
        let quotas = Quotas::for_account(quota).unwrap();
        simulate(&Scenario {
            curve,
            workload: &workload,
            work: &work,
            function: &function,
            quotas: &quotas,
            faults,
            seed: 7,
        })
    }

    #[track_caller]
    fn assert_close(value: f64, wanted: f64, share: f64) {
        assert!((value - wanted).abs() <= wanted * share, "{value}, not {wanted}");
    }

    #[test]
    fn no_photo_is_lost_and_the_same_seed_has_the_same_result() {
        let faults = Faults { poison: 0.002, failures: 0.05 };
        let [once, again] = [(); 2].map(|()| simulate_load(&Curve::wave(1.0, 40.0), 50, None, faults));
        assert_eq!(once.photos, once.done + once.dead_letters);
        assert!(once.dead_letters > 0 && once.duplicates > 0 && once.killed > once.dead_letters);
        assert_eq!(serde_json::to_string(&once).unwrap(), serde_json::to_string(&again).unwrap());
    }

    #[test]
    fn a_burst_takes_the_time_of_its_batches_in_sequence() {
        let result = simulate_load(&Curve::burst(1000.0), 2, None, Faults::default());
        // The batches of ten run two at a time. Each batch takes six rounds to S3 of 10 ms, ten times 100 ms, and the
        // receive.
        assert_close(
            result.seconds,
            result.photos as f64 / 10.0 / 2.0 * (0.06 + 1.0 + RECEIVE_SECONDS),
            0.05,
        );
        assert_eq!((result.done, result.duplicates, result.most_batches), (result.photos, 0, 2));
    }

    #[test]
    fn a_load_above_the_capacity_waits_longer_and_longer() {
        // Two concurrent batches are 18.5 photos per second. The load is one and a half times as high for an hour.
        let rate = 20.0 / (1.06 + RECEIVE_SECONDS);
        let result = simulate_load(&Curve::steady(rate * 1.5, 3600.0), 2, None, Faults::default());
        assert_close(result.oldest_seconds, 3600.0 / 2.0, 0.1);
        let calm = simulate_load(&Curve::steady(rate * 0.5, 3600.0), 2, None, Faults::default());
        assert!(calm.oldest_seconds < 5.0 && calm.p99_seconds < 10.0, "{calm:?}");
    }

    #[test]
    fn a_small_quota_throttles_and_loses_no_photo() {
        let result = simulate_load(&Curve::burst(500.0), 50, Some(2), Faults::default());
        assert!(result.throttles > 0);
        assert_eq!(result.done, result.photos);
    }

    #[test]
    fn a_photo_that_needs_more_than_its_share_of_the_time_is_repeated_or_becomes_a_dead_letter() {
        let simulate = |seconds: f64, photos: f64, concurrency: u32| {
            simulate_photos(seconds * 1000.0, &Curve::burst(photos), concurrency, None, Faults::default())
        };
        // A photo that is alone in its batch has all 60 s of the function.
        let alone = simulate(40.0, 3.0, 50);
        assert_eq!((alone.done, alone.deliveries), (alone.photos, alone.photos));
        let together = simulate(40.0, 20.0, 2);
        assert!(together.deliveries > together.photos, "{together:?}");
        let slow = simulate(70.0, 3.0, 50);
        assert_eq!((slow.done, slow.dead_letters), (0, slow.photos));
    }

    #[test]
    fn pollers_need_minutes_to_scale_to_ten_thousand_photos_a_second() {
        let result = simulate_load(&Curve::steady(10_000.0, 10.0), 1000, None, Faults::default());
        // There are five pollers at first, and five more each second.
        let after =
            |seconds: f64| result.samples.iter().find(|sample| sample.seconds >= seconds).unwrap().batches;
        assert!((50..=60).contains(&after(10.0)), "{}", after(10.0));
        assert!((100..=110).contains(&after(20.0)), "{}", after(20.0));
    }
}
