//! `ListProxy`: a list that a manager keeps.

use std::fmt;
use std::marker::PhantomData;

use procesos_trace::{Method, ObjectId, ObjectKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::kept::{Kept, no_element};
use super::wire::Action;
use crate::error::Result;
use crate::object::Object;
use crate::recorder::At;

/// A list that a [`Manager`](crate::Manager) keeps, as `manager.list()`.
///
/// A clone is another proxy of the same list; it is passed as an argument of a start, or put into another object of the same manager.
/// Each call is one step: nobody comes in between. Several are not: `l.set(i, &(l.get(i)? + 1))` in two processes loses updates.
/// What `get` gives is a copy: changing that does not change the list.
///
/// Every call fails when the manager has ended ([`Error::is_server_died`](crate::Error::is_server_died)), or the proxy was not handed
/// to this process.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let manager = procesos::Manager::start()?;
/// let lista = manager.list::<String>()?;
/// lista.append(&"uno".to_owned())?;
/// lista.append(&"dos".to_owned())?;
/// assert_eq!((lista.len()?, lista.get(1)?), (2, "dos".to_owned()));
/// assert_eq!(lista.to_vec()?, ["uno", "dos"]);
/// # Ok(())
/// # }
/// ```
pub struct ListProxy<T> {
    pub(super) kept: Kept,
    pub(super) _type: PhantomData<fn(T) -> T>,
}

impl<T> ListProxy<T> {
    /// How many elements it has. As `len(l)` in Python.
    ///
    /// # Errors
    /// Those of every call.
    #[track_caller]
    pub fn len(&self) -> Result<usize> {
        let reply = self.kept.ask(Action::ListLen, Method::Len, 0, Vec::new(), At::caller())?;
        Ok(usize::try_from(reply.number).unwrap_or(usize::MAX))
    }

    /// Whether it has no elements. As `not l` in Python.
    ///
    /// # Errors
    /// Those of every call.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let lista = manager.list_of(&[1, 2])?;
    /// assert!(!lista.is_empty()?);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.kept.ask(Action::ListLen, Method::IsEmpty, 0, Vec::new(), At::caller())?.number == 0)
    }

    /// Removes all elements. As `clear()` in Python.
    ///
    /// # Errors
    /// Those of every call.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let lista = manager.list_of(&[1, 2])?;
    /// lista.clear()?;
    /// assert_eq!(lista.len()?, 0);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn clear(&self) -> Result<()> {
        self.kept.ask(Action::ListClear, Method::Clear, 0, Vec::new(), At::caller())?;
        Ok(())
    }
}

impl<T: Serialize> ListProxy<T> {
    /// Adds an element at the end. As `append(x)` in Python.
    ///
    /// # Errors
    /// Those of every call; a value that cannot be sent.
    #[track_caller]
    pub fn append(&self, value: &T) -> Result<()> {
        let parts = vec![self.kept.encode(value)?];
        self.kept.ask(Action::ListAppend, Method::Append, 0, parts, At::caller())?;
        Ok(())
    }

    /// Adds several elements at the end, in one step. As `extend(xs)` in Python.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let lista = manager.list_of(&[1, 2])?;
    /// lista.extend(&[3, 4])?;
    /// assert_eq!(lista.to_vec()?, [1, 2, 3, 4]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn extend<'a>(&self, values: impl IntoIterator<Item = &'a T>) -> Result<()>
    where
        T: 'a,
    {
        let at = At::caller();
        let parts = values.into_iter().map(|value| self.kept.encode(value)).collect::<Result<_>>()?;
        self.kept.ask(Action::ListAppend, Method::Extend, 0, parts, at)?;
        Ok(())
    }

    /// Adds an element before the one at `index` (from 0); beyond the end, at the end. As `insert(i, x)` in Python.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let lista = manager.list_of(&[1, 2])?;
    /// lista.insert(1, &9)?;
    /// assert_eq!(lista.to_vec()?, [1, 9, 2]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn insert(&self, index: usize, value: &T) -> Result<()> {
        let parts = vec![self.kept.encode(value)?];
        self.kept.ask(Action::ListInsert, Method::Insert, index, parts, At::caller())?;
        Ok(())
    }

    /// Puts another value in the place of the element at `index` (from 0). As `l[i] = x` in Python.
    ///
    /// # Errors
    /// As [`append`](Self::append); an index that the list does not have.
    #[track_caller]
    pub fn set(&self, index: usize, value: &T) -> Result<()> {
        let parts = vec![self.kept.encode(value)?];
        let reply = self.kept.ask(Action::ListSet, Method::Set, index, parts, At::caller())?;
        if reply.found { Ok(()) } else { Err(no_element(index, reply.number)) }
    }

    /// Whether an element is equal to `value`, as bytes. As `x in l` in Python.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let lista = manager.list_of(&[1, 2])?;
    /// assert!(lista.contains(&2)? && !lista.contains(&3)?);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn contains(&self, value: &T) -> Result<bool> {
        let parts = vec![self.kept.encode(value)?];
        Ok(self.kept.ask(Action::ListHas, Method::Contains, 0, parts, At::caller())?.number == 1)
    }
}

impl<T: DeserializeOwned> ListProxy<T> {
    /// A copy of the element at `index`, from 0. As `l[i]` in Python.
    ///
    /// # Errors
    /// Those of every call; an index that the list does not have.
    #[track_caller]
    pub fn get(&self, index: usize) -> Result<T> {
        let reply = self.kept.ask(Action::ListGet, Method::Get, index, Vec::new(), At::caller())?;
        self.kept.only(&reply)?.ok_or_else(|| no_element(index, reply.number))
    }

    /// Removes the last element; `None` where there is none. As `pop()` in Python, where that is an exception.
    ///
    /// # Errors
    /// Those of every call.
    #[track_caller]
    pub fn pop(&self) -> Result<Option<T>> {
        let reply = self.kept.ask(Action::ListPop, Method::Pop, 0, Vec::new(), At::caller())?;
        self.kept.only(&reply)
    }

    /// Removes the element at `index`, from 0. As `pop(i)` and `del l[i]` in Python.
    ///
    /// # Errors
    /// Those of every call; an index that the list does not have.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let lista = manager.list_of(&[1, 2])?;
    /// assert_eq!(lista.remove(0)?, 1);
    /// assert_eq!(lista.to_vec()?, [2]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn remove(&self, index: usize) -> Result<T> {
        let reply = self.kept.ask(Action::ListRemove, Method::Remove, index, Vec::new(), At::caller())?;
        self.kept.only(&reply)?.ok_or_else(|| no_element(index, reply.number))
    }

    /// A copy of all elements, of one moment. As `list(l)` and `l[:]` in Python.
    ///
    /// # Errors
    /// Those of every call.
    #[track_caller]
    pub fn to_vec(&self) -> Result<Vec<T>> {
        let reply = self.kept.ask(Action::ListAll, Method::ToVec, 0, Vec::new(), At::caller())?;
        self.kept.all(&reply)
    }
}

impl<T> Clone for ListProxy<T> {
    fn clone(&self) -> Self {
        Self { kept: self.kept.clone(), _type: PhantomData }
    }
}

impl<T> fmt::Debug for ListProxy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ListProxy").field(&self.kept.identity().0).finish()
    }
}

impl<T> Object for ListProxy<T> {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        self.kept.identity()
    }
}

impl<T> Serialize for ListProxy<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.kept.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for ListProxy<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Self { kept: Kept::deserialize(deserializer, ObjectKind::List)?, _type: PhantomData })
    }
}
