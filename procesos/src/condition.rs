//! `Condition`: waiting, with a lock released meanwhile, until another process says that something has changed.
//!
//! A wait is three steps, and each is an operation of its own: the lock is released and the process entered as waiting, in one; it
//! waits to be notified; it takes the lock again. A notification is given to a process that waits, in the order in which
//! they came, and to none that has died.

use std::cell::Cell;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::acquire::AcquireError;
use crate::bell::EVERYBODY;
use crate::error::{Error, Kind, Result};
use crate::handover::{self, Shareable};
use crate::identity::{self, Home};
use crate::lock::{Lock, LockGuard};
use crate::monitor::{Lookout, Monitor, Row};
use crate::object::{self, Object};
use crate::operate::{Effect, Point, Wait, operate, operate_while};
use crate::queue::in_time;
use crate::recorder::At;

const WHAT: &str = "Condition";
/// Word: notifications given so far.
const GIVEN: usize = 0;
/// Word: processes that have come to wait so far: the mark of a row that waits.
const COME: usize = 1;
const WORDS: usize = 2;
/// State of a row: it waits.
const WAITING: u32 = 1;
/// State of a row: it was notified; its mark is the index of the notification.
const NOTIFIED: u32 = 2;

/// The shared part. In its roster is who waits.
#[derive(Debug)]
struct Waiters {
    monitor: Monitor,
    id: ObjectId,
}

impl Shareable for Waiters {}

impl Waiters {
    fn alone<R>(&self, change: impl FnOnce(&Monitor) -> R) -> Result<R> {
        self.monitor.alone(WHAT, |_| (), change)
    }

    fn enter(&self) -> Result<usize> {
        self.alone(|monitor| {
            let mark = monitor.count(COME);
            monitor.enter(identity::home(), WAITING, mark, Row::is_dead)
        })?
        .ok_or_else(|| Kind::Crowded(WHAT).into())
    }

    /// Notifies those that have waited longest, at most so many: the index of the first notification, and how many there
    /// were.
    fn notify(&self, most: usize) -> Result<(u64, u64)> {
        self.alone(|monitor| {
            let first = monitor.get(GIVEN);
            let mut waiting: Vec<Row> = monitor.rows().filter(|row| row.state == WAITING).collect();
            waiting.sort_unstable_by_key(|row| row.mark);
            let mut given = 0;
            for row in waiting {
                if given == most as u64 {
                    break;
                }
                if row.is_dead() {
                    monitor.leave(row.index);
                } else {
                    monitor.remark(row, NOTIFIED, monitor.count(GIVEN));
                    given += 1;
                }
            }
            (first, given)
        })
    }

    /// If the process in a row was notified: it leaves, with the index of the notification. `look` says whether to look for
    /// notifications of processes that have died since: another one has them then.
    fn notified(&self, index: usize, look: bool) -> Result<Option<u64>> {
        self.alone(|monitor| {
            let dead = || {
                let mut notified = monitor.rows().filter(|row| row.state == NOTIFIED && row.index != index);
                notified.find(Row::is_dead)
            };
            let own = monitor.row(index);
            let found = if own.state == NOTIFIED { Some(own) } else { look.then(dead).flatten() };
            if let Some(row) = found {
                monitor.leave(row.index);
                monitor.leave(index);
            }
            found.map(|row| row.mark)
        })
    }

    /// A process that has waited long enough leaves, unless it was notified in the meantime.
    fn give_up(&self, index: usize) -> Result<bool> {
        self.alone(|monitor| {
            let is_waiting = monitor.row(index).state == WAITING;
            if is_waiting {
                monitor.leave(index);
            }
            is_waiting
        })
    }
}

