//! Alt text: what the model may bring about, whatever it answers, and what a person wrote.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract::alt_text::{AltText, AltTextDone, MAX_CHARS, Source, Status};
use contract::failure::FailureRecord;
use contract::key::{Digest, OriginalVersion};
use contract::manifest::Manifest;
use serde_json::{Value, json};
use time::macros::datetime;

use testkit::{Fault, Lambda, SLOW_DOWN};

use crate::aws::Aws;
use crate::world::{
    ALT_TEXT_QUEUE, CATALOG, LONG, ORIGINALS, again, batch, created, event, message, named, photo_of,
    received, start_alt_text, start_failover, start_thumbnail,
};

/// A stack in small whose alt-text function runs.
pub(crate) struct Describing {
    pub(crate) aws: Aws,
    function: Lambda,
}

impl Describing {
    pub(crate) async fn start(languages: &str) -> Self {
        let aws = Aws::start();
        let function = start_alt_text(&aws, languages).await;
        Self { aws, function }
    }

    pub(crate) fn upload(&self, key: &str) -> (OriginalVersion, Value) {
        let version = self.aws.store(|store| store.put(ORIGINALS, key, picture()));
        (named(key, &version), created(key, &version))
    }

    pub(crate) async fn deliver(&self, messages: &[Value]) -> Vec<String> {
        again(self.function.invoke(batch(messages), LONG).await)
    }

    fn done(&self, version: &OriginalVersion) -> Option<AltTextDone> {
        self.aws.store(|store| store.record(CATALOG, &version.alt_text_done_key()))
    }

    fn failure(&self, version: &OriginalVersion) -> Option<FailureRecord> {
        self.aws.store(|store| store.record(CATALOG, &version.alt_text_failure_key()))
    }

    /// The alt text of a version that is done.
    pub(crate) fn alt_text(&self, version: &OriginalVersion, language: &str) -> AltText {
        let done = self.done(version).expect("it is done");
        assert!(done.languages.iter().any(|promised| promised == language), "{done:?}");
        self.aws
            .store(|store| store.record(CATALOG, &version.alt_text_key(language)))
            .expect("an alt text is promised")
    }

    /// How often the model was asked.
    pub(crate) fn asked(&self) -> usize {
        self.aws.calls().iter().filter(|call| call.key.ends_with("/converse")).count()
    }
}

fn picture() -> Vec<u8> {
    photo_of(1000, 500, 7)
}

/// An answer that calls the tool with `input`.
pub(crate) fn calls_tool(input: Value) -> (u16, &'static str, Value) {
    let call = json!({"toolUse": {"toolUseId": "t", "name": "describe_picture", "input": input}});
    says(json!([call]), "tool_use")
}

pub(crate) fn says(content: Value, stop_reason: &str) -> (u16, &'static str, Value) {
    let answer = json!({
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop_reason,
        "usage": {"inputTokens": 1000, "outputTokens": 100, "totalTokens": 1100},
        "metrics": {"latencyMs": 1},
    });
    (200, "", answer)
}

pub(crate) fn describes(alt: &str) -> (u16, &'static str, Value) {
    calls_tool(json!({
        "alt": alt, "decorative": false, "long_description": "A cat\nsleeps.", "visible_text": "", "confidence": 90,
    }))
}

