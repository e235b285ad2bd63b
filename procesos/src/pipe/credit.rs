//! How much may be on its way in one direction of a pipe: counters in shared memory, each written by one side only.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{CREDIT_BYTES, CREDIT_MESSAGES};
use crate::sys::{self, Shared};

/// Bytes of the counters of one direction.
pub(super) const DIRECTION_BYTES: usize = 128;
const SENT_AT: usize = 0;
const SENT_BYTES_AT: usize = 8;
const SENDER_WAITS_AT: usize = 16;
const RECEIVED_AT: usize = 64;
const RECEIVED_BYTES_AT: usize = 72;

/// One direction of a pipe.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credit<'a> {
    memory: &'a Shared,
    at: usize,
}

impl<'a> Credit<'a> {
    /// That of the direction with this number, 0 or 1.
    pub(super) fn of(memory: &'a Shared, direction: usize) -> Self {
        Self { memory, at: direction * DIRECTION_BYTES }
    }

    fn counter(&self, at: usize) -> &'a AtomicU64 {
        self.memory.u64(self.at + at)
    }

    /// Whether a message of `bytes` may leave now.
    pub(super) fn is_enough_for(&self, bytes: u64) -> bool {
        let count = |at| self.counter(at).load(Ordering::SeqCst);
        let messages = count(SENT_AT).saturating_sub(count(RECEIVED_AT));
        let on_their_way = count(SENT_BYTES_AT).saturating_sub(count(RECEIVED_BYTES_AT));
        messages == 0 || (messages < CREDIT_MESSAGES && on_their_way + bytes <= CREDIT_BYTES)
    }

    /// Bytes of the message that is on its way alone, being too large for others beside it.
    pub(super) fn large_alone(&self) -> Option<u64> {
        let count = |at| self.counter(at).load(Ordering::SeqCst);
        // In this order: what was received was sent.
        let received = count(RECEIVED_BYTES_AT);
        Some(count(SENT_BYTES_AT).saturating_sub(received)).filter(|bytes| *bytes > CREDIT_BYTES)
    }

    /// Whether nothing is on its way. That does not tell the end, nor what a killed process left of the counters.
    pub(super) fn is_quiet(&self) -> bool {
        let count = |at| self.counter(at).load(Ordering::SeqCst);
        count(RECEIVED_AT) == count(SENT_AT)
    }

    /// Counts a message as on its way; its index.
    pub(super) fn take(&self, bytes: u64) -> u64 {
        let index = self.counter(SENT_AT).fetch_add(1, Ordering::SeqCst);
        self.counter(SENT_BYTES_AT).fetch_add(bytes, Ordering::SeqCst);
        index
    }

    /// It did not leave.
    pub(super) fn give_back(&self, bytes: u64) {
        self.counter(SENT_AT).fetch_sub(1, Ordering::SeqCst);
        self.counter(SENT_BYTES_AT).fetch_sub(bytes, Ordering::SeqCst);
    }

    /// Counts a message as received, which lets the sender go on; its index.
    pub(super) fn renew(&self, bytes: u64) -> u64 {
        let received = self.counter(RECEIVED_AT);
        self.counter(RECEIVED_BYTES_AT).fetch_add(bytes, Ordering::SeqCst);
        let index = received.fetch_add(1, Ordering::SeqCst);
        if self.counter(SENDER_WAITS_AT).load(Ordering::SeqCst) > 0 {
            sys::futex_wake(received, 1);
        }
        index
    }

    /// Sleeps until something may have been received, at most `limit`, while there is not enough for `bytes`.
    pub(super) fn wait(&self, bytes: u64, limit: Duration) {
        let waits = self.counter(SENDER_WAITS_AT);
        let received = self.counter(RECEIVED_AT);
        waits.store(1, Ordering::SeqCst);
        let seen = received.load(Ordering::SeqCst);
        if !self.is_enough_for(bytes) {
            sys::futex_wait(received, seen, limit);
        }
        waits.store(0, Ordering::SeqCst);
    }
}
