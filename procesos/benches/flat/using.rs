//! Objects that stay, and are used again and again.

use procesos::{
    Array, Barrier, Condition, Connection, Event, Lock, Manager, Pool, Process, Queue, RLock, Result,
    Semaphore, Value, pipe,
};

use crate::steady::{Seen, steady};

const LARGE: usize = 200_000;

pub(crate) fn locks(times: u64) -> Result<Vec<Seen>> {
    let lock = Lock::new()?;
    steady(times, &[], |_| {
        lock.acquire()?.release();
        Ok(())
    })
}

pub(crate) fn rlocks(times: u64) -> Result<Vec<Seen>> {
    let lock = RLock::new()?;
    steady(times, &[], |_| {
        drop((lock.acquire()?, lock.acquire()?));
        Ok(())
    })
}

pub(crate) fn numbers(times: u64) -> Result<Vec<Seen>> {
    let (value, array) = (Value::new(0)?, Array::new(&[0; 100])?);
    steady(times, &[], |n| {
        value.set(value.get() + n);
        array.set(3, n);
        assert_eq!(array.to_vec()[3], n);
        Ok(())
    })
}

/// Takes everything until it gets nothing; each was dealt with then.
fn consume(queue: Queue<Option<Vec<u8>>>) -> Result<()> {
    while queue.get()?.is_some() {
        queue.task_done()?;
    }
    Ok(())
}

fn to_a_child(times: u64, length: usize) -> Result<Vec<Seen>> {
    let queue = Queue::bounded(16)?;
    let child = Process::new(consume, (queue.clone(),)).start()?;
    let item = Some(vec![7; length]);
    let seen = steady(times, &[child.pid()], |_| queue.put(&item))?;
    queue.put(&None)?;
    child.join()?;
    Ok(seen)
}

pub(crate) fn queue(times: u64) -> Result<Vec<Seen>> {
    to_a_child(times, 20)
}

pub(crate) fn large_items(times: u64) -> Result<Vec<Seen>> {
    to_a_child(times, LARGE)
}

pub(crate) fn tasks(times: u64) -> Result<Vec<Seen>> {
    let queue = Queue::bounded(16)?;
    let child = Process::new(consume, (queue.clone(),)).start()?;
    let item = Some(vec![7; 20]);
    let seen = steady(times, &[child.pid()], |_| {
        queue.put(&item)?;
        queue.join()
    })?;
    queue.put(&None)?;
    child.join()?;
    Ok(seen)
}

fn answer(line: Connection<usize, Option<Vec<u8>>>) -> Result<()> {
    while let Some(message) = line.recv()? {
        line.send(&message.len())?;
    }
    Ok(())
}

fn there_and_back(times: u64, length: usize) -> Result<Vec<Seen>> {
    let (here, there) = pipe()?;
    let child = Process::new(answer, (there,)).start()?;
    let message = Some(vec![7; length]);
    let seen = steady(times, &[child.pid()], |_| {
        here.send(&message)?;
        assert_eq!(here.recv()?, length);
        Ok(())
    })?;
    here.send(&None)?;
    child.join()?;
    Ok(seen)
}

pub(crate) fn line(times: u64) -> Result<Vec<Seen>> {
    there_and_back(times, 20)
}

pub(crate) fn large_messages(times: u64) -> Result<Vec<Seen>> {
    there_and_back(times, LARGE)
}

fn set_back(ask: Event, answer: Event, stop: Value<bool>) -> Result<()> {
    loop {
        ask.wait()?;
        ask.clear();
        answer.set();
        if stop.get() {
            return Ok(());
        }
    }
}

pub(crate) fn events(times: u64) -> Result<Vec<Seen>> {
    let (ask, answer, stop) = (Event::new()?, Event::new()?, Value::new(false)?);
    let child = Process::new(set_back, (ask.clone(), answer.clone(), stop.clone())).start()?;
    let seen = steady(times, &[child.pid()], |_| {
        ask.set();
        answer.wait()?;
        answer.clear();
        Ok(())
    })?;
    stop.set(true);
    ask.set();
    child.join()?;
    Ok(seen)
}

fn take_too(semaphore: Semaphore, stop: Value<bool>) -> Result<()> {
    while !stop.get() {
        semaphore.acquire()?.release();
    }
    Ok(())
}

