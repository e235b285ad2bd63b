//! An event. Whoever sets it when it is set, asks, or waits until it is set has only looked.

use super::{Answer, Model, Told};

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnEvent {
    /// Sets it.
    Set,
    /// Clears it.
    Clear,
    /// Asks whether it is set.
    Ask,
    /// Waits until it is set.
    Wait,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::proof) struct Event {
    /// How often it was set or cleared: it is set when that is odd.
    changes: u64,
}

impl Model for Event {
    type Deed = OnEvent;

    fn attempt(&mut self, _: u64, deed: OnEvent) -> Answer {
        let is_set = self.changes % 2 == 1;
        let changes = match deed {
            OnEvent::Set => !is_set,
            OnEvent::Clear => is_set,
            OnEvent::Wait if !is_set => return Answer::Waits(Told::nothing()),
            OnEvent::Ask | OnEvent::Wait => false,
        };
        self.changes += u64::from(changes);
        Answer::Done(Told::counted([self.changes, u64::from(changes)]))
    }
}
