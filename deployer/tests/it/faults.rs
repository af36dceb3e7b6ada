//! Random faults between the deployer, the functions and the emulator. After any fault, every photo ends with
//! thumbnails or a failure record, and the deployer reports each failure.
//!
//! `PROXY_SEEDS=50` runs 50 seeds; `PROXY_FIRST=<seed> PROXY_SEEDS=1` runs one seed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use contract::key::OriginalVersion;
use contract::preset::ThumbnailFormat;
use fastrand::Rng;
use serde_json::{Value, json};

use testkit::http::Request;
use testkit::proxy::{Proxy, kill_functions};
use testkit::{Deployer, Fault, Project, RunResult, SLOW_DOWN, number_from_env};

/// The number of calls that may fail. Later calls succeed, so that every script ends.
const CALLS: u32 = 300;

/// How long processing may take with all faults. An audit reports no photo as lost in its first minute.
const LONGEST: Duration = Duration::from_secs(180);

/// A stack whose deployer and functions go through proxies.
struct ProxiedStack {
    project: Project,
    deployer: Proxy,
    functions: Proxy,
}

impl ProxiedStack {
    fn start() -> Self {
        let (deployer, functions) = (Proxy::start(), Proxy::start());
        let project = Project::with(
            "function: {timeout: 10}",
            &[("MINISTACK_FUNCTIONS_ENDPOINT_URL", &functions.endpoint)],
        );
        project.stdout(&["up"]);
        let status = project.json(&["status"]);
        for proxy in [&deployer, &functions] {
            proxy.forward_to(status["endpoint"].as_str().unwrap());
        }
        // SQS delivers a message again soon.
        for queue in ["ThumbnailQueueName", "ThumbnailDeadLetterQueueName"] {
            let name = status["outputs"][queue].as_str().unwrap();
            let change = "Action=SetQueueAttributes&Version=2012-11-05&Attribute.1.Name=VisibilityTimeout\
                          &Attribute.1.Value=2";
            project.request("POST", &format!("/000000000000/{name}"), change);
        }
        Self { project, deployer, functions }
    }

    /// Runs the deployer through its proxy.
    fn run_through_proxy(&self, arguments: &[&str]) -> RunResult {
        let deployer = Deployer::within(self.project.path(".")).aws(&self.deployer.endpoint);
        deployer.env("AWS_REGION", "us-east-1").args(arguments).run()
    }

    /// Waits until no version under `prefix` is in flight, and returns the summary of the audit.
    fn wait_until_settled(&self, prefix: &str) -> Value {
        let begun = Instant::now();
        loop {
            let summary = self.project.json(&["audit", prefix])["summary"].clone();
            if summary["in_flight"] == 0 {
                return summary;
            }
            assert!(begun.elapsed() < LONGEST, "{summary}");
        }
    }

    fn output(&self, name: &str) -> String {
        self.project.json(&["status"])["outputs"][name].as_str().unwrap().to_owned()
    }
}

