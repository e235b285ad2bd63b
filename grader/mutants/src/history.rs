//! What had happened before each pick of an execution, so that two executions in the same state can be told to be so.
//!
//! A state is what every process has done, each operation with those of others that it had to come after: operations of the same
//! process, and those on the same object of which one changes it. Executions that differ only in the order of others
//! reach the same state.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use grader::run::{Event, Trace};
use procesos_schedule::{ROOT, path_of};
use procesos_trace::{ObjectId, ObjectKind, Op, flags};

/// See the module.
#[derive(Debug)]
pub(crate) struct History {
    /// The state before each pick, and after the last one.
    states: Vec<u64>,
    /// Who may be able to go on before each pick.
    may_go_on: Vec<Vec<u64>>,
}

/// Something that operations meet on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Thing {
    Object(ObjectId),
    /// The end of the process with this path.
    End(u64),
}

/// One operation that took its turn.
#[derive(Debug)]
struct Step {
    process: u64,
    when: u64,
    what: u64,
    op: Op,
    is_timed: bool,
    /// What it meets others on, and whether it changes that.
    things: Vec<(Thing, bool)>,
    starts: Option<u64>,
}

/// What is known of a process so far.
#[derive(Debug, Default)]
struct Progress {
    began: bool,
    ended: bool,
    /// Steps of all processes when it was picked in vain.
    stuck_at: Option<usize>,
    /// Picks without an operation, where those are told.
    idle: u64,
    /// Of everything it has done.
    hash: u64,
}

/// Of one thing: the last change, and what has looked at it since.
#[derive(Debug, Default)]
struct Met {
    change: u64,
    looks: u64,
}

impl History {
    /// Follows the picks of an execution along its trace.
    ///
    /// Where the program lets time pass by std's means, which leave no trace, a pick without an operation may be that.
    pub(crate) fn of(trace: &Trace, picks: &[u64], sleeps: bool) -> Self {
        let steps = steps_of(trace);
        let mut steps = steps.iter().peekable();
        let mut processes: BTreeMap<u64, Progress> =
            BTreeMap::from([(ROOT, Progress { began: true, ..Progress::default() })]);
        let mut met: HashMap<Thing, Met> = HashMap::new();
        let (mut states, mut may_go_on) = (Vec::new(), Vec::new());
        let mut done = 0;
        let mut total = 0_u64;
        for pick in picks {
            states.push(total);
            may_go_on.push(able(&processes, done));
            let process = processes.entry(*pick).or_default();
            if !process.began {
                process.began = true;
                total = total.wrapping_add(mixed(&[*pick, 1]));
            } else if let Some(step) = steps.next_if(|step| step.process == *pick) {
                done += 1;
                process.stuck_at = None;
                process.ended = step.op == Op::Exit;
                let hash = meet(step, process.hash, &mut met);
                process.hash = hash;
                total = total.wrapping_add(hash);
                if let Some(child) = step.starts {
                    processes.insert(child, Progress { hash: mixed(&[hash, child]), ..Progress::default() });
                }
            } else if sleeps || steps.clone().find(|step| step.process == *pick).is_some_and(|s| s.is_timed) {
                // Who waits for time may be picked again at once.
                process.idle += 1;
                total = total.wrapping_add(mixed(&[*pick, process.hash, process.idle]));
            } else {
                process.stuck_at = Some(done);
            }
        }
        states.push(total);
        may_go_on.push(able(&processes, done));
        Self { states, may_go_on }
    }

    /// The state before the pick at this index.
    pub(crate) fn state(&self, at: usize) -> u64 {
        self.states[at]
    }

    /// Who may be able to go on before the pick at this index: nobody else is.
    pub(crate) fn may_go_on(&self, at: usize) -> &[u64] {
        &self.may_go_on[at]
    }
}

fn able(processes: &BTreeMap<u64, Progress>, done: usize) -> Vec<u64> {
    let able = |(_, process): &(&u64, &Progress)| !process.ended && process.stuck_at != Some(done);
    processes.iter().filter(able).map(|(path, _)| *path).collect()
}

/// The hash of a step with all that it comes after.
fn meet(step: &Step, before: u64, met: &mut HashMap<Thing, Met>) -> u64 {
    let mut parts = vec![before, step.what];
    for (thing, changes) in &step.things {
        let known = met.entry(*thing).or_default();
        parts.push(known.change);
        if *changes {
            parts.push(known.looks);
        }
    }
    let hash = mixed(&parts);
    for (thing, changes) in &step.things {
        let known = met.entry(*thing).or_default();
        if *changes {
            *known = Met { change: hash, looks: 0 };
        } else {
            known.looks = known.looks.wrapping_add(hash);
        }
    }
    hash
}

fn mixed(parts: &[u64]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// The operations of all processes that took turns, in the order in which they took effect.
fn steps_of(trace: &Trace) -> Vec<Step> {
    let paths: Vec<u64> = trace.processes.iter().map(|process| path_of(&process.path)).collect();
    let mut steps = Vec::new();
    for (slot, process) in trace.processes.iter().enumerate() {
        let mut used: Vec<Thing> = Vec::new();
        for event in process.events.iter().filter(|event| event.op.is_scheduled()) {
            let things = things_of(trace, &paths, slot, event, &mut used);
            let started = usize::try_from(event.value).ok().and_then(|child| paths.get(child)).copied();
            let what = mixed(&[event.op as u64, event.outcome as u64, event.value, event.extra]);
            steps.push(Step {
                process: paths[slot],
                when: event.end,
                what,
                op: event.op,
                is_timed: event.op == Op::Sleep || event.flags & flags::TIMED != 0,
                things,
                starts: started.filter(|_| event.op == Op::Start),
            });
        }
    }
    steps.sort_by_key(|step| step.when);
    steps
}

/// What an event meets others on; `used` are the pipes and locks that its process has met on so far.
fn things_of(
    trace: &Trace,
    paths: &[u64],
    slot: usize,
    event: &Event,
    used: &mut Vec<Thing>,
) -> Vec<(Thing, bool)> {
    let child = || usize::try_from(event.value).ok().and_then(|child| paths.get(child)).copied().unwrap_or(0);
    match event.op {
        // The end of a process closes its pipes and frees its locks.
        Op::Exit => {
            let own = (Thing::End(paths[slot]), true);
            std::iter::once(own).chain(used.iter().map(|thing| (*thing, true))).collect()
        }
        Op::Join | Op::IsAlive => vec![(Thing::End(child()), false)],
        Op::Terminate => vec![(Thing::End(child()), true)],
        _ => {
            let Some(id) = event.object else { return Vec::new() };
            // Both ends of a pipe are one thing.
            let peer = trace.objects.get(&id).and_then(|object| object.peer);
            let thing = Thing::Object(peer.map_or(id, |peer| peer.min(id)));
            if matches!(event.kind, ObjectKind::Connection | ObjectKind::Lock) && !used.contains(&thing) {
                used.push(thing);
            }
            vec![(thing, !matches!(event.op, Op::ValueGet | Op::QueueIsEmpty | Op::Poll))]
        }
    }
}
