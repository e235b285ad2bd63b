//! What one process hands on to another in the diagram of an order: messages, locks, its start, its end.

use std::collections::BTreeSet;

use procesos_trace::{Op, Outcome};

use super::scene::{End, Lane, Rows, cut};
use crate::explore::steps::At;
use crate::judge::handed_on;
use crate::run::{Run, Trace};

/// From a step of one process to a step of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrow {
    /// What is handed on.
    pub(super) what: What,
    pub(super) from: Point,
    pub(super) to: Point,
}

/// A lane, and a height in it in half rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point {
    pub(super) lane: usize,
    pub(super) height: usize,
}

/// See [`Arrow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A process starts another.
    Start,
    /// A process has ended, and another one learns of it.
    End,
    /// A message, or that there will be no more.
    Message,
    /// A lock.
    Lock,
}

/// The arrows between the lanes of `slots` whose two ends are told, each once.
pub(super) fn of(run: &Run, rows: &Rows, slots: &[usize], lanes: &[Lane]) -> Vec<Arrow> {
    let trace = &run.trace;
    let lane_of = |p: usize| slots.iter().position(|slot| *slot == p);
    let row = |at: At| rows.of_step(at).map(|row| 2 * row + 1);
    let mut arrows = BTreeSet::new();
    for (source, target) in handed_on(trace) {
        let Some(what) = what(trace, target) else { continue };
        let (Some(from), Some(to)) = (lane_of(source.0), lane_of(target.0)) else { continue };
        // Whoever was cut off handed on what it had by its death, which is no step.
        let killed = lanes[from].end == End::Cut && is_last(trace, source) && what != What::Message;
        // Where that has no row of its own: below the step of another that ended it, whose words stand at that height.
        let own = row((source.0, trace.processes[source.0].events.len()));
        let below = lanes[from].pieces.last().map(|last| last.to + last.to % 2);
        let death = own.or(below).filter(|_| killed);
        let (Some(begin), Some(end)) = (death.or_else(|| row(source)), row(target)) else { continue };
        if begin < end {
            let point = |lane, height| Point { lane, height };
            arrows.insert(Arrow { what, from: point(from, begin), to: point(to, end) });
        }
    }
    for (lane, p) in slots.iter().enumerate() {
        let Some(start) = start_of(trace, *p) else { continue };
        if let (Some(parent), Some(height)) = (lane_of(start.0), row(start)) {
            let (from, to) = (Point { lane: parent, height }, Point { lane, height });
            arrows.insert(Arrow { what: What::Start, from, to });
        }
    }
    for (lane, p) in slots.iter().enumerate() {
        let Some((Some(by), _)) = cut(run, *p) else { continue };
        if let (Some(other), Some(height)) = (lane_of(by.0), row(by)) {
            let (from, to) = (Point { lane: other, height }, Point { lane, height });
            arrows.insert(Arrow { what: What::End, from, to });
        }
    }
    arrows.into_iter().collect()
}

/// The step in which a process was started.
pub(super) fn start_of(trace: &Trace, p: usize) -> Option<At> {
    let parent = trace.processes[p].parent;
    let started = |event: &crate::run::Event| {
        event.op == Op::Start && event.outcome == Outcome::Done && event.value == p as u64
    };
    let index = trace.processes.get(parent).filter(|_| parent != p)?.events.iter().position(started)?;
    Some((parent, index))
}

/// What is handed on to a step; `None` where it is only room for more.
fn what(trace: &Trace, (p, i): At) -> Option<What> {
    match trace.processes[p].events[i].op {
        Op::QueueGet | Op::Recv => Some(What::Message),
        // What one says to another carries nothing but that it was said.
        Op::EventWait | Op::EventIsSet | Op::ConditionWait | Op::QueueJoin => Some(What::Message),
        // A task, and what came of it.
        Op::PoolTake | Op::PoolGet => Some(What::Message),
        Op::LockAcquire | Op::SemaphoreAcquire => Some(What::Lock),
        Op::Join | Op::IsAlive => Some(What::End),
        _ => None,
    }
}

fn is_last(trace: &Trace, (p, i): At) -> bool {
    i + 1 == trace.processes[p].events.len()
}
