//! Of the processes that ended in error, the one whose failure came first, and why it failed.

use procesos_trace::{Op, Outcome};

use super::ending::cpu_limit;
use super::facts::{Facts, SIGXCPU};
use super::finding::Finding;
use super::happens_before::At;
use crate::run::{Ending, Event};

const SIGTERM: i32 = 15;
/// Exit code of a process that panicked.
const EXIT_PANIC: i32 = 101;

/// A process that ended in error.
#[derive(Clone, Copy)]
struct Failure {
    process: usize,
    /// Its exit code; negative for a signal.
    code: i32,
    /// The last that it did.
    moment: Option<At>,
}

/// The first failure of a run, if a process failed.
pub(super) fn first(facts: &Facts<'_>, complete: bool) -> Option<Finding> {
    first_failure(facts, complete).map(|first| explain(facts, first))
}

/// The process that ended in error first: none that only felt the failure of another one. Of those that have nothing to do
/// with each other, a child goes before the program's first process, and siblings go in the order of their starts.
fn first_failure(facts: &Facts<'_>, complete: bool) -> Option<Failure> {
    let code_of = |p: usize| match (p, facts.run.ending) {
        (0, Ending::Exited(code)) => Some(code),
        (0, Ending::Signalled(signal)) => Some(-signal),
        (0, Ending::CpuLimit) => facts.exit_code(0),
        (0, _) => None,
        _ => facts.exit_code(p),
    };
    let failed: Vec<Failure> = facts
        .ranked()
        .iter()
        .filter_map(|p| Some(Failure { process: *p, code: code_of(*p)?, moment: moment(facts, *p) }))
        .filter(|failure| failure.code != 0)
        // How a process of the library ended is told to those who wait for it, and is theirs to deal with.
        .filter(|failure| failure.code == -SIGXCPU || !facts.processes()[failure.process].of_library)
        .filter(|failure| failure.code != -SIGTERM || !was_dismissed(facts, failure.process, complete))
        .collect();
    let is_cause = |one: &&Failure| !failed.iter().any(|other| is_felt(facts, **one, *other));
    let mut causes: Vec<Failure> = failed.iter().filter(is_cause).copied().collect();
    causes.sort_by_key(|failure| (doubt(facts, *failure), failure.process == 0));
    let Some(killed) = facts.run.killed else { return causes.first().or(failed.first()).copied() };
    // Whom the grader killed is no cause, and whoever returned an error because of it is not to blame: what must hold then
    // is for other claims. A panic is no way to cope.
    let panicked = failed.iter().find(|failure| failure.code == EXIT_PANIC);
    causes.iter().find(|cause| cause.process != killed).or(panicked).copied()
}

/// Whether a process failed because another one had: it joined that one, or found that one's end of a pipe closed or that
/// one's lock without an owner.
fn is_felt(facts: &Facts<'_>, felt: Failure, cause: Failure) -> bool {
    let (Some(at), Some(before)) = (felt.moment, cause.moment) else { return false };
    let events = &facts.processes()[felt.process].events[..=at.1];
    let joined = || {
        let joins = events.iter().filter(|event| event.op == Op::Join && event.outcome == Outcome::Done);
        joins.into_iter().any(|event| facts.child_of(event) == Some(cause.process))
    };
    // A panic may only tell of the operation before it.
    let by = events.iter().rposition(|event| event.op != Op::Panic);
    let by = by.filter(|index| is_felt_by(events[*index].outcome)).map(|index| (felt.process, index));
    felt.process != cause.process && (joined() || by.is_some_and(|by| facts.order().ordered(before, by)))
}

fn is_felt_by(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Eof | Outcome::BrokenPipe | Outcome::OwnerDied | Outcome::Broken | Outcome::WorkerDied
    )
}

