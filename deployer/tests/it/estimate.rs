//! `estimate` as a person calls it: without a stack, without AWS.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deployer"))
        .args(["estimate", "--per-day", "1000000"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap()
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, &[arguments, &["--output", "json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_bill_has_its_lines_its_sum_and_its_limits() {
    let folder = tempfile::tempdir().unwrap();
    let bill = json(folder.path(), &["--compare"]);
    let lines = bill["lines"].as_array().unwrap();
    let sum: f64 = lines.iter().map(|line| line["usd"].as_f64().unwrap()).sum();
    assert!((sum - bill["usd_a_month"].as_f64().unwrap()).abs() < 0.01);
    // 30 million photos: an upload, a thumbnail for each of three presets, and two records.
    let writes = lines.iter().find(|line| line["what"] == "writes").unwrap();
    assert_eq!(writes["quantity"].as_f64(), Some(180e6));
    assert!((writes["usd"].as_f64().unwrap() - 900.0).abs() < 0.01);
    // Two event sources look for messages all month, whether there are any: five pollers each, every 20 seconds.
    let polls = lines.iter().find(|line| line["what"] == "polls of empty queues").unwrap();
    assert_eq!(polls["quantity"].as_f64(), Some(2.0 * 5.0 * 30.0 * 86_400.0 / 20.0));
    let limits: Vec<f64> = bill["limits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|limit| limit["photos_a_second"].as_f64().unwrap())
        .collect();
    assert!(limits.is_sorted() && limits.len() >= 7);
    assert!(bill["servers"]["count"].as_f64().unwrap() >= 1.0);
}

#[test]
fn the_settings_of_the_stack_count() {
    let folder = tempfile::tempdir().unwrap();
    let cost = |settings: &str, arguments: &[&str]| {
        std::fs::write(folder.path().join("deployer.yaml"), settings).unwrap();
        json(folder.path(), arguments)
    };
    let usd = |bill: &Value| bill["usd_a_month"].as_f64().unwrap();
    let plain = cost("region: us-east-1\n", &[]);
    let described = cost("region: us-east-1\nalt_text: { enabled: true }\n", &[]);
    assert!(usd(&described) > usd(&plain) + 2000.0);
    assert!(described["limits"].to_string().contains("Bedrock"));
    let polls = |bill: &Value| {
        let lines = bill["lines"].as_array().unwrap();
        lines.iter().find(|line| line["unit"] == "polls").unwrap()["quantity"].as_f64().unwrap()
    };
    assert_eq!(polls(&described), 2.0 * polls(&plain));
    let frankfurt = cost("region: eu-central-1\n", &[]);
    assert_eq!(frankfurt["region"], "eu-central-1");
    assert!(usd(&frankfurt) > usd(&plain));
    // The mix, too: with four times the pixels a photo takes longer.
    let mix = |megapixels: u32| {
        let path = folder.path().join("photos.csv");
        std::fs::write(&path, format!("kind,share,megapixels,megabytes\njpeg,1,{megapixels},3\n")).unwrap();
        json(folder.path(), &["--mix", "photos.csv"])["seconds_a_photo"].as_f64().unwrap()
    };
    assert!(mix(48) > mix(12));
}

#[test]
fn a_course_is_played_the_same_for_the_same_seed_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("course.csv"), "seconds,photos_a_second\n0,5\n30,100\n60,5\n").unwrap();
    let play = |seed: &str| {
        json(
            folder.path(),
            &["--simulate", "course.csv", "--plot", "course.svg", "--seed", seed, "--poison", "0.001"],
        )["simulation"]
            .clone()
    };
    let played = play("1");
    let count = |name: &str| played[name].as_u64().unwrap();
    assert_eq!(count("photos"), count("done") + count("dead_letters"));
    assert_eq!(played, play("1"));
    assert_ne!(played["photos"], play("2")["photos"]);
    let plot = std::fs::read_to_string(folder.path().join("course.svg")).unwrap();
    assert!(plot.starts_with("<svg") && plot.ends_with("</svg>\n"));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mix.csv"), "kind,share,megapixels,megabytes\njpg,1,12,3\n").unwrap();
    let check = |arguments: &[&str], code: i32, part: &str| {
        let output = run(folder.path(), arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.contains(part), "{stderr}");
    };
    check(&["--mix", "mix.csv"], 2, "mix.csv:2: unknown kind `jpg`");
    check(&["--mix", "none.csv"], 1, "cannot read the mix `none.csv`");
    check(&["--simulate", "none.csv"], 1, "cannot read the curve `none.csv`");
    check(&["--burst", "60000000"], 2, "too many to simulate");
    check(&["--poison", "2"], 2, "from 0 to 1");
}
