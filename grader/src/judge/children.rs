//! Claims about the student's children: how many, joined, heard.

use std::collections::BTreeSet;

use procesos_trace::Op;

use super::facts::Facts;
use super::finding::{Fate, Finding, Verdict};
use super::unless;

/// There are at least so many.
pub(super) fn enough(facts: &Facts<'_>, wanted: u64) -> Verdict {
    if wanted == 0 {
        return Verdict::Vacuous;
    }
    unless(too_few(facts, wanted))
}

/// What is wrong when there are fewer.
pub(super) fn too_few(facts: &Facts<'_>, wanted: u64) -> Option<Finding> {
    let started = facts.children().count();
    ((started as u64) < wanted).then_some(Finding::TooFewProcesses { wanted, started })
}

/// Every one was joined before its parent's work (or the function that the driver called) ended, and nothing else that
/// the program started was left behind.
pub(super) fn joined(facts: &Facts<'_>) -> Verdict {
    let children: Vec<usize> = facts.children().collect();
    if let Some(finding) = not_joined(facts, &children).or_else(|| left_behind(facts)) {
        return Verdict::Broken(finding);
    }
    if children.is_empty() { Verdict::Vacuous } else { Verdict::Kept }
}

fn not_joined(facts: &Facts<'_>, children: &[usize]) -> Option<Finding> {
    let about = |op| {
        let events = facts.done(op);
        events.filter_map(|(_, event)| Some((facts.child_of(event)?, event.extra == 1)))
    };
    let joined: BTreeSet<usize> = about(Op::Join).map(|(child, _)| child).collect();
    let unjoined: Vec<(usize, bool)> = about(Op::Unjoined).collect();
    let seen_left = |p: usize| facts.run.leftovers.iter().find(|left| left.process == Some(p));
    let outlived = |p: usize| seen_left(p).is_some_and(|left| left.running);
    let fate = |(p, running): (usize, bool)| {
        let code = || facts.exit_code(p).or_else(|| seen_left(p)?.code);
        (facts.who(p), if running { Fate::Running } else { Fate::of_code(code()) })
    };
    let left: Vec<(usize, bool)> = children
        .iter()
        .filter_map(|child| match unjoined.iter().find(|(other, _)| other == child) {
            Some(found) => Some(*found),
            // Its parent ended without looking back (an exit in its midst, a signal).
            None if !joined.contains(child) => Some((*child, outlived(*child))),
            None => None,
        })
        .collect();
    if left.is_empty() {
        return None;
    }
    let places = left.iter().filter_map(|(child, _)| facts.processes()[*child].started_at.clone());
    let started_at: BTreeSet<_> = places.collect();
    Some(Finding::NotJoined {
        function: facts.function(),
        children: children.len(),
        left: left.into_iter().map(fate).collect(),
        started_at: started_at.into_iter().collect(),
    })
}

/// Processes that the library did not start and nobody waited for.
fn left_behind(facts: &Facts<'_>) -> Option<Finding> {
    let foreign = || facts.run.leftovers.iter().filter(|left| left.process.is_none());
    let running = foreign().filter(|left| left.running).count();
    let ended: Vec<Fate> =
        foreign().filter(|left| !left.running).map(|left| Fate::of_code(left.code)).collect();
    (running + ended.len() > 0).then_some(Finding::LeftBehind { running, ended })
}

/// Each one wrote at least a line.
pub(super) fn print(facts: &Facts<'_>) -> Verdict {
    if facts.children().next().is_none() {
        return Verdict::Vacuous;
    }
    let chunks = facts.run.output.iter().chain(&facts.run.errors);
    let spoke: BTreeSet<usize> =
        chunks.filter(|chunk| !chunk.text.trim().is_empty()).filter_map(|chunk| chunk.process).collect();
    let who: Vec<_> = facts.children().filter(|p| !spoke.contains(p)).map(|p| facts.who(p)).collect();
    unless((!who.is_empty()).then_some(Finding::Silent { who }))
}
