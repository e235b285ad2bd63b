//! `DictProxy`: a dictionary that a manager keeps.

use std::fmt;
use std::marker::PhantomData;

use procesos_trace::{Method, ObjectId, ObjectKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::kept::Kept;
use super::wire::{Action, Reply};
use crate::error::Result;
use crate::object::Object;
use crate::recorder::At;

/// A dictionary that a [`Manager`](crate::Manager) keeps, as `manager.dict()`.
///
/// Keys keep the order in which they came; two are the same when their bytes are. A clone is another proxy of the same dictionary;
/// it is passed as an argument of a start, or put into another object of the same manager. Each call is one step, several are not:
/// `d.set(&k, &(d.get(&k)?.unwrap_or(0) + 1))` in two processes loses updates. What `get` gives is a copy: changing that does not
/// change the dictionary.
///
/// Every call fails when the manager has ended ([`Error::is_server_died`](crate::Error::is_server_died)), or the proxy was not handed
/// to this process.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let manager = procesos::Manager::start()?;
/// let notas = manager.dict::<String, Vec<u32>>()?;
/// notas.set(&"Ada".to_owned(), &vec![9, 10])?;
/// // A copy: what is done to it is not seen by others until it is set again.
/// let mut de_ada = notas.get(&"Ada".to_owned())?.unwrap_or_default();
/// de_ada.push(8);
/// assert_eq!(notas.get(&"Ada".to_owned())?, Some(vec![9, 10]));
/// notas.set(&"Ada".to_owned(), &de_ada)?;
/// assert_eq!(notas.values()?, [[9, 10, 8]]);
/// # Ok(())
/// # }
/// ```
pub struct DictProxy<K, V> {
    pub(super) kept: Kept,
    pub(super) _type: PhantomData<fn() -> (K, V)>,
}

impl<K, V> DictProxy<K, V> {
    /// How many keys it has. As `len(d)` in Python.
    ///
    /// # Errors
    /// Those of every call.
    #[track_caller]
    pub fn len(&self) -> Result<usize> {
        let reply = self.kept.ask(Action::DictLen, Method::Len, 0, Vec::new(), At::caller())?;
        Ok(usize::try_from(reply.number).unwrap_or(usize::MAX))
    }

    /// Whether it has no keys. As `not d` in Python.
    ///
    /// # Errors
    /// Those of every call.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let edades = manager.dict::<String, u32>()?;
    /// edades.set(&"Ada".to_owned(), &36)?;
    /// assert!(!edades.is_empty()?);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.kept.ask(Action::DictLen, Method::IsEmpty, 0, Vec::new(), At::caller())?.number == 0)
    }

    /// Removes all keys. As `clear()` in Python.
    ///
    /// # Errors
    /// Those of every call.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let edades = manager.dict::<String, u32>()?;
    /// edades.set(&"Ada".to_owned(), &36)?;
    /// edades.clear()?;
    /// assert_eq!(edades.len()?, 0);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn clear(&self) -> Result<()> {
        self.kept.ask(Action::DictClear, Method::Clear, 0, Vec::new(), At::caller())?;
        Ok(())
    }

    fn everything(&self, method: Method, at: At) -> Result<Reply> {
        self.kept.ask(Action::DictAll, method, 0, Vec::new(), at)
    }
}

impl<K: Serialize, V> DictProxy<K, V> {
    /// Whether it has a key. As `k in d` in Python.
    ///
    /// # Errors
    /// Those of every call.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let edades = manager.dict::<String, u32>()?;
    /// edades.set(&"Ada".to_owned(), &36)?;
    /// assert!(edades.contains_key(&"Ada".to_owned())?);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn contains_key(&self, key: &K) -> Result<bool> {
        let parts = vec![self.kept.encode(key)?];
        Ok(self.kept.ask(Action::DictHas, Method::ContainsKey, 0, parts, At::caller())?.number == 1)
    }
}

impl<K: Serialize, V: Serialize> DictProxy<K, V> {
    /// Puts a value at a key, in the place of the one that is there. As `d[k] = v` in Python.
    ///
    /// # Errors
    /// Those of every call; a key or value that cannot be sent.
    #[track_caller]
    pub fn set(&self, key: &K, value: &V) -> Result<()> {
        let parts = vec![self.kept.encode(key)?, self.kept.encode(value)?];
        self.kept.ask(Action::DictSet, Method::Set, 0, parts, At::caller())?;
        Ok(())
    }

    /// Puts several values at their keys, in one step. As `update(..)` in Python.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let edades = manager.dict::<String, u32>()?;
    /// edades.set(&"Ada".to_owned(), &36)?;
    /// edades.update([(&"Ada".to_owned(), &37), (&"Alan".to_owned(), &41)])?;
    /// assert_eq!(edades.values()?, [37, 41]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn update<'a>(&self, entries: impl IntoIterator<Item = (&'a K, &'a V)>) -> Result<()>
    where
        K: 'a,
        V: 'a,
    {
        let at = At::caller();
        let mut parts = Vec::new();
        for (key, value) in entries {
            parts.extend([self.kept.encode(key)?, self.kept.encode(value)?]);
        }
        self.kept.ask(Action::DictSet, Method::Update, 0, parts, at)?;
        Ok(())
    }
}

