//! Least privilege, tried: the whole pipeline and every command where IAM is enforced, by an operator with exactly
//! the policy that `deployer doctor --policy` prints and by functions with exactly their roles. The emulator writes
//! down each decision: what is refused is missing, what is never asked for is too much, and without any one
//! statement something is refused.

mod enforced;

use serde_json::{Value, json};

use crate::permissions::enforced::{Decision, Enforced, Statement, is_like};
use testkit::http::{Reply, serve};

/// What is done with a role's rights that the emulator does not ask for: function, action, resource.
const NOT_ASKED: [(&str, &str, &str); 12] = [
    // Lambda receives and logs.
    ("", "sqs:ReceiveMessage", ""),
    ("", "sqs:DeleteMessage", ""),
    ("", "sqs:GetQueueAttributes", ""),
    ("", "logs:CreateLogStream", ""),
    ("", "logs:PutLogEvents", ""),
    // S3, SQS and SNS use the key.
    ("", "kms:Decrypt", ""),
    ("", "kms:GenerateDataKey", ""),
    // S3 says 404, and not 403, to who may list.
    ("AltText", "s3:ListBucket", ""),
    ("Failover", "s3:ListBucket", ""),
    ("Thumbnail", "s3:ListBucket", "-originals-"),
    // Only in races, which `handler/tests` runs: the original goes, or the photo is done, while it is worked on.
    ("AltText", "s3:DeleteObject", ""),
    ("Failover", "s3:DeleteObject", ""),
];

/// Whether the emulator asks for this permission of `role`.
fn is_asked(role: &str, action: &str, resource: &str) -> bool {
    !NOT_ASKED.iter().any(|(of, what, on)| role.contains(of) && *what == action && resource.contains(on))
}

