//! Nobody is interrupted: whoever runs goes on until it has to wait, then the first one in line goes.

use super::Strategy;
use crate::order::Order;
use crate::process::Status;
use crate::state::State;

/// Picks in a row after which the next one goes all the same: a loop may wait for others without our knowing.
const MOST_IN_A_ROW: u32 = 1_000;

/// See the module.
#[derive(Debug)]
pub(super) struct Calm;

impl Strategy for Calm {
    fn pick(&self, state: &mut State, _order: &Order, enabled: &[usize]) -> usize {
        let last = state.last as usize;
        let mut ready =
            enabled.iter().copied().filter(|slot| state.processes[*slot].status() == Status::Ready);
        if state.in_a_row < MOST_IN_A_ROW && ready.clone().any(|slot| slot == last) {
            return last;
        }
        let after = ready.clone().find(|slot| *slot > last);
        after.or_else(|| ready.next()).unwrap_or(enabled[0])
    }
}
