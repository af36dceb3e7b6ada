//! Explores the protocol: every order of calls, late, doubled, and concurrent messages, and workers killed at any write.
//!
//! `MODEL=large` explores the large bounds, too, which takes minutes.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it has explored"
)]

mod world;

use stateright::{Checker as _, Model as _};

use world::{About, Broken, Deed, Entry, Function, MARKER, Message, Scenario};

const DELETED: Entry = MARKER | 1;

fn message(function: Function, about: About, key: u8, version: Entry) -> Message {
    Message { function, about, key, version }
}

fn created(version: Entry) -> Message {
    message(Function::Thumbnail, About::Created, 0, version)
}

fn described(version: Entry) -> Message {
    message(Function::AltText, About::Created, 0, version)
}

fn replay(version: Entry) -> Message {
    message(Function::Thumbnail, About::Replay, 0, version)
}

fn dead_letter(version: Entry) -> Message {
    message(Function::Thumbnail, About::DeadLetter, 0, version)
}

fn removed() -> Message {
    message(Function::Thumbnail, About::Removed, 0, 0)
}

fn put(version: Entry) -> Deed {
    Deed::Put(0, version)
}

fn delete(marker: Entry) -> Deed {
    Deed::Delete(0, marker)
}

fn delete_version(entry: Entry) -> Deed {
    Deed::DeleteVersion(0, entry)
}

/// A scenario of one key.
fn scenario(
    name: &'static str,
    key: &[Entry],
    whole: &[Entry],
    messages: &[Message],
    deeds: &[Deed],
) -> Scenario {
    Scenario {
        name,
        keys: vec![key.to_vec()],
        whole: whole.iter().map(|version| (0, *version)).collect(),
        messages: messages.to_vec(),
        users: vec![deeds.to_vec()],
        kills: 1,
        ..Scenario::default()
    }
}

/// As [`scenario`], and nobody is killed.
fn without_kills(
    name: &'static str,
    key: &[Entry],
    whole: &[Entry],
    messages: &[Message],
    deeds: &[Deed],
) -> Scenario {
    Scenario { kills: 0, ..scenario(name, key, whole, messages, deeds) }
}

/// The scenarios that are explored at every run.
fn small() -> Vec<Scenario> {
    vec![
        scenario("upload, delete", &[0], &[], &[created(0)], &[delete(1)]),
        Scenario {
            never_hidden: Some(1),
            ..scenario("overwrite, the first event twice", &[0], &[], &[created(0), created(0)], &[put(1)])
        },
        Scenario {
            never_hidden: Some(1),
            ..scenario("replay of a done version that is overwritten", &[0], &[0], &[replay(0)], &[put(1)])
        },
        without_kills(
            "a late event, the newer version deleted",
            &[0, 1],
            &[1],
            &[created(0)],
            &[delete_version(1)],
        ),
        without_kills(
            "the newer version deleted, then the key",
            &[0, 1],
            &[1],
            &[],
            &[delete_version(1), delete(1)],
        ),
        scenario("both versions deleted", &[], &[0, 1], &[removed(), removed()], &[]),
        Scenario {
            never_hidden: Some(1),
            ..scenario("delete, upload again", &[0, DELETED], &[0], &[removed()], &[put(1)])
        },
        scenario("delete, undelete", &[0, DELETED], &[0], &[removed()], &[delete_version(DELETED)]),
        scenario("a dead letter against a replay", &[0], &[], &[replay(0), dead_letter(0)], &[]),
        Scenario {
            keys: vec![vec![0, DELETED], vec![0, DELETED]],
            whole: vec![(0, 0), (1, 0)],
            messages: vec![removed(), message(Function::Thumbnail, About::Removed, 1, 0)],
            name: "two keys deleted at once",
            ..Scenario::default()
        },
        scenario("replay during a removal", &[0], &[0], &[replay(0)], &[delete(1)]),
        Scenario {
            never_hidden: Some(1),
            kills: 0,
            ..scenario(
                "delete during an upload, upload again",
                &[0],
                &[],
                &[created(0)],
                &[delete(1), put(1)],
            )
        },
        scenario("two events, deleted", &[0], &[], &[created(0), created(0)], &[delete_version(0)]),
        Scenario {
            dead: true,
            ..scenario("dead letters: upload, delete", &[0], &[], &[created(0)], &[delete(1)])
        },
        Scenario {
            kills: 0,
            ..scenario(
                "dead letters: the newer version deleted",
                &[0, 1],
                &[1],
                &[created(0)],
                &[delete_version(1)],
            )
        },
        Scenario {
            kills: 0,
            ..scenario(
                "a photo that cannot be read against a replay, deleted",
                &[0],
                &[],
                &[replay(0), message(Function::Thumbnail, About::Unreadable, 0, 0)],
                &[delete(1)],
            )
        },
        Scenario {
            lost: true,
            ..scenario(
                "a killed delivery that never returns, deleted",
                &[0],
                &[],
                &[created(0), created(0)],
                &[delete(1)],
            )
        },
        Scenario {
            two_thumbnails: true,
            ..scenario("two thumbnails, deleted", &[0], &[], &[created(0)], &[delete(1)])
        },
        Scenario { keeps: true, ..scenario("kept: upload, delete", &[0], &[], &[created(0)], &[delete(1)]) },
        Scenario {
            keeps: true,
            ..scenario("kept: overwritten", &[0], &[], &[created(0), created(0)], &[put(1)])
        },
        Scenario {
            unversioned: true,
            ..scenario("without versions: overwritten", &[0], &[], &[created(0)], &[put(1)])
        },
        Scenario {
            unversioned: true,
            ..scenario("without versions: deleted, the same again", &[0], &[0], &[], &[delete(0), put(0)])
        },
        Scenario {
            described: true,
            kills: 0,
            ..scenario("described: upload, delete", &[0], &[], &[created(0), described(0)], &[delete(1)])
        },
        Scenario {
            described: true,
            kills: 0,
            ..scenario(
                "described: delete, undelete",
                &[0, DELETED],
                &[0],
                &[removed()],
                &[delete_version(DELETED)],
            )
        },
    ]
}

