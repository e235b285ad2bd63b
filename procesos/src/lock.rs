//! `Lock`: mutual exclusion between processes, which survives the death of its owner.

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

const WHAT: &str = "Lock";

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

/// Holds a [`Lock`] until it is released or dropped. What the body of `with lock:` is in Python.
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
///
/// It releases where its scope ends:
/// ```
/// # fn main() -> procesos::Result<()> {
/// let lock = procesos::Lock::new()?;
/// {
///     let _guard: procesos::LockGuard<'_> = lock.acquire()?;
/// }
/// assert!(lock.try_acquire()?.is_some());
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

impl Lock {
    /// Makes a lock that nobody holds. As `Lock()` in Python.
    ///
    /// # Errors
    /// When the system has no memory to share.
    #[track_caller]
    pub fn new() -> Result<Self> {
        Ok(Self { mutex: Mutex::new(Again::Refused, "Lock::new", At::caller())?, home: Home::here() })
    }

    /// Waits until nobody else holds the lock, and holds it. As `lock.acquire()` and `with lock:` in Python.
    ///
    /// # Errors
    /// [`AcquireError::OwnerDied`] (with the guard) when the previous holder ended without releasing it; already held
    /// by this process ([`Error::is_already_held`]); not handed to this process.
    #[track_caller]
    pub fn acquire(&self) -> std::result::Result<LockGuard<'_>, AcquireError<LockGuard<'_>>> {
        self.take(Wait::Forever, At::caller())
    }

    /// Holds the lock if nobody else does; `None` otherwise. As `lock.acquire(False)` in Python.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// use procesos::{Lock, Process};
    ///
    /// let lock = Lock::new()?;
    /// let guard = lock.acquire()?;
    /// let is_free = |lock: Lock| assert!(lock.try_acquire().is_ok_and(|guard| guard.is_none()));
    /// assert!(Process::new(is_free, (lock.clone(),)).start()?.join()?.success());
    /// guard.release();
    /// assert!(lock.try_acquire()?.is_some());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn try_acquire(&self) -> std::result::Result<Option<LockGuard<'_>>, AcquireError<LockGuard<'_>>> {
        unless_busy(self.take(Wait::Never, At::caller()))
    }

    /// Waits at most `limit` until nobody else holds the lock; `None` when the limit passed. As `lock.acquire(timeout=2)` in
    /// Python.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let lock = procesos::Lock::new()?;
    /// let guard = lock.acquire_timeout(std::time::Duration::from_secs(2))?;
    /// assert!(guard.is_some(), "nobody else holds it");
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn acquire_timeout(
        &self,
        limit: Duration,
    ) -> std::result::Result<Option<LockGuard<'_>>, AcquireError<LockGuard<'_>>> {
        unless_busy(self.take(Wait::AtMost(limit), At::caller()))
    }

    fn take(&self, wait: Wait, at: At) -> Acquired<LockGuard<'_>> {
        let guard = |(version, died)| (LockGuard { lock: self, version, _stays_here: PhantomData }, died);
        told(self.mutex.take(self.home, wait, at).map(guard))
    }

    fn free(&self, version: u64, at: At) {
        // The holder's own unlock fails only when it is not the holder's thread, which the guard's type rules out.
        let _ = self.mutex.free(version, at, || Ok(()));
    }
}

impl Lock {
    /// How many holders have died so far; one that nobody has come after yet counts when it is looked for.
    pub(crate) fn deaths(&self, look: bool) -> u64 {
        self.mutex.deaths(look)
    }
}

impl LockGuard<'_> {
    /// Releases the lock now. As `lock.release()` in Python.
    #[track_caller]
    pub fn release(self) {
        self.lock.free(self.version, At::caller());
        mem::forget(self);
    }

    /// Whether it is a guard of `lock`, and holds it.
    pub(crate) fn holds(&self, lock: &Lock) -> bool {
        Arc::ptr_eq(&self.lock.mutex, &lock.mutex) && lock.mutex.held_here()
    }

    /// Releases the lock for a while, with what has to be done in the same step: the guard holds nothing until
    /// [`take_again`](Self::take_again).
    pub(crate) fn free_while(&mut self, at: At, before: impl FnOnce() -> Result<()>) -> Result<()> {
        self.lock.mutex.free(self.version, at, before)
    }

    /// Takes the lock again. When its last holder died it is held all the same.
    pub(crate) fn take_again(&mut self, at: At) -> Result<()> {
        let (version, died) = self.lock.mutex.take(self.lock.home, Wait::Forever, at)?;
        self.version = version;
        if died { Err(Kind::OwnerDied.into()) } else { Ok(()) }
    }
}

impl Held for LockGuard<'_> {
    fn died() -> Error {
        Kind::OwnerDied.into()
    }
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        self.lock.free(self.version, At::Unwound);
    }
}

impl Object for Lock {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.mutex.id(), ObjectKind::Lock)
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
