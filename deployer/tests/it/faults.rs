//! Faults by seed between the deployer, its functions and the emulator: whatever fails, every photo ends with its
//! thumbnails or with a failure record, and the deployer says what it could not do.
//!
//! `PROXY_SEEDS=50` runs as many seeds; `PROXY_FIRST=<seed> PROXY_SEEDS=1` runs one alone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use contract::key::OriginalVersion;
use contract::preset::ThumbnailFormat;
use fastrand::Rng;
use serde_json::{Value, json};

use testkit::http::Request;
use testkit::proxy::{Proxy, kill_functions};
use testkit::{Deployer, Fault, Project, Ran, SLOW_DOWN, number};

/// How many calls of a script meet faults; those after do not, so that every script ends.
const CALLS: u32 = 300;

/// How long a photo may take to its end, faults and all. An audit calls nothing lost that is younger than a minute.
const LONGEST: Duration = Duration::from_secs(180);

/// A stack whose deployer and functions go through proxies.
struct World {
    project: Project,
    deployer: Proxy,
    functions: Proxy,
}

impl World {
    fn start() -> Self {
        let (deployer, functions) = (Proxy::start(), Proxy::start());
        let project = Project::with(
            "function: {timeout: 10}",
            &[("MINISTACK_FUNCTIONS_ENDPOINT_URL", &functions.endpoint)],
        );
        project.stdout(&["up"]);
        let status = project.json(&["status"]);
        for proxy in [&deployer, &functions] {
            proxy.goes_to(status["endpoint"].as_str().unwrap());
        }
        // A message comes again soon.
        for queue in ["ThumbnailQueueName", "ThumbnailDeadLetterQueueName"] {
            let name = status["outputs"][queue].as_str().unwrap();
            let change = "Action=SetQueueAttributes&Version=2012-11-05&Attribute.1.Name=VisibilityTimeout\
                          &Attribute.1.Value=2";
            project.request("POST", &format!("/000000000000/{name}"), change);
        }
        Self { project, deployer, functions }
    }

    /// Runs the deployer through its proxy.
    fn through(&self, arguments: &[&str]) -> Ran {
        let deployer = Deployer::within(self.project.path(".")).aws(&self.deployer.endpoint);
        deployer.env("AWS_REGION", "us-east-1").args(arguments).run()
    }

