//! What somebody has of tasks that are not done yet: a handle to ask, or their results one by one.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use procesos_trace::Tasks;
use serde::de::DeserializeOwned;

use super::batch;
use super::desk::{Desk, State};
use super::office::Office;
use crate::error::Result;
use crate::operate::Wait;
use crate::queue::in_time;
use crate::recorder::At;

/// Calls that were given together.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) office: Arc<Office>,
    pub(super) tasks: Tasks,
    /// How many.
    pub(super) all: usize,
    /// How many a task, the last one may have fewer.
    pub(super) each: usize,
}

impl Calls {
    /// The values that came of them in their order, once they are settled.
    fn read<Value: DeserializeOwned>(&self, desk: &Desk) -> Result<Vec<Value>> {
        let lost = desk.of(self.tasks).find_map(|(index, state)| match state {
            State::Lost(loss) => Some(loss.error(self.first(index))),
            State::Open | State::Back(_) => None,
        });
        if let Some(error) = lost {
            return Err(error);
        }
        let mut values = Vec::with_capacity(self.all);
        for (index, state) in desk.of(self.tasks) {
            if let State::Back(bytes) = state {
                values.extend(self.values::<Value>(index, bytes)?);
            }
        }
        Ok(values)
    }

    /// Index of the first call of a task.
    fn first(&self, index: u64) -> usize {
        let task = index.saturating_sub(self.tasks.first.into());
        usize::try_from(task).unwrap_or(usize::MAX).saturating_mul(self.each)
    }

    /// The values that came of a task.
    fn values<Value: DeserializeOwned>(&self, index: u64, bytes: &[u8]) -> Result<Vec<Value>> {
        let first = self.first(index);
        batch::read(bytes, first, self.each.min(self.all.saturating_sub(first)))
    }

    fn get<Value: DeserializeOwned>(&self, wait: Wait, at: At) -> Result<Vec<Value>> {
        let taken = |desk: &mut Desk| desk.is_settled(self.tasks).then(|| (self.tasks, self.read(desk)));
        self.office.get(self.tasks, wait, at, taken)
    }
}

impl Drop for Calls {
    fn drop(&mut self) {
        self.office.forget(self.tasks);
    }
}

/// A task of a pool that is not done yet, and its result later; as Python's `AsyncResult`.
///
/// It is not the result: [`get`](Self::get) waits for that. Dropping it does not keep the task from being done.
///
/// ```
/// fn cuadrado(n: i64) -> i64 {
///     n * n
/// }
/// # fn main() -> procesos::Result<()> {
/// let pool = procesos::Pool::new(2)?;
/// let resultado = pool.apply_async(cuadrado, 7)?;
/// // ... something else meanwhile ...
/// assert_eq!(resultado.get()?, 49);
/// assert!(resultado.ready());
/// # Ok(())
/// # }
/// ```
pub struct AsyncResult<T> {
    calls: Calls,
    get: fn(&Calls, Wait, At) -> Result<T>,
}

impl<T> fmt::Debug for AsyncResult<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncResult").field("calls", &self.calls.all).finish_non_exhaustive()
    }
}

impl<Value: DeserializeOwned> AsyncResult<Vec<Value>> {
    pub(super) fn of_many(calls: Calls) -> Self {
        Self { calls, get: Calls::get::<Value> }
    }
}

impl<Value: DeserializeOwned> AsyncResult<Value> {
    pub(super) fn of_one(calls: Calls) -> Self {
        // One call has one value.
        let get = |calls: &Calls, wait: Wait, at: At| -> Result<Value> {
            Ok(calls.get(wait, at)?.pop().expect("a call that did not fail has a value"))
        };
        Self { calls, get }
    }
}

impl<T> AsyncResult<T> {
    /// Waits for the result. Asked again, it gives it again. As `get()` in Python.
    ///
    /// # Errors
    /// When a call failed or panicked ([`Error::is_task_failed`](crate::Error::is_task_failed)), with its index: the first that did,
    /// after all were done; when the worker that had it ended without having done it
    /// ([`Error::is_worker_died`](crate::Error::is_worker_died)), at once; when the pool was terminated before.
    #[track_caller]
    pub fn get(&self) -> Result<T> {
        (self.get)(&self.calls, Wait::Forever, At::caller())
    }

