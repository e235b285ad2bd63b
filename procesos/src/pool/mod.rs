//! `Pool`: some workers that do calls of functions, each whichever comes next.
//!
//! `calls` is what it can be given to do; `core` is what its processes share, `worker` one of those that do the tasks,
//! `office` who gives them and `desk` what that one knows; `task` and `batch` are what a task is, `result` what one has of it
//! before it is done.

mod batch;
mod calls;
mod core;
mod desk;
mod office;
mod result;
mod task;
mod worker;

use std::sync::Arc;

use procesos_trace::layout::process::ROLE_WORKER;
use procesos_trace::{ObjectId, ObjectKind};

use self::core::Core;
use self::office::Office;
use self::worker::Post;
use crate::error::{Kind, Result};
use crate::object::{self, Object};
use crate::process::Process;
use crate::recorder::At;
pub use result::{AsyncResult, Results};
pub use task::{Answer, Task, Work};

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
    /// No workers; what a start of a process may fail by; no memory to share. Then nothing of it is left, nor are there workers.
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
            let worker = process.name(format!("pool-{number}")).of_library(ROLE_WORKER).start();
            pool.office.hire(worker.map_err(|e| e.of_call("Pool::new"))?);
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