/// Returns a different picture for each `seed`.
fn draw(seed: u64, width: u32) -> Vec<u8> {
    let mut rng = Rng::with_seed(seed);
    let picture =
        image::RgbImage::from_fn(width, 40, |_, _| image::Rgb([rng.u8(..), rng.u8(..), rng.u8(..)]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Returns whether a call fetches an original whose key contains `name`.
fn fetches(call: &Request, name: &str) -> bool {
    let is_original = call.target().contains("-originals-") && call.target().contains(name);
    call.method() == "GET" && call.service() == "s3" && is_original
}

/// Kills the functions that use `endpoint`, instead of a reply.
fn kill(endpoint: &str) -> Fault {
    kill_functions(endpoint);
    Fault::Cut
}

/// Returns a script in which about one call in `odds` fails, with every kind of fault. It also kills the functions at
/// the endpoint `kills`, if given.
fn random_faults(
    seed: u64,
    odds: u32,
    kills: Option<String>,
) -> impl FnMut(&Request) -> Fault + Send + 'static {
    let mut rng = Rng::with_seed(seed);
    let mut calls = 0;
    move |_| {
        calls += 1;
        if calls > CALLS || rng.u32(..odds) != 0 {
            return Fault::None;
        }
        match rng.u8(..9) {
            0 | 1 => SLOW_DOWN,
            2 => Fault::Refuse(500, "InternalError"),
            3 => Fault::Refuse(503, "ServiceUnavailable"),
            4 => Fault::Cut,
            5 => Fault::Lose,
            6 => Fault::Truncate,
            7 if kills.is_some() => kill(kills.as_deref().unwrap()),
            _ => Fault::Delay(Duration::from_millis(rng.u64(..200))),
        }
    }
}

#[test]
fn nothing_is_lost_between_the_deployer_and_the_functions() {
    let stack = ProxiedStack::start();
    let first = number_from_env("PROXY_FIRST", 0);
    for seed in first..first + number_from_env("PROXY_SEEDS", 2) {
        check_seed(&stack, seed);
    }
}

fn check_seed(stack: &ProxiedStack, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let folder = format!("seed-{seed}");
    std::fs::create_dir(stack.project.path(&folder)).unwrap();
    for i in 0..5 {
        let path = stack.project.path(&format!("{folder}/{seed}-{i}.png"));
        std::fs::write(path, draw(seed * 10 + i, 60)).unwrap();
    }
    std::fs::write(stack.project.path(&format!("{folder}/{seed}-text.jpg")), format!("no image {seed}"))
        .unwrap();
    let upload = ["--output", "json", "upload", "--force", "--recursive", &folder];

    let odds = rng.u32(5..15);
    stack.deployer.script(random_faults(seed, odds, None));
    let functions = stack.functions.endpoint.clone();
    stack.functions.script(random_faults(seed + 1_000_000, odds, Some(functions)));
    let faulty = stack.run_through_proxy(&upload);
    let lines = faulty.json_lines();
    let stderr = &faulty.stderr;
    assert!(!stderr.contains("panicked"), "seed {seed}: {stderr}");
    let stored = keys(&lines);
    // The command reports each file, or one error for the whole command.
    let is_told = lines.len() == 6 || (lines.is_empty() && stderr.contains("error: "));
    assert!(is_told && (faulty.code == Some(0)) == (stored.len() == 6), "seed {seed}: {lines:?}\n{stderr}");

    // Meanwhile, another client overwrites one photo and removes another.
    let originals = stack.output("OriginalsBucket");
    if let [overwritten, removed, ..] = &stored.values().collect::<Vec<_>>()[..] {
        let other = String::from_utf8(b"GIF89a not quite".to_vec()).unwrap();
        stack.project.request("PUT", &format!("/{originals}/{overwritten}"), &other);
        stack.project.request("DELETE", &format!("/{originals}/{removed}"), "");
    }

    // Upload again without faults: existing photos are not sent again, and no photo exists twice.
    stack.deployer.stop_faults();
    let whole = stack.run_through_proxy(&upload);
    assert_eq!(whole.code, Some(0), "seed {seed}: {whole}");
    let all = keys(&whole.json_lines());
    assert_eq!(all.len(), 6, "seed {seed}");
    for (file, key) in &stored {
        assert_eq!(all[file], *key, "seed {seed}");
    }
    let mut prefixes: BTreeSet<&str> = BTreeSet::new();
    for key in all.values() {
        prefixes.insert(key.rsplit_once('/').unwrap().0);
    }
    assert_eq!(prefixes.len(), 1, "seed {seed}: {prefixes:?}");
    let folder = format!("{}/", prefixes.first().unwrap());
    let summary = stack.wait_until_settled(&format!("{folder}{seed}-"));
    assert_eq!(summary["lost"], 0, "seed {seed}: {summary}");
    // The removed photo exists again.
    assert_eq!(summary["versions"], 6, "seed {seed}: {summary}");
    stack.functions.stop_faults();
    // Each photo that is done can be downloaded, and its digest is right.
    if summary["done"] != 0 {
        let out = format!("out-{seed}/");
        let fetched = stack.project.run(&["fetch", "--all", &folder, "-o", &out]);
        assert!(fetched.status.success(), "seed {seed}: {}", String::from_utf8_lossy(&fetched.stderr));
    }
}

/// Returns the keys of the stored photos by file.
fn keys(lines: &[Value]) -> BTreeMap<String, String> {
    let stored = lines.iter().filter(|line| line["key"].is_string());
    stored
        .map(|line| (line["file"].as_str().unwrap().to_owned(), line["key"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn a_photo_that_kills_the_function_fails_and_the_other_nine_are_done() {
    let stack = ProxiedStack::start();
    let photos = stack.project.path("photos");
    std::fs::create_dir(&photos).unwrap();
    for i in 0..10 {
        let (name, width) = if i == 4 { ("poison".to_owned(), 400) } else { (format!("photo-{i}"), 60) };
        std::fs::write(photos.join(format!("{name}.png")), draw(i, width)).unwrap();
    }
    let functions = stack.functions.endpoint.clone();
    stack.functions.script(move |call| if fetches(call, "poison") { kill(&functions) } else { Fault::None });
    // All messages wait in the queue before the function receives any.
    let source =
        stack.project.json(&["status"])["functions"]["ThumbnailFunction"]["event_source"]["id"].clone();
    let source = format!("/2015-03-31/event-source-mappings/{}", source.as_str().unwrap());
    stack.project.request("PUT", &source, r#"{"Enabled": false}"#);
    let stdout = stack.project.stdout(&["upload", "--recursive", "photos"]);
    let poison = stdout.lines().find(|key| key.contains("poison")).unwrap().to_owned();
    // SQS may deliver an event twice.
    let all_wait = |report: &Value| report["queues"]["ThumbnailQueue"]["waiting"].as_u64() >= Some(10);
    stack.project.until(&["status"], all_wait);
    let stopped = stack.project.json(&["explain", &poison]);
    assert_eq!(stopped["state"], "stopped", "{stopped}");
    stack.project.request("PUT", &source, r#"{"Enabled": true}"#);

    let summary = stack.wait_until_settled("");
    let expect = json!({"versions": 10, "done": 9, "failed": 1, "in_flight": 0, "lost": 0, "orphaned": 0, "partial": 0, "incomplete": 0, "contradictory": 0, "unreadable": 0});
    assert_eq!(summary, expect, "{}", stack.project.stdout(&["--output", "json", "logs", "--failed"]));
    let explained = stack.project.json(&["explain", &poison]);
    assert_eq!(explained["state"], "failed", "{explained}");
    let why = explained["why"].as_str().unwrap();
    assert!(why.contains("(killed)") && why.contains("the process ended"), "{why}");
    let letters = stack.project.stdout(&["logs", "--failed", "--key", &poison]);
    // SQS may deliver the dead letter twice.
    assert!(letters.contains("(killed)"), "{letters}");

    // With more memory, the function can process it.
    stack.functions.stop_faults();
    assert_eq!(stack.project.json(&["replay", "--reason", "killed", "--yes"])["sent"], 1);
    stack.project.until(&["audit"], |report| report["summary"]["done"] == 10);
}

/// Uploads a picture called `name`, and returns its key.
fn upload(stack: &ProxiedStack, name: &str, seed: u64) -> String {
    std::fs::write(stack.project.path(name), draw(seed, 60)).unwrap();
    stack.project.stdout(&["upload", name]).trim_end().to_owned()
}

#[test]
fn every_failure_of_a_photo_is_explained() {
    let stack = ProxiedStack::start();
    let project = &stack.project;
    let is = |state: &'static str| move |report: &Value| report["state"] == state;
    #[track_caller]
    fn says(report: &Value, parts: [(&str, &str); 2]) {
        for (field, part) in parts {
            assert!(report[field].as_str().unwrap().contains(part), "{part}: {report:#}");
        }
    }

    // A message that the function cannot read becomes a dead letter, too.
    let queue = format!("/000000000000/{}", stack.output("ThumbnailQueueName"));
    project.request("POST", &queue, "Action=SendMessage&Version=2012-11-05&MessageBody=nonsense");

    // The stack or the photo does not exist.
    let stderr = project.stderr(3, &["explain", "--stack", "other", "cat.png"]);
    assert!(stderr.contains("there is no stack `other`") && stderr.contains("deployer up"), "{stderr}");
    let stderr = project.stderr(3, &["explain", "nowhere.png"]);
    assert!(stderr.contains("there is no photo `nowhere.png`") && stderr.contains("deployer ls"), "{stderr}");

    stack.functions.script(|call| match call {
        call if fetches(call, "denied") => Fault::Refuse(403, "AccessDenied"),
        call if fetches(call, "archived") => Fault::Refuse(403, "InvalidObjectState"),
        call if fetches(call, "locked") => Fault::Refuse(400, "KMS.DisabledException"),
        call if fetches(call, "slow") => Fault::Delay(Duration::from_secs(6)),
        _ => Fault::None,
    });
    let [denied, archived, locked, slow] =
        [("denied.png", 1), ("archived.png", 2), ("locked.png", 3), ("slow.png", 4)]
            .map(|(name, seed)| upload(&stack, name, seed));
    says(
        &project.until(&["explain", &slow], is("waiting")),
        [("why", "in flight or delayed"), ("next", "wait")],
    );
    let retrying = project.until(&["explain", &denied], is("retrying"));
    says(&retrying, [("why", "denied"), ("next", "fix the permission")]);
    says(
        &project.until(&["explain", &archived], is("failed")),
        [("why", "archived"), ("next", "restore-object")],
    );
    says(&project.until(&["explain", &locked], is("failed")), [("why", "kms-denied"), ("next", "KMS key")]);
    // The log of the last attempt can arrive after the failure record.
    let is_logged = |report: &Value| report["why"].as_str().is_some_and(|why| why.contains("attempt 5"));
    let dead = project.until(&["explain", &denied], |report| is("failed")(report) && is_logged(report));
    // SQS counts each receive, and may deliver a dead letter more than once.
    says(&dead, [("why", "attempts: attempt 5 failed"), ("next", "deployer replay")]);

    // Use a name that two photos have, and the name of a photo without thumbnails.
    let cat = upload(&stack, "cat.png", 5);
    project.until(&["explain", &cat], is("done"));
    let newest = upload(&stack, "cat.png", 6);
    project.until(&["explain", &newest], is("done"));
    let by_name = project.run(&["explain", "cat.png"]);
    assert!(String::from_utf8_lossy(&by_name.stderr).contains("2 photos match `cat.png`; using the newest"));
    assert!(String::from_utf8_lossy(&by_name.stdout).starts_with(&newest));
    assert_eq!(project.json(&["explain", "archived.png"])["key"], archived.as_str());

    // A thumbnail is deleted, then the photo, then all its versions.
    let version = project.json(&["explain", &cat])["version"].as_str().unwrap().to_owned();
    let small =
        OriginalVersion::new(&cat, Some(&version), None).thumbnail_key("small", ThumbnailFormat::Webp);
    project.request("DELETE", &format!("/{}/{small}", stack.output("ThumbnailsBucket")), "");
    says(&project.json(&["explain", &cat]), [("why", "small"), ("next", "deployer replay")]);
    let originals = stack.output("OriginalsBucket");
    project.request("DELETE", &format!("/{originals}/{cat}"), "");
    says(&project.json(&["explain", &cat]), [("state", "removed"), ("why", "delete marker")]);
    let marker = project.json(&["explain", &cat])["version"].as_str().unwrap().to_owned();
    for version in [version, marker] {
        project.request("DELETE", &format!("/{originals}/{cat}?versionId={version}"), "");
    }
    let stderr = project.stderr(3, &["explain", &cat]);
    assert!(stderr.contains(&format!("`{cat}`")) && stderr.contains("hint: "), "{stderr}");

    // The function cannot start.
    let function = format!("/2015-03-31/functions/{}/configuration", stack.output("ThumbnailFunction"));
    project.request("PUT", &function, r#"{"Environment": {"Variables": {"MAX_BYTES": "many"}}}"#);
    let broken = upload(&stack, "broken.png", 7);
    let report = project.until(&["explain", &broken], is("retrying"));
    says(&report, [("why", "the thumbnail function is failing"), ("next", "deployer logs")]);
    let dead = project.until(&["explain", &broken], is("failed"));
    says(&dead, [("why", "the log has no line about it"), ("next", "deployer status")]);

    // A replay of the unreadable message records it again under another name.
    let unreadable = |count: u64| move |report: &Value| report["summary"]["unreadable"] == count;
    project.until(&["audit"], unreadable(1));
    assert_eq!(project.json(&["replay", "--unreadable", "--dry-run"]), json!({"sent": 1, "dry_run": true}));
    assert_eq!(project.json(&["replay", "--unreadable", "--yes"]), json!({"sent": 1, "dry_run": false}));
    project.until(&["audit"], unreadable(0));
    project.until(&["audit"], unreadable(1));
}
