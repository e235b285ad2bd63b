//! Fewer interruptions with the same failure: a shorter story is easier to understand.
//!
//! A plan is followed as far as it can be, and after it nobody is interrupted. So it is enough to leave out what does not matter,
//! and to let everybody go on for as long as possible. The result depends on the program alone, not on how fast the machine
//! is, unless it is very slow.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use procesos_schedule::Segment;

use crate::Result;

/// How long to look, for all claims of a scenario together. Only a very busy machine needs it: trials are counted.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Most trials for one claim, and fewest of a long order.
const MOST_TRIALS: usize = 160;
const FEWEST_TRIALS: usize = 24;
/// Picks of all trials for one claim together, if each had as many as the order that failed.
const PICKS_OF_ALL: usize = 320_000;
/// A process that is picked so often is picked until it has to wait.
const UNTIL_IT_WAITS: u32 = u32::MAX;

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shortest<T> {
    /// The plan, no longer than it has to be.
    pub(super) plan: Vec<Segment>,
    /// What was returned for it.
    pub(super) seen: T,
}

/// The shortest plan found that fails, with what `fails` returned for it; `None` when not even `picks` does.
///
/// `fails` runs a plan: the picks that were made, and whatever else is of use, if the failure was the same.
pub(super) fn shortest<T>(
    picks: &[Segment],
    until: Instant,
    fails: impl FnMut(Vec<Segment>) -> Result<Option<(Vec<Segment>, T)>>,
) -> Result<Option<Shortest<T>>> {
    let mut search =
        Search { fails, until, left: trials(picks), known: HashSet::new(), plan: picks.to_vec(), best: None };
    // Many failures need no interruption at all. Otherwise, whether it can be repeated; then the end does not matter, as a
    // rule.
    if !search.fails(Vec::new())? && !search.fails(picks.to_vec())? {
        return Ok(None);
    }
    search.cut()?;
    loop {
        let before = search.plan.clone();
        search.leave_out()?;
        search.let_go_on()?;
        search.exchange()?;
        if search.plan == before {
            break;
        }
    }
    search.write_out()?;
    let Search { plan, best, .. } = search;
    Ok(best.map(|(_, seen)| Shortest { plan, seen }))
}

/// Trials for an order: the longer it is, the longer each takes.
fn trials(picks: &[Segment]) -> usize {
    let picks: usize = picks.iter().map(|segment| segment.picks as usize).sum();
    (PICKS_OF_ALL / picks.max(1)).clamp(FEWEST_TRIALS, MOST_TRIALS)
}

/// A search under way.
struct Search<T, F> {
    fails: F,
    until: Instant,
    /// Trials that may still be made.
    left: usize,
    /// Plans that were tried.
    known: HashSet<Vec<Segment>>,
    /// The best plan so far.
    plan: Vec<Segment>,
    /// What came of it: its picks, and what else is of use.
    best: Option<(Vec<Segment>, T)>,
}

impl<T, F: FnMut(Vec<Segment>) -> Result<Option<(Vec<Segment>, T)>>> Search<T, F> {
    /// Whether a plan fails; then it is the best one.
    fn fails(&mut self, plan: Vec<Segment>) -> Result<bool> {
        if self.left == 0 || !self.known.insert(plan.clone()) || Instant::now() > self.until {
            return Ok(false);
        }
        self.left -= 1;
        let found = (self.fails)(plan.clone())?;
        let failed = found.is_some();
        if failed {
            self.plan = plan;
            self.best = found;
        }
        Ok(failed)
    }

