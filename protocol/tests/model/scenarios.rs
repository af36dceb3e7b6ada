//! The scenarios within the small and the large bounds.

use crate::world::{Entry, Function, MARKER, Message, MessageKind, Scenario, UserAction};

const DELETED: Entry = MARKER | 1;

fn message(function: Function, kind: MessageKind, key: u8, version: Entry) -> Message {
    Message { function, kind, key, version }
}

fn created(version: Entry) -> Message {
    message(Function::Thumbnail, MessageKind::Created, 0, version)
}

fn described(version: Entry) -> Message {
    message(Function::AltText, MessageKind::Created, 0, version)
}

fn replay(version: Entry) -> Message {
    message(Function::Thumbnail, MessageKind::Replay, 0, version)
}

fn dead_letter(version: Entry) -> Message {
    message(Function::Thumbnail, MessageKind::DeadLetter, 0, version)
}

fn on_demand(version: Entry) -> Message {
    message(Function::Delivery, MessageKind::Addition, 0, version)
}

fn text_of_a_person(version: Entry) -> Message {
    message(Function::Person, MessageKind::Addition, 0, version)
}

fn removed() -> Message {
    message(Function::Thumbnail, MessageKind::Removed, 0, 0)
}

fn put(version: Entry) -> UserAction {
    UserAction::Put(0, version)
}

fn delete(marker: Entry) -> UserAction {
    UserAction::Delete(0, marker)
}

fn delete_version(entry: Entry) -> UserAction {
    UserAction::DeleteVersion(0, entry)
}

/// Returns a scenario with one key.
fn scenario(
    name: &'static str,
    key: &[Entry],
    whole: &[Entry],
    messages: &[Message],
    actions: &[UserAction],
) -> Scenario {
    Scenario {
        name,
        keys: vec![key.to_vec()],
        done: whole.iter().map(|version| (0, *version)).collect(),
        messages: messages.to_vec(),
        users: vec![actions.to_vec()],
        kills: 1,
        ..Scenario::default()
    }
}

/// Returns the scenario with events.
fn announced(scenario: Scenario) -> Scenario {
    Scenario { sends_events: true, ..scenario }
}

/// Returns the scenario without a name index. Only version 0 has an earlier entry, if it is done at the start.
fn unindexed(scenario: Scenario) -> Scenario {
    Scenario { has_no_index: true, ..scenario }
}

impl Scenario {
    /// Returns the scenario with this number of kills.
    pub(crate) fn kills(self, kills: u8) -> Self {
        Self { kills, ..self }
    }
}