#[tokio::test]
async fn a_photo_is_described_in_every_language() {
    let describing = Describing::start("en,de").await;
    let (send, requests) = std::sync::mpsc::channel();
    describing.aws.model(move |request| {
        send.send(request.clone()).unwrap();
        let german = request.to_string().contains("`de`");
        describes(if german { "Eine Katze schläft" } else { "A tabby cat\n asleep" })
    });
    let (version, event) = describing.upload("my cat.png");
    assert_eq!(describing.deliver(&[message("m", &event)]).await, [""; 0]);

    let text = describing.alt_text(&version, "en");
    assert_eq!((text.alt.as_str(), text.status), ("A tabby cat asleep", Status::Accepted));
    assert_eq!(text.long_description, "A cat sleeps.");
    assert_eq!(text.digest, Digest::of(&picture()));
    let Source::Model(facts) = text.source else { panic!("{:?}", text.source) };
    assert_eq!((facts.model.as_str(), facts.confidence), ("eu.amazon.nova-lite-v1:0", 90));
    assert_eq!((facts.input_tokens, facts.output_tokens), (1000, 100));
    assert_eq!(describing.alt_text(&version, "de").alt, "Eine Katze schläft");

    // The picture comes first, and is neither the original nor a small thumbnail.
    let request = requests.recv().unwrap();
    let content = &request["messages"][0]["content"];
    let bytes = content[0]["image"]["source"]["bytes"].as_str().unwrap();
    let shown = BASE64_STANDARD.decode(bytes).unwrap();
    let header = imaging::inspect(&shown, &[], &imaging::Limits::default()).unwrap();
    assert_eq!((header.format.name(), header.width, header.height), ("jpeg", 768, 384));
    assert!(content[1]["text"].is_string());
    assert_eq!(request["inferenceConfig"]["temperature"], 0.0);
    assert_eq!(request["toolConfig"]["toolChoice"]["tool"]["name"], "describe_picture");

    let line = &describing.function.lines(1, |line| line["outcome"] == "done").await[0];
    assert_eq!(line["tokens"], json!({"input": 2000, "output": 200}));
    assert_eq!(line["cost_usd"], json!((2000.0 * 0.06 + 200.0 * 0.24) / 1e6));
}

#[tokio::test]
async fn what_is_described_is_not_described_again() {
    let describing = Describing::start("en").await;
    describing.aws.model(|_| describes("A cat"));
    let (version, event) = describing.upload("cat.png");
    for id in ["m1", "m2", "m3"] {
        assert_eq!(describing.deliver(&[message(id, &event)]).await, [""; 0]);
    }
    let replay =
        json!({"request": "replay", "bucket": ORIGINALS, "key": version.key, "version": version.version});
    assert_eq!(describing.deliver(&[message("m4", &replay)]).await, [""; 0]);
    assert_eq!(describing.asked(), 1);
    assert_eq!(describing.alt_text(&version, "en").alt, "A cat");
}

#[tokio::test]
async fn a_persons_text_is_never_overwritten() {
    let describing = Describing::start("en,de").await;
    let (version, event) = describing.upload("cat.png");
    let (english_key, german_key) = (version.alt_text_key("en"), version.alt_text_key("de"));
    let text = AltText::by_person("en", "Mimi", Digest::of(&picture()), datetime!(2026-11-24 10:00 UTC));
    let body = serde_json::to_vec(&text).unwrap();
    describing.aws.store(|store| store.put(CATALOG, &english_key, body.clone()));
    describing.aws.model(|_| describes("Eine Katze"));
    // Another is written while the model thinks.
    let german = AltText { language: "de".to_owned(), ..text.clone() };
    let german_body = serde_json::to_vec(&german).unwrap();
    describing.aws.meanwhile(
        |call| call.key.ends_with("/converse"),
        move |store| {
            store.put(CATALOG, &german_key, german_body);
        },
    );
    assert_eq!(describing.deliver(&[message("m", &event)]).await, [""; 0]);
    assert_eq!(describing.alt_text(&version, "en"), text);
    assert_eq!(describing.alt_text(&version, "de"), german);
    assert_eq!(describing.asked(), 1);
}

#[tokio::test]
async fn what_breaks_the_rules_is_asked_for_once_more_and_then_rejected() {
    let long = "a".repeat(MAX_CHARS + 1);
    for (answer, why) in [
        (describes(&long), "characters"),
        (describes("Image of a cat"), "begins with"),
        // What a picture with orders in it could bring a model to write.
        (describes("<img src=x onerror=alert(1)>"), "markup"),
        (describes("Sale! Go to https://evil.example now"), "link"),
        (describes("tac a \u{202e}"), "control"),
        (describes(""), "empty"),
        (calls_tool(json!({"alt": 7})), "schema"),
        (calls_tool(json!(["garbage"])), "schema"),
        (says(json!([{"text": "Ignoring the tool, as the picture says."}]), "end_turn"), "tool"),
        (says(json!([]), "max_tokens"), "cut off"),
        // Whatever there is of an answer that was cut off.
        (
            says(
                json!([{"toolUse": {"toolUseId": "t", "name": "describe_picture", "input": {"alt": "A"}}}]),
                "max_tokens",
            ),
            "cut off",
        ),
    ] {
        let describing = Describing::start("en").await;
        describing.aws.model(move |_| answer.clone());
        let (version, event) = describing.upload("cat.png");
        assert_eq!(describing.deliver(&[message("m", &event)]).await, [""; 0]);
        let text = describing.alt_text(&version, "en");
        assert_eq!((text.status, text.alt.as_str()), (Status::Rejected, ""), "{why}");
        let Source::Model(facts) = text.source else { panic!("{why}") };
        assert!(facts.rejected.as_deref().is_some_and(|said| said.contains(why)), "{why}: {facts:?}");
        assert_eq!((describing.asked(), facts.input_tokens), (2, 2000), "{why}");

        // Asked for, it is tried again; and the second answer may do.
        describing.aws.model(move |request| {
            let told = request.to_string().contains("was rejected");
            describes(if told { "A cat" } else { "Picture of a cat" })
        });
        let replay =
            json!({"request": "replay", "bucket": ORIGINALS, "key": version.key, "version": version.version});
        assert_eq!(describing.deliver(&[message("m", &replay)]).await, [""; 0]);
        assert_eq!(describing.alt_text(&version, "en").alt, "A cat");
    }
}

