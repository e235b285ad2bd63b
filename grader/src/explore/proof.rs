//! The proof that no order is left: what an execution tells the search, and what forbids to say "all".
//!
//! Which steps are independent is said for operations of the library that wait for each other alone. Where time, a kill, a
//! second thread or anything outside the library has to do with what happens, there may be orders that no pick brings
//! about, so nothing is proved: the orders that were tried are what they are. Who asks again and again comes after the others
//! only where no plan says otherwise; a plan lets them ask as often as it likes, so no order is lost by that, and a loop of
//! questions without an end has more orders than are tried.

use std::collections::{BTreeMap, BTreeSet};

use procesos_schedule::proof::{Act, Deed, Search, Seen, Step, Taken, Trial, Unlike};
use procesos_schedule::{Kind, Order, Report, Stop, object_of, path_of};
use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, flags};
use serde::{Deserialize, Serialize};

use super::steps;
use crate::run::{Event, Execution, Pending, Process, Trace};

/// Messages and bytes in one direction of a pipe up to which `send` never waits. The library has room for so many.
const ROOMY_MESSAGES: u64 = 63;
const ROOMY_BYTES: u64 = 64 * 1024;

/// Why nothing is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// An execution did not come to its end, or not all that it did is known.
    Cut,
    /// Somebody slept, had a time limit, or asked what time it is.
    Time,
    /// A process waited outside the library.
    Outside,
    /// A process was killed, or ended without a word.
    Killed,
    /// A process was not waited for, so that others may not have come to their end.
    Unjoined,
    /// An operation failed in a way of which it is not known what it depends on.
    Failed,
    /// A pipe was nearly full, or an end of it was left open by a process that ended.
    Pipe,
    /// There was an operation of which it is not written down which others it could be exchanged with.
    Unmodelled,
    /// The same picks were other steps than before, or an object did otherwise than such an object does.
    Unlike,
    /// There are more orderings than were to be tried.
    TooMany,
}

/// A search for all orderings of a scenario.
#[derive(Debug)]
pub(super) struct Proof {
    search: Search,
    most_picks: u64,
}

impl Proof {
    pub(super) fn new(most_picks: u64) -> Self {
        Self { search: Search::new(), most_picks }
    }

    /// The order to run next; `None` when there is no other.
    pub(super) fn order(&mut self) -> Option<Order> {
        let Trial { plan, last } = self.search.next()?;
        Some(Order { plan, last, most_picks: self.most_picks, ..Order::new(Kind::Plan, 0) })
    }

    /// Takes what came of the order; false when that had been seen.
    pub(super) fn take(&mut self, execution: &Execution) -> Result<bool, Withheld> {
        let unlike = |_: Unlike| Withheld::Unlike;
        Ok(self.search.take(&seen(execution)?).map_err(unlike)? == Taken::New)
    }
}

/// What an execution is to the search.
///
/// # Errors
/// What forbids to say "all" of the orders of this program.
pub fn seen(execution: &Execution) -> Result<Seen, Withheld> {
    let trace = &execution.run.trace;
    let report = execution.report.as_ref().ok_or(Withheld::Cut)?;
    check_report(report)?;
    if execution.fault.is_some() {
        return Err(Withheld::Killed);
    }
    if trace.truncated {
        return Err(Withheld::Cut);
    }
    let reading = Reading { trace };
    check_ends(trace, report.stop)?;
    check_pipes(trace, report.stop)?;
    let mut held: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
    let mut all = Vec::new();
    // A process that was started has a turn of its own to begin.
    for (p, i) in steps::events_in_order(trace, |op| op.is_scheduled() || op == Op::Begin) {
        let event = &trace.processes[p].events[i];
        if event.op == Op::Begin && p == 0 {
            continue;
        }
        let step = reading.step(p, event, held.entry(p).or_default())?;
        all.push(step);
    }
    let waiting = trace.processes.iter().enumerate().filter_map(|(p, process)| {
        let pending = process.pending.as_ref().filter(|_| !has_ended(process))?;
        Some(reading.waiting(p, pending))
    });
    Ok(Seen { steps: all, waiting: waiting.collect::<Result<_, _>>()? })
}

fn check_report(report: &Report) -> Result<(), Withheld> {
    if !matches!(report.stop, Stop::Finished | Stop::Deadlock) {
        return Err(Withheld::Cut);
    }
    if report.external {
        return Err(Withheld::Outside);
    }
    if report.early_timer || report.time_mattered {
        return Err(Withheld::Time);
    }
    if report.stop == Stop::Finished && (report.signal.is_some() || !report.leftovers.is_empty()) {
        return Err(Withheld::Unjoined);
    }
    Ok(())
}

