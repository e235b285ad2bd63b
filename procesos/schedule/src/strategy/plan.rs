//! The picks of an order's plan. What cannot be followed is skipped, and said; after the plan nobody is interrupted, and
//! those whom the order wants last come last.

use super::Strategy;
use super::calm::Calm;
use crate::order::Order;
use crate::process::Status;
use crate::state::{MAX_PROCESSES, State};

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
        let mut others = [0; MAX_PROCESSES];
        let mut count = 0;
        for &slot in enabled.iter().filter(|_| !order.last.is_empty()) {
            let process = &state.processes[slot];
            if process.status() == Status::Ready && !order.last.contains(&process.path) {
                others[count] = slot;
                count += 1;
            }
        }
        Calm.pick(state, order, if count == 0 { enabled } else { &others[..count] })
    }
}
