//! `Semaphore`: so many permits, for processes that may go on at once, or for signals that are counted.

use std::mem;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, flags};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::acquire::sealed::Held;
use crate::acquire::{AcquireError, Acquired, told, unless_busy};
use crate::control;
use crate::error::{Error, Kind, Result};
use crate::handover::{self, Shareable};
use crate::identity::{self, Home};
use crate::monitor::{Lookout, Monitor, Row};
use crate::object::{self, Object};
use crate::operate::{Effect, Point, Wait, note, operate_at_once, operate_while};
use crate::recorder::At;
use crate::sys;

const WHAT: &str = "Semaphore";
/// Word: permits that are free or held.
const TOTAL: usize = 0;
/// Word: acquisitions so far.
const TAKEN: usize = 1;
/// Word: releases so far; a permit that is taken from the dead counts as released.
const FREED: usize = 2;
/// Word: when somebody last looked whether those live who hold permits, and found that they do.
const LOOKED: usize = 3;
const WORDS: usize = 4;
/// Time in which one look is enough for all.
const LOOKS_APART: Duration = Duration::from_millis(12);
/// Most permits, as POSIX has it.
const MOST: u32 = i32::MAX.cast_unsigned();

/// The shared part. In its roster is who holds how many permits: a row that changes in a single store, so that a process killed at any
/// moment holds a permit or does not.
#[derive(Debug)]
struct Permits {
    monitor: Monitor,
    id: ObjectId,
    /// Permits beyond which giving one is an error.
    most: u32,
}

impl Shareable for Permits {}

impl Permits {
    #[inline]
    fn alone<R>(&self, change: impl FnOnce(&Monitor) -> R) -> Result<R> {
        self.monitor.alone(WHAT, |_| (), change)
    }

    #[inline]
    fn total(&self) -> u32 {
        u32::try_from(self.monitor.get(TOTAL)).unwrap_or(MOST)
    }

    #[inline]
    fn available(&self) -> u32 {
        self.monitor.rows().fold(self.total(), |left, row| left.saturating_sub(row.state))
    }

    /// The row of this process. One with its pid that is older is of a process that has ended.
    #[inline]
    fn own_row(&self) -> Option<Row> {
        let own = (identity::home(), identity::birth());
        self.monitor.rows().find(|row| (row.pid, row.mark) == own)
    }

    /// The row of a process that has ended with a permit. One of all that wait looks at all that hold, not each at each: the others find nothing until
    /// it is time again, unless there was a dead one, who may not be the only one.
    fn dead_row(&self) -> Option<Row> {
        let now = sys::monotonic_nanos();
        let last = Duration::from_nanos(now.saturating_sub(self.monitor.get(LOOKED)));
        if last < LOOKS_APART && !control::is_on() {
            return None;
        }
        let (pid, birth) = (identity::home(), identity::birth());
        let is_dead = |row: &Row| if row.pid == pid { row.mark != birth } else { row.is_dead() };
        let found = self.monitor.rows().find(|row| row.state > 0 && is_dead(row));
        self.monitor.set(LOOKED, if found.is_some() { 0 } else { now });
        found
    }

    /// Takes a permit, if there is one; the index of the acquisition, and whether the permit was that of a process that has
    /// ended. `look` says whether to look for those.
    fn take(&self, look: bool) -> Result<Option<(u64, bool)>> {
        self.alone(|monitor| {
            let died = self.available() == 0;
            if died {
                let Some(row) = look.then(|| self.dead_row()).flatten() else { return Ok(None) };
                monitor.count(FREED);
                self.give_back(row);
            }
            match self.own_row() {
                Some(row) => monitor.restate(row, row.state + 1),
                None => {
                    let (pid, birth) = (identity::home(), identity::birth());
                    monitor.enter(pid, 1, birth, |_| false).ok_or(Kind::Crowded(WHAT))?;
                }
            }
            Ok(Some((monitor.count(TAKEN), died)))
        })?
    }

    /// A process without permits stays in its row, for the next one, until somebody else needs it.
    #[inline]
    fn give_back(&self, row: Row) {
        self.monitor.restate(row, row.state.saturating_sub(1));
    }
}

