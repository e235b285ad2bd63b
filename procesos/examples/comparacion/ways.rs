//! The ways to communicate: for each, what one process does and what the other does. Never a figure: only what is to be timed.
//!
//! Every function returns how long both took for `count` times, and fails when what arrived is not what was sent.

#![expect(clippy::needless_pass_by_value, reason = "a process owns what it is given")]

use std::time::{Duration, Instant};

use procesos::{
    Array, Barrier, Child, Connection, Event, Lock, Manager, Process, Queue, Result, Value, ValueProxy, pipe,
};

/// Room in a queue: a producer may be so far ahead.
const CAPACITY: usize = 64;

/// From a barrier that both pass to a barrier at which both are done. The child, when it has been started, waits at both too.
fn timed(
    start: impl FnOnce(Barrier) -> Result<Child>,
    here: impl FnOnce() -> Result<()>,
) -> Result<Duration> {
    let line = Barrier::new(2)?;
    let child = start(line.clone())?;
    line.wait()?;
    let begun = Instant::now();
    here()?;
    line.wait()?;
    let total = begun.elapsed();
    child.join()?;
    Ok(total)
}

/// What the child does between the two barriers.
fn between(line: &Barrier, work: impl FnOnce() -> Result<()>) -> Result<()> {
    line.wait()?;
    work()?;
    line.wait().map(drop)
}

/// A text, as long as asked for.
fn text(bytes: usize) -> String {
    "x".repeat(bytes)
}

/// A result that is wrong would make its time worthless.
fn check(right: bool, what: &str) {
    assert!(right, "{what}");
}

// A small datum: there and back.

fn answer_pipe(line: Barrier, count: u32, there: Connection<i64, i64>) -> Result<()> {
    between(&line, || (0..count).try_for_each(|_| there.send(&there.recv()?)))
}

pub(crate) fn pipe_there_and_back(count: u32) -> Result<Duration> {
    let (here, there) = pipe::<i64, i64>()?;
    let start = |line| Process::new(answer_pipe, (line, count, there)).start();
    timed(start, || {
        (0..i64::from(count)).try_for_each(|number| {
            here.send(&number)?;
            check(here.recv()? == number, "Pipe: another number came back");
            Ok(())
        })
    })
}

fn answer_queue(line: Barrier, count: u32, ask: Queue<i64>, answer: Queue<i64>) -> Result<()> {
    between(&line, || (0..count).try_for_each(|_| answer.put(&ask.get()?)))
}

pub(crate) fn queue_there_and_back(count: u32) -> Result<Duration> {
    let (ask, answer) = (Queue::bounded(CAPACITY)?, Queue::bounded(CAPACITY)?);
    let given = (count, ask.clone(), answer.clone());
    let start = |line| Process::new(answer_queue, (line, given.0, given.1, given.2)).start();
    timed(start, || {
        (0..i64::from(count)).try_for_each(|number| {
            ask.put(&number)?;
            check(answer.get()? == number, "Queue: another number came back");
            Ok(())
        })
    })
}

fn answer_event(line: Barrier, count: u32, ask: Event, answer: Event) -> Result<()> {
    between(&line, || {
        (0..count).try_for_each(|_| {
            ask.wait()?;
            ask.clear();
            answer.set();
            Ok(())
        })
    })
}

pub(crate) fn event_there_and_back(count: u32) -> Result<Duration> {
    let (ask, answer) = (Event::new()?, Event::new()?);
    let given = (ask.clone(), answer.clone());
    let start = |line| Process::new(answer_event, (line, count, given.0, given.1)).start();
    timed(start, || {
        (0..count).try_for_each(|_| {
            ask.set();
            answer.wait()?;
            answer.clear();
            Ok(())
        })
    })
}

// A small datum: shared.

fn add(count: u32, total: &Value<i64>, lock: &Lock) -> Result<()> {
    (0..count).try_for_each(|_| {
        let guard = lock.acquire()?;
        total.set(total.get() + 1);
        guard.release();
        Ok(())
    })
}

