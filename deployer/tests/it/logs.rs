//! `deployer logs`: one readable stream, ordered by time, without lost or duplicate lines.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use testkit::http::{Reply, Request, serve};
use testkit::{Deployer, aws};

/// A line in the log of a function.
#[derive(Clone)]
struct Event {
    id: u32,
    function: &'static str,
    /// Milliseconds since 1970.
    time: u64,
    message: String,
    /// The number of the read that first returns it.
    shown_at: usize,
}

fn now_ms() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Starts a CloudWatch that returns the logs of two functions in pages of two lines and sometimes throttles a request.
/// It counts the reads of the thumbnail function's log, sends each count to the receiver, and denies the read whose
/// count is `outage`.
fn cloudwatch(events: Vec<Event>, outage: usize) -> (String, Receiver<usize>) {
    let readings = Arc::new(Mutex::new((0, 0)));
    let (told, heard) = channel();
    let told = Mutex::new(told);
    let endpoint = serve(move |Request { head, body, .. }| {
        if !head.to_lowercase().contains("filterlogevents") {
            return aws::stack(&[
                ("ThumbnailLogGroup", "/aws/lambda/thumbnail-generator-thumbnail"),
                ("FailoverLogGroup", "/aws/lambda/thumbnail-generator-failover"),
            ]);
        }
        let asked: Value = serde_json::from_str(&body).unwrap();
        let mut readings = readings.lock().unwrap();
        readings.1 += 1;
        if readings.1 % 7 == 3 {
            return Reply::new(400, json!({"__type": "ThrottlingException", "message": "slow"}).to_string());
        }
        let group = asked["logGroupName"].as_str().unwrap();
        let offset: usize = asked["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        if offset == 0 && group.ends_with("thumbnail") {
            readings.0 += 1;
            told.lock().unwrap().send(readings.0).unwrap();
            // The SDK does not retry this. A followed log is read again.
            if readings.0 == outage {
                return Reply::new(
                    400,
                    json!({"__type": "AccessDeniedException", "message": "no"}).to_string(),
                );
            }
        }
        let mut lines: Vec<&Event> = events
            .iter()
            .filter(|event| group.ends_with(event.function) && event.shown_at <= readings.0)
            .filter(|event| event.time >= asked["startTime"].as_u64().unwrap())
            .collect();
        lines.sort_by_key(|event| event.time);
        let page: Vec<Value> = lines
            .iter()
            .skip(offset)
            .take(2)
            .map(|event| json!({"eventId": event.id.to_string(), "timestamp": event.time, "message": event.message}))
            .collect();
        let mut answer = json!({ "events": page });
        if lines.len() > offset + 2 {
            answer["nextToken"] = (offset + 2).to_string().into();
        }
        Reply::new(200, answer.to_string())
    });
    (endpoint, heard)
}

#[test]
fn a_followed_log_has_no_lost_and_no_duplicate_lines() {
    let now = now_ms();
    let event = |id, function, ago: u64, shown_at| Event {
        id,
        function,
        time: now - ago,
        // Two lines of one millisecond may be identical.
        message: if id < 20 { format!("line {id}") } else { "again".to_owned() },
        shown_at,
    };
    let events = vec![
        // Lines of one millisecond keep their order.
        event(9, "thumbnail", 9000, 0),
        event(0, "thumbnail", 9000, 0),
        event(1, "failover", 8000, 0),
        event(2, "thumbnail", 7000, 0),
        event(3, "thumbnail", 6000, 0),
        event(4, "failover", 5000, 0),
        event(5, "thumbnail", 100, 2),
        event(20, "thumbnail", 50, 2),
        event(21, "thumbnail", 50, 2),
        // These lines arrive late, although they are older than lines already read.
        event(6, "failover", 40_000, 3),
        event(7, "thumbnail", 20_000, 3),
        event(8, "thumbnail", 0, 3),
        event(22, "thumbnail", 50, 4),
    ];
    let (endpoint, readings) = cloudwatch(events.clone(), 4);
    let deployer = Deployer::on(&endpoint).args(["--output", "json", "logs", "-f", "--since", "10m"]);
    let mut child = deployer.command().stdout(Stdio::piped()).spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    // The sixth read begins after the lines of the fifth are printed.
    while readings.recv_timeout(Duration::from_secs(60)).unwrap() < 6 {}
    child.kill().unwrap();
    child.wait().unwrap();
    let lines: Vec<String> = BufReader::new(stdout)
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(&line.unwrap()).unwrap()["message"].as_str().unwrap().to_owned()
        })
        .collect();
    let expected: Vec<&str> = events.iter().map(|event| event.message.as_str()).collect();
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(lines.clone()), sorted(expected.iter().map(ToString::to_string).collect()));
    // The lines of all functions are in one stream, ordered by time.
    assert_eq!(lines[..6], expected[..6]);
}

