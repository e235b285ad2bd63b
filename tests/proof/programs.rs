//! Tiny programs with few orderings, for tests/proof. `signals` and `services` are put behind it as modules: a driver is one file.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use procesos::{Child, Connection, Error, Lock, Process, Queue, Result, Value, pipe};


const MILLISECOND: Duration = Duration::from_millis(1);

fn main() -> ExitCode {
    procesos::program(|driver| match driver.arg(0).unwrap_or_default() {
        "lost_update" => lost_update(),
        "locked" => locked(),
        "asks_and_locks" => asks_and_locks(),
        "one_place" => one_place(),
        "tries" => tries(),
        "pipe" => through_a_pipe(),
        "crossed" => crossed(),
        "forgotten_guard" => forgotten_guard(),
        "grandchild" => grandchild(),
        "sleeps" => with_child(|| procesos::sleep(MILLISECOND)),
        "reads_the_clock" => with_child(|| assert!(Instant::now().elapsed() < Duration::from_secs(9))),
        "time_limit" => time_limit(),
        "leaves_in_its_midst" => leaves_in_its_midst(),
        "terminates" => terminates(),
        "forgets_its_end" => forgets_its_end(),
        "asks_until" => asks_until(),
        "event" => signals::event(),
        "permits" => signals::permits(),
        "counted_signals" => signals::counted_signals(),
        "bounded_permits" => signals::bounded_permits(),
        "forgotten_permit" => signals::forgotten_permit(),
        "again" => signals::again(),
        "condition" => signals::condition(),
        "notified_one_by_one" => signals::notified_one_by_one(),
        "dies_with_the_lock" => signals::dies_with_the_lock(),
        "barrier" => signals::barrier(),
        "broken_barrier" => signals::broken_barrier(),
        "tasks_done" => services::tasks_done(),
        "kept_value" => services::kept_value(),
        "kept_list" => services::kept_list(),
        "manager_gone" => services::manager_gone(),
        "pool" => services::pool(),
        "pool_as_they_come" => services::pool_as_they_come(),
        "pool_dropped" => services::pool_dropped(),
        other => Err(Error::usage(format!("no program is called {other}"))),
    })
}

pub(crate) fn join_all(children: impl IntoIterator<Item = Child>) -> Result<()> {
    children.into_iter().try_for_each(|child| child.join().map(drop))
}

fn add(value: Value<i64>) {
    value.set(value.get() + 1);
}

fn add_locked(value: Value<i64>, lock: Lock) -> Result<()> {
    let guard = lock.acquire()?;
    value.set(value.get() + 1);
    guard.release();
    Ok(())
}

fn lost_update() -> Result<()> {
    let value = Value::new(0)?;
    let start = |_| Process::new(add, (value.clone(),)).start();
    join_all((0..2).map(start).collect::<Result<Vec<_>>>()?)
}

fn locked() -> Result<()> {
    let (value, lock) = (Value::new(0)?, Lock::new()?);
    let start = |_| Process::new(add_locked, (value.clone(), lock.clone())).start();
    join_all((0..2).map(start).collect::<Result<Vec<_>>>()?)
}

/// The parent looks whether a child has ended, and reads what both write.
fn asks_and_locks() -> Result<()> {
    let (value, lock) = (Value::new(0)?, Lock::new()?);
    let start = || Process::new(add_locked, (value.clone(), lock.clone())).start();
    let (mut first, second) = (start()?, start()?);
    let _ = (first.is_alive()?, value.get());
    join_all([first, second])
}

/// Two put, one gets, and there is room for one.
fn one_place() -> Result<()> {
    let queue = Queue::bounded(1)?;
    let put = |queue: Queue<i64>, number: i64| queue.put(&number);
    let get = |queue: Queue<i64>| (0..2).try_for_each(|_| queue.get().map(drop));
    let children = [
        Process::new(put, (queue.clone(), 1)).start()?,
        Process::new(put, (queue.clone(), 2)).start()?,
        Process::new(get, (queue,)).start()?,
    ];
    join_all(children)
}

