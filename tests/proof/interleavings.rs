//! Every interleaving of a program's processes, by picking everybody at every point. It knows nothing of what is
//! independent: orderings are told apart by what each step could tell of the others' steps.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use grader::run::{Controlled, Event, Trace};
use procesos_schedule::{Kind, Order, ROOT, Segment, path_of};
use procesos_trace::{ObjectId, Op, Outcome};

/// Beginnings of orders beyond which a program is too large to be here.
const MOST_BEGINNINGS: usize = 4_000;

/// What each process did and was told, by its name.
pub(crate) type Form = BTreeMap<String, Vec<String>>;

/// A step: index of its process, and of its event there.
type At = (usize, usize);

/// The orderings there are.
///
/// An execution shows a beginning for each of its steps. Where one had been seen, so will have been all that can follow.
pub(crate) fn all_forms(controlled: &mut Controlled<'_>) -> BTreeSet<Form> {
    let mut known: HashSet<Form> = HashSet::new();
    let mut forms = BTreeSet::new();
    let mut to_see: Vec<Vec<u64>> = vec![vec![ROOT]];
    while let Some(picks) = to_see.pop() {
        assert!(known.len() < MOST_BEGINNINGS);
        let Some((trace, steps)) = follow(controlled, &picks) else { continue };
        for count in picks.len()..=steps.len() {
            let fresh = known.insert(form(&trace, count));
            if !fresh {
                break;
            }
            let next = steps.get(count).copied();
            if next.is_none() {
                forms.insert(form(&trace, usize::MAX));
            }
            let others = processes(&trace, count).into_iter().filter(|process| Some(*process) != next);
            to_see.extend(
                others
                    .filter(|_| next.is_some())
                    .map(|process| steps[..count].iter().copied().chain([process]).collect()),
            );
        }
    }
    forms
}

/// The processes that there are after so many steps.
fn processes(trace: &Trace, count: usize) -> BTreeSet<u64> {
    let steps = in_order(trace).into_iter().take(count);
    let started = steps.map(|(p, i)| &trace.processes[p].events[i]).filter(|event| event.op == Op::Start);
    let paths = started.map(|event| path_of(&trace.processes[usize::try_from(event.value).unwrap()].path));
    paths.chain([ROOT]).collect()
}

/// What came of these picks, one a step, and whose steps it had in all; `None` when they are not possible.
fn follow(controlled: &mut Controlled<'_>, picks: &[u64]) -> Option<(Trace, Vec<u64>)> {
    let plan = picks.iter().map(|process| Segment { process: *process, picks: 1 }).collect();
    let execution = controlled.execute(&Order { plan, ..Order::new(Kind::Plan, 0) }).unwrap();
    let trace = execution.run.trace;
    let made: Vec<u64> = in_order(&trace).iter().map(|(p, _)| path_of(&trace.processes[*p].path)).collect();
    let possible = !execution.report.unwrap().deviated && made.starts_with(picks);
    possible.then_some((trace, made))
}

/// The steps in their order; the first turn of a process that was started is one.
fn in_order(trace: &Trace) -> Vec<At> {
    let mut steps: Vec<(u64, At)> = Vec::new();
    for (p, process) in trace.processes.iter().enumerate() {
        let own = process.events.iter().enumerate();
        let own = own.filter(|(_, event)| event.op.is_scheduled() || (event.op == Op::Begin && p > 0));
        steps.extend(own.map(|(i, event)| (event.end, (p, i))));
    }
    steps.sort_unstable();
    steps.into_iter().map(|(_, at)| at).collect()
}

/// What the first `count` steps were told.
pub(crate) fn form(trace: &Trace, count: usize) -> Form {
    let mut form = Form::new();
    let mut before: Vec<&Event> = Vec::new();
    for (p, i) in in_order(trace).into_iter().take(count) {
        let event = &trace.processes[p].events[i];
        form.entry(trace.processes[p].id()).or_default().push(told(trace, event, &before));
        before.push(event);
    }
    form
}

/// What one step could tell of those before it.
fn told(trace: &Trace, event: &Event, before: &[&Event]) -> String {
    let Event { op, outcome, version, extra, .. } = event;
    let name = |id: ObjectId| format!("{}.{}", trace.processes[usize::from(id.creator)].id(), id.ordinal);
    let peer = |id: ObjectId| trace.objects.get(&id).and_then(|object| object.peer);
    let object = event.object.map(name).unwrap_or_default();
    // How often something was done to the object, or from the other end of the pipe.
    let count = |op: Op| {
        // Who takes a lock again that it has, or gives that back, tells nobody.
        let again = |earlier: &Event| matches!(op, Op::LockAcquire | Op::LockRelease) && earlier.extra > 1;
        let done = before
            .iter()
            .filter(|earlier| earlier.op == op && earlier.outcome == Outcome::Done && !again(earlier));
        done.filter(|earlier| {
            earlier.object.is_some_and(|id| Some(id) == event.object || peer(id) == event.object)
        })
        .count() as u64
    };
    let counts = |ops: &[Op]| ops.iter().map(|op| count(*op)).collect::<Vec<u64>>();
    let done = *outcome == Outcome::Done;
    let seen = match op {
        // The object itself counts these.
        Op::ValueGet | Op::ValueSet | Op::LockAcquire | Op::QueuePut | Op::QueueGet if done => vec![*version],
        // Who sets what is set has only looked.
        Op::EventSet | Op::EventClear => vec![*version, *extra],
        Op::EventIsSet | Op::EventWait => vec![*version],
        // A permit of the beginning is one like another.
        Op::SemaphoreAcquire if done => {
            let permits = event.object.and_then(|id| trace.objects.get(&id)).unwrap().detail;
            vec![if *version < permits { u64::MAX } else { *version }]
        }
        Op::SemaphoreRelease | Op::ConditionWait | Op::TaskDone | Op::QueueJoin if done => vec![*version],
        Op::ConditionNotify | Op::BarrierArrive | Op::BarrierAbort | Op::BarrierReset if done => {
            vec![*version, *extra]
        }
        Op::PoolSubmit | Op::PoolTake => vec![*version, *extra],
        Op::IsAlive => vec![*extra],
        Op::LockAcquire => counts(&[Op::LockAcquire, Op::LockRelease]),
        Op::QueueIsEmpty | Op::QueuePut | Op::QueueGet => counts(&[Op::QueuePut, Op::QueueGet]),
        Op::Poll | Op::Recv if !done || *op == Op::Poll => counts(&[Op::Send, Op::Close]),
        Op::SemaphoreAcquire | Op::SemaphoreAvailable => {
            counts(&[Op::SemaphoreAcquire, Op::SemaphoreRelease])
        }
        Op::SemaphoreRelease => counts(&[Op::SemaphoreRelease, Op::SemaphoreConsume]),
        Op::BarrierArrive | Op::BarrierAsk => {
            counts(&[Op::BarrierArrive, Op::BarrierAbort, Op::BarrierReset])
        }
        Op::TaskDone => counts(&[Op::QueuePut, Op::TaskDone]),
        Op::PoolDone | Op::PoolReady => counts(&[Op::PoolDone]),
        Op::ManagerGet | Op::ManagerSet => counts(&[Op::ManagerSet]),
        _ => Vec::new(),
    };
    format!("{op:?} {object} {outcome:?} {seen:?}")
}
