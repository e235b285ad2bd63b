//! Every order of a small run, by trying: a prefix of picks, then whatever comes, again and again with one pick changed.
//!
//! It shares nothing with how the grader explores. Prefixes that lead to the same state, told by what every process has
//! done and in which order on each object, are continued once. Orders with fewer interruptions come first, so that what a
//! bound leaves out are those with many.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::ops::ControlFlow;

use grader::Result;
use grader::run::{Controlled, Execution};
use procesos_schedule::{Fault, Kind, Order, Segment};

use crate::history::History;

/// Picks of an execution after which no other one is tried: it goes round and round.
const MOST_PICKS: usize = 300;

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Search {
    /// A process to be killed.
    pub(crate) fault: Option<Fault>,
    /// Whether the program may let time pass by std's means.
    pub(crate) sleeps: bool,
    /// Executions after which it ends.
    pub(crate) most: usize,
}

/// How far the search came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Searched {
    /// Executions.
    pub(crate) executions: usize,
    /// Whether there is no other order.
    pub(crate) all: bool,
}

/// Runs orders until `look` has seen enough, there is no other, or there were `most`.
///
/// # Errors
/// When the grader cannot run the program.
pub(crate) fn every_order(
    program: &mut Controlled<'_>,
    Search { fault, sleeps, most }: Search,
    mut look: impl FnMut(&Execution) -> ControlFlow<()>,
) -> Result<Searched> {
    let mut waiting = Waiting::default();
    waiting.add(0, Vec::new());
    let mut seen = HashSet::new();
    let mut searched = Searched { executions: 0, all: true };
    while let Some((interruptions, prefix)) = waiting.next() {
        if searched.executions == most {
            return Ok(Searched { all: false, ..searched });
        }
        let order = Order { plan: segments(&prefix), early_timers: true, fault, ..Order::new(Kind::Plan, 0) };
        let execution = program.execute(&order)?;
        searched.executions += 1;
        if look(&execution).is_break() {
            return Ok(Searched { all: false, ..searched });
        }
        let Some(report) = &execution.report else {
            // The program was ended from outside: it serves no other.
            return Ok(Searched { all: false, ..searched });
        };
        searched.all &= !report.external;
        let picks = picks_of(&report.picks);
        if !picks.starts_with(&prefix) {
            // The last one of the prefix could not go on there.
            continue;
        }
        searched.all &= picks.len() < MOST_PICKS;
        let history = History::of(&execution.run.trace, &picks, sleeps);
        for at in prefix.len()..picks.len().min(MOST_PICKS) {
            if !seen.insert(history.state(at)) {
                break;
            }
            let last = at.checked_sub(1).map(|before| picks[before]);
            // Who was picked last and could have gone on is interrupted by anybody else.
            let could_go_on = last.is_some_and(|last| history.may_go_on(at).contains(&last));
            for other in history.may_go_on(at).iter().filter(|other| **other != picks[at]) {
                let interrupts = could_go_on && Some(*other) != last;
                let mut next = picks[..at].to_vec();
                next.push(*other);
                waiting.add(interruptions + usize::from(interrupts), next);
            }
        }
    }
    Ok(searched)
}

/// Prefixes to be tried, those with few interruptions first.
#[derive(Debug, Default)]
pub(crate) struct Waiting(BTreeMap<usize, VecDeque<Vec<u64>>>);

impl Waiting {
    pub(crate) fn add(&mut self, interruptions: usize, prefix: Vec<u64>) {
        self.0.entry(interruptions).or_default().push_back(prefix);
    }

    pub(crate) fn next(&mut self) -> Option<(usize, Vec<u64>)> {
        let mut first = self.0.first_entry()?;
        let (interruptions, prefix) = (*first.key(), first.get_mut().pop_front());
        if first.get().is_empty() {
            first.remove();
        }
        prefix.map(|prefix| (interruptions, prefix))
    }
}

/// One pick after another.
pub(crate) fn picks_of(segments: &[Segment]) -> Vec<u64> {
    segments.iter().flat_map(|segment| std::iter::repeat_n(segment.process, segment.picks as usize)).collect()
}

pub(crate) fn segments(picks: &[u64]) -> Vec<Segment> {
    picks
        .chunk_by(|a, b| a == b)
        .map(|same| Segment { process: same[0], picks: u32::try_from(same.len()).unwrap_or(u32::MAX) })
        .collect()
}
