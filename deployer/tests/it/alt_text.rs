//! Alt texts on the local stack: the real functions and the Bedrock of the emulator, with a fake model behind it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;

use testkit::Project;
use testkit::http::{Reply, serve};

/// Returns the answer of the fake model, in the format of OpenAI.
fn chat(alt: &str) -> Reply {
    let input = json!({
        "alt": alt, "decorative": false, "long_description": "", "visible_text": "", "confidence": 80,
    });
    let call = json!({"id": "c", "type": "function",
        "function": {"name": "describe_picture", "arguments": input.to_string()}});
    let message = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let answer = json!({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 50, "total_tokens": 950}});
    Reply::new(200, answer.to_string())
}

#[test]
fn a_photo_is_described_and_the_text_of_a_person_takes_precedence() {
    let says = Arc::new(Mutex::new("A cup of coffee on a table".to_owned()));
    let asked = Arc::new(AtomicUsize::new(0));
    let (saying, counting) = (says.clone(), asked.clone());
    let shown = Arc::new(AtomicUsize::new(0));
    let showing = shown.clone();
    let model = serve(move |request| {
        if request.body.contains("data:image/jpeg;base64,/9j/") {
            showing.fetch_add(1, Ordering::Relaxed);
        }
        counting.fetch_add(1, Ordering::Relaxed);
        chat(&saying.lock().unwrap())
    });
    let project = Project::with("alt_text: {enabled: true}", &[("MINISTACK_BEDROCK_PROXY_URL", &model)]);
    project.sample("coffee.jpg", "coffee.jpg");
    project.sample("chelsea.png", "cat.png");
    project.stdout(&["up"]);
    let key = project.stdout(&["upload", "--wait", "coffee.jpg"]);
    let key = key.trim_end();
    let explained = project.until(&["explain", key], |report| report["alt_text"]["state"] == "done");
    assert_eq!(explained["state"], "done", "{explained:#}");
    let texts = project.json(&["alt", key]);
    assert_eq!(
        (&texts[0]["alt"], &texts[0]["source"]["by"]),
        (&json!("A cup of coffee on a table"), &json!("model"))
    );
    assert_eq!(texts[0]["source"]["input_tokens"], 900);
    let audited = json!({"versions": 1, "done": 1, "failed": 0, "in_flight": 0, "lost": 0, "orphaned": 0, "partial": 0, "incomplete": 0, "contradictory": 0, "unreadable": 0});
    project.until(&["audit", "--alt-text"], |report| report["summary"] == audited);

    // The function does not overwrite the text of a person, even after a replay.
    assert_eq!(project.json(&["alt", key, "--set", "Espresso"])[0]["alt"], "Espresso");
    let long = "a".repeat(126);
    assert!(project.stderr(2, &["alt", key, "--set", &long]).contains("126 characters"));
    assert!(project.stderr(2, &["alt", key, "--set", "a\nb"]).contains("control characters"));
    assert!(project.stderr(3, &["alt", "nowhere.jpg"]).contains("there is no photo"));
    assert!(project.stderr(3, &["alt", key, "--language", "fr"]).contains("no alt text"));
    project.json(&["alt", key, "--language", "fr", "--set", "Un café"]);
    assert_eq!(project.json(&["replay", "--alt-text", key])["sent"], 1);

    // A text that breaks the rules is rejected. The thumbnails do not depend on it.
    *says.lock().unwrap() = "Image of a cat. See https://evil.example".to_owned();
    let cat = project.stdout(&["upload", "--wait", "cat.png"]);
    let cat = cat.trim_end();
    let explained = project.until(&["explain", cat], |report| report["alt_text"]["state"] == "rejected");
    assert!(explained["alt_text"]["next"].as_str().unwrap().contains("deployer alt"), "{explained:#}");
    assert_eq!(explained["state"], "done");
    assert_eq!(project.json(&["alt", cat, "--decorative"])[0]["decorative"], true);
    assert_eq!(project.json(&["alt", key])[0]["alt"], "Espresso");
    // The model received one request for the coffee, and two for the cat.
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    // Each request contained the picture.
    assert_eq!(shown.load(Ordering::Relaxed), 3);

    // A removal deletes the records of a photo.
    project.stdout(&["rm", key]);
    project.until(&["audit", "--alt-text"], |report| report["summary"]["versions"] == 1);
    let catalog = project.json(&["status"])["outputs"]["CatalogBucket"].as_str().unwrap().to_owned();
    let left = |project: &Project| project.request("GET", &format!("/{catalog}?list-type=2"), "");
    assert!(!left(&project).contains("coffee"), "{}", left(&project));
}
