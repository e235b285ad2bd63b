//! `Event`: a flag that processes wait for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use procesos_trace::{ObjectId, ObjectKind, Op};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bell::{BELL_BYTES, Bell, EVERYBODY};
use crate::error::{Error, Result};
use crate::handover::{self, Shareable};
use crate::identity::{self, Home};
use crate::object::{self, Object};
use crate::operate::{Effect, Point, Wait, operate, operate_at_once};
use crate::queue::in_time;
use crate::recorder::At;
use crate::sys::Shared;

const WHAT: &str = "Event";
const BELL_AT: usize = 0;
/// `u64`: how often it has changed; it begins unset, so it is set when that is odd.
const CHANGES_AT: usize = BELL_BYTES;
const FLAG_BYTES: usize = BELL_BYTES + 64;

/// The shared part.
#[derive(Debug)]
struct Flag {
    memory: Shared,
    id: ObjectId,
}

impl Shareable for Flag {}

fn is_set(changes: u64) -> bool {
    changes % 2 == 1
}

impl Flag {
    fn changes(&self) -> &AtomicU64 {
        self.memory.u64(CHANGES_AT)
    }

    fn bell(&self) -> Bell<'_> {
        Bell::at(&self.memory, BELL_AT)
    }

    /// Makes it set or unset: one change, or none. How often it has changed, and whether it did now.
    fn become_set(&self, wanted: bool) -> (u64, bool) {
        let change = |changes: u64| (is_set(changes) != wanted).then_some(changes + 1);
        match self.changes().fetch_update(Ordering::SeqCst, Ordering::SeqCst, change) {
            Ok(before) => (before + 1, true),
            Err(now) => (now, false),
        }
    }
}

/// A flag that processes wait for, as `multiprocessing.Event`: not set when it is made.
///
/// A clone is another handle on the same event. [`set`](Self::set) lets everybody go on who waits, and everybody who comes
/// to wait while it stays set. Clear it only when they have gone on: who has not seen it set by then waits on (in Python that wait
/// may return `False`). Nothing of it is lost with a process that is killed.
///
/// ```
/// use procesos::{Event, Process, Result};
///
/// fn correr(salida: Event, llegada: Event) -> Result<()> {
///     salida.wait()?;
///     llegada.set();
///     Ok(())
/// }
///
/// fn main() -> Result<()> {
///     let (salida, llegada) = (Event::new()?, Event::new()?);
///     let hijo = Process::new(correr, (salida.clone(), llegada.clone())).start()?;
///     assert!(!llegada.is_set());
///     salida.set();
///     llegada.wait()?;
///     hijo.join()?;
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Event {
    flag: Arc<Flag>,
    home: Home,
}

impl Event {
    /// Makes an event that is not set. As `Event()` in Python.
    ///
    /// # Errors
    /// When the system has no memory to share.
    #[track_caller]
    pub fn new() -> Result<Self> {
        let memory = Shared::anonymous(FLAG_BYTES).map_err(|e| Error::system("Event::new", e))?;
        let flag = Arc::new(Flag { memory, id: identity::next_object() });
        object::note_creation(flag.id, ObjectKind::Event, At::caller(), 0, 0);
        Ok(Self { flag, home: Home::here() })
    }

    /// Sets it: everybody who waits goes on. Setting it again changes nothing. As `set()` in Python.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    #[track_caller]
    pub fn set(&self) {
        self.change(Op::EventSet, true, At::caller());
    }

    /// Clears it: who comes to wait from now on waits until it is set again. As `clear()` in Python.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let pausa = procesos::Event::new()?;
    /// pausa.set();
    /// pausa.clear();
    /// assert!(!pausa.is_set());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn clear(&self) {
        self.change(Op::EventClear, false, At::caller());
    }

    /// Whether it is set at this moment. As `is_set()` in Python.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    #[track_caller]
    #[must_use]
    pub fn is_set(&self) -> bool {
        let at = At::caller();
        let step = || {
            self.home.check(WHAT)?;
            let changes = self.flag.changes().load(Ordering::SeqCst);
            let answer = is_set(changes);
            Ok(Effect::of(answer).version(changes).extra(u64::from(answer)))
        };
        let result = operate_at_once(|| self.point(Op::EventIsSet, at), step);
        result.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Waits until it is set. As `wait()` in Python.
    ///
    /// # Errors
    /// When this handle was not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let event = procesos::Event::new()?;
    /// event.set();
    /// event.wait()?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn wait(&self) -> Result<()> {
        self.wait_for(Wait::Forever, At::caller())
    }

    /// Waits at most `limit` until it is set; says whether it was. As `wait(timeout)` in Python.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let event = procesos::Event::new()?;
    /// assert!(!event.wait_timeout(std::time::Duration::from_millis(1))?);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn wait_timeout(&self, limit: Duration) -> Result<bool> {
        Ok(in_time(self.wait_for(Wait::AtMost(limit), At::caller()))?.is_some())
    }

    fn wait_for(&self, wait: Wait, at: At) -> Result<()> {
        let attempt = || {
            self.home.check(WHAT)?;
            let changes = self.flag.changes().load(Ordering::SeqCst);
            let passes = is_set(changes).then(|| Effect::of(()).version(changes));
            Ok(passes.map_or(Poll::Pending, Poll::Ready))
        };
        operate(self.point(Op::EventWait, at).waiting(wait), attempt, |limit| {
            let has_to = || !is_set(self.flag.changes().load(Ordering::SeqCst));
            self.flag.bell().sleep(limit, has_to);
            Ok(())
        })
    }

    #[track_caller]
    fn change(&self, op: Op, wanted: bool, at: At) {
        let step = || {
            self.home.check(WHAT)?;
            let (version, changed) = self.flag.become_set(wanted);
            if changed && wanted {
                self.flag.bell().ring(EVERYBODY);
            }
            Ok(Effect::of(()).version(version).extra(u64::from(changed)))
        };
        let result = operate_at_once(|| self.point(op, at), step);
        result.unwrap_or_else(|error| panic!("{error}"));
    }

    fn point(&self, op: Op, at: At) -> Point {
        Point::new(op, at).on(self.flag.id, ObjectKind::Event)
    }
}

impl Object for Event {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.flag.id, ObjectKind::Event)
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.flag)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let flag = handover::accept(WHAT, u32::deserialize(deserializer)?)?;
        Ok(Self { flag, home: Home::here() })
    }
}
