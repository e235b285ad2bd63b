//! `RLock`: a lock that the process which holds it can take again.

use std::marker::PhantomData;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use procesos_trace::{ObjectId, ObjectKind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::acquire::sealed::Held;
use crate::acquire::{AcquireError, Acquired, told, unless_busy};
use crate::error::{Error, Kind, Result};
use crate::handover;
use crate::identity::Home;
use crate::mutex::{Again, Mutex};
use crate::object::{self, Object};
use crate::operate::Wait;
use crate::recorder::At;

const WHAT: &str = "RLock";

/// A lock that its holder can take again, as `multiprocessing.RLock`: others wait until it is released as often as it was taken.
///
/// A clone is another handle on the same lock. It is for functions that lock and call one another; where that does not
/// happen a [`Lock`](crate::Lock) tells more mistakes. Its holder is a thread of a process, as in Python. In Python a release by
/// anybody else is an `AssertionError`; here only a guard can release, and guards stay where they were made. The death of
/// its holder is an error for the next one, as for `Lock`.
///
/// ```
/// use procesos::{Error, RLock, Result};
///
/// fn sumar(lock: &RLock) -> Result<()> {
///     let guardia = lock.acquire()?;
///     guardia.release();
///     Ok(())
/// }
///
/// fn main() -> Result<()> {
///     let lock = RLock::new()?;
///     let guardia = lock.acquire()?;
///     sumar(&lock)?;
///     guardia.release();
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct RLock {
    mutex: Arc<Mutex>,
    home: Home,
}

/// Holds an [`RLock`] until it is released or dropped, as one of possibly several guards of the same holder. What the body of
/// `with rlock:` is in Python.
///
/// A guard is not handed to another process, so nobody but the holder releases:
/// ```compile_fail,E0277
/// # fn main() -> procesos::Result<()> {
/// let lock = procesos::RLock::new()?;
/// let guard = lock.acquire()?;
/// procesos::Process::new(|guard: procesos::RLockGuard<'static>| guard.release(), (guard,)).start()?;
/// # Ok(())
/// # }
/// ```
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let rlock = procesos::RLock::new()?;
/// let outer: procesos::RLockGuard<'_> = rlock.acquire()?;
/// let inner = rlock.acquire()?;
/// inner.release();
/// outer.release();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the lock is released as soon as the guard is dropped: `let guard = lock.acquire()?;`, and `guard.release()` after its use"]
pub struct RLockGuard<'a> {
    lock: &'a RLock,
    version: u64,
    _stays_here: PhantomData<*const ()>,
}

impl RLock {
    /// Makes a lock that nobody holds. As `RLock()` in Python.
    ///
    /// # Errors
    /// When the system has no memory to share.
    #[track_caller]
    pub fn new() -> Result<Self> {
        Ok(Self { mutex: Mutex::new(Again::Counted, "RLock::new", At::caller())?, home: Home::here() })
    }

    /// Waits until nobody else holds the lock, and holds it once more. As `acquire()` in Python.
    ///
    /// # Errors
    /// [`AcquireError::OwnerDied`] (with the guard) when the previous holder ended without releasing it; not handed to this
    /// process.
    #[track_caller]
    pub fn acquire(&self) -> std::result::Result<RLockGuard<'_>, AcquireError<RLockGuard<'_>>> {
        self.take(Wait::Forever, At::caller())
    }

    /// Holds the lock if nobody else does; `None` otherwise. As `acquire(block=False)` in Python.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    #[track_caller]
    pub fn try_acquire(&self) -> std::result::Result<Option<RLockGuard<'_>>, AcquireError<RLockGuard<'_>>> {
        unless_busy(self.take(Wait::Never, At::caller()))
    }

    /// Waits at most `limit` until nobody else holds the lock; `None` when the limit passed. As `acquire(timeout=..)` in Python.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let rlock = procesos::RLock::new()?;
    /// let guard = rlock.acquire_timeout(std::time::Duration::from_secs(2))?;
    /// assert!(guard.is_some(), "nobody else holds it");
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn acquire_timeout(
        &self,
        limit: Duration,
    ) -> std::result::Result<Option<RLockGuard<'_>>, AcquireError<RLockGuard<'_>>> {
        unless_busy(self.take(Wait::AtMost(limit), At::caller()))
    }

    fn take(&self, wait: Wait, at: At) -> Acquired<RLockGuard<'_>> {
        let guard = |(version, died)| (RLockGuard { lock: self, version, _stays_here: PhantomData }, died);
        told(self.mutex.take(self.home, wait, at).map(guard))
    }

    fn free(&self, version: u64, at: At) {
        // The holder's own unlock fails only when it is not the holder's thread, which the guard's type rules out.
        let _ = self.mutex.free(version, at, || Ok(()));
    }
}

impl RLockGuard<'_> {
    /// Releases the lock once, now. As `rlock.release()` in Python.
    #[track_caller]
    pub fn release(self) {
        self.lock.free(self.version, At::caller());
        mem::forget(self);
    }
}

impl Held for RLockGuard<'_> {
    fn died() -> Error {
        Kind::OwnerDied.into()
    }
}

impl Drop for RLockGuard<'_> {
    fn drop(&mut self) {
        self.lock.free(self.version, At::Unwound);
    }
}

impl Object for RLock {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.mutex.id(), ObjectKind::RLock)
    }
}

impl Serialize for RLock {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.mutex)
    }
}

impl<'de> Deserialize<'de> for RLock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mutex = handover::accept(WHAT, u32::deserialize(deserializer)?)?;
        Ok(Self { mutex, home: Home::here() })
    }
}
