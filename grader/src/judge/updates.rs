//! Updates of shared values: which can be lost, and who did the adding.
//!
//! An update is a read and the next write of the same value by the same process. It can be lost when a write of
//! another process is ordered neither before the read nor after the write.

use std::collections::BTreeSet;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, flags};

use super::facts::{Facts, shown_bits, shown_value};
use super::finding::{Finding, LostCause, Step, Verdict};
use super::happens_before::{At, HappensBefore};
use super::unless;
use crate::run::Event;

/// A read and the write that follows it.
#[derive(Debug, Clone, Copy)]
struct Update {
    read: At,
    write: At,
}

/// The first update that can be lost, of the values of a run.
pub(super) fn lost(facts: &Facts<'_>) -> Option<(ObjectId, Finding)> {
    let values = facts.run.trace.objects.iter().filter(|(_, object)| object.kind == ObjectKind::Value);
    let mut values: Vec<ObjectId> = values.map(|(id, _)| *id).collect();
    values.retain(|id| writers(facts, *id).len() > 1);
    values.into_iter().find_map(|id| {
        let (update, other) = lost_update(facts, &facts.order, id)?;
        // Another value may be the program's own way of taking turns: only what is lost in spite of that counts.
        let turns = HappensBefore::of(&facts.run.trace, Some(id));
        let (update, other) = lost_update(facts, &turns, id).map(|_| (update, other))?;
        Some((id, explain(facts, id, update, other)))
    })
}

fn writers(facts: &Facts<'_>, value: ObjectId) -> BTreeSet<usize> {
    facts.done_on(Op::ValueSet, value).map(|((p, _), _)| p).collect()
}

/// An update, and the other process's write that can come in between.
fn lost_update(facts: &Facts<'_>, order: &HappensBefore, value: ObjectId) -> Option<(Update, At)> {
    let writes = |q: usize| facts.done_on(Op::ValueSet, value).map(|(at, _)| at).filter(move |at| at.0 == q);
    let by_process: Vec<Vec<At>> = (0..facts.processes().len()).map(|q| writes(q).collect()).collect();
    (0..facts.processes().len()).find_map(|p| {
        updates(facts, p, value).into_iter().find_map(|update| {
            let others = by_process.iter().enumerate().filter(|(q, _)| *q != p);
            let mut between = others.filter_map(|(q, list)| {
                // Writes of q come in the order of its program: those before the read are a head of the list.
                let before = list.partition_point(|at| at.1 < order.known(update.read, q) as usize);
                list.get(before).copied().filter(|at| !order.ordered(update.write, *at))
            });
            between.next().map(|other| (update, other))
        })
    })
}

/// The updates of one process on a value: its last own access before the write is the read.
fn updates(facts: &Facts<'_>, p: usize, value: ObjectId) -> Vec<Update> {
    let mut read = None;
    let mut found = Vec::new();
    for (i, event) in facts.processes()[p].events.iter().enumerate() {
        if event.object != Some(value) || event.outcome != Outcome::Done {
            continue;
        }
        match event.op {
            Op::ValueGet => read = Some((p, i)),
            Op::ValueSet => {
                found.extend(read.take().map(|read| Update { read, write: (p, i) }));
            }
            _ => {}
        }
    }
    found
}

fn explain(facts: &Facts<'_>, id: ObjectId, update: Update, other: At) -> Finding {
    let thing = facts.thing(id);
    let fallback = super::finding::Thing { kind: ObjectKind::Value, name: None, made_at: None };
    Finding::LostUpdate {
        value: thing.unwrap_or(fallback),
        cause: cause(facts, update, other),
        steps: steps(facts, id, update, other),
        seen: None,
    }
}

/// Why nothing keeps the other write out.
fn cause(facts: &Facts<'_>, update: Update, other: At) -> LostCause {
    let own = &facts.processes()[update.read.0].events;
    let (at_read, at_write) = (facts.held_at(update.read), facts.held_at(update.write));
    if at_read.is_empty() && at_write.is_empty() {
        let acquired = own[..update.read.1].iter().rposition(|event| event.op == Op::LockAcquire);
        return match acquired {
            Some(at) => LostCause::ReleasedAtOnce { place: own[at].place.clone() },
            None if own.iter().any(|event| event.op == Op::LockAcquire) => LostCause::ReadOutside,
            None => LostCause::NoLock,
        };
    }
    if at_read.is_empty() {
        return LostCause::ReadOutside;
    }
    if at_write.is_empty() {
        return LostCause::WriteOutside;
    }
    let Some(through) = at_read.iter().find(|acquired| at_write.contains(acquired)) else {
        let released = own[update.read.1..update.write.1].iter().find(|event| event.op == Op::LockRelease);
        return LostCause::ReleasedBetween { place: released.and_then(|event| event.place.clone()) };
    };
    let others = &facts.processes()[other.0].events;
    let at_other = facts.held_at(other);
    if at_other.is_empty() {
        return LostCause::OtherWithoutLock { place: facts.place(other) };
    }
    if at_other.iter().any(|at| others[*at].object == own[*through].object) {
        // Both hold the same lock, and yet: the other one's own update is the one that is torn.
        return LostCause::ReadOutside;
    }
    let used: BTreeSet<ObjectId> =
        facts.done(Op::LockAcquire).filter_map(|(_, event)| event.object).collect();
    let made_at = own[*through].object.and_then(|lock| facts.thing(lock)).and_then(|thing| thing.made_at);
    LostCause::DifferentLocks { count: used.len(), made_at }
}

