//! What came of all deaths of a role.

use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) kills: u64,
    pub(crate) right: u64,
    pub(crate) told: u64,
    /// Nanoseconds from the death to the result or error, where somebody waited.
    pub(crate) after: Vec<u64>,
    /// What was wrong, each with the number of its round.
    pub(crate) wrong: Vec<String>,
    /// What was left in the end.
    pub(crate) left: Vec<String>,
}

impl Tally {
    pub(crate) fn is_good(&self) -> bool {
        self.wrong.is_empty() && self.left.is_empty()
    }
}
