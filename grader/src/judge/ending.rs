//! Whether a run came to a proper end, and what kept it from that.

use procesos_trace::layout::MAX_PROCESSES;
use procesos_trace::{Op, Outcome};

use super::facts::Facts;
use super::finding::{Finding, Outside};
use super::{deadlock, failures};
use crate::run::{Ending, Place};

/// Operations repeated fewer times than this are not what used the CPU.
const FEWEST_POLLS: usize = 1000;

/// The first cause for which the run did not end as it should; `None` when it did, or nothing says why it did not.
/// `complete` tells whether the results are those expected.
pub(super) fn problem(facts: &Facts<'_>, complete: bool) -> Option<Finding> {
    match facts.run.ending {
        Ending::OutputLimit => return Some(Finding::OutputLimit),
        Ending::ProcessLimit => return Some(Finding::TooManyProcesses),
        Ending::MemoryLimit => {
            return Some(Finding::MemoryLimit { megabytes: facts.run.memory_limit >> 20 });
        }
        Ending::Exited(_)
        | Ending::Signalled(_)
        | Ending::NoProgress
        | Ending::Livelock
        | Ending::TooLong
        | Ending::Threads
        | Ending::CpuLimit
        | Ending::WallLimit
        | Ending::Still => {}
    }
    if facts.processes().len() >= MAX_PROCESSES {
        return Some(Finding::TooManyProcesses);
    }
    if let Some(finding) = failures::first(facts, complete) {
        return Some(finding);
    }
    match facts.run.ending {
        Ending::NoProgress => Some(deadlock::explain(facts)),
        Ending::Livelock => Some(deadlock::livelock(facts)),
        Ending::CpuLimit => Some(cpu_limit(facts, None)),
        Ending::Exited(code) if !facts.finished() => Some(Finding::EndedEarly { code }),
        _ => None,
    }
}

/// Whether it is known of every process how it ended.
pub(super) fn all_known(facts: &Facts<'_>) -> bool {
    facts.ranked().iter().all(|p| !facts.processes()[*p].exists || facts.exit_code(*p).is_some())
}

/// Too much CPU time, with where the process was, and what it asked again and again in vain, if it did.
pub(super) fn cpu_limit(facts: &Facts<'_>, p: Option<usize>) -> Finding {
    Finding::CpuLimit {
        milliseconds: u64::try_from(facts.run.cpu_limit.as_millis()).unwrap_or(u64::MAX),
        who: p.map(|p| facts.who(p)),
        polled: p.and_then(|p| polled(facts, p)),
        place: p.and_then(|p| facts.processes()[p].last_seen.clone()),
    }
}

/// What a process asked again and again in vain: how often, and where last.
fn polled(facts: &Facts<'_>, p: usize) -> Option<(Op, u64, Option<Place>)> {
    const POLLS: [Op; 13] = [
        Op::IsAlive,
        Op::QueueIsEmpty,
        Op::QueueGet,
        Op::QueuePut,
        Op::Poll,
        Op::LockAcquire,
        Op::EventIsSet,
        Op::SemaphoreAcquire,
        Op::SemaphoreAvailable,
        Op::BarrierAsk,
        Op::PoolReady,
        Op::ValueGet,
        Op::ManagerGet,
    ];
    let events = &facts.processes()[p].events;
    let writes = |op: Op| events.iter().filter(|event| event.op == op).count();
    let count = |op: Op| {
        let asked = events.iter().filter(|event| event.op == op);
        match op {
            // A read that a write follows asks for nothing.
            Op::ValueGet => asked.count().saturating_sub(writes(Op::ValueSet)),
            Op::ManagerGet => asked.count().saturating_sub(writes(Op::ManagerSet)),
            op if op.asks() => asked.count(),
            _ => asked.filter(|event| event.outcome == Outcome::WouldBlock).count(),
        }
    };
    let most = POLLS.map(|op| (count(op), op)).into_iter().max_by_key(|(count, _)| *count);
    most.filter(|(count, _)| *count >= FEWEST_POLLS).map(|(count, op)| {
        let last = events.iter().rev().find(|event| event.op == op);
        (op, count as u64, last.and_then(|event| event.place.clone()))
    })
}

/// Somebody who had not ended and did not wait in the library when the run was given up: one whose place is known, if
/// there is one.
pub(super) fn outside(facts: &Facts<'_>) -> Option<Box<Outside>> {
    let is_outside = |p: &&usize| {
        let process = &facts.processes()[**p];
        process.exists && facts.exit_code(**p).is_none() && process.pending.is_none()
    };
    let all: Vec<usize> = facts.ranked().iter().filter(is_outside).copied().collect();
    let place = |p: usize| facts.processes()[p].last_seen.clone();
    let shown = all.iter().copied().find(|p| place(*p).is_some()).or_else(|| all.first().copied())?;
    Some(Box::new(Outside { who: facts.who(shown), place: place(shown), others: all.len() - 1 }))
}
