//! Who waits on what when nobody can go on, and what came first.

use procesos_trace::{ObjectId, Op, Outcome};

use super::facts::Facts;
use super::finding::{Cause, Finding, Waiting};
use crate::run::{Pending, Place};

/// The standstill of a run, from the pending operations.
pub(super) fn explain(facts: &Facts<'_>) -> Finding {
    let mut stuck: Vec<(usize, &Pending)> = facts
        .processes()
        .iter()
        .enumerate()
        .filter_map(|(p, process)| Some((p, process.pending.as_ref().filter(|pending| pending.blocked)?)))
        .collect();
    // Children first: the parent's join is a consequence more often than a cause.
    stuck.sort_by_key(|(p, _)| (*p == 0, *p));
    let waiting = stuck.iter().map(|(p, pending)| waiting(facts, *p, pending)).collect();
    Finding::Deadlock { waiting, cause: cause(facts, &stuck) }
}

fn waiting(facts: &Facts<'_>, p: usize, pending: &Pending) -> Waiting {
    let on = match pending.op {
        Op::Join => usize::try_from(pending.detail).ok().filter(|child| *child < facts.processes().len()),
        Op::LockAcquire => pending.object.and_then(|lock| holder(facts, lock)).map(|(holder, _)| holder),
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

/// Who holds a lock at the end, and where it was taken.
fn holder(facts: &Facts<'_>, lock: ObjectId) -> Option<(usize, Option<Place>)> {
    facts.processes().iter().enumerate().find_map(|(p, process)| {
        let held = facts.held_at((p, process.events.len()));
        let at = held.into_iter().find(|at| process.events[*at].object == Some(lock))?;
        Some((p, process.events[at].place.clone()))
    })
}

/// What came first: the others wait because of it.
fn cause(facts: &Facts<'_>, stuck: &[(usize, &Pending)]) -> Cause {
    let in_op = |op| stuck.iter().copied().filter(move |(_, pending)| pending.op == op);
    if let Some((_, pending)) = in_op(Op::QueuePut).next() {
        return nobody_gets(facts, stuck, pending);
    }
    if let Some(cause) = pipe_cause(facts, stuck) {
        return cause;
    }
    if let Some((_, pending)) = in_op(Op::LockAcquire).next() {
        return lock_cause(facts, stuck, pending);
    }
    if let Some((_, pending)) = in_op(Op::QueueGet).next() {
        return nobody_puts(facts, stuck, pending);
    }
    Cause::Other
}

fn nobody_gets(facts: &Facts<'_>, stuck: &[(usize, &Pending)], pending: &Pending) -> Cause {
    let Some((id, queue)) = pending.object.and_then(|id| Some((id, facts.thing(id)?))) else {
        return Cause::Other;
    };
    let same = |(_, other): &&(usize, &Pending)| other.op == Op::QueuePut && other.object == Some(id);
    Cause::NobodyGets {
        queue,
        capacity: facts.run.trace.objects.get(&id).map_or(0, |object| object.detail),
        putters: stuck.iter().filter(same).count(),
        join: stuck.iter().find(|(_, other)| other.op == Op::Join).and_then(|(_, other)| other.place.clone()),
    }
}

fn nobody_puts(facts: &Facts<'_>, stuck: &[(usize, &Pending)], pending: &Pending) -> Cause {
    let Some((id, queue)) = pending.object.and_then(|id| Some((id, facts.thing(id)?))) else {
        return Cause::Other;
    };
    let waits_here = |p: usize| {
        stuck
            .iter()
            .any(|(other, pending)| *other == p && pending.op == Op::QueueGet && pending.object == Some(id))
    };
    let mut put: Vec<(Option<String>, usize)> = Vec::new();
    let mut puts: Vec<_> = facts.done_on(Op::QueuePut, id).map(|(_, event)| event).collect();
    puts.sort_by_key(|event| event.version);
    for event in &puts {
        match put.iter_mut().find(|(label, _)| *label == event.label) {
            Some((_, count)) => *count += 1,
            None => put.push((event.label.clone(), 1)),
        }
    }
    let consumers = (0..facts.processes().len())
        .filter(|p| waits_here(*p) || facts.done_on(Op::QueueGet, id).any(|((q, _), _)| q == *p));
    let mark = put.last().map(|(label, _)| label.clone());
    Cause::NobodyPuts {
        queue,
        getters: (0..facts.processes().len()).filter(|p| waits_here(*p)).count(),
        consumers: consumers.count(),
        last_put: puts
            .iter()
            .rev()
            .find(|event| Some(&event.label) == mark.as_ref())
            .and_then(|e| e.place.clone()),
        put,
    }
}

/// Causes about pipes.
fn pipe_cause(facts: &Facts<'_>, stuck: &[(usize, &Pending)]) -> Option<Cause> {
    if let Some((_, pending)) = stuck.iter().find(|(_, pending)| pending.op == Op::Send) {
        let end = pending.object?;
        let peer = facts.run.trace.objects.get(&end)?.peer?;
        let (sent, received) = (facts.done_on(Op::Send, end).count(), facts.done_on(Op::Recv, peer).count());
        return Some(Cause::NobodyReceives { on_their_way: sent.saturating_sub(received) as u64 });
    }
    let receivers: Vec<_> = stuck.iter().filter(|(_, pending)| pending.op == Op::Recv).collect();
    let (receiver, pending) = receivers.first()?;
    let peer = facts.run.trace.objects.get(&pending.object?)?.peer;
    if receivers.iter().any(|(_, other)| other.object == peer) {
        return Some(Cause::BothReceive);
    }
    let join = stuck.iter().find(|(_, other)| other.op == Op::Join && other.detail == *receiver as u64);
    Some(match join {
        Some((_, join)) => {
            Cause::JoinBeforeTalking { join: join.place.clone(), receive: pending.place.clone() }
        }
        None => Cause::NobodySends,
    })
}

/// Causes about locks.
fn lock_cause(facts: &Facts<'_>, stuck: &[(usize, &Pending)], pending: &Pending) -> Cause {
    let found = pending.object.and_then(|lock| holder(facts, lock));
    let waits_for_lock = |p: usize| stuck.iter().any(|(q, other)| *q == p && other.op == Op::LockAcquire);
    if found.as_ref().is_some_and(|(holder, _)| waits_for_lock(*holder)) {
        return Cause::LockOrder;
    }
    let (holder, taken_at) = found.map_or((None, None), |(p, place)| (Some(facts.who(p)), place));
    Cause::LockNeverReleased { holder, taken_at }
}

/// Whether an attempt of a process to take something from a queue ended without anything, the last time it tried.
pub(super) fn gave_up(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::WouldBlock | Outcome::TimedOut)
}
