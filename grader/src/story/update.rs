//! The update that was lost in an order: who read, who wrote in between, who overwrote that.

use procesos_trace::{ObjectId, Op, flags};

use super::{thing, who};
use crate::explore::steps::{At, events_in_order};
use crate::judge::{Finding, Step};
use crate::run::{Event, Trace};

/// A lost update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost {
    /// The value.
    pub(super) value: ObjectId,
    /// The read that the overwriting process goes back to.
    pub(super) read: At,
    /// The read of the one whose write is lost, if its last step on the value before was to read it.
    pub(super) other_read: Option<At>,
    /// The write that is lost: the last one between.
    pub(super) lost: At,
    /// The write that overwrites it.
    pub(super) write: At,
}

/// The first update that was lost in a run, of a value of which `meant` holds.
pub(super) fn first(trace: &Trace, meant: impl Fn(ObjectId) -> bool) -> Option<Lost> {
    let event = |(p, i): At| &trace.processes[p].events[i];
    let done = accesses(trace);
    done.iter().enumerate().find_map(|(index, write)| {
        let value = event(*write).cell().filter(|value| event(*write).overwrites() && meant(*value))?;
        let before = || done[..index].iter().rev().filter(|at| trace.is_about(event(**at), value));
        let read = *before().find(|at| at.0 == write.0).filter(|at| event(**at).reads())?;
        let between = before().take_while(|at| **at != read);
        let lost = *between.clone().find(|at| event(**at).writes())?;
        let earlier = before().skip_while(|at| **at != lost).skip(1);
        let other_read = earlier.clone().find(|at| at.0 == lost.0).copied();
        let other_read = other_read.filter(|at| event(*at).reads() && event(lost).overwrites());
        Some(Lost { value, read, other_read, lost, write: *write })
    })
}

/// The steps that read or write shared values, in order.
pub(super) fn accesses(trace: &Trace) -> Vec<At> {
    let shares = |op: Op| {
        matches!(op, Op::ValueGet | Op::ValueSet | Op::ManagerGet | Op::ManagerSet | Op::ManagerPart)
    };
    let mut steps = events_in_order(trace, shares);
    steps.retain(|(p, i)| {
        let event = &trace.processes[*p].events[*i];
        event.reads() || event.writes()
    });
    steps
}

/// The value that a finding about a lost update means: the one that its first step reads, or that a later one writes.
pub(super) fn meant(finding: &Finding, trace: &Trace) -> Option<ObjectId> {
    let Finding::LostUpdate { steps, .. } = finding else { return None };
    steps.iter().find_map(|step| {
        let process = trace.processes.iter().find(|process| process.id() == step.who.id)?;
        let same = |event: &&Event| {
            let role = if step.op == Op::ValueGet { event.reads() } else { event.writes() };
            role && event.method == step.method && event.place == step.place
        };
        process.events.iter().find(same)?.cell()
    })
}

/// A finding about a lost update, told by what was seen in this run instead of by what could be.
#[must_use]
pub(crate) fn witnessed(finding: &Finding, trace: &Trace) -> Option<Finding> {
    let Finding::LostUpdate { cause, .. } = finding else { return None };
    let lost = first(trace, |value| meant(finding, trace) == Some(value))?;
    let event = |(p, i): At| &trace.processes[p].events[i];
    let step = |at: At| {
        let (shown, method, place) = (event(at).shown(), event(at).method, event(at).place.clone());
        let op = if [lost.lost, lost.write].contains(&at) { Op::ValueSet } else { Op::ValueGet };
        Step { who: who(trace, at.0), op, method, value: shown.clone(), after: shown, place }
    };
    let mut ats: Vec<At> =
        [Some(lost.read), lost.other_read, Some(lost.lost), Some(lost.write)].into_iter().flatten().collect();
    super::sort(trace, &mut ats);
    let (read, write) = (event(lost.read), event(lost.write));
    let is_number = |at: &At| event(*at).flags & (flags::BOOLEAN | flags::OTHER) == 0;
    let left = (lost.other_read.is_some() && ats.iter().all(is_number)).then(|| {
        let expected = moved(event(lost.lost).value, read, write);
        (write.shown_as(expected), write.shown())
    });
    Some(Finding::LostUpdate {
        value: thing(trace, lost.value)?,
        cause: cause.clone(),
        steps: ats.into_iter().map(step).collect(),
        left,
    })
}

/// What the second process would have written had it read `base`: its own change, applied to that.
fn moved(base: u64, read: &Event, write: &Event) -> u64 {
    if read.flags & flags::FLOAT != 0 {
        let change = f64::from_bits(write.value) - f64::from_bits(read.value);
        (f64::from_bits(base) + change).to_bits()
    } else {
        base.wrapping_add(write.value.wrapping_sub(read.value))
    }
}