/// Whether a process came to its end by itself, in the library.
fn has_ended(process: &Process) -> bool {
    process.events.iter().any(|event| event.op == Op::Exit)
}

/// Every process came to its own end and was waited for; where nobody can go on, the others wait.
fn check_ends(trace: &Trace, stop: Stop) -> Result<(), Withheld> {
    let joined = |p: usize| {
        let joins = trace.processes.iter().flat_map(|process| &process.events);
        let mut joins = joins.filter(|event| event.op == Op::Join && event.outcome == Outcome::Done);
        p == 0 || joins.any(|event| event.value == p as u64)
    };
    for (p, process) in trace.processes.iter().enumerate() {
        if !process.exists {
            return Err(Withheld::Failed);
        }
        let waits = process.pending.as_ref().is_some_and(|pending| pending.blocked);
        match stop {
            Stop::Finished if !has_ended(process) => return Err(Withheld::Killed),
            Stop::Finished if !joined(p) => return Err(Withheld::Unjoined),
            Stop::Deadlock if !has_ended(process) && !waits => return Err(Withheld::Killed),
            _ => {}
        }
    }
    Ok(())
}

/// No pipe was ever near to be full, and no end was closed by the mere end of a process.
fn check_pipes(trace: &Trace, stop: Stop) -> Result<(), Withheld> {
    let of = |end: ObjectId, op: Op| {
        let events = trace.processes.iter().flat_map(|process| &process.events);
        events.filter(move |event| event.op == op && event.object == Some(end))
    };
    let ends = trace.objects.iter().filter(|(_, object)| object.kind == ObjectKind::Connection);
    for end in ends.map(|(id, _)| *id) {
        let sent: Vec<&Event> = of(end, Op::Send).collect();
        let bytes: u64 = sent.iter().map(|event| event.value).sum();
        if sent.len() as u64 > ROOMY_MESSAGES || bytes > ROOMY_BYTES {
            return Err(Withheld::Pipe);
        }
        if of(end, Op::Close).next().is_none() {
            let anybody_ended = trace.processes.iter().any(has_ended);
            let in_use = trace.processes.iter().filter(|process| !has_ended(process)).any(|process| {
                process.events.iter().any(|event| event.object == Some(end))
                    || process.pending.as_ref().is_some_and(|pending| pending.object == Some(end))
            });
            if stop == Stop::Finished || (anybody_ended && !in_use) {
                return Err(Withheld::Pipe);
            }
        }
    }
    Ok(())
}

/// Reads steps out of a trace.
#[derive(Clone, Copy)]
struct Reading<'a> {
    trace: &'a Trace,
}

