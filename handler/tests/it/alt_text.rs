//! Alt texts: every kind of answer of the model, and texts of a person.

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
    ALT_TEXT_QUEUE, CATALOG, LONG_TIMEOUT, ORIGINALS, batch, created_event, event, message, original_version,
    photo_of, received, retried_ids, start_alt_text, start_alt_text_with, start_failover, start_thumbnail,
};

/// A small stack with a running alt-text function.
pub(crate) struct AltTextStack {
    pub(crate) aws: Aws,
    function: Lambda,
}

impl AltTextStack {
    pub(crate) async fn start(languages: &str) -> Self {
        let aws = Aws::start();
        let function = start_alt_text(&aws, languages).await;
        Self { aws, function }
    }

    pub(crate) fn upload(&self, key: &str) -> (OriginalVersion, Value) {
        let version = self.aws.store(|store| store.put(ORIGINALS, key, picture()));
        (original_version(key, &version), created_event(key, &version))
    }

    pub(crate) async fn deliver(&self, messages: &[Value]) -> Vec<String> {
        retried_ids(self.function.invoke(batch(messages), LONG_TIMEOUT).await)
    }

    fn done(&self, version: &OriginalVersion) -> Option<AltTextDone> {
        self.aws.store(|store| store.record(CATALOG, &version.alt_text_done_key()))
    }

    fn failure(&self, version: &OriginalVersion) -> Option<FailureRecord> {
        self.aws.store(|store| store.record(CATALOG, &version.alt_text_failure_key()))
    }

    /// Returns the alt text of a version that is done.
    pub(crate) fn alt_text(&self, version: &OriginalVersion, language: &str) -> AltText {
        let done = self.done(version).expect("the version is not done");
        assert!(done.languages.iter().any(|promised| promised == language), "{done:?}");
        self.aws
            .store(|store| store.record(CATALOG, &version.alt_text_key(language)))
            .expect("the alt text is missing")
    }

    /// Returns how often the model was asked.
    pub(crate) fn question_count(&self) -> usize {
        self.aws.calls().iter().filter(|call| call.key.ends_with("/converse")).count()
    }
}

fn picture() -> Vec<u8> {
    photo_of(1000, 500, 7)
}

/// Returns an answer that calls the tool with `input`.
pub(crate) fn tool_answer(input: Value) -> (u16, &'static str, Value) {
    let call = json!({"toolUse": {"toolUseId": "t", "name": "describe_picture", "input": input}});
    model_answer(json!([call]), "tool_use")
}

pub(crate) fn model_answer(content: Value, stop_reason: &str) -> (u16, &'static str, Value) {
    let answer = json!({
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop_reason,
        "usage": {"inputTokens": 1000, "outputTokens": 100, "totalTokens": 1100},
        "metrics": {"latencyMs": 1},
    });
    (200, "", answer)
}

pub(crate) fn alt_text_answer(alt: &str) -> (u16, &'static str, Value) {
    tool_answer(json!({
        "alt": alt, "decorative": false, "long_description": "A cat\nsleeps.", "visible_text": "", "confidence": 90,
    }))
}