#[test]
fn lines_are_readable_and_can_be_filtered() {
    const KEY: &str = "2026/11/24/cat.3f9a1c2b7d.jpg";
    let done = json!({"level": "info", "request_id": "r", "receive_count": 2, "key": KEY, "bytes": 2_000_000,
        "ms": {"fetch": 20, "render": 30}, "outcome": "done"});
    let failed = json!({"level": "error", "key": "text.jpg", "outcome": "failed", "reason": "not-an-image",
        "message": "the file is not an image"});
    let report = json!({"time": "2026-11-24T10:00:00Z", "type": "platform.report", "record": {"requestId": "r",
        "status": "success", "metrics": {"durationMs": 412.3, "maxMemoryUsedMB": 98, "memorySizeMB": 1769}}});
    let panic =
        json!({"level": "error", "reason": "panicked", "message": "index out of bounds", "at": "x.rs:1:1"});
    let messages = [
        done.to_string(),
        failed.to_string(),
        report.to_string(),
        panic.to_string(),
        "plain\u{1b}[31m".to_owned(),
    ];
    let now = now_ms();
    let events = (0..)
        .zip(messages)
        .map(|(id, message)| {
            let function = if id == 1 { "failover" } else { "thumbnail" };
            Event { id, function, time: now - 5000 + u64::from(id), message, shown_at: 0 }
        })
        .collect();
    let (endpoint, _readings) = cloudwatch(events, 0);
    let lines = |arguments: &[&str]| {
        let text = Deployer::on(&endpoint).args(["logs"]).args(arguments).succeeds().stdout;
        text.lines().map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    // Skip the time, which has 25 characters.
    let report: Vec<String> = lines(&[]).iter().map(|line| line[25..].to_owned()).collect();
    assert_eq!(
        report,
        [
            "thumbnail  done         2026/11/24/cat.3f9a1c2b7d.jpg  50 ms, 2.00 MB, receive 2",
            "failover   failed       text.jpg  the file is not an image (not-an-image)",
            "thumbnail  lambda report success  412 ms, 98 of 1769 MB",
            "thumbnail  error        index out of bounds  at=x.rs:1:1  reason=panicked",
            "thumbnail  plain\\u{1b}[31m",
        ]
    );
    assert_eq!(lines(&["--raw"])[0], done.to_string());
    for (arguments, expect) in [
        (&["--key", KEY][..], "done"),
        (&["--key", "cat.jpg"], "done"),
        (&["--key", "text.jpg"], "failed"),
        (&["--filter", "out of bounds"], "index"),
    ] {
        let found = lines(arguments);
        assert!(found.len() == 1 && found[0].contains(expect), "{arguments:?}: {found:?}");
    }
    // One photo failed, and one function crashed.
    let failed = lines(&["--failed"]);
    assert!(
        failed.len() == 2 && failed[0].contains("text.jpg") && failed[1].contains("panicked"),
        "{failed:?}"
    );
}
