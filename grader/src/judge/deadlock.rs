//! Who waits on what when nobody can go on, and what came first.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use procesos_trace::{ObjectId, ObjectKind, Op};

use super::facts::Facts;
use super::finding::{Cause, Finding, Heard, Waiting};
use super::locks::holder;
use super::{permits, standing, tasks};
use crate::run::Pending;

/// The processes that wait, children first: the parent's join is a consequence more often than a cause.
pub(super) type Stuck<'a> = [(usize, &'a Pending)];

/// The standstill of a run, from the pending operations.
pub(super) fn explain(facts: &Facts<'_>) -> Finding {
    let mut stuck: Vec<(usize, &Pending)> = facts
        .ranked()
        .iter()
        .filter_map(|p| Some((*p, facts.processes()[*p].pending.as_ref().filter(|pending| pending.blocked)?)))
        .filter(|(_, pending)| !is_idle(pending))
        .collect();
    stuck.sort_by_key(|(p, _)| *p == 0);
    let waiting = stuck.iter().map(|(p, pending)| waiting(facts, *p, pending)).collect();
    Finding::Deadlock { waiting, cause: cause(facts, &stuck) }
}

/// Who asks what again and again, from the last operation of everybody who is left.
pub(super) fn livelock(facts: &Facts<'_>) -> Finding {
    let left = facts.ranked().iter().copied().filter(|p| {
        let process = &facts.processes()[*p];
        process.exists && process.exit_code.is_none() && !process.pending.as_ref().is_some_and(is_idle)
    });
    let asking = left.filter_map(|p| {
        let process = &facts.processes()[p];
        if let Some(pending) = process.pending.as_ref().filter(|pending| pending.blocked) {
            return Some(waiting(facts, p, pending));
        }
        let last = process.events.last()?;
        Some(Waiting {
            who: facts.who(p),
            op: last.op,
            place: last.place.clone(),
            thing: last.object.and_then(|object| facts.thing(object)),
            on: None,
            milliseconds: 0,
        })
    });
    Finding::Livelock { asking: asking.collect() }
}

/// Whether a process of the library waits for work: nobody waits for that.
fn is_idle(pending: &Pending) -> bool {
    matches!(pending.op, Op::PoolTake | Op::ManagerServe)
}

fn waiting(facts: &Facts<'_>, p: usize, pending: &Pending) -> Waiting {
    let on = match pending.op {
        Op::Join => joined(pending).filter(|child| *child < facts.processes().len()),
        Op::LockAcquire => pending.object.and_then(|lock| holder(facts, lock)).map(|(holder, _)| holder),
        Op::SemaphoreAcquire => pending.object.and_then(|semaphore| {
            let keeps = |q: &usize| permits::kept(facts, *q, semaphore).is_some();
            facts.ranked().iter().copied().find(keeps)
        }),
        Op::PoolGet => pending.object.and_then(|pool| tasks::at_work(facts, pool, pending.detail)),
        _ => None,
    };
    Waiting {
        who: facts.who(p),
        op: pending.op,
        place: pending.place.clone(),
        thing: pending.object.and_then(|object| facts.thing(object)),
        on: on.map(|other| facts.who(other)),
        milliseconds: facts.run.stopped_at.saturating_sub(pending.since) / 1_000_000,
    }
}

/// What came first: the others wait because of it.
fn cause(facts: &Facts<'_>, stuck: &Stuck<'_>) -> Cause {
    lock_cause(facts, stuck)
        .or_else(|| first_in(stuck, Op::QueuePut).and_then(|pending| nobody_gets(facts, stuck, pending)))
        .or_else(|| standing::cause(facts, stuck))
        .or_else(|| pipe_cause(facts, stuck))
        .or_else(|| first_in(stuck, Op::QueueGet).and_then(|pending| nobody_puts(facts, stuck, pending)))
        .unwrap_or(Cause::Other)
}

fn first_in<'a>(stuck: &Stuck<'a>, op: Op) -> Option<&'a Pending> {
    stuck.iter().find(|(_, pending)| pending.op == op).map(|(_, pending)| *pending)
}

fn pending_of<'a>(stuck: &Stuck<'a>, p: usize) -> Option<&'a Pending> {
    stuck.iter().find(|(other, _)| *other == p).map(|(_, pending)| *pending)
}

/// The child that a join waits for.
fn joined(pending: &Pending) -> Option<usize> {
    usize::try_from(pending.detail).ok().filter(|_| pending.op == Op::Join)
}

