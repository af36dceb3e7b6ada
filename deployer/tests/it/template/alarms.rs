//! The alarms, evaluated over the metrics of a model of SQS: which alarms go to ALARM, when, and how many emails
//! follow.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::template::checks::properties;
use crate::template::model::{Model, list, referenced_id};
use crate::template::sqs::{Queue, QueueHistory, Series};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How long the function processes a photo, in seconds.
const PROCESSING_SECONDS: u64 = 2;

/// The resources of one function.
struct FunctionResources {
    queue: &'static str,
    dead_letters: &'static str,
    function: &'static str,
}

const THUMBNAIL: FunctionResources = FunctionResources {
    queue: "ThumbnailQueue",
    dead_letters: "ThumbnailDeadLetterQueue",
    function: "ThumbnailFunction",
};
const ALT_TEXT: FunctionResources = FunctionResources {
    queue: "AltTextQueue",
    dead_letters: "AltTextDeadLetterQueue",
    function: "AltTextFunction",
};

/// What happens to the photos and the dead letters.
struct AlarmScenario<'a> {
    way: FunctionResources,
    sent: Vec<u64>,
    succeeds: &'a dyn Fn(u64) -> bool,
    /// Whether the failover function receives the dead letters.
    failover_is_polled: bool,
    /// Whether the failover function can process them.
    failover_succeeds: bool,
    seconds: u64,
}

impl Default for AlarmScenario<'_> {
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

/// The result of a scenario: the transitions of alarms, and the emails.
struct AlarmHistory {
    /// The times at which each alarm goes to ALARM and back to OK, in turn.
    transitions: BTreeMap<String, Vec<u64>>,
    /// The times of the notifications about dead letters.
    announced: Vec<u64>,
    worked: QueueHistory,
}

