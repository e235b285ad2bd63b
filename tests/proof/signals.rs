//! Tiny programs with what processes give each other signs by.

use procesos::{Barrier, Condition, Event, Lock, Process, RLock, Result, Semaphore, Value};

use super::join_all;

/// One sets, one sets and clears, one waits, perhaps for ever; the parent asks.
pub(crate) fn event() -> Result<()> {
    let event = Event::new()?;
    let sets = |event: Event| event.set();
    let changes = |event: Event| {
        event.set();
        event.clear();
    };
    let waits = |event: Event| event.wait();
    let children = [
        Process::new(sets, (event.clone(),)).start()?,
        Process::new(changes, (event.clone(),)).start()?,
        Process::new(waits, (event.clone(),)).start()?,
    ];
    let _ = event.is_set();
    join_all(children)
}

/// Three in need of one of two permits.
pub(crate) fn permits() -> Result<()> {
    let semaphore = Semaphore::new(2)?;
    let uses = |semaphore: Semaphore| -> Result<()> {
        semaphore.acquire()?.release();
        Ok(())
    };
    let start = |_| Process::new(uses, (semaphore.clone(),)).start();
    join_all((0..3).map(start).collect::<Result<Vec<_>>>()?)
}

/// Two give a sign each, one waits for both.
pub(crate) fn counted_signals() -> Result<()> {
    let semaphore = Semaphore::new(0)?;
    let gives = |semaphore: Semaphore| semaphore.release();
    let waits = |semaphore: Semaphore| -> Result<()> {
        for _ in 0..2 {
            semaphore.acquire()?.consume();
        }
        Ok(())
    };
    let children = [
        Process::new(gives, (semaphore.clone(),)).start()?,
        Process::new(gives, (semaphore.clone(),)).start()?,
        Process::new(waits, (semaphore,)).start()?,
    ];
    join_all(children)
}

/// One keeps its permit, if it gets one, and there is place for another one only then; the parent asks.
pub(crate) fn bounded_permits() -> Result<()> {
    let semaphore = Semaphore::bounded(1)?;
    let keeps = |semaphore: Semaphore| -> Result<()> {
        if let Some(permit) = semaphore.try_acquire()? {
            permit.consume();
        }
        Ok(())
    };
    let gives = |semaphore: Semaphore| {
        let _ = semaphore.release();
    };
    let children = [
        Process::new(keeps, (semaphore.clone(),)).start()?,
        Process::new(keeps, (semaphore.clone(),)).start()?,
        Process::new(gives, (semaphore.clone(),)).start()?,
    ];
    let _ = semaphore.available();
    join_all(children)
}

/// One ends with a permit in its hand.
pub(crate) fn forgotten_permit() -> Result<()> {
    let semaphore = Semaphore::new(1)?;
    let forgets = |semaphore: Semaphore| -> Result<()> {
        std::mem::forget(semaphore.acquire()?);
        Ok(())
    };
    let tries = |semaphore: Semaphore| {
        let _ = semaphore.try_acquire().map(drop);
        let _ = semaphore.acquire().map(drop);
    };
    let children = [
        Process::new(forgets, (semaphore.clone(),)).start()?,
        Process::new(tries, (semaphore,)).start()?,
    ];
    join_all(children)
}

/// Who has the lock takes it once more.
pub(crate) fn again() -> Result<()> {
    let lock = RLock::new()?;
    let twice = |lock: RLock| -> Result<()> {
        let outer = lock.acquire()?;
        drop(lock.acquire()?);
        drop(lock.try_acquire()?);
        drop(outer);
        Ok(())
    };
    let tries = |lock: RLock| -> Result<()> {
        drop(lock.try_acquire()?);
        Ok(())
    };
    join_all([Process::new(twice, (lock.clone(),)).start()?, Process::new(tries, (lock,)).start()?])
}

/// One waits until it is true, as one should.
pub(crate) fn condition() -> Result<()> {
    let (lock, ready) = (Lock::new()?, Value::new(false)?);
    let change = Condition::new(&lock)?;
    let waits = |ready: Value<bool>, change: Condition| -> Result<()> {
        let mut guard = change.acquire()?;
        change.wait_for(&mut guard, || ready.get())
    };
    let child = Process::new(waits, (ready.clone(), change.clone())).start()?;
    let guard = lock.acquire()?;
    ready.set(true);
    change.notify_all(&guard)?;
    drop(guard);
    join_all([child])
}

/// Two wait without asking first, and are notified one by one, perhaps before they wait.
pub(crate) fn notified_one_by_one() -> Result<()> {
    let change = Condition::new(&Lock::new()?)?;
    let waits = |change: Condition| -> Result<()> {
        let mut guard = change.acquire()?;
        change.wait(&mut guard)
    };
    let start = |_| Process::new(waits, (change.clone(),)).start();
    let children = (0..2).map(start).collect::<Result<Vec<_>>>()?;
    for _ in 0..2 {
        let guard = change.acquire()?;
        change.notify(&guard, 1)?;
    }
    join_all(children)
}

/// Those who wait for a condition go on when somebody dies with its lock.
pub(crate) fn dies_with_the_lock() -> Result<()> {
    let change = Condition::new(&Lock::new()?)?;
    let waits = |change: Condition| -> Result<()> {
        let mut guard = change.acquire()?;
        change.wait(&mut guard)
    };
    let dies = |change: Condition| -> Result<()> {
        std::mem::forget(change.acquire()?);
        Ok(())
    };
    join_all([Process::new(waits, (change.clone(),)).start()?, Process::new(dies, (change,)).start()?])
}

/// Two meet twice.
pub(crate) fn barrier() -> Result<()> {
    let barrier = Barrier::new(2)?;
    let meets = |barrier: Barrier| -> Result<()> { (0..2).try_for_each(|_| barrier.wait().map(drop)) };
    let start = |_| Process::new(meets, (barrier.clone(),)).start();
    join_all((0..2).map(start).collect::<Result<Vec<_>>>()?)
}

/// One waits for another one, which breaks it instead; the parent asks, and makes it as new.
pub(crate) fn broken_barrier() -> Result<()> {
    let barrier = Barrier::new(2)?;
    let waits = |barrier: Barrier| {
        let _ = barrier.wait();
    };
    let children = [
        Process::new(waits, (barrier.clone(),)).start()?,
        Process::new(|barrier: Barrier| barrier.abort(), (barrier.clone(),)).start()?,
    ];
    let _ = (barrier.is_broken(), barrier.waiting());
    barrier.reset()?;
    join_all(children)
}