fn add_too(line: Barrier, count: u32, total: Value<i64>, lock: Lock) -> Result<()> {
    between(&line, || add(count, &total, &lock))
}

pub(crate) fn both_add(count: u32) -> Result<Duration> {
    let (total, lock) = (Value::new(0)?, Lock::new()?);
    let start = |line| Process::new(add_too, (line, count, total.clone(), lock.clone())).start();
    let time = timed(start, || add(count, &total, &lock))?;
    check(total.get() == 2 * i64::from(count), "Value: an addition was lost");
    Ok(time)
}

/// A set and a get: two calls. The other process is the manager's own.
pub(crate) fn manager_two_calls(count: u32) -> Result<Duration> {
    let manager = Manager::start()?;
    let value = manager.value(&0)?;
    let begun = Instant::now();
    for number in 0..i64::from(count) {
        value.set(&number)?;
        check(value.get()? == number, "Manager: another number came back");
    }
    Ok(begun.elapsed())
}

// Many messages, or many blocks.

fn fill_pipe(line: Barrier, count: u32, bytes: usize, there: Connection<String, String>) -> Result<()> {
    let message = text(bytes);
    between(&line, || (0..count).try_for_each(|_| there.send(&message)))
}

pub(crate) fn pipe_messages(count: u32, bytes: usize) -> Result<Duration> {
    let (here, there) = pipe::<String, String>()?;
    let start = |line| Process::new(fill_pipe, (line, count, bytes, there)).start();
    timed(start, || (0..count).try_for_each(|_| here.recv().map(|message| is_whole(&message, bytes))))
}

fn fill_queue(line: Barrier, count: u32, bytes: usize, queue: Queue<String>) -> Result<()> {
    let message = text(bytes);
    between(&line, || (0..count).try_for_each(|_| queue.put(&message)))
}

pub(crate) fn queue_messages(count: u32, bytes: usize) -> Result<Duration> {
    let queue = Queue::bounded(CAPACITY)?;
    let start = |line| Process::new(fill_queue, (line, count, bytes, queue.clone())).start();
    timed(start, || (0..count).try_for_each(|_| queue.get().map(|message| is_whole(&message, bytes))))
}

fn fill_array(line: Barrier, count: u32, block: Array<u64>, lock: Lock) -> Result<()> {
    let mut values = block.to_vec();
    between(&line, || {
        (1..=u64::from(count)).try_for_each(|number| {
            values.fill(number);
            let guard = lock.acquire()?;
            block.set_slice(0, &values);
            guard.release();
            Ok(())
        })
    })
}

pub(crate) fn array_blocks(count: u32, bytes: usize) -> Result<Duration> {
    let (block, lock) = (Array::new(&vec![0; bytes / size_of::<u64>()])?, Lock::new()?);
    let start = |line| Process::new(fill_array, (line, count, block.clone(), lock.clone())).start();
    timed(start, || {
        (0..count).try_for_each(|_| {
            let guard = lock.acquire()?;
            let copy = block.to_vec();
            guard.release();
            check(copy.first() == copy.last(), "Array: half of a block was read");
            Ok(())
        })
    })
}

fn fill_manager(line: Barrier, count: u32, bytes: usize, value: ValueProxy<String>) -> Result<()> {
    let message = text(bytes);
    between(&line, || (0..count).try_for_each(|_| value.set(&message)))
}

pub(crate) fn manager_blocks(count: u32, bytes: usize) -> Result<Duration> {
    let manager = Manager::start()?;
    let value = manager.value(&text(bytes))?;
    let start = |line| Process::new(fill_manager, (line, count, bytes, value.clone())).start();
    timed(start, || (0..count).try_for_each(|_| value.get().map(|message| is_whole(&message, bytes))))
}

fn is_whole(message: &str, bytes: usize) {
    check(message.len() == bytes, "a message of another length arrived");
}