#[test]
fn every_permission_is_needed_and_none_is_missing() {
    let words = json!({"alt": "A cup of coffee on a table", "decorative": false, "long_description": "",
        "visible_text": "", "confidence": 80});
    let call = json!({"id": "c", "type": "function",
        "function": {"name": "describe_picture", "arguments": words.to_string()}});
    let message = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let answer = json!({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}});
    let model = serve(move |_| Reply::new(200, answer.to_string()));
    let settings = "stack: tested\nalt_text: {enabled: true}\nkms_key: true\naccess_logs: true\n";
    let mut enforced = Enforced::start(settings, &model);
    let policy = enforced.hire();
    let enforced = enforced;

    let outputs = work(&enforced);
    let output = |name: &str| outputs[name].as_str().unwrap().to_owned();
    let roles = enforced.roles();
    assert_eq!(roles.len(), 3, "{roles:?}");

    // What the bucket's policy says about TLS is true.
    enforced.encrypted(false);
    let refused = enforced.run(&["ls"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("explicit deny"), "{refused:?}");
    enforced.encrypted(true);

    let decisions = enforced.decisions();
    for role in &roles {
        held_against_its_calls(&enforced, role, &decisions);
    }
    for role in &roles {
        fails_without_each_statement(&enforced, role, &output);
    }
    operator_fails_without_each_statement(&enforced, &policy);

    let before_down = enforced.decisions().len();
    enforced.stdout(&["down", "--yes"]);
    let refused: Vec<Decision> =
        enforced.decisions().into_iter().skip(before_down).filter(|one| !one.allowed).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

/// Everything that a stack is for, once, and nothing of it is refused. Gives the stack's outputs.
fn work(enforced: &Enforced) -> Value {
    std::fs::copy(testkit::sample("coffee.jpg"), enforced.path("coffee.jpg")).unwrap();
    std::fs::copy(testkit::sample("chelsea.png"), enforced.path("cat.png")).unwrap();
    std::fs::write(enforced.path("text.jpg"), "no image").unwrap();
    std::fs::write(enforced.path("large.bin"), vec![1; 20_000_000]).unwrap();
    enforced.stdout(&["package", "--out", "zips"]);
    let zips = ["thumbnail", "failover", "alt-text"].map(|name| format!("zips/{name}.zip"));
    enforced.stdout(&["up", "--yes", "--zip", &zips[0], "--zip", &zips[1], "--zip", &zips[2]]);
    let status: Value = serde_json::from_str(&enforced.stdout(&["status", "--output", "json"])).unwrap();
    let outputs = status["outputs"].clone();
    let output = |name: &str| outputs[name].as_str().unwrap().to_owned();

    let key = enforced.stdout(&["upload", "--wait", "coffee.jpg"]).trim_end().to_owned();
    let cat = enforced.stdout(&["upload", "--wait", "cat.png"]).trim_end().to_owned();
    enforced.run(&["upload", "--force", "--wait", "text.jpg"]);
    enforced.stdout(&["upload", "--force", "large.bin"]);
    let done = |by: &str, end: &str| {
        enforced.until(end, |enforced| {
            let stored = |one: &&Decision| {
                one.is_in(by) && one.action == "s3:PutObject" && one.resource.ends_with(end)
            };
            enforced.decisions().iter().find(stored).map(|one| one.resource.clone())
        })
    };
    done("AltText", "/alt-text-done.json");
    enforced.stdout(&["plan", "--zip", &zips[0], "--zip", &zips[1], "--zip", &zips[2]]);
    for command in [
        &["ls"][..],
        &["fetch", &key, "-o", "out/"],
        &["fetch", &key, "--original", "-o", "out/"],
        &["logs"],
        &["explain", &key],
        &["audit"],
        &["alt", &key, "--set", "A cup"],
        &["replay", &key],
        &["replay", "--alt-text", &cat],
        &["backfill", "--dry-run"],
        &["backfill", "--yes"],
        &["doctor"],
        &["rm", &cat],
    ] {
        enforced.stdout(command);
    }
    enforced.check_files(&["zips/thumbnail.zip", "out/coffee.small.webp", "out/coffee.large.webp"]);
    // Somebody else removes a photo, and dead letters come.
    enforced.delete(&output("OriginalsBucket"), &key);
    enforced.until("the removal", |enforced| {
        let removed = |one: &Decision| one.is_in("Thumbnail") && one.action == "s3:DeleteObject";
        enforced.decisions().iter().any(removed).then_some(())
    });
    // A version of a photo that is shown again may have lost its alt texts.
    enforced.replace(&output("OriginalsBucket"), "again.jpg", &enforced.path("coffee.jpg"));
    enforced.until("the alt-text function to be told", |enforced| {
        let told = |one: &Decision| {
            one.is_in("Thumbnail") && one.action == "sqs:SendMessage" && one.resource.contains("AltText")
        };
        enforced.decisions().iter().any(told).then_some(())
    });
    // Of a photo that is not there, which is looked at once more, and of one that is there and not done.
    enforced.put(&output("OriginalsBucket"), "text.jpg", &enforced.path("text.jpg"));
    for queue in ["ThumbnailDeadLetterQueueUrl", "AltTextDeadLetterQueueUrl"] {
        let bucket = output("OriginalsBucket");
        enforced.send(&output(queue), &event(&bucket, "nowhere.jpg", Some("1")));
        enforced.send(&output(queue), &event(&bucket, "text.jpg", None));
    }
    done("Failover", "nowhere.jpg~/1/failed.json");
    done("Failover", "nowhere.jpg~/1/alt-text-failed.json");
    enforced.until("the alert", |enforced| {
        enforced
            .decisions()
            .iter()
            .any(|one| one.is_in("Failover") && one.action == "sns:Publish")
            .then_some(())
    });

    enforced.until("the failover function to ask for a second look", |enforced| {
        let sent = |one: &Decision| one.is_in("Failover") && one.action == "sqs:SendMessage";
        enforced.decisions().iter().any(sent).then_some(())
    });

    let refused: Vec<Decision> = enforced.decisions().into_iter().filter(|one| !one.allowed).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    outputs
}

/// The event of an upload of `key`, of that version or of the current one.
fn event(bucket: &str, key: &str, version: Option<&str>) -> String {
    let object = json!({"key": key, "versionId": version});
    let record =
        json!({"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": object}});
    json!({"Records": [record]}).to_string()
}

