//! What can happen in a world, and what becomes of it then.

use stateright::{Model, Property};

use super::*;

impl Model for Scenario {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        let mut has = vec![[0; VERSIONS]; self.keys.len()];
        for (key, version) in &self.whole {
            has[usize::from(*key)][usize::from(*version)] = self.outputs(Function::Thumbnail) | INDEX | DONE;
            if self.described {
                has[usize::from(*key)][usize::from(*version)] |= TEXT | TEXT_DONE;
            }
        }
        let records = DONE | TEXT_DONE;
        let told =
            has.iter().map(|versions: &[Things; VERSIONS]| versions.map(|has| has & records)).collect();
        let mut workers: Vec<Worker> = self.messages.iter().map(|message| self.begin(*message)).collect();
        workers.sort();
        vec![World {
            keys: self.keys.clone(),
            has,
            told,
            workers,
            delayed: Vec::new(),
            users: vec![0; self.users.len()],
            kills: self.kills,
            deleted_what_nobody_hid: false,
            stack: down::Stack::Works,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let deeds = self.users.iter().zip(&world.users).enumerate();
        actions.extend(deeds.filter(|(_, (deeds, done))| **done < deeds.len()).map(|(i, _)| Action::User(i)));
        for (i, worker) in world.workers.iter().enumerate() {
            // Of two that are the same, either will do.
            if i > 0 && world.workers[i - 1] == *worker {
                continue;
            }
            let rules = self.rules(worker.message.function);
            for (t, task) in worker.tasks.iter().enumerate() {
                for (c, call) in task.state.calls(rules).into_iter().enumerate() {
                    if task.pending & 1 << c == 0 {
                        continue;
                    }
                    let objects: Vec<Things> =
                        if is_over_several(call) { bits(task.todo).collect() } else { vec![0] };
                    for object in objects {
                        let act = |then| Action::Call { worker: i, task: t, call: c, object, then };
                        actions.push(act(Then::GoOn));
                        // A worker that has only read since its last write might as well have been killed at that write.
                        let about = worker.message.about;
                        if world.kills > 0 && is_write(call) {
                            if about != About::Addition {
                                actions.push(act(Then::Killed));
                            }
                            let is_event = matches!(about, About::Created | About::Replay);
                            if self.dead && is_event {
                                actions.push(act(Then::DeadLetter));
                            }
                            if self.lost && (is_event || about == About::Addition) {
                                actions.push(act(Then::Lost));
                            }
                        }
                    }
                }
            }
        }
        actions.extend(world.emptying().into_iter().map(Action::Empty));
        if actions.is_empty() && !world.delayed.is_empty() {
            actions.push(Action::Later);
        }
    }

    fn next_state(&self, before: &World, action: Action) -> Option<World> {
        let mut world = before.clone();
        match action {
            Action::User(user) => {
                let deed = self.users[user][world.users[user]];
                world.users[user] += 1;
                match deed {
                    Deed::Put(key, version) => {
                        let entries = &mut world.keys[usize::from(key)];
                        if self.unversioned {
                            entries.clear();
                        }
                        entries.push(version);
                    }
                    Deed::Delete(key, _) if self.unversioned => world.keys[usize::from(key)].clear(),
                    Deed::Delete(key, marker) => world.keys[usize::from(key)].push(MARKER | marker),
                    Deed::DeleteVersion(key, entry) => {
                        world.keys[usize::from(key)].retain(|there| *there != entry);
                    }
                    Deed::Down => {
                        let has_begun = |worker: &Worker| *worker != self.begin(worker.message);
                        world.workers.retain(has_begun);
                        world.stops();
                    }
                }
                if world.stack.works() {
                    world.workers.extend(self.events(deed).into_iter().map(|message| self.begin(message)));
                }
            }
            Action::Empty(step) => world.empty(step, self.without == Some(Broken::SecondListing)),
            Action::Later => {
                let delayed = std::mem::take(&mut world.delayed);
                world.workers.extend(delayed.into_iter().map(|message| self.begin(message)));
            }
            Action::Call { worker: i, task: t, call: c, object, then } => {
                let mut worker = world.workers.remove(i);
                let message = worker.message;
                let mut task = worker.tasks.remove(t);
                let call = task.state.calls(self.rules(message.function))[c];
                let answer = self.perform(&mut world, message, &mut task, call, object);
                task.todo &= !object;
                if !is_over_several(call) || task.todo == 0 {
                    task.answers[c] = answer;
                    task.pending &= !(1 << c);
                }
                if then != Then::GoOn {
                    world.kills -= 1;
                }
                match then {
                    Then::GoOn => {
                        let followed =
                            if task.pending == 0 { self.follow(message, task) } else { vec![task] };
                        worker.tasks.splice(t..t, followed);
                        if !worker.tasks.is_empty() {
                            world.workers.push(worker);
                        } else if message.about == About::Removed
                            && !self.looks_once
                            && !self.keeps
                            && world.stack.works()
                        {
                            let again = Message { about: About::SecondLook, ..message };
                            if !world.delayed.contains(&again) {
                                world.delayed.push(again);
                            }
                        }
                    }
                    // Its message is deleted with the queue.
                    _ if !world.stack.works() => {}
                    Then::Killed => world.workers.push(self.begin(message)),
                    Then::DeadLetter => {
                        world.workers.push(self.begin(Message { about: About::DeadLetter, ..message }));
                    }
                    Then::Lost => {}
                }
            }
        }
        world.workers.sort();
        world.delayed.sort();
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("holds", |scenario: &Scenario, world: &World| scenario.wrong(world).is_none())]
    }
}
