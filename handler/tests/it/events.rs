//! The events of outcomes: each matches its schema in `docs/events`, and each outcome has at least one event.

use std::collections::HashMap;
use std::time::Duration;

use contract::key::OriginalVersion;
use contract::outcome_event::SOURCE;
use serde_json::{Value, json};
use testkit::{Fault, SLOW_DOWN};

use crate::alt_text::alt_text_answer;
use crate::aws::Call;
use crate::world::{
    LONG_TIMEOUT, ORIGINALS, THUMBNAILS, World, batch, event, message, photo, received, retried_ids,
    start_alt_text_with, start_failover_with, start_thumbnail,
};

/// The variable with which a function sends events.
pub(crate) const SENDS_EVENTS: (&str, &str) = ("EVENT_STACK", "photos");

/// An event that a function has sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SentEvent {
    pub(crate) detail_type: String,
    pub(crate) detail: Value,
}

impl SentEvent {
    /// Returns the event in `entry` of a PutEvents request. Panics unless it matches its schema.
    pub(crate) fn from_entry(entry: &Value) -> Self {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        assert_eq!(text("Source"), SOURCE);
        assert!(entry["EventBusName"].is_null(), "not the default bus: {entry}");
        let (detail_type, detail) = (text("DetailType"), serde_json::from_str(&text("Detail")).unwrap());
        let file = detail_type.to_lowercase().replace(' ', "-");
        let path = format!("{}/../docs/events/{file}.json", env!("CARGO_MANIFEST_DIR"));
        let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        validate(&detail, &schema, &schema, &detail_type);
        Self { detail_type, detail }
    }

    /// Returns the version that the event is about.
    pub(crate) fn version(&self) -> OriginalVersion {
        let text = |name: &str| self.detail["original"][name].as_str().unwrap().to_owned();
        OriginalVersion { key: text("key"), version: text("version") }
    }
}

/// Panics unless `value` matches `schema` and has only the properties of the schema. An unknown keyword is a failure,
/// so that the test ignores none.
fn validate(value: &Value, schema: &Value, root: &Value, at: &str) {
    let fits = |other: &Value| match other.get("const") {
        Some(wanted) => value == wanted,
        None => other["type"] != "null" || value.is_null(),
    };
    for (keyword, argument) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => {}
            "type" => {
                let types = argument.as_array().cloned().unwrap_or_else(|| vec![argument.clone()]);
                let own = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(_) => "integer",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                };
                assert!(types.contains(&own.into()), "{at}: {value} is not {argument}");
            }
            "const" => assert_eq!(value, argument, "{at}"),
            "minimum" => assert!(value.as_u64() >= argument.as_u64(), "{at}: {value}"),
            "maximum" => assert!(value.as_u64() <= argument.as_u64(), "{at}: {value}"),
            "oneOf" => {
                assert_eq!(argument.as_array().unwrap().iter().filter(|one| fits(one)).count(), 1, "{at}");
            }
            "items" => {
                let items = value.as_array().unwrap().iter().enumerate();
                items.for_each(|(i, item)| validate(item, argument, root, &format!("{at}[{i}]")));
            }
            "properties" => {
                for (name, item) in value.as_object().unwrap() {
                    let schema =
                        argument.get(name).unwrap_or_else(|| panic!("{at}.{name} is not documented"));
                    validate(item, schema, root, &format!("{at}.{name}"));
                }
            }
            "required" => {
                let names = argument.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                names.for_each(|name| assert!(value.get(name).is_some(), "{at}.{name} is missing"));
            }
            "$ref" => {
                let pointer = argument.as_str().unwrap().strip_prefix('#').unwrap();
                validate(value, root.pointer(pointer).unwrap(), root, at);
            }
            other => panic!("{at}: the keyword {other} is not checked"),
        }
    }
}

