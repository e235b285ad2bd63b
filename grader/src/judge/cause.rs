//! Why something went wrong, as data: who and what it is about, and the first cause, of which the rest is a consequence.

use procesos_trace::{Method, ObjectKind, Op};

use crate::run::Place;

/// A process, for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// `P0` for the program's first process, `P1`, `P1.2`...
    pub id: String,
    /// The name that the program gave it, or its function and a number.
    pub name: String,
    /// Whether it is the program's first process, "the parent".
    pub first: bool,
}

/// An object, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// What it is.
    pub kind: ObjectKind,
    /// The variable that holds it where it was made, or the name that the driver gave it.
    pub name: Option<String>,
    /// Where it was made.
    pub made_at: Option<Place>,
}

impl Thing {
    /// Whether a manager keeps it, or the whole of which it is a part.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        matches!(self.kind, ObjectKind::List | ObjectKind::Dict | ObjectKind::Kept)
    }
}

/// One process that cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Who.
    pub who: Who,
    /// In which operation.
    pub op: Op,
    /// Where.
    pub place: Option<Place>,
    /// On which object.
    pub thing: Option<Thing>,
    /// For whom, in a join; who holds the lock, in an acquire.
    pub on: Option<Who>,
    /// How long ago it began to wait, in milliseconds, when the grader ended the run.
    pub milliseconds: u64,
}

/// A message that a process received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Who.
    pub who: Who,
    /// The variant.
    pub label: String,
    /// Where.
    pub place: Place,
}

/// Why nobody can go on: the first cause, the rest being its consequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Somebody gets from an empty queue and nobody will put.
    NobodyPuts {
        /// The queue.
        queue: Thing,
        /// How many wait in get.
        getters: usize,
        /// Processes that ever got, or tried to get, from the queue.
        consumers: usize,
        /// Messages put so far, by variant (`None` for messages that are no enum), in order of first appearance.
        put: Vec<(Option<String>, usize)>,
        /// Where the message of the last variant was put last (the end mark, usually).
        last_put: Option<Place>,
    },
    /// Somebody gets from a queue into which nothing was put, and messages were put into another from which nobody gets.
    PutElsewhere {
        /// The queue.
        queue: Thing,
        /// Where the other one was made.
        other: Option<Place>,
        /// How many messages were put into that.
        put: usize,
    },
    /// Somebody puts into a full queue and nobody will get.
    NobodyGets {
        /// The queue.
        queue: Thing,
        /// Its capacity.
        capacity: u64,
        /// How many wait in put.
        putters: usize,
        /// Where the first process waits in join meanwhile, if it does.
        join: Option<Place>,
    },
    /// Both ends of a pipe wait to receive.
    BothReceive {
        /// What each of those that wait received last from the other end, if its message is a variant.
        heard: Vec<Heard>,
    },
    /// One waits in join for another that waits to receive what the first would send.
    JoinBeforeTalking {
        /// Where the join is.
        join: Option<Place>,
        /// Where the other waits.
        receive: Option<Place>,
    },
    /// Somebody receives and the other end is held by a process that will not send.
    NobodySends,
    /// The sender has no credit left: the other side does not receive.
    NobodyReceives {
        /// Messages sent and not received.
        on_their_way: u64,
    },
    /// Somebody waits for a lock that another one holds while it waits too.
    LockNeverReleased {
        /// Who holds it.
        holder: Option<Who>,
        /// Where it was taken.
        taken_at: Option<Place>,
    },
    /// Several locks, taken in different orders.
    LockOrder,
    /// Somebody waits for an event that nobody will set.
    NobodySets {
        /// The event.
        event: Thing,
        /// Where it was cleared last, after it had been set.
        cleared_at: Option<Place>,
    },
    /// Somebody waits for a permit that nobody will give.
    NobodyReleases {
        /// The semaphore.
        semaphore: Thing,
        /// Who has one and waits too.
        holder: Option<Who>,
        /// Where that was taken.
        taken_at: Option<Place>,
    },
    /// Several semaphores, of which permits were taken in different orders.
    PermitOrder,
    /// Somebody waits to be notified and nobody will.
    NobodyNotifies {
        /// The condition.
        condition: Thing,
        /// Where it was notified last when nobody waited.
        unheard: Option<Place>,
    },
    /// Fewer have arrived at a barrier than it is for, and nobody else will.
    TooFewArrive {
        /// The barrier.
        barrier: Thing,
        /// How many it is for.
        parties: u64,
        /// How many wait at it.
        arrived: u64,
    },
    /// Somebody waits until all items of a queue have been dealt with, and not all will be.
    TasksNotDone {
        /// The queue.
        queue: Thing,
        /// Items put.
        put: u64,
        /// How often it was said that one has been dealt with.
        done: u64,
    },
    /// None of the above.
    Other,
}

/// Why an update of a shared value can be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LostCause {
    /// No lock was taken around it.
    NoLock,
    /// A permit was taken around it, of a semaphore that lets several in at once.
    ManyPermits {
        /// The semaphore.
        semaphore: Thing,
        /// How many permits it was made with.
        permits: u64,
    },
    /// The lock was taken and released before the value was used.
    ReleasedAtOnce {
        /// Where it was taken.
        place: Option<Place>,
    },
    /// Each process took a lock of its own.
    DifferentLocks {
        /// How many there are.
        count: usize,
        /// Where they are made.
        made_at: Option<Place>,
    },
    /// The read is outside the lock that guards the write.
    ReadOutside,
    /// The write is outside the lock that guards the read.
    WriteOutside,
    /// The lock was released and taken again between read and write.
    ReleasedBetween {
        /// Where it was released.
        place: Option<Place>,
    },
    /// This process holds a lock, but the other one writes without it.
    OtherWithoutLock {
        /// Where the other one writes.
        place: Option<Place>,
    },
}

/// One step of the possible order in which an update is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Who.
    pub who: Who,
    /// What it is for the value: [`Op::ValueGet`] or [`Op::ValueSet`].
    pub op: Op,
    /// What was called, where a manager keeps the value.
    pub method: Option<Method>,
    /// The value read or written.
    pub value: String,
    /// The value afterwards.
    pub after: String,
    /// Where.
    pub place: Option<Place>,
}

/// Why items are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingCause {
    /// A consumer took "empty now" for "finished".
    EmptyTakenForEnd {
        /// Who.
        who: Who,
        /// Where it asked (`is_empty` or `try_get`).
        place: Option<Place>,
    },
    /// A consumer took a time limit for the end.
    TimeoutTakenForEnd {
        /// Who.
        who: Who,
        /// Where.
        place: Option<Place>,
    },
    /// Messages were put behind the end mark and nobody got them.
    PutAfterEnd {
        /// The variant of the message that ended the consumers.
        mark: Option<String>,
        /// Where the mark was put.
        mark_at: Option<Place>,
        /// Messages left in the queue.
        left: u64,
    },
    /// They were never put.
    NeverPut,
    /// They were got, and never noted.
    GotNotNoted,
    /// Not known.
    Unknown,
}
