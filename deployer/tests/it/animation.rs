//! An animated AVIF that `preview` writes, as a browser decodes it.
//!
//! The test needs Chromium, Node.js and npm. Without these, it is skipped, except in CI.

use std::path::Path;

use serde_json::Value;
use testkit::http::{Reply, serve};
use testkit::{Browser, Deployer};

/// A red, a green, a gray, and a transparent pixel.
const RED: [u8; 4] = [250, 10, 10, 255];
const GREEN: [u8; 4] = [10, 220, 30, 255];
const GRAY: [u8; 4] = [200, 200, 200, 255];
const CLEAR: [u8; 4] = [0; 4];

const SETTINGS: &str =
    "presets: [{name: moves, width: 64, height: 64, format: avif, quality: 90, animated: true}]";

#[test]
fn a_browser_plays_an_animated_avif() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = root.join("tests/browser/animation.mjs");
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("animation");
    let Some(browser) = Browser::find("animated AVIF in a browser", script, pictures) else { return };
    // Both have three frames: stripes, a red square on the left, and a green one on the right. In the second file, the
    // red square leaves transparent pixels.
    for (name, left) in [("animated", RED), ("animated-alpha", CLEAR)] {
        let original = std::fs::read(root.join(format!("../imaging/tests/data/{name}.avif"))).unwrap();
        let deployer = Deployer::new().file("deployer.yaml", SETTINGS).file("photo.avif", original);
        deployer.args(["preview", "photo.avif", "--preset", "moves", "--out", "made"]).succeeds();
        let file = std::fs::read(deployer.path("made/photo.avif.avif")).unwrap();
        let address = serve(move |request| match request.path().as_str() {
            "/animation.avif" => Reply::new(200, file.clone()),
            _ => Reply::new(200, "<!doctype html><title>An animation</title>"),
        });
        let seen: Value = serde_json::from_str(&browser.run_scenario("decode", &address)).unwrap();
        assert_eq!(seen["plays"], 0, "{seen}");
        for (frame, (milliseconds, left, right)) in
            [(50, GRAY, GRAY), (70, RED, GRAY), (1200, left, GREEN)].into_iter().enumerate()
        {
            let frame = &seen["frames"][frame];
            assert_eq!(frame["milliseconds"], milliseconds, "{seen}");
            for (side, expect) in [("left", left), ("right", right)] {
                let is_near = |channel: usize| {
                    frame[side][channel].as_u64().unwrap().abs_diff(expect[channel].into()) < 40
                };
                assert!((0..4).all(is_near), "{name}, {side}: {seen}");
            }
        }
        assert_eq!(seen["frames"].as_array().unwrap().len(), 3, "{seen}");
    }
}
