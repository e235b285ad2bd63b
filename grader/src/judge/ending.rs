//! Whether a run came to a proper end, and what kept it from that.

use procesos_trace::layout::MAX_PROCESSES;
use procesos_trace::{Op, Outcome};

use super::deadlock;
use super::facts::Facts;
use super::finding::Finding;
use crate::run::Ending;

/// Signal for too much CPU time, and the one that follows it.
const SIGXCPU: i32 = 24;
/// Exit code of a process that panicked.
const EXIT_PANIC: i32 = 101;

/// The first cause for which the run did not end as it should; `None` when it did.
pub(super) fn problem(facts: &Facts<'_>) -> Option<Finding> {
    match facts.run.ending {
        Ending::NoProgress => return Some(deadlock::explain(facts)),
        Ending::OutputLimit => return Some(Finding::OutputLimit),
        Ending::ProcessLimit => return Some(Finding::TooManyProcesses),
        Ending::MemoryLimit => {
            return Some(Finding::MemoryLimit { megabytes: facts.run.memory_limit >> 20 });
        }
        Ending::WallLimit | Ending::Exited(_) | Ending::Signalled(_) => {}
    }
    if facts.processes().len() >= MAX_PROCESSES {
        return Some(Finding::TooManyProcesses);
    }
    let mut failed: Vec<(u64, usize, i32)> = (0..facts.processes().len())
        .filter_map(|p| {
            let code = if p == 0 { first_code(facts) } else { facts.exit_code(p)? };
            (code != 0).then(|| (last_moment(facts, p), p, code))
        })
        .collect();
    failed.sort_unstable();
    if let Some((_, p, code)) = failed.first() {
        return Some(failure(facts, *p, *code));
    }
    let finished =
        facts.processes().first().is_some_and(|first| first.events.iter().any(|e| e.op == Op::Finished));
    if finished { None } else { Some(Finding::EndedEarly { code: first_code(facts) }) }
}

/// Exit code of the first process, from the kernel; negative for a signal.
fn first_code(facts: &Facts<'_>) -> i32 {
    match facts.run.ending {
        Ending::Exited(code) => code,
        Ending::Signalled(signal) => -signal,
        _ => 0,
    }
}

fn last_moment(facts: &Facts<'_>, p: usize) -> u64 {
    facts.processes()[p].events.last().map_or(0, |event| event.end)
}

/// Why one process ended in error.
fn failure(facts: &Facts<'_>, p: usize, code: i32) -> Finding {
    let who = facts.who(p);
    let finished = facts.processes()[0].events.iter().any(|event| event.op == Op::Finished);
    match code {
        _ if code == -SIGXCPU || (code == -9 && facts.run.cpu_time >= facts.run.cpu_limit) => {
            cpu_limit(facts)
        }
        _ if code < 0 => Finding::EndedBySignal { who, signal: -code },
        EXIT_PANIC => {
            let panic = facts.processes()[p].events.iter().rev().find(|event| event.op == Op::Panic);
            Finding::Panicked {
                who,
                place: panic.and_then(|event| event.place.clone()),
                message: panic.and_then(|event| event.label.clone()).unwrap_or_default(),
            }
        }
        _ if p == 0 && !finished => Finding::EndedEarly { code },
        _ => ended_in_error(facts, p, code),
    }
}

fn ended_in_error(facts: &Facts<'_>, p: usize, code: i32) -> Finding {
    let events = &facts.processes()[p].events;
    let failed = |outcome| !matches!(outcome, Outcome::Done | Outcome::WouldBlock | Outcome::TimedOut);
    let position = events.iter().rposition(|event| failed(event.outcome));
    let operation = position.map(|i| (events[i].op, events[i].outcome, events[i].place.clone()));
    let taken_at = position.filter(|i| events[*i].outcome == Outcome::AlreadyHeld).and_then(|i| {
        let held = facts.held_at((p, i));
        let same = held.into_iter().find(|at| events[*at].object == events[i].object);
        same.and_then(|at| events[at].place.clone())
    });
    let message = facts.errors_of(p).lines().next().unwrap_or("").to_owned();
    Finding::EndedInError { who: facts.who(p), code, message, operation, taken_at }
}

/// Too much CPU time, with what was repeated most, if something of the library was.
fn cpu_limit(facts: &Facts<'_>) -> Finding {
    const POLLS: [Op; 6] =
        [Op::IsAlive, Op::QueueIsEmpty, Op::QueueGet, Op::ValueGet, Op::Poll, Op::LockAcquire];
    let counts = facts.processes().iter().enumerate().flat_map(|(p, process)| {
        POLLS.iter().map(move |op| {
            let polls = process.events.iter().filter(|event| event.op == *op);
            let last = polls.clone().next_back().and_then(|event| event.place.clone());
            (polls.count() as u64, *op, p, last)
        })
    });
    let most = counts.max_by_key(|(count, ..)| *count).filter(|(count, ..)| *count >= 1000);
    Finding::CpuLimit {
        seconds: facts.run.cpu_limit.as_secs(),
        polled: most.map(|(count, op, p, place)| (op, count, facts.who(p), place)),
    }
}
