//! Where the bytes of an item go in a ring, and what goes back to the system.

use std::sync::atomic::Ordering;

use super::{BUMP_AT, FREED_AT, KEPT_SLOTS, LIMIT_AT, Ring, SLOT_BYTES, SLOTS_AT, Span, as_index};
use crate::error::{Kind, Result};

/// The first part is reused in preference, so that it stays in the cache. A gap is used up to a multiple of this, then
/// looked for anew from the start, so that a queue that was long once returns there.
const WARM_BYTES: usize = 1 << 20;
/// A gap of this size is worth the look at every item that finds it.
const GAP_BYTES: usize = 1 << 16;
/// Every so many items those before are given back.
const SLOTS_AT_ONCE: u64 = 256;

impl Ring {
    /// Gives back the slots of the last items that were got, now and then. Under the get lock.
    ///
    /// Of twice as many as came since the last time, so that every whole page is among them once.
    pub(super) fn give_slots_back(&self, got: u64) {
        let position = got % self.slots as u64;
        if self.slots > KEPT_SLOTS && position.is_multiple_of(SLOTS_AT_ONCE) && position >= 2 * SLOTS_AT_ONCE
        {
            let first = as_index(position - 2 * SLOTS_AT_ONCE);
            self.memory.discard(SLOTS_AT + first * SLOT_BYTES, as_index(2 * SLOTS_AT_ONCE) * SLOT_BYTES);
        }
    }

    /// Finds room for `length` bytes. Under the put lock.
    pub(super) fn allocate(&self, length: usize) -> Result<usize> {
        let (bump, limit) = (self.memory.u64(BUMP_AT), self.memory.u64(LIMIT_AT));
        let next = as_index(bump.load(Ordering::Relaxed));
        if next + length <= as_index(limit.load(Ordering::Relaxed)) {
            bump.store((next + length) as u64, Ordering::Relaxed);
            return Ok(next);
        }
        let (start, end) = self.gap(length)?;
        let end = end.min((start + length).next_multiple_of(WARM_BYTES));
        bump.store((start + length) as u64, Ordering::Relaxed);
        limit.store(end as u64, Ordering::Relaxed);
        Ok(start)
    }

    /// The first gap between the items in the ring that is worth it for `length` bytes, else the first that holds them.
    fn gap(&self, length: usize) -> Result<(usize, usize)> {
        let freed = self.memory.u64(FREED_AT).load(Ordering::SeqCst);
        let put = self.tail().load(Ordering::Relaxed);
        let mut used: Vec<Span> = (freed..put).map(|index| self.span(index)).collect();
        used.push(Span { at: self.room, length: 0 });
        // Stable: it makes use of the runs in which the items lie.
        used.sort_by_key(|span| span.at);
        let mut last = 0;
        let gaps = used.into_iter().map(|span| {
            let gap = (last, span.at);
            last = last.max(span.at + span.length);
            gap
        });
        let mut fitting = gaps.filter(|(start, end)| start + length <= *end);
        let first = fitting.next();
        let worth = |(start, end): &(usize, usize)| end - start >= length.max(GAP_BYTES);
        first.filter(worth).or_else(|| fitting.find(worth)).or(first).ok_or_else(|| {
            Kind::MessageTooLarge { bytes: length, room: self.room - last.min(self.room) }.into()
        })
    }
}
