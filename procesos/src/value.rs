//! `Value`: one number or truth value in shared memory.

use std::marker::PhantomData;
use std::sync::Arc;

use procesos_trace::{ObjectId, ObjectKind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::cells::{Access, Cells};
use crate::error::{Error, Result};
use crate::handover;
use crate::identity::{self, Home};
use crate::object::{self, Object};
use crate::plain::Plain;
use crate::recorder::At;

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
    cells: Arc<Cells>,
    home: Home,
    _type: PhantomData<T>,
}

const WHAT: &str = "Value";

impl<T: Plain> Value<T> {
    /// Makes a shared value that holds `initial`. As `Value('i', 0)` in Python, where a letter says the type.
    ///
    /// # Errors
    /// When the system has no memory to share.
    #[track_caller]
    pub fn new(initial: T) -> Result<Self> {
        let cells =
            Cells::new(&[initial], identity::next_object()).map_err(|e| Error::system("Value::new", e))?;
        object::note_creation(cells.id, ObjectKind::Value, At::caller(), initial.to_bits64(), T::FLAGS);
        Ok(Self { cells: Arc::new(cells), home: Home::here(), _type: PhantomData })
    }

    /// Reads the value. As `v.value` in Python.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    #[track_caller]
    #[must_use]
    pub fn get(&self) -> T {
        self.access(At::caller()).get().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Writes the value. As `v.value = x` in Python.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    #[track_caller]
    pub fn set(&self, value: T) {
        self.access(At::caller()).set(value).unwrap_or_else(|error| panic!("{error}"));
    }

    fn access(&self, at: At) -> Access<'_, T> {
        let cells = &self.cells;
        Access { cells, index: 0, object: cells.id, home: self.home, what: WHAT, at, plain: PhantomData }
    }
}

impl<T: Plain> Clone for Value<T> {
    fn clone(&self) -> Self {
        Self { cells: Arc::clone(&self.cells), home: self.home, _type: PhantomData }
    }
}

impl<T: Plain> Object for Value<T> {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.cells.id, ObjectKind::Value)
    }
}

impl<T: Plain> Serialize for Value<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.cells)
    }
}

impl<'de, T: Plain> Deserialize<'de> for Value<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let cells = handover::accept(WHAT, u32::deserialize(deserializer)?)?;
        Ok(Self { cells, home: Home::here(), _type: PhantomData })
    }
}