    /// Looks for the shortest beginning that is enough: half of what is left, again and again.
    fn cut(&mut self) -> Result<()> {
        let whole = self.plan.clone();
        let (mut low, mut high) = (0, whole.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.fails(whole[..middle].to_vec())? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(())
    }

    /// Leaves out what does not matter: whole processes, then long stretches, then short ones.
    fn leave_out(&mut self) -> Result<()> {
        let mut processes: Vec<u64> = self.plan.iter().map(|segment| segment.process).collect();
        processes.sort_unstable();
        processes.dedup();
        for process in processes {
            let others = self.plan.iter().copied().filter(|segment| segment.process != process);
            self.fails(merged(others))?;
        }
        let mut size = self.plan.len() / 2;
        while size > 0 {
            let mut end = self.plan.len();
            while end > 0 {
                let begin = end.saturating_sub(size);
                let rest = self.plan[..begin].iter().chain(&self.plan[end..]);
                self.fails(merged(rest.copied()))?;
                end = begin.min(self.plan.len());
            }
            size /= 2;
        }
        Ok(())
    }

    /// Lets everybody go on until they have to wait, where that changes nothing.
    fn let_go_on(&mut self) -> Result<()> {
        for index in (0..self.plan.len()).rev() {
            let Some(segment) = self.plan.get(index) else { continue };
            let longer = Segment { picks: UNTIL_IT_WAITS, ..*segment };
            let before = self.plan[..index].iter().copied();
            self.fails(merged(before.chain([longer]).chain(self.plan[index + 1..].iter().copied())))?;
        }
        Ok(())
    }

    /// Exchanges neighbours where that joins two stretches of a process.
    fn exchange(&mut self) -> Result<()> {
        let mut index = self.plan.len();
        while index > 2 {
            index -= 1;
            let Some([first, .., last]) = self.plan.get(index - 2..=index) else { continue };
            if first.process == last.process {
                let mut other = self.plan.clone();
                other.swap(index - 1, index);
                self.fails(merged(other))?;
            }
        }
        Ok(())
    }

    /// Writes out how often everybody is picked, no more than is needed, and leaves out what happens by itself.
    fn write_out(&mut self) -> Result<()> {
        let Some((followed, _)) = &self.best else { return Ok(()) };
        let followed = followed.clone();
        self.left = self.left.max(MOST_TRIALS / 4);
        self.known.clear();
        self.fails(followed)?;
        self.cut()?;
        for index in (0..self.plan.len()).rev() {
            let (mut low, mut high) = (1, self.plan[index].picks);
            while low < high {
                let middle = u32::midpoint(low, high);
                let mut other = self.plan.clone();
                other[index].picks = middle;
                if self.fails(other)? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
        }
        Ok(())
    }
}

/// A plan with neighbours of the same process joined.
pub(super) fn merged(segments: impl IntoIterator<Item = Segment>) -> Vec<Segment> {
    let mut plan: Vec<Segment> = segments.into_iter().collect();
    plan.dedup_by(|next, last| {
        let same = next.process == last.process;
        if same {
            last.picks = last.picks.saturating_add(next.picks);
        }
        same
    });
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two processes that read and write; a plan fails when one of them reads before the other has written.
    ///
    /// Each has ten steps of its own, of which the fifth is the read and the sixth the write.
    fn races(plan: &[Segment]) -> Option<(Vec<Segment>, Vec<u64>)> {
        const STEPS: u32 = 10;
        let mut done = [0u32; 3];
        let mut order = Vec::new();
        let mut go = |process: u64, picks: u32| {
            let own = &mut done[usize::try_from(process).expect("small")];
            let picks = picks.min(STEPS - *own);
            *own += picks;
            order.extend(std::iter::repeat_n(process, picks as usize));
        };
        for segment in plan {
            go(segment.process, segment.picks);
        }
        let last = plan.last().map_or(0, |segment| segment.process);
        for process in (last..3).chain(0..last) {
            go(process, STEPS);
        }
        let at = |process: u64, step: usize| {
            let own = order.iter().enumerate().filter(|(_, one)| **one == process);
            own.map(|(index, _)| index).nth(step).expect("made")
        };
        let lost = at(1, 4) < at(2, 5) && at(2, 4) < at(1, 5);
        let followed = merged(order.iter().map(|process| Segment { process: *process, picks: 1 }));
        lost.then_some((followed, order))
    }

    fn segment(process: u64, picks: u32) -> Segment {
        Segment { process, picks }
    }

    fn shortened(picks: &[Segment]) -> Option<Vec<Segment>> {
        let until = Instant::now() + Duration::from_secs(60);
        let found = shortest(picks, until, |plan| Ok(races(&plan))).expect("no fault");
        found.map(|found| found.plan)
    }

    #[test]
    fn one_interruption_is_left_of_many() {
        let alternating: Vec<Segment> =
            (0..10).flat_map(|_| [segment(2, 1), segment(0, 1), segment(1, 1)]).collect();
        let plan = shortened(&alternating).expect("it fails");
        assert!(plan.len() <= 2, "{plan:?}");
        // It stands where it has to: right after the read.
        assert_eq!(plan[0].picks, 5, "{plan:?}");
        assert_eq!(plan, shortened(&alternating).expect("again"));
    }

    #[test]
    fn what_does_not_fail_is_not_shortened() {
        assert_eq!(shortened(&[segment(1, 10), segment(2, 10)]), None);
    }

    #[test]
    fn trials_are_counted() {
        let picks: Vec<Segment> = (0..1_000).map(|index| segment(index % 3, 1)).collect();
        let mut trials = 0;
        let until = Instant::now() + Duration::from_secs(60);
        let found = shortest(&picks, until, |plan| {
            trials += 1;
            Ok((plan.len() > 500).then_some((plan, ())))
        });
        assert!(found.expect("no fault").is_some());
        assert!(trials <= MOST_TRIALS + MOST_TRIALS / 4, "{trials}");
    }
}
