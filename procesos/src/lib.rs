//! The concepts of Python's `multiprocessing` with real operating-system processes, in safe Rust.
//!
//! | Python | here |
//! |---|---|
//! | `Process(target=f, args=(1, q)).start()` | [`Process::new(f, (1, q.clone())).start()?`](Process) |
//! | `p.join()`, `p.is_alive()`, `p.pid`, `p.terminate()` | [`Child`] |
//! | `Queue(16)` | [`Queue::bounded(16)?`](Queue) |
//! | `Pipe()` | [`pipe()?`](pipe()), [`Connection`] |
//! | `with lock:` | [`let guard = lock.acquire()?; ... guard.release();`](Lock) |
//! | `Value('i', 0)` | [`Value::new(0)?`](Value) |
//! | `Array('i', 10)` | [`Array::new(&[0; 10])?`](Array) |
//! | `Event()` | [`Event::new()?`](Event) |
//! | `RLock()` | [`RLock::new()?`](RLock) |
//! | `Semaphore(2)`, `BoundedSemaphore(2)` | [`Semaphore::new(2)?`, `Semaphore::bounded(2)?`](Semaphore) |
//! | `Condition(lock)` | [`Condition::new(&lock)?`](Condition) |
//! | `Barrier(3)` | [`Barrier::new(3)?`](Barrier) |
//! | `Pool(4)` | [`Pool::new(4)?`](Pool) |
//! | `pool.map(f, items)`, `pool.apply(f, (1, 2))` | [`pool.map(f, items)?`](Pool::map), [`pool.apply(f, (1, 2))?`](Pool::apply) |
//! | `pool.apply_async(f, (1,)).get()` | [`pool.apply_async(f, 1)?.get()?`](AsyncResult) |
//! | `m = Manager()`, `m.list()`, `m.dict()`, `m.Value('i', 0)` | [`Manager::start()?`](Manager), [`ListProxy`], [`DictProxy`], [`ValueProxy`] |
//! | `JoinableQueue(16)` | [`Queue::task_done`], [`Queue::join`] |
//!
//! Differences on purpose: arguments and messages are serialised when they are given, and what cannot travel does
//! not compile or is an error there; a queue has no feeder thread; what was not handed to a process is not open in
//! it, so the end of a pipe is seen; the death of who holds a lock or a permit, waits at a barrier, does
//! a task of a pool or keeps the objects of a manager is an error, not a hang.
//!
//! Where there may be no more descriptors, memory or processes, the call that needed them is an error that says so
//! ([`Error::is_exhausted`]); nothing of what it would have made is left, and a message that could not be taken in is there to be
//! asked for again. Only pipes, and messages of more than 64 KiB through them, need descriptors.
//!
//! ```
//! use procesos::{Process, Queue, Result};
//!
//! fn doble(n: i32, resultados: Queue<i32>) -> Result<()> {
//!     resultados.put(&(n * 2))
//! }
//!
//! fn main() -> Result<()> {
//!     let resultados = Queue::bounded(4)?;
//!     let hijo = Process::new(doble, (21, resultados.clone())).start()?;
//!     hijo.join()?;
//!     assert_eq!(resultados.get()?, 42);
//!     Ok(())
//! }
//! ```

mod acquire;
mod array;
mod barrier;
mod bell;
mod cells;
mod child;
mod codec;
mod condition;
mod control;
mod error;
mod event;
mod handover;
mod identity;
mod label;
mod language;
mod lock;
mod manager;
mod monitor;
mod mutex;
mod object;
mod operate;
mod own;
mod pipe;
mod plain;
mod pool;
mod process;
mod program;
mod queue;
mod recorder;
mod ring;
mod rlock;
mod semaphore;
mod sys;
mod target;
mod value;
mod yielding;

pub use acquire::AcquireError;
pub use array::Array;
pub use barrier::Barrier;
pub use child::{Child, ExitStatus};
pub use condition::Condition;
pub use error::{Error, Result};
pub use event::Event;
pub use lock::{Lock, LockGuard};
pub use manager::{DictProxy, ListProxy, Manager, ValueProxy};
pub use object::Object;
pub use own::{pid, ppid, sleep};
pub use pipe::{CREDIT_BYTES, CREDIT_MESSAGES, Connection, pipe};
pub use plain::Plain;
pub use pool::{Answer, AsyncResult, Pool, Results, Task, Work};
pub use process::Process;
pub use program::{Driver, program};
pub use queue::Queue;
pub use rlock::{RLock, RLockGuard};
pub use semaphore::{Permit, Semaphore};
pub use target::{Outcome, Target};
pub use value::Value;
