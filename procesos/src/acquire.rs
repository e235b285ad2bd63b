//! Why something that one process has at a time could not be acquired as usual.

use std::fmt;

use crate::error::{Error, Kind, Result};

pub(crate) mod sealed {
    use crate::error::Error;

    /// A guard that may come from the dead; closed.
    pub trait Held {
        /// What is told when its last holder died.
        fn died() -> Error;
    }
}

use sealed::Held;

/// Why a lock, or a permit of a semaphore, could not be acquired as usual; `G` is its guard. In Python nobody is told: whoever
/// wants it next waits for ever.
///
/// ```
/// use procesos::{AcquireError, Lock, Process};
///
/// /// Ends with the lock held, without the guard's drop.
/// fn descuidado(lock: Lock) -> procesos::Result<()> {
///     let guardia = lock.acquire()?;
///     std::mem::forget(guardia);
///     Ok(())
/// }
///
/// fn main() -> procesos::Result<()> {
///     let lock = Lock::new()?;
///     Process::new(descuidado, (lock.clone(),)).start()?.join()?;
///     match lock.acquire() {
///         Err(AcquireError::OwnerDied(guardia)) => guardia.release(),
///         other => panic!("{other:?}"),
///     }
///     assert!(lock.acquire().is_ok());
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub enum AcquireError<G> {
    /// A previous holder ended without releasing it. It is held now: the guard is here, for a program that can mend what the
    /// dead process left half done.
    OwnerDied(G),
    /// Any other error.
    Other(Error),
}

impl<G: Held> fmt::Display for AcquireError<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnerDied(_) => G::died().fmt(f),
            Self::Other(error) => error.fmt(f),
        }
    }
}

impl<G: fmt::Debug + Held> std::error::Error for AcquireError<G> {}

impl<G: Held> From<AcquireError<G>> for Error {
    fn from(error: AcquireError<G>) -> Self {
        match error {
            AcquireError::OwnerDied(_) => G::died(),
            AcquireError::Other(error) => error,
        }
    }
}

/// What acquiring comes to: the guard, or why not.
pub(crate) type Acquired<G> = std::result::Result<G, AcquireError<G>>;

/// The guard of what was taken; with the news when its last holder died.
pub(crate) fn told<G>(taken: Result<(G, bool)>) -> Acquired<G> {
    match taken {
        Ok((guard, false)) => Ok(guard),
        Ok((guard, true)) => Err(AcquireError::OwnerDied(guard)),
        Err(error) => Err(AcquireError::Other(error)),
    }
}

/// `None` for what could not be acquired without waiting, or waiting longer.
pub(crate) fn unless_busy<G>(result: Acquired<G>) -> std::result::Result<Option<G>, AcquireError<G>> {
    match result {
        Ok(guard) => Ok(Some(guard)),
        Err(AcquireError::Other(e)) if matches!(e.kind(), Kind::WouldBlock | Kind::TimedOut) => Ok(None),
        Err(error) => Err(error),
    }
}
