//! What it costs to say something to another process: events, notifications, barriers, tasks; and elements of arrays.

use std::hint::black_box;
use std::time::Instant;

use procesos::{Array, Barrier, Condition, Event, Lock, Process, Queue, Result, Value};

use super::per_operation;
use super::rows::ELEMENTS;

fn answer_events(count: u32, ask: Event, answer: Event) -> Result<()> {
    for _ in 0..count {
        ask.wait()?;
        ask.clear();
        answer.set();
    }
    Ok(())
}

pub(super) fn round_trip_events(count: u32) -> Result<f64> {
    let (ask, answer) = (Event::new()?, Event::new()?);
    let child = Process::new(answer_events, (count, ask.clone(), answer.clone())).start()?;
    let begun = Instant::now();
    for _ in 0..count {
        ask.set();
        answer.wait()?;
        answer.clear();
    }
    let total = begun.elapsed();
    child.join()?;
    Ok(per_operation(total, count))
}

/// Each waits until the number has the parity of the other, then makes it its own.
fn alternate(count: u32, change: Condition, turn: Value<u32>, own: u32) -> Result<()> {
    for _ in 0..count {
        let mut guard = change.acquire()?;
        change.wait_for(&mut guard, || turn.get() % 2 == own)?;
        turn.set(turn.get() + 1);
        change.notify(&guard, 1)?;
        guard.release();
    }
    Ok(())
}

pub(super) fn round_trip_condition(count: u32) -> Result<f64> {
    let (change, turn) = (Condition::new(&Lock::new()?)?, Value::new(0)?);
    let child = Process::new(alternate, (count, change.clone(), turn.clone(), 1)).start()?;
    let begun = Instant::now();
    alternate(count, change, turn, 0)?;
    let total = begun.elapsed();
    child.join()?;
    Ok(per_operation(total, count))
}

fn pass(count: u32, barrier: Barrier) -> Result<()> {
    (0..count).try_for_each(|_| barrier.wait().map(drop))
}

pub(super) fn barriers(count: u32) -> Result<f64> {
    let barrier = Barrier::new(2)?;
    let child = Process::new(pass, (count, barrier.clone())).start()?;
    let begun = Instant::now();
    pass(count, barrier)?;
    let total = begun.elapsed();
    child.join()?;
    Ok(per_operation(total, count))
}

pub(super) fn elements(count: u32) -> Result<f64> {
    let array = Array::new(&[0_i64; 64])?;
    let begun = Instant::now();
    for number in 0..count as usize {
        array.set(number % 64, array.get(number % 64) + 1);
    }
    Ok(per_operation(begun.elapsed(), count))
}

/// All elements, read at once.
pub(super) fn read_array(count: u32) -> Result<f64> {
    let array = Array::new(&vec![7_i64; ELEMENTS])?;
    let begun = Instant::now();
    for _ in 0..count {
        black_box(array.to_vec());
    }
    Ok(per_operation(begun.elapsed(), count))
}

/// All elements, written at once.
pub(super) fn write_array(count: u32) -> Result<f64> {
    let (array, values) = (Array::new(&vec![7_i64; ELEMENTS])?, vec![8; ELEMENTS]);
    let begun = Instant::now();
    for _ in 0..count {
        array.set_slice(0, black_box(&values));
    }
    Ok(per_operation(begun.elapsed(), count))
}

fn work(count: u32, tasks: Queue<i64>) -> Result<()> {
    for _ in 0..count {
        tasks.get()?;
        tasks.task_done()?;
    }
    Ok(())
}

pub(super) fn tasks(count: u32) -> Result<f64> {
    let queue = Queue::bounded(1024)?;
    let child = Process::new(work, (count, queue.clone())).start()?;
    let begun = Instant::now();
    (0..i64::from(count)).try_for_each(|task| queue.put(&task))?;
    queue.join()?;
    let total = begun.elapsed();
    child.join()?;
    Ok(per_operation(total, count))
}
