//! A bell in shared memory: whoever waits for a change sleeps until somebody rings.
//!
//! What it never does: say what has changed. Whoever wakes looks again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::sys::{self, Shared};

/// Bytes of a bell: a cache line for how often it rang, one for who sleeps.
pub(crate) const BELL_BYTES: usize = 128;
const SLEEPERS_AT: usize = 64;
/// A sleeper looks again this often, in case whoever should ring was killed before it could: two looks, and a busy machine, are
/// still within the tenth of a second in which a death is told.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// The bell at a byte of a shared mapping.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bell<'a> {
    memory: &'a Shared,
    at: usize,
}

impl<'a> Bell<'a> {
    pub(crate) fn at(memory: &'a Shared, at: usize) -> Self {
        Self { memory, at }
    }

    fn rung(&self) -> &'a AtomicU64 {
        self.memory.u64(self.at)
    }

    /// Wakes up to `count` of those who sleep.
    pub(crate) fn ring(&self, count: i32) {
        self.rung().fetch_add(1, Ordering::SeqCst);
        // It may count dead ones: that costs a needless call.
        if self.memory.u32(self.at + SLEEPERS_AT).load(Ordering::SeqCst) > 0 {
            sys::futex_wake(self.rung(), count);
        }
    }

    /// Whether somebody sleeps, or is about to. Asked under a lock under which sleepers look whether they have to, it need not ring
    /// when nobody does.
    pub(crate) fn is_awaited(&self) -> bool {
        self.memory.u32(self.at + SLEEPERS_AT).load(Ordering::SeqCst) > 0
    }

    /// Sleeps until it rings, `limit` has passed or it is time to look again, if there is still reason to.
    pub(crate) fn sleep(&self, limit: Option<Duration>, has_to: impl FnOnce() -> bool) {
        let sleepers = self.memory.u32(self.at + SLEEPERS_AT);
        sleepers.fetch_add(1, Ordering::SeqCst);
        let seen = self.rung().load(Ordering::SeqCst);
        if has_to() {
            sys::futex_wait(self.rung(), seen, limit.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN));
        }
        sleepers.fetch_sub(1, Ordering::SeqCst);
    }
}

/// How many to wake when all of them may go on.
pub(crate) const EVERYBODY: i32 = i32::MAX;
