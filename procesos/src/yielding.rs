//! How one waits before one sleeps: by letting others go first, for a moment.
//!
//! Waking who sleeps costs about ten times as much on an idle machine. What it never does: cost much on a busy one, where a
//! yield takes as long as others want the processor.

use std::cell::Cell;
use std::hint::spin_loop;
use std::io;

use nix::sched::sched_yield;

use crate::bell::LOOK_AGAIN;
use crate::sys::{self, MutexState, RobustMutex};

/// Yielding before sleeping.
///
/// Bounded by time, not by count. A yield that shows that the machine is busy ends it for many times as long as that yield took:
/// however busy the machine is, what is lost is a small part of the time.
pub(crate) struct Yielding {
    /// When it began; none when it is over.
    begun: Option<u64>,
}

/// Nanoseconds for which a wait yields before it sleeps.
const YIELD_TIME: u64 = 50_000;
/// A yield that takes so many nanoseconds means that others need the processor.
const BUSY_YIELD: u64 = 1_000_000;
/// How many times as long as a busy yield nobody yields: at first, and after several with no quick one between them. The machine
/// may have been busy for a moment only, and sleeping costs more where it is not.
const FIRST_REST: u64 = 8;
const LONGEST_REST: u64 = 512;
const REST_GROWS: u64 = 8;

thread_local! {
    /// Until when nobody yields, on the real monotonic clock, and how many times as long the next rest is.
    static REST: Cell<(u64, u64)> = const { Cell::new((0, FIRST_REST)) };
}

impl Yielding {
    pub(crate) fn begin() -> Self {
        let now = sys::monotonic_nanos();
        Self { begun: (now >= REST.get().0).then_some(now) }
    }

    /// Yields for as long as it `has_to` and that is wise; false when it is wise no more.
    pub(crate) fn while_it(&mut self, has_to: &mut impl FnMut() -> bool) -> bool {
        while self.goes_on() {
            if !has_to() {
                return true;
            }
        }
        false
    }

    /// Yields once if that is still wise.
    pub(crate) fn goes_on(&mut self) -> bool {
        let Some(begun) = self.begun else { return false };
        let before = sys::monotonic_nanos();
        if before - begun >= YIELD_TIME || sched_yield().is_err() {
            self.begun = None;
            return false;
        }
        let after = sys::monotonic_nanos();
        let (until, rest) = REST.get();
        if after - before > BUSY_YIELD {
            REST.set((after + (after - before) * rest, (rest * REST_GROWS).min(LONGEST_REST)));
            self.begun = None;
        } else if rest > FIRST_REST {
            REST.set((until, FIRST_REST));
        }
        true
    }
}

/// Times that a short lock is tried again at once: who has it on another processor is about to give it back.
const TRIES: usize = 8;
/// Pauses of the processor between two of them.
const PAUSES: usize = 16;

/// Takes a lock that nobody holds for longer than a few copies take.
///
/// # Errors
/// What the system answers to a broken lock.
#[inline]
pub(crate) fn lock_shortly(lock: RobustMutex<'_>) -> io::Result<MutexState> {
    match lock.try_lock() {
        Ok(MutexState::Busy) => wait_for(lock),
        state => state,
    }
}

#[cold]
fn wait_for(lock: RobustMutex<'_>) -> io::Result<MutexState> {
    for _ in 0..TRIES {
        (0..PAUSES).for_each(|_| spin_loop());
        match lock.try_lock() {
            Ok(MutexState::Busy) => {}
            state => return state,
        }
    }
    let mut yielding = Yielding::begin();
    loop {
        let state = if yielding.goes_on() { lock.try_lock() } else { lock.lock(LOOK_AGAIN) };
        match state {
            Ok(MutexState::Busy) => {}
            state => return state,
        }
    }
}
