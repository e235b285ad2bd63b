//! Tasks of a pool: where they were given, done and asked for.
//!
//! As in `edges`, pairs are found by the indices that the pool counted: giving a task comes before taking it, and giving its result
//! back before getting that.

use std::collections::BTreeMap;

use procesos_trace::{ObjectId, Op, Outcome, Tasks};

use super::facts::Facts;
use super::happens_before::At;
use super::map::Map;
use crate::run::Event;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct PoolTasks {
    pools: Map<ObjectId, Pool>,
}

#[derive(Debug, Default)]
struct Pool {
    /// By the index of the first task that was given: how many, and where.
    given: BTreeMap<u64, (u64, At)>,
    results: BTreeMap<u64, At>,
}

impl PoolTasks {
    /// Takes note of an event on an object, if others may come after it.
    pub(super) fn note(&mut self, at: At, object: ObjectId, event: &Event) {
        match event.op {
            Op::PoolSubmit if event.outcome == Outcome::Done => {
                let pool = self.pools.entry(object).or_default();
                pool.given.insert(event.version, (event.value, at));
            }
            Op::PoolDone if event.outcome == Outcome::Done => {
                self.pools.entry(object).or_default().results.insert(event.version, at);
            }
            _ => {}
        }
    }

    /// Whether events of an operation come after others that are noted here.
    pub(super) fn has(op: Op) -> bool {
        matches!(op, Op::PoolTake | Op::PoolGet | Op::PoolReady)
    }

    /// What an event comes after.
    pub(super) fn sources(&self, object: ObjectId, event: &Event) -> Vec<At> {
        let Some(pool) = self.pools.get(&object) else { return Vec::new() };
        match (event.op, event.outcome) {
            (Op::PoolTake, Outcome::Done) if event.extra == 0 => {
                let given = pool.given.range(..=event.version).next_back();
                let given = given.filter(|(first, (count, _))| event.version - **first < *count);
                given.map(|(_, (_, at))| *at).into_iter().collect()
            }
            // Where a worker died, the other tasks may be done later: they are not waited for.
            (Op::PoolGet, Outcome::Done | Outcome::TaskFailed) => pool.done(event),
            (Op::PoolReady, Outcome::Done) if event.extra == 1 => pool.done(event),
            _ => Vec::new(),
        }
    }
}

impl Pool {
    /// Where the tasks that an event is about were done.
    fn done(&self, event: &Event) -> Vec<At> {
        self.results.range(Tasks::unpack(event.value).indices()).map(|(_, at)| *at).collect()
    }
}

/// The worker that has taken one of some tasks and not done it: the one that has the first of them.
pub(super) fn at_work(facts: &Facts<'_>, pool: ObjectId, tasks: u64) -> Option<usize> {
    let wanted = Tasks::unpack(tasks).indices();
    let about = |op: Op| facts.done_on(op, pool).filter(|(_, event)| wanted.contains(&event.version));
    let taken = about(Op::PoolTake).filter(|(_, event)| event.extra == 0);
    let open = taken.filter(|(_, take)| about(Op::PoolDone).all(|(_, done)| done.version != take.version));
    open.min_by_key(|(_, take)| take.version).map(|((p, _), _)| p)
}
