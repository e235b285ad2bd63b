//! Objects and processes that are made and gone again and again.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procesos::{
    Array, Barrier, Condition, Connection, Event, Lock, Manager, Pool, Process, Queue, RLock, Result,
    Semaphore, Value, pipe,
};
use std::time::Duration;

use crate::steady::{Seen, steady};

/// Nothing takes so long.
const HANG: Duration = Duration::from_secs(20);

pub(crate) fn locks(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |_| {
        let (lock, rlock) = (Lock::new()?, RLock::new()?);
        drop((lock.acquire()?, rlock.acquire()?, rlock.acquire()?));
        Ok(())
    })
}

pub(crate) fn numbers(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |n| {
        let (value, array) = (Value::new(n)?, Array::new(&[n; 100])?);
        assert_eq!(value.get(), array.get(99));
        Ok(())
    })
}

pub(crate) fn queues(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |n| {
        let queue = Queue::bounded(3)?;
        queue.put(&n)?;
        queue.clone().put(&n)?;
        queue.get().map(drop)
    })
}

pub(crate) fn pipes(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |n| {
        let (here, there) = pipe::<u64, u64>()?;
        here.send(&n)?;
        there.recv().map(drop)
    })
}

pub(crate) fn signals(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |_| {
        let (event, semaphore, lock) = (Event::new()?, Semaphore::new(1)?, Lock::new()?);
        let (condition, barrier) = (Condition::new(&lock)?, Barrier::new(1)?);
        event.set();
        event.wait()?;
        semaphore.acquire()?.release();
        barrier.wait()?;
        condition.notify_all(&lock.acquire()?)
    })
}

pub(crate) fn processes(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |_| {
        let status = Process::new(|| (), ()).start()?.join()?;
        assert!(status.success());
        Ok(())
    })
}

pub(crate) fn processes_with_limit(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |_| {
        let status = Process::new(|| (), ()).start()?.join_timeout(HANG)?;
        assert!(status.is_some());
        Ok(())
    })
}

fn answer(line: Connection<u64, u64>, done: Queue<()>) -> Result<()> {
    line.send(&(line.recv()? + 1))?;
    done.put(&())
}

pub(crate) fn processes_with_handles(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |n| {
        let ((here, there), done) = (pipe()?, Queue::bounded(1)?);
        let child = Process::new(answer, (there, done.clone())).start()?;
        here.send(&n)?;
        assert_eq!(here.recv()?, n + 1);
        done.get()?;
        child.join().map(drop)
    })
}

fn hold(lock: Lock, line: Connection<u64, u64>) -> Result<()> {
    let _guard = lock.acquire()?;
    (0..).try_for_each(|n| line.send(&n))
}

pub(crate) fn killed(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |_| {
        let (lock, (here, there)) = (Lock::new()?, pipe::<u64, u64>()?);
        let child = Process::new(hold, (lock.clone(), there)).start()?;
        here.recv()?;
        // It is not joined yet.
        let _ = kill(Pid::from_raw(child.pid().cast_signed()), Signal::SIGKILL);
        drop(lock.acquire());
        assert_eq!(child.join()?.signal(), Some(9));
        Ok(())
    })
}

pub(crate) fn pools(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |n| {
        let pool = Pool::new(2)?;
        assert_eq!(pool.map(|n: u64| n + 1, [n, n])?, [n + 1, n + 1]);
        if n % 2 == 0 {
            pool.close()?;
            pool.join()?;
        }
        Ok(())
    })
}

pub(crate) fn managers(times: u64) -> Result<Vec<Seen>> {
    steady(times, &[], |n| {
        let manager = Manager::start()?;
        assert_eq!(manager.list_of(&[n])?.pop()?, Some(n));
        if n % 2 == 0 {
            manager.shutdown()?;
        }
        Ok(())
    })
}