#[tokio::test]
async fn a_photo_is_described_in_every_language() {
    let stack = AltTextStack::start("en,de").await;
    let (send, requests) = std::sync::mpsc::channel();
    stack.aws.model(move |request| {
        send.send(request.clone()).unwrap();
        let german = request.to_string().contains("`de`");
        alt_text_answer(if german { "Eine Katze schläft" } else { "A tabby cat\n asleep" })
    });
    let (version, event) = stack.upload("my cat.png");
    assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);

    let text = stack.alt_text(&version, "en");
    assert_eq!((text.alt.as_str(), text.status), ("A tabby cat asleep", Status::Accepted));
    assert_eq!(text.long_description, "A cat sleeps.");
    assert_eq!(text.digest, Digest::of(&picture()));
    let Source::Model(facts) = text.source else { panic!("{:?}", text.source) };
    assert_eq!((facts.model.as_str(), facts.confidence), ("eu.amazon.nova-lite-v1:0", 90));
    assert_eq!((facts.input_tokens, facts.output_tokens), (1000, 100));
    assert_eq!(stack.alt_text(&version, "de").alt, "Eine Katze schläft");

    // The picture precedes the text. The picture is neither the original nor a small thumbnail.
    let request = requests.recv().unwrap();
    let content = &request["messages"][0]["content"];
    let bytes = content[0]["image"]["source"]["bytes"].as_str().unwrap();
    let shown = BASE64_STANDARD.decode(bytes).unwrap();
    let header = imaging::inspect(&shown, &[], &imaging::Limits::default()).unwrap();
    assert_eq!((header.format.name(), header.width, header.height), ("jpeg", 768, 384));
    assert!(content[1]["text"].is_string());
    assert_eq!(request["inferenceConfig"]["temperature"], 0.0);
    assert_eq!(request["toolConfig"]["toolChoice"]["tool"]["name"], "describe_picture");

    let line = &stack.function.lines(1, |line| line["outcome"] == "done").await[0];
    assert_eq!(line["tokens"], json!({"input": 2000, "output": 200}));
    assert_eq!(line["cost_usd"], json!((2000.0 * 0.06 + 200.0 * 0.24) / 1e6));
}

#[tokio::test]
async fn a_described_photo_is_not_described_again() {
    let stack = AltTextStack::start("en").await;
    stack.aws.model(|_| alt_text_answer("A cat"));
    let (version, event) = stack.upload("cat.png");
    for id in ["m1", "m2", "m3"] {
        assert_eq!(stack.deliver(&[message(id, &event)]).await, [""; 0]);
    }
    let replay =
        json!({"request": "replay", "bucket": ORIGINALS, "key": version.key, "version": version.version});
    assert_eq!(stack.deliver(&[message("m4", &replay)]).await, [""; 0]);
    assert_eq!(stack.question_count(), 1);
    assert_eq!(stack.alt_text(&version, "en").alt, "A cat");
}

#[tokio::test]
async fn a_persons_text_is_never_overwritten() {
    let stack = AltTextStack::start("en,de").await;
    let (version, event) = stack.upload("cat.png");
    let (english_key, german_key) = (version.alt_text_key("en"), version.alt_text_key("de"));
    let text = AltText::by_person("en", "Mimi", Digest::of(&picture()), datetime!(2026-11-24 10:00 UTC));
    let body = serde_json::to_vec(&text).unwrap();
    stack.aws.store(|store| store.put(CATALOG, &english_key, body.clone()));
    stack.aws.model(|_| alt_text_answer("Eine Katze"));
    // The German text is written while the model answers.
    let german = AltText { language: "de".to_owned(), ..text.clone() };
    let german_body = serde_json::to_vec(&german).unwrap();
    stack.aws.change_store_at(
        |call| call.key.ends_with("/converse"),
        move |store| {
            store.put(CATALOG, &german_key, german_body);
        },
    );
    assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);
    assert_eq!(stack.alt_text(&version, "en"), text);
    assert_eq!(stack.alt_text(&version, "de"), german);
    assert_eq!(stack.question_count(), 1);
}

