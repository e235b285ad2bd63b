//! `ValueProxy`: a single value that a manager keeps.

use std::fmt;
use std::marker::PhantomData;

use procesos_trace::{Method, ObjectId, ObjectKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::kept::Kept;
use super::wire::Action;
use crate::error::{Kind, Result};
use crate::object::Object;
use crate::recorder::At;

/// A value of any type that travels, kept by a [`Manager`](crate::Manager); as `manager.Value(..)`.
///
/// A clone is another proxy of the same value. Each call is one step, two are not: `v.set(&(v.get()? + 1))` in two processes loses
/// updates. It costs more than a [`Value`](crate::Value), which is for numbers.
///
/// Every call fails when the manager has ended ([`Error::is_server_died`](crate::Error::is_server_died)), or the proxy was not handed
/// to this process.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let manager = procesos::Manager::start()?;
/// let estado = manager.value(&"en espera".to_owned())?;
/// estado.set(&"listo".to_owned())?;
/// assert_eq!(estado.get()?, "listo");
/// # Ok(())
/// # }
/// ```
pub struct ValueProxy<T> {
    pub(super) kept: Kept,
    pub(super) _type: PhantomData<fn(T) -> T>,
}

impl<T: DeserializeOwned> ValueProxy<T> {
    /// A copy of the value. As `v.value` and `v.get()` in Python.
    ///
    /// # Errors
    /// Those of every call.
    #[track_caller]
    pub fn get(&self) -> Result<T> {
        let reply = self.kept.ask(Action::ValueGet, Method::Get, 0, Vec::new(), At::caller())?;
        self.kept.only(&reply)?.ok_or_else(|| Kind::Decode(String::new()).into())
    }
}

impl<T: Serialize> ValueProxy<T> {
    /// Puts another value in its place. As `v.value = x` and `v.set(x)` in Python.
    ///
    /// # Errors
    /// Those of every call; a value that cannot be sent.
    #[track_caller]
    pub fn set(&self, value: &T) -> Result<()> {
        let parts = vec![self.kept.encode(value)?];
        self.kept.ask(Action::ValueSet, Method::Set, 0, parts, At::caller())?;
        Ok(())
    }
}

impl<T> Clone for ValueProxy<T> {
    fn clone(&self) -> Self {
        Self { kept: self.kept.clone(), _type: PhantomData }
    }
}

impl<T> fmt::Debug for ValueProxy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ValueProxy").field(&self.kept.identity().0).finish()
    }
}

impl<T> Object for ValueProxy<T> {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        self.kept.identity()
    }
}

impl<T> Serialize for ValueProxy<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.kept.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for ValueProxy<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Self { kept: Kept::deserialize(deserializer, ObjectKind::Kept)?, _type: PhantomData })
    }
}