/// So many permits, as `multiprocessing.Semaphore` and `BoundedSemaphore`.
///
/// A clone is another handle on the same semaphore. [`acquire`](Self::acquire) takes a permit, which is given back where its
/// [`Permit`] is released or dropped: so at most so many processes are at once in what lies between. For signals that are counted,
/// [`release`](Self::release) gives a permit that nobody had taken, and [`Permit::consume`] keeps one for good. The
/// holder of a permit that is killed is an error for the next one, who has the permit then; in Python the permit is lost.
///
/// ```
/// use procesos::{Process, Result, Semaphore};
///
/// fn descargar(sitios: Semaphore) -> Result<()> {
///     let permiso = sitios.acquire()?;
///     // At most two are here at once.
///     permiso.release();
///     Ok(())
/// }
///
/// fn main() -> Result<()> {
///     let sitios = Semaphore::new(2)?;
///     let iniciar = |_| Process::new(descargar, (sitios.clone(),)).start();
///     for hijo in (0..3).map(iniciar).collect::<Result<Vec<_>>>()? {
///         hijo.join()?;
///     }
///     assert_eq!(sitios.available(), 2);
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Semaphore {
    permits: Arc<Permits>,
    home: Home,
}

/// A permit of a [`Semaphore`], until it is released, dropped or consumed. What the body of `with semaphore:` is in Python.
///
/// Releasing it twice does not compile; in Python that is a `ValueError` of a `BoundedSemaphore`, and no error otherwise:
/// ```compile_fail,E0382
/// # fn main() -> procesos::Result<()> {
/// let semaphore = procesos::Semaphore::new(1)?;
/// let permit = semaphore.acquire()?;
/// permit.release();
/// permit.release();
/// # Ok(())
/// # }
/// ```
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let sitios = procesos::Semaphore::new(2)?;
/// let permiso: procesos::Permit<'_> = sitios.acquire()?;
/// assert_eq!(sitios.available(), 1);
/// drop(permiso);
/// assert_eq!(sitios.available(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the permit is given back as soon as it is dropped: `let permit = semaphore.acquire()?;`, and `permit.release()` after its use"]
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
}

impl Semaphore {
    /// Makes a semaphore with so many permits (0 to 2,147,483,647), to which more may be given. As `Semaphore(n)` in Python.
    ///
    /// # Errors
    /// Too many permits, or no memory to share.
    #[track_caller]
    pub fn new(permits: u32) -> Result<Self> {
        Self::with(permits, MOST, At::caller())
    }

