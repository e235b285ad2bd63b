//! Cells of shared memory that hold a number or truth value each: one for a `Value`, many for an `Array`.
//!
//! Each has a count of writes, which only the trace needs, and one word orders accesses for it.

use std::io;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::sched::sched_yield;
use procesos_trace::{ObjectId, ObjectKind, Op};

use crate::error::Result;
use crate::handover::Shareable;
use crate::identity::Home;
use crate::operate::{Effect, Point, operate_at_once};
use crate::plain::Plain;
use crate::recorder::{self, At};
use crate::sys::{self, Shared};

const ORDER_AT: usize = 0;
const BITS_AT: usize = 64;

/// A traced access that waits this long for another one's few instructions takes over: its process was killed.
const ORDER_PATIENCE: Duration = Duration::from_millis(50);

/// The shared part.
#[derive(Debug)]
pub(crate) struct Cells {
    memory: Shared,
    count: usize,
    pub(crate) id: ObjectId,
}

impl Shareable for Cells {}

impl Cells {
    /// Cells that hold `initial`; they are parts of the object `id`.
    pub(crate) fn new<T: Plain>(initial: &[T], id: ObjectId) -> io::Result<Self> {
        let count = initial.len();
        let cells = Self { memory: Shared::anonymous(versions_at(count) + 8 * count)?, count, id };
        for (index, value) in initial.iter().enumerate() {
            cells.bits(index).store(value.to_bits64(), Ordering::Relaxed);
        }
        Ok(cells)
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    #[inline]
    fn bits(&self, index: usize) -> &AtomicU64 {
        self.memory.u64(BITS_AT + 8 * index)
    }

    fn version(&self, index: usize) -> &AtomicU64 {
        self.memory.u64(versions_at(self.count) + 8 * index)
    }

    /// Reads some, one after the other, where nobody records.
    pub(crate) fn read_all<T: Plain>(&self, range: Range<usize>) -> Vec<T> {
        let bits = self.memory.u64s(BITS_AT + 8 * range.start, range.len());
        bits.iter().map(|bits| T::from_bits64(bits.load(Ordering::Relaxed))).collect()
    }

    /// Writes some from `start` on, one after the other, where nobody records.
    pub(crate) fn write_all<T: Plain>(&self, start: usize, values: &[T]) {
        let bits = self.memory.u64s(BITS_AT + 8 * start, values.len());
        bits.iter().zip(values).for_each(|(bits, value)| bits.store(value.to_bits64(), Ordering::Relaxed));
    }

    /// Runs a traced access alone, so that the version it reads or makes is that of the bits. Only the trace needs it.
    #[cold]
    fn ordered<R>(&self, access: impl FnOnce(&Self) -> R) -> R {
        let word = self.memory.u32(ORDER_AT);
        let patience = u64::try_from(ORDER_PATIENCE.as_nanos()).unwrap_or(u64::MAX);
        let mut begun = None;
        while word.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
            let now = sys::monotonic_nanos();
            if now - *begun.get_or_insert(now) > patience {
                break;
            }
            let _ = sched_yield();
        }
        let result = access(self);
        word.store(0, Ordering::Release);
        result
    }

    #[inline]
    fn read(&self, index: usize) -> (u64, u64) {
        let bits = || self.bits(index).load(Ordering::Relaxed);
        if !recorder::is_active() {
            return (bits(), 0);
        }
        self.ordered(|cells| (bits(), cells.version(index).load(Ordering::Relaxed)))
    }

    #[inline]
    fn write(&self, index: usize, value: u64) -> u64 {
        let store = || self.bits(index).store(value, Ordering::Relaxed);
        if !recorder::is_active() {
            store();
            return 0;
        }
        self.ordered(|cells| {
            store();
            cells.version(index).fetch_add(1, Ordering::Relaxed) + 1
        })
    }
}

/// After the bits, on a cache line of their own: without a trace nothing there is touched.
fn versions_at(count: usize) -> usize {
    (BITS_AT + 8 * count).next_multiple_of(64)
}

/// One cell, as an operation meets it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access<'a, T> {
    pub(crate) cells: &'a Cells,
    pub(crate) index: usize,
    /// The object that the cell is to the trace.
    pub(crate) object: ObjectId,
    pub(crate) home: Home,
    /// What the handle is called.
    pub(crate) what: &'static str,
    pub(crate) at: At,
    pub(crate) plain: PhantomData<T>,
}

impl<T: Plain> Access<'_, T> {
    #[inline]
    pub(crate) fn get(self) -> Result<T> {
        self.operate(Op::ValueGet, move || {
            let (bits, version) = self.cells.read(self.index);
            Effect::of(T::from_bits64(bits)).version(version).recorded(bits)
        })
    }

    #[inline]
    pub(crate) fn set(self, value: T) -> Result<()> {
        let bits = value.to_bits64();
        self.operate(Op::ValueSet, move || {
            Effect::of(()).version(self.cells.write(self.index, bits)).recorded(bits)
        })
    }

    #[inline]
    fn operate<R>(self, op: Op, step: impl FnOnce() -> Effect<R>) -> Result<R> {
        operate_at_once(
            move || Point::new(op, self.at).on(self.object, ObjectKind::Value),
            move || {
                self.home.check(self.what)?;
                Ok(Effect { flags: T::FLAGS, ..step() })
            },
        )
    }
}
