//! `deployer explain` of a photo with long logs: it searches only the periods that may contain lines, with a time
//! limit. The responses at the addresses of a photo.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use testkit::http::{Reply, Request};
use testkit::{Deployer, aws, records, s3};

use crate::listings::done;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// When the photo was uploaded and done, in milliseconds since 1970: 2026-01-01.
const UPLOADED: i64 = 1_767_225_600_000;

/// The requests that CloudWatch received.
type Asked = Arc<Mutex<Vec<Value>>>;

/// Returns the endpoint of a stack with the photo at `key`. CloudWatch responds with `log`, or never if that is `None`.
fn stack(key: &str, log: impl Fn(&Value) -> Option<Value> + Send + Sync + 'static) -> (String, Asked) {
    stack_with(vec![("ThumbnailLogGroup", "/log".to_owned())], key, log)
}

/// Returns the same endpoint, with these outputs of the stack.
fn stack_with(
    outputs: Vec<(&'static str, String)>,
    key: &str,
    log: impl Fn(&Value) -> Option<Value> + Send + Sync + 'static,
) -> (String, Asked) {
    let asked = Asked::default();
    let heard = Arc::clone(&asked);
    let key = key.to_owned();
    let endpoint = testkit::http::serve(move |Request { head, body, .. }| {
        if head.to_lowercase().contains("filterlogevents") {
            let question: Value = serde_json::from_str(&body).unwrap();
            let answer = log(&question);
            heard.lock().unwrap().push(question);
            let Some(answer) = answer else {
                loop {
                    std::thread::park();
                }
            };
            return Reply::new(200, answer.to_string());
        }
        if body.contains("Action=DescribeStacks") {
            let outputs: Vec<_> = outputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            return aws::stack(&outputs);
        }
        if head.starts_with("HEAD ") {
            let is_there = head.contains("/thumbnails/");
            return Reply::new(if is_there { 200 } else { 404 }, "");
        }
        if head.contains("versions") {
            return s3::versions(&s3::version(&key, "v1", records::LONG_AGO, 1));
        }
        Reply::new(200, done(&key).to_string())
    });
    (endpoint, asked)
}

fn explain(endpoint: &str, key: &str) -> (Value, String) {
    let ran = Deployer::on(endpoint).args(["explain", key, "--output", "json"]).succeeds();
    (ran.json(), ran.stderr)
}

#[test]
fn the_log_search_of_an_old_photo_covers_the_times_of_known_events() {
    // The longest key that S3 allows, which exceeds the limit of a CloudWatch pattern.
    let key = format!("2026/01/01/{}.jpg", "x".repeat(1009));
    let (endpoint, asked) = stack(&key, |_| Some(json!({ "events": [] })));
    let (explained, stderr) = explain(&endpoint, &key);
    assert_eq!(explained["state"], "done", "{explained:#}");
    assert!(stderr.contains("Searching the logs") && explained.get("logs_unread").is_none(), "{stderr}");
    let asked = asked.lock().unwrap();
    let from = |question: &Value| question["startTime"].as_i64().unwrap();
    let days: i64 = asked
        .iter()
        .map(|question| (question["endTime"].as_i64().unwrap() - from(question)).div_euclid(DAY_MS))
        .sum();
    assert!((8..=9).contains(&days), "{days} days: {asked:#?}");
    assert!(asked.iter().any(|question| (UPLOADED - DAY_MS..=UPLOADED).contains(&from(question))));
    for question in asked.iter() {
        let pattern = question["filterPattern"].as_str().unwrap();
        assert!(pattern.len() <= 1024 && key.contains(pattern.trim_matches('"')), "{}", pattern.len());
    }
}

#[test]
fn a_log_search_that_runs_out_of_time_returns_a_partial_history() {
    let key = "2026/01/01/cat.jpg";
    let (endpoint, _) = stack(key, |question| {
        let line = json!({
            "timestamp": "2026-02-01T00:00:00Z", "level": "info", "request_id": "r", "receive_count": 3,
            "key": "2026/01/01/cat.jpg", "outcome": "already-done",
        });
        let event = json!({"eventId": "1", "timestamp": UPLOADED, "message": line.to_string()});
        // CloudWatch returns only the first page.
        question.get("nextToken").is_none().then(|| json!({"events": [event], "nextToken": "more"}))
    });
    let (explained, stderr) = explain(&endpoint, key);
    assert_eq!(explained["state"], "done", "{explained:#}");
    let timeline = explained["timeline"].as_array().unwrap();
    assert!(timeline.iter().any(|one| one["what"].as_str().unwrap().contains("attempt 3")), "{timeline:#?}");
    assert!(
        explained["logs_unread"]["from"].as_str().unwrap().starts_with("2025-12-31T23:59"),
        "{explained:#}"
    );
    assert!(
        stderr.contains("warning: the log search stopped after 30 s") && stderr.contains("deployer logs"),
        "{stderr}"
    );
}

/// Returns the endpoint of a stack with the photo `cat.jpg`, whose pictures have addresses that begin with `base`.
fn delivering_stack(base: &str) -> String {
    let domain = "d111111abcdef8.cloudfront.net".to_owned();
    let outputs = vec![("DeliveryAddress", base.to_owned()), ("DeliveryDistributionDomain", domain)];
    stack_with(outputs, "cat.jpg", |_| None).0
}

#[test]
fn each_address_has_a_status_and_tells_whether_the_cache_has_it() {
    let requests: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&requests);
    let base = testkit::http::serve(move |request| {
        heard.lock().unwrap().push(request.head.clone());
        let is_hit = request.target().starts_with("/t/");
        let cache = if is_hit { "Hit from cloudfront" } else { "Error from cloudfront" };
        let reply = Reply::new(if is_hit { 200 } else { 404 }, "").header("x-cache", cache);
        if is_hit { reply.header("age", "12") } else { reply.header("x-failure-reason", "not-an-image") }
    });
    let endpoint = delivering_stack(&base);
    let (explained, _) = explain(&endpoint, "cat.jpg");
    let delivery = explained["delivery"].as_array().unwrap();
    let (first, last) = (&delivery[0], delivery.last().unwrap());
    assert_eq!(first["url"], explained["url"]);
    assert_eq!(first["url"], format!("{base}/p/small/cat.jpg"));
    assert_eq!((&first["status"], &first["cache"]), (&json!(404), &json!("Error from cloudfront")));
    assert!(last["url"].as_str().unwrap().starts_with(&format!("{base}/t/cat.jpg~/v1/")), "{last}");
    assert_eq!((&last["status"], &last["age"]), (&json!(200), &json!(12)));
    let requests = requests.lock().unwrap().clone();
    assert_eq!(requests.len(), delivery.len());
    for head in requests {
        assert!(head.starts_with("HEAD /") && !head.to_lowercase().contains("authorization"), "{head}");
    }
    let ran = Deployer::on(&endpoint).args(["explain", "cat.jpg"]).succeeds();
    ran.stdout_has("/p/small/cat.jpg  404, not-an-image, Error from cloudfront")
        .stdout_has("  200, Hit from cloudfront, 12 s old");
}

#[test]
fn an_address_without_a_response_is_no_failure() {
    let silent = testkit::http::serve(|_| {
        loop {
            std::thread::park();
        }
    });
    for (base, why) in
        [("http://127.0.0.1:1", "no connection to `127.0.0.1:1`"), (&silent, "timed out after 10 s")]
    {
        let ran = Deployer::on(&delivering_stack(base)).args(["explain", "cat.jpg"]).succeeds();
        let address = format!("delivery not checked: no response from {base}/p/small/cat.jpg: {why}");
        ran.stdout_has("done: ").stdout_has(&address);
    }
    let (endpoint, _) = stack_with(Vec::new(), "cat.jpg", |_| None);
    let ran = Deployer::on(&endpoint).args(["explain", "cat.jpg"]).succeeds();
    ran.stdout_has("\nnot delivered: the stack has no distribution");
}
