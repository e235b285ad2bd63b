//! The queue's ring in shared memory: slots for items, and room for their bytes.
//!
//! One robust lock a side; the counters are published after the bytes are copied, so a process killed half way
//! leaves a ring in which its item simply is not. It blocks on items only: bytes live in a sparse region that is
//! large enough for any sensible sum, found first-fit, and given back to the system above the first part.

mod room;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::bell::{BELL_BYTES, Bell, EVERYBODY, LOOK_AGAIN};
use crate::codec;
use crate::error::{Error, Result};
use crate::sys::{self, MUTEX_BYTES, MutexState, RobustMutex, Shared};
use crate::yielding::lock_shortly;

const PUT_LOCK_AT: usize = 0;
const GET_LOCK_AT: usize = MUTEX_BYTES;
/// `u64`: items put so far.
const TAIL_AT: usize = 2 * MUTEX_BYTES;
/// `u64`: items got so far.
const HEAD_AT: usize = 3 * MUTEX_BYTES;
/// `u64`: items known to be put, when somebody last looked. Beside what getters write, so that they need not look at each.
const SEEN_PUT_AT: usize = HEAD_AT + 24;
/// `u64`: items whose bytes may be used again; one less than those got while the last ones are given back.
const FREED_AT: usize = HEAD_AT + 8;
/// `u64`: items that somebody has said are dealt with.
const DONE_AT: usize = HEAD_AT + 16;
/// `u32`: processes that sleep until something is put. May count dead ones: that costs a needless wake.
const GETTERS_AT: usize = 4 * MUTEX_BYTES;
/// `u32`: processes that sleep until something is got.
const PUTTERS_AT: usize = 5 * MUTEX_BYTES;
/// For those who wait until every item is dealt with.
const DONE_BELL_AT: usize = 6 * MUTEX_BYTES;
/// `u64`: where the next bytes go. Under the put lock.
const BUMP_AT: usize = DONE_BELL_AT + BELL_BYTES;
/// `u64`: up to where they may go without a look at what is in use. Under the put lock.
const LIMIT_AT: usize = BUMP_AT + 8;
/// `u64`: items known to be got, when somebody last looked. Beside what putters write.
const SEEN_GOT_AT: usize = BUMP_AT + 16;
const SLOTS_AT: usize = BUMP_AT + MUTEX_BYTES;
/// Bytes of a slot: offset and length of an item's bytes.
const SLOT_BYTES: usize = 16;

/// Sparse room for bytes, in the sizes that are tried: a system that bounds address space may refuse the first.
const ROOMS: [usize; 4] = [1 << 30, 1 << 27, 1 << 24, 1 << 21];
/// Pages beyond this go back to the system when their item is got, so that one large message does not stay for ever;
/// below it that would cost more than it saves.
const KEPT_BYTES: usize = 1 << 23;
/// More slots than these go back to the system when their items are got, so that a ring with room for many items takes memory for
/// those that are in it. Fewer stay.
const KEPT_SLOTS: usize = 4096;
/// Slots beyond the capacity, where some are given back: nobody puts anything into those that are being given back.
const SPARE_SLOTS: usize = 4 * 256;
/// Largest capacity in items.
pub(crate) const MAX_CAPACITY: usize = 1 << 20;

/// Where an item is.
#[derive(Debug, Clone, Copy)]
struct Span {
    at: usize,
    length: usize,
}

/// A ring of `capacity` items.
#[derive(Debug)]
pub(crate) struct Ring {
    memory: Shared,
    capacity: usize,
    slots: usize,
    data_at: usize,
    room: usize,
    /// What it is a part of, for errors.
    whose: &'static str,
}