impl<K: Serialize, V: DeserializeOwned> DictProxy<K, V> {
    /// A copy of the value at a key; `None` where there is none. As `d.get(k)` in Python.
    ///
    /// # Errors
    /// Those of every call.
    #[track_caller]
    pub fn get(&self, key: &K) -> Result<Option<V>> {
        let parts = vec![self.kept.encode(key)?];
        let reply = self.kept.ask(Action::DictGet, Method::Get, 0, parts, At::caller())?;
        self.kept.only(&reply)
    }

    /// Removes a key; its value, `None` where there was none. As `d.pop(k, None)` and `del d[k]` in Python.
    ///
    /// # Errors
    /// Those of every call.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let edades = manager.dict::<String, u32>()?;
    /// edades.set(&"Ada".to_owned(), &36)?;
    /// assert_eq!(edades.remove(&"Ada".to_owned())?, Some(36));
    /// assert_eq!(edades.remove(&"Ada".to_owned())?, None);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn remove(&self, key: &K) -> Result<Option<V>> {
        let parts = vec![self.kept.encode(key)?];
        let reply = self.kept.ask(Action::DictRemove, Method::Remove, 0, parts, At::caller())?;
        self.kept.only(&reply)
    }
}

impl<K: Serialize, V: Serialize + DeserializeOwned> DictProxy<K, V> {
    /// A copy of the value at a key, after putting `value` there if there was none; one step. As `d.setdefault(k, v)` in Python.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let edades = manager.dict::<String, u32>()?;
    /// edades.set(&"Ada".to_owned(), &36)?;
    /// assert_eq!(edades.set_default(&"Ada".to_owned(), &1)?, 36);
    /// assert_eq!(edades.set_default(&"Alan".to_owned(), &41)?, 41);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn set_default(&self, key: &K, value: &V) -> Result<V> {
        let parts = vec![self.kept.encode(key)?, self.kept.encode(value)?];
        let reply = self.kept.ask(Action::DictSetDefault, Method::SetDefault, 0, parts, At::caller())?;
        self.kept.decode(reply.parts.first().map_or(&[], Vec::as_slice))
    }
}

impl<K: DeserializeOwned, V> DictProxy<K, V> {
    /// All keys, of one moment. As `d.keys()` in Python.
    ///
    /// # Errors
    /// Those of every call.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let edades = manager.dict::<String, u32>()?;
    /// edades.set(&"Ada".to_owned(), &36)?;
    /// assert_eq!(edades.keys()?, ["Ada"]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn keys(&self) -> Result<Vec<K>> {
        let reply = self.everything(Method::Keys, At::caller())?;
        reply.parts.iter().step_by(2).map(|bytes| self.kept.decode(bytes)).collect()
    }
}

impl<K, V: DeserializeOwned> DictProxy<K, V> {
    /// Copies of all values, of one moment, in the order of their keys' coming. As `d.values()` in Python.
    ///
    /// # Errors
    /// Those of every call.
    #[track_caller]
    pub fn values(&self) -> Result<Vec<V>> {
        let reply = self.everything(Method::Values, At::caller())?;
        reply.parts.iter().skip(1).step_by(2).map(|bytes| self.kept.decode(bytes)).collect()
    }
}

impl<K: DeserializeOwned, V: DeserializeOwned> DictProxy<K, V> {
    /// Copies of all keys and values, of one moment. As `d.items()` and `dict(d)` in Python.
    ///
    /// # Errors
    /// Those of every call.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let edades = manager.dict::<String, u32>()?;
    /// edades.set(&"Ada".to_owned(), &36)?;
    /// assert_eq!(edades.items()?, [("Ada".to_owned(), 36)]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn items(&self) -> Result<Vec<(K, V)>> {
        let reply = self.everything(Method::Items, At::caller())?;
        let pairs = reply.parts.chunks_exact(2);
        pairs.map(|pair| Ok((self.kept.decode(&pair[0])?, self.kept.decode(&pair[1])?))).collect()
    }
}

impl<K, V> Clone for DictProxy<K, V> {
    fn clone(&self) -> Self {
        Self { kept: self.kept.clone(), _type: PhantomData }
    }
}

impl<K, V> fmt::Debug for DictProxy<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DictProxy").field(&self.kept.identity().0).finish()
    }
}

impl<K, V> Object for DictProxy<K, V> {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        self.kept.identity()
    }
}

impl<K, V> Serialize for DictProxy<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.kept.serialize(serializer)
    }
}

impl<'de, K, V> Deserialize<'de> for DictProxy<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Self { kept: Kept::deserialize(deserializer, ObjectKind::Dict)?, _type: PhantomData })
    }
}
