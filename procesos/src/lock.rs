//! `Lock`: mutual exclusion between processes, which survives the death of its owner.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;
use std::{fmt, mem};

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Kind, Result};
use crate::handover::{self, Shareable};
use crate::identity::{self, Home};
use crate::object::{self, Object};
use crate::operate::{Effect, Point, Wait, operate};
use crate::recorder::At;
use crate::sys::{MUTEX_BYTES, MutexState, RobustMutex, Shared};

const WHAT: &str = "Lock";
const MUTEX_AT: usize = 0;
/// Count of acquisitions, written by the holder.
const VERSION_AT: usize = MUTEX_BYTES;
/// `u64`: mark of the holder, 0 for none.
const HOLDER_AT: usize = MUTEX_BYTES + 8;
const LOCK_BYTES: usize = 2 * MUTEX_BYTES;
/// A waiting process tries again this often, in case whoever took its wake was killed.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The shared part.
#[derive(Debug)]
struct Mutex {
    /// Kept mapped for ever when a forgotten guard still holds it: the system's list of held mutexes points in here.
    memory: Arc<Shared>,
    id: ObjectId,
}

impl Shareable for Mutex {}

/// What the holder is known by: its process in the high half, its thread in the low one.
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
    fn raw(&self) -> RobustMutex<'_> {
        RobustMutex::at(&self.memory, MUTEX_AT)
    }

    fn holder(&self) -> &AtomicU64 {
        self.memory.u64(HOLDER_AT)
    }

    fn held_here(&self) -> bool {
        self.holder().load(Ordering::Relaxed) == own_mark()
    }

    /// Enters the new holder and returns the number of this acquisition.
    fn enter(&self) -> u64 {
        self.holder().store(own_mark(), Ordering::Relaxed);
        let version = self.memory.u64(VERSION_AT);
        let next = version.load(Ordering::Relaxed) + 1;
        version.store(next, Ordering::Relaxed);
        next
    }
}

/// Mutual exclusion between processes, as `multiprocessing.Lock`.
///
/// A clone is another handle on the same lock. Unlike Python's, acquiring it twice in one process is an error at
/// once instead of waiting for ever, only its holder can release it, and the death of its holder is an error for
/// the next one instead of a hang.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let lock = procesos::Lock::new()?;
/// let guard = lock.acquire()?;
/// assert!(lock.acquire().is_err_and(|e| procesos::Error::from(e).is_already_held()));
/// guard.release();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Lock {
    mutex: Arc<Mutex>,
    home: Home,
}

/// Holds a [`Lock`] until it is released or dropped.
///
/// It stays in the thread that acquired it:
/// ```compile_fail,E0277
/// fn needs_send<T: Send>(_: T) {}
/// let lock = procesos::Lock::new().unwrap();
/// needs_send(lock.acquire().unwrap());
/// ```
///
/// Releasing it twice does not compile:
/// ```compile_fail,E0382
/// # fn main() -> procesos::Result<()> {
/// let lock = procesos::Lock::new()?;
/// let guard = lock.acquire()?;
/// guard.release();
/// guard.release();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the lock is released as soon as the guard is dropped: `let guard = lock.acquire()?;`, and `guard.release()` after its use"]
pub struct LockGuard<'a> {
    lock: &'a Lock,
    version: u64,
    _stays_here: PhantomData<*const ()>,
}

/// Why a lock could not be acquired as usual.
#[derive(Debug)]
pub enum AcquireError<'a> {
    /// The previous holder ended without releasing it. The lock is held now: the guard is here, for a program that
    /// can mend what the dead process left half done.
    OwnerDied(LockGuard<'a>),
    /// Any other error.
    Other(Error),
}

impl fmt::Display for AcquireError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnerDied(_) => Error::from(Kind::OwnerDied).fmt(f),
            Self::Other(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AcquireError<'_> {}

impl From<AcquireError<'_>> for Error {
    fn from(error: AcquireError<'_>) -> Self {
        match error {
            AcquireError::OwnerDied(_) => Kind::OwnerDied.into(),
            AcquireError::Other(error) => error,
        }
    }
}

impl Lock {
    /// Makes a lock that nobody holds.
    ///
    /// # Errors
    /// When the system has no memory to share.
    #[track_caller]
    pub fn new() -> Result<Self> {
        let memory = Shared::anonymous(LOCK_BYTES).map_err(|e| Error::system("Lock::new", e))?;
        RobustMutex::initialise(&memory, MUTEX_AT).map_err(|e| Error::system("Lock::new", e))?;
        let mutex = Mutex { memory: Arc::new(memory), id: identity::next_object() };
        object::note_creation(mutex.id, ObjectKind::Lock, At::caller(), 0, 0);
        Ok(Self { mutex: Arc::new(mutex), home: Home::here() })
    }

