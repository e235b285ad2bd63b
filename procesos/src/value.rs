//! `Value`: one number or truth value in shared memory.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use nix::sched::sched_yield;
use procesos_trace::{ObjectId, ObjectKind, Op, flags};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};
use crate::handover::{self, Shareable};
use crate::identity::{self, Home};
use crate::object::{self, Object};
use crate::operate::{Effect, Point, operate};
use crate::recorder::{self, At};
use crate::sys::{self, Shared};

mod sealed {
    /// Keeps [`super::Plain`] closed.
    pub trait Sealed {}
}

/// A type that fits a [`Value`]: a number of up to 64 bits, or `bool`. Sealed.
pub trait Plain: sealed::Sealed + Copy + 'static {
    #[doc(hidden)]
    const FLAGS: u16;
    #[doc(hidden)]
    fn to_bits64(self) -> u64;
    #[doc(hidden)]
    fn from_bits64(bits: u64) -> Self;
}

/// Implements [`Plain`] for integers, by sign or zero extension.
macro_rules! plain_integer {
    ($($type:ty, $flags:expr, $wide:ty);* $(;)?) => {
        $(
            impl sealed::Sealed for $type {}
            impl Plain for $type {
                const FLAGS: u16 = $flags;
                fn to_bits64(self) -> u64 {
                    u64::from_ne_bytes(<$wide>::from(self).to_ne_bytes())
                }
                #[expect(clippy::allow_attributes, reason = "whether a cast is needed depends on the type")]
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap,
                    reason = "the bits were made from this very type")]
                fn from_bits64(bits: u64) -> Self {
                    bits as $type
                }
            }
        )*
    };
}

plain_integer! {
    i8, 0, i64; i16, 0, i64; i32, 0, i64; i64, 0, i64;
    u8, flags::UNSIGNED, u64; u16, flags::UNSIGNED, u64; u32, flags::UNSIGNED, u64; u64, flags::UNSIGNED, u64;
}

impl sealed::Sealed for usize {}
impl Plain for usize {
    const FLAGS: u16 = flags::UNSIGNED;
    fn to_bits64(self) -> u64 {
        self as u64
    }
    fn from_bits64(bits: u64) -> Self {
        usize::try_from(bits).unwrap_or(usize::MAX)
    }
}

impl sealed::Sealed for bool {}
impl Plain for bool {
    const FLAGS: u16 = flags::BOOLEAN;
    fn to_bits64(self) -> u64 {
        u64::from(self)
    }
    fn from_bits64(bits: u64) -> Self {
        bits != 0
    }
}

impl sealed::Sealed for f64 {}
impl Plain for f64 {
    const FLAGS: u16 = flags::FLOAT;
    fn to_bits64(self) -> u64 {
        self.to_bits()
    }
    fn from_bits64(bits: u64) -> Self {
        Self::from_bits(bits)
    }
}

impl sealed::Sealed for f32 {}
impl Plain for f32 {
    const FLAGS: u16 = flags::FLOAT;
    fn to_bits64(self) -> u64 {
        f64::from(self).to_bits()
    }
    #[expect(clippy::cast_possible_truncation, reason = "the bits were made from an f32")]
    fn from_bits64(bits: u64) -> Self {
        f64::from_bits(bits) as Self
    }
}

/// The shared part: the bits, a count of writes, and the word that orders both for the trace.
#[derive(Debug)]
struct Cell {
    memory: Shared,
    id: ObjectId,
}

const BITS_AT: usize = 0;
const VERSION_AT: usize = 64;
const ORDER_AT: usize = 128;
const CELL_BYTES: usize = 192;

/// A traced access that waits this long for another one's few instructions takes over: its process was killed.
const ORDER_PATIENCE: Duration = Duration::from_millis(50);

impl Shareable for Cell {}

impl Cell {
    /// Runs a traced access alone, so that the version it reads or makes is that of the bits. Only the trace needs it.
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

