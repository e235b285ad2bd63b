//! Which orders are tried: two of three with the selective strategy, on one shared object after another, the third by partial
//! order sampling. `cargo bench -p procesos-schedule` has the measurement behind the mixture.

use std::collections::BTreeMap;

use procesos_schedule::{Fault, Kind, Order, ROOT, Random, object_of, path_of};
use procesos_trace::{ObjectId, ObjectKind, Op};

use crate::course::Scenario;
use crate::run::Trace;
use crate::seed::Seed;

/// Every so many orders, processes may ask this often in vain before the others go on; usually they may only a few times.
const HASTY_EVERY: u64 = 8;
const HASTY_QUESTIONS: u32 = 64;

/// See the module.
#[derive(Debug)]
pub(super) struct Portfolio {
    seed: u64,
    most_picks: u64,
    early_timers: bool,
    /// The process to kill, if the scenario names one, and the steps that it has: before each of them in turn.
    victim: Option<(u64, u64)>,
    /// Objects that several processes used, with the operations of each process.
    objects: Vec<SharedObject>,
    /// Every process and the one that started it.
    parents: Vec<(u64, u64)>,
}

/// An object, and how often each process used it, by path.
#[derive(Debug)]
struct SharedObject {
    object: u64,
    counts: Vec<(u64, u64)>,
}

impl Portfolio {
    /// The orders for a program of which one run has been seen.
    pub(super) fn new(trace: &Trace, seed: Seed, most_picks: u64, scenario: &Scenario) -> Self {
        let parents = trace.processes.iter().skip(1);
        let parents = parents.map(|process| (path_of(&process.path), path_at(trace, process.parent)));
        Self {
            seed: u64::from(seed.number()),
            most_picks,
            early_timers: scenario.early_timers,
            victim: scenario.killed.as_ref().map(|path| (path_of(path), steps_of(trace, path))),
            objects: shared_objects(trace),
            parents: parents.collect(),
        }
    }

    /// The order to try at `index`, from 1.
    pub(super) fn order(&self, index: u64) -> Order {
        let mut state = self.seed ^ index.rotate_left(32);
        let seed = Random(&mut state).number();
        let turn = usize::try_from(index - index / 3).unwrap_or(0);
        let selected =
            self.objects.get(turn % self.objects.len().max(1)).filter(|_| !index.is_multiple_of(3));
        let usual = Order::new(if selected.is_some() { Kind::Surw } else { Kind::Pos }, seed);
        let hasty = if index.is_multiple_of(HASTY_EVERY) { HASTY_QUESTIONS } else { usual.hasty_questions };
        Order {
            most_picks: self.most_picks,
            early_timers: self.early_timers,
            object: selected.map_or(0, |selected| selected.object),
            counts: selected.map(|selected| selected.counts.clone()).unwrap_or_default(),
            parents: self.parents.clone(),
            hasty_questions: hasty,
            fault: self.victim.map(|(process, steps)| Fault { process, step: (index - 1) % steps.max(1) }),
            ..usual
        }
    }
}

/// Steps of the process with this path.
fn steps_of(trace: &Trace, path: &[u32]) -> u64 {
    let process = trace.processes.iter().find(|process| process.path == path);
    process.map_or(0, |process| process.events.iter().filter(|event| event.op.is_scheduled()).count() as u64)
}

fn path_at(trace: &Trace, slot: usize) -> u64 {
    trace.processes.get(slot).map_or(ROOT, |process| path_of(&process.path))
}

/// Objects that more than one process used, and not all of them only to look.
fn shared_objects(trace: &Trace) -> Vec<SharedObject> {
    let mut uses: BTreeMap<ObjectId, BTreeMap<usize, u64>> = BTreeMap::new();
    let mut changed: Vec<ObjectId> = Vec::new();
    for (slot, process) in trace.processes.iter().enumerate() {
        for event in process.events.iter().filter(|event| !matches!(event.op, Op::Create | Op::Name)) {
            let Some(object) = event.object else { continue };
            // Both ends of a pipe are one object to the rules: the first one.
            let peer = trace.objects.get(&object).and_then(|object| object.peer);
            let object = match (event.kind, peer) {
                (ObjectKind::Connection, Some(peer)) => object.min(peer),
                _ => object,
            };
            *uses.entry(object).or_default().entry(slot).or_default() += 1;
            if !event.op.only_looks() {
                changed.push(object);
            }
        }
    }
    uses.into_iter()
        .filter(|(object, uses)| uses.len() > 1 && changed.contains(object))
        .map(|(object, uses)| SharedObject {
            object: object_of(path_at(trace, usize::from(object.creator)), object.ordinal),
            counts: uses.into_iter().map(|(slot, count)| (path_at(trace, slot), count)).collect(),
        })
        .collect()
}
