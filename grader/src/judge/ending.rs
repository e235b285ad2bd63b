//! Whether a run came to a proper end, and what kept it from that.

use procesos_trace::layout::MAX_PROCESSES;
use procesos_trace::{Op, Outcome};

use super::facts::Facts;
use super::finding::Finding;
use super::{deadlock, failures};
use crate::run::Ending;

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
        | Ending::WallLimit => {}
    }
    if facts.processes().len() >= MAX_PROCESSES {
        return Some(Finding::TooManyProcesses);
    }
    if let Some(finding) = failures::first(facts, complete) {
        return Some(finding);
    }
    match facts.run.ending {
        Ending::NoProgress => Some(out_of_time(facts).unwrap_or_else(|| deadlock::explain(facts))),
        Ending::Livelock => Some(deadlock::livelock(facts)),
        Ending::Exited(code) if !facts.finished() => Some(Finding::EndedEarly { code }),
        _ => None,
    }
}

/// A process that used up its CPU time, whose end nobody has learnt of: the others wait for what it would have done.
fn out_of_time(facts: &Facts<'_>) -> Option<Finding> {
    let gone = |p: &usize| {
        let process = &facts.processes()[*p];
        let waits = process.pending.as_ref().is_some_and(|pending| pending.blocked);
        process.exists && facts.exit_code(*p).is_none() && !waits
    };
    let gone = facts.ranked().iter().copied().find(gone);
    gone.filter(|_| cpu_used_up(facts)).map(|p| cpu_limit(facts, p))
}

/// Whether some process may have used all the CPU time that it was given: it is measured a little short of the limit.
pub(super) fn cpu_used_up(facts: &Facts<'_>) -> bool {
    facts.run.cpu_time * 10 >= facts.run.cpu_limit * 9
}

/// Whether it is known of every process how it ended.
pub(super) fn all_known(facts: &Facts<'_>) -> bool {
    facts.ranked().iter().all(|p| !facts.processes()[*p].exists || facts.exit_code(*p).is_some())
}

/// Too much CPU time, with what the process asked again and again in vain, if it did.
pub(super) fn cpu_limit(facts: &Facts<'_>, p: usize) -> Finding {
    const POLLS: [Op; 7] =
        [Op::IsAlive, Op::QueueIsEmpty, Op::QueueGet, Op::QueuePut, Op::Poll, Op::LockAcquire, Op::ValueGet];
    let events = &facts.processes()[p].events;
    let writes = events.iter().filter(|event| event.op == Op::ValueSet).count();
    let count = |op: Op| {
        let asked = events.iter().filter(|event| event.op == op);
        match op {
            Op::IsAlive | Op::QueueIsEmpty | Op::Poll => asked.count(),
            // A read that a write follows asks for nothing.
            Op::ValueGet => asked.count().saturating_sub(writes),
            _ => asked.filter(|event| event.outcome == Outcome::WouldBlock).count(),
        }
    };
    let most = POLLS.map(|op| (count(op), op)).into_iter().max_by_key(|(count, _)| *count);
    let polled = most.filter(|(count, _)| *count >= FEWEST_POLLS).map(|(count, op)| {
        let last = events.iter().rev().find(|event| event.op == op);
        (op, count as u64, facts.who(p), last.and_then(|event| event.place.clone()))
    });
    Finding::CpuLimit { seconds: facts.run.cpu_limit.as_secs(), polled }
}