#[tokio::test]
async fn a_text_that_breaks_the_rules_is_requested_once_more_and_then_rejected() {
    let long = "a".repeat(MAX_CHARS + 1);
    for (answer, why) in [
        (alt_text_answer(&long), "characters"),
        (alt_text_answer("Image of a cat"), "begins with"),
        // A picture with instructions could cause a model to write these.
        (alt_text_answer("<img src=x onerror=alert(1)>"), "markup"),
        (alt_text_answer("Sale! Go to https://evil.example now"), "link"),
        (alt_text_answer("tac a \u{202e}"), "control"),
        (alt_text_answer(""), "empty"),
        (tool_answer(json!({"alt": 7})), "schema"),
        (tool_answer(json!(["garbage"])), "schema"),
        (model_answer(json!([{"text": "Ignoring the tool, as the picture says."}]), "end_turn"), "tool"),
        (model_answer(json!([]), "max_tokens"), "cut off"),
        // An answer that was cut off is not used, even if it calls the tool.
        (
            model_answer(
                json!([{"toolUse": {"toolUseId": "t", "name": "describe_picture", "input": {"alt": "A"}}}]),
                "max_tokens",
            ),
            "cut off",
        ),
    ] {
        let stack = AltTextStack::start("en").await;
        stack.aws.model(move |_| answer.clone());
        let (version, event) = stack.upload("cat.png");
        assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);
        let text = stack.alt_text(&version, "en");
        assert_eq!((text.status, text.alt.as_str()), (Status::Rejected, ""), "{why}");
        let Source::Model(facts) = text.source else { panic!("{why}") };
        assert!(facts.rejected.as_deref().is_some_and(|said| said.contains(why)), "{why}: {facts:?}");
        assert_eq!((stack.question_count(), facts.input_tokens), (2, 2000), "{why}");

        // A replay asks the model again, and accepts the second answer.
        stack.aws.model(move |request| {
            let told = request.to_string().contains("was rejected");
            alt_text_answer(if told { "A cat" } else { "Picture of a cat" })
        });
        let replay =
            json!({"request": "replay", "bucket": ORIGINALS, "key": version.key, "version": version.version});
        assert_eq!(stack.deliver(&[message("m", &replay)]).await, [""; 0]);
        assert_eq!(stack.alt_text(&version, "en").alt, "A cat");
    }
}

#[tokio::test]
async fn a_decorative_picture_has_an_empty_alt_text() {
    let stack = AltTextStack::start("en").await;
    stack.aws.model(|_| tool_answer(json!({"alt": "Image of nothing", "decorative": true})));
    let (version, event) = stack.upload("line.png");
    assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);
    let text = stack.alt_text(&version, "en");
    assert_eq!((text.status, text.alt.as_str(), text.decorative), (Status::Accepted, "", true));
}

#[tokio::test]
async fn a_model_whose_answers_cannot_be_read_is_asked_only_twice() {
    let stack = AltTextStack::start("en").await;
    let told = "Model produced invalid sequence as part of ToolUse.";
    stack.aws.model(move |_| (424, "ModelErrorException", json!({"message": told})));
    let (version, event) = stack.upload("poster.png");
    assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);
    assert_eq!(stack.question_count(), 2);
    let failure = stack.failure(&version).unwrap();
    assert_eq!(failure.reason, "model-error");
    assert!(failure.message.contains(told), "{}", failure.message);

    // The second question asks for less text, and the model answers it.
    let (version, event) = stack.upload("page.png");
    stack.aws.model(|request| {
        let asks_for_less = request.to_string().contains("write a much shorter answer");
        if asks_for_less {
            alt_text_answer("A page")
        } else {
            (424, "ModelErrorException", json!({"message": "x"}))
        }
    });
    assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);
    assert_eq!(stack.alt_text(&version, "en").alt, "A page");
}

#[tokio::test]
async fn the_request_to_the_model_limits_the_answer_to_a_page_of_text() {
    let stack = AltTextStack::start("en").await;
    let (send, requests) = std::sync::mpsc::channel();
    stack.aws.model(move |request| {
        send.send(request.clone()).unwrap();
        alt_text_answer("A page")
    });
    let (_, event) = stack.upload("page.png");
    assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);
    let request = requests.recv().unwrap();
    assert_eq!(request["inferenceConfig"]["maxTokens"], 3000);
    let schema = &request["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]["properties"];
    assert_eq!(schema["visible_text"]["maxLength"], 1000);
}

