//! What the bench runs: processes that take turns at one counter. Four operations an addition.

use procesos::{Lock, Process, Result, Value};

/// Adds 1, so many times.
pub fn add(counter: Value<i64>, lock: Lock, times: u32) -> Result<()> {
    for _ in 0..times {
        let guard = lock.acquire()?;
        let read = counter.get();
        counter.set(read + 1);
        guard.release();
    }
    Ok(())
}

/// Starts so many processes that add, and waits for them.
pub fn count(processes: u32, times: u32) -> Result<i64> {
    let counter = Value::new(0)?;
    let lock = Lock::new()?;
    let mut children = Vec::new();
    for _ in 0..processes {
        children.push(Process::new(add, (counter.clone(), lock.clone(), times)).start()?);
    }
    for child in children {
        child.join()?;
    }
    Ok(counter.get())
}