/// The scenarios of the large bounds.
fn large() -> Vec<Scenario> {
    let undelete = [delete_version(DELETED), delete(2)];
    vec![
        Scenario {
            described: true,
            kills: 0,
            ..scenario(
                "described: undelete, a late event",
                &[0, DELETED],
                &[0],
                &[removed(), described(0)],
                &[delete_version(DELETED)],
            )
        },
        Scenario {
            unversioned: true,
            kills: 0,
            ..scenario("without versions: overwritten, the first again", &[0], &[0], &[], &[put(1), put(0)])
        },
        Scenario {
            lost: true,
            ..scenario(
                "never returns, undeleted",
                &[0, DELETED],
                &[0],
                &[created(0), removed()],
                &[delete_version(DELETED)],
            )
        },
        scenario("delete, undelete, delete", &[0, DELETED], &[0], &[removed()], &undelete),
        Scenario {
            kills: 1,
            ..scenario(
                "the same, an upload in flight",
                &[0, DELETED],
                &[],
                &[created(0), removed()],
                &undelete,
            )
        },
        Scenario {
            kills: 2,
            ..scenario(
                "three versions, the newest deleted",
                &[0, 1, 2],
                &[],
                &[created(0), created(1), created(2)],
                &[delete_version(2)],
            )
        },
        Scenario {
            kills: 2,
            ..scenario(
                "the two newest of three deleted",
                &[0, 1, 2],
                &[0, 1, 2],
                &[],
                &[delete_version(2), delete_version(1)],
            )
        },
        scenario("replay, delete, undelete", &[0], &[0], &[replay(0)], &[delete(1), delete_version(DELETED)]),
        Scenario {
            kills: 2,
            ..scenario("a dead letter, replay, delete", &[0], &[], &[replay(0), dead_letter(0)], &[delete(1)])
        },
        Scenario {
            kills: 1,
            ..scenario(
                "a dead letter, replay, undelete",
                &[0, DELETED],
                &[],
                &[replay(0), dead_letter(0), removed()],
                &[delete_version(DELETED)],
            )
        },
        Scenario {
            kills: 2,
            ..scenario(
                "the newer deleted while both are made",
                &[0, 1],
                &[],
                &[created(0), created(1)],
                &[delete_version(1)],
            )
        },
        Scenario {
            kills: 2,
            never_hidden: Some(2),
            ..scenario(
                "the newer deleted, the older overwritten",
                &[0, 1],
                &[1],
                &[created(0)],
                &[delete_version(1), put(2)],
            )
        },
        scenario(
            "undelete, then deleted",
            &[0, DELETED],
            &[0],
            &[removed()],
            &[delete_version(DELETED), delete_version(0)],
        ),
        Scenario {
            dead: true,
            kills: 2,
            ..scenario(
                "dead letters: delete, undelete",
                &[0],
                &[],
                &[created(0)],
                &[delete(1), delete_version(DELETED)],
            )
        },
        Scenario {
            dead: true,
            kills: 1,
            ..scenario(
                "dead letters: overwrite, the newer deleted",
                &[0],
                &[],
                &[created(0)],
                &[put(1), delete_version(1)],
            )
        },
        Scenario {
            kills: 1,
            keys: vec![vec![0], vec![0]],
            messages: vec![created(0), message(Function::Thumbnail, About::Created, 1, 0)],
            users: vec![vec![delete(1)], vec![Deed::Delete(1, 1)]],
            name: "two keys uploaded and deleted",
            ..Scenario::default()
        },
        Scenario {
            described: true,
            kills: 1,
            ..scenario(
                "described: uploaded, deleted, undeleted",
                &[0],
                &[],
                &[created(0), described(0)],
                &[delete(1), delete_version(DELETED)],
            )
        },
        Scenario {
            unversioned: true,
            kills: 1,
            ..scenario("without versions: overwritten twice", &[0], &[], &[created(0)], &[put(1), put(0)])
        },
        Scenario {
            two_thumbnails: true,
            kills: 2,
            ..scenario(
                "two thumbnails, undeleted",
                &[0, DELETED],
                &[0],
                &[removed()],
                &[delete_version(DELETED)],
            )
        },
    ]
}

