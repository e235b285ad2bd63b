//! What starts processes: one at a time, a pool of two, a manager.

use std::hint::black_box;
use std::time::Instant;

use procesos::{Manager, Pool, Process, Result};

use super::per_operation;

fn nothing() {}

pub(super) fn starts(count: u32) -> Result<f64> {
    let begun = Instant::now();
    for _ in 0..count {
        Process::new(nothing, ()).start()?.join()?;
    }
    Ok(per_operation(begun.elapsed(), count))
}

fn square(number: u64) -> u64 {
    number * number
}

/// A pool of two that has done something already.
fn pool() -> Result<Pool> {
    let pool = Pool::new(2)?;
    pool.map(square, 0..8)?;
    Ok(pool)
}

/// All at once, in as few tasks as it makes of them.
pub(super) fn map(count: u32) -> Result<f64> {
    let pool = pool()?;
    let begun = Instant::now();
    black_box(pool.map(square, 0..u64::from(count))?);
    Ok(per_operation(begun.elapsed(), count))
}

/// A task for every call.
pub(super) fn single_tasks(count: u32) -> Result<f64> {
    let pool = pool()?;
    let begun = Instant::now();
    for value in pool.imap(square, 0..u64::from(count))? {
        black_box(value?);
    }
    Ok(per_operation(begun.elapsed(), count))
}

/// One call after the other.
pub(super) fn apply(count: u32) -> Result<f64> {
    let pool = pool()?;
    let begun = Instant::now();
    for number in 0..u64::from(count) {
        black_box(pool.apply(square, number)?);
    }
    Ok(per_operation(begun.elapsed(), count))
}

/// An element of a list, read.
pub(super) fn manager(count: u32) -> Result<f64> {
    let manager = Manager::start()?;
    let list = manager.list_of(&[7_i64])?;
    let begun = Instant::now();
    for _ in 0..count {
        black_box(list.get(0)?);
    }
    let total = begun.elapsed();
    manager.shutdown()?;
    Ok(per_operation(total, count))
}
