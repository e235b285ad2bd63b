//! One event: what a process did to an object, when, and from where.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Declares a `u8` enum with the conversion back from its number.
macro_rules! numbered {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $number:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $name { $($(#[$variant_meta])* $variant = $number,)* }

        impl $name {
            /// The variant with this number; `None` for a number that this version does not know.
            #[must_use]
            pub fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

numbered! {
    /// What was done. Acquiring operations take effect before their `end` stamp, releasing ones after their `begin` stamp.
    Op {
        /// A process begins (its first event).
        Begin = 1,
        /// A process ends by itself; `value` is the exit code.
        Exit = 2,
        /// A process starts another; `value` is the child's slot.
        Start = 3,
        /// Waits for a child; `value` is its slot, `extra` its exit code (negative: signal).
        Join = 4,
        /// Asks whether a child lives; `value` is its slot, `extra` is 1 when it does.
        IsAlive = 5,
        /// Sends a child the signal to terminate; `value` is its slot.
        Terminate = 6,
        /// A child that nobody had joined when its parent's work ended; `value` is its slot, `extra` is 1 when it still ran.
        Unjoined = 7,
        /// Takes a lock; `version` counts acquisitions.
        LockAcquire = 10,
        /// Frees a lock; `version` is that of its acquisition.
        LockRelease = 11,
        /// Reads a value; `version` counts writes, `value` holds the bits.
        ValueGet = 12,
        /// Writes a value; `version` counts writes, `value` holds the bits.
        ValueSet = 13,
        /// Puts an item; `version` is its index from 0, `value` its bytes, the label its enum variant.
        QueuePut = 14,
        /// Gets an item; `version` is its index from 0, `value` its bytes.
        QueueGet = 15,
        /// Asks whether a queue is empty; `extra` is 1 when it is, `version` counts items got.
        QueueIsEmpty = 16,
        /// Sends a message; `version` is its index from 0 in that direction, `value` its bytes, the label its enum variant.
        Send = 17,
        /// Receives a message; `version` is its index from 0 in that direction, `value` its bytes.
        Recv = 18,
        /// Asks whether something can be received; `extra` is 1 when it can.
        Poll = 19,
        /// Closes an end of a pipe.
        Close = 20,
        /// Sleeps; `value` is nanoseconds.
        Sleep = 21,
        /// An object is made; `value` is its capacity (parties of a barrier, elements of an array, permits of a semaphore), its first
        /// bits, or the ordinal of the other end of a pipe; `extra` is the first bits of an array's first element.
        Create = 30,
        /// The driver names an object; the label is the name.
        Name = 31,
        /// The driver calls a function of the exercise; the label is its name.
        Call = 32,
        /// That function returned; `extra` is 1 for an error.
        Returned = 33,
        /// The driver's closure returned; `extra` is 1 for an error.
        Finished = 34,
        /// A panic; the label is the message.
        Panic = 35,
        /// Sets an event; `version` counts its changes, `extra` is 1 when it was not set before.
        EventSet = 40,
        /// Clears an event; `version` counts its changes, `extra` is 1 when it was set before.
        EventClear = 41,
        /// Asks whether an event is set; `extra` is 1 when it is, `version` counts its changes.
        EventIsSet = 42,
        /// Waits until an event is set; `version` is that of the set which let it go on.
        EventWait = 43,
        /// Takes a permit of a semaphore; `version` is the index of the acquisition from 0.
        SemaphoreAcquire = 44,
        /// Gives a permit to a semaphore; `version` is the index of the release from 0, `extra` is 1 when it is one that was taken.
        SemaphoreRelease = 45,
        /// Keeps a permit for good: it will not be given back.
        SemaphoreConsume = 46,
        /// Asks how many permits a semaphore has left; `extra` is how many.
        SemaphoreAvailable = 47,
        /// Waits until a condition is notified; `version` is the index of the notification from 0.
        ConditionWait = 48,
        /// Notifies a condition; `version` is the index of its first notification, `value` how many were asked for (0: all),
        /// `extra` how many were waiting and go on.
        ConditionNotify = 49,
        /// Arrives at a barrier; `version` is the generation, `extra` how many had arrived before.
        BarrierArrive = 50,
        /// Waits until all have arrived at a barrier; `version` is the generation, and `value` when it has no effect.
        BarrierWait = 51,
        /// Breaks a barrier; `version` is the generation, `extra` how many were waiting in it.
        BarrierAbort = 52,
        /// Makes a barrier as new; `version` is the generation that ends, `extra` how many were waiting in it.
        BarrierReset = 53,
        /// Asks a barrier how many wait at it (`extra`) or whether it is broken (`extra` is 1, `value` is 1).
        BarrierAsk = 54,
        /// Says that an item of a queue has been dealt with; `version` is the index from 0.
        TaskDone = 55,
        /// Waits until all items put have been dealt with; `version` is how many that are.
        QueueJoin = 56,
        /// Gives a pool tasks; `version` is the index of the first from 0, `value` how many. A task is a batch of calls.
        PoolSubmit = 60,
        /// A worker takes a task of its pool; `version` is its index, `value` the number of the worker from 1, `extra` is 1 when it is none
        /// but the end.
        PoolTake = 61,
        /// A worker gives back what came of a task; `version` is its index, `value` its bytes.
        PoolDone = 62,
        /// Waits for what came of tasks; `value` is which, packed by [`crate::Tasks::pack`], also when it has no effect.
        PoolGet = 63,
        /// Asks whether tasks are done; `value` is which, `extra` is 1 when they are.
        PoolReady = 64,
        /// Says that a pool gets no more tasks.
        PoolClose = 65,
        /// Ends the workers of a pool, whatever they do.
        PoolTerminate = 66,
        /// Asks the server of a manager about one of its objects; `version` counts the changes of that, `method` says what was asked.
        /// What was read is known by `extra`, a hash of its bytes, from who wrote it; [`flags::OTHER`] is set where nothing was there.
        ManagerGet = 70,
        /// Has the server of a manager change one of its objects; `version` counts the changes of that, `method` says what was
        /// asked, `part` of what, `value` holds the bits of what was written, `extra` a hash of its bytes.
        ManagerSet = 71,
        /// The server of a manager waits for a request. Never recorded: only shown while it lasts.
        ManagerServe = 72,
        /// Ends the server of a manager.
        ManagerStop = 73,
        /// One of several values that the step before it wrote, as in [`Self::ManagerSet`].
        ManagerPart = 74,
    }
}

impl Op {
    /// Whether the order of this operation among those of other processes can matter: under control it has its turn.
    #[must_use]
    pub fn is_scheduled(self) -> bool {
        match self {
            Self::Exit
            | Self::Start
            | Self::Join
            | Self::IsAlive
            | Self::Terminate
            | Self::LockAcquire
            | Self::LockRelease
            | Self::ValueGet
            | Self::ValueSet
            | Self::QueuePut
            | Self::QueueGet
            | Self::QueueIsEmpty
            | Self::Send
            | Self::Recv
            | Self::Poll
            | Self::Close
            | Self::Sleep
            | Self::EventSet
            | Self::EventClear
            | Self::EventIsSet
            | Self::EventWait
            | Self::SemaphoreAcquire
            | Self::SemaphoreRelease
            | Self::SemaphoreAvailable
            | Self::ConditionWait
            | Self::ConditionNotify
            | Self::BarrierArrive
            | Self::BarrierWait
            | Self::BarrierAbort
            | Self::BarrierReset
            | Self::BarrierAsk
            | Self::TaskDone
            | Self::QueueJoin
            | Self::PoolSubmit
            | Self::PoolTake
            | Self::PoolDone
            | Self::PoolGet
            | Self::PoolReady
            | Self::PoolClose
            | Self::PoolTerminate
            | Self::ManagerGet
            | Self::ManagerSet
            | Self::ManagerStop => true,
            Self::Begin
            | Self::Unjoined
            | Self::Create
            | Self::Name
            | Self::Call
            | Self::Returned
            | Self::Finished
            | Self::Panic
            | Self::SemaphoreConsume
            | Self::ManagerServe
            | Self::ManagerPart => false,
        }
    }
}

impl Op {
    /// Whether it leaves its object as it was, so that two of them could be exchanged without anybody noticing.
    #[must_use]
    pub fn only_looks(self) -> bool {
        matches!(
            self,
            Self::Join
                | Self::IsAlive
                | Self::ValueGet
                | Self::QueueIsEmpty
                | Self::Poll
                | Self::EventIsSet
                | Self::EventWait
                | Self::SemaphoreAvailable
                | Self::ConditionWait
                | Self::BarrierWait
                | Self::BarrierAsk
                | Self::QueueJoin
                | Self::PoolGet
                | Self::PoolReady
                | Self::ManagerGet
        )
    }

    /// Whether it is a question: a loop of it may wait for what others do.
    #[must_use]
    pub fn asks(self) -> bool {
        matches!(
            self,
            Self::IsAlive
                | Self::ValueGet
                | Self::QueueIsEmpty
                | Self::Poll
                | Self::EventIsSet
                | Self::SemaphoreAvailable
                | Self::BarrierAsk
                | Self::PoolReady
                | Self::ManagerGet
        )
    }
}

numbered! {
    /// How an operation ended.
    Outcome {
        /// It did what it is for.
        Done = 0,
        /// It would have had to wait, and was asked not to.
        WouldBlock = 1,
        /// Its time limit passed.
        TimedOut = 2,
        /// The other end is closed and nothing is left to receive.
        Eof = 3,
        /// The other end is closed: nobody will receive.
        BrokenPipe = 4,
        /// The previous owner of the lock ended without freeing it.
        OwnerDied = 5,
        /// The lock is already held by this very process.
        AlreadyHeld = 6,
        /// The handle was not handed to this process.
        NotHanded = 7,
        /// Any other error.
        Failed = 8,
        /// The barrier is broken: not everybody will arrive.
        Broken = 9,
        /// There was nothing left to give back, or to say that it is done.
        TooMany = 10,
        /// A task of the pool failed: it returned an error or panicked.
        TaskFailed = 11,
        /// The process that was to do it has ended without having done it: a worker of a pool, the server of a manager.
        WorkerDied = 12,
    }
}

numbered! {
    /// What an object is.
    ObjectKind {
        /// No object.
        None = 0,
        /// A lock.
        Lock = 1,
        /// A shared value.
        Value = 2,
        /// A queue.
        Queue = 3,
        /// One end of a pipe.
        Connection = 4,
        /// An event.
        Event = 5,
        /// A semaphore.
        Semaphore = 6,
        /// A lock that its holder can take again.
        RLock = 7,
        /// A condition.
        Condition = 8,
        /// A barrier.
        Barrier = 9,
        /// A shared array; each of its elements is a value, whose ordinal is the array's plus one plus its index.
        Array = 10,
        /// A pool of workers. What meets in its tasks has its own ordinal, what meets in their results the next one.
        Pool = 11,
        /// A manager: a process that keeps objects for others.
        Manager = 12,
        /// A list that a manager keeps.
        List = 13,
        /// A dictionary that a manager keeps.
        Dict = 14,
        /// A single value that a manager keeps.
        Kept = 15,
    }
}

/// Bits of an event's `flags`.
pub mod flags {
    /// The operation was asked not to wait.
    pub const NON_BLOCKING: u16 = 1;
    /// The operation had a time limit.
    pub const TIMED: u16 = 2;
    /// The operation had to wait.
    pub const WAITED: u16 = 4;
    /// A value holds a floating-point number.
    pub const FLOAT: u16 = 8;
    /// A value holds an unsigned number.
    pub const UNSIGNED: u16 = 16;
    /// A value holds a truth value.
    pub const BOOLEAN: u16 = 32;
    /// A value is neither: its bits are a hash, and the label shows it.
    pub const OTHER: u16 = 64;
    /// An operation that may change something did not.
    pub const UNCHANGED: u16 = 128;
    /// A semaphore takes no more permits than it was made with.
    pub const BOUNDED: u16 = 256;
}

/// An object: the slot of its creator and the ordinal of its creation there, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ObjectId {
    /// Slot of the process that made it.
    pub creator: u16,
    /// Ordinal among the objects that process made, from 1; 0 means "no object".
    pub ordinal: u32,
}

impl ObjectId {
    /// No object.
    pub const NONE: Self = Self { creator: 0, ordinal: 0 };

    /// The id in one number.
    #[must_use]
    pub fn pack(self) -> u64 {
        (u64::from(self.creator) << 32) | u64::from(self.ordinal)
    }

    /// The id from one number.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are taken apart on purpose")]
    pub fn unpack(packed: u64) -> Self {
        Self { creator: (packed >> 32) as u16, ordinal: packed as u32 }
    }
}

/// Tasks of a pool that were given together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tasks {
    /// Index of the first one in its pool, from 0.
    pub first: u32,
    /// How many.
    pub count: u32,
}

impl Tasks {
    /// Both in one number.
    #[must_use]
    pub fn pack(self) -> u64 {
        (u64::from(self.first) << 32) | u64::from(self.count)
    }

    /// Both from one number.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are taken apart on purpose")]
    pub fn unpack(packed: u64) -> Self {
        Self { first: (packed >> 32) as u32, count: packed as u32 }
    }

    /// Their indices.
    #[must_use]
    pub fn indices(self) -> std::ops::Range<u64> {
        u64::from(self.first)..u64::from(self.first) + u64::from(self.count)
    }
}

/// One event of 64 bytes, as it lies in a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Event {
    /// An [`Op`].
    pub op: u8,
    /// An [`Outcome`].
    pub outcome: u8,
    /// Bits of [`flags`].
    pub flags: u16,
    /// Text entry of the place, plus one; 0 for none.
    pub place: u32,
    /// Slot of the object's creator.
    pub creator: u16,
    /// An [`ObjectKind`].
    pub kind: u8,
    /// A [`crate::Method`] of a manager's object; 0 for any other operation.
    pub method: u8,
    /// Ordinal of the object within its creator.
    pub ordinal: u32,
    /// Monotonic nanoseconds before the operation was tried.
    pub begin: u64,
    /// Monotonic nanoseconds after it took effect.
    pub end: u64,
    /// Object version or message id: edges pair by it.
    pub version: u64,
    /// The operation's value (see [`Op`]).
    pub value: u64,
    /// The operation's second value (see [`Op`]).
    pub extra: u64,
    /// Text entry of the label, plus one; 0 for none.
    pub label: u32,
    /// Which part of a manager's object: the index in a list, or the text entry of the key in a dictionary, plus one; 0 for none.
    pub part: u32,
}

impl Event {
    /// The object of the event.
    #[must_use]
    pub fn object(&self) -> ObjectId {
        ObjectId { creator: self.creator, ordinal: self.ordinal }
    }
}
