//! Which steps a finding is about.

use std::collections::BTreeSet;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};

use super::{Plot, PlotNote, event_of, meets, moment, object_of, update};
use crate::explore::steps::{At, events_in_order, in_order};
use crate::judge::{Finding, MissingCause, Waiting, Who};
use crate::run::{Event, Place, Trace};

/// The plot of a finding; `None` where steps would not explain it.
pub(super) fn plot(finding: &Finding, trace: &Trace) -> Option<Plot> {
    match finding {
        Finding::LostUpdate { .. } => lost_update(finding, trace),
        Finding::ReadTooEarly { place, read, .. } => read_too_early(trace, place.as_ref(), read),
        Finding::CopyNotWritten { who, place, .. } => copy_not_written(trace, who, place.as_ref()),
        Finding::Deadlock { waiting, .. } | Finding::Livelock { asking: waiting } => {
            standstill(trace, waiting)
        }
        Finding::ItemsMissing { cause, .. } => items_missing(trace, cause),
        Finding::ItemsExtra { .. } | Finding::NotIncreasing { .. } | Finding::MessageCount { .. } => {
            let queue = busiest_queue(trace)?;
            about(trace, &[queue], Some(queue))
        }
        Finding::Panicked { who, .. }
        | Finding::EndedInError { who, .. }
        | Finding::EndedBySignal { who, .. } => ended(trace, who),
        Finding::WrongResult { .. } => wrong_result(trace),
        Finding::NoConversation { .. } => {
            let ends = trace.objects.iter().filter(|(_, object)| object.kind == ObjectKind::Connection);
            let ends: Vec<ObjectId> = ends.map(|(id, _)| *id).collect();
            about(trace, &ends, None)
        }
        Finding::EndedEarly { .. }
        | Finding::CpuLimit { .. }
        | Finding::OutputLimit
        | Finding::TooManyProcesses
        | Finding::MemoryLimit { .. }
        | Finding::OtherCapacity { .. }
        | Finding::TooFewProcesses { .. }
        | Finding::DoneByFirst { .. }
        | Finding::NothingPut { .. }
        | Finding::SameProcess { .. }
        | Finding::ChildrenDidNotAdd { .. }
        | Finding::FirstWrote { .. }
        | Finding::OneAfterAnother { .. }
        | Finding::LockKept { .. }
        | Finding::NotJoined { .. }
        | Finding::LeftBehind { .. }
        | Finding::Silent { .. } => None,
    }
}

/// The only value that several processes use, if there is one: the one to look at.
pub(super) fn only_value(trace: &Trace) -> Option<ObjectId> {
    let mut shared = trace.objects.iter().filter(|(id, object)| {
        (object.is_cell() || object.kind == ObjectKind::Queue)
            && object.driver_name.as_deref() != Some("salida")
            && users(trace, **id).len() > 1
    });
    match (shared.next(), shared.next()) {
        (Some((id, _)), None) => Some(*id),
        _ => None,
    }
}

/// What processes wait in at the end of a run; each as the step after its last event.
pub(super) fn waiting(trace: &Trace) -> impl Iterator<Item = At> + '_ {
    let stuck = |p: &usize| trace.processes[*p].pending.as_ref().is_some_and(|pending| pending.blocked);
    (0..trace.processes.len()).filter(stuck).map(|p| (p, trace.processes[p].events.len()))
}

/// Both processes from the first read to the write that overwrites, with the locks that they take.
fn lost_update(finding: &Finding, trace: &Trace) -> Option<Plot> {
    let value = update::meant(finding, trace)?;
    let lost = update::first(trace, |id| id == value)?;
    let first = lost.other_read.map_or(lost.read, |other| earlier(trace, other, lost.read));
    let both = [lost.read.0, lost.lost.0];
    let is_lock = |op: Op| matches!(op, Op::LockAcquire | Op::LockRelease);
    let taken_before = |p: usize| lock_around(trace, p, first);
    let mut steps = events_in_order(trace, is_lock);
    steps.extend(update::accesses(trace));
    super::sort(trace, &mut steps);
    let (begin, end) = (moment(trace, first), moment(trace, lost.write));
    let told = steps.into_iter().filter(|at| {
        let inside = (begin..=end).contains(&moment(trace, *at));
        let of_value = event_of(trace, *at).is_some_and(|event| trace.is_about(event, value));
        let lock = event_of(trace, *at).is_some_and(|event| is_lock(event.op));
        inside && (of_value || (lock && both.contains(&at.0)))
            || both.iter().any(|p| taken_before(*p) == Some(*at))
    });
    let core = [Some(lost.read), lost.other_read, Some(lost.lost), Some(lost.write)];
    Some(Plot {
        steps: told.collect(),
        core: core.into_iter().flatten().collect(),
        notes: [(lost.write, (PlotNote::Overwrites, Some(lost.lost)))].into(),
        watched: Some(value),
    })
}