    fn read(&self) -> (u64, u64) {
        let bits = || self.memory.u64(BITS_AT).load(Ordering::Relaxed);
        if !recorder::is_active() {
            return (bits(), 0);
        }
        self.ordered(|cell| (bits(), cell.memory.u64(VERSION_AT).load(Ordering::Relaxed)))
    }

    fn write(&self, value: u64) -> u64 {
        let store = || self.memory.u64(BITS_AT).store(value, Ordering::Relaxed);
        if !recorder::is_active() {
            store();
            return 0;
        }
        self.ordered(|cell| {
            store();
            cell.memory.u64(VERSION_AT).fetch_add(1, Ordering::Relaxed) + 1
        })
    }
}

/// One number or truth value in shared memory, as `multiprocessing.Value`.
///
/// A clone is another handle on the same value. [`get`](Self::get) and [`set`](Self::set) are separate on purpose:
/// `v.set(v.get() + 1)` in two processes loses updates unless a [`Lock`](crate::Lock) is held around both steps.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let value = procesos::Value::new(20i64)?;
/// value.set(value.get() + 1);
/// assert_eq!(value.clone().get(), 21);
/// # Ok(())
/// # }
/// ```
///
/// Only plain types fit:
/// ```compile_fail,E0277
/// let value = procesos::Value::new(String::from("no"));
/// ```
#[derive(Debug)]
pub struct Value<T: Plain> {
    cell: Arc<Cell>,
    home: Home,
    _type: PhantomData<T>,
}

const WHAT: &str = "Value";

impl<T: Plain> Value<T> {
    /// Makes a shared value that holds `initial`.
    ///
    /// # Errors
    /// When the system has no memory to share.
    #[track_caller]
    pub fn new(initial: T) -> Result<Self> {
        let memory = Shared::anonymous(CELL_BYTES).map_err(|e| Error::system("Value::new", e))?;
        memory.u64(BITS_AT).store(initial.to_bits64(), Ordering::Relaxed);
        let cell = Arc::new(Cell { memory, id: identity::next_object() });
        object::note_creation(cell.id, ObjectKind::Value, At::caller(), initial.to_bits64(), T::FLAGS);
        Ok(Self { cell, home: Home::here(), _type: PhantomData })
    }

    /// Reads the value.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    #[track_caller]
    #[must_use]
    pub fn get(&self) -> T {
        let point = Point::new(Op::ValueGet, At::caller()).on(self.cell.id, ObjectKind::Value);
        self.access(point, || {
            let (bits, version) = self.cell.read();
            Effect::of(T::from_bits64(bits)).version(version).recorded(bits)
        })
    }

    /// Writes the value.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    #[track_caller]
    pub fn set(&self, value: T) {
        let point = Point::new(Op::ValueSet, At::caller()).on(self.cell.id, ObjectKind::Value);
        let bits = value.to_bits64();
        self.access(point, || Effect::of(()).version(self.cell.write(bits)).recorded(bits));
    }

    #[track_caller]
    fn access<R>(&self, point: Point, step: impl Fn() -> Effect<R>) -> R {
        let result = operate(
            point,
            || {
                self.home.check(WHAT)?;
                Ok(Poll::Ready(Effect { flags: T::FLAGS, ..step() }))
            },
            |_| Ok(()),
        );
        result.unwrap_or_else(|error| panic!("{error}"))
    }
}

impl<T: Plain> Clone for Value<T> {
    fn clone(&self) -> Self {
        Self { cell: Arc::clone(&self.cell), home: self.home, _type: PhantomData }
    }
}

impl<T: Plain> Object for Value<T> {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.cell.id, ObjectKind::Value)
    }
}

impl<T: Plain> Serialize for Value<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.cell)
    }
}

impl<'de, T: Plain> Deserialize<'de> for Value<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let cell = handover::accept(WHAT, u32::deserialize(deserializer)?)?;
        Ok(Self { cell, home: Home::here(), _type: PhantomData })
    }
}