/// A possible order in which the update is lost: both read the same, both write.
fn steps(facts: &Facts<'_>, value: ObjectId, update: Update, other: At) -> Vec<Step> {
    let read = facts.event(update.read);
    let write = facts.event(update.write);
    let base = read.value;
    let other_read = facts.processes()[other.0].events[..other.1]
        .iter()
        .rposition(|event| event.op == Op::ValueGet && event.object == Some(value));
    let other_write = facts.event(other);
    let shown = |bits| shown_bits(bits, read.flags);
    let mut steps = vec![step(facts, update.read, shown(base), shown(base))];
    let written = match other_read {
        Some(i) => {
            let at = (other.0, i);
            steps.push(step(facts, at, shown(base), shown(base)));
            moved(base, facts.event(at), other_write)
        }
        None => other_write.value,
    };
    steps.push(step(facts, other, shown(written), shown(written)));
    let last = shown_value(write);
    steps.push(step(facts, update.write, last.clone(), last));
    steps
}

/// What the other process would write if it had read `base`: its own change, applied to that.
fn moved(base: u64, read: &Event, write: &Event) -> u64 {
    if read.flags & flags::FLOAT != 0 {
        let change = f64::from_bits(write.value) - f64::from_bits(read.value);
        (f64::from_bits(base) + change).to_bits()
    } else if read.flags & flags::BOOLEAN != 0 {
        write.value
    } else {
        base.wrapping_add(write.value.wrapping_sub(read.value))
    }
}

fn step(facts: &Facts<'_>, at: At, value: String, after: String) -> Step {
    let event = facts.event(at);
    Step { who: facts.who(at.0), op: event.op, value, after, place: event.place.clone() }
}

/// Whether there is a value to which children did the adding.
pub(super) fn children_add(facts: &Facts<'_>, each: i64, wanted: u64) -> Verdict {
    let values = facts.run.trace.objects.iter().filter(|(_, object)| object.kind == ObjectKind::Value);
    let findings: Vec<Option<Finding>> = values.map(|(id, _)| added(facts, *id, each, wanted)).collect();
    if findings.iter().any(Option::is_none) {
        return Verdict::Kept;
    }
    let none = Finding::ChildrenDidNotAdd { wanted, right: 0, each, other: None, first_wrote: None };
    // The value on which most was right is the one meant.
    let best = findings.into_iter().flatten().max_by_key(|finding| match finding {
        Finding::ChildrenDidNotAdd { right, .. } => (*right, 0),
        _ => (usize::MAX, 0),
    });
    unless(Some(best.unwrap_or(none)))
}

/// What is wrong with the adding to one value; `None` when it is right.
fn added(facts: &Facts<'_>, value: ObjectId, each: i64, wanted: u64) -> Option<Finding> {
    let first_wrote = first_writes_after_start(facts, value);
    let sums: Vec<(usize, Option<i64>)> = facts.children().map(|p| (p, sum_of(facts, p, value))).collect();
    let right = sums.iter().filter(|(_, sum)| *sum == Some(each)).count();
    if (right as u64) < wanted {
        let other = sums.iter().find(|(_, sum)| *sum != Some(each));
        return Some(Finding::ChildrenDidNotAdd {
            wanted,
            right,
            each,
            other: other.map(|(p, sum)| (facts.who(*p), sum.unwrap_or(0))),
            first_wrote: first_wrote.map(|at| facts.place(at)).unwrap_or_default(),
        });
    }
    first_wrote.map(|at| Finding::FirstWrote { place: facts.place(at) })
}

/// Where the first process writes to the value after it started the first child.
fn first_writes_after_start(facts: &Facts<'_>, value: ObjectId) -> Option<At> {
    let events = &facts.processes().first()?.events;
    let start = events.iter().position(|event| event.op == Op::Start)?;
    let write =
        events[start..].iter().position(|event| event.op == Op::ValueSet && event.object == Some(value))?;
    Some((0, start + write))
}

/// What a process added to a value in all: each write against what it knew last; `None` when it never wrote.
fn sum_of(facts: &Facts<'_>, p: usize, value: ObjectId) -> Option<i64> {
    let mut known: Option<i64> = None;
    let mut sum: Option<i64> = None;
    for event in &facts.processes()[p].events {
        if event.object != Some(value) || event.outcome != Outcome::Done {
            continue;
        }
        let bits = event.value.cast_signed();
        match event.op {
            Op::ValueSet => {
                sum = Some(sum.unwrap_or(0).wrapping_add(bits.wrapping_sub(known.unwrap_or(0))));
                known = Some(bits);
            }
            Op::ValueGet => known = Some(bits),
            _ => {}
        }
    }
    sum
}
