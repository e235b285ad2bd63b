//! Strategies: who is picked among those who can go on. One file each.
//!
//! A strategy keeps what it remembers in [`State::memory`] and in the `weight` and `priority` of each process, so that it
//! can be asked by whichever process has the token. To add one: a file with a type that implements [`Strategy`], a
//! variant of [`Kind`], a line in [`of`].

mod calm;
mod plan;
mod pos;
mod random;
mod surw;

use serde::{Deserialize, Serialize};

use crate::order::Order;
use crate::state::State;

/// Which strategy picks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nobody is interrupted.
    Calm,
    /// Everybody alike.
    Random,
    /// Partial order sampling.
    Pos,
    /// Selectively uniform random walk.
    Surw,
    /// The picks of an order's plan.
    Plan,
}

/// Picks who goes next.
pub trait Strategy: Sync {
    /// An execution begins: nothing is known of it but the order.
    fn begin(&self, state: &mut State, order: &Order) {
        state.memory[0] = order.seed;
    }

    /// A process has come to be.
    fn began(&self, _state: &mut State, _order: &Order, _slot: usize) {}

    /// A process stands before an operation, which the state describes.
    fn arrived(&self, _state: &mut State, _order: &Order, _slot: usize) {}

    /// A process has made the step that it stood before.
    fn stepped(&self, _state: &mut State, _order: &Order, _slot: usize) {}

    /// Picks one of `enabled`, which are slots, ascending; at least one of them is ready, others may be asleep or about
    /// to ask again.
    fn pick(&self, state: &mut State, order: &Order, enabled: &[usize]) -> usize;
}

/// The strategy of a kind.
#[must_use]
pub fn of(kind: Kind) -> &'static dyn Strategy {
    match kind {
        Kind::Calm => &calm::Calm,
        Kind::Random => &random::Uniform,
        Kind::Pos => &pos::Pos,
        Kind::Surw => &surw::Surw,
        Kind::Plan => &plan::Plan,
    }
}
