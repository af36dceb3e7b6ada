//! Explores the protocol: every order of calls, late, doubled, and concurrent messages, and workers killed at any write.
//!
//! `MODEL=large` explores the large bounds, too, which takes minutes.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it has explored"
)]

mod scenarios;
mod traces;
mod world;

use stateright::{Checker, Model as _};

use scenarios::{large, small};
use traces::trace;
use world::{Broken, Scenario};

/// Explores `scenario`, and returns how many states it has and what is wrong, with the shortest way there.
fn explore(scenario: &Scenario) -> (usize, Option<String>) {
    let checker = scenario.clone().checker().threads(2).spawn_bfs().join();
    (checker.unique_state_count(), wrong(scenario, &checker))
}

/// As [`explore`], in far less memory, and the way is not the shortest.
fn explore_deeply(scenario: &Scenario) -> (usize, Option<String>) {
    let checker = scenario.clone().checker().threads(2).spawn_dfs().join();
    (checker.unique_state_count(), wrong(scenario, &checker))
}

fn wrong(scenario: &Scenario, checker: &impl Checker<Scenario>) -> Option<String> {
    checker.discovery("holds").map(|path| {
        let mut way = String::new();
        for (world, action) in path.clone().into_vec() {
            way.push_str(&format!("{world:?}\n  {action:?}\n"));
        }
        format!("{}\n{way}", scenario.wrong(path.last_state()).unwrap_or_default())
    })
}

fn explore_all(scenarios: &[Scenario], explore: fn(&Scenario) -> (usize, Option<String>)) {
    let mut all = 0;
    for scenario in scenarios {
        let (states, wrong) = explore(scenario);
        all += states;
        eprintln!("{states:>10} states: {}", scenario.name);
        assert_eq!(wrong, None, "{}", scenario.name);
    }
    eprintln!("{all:>10} states in all");
}

#[test]
fn nothing_is_lost_and_nothing_is_left_behind() {
    explore_all(&small(), explore);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the environment says how much the test explores")]
fn nothing_is_lost_within_the_large_bounds() {
    if std::env::var("MODEL").as_deref() == Ok("large") {
        explore_all(&large(), explore_deeply);
    }
}

/// The scenarios in which the functions leave a rule out each, and what is wrong then.
fn ablations() -> Vec<(Broken, Scenario, &'static str)> {
    let all: Vec<Scenario> = small().into_iter().chain(large()).collect();
    let of = |(without, name, kills, wrong): (Broken, &str, u8, &'static str)| {
        let scenario = all.iter().find(|scenario| scenario.name == name).unwrap();
        let is_lost = without == Broken::SecondLook;
        (
            without,
            Scenario { without: Some(without), kills, looks_once: true, lost: is_lost, ..scenario.clone() },
            wrong,
        )
    };
    [
        (Broken::FinalLook, "upload, delete", 0, "orphans"),
        (Broken::LookForFailure, "a dead letter against a replay", 0, "done and failed"),
        (Broken::LookForDone, "a dead letter against a replay", 0, "done and failed"),
        (Broken::SettlingWhatIsDone, "upload, delete", 1, "orphans"),
        (Broken::Proof, "delete, undelete", 1, "done without thumbnails"),
        (Broken::SecondPass, "delete, undelete", 0, "lost"),
        (Broken::LookAtKeyInRemoval, "a late event, the newer version deleted", 0, "lost"),
        (Broken::LookAtKeyWithoutVersions, "without versions: overwritten, the first again", 1, "lost"),
        (Broken::ListOfThumbnails, "dead letters: upload, delete", 1, "orphans"),
        (Broken::ListOfIndex, "undelete, then deleted", 1, "an index entry without a record"),
        (Broken::MessageOfFailover, "dead letters: upload, delete", 1, "orphans"),
        // What a killed delivery leaves behind that never comes again.
        (Broken::SecondLook, "a killed delivery that never returns, deleted", 1, "orphans"),
        (Broken::MessageOfAddition, "a person's text: undelete", 0, "described without a text"),
        (Broken::LookAfterAddition, "on demand: overwritten", 0, "a part of a superseded version"),
        (Broken::EventBeforeDone, "announced: upload", 1, "a record without an event"),
        (Broken::EventBeforeLastDeletion, "announced: upload, delete", 1, "gone without an event"),
        (Broken::EventOfWhatIsGone, "announced: upload, delete", 1, "gone without an event"),
        (Broken::EventOfWhatIsBack, "announced: delete, undelete", 1, "a record without an event"),
        (Broken::SecondListing, "down during an upload", 0, "left in a bucket that is deleted"),
    ]
    .map(of)
    .to_vec()
}

/// The model finds what goes wrong when a rule is left out.
#[test]
fn every_rule_is_needed() {
    for (without, scenario, wrong) in ablations() {
        let (_, found) = explore(&scenario);
        let found = found.unwrap_or_default();
        let said = found.lines().next().unwrap_or_default();
        assert!(said.starts_with(wrong), "without {without:?}, {}: {said:?}", scenario.name);
    }
}

/// The schedules of the functions' binaries read `traces.txt`. `TRACES=write` writes it.
#[test]
#[expect(clippy::disallowed_methods, reason = "the environment says whether the test writes")]
fn the_schedules_follow_the_traces_of_this_model() {
    // The harness has neither what makes thumbnails on demand nor a deployer, and the functions never send an event at the
    // place of a broken one.
    let is_followed = |without| {
        !matches!(
            without,
            Broken::MessageOfAddition
                | Broken::LookAfterAddition
                | Broken::SecondListing
                | Broken::EventBeforeDone
                | Broken::EventBeforeLastDeletion
                | Broken::EventOfWhatIsGone
                | Broken::EventOfWhatIsBack
        )
    };
    let followed = ablations().into_iter().filter(|(without, ..)| is_followed(*without));
    let traces: String =
        followed.map(|(without, scenario, _)| trace(&format!("{without:?}"), &scenario)).collect();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/model/traces.txt");
    if std::env::var("TRACES").as_deref() == Ok("write") {
        std::fs::write(file, &traces).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(file).unwrap(),
        traces,
        "run `TRACES=write cargo test -p protocol traces`"
    );
}
