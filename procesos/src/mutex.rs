//! What `Lock` and `RLock` have in common: a mutex with one holder, whose death is told to the next.

use std::cell::Cell;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};

use crate::bell::LOOK_AGAIN;
use crate::error::{Error, Kind, Result};
use crate::handover::Shareable;
use crate::identity::{self, Home};
use crate::object;
use crate::operate::{Effect, Point, Wait, operate, operate_at_once, operate_quickly};
use crate::recorder::At;
use crate::sys::{self, MUTEX_BYTES, MutexState, RobustMutex, Shared};

const MUTEX_AT: usize = 0;
/// Count of acquisitions, written by the holder.
const VERSION_AT: usize = MUTEX_BYTES;
/// `u64`: mark of the holder, 0 for none.
const HOLDER_AT: usize = MUTEX_BYTES + 8;
/// `u64`: how often the holder has taken it and not released it yet.
const DEPTH_AT: usize = MUTEX_BYTES + 16;
/// `u64`: holders that died.
const DEATHS_AT: usize = MUTEX_BYTES + 24;
const BYTES: usize = 2 * MUTEX_BYTES;

/// Whether the holder may take it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// It is an error at once.
    Refused,
    /// It counts.
    Counted,
}

/// The shared part.
#[derive(Debug)]
pub(crate) struct Mutex {
    /// Kept mapped for ever when a forgotten guard still holds it: the system's list of held mutexes points in here.
    memory: Arc<Shared>,
    id: ObjectId,
    again: Again,
}

impl Shareable for Mutex {}

/// What the holder is known by: its process in the high half, its thread in the low one.
#[inline]
fn own_mark() -> u64 {
    (u64::from(identity::home()) << 32) | u64::from(identity::thread())
}

impl Drop for Mutex {
    fn drop(&mut self) {
        // By any thread of this process: a lock may be dropped by another one than the guard was forgotten by.
        if self.holder().load(Ordering::Relaxed) >> 32 == u64::from(identity::home()) {
            mem::forget(Arc::clone(&self.memory));
        }
    }
}

impl Mutex {
    /// Makes one that nobody holds.
    pub(crate) fn new(again: Again, doing: &'static str, at: At) -> Result<Arc<Self>> {
        let memory = Shared::anonymous(BYTES).map_err(|e| Error::system(doing, e))?;
        RobustMutex::initialise(&memory, MUTEX_AT).map_err(|e| Error::system(doing, e))?;
        let mutex = Self { memory: Arc::new(memory), id: identity::next_object(), again };
        object::note_creation(mutex.id, mutex.kind(), at, 0, 0);
        Ok(Arc::new(mutex))
    }

    pub(crate) fn kind(&self) -> ObjectKind {
        match self.again {
            Again::Refused => ObjectKind::Lock,
            Again::Counted => ObjectKind::RLock,
        }
    }

    pub(crate) fn id(&self) -> ObjectId {
        self.id
    }

