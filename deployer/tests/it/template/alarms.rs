//! The alarms, evaluated over what a model of SQS gives CloudWatch: what must ring, when, and how many mails it makes.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::template::checks::properties;
use crate::template::model::{Model, list, referred};
use crate::template::sqs::{Happened, Queue, Series};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How long the function works on a photo, in seconds.
const WORK: u64 = 2;

/// The resources of one function's way.
struct Way {
    queue: &'static str,
    dead_letters: &'static str,
    function: &'static str,
}

const THUMBNAIL: Way =
    Way { queue: "ThumbnailQueue", dead_letters: "ThumbnailDeadLetterQueue", function: "ThumbnailFunction" };
const ALT_TEXT: Way =
    Way { queue: "AltTextQueue", dead_letters: "AltTextDeadLetterQueue", function: "AltTextFunction" };

/// What happens to the photos, and to what is given up.
struct Story<'a> {
    way: Way,
    sent: Vec<u64>,
    succeeds: &'a dyn Fn(u64) -> bool,
    /// Whether the failover function is given the dead letters.
    failover_is_polled: bool,
    /// Whether it can handle them.
    failover_succeeds: bool,
    seconds: u64,
}

impl Default for Story<'_> {
    fn default() -> Self {
        Self {
            way: THUMBNAIL,
            sent: vec![0],
            succeeds: &|_| true,
            failover_is_polled: true,
            failover_succeeds: true,
            seconds: DAY,
        }
    }
}

/// What came of a story: which alarms rang when, and what was mailed.
struct Told {
    /// By alarm: when it went to ALARM and when back to OK, in turns.
    transitions: BTreeMap<String, Vec<u64>>,
    /// When a batch of dead letters was announced.
    announced: Vec<u64>,
    worked: Happened,
}

impl Told {
    fn of(model: &Model, story: &Story<'_>) -> Self {
        let Way { queue, dead_letters, function } = story.way;
        let visibility = |id: &str| number(model, &properties(model, id)["VisibilityTimeout"]);
        let worked = Queue {
            visibility: visibility(queue),
            most_receives: number(model, &properties(model, queue)["RedrivePolicy"]["maxReceiveCount"]),
            sent: story.sent.clone(),
            is_polled: true,
            takes: WORK,
            succeeds: story.succeeds,
        }
        .run(story.seconds);
        let sources = model.resources("AWS::Lambda::EventSourceMapping");
        let (_, source) = sources
            .iter()
            .find(|(_, body)| referred(&body["Properties"]["EventSourceArn"]) == Some(dead_letters))
            .expect("an event source of the dead letters");
        let window = source["Properties"]["MaximumBatchingWindowInSeconds"].as_u64().unwrap_or(0);
        let failed_over = Queue {
            visibility: visibility(dead_letters),
            most_receives: u64::MAX,
            sent: worked.dead.clone(),
            is_polled: story.failover_is_polled,
            takes: window + WORK,
            succeeds: &|_| story.failover_succeeds,
        }
        .run(story.seconds);
        let mut metrics: HashMap<(&str, &str), &Series> = HashMap::new();
        for (of, happened) in [(queue, &worked), (dead_letters, &failed_over)] {
            metrics.extend(happened.metrics.iter().map(|(name, series)| {
                let of = if *name != "Age" {
                    of
                } else if of == queue {
                    function
                } else {
                    "FailoverFunction"
                };
                ((of, *name), series)
            }));
        }
        let alarms = model.resources("AWS::CloudWatch::Alarm").into_iter();
        let transitions = alarms.map(|(id, body)| {
            let alarm = Alarm::of(model, &body["Properties"]);
            (id.to_owned(), alarm.transitions(&metrics, story.seconds))
        });
        let transitions = transitions.filter(|(_, transitions)| !transitions.is_empty()).collect();
        let mut announced: Vec<u64> = Vec::new();
        for at in failed_over.done {
            if announced.last().is_none_or(|last| at > last + window) {
                announced.push(at);
            }
        }
        Self { transitions, announced, worked }
    }

    fn rang(&self) -> Vec<&str> {
        self.transitions.keys().map(String::as_str).collect()
    }

    fn mails(&self) -> usize {
        self.transitions.values().map(Vec::len).sum::<usize>() + self.announced.len()
    }
}

/// An alarm of the template, its parameters at their defaults.
struct Alarm<'a> {
    /// The resource and the name of each metric; their sum is looked at.
    metrics: Vec<(&'a str, &'a str)>,
    statistic: &'a str,
    period: u64,
    evaluated: usize,
    to_alarm: usize,
    breaches: Box<dyn Fn(f64) -> bool>,
}

