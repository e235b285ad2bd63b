//! What a step does to objects, and which two steps cannot be exchanged.

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
}

/// What is done to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Reads a value.
    Read,
    /// Writes a value.
    Write,
    /// Takes a lock.
    Acquire,
    /// Frees a lock.
    Release,
    /// Puts into a queue, or sends in one direction of a pipe.
    Put {
        /// Items that fit.
        room: u64,
    },
    /// Gets from a queue, or receives from one direction of a pipe.
    Get,
    /// Looks whether a queue is empty, or whether something can be received.
    Look,
    /// Closes the end that sends.
    NoMorePuts,
    /// Closes the end that receives.
    NoMoreGets,
    /// Starts a process.
    Start,
    /// A process begins.
    Begin,
    /// A process ends.
    End,
    /// Waits for the end of a process.
    Join,
    /// Asks whether a process has not ended.
    AskAlive,
}

impl Act {
    /// Something that is done.
    #[must_use]
    pub fn new(object: u64, deed: Deed) -> Self {
        Self { object, deed, worked: true }
    }

    /// The same, if it could be done.
    #[must_use]
    pub fn if_worked(self, worked: bool) -> Self {
        Self { worked, ..self }
    }

    /// Whether this act and `other` could not be exchanged where both can be done next.
    pub(super) fn clashes_with(&self, other: &Self) -> bool {
        use Deed::{
            Acquire, AskAlive, Begin, End, Get, Join, Look, NoMoreGets, NoMorePuts, Put, Read, Release,
            Start, Write,
        };
        if self.object != other.object {
            return false;
        }
        match (self.seen(), other.seen()) {
            (Read, Read) => false,
            (Read | Write, _) => true,
            // A lock: what failed has only looked.
            (Acquire, Acquire) => self.worked || other.worked,
            (Acquire | Release, _) => true,
            // A queue, or one direction of a pipe. Where one can put and another can get, there is both room and an item.
            (Put { .. }, Get) | (Get, Put { .. }) => false,
            (Look, Look) => false,
            (NoMorePuts, Get | NoMoreGets) | (Get | NoMoreGets, NoMorePuts) => false,
            (Put { .. } | Get | Look | NoMorePuts | NoMoreGets, _) => true,
            // The life of a process.
            (Start, Begin) | (Begin, Start) => true,
            (End, Join | AskAlive) | (Join | AskAlive, End) => true,
            (Start | Begin | End | Join | AskAlive, _) => false,
        }
    }

    /// What others can tell: who could not put or get has only looked.
    fn seen(&self) -> Deed {
        match self.deed {
            Deed::Put { .. } | Deed::Get if !self.worked => Deed::Look,
            deed => deed,
        }
    }
}

impl Step {
    /// Whether this step and `other` could not be exchanged where both can be done next.
    pub(super) fn clashes_with(&self, other: &Self) -> bool {
        self.acts.iter().any(|own| other.acts.iter().any(|act| own.clashes_with(act)))
    }

    /// Whether it has to do with the same object as `other`.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.acts.iter().any(|own| other.acts.iter().any(|act| own.object == act.object))
    }
}
