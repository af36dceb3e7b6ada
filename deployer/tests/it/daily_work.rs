//! Common mistakes, and the reactions of the commands on the local stack.

use std::process::{Command, Stdio};

use testkit::{Deployer, Project};

#[test]
fn mistakes_are_reported_and_lose_nothing() {
    let project = Project::new("");
    for photo in ["coffee.jpg", "astronaut.jpg"] {
        project.sample(photo, photo);
    }
    project.stdout(&["up"]);

    // A missing file at any position is reported, and the others are uploaded.
    let report = project.stderr(1, &["upload", "--wait", "nowhere.jpg", "coffee.jpg", "astronaut.jpg"]);
    assert!(report.contains("nowhere.jpg") && report.contains("1 of 3 files failed"), "{report}");
    assert_eq!(project.stdout(&["ls"]).lines().count(), 2);
    assert_eq!(project.stdout(&["ls", "--limit", "1"]).lines().count(), 1);
    let report = project.stderr(2, &["ls", "--limit", "0"]);
    assert!(report.contains("0 is not in 1.."), "{report}");

    // A broken link in a folder is reported, too.
    std::fs::create_dir(project.path("album")).unwrap();
    project.sample("coffee.jpg", "album/coffee.jpg");
    std::os::unix::fs::symlink("nowhere", project.path("album/a.jpg")).unwrap();
    let report = project.stderr(1, &["upload", "--recursive", "album"]);
    assert!(report.contains("album/a.jpg") && report.contains("1 of 2 files failed"), "{report}");

    // Files that are not photos are counted.
    std::fs::remove_file(project.path("album/a.jpg")).unwrap();
    std::fs::write(project.path("album/notes.txt"), "notes").unwrap();
    let report = project.stderr(0, &["upload", "--recursive", "album"]);
    assert!(report.contains("skipped 1 file in unsupported formats: 1 `.txt`"), "{report}");

    // Two photos never overwrite the same file.
    let both = ["fetch", "coffee.jpg", "astronaut.jpg", "--original", "-o", "one.jpg"];
    let report = project.stderr(2, &both);
    assert!(report.contains("the single file `one.jpg`") && report.contains("-o one.jpg/"), "{report}");
    assert!(
        std::fs::read(project.path("one.jpg")).unwrap()
            == std::fs::read(testkit::sample("coffee.jpg")).unwrap()
    );

    // A replay processes a finished photo again, by its name or under a prefix.
    let report = project.stdout(&["replay", "coffee.jpg"]);
    assert!(report.contains("Sent 1 photo."), "{report}");
    let key =
        project.stdout(&["ls"]).split_whitespace().find(|word| word.ends_with(".jpg")).unwrap().to_owned();
    let day = format!("{}/", key.rsplit_once('/').unwrap().0);
    let report = project.stdout(&["replay", &day, "--dry-run"]);
    assert!(report.contains("Would send 2 photos"), "{report}");
    let report = project.stderr(1, &["replay", &day]);
    assert!(report.contains("--yes"), "{report}");
    let report = project.stdout(&["replay", &day, "--yes"]);
    assert!(report.contains("Sent 2 photos."), "{report}");
    let report = project.stderr(3, &["replay", "nothing/", "--yes"]);
    assert!(report.contains("there is no photo `nothing/`"), "{report}");

    // The original of a photo that failed can be downloaded.
    std::fs::write(project.path("letter.jpg"), "no photo at all").unwrap();
    project.stderr(1, &["upload", "--wait", "--force", "letter.jpg"]);
    let listed = project.stdout(&["ls"]);
    let letter = listed.split_whitespace().find(|word| word.contains("letter")).unwrap();
    project.stdout(&["fetch", letter, "--original", "-o", "back.jpg"]);
    assert_eq!(std::fs::read_to_string(project.path("back.jpg")).unwrap(), "no photo at all");

    // The demo shows the photos that have thumbnails.
    let demo = project.run(&["demo", "letter.jpg"]);
    assert_eq!(demo.status.code(), Some(1), "{demo:?}");
    assert!(String::from_utf8_lossy(&demo.stdout).contains("coffee.jpg"), "{demo:?}");
    assert!(project.path("demo-output/coffee.small.webp").exists(), "{demo:?}");

    // This time span exceeds the calendar.
    project.stdout(&["logs", "--since", "99999999d"]);

    // A closed pipe is neither a failure nor an interruption.
    let mut listing = project.command(&["render"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut head = Command::new("true").stdin(listing.stdout.take().unwrap()).spawn().unwrap();
    head.wait().unwrap();
    let code = listing.wait().unwrap().code();
    assert_eq!(code, Some(141));
}

#[test]
fn mistakes_without_a_stack_are_reported_at_once() {
    let project = Project::new("");
    // No command installs and starts an emulator only to find that it has no stack.
    let empty = project.path("cache");
    for arguments in [["ls", "--stack", "other"].as_slice(), &["status"], &["upload", "nowhere.jpg"]] {
        let output = project.command(arguments).env("XDG_CACHE_HOME", &empty).output().unwrap();
        let report = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{arguments:?} {report}");
        assert!(report.contains("on this machine") && report.contains("deployer up --local"), "{report}");
        let kept = std::fs::read_dir(empty.join("thumbnail-generator")).unwrap();
        assert_eq!(kept.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>(), ["projects"]);
    }
    let report = project.stderr(2, &["estimate", "--per-day", "10", "--poison", "0.1"]);
    assert!(report.contains("--simulate"), "{report}");
    let report = project.stderr(0, &["estimate", "--per-day", "10", "--region", "mars-north-1"]);
    assert!(report.contains("no price list for the region `mars-north-1`"), "{report}");
    // This machine returns no role credentials.
    let metadata = testkit::http::serve(|_| testkit::http::Reply::new(403, ""));
    let deployer = Deployer::within(project.path(".")).env("AWS_REGION", "eu-west-3");
    let status = deployer.args(["status"]).env("HOME", "/nowhere");
    let ran = status.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata).fails(1);
    ran.stderr_has("there are no AWS credentials").stderr_has("aws configure");
    // The variables of AWS apply, too.
    let shown = deployer.args(["config"]).succeeds().stdout;
    assert!(shown.lines().any(|line| line.contains("eu-west-3") && line.contains("AWS_REGION")), "{shown}");
}

#[test]
fn down_keeps_the_other_stacks_of_a_project() {
    let project = Project::new("");
    project.sample("coffee.jpg", "coffee.jpg");
    project.stdout(&["up"]);
    let key = project.stdout(&["upload", "--wait", "coffee.jpg"]);

    // The other stack does not exist, then it does.
    for other in [["--stack", "other"], ["--region", "eu-west-1"]] {
        for _ in 0..2 {
            let report = project.stderr(0, &[&["down"][..], &other].concat());
            assert!(report.contains("it has other buckets, such as `tested-"), "{report}");
            assert!(project.stdout(&["ls"]).contains(key.trim()));
            project.stdout(&[&["up"][..], &other].concat());
        }
        project.stdout(&[&["down"][..], &other].concat());
    }
    // The last `down` stops the emulator.
    assert!(!project.stderr(0, &["down"]).contains("other buckets"));
    assert!(project.stderr(3, &["ls"]).contains("there is no stack `tested`"));
}
