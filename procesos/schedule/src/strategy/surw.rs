//! Selectively uniform random walk (Zhao, Wolff, Mathur and Roychoudhury, "Selectively Uniform Concurrency Testing",
//! ASPLOS 2025).
//!
//! Of the orders in which the operations on one chosen object can happen, each is as likely as any other; everything
//! else is picked uniformly. A process is intended, in proportion to the chosen operations that it still has before it;
//! whoever else comes to one is held back until the intended process has made its own.
//!
//! A process that has not begun counts for the nearest ancestor that has; when the intended process starts one, the
//! intention goes over to it in proportion, so a tree of processes is sampled as evenly as a flat list. What is expected
//! may be wrong, or an order impossible (the intended process waits for one who is held back, or asks in a loop): when only
//! those held back could go on, or after a patience that halves each time, somebody else is intended. A process
//! that waits for the chosen object itself is not intended, and one that meets it more often than expected counts as one.

use super::Strategy;
use crate::order::Order;
use crate::process::Status;
use crate::random::Random;
use crate::state::{MAX_PROCESSES, State};

/// In [`State::memory`]: one more than the intended slot, or 0; picks since it is; picks after which it no longer is.
const INTENDED: usize = 1;
const WAITED: usize = 2;
const PATIENCE: usize = 3;
/// Picks that others make at most until the first intended process has come to its operation, and at least later on.
/// The sum over all operations stays far below what an execution may take.
const MOST_PATIENCE: u64 = 1_000;
const LEAST_PATIENCE: u64 = 16;

/// See the module.
#[derive(Debug)]
pub(super) struct Surw;

impl Strategy for Surw {
    fn begin(&self, state: &mut State, order: &Order) {
        state.memory[0] = order.seed;
        state.memory[PATIENCE] = MOST_PATIENCE;
    }

    fn began(&self, state: &mut State, order: &Order, slot: usize) {
        let path = state.processes[slot].path;
        let weight = order.expected_under(path);
        state.processes[slot].weight = weight;
        let parent = order.parent_of(path).and_then(|parent| state.slot_of(parent));
        let Some(parent) = parent else { return };
        let before = state.processes[parent].weight;
        state.processes[parent].weight = before.saturating_sub(weight);
        if intended(state) == Some(parent) && Random(&mut state.memory[0]).below(before) < weight {
            intend(state, Some(slot));
        }
    }

    fn stepped(&self, state: &mut State, order: &Order, slot: usize) {
        if is_chosen(state, order, slot) {
            let process = &mut state.processes[slot];
            process.weight = process.weight.saturating_sub(1);
            intend(state, None);
        }
    }

    fn pick(&self, state: &mut State, order: &Order, enabled: &[usize]) -> usize {
        review(state, order);
        let mut free = [0; MAX_PROCESSES];
        loop {
            let mut count = 0;
            for &slot in enabled {
                if !is_chosen(state, order, slot) || intended(state).is_none_or(|intended| intended == slot) {
                    free[count] = slot;
                    count += 1;
                }
            }
            if count == 0 {
                let stuck = weighed(state, order, enabled.iter().copied());
                intend(state, stuck);
                continue;
            }
            let slot = super::random::Uniform.pick(state, order, &free[..count]);
            if !is_chosen(state, order, slot) || intended(state).is_some() {
                return slot;
            }
            let one = weighed(state, order, 0..state.used());
            intend(state, one);
            if one == Some(slot) || one.is_none() {
                return slot;
            }
        }
    }
}

/// Whether the process in `slot` stands before an operation on the chosen object.
fn is_chosen(state: &State, order: &Order, slot: usize) -> bool {
    order.object != 0 && state.processes[slot].object == order.object
}

fn intended(state: &State) -> Option<usize> {
    usize::try_from(state.memory[INTENDED]).ok()?.checked_sub(1)
}

fn intend(state: &mut State, slot: Option<usize>) {
    state.memory[INTENDED] = slot.map_or(0, |slot| slot as u64 + 1);
    state.memory[WAITED] = 0;
}

/// Gives up an intention that cannot come true, or takes too long.
fn review(state: &mut State, order: &Order) {
    let Some(slot) = intended(state) else { return };
    state.memory[WAITED] += 1;
    if state.memory[WAITED] > state.memory[PATIENCE] {
        state.memory[PATIENCE] = (state.memory[PATIENCE] / 2).max(LEAST_PATIENCE);
        intend(state, None);
    } else if weight(state, order, slot) == 0 {
        intend(state, None);
    }
}

/// The chosen operations that the process in `slot` still has before it, as far as it could come to them.
fn weight(state: &State, order: &Order, slot: usize) -> u64 {
    let process = &state.processes[slot];
    let before_one = is_chosen(state, order, slot);
    match process.status() {
        Status::Unknown | Status::External | Status::Ended => 0,
        Status::Waiting if before_one => 0,
        Status::Ready | Status::Waiting | Status::Polling => process.weight.max(u64::from(before_one)),
    }
}

/// One of `slots`, in proportion to their weights; none when they have none.
fn weighed(state: &mut State, order: &Order, slots: impl Iterator<Item = usize> + Clone) -> Option<usize> {
    let total = slots.clone().map(|slot| weight(state, order, slot)).sum();
    let mut left = Random(&mut state.memory[0]).below(total);
    for slot in slots {
        let weight = weight(state, order, slot);
        if left < weight {
            return Some(slot);
        }
        left -= weight;
    }
    None
}