/// Where the record was cut off, an error without a failed operation may have come from the others: one that a
/// panic or an operation tells of is surer, and then one that used up its CPU time.
fn doubt(facts: &Facts<'_>, failure: Failure) -> u8 {
    let failed = failure.moment.is_some_and(|at| is_failed(facts.event(at).outcome));
    match failure.code {
        _ if !facts.run.trace.truncated || failed => 0,
        EXIT_PANIC => 0,
        code if code < 0 => 1,
        _ => 2,
    }
}

/// The last that a process did before it began to end.
fn moment(facts: &Facts<'_>, p: usize) -> Option<At> {
    let ends = |event: &Event| match event.op {
        Op::Exit | Op::Unjoined | Op::Returned | Op::Finished | Op::Close | Op::LockRelease => true,
        // A pool or a manager that is dropped.
        Op::PoolTerminate | Op::ManagerStop => true,
        // A permit that it still had.
        Op::SemaphoreRelease => event.extra == 1,
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
    let looks = |op: Op| op == Op::Sleep || (op.asks() && op != Op::IsAlive);
    let begins = |op| matches!(op, Op::Begin | Op::Create | Op::LockAcquire | Op::LockRelease);
    let process = &facts.processes()[p];
    let waits = process.pending.as_ref().is_some_and(|pending| !looks(pending.op));
    facts.done(Op::Terminate).any(|(_, event)| facts.child_of(event) == Some(p))
        && (complete || process.events.iter().any(|event| looks(event.op)))
        && process.events.iter().all(|event| looks(event.op) || begins(event.op))
        && facts.holds(p).kept().is_empty()
        && !waits
}

/// Why one process ended in error.
fn explain(facts: &Facts<'_>, failure: Failure) -> Finding {
    let Failure { process: p, code, .. } = failure;
    let who = facts.who(p);
    match code {
        _ if code == -SIGXCPU => cpu_limit(facts, Some(p)),
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
        _ => ended_in_error(facts, failure),
    }
}

fn is_failed(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Done | Outcome::WouldBlock | Outcome::TimedOut)
}

fn ended_in_error(facts: &Facts<'_>, Failure { process: p, code, moment }: Failure) -> Finding {
    // A failed operation after which it went on is none that it ended by.
    let last = moment.filter(|at| is_failed(facts.event(*at).outcome));
    let message = last_words(facts, p);
    let operation = last.map(|at| (facts.event(at).op, facts.event(at).outcome, facts.place(at)));
    if let Some((worker, panic)) = last.and_then(|at| panic_in_task(facts, at, &message)) {
        let (place, message) = (panic.place.clone(), panic.label.clone().unwrap_or_default());
        return Finding::Panicked { who: facts.who(worker), place, message };
    }
    let taken_at = last.filter(|at| facts.event(*at).outcome == Outcome::AlreadyHeld).and_then(|at| {
        let same = facts.holds(p).at(at.1).find(|hold| facts.event(at).object == Some(hold.lock))?;
        facts.place((p, same.from))
    });
    Finding::EndedInError { who: facts.who(p), code, message, operation, taken_at }
}

/// The panic in a task of a pool whose error somebody got, and ended by, with the words of that panic.
fn panic_in_task<'a>(facts: &Facts<'a>, at: At, message: &str) -> Option<(usize, &'a Event)> {
    let got = facts.event(at);
    if (got.op, got.outcome) != (Op::PoolGet, Outcome::TaskFailed) {
        return None;
    }
    let said = |event: &Event| event.label.as_ref().is_some_and(|label| message.ends_with(label.as_str()));
    let panics =
        facts.done(Op::Panic).filter(|((p, _), event)| facts.processes()[*p].of_library && said(event));
    panics.min_by_key(|(at, _)| task_of(facts, *at)).map(|((p, _), event)| (p, event))
}

/// Index of the task that a worker was at.
fn task_of(facts: &Facts<'_>, (p, i): At) -> Option<u64> {
    let before = &facts.processes()[p].events[..i];
    before.iter().rfind(|event| event.op == Op::PoolTake).map(|event| event.version)
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