/// Causes about locks; `None` when nobody waits for one, or the holder waits for something that the others would not
/// bring about with the lock either.
fn lock_cause(facts: &Facts<'_>, stuck: &Stuck<'_>) -> Option<Cause> {
    let mut lock = first_in(stuck, Op::LockAcquire)?.object;
    let mut seen: Vec<usize> = Vec::new();
    // From the holder to the holder of what that one waits for, and so on.
    let (holder, taken_at) = loop {
        let Some((p, place)) = lock.and_then(|lock| holder(facts, lock)) else {
            return Some(Cause::LockNeverReleased { holder: None, taken_at: None });
        };
        if seen.contains(&p) {
            return Some(Cause::LockOrder);
        }
        seen.push(p);
        match pending_of(stuck, p) {
            Some(pending) if pending.op == Op::LockAcquire => lock = pending.object,
            _ => break (p, place),
        }
    };
    if pending_of(stuck, holder).is_some_and(|pending| !lock_matters(facts, stuck, holder, pending)) {
        return None;
    }
    Some(Cause::LockNeverReleased { holder: Some(facts.who(holder)), taken_at })
}

/// Whether somebody who waits for a lock might do what its holder waits for.
fn lock_matters(facts: &Facts<'_>, stuck: &Stuck<'_>, holder: usize, pending: &Pending) -> bool {
    let Some(object) = pending.object else { return true };
    // What the holder needs to be done, on which object, and what those do who need the same as the holder.
    let (needed, on, same) = match pending.op {
        Op::QueueGet => (Op::QueuePut, Some(object), Op::QueueGet),
        Op::QueuePut => (Op::QueueGet, Some(object), Op::QueuePut),
        Op::Recv => (Op::Send, facts.object(object).and_then(|end| end.peer), Op::Recv),
        Op::Send => (Op::Recv, facts.object(object).and_then(|end| end.peer), Op::Send),
        Op::EventWait => (Op::EventSet, Some(object), Op::EventWait),
        Op::SemaphoreAcquire => (Op::SemaphoreRelease, Some(object), Op::SemaphoreAcquire),
        Op::QueueJoin => (Op::TaskDone, Some(object), Op::QueueJoin),
        _ => return true,
    };
    let Some(on) = on else { return true };
    let who_did = |op: Op, id: ObjectId| facts.done_on(op, id).map(|((p, _), _)| p).collect::<BTreeSet<_>>();
    let (helpers, alike) = (who_did(needed, on), who_did(same, object));
    let role = |p: usize| Some(&facts.processes()[p].function).filter(|function| !function.is_empty());
    let mut waiters = stuck.iter().filter(|(_, pending)| pending.op == Op::LockAcquire).map(|(p, _)| *p);
    waiters.any(|p| {
        let alike = alike.contains(&p) || (role(p).is_some() && role(p) == role(holder));
        helpers.contains(&p) || !alike
    })
}

fn nobody_gets(facts: &Facts<'_>, stuck: &Stuck<'_>, pending: &Pending) -> Option<Cause> {
    let id = pending.object?;
    let same = |(_, other): &&(usize, &Pending)| other.op == Op::QueuePut && other.object == Some(id);
    Some(Cause::NobodyGets {
        queue: facts.thing(id)?,
        capacity: facts.object(id).map_or(0, |object| object.detail),
        putters: stuck.iter().filter(same).count(),
        join: pending_of(stuck, 0).filter(|other| other.op == Op::Join).and_then(|other| other.place.clone()),
    })
}

fn nobody_puts(facts: &Facts<'_>, stuck: &Stuck<'_>, pending: &Pending) -> Option<Cause> {
    let id = pending.object?;
    let waits_here = |p: usize| {
        pending_of(stuck, p).is_some_and(|other| other.op == Op::QueueGet && other.object == Some(id))
    };
    let mut puts: Vec<_> = facts.done_on(Op::QueuePut, id).map(|(_, event)| event).collect();
    if puts.is_empty()
        && let Some(elsewhere) = put_elsewhere(facts, id)
    {
        return Some(elsewhere);
    }
    puts.sort_by_key(|event| event.version);
    let mut put: Vec<(Option<String>, usize)> = Vec::new();
    for event in &puts {
        match put.iter_mut().find(|(label, _)| *label == event.label) {
            Some((_, count)) => *count += 1,
            None => put.push((event.label.clone(), 1)),
        }
    }
    let mut consumers: Vec<usize> =
        facts.events_on(id).filter(|(_, event)| event.op == Op::QueueGet).map(|((p, _), _)| p).collect();
    consumers.dedup();
    let idle = stuck.iter().filter(|(p, _)| waits_here(*p) && !consumers.contains(p)).count();
    let mark = put.last().map(|(label, _)| label.clone());
    let last = puts.iter().rev().find(|event| Some(&event.label) == mark.as_ref());
    Some(Cause::NobodyPuts {
        queue: facts.thing(id)?,
        getters: stuck.iter().filter(|(p, _)| waits_here(*p)).count(),
        consumers: consumers.len() + idle,
        last_put: last.and_then(|event| event.place.clone()),
        put,
    })
}

