//! Daily work gone a little wrong: what the commands make of it on the local stack.

use std::process::{Command, Stdio};

use testkit::{Deployer, Project};

#[test]
fn slips_of_the_hand_are_named_and_lose_nothing() {
    let project = Project::new("");
    for photo in ["coffee.jpg", "astronaut.jpg"] {
        project.sample(photo, photo);
    }
    project.stdout(&["up"]);

    // A file that is not there is named, wherever it stands, and the others are sent.
    let said = project.stderr(1, &["upload", "--wait", "nowhere.jpg", "coffee.jpg", "astronaut.jpg"]);
    assert!(said.contains("nowhere.jpg") && said.contains("1 of 3 files failed"), "{said}");
    assert_eq!(project.stdout(&["ls"]).lines().count(), 2);
    assert_eq!(project.stdout(&["ls", "--limit", "1"]).lines().count(), 1);
    let said = project.stderr(2, &["ls", "--limit", "0"]);
    assert!(said.contains("0 is not in 1.."), "{said}");

    // So is a link in a folder that leads nowhere.
    std::fs::create_dir(project.path("album")).unwrap();
    project.sample("coffee.jpg", "album/coffee.jpg");
    std::os::unix::fs::symlink("nowhere", project.path("album/a.jpg")).unwrap();
    let said = project.stderr(1, &["upload", "--recursive", "album"]);
    assert!(said.contains("album/a.jpg") && said.contains("1 of 2 files failed"), "{said}");

    // What is no photo is counted.
    std::fs::remove_file(project.path("album/a.jpg")).unwrap();
    std::fs::write(project.path("album/notes.txt"), "notes").unwrap();
    let said = project.stderr(0, &["upload", "--recursive", "album"]);
    assert!(said.contains("skipped 1 file in unsupported formats: 1 `.txt`"), "{said}");

    // Two photos do not become one file.
    let both = ["fetch", "coffee.jpg", "astronaut.jpg", "--original", "-o", "one.jpg"];
    let said = project.stderr(2, &both);
    assert!(said.contains("the single file `one.jpg`") && said.contains("-o one.jpg/"), "{said}");
    assert!(
        std::fs::read(project.path("one.jpg")).unwrap()
            == std::fs::read(testkit::sample("coffee.jpg")).unwrap()
    );

    // Photos that are done are made anew by their name, or all of a prefix.
    let said = project.stdout(&["replay", "coffee.jpg"]);
    assert!(said.contains("Sent 1 version."), "{said}");
    let key =
        project.stdout(&["ls"]).split_whitespace().find(|word| word.ends_with(".jpg")).unwrap().to_owned();
    let day = format!("{}/", key.rsplit_once('/').unwrap().0);
    let said = project.stdout(&["replay", &day, "--dry-run"]);
    assert!(said.contains("Would send 2 versions"), "{said}");
    let said = project.stderr(1, &["replay", &day]);
    assert!(said.contains("--yes"), "{said}");
    let said = project.stdout(&["replay", &day, "--yes"]);
    assert!(said.contains("Sent 2 versions."), "{said}");
    let said = project.stderr(3, &["replay", "nothing/"]);
    assert!(said.contains("there is no photo `nothing/`"), "{said}");

    // What has failed can be looked at.
    std::fs::write(project.path("letter.jpg"), "no photo at all").unwrap();
    project.stderr(1, &["upload", "--wait", "--force", "letter.jpg"]);
    let listed = project.stdout(&["ls"]);
    let letter = listed.split_whitespace().find(|word| word.contains("letter")).unwrap();
    project.stdout(&["fetch", letter, "--original", "-o", "back.jpg"]);
    assert_eq!(std::fs::read_to_string(project.path("back.jpg")).unwrap(), "no photo at all");

    // Longer ago than there is a calendar for.
    project.stdout(&["logs", "--since", "99999999d"]);

    // A reader that has read enough is no failure of ours, and no interruption.
    let mut listing = project.command(&["render"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut head = Command::new("true").stdin(listing.stdout.take().unwrap()).spawn().unwrap();
    head.wait().unwrap();
    let code = listing.wait().unwrap().code();
    assert_eq!(code, Some(141));
}

#[test]
fn slips_before_there_is_a_stack_are_named_at_once() {
    let project = Project::new("");
    // No emulator is installed and started to find that it has nothing.
    let empty = project.path("cache");
    for arguments in [["ls", "--stack", "other"].as_slice(), &["status"], &["upload", "nowhere.jpg"]] {
        let output = project.command(arguments).env("XDG_CACHE_HOME", &empty).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{arguments:?} {said}");
        assert!(said.contains("on this machine") && said.contains("deployer up --local"), "{said}");
        let kept = std::fs::read_dir(empty.join("thumbnail-generator")).unwrap();
        assert_eq!(kept.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>(), ["projects"]);
    }
    let said = project.stderr(2, &["estimate", "--per-day", "10", "--poison", "0.1"]);
    assert!(said.contains("--simulate"), "{said}");
    let said = project.stderr(0, &["estimate", "--per-day", "10", "--region", "mars-north-1"]);
    assert!(said.contains("no price list for the region `mars-north-1`"), "{said}");
    // A machine that refuses to lend its role has no credentials.
    let metadata = testkit::http::serve(|_| testkit::http::Reply::new(403, ""));
    let deployer = Deployer::within(project.path(".")).env("AWS_REGION", "eu-west-3");
    let status = deployer.args(["status"]).env("HOME", "/nowhere");
    let ran = status.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata).fails(1);
    ran.stderr_has("there are no AWS credentials").stderr_has("aws configure");
    // What AWS's own variable says is in use as well.
    let shown = deployer.args(["config"]).succeeds().stdout;
    assert!(shown.lines().any(|line| line.contains("eu-west-3") && line.contains("AWS_REGION")), "{shown}");
}
