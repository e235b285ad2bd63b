//! Words of state that several processes change: a short robust lock around each change, and a bell for who waits for one.
//!
//! A change is a row of single stores, so ordered that what a process leaves that is killed between two of them is right as it is,
//! or is what the next one is told to mend. Stores keep their order, which is what that needs; the lock and the bell do the rest.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::bell::{BELL_BYTES, Bell, LOOK_AGAIN};
use crate::control;
use crate::error::{Error, Result};
use crate::sys::{self, MUTEX_BYTES, MutexState, RobustMutex, Shared};
use crate::yielding::lock_shortly;

const LOCK_AT: usize = 0;
const BELL_AT: usize = MUTEX_BYTES;
const WORDS_AT: usize = BELL_AT + BELL_BYTES;
/// Rows of a roster: more processes than that neither wait nor hold at one object.
const ROWS: usize = 1024;

/// See the module. Its words are followed by a roster.
#[derive(Debug)]
pub(crate) struct Monitor {
    memory: Shared,
    words: usize,
}

impl Monitor {
    /// So many words, all 0, and an empty roster.
    pub(crate) fn new(words: usize) -> io::Result<Self> {
        let memory = Shared::anonymous(WORDS_AT + (words + 1 + 2 * ROWS) * 8)?;
        RobustMutex::initialise(&memory, LOCK_AT)?;
        Ok(Self { memory, words })
    }

    #[inline]
    fn word(&self, index: usize) -> &AtomicU64 {
        self.memory.u64(WORDS_AT + index * 8)
    }

    #[inline]
    pub(crate) fn get(&self, word: usize) -> u64 {
        self.word(word).load(Ordering::Acquire)
    }

    #[inline]
    pub(crate) fn set(&self, word: usize, value: u64) {
        self.word(word).store(value, Ordering::Release);
    }

    /// Adds one to a word; what it was before.
    pub(crate) fn count(&self, word: usize) -> u64 {
        let before = self.get(word);
        self.set(word, before + 1);
        before
    }

    /// Runs `change` while nobody else runs one; `mend` first, when a process was killed in the midst of the last one.
    #[inline]
    pub(crate) fn alone<R>(
        &self,
        doing: &'static str,
        mend: impl FnOnce(&Self),
        change: impl FnOnce(&Self) -> R,
    ) -> Result<R> {
        let lock = RobustMutex::at(&self.memory, LOCK_AT);
        let state = lock_shortly(lock);
        if state.map_err(|e| Error::system(doing, e))? == MutexState::OwnerDied {
            mend(self);
        }
        let result = change(self);
        lock.unlock().map_err(|e| Error::system(doing, e))?;
        Ok(result)
    }

    pub(crate) fn bell(&self) -> Bell<'_> {
        Bell::at(&self.memory, BELL_AT)
    }

    /// Sleeps until something may have changed, if `has_to` still holds.
    pub(crate) fn sleep(&self, limit: Option<Duration>, has_to: impl FnOnce() -> bool) {
        self.bell().sleep(limit, has_to);
    }
}

/// When a wait looks whether others live, which costs calls of the system: at every attempt under control, where nothing happens
/// meanwhile; otherwise after so many milliseconds in vain, again and again, and when the time of the wait is over.
#[derive(Debug)]
pub(crate) struct Lookout {
    is_due: Cell<bool>,
    /// When it was last due, or the wait first slept; 0 before.
    last: Cell<u64>,
}

impl Lookout {
    /// At the beginning of a wait.
    pub(crate) fn begin() -> Self {
        Self { is_due: Cell::new(control::is_on()), last: Cell::new(0) }
    }

    pub(crate) fn is_due(&self) -> bool {
        self.is_due.get()
    }

    /// It is time to look, whatever the time is.
    pub(crate) fn is_due_now(&self) {
        self.is_due.set(true);
    }

    /// Sleeps, with so much of the wait's time left.
    pub(crate) fn sleep(&self, limit: Option<Duration>, sleep: impl FnOnce(Option<Duration>)) {
        if self.last.get() == 0 {
            self.last.set(sys::monotonic_nanos());
        }
        sleep(limit);
        let now = sys::monotonic_nanos();
        let patience = limit.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN);
        let is_due = u128::from(now - self.last.get()) >= patience.as_nanos();
        self.is_due.set(is_due);
        if is_due {
            self.last.set(now);
        }
    }
}

/// One row of the roster: a process that holds or waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) index: usize,
    pub(crate) pid: u32,
    /// What it is there for; the object gives it its meaning.
    pub(crate) state: u32,
    /// The object's own: a generation, a moment of birth.
    pub(crate) mark: u64,
}

impl Row {
    /// Whether its process has ended.
    pub(crate) fn is_dead(&self) -> bool {
        sys::has_ended(self.pid)
    }
}

/// Who holds or waits: a row each, which is there as soon as its first word is stored. Looked at and changed alone.
impl Monitor {
    fn used(&self) -> usize {
        self.words
    }

    #[inline]
    fn row_at(&self, index: usize) -> usize {
        self.words + 1 + 2 * index
    }

    #[inline]
    pub(crate) fn row(&self, index: usize) -> Row {
        let first = self.get(self.row_at(index));
        Row { index, pid: high(first), state: low(first), mark: self.get(self.row_at(index) + 1) }
    }

    /// The rows that somebody is in.
    #[inline]
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        let used = usize::try_from(self.get(self.used())).unwrap_or(ROWS).min(ROWS);
        (0..used).map(|index| self.row(index)).filter(|row| row.pid != 0)
    }

    /// The same from the one after `index` on, all around to the one before it.
    pub(crate) fn rows_after(&self, index: usize) -> impl Iterator<Item = Row> + '_ {
        let used = usize::try_from(self.get(self.used())).unwrap_or(ROWS).min(ROWS);
        let around = (index + 1..used).chain(0..index.min(used));
        around.map(|index| self.row(index)).filter(|row| row.pid != 0)
    }

    /// Enters a process; the row is one that nobody is in, or only with the state 0, or else one that `is_stale`. `None` when there is
    /// none.
    pub(crate) fn enter(
        &self,
        pid: u32,
        state: u32,
        mark: u64,
        is_stale: impl Fn(&Row) -> bool,
    ) -> Option<usize> {
        let used = usize::try_from(self.get(self.used())).unwrap_or(ROWS).min(ROWS);
        let free = (0..used).find(|index| low(self.get(self.row_at(*index))) == 0);
        let index = match free {
            Some(index) => index,
            None if used < ROWS => {
                self.set(self.used(), used as u64 + 1);
                used
            }
            None => self.rows().find(is_stale)?.index,
        };
        self.set(self.row_at(index), 0);
        self.set(self.row_at(index) + 1, mark);
        self.set(self.row_at(index), join(pid, state));
        Some(index)
    }

    /// Changes what a row is there for.
    pub(crate) fn restate(&self, row: Row, state: u32) {
        self.set(self.row_at(row.index), join(row.pid, state));
    }

    /// Changes both words of a row: the mark first.
    pub(crate) fn remark(&self, row: Row, state: u32, mark: u64) {
        self.set(self.row_at(row.index) + 1, mark);
        self.restate(row, state);
    }

    pub(crate) fn leave(&self, index: usize) {
        self.set(self.row_at(index), 0);
    }
}

fn join(high: u32, low: u32) -> u64 {
    (u64::from(high) << 32) | u64::from(low)
}

fn high(word: u64) -> u32 {
    u32::try_from(word >> 32).unwrap_or(u32::MAX)
}

fn low(word: u64) -> u32 {
    u32::try_from(word & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}
