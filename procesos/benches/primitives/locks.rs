//! Locks and permits, with one process or several that want them at once.

use std::time::Instant;

use procesos::{Lock, Process, RLock, Result, Semaphore, Value};

use super::per_operation;

fn lock(count: u32, lock: Lock) -> Result<()> {
    for _ in 0..count {
        lock.acquire()?.release();
    }
    Ok(())
}

/// So many processes that each take and give back the same lock so often.
pub(super) fn locks(processes: u32, count: u32) -> Result<f64> {
    let shared = Lock::new()?;
    let begun = Instant::now();
    let start = |_| Process::new(lock, (count, shared.clone())).start();
    let children = (0..processes).map(start).collect::<Result<Vec<_>>>()?;
    for child in children {
        child.join()?;
    }
    Ok(per_operation(begun.elapsed(), processes * count))
}

fn add(count: u32, value: Value<i64>, lock: Lock) -> Result<()> {
    for _ in 0..count {
        let guard = lock.acquire()?;
        value.set(value.get() + 1);
        guard.release();
    }
    Ok(())
}

/// The same with a number that is increased under the lock.
pub(super) fn increments(processes: u32, count: u32) -> Result<f64> {
    let (value, lock) = (Value::new(0)?, Lock::new()?);
    let begun = Instant::now();
    let start = |_| Process::new(add, (count, value.clone(), lock.clone())).start();
    let children = (0..processes).map(start).collect::<Result<Vec<_>>>()?;
    for child in children {
        child.join()?;
    }
    assert_eq!(value.get(), i64::from(processes * count));
    Ok(per_operation(begun.elapsed(), processes * count))
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
    let semaphore = Semaphore::new(1)?;
    let begun = Instant::now();
    let start = |_| Process::new(permit, (count, semaphore.clone())).start();
    let children = (0..processes).map(start).collect::<Result<Vec<_>>>()?;
    for child in children {
        child.join()?;
    }
    Ok(per_operation(begun.elapsed(), processes * count))
}
