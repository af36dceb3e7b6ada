//! Hostile names and texts: no file is written outside the requested folder, and the terminal receives only visible
//! characters.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

use testkit::{Deployer, Project};

/// Keys of photos, as in the path of a request. U+009B and U+009D also control a terminal.
const KEYS: [&str; 9] = [
    "%2E%2E/%2E%2E/%2E%2E/up.jpg",
    "%2Fetc/absolute.jpg",
    "a/%2E%2E/%2E%2E/between.jpg",
    "%5C..%5Cback.jpg",
    "%C2%9B2J%C2%9D0;title%C2%9Cclear.jpg",
    "%E2%80%AEgpj.turned.jpg",
    "a%0Ab.jpg",
    "%01%08.jpg",
    "%1B]0;title%07%1B[2Jclear.jpg",
];

/// Returns all files below a folder.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.extend([path]) }
    }
    found
}

#[track_caller]
fn check_visible(report: &str) {
    let seen = |c: char| c == '\n' || !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c);
    assert!(report.chars().all(seen), "{report:?}");
}

#[test]
fn hostile_keys_stay_in_the_folder_and_out_of_the_terminal() {
    let project = Project::new("");
    let photo = std::fs::read(testkit::sample("coffee.jpg")).unwrap();
    project.stdout(&["up"]);
    let outputs = project.json(&["status"])["outputs"].clone();
    let bucket = |name: &str| outputs[name].as_str().unwrap().to_owned();
    for (i, key) in KEYS.iter().enumerate() {
        // The bytes differ, so that each photo has its own thumbnails.
        let photo = [&photo[..], &[u8::try_from(i).unwrap()]].concat();
        project.request("PUT", &format!("/{}/{key}", bucket("OriginalsBucket")), photo);
    }
    let keys = u64::try_from(KEYS.len()).unwrap();
    project.until(&["audit"], |report| report["summary"]["done"] == keys);

    let listed = project.stdout(&["ls", "--output", "json"]);
    let keys: Vec<String> = listed
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["key"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(keys.len(), KEYS.len());
    let before = files(&project.path(""));
    for key in &keys {
        let to = "out/photos/";
        for command in [
            &["explain", key][..],
            &["fetch", key, "-o", to],
            &["fetch", key, "--original", "-o", to],
            &["fetch", "--list", key],
            &["alt", key, "--set", "A cup"],
            &["logs", "--key", key],
        ] {
            let output = project.run(command);
            check_visible(&String::from_utf8_lossy(&output.stdout));
            check_visible(&String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    for command in [&["ls"][..], &["logs"], &["audit"], &["status"], &["ls", "\u{1b}[2J"]] {
        let output = project.run(command);
        check_visible(&String::from_utf8_lossy(&output.stdout));
        check_visible(&String::from_utf8_lossy(&output.stderr));
    }
    let now = files(&project.path(""));
    let written: BTreeSet<_> = now.difference(&before).collect();
    let photos = project.path("out/photos");
    assert!(written.iter().all(|path| path.parent() == Some(photos.as_path())), "{written:#?}");
    assert_eq!(written.len(), KEYS.len() * 4, "{written:#?}");
    for above in photos.ancestors().skip(2) {
        let names = std::fs::read_dir(above).unwrap().map(|entry| entry.unwrap().file_name());
        let strays: Vec<_> = names.filter(|name| name.to_string_lossy().contains(".small.")).collect();
        assert!(strays.is_empty(), "{}: {strays:?}", above.display());
    }
    project.stdout(&["rm", "--all", "--yes"]);
    project.request("PUT", &format!("/{}/%01%1Blast.jpg", bucket("OriginalsBucket")), photo);
    project.stdout(&["down", "--yes"]);
}

/// Previews `photo`, and returns the peak memory in MiB.
#[track_caller]
fn peak_memory(photo: &[u8]) -> f64 {
    let report = Deployer::new().file("bomb.png", photo).args(["preview", "bomb.png"]).json();
    assert_eq!(report[0]["status"], "thumbnail", "{report}");
    report[0]["peak_rss_mb"].as_f64().unwrap()
}

#[test]
fn a_small_file_takes_little_memory_for_any_unpacked_size() {
    let mut profile = Vec::new();
    let mut encoder = PngEncoder::new(&mut profile);
    encoder.set_icc_profile(vec![0; 256 << 20]).unwrap();
    encoder.write_image(&[7; 3 * 64 * 64], 64, 64, ExtendedColorType::Rgb8).unwrap();
    let (mut sliver, width) = (Vec::new(), 1_000_000);
    let encoder = PngEncoder::new(&mut sliver);
    encoder.write_image(&vec![7; 3 * width as usize], width, 1, ExtendedColorType::Rgb8).unwrap();
    assert!(profile.len() < 1 << 20 && sliver.len() < 1 << 20);
    assert!(peak_memory(&profile) < 100.0, "{} MiB", peak_memory(&profile));
    // A single row has 3 MiB.
    assert!(peak_memory(&sliver) < 100.0, "{} MiB", peak_memory(&sliver));
}
