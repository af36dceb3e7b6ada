//! Schedules: the functions' programs call a fake S3 and SQS, which hold every call until the schedule picks one. In
//! any order of calls, and with any process killed at any call, the protocol's invariants hold in the end.
//!
//! `SCHEDULES=10000` runs this number of random schedules. The test prints the picks of a schedule that violates an
//! invariant, and `SCHEDULE_FIRST=<seed> SCHEDULES=1` runs it alone. [`assert_schedule_holds`] runs given picks, so
//! that such a schedule becomes a test. [`trace`] lets the programs follow the traces of the protocol's model.

mod messages;
mod rest;
mod scenario;
mod stack;
mod trace;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use fastrand::Rng;
use testkit::number_from_env;

use self::scenario::{Scenario, Step};
use self::stack::{Picker, Stack, StackKind};
use self::trace::scenario_of;

/// How many stacks run random schedules at the same time.
const STACKS: usize = 2;

#[test]
fn no_schedule_loses_a_photo_or_leaves_anything_of_a_removed_one() {
    let first = number_from_env("SCHEDULE_FIRST", 0);
    let end = first + number_from_env("SCHEDULES", 100);
    let next = AtomicU64::new(first);
    let mut violations: Vec<(u64, String)> = Vec::new();
    std::thread::scope(|scope| {
        let run = || {
            let mut stacks = HashMap::new();
            let mut violations = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::SeqCst);
                if seed >= end {
                    return violations;
                }
                let mut rng = Rng::with_seed(seed);
                let scenario = Scenario::random(&mut rng);
                let kind = StackKind::for_scenario(&scenario);
                let stack = stacks.entry(kind).or_insert_with(|| Stack::start(kind));
                let found = stack.run(&scenario, &mut Picker::Random(rng));
                if let Err(violation) = found {
                    violations.push((seed, format!("{scenario:?}\n{violation}")));
                }
            }
        };
        let runs: Vec<_> = (0..STACKS).map(|_| scope.spawn(run)).collect();
        violations.extend(runs.into_iter().flat_map(|run| run.join().unwrap()));
    });
    violations.sort();
    let seeds: Vec<u64> = violations.iter().map(|(seed, _)| *seed).collect();
    let shown: String =
        violations.iter().take(3).map(|(seed, why)| format!("\nseed {seed}: {why}\n")).collect();
    assert!(violations.is_empty(), "{} schedules violate: {seeds:?}{shown}", seeds.len());
}

/// Runs `scenario` by `picks`, one per line. After the last one, it always picks the first possible action.
#[track_caller]
fn assert_schedule_holds(scenario: &Scenario, picks: &str) {
    let picks = picks.lines().map(str::trim).filter(|pick| !pick.is_empty()).map(str::to_owned).collect();
    if let Err(violation) =
        Stack::start(StackKind::for_scenario(scenario)).run(scenario, &mut Picker::Picks(picks))
    {
        panic!("{violation}");
    }
}

#[test]
fn an_upload_that_is_killed_between_two_deletions_is_finished() {
    let key = "a.png";
    let users =
        vec![vec![Step::Put(key)], vec![Step::DeleteNewest(key), Step::Delete(key)], vec![Step::Put(key)]];
    let scenario = Scenario { before: vec![Step::Put(key)], users, kills: 1, ..Scenario::default() };
    assert_schedule_holds(
        &scenario,
        r#"user 0 Put("a.png")
        A receives created a.png v2
        user 2 Put("a.png")
        A HEAD catalog/by-key/a.png~/v2/done.json
        user 1 DeleteNewest("a.png")
        A GET originals/a.png
        A PUT thumbnails/a.png~/v2/small.png
        A PUT catalog/by-name/a.png/a.png~/v2
        user 1 Delete("a.png")
        A PUT thumbnails/a.png~/v2/large.jpg
        A PUT catalog/by-key/a.png~/v2/done.json
        A HEAD originals/a.png
        A HEAD catalog/by-key/a.png~/v2/failed.json
        A HEAD originals/a.png
        A LIST thumbnails/a.png~/v2/
        A LIST catalog/by-key/a.png~/v2/
        A HEAD catalog/by-name/a.png/a.png~/v2
        A DELETE catalog/by-key/a.png~/v2/done.json
        A dies Before DELETE catalog/by-name/a.png/a.png~/v2"#,
    );
}

#[test]
fn a_photo_whose_delete_marker_is_deleted_gets_thumbnails_if_outputs_are_kept() {
    let key = "a.png";
    let users = vec![vec![Step::Put(key)], vec![Step::Delete(key), Step::DeleteNewest(key)]];
    let scenario = Scenario { keeps_outputs: true, users, ..Scenario::default() };
    assert_schedule_holds(
        &scenario,
        r#"user 0 Put("a.png")
        A receives created a.png v1
        A HEAD catalog/by-key/a.png~/v1/done.json
        user 1 Delete("a.png")
        A GET originals/a.png
        A HEAD originals/a.png
        user 1 DeleteNewest("a.png")"#,
    );
}

/// Each trace is a schedule in which the model violates an invariant if it lacks one of its rules. The programs follow
/// all rules, so they violate no invariant in the same schedule.
#[test]
fn every_rule_of_the_model_is_a_rule_of_the_functions() {
    let traces = include_str!("../../../../protocol/tests/model/traces.txt");
    let mut stacks = HashMap::new();
    for trace in traces.split_terminator("\n\n") {
        let kind = StackKind::for_scenario(&scenario_of(trace));
        let stack = stacks.entry(kind).or_insert_with(|| Stack::start(kind));
        let (followed, skipped) = stack.follow(trace).unwrap_or_else(|why| panic!("{trace}\n{why}"));
        assert!(
            followed > skipped,
            "the trace has {skipped} steps without a counterpart, and {followed} with one: {trace}"
        );
    }
}