#[tokio::test]
async fn a_throttled_or_failing_model_is_asked_again_later() {
    for (status, code) in [
        (429, "ThrottlingException"),
        (503, "ServiceUnavailableException"),
        (500, "InternalServerException"),
        (408, "ModelTimeoutException"),
        (429, "ModelNotReadyException"),
    ] {
        let stack = AltTextStack::start("en").await;
        stack.aws.model(move |_| (status, code, json!({"message": "by script"})));
        let (version, event) = stack.upload("cat.png");
        for receive in 1..=2 {
            assert_eq!(stack.deliver(&[received("m", &event, receive)]).await, ["m"], "{code}");
        }
        assert!(stack.done(&version).is_none() && stack.failure(&version).is_none(), "{code}");
        stack.aws.model(|_| alt_text_answer("A cat"));
        assert_eq!(stack.deliver(&[received("m", &event, 3)]).await, [""; 0], "{code}");
        assert_eq!(stack.alt_text(&version, "en").alt, "A cat");
    }
}

/// The queue delivers a message again after six minutes (`VisibilityTimeout` in templates/alt-text.yaml). There are
/// therefore ten receives in an hour.
#[tokio::test]
async fn an_hour_of_throttling_loses_nothing_and_delays_no_thumbnail() {
    const RECEIVES: u32 = 3600 / 360;
    let stack = AltTextStack::start("en").await;
    let thumbnail = start_thumbnail(&stack.aws, &[]).await;
    stack.aws.model(|_| (429, "ThrottlingException", json!({"message": "by script"})));
    let photos = ["a.png", "b.png"].map(|key| stack.upload(key));
    for receive in 1..=RECEIVES {
        let messages: Vec<Value> =
            photos.iter().map(|(version, event)| received(&version.key, event, receive)).collect();
        let mut failed = stack.deliver(&messages).await;
        failed.sort();
        assert_eq!(failed, ["a.png", "b.png"], "receive {receive}");
        if receive == 1 {
            // The thumbnails have their own queue and function, so they exist after the first receive.
            assert_eq!(retried_ids(thumbnail.invoke(batch(&messages), LONG_TIMEOUT).await), [""; 0]);
        }
        for (version, _) in &photos {
            assert!(stack.done(version).is_none() && stack.failure(version).is_none());
            let done: Option<Manifest> = stack.aws.store(|store| store.record(CATALOG, &version.done_key()));
            assert!(done.is_some(), "no thumbnails of {}", version.key);
        }
    }
    stack.aws.model(|_| alt_text_answer("A cat"));
    for (version, event) in &photos {
        let message = received(&version.key, event, RECEIVES + 1);
        assert_eq!(stack.deliver(&[message]).await, [""; 0]);
        assert_eq!(stack.alt_text(version, "en").alt, "A cat");
    }
}

#[tokio::test]
async fn a_request_that_the_model_always_refuses_is_a_failure_with_its_reason() {
    let refusals: [(u16, &'static str, &str); 3] = [
        (403, "AccessDeniedException", "model-denied"),
        (400, "ValidationException", "model-unfit"),
        (404, "ResourceNotFoundException", "model-unfit"),
    ];
    let mut answers: Vec<_> = refusals
        .map(|(status, code, reason)| ((status, code, json!({"message": "by script"})), reason))
        .into();
    answers.push((model_answer(json!([]), "content_filtered"), "model-refused"));
    answers.push((model_answer(json!([]), "guardrail_intervened"), "model-refused"));
    for (answer, reason) in answers {
        let stack = AltTextStack::start("en").await;
        stack.aws.model(move |_| answer.clone());
        let (version, event) = stack.upload("cat.png");
        assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);
        let failure = stack.failure(&version).unwrap();
        assert_eq!((failure.reason.as_str(), failure.function.as_str()), (reason, "alt-text"));
        assert!(stack.done(&version).is_none());
        // The thumbnail function sends this request, for example after an older version was deleted.
        let questions = stack.question_count();
        let settle =
            json!({"request": "settle", "bucket": ORIGINALS, "key": version.key, "version": version.version});
        assert_eq!(stack.deliver(&[message("s", &settle)]).await, [""; 0]);
        assert_eq!((stack.question_count(), stack.failure(&version)), (questions, Some(failure)));
        // After the cause is fixed, a replay deletes the failure record.
        stack.aws.model(|_| alt_text_answer("A cat"));
        let replay =
            json!({"request": "replay", "bucket": ORIGINALS, "key": version.key, "version": version.version});
        assert_eq!(stack.deliver(&[message("m", &replay)]).await, [""; 0]);
        assert!(stack.done(&version).is_some() && stack.failure(&version).is_none());
    }
}