    fn what(&self) -> &'static str {
        match self.again {
            Again::Refused => "Lock",
            Again::Counted => "RLock",
        }
    }

    #[inline]
    fn raw(&self) -> RobustMutex<'_> {
        RobustMutex::at(&self.memory, MUTEX_AT)
    }

    #[inline]
    fn holder(&self) -> &AtomicU64 {
        self.memory.u64(HOLDER_AT)
    }

    fn depth(&self) -> &AtomicU64 {
        self.memory.u64(DEPTH_AT)
    }

    fn version(&self) -> &AtomicU64 {
        self.memory.u64(VERSION_AT)
    }

    /// Whether this thread holds it.
    #[inline]
    pub(crate) fn held_here(&self) -> bool {
        self.holder().load(Ordering::Relaxed) == own_mark()
    }

    /// How many holders have died so far; one that nobody has come after yet counts when it is looked for.
    pub(crate) fn deaths(&self, look: bool) -> u64 {
        let holder = self.holder().load(Ordering::Relaxed) >> 32;
        let is_dead = look && u32::try_from(holder).is_ok_and(|pid| pid != 0 && sys::has_ended(pid));
        self.memory.u64(DEATHS_AT).load(Ordering::Relaxed) + u64::from(is_dead)
    }

    /// Enters the new holder and returns the number of this acquisition.
    #[inline(always)]
    fn enter(&self) -> u64 {
        self.holder().store(own_mark(), Ordering::Relaxed);
        if self.again == Again::Counted {
            self.depth().store(1, Ordering::Relaxed);
        }
        let next = self.version().load(Ordering::Relaxed) + 1;
        self.version().store(next, Ordering::Relaxed);
        next
    }

    #[cold]
    fn enter_after_death(&self) -> u64 {
        let version = self.enter();
        self.memory.u64(DEATHS_AT).fetch_add(1, Ordering::Relaxed);
        version
    }

    /// The effect of what the system answered to an attempt.
    fn taken(&self, state: MutexState) -> Result<Poll<Effect<(u64, bool)>>> {
        let (version, outcome) = match state {
            MutexState::Busy => return Ok(Poll::Pending),
            MutexState::OwnedByCaller if self.again == Again::Refused => return Err(Kind::AlreadyHeld.into()),
            MutexState::OwnedByCaller => {
                self.depth().fetch_add(1, Ordering::Relaxed);
                (self.version().load(Ordering::Relaxed), Outcome::Done)
            }
            MutexState::Locked => (self.enter(), Outcome::Done),
            MutexState::OwnerDied => (self.enter_after_death(), Outcome::OwnerDied),
        };
        let value = (version, outcome == Outcome::OwnerDied);
        Ok(Poll::Ready(Effect { outcome, ..Effect::of(value) }.version(version).extra(self.counted())))
    }

    /// How often the holder has it, where that can be more than once.
    fn counted(&self) -> u64 {
        if self.again == Again::Counted { self.depth().load(Ordering::Relaxed) } else { 0 }
    }

    fn point(&self, op: Op, at: At) -> Point {
        Point::new(op, at).on(self.id, self.kind())
    }

    /// Takes it; the number of the acquisition, and whether the last holder died.
    #[inline]
    pub(crate) fn take(&self, home: Home, wait: Wait, at: At) -> Result<(u64, bool)> {
        operate_quickly(move || self.take_at_once(home), move || self.take_in_time(home, wait, at))
    }

    /// The same if nobody holds it; `None` for everything else.
    #[inline]
    fn take_at_once(&self, home: Home) -> Option<(u64, bool)> {
        let state = if home.is_here() { self.raw().try_lock().ok()? } else { return None };
        match state {
            MutexState::Locked => Some((self.enter(), false)),
            MutexState::OwnerDied => Some((self.enter_after_death(), true)),
            MutexState::Busy | MutexState::OwnedByCaller => None,
        }
    }

    fn take_in_time(&self, home: Home, wait: Wait, at: At) -> Result<(u64, bool)> {
        const DOING: &str = "acquire";
        // The system's mutex can only be waited for by taking it: what the wait took, the next attempt reports.
        let taken = Cell::new(MutexState::Busy);
        let attempt = || {
            home.check(self.what())?;
            let state = match taken.replace(MutexState::Busy) {
                // Only a lock of no patience tells its own holder from a dead one whose ids were given out again.
                MutexState::Busy if self.held_here() => self.raw().lock(Duration::ZERO),
                MutexState::Busy => self.raw().try_lock(),
                state => Ok(state),
            };
            self.taken(state.map_err(|e| Error::system(DOING, e))?)
        };
        let block = |limit: Option<Duration>| {
            let limit = limit.map_or(LOOK_AGAIN, |limit| limit.min(LOOK_AGAIN));
            taken.set(self.raw().lock(limit).map_err(|e| Error::system(DOING, e))?);
            Ok(())
        };
        operate(self.point(Op::LockAcquire, at).waiting(wait), attempt, block)
    }

    /// Gives back one acquisition, if this thread holds it; `before` is done in the same step.
    pub(crate) fn free(&self, version: u64, at: At, before: impl FnOnce() -> Result<()>) -> Result<()> {
        if !self.held_here() {
            return Ok(());
        }
        let step = move || {
            before()?;
            let counted = self.counted();
            if counted > 1 {
                self.depth().store(counted - 1, Ordering::Relaxed);
            } else {
                self.holder().store(0, Ordering::Relaxed);
                self.raw().unlock().map_err(|e| Error::system("release", e))?;
            }
            Ok(Effect::of(()).version(version).extra(counted))
        };
        operate_at_once(move || self.point(Op::LockRelease, at), step)
    }
}
