//! `Pool`: some workers that do calls of functions, each whichever comes next.
//!
//! `core` is what its processes share, `worker` one of those that do the tasks, `office` who gives them and `desk` what that one
//! knows; `task` and `batch` are what a task is, `result` what one has of it before it is done.

mod batch;
mod core;
mod desk;
mod office;
mod result;
mod task;
mod worker;

use std::sync::Arc;

use procesos_trace::layout::process::ROLE_WORKER;
use procesos_trace::{ObjectId, ObjectKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::core::Core;
use self::office::Office;
use self::result::Calls;
use self::worker::Post;
use crate::error::{Kind, Result};
use crate::object::{self, Object};
use crate::process::{Process, is_function_pointer};
use crate::recorder::At;
use crate::sys;
pub use result::{AsyncResult, Results};
use task::Told;
pub use task::{Answer, Task};

/// A handle for the values of several calls.
type AllLater<Function, Args, Form, Kind> = AsyncResult<Vec<Told<Function, Args, Form, Kind>>>;

/// Tasks for each worker that `map` makes of its calls, as Python does: fewer cost less, more share better.
const TASKS_A_WORKER: usize = 4;
/// Most tasks that the results of `imap` come in.
const MOST_SINGLE_TASKS: usize = 1 << 16;

/// Workers that call functions for this process, as `multiprocessing.Pool(n)`.
///
/// The workers are processes that live as long as the pool, so what a task costs is little more than the call. A task is a function
/// that captures nothing, and an argument: its one parameter, or a tuple of all of them. Which worker does which task is left to
/// whoever is free. A task that fails or panics is an error with its index; a worker that ends in the midst of a task (killed, by
/// `exit`) is an error of that task, at once, where Python waits for ever; it is not replaced. Dropping the pool terminates it, as the
/// end of `with Pool()` does: close and join it for tasks whose results nobody gets.
///
/// ```
/// fn cuadrado(n: i64) -> i64 {
///     n * n
/// }
///
/// fn main() -> procesos::Result<()> {
///     let pool = procesos::Pool::new(2)?;
///     assert_eq!(pool.map(cuadrado, [1, 2, 3])?, [1, 4, 9]);
///     assert_eq!(pool.apply(cuadrado, 12)?, 144);
///     pool.close()?;
///     pool.join()
/// }
/// ```
///
/// The function captures nothing; what it needs it gets as arguments:
/// ```compile_fail,E0277
/// # fn main() -> procesos::Result<()> {
/// let pool = procesos::Pool::new(2)?;
/// let nombre = String::from("Ada");
/// pool.map(move |n: i64| format!("{nombre} {n}"), [1, 2])?;
/// # Ok(())
/// # }
/// ```
///
/// Results have to travel:
/// ```compile_fail,E0277
/// fn escucha(puerto: u16) -> std::net::TcpListener {
///     std::net::TcpListener::bind(("127.0.0.1", puerto)).unwrap()
/// }
/// # fn main() -> procesos::Result<()> {
/// procesos::Pool::new(2)?.map(escucha, [0])?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Pool {
    office: Arc<Office>,
    workers: usize,
}

impl Pool {
    /// Starts a pool of so many workers, from 1. As `Pool(4)` in Python.
    ///
    /// # Errors
    /// No workers; what a start of a process may fail by; no memory to share.
    #[track_caller]
    pub fn new(workers: usize) -> Result<Self> {
        if workers == 0 {
            return Err(Kind::NoWorkers.into());
        }
        let core = Core::new()?;
        object::note_creation(core.id, ObjectKind::Pool, At::caller(), workers as u64, 0);
        let pool = Self { office: Arc::new(Office::new(core)), workers };
        // Those that were started before one that cannot be end with the pool.
        for number in 1..=u32::try_from(workers).map_err(|_| Kind::TooManyProcesses)? {
            let process = Process::new(worker::serve, (Post::of(&pool.office.core), number));
            pool.office.hire(process.name(format!("pool-{number}")).of_library(ROLE_WORKER).start()?);
        }
        Ok(pool)
    }