pub(crate) fn permits(times: u64) -> Result<Vec<Seen>> {
    let (semaphore, stop) = (Semaphore::bounded(1)?, Value::new(false)?);
    let child = Process::new(take_too, (semaphore.clone(), stop.clone())).start()?;
    let seen = steady(times, &[child.pid()], |_| {
        semaphore.acquire()?.release();
        Ok(())
    })?;
    stop.set(true);
    child.join()?;
    Ok(seen)
}

pub(crate) fn signals(times: u64) -> Result<Vec<Seen>> {
    let semaphore = Semaphore::new(0)?;
    steady(times, &[], |_| {
        semaphore.release()?;
        semaphore.acquire()?.consume();
        Ok(())
    })
}

/// Waits for its turn and takes it, until there is no further one.
fn take_turns(change: Condition, turn: Value<u64>, stop: Value<bool>) -> Result<()> {
    let mut guard = change.acquire()?;
    loop {
        change.wait_for(&mut guard, || turn.get() % 2 == 1)?;
        turn.set(turn.get() + 1);
        change.notify(&guard, 1)?;
        if stop.get() {
            return Ok(());
        }
    }
}

pub(crate) fn turns(times: u64) -> Result<Vec<Seen>> {
    let (turn, stop) = (Value::new(0)?, Value::new(false)?);
    let change = Condition::new(&Lock::new()?)?;
    let child = Process::new(take_turns, (change.clone(), turn.clone(), stop.clone())).start()?;
    let take = || -> Result<()> {
        let mut guard = change.acquire()?;
        change.wait_for(&mut guard, || turn.get() % 2 == 0)?;
        turn.set(turn.get() + 1);
        change.notify(&guard, 1)
    };
    let seen = steady(times, &[child.pid()], |_| take())?;
    stop.set(true);
    take()?;
    child.join()?;
    Ok(seen)
}

fn meet(barrier: Barrier, stop: Value<bool>) -> Result<()> {
    while !stop.get() {
        match barrier.wait() {
            Err(error) if error.is_broken_barrier() => break,
            other => other?,
        };
    }
    Ok(())
}

pub(crate) fn barriers(times: u64) -> Result<Vec<Seen>> {
    let (barrier, stop) = (Barrier::new(2)?, Value::new(false)?);
    let child = Process::new(meet, (barrier.clone(), stop.clone())).start()?;
    let seen = steady(times, &[child.pid()], |_| barrier.wait().map(drop))?;
    stop.set(true);
    // It waits once more, or has seen that it shall not.
    let _ = barrier.abort();
    child.join()?;
    Ok(seen)
}

fn vector(n: u64) -> Vec<u64> {
    vec![n; 50]
}

pub(crate) fn applies(times: u64) -> Result<Vec<Seen>> {
    let pool = Pool::new(2)?;
    steady(times, &pool.pids(), |n| {
        assert_eq!(pool.apply(vector, n)?[49], n);
        Ok(())
    })
}

pub(crate) fn maps(times: u64) -> Result<Vec<Seen>> {
    let pool = Pool::new(2)?;
    steady(times, &pool.pids(), |n| {
        assert_eq!(pool.map(vector, n..n + 10)?.len(), 10);
        Ok(())
    })
}

pub(crate) fn forgotten(times: u64) -> Result<Vec<Seen>> {
    let pool = Pool::new(2)?;
    steady(times, &pool.pids(), |n| {
        drop(pool.apply_async(vector, n)?);
        if n % 100 == 0 {
            pool.apply(vector, n)?;
        }
        Ok(())
    })
}

pub(crate) fn lists(times: u64) -> Result<Vec<Seen>> {
    let manager = Manager::start()?;
    let list = manager.list_of(&[vec![0_u64; 10]])?;
    let pid = manager.pid().unwrap_or_default();
    steady(times, &[pid], |n| {
        list.append(&vec![n; 10])?;
        list.set(0, &vec![n; 10])?;
        assert_eq!(list.pop()?, Some(vec![n; 10]));
        Ok(())
    })
}

pub(crate) fn dicts(times: u64) -> Result<Vec<Seen>> {
    let manager = Manager::start()?;
    let dict = manager.dict()?;
    let pid = manager.pid().unwrap_or_default();
    steady(times, &[pid], |n| {
        dict.set(&(n % 100), &n)?;
        if n % 3 == 0 {
            dict.remove(&(n % 100))?;
        }
        Ok(())
    })
}
