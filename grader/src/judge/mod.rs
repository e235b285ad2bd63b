//! Judges what was seen of a run against the claims of its scenario. Pure: it never reads a clock, a file or the system.
//!
//! Nothing that needs luck is judged in a free run: order is judged by happens-before, never by closeness in time.

mod children;
mod deadlock;
mod ending;
mod facts;
pub mod finding;
mod happens_before;
mod messages;
mod results;
mod updates;

#[cfg(test)]
mod tests;

use procesos_trace::{Op, Outcome};

use crate::course::{Claim, Races, Scenario};
use crate::run::{Ending, Run};
use facts::Facts;
pub use finding::{Cause, Finding, LostCause, MissingCause, Step, Thing, Unseen, Verdict, Waiting, Who};

/// How `todo!()` begins its panic message.
const TODO: &str = "not yet implemented";

/// The verdict of each claim of a scenario, in their order.
#[must_use]
pub fn judge(scenario: &Scenario, run: &Run) -> Vec<Verdict> {
    let facts = Facts::of(run);
    let stop = stop(&facts);
    scenario
        .claims
        .iter()
        .map(|claim| match (&claim.claim, &stop) {
            (Claim::Ends, None) => Verdict::Kept,
            (Claim::Ends, Some(Stop::Broken(finding))) => Verdict::Broken(finding.clone()),
            (claim, None) => judge_claim(claim, &facts),
            (_, Some(Stop::Broken(finding))) => Verdict::Unseen(Unseen::DidNotEnd(Box::new(finding.clone()))),
            (_, Some(Stop::Pending(verdict))) => verdict.clone(),
            (_, Some(Stop::Unseen(unseen))) => Verdict::Unseen(unseen.clone()),
        })
        .collect()
}

/// Why a run did not come to a proper end.
enum Stop {
    Pending(Verdict),
    Broken(Finding),
    Unseen(Unseen),
}

fn stop(facts: &Facts<'_>) -> Option<Stop> {
    let todo = facts.events().find(|(_, event)| {
        event.op == Op::Panic && event.label.as_ref().is_some_and(|label| label.starts_with(TODO))
    });
    if let Some((_, event)) = todo {
        let function = event.place.as_ref().and_then(|place| place.function.clone());
        return Some(Stop::Pending(Verdict::Pending { function, place: event.place.clone() }));
    }
    if facts.run.ending == Ending::WallLimit {
        let seconds = facts.run.wall_limit.as_secs();
        return Some(Stop::Unseen(Unseen::WallLimit { seconds }));
    }
    if let Some(finding) = ending::problem(facts) {
        return Some(Stop::Broken(finding));
    }
    facts.run.trace.truncated.then_some(Stop::Unseen(Unseen::Truncated))
}

/// The verdict of a claim about a run that came to its end.
fn judge_claim(claim: &Claim, facts: &Facts<'_>) -> Verdict {
    match claim {
        Claim::Ends => Verdict::Kept,
        Claim::Result { name, expected, races } => {
            results::equal(facts, name, expected, *races == Races::Forbidden)
        }
        Claim::SameItems { name, expected } => results::same_items(facts, name, expected),
        Claim::Increasing { name } => results::increasing(facts, name),
        Claim::Processes { at_least } => with_count(facts, at_least, children::enough),
        Claim::StartedBeforeJoin { at_least } => with_count(facts, at_least, children::together),
        Claim::Joined => children::joined(facts),
        Claim::Prints => children::print(facts),
        Claim::ChildrenAdd { each, processes } => with_count(facts, processes, |facts, wanted| {
            match facts.result(each).and_then(serde_json::Value::as_i64) {
                Some(each) => updates::children_add(facts, each, wanted),
                None => no_result(each),
            }
        }),
        Claim::LocksReleased => locks_released(facts),
        Claim::ByChildren { queue } => messages::by_children(facts, queue),
        Claim::OwnProcess { queue, count } => {
            with_count(facts, count, |facts, wanted| messages::own_process(facts, queue, wanted))
        }
        Claim::Converses { messages } => with_count(facts, messages, messages::converses),
    }
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

/// Whoever took a lock freed it before ending.
fn locks_released(facts: &Facts<'_>) -> Verdict {
    let taken = |(_, event): &(_, &crate::run::Event)| {
        event.op == Op::LockAcquire && matches!(event.outcome, Outcome::Done | Outcome::OwnerDied)
    };
    if !facts.events().any(|event| taken(&event)) {
        return Verdict::Vacuous;
    }
    for (p, process) in facts.processes().iter().enumerate() {
        if let Some(first) = facts.held_at((p, process.events.len())).first() {
            return Verdict::Broken(Finding::LockKept { who: facts.who(p), place: facts.place((p, *first)) });
        }
    }
    Verdict::Kept
}

/// Kept, or broken by what was found.
fn unless(finding: Option<Finding>) -> Verdict {
    finding.map_or(Verdict::Kept, Verdict::Broken)
}