impl<'a> Alarm<'a> {
    fn of(model: &Model, alarm: &'a Value) -> Self {
        let dimension = |metric: &'a Value| {
            let of = referred(&metric["Dimensions"][0]["Value"]).unwrap_or_default();
            (of, metric["MetricName"].as_str().unwrap_or_default())
        };
        let all = list(&alarm["Metrics"]);
        let expression = all.iter().find_map(|metric| metric["Expression"].as_str());
        let (metrics, statistic, period) = match expression {
            None => (vec![dimension(alarm)], alarm["Statistic"].as_str(), number(model, &alarm["Period"])),
            Some(expression) => {
                let terms = expression.split('+').map(str::trim);
                let stats: Vec<&Value> = terms
                    .map(|id| &all.iter().find(|metric| metric["Id"] == id).expect("a term")["MetricStat"])
                    .collect();
                let metrics = stats.iter().map(|stat| dimension(&stat["Metric"])).collect();
                (metrics, stats[0]["Stat"].as_str(), number(model, &stats[0]["Period"]))
            }
        };
        let threshold = number(model, &alarm["Threshold"]) as f64;
        let evaluated = number(model, &alarm["EvaluationPeriods"]);
        let to_alarm = alarm.get("DatapointsToAlarm").map_or(evaluated, |value| number(model, value));
        assert_eq!(alarm["TreatMissingData"], "notBreaching");
        let breaches: Box<dyn Fn(f64) -> bool> = match alarm["ComparisonOperator"].as_str() {
            Some("GreaterThanThreshold") => Box::new(move |value| value > threshold),
            Some("GreaterThanOrEqualToThreshold") => Box::new(move |value| value >= threshold),
            other => panic!("what is {other:?}?"),
        };
        Self {
            metrics,
            statistic: statistic.unwrap_or_default(),
            period,
            evaluated: evaluated as usize,
            to_alarm: to_alarm as usize,
            breaches,
        }
    }

    /// The seconds at which its state changes, from OK at first.
    fn transitions(&self, metrics: &HashMap<(&str, &str), &Series>, seconds: u64) -> Vec<u64> {
        let terms = self.metrics.iter().map(|metric| metrics.get(metric));
        let terms: Vec<Vec<Option<f64>>> =
            terms.map(|series| self.datapoints(series.copied(), seconds)).collect();
        let count = (seconds / self.period) as usize;
        // A sum has a value where every term has one.
        let is_breaching = |period: usize| {
            let sum: Option<f64> = terms.iter().map(|term| term[period]).sum();
            sum.is_some_and(|sum| (self.breaches)(sum))
        };
        let mut transitions = Vec::new();
        for last in 0..count {
            let first = (last + 1).saturating_sub(self.evaluated);
            let breaching = (first..=last).filter(|period| is_breaching(*period)).count();
            let rings = breaching >= self.to_alarm;
            if rings != (transitions.len() % 2 == 1) {
                transitions.push((last as u64 + 1) * self.period);
            }
        }
        transitions
    }

    /// The statistic of each period; none where there is no datapoint.
    fn datapoints(&self, series: Option<&Series>, seconds: u64) -> Vec<Option<f64>> {
        let mut periods: Vec<Vec<f64>> = vec![Vec::new(); (seconds / self.period) as usize + 1];
        for (at, value) in series.into_iter().flatten() {
            periods[(at / self.period) as usize].push(*value);
        }
        let statistic = |values: &Vec<f64>| {
            let sum: f64 = values.iter().sum();
            (!values.is_empty()).then(|| match self.statistic {
                "Sum" => sum,
                "Average" => sum / values.len() as f64,
                "Maximum" => values.iter().copied().fold(f64::MIN, f64::max),
                other => panic!("what is {other}?"),
            })
        };
        periods.iter().map(statistic).collect()
    }
}

/// A number of the template, with parameters at their defaults.
fn number(model: &Model, value: &Value) -> u64 {
    let default = |reference: &Value| {
        let name = reference["Ref"].as_str().expect("a parameter");
        model.parameter(name)["Default"].as_u64().expect("a number")
    };
    if let Some(number) = value.as_u64() {
        return number;
    }
    let lookup = &value["Fn::FindInMap"];
    let found = match (lookup[0].as_str(), lookup[2].as_str()) {
        (Some(map), Some(entry)) => {
            model.value["Mappings"][map][default(&lookup[1]).to_string()][entry].as_u64()
        }
        _ => Some(default(value)),
    };
    found.expect("a number")
}

