//! Where two steps could have come the other way round: who has to be tried there as well.

use super::act::Step;
use super::past::Past;

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
    past: &'a Past,
    later: &'a Step,
    end: usize,
) -> impl Iterator<Item = Alternative> + 'a {
    let arrived = past.last_of(later.process, end);
    (0..end).rev().filter_map(move |at| {
        let earlier = past.step(at);
        let may = earlier.process != later.process
            && earlier.meets(later)
            && arrived.is_none_or(|arrived| arrived < at || !past.is_before(at, arrived));
        if !may {
            return None;
        }
        // What would have happened without the earlier one, up to the later one.
        let made = |index: usize| at < index && index < end && !past.is_before(at, index);
        let lets = |object| past.state(object, at, made).lets(later, object);
        if !later.objects().all(lets) || !past.sets_apart(at, later, at, made) {
            return None;
        }
        let between: Vec<usize> = (at + 1..end).filter(|index| made(*index)).collect();
        Some(Alternative { at, initials: initials(past, later, at, &between) })
    })
}

/// Processes whose step comes after no other one of those `between` and `later`, which is made after them instead of step `at`.
fn initials(past: &Past, later: &Step, at: usize, between: &[usize]) -> Vec<u64> {
    let is_first = |n: usize, index: usize| between[..n].iter().all(|before| !past.is_before(*before, index));
    let first = between.iter().enumerate().filter(|(n, index)| is_first(*n, **index));
    let mut initials: Vec<u64> = Vec::new();
    // The most direct way is tried rather than others.
    initials.extend((!has_to_follow(past, later, at, between)).then_some(later.process));
    initials.extend(first.map(|(_, index)| past.step(*index).process));
    initials
}

/// Whether `later` comes after any of the steps `between`.
fn has_to_follow(past: &Past, later: &Step, at: usize, between: &[usize]) -> bool {
    if between.iter().any(|index| past.step(*index).process == later.process) {
        return true;
    }
    // As long as it comes after none of the last ones, it can be made before them.
    (0..between.len()).rev().any(|n| {
        let index = between[n];
        past.step(index).meets(later)
            && past.sets_apart(index, later, at, |other| between[..n].contains(&other))
    })
}