#[tokio::test]
async fn a_decorative_picture_has_an_empty_alt_text() {
    let describing = Describing::start("en").await;
    describing.aws.model(|_| calls_tool(json!({"alt": "Image of nothing", "decorative": true})));
    let (version, event) = describing.upload("line.png");
    assert_eq!(describing.deliver(&[message("m", &event)]).await, [""; 0]);
    let text = describing.alt_text(&version, "en");
    assert_eq!((text.status, text.alt.as_str(), text.decorative), (Status::Accepted, "", true));
}

#[tokio::test]
async fn a_model_whose_answers_cannot_be_read_is_asked_twice_and_no_more() {
    let describing = Describing::start("en").await;
    let told = "Model produced invalid sequence as part of ToolUse.";
    describing.aws.model(move |_| (424, "ModelErrorException", json!({"message": told})));
    let (version, event) = describing.upload("poster.png");
    assert_eq!(describing.deliver(&[message("m", &event)]).await, [""; 0]);
    assert_eq!(describing.asked(), 2);
    let failure = describing.failure(&version).unwrap();
    assert_eq!(failure.reason, "model-error");
    assert!(failure.message.contains(told), "{}", failure.message);

    // The second question asks for less, and may be answered.
    let (version, event) = describing.upload("page.png");
    describing.aws.model(|request| {
        let asks_for_less = request.to_string().contains("write much less");
        if asks_for_less {
            describes("A page")
        } else {
            (424, "ModelErrorException", json!({"message": "x"}))
        }
    });
    assert_eq!(describing.deliver(&[message("m", &event)]).await, [""; 0]);
    assert_eq!(describing.alt_text(&version, "en").alt, "A page");
}