#[test]
fn photos_that_are_worked_on_ring_nothing() {
    let sent = (0..DAY).step_by(200).collect();
    let told = Told::of(&Model::whole(), &Story { sent, ..Story::default() });
    assert_eq!((told.rang(), told.mails()), (vec![], 0));
}

#[test]
fn a_model_that_is_throttled_for_hours_rings_once() {
    let story =
        Story { way: ALT_TEXT, sent: vec![0, 30, 60], succeeds: &|now| now > 5 * HOUR, ..Story::default() };
    let told = Told::of(&Model::whole(), &story);
    assert_eq!(told.rang(), ["AltTextRetriedTooLongAlarm"]);
    let rang = &told.transitions["AltTextRetriedTooLongAlarm"];
    assert!(rang.len() == 2 && (2 * HOUR..2 * HOUR + 15 * MINUTE).contains(&rang[0]), "{rang:?}");
    // The age that SQS tells stays far below the two hours of its alarm.
    let ages = &told.worked.metrics["ApproximateAgeOfOldestMessage"];
    assert!(ages.iter().all(|(_, age)| *age < 1000.0));
}

#[test]
fn a_photo_that_is_retried_rings_before_it_is_given_up() {
    let story = Story { succeeds: &|_| false, ..Story::default() };
    let told = Told::of(&Model::whole(), &story);
    let rang = told.transitions["ThumbnailRetriedTooLongAlarm"][0];
    assert!(rang < told.worked.dead[0], "{rang} {:?}", told.worked.dead);
    let ages = &told.worked.metrics["ApproximateAgeOfOldestMessage"];
    assert!(ages.iter().all(|(_, age)| *age < 900.0));
}

#[test]
fn a_photo_that_waits_for_a_function_that_is_gone_rings() {
    let mut model = Model::whole();
    // A queue that nobody polls is the same to SQS as one whose messages stay hidden from the first receive on.
    model.value["Resources"]["ThumbnailQueue"]["Properties"]["VisibilityTimeout"] = (2 * DAY).into();
    let told = Told::of(&model, &Story { succeeds: &|_| false, ..Story::default() });
    assert_eq!(told.rang(), ["ThumbnailOldestMessageAlarm"]);
}

#[test]
fn one_dead_letter_is_one_alarm_and_one_announcement() {
    let told = Told::of(&Model::whole(), &Story { succeeds: &|_| false, ..Story::default() });
    assert_eq!(told.rang(), ["ThumbnailDeadLettersAlarm", "ThumbnailRetriedTooLongAlarm"]);
    assert_eq!((told.announced.len(), told.mails()), (1, 5));
}

#[test]
fn dead_letters_that_nobody_takes_ring_once() {
    for failover_is_polled in [true, false] {
        let story = Story {
            succeeds: &|_| false,
            failover_is_polled,
            failover_succeeds: false,
            seconds: 13 * DAY,
            ..Story::default()
        };
        let told = Told::of(&Model::whole(), &story);
        let dead = told.worked.dead[0];
        let waiting = &told.transitions["ThumbnailDeadLettersWaitingAlarm"];
        assert!(waiting.len() == 1 && waiting[0] < dead + HOUR, "{failover_is_polled}: {waiting:?}");
        // Thirteen days of it.
        assert!(told.mails() <= 5, "{failover_is_polled}: {:?}", told.transitions);
    }
}

#[test]
fn dead_letters_that_keep_coming_are_one_alarm_and_an_announcement_each_five_minutes() {
    for every in [MINUTE, 7 * MINUTE, 31 * MINUTE] {
        let sent: Vec<u64> = (0..DAY).step_by(every as usize).collect();
        for way in [THUMBNAIL, ALT_TEXT] {
            let story =
                Story { way, sent: sent.clone(), succeeds: &|_| false, seconds: 2 * DAY, ..Story::default() };
            let told = Told::of(&Model::whole(), &story);
            assert!(
                told.transitions.values().all(|times| times.len() <= 2),
                "{every}: {:?}",
                told.transitions
            );
            let hours = told.announced.len() as u64 * HOUR / DAY;
            assert!(hours <= 12, "{every}: {hours} announcements an hour");
        }
    }
}

#[test]
fn no_alarm_looks_at_less_than_five_minutes() {
    let model = Model::whole();
    for (id, body) in model.resources("AWS::CloudWatch::Alarm") {
        let alarm = Alarm::of(&model, &body["Properties"]);
        assert!(alarm.period >= 300, "{id}");
        // CloudWatch evaluates a day at most.
        assert!(alarm.period * alarm.evaluated as u64 <= DAY, "{id}");
    }
}
