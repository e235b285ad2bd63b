//! Whether processes were started together or one after another.
//!
//! One child comes after another when it was started after somebody had awaited the other's end: in a join, or by asking
//! until the answer was that it had ended. The largest set of children none of which comes after another is what
//! could be at work together; the order of events decides, not the clock.

use procesos_trace::{Op, Outcome};

use super::children::too_few;
use super::facts::Facts;
use super::finding::{Finding, Verdict};
use super::happens_before::At;
use super::map::Map;
use super::unless;
use crate::run::Place;

/// From so many times that the answer was "alive" on, asking is waiting and not looking.
const LOOKS_THAT_WAIT: usize = 2;

/// At least so many children, none of which was started after the end of another of them had been awaited.
pub(super) fn together(facts: &Facts<'_>, wanted: u64) -> Verdict {
    if wanted < 2 {
        return Verdict::Vacuous;
    }
    if let Some(finding) = too_few(facts, wanted) {
        return Verdict::Broken(finding);
    }
    let (later, early) = later_ones(facts);
    let together = largest_antichain(&later);
    let join = early.and_then(|at| facts.place(at));
    unless(((together as u64) < wanted).then_some(Finding::OneAfterAnother { wanted, together, join }))
}

/// Of each child: positions of the children that come after it; and the first wait that made one come after.
fn later_ones(facts: &Facts<'_>) -> (Vec<Vec<usize>>, Option<At>) {
    let started: Map<usize, At> =
        facts.done(Op::Start).filter_map(|(at, event)| Some((facts.child_of(event)?, at))).collect();
    let starts: Vec<Option<At>> = facts.children().map(|child| started.get(&child).copied()).collect();
    let awaited = awaited(facts);
    let mut early = None;
    let later = facts.children().map(|child| {
        let waits = awaited.get(&child).map(Vec::as_slice).unwrap_or_default();
        let after = |start: At| waits.iter().copied().find(|wait| facts.order().ordered(*wait, start));
        let mut positions = Vec::new();
        for (position, start) in starts.iter().enumerate() {
            if let Some(wait) = start.and_then(after) {
                early.get_or_insert(wait);
                positions.push(position);
            }
        }
        positions
    });
    (later.collect(), early)
}

/// Of each child: where each process learnt of its end after it had waited for it, the first time.
fn awaited(facts: &Facts<'_>) -> Map<usize, Vec<At>> {
    let mut awaited: Map<usize, Vec<At>> = Map::default();
    // Of each process and child: where it asked last, and how often in a row the answer there was "alive".
    let mut looks: Map<(usize, usize), (Option<&Place>, usize)> = Map::default();
    for (at, event) in facts.events().filter(|(_, event)| matches!(event.op, Op::Join | Op::IsAlive)) {
        let Some(child) = facts.child_of(event) else { continue };
        let (place, times) = looks.entry((at.0, child)).or_default();
        if *place != event.place.as_ref() {
            (*place, *times) = (event.place.as_ref(), 0);
        }
        let ended = event.outcome == Outcome::Done && (event.op == Op::Join || event.extra == 0);
        if !ended {
            *times += 1;
        } else if event.op == Op::Join || *times >= LOOKS_THAT_WAIT {
            let waits = awaited.entry(child).or_default();
            if waits.iter().all(|(process, _)| *process != at.0) {
                waits.push(at);
            }
        }
    }
    awaited
}

/// The size of the largest set none of which comes after another: all of them less a largest matching of each with one
/// that comes after it (Dilworth, König).
fn largest_antichain(later: &[Vec<usize>]) -> usize {
    let mut before: Vec<Option<usize>> = vec![None; later.len()];
    let mut matched = 0;
    for position in 0..later.len() {
        let mut tried = vec![false; later.len()];
        matched += usize::from(extend(position, later, &mut before, &mut tried));
    }
    later.len() - matched
}

/// Finds one that comes after the child at `position`, moving others to another one where it has to.
fn extend(position: usize, later: &[Vec<usize>], before: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    later[position].iter().any(|next| {
        if std::mem::replace(&mut tried[*next], true) {
            return false;
        }
        let free = before[*next].is_none_or(|other| extend(other, later, before, tried));
        if free {
            before[*next] = Some(position);
        }
        free
    })
}
