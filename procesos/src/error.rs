//! The one error type: opaque outside, a closed kind inside, a sentence that says what to do.

mod limits;
mod sentences;
mod tasks;

use std::fmt;
use std::io;

use crate::language::Language;

/// Shorthand for results of this library. In Python errors are raised.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong in an operation of this library. What the exceptions of `multiprocessing` are in Python: `EOFError`,
/// `BrokenPipeError`, `ValueError`...
///
/// Its message is in Spanish or English, as the locale says, and names the mend. Ask the `is_` methods for the
/// kinds that a program may want to handle.
#[derive(Debug)]
pub struct Error(Kind);

/// The closed set of errors.
#[derive(Debug)]
pub(crate) enum Kind {
    /// The operation would have to wait and was asked not to. Never leaves the library.
    WouldBlock,
    /// The time limit passed. Never leaves the library.
    TimedOut,
    Eof,
    BrokenPipe,
    OwnerDied,
    PermitLost,
    AlreadyHeld,
    NotHanded(&'static str),
    HandleInMessage(&'static str),
    ManyThreads(u64),
    TooManyProcesses,
    TargetCaptures(&'static str),
    ZeroCapacity,
    /// An index that an array does not have, or a range that ends beyond it.
    OutOfRange {
        index: usize,
        length: usize,
    },
    ArrayTooLong(usize),
    NoParties,
    BrokenBarrier,
    TooManyReleases,
    TooManyPermits,
    TooManyDone,
    OtherLock,
    /// More processes than an object has room for; its kind.
    Crowded(&'static str),
    MessageTooLarge {
        bytes: usize,
        room: usize,
    },
    /// No memory for a message of so many bytes.
    NoMemory {
        doing: &'static str,
        bytes: usize,
    },
    Encode(String),
    Decode(String),
    /// The process of a manager has ended.
    ServerDied,
    /// An index that a list of a manager does not have.
    NoElement {
        index: usize,
        length: u64,
    },
    LetterTooLarge {
        bytes: usize,
        room: usize,
    },
    AnswerTooLarge,
    /// A pool without workers.
    NoWorkers,
    TaskCaptures(&'static str),
    TooManyTasks(usize),
    PoolClosed,
    /// It was asked to be joined.
    PoolOpen,
    PoolTerminated,
    /// The call with this index, from 0, returned an error or panicked.
    TaskFailed {
        task: usize,
        panicked: bool,
        message: String,
    },
    /// The worker with this number (0: the last one) ended without having done the task with this index.
    WorkerDied {
        task: usize,
        worker: u32,
        pid: u32,
        how: String,
    },
    ProgramTwice,
    Usage(String),
    System {
        doing: &'static str,
        source: io::Error,
    },
}

impl Error {
    /// A wrong argument of a driver, with a message for whoever ran it. As a usage message of `argparse` in Python.
    ///
    /// ```
    /// let error = procesos::Error::usage("the modes are contar and solo");
    /// assert_eq!(error.to_string(), "the modes are contar and solo");
    /// ```
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self(Kind::Usage(message.into()))
    }

    pub(crate) fn system(doing: &'static str, source: impl Into<io::Error>) -> Self {
        Self(Kind::System { doing, source: source.into() })
    }

    pub(crate) fn json(error: &serde_json::Error) -> Self {
        Self(Kind::Encode(error.to_string()))
    }

    /// The other end is closed and nothing is left to receive. As `EOFError` in Python.
    #[must_use]
    pub fn is_eof(&self) -> bool {
        matches!(self.0, Kind::Eof)
    }

    /// The other end is closed, so nobody would receive what was sent. As `BrokenPipeError` in Python.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let (here, there) = procesos::pipe::<u8, ()>()?;
    /// drop(there);
    /// assert!(here.send(&1).is_err_and(|e| e.is_broken_pipe()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self.0, Kind::BrokenPipe)
    }

    /// The process that held the lock, or a permit of the semaphore, ended without freeing it. In Python whoever wants it next
    /// waits for ever.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// use procesos::{Error, Lock, Process};
    ///
    /// let exits = |lock: Lock| -> () {
    ///     let _guard = lock.acquire();
    ///     std::process::exit(1)
    /// };
    /// let lock = Lock::new()?;
    /// Process::new(exits, (lock.clone(),)).start()?.join()?;
    /// assert!(lock.acquire().is_err_and(|e| Error::from(e).is_owner_died()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_owner_died(&self) -> bool {
        matches!(self.0, Kind::OwnerDied | Kind::PermitLost)
    }

    /// The lock is already held by this very process. In Python it waits for ever.
    #[must_use]
    pub fn is_already_held(&self) -> bool {
        matches!(self.0, Kind::AlreadyHeld)
    }

    /// The barrier is broken, or was reset: not everybody arrived. As `BrokenBarrierError` in Python.
    #[must_use]
    pub fn is_broken_barrier(&self) -> bool {
        matches!(self.0, Kind::BrokenBarrier)
    }

    /// A semaphore was given more permits than it may have, or an item of a queue was said to be done that nobody had put. As
    /// `ValueError` in Python.
    #[must_use]
    pub fn is_too_many(&self) -> bool {
        matches!(self.0, Kind::TooManyReleases | Kind::TooManyDone)
    }

    /// The guard is not that of the condition's lock. In Python a condition is used with the lock that it has.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let (lock, other) = (procesos::Lock::new()?, procesos::Lock::new()?);
    /// let cambio = procesos::Condition::new(&lock)?;
    /// let guardia = other.acquire()?;
    /// assert!(cambio.notify(&guardia, 1).is_err_and(|e| e.is_other_lock()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_other_lock(&self) -> bool {
        matches!(self.0, Kind::OtherLock)
    }

    /// A task of a pool returned an error or panicked; [`task`](Self::task) tells which. In Python `get()` raises the exception
    /// of the task.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let fails = |_: u32| -> Result<u32, std::io::Error> { Err(std::io::Error::other("no")) };
    /// let error = procesos::Pool::new(1)?.apply(fails, 1).unwrap_err();
    /// assert!(error.is_task_failed() && error.task() == Some(0));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_task_failed(&self) -> bool {
        matches!(self.0, Kind::TaskFailed { .. })
    }

