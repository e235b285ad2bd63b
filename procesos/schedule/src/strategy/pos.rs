//! TODO

use super::Strategy;
use crate::order::Order;
use crate::state::State;

/// See the module.
#[derive(Debug)]
pub(super) struct Pos;

impl Strategy for Pos {
    fn pick(&self, state: &mut State, order: &Order, enabled: &[usize]) -> usize {
        super::random::Uniform.pick(state, order, enabled)
    }
}
