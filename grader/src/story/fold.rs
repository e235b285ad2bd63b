//! Loops, folded: the same steps of one process several times in a row are told once.

use procesos_trace::{Method, ObjectId, Op, Outcome};

use super::{event_of, told_of};
use crate::explore::steps::At;
use crate::run::{Place, Trace};

/// Longest round of a loop that is recognised.
const LONGEST_ROUND: usize = 6;

/// Consecutive steps of one process that are told in one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// The steps: one round after another.
    pub(super) steps: Vec<At>,
    /// Steps of a round.
    pub(super) period: usize,
}

/// The groups of some steps; those that stand `alone` are not folded.
pub(super) fn groups(trace: &Trace, steps: &[At], alone: impl Fn(&At) -> bool) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut rest = steps;
    while let Some(first) = rest.first() {
        let own = rest.iter().take_while(|at| at.0 == first.0 && !alone(at)).count();
        let (period, rounds) = best(trace, &rest[..own]);
        let (group, after) = rest.split_at(period * rounds);
        groups.push(Group { steps: group.to_vec(), period });
        rest = after;
    }
    groups
}

/// The loop at the beginning that folds most: the steps of a round, and how many rounds. One step when there is none.
fn best(trace: &Trace, steps: &[At]) -> (usize, usize) {
    let alike = |a: &At, b: &At| key(trace, *a) == key(trace, *b);
    let mut best = (1, 1);
    for period in 1..=LONGEST_ROUND.min(steps.len() / 2) {
        let same = (period..steps.len()).take_while(|i| alike(&steps[*i], &steps[*i - period])).count();
        let rounds = 1 + same / period;
        if rounds > 1 && period * rounds > best.0 * best.1 {
            best = (period, rounds);
        }
    }
    best
}

type Key<'a> = Option<(Op, Option<Method>, Outcome, Option<ObjectId>, Option<&'a Place>, bool)>;

/// What makes two steps alike. Starting, joining and ending are about different processes each time, and stand alone.
fn key(trace: &Trace, at: At) -> Key<'_> {
    let event = event_of(trace, at)?;
    let answer = !event.reads() && event.op.asks() && event.extra == 1;
    Some((event.op, event.method, event.outcome, told_of(trace, at), event.place.as_ref(), answer))
}