/// The acquisition of the lock that a process holds at a moment, if it holds one.
fn lock_around(trace: &Trace, p: usize, at: At) -> Option<At> {
    let until = moment(trace, at);
    let own = trace.processes[p].events.iter().enumerate().filter(|(_, event)| event.end < until);
    let mut own = own.rev();
    let last = own.find(|(_, event)| {
        matches!(event.op, Op::LockAcquire | Op::LockRelease) && event.outcome == Outcome::Done
    })?;
    (last.1.op == Op::LockAcquire).then_some((p, last.0))
}

/// The read, and the writes that came after it.
fn read_too_early(trace: &Trace, place: Option<&Place>, read: &str) -> Option<Plot> {
    let first = trace.processes.first()?;
    let (index, event) = first
        .events
        .iter()
        .enumerate()
        .rev()
        .find(|(_, event)| event.reads() && event.place.as_ref() == place && event.shown() == read)?;
    let value = event.cell()?;
    let at = (0, index);
    let after = |step: &At| moment(trace, *step) > moment(trace, at);
    let writes =
        |at: &At| event_of(trace, *at).is_some_and(|event| event.writes() && trace.is_about(event, value));
    let last = update::accesses(trace).into_iter().filter(after).rfind(writes)?;
    let mut plot = about(trace, &[value], Some(value))?;
    let alive = events_in_order(trace, |op| matches!(op, Op::Start | Op::Join | Op::IsAlive | Op::Sleep));
    plot.steps.extend(alive.into_iter().filter(|(p, _)| *p == 0));
    super::sort(trace, &mut plot.steps);
    let end = moment(trace, last);
    plot.steps.retain(|step| moment(trace, *step) <= end);
    plot.core.extend([at, last]);
    plot.notes.insert(at, (PlotNote::TooEarly, Some(last)));
    Some(plot)
}

/// The copy that somebody got, and what else was done to what it is a copy of.
fn copy_not_written(trace: &Trace, who: &Who, place: Option<&Place>) -> Option<Plot> {
    let p = trace.processes.iter().position(|process| process.id() == who.id)?;
    let events = &trace.processes[p].events;
    let index = events.iter().position(|event| event.reads() && event.place.as_ref() == place)?;
    let value = events[index].cell()?;
    let mut plot = about(trace, &[value], Some(value))?;
    plot.core.push((p, index));
    Some(plot)
}