    /// A task of a pool will never be done: its worker ended before, or none is left. In Python `get()` waits for ever.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let dies = |_: u32| -> u32 { std::process::exit(1) };
    /// let error = procesos::Pool::new(1)?.apply(dies, 1).unwrap_err();
    /// assert!(error.is_worker_died() && error.worker().is_some_and(|(number, _pid)| number == 1));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_worker_died(&self) -> bool {
        matches!(self.0, Kind::WorkerDied { .. })
    }

    /// The index (from 0, among those given together) of the task of a pool that this error is of. In Python the traceback does
    /// not tell it.
    #[must_use]
    pub fn task(&self) -> Option<usize> {
        match self.0 {
            Kind::TaskFailed { task, .. } | Kind::WorkerDied { task, .. } => Some(task),
            _ => None,
        }
    }

    /// Number (from 1) and pid of the worker of a pool that ended with a task. In Python nobody is told.
    #[must_use]
    pub fn worker(&self) -> Option<(u32, u32)> {
        match self.0 {
            Kind::WorkerDied { worker, pid, .. } if worker != 0 => Some((worker, pid)),
            _ => None,
        }
    }

    /// The process of the manager that keeps the object has ended. As `ConnectionRefusedError`, `EOFError` or `BrokenPipeError`
    /// in Python.
    #[must_use]
    pub fn is_server_died(&self) -> bool {
        matches!(self.0, Kind::ServerDied)
    }

    /// The pool gets no more tasks: it was closed or terminated. As `ValueError('Pool not running')` in Python.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let pool = procesos::Pool::new(1)?;
    /// pool.close()?;
    /// assert!(pool.apply(|n: u32| n, 1).is_err_and(|e| e.is_closed()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.0, Kind::PoolClosed | Kind::PoolTerminated)
    }

    /// This process, or the system, may have no more of something: descriptors, memory, processes. What was asked for was not done, and
    /// nothing of it is left. As `OSError` with `EMFILE`, `ENOMEM` or `EAGAIN`, and `MemoryError`, in Python.
    ///
    /// ```
    /// use procesos::{Connection, Result, pipe};
    ///
    /// /// As many as there may be, at most so many.
    /// fn abrir(cuantas: usize) -> Result<Vec<(Connection<u8, u8>, Connection<u8, u8>)>> {
    ///     let mut abiertas = Vec::new();
    ///     while abiertas.len() < cuantas {
    ///         match pipe() {
    ///             Ok(extremos) => abiertas.push(extremos),
    ///             Err(error) if error.is_exhausted() => break,
    ///             Err(error) => return Err(error),
    ///         }
    ///     }
    ///     Ok(abiertas)
    /// }
    ///
    /// fn main() -> Result<()> {
    ///     assert_eq!(abrir(3)?.len(), 3);
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        match &self.0 {
            Kind::System { doing, source } => limits::Scarce::of(doing, source).is_some(),
            Kind::NoMemory { .. } => true,
            _ => false,
        }
    }

    /// The same error as that of the call that the program made, where the system refused a part of that.
    pub(crate) fn of_call(self, doing: &'static str) -> Self {
        match self.0 {
            Kind::System { source, .. } => Self(Kind::System { doing, source }),
            _ => self,
        }
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self(kind)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::System { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// What is told when a program comes to a `todo!()`: its place, and what it says is to be done there.
pub(crate) fn unwritten(place: &str, what: &str) -> String {
    let told = Language::current().choose("Pendiente: falta escribir", "Pending: still to be written is");
    let what = if what.is_empty() { "`todo!()`" } else { what };
    format!("{told} {place}: {what}")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (spanish, english) = self.0.sentences();
        f.write_str(Language::current().choose(&spanish, &english))
    }
}