#[tokio::test]
async fn the_question_leaves_room_for_a_page_of_text_and_no_more() {
    let describing = Describing::start("en").await;
    let (send, requests) = std::sync::mpsc::channel();
    describing.aws.model(move |request| {
        send.send(request.clone()).unwrap();
        describes("A page")
    });
    let (_, event) = describing.upload("page.png");
    assert_eq!(describing.deliver(&[message("m", &event)]).await, [""; 0]);
    let request = requests.recv().unwrap();
    assert_eq!(request["inferenceConfig"]["maxTokens"], 3000);
    let schema = &request["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]["properties"];
    assert_eq!(schema["visible_text"]["maxLength"], 1000);
}

#[tokio::test]
async fn a_throttled_or_failing_model_is_asked_later() {
    for (status, code) in [
        (429, "ThrottlingException"),
        (503, "ServiceUnavailableException"),
        (500, "InternalServerException"),
        (408, "ModelTimeoutException"),
        (429, "ModelNotReadyException"),
    ] {
        let describing = Describing::start("en").await;
        describing.aws.model(move |_| (status, code, json!({"message": "by script"})));
        let (version, event) = describing.upload("cat.png");
        for receive in 1..=2 {
            assert_eq!(describing.deliver(&[received("m", &event, receive)]).await, ["m"], "{code}");
        }
        assert!(describing.done(&version).is_none() && describing.failure(&version).is_none(), "{code}");
        describing.aws.model(|_| describes("A cat"));
        assert_eq!(describing.deliver(&[received("m", &event, 3)]).await, [""; 0], "{code}");
        assert_eq!(describing.alt_text(&version, "en").alt, "A cat");
    }
}

/// The queue shows a message again after six minutes (`VisibilityTimeout` in templates/alt-text.yaml): an hour is ten
/// receives, which here follow each other at once.
#[tokio::test]
async fn an_hour_of_throttling_loses_nothing_and_delays_no_thumbnail() {
    const RECEIVES: u32 = 3600 / 360;
    let describing = Describing::start("en").await;
    let thumbnail = start_thumbnail(&describing.aws, &[]).await;
    describing.aws.model(|_| (429, "ThrottlingException", json!({"message": "by script"})));
    let photos = ["a.png", "b.png"].map(|key| describing.upload(key));
    for receive in 1..=RECEIVES {
        let messages: Vec<Value> =
            photos.iter().map(|(version, event)| received(&version.key, event, receive)).collect();
        let mut failed = describing.deliver(&messages).await;
        failed.sort();
        assert_eq!(failed, ["a.png", "b.png"], "receive {receive}");
        if receive == 1 {
            // The thumbnails have a queue and a function of their own: at their first receive they are there.
            assert_eq!(again(thumbnail.invoke(batch(&messages), LONG).await), [""; 0]);
        }
        for (version, _) in &photos {
            assert!(describing.done(version).is_none() && describing.failure(version).is_none());
            let done: Option<Manifest> =
                describing.aws.store(|store| store.record(CATALOG, &version.done_key()));
            assert!(done.is_some(), "no thumbnails of {}", version.key);
        }
    }
    describing.aws.model(|_| describes("A cat"));
    for (version, event) in &photos {
        let message = received(&version.key, event, RECEIVES + 1);
        assert_eq!(describing.deliver(&[message]).await, [""; 0]);
        assert_eq!(describing.alt_text(version, "en").alt, "A cat");
    }
}

#[tokio::test]
async fn what_the_model_will_never_do_is_a_failure_with_its_reason() {
    let refusals: [(u16, &'static str, &str); 3] = [
        (403, "AccessDeniedException", "model-denied"),
        (400, "ValidationException", "model-unfit"),
        (404, "ResourceNotFoundException", "model-unfit"),
    ];
    let mut answers: Vec<_> = refusals
        .map(|(status, code, reason)| ((status, code, json!({"message": "by script"})), reason))
        .into();
    answers.push((says(json!([]), "content_filtered"), "model-refused"));
    answers.push((says(json!([]), "guardrail_intervened"), "model-refused"));
    for (answer, reason) in answers {
        let describing = Describing::start("en").await;
        describing.aws.model(move |_| answer.clone());
        let (version, event) = describing.upload("cat.png");
        assert_eq!(describing.deliver(&[message("m", &event)]).await, [""; 0]);
        let failure = describing.failure(&version).unwrap();
        assert_eq!((failure.reason.as_str(), failure.function.as_str()), (reason, "alt-text"));
        assert!(describing.done(&version).is_none());
        // What was mended leaves no failure behind.
        describing.aws.model(|_| describes("A cat"));
        let replay =
            json!({"request": "replay", "bucket": ORIGINALS, "key": version.key, "version": version.version});
        assert_eq!(describing.deliver(&[message("m", &replay)]).await, [""; 0]);
        assert!(describing.done(&version).is_some() && describing.failure(&version).is_none());
    }
}

#[tokio::test]
async fn a_slow_model_costs_the_invocation_no_more_than_its_time() {
    let describing = Describing::start("en").await;
    let (version, event) = describing.upload("cat.png");
    describing.aws.fail(u32::MAX, Fault::Hang, |call| call.key.ends_with("/converse"));
    let ended = describing.function.invoke(batch(&[message("m", &event)]), Duration::from_secs(3)).await;
    assert_eq!(again(ended), ["m"]);
    assert!(describing.done(&version).is_none() && describing.failure(&version).is_none());
}

#[tokio::test]
async fn what_cannot_be_read_or_is_gone_never_reaches_the_model() {
    let describing = Describing::start("en").await;
    let text = describing.aws.store(|store| store.put(ORIGINALS, "a.jpg", "no image"));
    let folder = describing.aws.store(|store| store.put(ORIGINALS, "folder/", ""));
    let (gone, gone_event) = describing.upload("gone.png");
    describing.aws.store(|store| store.remove(ORIGINALS, "gone.png", &gone.version));
    let (old, old_event) = describing.upload("twice.png");
    describing.upload("twice.png");
    let messages = [
        message("m1", &created("a.jpg", &text)),
        message("m2", &created("folder/", &folder)),
        message("m3", &gone_event),
        message("m4", &old_event),
        message("m5", &event("ObjectRemoved:Delete", "folder/", &folder)),
    ];
    assert_eq!(describing.deliver(&messages).await, [""; 0]);
    assert_eq!(describing.failure(&named("a.jpg", &text)).unwrap().reason, "not-an-image");
    for version in [named("folder/", &folder), old] {
        assert_eq!(describing.done(&version), None, "{version:?}");
    }
    assert!(describing.done(&gone).is_none());
    assert_eq!(describing.asked(), 0);
}

#[tokio::test]
async fn a_removal_meanwhile_leaves_no_alt_text() {
    let describing = Describing::start("en").await;
    describing.aws.model(|_| describes("A cat"));
    let (version, event) = describing.upload("cat.png");
    describing.aws.meanwhile(
        |call| call.key.ends_with("/converse"),
        |store| {
            store.hide(ORIGINALS, "cat.png");
        },
    );
    assert_eq!(describing.deliver(&[message("m", &event)]).await, [""; 0]);
    assert!(describing.done(&version).is_none());
    assert_eq!(describing.aws.store(|store| store.list(CATALOG, "").len()), 0);
}

#[tokio::test]
async fn a_version_that_is_there_again_gets_back_the_text_that_a_removal_took() {
    let describing = Describing::start("en").await;
    describing.aws.model(|_| describes("A cat"));
    let variables = [("ALT_TEXT_QUEUE_URL", ALT_TEXT_QUEUE)];
    let thumbnail = start_thumbnail(&describing.aws, &variables).await;
    let (version, event) = describing.upload("cat.png");
    assert_eq!(describing.deliver(&[message("m", &event)]).await, [""; 0]);
    // A removal has taken the text and was killed; then the photo was shown again.
    describing.aws.store(|store| store.hide(CATALOG, &version.alt_text_key("en")));
    let stored = describing.aws.store(|store| store.current(ORIGINALS, "cat.png").cloned()).unwrap();
    let undelete = crate::world::event("ObjectRemoved:Delete", "cat.png", &stored);
    assert_eq!(again(thumbnail.invoke(batch(&[received("u", &undelete, 2)]), LONG).await), [""; 0]);
    let sent: Vec<_> =
        describing.aws.sent().into_iter().filter(|sent| sent.queue == ALT_TEXT_QUEUE).collect();
    assert_eq!(sent.len(), 1);
    assert_eq!(describing.deliver(&[message("s", &sent[0].body)]).await, [""; 0]);
    assert_eq!(describing.alt_text(&version, "en").alt, "A cat");
    assert_eq!(describing.asked(), 2);
}

#[tokio::test]
async fn storage_that_fails_brings_the_message_again() {
    let describing = Describing::start("en").await;
    describing.aws.model(|_| describes("A cat"));
    let (version, event) = describing.upload("cat.png");
    describing
        .aws
        .fail(u32::MAX, SLOW_DOWN, |call| call.key.ends_with("/alt.en.json") && call.method == "PUT");
    assert_eq!(describing.deliver(&[message("m", &event)]).await, ["m"]);
    describing.aws.fail(0, SLOW_DOWN, |_| false);
    assert_eq!(describing.deliver(&[received("m", &event, 2)]).await, [""; 0]);
    assert_eq!(describing.alt_text(&version, "en").alt, "A cat");
}

#[tokio::test]
async fn a_dead_letter_of_alt_text_is_recorded_as_such() {
    let describing = Describing::start("en").await;
    let failover = start_failover(&describing.aws).await;
    let (version, event) = describing.upload("cat.png");
    let mut letter = received("m", &event, 61);
    letter["eventSourceARN"] = json!("arn:aws:sqs:eu-central-1:1:photos-alt-text-dead-letters");
    assert_eq!(again(failover.invoke(batch(&[letter]), LONG).await), [""; 0]);
    let failure = describing.failure(&version).unwrap();
    assert_eq!((failure.function.as_str(), failure.reason.as_str()), ("alt-text", "dead-letter"));
    // The thumbnails have no part in it.
    let thumbnails: Option<FailureRecord> =
        describing.aws.store(|store| store.record(CATALOG, &version.failure_key()));
    assert!(thumbnails.is_none());
}