/// What the events have reported about each version: the last of `Ready` and `Removed`, and whether it has failed.
#[derive(Debug, Default)]
pub(crate) struct ReportedEvents(HashMap<OriginalVersion, HashMap<&'static str, bool>>);

impl ReportedEvents {
    pub(crate) fn add(&mut self, sent: &SentEvent) {
        let reported = self.0.entry(sent.version()).or_default();
        match sent.detail_type.as_str() {
            "Thumbnails Ready" => reported.insert("done", true),
            "Thumbnails Removed" => reported.insert("done", false),
            "Thumbnails Failed" => reported.insert("failed", true),
            "Alt Text Ready" => reported.insert("described", true),
            "Alt Text Failed" => reported.insert("undescribed", true),
            other => panic!("{other}"),
        };
    }

    /// Returns whether the events report that `version` is `done`, `failed`, `described`, or `undescribed`.
    pub(crate) fn reports(&self, what: &str, version: &OriginalVersion) -> bool {
        self.0.get(version).and_then(|reported| reported.get(what)).copied().unwrap_or(false)
    }
}

async fn start_with_events() -> World {
    let world = World::start().await;
    let thumbnail = start_thumbnail(&world.aws, &[SENDS_EVENTS]).await;
    World { thumbnail, ..world }
}

/// Returns the detail types of the events so far.
fn types(world: &World) -> Vec<String> {
    world.aws.events().into_iter().map(|event| event.detail_type).collect()
}

#[tokio::test]
async fn the_event_of_a_finished_photo_has_everything_that_a_page_needs() {
    let world = start_with_events().await;
    let (version, upload) = world.upload("a b/cat.png", photo(1));
    assert_eq!(world.deliver(&[message("m", &upload)]).await, [""; 0]);
    let manifest = serde_json::to_value(world.manifest(&version).unwrap()).unwrap();
    let events = world.aws.events();
    assert_eq!(types(&world), ["Thumbnails Ready"]);
    let line = &world.thumbnail.lines(1, |line| line["outcome"] == "done").await[0];
    assert_eq!(line["events"], json!(["Thumbnails Ready"]));
    let expect = json!({
        "schema": 1, "stack": "photos",
        "original": {
            "bucket": ORIGINALS, "key": "a b/cat.png", "version": version.version,
            "digest": manifest["original"]["digest"], "bytes": photo(1).len(), "width": 24, "height": 16,
        },
        "thumbnails_bucket": THUMBNAILS, "thumbnails": manifest["thumbnails"],
        "placeholder": {"thumbhash": manifest["thumbhash"], "dominant_color": manifest["dominant_color"]},
    });
    assert_eq!(events[0].detail, expect);
}

#[tokio::test]
async fn the_event_of_a_delivered_photo_has_the_urls_of_its_thumbnails() {
    let world = World::start().await;
    let delivered = [SENDS_EVENTS, ("DELIVERY_ADDRESS", "https://images.example")];
    let thumbnail = start_thumbnail(&world.aws, &delivered).await;
    let world = World { thumbnail, ..world };
    let (version, upload) = world.upload("a b/cat.png", photo(1));
    assert_eq!(world.deliver(&[message("m", &upload)]).await, [""; 0]);
    let manifest = world.manifest(&version).unwrap();
    let events = world.aws.events();
    let urls = events[0].detail["thumbnails"].as_array().unwrap().iter().map(|thumbnail| &thumbnail["url"]);
    let expect = manifest.thumbnails.iter().map(|facts| format!("https://images.example/t/{}", facts.key));
    assert!(urls.eq(expect.map(Value::from).collect::<Vec<_>>().iter()), "{events:?}");
}

#[tokio::test]
async fn the_event_of_a_failed_photo_has_the_reason() {
    let world = start_with_events().await;
    let (version, upload) = world.upload("notes.jpg", "no image");
    assert_eq!(world.deliver(&[message("m", &upload)]).await, [""; 0]);
    let failure = world.failure(&version).unwrap();
    let [sent] = &world.aws.events()[..] else { panic!("{:?}", types(&world)) };
    assert_eq!((sent.detail_type.as_str(), sent.version()), ("Thumbnails Failed", version));
    let reported = [&sent.detail["reason"], &sent.detail["message"], &sent.detail["original"]["bytes"]];
    assert_eq!(reported, [&json!(failure.reason), &json!(failure.message), &json!(8)]);
}

#[tokio::test]
async fn the_event_of_a_removal_follows_the_last_deletion_of_a_thumbnail() {
    let world = start_with_events().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    assert_eq!(types(&world), ["Thumbnails Ready", "Thumbnails Removed"]);
    assert_eq!(world.aws.events()[1].version(), version);
    let deletes_thumbnail = |call: &Call| call.method == "DELETE" && call.bucket == THUMBNAILS;
    let calls = world.aws.calls();
    let last_deletion = calls.iter().rposition(deletes_thumbnail).unwrap();
    let put_events = calls.iter().rposition(|call| call.target == "AWSEvents.PutEvents").unwrap();
    assert!(last_deletion < put_events, "{calls:?}");
    // The same message again sends no event.
    assert_eq!(world.deliver(&[received("removal", &removal, 2)]).await, [""; 0]);
    assert_eq!(types(&world).len(), 2);
    // If the event of the upload arrives again, the function sends its event again: an earlier delivery may have been
    // killed after it sent the event.
    assert_eq!(world.deliver(&[received("upload", &upload, 2)]).await, [""; 0]);
    assert_eq!(types(&world)[2..], ["Thumbnails Removed"]);
}

#[tokio::test]
async fn a_removal_without_a_name_index_sends_its_event_before_and_after_the_deletion() {
    let world = World::start().await;
    let thumbnail = start_thumbnail(&world.aws, &[SENDS_EVENTS, ("NAME_INDEX", "disabled")]).await;
    let world = World { thumbnail, ..world };
    let (_, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    assert_eq!(types(&world), ["Thumbnails Ready", "Thumbnails Removed", "Thumbnails Removed"]);
    let calls = world.aws.calls();
    let is_event_or_deletion = |call: &&Call| call.target == "AWSEvents.PutEvents" || call.method == "DELETE";
    let order: String = calls
        .iter()
        .filter(is_event_or_deletion)
        .map(|call| if call.method == "DELETE" { 'D' } else { 'E' })
        .collect();
    assert!(order.starts_with("EED") && order.ends_with("DE"), "{order}");
    assert_eq!(world.aws.store(|store| store.list(THUMBNAILS, "").len()), 0);
}

/// The older version is current again, and applications must show its thumbnails.
#[tokio::test]
async fn a_removal_sends_an_event_about_the_thumbnails_of_the_current_version() {
    let world = start_with_events().await;
    let (older, first) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("1", &first)]).await, [""; 0]);
    let (newer, second) = world.upload("cat.png", photo(2));
    assert_eq!(world.deliver(&[message("2", &second)]).await, [""; 0]);
    let stored = world.aws.store(|store| store.current(ORIGINALS, "cat.png").cloned()).unwrap();
    world.aws.store(|store| store.remove(ORIGINALS, "cat.png", &stored.id));
    let removal = event("ObjectRemoved:Delete", "cat.png", &stored);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, [""; 0]);
    let mut reported: Vec<_> =
        world.aws.events().drain(2..).map(|event| (event.detail_type.clone(), event.version())).collect();
    reported.sort();
    assert_eq!(reported, [("Thumbnails Ready".to_owned(), older), ("Thumbnails Removed".to_owned(), newer)]);
}

