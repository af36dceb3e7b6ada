//! Traces: how the model violates when a rule is left out, as text that the schedules of the functions' binaries follow.
//!
//! A trace begins with a line `# rule: scenario`, `unversioned` for a bucket without versions, and `announced` if each
//! outcome is an event. Then it says what there
//! is: `put` and `hide` (an entry of the key),
//! `make` (all that is derived from the last one), `send` (a message), each once per line and in this order, and `begin`.
//! Behind that, each line is a step: `user` with a deed, `later`, or the number of a worker with what it does.

use stateright::{Checker as _, Model as _};

use crate::world::{Action, Deed, MARKER, Message, Scenario, Then, World};

/// The shortest way in which `scenario` violates.
pub(crate) fn trace(rule: &str, scenario: &Scenario) -> String {
    let checker = scenario.clone().checker().threads(1).spawn_bfs().join();
    let path = checker.discovery("holds").unwrap().into_vec();
    let mut lines = vec![format!("# {rule}: {}", scenario.name)];
    if scenario.unversioned {
        lines.push("unversioned".to_owned());
    }
    if scenario.announced {
        lines.push("announced".to_owned());
    }
    for entry in &scenario.keys[0] {
        lines.push(format!("{} {}", if entry & MARKER == 0 { "put" } else { "hide" }, entry & !MARKER));
        if scenario.whole.contains(&(0, *entry)) {
            lines.push(format!("make {entry}"));
        }
    }
    lines.extend(scenario.messages.iter().map(|message| format!("send {}", said(*message))));
    lines.push("begin".to_owned());
    let mut workers =
        Workers { numbers: (0..scenario.messages.len()).collect(), next: scenario.messages.len() };
    for (at, (world, action)) in path.iter().enumerate() {
        let Some(action) = *action else { break };
        let step = match action {
            Action::User(user) => user_does(world, scenario.users[user][world.users[user]]),
            Action::Later => "later".to_owned(),
            Action::Empty(step) => format!("{step:?}"),
            Action::Call { worker: i, task: t, call, object, then } => {
                let worker = &world.workers[i];
                let number = workers.numbers[i];
                if *worker == scenario.begin(worker.message) {
                    lines.push(format!("{number} receives {}", said(worker.message)));
                }
                let task = &worker.tasks[t];
                let call = task.state.calls(scenario.rules(worker.message.function))[call];
                let verb = match then {
                    Then::GoOn => "calls",
                    Then::Killed => "dies",
                    Then::DeadLetter => "dies finally",
                    Then::Lost => "vanishes",
                };
                format!("{number} {verb} {call:?} {} {object}", task.version)
            }
        };
        lines.push(step);
        workers.follow(world, action, &path[at + 1].0);
    }
    lines.join("\n") + "\n\n"
}

fn said(message: Message) -> String {
    format!("{:?} {}", message.about, message.version)
}

fn user_does(world: &World, deed: Deed) -> String {
    match deed {
        Deed::Put(_, version) => format!("user puts {version}"),
        Deed::Delete(..) => "user hides".to_owned(),
        Deed::DeleteVersion(key, entry) => {
            assert_eq!(world.keys[usize::from(key)].last(), Some(&entry), "users delete the newest");
            "user deletes".to_owned()
        }
        Deed::Down => "user ends".to_owned(),
    }
}

/// The numbers of the workers, in the order of the world's. The world itself sorts them and does not number them.
struct Workers {
    numbers: Vec<usize>,
    next: usize,
}

impl Workers {
    /// Numbers the workers of `after`, which `action` made of `before`.
    fn follow(&mut self, before: &World, action: Action, after: &World) {
        let mut known: Vec<_> = before.workers.iter().cloned().zip(self.numbers.clone()).collect();
        let acted = if let Action::Call { worker, then: Then::GoOn, .. } = action {
            let (worker, number) = known.remove(worker);
            Some((worker.message, number))
        } else {
            if let Action::Call { worker, .. } = action {
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
