//! An emulator that is stopped, and one that is killed, in the middle of the work: no photo is lost.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use testkit::Project;

/// How many photos are in flight.
const PHOTOS: u64 = 8;

/// Sends the emulator a signal, and waits until it has gone.
fn end(project: &Project, signal: &str) {
    let status = project.json(&["status"]);
    let port = status["endpoint"].as_str().unwrap().rsplit_once(':').unwrap().1.to_owned();
    let place = format!("GATEWAY_PORT={port}");
    let is_emulator = |process: &std::path::Path| {
        let holds = |file, part: &[u8]| {
            let bytes = std::fs::read(process.join(file)).unwrap_or_default();
            bytes.split(|&byte| byte == 0).any(|word| word.ends_with(part))
        };
        holds("cmdline", b"launcher.py") && holds("environ", place.as_bytes())
    };
    let processes = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    let emulator = processes.filter(|process| is_emulator(process)).collect::<Vec<_>>();
    let [emulator] = &emulator[..] else { panic!("{emulator:?}") };
    let pid = emulator.file_name().unwrap();
    assert!(Command::new("kill").arg(signal).arg(pid).status().unwrap().success());
    let begun = Instant::now();
    while is_emulator(emulator) {
        assert!(begun.elapsed() < Duration::from_secs(60), "the emulator goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A picture of its own for every number.
fn draw(project: &Project, folder: &str, first: u32) {
    std::fs::create_dir(project.path(folder)).unwrap();
    for number in first..first + u32::try_from(PHOTOS).unwrap() {
        let picture = image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x, y, number].map(|n| n as u8)));
        picture.save(project.path(&format!("{folder}/{number}.png"))).unwrap();
    }
}

/// Switches the delivery of messages on or off.
fn deliver(project: &Project, enabled: bool) {
    let status = project.json(&["status"]);
    let source = status["functions"]["ThumbnailFunction"]["event_source"]["id"].as_str().unwrap();
    let path = format!("/2015-03-31/event-source-mappings/{source}");
    project.request("PUT", &path, json!({ "Enabled": enabled }).to_string());
}

#[test]
fn an_emulator_that_ends_in_the_middle_loses_no_photo() {
    let project = Project::new("");
    project.stdout(&["up"]);

    // Stopped while all wait in the queue: it comes back with photos and messages, and goes on.
    draw(&project, "first", 0);
    deliver(&project, false);
    project.stdout(&["upload", "--recursive", "first"]);
    let all_wait = |said: &Value| said["queues"]["ThumbnailQueue"]["waiting"].as_u64() >= Some(PHOTOS);
    project.until(&["status"], all_wait);
    end(&project, "-TERM");
    assert_eq!(project.json(&["audit"])["summary"]["versions"], PHOTOS);
    deliver(&project, true);
    project.until(&["audit"], |said| said["summary"]["done"] == PHOTOS);

    // Killed: the messages are gone with it. The photos are not, and a backfill finds what nobody works on.
    deliver(&project, false);
    draw(&project, "second", 100);
    project.stdout(&["upload", "--recursive", "second"]);
    project.until(&["status"], all_wait);
    end(&project, "-KILL");
    let summary = project.json(&["audit"])["summary"].clone();
    assert_eq!((&summary["versions"], &summary["done"]), (&json!(2 * PHOTOS), &json!(PHOTOS)), "{summary}");
    deliver(&project, true);
    assert_eq!(project.json(&["backfill", "--yes"])["sent"], PHOTOS);
    let expect = json!({"versions": 16, "done": 16, "failed": 0, "in_flight": 0, "lost": 0, "orphaned": 0, "partial": 0, "incomplete": 0, "contradictory": 0, "unreadable": 0});
    project.until(&["audit"], |said| said["summary"] == expect);
}
