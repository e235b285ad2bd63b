//! Locks and permits, with one process or several that want them at once.

use std::time::Instant;

use procesos::{Lock, Process, RLock, Result, Semaphore, Value};
use serde::{Deserialize, Serialize};

use super::per_operation;

/// What so many processes do at once, each so often; a single one is this one, so that nothing but that is measured.
fn crowd<T: Serialize + for<'a> Deserialize<'a> + Clone + 'static>(
    processes: u32,
    count: u32,
    work: fn(u32, T) -> Result<()>,
    shared: T,
) -> Result<f64> {
    let begun = Instant::now();
    if processes == 1 {
        work(count, shared)?;
    } else {
        let start = |_| Process::new(work, (count, shared.clone())).start();
        let children = (0..processes).map(start).collect::<Result<Vec<_>>>()?;
        children.into_iter().try_for_each(|child| child.join().map(drop))?;
    }
    Ok(per_operation(begun.elapsed(), processes * count))
}

fn lock(count: u32, lock: Lock) -> Result<()> {
    for _ in 0..count {
        lock.acquire()?.release();
    }
    Ok(())
}

/// So many processes that each take and give back the same lock so often.
pub(super) fn locks(processes: u32, count: u32) -> Result<f64> {
    crowd(processes, count, lock, Lock::new()?)
}

fn add(count: u32, (value, lock): (Value<i64>, Lock)) -> Result<()> {
    for _ in 0..count {
        let guard = lock.acquire()?;
        value.set(value.get() + 1);
        guard.release();
    }
    Ok(())
}

/// The same with a number that is increased under the lock.
pub(super) fn increments(processes: u32, count: u32) -> Result<f64> {
    let number = Value::new(0)?;
    let figure = crowd(processes, count, add, (number.clone(), Lock::new()?))?;
    assert_eq!(number.get(), i64::from(processes * count));
    Ok(figure)
}

pub(super) fn rlocks(count: u32) -> Result<f64> {
    let lock = RLock::new()?;
    let begun = Instant::now();
    for _ in 0..count {
        lock.acquire()?.release();
    }
    Ok(per_operation(begun.elapsed(), count))
}

fn permit(count: u32, semaphore: Semaphore) -> Result<()> {
    for _ in 0..count {
        semaphore.acquire()?.release();
    }
    Ok(())
}

/// So many processes that share one permit.
pub(super) fn permits(processes: u32, count: u32) -> Result<f64> {
    crowd(processes, count, permit, Semaphore::new(1)?)
}
