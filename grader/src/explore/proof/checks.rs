//! What has to hold of an execution so that its steps are all that matters.

use procesos_schedule::{Report, Stop};
use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};

use super::{Withheld, has_ended, serves};
use crate::run::{Event, Execution, Trace};

/// Messages and bytes in one direction of a pipe up to which `send` never waits. The library has room for so many.
const ROOMY_MESSAGES: u64 = 63;
const ROOMY_BYTES: u64 = 64 * 1024;

/// What forbids to say "all" of the orders of a program that went so, whatever its steps were.
pub(super) fn check(execution: &Execution) -> Result<(), Withheld> {
    let trace = &execution.run.trace;
    let report = execution.report.as_ref().ok_or(Withheld::Cut)?;
    check_report(report)?;
    if execution.fault.is_some() {
        return Err(Withheld::Killed);
    }
    if trace.truncated {
        return Err(Withheld::Cut);
    }
    check_ends(trace, report.stop)?;
    check_pipes(trace, report.stop)
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

/// Every process came to its own end and was waited for; where nobody can go on, the others wait.
fn check_ends(trace: &Trace, stop: Stop) -> Result<(), Withheld> {
    let joined = |p: usize| {
        let joins = trace.processes.iter().flat_map(|process| &process.events);
        let mut joins = joins.filter(|event| event.op == Op::Join && event.outcome == Outcome::Done);
        p == 0 || joins.any(|event| event.value == p as u64)
    };
    for (p, process) in trace.processes.iter().enumerate().filter(|(_, process)| !serves(process)) {
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