/// Messages in another queue of the student's, from which nobody gets; that into which most was put.
fn put_elsewhere(facts: &Facts<'_>, queue: ObjectId) -> Option<Cause> {
    let others = facts
        .objects(ObjectKind::Queue)
        .filter(|(id, object)| *id != queue && object.driver_name.is_none())
        .filter(|(id, _)| facts.done_on(Op::QueueGet, *id).next().is_none())
        .map(|(id, object)| (facts.done_on(Op::QueuePut, id).count(), id, object));
    let (put, _, other) =
        others.filter(|(put, ..)| *put > 0).max_by_key(|(put, id, _)| (*put, Reverse(*id)))?;
    Some(Cause::PutElsewhere { queue: facts.thing(queue)?, other: other.made_at.clone(), put })
}

/// Causes about pipes.
fn pipe_cause(facts: &Facts<'_>, stuck: &Stuck<'_>) -> Option<Cause> {
    let peer_of = |end: ObjectId| facts.object(end).and_then(|object| object.peer);
    if let Some(end) = first_in(stuck, Op::Send).and_then(|pending| pending.object) {
        let sent = facts.done_on(Op::Send, end).count();
        let received = peer_of(end).map_or(0, |peer| facts.done_on(Op::Recv, peer).count());
        return Some(Cause::NobodyReceives { on_their_way: sent.saturating_sub(received) as u64 });
    }
    let receivers: Vec<(usize, &Pending)> =
        stuck.iter().copied().filter(|(_, pending)| pending.op == Op::Recv).collect();
    let waits_on = |end: ObjectId| receivers.iter().any(|(_, pending)| pending.object == Some(end));
    let ends = receivers.iter().filter_map(|(_, pending)| pending.object);
    if ends.filter_map(peer_of).any(waits_on) {
        let heard = receivers.iter().filter_map(|(p, pending)| heard(facts, *p, pending.object?));
        return Some(Cause::BothReceive { heard: heard.collect() });
    }
    let awaited = receivers.iter().find_map(|(p, pending)| {
        let peer = peer_of(pending.object?)?;
        let join = joiner(stuck, *p, |ancestor| has_end(facts, ancestor, peer))?;
        Some(Cause::JoinBeforeTalking { join: join.place.clone(), receive: pending.place.clone() })
    });
    awaited.or_else(|| (!receivers.is_empty()).then_some(Cause::NobodySends))
}

/// What a process received last on an end, if that is a variant and its own code received it.
fn heard(facts: &Facts<'_>, p: usize, end: ObjectId) -> Option<Heard> {
    let received = facts.done_on(Op::Recv, end).filter(|((q, _), _)| *q == p);
    let (_, event) = received.max_by_key(|((_, i), _)| *i)?;
    let place = event.place.clone().filter(|place| place.of_student)?;
    let peer = facts.object(end)?.peer?;
    let (_, sent) = facts.done_on(Op::Send, peer).find(|(_, sent)| sent.version == event.version)?;
    Some(Heard { who: facts.who(p), label: sent.label.clone()?, place })
}

/// The join of a process that `is_meant`, which waits for `p` directly or through those that wait for it.
fn joiner<'a>(stuck: &Stuck<'a>, p: usize, is_meant: impl Fn(usize) -> bool) -> Option<&'a Pending> {
    let mut awaited = p;
    // Nobody is its own ancestor, so there are fewer joins than processes.
    for _ in stuck {
        let (parent, join) = stuck.iter().find(|(_, pending)| joined(pending) == Some(awaited))?;
        if is_meant(*parent) {
            return Some(join);
        }
        awaited = *parent;
    }
    None
}

/// Whether an end of a pipe is that of a process: it used it, or made it and nobody used it.
fn has_end(facts: &Facts<'_>, p: usize, end: ObjectId) -> bool {
    let uses = facts.events_on(end).filter(|(_, event)| matches!(event.op, Op::Send | Op::Recv | Op::Poll));
    let users: Vec<usize> = uses.map(|((q, _), _)| q).collect();
    users.contains(&p) || (users.is_empty() && usize::from(end.creator) == p)
}
