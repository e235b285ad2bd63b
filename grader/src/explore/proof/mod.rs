//! The proof that no order is left: what an execution tells the search, and what forbids to say "all".
//!
//! Which steps are independent is said for operations of the library that wait for each other alone. Where time, a kill, a
//! second thread or anything outside the library has to do with what happens, there may be orders that no pick brings
//! about, so nothing is proved: the orders that were tried are what they are. Who asks again and again comes after the others
//! only where no plan says otherwise; a plan lets them ask as often as it likes, so no order is lost by that, and a loop of
//! questions without an end has more orders than are tried.

mod acts;
mod checks;
mod reading;

use procesos_schedule::proof::{Search, Seen, Taken, Trial, Unlike};
use procesos_schedule::{Kind, Order};
use procesos_trace::Op;
use serde::{Deserialize, Serialize};

use super::steps;
use crate::run::{Execution, Process};
use reading::Reading;

/// Why nothing is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// An execution did not come to its end, or not all that it did is known.
    Cut,
    /// Somebody slept, had a time limit, or asked what time it is.
    Time,
    /// A process waited outside the library.
    Outside,
    /// A process was killed, or ended without a word.
    Killed,
    /// A process was not waited for, so that others may not have come to their end.
    Unjoined,
    /// An operation failed in a way of which it is not known what it depends on.
    Failed,
    /// A pipe was nearly full, or an end of it was left open by a process that ended.
    Pipe,
    /// The same picks were other steps than before, or an object did otherwise than such an object does.
    Unlike,
    /// There are more orderings than were to be tried.
    TooMany,
}

/// A search for all orderings of a scenario.
#[derive(Debug)]
pub(super) struct Proof {
    search: Search,
    most_picks: u64,
}

impl Proof {
    pub(super) fn new(most_picks: u64) -> Self {
        Self { search: Search::new(), most_picks }
    }

    /// The order to run next; `None` when there is no other.
    pub(super) fn order(&mut self) -> Option<Order> {
        let Trial { plan, last } = self.search.next()?;
        Some(Order { plan, last, most_picks: self.most_picks, ..Order::new(Kind::Plan, 0) })
    }

    /// Takes what came of the order; false when that had been seen.
    pub(super) fn take(&mut self, execution: &Execution) -> Result<bool, Withheld> {
        let unlike = |_: Unlike| Withheld::Unlike;
        Ok(self.search.take(&seen(execution)?).map_err(unlike)? == Taken::New)
    }
}

/// What an execution is to the search.
///
/// # Errors
/// What forbids to say "all" of the orders of this program.
pub fn seen(execution: &Execution) -> Result<Seen, Withheld> {
    let trace = &execution.run.trace;
    checks::check(execution)?;
    let mut reading = Reading::of(trace);
    for (p, i) in steps::events_in_order(trace, |op| op.is_scheduled() || reading::goes_with_a_step(op)) {
        reading.take(p, i)?;
    }
    reading.into_seen()
}

/// Whether a process came to its end by itself, in the library.
fn has_ended(process: &Process) -> bool {
    process.events.iter().any(|event| event.op == Op::Exit)
}

/// Whether a process is the server of a manager: what it does is a part of the steps of those who ask it.
fn serves(process: &Process) -> bool {
    process.of_library && process.events.is_empty()
}
