//! Judges what was seen of a run against the claims of its scenario. Pure: it never reads a clock, a file or the system.
//!
//! Nothing that needs luck is judged in a free run: order is judged by happens-before, never by closeness in time.

mod adding;
mod cause;
mod children;
mod deadlock;
mod edges;
mod ending;
mod facts;
mod failures;
pub mod finding;
mod happens_before;
mod items;
mod locks;
mod lost_cause;
mod lost_steps;
mod map;
mod messages;
mod permits;
mod reorder;
mod results;
mod signals;
mod standing;
mod tasks;
mod together;
mod updates;
mod waits;

#[cfg(test)]
mod tests;

use procesos_trace::Op;

use crate::course::{Claim, Races, Scenario};
use crate::run::{Ending, Run, Trace};
use edges::{Edges, Rules};
use facts::Facts;
pub use finding::{
    Cause, Fate, Finding, Heard, LostCause, MissingCause, Outside, Step, Thing, Unseen, Verdict, Waiting, Who,
};

/// How `todo!()` begins its panic message.
const TODO: &str = "not yet implemented";

/// The verdict of each claim of a scenario, in their order.
#[must_use]
pub fn judge(scenario: &Scenario, run: &Run) -> Vec<Verdict> {
    let facts = Facts::of(run);
    let complete = scenario.claims.iter().all(|claim| results::holds(&facts, &claim.claim));
    let stop = stop(&facts, complete);
    let verdict = |claim: &Claim| match (claim, &stop) {
        (Claim::Ends, Some(Stop::Broken(finding))) => Verdict::Broken(finding.clone()),
        (_, Some(Stop::Broken(finding))) => Verdict::Unseen(Unseen::DidNotEnd(Box::new(finding.clone()))),
        (_, Some(Stop::Pending(verdict))) => verdict.clone(),
        (_, Some(Stop::Unseen(unseen))) => Verdict::Unseen(unseen.clone()),
        (claim, None) if run.trace.truncated => judge_truncated(claim, &facts),
        (claim, None) => judge_claim(claim, &facts),
    };
    scenario.claims.iter().map(|claim| verdict(&claim.claim)).collect()
}

/// The pairs of events of two processes of which the first handed something on to the second: a message, a lock, its start,
/// its end. Each as index of the process and of its event.
pub(crate) fn handed_on(trace: &Trace) -> Vec<((usize, usize), (usize, usize))> {
    Edges::of(trace, &Rules::default()).all()
}

/// Whether what a claim forbids was seen in a run, and not only that another order could show it.
#[must_use]
pub fn is_witnessed(claim: &Claim, run: &Run) -> bool {
    !matches!(claim, Claim::Result { .. }) || !results::holds(&Facts::of(run), claim)
}

/// Whether it came out right in a run, whatever another order could show; `verdict` is that of the claim about it.
#[must_use]
pub fn came_out_right(claim: &Claim, verdict: &Verdict, run: &Run) -> bool {
    match verdict {
        Verdict::Kept => true,
        Verdict::Broken(Finding::LostUpdate { .. }) => !is_witnessed(claim, run),
        Verdict::Broken(_) | Verdict::Vacuous | Verdict::Pending { .. } | Verdict::Unseen(_) => false,
    }
}

/// Why a run did not come to a proper end.
enum Stop {
    Pending(Verdict),
    Broken(Finding),
    Unseen(Unseen),
}

fn stop(facts: &Facts<'_>, complete: bool) -> Option<Stop> {
    let todo = facts
        .done(Op::Panic)
        .find(|(_, event)| event.label.as_ref().is_some_and(|label| label.starts_with(TODO)));
    if let Some((_, event)) = todo {
        let function = event.place.as_ref().and_then(|place| place.function.clone());
        return Some(Stop::Pending(Verdict::Pending { function, place: event.place.clone() }));
    }
    if let Some(finding) = ending::problem(facts, complete) {
        return Some(Stop::Broken(finding));
    }
    let outside = || ending::outside(facts);
    match facts.run.ending {
        Ending::WallLimit => {
            let seconds = facts.run.wall_limit.as_secs();
            Some(Stop::Unseen(Unseen::WallLimit { seconds, outside: outside() }))
        }
        Ending::Still => Some(Stop::Unseen(Unseen::Still { outside: outside() })),
        Ending::TooLong => Some(Stop::Unseen(Unseen::TooLong)),
        Ending::Threads => Some(Stop::Unseen(Unseen::Threads)),
        _ => None,
    }
}

/// The verdict of a claim about a run that came to its end.
fn judge_claim(claim: &Claim, facts: &Facts<'_>) -> Verdict {
    match claim {
        Claim::Ends => Verdict::Kept,
        Claim::Result { name, expected, races } => {
            results::equal(facts, name, expected, *races == Races::Forbidden)
        }
        Claim::SameItems { name, expected } => items::same(facts, name, expected),
        Claim::Increasing { name } => results::increasing(facts, name),
        Claim::Processes { at_least } => with_count(facts, at_least, children::enough),
        Claim::StartedBeforeJoin { at_least } => with_count(facts, at_least, together::together),
        Claim::Joined => children::joined(facts),
        Claim::Prints => children::print(facts),
        Claim::ChildrenAdd { each, processes } => with_count(facts, processes, |facts, wanted| {
            match facts.result(each).and_then(serde_json::Value::as_i64) {
                Some(each) => adding::children_add(facts, each, wanted),
                None => no_result(each),
            }
        }),
        Claim::LocksReleased => locks::released(facts),
        Claim::ByChildren { queue } => messages::by_children(facts, queue),
        Claim::OwnProcess { queue, count } => {
            with_count(facts, count, |facts, wanted| messages::own_process(facts, queue, wanted))
        }
        Claim::Capacity { capacity } => with_count(facts, capacity, messages::capacity),
        Claim::Converses { messages } => with_count(facts, messages, messages::converses),
    }
}

/// The verdict where more happened than the trace holds: absence proves nothing, what does not rest on it stands.
fn judge_truncated(claim: &Claim, facts: &Facts<'_>) -> Verdict {
    let verdict = judge_claim(claim, facts);
    let stands = match claim {
        Claim::Ends => ending::all_known(facts),
        Claim::Result { races: Races::Allowed, .. } | Claim::SameItems { .. } | Claim::Increasing { .. } => {
            true
        }
        Claim::Processes { .. } | Claim::Capacity { .. } => verdict == Verdict::Kept,
        Claim::Result { races: Races::Forbidden, .. }
        | Claim::ByChildren { .. }
        | Claim::OwnProcess { .. }
        | Claim::ChildrenAdd { .. }
        | Claim::StartedBeforeJoin { .. }
        | Claim::LocksReleased
        | Claim::Joined
        | Claim::Prints
        | Claim::Converses { .. } => false,
    };
    if stands { verdict } else { Verdict::Unseen(Unseen::Truncated) }
}

fn no_result(name: &str) -> Verdict {
    Verdict::Unseen(Unseen::NoResult { name: name.to_owned() })
}

/// Judges with a count that the driver reported.
fn with_count(facts: &Facts<'_>, name: &str, judge: impl FnOnce(&Facts<'_>, u64) -> Verdict) -> Verdict {
    match facts.count(name) {
        Some(count) => judge(facts, count),
        None => no_result(name),
    }
}

/// Kept, or broken by what was found.
fn unless(finding: Option<Finding>) -> Verdict {
    finding.map_or(Verdict::Kept, Verdict::Broken)
}
