//! Who did the adding to a shared value.

use procesos_trace::{ObjectId, Op, Outcome, flags};

use super::facts::Facts;
use super::finding::{Finding, Verdict};
use super::happens_before::At;
use super::map::Map;
use super::unless;
use crate::run::Event;

/// Whether there is a value to which enough children added what they should, and the first process nothing.
pub(super) fn children_add(facts: &Facts<'_>, each: i64, wanted: u64) -> Verdict {
    if wanted == 0 || each == 0 {
        return Verdict::Vacuous;
    }
    let mut best: Option<Added> = None;
    for (value, object) in facts.cells() {
        let added = Added::of(facts, value, object.detail, each);
        if added.right as u64 >= wanted && added.first_wrote.is_none() {
            return Verdict::Kept;
        }
        // The value on which most was right is the one meant, then the one that most wrote to, then the first one.
        if best.as_ref().is_none_or(|best| added.rank() > best.rank()) {
            best = Some(added);
        }
    }
    unless(Some(match best {
        Some(added) if added.right as u64 >= wanted => {
            Finding::FirstWrote { place: added.first_wrote.and_then(|at| facts.place(at)) }
        }
        best => missing(facts, best, each, wanted),
    }))
}

fn missing(facts: &Facts<'_>, best: Option<Added>, each: i64, wanted: u64) -> Finding {
    let (right, other, first_wrote) =
        best.map_or((0, None, None), |added| (added.right, added.other, added.first_wrote));
    Finding::ChildrenDidNotAdd {
        wanted,
        right,
        each,
        other: other.map(|(p, sum)| (facts.who(p), sum)),
        first_wrote: first_wrote.and_then(|at| facts.place(at)),
    }
}

/// The adding to one value.
struct Added {
    /// Children that added the right amount.
    right: usize,
    /// Children that wrote.
    wrote: usize,
    /// The first child that did not add the right amount, and what it added.
    other: Option<(usize, i64)>,
    /// Where the first process writes after it started the first child.
    first_wrote: Option<At>,
}

impl Added {
    fn of(facts: &Facts<'_>, value: ObjectId, initial: u64, each: i64) -> Self {
        let sums = sums(facts, value, initial);
        let sums: Vec<(usize, Option<i64>)> =
            facts.children().map(|p| (p, sums.get(&p).and_then(|part| part.sum))).collect();
        let other = sums.iter().find(|(_, sum)| *sum != Some(each));
        Self {
            right: sums.iter().filter(|(_, sum)| *sum == Some(each)).count(),
            wrote: sums.iter().filter(|(_, sum)| sum.is_some()).count(),
            other: other.map(|(p, sum)| (*p, sum.unwrap_or(0))),
            first_wrote: first_writes_after_start(facts, value),
        }
    }

    fn rank(&self) -> (usize, usize) {
        (self.right, self.wrote)
    }
}

/// Where the first process writes to the value after it started the first child.
fn first_writes_after_start(facts: &Facts<'_>, value: ObjectId) -> Option<At> {
    let events = &facts.processes().first()?.events;
    let starts_child = |event: &Event| {
        let child = || facts.child_of(event).is_some_and(|child| facts.is_child(child));
        event.op == Op::Start && event.outcome == Outcome::Done && child()
    };
    let start = events.iter().position(starts_child)?;
    facts.writes_of(value).map(|(at, _)| at).find(|at| at.0 == 0 && at.1 > start)
}

/// What one process knows of a value and added to it.
#[derive(Default)]
struct Part {
    known: Option<i64>,
    /// `None` when it never wrote a number.
    sum: Option<i64>,
}

/// What each process added to a value in all: each write against what it knew last (at first, what the value was made
/// with).
fn sums(facts: &Facts<'_>, value: ObjectId, initial: u64) -> Map<usize, Part> {
    let mut parts: Map<usize, Part> = Map::default();
    for ((p, _), event) in facts.events_on(value).filter(|(_, event)| event.outcome == Outcome::Done) {
        let Some(now) = number(event, event.value) else { continue };
        let part = parts.entry(p).or_default();
        if event.overwrites() {
            let before = part.known.or_else(|| number(event, initial)).unwrap_or(0);
            part.sum = Some(part.sum.unwrap_or(0).wrapping_add(now.wrapping_sub(before)));
        }
        if event.reads() || event.writes() {
            part.known = Some(now);
        }
    }
    parts
}

/// Bits of the value of an event as a whole number; `None` for what nothing is added to.
#[expect(
    clippy::cast_possible_truncation,
    reason = "adding is counted in whole numbers, and a cast saturates"
)]
fn number(event: &Event, bits: u64) -> Option<i64> {
    if event.flags & (flags::BOOLEAN | flags::OTHER) != 0 {
        None
    } else if event.flags & flags::FLOAT != 0 {
        Some(f64::from_bits(bits) as i64)
    } else {
        Some(bits.cast_signed())
    }
}
