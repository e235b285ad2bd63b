//! Why nobody can go on where somebody waits for what another one says: an event, a permit, a notification, all at a barrier,
//! that tasks are done.

use procesos_trace::{ObjectId, Op};

use super::deadlock::Stuck;
use super::facts::Facts;
use super::finding::Cause;
use super::happens_before::At;
use super::permits;
use crate::run::{Event, Pending};

/// The cause, if somebody waits so. What others wait for is brought about by those who wait here more often than the reverse.
pub(super) fn cause(facts: &Facts<'_>, stuck: &Stuck<'_>) -> Option<Cause> {
    let first = |op: Op| {
        let pending = stuck.iter().map(|(_, pending)| *pending);
        pending.into_iter().filter(move |pending: &&Pending| pending.op == op).find_map(|one| one.object)
    };
    first(Op::QueueJoin)
        .and_then(|queue| tasks_not_done(facts, queue))
        .or_else(|| first(Op::EventWait).and_then(|event| nobody_sets(facts, event)))
        .or_else(|| first(Op::BarrierWait).and_then(|barrier| too_few_arrive(facts, stuck, barrier)))
        .or_else(|| {
            first(Op::SemaphoreAcquire).and_then(|semaphore| nobody_releases(facts, stuck, semaphore))
        })
        .or_else(|| first(Op::ConditionWait).and_then(|condition| nobody_notifies(facts, condition)))
}

fn tasks_not_done(facts: &Facts<'_>, queue: ObjectId) -> Option<Cause> {
    let count = |op| facts.done_on(op, queue).count() as u64;
    let (put, done) = (count(Op::QueuePut), count(Op::TaskDone));
    Some(Cause::TasksNotDone { queue: facts.thing(queue)?, put, done })
}

fn nobody_sets(facts: &Facts<'_>, event: ObjectId) -> Option<Cause> {
    let cleared = facts.done_on(Op::EventClear, event).filter(|(_, clear)| clear.extra == 1);
    let (at, _) = cleared.max_by_key(|(_, clear)| clear.version).unzip();
    Some(Cause::NobodySets { event: facts.thing(event)?, cleared_at: at.and_then(|at| facts.place(at)) })
}

fn too_few_arrive(facts: &Facts<'_>, stuck: &Stuck<'_>, barrier: ObjectId) -> Option<Cause> {
    let waits = |pending: &Pending| pending.op == Op::BarrierWait && pending.object == Some(barrier);
    let arrived = stuck.iter().filter(|(_, pending)| waits(pending)).count() as u64;
    let parties = facts.object(barrier)?.detail;
    Some(Cause::TooFewArrive { barrier: facts.thing(barrier)?, parties, arrived })
}

fn nobody_releases(facts: &Facts<'_>, stuck: &Stuck<'_>, semaphore: ObjectId) -> Option<Cause> {
    if is_round(facts, stuck, semaphore) {
        return Some(Cause::PermitOrder);
    }
    let holder = stuck.iter().find_map(|(p, _)| Some((*p, permits::kept(facts, *p, semaphore)?)));
    Some(Cause::NobodyReleases {
        semaphore: facts.thing(semaphore)?,
        holder: holder.map(|(p, _)| facts.who(p)),
        taken_at: holder.and_then(|(_, at)| facts.place(at)),
    })
}

/// Whether those who hold a permit of a semaphore wait for one that others hold, and so on, in a round.
fn is_round(facts: &Facts<'_>, stuck: &Stuck<'_>, mut semaphore: ObjectId) -> bool {
    let mut seen = Vec::new();
    loop {
        let holder = stuck.iter().find(|(p, _)| permits::kept(facts, *p, semaphore).is_some());
        let Some((p, pending)) = holder else { return false };
        if seen.contains(p) {
            return seen.len() > 1;
        }
        seen.push(*p);
        match pending.object.filter(|_| pending.op == Op::SemaphoreAcquire) {
            Some(next) => semaphore = next,
            None => return false,
        }
    }
}

fn nobody_notifies(facts: &Facts<'_>, condition: ObjectId) -> Option<Cause> {
    let nobody_heard = |(_, event): &(At, &Event)| event.extra == 0;
    let unheard = facts.done_on(Op::ConditionNotify, condition).filter(nobody_heard);
    let (at, _) = unheard.max_by_key(|(_, event)| event.end).unzip();
    Some(Cause::NobodyNotifies {
        condition: facts.thing(condition)?,
        unheard: at.and_then(|at| facts.place(at)),
    })
}
