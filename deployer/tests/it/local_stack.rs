//! The whole pipeline on this machine with the real programs of the functions.

use contract::key::OriginalVersion;
use contract::preset::ThumbnailFormat;
use serde_json::{Value, json};

use testkit::Project;

#[test]
fn an_uploaded_photo_gets_its_thumbnails() {
    let project = Project::new("");
    let cat = project.path("my cat+1 100% é.png");
    std::fs::copy(testkit::sample("chelsea.png"), &cat).unwrap();
    let cat = cat.to_str().unwrap();

    // Without a stack, each command prints how to create one.
    let missing = project.stderr(3, &["ls"]);
    assert!(missing.contains("there is no stack `tested`") && missing.contains("deployer up"), "{missing}");

    assert!(project.stdout(&["up"]).contains("CREATE_COMPLETE"));
    assert!(String::from_utf8_lossy(&project.run(&["up"]).stderr).contains("No changes"));
    let status: serde_json::Value =
        serde_json::from_str(&project.stdout(&["status", "--output", "json"])).unwrap();
    for field in [
        "/stack",
        "/status",
        "/region",
        "/endpoint",
        "/outputs/OriginalsBucket",
        "/outputs/ThumbnailFunction",
    ] {
        assert!(status.pointer(field).is_some_and(serde_json::Value::is_string), "{field}: {status}");
    }

    // Stdout contains only the key, so that it can be an argument of the next command.
    let key = project.stdout(&["upload", "--wait", cat]);
    let key = key.trim_end();
    assert!(key.ends_with(".png") && key.contains("/my cat+1 100% é."), "{key}");
    let files = project.stdout(&["fetch", key, "-o", "thumbnails/"]);
    assert_eq!(files.lines().count(), 3, "{files}");
    for file in files.lines() {
        let bytes = std::fs::read(project.path(file)).unwrap();
        assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WEBP"[..]), "{file}");
    }

    // If the same file is uploaded again, it already exists. If a file with the same name has other bytes, both photos
    // exist, and the command finds the newest.
    assert!(String::from_utf8_lossy(&project.run(&["upload", cat]).stderr).contains("already exists"));
    std::fs::copy(testkit::sample("coffee.jpg"), cat).unwrap();
    let other = project.stdout(&["upload", "--wait", cat]);
    assert_ne!(other.trim_end(), key);
    let both = project.stdout(&["fetch", "--list", "my cat+1 100% é.png"]);
    assert_eq!(both.lines().count(), 2, "{both}");
    let day = &key[..11];
    let of_the_day = project.stdout(&["fetch", "--list", day, "--date", &day[..10]]);
    assert_eq!(of_the_day.lines().count(), 2, "{of_the_day}");
    project.stderr(3, &["fetch", "--list", day, "--date", "2000-01-01"]);
    let strict = project.stderr(3, &["fetch", "--strict", "my cat+1 100% é.png"]);
    assert!(strict.contains("2 photos match"), "{strict}");

    // A file that is not a photo fails, and the list shows the reason.
    std::fs::write(project.path("text.jpg"), "no image").unwrap();
    assert!(project.stderr(1, &["upload", "text.jpg"]).contains("is not an image"));
    let failed = project.stderr(1, &["upload", "--force", "--wait", "text.jpg"]);
    assert!(failed.contains("not-an-image"), "{failed}");
    let states: Vec<String> = project
        .stdout(&["ls", "--output", "json"])
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["state"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(states.iter().filter(|state| *state == "done").count(), 2, "{states:?}");
    assert_eq!(states.iter().filter(|state| *state == "failed").count(), 1, "{states:?}");
    assert!(project.stdout(&["logs", "--failed"]).contains("not-an-image"));

    // Bad input leads to one clear error.
    std::fs::write(project.path("empty.jpg"), "").unwrap();
    assert!(project.stderr(1, &["upload", "empty.jpg"]).contains("is empty"));
    assert!(project.stderr(1, &["upload", "nowhere.jpg"]).contains("nowhere.jpg"));
    assert!(project.stderr(2, &["upload", "."]).contains("--recursive"));
    assert!(project.stderr(3, &["fetch", "nowhere.jpg"]).contains("there is no photo `nowhere.jpg`"));

    // A removal deletes everything: `rm` waits for the function.
    project.stdout(&["rm", key]);
    assert!(!project.stdout(&["ls"]).contains(key));
    let outputs = project.json(&["status"])["outputs"].clone();
    for bucket in ["ThumbnailsBucket", "CatalogBucket"] {
        let list = format!("/{}?list-type=2", outputs[bucket].as_str().unwrap());
        let list = project.request("GET", &list, "");
        assert!(
            !list.contains(OriginalVersion::new(key, None, None).folder().split("etag-").next().unwrap()),
            "{list}"
        );
    }
    assert!(project.stderr(3, &["fetch", key]).contains("there is no photo"));

    assert!(project.stdout(&["down"]).contains("Deleted the stack"));
    project.stderr(3, &["status"]);
}

#[test]
fn lost_photos_and_leftovers_are_found_explained_and_fixed() {
    let project = Project::new("");
    project.sample("coffee.jpg", "coffee.jpg");
    std::fs::write(project.path("text.jpg"), "no image").unwrap();
    project.stdout(&["up"]);
    let key = project.stdout(&["upload", "--wait", "coffee.jpg"]);
    let key = key.trim_end();
    project.stderr(1, &["upload", "--force", "--wait", "text.jpg"]);
    let outputs = project.json(&["status"])["outputs"].clone();
    let bucket = |name: &str| outputs[name].as_str().unwrap().to_owned();
    // This is the state after a function was killed while it was processing a photo that was then removed.
    let gone = OriginalVersion::new("gone.jpg", Some("v1"), None);
    let left = [
        format!("/{}/{}", bucket("ThumbnailsBucket"), gone.thumbnail_key("small", ThumbnailFormat::Webp)),
        format!("/{}/{}", bucket("CatalogBucket"), gone.index_key()),
    ];
    for left in &left {
        project.request("PUT", left, "left");
    }
    let audit = |project: &Project| project.json(&["audit"])["summary"].clone();
    let clean = json!({"versions": 2, "done": 1, "failed": 1, "in_flight": 0, "lost": 0, "orphaned": 0, "partial": 0, "incomplete": 0, "contradictory": 0, "unreadable": 0});
    let is_clean = |report: &Value| {
        clean.as_object().unwrap().iter().all(|(name, count)| report["summary"][name] == *count)
    };
    project.until(&["audit"], is_clean);

    let explained =
        project.until(&["explain", key], |report| report["timeline"].as_array().unwrap().len() == 3);
    assert_eq!(explained["state"], "done", "{explained}");
    let text = project.stdout(&["ls", "--output", "json"]);
    let text = text.lines().find(|line| line.contains("text")).unwrap();
    let failed = serde_json::from_str::<Value>(text).unwrap()["key"].as_str().unwrap().to_owned();
    let explained = project.json(&["explain", &failed]);
    assert_eq!(explained["state"], "failed", "{explained}");
    assert!(explained["next"].as_str().unwrap().contains("upload an intact copy"), "{explained}");

    // The status reports the work.
    let status = project.json(&["status"]);
    assert_eq!(status["functions"]["ThumbnailFunction"]["state"], "Active", "{status:#}");
    assert_eq!(status["functions"]["FailoverFunction"]["event_source"]["state"], "Enabled", "{status:#}");
    let hour = json!({"done": 1, "failed": 1, "retried": 0, "failures": {"not-an-image": 1}});
    for (field, expect) in hour.as_object().unwrap() {
        assert_eq!(status["last_hour"]["ThumbnailFunction"][field], *expect, "{status:#}");
    }
    assert!(status["alarms"].as_array().unwrap().len() >= 8, "{status:#}");
    assert_eq!(status["unknown"], json!([]), "{status:#}");

    // After a thumbnail is deleted, a replay makes it again.
    let version = project.json(&["explain", key])["version"].as_str().unwrap().to_owned();
    let original = OriginalVersion::new(key, Some(&version), None);
    let small = original.thumbnail_key("small", ThumbnailFormat::Webp);
    project.request("DELETE", &format!("/{}/{small}", bucket("ThumbnailsBucket")), "");
    let explained = project.json(&["explain", key]);
    assert_eq!(explained["state"], "incomplete", "{explained}");
    assert!(explained["why"].as_str().unwrap().contains("small"), "{explained}");
    assert_eq!(project.json(&["replay", key])["sent"], 1);
    project.until(&["explain", key], |report| report["state"] == "done");

    // If the record of a photo is deleted, as if its event had been lost, a backfill sends only this photo.
    project.request("DELETE", &format!("/{}/{}", bucket("CatalogBucket"), original.done_key()), "");
    assert_eq!(audit(&project)["in_flight"], 1);
    assert_eq!(project.json(&["explain", key])["state"], "waiting");
    assert_eq!(project.json(&["backfill", "--dry-run"]), json!({"sent": 1, "dry_run": true}));
    assert_eq!(audit(&project)["done"], 0);
    assert_eq!(project.json(&["backfill", "--yes"]), json!({"sent": 1, "dry_run": false}));
    project.until(&["audit"], is_clean);
    assert_eq!(project.json(&["backfill", "--yes"])["sent"], 0);

    // The audit finds leftovers of a removed photo after a minute, and the function removes them.
    project.until(&["audit"], |report| report["summary"]["orphaned"] == 1);
    assert_eq!(project.json(&["audit", "--fix", "--yes"])["summary"]["sent"], 1);
    project.until(&["audit"], |report| report["summary"]["orphaned"] == 0 && is_clean(report));

    // `doctor` finds no problem, and IAM accepts the policy.
    let checks = project.json(&["doctor"]);
    let states: Vec<&str> =
        checks.as_array().unwrap().iter().map(|check| check["state"].as_str().unwrap()).collect();
    assert!(states.len() >= 6 && !states.contains(&"fail"), "{checks:#}");
    assert_eq!(project.json(&["doctor", "--policy"])["Version"], "2012-10-17");

    // A replay by reason processes only photos that failed for this reason.
    assert_eq!(project.json(&["replay", "--reason", "dead-letter", "--yes"])["sent"], 0);
    assert_eq!(project.json(&["replay", "--reason", "not-an-image", "--yes"])["sent"], 1);

    // The failover function records a dead letter that it cannot read.
    let queue = format!("/000000000000/{}", bucket("ThumbnailDeadLetterQueueName"));
    project.request("POST", &queue, "Action=SendMessage&Version=2012-11-05&MessageBody=nonsense");
    project.until(&["audit"], |report| report["summary"]["unreadable"] == 1);
    assert!(project.stdout(&["logs", "--failed"]).contains("dead-letter"));
    assert_eq!(audit(&project)["lost"], 0);
}

#[test]
fn a_preview_reports_the_result_for_each_file() {
    let project = Project::new("");
    let photos = project.path("photos/below");
    std::fs::create_dir_all(&photos).unwrap();
    std::fs::copy(testkit::sample("coffee.jpg"), photos.join("coffee.jpg")).unwrap();
    std::fs::write(project.path("photos/text.jpg"), "no image").unwrap();
    let report = project.json(&["preview", "photos", "--out", "made"]);
    let find =
        |file: &str| report.as_array().unwrap().iter().find(|one| one["file"] == file).unwrap().clone();
    let coffee = find("below/coffee.jpg");
    assert_eq!(coffee["status"], "thumbnail", "{coffee}");
    assert!(project.path("made").join(coffee["output"].as_str().unwrap()).is_file());
    assert_eq!(find("text.jpg")["status"], "rejected");
    assert!(find("text.jpg")["reason"].as_str().unwrap().starts_with("not-an-image"));
    // A damaged photo fails, unlike a file that is not a photo.
    let whole = std::fs::read(photos.join("coffee.jpg")).unwrap();
    std::fs::write(photos.join("damaged.jpg"), &whole[..200]).unwrap();
    assert!(project.stderr(1, &["preview", "photos"]).contains("1 of 2 photos got no thumbnail"));
    assert!(project.stderr(1, &["preview", "photos/text.jpg"]).contains("1 of 1 photo got no thumbnail"));
    project.stdout(&["preview", "photos/below/coffee.jpg", "--preset", "small"]);
    assert!(project.path("preview-output/coffee.jpg.webp").is_file());
    assert!(project.stderr(2, &["preview", "photos", "--preset", "huge"]).contains("small"));
}
