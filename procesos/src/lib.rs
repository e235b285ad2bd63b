//! The concepts of Python's `multiprocessing` with real operating-system processes, in safe Rust.
//!
//! | Python | here |
//! |---|---|
//! | `import multiprocessing as mp`, `if __name__ == '__main__':` | `use procesos::{Process, Queue};`, `fn main()`: a child runs its function and nothing else |
//! | `p = Process(target=f, args=(1, q)); p.start()` | [`let p = Process::new(f, (1, q.clone())).start()?;`](Process) |
//! | `p.join()`, `p.join(2)` | [`p.join()?`](Child::join) (takes `p`: once), [`p.join_timeout(Duration::from_secs(2))?`](Child::join_timeout) |
//! | `p.is_alive()`, `p.pid`, `p.terminate()`, `p.exitcode` | [`p.is_alive()?`](Child::is_alive) (needs `let mut p`), [`p.pid()`](Child::pid), [`p.terminate()?`](Child::terminate), the result of [`p.join()?`](Child::join) |
//! | `Process(target=f, name='uno')`, `p.name` | [`Process::new(f, args).name("uno")`](Process::name), [`p.name()`](Child::name) |
//! | `os.getpid()`, `os.getppid()` | [`procesos::pid()`](pid()), [`procesos::ppid()`](ppid()) |
//! | `q = Queue(16)`; `q.put(x)`, `q.get()` | [`let q = Queue::bounded(16)?;`](Queue::bounded) [`q.put(&x)?`](Queue::put), [`q.get()?`](Queue::get) |
//! | `q.put_nowait(x)`, `q.put(x, timeout=1)` | [`q.try_put(&x)?`](Queue::try_put), [`q.put_timeout(&x, d)?`](Queue::put_timeout) (each a `bool`) |
//! | `q.get_nowait()`, `q.get(timeout=1)`, `q.empty()` | [`q.try_get()?`](Queue::try_get), [`q.get_timeout(d)?`](Queue::get_timeout) (both an `Option`), [`q.is_empty()`](Queue::is_empty) |
//! | `q.put("FIN")` | [`q.put(&Mensaje::Fin)?`](Queue::put) with `enum Mensaje { Dato(..), Fin }` |
//! | `a, b = Pipe()`; `a.send(x)`, `b.recv()`, `b.poll(1)` | [`let (a, b) = pipe::<u32, String>()?;`](pipe()) [`a.send(&x)?`](Connection::send), [`b.recv()?`](Connection::recv), [`b.poll(d)?`](Connection::poll) |
//! | `b.close()` | [`drop(b)`](Connection) |
//! | `EOFError` when the other end is closed | an error with [`is_eof()`](Error::is_eof) |
//! | `lock.acquire()`, `lock.release()`, `lock.acquire(False)`, `lock.acquire(timeout=1)` | [`let guardia = lock.acquire()?;`](Lock::acquire), [`guardia.release()`](LockGuard::release), [`lock.try_acquire()?`](Lock::try_acquire), [`lock.acquire_timeout(d)?`](Lock::acquire_timeout) |
//! | `with lock:` | [`let guardia = lock.acquire()?; ... guardia.release();`](Lock) |
//! | `v = Value('i', 0)`; `v.value += 1` | [`let v = Value::new(0)?;`](Value::new) [`v.set(v.get() + 1);`](Value::set) (two steps, as in Python) |
//! | `Value('d', 3.14)`, `Array('i', [0, 0, 0])`, `a[:]` | [`Value::new(3.14)?`](Value::new), [`Array::new(&[0, 0, 0])?`](Array::new), [`a.to_vec()`](Array::to_vec) |
//! | `a = Array('i', 10)`; `a[3] += 1`, `a[2:5]`, `len(a)` | [`let a = Array::new(&[0; 10])?;`](Array::new) [`a.set(3, a.get(3) + 1);`](Array::set), [`a.slice(2..5)`](Array::slice), [`a.len()`](Array::len) |
//! | `e = Event()`; `e.set()`, `e.clear()`, `e.is_set()`, `e.wait()`, `e.wait(2)` | [`let e = Event::new()?;`](Event::new) [`e.set()`](Event::set), [`e.clear()`](Event::clear), [`e.is_set()`](Event::is_set), [`e.wait()?`](Event::wait), [`e.wait_timeout(d)?`](Event::wait_timeout) |
//! | `with RLock():` | [`let guardia = rlock.acquire()?; ... guardia.release();`](RLock) |
//! | `s = Semaphore(2)`, `BoundedSemaphore(2)`; `with s:` | [`let s = Semaphore::new(2)?`](Semaphore::new), [`Semaphore::bounded(2)?`](Semaphore::bounded); [`let permiso = s.acquire()?; ... permiso.release();`](Semaphore::acquire) |
//! | `s.release()` in one process, `s.acquire()` in another: a signal | [`s.release()?`](Semaphore::release), [`s.acquire()?.consume()`](Permit::consume) |
//! | `c = Condition(lock)`; `c.wait()`, `c.wait_for(f)`, `c.notify()`, `c.notify_all()` | [`let c = Condition::new(&lock)?;`](Condition::new) [`c.wait(&mut guardia)?`](Condition::wait), [`c.wait_for(&mut guardia, f)?`](Condition::wait_for), [`c.notify(&guardia, 1)?`](Condition::notify), [`c.notify_all(&guardia)?`](Condition::notify_all) |
//! | `b = Barrier(3)`; `b.wait()`, `b.abort()`, `b.reset()`, `b.broken` | [`let b = Barrier::new(3)?;`](Barrier::new) [`b.wait()?`](Barrier::wait), [`b.abort()?`](Barrier::abort), [`b.reset()?`](Barrier::reset), [`b.is_broken()`](Barrier::is_broken) |
//! | `q = JoinableQueue(16)`; `q.task_done()`, `q.join()` | [`let q = Queue::bounded(16)?;`](Queue::bounded) [`q.task_done()?`](Queue::task_done), [`q.join()?`](Queue::join) |
//! | `pool = Pool(4)`; `pool.map(f, xs)`, `pool.starmap(f, pares)`, `pool.apply(f, (1, 2))` | [`let pool = Pool::new(4)?;`](Pool::new) [`pool.map(f, xs)?`](Pool::map), [`pool.map(f, pares)?`](Pool::map), [`pool.apply(f, (1, 2))?`](Pool::apply) |
//! | `r = pool.apply_async(f, (x,))`, `pool.map_async(f, xs)`; `r.get()`, `r.get(1)`, `r.wait()`, `r.ready()` | [`let r = pool.apply_async(f, x)?`](Pool::apply_async), [`pool.map_async(f, xs)?`](Pool::map_async); [`r.get()?`](AsyncResult::get), [`r.get_timeout(d)?`](AsyncResult::get_timeout), [`r.wait()?`](AsyncResult::wait), [`r.ready()`](AsyncResult::ready) |
//! | `for y in pool.imap(f, xs)`, `pool.imap_unordered(f, xs)` | [`for y in pool.imap(f, xs)?`](Pool::imap), [`pool.imap_unordered(f, xs)?`](Pool::imap_unordered) (each a `Result`) |
//! | `pool.close()`, `pool.terminate()`, `pool.join()`; `with Pool(4) as pool:` | [`pool.close()?`](Pool::close), [`pool.terminate()?`](Pool::terminate), [`pool.join()?`](Pool::join); dropping it terminates it |
//! | `m = Manager()`; `m.list()`, `m.list(xs)`, `m.dict()`, `m.Value('i', 0)`, `m.shutdown()` | [`let m = Manager::start()?;`](Manager::start) [`m.list::<T>()?`](Manager::list), [`m.list_of(&xs)?`](Manager::list_of), [`m.dict::<K, V>()?`](Manager::dict), [`m.value(&0)?`](Manager::value), [`m.shutdown()?`](Manager::shutdown) |
//! | `l.append(x)`, `l[i]`, `l[i] = x`, `l.pop()`, `list(l)` | [`l.append(&x)?`](ListProxy::append), [`l.get(i)?`](ListProxy::get), [`l.set(i, &x)?`](ListProxy::set), [`l.pop()?`](ListProxy::pop), [`l.to_vec()?`](ListProxy::to_vec) |
//! | `l.extend(xs)`, `l.insert(i, x)`, `del l[i]`, `x in l`, `len(l)`, `l.clear()` | [`l.extend(&xs)?`](ListProxy::extend), [`l.insert(i, &x)?`](ListProxy::insert), [`l.remove(i)?`](ListProxy::remove), [`l.contains(&x)?`](ListProxy::contains), [`l.len()?`](ListProxy::len), [`l.clear()?`](ListProxy::clear) |
//! | `d[k] = v`, `d.get(k)`, `k in d`, `d.pop(k, None)`, `d.items()` | [`d.set(&k, &v)?`](DictProxy::set), [`d.get(&k)?`](DictProxy::get), [`d.contains_key(&k)?`](DictProxy::contains_key), [`d.remove(&k)?`](DictProxy::remove), [`d.items()?`](DictProxy::items) |
//! | `d.setdefault(k, v)`, `d.update(e)`, `d.keys()`, `d.values()` | [`d.set_default(&k, &v)?`](DictProxy::set_default), [`d.update(&e)?`](DictProxy::update), [`d.keys()?`](DictProxy::keys), [`d.values()?`](DictProxy::values) |
//! | `time.sleep(2)` | [`procesos::sleep(Duration::from_secs(2))`](sleep()) |
//! | `q.put({'id': 1, 'accion': 'leer'})`, `q.put(Tarea(1))` | `#[derive(Serialize, Deserialize)] struct Tarea { id: u32 }`, [`q.put(&tarea)?`](Queue::put) |
//! | `pickle.dumps(x)`, `pickle.loads(b)` | `serde`: what cannot travel does not compile |
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
