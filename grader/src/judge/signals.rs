//! The other sides of the edges that events, semaphores, conditions, barriers and tasks of a queue make.
//!
//! As in `edges`, pairs are found by what the objects counted. A permit orders always: whether two owners of one could have come in
//! the other order is left to the orders that are tried.

use std::collections::BTreeMap;

use procesos_trace::{ObjectId, Op, Outcome};

use super::happens_before::At;
use super::map::Map;
use crate::run::Event;

/// Most processes that one notification lets go on, as the library documents.
const MOST_NOTIFIED: u64 = 1024;

type Versions = Map<(ObjectId, u64), At>;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Signals {
    sets: Versions,
    permits: Versions,
    notifications: Versions,
    arrivals: Map<(ObjectId, u64), Vec<At>>,
    /// What broke a generation of a barrier.
    breaks: Versions,
    /// Of each queue and process: its tasks done, in the order of its program.
    done: Map<ObjectId, BTreeMap<usize, Vec<(u64, usize)>>>,
}

impl Signals {
    /// Takes note of an event on an object, if others may come after it.
    pub(super) fn note(&mut self, at: At, object: ObjectId, event: &Event) {
        if event.outcome != Outcome::Done {
            return;
        }
        let key = (object, event.version);
        match event.op {
            // Setting what is set lets nobody go on.
            Op::EventSet if event.extra == 1 => {
                self.sets.insert(key, at);
            }
            Op::SemaphoreRelease => {
                self.permits.insert(key, at);
            }
            Op::ConditionNotify => {
                let versions = (0..event.extra.min(MOST_NOTIFIED)).map(|n| event.version.saturating_add(n));
                self.notifications.extend(versions.map(|version| ((object, version), at)));
            }
            Op::BarrierArrive => self.arrivals.entry(key).or_default().push(at),
            Op::BarrierAbort | Op::BarrierReset => {
                self.breaks.insert(key, at);
            }
            Op::TaskDone => {
                let of_process = self.done.entry(object).or_default().entry(at.0).or_default();
                of_process.push((event.version, at.1));
            }
            _ => {}
        }
    }

    /// Whether events of an operation come after others that are noted here.
    pub(super) fn has(op: Op) -> bool {
        matches!(
            op,
            Op::EventWait
                | Op::EventIsSet
                | Op::SemaphoreAcquire
                | Op::ConditionWait
                | Op::BarrierWait
                | Op::QueueJoin
        )
    }

    /// What an event comes after; `detail` is what its object was made with. `None` where it comes after the end of a process that was
    /// killed.
    pub(super) fn sources(&self, object: ObjectId, event: &Event, detail: u64) -> Option<Vec<At>> {
        let done = event.outcome == Outcome::Done;
        let one = |map: &Versions, version: u64| map.get(&(object, version)).copied().into_iter().collect();
        Some(match event.op {
            Op::EventWait if done => one(&self.sets, event.version),
            Op::EventIsSet if done && event.extra == 1 => one(&self.sets, event.version),
            // Those that it had in the beginning nobody gave.
            Op::SemaphoreAcquire if done => {
                event.version.checked_sub(detail).map_or_else(Vec::new, |given| one(&self.permits, given))
            }
            Op::SemaphoreAcquire if event.outcome == Outcome::OwnerDied => return None,
            // Whoever died with the lock did not notify.
            Op::ConditionWait if event.outcome == Outcome::OwnerDied => return None,
            Op::ConditionWait if done => one(&self.notifications, event.version),
            Op::BarrierWait if done => {
                self.arrivals.get(&(object, event.version)).cloned().unwrap_or_default()
            }
            Op::BarrierWait if event.outcome == Outcome::Broken => {
                vec![*self.breaks.get(&(object, event.value))?]
            }
            Op::QueueJoin if done => self.done_before(object, event.version),
            _ => Vec::new(),
        })
    }

    /// The last task of each process that is among the first `count` of a queue.
    fn done_before(&self, queue: ObjectId, count: u64) -> Vec<At> {
        let all = self.done.get(&queue).into_iter().flatten();
        let last = all.filter_map(|(process, tasks)| {
            let (_, index) = tasks.iter().rev().find(|(version, _)| *version < count)?;
            Some((*process, *index))
        });
        last.collect()
    }
}