/// Returns the scenarios that every run explores.
pub(crate) fn small() -> Vec<Scenario> {
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
        scenario(
            "a late event, the newer version deleted",
            &[0, 1],
            &[1],
            &[created(0)],
            &[delete_version(1)],
        )
        .kills(0),
        scenario(
            "the newer version deleted, then the key",
            &[0, 1],
            &[1],
            &[],
            &[delete_version(1), delete(1)],
        )
        .kills(0),
        scenario("both versions deleted", &[], &[0, 1], &[removed(), removed()], &[]),
        Scenario {
            never_hidden: Some(1),
            ..scenario("delete, upload again", &[0, DELETED], &[0], &[removed()], &[put(1)])
        },
        scenario("delete, undelete", &[0, DELETED], &[0], &[removed()], &[delete_version(DELETED)]),
        scenario(
            "undelete, then deleted",
            &[0, DELETED],
            &[0],
            &[removed()],
            &[delete_version(DELETED), delete_version(0)],
        )
        .kills(0),
        scenario("a dead letter against a replay", &[0], &[], &[replay(0), dead_letter(0)], &[]),
        Scenario {
            keys: vec![vec![0, DELETED], vec![0, DELETED]],
            done: vec![(0, 0), (1, 0)],
            messages: vec![removed(), message(Function::Thumbnail, MessageKind::Removed, 1, 0)],
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
            dead_letters: true,
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
                &[replay(0), message(Function::Thumbnail, MessageKind::Unreadable, 0, 0)],
                &[delete(1)],
            )
        },
        Scenario {
            lost_messages: true,
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
        Scenario {
            keeps_outputs: true,
            ..scenario("kept: upload, delete", &[0], &[], &[created(0)], &[delete(1)])
        },
        Scenario {
            keeps_outputs: true,
            ..scenario(
                "kept: uploaded behind a delete marker, undeleted",
                &[0, DELETED],
                &[],
                &[created(0)],
                &[delete_version(DELETED)],
            )
        },
        Scenario {
            keeps_outputs: true,
            ..scenario("kept: overwritten", &[0], &[], &[created(0), created(0)], &[put(1)])
        },
        Scenario {
            unversioned: true,
            ..scenario("without versions: overwritten", &[0], &[], &[created(0)], &[put(1)])
        },
        Scenario {
            unversioned: true,
            ..scenario("without versions: overwritten, the first again", &[0], &[0], &[], &[put(1), put(0)])
        },
        Scenario {
            unversioned: true,
            ..scenario("without versions: deleted, the same again", &[0], &[0], &[], &[delete(0), put(0)])
        },
        Scenario {
            has_alt_text: true,
            kills: 0,
            ..scenario("described: upload, delete", &[0], &[], &[created(0), described(0)], &[delete(1)])
        },
        Scenario {
            has_alt_text: true,
            kills: 0,
            ..scenario(
                "described: delete, undelete",
                &[0, DELETED],
                &[0],
                &[removed()],
                &[delete_version(DELETED)],
            )
        },
        Scenario {
            has_alt_text: true,
            ..scenario("a person's text: delete", &[0], &[0], &[text_of_a_person(0)], &[delete(1)])
        },
        Scenario {
            has_alt_text: true,
            ..scenario(
                "a person's text: undelete",
                &[0, DELETED],
                &[0],
                &[text_of_a_person(0)],
                &[delete_version(DELETED)],
            )
            .kills(0)
        },
        scenario(
            "a person's text: delete, undelete",
            &[0, DELETED],
            &[0],
            &[removed(), text_of_a_person(0)],
            &[delete_version(DELETED)],
        )
        .kills(0),
        scenario(
            "a person's text, and no model: overwritten",
            &[0],
            &[],
            &[created(0), text_of_a_person(0)],
            &[put(1)],
        )
        .kills(0),
        scenario("on demand: delete", &[0], &[0], &[on_demand(0)], &[delete(1)]),
        Scenario {
            lost_messages: true,
            ..scenario("on demand: an ended delivery, delete", &[0], &[0], &[on_demand(0)], &[delete(1)])
        },
        scenario(
            "on demand: before the upload is processed",
            &[0],
            &[],
            &[created(0), on_demand(0)],
            &[delete(1)],
        )
        .kills(0),
        Scenario {
            never_hidden: Some(1),
            ..scenario("on demand: overwritten", &[0], &[], &[created(0), on_demand(0)], &[put(1)]).kills(0)
        },
        Scenario {
            unversioned: true,
            ..scenario("on demand, without versions: overwritten", &[0], &[0], &[on_demand(0)], &[put(1)])
                .kills(0)
        },
        Scenario {
            keeps_outputs: true,
            ..scenario("on demand, kept: delete", &[0], &[0], &[on_demand(0)], &[delete(1)])
        },
        announced(scenario("announced: upload", &[0], &[], &[created(0)], &[])),
        announced(scenario("announced: upload, delete", &[0], &[], &[created(0)], &[delete(1)])),
        announced(scenario(
            "announced: delete, undelete",
            &[0, DELETED],
            &[0],
            &[removed()],
            &[delete_version(DELETED)],
        )),
        announced(scenario("announced: both versions deleted", &[], &[0, 1], &[removed()], &[])),
        announced(scenario("announced: replay during a removal", &[0], &[0], &[replay(0)], &[delete(1)])),
        announced(Scenario {
            dead_letters: true,
            ..scenario("announced: dead letters", &[0], &[], &[created(0)], &[delete(1)])
        }),
        announced(scenario(
            "announced: a photo that cannot be read",
            &[0],
            &[],
            &[message(Function::Thumbnail, MessageKind::Unreadable, 0, 0)],
            &[],
        )),
        announced(scenario(
            "announced: a dead letter against a replay",
            &[0],
            &[],
            &[replay(0), dead_letter(0)],
            &[],
        )),
        announced(Scenario {
            unversioned: true,
            ..scenario("announced, without versions: overwritten", &[0], &[0], &[], &[put(1)])
        }),
        announced(Scenario {
            has_alt_text: true,
            kills: 0,
            ..scenario("announced, described: upload", &[0], &[], &[created(0), described(0)], &[])
        }),
        unindexed(scenario("no index: upload, delete", &[0], &[], &[created(0)], &[delete(1)])),
        unindexed(scenario("no index: both versions deleted", &[], &[0, 1], &[removed(), removed()], &[])),
        unindexed(Scenario {
            never_hidden: Some(1),
            ..scenario("no index: overwritten", &[0], &[0], &[replay(0)], &[put(1)])
        }),
        announced(unindexed(scenario(
            "no index, announced: upload, delete",
            &[0],
            &[],
            &[created(0)],
            &[delete(1)],
        ))),
        announced(unindexed(scenario(
            "no index, announced: both versions deleted",
            &[],
            &[0, 1],
            &[removed()],
            &[],
        ))),
        announced(unindexed(scenario(
            "no index, announced: delete, undelete",
            &[1, DELETED],
            &[1],
            &[removed()],
            &[delete_version(DELETED)],
        ))),
        scenario("down during an upload", &[0], &[], &[created(0)], &[UserAction::Down]),
        scenario("down during a removal", &[0, DELETED], &[0], &[removed()], &[UserAction::Down]),
        Scenario {
            keeps_outputs: true,
            has_alt_text: true,
            ..scenario(
                "down, kept and described",
                &[0],
                &[],
                &[created(0), described(0), on_demand(0)],
                &[UserAction::Down],
            )
            .kills(0)
        },
    ]
}