/// Explores `scenario`, and returns how many states it has and what is wrong, with the way there.
fn explore(scenario: &Scenario) -> (usize, Option<String>) {
    let checker = scenario.clone().checker().threads(2).spawn_bfs().join();
    let wrong = checker.discovery("holds").map(|path| {
        let mut way = String::new();
        for (world, action) in path.clone().into_vec() {
            way.push_str(&format!("{world:?}\n  {action:?}\n"));
        }
        format!("{}\n{way}", scenario.wrong(path.last_state()).unwrap_or_default())
    });
    (checker.unique_state_count(), wrong)
}

fn explore_all(scenarios: &[Scenario]) {
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
    explore_all(&small());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a test runs is asked of whoever runs it")]
fn nothing_is_lost_within_the_large_bounds() {
    if std::env::var("MODEL").as_deref() == Ok("large") {
        explore_all(&large());
    }
}

/// The model finds what goes wrong when a rule is left out.
#[test]
fn every_rule_is_needed() {
    let all: Vec<Scenario> = small().into_iter().chain(large()).collect();
    for (without, name, kills, wrong) in [
        (Broken::FinalLook, "upload, delete", 0, "orphans"),
        (Broken::LookForFailure, "a dead letter against a replay", 0, "done and failed"),
        (Broken::LookForDone, "a dead letter against a replay", 0, "done and failed"),
        (Broken::SettlingWhatIsDone, "upload, delete", 1, "orphans"),
        (Broken::Proof, "delete, undelete", 1, "done without thumbnails"),
        (Broken::SecondPass, "delete, undelete", 0, "lost"),
        (Broken::LookAtKeyInRemoval, "a late event, the newer version deleted", 0, "lost"),
        (Broken::ListOfThumbnails, "dead letters: upload, delete", 1, "orphans"),
        (Broken::ListOfIndex, "undelete, then deleted", 1, "an index entry without a record"),
        (Broken::MessageOfFailover, "dead letters: upload, delete", 1, "orphans"),
    ] {
        let scenario = all.iter().find(|scenario| scenario.name == name).unwrap();
        let broken = Scenario { without: Some(without), kills, looks_once: true, ..scenario.clone() };
        let (_, found) = explore(&broken);
        let found = found.unwrap_or_default();
        let said = found.lines().next().unwrap_or_default();
        assert!(said.starts_with(wrong), "without {without:?}, {name}: {said:?}");
    }
}

/// What a killed delivery leaves behind that never comes again, only the second look of the removal finds.
#[test]
fn a_removal_must_look_twice() {
    let all = small();
    let scenario = all.iter().find(|scenario| scenario.lost).unwrap();
    let (_, found) = explore(&Scenario { looks_once: true, ..scenario.clone() });
    assert!(found.unwrap_or_default().starts_with("orphans"));
}
