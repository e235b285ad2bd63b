//! What a pool's processes meet in: the tasks that nobody has taken, and the results. Both are rows; which results came before others
//! is told, since whoever takes them as they come can tell.

use std::collections::BTreeSet;

use super::{Answer, Model, Told};

/// What is done to the tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnTasks {
    /// Gives tasks.
    Give {
        /// How many.
        count: u64,
    },
    /// Says that there will be no others: each worker takes that as it takes a task.
    Close {
        /// How many workers there are.
        workers: u64,
    },
    /// A worker takes the next one.
    Take,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::proof) struct Tasks {
    given: u64,
    taken: u64,
    /// How many tasks had been given when there were to be no others.
    closed: Option<u64>,
}

impl Model for Tasks {
    type Deed = OnTasks;

    fn attempt(&mut self, _: u64, deed: OnTasks) -> Answer {
        let first = self.given;
        match deed {
            OnTasks::Give { count } => {
                self.given += count;
                Answer::Done(Told::counted([first, 0]))
            }
            OnTasks::Close { workers } => {
                if self.closed.is_none() {
                    self.closed = Some(first);
                    self.given += workers;
                }
                Answer::Done(Told::nothing())
            }
            OnTasks::Take if self.taken < self.given => {
                let is_end = self.closed.is_some_and(|closed| self.taken >= closed);
                self.taken += 1;
                Answer::Done(Told::counted([self.taken - 1, u64::from(is_end)]))
            }
            OnTasks::Take => Answer::Waits(Told::nothing()),
        }
    }
}

/// What is done to the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnResults {
    /// A worker gives back what came of a task.
    Done {
        /// Index of the task.
        task: u64,
    },
    /// Waits until all of some tasks are done.
    Get {
        /// Index of the first one.
        first: u64,
        /// How many.
        count: u64,
    },
    /// Asks whether some are done.
    Ask,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::proof) struct Results {
    done: BTreeSet<u64>,
}

impl Model for Results {
    type Deed = OnResults;

    fn attempt(&mut self, _: u64, deed: OnResults) -> Answer {
        let number = self.done.len() as u64;
        match deed {
            OnResults::Done { task } => {
                self.done.insert(task);
                Answer::Done(Told::apart([number, 0, 0]))
            }
            OnResults::Get { first, count } => {
                let all = (first..first.saturating_add(count)).all(|task| self.done.contains(&task));
                if all { Answer::Done(Told::nothing()) } else { Answer::Waits(Told::nothing()) }
            }
            OnResults::Ask => Answer::Done(Told::apart([number, 0, 0])),
        }
    }
}