    /// Waits until no version under `prefix` is in flight, and gives the summary of the audit.
    fn settled(&self, prefix: &str) -> Value {
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

/// A picture of its own for every `seed`.
fn picture(seed: u64, width: u32) -> Vec<u8> {
    let mut rng = Rng::with_seed(seed);
    let picture =
        image::RgbImage::from_fn(width, 40, |_, _| image::Rgb([rng.u8(..), rng.u8(..), rng.u8(..)]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Whether a call fetches an original whose key contains `name`.
fn fetches(call: &Request, name: &str) -> bool {
    let is_original = call.target().contains("-originals-") && call.target().contains(name);
    call.method() == "GET" && call.service() == "s3" && is_original
}

/// Kills the functions that use `endpoint`, instead of a reply.
fn kill(endpoint: &str) -> Fault {
    kill_functions(endpoint);
    Fault::Cut
}

/// Makes about one call in `odds` fail, in every way there is. Where `kills` names the endpoint of the functions, it
/// also kills them.
fn script(seed: u64, odds: u32, kills: Option<String>) -> impl FnMut(&Request) -> Fault + Send + 'static {
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
    let world = World::start();
    let first = number("PROXY_FIRST", 0);
    for seed in first..first + number("PROXY_SEEDS", 2) {
        survives(&world, seed);
    }
}

fn survives(world: &World, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let folder = format!("seed-{seed}");
    std::fs::create_dir(world.project.path(&folder)).unwrap();
    for i in 0..5 {
        let path = world.project.path(&format!("{folder}/{seed}-{i}.png"));
        std::fs::write(path, picture(seed * 10 + i, 60)).unwrap();
    }
    std::fs::write(world.project.path(&format!("{folder}/{seed}-text.jpg")), format!("no image {seed}"))
        .unwrap();
    let upload = ["--output", "json", "upload", "--force", "--recursive", &folder];

    let odds = rng.u32(5..15);
    world.deployer.script(script(seed, odds, None));
    let functions = world.functions.endpoint.clone();
    world.functions.script(script(seed + 1_000_000, odds, Some(functions)));
    let faulty = world.through(&upload);
    let lines = faulty.json_lines();
    let stderr = &faulty.stderr;
    assert!(!stderr.contains("panicked"), "seed {seed}: {stderr}");
    let stored = keys(&lines);
    // Each file is told of, or the command as a whole has failed and says so.
    let is_told = lines.len() == 6 || (lines.is_empty() && stderr.contains("error: "));
    assert!(is_told && (faulty.code == Some(0)) == (stored.len() == 6), "seed {seed}: {lines:?}\n{stderr}");

    // Somebody else overwrites one and removes another, in the middle of it all.
    let originals = world.output("OriginalsBucket");
    if let [overwritten, removed, ..] = &stored.values().collect::<Vec<_>>()[..] {
        let other = String::from_utf8(b"GIF89a not quite".to_vec()).unwrap();
        world.project.request("PUT", &format!("/{originals}/{overwritten}"), &other);
        world.project.request("DELETE", &format!("/{originals}/{removed}"), "");
    }

    // The same again, without faults: what is there is not sent again, and nothing is there twice.
    world.deployer.relax();
    let whole = world.through(&upload);
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
    let prefix = format!("{}/{seed}-", prefixes.first().unwrap());
    let summary = world.settled(&prefix);
    assert_eq!(summary["lost"], 0, "seed {seed}: {summary}");
    // What was removed is there again.
    assert_eq!(summary["versions"], 6, "seed {seed}: {summary}");
    world.functions.relax();
    // What is said to be done can be had, and is what it is said to be.
    if summary["done"] != 0 {
        let out = format!("out-{seed}/");
        let fetched = world.project.run(&["fetch", "--all", &prefix, "-o", &out]);
        assert!(fetched.status.success(), "seed {seed}: {}", String::from_utf8_lossy(&fetched.stderr));
    }
}

/// The keys of what was stored, by the file.
fn keys(lines: &[Value]) -> BTreeMap<String, String> {
    let stored = lines.iter().filter(|line| line["key"].is_string());
    stored
        .map(|line| (line["file"].as_str().unwrap().to_owned(), line["key"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn of_ten_messages_the_one_that_kills_is_given_up_and_nine_are_done() {
    let world = World::start();
    let photos = world.project.path("photos");
    std::fs::create_dir(&photos).unwrap();
    for i in 0..10 {
        let (name, width) = if i == 4 { ("poison".to_owned(), 400) } else { (format!("photo-{i}"), 60) };
        std::fs::write(photos.join(format!("{name}.png")), picture(i, width)).unwrap();
    }
    let functions = world.functions.endpoint.clone();
    world.functions.script(move |call| if fetches(call, "poison") { kill(&functions) } else { Fault::None });
    // All wait in the queue before the function is given any.
    let source =
        world.project.json(&["status"])["functions"]["ThumbnailFunction"]["event_source"]["id"].clone();
    let source = format!("/2015-03-31/event-source-mappings/{}", source.as_str().unwrap());
    world.project.request("PUT", &source, r#"{"Enabled": false}"#);
    let stdout = world.project.stdout(&["upload", "--recursive", "photos"]);
    let poison = stdout.lines().find(|key| key.contains("poison")).unwrap().to_owned();
    // An event may come twice.
    let all_wait = |said: &Value| said["queues"]["ThumbnailQueue"]["waiting"].as_u64() >= Some(10);
    world.project.until(&["status"], all_wait);
    let stopped = world.project.json(&["explain", &poison]);
    assert_eq!(stopped["state"], "stopped", "{stopped}");
    world.project.request("PUT", &source, r#"{"Enabled": true}"#);

    let summary = world.settled("");
    let expect = json!({"versions": 10, "done": 9, "failed": 1, "in_flight": 0, "lost": 0, "orphaned": 0, "partial": 0, "incomplete": 0, "contradictory": 0, "unreadable": 0});
    assert_eq!(summary, expect, "{}", world.project.stdout(&["--output", "json", "logs", "--failed"]));
    let explained = world.project.json(&["explain", &poison]);
    assert_eq!(explained["state"], "failed", "{explained}");
    let why = explained["why"].as_str().unwrap();
    assert!(why.contains("(killed)") && why.contains("the process ended"), "{why}");
    let letters = world.project.stdout(&["logs", "--failed", "--key", &poison]);
    assert_eq!(letters.matches("(killed)").count(), 1, "{letters}");

    // With more memory it can be done.
    world.functions.relax();
    assert_eq!(world.project.json(&["replay", "--reason", "killed", "--yes"])["sent"], 1);
    world.project.until(&["audit"], |said| said["summary"]["done"] == 10);
}

/// Uploads a picture called `name`, and gives its key.
fn upload(world: &World, name: &str, seed: u64) -> String {
    std::fs::write(world.project.path(name), picture(seed, 60)).unwrap();
    world.project.stdout(&["upload", name]).trim_end().to_owned()
}

#[test]
fn what_is_broken_is_explained() {
    let world = World::start();
    let project = &world.project;
    let is = |state: &'static str| move |said: &Value| said["state"] == state;
    #[track_caller]
    fn says(said: &Value, parts: [(&str, &str); 2]) {
        for (field, part) in parts {
            assert!(said[field].as_str().unwrap().contains(part), "{part}: {said:#}");
        }
    }

    // What nobody understands becomes a dead letter, too.
    let queue = format!("/000000000000/{}", world.output("ThumbnailQueueName"));
    project.request("POST", &queue, "Action=SendMessage&Version=2012-11-05&MessageBody=nonsense");

    // Nothing of the kind is there.
    let stderr = project.stderr(3, &["explain", "--stack", "other", "cat.png"]);
    assert!(stderr.contains("there is no stack `other`") && stderr.contains("deployer up"), "{stderr}");
    let stderr = project.stderr(3, &["explain", "nowhere.png"]);
    assert!(stderr.contains("there is no photo `nowhere.png`") && stderr.contains("deployer ls"), "{stderr}");

    world.functions.script(|call| match call {
        call if fetches(call, "denied") => Fault::Refuse(403, "AccessDenied"),
        call if fetches(call, "archived") => Fault::Refuse(403, "InvalidObjectState"),
        call if fetches(call, "locked") => Fault::Refuse(400, "KMS.DisabledException"),
        call if fetches(call, "slow") => Fault::Delay(Duration::from_secs(6)),
        _ => Fault::None,
    });
    let [denied, archived, locked, slow] =
        [("denied.png", 1), ("archived.png", 2), ("locked.png", 3), ("slow.png", 4)]
            .map(|(name, seed)| upload(&world, name, seed));
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
    let dead = project.until(&["explain", &denied], is("failed"));
    says(&dead, [("why", "dead letter after 5 attempts: attempt 5 failed"), ("next", "deployer replay")]);

    // By its name, of which there are two; one that has no thumbnails, too.
    let cat = upload(&world, "cat.png", 5);
    project.until(&["explain", &cat], is("done"));
    let newest = upload(&world, "cat.png", 6);
    project.until(&["explain", &newest], is("done"));
    let by_name = project.run(&["explain", "cat.png"]);
    assert!(String::from_utf8_lossy(&by_name.stderr).contains("1 other photo is named `cat.png`"));
    assert!(String::from_utf8_lossy(&by_name.stdout).starts_with(&newest));
    assert_eq!(project.json(&["explain", "archived.png"])["key"], archived.as_str());

    // A thumbnail is removed, then the photo, then all its versions.
    let version = project.json(&["explain", &cat])["version"].as_str().unwrap().to_owned();
    let small =
        OriginalVersion::new(&cat, Some(&version), None).thumbnail_key("small", ThumbnailFormat::Webp);
    project.request("DELETE", &format!("/{}/{small}", world.output("ThumbnailsBucket")), "");
    says(&project.json(&["explain", &cat]), [("why", "small"), ("next", "deployer replay")]);
    let originals = world.output("OriginalsBucket");
    project.request("DELETE", &format!("/{originals}/{cat}"), "");
    says(&project.json(&["explain", &cat]), [("state", "removed"), ("why", "delete marker")]);
    let marker = project.json(&["explain", &cat])["version"].as_str().unwrap().to_owned();
    for version in [version, marker] {
        project.request("DELETE", &format!("/{originals}/{cat}?versionId={version}"), "");
    }
    let stderr = project.stderr(3, &["explain", &cat]);
    assert!(stderr.contains(&format!("`{cat}`")) && stderr.contains("hint: "), "{stderr}");

    // The function cannot even start.
    let function = format!("/2015-03-31/functions/{}/configuration", world.output("ThumbnailFunction"));
    project.request("PUT", &function, r#"{"Environment": {"Variables": {"MAX_BYTES": "many"}}}"#);
    let broken = upload(&world, "broken.png", 7);
    let said = project.until(&["explain", &broken], is("retrying"));
    says(&said, [("why", "the thumbnail function fails"), ("next", "deployer logs")]);
    let dead = project.until(&["explain", &broken], is("failed"));
    says(&dead, [("why", "the log has no line about it"), ("next", "deployer status")]);

    // Sent again it is recorded again, under another name.
    let unreadable = |count: u64| move |said: &Value| said["summary"]["unreadable"] == count;
    project.until(&["audit"], unreadable(1));
    assert_eq!(project.json(&["replay", "--unreadable", "--dry-run"]), json!({"sent": 1, "dry_run": true}));
    assert_eq!(project.json(&["replay", "--unreadable", "--yes"]), json!({"sent": 1, "dry_run": false}));
    project.until(&["audit"], unreadable(0));
    project.until(&["audit"], unreadable(1));
}
