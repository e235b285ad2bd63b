//! One process, as the rules see it: what it is about to do, and whether it can be picked.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Polls in a row, without any change, that everybody alive must have made for a livelock. Above any bounded retry.
const POLLS_TO_LIVELOCK: u32 = 300;
/// The same for who lets time pass between its questions: above any wait in small sleeps.
const POLLS_TO_LIVELOCK_WITH_SLEEPS: u32 = 3_000;
/// The same for one process alone: whether a loop of it is bounded, nobody else can tell, and asking costs no turns.
const POLLS_TO_LIVELOCK_ALONE: u32 = 3_000;

/// Whether a process can be picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// No such process.
    Unknown = 0,
    /// At a point, and nothing is known that would keep it.
    Ready = 1,
    /// Its operation had to wait: for its object, or for time.
    Waiting = 2,
    /// It has just asked in vain and is about to ask again: after a few times, it comes after those who may change the
    /// answer.
    Polling = 3,
    /// It waits outside the library.
    External = 4,
    /// It has ended.
    Ended = 5,
}

/// What an operation does to its object, as far as others can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Access {
    /// Nothing: it has no object, or nobody can tell.
    None = 0,
    /// Looks.
    Read = 1,
    /// Changes.
    Write = 2,
}

/// The operation that a process is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Number of the operation.
    pub op: u8,
    /// Its object, in one number; 0 for none.
    pub object: u64,
    /// What it does to it.
    pub access: Access,
    /// Whether it only asks (`try_get`, `is_alive`), or may give up (`get_timeout`), so that a loop of it may wait for others.
    pub asks: bool,
}

/// How a step ended, as far as others can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Something changed for others.
    Changed,
    /// Nothing changed for others; it was not a question either.
    Looked,
    /// A question was answered; the number stands for the answer.
    Answered {
        /// Whether the answer is the one that loops wait to change (empty, alive, nothing there).
        in_vain: bool,
        /// The answer.
        answer: u64,
    },
}

/// One process.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Process {
    /// Its path.
    pub path: u64,
    /// Object of its next operation.
    pub object: u64,
    /// Virtual nanoseconds at which its waiting ends; 0 when it has no limit.
    pub deadline: u64,
    /// Steps it has made.
    pub steps: u64,
    /// Object and answer of its last question, mixed.
    pub(crate) last_answer: u64,
    /// [`State::changes`] when it last asked in vain.
    pub(crate) asked_at: u64,
    /// For the strategy.
    pub weight: u64,
    /// For the strategy.
    pub priority: u64,
    /// Questions in vain in a row without any change.
    pub(crate) polls: u32,
    /// Readings of the clock since it last let time pass.
    pub(crate) readings: u32,
    pub(crate) status: u8,
    /// Number of its next operation.
    pub op: u8,
    pub(crate) access: u8,
    pub(crate) asks: u8,
    /// Not 0 when its time limit has passed.
    pub(crate) timed_out: u8,
    pub(crate) in_vain: u8,
    /// Not 0 when it let time pass since its first question in vain.
    pub(crate) lets_time_pass: u8,
    /// Not 0 when it waits for an object, with a limit that no busy machine exhausts.
    pub(crate) patient: u8,
}

impl Process {
    /// Whether it can be picked.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.status {
            1 => Status::Ready,
            2 => Status::Waiting,
            3 => Status::Polling,
            4 => Status::External,
            5 => Status::Ended,
            _ => Status::Unknown,
        }
    }

    /// What its next operation does to its object.
    #[must_use]
    pub fn access(&self) -> Access {
        match self.access {
            1 => Access::Read,
            2 => Access::Write,
            _ => Access::None,
        }
    }

    /// Whether its next operation and that of `other` could not be exchanged without anybody noticing.
    #[must_use]
    pub fn conflicts_with(&self, other: &Self) -> bool {
        self.object != 0
            && self.object == other.object
            && (self.access() == Access::Write || other.access() == Access::Write)
    }

    /// Whether its waiting may end while others could still go on: it sleeps, or has a short time limit.
    #[must_use]
    pub fn may_end_early(&self) -> bool {
        self.is(Status::Waiting) && self.deadline != 0 && self.patient == 0
    }

    pub(crate) fn is(&self, status: Status) -> bool {
        self.status == status as u8
    }

    /// Whether its questions in vain are too many for anything but a loop without end, if nothing changes.
    pub(crate) fn has_asked_enough(&self, is_alone: bool) -> bool {
        let enough = match (self.lets_time_pass, is_alone) {
            (0, false) => POLLS_TO_LIVELOCK,
            (0, true) => POLLS_TO_LIVELOCK_ALONE,
            _ => POLLS_TO_LIVELOCK_WITH_SLEEPS,
        };
        self.polls >= enough
    }
}
