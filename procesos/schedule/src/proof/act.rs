//! What a step does to objects.

use super::object::{
    OnBarrier, OnCondition, OnEvent, OnLife, OnLock, OnQueue, OnResults, OnSemaphore, OnTasks, OnValue,
};

/// A step of a process, or an operation that waits at the end of an execution.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// Path of the process.
    pub process: u64,
    /// What it does: mostly one thing to one object.
    pub acts: Vec<Act>,
    /// Whether it waits for as long as it takes where it cannot be done; otherwise it is a step there, too, that fails.
    pub waits: bool,
}

/// What a step does to one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Act {
    /// The object, in one number; a process is the object of its own life.
    pub object: u64,
    /// What is done to it.
    pub deed: Deed,
    /// Whether that could be done; otherwise nothing was changed (it was held, full, empty, closed).
    pub worked: bool,
    /// What the object said it had counted, where it says so: it is compared with what is expected of it.
    pub counted: Option<[u64; 2]>,
}

/// What is done to an object, by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// A value, or anything else that is read and written as a whole.
    Value(OnValue),
    /// A lock.
    Lock(OnLock),
    /// A queue, or one direction of a pipe.
    Queue(OnQueue),
    /// A process.
    Life(OnLife),
    /// An event.
    Event(OnEvent),
    /// A semaphore.
    Semaphore(OnSemaphore),
    /// A condition.
    Condition(OnCondition),
    /// A barrier.
    Barrier(OnBarrier),
    /// The tasks of a pool that nobody has taken.
    Tasks(OnTasks),
    /// The results of a pool.
    Results(OnResults),
}

impl Act {
    /// Something that is done.
    #[must_use]
    pub fn new(object: u64, deed: Deed) -> Self {
        Self { object, deed, worked: true, counted: None }
    }

    /// The same, if it could be done.
    #[must_use]
    pub fn if_worked(self, worked: bool) -> Self {
        Self { worked, ..self }
    }

    /// The same with what the object had counted.
    #[must_use]
    pub fn counting(self, counted: [u64; 2]) -> Self {
        Self { counted: Some(counted), ..self }
    }
}

impl Step {
    /// Whether it does something to `object`.
    pub(super) fn touches(&self, object: u64) -> bool {
        self.acts.iter().any(|act| act.object == object)
    }

    /// The objects that it has to do with, each once.
    pub(super) fn objects(&self) -> impl Iterator<Item = u64> + '_ {
        let is_first = |n: usize| self.acts[..n].iter().all(|act| act.object != self.acts[n].object);
        self.acts.iter().enumerate().filter(move |(n, _)| is_first(*n)).map(|(_, act)| act.object)
    }

    /// Whether it has to do with the same object as `other`.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.acts.iter().any(|act| other.touches(act.object))
    }
}
