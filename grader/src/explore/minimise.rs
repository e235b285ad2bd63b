//! Fewer interruptions with the same failure: a shorter story is easier to understand.
//!
//! A plan is followed as far as it can be, and after it nobody is interrupted. So it is enough to leave out what does not matter:
//! first the end, then one stretch after another.

use std::time::{Duration, Instant};

use procesos_schedule::Segment;

use crate::Result;

/// How long to look, for all claims of a scenario together.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);
/// Most trials for one claim. With this bound the result does not depend on how fast the machine is, unless it is very slow.
const MOST_TRIALS: usize = 120;

/// The shortest plan found that fails, as it was followed, with what `fails` returned for it; `None` when none shorter fails.
///
/// `fails` runs a plan: the picks that were made, and whatever else is of use, if the failure was the same.
pub(super) fn shortest<T>(
    picks: &[Segment],
    until: Instant,
    mut fails: impl FnMut(Vec<Segment>) -> Result<Option<(Vec<Segment>, T)>>,
) -> Result<Option<(Vec<Segment>, T)>> {
    let mut trials = 0;
    let mut best: Option<(Vec<Segment>, T)> = None;
    let mut plan = picks.to_vec();
    let mut attempt = |plan: &[Segment], best: &mut Option<(Vec<Segment>, T)>| -> Result<bool> {
        trials += 1;
        if trials > MOST_TRIALS || Instant::now() > until {
            return Ok(false);
        }
        let found = fails(plan.to_vec())?;
        let failed = found.is_some();
        if failed {
            *best = found;
        }
        Ok(failed)
    };
    // The end does not matter, as a rule: half of what is left, again and again.
    let (mut low, mut high) = (0, plan.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if attempt(&plan[..middle], &mut best)? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    plan.truncate(high);
    let mut index = plan.len();
    while index > 0 {
        index -= 1;
        let mut shorter = plan.clone();
        shorter.remove(index);
        merge(&mut shorter);
        if attempt(&shorter, &mut best)? {
            plan = shorter;
            index = index.min(plan.len());
        }
    }
    Ok(best)
}

/// Joins neighbours of the same process.
fn merge(plan: &mut Vec<Segment>) {
    plan.dedup_by(|next, last| {
        let same = next.process == last.process;
        if same {
            last.picks = last.picks.saturating_add(next.picks);
        }
        same
    });
}
