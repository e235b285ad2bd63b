//! Tiny programs in which others work for a process.

use procesos::{ListProxy, Manager, Pool, Process, Queue, Result, ValueProxy};

use super::join_all;

/// Two say what they have dealt with; the parent waits for it.
pub(crate) fn tasks_done() -> Result<()> {
    let queue = Queue::bounded(2)?;
    let works = |queue: Queue<i64>| queue.get().and_then(|_| queue.task_done());
    let start = |_| Process::new(works, (queue.clone(),)).start();
    let children = (0..2).map(start).collect::<Result<Vec<_>>>()?;
    queue.put(&1)?;
    queue.put(&2)?;
    queue.join()?;
    let _ = queue.task_done();
    join_all(children)
}

/// An update of what a manager keeps can be lost as any other.
pub(crate) fn kept_value() -> Result<()> {
    let manager = Manager::start()?;
    let value = manager.value(&0_i64)?;
    let adds = |value: ValueProxy<i64>| value.get().and_then(|number| value.set(&(number + 1)));
    let start = |_| Process::new(adds, (value.clone(),)).start();
    join_all((0..2).map(start).collect::<Result<Vec<_>>>()?)
}

/// Two change a list, one reads another one; the parent reads the first.
pub(crate) fn kept_list() -> Result<()> {
    let manager = Manager::start()?;
    let (list, other) = (manager.list::<i64>()?, manager.list_of(&[5])?);
    let children = [
        Process::new(|list: ListProxy<i64>| list.append(&1), (list.clone(),)).start()?,
        Process::new(|list: ListProxy<i64>| list.pop().map(drop), (list.clone(),)).start()?,
        Process::new(|other: ListProxy<i64>| other.get(0).map(drop), (other,)).start()?,
    ];
    let _ = list.len()?;
    join_all(children)
}

/// Whoever is late finds nobody to ask.
pub(crate) fn manager_gone() -> Result<()> {
    let manager = Manager::start()?;
    let value = manager.value(&0_i64)?;
    let asks = |value: ValueProxy<i64>| {
        let _ = value.get();
    };
    let child = Process::new(asks, (value,)).start()?;
    manager.shutdown()?;
    join_all([child])
}

fn double(number: i64) -> i64 {
    2 * number
}

pub(crate) fn pool() -> Result<()> {
    let pool = Pool::new(2)?;
    assert_eq!(pool.map(double, [1, 2])?, [2, 4]);
    pool.close()?;
    pool.join()
}

pub(crate) fn pool_as_they_come() -> Result<()> {
    let pool = Pool::new(2)?;
    let results = pool.imap_unordered(double, 1..=2)?;
    pool.close()?;
    assert_eq!(results.sum::<Result<i64>>()?, 6);
    pool.join()
}

/// Its workers are ended, whatever they do.
pub(crate) fn pool_dropped() -> Result<()> {
    assert_eq!(Pool::new(2)?.map(double, [1, 2])?, [2, 4]);
    Ok(())
}
