//! Least privilege: runs the whole pipeline and every command on an emulator that enforces IAM, with an operator that
//! has exactly the policy of `deployer doctor --policy`. The emulator records each decision. If a request is denied, a
//! permission is missing. A permission that no request uses is superfluous. Without any single statement, a request is
//! denied.

mod enforced;

use serde_json::{Value, json};

use crate::permissions::enforced::{Decision, EnforcedStack, PolicyStatement, matches_pattern};
use crate::viewer::request;
use crate::zips::zips_that_start;
use testkit::http::{Reply, serve};

/// Permissions of roles that the emulator does not check: function, action, resource.
const NOT_ASKED: [(&str, &str, &str); 15] = [
    // Lambda receives messages and writes logs.
    ("", "sqs:ReceiveMessage", ""),
    ("", "sqs:DeleteMessage", ""),
    ("", "sqs:GetQueueAttributes", ""),
    ("", "logs:CreateLogStream", ""),
    ("", "logs:PutLogEvents", ""),
    // S3, SQS and SNS use the key.
    ("", "kms:Decrypt", ""),
    ("", "kms:GenerateDataKey", ""),
    // With s3:ListBucket, S3 returns 404 instead of 403 for a missing object.
    ("AltText", "s3:ListBucket", ""),
    ("Failover", "s3:ListBucket", ""),
    ("Thumbnail", "s3:ListBucket", "-originals-"),
    ("Delivery", "s3:ListBucket", "-originals-"),
    ("Delivery", "s3:ListBucket", "-catalog-"),
    // These are used only in races, which `handler/tests` covers: a removal, an upload, or another worker is faster.
    ("Delivery", "sqs:SendMessage", ""),
    ("AltText", "s3:DeleteObject", ""),
    ("Failover", "s3:DeleteObject", ""),
];

/// Returns whether the emulator checks this permission of `role`.
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
    let settings = "stack: tested\nalt_text: {enabled: true}\nkms_key: true\naccess_logs: true\n\
        delivery: {enabled: true, sizes: signed}\n";
    let mut enforced = EnforcedStack::start(settings, &model);
    let policies = enforced.create_operator();
    let enforced = enforced;

    let outputs = use_every_feature(&enforced);
    let output = |name: &str| outputs[name].as_str().unwrap().to_owned();
    let roles = enforced.roles();
    assert_eq!(roles.len(), 4, "{roles:?}");

    // The policy of the bucket denies requests without TLS.
    enforced.set_tls(false);
    enforced.run(&["ls"]).stderr_has("explicit deny");
    enforced.set_tls(true);

    let decisions = enforced.decisions();
    for role in &roles {
        check_permissions_are_used(&enforced, role, &decisions);
    }
    for role in &roles {
        check_each_statement_is_needed(&enforced, role, &output);
    }
    check_each_operator_statement_is_needed(&enforced, &policies);

    let before_down = enforced.decisions().len();
    enforced.stdout(&["down", "--yes"]);
    let refused: Vec<Decision> =
        enforced.decisions().into_iter().skip(before_down).filter(|one| !one.allowed).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

/// Uses every feature of a stack once, without a denied request. Returns the outputs of the stack.
fn use_every_feature(enforced: &EnforcedStack) -> Value {
    std::fs::copy(testkit::sample("coffee.jpg"), enforced.path("coffee.jpg")).unwrap();
    std::fs::copy(testkit::sample("chelsea.png"), enforced.path("cat.png")).unwrap();
    std::fs::write(enforced.path("text.jpg"), "no image").unwrap();
    std::fs::write(enforced.path("large.bin"), vec![1; 20_000_000]).unwrap();
    let zips = zips_that_start(&["thumbnail", "failover", "alt-text", "delivery"], &enforced.path(""));
    let zips: Vec<&str> = zips.iter().map(String::as_str).collect();
    enforced.stdout(&["--local", "package", "--out", "zips"]);
    enforced.stdout(&[&["up", "--yes"], &zips[..]].concat());
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
    enforced.stdout(&[&["plan"], &zips[..]].concat());
    for picture in [["--preset", "small"], ["--width", "300"]] {
        let url = enforced.url(&[&[&key[..]], &picture[..]].concat());
        let response = request("GET", &url, "");
        assert_eq!(response.status, 200, "{url}: {response:?}; denied: {:#?}", enforced.denied());
    }
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
    // Another client removes a photo, and dead letters arrive.
    enforced.delete(&output("OriginalsBucket"), &key);
    enforced.until("the removal", |enforced| {
        let removed = |one: &Decision| one.is_in("Thumbnail") && one.action == "s3:DeleteObject";
        enforced.decisions().iter().any(removed).then_some(())
    });
    // A version that becomes current again may have lost its alt texts.
    enforced.replace(&output("OriginalsBucket"), "again.jpg", &enforced.path("coffee.jpg"));
    enforced.until("the message to the alt-text function", |enforced| {
        let told = |one: &Decision| {
            one.is_in("Thumbnail") && one.action == "sqs:SendMessage" && one.resource.contains("AltText")
        };
        enforced.decisions().iter().any(told).then_some(())
    });
    // One dead letter is about a photo that does not exist, which the function checks again. The other is about a photo
    // that exists and is not done.
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

    for queue in ["-ThumbnailQueue-", "-AltTextQueue-"] {
        enforced.until("the second check by the failover function", |enforced| {
            let is_message = |one: &Decision| {
                one.is_in("Failover") && one.action == "sqs:SendMessage" && one.resource.contains(queue)
            };
            enforced.decisions().iter().any(is_message).then_some(())
        });
    }

    let refused = enforced.denied();
    assert!(refused.is_empty(), "{refused:#?}");
    outputs
}

