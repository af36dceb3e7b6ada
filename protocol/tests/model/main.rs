//! Explores the protocol: every order of calls, late, duplicate, and concurrent messages, and workers that are killed
//! at any write.
//!
//! `MODEL=large` also explores the large bounds, which takes minutes.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and prints what it has explored"
)]

mod scenarios;
mod traces;
mod world;

use stateright::{Checker, Model as _};

use scenarios::{large, small};
use traces::trace;
use world::{OmittedRule, Scenario};

/// Explores `scenario`. Returns the number of its states, and a violation with the shortest path to it.
fn explore(scenario: &Scenario) -> (usize, Option<String>) {
    let checker = scenario.clone().checker().threads(2).spawn_bfs().join();
    (checker.unique_state_count(), find_violation(scenario, &checker))
}

/// Does the same as [`explore`] with much less memory. The path to a violation is not the shortest.
fn explore_deeply(scenario: &Scenario) -> (usize, Option<String>) {
    let checker = scenario.clone().checker().threads(2).spawn_dfs().join();
    (checker.unique_state_count(), find_violation(scenario, &checker))
}

fn find_violation(scenario: &Scenario, checker: &impl Checker<Scenario>) -> Option<String> {
    checker.discovery("holds").map(|path| {
        let mut way = String::new();
        for (world, action) in path.clone().into_vec() {
            way.push_str(&format!("{world:?}\n  {action:?}\n"));
        }
        format!("{}\n{way}", scenario.violation(path.last_state()).unwrap_or_default())
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
#[expect(clippy::disallowed_methods, reason = "the environment defines how much the test explores")]
fn nothing_is_lost_within_the_large_bounds() {
    if std::env::var("MODEL").as_deref() == Ok("large") {
        explore_all(&large(), explore_deeply);
    }
}

/// Returns the scenarios in which the functions omit one rule, and the resulting violation of each.
fn ablations() -> Vec<(OmittedRule, Scenario, &'static str)> {
    let all: Vec<Scenario> = small().into_iter().chain(large()).collect();
    let of = |(omitted, name, kills, wrong): (OmittedRule, &str, u8, &'static str)| {
        let scenario = all.iter().find(|scenario| scenario.name == name).unwrap();
        let is_lost = omitted == OmittedRule::SecondCheck;
        (
            omitted,
            Scenario {
                omitted: Some(omitted),
                kills,
                checks_once: true,
                lost_messages: is_lost,
                ..scenario.clone()
            },
            wrong,
        )
    };
    [
        (OmittedRule::FinalCheck, "upload, delete", 0, "objects of a deleted version were left behind"),
        (OmittedRule::FailureCheck, "a dead letter against a replay", 0, "done and failed"),
        (OmittedRule::DoneCheck, "a dead letter against a replay", 0, "done and failed"),
        (OmittedRule::SettlingOfDone, "upload, delete", 1, "objects of a deleted version were left behind"),
        (OmittedRule::OutputCheck, "delete, undelete", 1, "done without thumbnails"),
        (OmittedRule::SecondPass, "delete, undelete", 0, "lost"),
        (OmittedRule::KeyCheckInRemoval, "a late event, the newer version deleted", 0, "lost"),
        (OmittedRule::KeyCheckWithoutVersions, "without versions: overwritten, the first again", 1, "lost"),
        (
            OmittedRule::ThumbnailListing,
            "dead letters: upload, delete",
            1,
            "objects of a deleted version were left behind",
        ),
        (OmittedRule::IndexListing, "undelete, then deleted", 1, "an index entry without a record"),
        (
            OmittedRule::FailoverMessage,
            "dead letters: upload, delete",
            1,
            "objects of a deleted version were left behind",
        ),
        // This violation requires a killed worker whose message is not delivered again.
        (
            OmittedRule::SecondCheck,
            "a killed delivery that never returns, deleted",
            1,
            "objects of a deleted version were left behind",
        ),
        (OmittedRule::AdditionMessage, "a person's text: undelete", 0, "described without a text"),
        (
            OmittedRule::CheckAfterAddition,
            "on demand: overwritten",
            0,
            "a superseded version has only a part of its objects",
        ),
        (OmittedRule::EventBeforeDone, "announced: upload", 1, "a record without an event"),
        (OmittedRule::EventBeforeLastDeletion, "announced: upload, delete", 1, "gone without an event"),
        (
            OmittedRule::EventBeforeDeletion,
            "no index, announced: both versions deleted",
            1,
            "gone without an event",
        ),
        (OmittedRule::RemovalEventForNothing, "announced: upload, delete", 1, "gone without an event"),
        (OmittedRule::ReadyEventAfterRemoval, "announced: delete, undelete", 1, "a record without an event"),
        (OmittedRule::SecondListing, "down during an upload", 0, "a deleted bucket still contained objects"),
    ]
    .map(of)
    .to_vec()
}

/// The model finds a violation if a rule is omitted.
#[test]
fn every_rule_is_needed() {
    for (omitted, scenario, wrong) in ablations() {
        let (_, found) = explore(&scenario);
        let found = found.unwrap_or_default();
        let said = found.lines().next().unwrap_or_default();
        assert!(said.starts_with(wrong), "without {omitted:?}, {}: {said:?}", scenario.name);
    }
}

/// The schedules of the functions' programs read `traces.txt`. `TRACES=write` writes it.
#[test]
#[expect(clippy::disallowed_methods, reason = "the environment defines whether the test writes")]
fn the_schedules_follow_the_traces_of_this_model() {
    // The schedules do not run the delivery function or the deployer.
    let is_followed = |omitted| {
        !matches!(
            omitted,
            OmittedRule::AdditionMessage | OmittedRule::CheckAfterAddition | OmittedRule::SecondListing
        )
    };
    let followed = ablations().into_iter().filter(|(omitted, ..)| is_followed(*omitted));
    let traces: String =
        followed.map(|(omitted, scenario, _)| trace(&format!("{omitted:?}"), &scenario)).collect();
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