/// What was done last to the objects that are waited for, then who waits.
fn standstill(trace: &Trace, waiting: &[Waiting]) -> Option<Plot> {
    let ids: BTreeSet<&str> = waiting.iter().map(|one| one.who.id.as_str()).collect();
    let stuck: Vec<usize> =
        (0..trace.processes.len()).filter(|p| ids.contains(trace.processes[*p].id().as_str())).collect();
    let last_object = |p: &usize| {
        let process = &trace.processes[*p];
        let pending = process.pending.as_ref().filter(|pending| pending.blocked);
        pending.map_or_else(|| process.events.last()?.object, |pending| pending.object)
    };
    let mut objects: Vec<ObjectId> =
        stuck.iter().filter_map(last_object).map(|id| meets(trace, id)).collect();
    objects.sort_unstable();
    objects.dedup();
    // What tells most about why they wait.
    let rank = |id: &ObjectId| match trace.objects.get(id)?.kind {
        ObjectKind::Queue => Some(0),
        ObjectKind::Event | ObjectKind::Semaphore | ObjectKind::Barrier => Some(1),
        ObjectKind::None
        | ObjectKind::Lock
        | ObjectKind::RLock
        | ObjectKind::Value
        | ObjectKind::Connection
        | ObjectKind::Condition
        | ObjectKind::Array
        | ObjectKind::Pool
        | ObjectKind::Manager
        | ObjectKind::List
        | ObjectKind::Dict
        | ObjectKind::Kept => None,
    };
    let ranked = objects.iter().filter_map(|id| Some((rank(id)?, *id)));
    let watched = ranked.min().map(|(_, id)| id);
    let mut plot = about(trace, &objects, watched).unwrap_or_else(|| alone(trace, &objects, watched));
    for at in self::waiting(trace).filter(|(p, _)| stuck.contains(p)) {
        plot.steps.push(at);
        plot.core.push(at);
        plot.notes.insert(at, (PlotNote::Waits, None));
    }
    // Who holds a lock that is waited for took it here.
    let held = events_in_order(trace, |op| op == Op::LockAcquire);
    let kept = held.into_iter().filter(|at| {
        let released = |event: &Event| event.op == Op::LockRelease && event.object == object_of(trace, *at);
        plot.steps.contains(at) && !trace.processes[at.0].events[at.1..].iter().any(released)
    });
    plot.core.extend(kept.collect::<Vec<_>>());
    (!plot.steps.is_empty()).then_some(plot)
}

/// What went through the queue; the look that took a pause for the end, and what came after it.
fn items_missing(trace: &Trace, cause: &MissingCause) -> Option<Plot> {
    let queue = busiest_queue(trace)?;
    let mut plot = about(trace, &[queue], Some(queue))?;
    let got = |version: u64| {
        plot.steps.iter().filter_map(|at| event_of(trace, *at)).any(|event| {
            event.op == Op::QueueGet && event.outcome == Outcome::Done && event.version == version
        })
    };
    let left: Vec<At> = plot
        .steps
        .iter()
        .copied()
        .filter(|at| {
            event_of(trace, *at).is_some_and(|event| {
                event.op == Op::QueuePut && event.outcome == Outcome::Done && !got(event.version)
            })
        })
        .collect();
    plot.notes.extend(left.iter().map(|at| (*at, (PlotNote::NotReceived, None))));
    plot.core.extend(left.iter().take(2));
    if let MissingCause::EmptyTakenForEnd { who, .. } | MissingCause::TimeoutTakenForEnd { who, .. } = cause {
        let of_who = |at: &&At| trace.processes[at.0].id() == who.id;
        let looks = |at: &&At| event_of(trace, **at).is_some_and(|event| event.op != Op::QueuePut);
        let last = plot.steps.iter().rev().filter(of_who).find(looks).copied();
        if let Some(last) = last {
            plot.core.push(last);
            if let Some(first) = left.iter().find(|at| moment(trace, **at) > moment(trace, last)) {
                plot.notes.insert(last, (PlotNote::TooEarly, Some(*first)));
            }
        }
    }
    Some(plot)
}

/// The last steps of the process that ended so, and what others did to the same objects.
fn ended(trace: &Trace, who: &Who) -> Option<Plot> {
    let p = trace.processes.iter().position(|process| process.id() == who.id)?;
    let process = &trace.processes[p];
    let fatal = process
        .events
        .iter()
        .rposition(|event| event.op == Op::Panic || (event.op.is_scheduled() && event.op != Op::Exit))?;
    let last = process.events[..=fatal].iter().rev().find_map(|event| event.object)?;
    let watched = Some(last).filter(|id| is_watched(trace, *id));
    let mut plot = about(trace, &[meets(trace, last)], watched)?;
    let end = process.events[fatal].end;
    plot.steps.retain(|step| moment(trace, *step) <= end);
    if !plot.steps.contains(&(p, fatal)) {
        plot.steps.push((p, fatal));
    }
    plot.core.push((p, fatal));
    plot.notes.insert((p, fatal), (PlotNote::Ends, None));
    let several = plot.steps.iter().map(|at| at.0).collect::<BTreeSet<_>>().len() > 1;
    several.then_some(plot)
}

