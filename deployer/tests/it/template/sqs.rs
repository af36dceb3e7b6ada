//! A model of SQS without I/O: it sends, delivers, hides, and deletes messages, and produces their metrics.

use std::collections::HashMap;

/// The interval at which SQS samples a queue for CloudWatch, in seconds.
const SAMPLE_SECONDS: u64 = 60;

/// From this receive on, SQS omits a message from the age of the oldest message.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>
const OMITTED_FROM_RECEIVE: u64 = 3;

/// The datapoints of a metric: the time in seconds and the value.
pub(crate) type Series = Vec<(u64, f64)>;

/// A queue and the function that processes its messages.
pub(crate) struct Queue<'a> {
    /// How long a received message stays hidden, in seconds.
    pub(crate) visibility: u64,
    /// Number of receives after which a message becomes a dead letter.
    pub(crate) most_receives: u64,
    /// When each message is sent, in seconds.
    pub(crate) sent: Vec<u64>,
    /// Whether a function receives messages.
    pub(crate) is_polled: bool,
    /// How long the processing of a message takes, in seconds.
    pub(crate) takes: u64,
    /// Whether processing that ends at this second succeeds.
    pub(crate) succeeds: &'a dyn Fn(u64) -> bool,
}

/// The history of a queue.
#[derive(Default)]
pub(crate) struct QueueHistory {
    /// The metrics of the queue by name, and the `Age` of the function.
    pub(crate) metrics: HashMap<&'static str, Series>,
    /// The times at which messages became dead letters.
    pub(crate) dead: Vec<u64>,
    /// The times at which messages were processed successfully.
    pub(crate) done: Vec<u64>,
}

struct Message {
    sent: u64,
    receives: u64,
    first_received: u64,
    hidden_until: u64,
    work_ends: u64,
}

impl Queue<'_> {
    /// Returns the history of the first `seconds`.
    pub(crate) fn run(&self, seconds: u64) -> QueueHistory {
        let mut history = QueueHistory::default();
        let mut messages: Vec<Message> = Vec::new();
        let mut unsent = self.sent.clone();
        unsent.sort_unstable_by(|a, b| b.cmp(a));
        for now in 0..seconds {
            while unsent.last().is_some_and(|sent| *sent <= now) {
                let sent = unsent.pop().unwrap_or(now);
                messages.push(Message {
                    sent,
                    receives: 0,
                    first_received: 0,
                    hidden_until: 0,
                    work_ends: 0,
                });
            }
            messages.retain_mut(|message| self.step(message, now, &mut history));
            if now % SAMPLE_SECONDS == 0 {
                self.sample(&messages, now, &mut history);
            }
        }
        history
    }

    /// Advances `message` to `now`. Returns whether it is still in the queue.
    fn step(&self, message: &mut Message, now: u64, history: &mut QueueHistory) -> bool {
        if message.receives > 0 && message.work_ends == now {
            let age = (now - message.first_received) as f64;
            history.metrics.entry("Age").or_default().push((now, age));
            if (self.succeeds)(now) {
                history.done.push(now);
                return false;
            }
        }
        if self.is_polled && message.hidden_until <= now {
            if message.receives == self.most_receives {
                history.dead.push(now);
                return false;
            }
            if message.receives == 0 {
                message.first_received = now;
            }
            message.receives += 1;
            message.hidden_until = now + self.visibility;
            message.work_ends = now + self.takes;
            history.metrics.entry("NumberOfMessagesReceived").or_default().push((now, 1.0));
        }
        true
    }

    fn sample(&self, messages: &[Message], now: u64, history: &mut QueueHistory) {
        let hidden = messages.iter().filter(|message| message.hidden_until > now).count();
        let aging = messages.iter().filter(|message| message.receives < OMITTED_FROM_RECEIVE);
        let age = aging.map(|message| now - message.sent).max().unwrap_or(0);
        for (metric, value) in [
            ("ApproximateNumberOfMessagesVisible", (messages.len() - hidden) as f64),
            ("ApproximateNumberOfMessagesNotVisible", hidden as f64),
            ("ApproximateAgeOfOldestMessage", age as f64),
        ] {
            history.metrics.entry(metric).or_default().push((now, value));
        }
    }
}