/// Waiting, with a [`Lock`] released meanwhile, until another process notifies, as `multiprocessing.Condition`.
///
/// A clone is another handle on the same condition and its lock. What is waited for is in a [`Value`](crate::Value), a
/// queue or the like, guarded by the lock; ask it before you wait, and again afterwards: [`wait_for`](Self::wait_for) does
/// both. A notification that finds nobody waiting is lost. Waiting and notifying need the guard of the lock: without it
/// they do not compile (in Python they are a `RuntimeError`). Unlike Python's it always has a `Lock`, not an `RLock`.
///
/// ```
/// use procesos::{Condition, Lock, Process, Result, Value};
///
/// fn esperar(listo: Value<bool>, cambio: Condition) -> Result<()> {
///     let mut guardia = cambio.acquire()?;
///     cambio.wait_for(&mut guardia, || listo.get())?;
///     guardia.release();
///     Ok(())
/// }
///
/// fn main() -> Result<()> {
///     let (lock, listo) = (Lock::new()?, Value::new(false)?);
///     let cambio = Condition::new(&lock)?;
///     let hijo = Process::new(esperar, (listo.clone(), cambio.clone())).start()?;
///     let guardia = lock.acquire()?;
///     listo.set(true);
///     cambio.notify_all(&guardia)?;
///     guardia.release();
///     hijo.join()?;
///     Ok(())
/// }
/// ```
///
/// Without the lock nobody notifies:
/// ```compile_fail,E0061
/// # fn main() -> procesos::Result<()> {
/// let cambio = procesos::Condition::new(&procesos::Lock::new()?)?;
/// cambio.notify_all()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Condition {
    waiters: Arc<Waiters>,
    lock: Lock,
    home: Home,
}

impl Condition {
    /// Makes a condition on what `lock` guards. As `Condition(lock)` in Python.
    ///
    /// # Errors
    /// When the system has no memory to share.
    #[track_caller]
    pub fn new(lock: &Lock) -> Result<Self> {
        let monitor = Monitor::new(WORDS).map_err(|e| Error::system("Condition::new", e))?;
        let waiters = Arc::new(Waiters { monitor, id: identity::next_object() });
        object::note_creation(waiters.id, ObjectKind::Condition, At::caller(), 0, 0);
        Ok(Self { waiters, lock: lock.clone(), home: Home::here() })
    }

    /// Acquires its lock. As `with condition:` in Python.
    ///
    /// # Errors
    /// As [`Lock::acquire`].
    #[track_caller]
    pub fn acquire(&self) -> std::result::Result<LockGuard<'_>, AcquireError<LockGuard<'_>>> {
        self.lock.acquire()
    }

    /// Releases the lock, waits until it is notified, and takes the lock again. As `wait()` in Python.
    ///
    /// Others had the lock meanwhile: what was waited for may be over again. [`wait_for`](Self::wait_for) asks. When a process dies
    /// with the lock, all who wait go on: one is told, the others see what it made of it.
    ///
    /// # Errors
    /// The guard is that of another lock ([`Error::is_other_lock`]); the last holder of the lock ended without releasing it
    /// ([`Error::is_owner_died`]: the guard holds it again all the same); not handed to this process.
    #[track_caller]
    pub fn wait(&self, guard: &mut LockGuard<'_>) -> Result<()> {
        self.wait_once(guard, Wait::Forever, At::caller()).map(drop)
    }