impl Reading<'_> {
    fn path(self, p: usize) -> u64 {
        path_of(&self.trace.processes[p].path)
    }

    /// Path of the process in a slot that an event tells.
    fn path_in(self, slot: u64) -> Result<u64, Withheld> {
        let slot = usize::try_from(slot).ok().filter(|slot| *slot < self.trace.processes.len());
        slot.map(|slot| self.path(slot)).ok_or(Withheld::Failed)
    }

    /// An object's number, the same in every execution.
    fn key(self, id: ObjectId) -> Result<u64, Withheld> {
        Ok(object_of(self.path_in(u64::from(id.creator))?, id.ordinal))
    }

    /// The number of the direction of a pipe in which `end` sends, and of that in which it receives.
    fn directions(self, end: ObjectId) -> Result<[u64; 2], Withheld> {
        let peer = self.trace.objects.get(&end).and_then(|object| object.peer).ok_or(Withheld::Failed)?;
        Ok([self.key(end)?, self.key(peer)?])
    }

    /// The step of process `p` that an event tells of; `held` are the locks that it has.
    fn step(self, p: usize, event: &Event, held: &mut BTreeSet<u64>) -> Result<Step, Withheld> {
        if event.flags & flags::TIMED != 0 {
            return Err(Withheld::Time);
        }
        let worked = match event.outcome {
            Outcome::Done | Outcome::OwnerDied => true,
            Outcome::WouldBlock | Outcome::Eof | Outcome::BrokenPipe | Outcome::AlreadyHeld => false,
            Outcome::TimedOut => return Err(Withheld::Time),
            Outcome::NotHanded
            | Outcome::Failed
            | Outcome::Broken
            | Outcome::TooMany
            | Outcome::TaskFailed
            | Outcome::WorkerDied => return Err(Withheld::Failed),
        };
        // Taking again what one holds, and giving that back, concerns nobody else.
        if matches!(event.op, Op::LockAcquire | Op::LockRelease) && event.extra > 1 {
            return Ok(Step { process: self.path(p), acts: Vec::new(), waits: false });
        }
        let mut acts = self.acts(p, event.op, event.object, event.value)?;
        match event.op {
            // Whether something was there is the answer of a question, not its failure.
            Op::Poll => {}
            Op::LockAcquire if worked => held.extend(acts.iter().map(|act| act.object)),
            Op::LockRelease => held.retain(|lock| acts.iter().all(|act| act.object != *lock)),
            // The system frees what it still holds.
            Op::Exit => acts.extend(held.iter().map(|lock| Act::new(*lock, Deed::Release))),
            _ => {}
        }
        if event.op != Op::Poll {
            acts.iter_mut().for_each(|act| act.worked &= worked);
        }
        let waits = event.flags & flags::NON_BLOCKING == 0;
        Ok(Step { process: self.path(p), acts, waits })
    }

    /// What process `p` waits in for ever.
    fn waiting(self, p: usize, pending: &Pending) -> Result<Step, Withheld> {
        if pending.timed {
            return Err(Withheld::Time);
        }
        let acts = self.acts(p, pending.op, pending.object, pending.detail)?;
        Ok(Step { process: self.path(p), acts, waits: true })
    }

    fn acts(self, p: usize, op: Op, object: Option<ObjectId>, value: u64) -> Result<Vec<Act>, Withheld> {
        let object = object.unwrap_or(ObjectId::NONE);
        let on = |deed: Deed| Ok(vec![Act::new(self.key(object)?, deed)]);
        let of_child = |deed: Deed| Ok(vec![Act::new(self.path_in(value)?, deed)]);
        match op {
            Op::Begin => Ok(vec![Act::new(self.path(p), Deed::Begin)]),
            Op::Exit => Ok(vec![Act::new(self.path(p), Deed::End)]),
            Op::Start => of_child(Deed::Start),
            Op::Join => of_child(Deed::Join),
            Op::IsAlive => of_child(Deed::AskAlive),
            Op::LockAcquire => on(Deed::Acquire),
            Op::LockRelease => on(Deed::Release),
            Op::ValueGet => on(Deed::Read),
            Op::ValueSet => on(Deed::Write),
            Op::QueuePut => {
                let room = self.trace.objects.get(&object).ok_or(Withheld::Failed)?.detail;
                on(Deed::Put { room })
            }
            Op::QueueGet => on(Deed::Get),
            Op::QueueIsEmpty => on(Deed::Look),
            Op::Send => Ok(vec![Act::new(self.directions(object)?[0], Deed::Put { room: u64::MAX })]),
            Op::Recv => Ok(vec![Act::new(self.directions(object)?[1], Deed::Get)]),
            Op::Poll => Ok(vec![Act::new(self.directions(object)?[1], Deed::Look)]),
            Op::Close => {
                let [sends, receives] = self.directions(object)?;
                Ok(vec![Act::new(sends, Deed::NoMorePuts), Act::new(receives, Deed::NoMoreGets)])
            }
            // It is ended in the midst of what it does.
            Op::Terminate => Err(Withheld::Killed),
            Op::Sleep => Err(Withheld::Time),
            Op::EventSet
            | Op::EventClear
            | Op::EventIsSet
            | Op::EventWait
            | Op::SemaphoreAcquire
            | Op::SemaphoreRelease
            | Op::SemaphoreConsume
            | Op::SemaphoreAvailable
            | Op::ConditionWait
            | Op::ConditionNotify
            | Op::BarrierArrive
            | Op::BarrierWait
            | Op::BarrierAbort
            | Op::BarrierReset
            | Op::BarrierAsk
            | Op::TaskDone
            | Op::QueueJoin
            | Op::PoolSubmit
            | Op::PoolTake
            | Op::PoolDone
            | Op::PoolGet
            | Op::PoolReady
            | Op::PoolClose
            | Op::PoolTerminate
            | Op::ManagerGet
            | Op::ManagerSet
            | Op::ManagerServe
            | Op::ManagerStop => Err(Withheld::Unmodelled),
            Op::Unjoined
            | Op::Create
            | Op::Name
            | Op::Call
            | Op::Returned
            | Op::Finished
            | Op::Panic
            | Op::ManagerPart => Err(Withheld::Failed),
        }
    }
}
