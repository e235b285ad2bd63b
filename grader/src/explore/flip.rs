//! The critical pair of a failing order: two steps that, exchanged, let it come out right. Said only of what was tried.

use std::collections::BTreeSet;

use procesos_schedule::Segment;
use procesos_trace::{Op, flags};

use super::steps::{At, in_order};
use crate::run::{Event, Trace};
use crate::story;

/// Most exchanges that are tried for one claim, of the steps that its finding is about, and of others.
pub(super) const MOST_TRIALS: usize = 24;

/// A step, and the path of its process.
type Picked = (At, u64);

/// Two steps, and a plan in which the second one comes before the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exchange {
    /// The steps, in the order in which they came.
    pub(super) pair: [At; 2],
    /// The plan.
    pub(super) plan: Vec<Segment>,
}

/// Exchanges of two steps of `steps` that conflict, the last ones first.
pub(super) fn exchanges(trace: &Trace, steps: &[At]) -> impl Iterator<Item = Exchange> {
    let picks = picks(trace);
    let pairs = (0..steps.len()).rev().flat_map(move |second| {
        let before = steps[..second].iter().rev();
        before.map(move |first| [*first, steps[second]])
    });
    let conflicting = pairs.filter(|[first, second]| conflict(trace, *first, *second));
    conflicting.flat_map(move |pair| {
        let plans = [advanced(trace, &picks, pair), delayed(trace, &picks, pair)];
        plans.map(|plan| Exchange { pair, plan })
    })
}

/// The steps on objects that none of `told` is about.
pub(super) fn beside(trace: &Trace, told: &[At]) -> Vec<At> {
    let object = |at: &At| story::object_of(trace, *at).map(|id| story::meets(trace, id));
    let about: BTreeSet<_> = told.iter().filter_map(object).collect();
    let mut steps = in_order(trace);
    steps.retain(|at| object(at).is_some_and(|id| !about.contains(&id)));
    steps
}

/// Whether the second step of a pair came before the first one in another run.
pub(super) fn is_exchanged(trace: &Trace, [first, second]: [At; 2], other: &Trace) -> bool {
    let moment = |at: At| {
        let path = &trace.processes[at.0].path;
        let process = other.processes.iter().find(|process| process.path == *path)?;
        process.events.get(at.1).filter(|event| event.op == op(trace, at)).map(|event| event.end)
    };
    matches!((moment(first), moment(second)), (Some(first), Some(second)) if second < first)
}

/// Who was picked, step by step; what had to wait was picked when it could go on.
fn picks(trace: &Trace) -> Vec<Picked> {
    let mut picks: Vec<(u64, At)> = Vec::new();
    for (p, process) in trace.processes.iter().enumerate() {
        for (i, event) in process.events.iter().enumerate() {
            // A process has a turn of its own to begin, but for the first one.
            let has_turn = event.op.is_scheduled() || (event.op == Op::Begin && p > 0);
            // Its time limit began to run when it first tried.
            let timed = flags::TIMED | flags::WAITED;
            picks.extend((has_turn && event.flags & timed == timed).then_some((event.begin, (p, i))));
            picks.extend(has_turn.then_some((event.end, (p, i))));
        }
    }
    picks.sort_unstable();
    picks.into_iter().map(|(_, at)| (at, procesos_schedule::path_of(&trace.processes[at.0].path))).collect()
}

/// Everything up to the first step, then the second one's process up to that.
fn advanced(trace: &Trace, picks: &[Picked], [first, second]: [At; 2]) -> Vec<Segment> {
    let (before, after) = split(picks, first);
    let own = after.iter().filter(|(at, _)| at.0 == second.0 && at.1 <= second.1).map(|(_, path)| *path);
    plan(before.iter().map(|(_, path)| *path).chain(own).chain(unfinished(trace, second)))
}

/// Everything up to the second step without the first one and what its process did after it.
fn delayed(trace: &Trace, picks: &[Picked], [first, second]: [At; 2]) -> Vec<Segment> {
    let (before, after) = split(picks, first);
    let until = after.iter().position(|(at, _)| *at == second).map_or(after.len(), |index| index + 1);
    let others = after[..until].iter().filter(|(at, _)| at.0 != first.0).map(|(_, path)| *path);
    plan(before.iter().map(|(_, path)| *path).chain(others).chain(unfinished(trace, second)))
}

/// The picks before a step, and from it on.
fn split(picks: &[Picked], at: At) -> (&[Picked], &[Picked]) {
    picks.split_at(picks.iter().position(|(other, _)| *other == at).unwrap_or(picks.len()))
}

/// The pick of what a process waited in at the end, if that is the step.
fn unfinished(trace: &Trace, (p, i): At) -> Option<u64> {
    let process = &trace.processes[p];
    (i == process.events.len()).then(|| procesos_schedule::path_of(&process.path))
}

fn plan(picks: impl Iterator<Item = u64>) -> Vec<Segment> {
    super::minimise::merged(picks.map(|process| Segment { process, picks: 1 }))
}

/// Whether two steps of different processes could not be exchanged without anybody noticing.
fn conflict(trace: &Trace, one: At, other: At) -> bool {
    let same = match (met(trace, one), met(trace, other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    };
    one.0 != other.0 && same && !(op(trace, one).only_looks() && op(trace, other).only_looks())
}

/// What a step meets: an object, or a process.
#[derive(PartialEq, Eq)]
enum Met {
    Object(procesos_trace::ObjectId),
    Process(u64),
}

fn met(trace: &Trace, at: At) -> Option<Met> {
    match op(trace, at) {
        Op::Exit => Some(Met::Process(at.0 as u64)),
        Op::Join | Op::IsAlive | Op::Terminate => {
            let event: Option<&Event> = trace.processes[at.0].events.get(at.1);
            let pending = trace.processes[at.0].pending.as_ref();
            event.map(|event| event.value).or_else(|| pending.map(|pending| pending.detail)).map(Met::Process)
        }
        _ => story::object_of(trace, at).map(|id| Met::Object(story::meets(trace, id))),
    }
}

/// The operation of a step, or of what a process waited in at the end.
fn op(trace: &Trace, (p, i): At) -> Op {
    let process = &trace.processes[p];
    let pending = || process.pending.as_ref().map_or(Op::Begin, |pending| pending.op);
    process.events.get(i).map_or_else(pending, |event| event.op)
}