impl AlarmHistory {
    fn simulate(model: &Model, scenario: &AlarmScenario<'_>) -> Self {
        let FunctionResources { queue, dead_letters, function } = scenario.way;
        let visibility = |id: &str| number(model, &properties(model, id)["VisibilityTimeout"]);
        let worked = Queue {
            visibility: visibility(queue),
            most_receives: number(model, &properties(model, queue)["RedrivePolicy"]["maxReceiveCount"]),
            sent: scenario.sent.clone(),
            is_polled: true,
            takes: PROCESSING_SECONDS,
            succeeds: scenario.succeeds,
        }
        .run(scenario.seconds);
        let sources = model.resources("AWS::Lambda::EventSourceMapping");
        let (_, source) = sources
            .iter()
            .find(|(_, body)| referenced_id(&body["Properties"]["EventSourceArn"]) == Some(dead_letters))
            .expect("an event source of the dead letters");
        let window = source["Properties"]["MaximumBatchingWindowInSeconds"].as_u64().unwrap_or(0);
        let failed_over = Queue {
            visibility: visibility(dead_letters),
            most_receives: u64::MAX,
            sent: worked.dead.clone(),
            is_polled: scenario.failover_is_polled,
            takes: window + PROCESSING_SECONDS,
            succeeds: &|_| scenario.failover_succeeds,
        }
        .run(scenario.seconds);
        let mut metrics: HashMap<(&str, &str), &Series> = HashMap::new();
        for (of, history) in [(queue, &worked), (dead_letters, &failed_over)] {
            metrics.extend(history.metrics.iter().map(|(name, series)| {
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
            let alarm = Alarm::from_properties(model, &body["Properties"]);
            (id.to_owned(), alarm.transitions(&metrics, scenario.seconds))
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

    fn raised(&self) -> Vec<&str> {
        self.transitions.keys().map(String::as_str).collect()
    }

    fn mails(&self) -> usize {
        self.transitions.values().map(Vec::len).sum::<usize>() + self.announced.len()
    }
}

/// An alarm of the template with the defaults of its parameters.
struct Alarm<'a> {
    /// The resource and name of each metric, whose sum is evaluated.
    metrics: Vec<(&'a str, &'a str)>,
    statistic: &'a str,
    period: u64,
    evaluated: usize,
    to_alarm: usize,
    breaches: Box<dyn Fn(f64) -> bool>,
}

impl<'a> Alarm<'a> {
    fn from_properties(model: &Model, alarm: &'a Value) -> Self {
        let dimension = |metric: &'a Value| {
            let of = referenced_id(&metric["Dimensions"][0]["Value"]).unwrap_or_default();
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
            other => panic!("unknown comparison operator: {other:?}"),
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

    /// Returns the seconds at which its state changes, starting with OK.
    fn transitions(&self, metrics: &HashMap<(&str, &str), &Series>, seconds: u64) -> Vec<u64> {
        let terms = self.metrics.iter().map(|metric| metrics.get(metric));
        let terms: Vec<Vec<Option<f64>>> =
            terms.map(|series| self.datapoints(series.copied(), seconds)).collect();
        let count = (seconds / self.period) as usize;
        // A sum has a value if every term has one.
        let is_breaching = |period: usize| {
            let sum: Option<f64> = terms.iter().map(|term| term[period]).sum();
            sum.is_some_and(|sum| (self.breaches)(sum))
        };
        let mut transitions = Vec::new();
        for last in 0..count {
            let first = (last + 1).saturating_sub(self.evaluated);
            let breaching = (first..=last).filter(|period| is_breaching(*period)).count();
            let is_in_alarm = breaching >= self.to_alarm;
            if is_in_alarm != (transitions.len() % 2 == 1) {
                transitions.push((last as u64 + 1) * self.period);
            }
        }
        transitions
    }

    /// Returns the statistic of each period, or `None` without a datapoint.
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
                other => panic!("unknown statistic: {other}"),
            })
        };
        periods.iter().map(statistic).collect()
    }
}

/// Returns a number of the template, with the defaults of parameters.
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
fn photos_that_are_processed_raise_no_alarm() {
    let sent = (0..DAY).step_by(200).collect();
    let history =
        AlarmHistory::simulate(&Model::with_all_parts(), &AlarmScenario { sent, ..AlarmScenario::default() });
    assert_eq!((history.raised(), history.mails()), (vec![], 0));
}

#[test]
fn a_model_that_is_throttled_for_hours_raises_one_alarm() {
    let scenario = AlarmScenario {
        way: ALT_TEXT,
        sent: vec![0, 30, 60],
        succeeds: &|now| now > 5 * HOUR,
        ..AlarmScenario::default()
    };
    let history = AlarmHistory::simulate(&Model::with_all_parts(), &scenario);
    assert_eq!(history.raised(), ["AltTextRetriedTooLongAlarm"]);
    let rang = &history.transitions["AltTextRetriedTooLongAlarm"];
    assert!(rang.len() == 2 && (2 * HOUR..2 * HOUR + 15 * MINUTE).contains(&rang[0]), "{rang:?}");
    // The age that SQS reports stays far below the two hours of its alarm.
    let ages = &history.worked.metrics["ApproximateAgeOfOldestMessage"];
    assert!(ages.iter().all(|(_, age)| *age < 1000.0));
}

#[test]
fn a_photo_that_is_retried_raises_an_alarm_before_it_is_a_dead_letter() {
    let scenario = AlarmScenario { succeeds: &|_| false, ..AlarmScenario::default() };
    let history = AlarmHistory::simulate(&Model::with_all_parts(), &scenario);
    let rang = history.transitions["ThumbnailRetriedTooLongAlarm"][0];
    assert!(rang < history.worked.dead[0], "{rang} {:?}", history.worked.dead);
    let ages = &history.worked.metrics["ApproximateAgeOfOldestMessage"];
    assert!(ages.iter().all(|(_, age)| *age < 900.0));
}

#[test]
fn a_photo_that_waits_for_a_missing_function_raises_an_alarm() {
    let mut model = Model::with_all_parts();
    // The metrics of SQS do not distinguish a queue without a poller from one in which messages stay hidden after the
    // first receive.
    model.value["Resources"]["ThumbnailQueue"]["Properties"]["VisibilityTimeout"] = (2 * DAY).into();
    let history =
        AlarmHistory::simulate(&model, &AlarmScenario { succeeds: &|_| false, ..AlarmScenario::default() });
    assert_eq!(history.raised(), ["ThumbnailOldestMessageAlarm"]);
}

#[test]
fn one_dead_letter_raises_one_alarm_and_one_notification() {
    let history = AlarmHistory::simulate(
        &Model::with_all_parts(),
        &AlarmScenario { succeeds: &|_| false, ..AlarmScenario::default() },
    );
    assert_eq!(history.raised(), ["ThumbnailDeadLettersAlarm", "ThumbnailRetriedTooLongAlarm"]);
    assert_eq!((history.announced.len(), history.mails()), (1, 5));
}

#[test]
fn dead_letters_without_a_consumer_raise_one_alarm() {
    for failover_is_polled in [true, false] {
        let scenario = AlarmScenario {
            succeeds: &|_| false,
            failover_is_polled,
            failover_succeeds: false,
            seconds: 13 * DAY,
            ..AlarmScenario::default()
        };
        let history = AlarmHistory::simulate(&Model::with_all_parts(), &scenario);
        let dead = history.worked.dead[0];
        let waiting = &history.transitions["ThumbnailDeadLettersWaitingAlarm"];
        assert!(waiting.len() == 1 && waiting[0] < dead + HOUR, "{failover_is_polled}: {waiting:?}");
        // For 13 days.
        assert!(history.mails() <= 5, "{failover_is_polled}: {:?}", history.transitions);
    }
}

#[test]
fn a_stream_of_dead_letters_raises_one_alarm_and_a_notification_every_five_minutes() {
    for every in [MINUTE, 7 * MINUTE, 31 * MINUTE] {
        let sent: Vec<u64> = (0..DAY).step_by(every as usize).collect();
        for way in [THUMBNAIL, ALT_TEXT] {
            let scenario = AlarmScenario {
                way,
                sent: sent.clone(),
                succeeds: &|_| false,
                seconds: 2 * DAY,
                ..AlarmScenario::default()
            };
            let history = AlarmHistory::simulate(&Model::with_all_parts(), &scenario);
            assert!(
                history.transitions.values().all(|times| times.len() <= 2),
                "{every}: {:?}",
                history.transitions
            );
            let hours = history.announced.len() as u64 * HOUR / DAY;
            assert!(hours <= 12, "one message every {every} s causes {hours} notifications per hour");
        }
    }
}

#[test]
fn no_alarm_evaluates_less_than_five_minutes() {
    let model = Model::with_all_parts();
    for (id, body) in model.resources("AWS::CloudWatch::Alarm") {
        let alarm = Alarm::from_properties(&model, &body["Properties"]);
        assert!(alarm.period >= 300, "{id}");
        // CloudWatch evaluates at most one day.
        assert!(alarm.period * alarm.evaluated as u64 <= DAY, "{id}");
    }
}
