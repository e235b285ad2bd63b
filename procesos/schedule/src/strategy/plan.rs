//! The picks of an order's plan. What cannot be followed is skipped, and said; after the plan nobody is interrupted.

use super::Strategy;
use super::calm::Calm;
use crate::order::Order;
use crate::state::State;

/// In [`State::memory`]: the segment that is being followed, and its picks so far.
const SEGMENT: usize = 1;
const PICKED: usize = 2;

/// See the module.
#[derive(Debug)]
pub(super) struct Plan;

impl Strategy for Plan {
    fn pick(&self, state: &mut State, order: &Order, enabled: &[usize]) -> usize {
        while let Some(segment) =
            usize::try_from(state.memory[SEGMENT]).ok().and_then(|index| order.plan.get(index)).copied()
        {
            if state.memory[PICKED] < u64::from(segment.picks) {
                match state.slot_of(segment.process).filter(|slot| enabled.contains(slot)) {
                    Some(slot) => {
                        state.memory[PICKED] += 1;
                        return slot;
                    }
                    None => state.deviated = 1,
                }
            }
            state.memory[SEGMENT] += 1;
            state.memory[PICKED] = 0;
        }
        Calm.pick(state, order, enabled)
    }
}
