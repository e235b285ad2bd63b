//! The robust process-shared mutex of POSIX: the kernel tells the next owner when the last one died.

use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

use nix::libc;

use super::Shared;

/// Bytes to leave for a mutex in shared memory (a cache line, so that two of them do not share one).
pub(crate) const MUTEX_BYTES: usize = 64;

/// How an attempt to lock ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MutexState {
    /// Locked.
    Locked,
    /// Locked; the previous owner ended while it held it. Already made consistent.
    OwnerDied,
    /// Somebody else holds it (or the time limit passed).
    Busy,
    /// This very thread holds it.
    OwnedByCaller,
}

/// A mutex at an offset of a shared mapping.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RobustMutex<'a> {
    raw: *mut libc::pthread_mutex_t,
    _memory: std::marker::PhantomData<&'a Shared>,
}

impl<'a> RobustMutex<'a> {
    /// The mutex at byte `at` of `memory`, which [`Self::initialise`] has prepared.
    pub(crate) fn at(memory: &'a Shared, at: usize) -> Self {
        const { assert!(size_of::<libc::pthread_mutex_t>() <= MUTEX_BYTES) };
        Self { raw: memory.raw(at, MUTEX_BYTES).cast().as_ptr(), _memory: std::marker::PhantomData }
    }

    /// Prepares the mutex; once, before anybody else can see the memory.
    pub(crate) fn initialise(memory: &'a Shared, at: usize) -> io::Result<()> {
        let mutex = Self::at(memory, at);
        let mut attributes = MaybeUninit::uninit();
        // SAFETY: `attributes` is initialised by the first call and destroyed by the last; the mutex memory is
        // in bounds, aligned, zeroed and not yet used by anybody.
        unsafe {
            check(libc::pthread_mutexattr_init(attributes.as_mut_ptr()))?;
            let a = attributes.as_mut_ptr();
            check(libc::pthread_mutexattr_setpshared(a, libc::PTHREAD_PROCESS_SHARED))?;
            check(libc::pthread_mutexattr_setrobust(a, libc::PTHREAD_MUTEX_ROBUST))?;
            check(libc::pthread_mutexattr_settype(a, libc::PTHREAD_MUTEX_ERRORCHECK))?;
            check(libc::pthread_mutex_init(mutex.raw, a))?;
            check(libc::pthread_mutexattr_destroy(a))
        }
    }

    /// Locks if nobody holds it.
    #[inline]
    pub(crate) fn try_lock(&self) -> io::Result<MutexState> {
        // SAFETY: an initialised mutex in memory that outlives `self`.
        let code = unsafe { libc::pthread_mutex_trylock(self.raw) };
        self.settle(code)
    }

    /// Locks, waiting for the owner, at most `limit`.
    ///
    /// Wait for long by waiting often: a waiter that is killed after the owner woke it, while a third takes the mutex
    /// without waiting, takes the wake of all others with it. Neither the C library nor the kernel notices.
    pub(crate) fn lock(&self, limit: Duration) -> io::Result<MutexState> {
        let deadline = realtime_after(limit);
        // SAFETY: an initialised mutex in memory that outlives `self`, and a deadline that lives through the call.
        let code = unsafe { libc::pthread_mutex_timedlock(self.raw, &raw const deadline) };
        self.settle(code)
    }

    /// Unlocks; only the thread that locked may.
    #[inline]
    pub(crate) fn unlock(&self) -> io::Result<()> {
        // SAFETY: an initialised mutex in memory that outlives `self`.
        check(unsafe { libc::pthread_mutex_unlock(self.raw) })
    }

    #[inline]
    fn settle(self, code: libc::c_int) -> io::Result<MutexState> {
        match code {
            0 => Ok(MutexState::Locked),
            libc::EBUSY | libc::ETIMEDOUT => Ok(MutexState::Busy),
            libc::EDEADLK => Ok(MutexState::OwnedByCaller),
            libc::EOWNERDEAD => {
                // SAFETY: this thread holds the mutex, as EOWNERDEAD says.
                check(unsafe { libc::pthread_mutex_consistent(self.raw) })?;
                Ok(MutexState::OwnerDied)
            }
            other => Err(io::Error::from_raw_os_error(other)),
        }
    }
}

/// The moment `limit` from now on the realtime clock, which is the one that `pthread_mutex_timedlock` reads.
fn realtime_after(limit: Duration) -> libc::timespec {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let end = now.saturating_add(limit);
    libc::timespec {
        tv_sec: libc::time_t::try_from(end.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(end.subsec_nanos()),
    }
}

#[inline]
fn check(code: libc::c_int) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code)) }
}