    /// Makes a semaphore with so many permits, to which it is an error to give more. As `BoundedSemaphore(n)` in Python.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let semaphore = procesos::Semaphore::bounded(1)?;
    /// assert!(semaphore.release().is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn bounded(permits: u32) -> Result<Self> {
        Self::with(permits, permits, At::caller())
    }

    fn with(permits: u32, most: u32, at: At) -> Result<Self> {
        if permits > MOST {
            return Err(Kind::TooManyPermits.into());
        }
        let monitor = Monitor::new(WORDS).map_err(|e| Error::system("Semaphore::new", e))?;
        monitor.set(TOTAL, permits.into());
        let permits = Permits { monitor, id: identity::next_object(), most };
        let bounded = if most < MOST { flags::BOUNDED } else { 0 };
        object::note_creation(permits.id, ObjectKind::Semaphore, at, permits.total().into(), bounded);
        Ok(Self { permits: Arc::new(permits), home: Home::here() })
    }

    /// Waits until there is a permit, and takes it. As `acquire()` in Python.
    ///
    /// # Errors
    /// [`AcquireError::OwnerDied`] (with the permit) when it is that of a process that ended without releasing it; not handed
    /// to this process.
    #[track_caller]
    pub fn acquire(&self) -> std::result::Result<Permit<'_>, AcquireError<Permit<'_>>> {
        self.take(Wait::Forever, At::caller())
    }

    /// Takes a permit if there is one; `None` otherwise. As `acquire(block=False)` in Python.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    #[track_caller]
    pub fn try_acquire(&self) -> std::result::Result<Option<Permit<'_>>, AcquireError<Permit<'_>>> {
        unless_busy(self.take(Wait::Never, At::caller()))
    }

    /// Waits at most `limit` until there is a permit; `None` when the limit passed. As `acquire(timeout=..)` in Python.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// use std::time::Duration;
    ///
    /// let sitios = procesos::Semaphore::new(1)?;
    /// let permiso = sitios.acquire()?;
    /// assert!(sitios.acquire_timeout(Duration::from_millis(5))?.is_none());
    /// permiso.release();
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn acquire_timeout(
        &self,
        limit: Duration,
    ) -> std::result::Result<Option<Permit<'_>>, AcquireError<Permit<'_>>> {
        unless_busy(self.take(Wait::AtMost(limit), At::caller()))
    }

    /// Gives a permit that nobody had taken: a signal that is counted. As a `release()` without `acquire()` in Python.
    ///
    /// # Errors
    /// When it would have more permits than it may ([`Error::is_too_many`]); not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let avisos = procesos::Semaphore::new(0)?;
    /// avisos.release()?;
    /// avisos.acquire()?.consume();
    /// assert!(avisos.try_acquire()?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn release(&self) -> Result<()> {
        let at = At::caller();
        let step = || {
            self.home.check(WHAT)?;
            let version = self.permits.alone(|monitor| {
                let total = self.permits.total();
                if total >= self.permits.most {
                    return Err(Kind::TooManyReleases);
                }
                monitor.set(TOTAL, u64::from(total) + 1);
                Ok(monitor.count(FREED))
            })??;
            self.permits.monitor.bell().ring(1);
            Ok(Effect::of(()).version(version))
        };
        operate_at_once(|| self.point(Op::SemaphoreRelease, at), step)
    }

    /// How many permits are left at this moment. Only advice: it may have changed before you act on it. As `get_value()` in
    /// Python.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    #[track_caller]
    #[must_use]
    pub fn available(&self) -> u32 {
        let at = At::caller();
        let step = || {
            self.home.check(WHAT)?;
            let left = self.permits.alone(|_| self.permits.available())?;
            Ok(Effect::of(left).extra(left.into()))
        };
        let result = operate_at_once(|| self.point(Op::SemaphoreAvailable, at), step);
        result.unwrap_or_else(|error| panic!("{error}"))
    }

    fn take(&self, wait: Wait, at: At) -> Acquired<Permit<'_>> {
        // Whoever holds a permit is looked at when there was none for a while, or nobody will wait for one.
        let look = Lookout::begin();
        if matches!(wait, Wait::Never) {
            look.is_due_now();
        }
        let attempt = || {
            self.home.check(WHAT)?;
            Ok(self.permits.take(look.is_due())?.map_or(Poll::Pending, |(version, died)| {
                let outcome = if died { Outcome::OwnerDied } else { Outcome::Done };
                Poll::Ready(Effect { outcome, ..Effect::of(died) }.version(version))
            }))
        };
        // Not alone it may be wrong for a moment, and then right a moment later.
        let glance = || self.permits.available() == 0;
        let block = |limit| {
            let has_to = || self.permits.alone(|_| self.permits.available() == 0).unwrap_or(false);
            look.sleep(limit, |limit| self.permits.monitor.sleep(limit, has_to));
            Ok(())
        };
        let point = self.point(Op::SemaphoreAcquire, at).waiting(wait);
        let died = operate_while(point, attempt, glance, block);
        told(died.map(|died| (Permit { semaphore: self }, died)))
    }

    /// Gives back a permit that this process holds.
    fn free(&self, at: At) {
        if !self.home.is_here() {
            return;
        }
        let step = || {
            let (version, awaited) = self.permits.alone(|monitor| {
                if let Some(row) = self.permits.own_row() {
                    self.permits.give_back(row);
                }
                (monitor.count(FREED), monitor.bell().is_awaited())
            })?;
            if awaited {
                self.permits.monitor.bell().ring(1);
            }
            Ok(Effect::of(()).version(version).extra(1))
        };
        // The system refuses a lock to nobody who has used it before.
        let _ = operate_at_once(|| self.point(Op::SemaphoreRelease, at), step);
    }

    fn point(&self, op: Op, at: At) -> Point {
        Point::new(op, at).on(self.permits.id, ObjectKind::Semaphore)
    }
}

impl Permit<'_> {
    /// Gives the permit back now. As `semaphore.release()` in Python.
    #[track_caller]
    pub fn release(self) {
        self.semaphore.free(At::caller());
        mem::forget(self);
    }

    /// Keeps the permit for good: the semaphore has one less, until somebody calls [`Semaphore::release`]. As an `acquire()`
    /// without `release()` in Python.
    #[track_caller]
    pub fn consume(self) {
        let semaphore = self.semaphore;
        mem::forget(self);
        let permits = &semaphore.permits;
        let done = permits.alone(|monitor| {
            // In this order: killed in between, this process leaves a permit that is told to be of the dead.
            if let Some(row) = permits.own_row() {
                monitor.set(TOTAL, permits.total().saturating_sub(1).into());
                permits.give_back(row);
            }
        });
        if done.is_ok() {
            note(semaphore.point(Op::SemaphoreConsume, At::caller()), Effect::of(()));
        }
    }
}

impl Held for Permit<'_> {
    fn died() -> Error {
        Kind::PermitLost.into()
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.semaphore.free(At::Unwound);
    }
}

impl Object for Semaphore {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.permits.id, ObjectKind::Semaphore)
    }
}

impl Serialize for Semaphore {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.permits)
    }
}

impl<'de> Deserialize<'de> for Semaphore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let permits = handover::accept(WHAT, u32::deserialize(deserializer)?)?;
        Ok(Self { permits, home: Home::here() })
    }
}
