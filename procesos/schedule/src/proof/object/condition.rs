//! A condition, its lock aside. Who has waited longest is notified first.

use std::collections::BTreeMap;

use super::{Answer, Model, Told};

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnCondition {
    /// Comes to wait, in the step that frees the lock.
    Enter,
    /// Waits until it is notified.
    Wait,
    /// Notifies those who wait.
    Notify {
        /// At most so many.
        most: u64,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::proof) struct Condition {
    /// In the order in which they came.
    waiting: Vec<u64>,
    /// Who was notified and has not gone on, with the number of the notification.
    notified: BTreeMap<u64, u64>,
    given: u64,
}

impl Model for Condition {
    type Deed = OnCondition;

    fn attempt(&mut self, process: u64, deed: OnCondition) -> Answer {
        match deed {
            OnCondition::Enter => {
                self.waiting.push(process);
                Answer::Done(Told::nothing())
            }
            OnCondition::Wait => match self.notified.remove(&process) {
                Some(number) => Answer::Done(Told::counted([number, 0])),
                None => Answer::Waits(Told::nothing()),
            },
            OnCondition::Notify { most } => {
                let count = usize::try_from(most).unwrap_or(usize::MAX).min(self.waiting.len());
                let first = self.given;
                for process in self.waiting.drain(..count) {
                    self.notified.insert(process, self.given);
                    self.given += 1;
                }
                Answer::Done(Told::counted([first, count as u64]))
            }
        }
    }
}