/// Nobody waits: what is full, empty or held is left.
fn tries() -> Result<()> {
    let (queue, lock) = (Queue::bounded(1)?, Lock::new()?);
    let puts = |queue: Queue<i64>, lock: Lock| -> Result<()> {
        let guard = lock.try_acquire().map_err(Error::from)?;
        queue.try_put(&1)?;
        drop(guard);
        Ok(())
    };
    let gets = |queue: Queue<i64>, lock: Lock| -> Result<()> {
        if !queue.is_empty() {
            queue.try_get()?;
        }
        drop(lock.try_acquire().map_err(Error::from)?);
        Ok(())
    };
    let children = [
        Process::new(puts, (queue.clone(), lock.clone())).start()?,
        Process::new(gets, (queue, lock)).start()?,
    ];
    join_all(children)
}

/// One answers once and closes; the other sends twice, and looks in between.
fn through_a_pipe() -> Result<()> {
    let (ours, theirs) = pipe::<u32, u32>()?;
    let answer = |end: Connection<u32, u32>| end.recv().and_then(|number| end.send(&(number + 1)));
    let child = Process::new(answer, (theirs,)).start()?;
    ours.send(&1)?;
    let _ = ours.poll(Duration::ZERO)?;
    let sent = ours.send(&2).is_ok();
    assert!(ours.recv().is_ok() && (sent || ours.try_recv().is_err()));
    drop(ours);
    child.join().map(drop)
}

fn crossed() -> Result<()> {
    let (one, two) = (Lock::new()?, Lock::new()?);
    let both = |first: Lock, second: Lock| -> Result<()> {
        let outer = first.acquire()?;
        let inner = second.acquire()?;
        drop((inner, outer));
        Ok(())
    };
    let children =
        [Process::new(both, (one.clone(), two.clone())).start()?, Process::new(both, (two, one)).start()?];
    join_all(children)
}

/// One ends with the lock in its hand.
fn forgotten_guard() -> Result<()> {
    let lock = Lock::new()?;
    let forgets = |lock: Lock| -> Result<()> {
        std::mem::forget(lock.acquire().map_err(Error::from)?);
        Ok(())
    };
    let tries = |lock: Lock| {
        let _ = lock.try_acquire().map(drop);
        let _ = lock.acquire().map(drop);
    };
    join_all([Process::new(forgets, (lock.clone(),)).start()?, Process::new(tries, (lock,)).start()?])
}

fn grandchild() -> Result<()> {
    let value = Value::new(0)?;
    let starts = |value: Value<i64>| -> Result<()> {
        let child = Process::new(|value: Value<i64>| value.set(5), (value.clone(),)).start()?;
        value.set(6);
        child.join().map(drop)
    };
    let child = Process::new(starts, (value.clone(),)).start()?;
    let _ = value.get();
    child.join().map(drop)
}

fn with_child(body: fn()) -> Result<()> {
    let value = Value::new(0)?;
    let child = Process::new(add, (value.clone(),)).start()?;
    let _ = value.get();
    body();
    child.join().map(drop)
}

fn time_limit() -> Result<()> {
    let queue = Queue::<i64>::bounded(1)?;
    queue.put(&1)?;
    let child =
        Process::new(|queue: Queue<i64>| queue.get_timeout(MILLISECOND).map(drop), (queue,)).start()?;
    child.join().map(drop)
}

fn leaves_in_its_midst() -> Result<()> {
    let leaves = |value: Value<i64>| {
        if value.get() == 0 {
            std::process::exit(0);
        }
    };
    Process::new(leaves, (Value::new(0)?,)).start()?.join().map(drop)
}

fn terminates() -> Result<()> {
    let value = Value::new(0)?;
    let mut child = Process::new(add, (value,)).start()?;
    child.terminate()?;
    child.join().map(drop)
}

/// The end is closed by the end of the process alone.
fn forgets_its_end() -> Result<()> {
    let (ours, theirs) = pipe::<u32, u32>()?;
    let child = Process::new(|end: Connection<u32, u32>| std::mem::forget(end), (theirs,)).start()?;
    let _ = ours.send(&1);
    child.join().map(drop)
}

fn asks_until() -> Result<()> {
    let value = Value::new(0)?;
    let child = Process::new(|value: Value<i64>| while value.get() == 0 {}, (value.clone(),)).start()?;
    value.set(1);
    child.join().map(drop)
}