#[tokio::test]
async fn the_event_of_alt_texts_has_every_language_and_that_of_a_failure_the_reason() {
    let world = World::start().await;
    world.aws.model(|_| alt_text_answer("A cat"));
    let alt_text = start_alt_text_with(&world.aws, "en,de", &[SENDS_EVENTS]).await;
    let (_, upload) = world.upload("cat.png", photo(1));
    let (_, unfit) = world.upload("notes.jpg", "no image");
    for body in [upload, unfit] {
        assert_eq!(retried_ids(alt_text.invoke(batch(&[message("m", &body)]), LONG_TIMEOUT).await), [""; 0]);
    }
    let events = world.aws.events();
    assert_eq!(types(&world), ["Alt Text Ready", "Alt Text Failed"]);
    let text =
        |language| json!({"language": language, "status": "accepted", "alt": "A cat", "decorative": false});
    assert_eq!(events[0].detail["texts"], json!([text("en"), text("de")]));
    assert_eq!(events[1].detail["reason"], "not-an-image");
}

#[tokio::test]
async fn the_event_of_a_dead_letter_is_a_failure() {
    let world = World::start().await;
    let failover = start_failover_with(&world.aws, &[SENDS_EVENTS]).await;
    let (version, upload) = world.upload("cat.png", photo(1));
    let mut letter = received("m", &upload, 5);
    letter["messageAttributes"] = json!({"Returns": {"stringValue": "9"}});
    assert_eq!(retried_ids(failover.invoke(batch(&[letter]), LONG_TIMEOUT).await), [""; 0]);
    assert_eq!(types(&world), ["Thumbnails Failed"]);
    assert_eq!(world.aws.events()[0].detail["reason"], world.failure(&version).unwrap().reason);
}