/// Returns the scenarios within the large bounds: two kills, three versions, two keys, and more actions.
///
/// Some scenarios have no second check of a removal. A second check would multiply the states, and it can only repair
/// violations.
pub(crate) fn large() -> Vec<Scenario> {
    let once = |scenario: Scenario| Scenario { checks_once: true, ..scenario };
    let undelete = [delete_version(DELETED), delete(2)];
    vec![
        scenario("two kills: upload, delete", &[0], &[], &[created(0)], &[delete(1)]).kills(2),
        scenario("two kills: both versions deleted", &[], &[0, 1], &[removed()], &[]).kills(2),
        scenario(
            "two kills: delete, undelete",
            &[0, DELETED],
            &[0],
            &[removed()],
            &[delete_version(DELETED)],
        )
        .kills(2),
        Scenario {
            dead_letters: true,
            ..scenario("two kills, dead letters: upload, delete", &[0], &[], &[created(0)], &[delete(1)])
                .kills(2)
        },
        scenario("a dead letter, replay, delete", &[0], &[], &[replay(0), dead_letter(0)], &[delete(1)])
            .kills(0),
        Scenario {
            two_thumbnails: true,
            ..scenario(
                "two kills, two thumbnails: undeleted",
                &[0, DELETED],
                &[0],
                &[removed()],
                &[delete_version(DELETED)],
            )
            .kills(2)
        },
        Scenario {
            keys: vec![vec![0, DELETED], vec![0, DELETED]],
            done: vec![(0, 0), (1, 0)],
            messages: vec![removed(), message(Function::Thumbnail, MessageKind::Removed, 1, 0)],
            name: "two kills: two keys deleted at once",
            kills: 2,
            ..Scenario::default()
        },
        once(Scenario {
            keys: vec![vec![0], vec![0]],
            messages: vec![created(0), message(Function::Thumbnail, MessageKind::Created, 1, 0)],
            users: vec![vec![delete(1)], vec![UserAction::Delete(1, 1)]],
            name: "two keys uploaded and deleted",
            kills: 0,
            ..Scenario::default()
        }),
        once(
            scenario(
                "three versions: the newest deleted while it is made",
                &[0, 1, 2],
                &[1],
                &[created(2)],
                &[delete_version(2)],
            )
            .kills(2),
        ),
        once(
            scenario(
                "the newer deleted while both are made",
                &[0, 1],
                &[],
                &[created(0), created(1)],
                &[delete_version(1)],
            )
            .kills(0),
        ),
        once(scenario("delete, undelete, delete", &[0, DELETED], &[0], &[removed()], &undelete).kills(0)),
        once(
            scenario(
                "replay, delete, undelete",
                &[0],
                &[0],
                &[replay(0)],
                &[delete(1), delete_version(DELETED)],
            )
            .kills(0),
        ),
        Scenario {
            lost_messages: true,
            ..scenario(
                "never returns, undeleted",
                &[0, DELETED],
                &[0],
                &[created(0), removed()],
                &[delete_version(DELETED)],
            )
        },
        Scenario {
            has_alt_text: true,
            ..scenario(
                "described: undelete, a late event",
                &[0, DELETED],
                &[0],
                &[removed(), described(0)],
                &[delete_version(DELETED)],
            )
            .kills(0)
        },
        Scenario {
            unversioned: true,
            ..scenario("two kills, without versions: overwritten", &[0], &[0], &[], &[put(1), put(0)])
                .kills(2)
        },
    ]
}