    /// The same for at most `limit`; says whether it was notified. As `wait(timeout)` in Python.
    ///
    /// It takes the lock again in any case, which may take longer than `limit`.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let lock = procesos::Lock::new()?;
    /// let cambio = procesos::Condition::new(&lock)?;
    /// let mut guardia = lock.acquire()?;
    /// assert!(!cambio.wait_timeout(&mut guardia, std::time::Duration::from_millis(1))?);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn wait_timeout(&self, guard: &mut LockGuard<'_>, limit: Duration) -> Result<bool> {
        self.wait_once(guard, Wait::AtMost(limit), At::caller())
    }

    /// Waits until `holds`, which it asks with the lock held: first, and after every notification. As `wait_for(predicate)`
    /// in Python.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    #[track_caller]
    pub fn wait_for(&self, guard: &mut LockGuard<'_>, mut holds: impl FnMut() -> bool) -> Result<()> {
        let at = At::caller();
        while !holds() {
            self.wait_once(guard, Wait::Forever, at)?;
        }
        Ok(())
    }

    /// The same for at most `limit`; says whether it holds. As `wait_for(predicate, timeout)` in Python.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// use std::time::Duration;
    ///
    /// let lock = procesos::Lock::new()?;
    /// let cambio = procesos::Condition::new(&lock)?;
    /// let listo = procesos::Value::new(false)?;
    /// let mut guardia = cambio.acquire()?;
    /// let llego = cambio.wait_for_timeout(&mut guardia, Duration::from_millis(5), || listo.get())?;
    /// assert!(!llego, "nobody sets it");
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn wait_for_timeout(
        &self,
        guard: &mut LockGuard<'_>,
        limit: Duration,
        mut holds: impl FnMut() -> bool,
    ) -> Result<bool> {
        let at = At::caller();
        let begun = Instant::now();
        while !holds() {
            let left = limit.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(false);
            }
            // Out of time or not, it is asked once more.
            self.wait_once(guard, Wait::AtMost(left), at)?;
        }
        Ok(true)
    }

    /// Notifies at most `most` processes that wait: those that have waited longest. They go on when they get the lock. As
    /// `notify(n)` in Python, whose default is 1.
    ///
    /// # Errors
    /// The guard is that of another lock; not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let lock = procesos::Lock::new()?;
    /// let cambio = procesos::Condition::new(&lock)?;
    /// let guardia = cambio.acquire()?;
    /// // Nobody waits: nobody is let go on.
    /// cambio.notify(&guardia, 1)?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn notify(&self, guard: &LockGuard<'_>, most: usize) -> Result<()> {
        self.tell(guard, most, most as u64, At::caller())
    }

    /// Notifies all processes that wait. As `notify_all()` in Python.
    ///
    /// # Errors
    /// As [`notify`](Self::notify).
    #[track_caller]
    pub fn notify_all(&self, guard: &LockGuard<'_>) -> Result<()> {
        self.tell(guard, usize::MAX, 0, At::caller())
    }

    fn check(&self, guard: &LockGuard<'_>) -> Result<()> {
        self.home.check(WHAT)?;
        if guard.holds(&self.lock) { Ok(()) } else { Err(Kind::OtherLock.into()) }
    }

    fn tell(&self, guard: &LockGuard<'_>, most: usize, asked: u64, at: At) -> Result<()> {
        let attempt = || {
            self.check(guard)?;
            let (version, given) = self.waiters.notify(most)?;
            if given > 0 {
                // Each sleeps on the same bell: who was not meant sleeps again.
                self.waiters.monitor.bell().ring(EVERYBODY);
            }
            Ok(Poll::Ready(Effect::of(()).version(version).recorded(asked).extra(given)))
        };
        operate(self.point(Op::ConditionNotify, at), attempt, |_| Ok(()))
    }

    fn wait_once(&self, guard: &mut LockGuard<'_>, wait: Wait, at: At) -> Result<bool> {
        self.check(guard)?;
        let (row, deaths) = (Cell::new(0), self.lock.deaths(false));
        guard.free_while(at, || {
            row.set(self.waiters.enter()?);
            Ok(())
        })?;
        let notified = self.wait_for_notification(row.get(), deaths, wait, at);
        guard.take_again(at)?;
        notified
    }

    fn wait_for_notification(&self, row: usize, deaths: u64, wait: Wait, at: At) -> Result<bool> {
        // Whether the others live is looked at when nothing came for a while.
        let look = Lookout::begin();
        let attempt = || {
            if let Some(version) = self.waiters.notified(row, look.is_due())? {
                return Ok(Poll::Ready(Effect::of(()).version(version)));
            }
            // Whoever died with the lock may have been about to notify.
            if look.is_due() && self.lock.deaths(true) != deaths && self.waiters.give_up(row)? {
                return Ok(Poll::Ready(Effect { outcome: Outcome::OwnerDied, ..Effect::of(()) }));
            }
            Ok(Poll::Pending)
        };
        let has_to = || self.waiters.monitor.row(row).state == WAITING;
        let block = |limit| {
            look.sleep(limit, |limit| self.waiters.monitor.sleep(limit, has_to));
            Ok(())
        };
        let point = self.point(Op::ConditionWait, at);
        if in_time(operate_while(point.waiting(wait), attempt, has_to, block))?.is_some() {
            return Ok(true);
        }
        if self.waiters.give_up(row)? {
            return Ok(false);
        }
        // Notified in the very last moment: that is an operation too, and does not wait.
        operate(point, attempt, block)?;
        Ok(true)
    }

    fn point(&self, op: Op, at: At) -> Point {
        Point::new(op, at).on(self.waiters.id, ObjectKind::Condition)
    }
}

impl Object for Condition {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.waiters.id, ObjectKind::Condition)
    }
}

/// Stands for the condition's own part and for its lock.
impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        (object::Handed { what: WHAT, home: self.home, shared: &self.waiters }, &self.lock)
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let (index, lock) = Deserialize::deserialize(deserializer)?;
        Ok(Self { waiters: handover::accept(WHAT, index)?, lock, home: Home::here() })
    }
}
