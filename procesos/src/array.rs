//! `Array`: a fixed number of numbers or truth values in shared memory.

use std::marker::PhantomData;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use procesos_trace::{ObjectId, ObjectKind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::cells::{Access, Cells};
use crate::error::{Error, Kind, Result};
use crate::handover;
use crate::identity::{self, Home};
use crate::object::{self, Object};
use crate::operate::{Effect, Point, note, operate_quickly};
use crate::plain::Plain;
use crate::recorder::At;

const WHAT: &str = "Array";
/// Most elements: each is an object of its own in a trace.
const MOST_ELEMENTS: usize = 1 << 24;

/// A fixed number of numbers or truth values in shared memory, as `multiprocessing.Array`.
///
/// A clone is another handle on the same array. Each [`get`](Self::get) and [`set`](Self::set) of an element is a step like those
/// of a [`Value`](crate::Value): `a.set(i, a.get(i) + 1)` in two processes loses updates unless a [`Lock`](crate::Lock) is held around
/// both, and a copy of several elements takes one after the other. Processes that write to different elements do not disturb each other.
///
/// ```
/// use procesos::{Array, Process, Result};
///
/// fn cuadrados(tabla: Array<u64>, desde: usize, hasta: usize) {
///     for i in desde..hasta {
///         let n = tabla.get(i);
///         tabla.set(i, n * n);
///     }
/// }
///
/// fn main() -> Result<()> {
///     let tabla = Array::new(&[1, 2, 3, 4])?;
///     let uno = Process::new(cuadrados, (tabla.clone(), 0, 2)).start()?;
///     let otro = Process::new(cuadrados, (tabla.clone(), 2, 4)).start()?;
///     uno.join()?;
///     otro.join()?;
///     assert_eq!(tabla.to_vec(), [1, 4, 9, 16]);
///     Ok(())
/// }
/// ```
///
/// Only plain types fit:
/// ```compile_fail,E0277
/// let array = procesos::Array::new(&[String::from("no")]);
/// ```
#[derive(Debug)]
pub struct Array<T: Plain> {
    cells: Arc<Cells>,
    home: Home,
    _type: PhantomData<T>,
}

impl<T: Plain> Array<T> {
    /// Makes a shared array that holds `initial` (at most 16,777,216 elements); its length stays. As `Array('i', [1, 2, 3])` in
    /// Python; `Array('i', 10)` is `Array::new(&[0; 10])`.
    ///
    /// # Errors
    /// Too many elements, or no memory to share.
    #[track_caller]
    pub fn new(initial: &[T]) -> Result<Self> {
        let parts = u32::try_from(initial.len()).ok().filter(|_| initial.len() <= MOST_ELEMENTS);
        let id = identity::next_objects(parts.ok_or(Kind::ArrayTooLong(MOST_ELEMENTS))?);
        let cells = Cells::new(initial, id).map_err(|e| Error::system("Array::new", e))?;
        let first = initial.first().map_or(0, |first| first.to_bits64());
        let made = Effect { flags: T::FLAGS, ..Effect::of(()) }.recorded(initial.len() as u64).extra(first);
        note(Point::new(procesos_trace::Op::Create, At::caller()).on(id, ObjectKind::Array), made);
        Ok(Self { cells: Arc::new(cells), home: Home::here(), _type: PhantomData })
    }

    /// How many elements it has. As `len(a)` in Python.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.count()
    }

    /// Whether it has none. As `not a` in Python.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// assert!(procesos::Array::<i64>::new(&[])?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads the element at `index`, from 0. As `a[i]` in Python.
    ///
    /// # Panics
    /// When there is no such element, as a `Vec` does (in Python: `IndexError`); when this handle was not handed to this process.
    ///
    /// ```should_panic
    /// # fn main() -> procesos::Result<()> {
    /// let array = procesos::Array::new(&[1, 2, 3])?;
    /// array.get(3);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    #[must_use]
    pub fn get(&self, index: usize) -> T {
        match self.element(index, At::caller()).and_then(Access::get) {
            Ok(value) => value,
            Err(error) => panic!("{error}"),
        }
    }

    /// Writes the element at `index`, from 0. As `a[i] = x` in Python.
    ///
    /// # Panics
    /// As [`get`](Self::get).
    #[track_caller]
    pub fn set(&self, index: usize, value: T) {
        if let Err(error) = self.element(index, At::caller()).and_then(|element| element.set(value)) {
            panic!("{error}");
        }
    }

    /// Reads the elements one after the other, each when it is asked for. As `for x in a` in Python.
    ///
    /// # Panics
    /// The iterator, when this handle was not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let array = procesos::Array::new(&[1.5, 2.5])?;
    /// assert_eq!(array.iter().sum::<f64>(), 4.0);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + DoubleEndedIterator + '_ {
        let at = At::caller();
        (0..self.len()).map(move |index| {
            self.element(index, at).and_then(Access::get).unwrap_or_else(|error| panic!("{error}"))
        })
    }

    /// Copies all elements, one after the other: others may write in between. As `a[:]` in Python, where a lock is held meanwhile.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    #[track_caller]
    #[must_use]
    pub fn to_vec(&self) -> Vec<T> {
        self.slice(..)
    }

    /// Copies the elements of a range, one after the other. As `a[2:5]` in Python.
    ///
    /// # Panics
    /// When the range does not lie in the array, as a `Vec` does; when this handle was not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let array = procesos::Array::new(&[10, 11, 12, 13])?;
    /// assert_eq!(array.slice(1..3), [11, 12]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    #[must_use]
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Vec<T> {
        let at = At::caller();
        let from = match range.start_bound() {
            Bound::Included(first) => *first,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let to = match range.end_bound() {
            Bound::Included(last) => last.saturating_add(1),
            Bound::Excluded(end) => *end,
            Bound::Unbounded => self.len(),
        };
        let inside = from <= to && to <= self.len();
        let copied = if inside {
            operate_quickly(
                || self.home.is_here().then(|| self.cells.read_all(from..to)),
                || (from..to).map(|index| self.element(index, at)?.get()).collect(),
            )
        } else {
            Err(self.beyond(if to > self.len() { to - 1 } else { from }))
        };
        match copied {
            Ok(copied) => copied,
            Err(error) => panic!("{error}"),
        }
    }

    /// Writes `values` to as many elements from `start` on, one after the other. As `a[2:5] = [..]` in Python.
    ///
    /// # Panics
    /// When they do not lie in the array, and then nothing is written; when this handle was not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let array = procesos::Array::new(&[0; 4])?;
    /// array.set_slice(1, &[5, 6]);
    /// assert_eq!(array.to_vec(), [0, 5, 6, 0]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn set_slice(&self, start: usize, values: &[T]) {
        let at = At::caller();
        let end = start.saturating_add(values.len());
        let written = if end <= self.len() {
            let mut pairs = (start..end).zip(values);
            operate_quickly(
                || self.home.is_here().then(|| self.cells.write_all(start, values)),
                || pairs.try_for_each(|(index, value)| self.element(index, at)?.set(*value)),
            )
        } else {
            Err(self.beyond(end - 1))
        };
        if let Err(error) = written {
            panic!("{error}");
        }
    }

    fn beyond(&self, index: usize) -> Error {
        Kind::OutOfRange { index, length: self.len() }.into()
    }

    fn element(&self, index: usize, at: At) -> Result<Access<'_, T>> {
        if index >= self.len() {
            return Err(self.beyond(index));
        }
        let cells = &*self.cells;
        let ordinal = cells.id.ordinal + 1 + u32::try_from(index).unwrap_or(u32::MAX);
        let object = ObjectId { ordinal, ..cells.id };
        Ok(Access { cells, index, object, home: self.home, what: WHAT, at, plain: PhantomData })
    }
}

impl<T: Plain> Clone for Array<T> {
    fn clone(&self) -> Self {
        Self { cells: Arc::clone(&self.cells), home: self.home, _type: PhantomData }
    }
}

impl<T: Plain> Object for Array<T> {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.cells.id, ObjectKind::Array)
    }
}

impl<T: Plain> Serialize for Array<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.cells)
    }
}

impl<'de, T: Plain> Deserialize<'de> for Array<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let cells = handover::accept(WHAT, u32::deserialize(deserializer)?)?;
        Ok(Self { cells, home: Home::here(), _type: PhantomData })
    }
}
