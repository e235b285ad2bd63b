//! Where two steps could have come the other way round: who has to be tried there as well.

use super::act::Step;
use super::object::Object;
use super::past::{Numbered, Past};

/// Somebody has to be tried at a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Alternative {
    /// Which step it would be instead of.
    pub(super) at: usize,
    /// With any one of these processes an order begins in which the two come the other way round.
    pub(super) initials: Vec<u64>,
}

/// The steps before which `later` could have come, last ones first; `end` steps were made when it was, or would have been.
pub(super) fn alternatives<'a>(
    past: &'a Past<'a>,
    later: &'a Step,
    end: usize,
) -> impl Iterator<Item = Alternative> + 'a {
    let arrived = past.steps[..end].iter().rposition(|step| step.process == later.process);
    (0..end).rev().filter_map(move |at| {
        let earlier = &past.steps[at];
        let may = earlier.process != later.process
            && earlier.meets(later)
            && arrived.is_none_or(|arrived| arrived < at || !past.is_before(at, arrived));
        if !may {
            return None;
        }
        // What would have happened without the earlier one, up to the later one.
        let between: Vec<usize> = (at + 1..end).filter(|index| !past.is_before(at, *index)).collect();
        let there = there(past, later, at, &between)?;
        let acts = Step { acts: there.iter().map(|(act, _)| *act).collect(), ..later.clone() };
        earlier
            .clashes_with(&acts)
            .then(|| Alternative { at, initials: initials(past, later, &between, &there) })
    })
}

/// What `later` would do after the first `at` steps and those `between`; `None` when it would have to wait there.
fn there(past: &Past<'_>, later: &Step, at: usize, between: &[usize]) -> Option<Vec<Numbered>> {
    let acts = later.acts.iter().map(|act| {
        let before = past.steps[..at].iter().chain(between.iter().map(|index| &past.steps[*index]));
        let object = Object::after(act.object, before);
        let worked = object.expects(later.process, act, later.waits)?;
        Some((act.if_worked(worked), object.number(act)))
    });
    acts.collect()
}

/// Processes whose step comes after no other one of those `between` and `later`, which does `there`.
fn initials(past: &Past<'_>, later: &Step, between: &[usize], there: &[Numbered]) -> Vec<u64> {
    let is_first = |n: usize, index: usize| between[..n].iter().all(|before| !past.is_before(*before, index));
    let first = between.iter().enumerate().filter(|(n, index)| is_first(*n, **index));
    let mut initials: Vec<u64> = Vec::new();
    let follows = between
        .iter()
        .any(|index| past.steps[*index].process == later.process || past.is_before_acts(*index, there));
    // The most direct way is tried rather than others.
    initials.extend((!follows).then_some(later.process));
    initials.extend(first.map(|(_, index)| past.steps[*index].process));
    initials
}