    /// Waits until nobody else holds the lock, and holds it.
    ///
    /// # Errors
    /// [`AcquireError::OwnerDied`] (with the guard) when the previous holder ended without releasing it; already held
    /// by this process ([`Error::is_already_held`]); not handed to this process.
    #[track_caller]
    pub fn acquire(&self) -> std::result::Result<LockGuard<'_>, AcquireError<'_>> {
        self.take(Wait::Forever, At::caller())
    }

    /// Holds the lock if nobody else does; `None` otherwise.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    #[track_caller]
    pub fn try_acquire(&self) -> std::result::Result<Option<LockGuard<'_>>, AcquireError<'_>> {
        unless_busy(self.take(Wait::Never, At::caller()))
    }

    /// Waits at most `limit` until nobody else holds the lock; `None` when the limit passed.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    #[track_caller]
    pub fn acquire_timeout(
        &self,
        limit: Duration,
    ) -> std::result::Result<Option<LockGuard<'_>>, AcquireError<'_>> {
        unless_busy(self.take(Wait::AtMost(limit), At::caller()))
    }

    fn take(&self, wait: Wait, at: At) -> std::result::Result<LockGuard<'_>, AcquireError<'_>> {
        let point = Point::new(Op::LockAcquire, at).on(self.mutex.id, ObjectKind::Lock).waiting(wait);
        // The system's mutex can only be waited for by taking it: what the wait took, the next attempt reports.
        let taken = std::cell::Cell::new(MutexState::Busy);
        let attempt = || {
            self.home.check(WHAT)?;
            let state = match taken.replace(MutexState::Busy) {
                // Only a lock of no patience tells its own holder from a dead one whose ids were given out again.
                MutexState::Busy if self.mutex.held_here() => self.mutex.raw().lock(Duration::ZERO),
                MutexState::Busy => self.mutex.raw().try_lock(),
                state => Ok(state),
            };
            let state = state.map_err(|e| Error::system("Lock::acquire", e))?;
            match state {
                MutexState::Busy => Ok(Poll::Pending),
                MutexState::OwnedByCaller => Err(Kind::AlreadyHeld.into()),
                MutexState::Locked | MutexState::OwnerDied => {
                    let version = self.mutex.enter();
                    let died = state == MutexState::OwnerDied;
                    let outcome = if died { Outcome::OwnerDied } else { Outcome::Done };
                    Ok(Poll::Ready(Effect { outcome, ..Effect::of((version, died)).version(version) }))
                }
            }
        };
        let block = |limit: Option<Duration>| {
            let limit = limit.map_or(LOOK_AGAIN, |limit| limit.min(LOOK_AGAIN));
            taken.set(self.mutex.raw().lock(limit).map_err(|e| Error::system("Lock::acquire", e))?);
            Ok(())
        };
        let (version, died) = operate(point, attempt, block).map_err(AcquireError::Other)?;
        let guard = LockGuard { lock: self, version, _stays_here: PhantomData };
        if died { Err(AcquireError::OwnerDied(guard)) } else { Ok(guard) }
    }

    fn free(&self, version: u64, at: At) {
        if !self.mutex.held_here() {
            return;
        }
        let point = Point::new(Op::LockRelease, at).on(self.mutex.id, ObjectKind::Lock);
        let attempt = || {
            self.mutex.holder().store(0, Ordering::Relaxed);
            self.mutex.raw().unlock().map_err(|e| Error::system("LockGuard::release", e))?;
            Ok(Poll::Ready(Effect::of(()).version(version)))
        };
        // The holder's own unlock fails only when it is not the holder's thread, which the guard's type rules out.
        let _ = operate(point, attempt, |_| Ok(()));
    }
}

fn unless_busy<'a>(
    result: std::result::Result<LockGuard<'a>, AcquireError<'a>>,
) -> std::result::Result<Option<LockGuard<'a>>, AcquireError<'a>> {
    match result {
        Ok(guard) => Ok(Some(guard)),
        Err(AcquireError::Other(e)) if matches!(e.kind(), Kind::WouldBlock | Kind::TimedOut) => Ok(None),
        Err(error) => Err(error),
    }
}

impl LockGuard<'_> {
    /// Releases the lock now.
    #[track_caller]
    pub fn release(self) {
        self.lock.free(self.version, At::caller());
        mem::forget(self);
    }
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        self.lock.free(self.version, At::Unwound);
    }
}

impl Object for Lock {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.mutex.id, ObjectKind::Lock)
    }
}

impl Serialize for Lock {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.mutex)
    }
}

impl<'de> Deserialize<'de> for Lock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mutex = handover::accept(WHAT, u32::deserialize(deserializer)?)?;
        Ok(Self { mutex, home: Home::here() })
    }
}