/// Returns the event of an upload of `key`, for this version or the current one.
fn event(bucket: &str, key: &str, version: Option<&str>) -> String {
    let object = json!({"key": key, "versionId": version});
    let record =
        json!({"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": object}});
    json!({"Records": [record]}).to_string()
}

/// Checks that each permission of `role` was used.
#[track_caller]
fn check_permissions_are_used(enforced: &EnforcedStack, role: &str, decisions: &[Decision]) {
    let mut needless = Vec::new();
    for (_, policy) in enforced.policies(role) {
        for statement in PolicyStatement::parse_policy(&policy) {
            for action in statement.actions() {
                for resource in statement.resources().into_iter().filter(|on| is_asked(role, action, on)) {
                    let asked = |one: &Decision| {
                        one.is_by(role)
                            && one.allowed
                            && one.action == action
                            && matches_pattern(resource, &one.resource)
                    };
                    if !decisions.iter().any(asked) {
                        needless.push(format!("{action} on {resource}"));
                    }
                }
            }
        }
    }
    assert!(needless.is_empty(), "{role} has superfluous permissions: {needless:#?}");
}

/// Checks that the emulator denies a request of the function without any single statement of `role`.
fn check_each_statement_is_needed(enforced: &EnforcedStack, role: &str, output: &dyn Fn(&str) -> String) {
    let sample = enforced.path("coffee.jpg");
    for (name, policy) in enforced.policies(role) {
        for statement in PolicyStatement::parse_policy(&policy) {
            let sid = statement.value["Sid"].as_str().unwrap();
            let asked = |action: &str| statement.resources().iter().any(|on| is_asked(role, action, on));
            if !statement.actions().into_iter().any(asked) {
                continue;
            }
            let mut less = policy.clone();
            // A policy must have a statement.
            less["Statement"][statement.index]["Action"] = json!("sts:GetCallerIdentity");
            let key = format!("without-{sid}.jpg");
            let bucket = output("OriginalsBucket");
            // Only a removal lists and sends messages.
            let is_of_removal = matches!(statement.actions()[..], ["s3:ListBucket" | "sqs:SendMessage"]);
            let before = enforced.decisions().len();
            enforced.put_role_policy(role, &name, &less);
            if role.contains("Delivery") {
                // Request a size that is not stored. A wrong signature makes the function read the key again.
                let is_of_key = statement.actions().contains(&"secretsmanager:GetSecretValue");
                let width = format!("{}", 301 + statement.index);
                let url = enforced.url(&["again.jpg", "--width", &width]);
                request("GET", &format!("{url}{}", if is_of_key { "0" } else { "" }), "");
            } else if role.contains("Failover") {
                for queue in ["ThumbnailDeadLetterQueueUrl", "AltTextDeadLetterQueueUrl"] {
                    enforced.send(&output(queue), &event(&bucket, &key, Some("1")));
                    enforced.send(&output(queue), &event(&bucket, "text.jpg", None));
                }
            } else if is_of_removal && role.contains("Thumbnail") {
                enforced.replace(&bucket, &key, &sample);
            } else {
                enforced.put(&bucket, &key, &sample);
            }
            enforced.until(&format!("the denial of a call by {role} without {sid}"), |enforced| {
                let of_it = |one: &Decision| {
                    one.is_by(role) && !one.allowed && statement.actions().contains(&one.action.as_str())
                };
                enforced.decisions()[before..].iter().any(of_it).then_some(())
            });
            enforced.put_role_policy(role, &name, &policy);
        }
    }
}

/// Checks that a command fails without a statement of one of the policies of the operator.
fn check_each_operator_statement_is_needed(enforced: &EnforcedStack, policies: &[(&str, Value); 2]) {
    let [stack, delivery] = policies;
    for ((name, policy), action, command) in [
        (stack, "cloudformation:Describe*", &["status"][..]),
        (stack, "s3:GetObject", &["ls"]),
        (stack, "sqs:SendMessage", &["status"]),
        (stack, "logs:FilterLogEvents", &["logs"]),
        (delivery, "secretsmanager:GetSecretValue", &["url", "again.jpg", "--width", "300"]),
    ] {
        let with_it = |statement: &PolicyStatement| statement.actions().contains(&action);
        let found = PolicyStatement::parse_policy(policy).into_iter().find(with_it).unwrap();
        let mut less = policy.clone();
        less["Statement"].as_array_mut().unwrap().remove(found.index);
        enforced.put_operator_policy(name, &less);
        let ran = enforced.run(command);
        assert!(ran.stdout.contains("not authorized") || ran.stderr.contains("not authorized"), "{ran}");
        // `status` shows the rest if it cannot read a queue.
        assert_eq!(ran.code, Some(i32::from(action != "sqs:SendMessage")), "{ran}");
        // `doctor` reports it, too.
        let missing = action.split('*').next().unwrap();
        let ran = enforced.run(&["doctor"]).stdout_has("IAM denies").stdout_has(missing);
        assert_eq!(ran.code, Some(1), "{ran}");
        enforced.put_operator_policy(name, policy);
    }
}
