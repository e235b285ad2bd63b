//! What all handles have in common.

use std::sync::Arc;

use procesos_trace::{ObjectId, ObjectKind, Op};
use serde::{Serialize, Serializer};

use crate::handover::{self, Shareable};
use crate::identity::Home;
use crate::operate::{Effect, Point, note};
use crate::recorder::At;

/// A handle on something shared, which a driver can name. Python has nothing like it.
///
/// ```
/// fn main() -> std::process::ExitCode {
///     procesos::program(|driver| {
///         let contador = procesos::Value::new(0i64)?;
///         driver.name("contador", &contador);
///         Ok(())
///     })
/// }
/// ```
pub trait Object {
    /// Its identity in the trace.
    #[doc(hidden)]
    fn identity(&self) -> (ObjectId, ObjectKind);
}

/// Records that an object was made, with its capacity, first bits, or the ordinal of a pipe's other end.
pub(crate) fn note_creation(id: ObjectId, kind: ObjectKind, at: At, detail: u64, flags: u16) {
    let effect = Effect { flags, ..Effect::of(()).recorded(detail) };
    note(Point::new(Op::Create, at).on(id, kind), effect);
}

/// Encodes a handle: its index among the arguments of the start.
///
/// # Errors
/// Outside a start, or in a process that the handle was not handed to.
pub(crate) fn hand_over<S: Serializer, T: Shareable>(
    serializer: S,
    what: &'static str,
    home: Home,
    shared: &Arc<T>,
) -> Result<S::Ok, S::Error> {
    let shared: Arc<dyn Shareable> = Arc::<T>::clone(shared);
    let index = handover::offer(what, home.check(what).map(|()| shared))?;
    serializer.serialize_u32(index)
}

/// A part of a handle that has several: encoded as [`hand_over`] does.
#[derive(Debug)]
pub(crate) struct Handed<'a, T> {
    pub(crate) what: &'static str,
    pub(crate) home: Home,
    pub(crate) shared: &'a Arc<T>,
}

impl<T: Shareable> Serialize for Handed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hand_over(serializer, self.what, self.home, self.shared)
    }
}
