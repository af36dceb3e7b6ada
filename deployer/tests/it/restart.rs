//! An emulator that is stopped or killed while photos are processed loses no photo.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use testkit::Project;

/// How many photos are in flight.
const PHOTOS: u64 = 8;

/// Sends a signal to the emulator, and waits until it has exited.
fn stop_emulator(project: &Project, signal: &str) {
    let address = project.address();
    let (_, port) = address.rsplit_once(':').unwrap();
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
        assert!(begun.elapsed() < Duration::from_secs(60), "the emulator is still running");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Writes a different picture for each number.
fn write_pictures(project: &Project, folder: &str, first: u32) {
    std::fs::create_dir(project.path(folder)).unwrap();
    for number in first..first + u32::try_from(PHOTOS).unwrap() {
        let picture = image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x, y, number].map(|n| n as u8)));
        picture.save(project.path(&format!("{folder}/{number}.png"))).unwrap();
    }
}

/// Enables or disables the event source mapping.
fn set_delivery(project: &Project, enabled: bool) {
    let status = project.json(&["status"]);
    let source = status["functions"]["ThumbnailFunction"]["event_source"]["id"].as_str().unwrap();
    let path = format!("/2015-03-31/event-source-mappings/{source}");
    project.request("PUT", &path, json!({ "Enabled": enabled }).to_string());
}

#[test]
fn a_stopped_or_killed_emulator_loses_no_photo() {
    let project = Project::new("");
    project.stdout(&["up"]);

    // The emulator is stopped while all messages wait in the queue. It restores photos and messages, and continues.
    write_pictures(&project, "first", 0);
    set_delivery(&project, false);
    project.stdout(&["upload", "--recursive", "first"]);
    let all_wait = |report: &Value| report["queues"]["ThumbnailQueue"]["waiting"].as_u64() >= Some(PHOTOS);
    project.until(&["status"], all_wait);
    stop_emulator(&project, "-TERM");
    assert_eq!(project.json(&["audit"])["summary"]["versions"], PHOTOS);
    set_delivery(&project, true);
    project.until(&["audit"], |report| report["summary"]["done"] == PHOTOS);

    // The emulator is killed. It loses the messages but not the photos, and a backfill finds the photos without a
    // record.
    set_delivery(&project, false);
    write_pictures(&project, "second", 100);
    project.stdout(&["upload", "--recursive", "second"]);
    project.until(&["status"], all_wait);
    stop_emulator(&project, "-KILL");
    let summary = project.json(&["audit"])["summary"].clone();
    assert_eq!((&summary["versions"], &summary["done"]), (&json!(2 * PHOTOS), &json!(PHOTOS)), "{summary}");
    set_delivery(&project, true);
    assert_eq!(project.json(&["backfill", "--yes"])["sent"], PHOTOS);
    let expect = json!({"versions": 16, "done": 16, "failed": 0, "in_flight": 0, "lost": 0, "orphaned": 0, "partial": 0, "incomplete": 0, "contradictory": 0, "unreadable": 0});
    project.until(&["audit"], |report| report["summary"] == expect);
}
