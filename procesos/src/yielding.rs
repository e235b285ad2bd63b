//! How one waits before one sleeps: by letting others go first, for a moment.
//!
//! Waking who sleeps costs about ten times as much on an idle machine. What it never does: cost much on a busy one, where a
//! yield takes as long as others want the processor.

use std::cell::Cell;
use std::hint::spin_loop;
use std::io;
use std::time::{Duration, Instant};

use nix::sched::sched_yield;

use crate::bell::LOOK_AGAIN;
use crate::sys::{MutexState, RobustMutex};

/// Yielding before sleeping.
///
/// Bounded by time, not by count, and given up for a while when a yield shows that the machine is busy.
pub(crate) struct Yielding {
    begun: Option<Instant>,
}

/// Wall time for which a wait yields before it sleeps.
const YIELD_TIME: Duration = Duration::from_micros(50);
/// A yield that takes this long means that others need the processor.
const BUSY_YIELD: Duration = Duration::from_millis(1);
/// Waits that skip yielding after a busy one: doubled each time, between these bounds.
const FEWEST_SKIPPED: u32 = 64;
const MOST_SKIPPED: u32 = 4096;

thread_local! {
    /// Waits still to skip, and how many to skip the next time.
    static SKIPPING: Cell<(u32, u32)> = const { Cell::new((0, FEWEST_SKIPPED)) };
}

impl Yielding {
    pub(crate) fn begin() -> Self {
        let (left, next) = SKIPPING.get();
        if left > 0 {
            SKIPPING.set((left - 1, next));
            return Self { begun: None };
        }
        Self { begun: Some(Instant::now()) }
    }

    /// Yields for as long as it `has_to` and that is wise; false when it is wise no more.
    pub(crate) fn while_it(&mut self, has_to: &mut impl FnMut() -> bool) -> bool {
        loop {
            if !self.goes_on() {
                return false;
            }
            if !has_to() {
                return true;
            }
        }
    }

    /// Yields once if that is still wise.
    pub(crate) fn goes_on(&mut self) -> bool {
        let Some(begun) = self.begun else { return false };
        let before = Instant::now();
        if before.duration_since(begun) >= YIELD_TIME || sched_yield().is_err() {
            self.begun = None;
            return false;
        }
        if before.elapsed() > BUSY_YIELD {
            let (_, next) = SKIPPING.get();
            SKIPPING.set((next, (next * 2).min(MOST_SKIPPED)));
            self.begun = None;
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