fn as_index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Ring {
    /// Makes an empty ring.
    pub(crate) fn new(capacity: usize, whose: &'static str) -> io::Result<Self> {
        let slots = if capacity > KEPT_SLOTS { capacity + SPARE_SLOTS } else { capacity };
        let data_at = (SLOTS_AT + slots * SLOT_BYTES).next_multiple_of(4096);
        let mut last = io::Error::from(io::ErrorKind::OutOfMemory);
        for room in ROOMS {
            match Shared::anonymous(data_at + room) {
                Ok(memory) => {
                    RobustMutex::initialise(&memory, PUT_LOCK_AT)?;
                    RobustMutex::initialise(&memory, GET_LOCK_AT)?;
                    return Ok(Self { memory, capacity, slots, data_at, room, whose });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    fn tail(&self) -> &AtomicU64 {
        self.memory.u64(TAIL_AT)
    }

    fn head(&self) -> &AtomicU64 {
        self.memory.u64(HEAD_AT)
    }

    /// Items put so far and items got so far.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let got = self.head().load(Ordering::SeqCst);
        (self.tail().load(Ordering::SeqCst).max(got), got)
    }

    /// Whether there is an item, by what is known of the other side; that is looked at when it does not say so.
    fn has_item(&self) -> bool {
        let got = self.head().load(Ordering::SeqCst);
        let seen = self.memory.u64(SEEN_PUT_AT);
        got < seen.load(Ordering::Acquire) || {
            let put = self.tail().load(Ordering::SeqCst);
            // It only grows: who stores an older one makes others look again.
            seen.store(put, Ordering::Release);
            got < put
        }
    }

    /// Whether there is room for an item, in the same way.
    fn has_room(&self) -> bool {
        let put = self.tail().load(Ordering::SeqCst);
        let seen = self.memory.u64(SEEN_GOT_AT);
        let fits = |got: u64| put.saturating_sub(got) < self.capacity as u64;
        fits(seen.load(Ordering::Acquire)) || {
            let got = self.head().load(Ordering::SeqCst);
            seen.store(got, Ordering::Release);
            fits(got)
        }
    }

    /// Whether there is room for no item at this moment.
    pub(crate) fn is_full(&self) -> bool {
        let got = self.head().load(Ordering::SeqCst);
        self.tail().load(Ordering::SeqCst).saturating_sub(got) >= self.capacity as u64
    }

    /// Whether nothing is in it at this moment.
    pub(crate) fn is_empty(&self) -> bool {
        let (put, got) = self.counts();
        put == got
    }

    /// Runs `step` under the lock of one side; both critical sections are a copy long.
    fn locked<R>(&self, lock_at: usize, step: impl FnOnce() -> Result<R>) -> Result<R> {
        let lock = RobustMutex::at(&self.memory, lock_at);
        let state = lock_shortly(lock);
        if state.map_err(|e| Error::system(self.whose, e))? == MutexState::OwnerDied {
            self.take_over(lock_at);
        }
        let result = step();
        lock.unlock().map_err(|e| Error::system(self.whose, e))?;
        result
    }

    /// After the death of a process in a critical section: what it had not published does not count.
    fn take_over(&self, lock_at: usize) {
        if lock_at == PUT_LOCK_AT {
            // Look afresh at what is in use.
            let bump = self.memory.u64(BUMP_AT).load(Ordering::Relaxed);
            self.memory.u64(LIMIT_AT).store(bump, Ordering::Relaxed);
        } else {
            // Nobody gives its last item's bytes back any more.
            let got = self.head().load(Ordering::SeqCst);
            self.memory.u64(FREED_AT).store(got, Ordering::SeqCst);
        }
    }

    fn slot_at(&self, index: u64) -> usize {
        SLOTS_AT + as_index(index % self.slots as u64) * SLOT_BYTES
    }

    fn span(&self, index: u64) -> Span {
        let at = self.slot_at(index);
        Span {
            at: as_index(self.memory.u64(at).load(Ordering::Relaxed)),
            length: as_index(self.memory.u64(at + 8).load(Ordering::Relaxed)),
        }
    }

    /// Puts an item's bytes if there is room for an item; returns its index, `None` when the ring is full.
    pub(crate) fn try_put(&self, bytes: &[u8]) -> Result<Option<u64>> {
        if !self.has_room() {
            return Ok(None);
        }
        let put = self.locked(PUT_LOCK_AT, || {
            if !self.has_room() {
                return Ok(None);
            }
            let index = self.tail().load(Ordering::Relaxed);
            let at = self.allocate(bytes.len())?;
            self.memory.copy_in(self.data_at + at, bytes);
            let slot = self.slot_at(index);
            self.memory.u64(slot).store(at as u64, Ordering::Relaxed);
            self.memory.u64(slot + 8).store(bytes.len() as u64, Ordering::Relaxed);
            self.tail().store(index + 1, Ordering::SeqCst);
            Ok(Some(index))
        })?;
        if put.is_some() && self.memory.u32(GETTERS_AT).load(Ordering::SeqCst) > 0 {
            sys::futex_wake(self.tail(), 1);
        }
        Ok(put)
    }

    /// Gets the oldest item's bytes; returns its index too, `None` when the ring is empty.
    pub(crate) fn try_get(&self, into: &mut Vec<u8>) -> Result<Option<u64>> {
        self.try_take(into, |_| ())
    }

    /// The same; `claim` is told the index right before the item is got. After a death in between it is told again, to who gets it.
    pub(crate) fn try_take(&self, into: &mut Vec<u8>, claim: impl FnOnce(u64)) -> Result<Option<u64>> {
        if !self.has_item() {
            return Ok(None);
        }
        let got = self.locked(GET_LOCK_AT, || {
            if !self.has_item() {
                return Ok(None);
            }
            let index = self.head().load(Ordering::Relaxed);
            let Span { at, length } = self.span(index);
            codec::make_room(self.whose, length, into)?;
            self.memory.copy_out(self.data_at + at, length, into);
            claim(index);
            // Got from here on: a process killed before this leaves the item whole, after it nobody gets it again.
            self.head().store(index + 1, Ordering::SeqCst);
            if at + length > KEPT_BYTES {
                self.memory.discard(self.data_at + at, length);
            }
            self.memory.u64(FREED_AT).store(index + 1, Ordering::Release);
            self.give_slots_back(index + 1);
            Ok(Some(index))
        })?;
        if got.is_some() && self.memory.u32(PUTTERS_AT).load(Ordering::SeqCst) > 0 {
            sys::futex_wake(self.head(), 1);
        }
        Ok(got)
    }

    fn done(&self) -> &AtomicU64 {
        self.memory.u64(DONE_AT)
    }

    fn done_bell(&self) -> Bell<'_> {
        Bell::at(&self.memory, DONE_BELL_AT)
    }

    /// Counts an item as dealt with; its index among those, `None` when all that were put are already.
    pub(crate) fn mark_done(&self) -> Option<u64> {
        let next = |done: u64| (done < self.tail().load(Ordering::SeqCst)).then_some(done + 1);
        let before = self.done().fetch_update(Ordering::SeqCst, Ordering::SeqCst, next).ok()?;
        self.done_bell().ring(EVERYBODY);
        Some(before)
    }

    /// How many items are dealt with, if that is all that were put.
    pub(crate) fn all_done(&self) -> Option<u64> {
        // In this order: what is dealt with was put.
        let done = self.done().load(Ordering::SeqCst);
        (done >= self.tail().load(Ordering::SeqCst)).then_some(done)
    }

    /// Sleeps until all items may have been dealt with.
    pub(crate) fn wait_until_done(&self, limit: Option<Duration>) {
        self.done_bell().sleep(limit, || self.all_done().is_none());
    }

    /// Sleeps until something may have been put.
    pub(crate) fn wait_for_item(&self, limit: Option<Duration>) {
        self.sleep(GETTERS_AT, self.tail(), limit, Self::is_empty);
    }

    /// Sleeps until something may have been got.
    pub(crate) fn wait_for_room(&self, limit: Option<Duration>) {
        self.sleep(PUTTERS_AT, self.head(), limit, Self::is_full);
    }

    fn sleep(
        &self,
        sleepers_at: usize,
        word: &AtomicU64,
        limit: Option<Duration>,
        must: impl Fn(&Self) -> bool,
    ) {
        let sleepers = self.memory.u32(sleepers_at);
        sleepers.fetch_add(1, Ordering::SeqCst);
        let seen = word.load(Ordering::SeqCst);
        if must(self) {
            sys::futex_wait(word, seen, limit.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN));
        }
        sleepers.fetch_sub(1, Ordering::SeqCst);
    }
}
