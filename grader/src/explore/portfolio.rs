//! Which orders are tried: two strategies in turn, the selective one on one object after another.

use std::collections::BTreeMap;

use procesos_schedule::{Kind, Order, Random, object_of, path_of};
use procesos_trace::{ObjectId, ObjectKind, Op};

use crate::run::Trace;
use crate::seed::Seed;

/// See the module.
#[derive(Debug)]
pub(super) struct Portfolio {
    seed: u64,
    most_picks: u64,
    early_sleeps: bool,
    /// Objects that more than one process used, with the operations of each process.
    objects: Vec<(u64, Vec<(u64, u64)>)>,
}

impl Portfolio {
    /// The orders for a program of which one run has been seen.
    pub(super) fn new(trace: &Trace, seed: Seed, most_picks: u64, early_sleeps: bool) -> Self {
        Self { seed: u64::from(seed.number()), most_picks, early_sleeps, objects: shared_objects(trace) }
    }

    /// The order to try at `index`, from 1.
    pub(super) fn order(&self, index: u64) -> Order {
        let mut state = self.seed ^ index.rotate_left(32);
        let seed = Random(&mut state).number();
        let selective = index.is_multiple_of(2) && !self.objects.is_empty();
        let mut order = Order::new(if selective { Kind::Surw } else { Kind::Pos }, seed);
        order.most_picks = self.most_picks;
        order.early_sleeps = self.early_sleeps;
        if selective {
            let which = usize::try_from(index / 2).unwrap_or(0) % self.objects.len();
            let (object, counts) = &self.objects[which];
            order.object = *object;
            order.counts.clone_from(counts);
        }
        order
    }
}

/// Objects that more than one process used, and how often each did.
fn shared_objects(trace: &Trace) -> Vec<(u64, Vec<(u64, u64)>)> {
    let path = |slot: usize| trace.processes.get(slot).map_or(0, |process| path_of(&process.path));
    let mut uses: BTreeMap<ObjectId, BTreeMap<usize, u64>> = BTreeMap::new();
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
        }
    }
    uses.into_iter()
        .filter(|(_, uses)| uses.len() > 1)
        .map(|(object, uses)| {
            let counts = uses.into_iter().map(|(slot, count)| (path(slot), count)).collect();
            (object_of(path(usize::from(object.creator)), object.ordinal), counts)
        })
        .collect()
}