    /// How many workers it was made with. As the `processes` given in Python.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// assert_eq!(procesos::Pool::new(2)?.workers(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// The system's ids of the workers, in the order of their numbers. In Python they are not told.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let pool = procesos::Pool::new(2)?;
    /// let who = |_: u32| procesos::pid();
    /// assert!(pool.map(who, 0..8)?.iter().all(|pid| pool.pids().contains(pid)));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        self.office.pids()
    }

    /// Calls `function` with every item, and waits for all the values, which are in the order of the items. As `map` and `starmap` in
    /// Python.
    ///
    /// The items are given in batches, four for each worker.
    ///
    /// # Errors
    /// The first error or panic of a call in the order of the items, once all are done; the end of a worker that had some; an item
    /// that cannot be sent; a pool that was closed.
    ///
    /// ```
    /// fn mitad(n: u32) -> Result<u32, std::io::Error> {
    ///     if n % 2 == 0 { Ok(n / 2) } else { Err(std::io::Error::other("es impar")) }
    /// }
    /// # fn main() -> procesos::Result<()> {
    /// let pool = procesos::Pool::new(2)?;
    /// assert_eq!(pool.map(mitad, [2, 4])?, [1, 2]);
    /// let error = pool.map(mitad, [2, 4, 5, 7]).unwrap_err();
    /// assert_eq!(error.task(), Some(2));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn map<Function, Args, Form, Kind>(
        &self,
        function: Function,
        items: impl IntoIterator<Item = Args>,
    ) -> Result<Vec<Told<Function, Args, Form, Kind>>>
    where
        Function: Task<Args, Form>,
        Function::Returned: Answer<Kind>,
        Args: Serialize + DeserializeOwned,
    {
        self.map_async(function, items)?.get()
    }

    /// Calls `function` once, and waits for its value. As `apply` in Python.
    ///
    /// # Errors
    /// As [`map`](Self::map), with the index 0.
    ///
    /// ```
    /// fn potencia(base: u64, exponente: u32) -> u64 {
    ///     base.pow(exponente)
    /// }
    /// # fn main() -> procesos::Result<()> {
    /// assert_eq!(procesos::Pool::new(1)?.apply(potencia, (2, 10))?, 1024);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn apply<Function, Args, Form, Kind>(
        &self,
        function: Function,
        args: Args,
    ) -> Result<Told<Function, Args, Form, Kind>>
    where
        Function: Task<Args, Form>,
        Function::Returned: Answer<Kind>,
        Args: Serialize + DeserializeOwned,
    {
        self.apply_async(function, args)?.get()
    }

    /// Calls `function` with every item, without waiting: a handle for all the values. As `map_async` in Python.
    ///
    /// # Errors
    /// An item that cannot be sent; a pool that was closed. Those of the calls are given by the handle.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let pool = procesos::Pool::new(2)?;
    /// let largos = pool.map_async(|palabra: String| palabra.len(), ["uno".to_owned(), "cuatro".to_owned()])?;
    /// assert_eq!(largos.get()?, [3, 6]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn map_async<Function, Args, Form, Kind>(
        &self,
        function: Function,
        items: impl IntoIterator<Item = Args>,
    ) -> Result<AllLater<Function, Args, Form, Kind>>
    where
        Function: Task<Args, Form>,
        Function::Returned: Answer<Kind>,
        Args: Serialize + DeserializeOwned,
    {
        let at = At::caller();
        let items: Vec<Args> = items.into_iter().collect();
        let each = items.len().div_ceil(self.workers.saturating_mul(TASKS_A_WORKER));
        Ok(AsyncResult::of_many(self.give(function, &items, each, false, at)?))
    }

    /// Calls `function` once, without waiting: a handle for its value. As `apply_async` in Python.
    ///
    /// # Errors
    /// As [`map_async`](Self::map_async).
    #[track_caller]
    pub fn apply_async<Function, Args, Form, Kind>(
        &self,
        function: Function,
        args: Args,
    ) -> Result<AsyncResult<Told<Function, Args, Form, Kind>>>
    where
        Function: Task<Args, Form>,
        Function::Returned: Answer<Kind>,
        Args: Serialize + DeserializeOwned,
    {
        let at = At::caller();
        Ok(AsyncResult::of_one(self.give(function, &[args], 1, false, at)?))
    }

    /// Calls `function` with every item; the values come one by one, whichever is done first. As `imap_unordered` in Python.
    ///
    /// # Errors
    /// As [`map_async`](Self::map_async); an error of a call comes where its value would.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let pool = procesos::Pool::new(2)?;
    /// let mut suma = 0;
    /// for doble in pool.imap_unordered(|n: u32| n * 2, 1..=3)? {
    ///     suma += doble?;
    /// }
    /// assert_eq!(suma, 12);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn imap_unordered<Function, Args, Form, Kind>(
        &self,
        function: Function,
        items: impl IntoIterator<Item = Args>,
    ) -> Result<Results<Told<Function, Args, Form, Kind>>>
    where
        Function: Task<Args, Form>,
        Function::Returned: Answer<Kind>,
        Args: Serialize + DeserializeOwned,
    {
        self.one_by_one(function, items, false, At::caller())
    }

    /// Calls `function` with every item; the values come one by one in the order of the items, each as soon as it is there. As `imap` in
    /// Python.
    ///
    /// # Errors
    /// As [`imap_unordered`](Self::imap_unordered).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let pool = procesos::Pool::new(2)?;
    /// let mut dobles = pool.imap(|n: u32| n * 2, 1..=3)?;
    /// assert_eq!(dobles.next().transpose()?, Some(2));
    /// assert_eq!(dobles.next().transpose()?, Some(4));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn imap<Function, Args, Form, Kind>(
        &self,
        function: Function,
        items: impl IntoIterator<Item = Args>,
    ) -> Result<Results<Told<Function, Args, Form, Kind>>>
    where
        Function: Task<Args, Form>,
        Function::Returned: Answer<Kind>,
        Args: Serialize + DeserializeOwned,
    {
        self.one_by_one(function, items, true, At::caller())
    }

    fn one_by_one<Function, Args, Form, Kind>(
        &self,
        function: Function,
        items: impl IntoIterator<Item = Args>,
        in_order: bool,
        at: At,
    ) -> Result<Results<Told<Function, Args, Form, Kind>>>
    where
        Function: Task<Args, Form>,
        Function::Returned: Answer<Kind>,
        Args: Serialize + DeserializeOwned,
    {
        let items: Vec<Args> = items.into_iter().collect();
        let each = items.len().div_ceil(MOST_SINGLE_TASKS);
        Ok(Results::of(self.give(function, &items, each, !in_order, at)?, in_order))
    }

    /// Says that there will be no further tasks: the workers end when they have done those that there are. As `close()` in Python.
    ///
    /// # Errors
    /// In a process that did not make the pool.
    #[track_caller]
    pub fn close(&self) -> Result<()> {
        self.office.close(At::caller())
    }

    /// Ends the workers at once (SIGTERM), whatever they do; they still have to be joined. As `terminate()` in Python.
    ///
    /// # Errors
    /// In a process that did not make the pool.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn main() -> procesos::Result<()> {
    /// let pool = procesos::Pool::new(2)?;
    /// let nunca = pool.apply_async(|_: ()| procesos::sleep(Duration::from_secs(3600)), ())?;
    /// pool.terminate()?;
    /// pool.join()?;
    /// assert!(nunca.get().is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn terminate(&self) -> Result<()> {
        self.office.terminate(At::caller())
    }

    /// Waits until all workers have ended, after [`close`](Self::close) or [`terminate`](Self::terminate). As `join()` in Python.
    ///
    /// Results that have come back by then can still be got.
    ///
    /// # Errors
    /// When the pool was neither closed nor terminated: it would wait for ever; in a process that did not make the pool.
    #[track_caller]
    pub fn join(&self) -> Result<()> {
        self.office.join(At::caller())
    }

    /// Gives the calls of `function` with each of `items`, so many a task; their results are wanted all, or as they come.
    fn give<Function, Args, Form, Kind>(
        &self,
        function: Function,
        items: &[Args],
        each: usize,
        as_they_come: bool,
        at: At,
    ) -> Result<Calls>
    where
        Function: Task<Args, Form>,
        Function::Returned: Answer<Kind>,
        Args: Serialize + DeserializeOwned,
    {
        let path = std::any::type_name::<Function>();
        if !sys::fits::<Function>() || (size_of::<Function>() != 0 && !is_function_pointer(path)) {
            return Err(crate::error::Kind::TaskCaptures(path).into());
        }
        let messages = batch::messages(function, items, each)?;
        let tasks = self.office.submit(&messages, as_they_come, at)?;
        Ok(Calls { office: Arc::clone(&self.office), tasks, all: items.len(), each: each.max(1) })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if self.office.is_open() {
            // What cannot be ended has ended.
            let _ = self.office.terminate(At::Unwound);
            let _ = self.office.join(At::Library);
        }
    }
}

impl Object for Pool {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.office.core.id, ObjectKind::Pool)
    }
}
