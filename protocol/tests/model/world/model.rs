//! The steps that are possible in a world, and their effects.

use stateright::{Model, Property};

use super::*;

impl Model for Scenario {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        let mut has = vec![[0; VERSIONS]; self.keys.len()];
        for (key, version) in &self.done {
            // The older of two versions was done before the index was disabled.
            let index = if self.has_no_index && *version > 0 { 0 } else { INDEX };
            has[usize::from(*key)][usize::from(*version)] = self.outputs(Function::Thumbnail) | index | DONE;
            if self.has_alt_text {
                has[usize::from(*key)][usize::from(*version)] |= TEXT | TEXT_DONE;
            }
        }
        let records = DONE | TEXT_DONE;
        let reported =
            has.iter().map(|versions: &[Objects; VERSIONS]| versions.map(|has| has & records)).collect();
        let mut workers: Vec<Worker> = self.messages.iter().map(|message| self.begin(*message)).collect();
        workers.sort();
        vec![World {
            keys: self.keys.clone(),
            has,
            reported,
            workers,
            delayed: Vec::new(),
            users: vec![0; self.users.len()],
            kills: self.kills,
            deleted_unhidden: false,
            stack: down::Stack::Works,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Step>) {
        let users = self.users.iter().zip(&world.users).enumerate();
        actions
            .extend(users.filter(|(_, (actions, done))| **done < actions.len()).map(|(i, _)| Step::User(i)));
        for (i, worker) in world.workers.iter().enumerate() {
            // Two equal workers have the same steps.
            if i > 0 && world.workers[i - 1] == *worker {
                continue;
            }
            let rules = self.rules(worker.message.function);
            for (t, task) in worker.tasks.iter().enumerate() {
                for (c, call) in task.state.calls(rules).into_iter().enumerate() {
                    if task.pending & 1 << c == 0 {
                        continue;
                    }
                    let objects: Vec<Objects> =
                        if has_several_objects(call) { bits(task.todo).collect() } else { vec![0] };
                    for object in objects {
                        let act = |fate| Step::Call { worker: i, task: t, call: c, object, fate };
                        actions.push(act(Fate::Continues));
                        // Killing a worker at a read has the same effect as killing it at its last write.
                        let kind = worker.message.kind;
                        if world.kills > 0 && is_write(call) {
                            if kind != MessageKind::Addition {
                                actions.push(act(Fate::Killed));
                            }
                            let is_event = matches!(kind, MessageKind::Created | MessageKind::Replay);
                            if self.dead_letters && is_event {
                                actions.push(act(Fate::DeadLetter));
                            }
                            if self.lost_messages && (is_event || kind == MessageKind::Addition) {
                                actions.push(act(Fate::Lost));
                            }
                        }
                    }
                }
            }
        }
        actions.extend(world.emptying_steps().into_iter().map(Step::Empty));
        if actions.is_empty() && !world.delayed.is_empty() {
            actions.push(Step::Later);
        }
    }

    fn next_state(&self, before: &World, step: Step) -> Option<World> {
        let mut world = before.clone();
        match step {
            Step::User(user) => {
                let action = self.users[user][world.users[user]];
                world.users[user] += 1;
                match action {
                    UserAction::Put(key, version) => {
                        let entries = &mut world.keys[usize::from(key)];
                        if self.unversioned {
                            entries.clear();
                        }
                        entries.push(version);
                    }
                    UserAction::Delete(key, _) if self.unversioned => world.keys[usize::from(key)].clear(),
                    UserAction::Delete(key, marker) => world.keys[usize::from(key)].push(MARKER | marker),
                    UserAction::DeleteVersion(key, entry) => {
                        world.keys[usize::from(key)].retain(|there| *there != entry);
                    }
                    UserAction::Down => {
                        let has_begun = |worker: &Worker| *worker != self.begin(worker.message);
                        world.workers.retain(has_begun);
                        world.stop();
                    }
                }
                if world.stack.works() {
                    world.workers.extend(self.events(action).into_iter().map(|message| self.begin(message)));
                }
            }
            Step::Empty(step) => world.empty(step, self.omitted == Some(OmittedRule::SecondListing)),
            Step::Later => {
                let delayed = std::mem::take(&mut world.delayed);
                world.workers.extend(delayed.into_iter().map(|message| self.begin(message)));
            }
            Step::Call { worker: i, task: t, call: c, object, fate } => {
                let mut worker = world.workers.remove(i);
                let message = worker.message;
                let mut task = worker.tasks.remove(t);
                let call = task.state.calls(self.rules(message.function))[c];
                let result = self.perform(&mut world, message, &mut task, call, object);
                task.todo &= !object;
                if !has_several_objects(call) || task.todo == 0 {
                    task.results[c] = result;
                    task.pending &= !(1 << c);
                }
                if fate != Fate::Continues {
                    world.kills -= 1;
                }
                match fate {
                    Fate::Continues => {
                        let followed =
                            if task.pending == 0 { self.next_tasks(message, task) } else { vec![task] };
                        worker.tasks.splice(t..t, followed);
                        if !worker.tasks.is_empty() {
                            world.workers.push(worker);
                        } else if message.kind == MessageKind::Removed
                            && !self.checks_once
                            && !self.keeps_outputs
                            && world.stack.works()
                        {
                            let again = Message { kind: MessageKind::SecondCheck, ..message };
                            if !world.delayed.contains(&again) {
                                world.delayed.push(again);
                            }
                        }
                    }
                    // The message is deleted with the queue.
                    _ if !world.stack.works() => {}
                    Fate::Killed => world.workers.push(self.begin(message)),
                    Fate::DeadLetter => {
                        world.workers.push(self.begin(Message { kind: MessageKind::DeadLetter, ..message }));
                    }
                    Fate::Lost => {}
                }
            }
        }
        world.workers.sort();
        world.delayed.sort();
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("holds", |scenario: &Scenario, world: &World| {
            scenario.violation(world).is_none()
        })]
    }
}
