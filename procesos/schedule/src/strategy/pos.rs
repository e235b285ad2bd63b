//! Partial order sampling (Yuan, Yang and Gu, "Partial Order Aware Concurrency Sampling", CAV 2018).
//!
//! Every pending operation has a random priority, and the highest that can go on goes. After a step, the operations that
//! conflict with it draw anew, and so does the next one of the process that stepped: independent operations keep their
//! order relative to each other, so far fewer schedules differ in nothing that matters.
//!
//! What the paper leaves open: an attempt that has to wait is no step, so its operation keeps its priority until a
//! conflicting step (which is what ends its waiting) draws it anew; a question that is asked again is a new operation;
//! the end of a sleep that may come early is an event of its own, with its own priority, or else a sleep that was picked
//! for its high priority would always end at once.

use super::Strategy;
use crate::order::Order;
use crate::process::Status;
use crate::random::Random;
use crate::state::State;

/// In the weight of a process: what its priority was drawn for.
const OPERATION: u64 = 0;
const AWAKENING: u64 = 1;

/// See the module.
#[derive(Debug)]
pub(super) struct Pos;

impl Strategy for Pos {
    fn began(&self, state: &mut State, _order: &Order, slot: usize) {
        draw(state, slot, OPERATION);
    }

    fn arrived(&self, state: &mut State, _order: &Order, slot: usize) {
        draw(state, slot, OPERATION);
    }

    fn stepped(&self, state: &mut State, _order: &Order, slot: usize) {
        let step = state.processes[slot];
        for other in 0..state.used() {
            let process = &state.processes[other];
            let pending = matches!(process.status(), Status::Ready | Status::Waiting | Status::Polling);
            if other != slot && pending && process.conflicts_with(&step) {
                draw(state, other, OPERATION);
            }
        }
    }

    fn pick(&self, state: &mut State, _order: &Order, enabled: &[usize]) -> usize {
        for &slot in enabled {
            let process = &state.processes[slot];
            if process.status() == Status::Waiting && process.weight != AWAKENING {
                draw(state, slot, AWAKENING);
            }
        }
        let highest = enabled.iter().copied().max_by_key(|slot| state.processes[*slot].priority);
        highest.unwrap_or(enabled[0])
    }
}

fn draw(state: &mut State, slot: usize, purpose: u64) {
    state.processes[slot].priority = Random(&mut state.memory[0]).number();
    state.processes[slot].weight = purpose;
}
