//! Whether a run came to a proper end, and what kept it from that.

use procesos_trace::layout::MAX_PROCESSES;
use procesos_trace::{Op, Outcome};

use super::deadlock;
use super::facts::Facts;
use super::finding::Finding;
use super::happens_before::At;
use crate::run::{Ending, Event};

const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;
/// The signal for too much CPU time.
const SIGXCPU: i32 = 24;
/// Exit code of a process that panicked.
const EXIT_PANIC: i32 = 101;
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
        Ending::Exited(_) | Ending::Signalled(_) | Ending::NoProgress | Ending::WallLimit => {}
    }
    if facts.processes().len() >= MAX_PROCESSES {
        return Some(Finding::TooManyProcesses);
    }
    if let Some((p, code)) = first_failure(facts, complete) {
        return Some(failure(facts, p, code));
    }
    match facts.run.ending {
        Ending::NoProgress => Some(out_of_time(facts).unwrap_or_else(|| deadlock::explain(facts))),
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
fn cpu_used_up(facts: &Facts<'_>) -> bool {
    facts.run.cpu_time * 10 >= facts.run.cpu_limit * 9
}

/// Whether it is known of every process how it ended.
pub(super) fn all_known(facts: &Facts<'_>) -> bool {
    facts.ranked().iter().all(|p| !facts.processes()[*p].exists || facts.exit_code(*p).is_some())
}

/// The process that ended in error first: no other one's failure came before its own. Of those that have nothing to do
/// with each other, a child goes before the program's first process, and siblings go in the order of their starts.
fn first_failure(facts: &Facts<'_>, complete: bool) -> Option<(usize, i32)> {
    let code_of = |p: usize| match (p, facts.run.ending) {
        (0, Ending::Exited(code)) => Some(code),
        (0, Ending::Signalled(signal)) => Some(-signal),
        (0, _) => None,
        _ => facts.exit_code(p),
    };
    let failed: Vec<(usize, i32, Option<At>)> = facts
        .ranked()
        .iter()
        .filter_map(|p| Some((*p, code_of(*p)?, moment(facts, *p))))
        .filter(|(p, code, _)| *code != 0 && !(*code == -SIGTERM && was_dismissed(facts, *p, complete)))
        .collect();
    let is_first = |(p, _, at): &&(usize, i32, Option<At>)| {
        failed.iter().all(|(q, _, before)| {
            q == p || !before.zip(*at).is_some_and(|(before, at)| facts.order().ordered(before, at))
        })
    };
    let mut first: Vec<_> = failed.iter().filter(is_first).collect();
    first.sort_by_key(|(p, ..)| *p == 0);
    first.first().or(failed.first().as_ref()).map(|(p, code, _)| (*p, *code))
}

/// The last that a process did before it began to end.
fn moment(facts: &Facts<'_>, p: usize) -> Option<At> {
    let ends = |event: &Event| match event.op {
        Op::Exit | Op::Unjoined | Op::Returned | Op::Finished | Op::Close | Op::LockRelease => true,
        // The library's own join of what nobody joined.
        Op::Join => event.place.is_none(),
        _ => false,
    };
    let events = &facts.processes()[p].events;
    let last = events.iter().rposition(|event| !ends(event)).or(events.len().checked_sub(1))?;
    Some((p, last))
}

/// Whether the program ended a process that was not needed any more: one that only looked, to show progress, or that had
/// done nothing yet, when nothing is missing without it. One that changed or waited for something was at work.
fn was_dismissed(facts: &Facts<'_>, p: usize, complete: bool) -> bool {
    let looks = |op| matches!(op, Op::ValueGet | Op::QueueIsEmpty | Op::Poll | Op::Sleep);
    let begins = |op| matches!(op, Op::Begin | Op::Create | Op::LockAcquire | Op::LockRelease);
    let process = &facts.processes()[p];
    let waits = process.pending.as_ref().is_some_and(|pending| !looks(pending.op));
    facts.done(Op::Terminate).any(|(_, event)| facts.child_of(event) == Some(p))
        && (complete || process.events.iter().any(|event| looks(event.op)))
        && process.events.iter().all(|event| looks(event.op) || begins(event.op))
        && facts.holds(p).kept().next().is_none()
        && !waits
}

/// Why one process ended in error.
fn failure(facts: &Facts<'_>, p: usize, code: i32) -> Finding {
    let who = facts.who(p);
    match code {
        _ if code == -SIGXCPU => cpu_limit(facts, p),
        // One second after that signal comes the one that nobody survives.
        _ if code == -SIGKILL && cpu_used_up(facts) => cpu_limit(facts, p),
        _ if code < 0 => Finding::EndedBySignal { who, signal: -code },
        EXIT_PANIC => {
            let panic = facts.processes()[p].events.iter().rev().find(|event| event.op == Op::Panic);
            Finding::Panicked {
                who,
                place: panic.and_then(|event| event.place.clone()),
                message: panic.and_then(|event| event.label.clone()).unwrap_or_default(),
            }
        }
        _ if p == 0 && !facts.finished() => Finding::EndedEarly { code },
        _ => ended_in_error(facts, p, code),
    }
}

fn ended_in_error(facts: &Facts<'_>, p: usize, code: i32) -> Finding {
    let failed = |outcome| !matches!(outcome, Outcome::Done | Outcome::WouldBlock | Outcome::TimedOut);
    // A failed operation after which it went on is none that it ended by.
    let last = moment(facts, p).filter(|at| failed(facts.event(*at).outcome));
    let operation = last.map(|at| (facts.event(at).op, facts.event(at).outcome, facts.place(at)));
    let taken_at = last.filter(|at| facts.event(*at).outcome == Outcome::AlreadyHeld).and_then(|at| {
        let same = facts.holds(p).at(at.1).find(|hold| facts.event(at).object == Some(hold.lock))?;
        facts.place((p, same.from))
    });
    Finding::EndedInError { who: facts.who(p), code, message: last_words(facts, p), operation, taken_at }
}

/// The line of standard error by which a process tells why it ended: the library writes it last, after its name where
/// it has one.
fn last_words(facts: &Facts<'_>, p: usize) -> String {
    let pieces = facts.run.errors.iter().filter(|chunk| chunk.process == Some(p));
    let text: String = pieces.map(|chunk| chunk.text.as_str()).collect();
    let name = format!("{}: ", facts.processes()[p].name);
    let lines = || text.lines().rev().filter(|line| !line.trim().is_empty());
    let line = lines().find(|line| p != 0 && line.starts_with(&name)).or_else(|| lines().next());
    line.unwrap_or_default().to_owned()
}

/// Too much CPU time, with what the process asked again and again in vain, if it did.
fn cpu_limit(facts: &Facts<'_>, p: usize) -> Finding {
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
