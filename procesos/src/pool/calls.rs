//! What a pool is given to do: the methods that take a function and what it is called with.

use std::sync::Arc;

use super::Pool;
use super::result::{AsyncResult, Calls, Results};
use super::task::Work;
use crate::error::{self, Result};
use crate::process::is_function_pointer;
use crate::recorder::At;
use crate::sys;

/// Tasks for each worker that `map` makes of its calls, as Python does: fewer cost less, more share better.
const TASKS_A_WORKER: usize = 4;
/// Most tasks that the results of `imap` come in.
const MOST_SINGLE_TASKS: usize = 1 << 16;

impl Pool {
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
    ) -> Result<Vec<Function::Value>>
    where
        Function: Work<Args, Form, Kind>,
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
    pub fn apply<Function, Args, Form, Kind>(&self, function: Function, args: Args) -> Result<Function::Value>
    where
        Function: Work<Args, Form, Kind>,
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
    ) -> Result<AsyncResult<Vec<Function::Value>>>
    where
        Function: Work<Args, Form, Kind>,
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
    ) -> Result<AsyncResult<Function::Value>>
    where
        Function: Work<Args, Form, Kind>,
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
    ) -> Result<Results<Function::Value>>
    where
        Function: Work<Args, Form, Kind>,
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
    ) -> Result<Results<Function::Value>>
    where
        Function: Work<Args, Form, Kind>,
    {
        self.one_by_one(function, items, true, At::caller())
    }

    fn one_by_one<Function, Args, Form, Kind>(
        &self,
        function: Function,
        items: impl IntoIterator<Item = Args>,
        in_order: bool,
        at: At,
    ) -> Result<Results<Function::Value>>
    where
        Function: Work<Args, Form, Kind>,
    {
        let items: Vec<Args> = items.into_iter().collect();
        let each = items.len().div_ceil(MOST_SINGLE_TASKS);
        Ok(Results::of(self.give(function, &items, each, !in_order, at)?, in_order))
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
        Function: Work<Args, Form, Kind>,
    {
        let path = std::any::type_name::<Function>();
        if !sys::fits::<Function>() || (size_of::<Function>() != 0 && !is_function_pointer(path)) {
            return Err(error::Kind::TaskCaptures(path).into());
        }
        let messages = function.messages(items, each)?;
        let tasks = self.office.submit(&messages, as_they_come, at)?;
        Ok(Calls { office: Arc::clone(&self.office), tasks, all: items.len(), each: each.max(1) })
    }
}
