//! Who this process is: its home stamp, its slot, the ordinals it has handed out.
//!
//! A handle remembers the home in which it was made or received; in any other process it is refused.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use procesos_trace::ObjectId;

use crate::error::{Error, Kind};

/// The pid, read once a process: it is the home stamp of handles.
static HOME: AtomicU32 = AtomicU32::new(0);
/// Slot in the trace's table of processes; 0 without a trace.
static SLOT: AtomicU32 = AtomicU32::new(0);
static OBJECTS: AtomicU32 = AtomicU32::new(0);
static STARTS: AtomicU32 = AtomicU32::new(0);

/// The home stamp of this process.
#[inline]
pub(crate) fn home() -> u32 {
    match HOME.load(Ordering::Relaxed) {
        0 => find_home(),
        pid => pid,
    }
}

#[cold]
fn find_home() -> u32 {
    let pid = std::process::id();
    HOME.store(pid, Ordering::Relaxed);
    pid
}

/// The moment at which this process was first asked for it, so that it is told from another one with the same pid.
static BIRTH: AtomicU64 = AtomicU64::new(0);

/// A number of this process that no other one with its pid has.
pub(crate) fn birth() -> u64 {
    match BIRTH.load(Ordering::Relaxed) {
        0 => {
            let now = crate::sys::monotonic_nanos().max(1);
            // Of several threads the first one decides.
            BIRTH.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed).err().unwrap_or(now)
        }
        birth => birth,
    }
}

thread_local! {
    /// Home and thread id, so that a fork is noticed.
    static THREAD: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
}

/// The system's id of this thread.
#[inline]
pub(crate) fn thread() -> u32 {
    let (known_home, known) = THREAD.get();
    if known_home == home() { known } else { find_thread() }
}

#[cold]
fn find_thread() -> u32 {
    let id = nix::unistd::gettid().as_raw().cast_unsigned();
    THREAD.set((home(), id));
    id
}

/// Slot of this process in the trace.
pub(crate) fn slot() -> usize {
    SLOT.load(Ordering::Relaxed) as usize
}

/// The next object id of this process.
pub(crate) fn next_object() -> ObjectId {
    next_objects(0)
}

/// The id of an object whose parts have the `parts` ids after its own.
pub(crate) fn next_objects(parts: u32) -> ObjectId {
    let ordinal = OBJECTS.fetch_add(parts + 1, Ordering::Relaxed) + 1;
    let creator = u16::try_from(slot()).unwrap_or(u16::MAX);
    ObjectId { creator, ordinal }
}

/// The ordinal of the next start of this process, from 1.
pub(crate) fn next_start() -> u32 {
    STARTS.fetch_add(1, Ordering::Relaxed) + 1
}

/// After a fork, in the child: forget whose memory this is a copy of.
pub(crate) fn become_child(slot: usize) {
    HOME.store(std::process::id(), Ordering::Relaxed);
    BIRTH.store(0, Ordering::Relaxed);
    SLOT.store(u32::try_from(slot).unwrap_or(u32::MAX), Ordering::Relaxed);
    OBJECTS.store(0, Ordering::Relaxed);
    STARTS.store(0, Ordering::Relaxed);
}

/// The home in which a handle is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Home(u32);

impl Home {
    /// This process.
    pub(crate) fn here() -> Self {
        Self(home())
    }

    /// Refuses a handle of another process; `what` names it in the message.
    #[inline]
    pub(crate) fn check(self, what: &'static str) -> Result<(), Error> {
        if self.is_here() { Ok(()) } else { Err(Kind::NotHanded(what).into()) }
    }

    /// Whether this is the home.
    #[inline]
    pub(crate) fn is_here(self) -> bool {
        self.0 == home()
    }
}