#[tokio::test]
async fn a_photo_that_needs_too_much_memory_fails_without_advice_to_change_a_setting() {
    let mut stack = AltTextStack::start("en").await;
    // With so little memory, the function fetches at most 1 MiB, and can render with at most 1 MiB.
    let memory = [("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "8")];
    stack.function = start_alt_text_with(&stack.aws, "en", &memory).await;
    let (rendered, event) = stack.upload("cat.png");
    let large = stack.aws.store(|store| store.put(ORIGINALS, "large.png", vec![0; 2 << 20]));
    let messages = [message("m1", &event), message("m2", &created_event("large.png", &large))];
    assert_eq!(stack.deliver(&messages).await, [""; 0]);
    let large = original_version("large.png", &large);
    for (version, reason) in [(rendered, "too-much-memory"), (large, "too-many-bytes")] {
        let failure = stack.failure(&version).unwrap();
        assert_eq!(failure.reason, reason);
        let end = "are allowed; the memory of the alt-text function is fixed";
        assert!(failure.message.ends_with(end), "{}", failure.message);
    }
}

#[tokio::test]
async fn a_slow_model_does_not_keep_the_function_from_answering() {
    let stack = AltTextStack::start("en").await;
    let (version, event) = stack.upload("cat.png");
    stack.aws.fail(u32::MAX, Fault::Hang, |call| call.key.ends_with("/converse"));
    let ended = stack.function.invoke(batch(&[message("m", &event)]), Duration::from_secs(3)).await;
    assert_eq!(retried_ids(ended), ["m"]);
    assert!(stack.done(&version).is_none() && stack.failure(&version).is_none());
}

#[tokio::test]
async fn a_text_is_kept_even_if_the_time_ends_during_the_next_one() {
    let stack = AltTextStack::start("en,de").await;
    stack.aws.model(|_| alt_text_answer("A cat"));
    let (version, event) = stack.upload("cat.png");
    let mut questions = 0;
    stack.aws.script(move |call| {
        questions += u32::from(call.key.ends_with("/converse"));
        if questions > 1 { Fault::Hang } else { Fault::None }
    });
    let ended = stack.function.invoke(batch(&[message("m", &event)]), Duration::from_secs(3)).await;
    assert_eq!(retried_ids(ended), ["m"]);
    let english: Option<AltText> =
        stack.aws.store(|store| store.record(CATALOG, &version.alt_text_key("en")));
    assert_eq!(english.unwrap().alt, "A cat");
    // The next attempt asks only for the other language.
    stack.aws.script(|_| Fault::None);
    let before = stack.question_count();
    assert_eq!(stack.deliver(&[message("again", &event)]).await, [""; 0]);
    assert_eq!(stack.question_count(), before + 1);
    assert_eq!(stack.alt_text(&version, "de").alt, "A cat");
}

#[tokio::test]
async fn an_unreadable_or_deleted_photo_never_reaches_the_model() {
    let stack = AltTextStack::start("en").await;
    let text = stack.aws.store(|store| store.put(ORIGINALS, "a.jpg", "no image"));
    let folder = stack.aws.store(|store| store.put(ORIGINALS, "folder/", ""));
    let (gone, gone_event) = stack.upload("gone.png");
    stack.aws.store(|store| store.remove(ORIGINALS, "gone.png", &gone.version));
    let (old, old_event) = stack.upload("twice.png");
    stack.upload("twice.png");
    let messages = [
        message("m1", &created_event("a.jpg", &text)),
        message("m2", &created_event("folder/", &folder)),
        message("m3", &gone_event),
        message("m4", &old_event),
        message("m5", &event("ObjectRemoved:Delete", "folder/", &folder)),
    ];
    assert_eq!(stack.deliver(&messages).await, [""; 0]);
    assert_eq!(stack.failure(&original_version("a.jpg", &text)).unwrap().reason, "not-an-image");
    for version in [original_version("folder/", &folder), old] {
        assert_eq!(stack.done(&version), None, "{version:?}");
    }
    assert!(stack.done(&gone).is_none());
    assert_eq!(stack.question_count(), 0);
}

#[tokio::test]
async fn a_removal_during_the_work_leaves_no_alt_text() {
    let stack = AltTextStack::start("en").await;
    stack.aws.model(|_| alt_text_answer("A cat"));
    let (version, event) = stack.upload("cat.png");
    stack.aws.change_store_at(
        |call| call.key.ends_with("/converse"),
        |store| {
            store.add_delete_marker(ORIGINALS, "cat.png");
        },
    );
    assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);
    assert!(stack.done(&version).is_none());
    assert_eq!(stack.aws.store(|store| store.list(CATALOG, "").len()), 0);
}

#[tokio::test]
async fn a_restored_version_gets_a_new_text_for_the_one_that_a_removal_deleted() {
    let stack = AltTextStack::start("en").await;
    stack.aws.model(|_| alt_text_answer("A cat"));
    let variables = [("ALT_TEXT_QUEUE_URL", ALT_TEXT_QUEUE)];
    let thumbnail = start_thumbnail(&stack.aws, &variables).await;
    let (version, event) = stack.upload("cat.png");
    assert_eq!(stack.deliver(&[message("m", &event)]).await, [""; 0]);
    // A removal has deleted the text before it was killed. Then the delete marker was deleted.
    stack.aws.store(|store| store.add_delete_marker(CATALOG, &version.alt_text_key("en")));
    let stored = stack.aws.store(|store| store.current(ORIGINALS, "cat.png").cloned()).unwrap();
    let undelete = crate::world::event("ObjectRemoved:Delete", "cat.png", &stored);
    assert_eq!(
        retried_ids(thumbnail.invoke(batch(&[received("u", &undelete, 2)]), LONG_TIMEOUT).await),
        [""; 0]
    );
    let sent: Vec<_> = stack.aws.sent().into_iter().filter(|sent| sent.queue == ALT_TEXT_QUEUE).collect();
    assert_eq!(sent.len(), 1);
    assert_eq!(stack.deliver(&[message("s", &sent[0].body)]).await, [""; 0]);
    assert_eq!(stack.alt_text(&version, "en").alt, "A cat");
    assert_eq!(stack.question_count(), 2);
}

#[tokio::test]
async fn the_message_is_retried_if_storage_fails() {
    let stack = AltTextStack::start("en").await;
    stack.aws.model(|_| alt_text_answer("A cat"));
    let (version, event) = stack.upload("cat.png");
    stack.aws.fail(u32::MAX, SLOW_DOWN, |call| call.key.ends_with("/alt.en.json") && call.method == "PUT");
    assert_eq!(stack.deliver(&[message("m", &event)]).await, ["m"]);
    stack.aws.fail(0, SLOW_DOWN, |_| false);
    assert_eq!(stack.deliver(&[received("m", &event, 2)]).await, [""; 0]);
    assert_eq!(stack.alt_text(&version, "en").alt, "A cat");
}

#[tokio::test]
async fn a_dead_letter_of_alt_text_has_its_own_failure_record() {
    let stack = AltTextStack::start("en").await;
    let failover = start_failover(&stack.aws).await;
    let (version, event) = stack.upload("cat.png");
    let mut letter = received("m", &event, 61);
    letter["eventSourceARN"] = json!("arn:aws:sqs:eu-central-1:1:photos-alt-text-dead-letters");
    assert_eq!(retried_ids(failover.invoke(batch(&[letter]), LONG_TIMEOUT).await), [""; 0]);
    let failure = stack.failure(&version).unwrap();
    assert_eq!((failure.function.as_str(), failure.reason.as_str()), ("alt-text", "dead-letter"));
    // The thumbnails have not failed.
    let thumbnails: Option<FailureRecord> =
        stack.aws.store(|store| store.record(CATALOG, &version.failure_key()));
    assert!(thumbnails.is_none());
}
