//! Traces: the steps to a violation if a rule is omitted, as text that the schedules of the functions' programs follow.
//!
//! A trace begins with a line `# rule: scenario`, `unversioned` for a bucket without versions, `announced` if the
//! functions send an event for each outcome, and `unindexed` if the name index is disabled. The lines before `begin`
//! describe the initial state: `put`, `hide`, and `remove` (an entry of the key), `make` (all outputs of the last
//! entry), and `send` (a message). Each following line is a step: `user` with an action, `later`, or the number of a
//! worker with its call.

use stateright::{Checker as _, Model as _};

use crate::world::{Entry, Fate, MARKER, Message, Scenario, Step, UserAction, World};

/// Returns the trace of the shortest path to a violation of `scenario`.
pub(crate) fn trace(rule: &str, scenario: &Scenario) -> String {
    let checker = scenario.clone().checker().threads(1).spawn_bfs().join();
    let path = checker.discovery("holds").unwrap().into_vec();
    let mut lines = vec![format!("# {rule}: {}", scenario.name)];
    if scenario.unversioned {
        lines.push("unversioned".to_owned());
    }
    if scenario.sends_events {
        lines.push("announced".to_owned());
    }
    if scenario.has_no_index {
        lines.push("unindexed".to_owned());
    }
    let is_removed = |version: &Entry| !scenario.keys[0].contains(version);
    for version in scenario.done.iter().map(|(_, version)| *version).filter(is_removed) {
        lines.extend(["put", "make", "remove"].map(|verb| format!("{verb} {version}")));
    }
    for entry in &scenario.keys[0] {
        lines.push(format!("{} {}", if entry & MARKER == 0 { "put" } else { "hide" }, entry & !MARKER));
        if scenario.done.contains(&(0, *entry)) {
            lines.push(format!("make {entry}"));
        }
    }
    lines.extend(scenario.messages.iter().map(|message| format!("send {}", describe(*message))));
    lines.push("begin".to_owned());
    let mut workers =
        Workers { numbers: (0..scenario.messages.len()).collect(), next: scenario.messages.len() };
    for (at, (world, action)) in path.iter().enumerate() {
        let Some(action) = *action else { break };
        let step = match action {
            Step::User(user) => describe_action(world, scenario.users[user][world.users[user]]),
            Step::Later => "later".to_owned(),
            Step::Empty(step) => format!("{step:?}"),
            Step::Call { worker: i, task: t, call, object, fate } => {
                let worker = &world.workers[i];
                let number = workers.numbers[i];
                if *worker == scenario.begin(worker.message) {
                    lines.push(format!("{number} receives {}", describe(worker.message)));
                }
                let task = &worker.tasks[t];
                let call = task.state.calls(scenario.rules(worker.message.function))[call];
                let verb = match fate {
                    Fate::Continues => "calls",
                    Fate::Killed => "dies",
                    Fate::DeadLetter => "dies finally",
                    Fate::Lost => "vanishes",
                };
                format!("{number} {verb} {call:?} {} {object}", task.version)
            }
        };
        lines.push(step);
        workers.follow(world, action, &path[at + 1].0);
    }
    lines.join("\n") + "\n\n"
}

fn describe(message: Message) -> String {
    format!("{:?} {}", message.kind, message.version)
}

fn describe_action(world: &World, action: UserAction) -> String {
    match action {
        UserAction::Put(_, version) => format!("user puts {version}"),
        UserAction::Delete(..) => "user hides".to_owned(),
        UserAction::DeleteVersion(key, entry) => {
            assert_eq!(world.keys[usize::from(key)].last(), Some(&entry), "users delete the newest");
            "user deletes".to_owned()
        }
        UserAction::Down => "user ends".to_owned(),
    }
}

/// The numbers of the workers, in the order of the world's workers. The world sorts its workers and does not number
/// them.
struct Workers {
    numbers: Vec<usize>,
    next: usize,
}

impl Workers {
    /// Numbers the workers of `after`, the world that follows `before` by `action`.
    fn follow(&mut self, before: &World, action: Step, after: &World) {
        let mut known: Vec<_> = before.workers.iter().cloned().zip(self.numbers.clone()).collect();
        let acted = if let Step::Call { worker, fate: Fate::Continues, .. } = action {
            let (worker, number) = known.remove(worker);
            Some((worker.message, number))
        } else {
            if let Step::Call { worker, .. } = action {
                known.remove(worker);
            }
            None
        };
        let mut numbers = vec![None; after.workers.len()];
        for (i, worker) in after.workers.iter().enumerate() {
            let same = known.iter().position(|(known, _)| known == worker);
            numbers[i] = same.map(|at| known.remove(at).1);
        }
        if let Some((message, number)) = acted {
            let is_it = |i: &usize| numbers[*i].is_none() && after.workers[*i].message == message;
            if let Some(i) = (0..numbers.len()).find(is_it) {
                numbers[i] = Some(number);
            }
        }
        self.numbers.clear();
        for number in numbers {
            self.next += usize::from(number.is_none());
            self.numbers.push(number.unwrap_or(self.next - 1));
        }
    }
}
