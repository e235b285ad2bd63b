//! `Manager`: a process that keeps objects for others, who have proxies of them.
//!
//! `link` is the memory by which they speak, `wire` what they say, `server` and `store` the process that keeps, `kept` what all proxies
//! have in common, and `list`, `dict` and `value` one proxy each.

mod dict;
mod kept;
mod link;
mod list;
mod look;
mod server;
mod store;
mod value;
mod wire;

use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use procesos_trace::layout::process::ROLE_SERVER;
use procesos_trace::{ObjectId, ObjectKind, Op};
use serde::Serialize;

use self::kept::Kept;
use self::link::Link;
use self::look::Coded;
use self::wire::{Action, Request};
use crate::child::Child;
use crate::error::Result;
use crate::identity::Home;
use crate::object::{self, Object};
use crate::operate::{Effect, Point, operate};
use crate::process::Process;
use crate::recorder::At;
pub use dict::DictProxy;
pub use list::ListProxy;
pub use value::ValueProxy;

const WHAT: &str = "Manager";

/// A process that keeps lists, dictionaries and values for others, as `multiprocessing.Manager()`.
///
/// What it makes are proxies: every call of one is a request to the process, which does one after another. They are cloned, passed to
/// processes as arguments, and put into other objects of the same manager. The process ends with its manager, by
/// [`shutdown`](Self::shutdown) or drop, and its objects with it; whoever uses one afterwards, or after the process was killed, gets an
/// error, not a hang.
///
/// ```
/// use procesos::{DictProxy, Manager, Process, Result};
///
/// fn anotar(cuadrados: DictProxy<u32, u32>, n: u32) -> Result<()> {
///     cuadrados.set(&n, &(n * n))
/// }
///
/// fn main() -> Result<()> {
///     let manager = Manager::start()?;
///     let cuadrados = manager.dict()?;
///     let hijo = Process::new(anotar, (cuadrados.clone(), 7)).start()?;
///     hijo.join()?;
///     assert_eq!(cuadrados.get(&7)?, Some(49));
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Manager {
    link: Arc<Link>,
    server: Mutex<Option<Child>>,
    home: Home,
}

impl Manager {
    /// Starts the process. As `Manager()` in Python.
    ///
    /// # Errors
    /// What a start of a process may fail by; no memory to share.
    #[track_caller]
    pub fn start() -> Result<Self> {
        let link = Arc::new(Link::new()?);
        object::note_creation(link.id, ObjectKind::Manager, At::caller(), 0, 0);
        let process = Process::new(server::serve, (server::Post(Arc::clone(&link)),)).name("manager");
        let server = process.of_library(ROLE_SERVER).start().map_err(|e| e.of_call("Manager::start"))?;
        link.introduce(server.pid());
        Ok(Self { link, server: Mutex::new(Some(server)), home: Home::here() })
    }

    /// The system's id of the process; `None` after its end. In Python it is not told.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// assert!(manager.pid().is_some_and(|pid| pid != procesos::pid()));
    /// manager.shutdown()?;
    /// assert_eq!(manager.pid(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Child::pid)
    }

    /// Makes an empty list. As `manager.list()` in Python.
    ///
    /// # Errors
    /// When the process has ended, or this one did not start it.
    #[track_caller]
    pub fn list<T>(&self) -> Result<ListProxy<T>> {
        let kept = self.make(ObjectKind::List, Action::NewList, |_| Ok(Vec::new()), At::caller())?;
        Ok(ListProxy { kept, _type: PhantomData })
    }

    /// Makes a list of some values. As `manager.list(xs)` in Python.
    ///
    /// # Errors
    /// As [`list`](Self::list); a value that cannot be sent.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let pares = manager.list_of(&[2, 4])?;
    /// pares.append(&6)?;
    /// assert_eq!(pares.pop()?, Some(6));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn list_of<T: Serialize>(&self, values: &[T]) -> Result<ListProxy<T>> {
        let parts = |kept: &Kept| values.iter().map(|value| kept.encode(value)).collect();
        let kept = self.make(ObjectKind::List, Action::NewList, parts, At::caller())?;
        Ok(ListProxy { kept, _type: PhantomData })
    }

    /// Makes an empty dictionary. As `manager.dict()` in Python.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[track_caller]
    pub fn dict<K, V>(&self) -> Result<DictProxy<K, V>> {
        let kept = self.make(ObjectKind::Dict, Action::NewDict, |_| Ok(Vec::new()), At::caller())?;
        Ok(DictProxy { kept, _type: PhantomData })
    }

    /// Makes a value. As `manager.Value(type, x)` in Python.
    ///
    /// # Errors
    /// As [`list`](Self::list); a value that cannot be sent.
    #[track_caller]
    pub fn value<T: Serialize>(&self, initial: &T) -> Result<ValueProxy<T>> {
        let parts = |kept: &Kept| Ok(vec![kept.encode(initial)?]);
        let kept = self.make(ObjectKind::Kept, Action::NewValue, parts, At::caller())?;
        Ok(ValueProxy { kept, _type: PhantomData })
    }

    fn make(
        &self,
        kind: ObjectKind,
        action: Action,
        parts: impl Fn(&Kept) -> Result<Vec<Coded>>,
        at: At,
    ) -> Result<Kept> {
        self.home.check(WHAT)?;
        Kept::make(&self.link, self.home, kind, action, parts, at)
    }

    /// Ends the process, and its objects with it. As `manager.shutdown()` in Python.
    ///
    /// # Errors
    /// In a process that did not start it.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let manager = procesos::Manager::start()?;
    /// let lista = manager.list_of(&[1])?;
    /// manager.shutdown()?;
    /// assert!(lista.get(0).is_err_and(|e| e.is_server_died()));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn shutdown(&self) -> Result<()> {
        self.stop(At::caller())
    }

    fn stop(&self, at: At) -> Result<()> {
        let attempt = || {
            self.home.check(WHAT)?;
            let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(mut server) = server {
                let stop = Request { action: Action::Stop, object: 0, place: 0, parts: Vec::new() };
                // It may have ended by other means.
                let _ = self.link.ask(&stop);
                server.finish();
            }
            Ok(Poll::Ready(Effect::of(())))
        };
        operate(Point::new(Op::ManagerStop, at).on(self.link.id, ObjectKind::Manager), attempt, |_| Ok(()))
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        if self.home.is_here() && self.pid().is_some() {
            // What cannot be ended has ended.
            let _ = self.stop(At::Unwound);
        }
    }
}

impl Object for Manager {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.link.id, ObjectKind::Manager)
    }
}