#[tokio::test]
async fn the_events_of_a_batch_are_sent_together() {
    let world = start_with_events().await;
    let photos: Vec<Value> = (0..10).map(|i| world.upload(&format!("{i}.png"), photo(i)).1).collect();
    let messages: Vec<Value> =
        photos.iter().enumerate().map(|(i, body)| message(&i.to_string(), body)).collect();
    // During the first call, the other events wait for the next request.
    let is_event = |call: &Call| call.target == "AWSEvents.PutEvents";
    world.aws.fail(1, Fault::Delay(Duration::from_millis(500)), is_event);
    assert_eq!(world.deliver(&messages).await, [""; 0]);
    assert_eq!(world.aws.events().len(), 10);
    let calls = world.aws.calls().into_iter().filter(is_event).count();
    assert!(calls < 10, "{calls} calls");
}

#[tokio::test]
async fn no_record_is_stored_before_event_bridge_accepts_the_event() {
    let world = start_with_events().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    world.aws.fail(99, SLOW_DOWN, |call| call.target == "AWSEvents.PutEvents");
    assert_eq!(world.deliver(&[message("m", &upload)]).await, ["m"]);
    assert_eq!(world.stored_manifest(&version), None);
    world.aws.fail(0, SLOW_DOWN, |_| false);
    assert_eq!(world.deliver(&[received("m", &upload, 2)]).await, [""; 0]);
    assert_eq!(types(&world), ["Thumbnails Ready"]);
    assert!(world.manifest(&version).is_some());
}

/// `deployer explain` reads from the log lines which events were sent.
#[tokio::test]
async fn the_log_line_of_an_attempt_that_fails_after_its_event_lists_the_event() {
    let world = start_with_events().await;
    let (version, upload) = world.upload("cat.png", photo(1));
    let puts_done = move |call: &Call| call.method == "PUT" && call.key == version.done_key();
    for (attempt, fault, timeout) in [(1, SLOW_DOWN, LONG_TIMEOUT), (2, Fault::Hang, Duration::from_secs(5))]
    {
        world.aws.fail(99, fault, puts_done.clone());
        let ended = world.thumbnail.invoke(batch(&[message("m", &upload)]), timeout).await;
        assert_eq!(retried_ids(ended), ["m"]);
        let lines = world.thumbnail.lines(attempt, |line| line["outcome"] == "retry").await;
        assert_eq!(lines[attempt - 1]["events"], json!(["Thumbnails Ready"]));
    }
}

#[tokio::test]
async fn the_log_line_of_a_removal_that_fails_lists_the_events_of_all_versions() {
    let world = start_with_events().await;
    for seed in 0..2 {
        let (_, upload) = world.upload("cat.png", photo(seed));
        assert_eq!(world.deliver(&[message("upload", &upload)]).await, [""; 0]);
    }
    let marker = world.aws.store(|store| store.add_delete_marker(ORIGINALS, "cat.png"));
    let before = types(&world).len();
    // The deletion of one version succeeds, and the last deletion of the other fails.
    let mut failing = None;
    world.aws.script(move |call| {
        let is_deletion = call.method == "DELETE" && call.key.starts_with("by-name/");
        let is_failing = is_deletion && *failing.get_or_insert_with(|| call.key.clone()) == call.key;
        if is_failing { SLOW_DOWN } else { Fault::None }
    });
    let removal = event("ObjectRemoved:DeleteMarkerCreated", "cat.png", &marker);
    assert_eq!(world.deliver(&[message("removal", &removal)]).await, ["removal"]);
    let line = &world.thumbnail.lines(1, |line| line["outcome"] == "retry").await[0];
    assert_eq!(line["events"], json!(types(&world)[before..]));
    assert!(types(&world).len() > before);
}

/// EventBridge returns 200 and reports for each entry whether it is accepted.
#[tokio::test]
async fn an_entry_that_is_refused_among_others_is_sent_again() {
    let world = start_with_events().await;
    let uploads: Vec<_> = (0..3).map(|i| world.upload(&format!("{i}.png"), photo(i))).collect();
    world.aws.refuse_entries(2);
    let messages: Vec<Value> =
        uploads.iter().enumerate().map(|(i, (_, body))| message(&i.to_string(), body)).collect();
    assert_eq!(world.deliver(&messages).await, [""; 0]);
    let reported: Vec<OriginalVersion> = world.aws.events().iter().map(SentEvent::version).collect();
    assert!(uploads.iter().all(|(version, _)| reported.contains(version)), "{reported:?}");
}

#[tokio::test]
async fn a_stack_without_events_sends_none() {
    let world = World::start().await;
    let (_, upload) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("m", &upload)]).await, [""; 0]);
    assert!(world.aws.calls().iter().all(|call| call.target.is_empty()), "{:?}", world.aws.calls());
}
