//! Claims about the student's children: how many, together or one after another, joined, heard.

use procesos_trace::{Op, Outcome};

use super::facts::Facts;
use super::finding::{Finding, Verdict};
use super::happens_before::At;
use super::unless;

/// There are at least so many.
pub(super) fn enough(facts: &Facts<'_>, wanted: u64) -> Verdict {
    if wanted == 0 {
        return Verdict::Vacuous;
    }
    let started = facts.children().count();
    unless(((started as u64) < wanted).then_some(Finding::TooFewProcesses { wanted, started }))
}

/// So many were started, none of them after a join of another one of them had returned.
pub(super) fn together(facts: &Facts<'_>, wanted: u64) -> Verdict {
    if wanted < 2 {
        return Verdict::Vacuous;
    }
    let joins: Vec<(usize, At)> = facts
        .done(Op::Join)
        .filter_map(|(at, event)| Some((usize::try_from(event.value).ok()?, at)))
        .collect();
    let mut starts: Vec<(u64, usize, At)> = facts
        .done(Op::Start)
        .filter_map(|(at, event)| Some((event.begin, usize::try_from(event.value).ok()?, at)))
        .filter(|(_, child, _)| facts.processes().get(*child).is_some() && facts.is_child(*child))
        .collect();
    starts.sort_unstable();
    let mut alive: Vec<usize> = Vec::new();
    let mut most = 0;
    let mut early_join = None;
    for (_, child, start) in starts {
        let joined_before = |other: &usize| {
            joins
                .iter()
                .find(|(joined, at)| joined == other && facts.order.ordered(*at, start))
                .map(|(_, at)| *at)
        };
        early_join = early_join.or_else(|| alive.iter().find_map(joined_before));
        alive.retain(|other| joined_before(other).is_none());
        alive.push(child);
        most = most.max(alive.len());
    }
    let join = early_join.and_then(|at| facts.place(at));
    if facts.children().count() < usize::try_from(wanted).unwrap_or(usize::MAX) {
        return unless(Some(Finding::TooFewProcesses { wanted, started: facts.children().count() }));
    }
    unless(((most as u64) < wanted).then_some(Finding::OneAfterAnother { wanted, together: most, join }))
}

/// Every one was joined before its parent's work (or the function that the driver called) ended.
pub(super) fn joined(facts: &Facts<'_>) -> Verdict {
    let children = facts.children().count();
    if children == 0 {
        return Verdict::Vacuous;
    }
    let left: Vec<(usize, bool)> = facts
        .events()
        .filter(|(_, event)| event.op == Op::Unjoined && event.outcome == Outcome::Done)
        .filter_map(|(_, event)| Some((usize::try_from(event.value).ok()?, event.extra == 1)))
        .filter(|(child, _)| facts.processes().get(*child).is_some() && facts.is_child(*child))
        .collect();
    if left.is_empty() {
        return Verdict::Kept;
    }
    let mut started_at: Vec<_> =
        left.iter().filter_map(|(child, _)| facts.processes()[*child].started_at.clone()).collect();
    started_at.sort();
    started_at.dedup();
    Verdict::Broken(Finding::NotJoined {
        function: facts.function(),
        children,
        left: left.into_iter().map(|(child, running)| (facts.who(child), running)).collect(),
        started_at,
    })
}

/// Each one wrote at least a line.
pub(super) fn print(facts: &Facts<'_>) -> Verdict {
    if facts.children().next().is_none() {
        return Verdict::Vacuous;
    }
    let spoke = |p: usize| {
        let chunks = facts.run.output.iter().chain(&facts.run.errors);
        chunks.filter(|chunk| chunk.process == Some(p)).any(|chunk| !chunk.text.trim().is_empty())
    };
    let who: Vec<_> = facts.children().filter(|p| !spoke(*p)).map(|p| facts.who(p)).collect();
    unless((!who.is_empty()).then_some(Finding::Silent { who }))
}