    /// Waits at most `limit` for the result; `None` when the limit passed. As `get(timeout)` in Python, where that is an exception.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// fn dormir(milisegundos: u64) {
    ///     procesos::sleep(Duration::from_millis(milisegundos));
    /// }
    /// # fn main() -> procesos::Result<()> {
    /// let pool = procesos::Pool::new(1)?;
    /// let siesta = pool.apply_async(dormir, 100_000)?;
    /// assert_eq!(siesta.get_timeout(Duration::from_millis(1))?, None);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn get_timeout(&self, limit: Duration) -> Result<Option<T>> {
        in_time((self.get)(&self.calls, Wait::AtMost(limit), At::caller()))
    }

    /// Waits until the result, or an error, is there. As `wait()` in Python.
    ///
    /// # Errors
    /// When the pool was terminated before; in a process that did not make the pool.
    #[track_caller]
    pub fn wait(&self) -> Result<()> {
        self.settle(Wait::Forever, At::caller())
    }

    /// Waits at most `limit` until the result, or an error, is there; says whether it is. As `wait(timeout)` in Python.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    #[track_caller]
    pub fn wait_timeout(&self, limit: Duration) -> Result<bool> {
        Ok(in_time(self.settle(Wait::AtMost(limit), At::caller()))?.is_some())
    }

    fn settle(&self, wait: Wait, at: At) -> Result<()> {
        let tasks = self.calls.tasks;
        self.calls.office.get(tasks, wait, at, |desk| desk.is_settled(tasks).then_some((tasks, Ok(()))))
    }

    /// Whether the result, or an error, is there: [`get`](Self::get) would not wait. As `ready()` in Python.
    ///
    /// # Panics
    /// In a process that did not make the pool.
    #[track_caller]
    #[must_use]
    pub fn ready(&self) -> bool {
        let ready = self.calls.office.is_ready(self.calls.tasks, At::caller());
        ready.unwrap_or_else(|error| panic!("{error}"))
    }
}

/// The results of calls one by one: in the order of the items, or as they come; as what Python's `imap` and `imap_unordered` return.
///
/// An error of a call is an item with the call's index; the others follow it.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let pool = procesos::Pool::new(2)?;
/// let results: procesos::Results<u32> = pool.imap(|n: u32| n + 1, [1, 2, 3])?;
/// assert_eq!(results.collect::<procesos::Result<Vec<_>>>()?, [2, 3, 4]);
/// # Ok(())
/// # }
/// ```
pub struct Results<T> {
    calls: Calls,
    left: usize,
    /// Whether they come in the order of the items.
    in_order: bool,
    read: fn(&Calls, u64, &[u8]) -> Result<Vec<T>>,
    /// Those of the task that came last, the next one at the end.
    values: Vec<T>,
}

impl<T> fmt::Debug for Results<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Results").field("left", &self.left).finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> Results<T> {
    pub(super) fn of(calls: Calls, in_order: bool) -> Self {
        let left = usize::try_from(calls.tasks.count).unwrap_or(usize::MAX);
        Self { calls, left, in_order, read: Calls::values::<T>, values: Vec::new() }
    }
}

impl<T> Iterator for Results<T> {
    type Item = Result<T>;

    /// Waits for the next result; `None` after the last one.
    #[track_caller]
    fn next(&mut self) -> Option<Result<T>> {
        let at = At::caller();
        if let Some(value) = self.values.pop() {
            return Some(Ok(value));
        }
        self.left = self.left.checked_sub(1)?;
        let calls = &self.calls;
        let taken = |desk: &mut Desk| {
            let next = if self.in_order { desk.take_next(calls.tasks) } else { desk.take_first(calls.tasks) };
            let (index, state) = next?;
            let used = Tasks { first: u32::try_from(index).unwrap_or(u32::MAX), count: 1 };
            let read = match &state {
                State::Back(bytes) => (self.read)(calls, index, bytes),
                State::Lost(loss) => Err(loss.error(calls.first(index))),
                State::Open => return None,
            };
            Some((used, read))
        };
        match calls.office.get(calls.tasks, Wait::Forever, at, taken) {
            Ok(mut values) => {
                values.reverse();
                let next = values.pop()?;
                self.values = values;
                Some(Ok(next))
            }
            Err(error) => Some(Err(error)),
        }
    }
}