/// Each permission of `role` was asked for.
#[track_caller]
fn held_against_its_calls(enforced: &Enforced, role: &str, decisions: &[Decision]) {
    let mut needless = Vec::new();
    for (_, policy) in enforced.policies(role) {
        for statement in Statement::of(&policy) {
            for action in statement.actions() {
                for resource in statement.resources().into_iter().filter(|on| is_asked(role, action, on)) {
                    let asked = |one: &Decision| {
                        one.is_by(role)
                            && one.allowed
                            && one.action == action
                            && is_like(resource, &one.resource)
                    };
                    if !decisions.iter().any(asked) {
                        needless.push(format!("{action} on {resource}"));
                    }
                }
            }
        }
    }
    assert!(needless.is_empty(), "{role} may, and never does: {needless:#?}");
}

/// Without any one statement of `role` the emulator asks for, the function is refused something.
fn fails_without_each_statement(enforced: &Enforced, role: &str, output: &dyn Fn(&str) -> String) {
    let sample = enforced.path("coffee.jpg");
    for (name, policy) in enforced.policies(role) {
        for statement in Statement::of(&policy) {
            let sid = statement.value["Sid"].as_str().unwrap();
            let asked = |action: &str| statement.resources().iter().any(|on| is_asked(role, action, on));
            if !statement.actions().into_iter().any(asked) {
                continue;
            }
            let mut less = policy.clone();
            // A policy without any statement is none.
            less["Statement"][statement.index]["Action"] = json!("sts:GetCallerIdentity");
            let key = format!("without-{sid}.jpg");
            let bucket = output("OriginalsBucket");
            // Listings and messages are part of a removal.
            let is_of_removal = matches!(statement.actions()[..], ["s3:ListBucket"] | ["sqs:SendMessage"]);
            let before = enforced.decisions().len();
            enforced.let_role(role, &name, &less);
            if role.contains("Failover") {
                for queue in ["ThumbnailDeadLetterQueueUrl", "AltTextDeadLetterQueueUrl"] {
                    enforced.send(&output(queue), &event(&bucket, &key, Some("1")));
                    enforced.send(&output(queue), &event(&bucket, "text.jpg", None));
                }
            } else if is_of_removal && role.contains("Thumbnail") {
                enforced.replace(&bucket, &key, &sample);
            } else {
                enforced.put(&bucket, &key, &sample);
            }
            enforced.until(&format!("{role} refused without {sid}"), |enforced| {
                let of_it = |one: &Decision| {
                    one.is_by(role) && !one.allowed && statement.actions().contains(&one.action.as_str())
                };
                enforced.decisions()[before..].iter().any(of_it).then_some(())
            });
            enforced.let_role(role, &name, &policy);
        }
    }
}

/// Without a statement of the operator's policy that the emulator asks for, a command fails.
fn operator_fails_without_each_statement(enforced: &Enforced, policy: &Value) {
    for (action, command) in [
        ("cloudformation:Describe*", &["status"][..]),
        ("s3:GetObject", &["ls"]),
        ("sqs:SendMessage", &["status"]),
        ("logs:FilterLogEvents", &["logs"]),
    ] {
        let with_it = |statement: &Statement| statement.actions().contains(&action);
        let found = Statement::of(policy).into_iter().find(with_it).unwrap();
        let mut less = policy.clone();
        less["Statement"].as_array_mut().unwrap().remove(found.index);
        enforced.allow(&less);
        let output = enforced.run(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains("not authorized"), "{command:?}: {said}");
        // `doctor` sees it, too.
        let output = enforced.run(&["doctor"]);
        let said = String::from_utf8_lossy(&output.stdout);
        let missing = action.split('*').next().unwrap();
        assert!(output.status.code() == Some(1) && said.contains("IAM denies"), "{action}: {said}");
        assert!(said.contains(missing), "{action}: {said}");
    }
    enforced.allow(policy);
}