/// What was done to the object that the first process looked at last.
fn wrong_result(trace: &Trace) -> Option<Plot> {
    let first = trace.processes.first()?;
    let last = first.events.iter().rev().find(|event| {
        event.reads() || (matches!(event.op, Op::QueueGet | Op::Recv) && event.outcome == Outcome::Done)
    })?;
    let object = last.cell().or(last.object)?;
    let is_shown = |id: &ObjectId| last.op == Op::Recv || is_watched(trace, *id);
    about(trace, &[meets(trace, object)], Some(object).filter(is_shown))
}

/// Whether what is in an object can be shown: a shared value, or messages.
fn is_watched(trace: &Trace, object: ObjectId) -> bool {
    trace.objects.get(&object).is_some_and(|object| object.is_cell() || object.kind == ObjectKind::Queue)
}

/// What one process said to others that wait for it: who waits is told beside it.
fn alone(trace: &Trace, objects: &[ObjectId], watched: Option<ObjectId>) -> Plot {
    let says = |op: Op| {
        matches!(
            op,
            Op::EventSet | Op::EventClear | Op::SemaphoreRelease | Op::ConditionNotify | Op::TaskDone
        )
    };
    let mut steps = events_in_order(trace, says);
    steps.retain(|at| object_of(trace, *at).is_some_and(|id| objects.contains(&id)));
    let watched = watched.filter(|_| !steps.is_empty());
    Plot { steps, watched, ..Plot::default() }
}

/// All steps on some objects (and the other ends of pipes).
fn on(trace: &Trace, objects: &[ObjectId]) -> Vec<At> {
    let told = |at: &At| {
        let part = |event: &Event| objects.iter().any(|id| trace.is_about(event, *id));
        object_of(trace, *at).is_some_and(|id| objects.contains(&id) || objects.contains(&meets(trace, id)))
            || event_of(trace, *at).is_some_and(part)
    };
    let mut steps = in_order(trace);
    steps.retain(told);
    steps
}

/// The plot of all steps on some objects; `None` when fewer than two processes made some.
fn about(trace: &Trace, objects: &[ObjectId], watched: Option<ObjectId>) -> Option<Plot> {
    let steps = on(trace, objects);
    let several = steps.iter().map(|at| at.0).collect::<BTreeSet<_>>().len() > 1;
    several.then_some(Plot { steps, watched, ..Plot::default() })
}

/// A step, with all others on its object.
pub(super) fn on_the_object_of(trace: &Trace, step: At) -> Vec<At> {
    let Some(object) = object_of(trace, step) else { return vec![step] };
    let mut steps = on(trace, &[meets(trace, object)]);
    // What a process waits in at the end has no event.
    if !steps.contains(&step) {
        steps.push(step);
    }
    steps
}

/// The object of a step, if what is in it tells something.
pub(super) fn watchable(trace: &Trace, step: At) -> Option<ObjectId> {
    super::told_of(trace, step).filter(|id| is_watched(trace, *id))
}

/// The student's queue that most was put into: the one that processes talk through.
fn busiest_queue(trace: &Trace) -> Option<ObjectId> {
    let puts = |id: &ObjectId| {
        let events = trace.processes.iter().flat_map(|process| &process.events);
        events.filter(|event| event.op == Op::QueuePut && event.object == Some(*id)).count()
    };
    let own = trace.objects.iter().filter(|(_, object)| object.kind == ObjectKind::Queue);
    own.map(|(id, object)| (object.driver_name.is_none(), puts(id), *id))
        .filter(|(_, puts, _)| *puts > 0)
        .max()
        .map(|(.., id)| id)
}

fn users(trace: &Trace, object: ObjectId) -> BTreeSet<usize> {
    let uses = |p: &usize| {
        let events = &trace.processes[*p].events;
        events.iter().any(|event| trace.is_about(event, object) && event.op.is_scheduled())
    };
    (0..trace.processes.len()).filter(uses).collect()
}

fn earlier(trace: &Trace, one: At, other: At) -> At {
    if moment(trace, one) < moment(trace, other) { one } else { other }
}
