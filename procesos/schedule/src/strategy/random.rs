//! Everybody alike: at each point each of those who can go on is as likely as any other.

use super::Strategy;
use crate::order::Order;
use crate::random::Random;
use crate::state::State;

/// See the module.
#[derive(Debug)]
pub(super) struct Uniform;

impl Strategy for Uniform {
    fn pick(&self, state: &mut State, _order: &Order, enabled: &[usize]) -> usize {
        let count = enabled.len() as u64;
        let index = Random(&mut state.memory[0]).below(count);
        enabled[usize::try_from(index).unwrap_or(0)]
    }
}
