//! `estimate`, without a stack and without AWS.

use serde_json::Value;
use testkit::Deployer;

/// Returns an estimate of a million photos per day.
fn estimate() -> Deployer {
    Deployer::new().args(["estimate", "--per-day", "1000000"])
}

#[test]
fn an_estimate_has_lines_a_total_and_limits() {
    let bill = estimate().args(["--compare"]).json();
    let lines = bill["lines"].as_array().unwrap();
    let sum: f64 = lines.iter().map(|line| line["usd"].as_f64().unwrap()).sum();
    assert!((sum - bill["usd_a_month"].as_f64().unwrap()).abs() < 0.01);
    // Each of 30 million photos has an upload, a thumbnail for each of three presets, and two records.
    let writes = lines.iter().find(|line| line["what"] == "writes").unwrap();
    assert_eq!(writes["quantity"].as_f64(), Some(180e6));
    assert!((writes["usd"].as_f64().unwrap() - 900.0).abs() < 0.01);
    // Two event source mappings poll all month: five pollers each, every 20 seconds.
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
fn an_estimate_uses_the_settings_of_the_stack() {
    let cost = |settings: &str| estimate().file("deployer.yaml", settings).json();
    let usd = |bill: &Value| bill["usd_a_month"].as_f64().unwrap();
    let plain = cost("region: us-east-1\n");
    let described = cost("region: us-east-1\nalt_text: { enabled: true }\n");
    assert!(usd(&described) > usd(&plain) + 2000.0);
    assert!(described["limits"].to_string().contains("Bedrock"));
    let polls = |bill: &Value| {
        let lines = bill["lines"].as_array().unwrap();
        lines.iter().find(|line| line["unit"] == "polls").unwrap()["quantity"].as_f64().unwrap()
    };
    assert_eq!(polls(&described), 2.0 * polls(&plain));
    // S3 receives one fewer PUT for each of 30 million photos.
    let unindexed = cost("region: us-east-1\nname_index: false\n");
    assert!((usd(&plain) - usd(&unindexed) - 150.0).abs() < 0.01);
    let frankfurt = cost("region: eu-central-1\n");
    assert_eq!(frankfurt["region"], "eu-central-1");
    assert!(usd(&frankfurt) > usd(&plain));
    // The mix also changes the estimate: four times the pixels take longer.
    let mix = |megapixels: u32| {
        let photos = format!("kind,share,megapixels,megabytes\njpeg,1,{megapixels},3\n");
        let bill = estimate().file("photos.csv", photos).args(["--mix", "photos.csv"]).json();
        bill["seconds_a_photo"].as_f64().unwrap()
    };
    assert!(mix(48) > mix(12));
}

#[test]
fn the_cost_of_a_model_without_a_price_is_unknown() {
    let estimate = estimate().file(
        "deployer.yaml",
        "region: us-east-1\nalt_text: { enabled: true, model: 'example.model-v1:0' }\n",
    );
    let bill = estimate.json();
    assert!(bill["usd_a_month"].is_null() && bill["usd_a_thousand_photos"].is_null(), "{bill}");
    let report = estimate.succeeds().stdout;
    assert!(report.contains("unknown per month") && !report.contains("NaN"), "{report}");
}

#[test]
fn a_simulation_is_the_same_for_the_same_seed_and_has_a_plot() {
    let simulate = estimate().file("course.csv", "seconds,photos_a_second\n0,5\n30,100\n60,5\n").args([
        "--simulate",
        "course.csv",
        "--plot",
        "course.svg",
        "--poison",
        "0.001",
    ]);
    let play = |seed: &str| simulate.args(["--seed", seed]).json()["simulation"].clone();
    let played = play("1");
    let count = |name: &str| played[name].as_u64().unwrap();
    assert_eq!(count("photos"), count("done") + count("dead_letters"));
    assert_eq!(played, play("1"));
    assert_ne!(played["photos"], play("2")["photos"]);
    let plot = std::fs::read_to_string(simulate.path("course.svg")).unwrap();
    assert!(plot.starts_with("<svg") && plot.ends_with("</svg>\n"));
}

#[test]
fn an_invalid_argument_or_file_is_reported_with_its_position() {
    let estimate = estimate().file("mix.csv", "kind,share,megapixels,megabytes\njpg,1,12,3\n");
    estimate.args(["--mix", "mix.csv"]).fails(2).stderr_has("mix.csv:2: unknown kind `jpg`");
    estimate.args(["--mix", "none.csv"]).fails(1).stderr_has("cannot read the mix `none.csv`");
    estimate.args(["--simulate", "none.csv"]).fails(1).stderr_has("cannot read the curve `none.csv`");
    estimate.args(["--burst", "60000000"]).fails(2).stderr_has("too many to simulate");
    estimate.args(["--poison", "2"]).fails(2).stderr_has("from 0 to 1");
}

#[test]
fn an_estimate_includes_the_delivery() {
    let bill = |settings: &str, arguments: &[&str]| {
        estimate().file("deployer.yaml", format!("region: us-east-1\n{settings}\n")).args(arguments).json()
    };
    let quantity = |bill: &Value, service: &str, what: &str| {
        let lines = bill["lines"].as_array().unwrap();
        lines.iter().find(|line| line["service"] == service && line["what"] == what)?["quantity"].as_f64()
    };
    // Ten requests for each of 30 million photos. CloudFront has no fresh copy for a tenth of them.
    let signed = bill("delivery: {enabled: true, sizes: signed}", &[]);
    assert_eq!(quantity(&signed, "CloudFront", "requests"), Some(300e6));
    assert_eq!(quantity(&signed, "Lambda", "delivered requests"), Some(30e6));
    assert_eq!(quantity(&signed, "Secrets Manager", "signing key"), Some(1.0));
    let fewer = bill("delivery: {enabled: true}", &["--requests", "1000"]);
    assert_eq!(quantity(&fewer, "CloudFront", "requests"), Some(30e3));
    assert_eq!(quantity(&fewer, "Secrets Manager", "signing key"), None);
    assert_eq!(quantity(&bill("", &[]), "CloudFront", "requests"), None);
    estimate().args(["--requests", "1000"]).fails(2).stderr_has("needs `delivery.enabled`");
}
