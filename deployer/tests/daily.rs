//! Daily work gone a little wrong: what the commands make of it on the local stack.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod http;
mod project;

use std::path::Path;
use std::process::{Command, Stdio};

use crate::project::Project;

#[test]
fn slips_of_the_hand_are_named_and_lose_nothing() {
    let project = Project::new("");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples");
    for photo in ["coffee.jpg", "astronaut.jpg"] {
        std::fs::copy(samples.join(photo), project.path(photo)).unwrap();
    }
    project.stdout(&["up"]);

    // A file that is not there is named, wherever it stands, and the others are sent.
    let said = project.stderr(1, &["upload", "--wait", "nowhere.jpg", "coffee.jpg", "astronaut.jpg"]);
    assert!(said.contains("nowhere.jpg") && said.contains("1 of 3 files failed"), "{said}");
    assert_eq!(project.stdout(&["ls"]).lines().count(), 2);

    // Two photos do not become one file.
    let both = ["fetch", "coffee.jpg", "astronaut.jpg", "--original", "-o", "one.jpg"];
    let said = project.stderr(2, &both);
    assert!(said.contains("`one.jpg` is one file") && said.contains("-o one.jpg/"), "{said}");
    assert!(
        std::fs::read(project.path("one.jpg")).unwrap() == std::fs::read(samples.join("coffee.jpg")).unwrap()
    );

    // Photos that are done are made anew by their name, or all of a prefix.
    let said = project.stdout(&["replay", "coffee.jpg"]);
    assert!(said.contains("Sent 1 version."), "{said}");
    let key =
        project.stdout(&["ls"]).split_whitespace().find(|word| word.ends_with(".jpg")).unwrap().to_owned();
    let day = format!("{}/", key.rsplit_once('/').unwrap().0);
    let said = project.stdout(&["replay", &day, "--dry-run"]);
    assert!(said.contains("2 versions would be sent"), "{said}");
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
