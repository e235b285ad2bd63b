//! Programs under control whose work is done by pools.

use std::time::Duration;

use procesos::{Pool, Process, Queue, Result};

/// The program of this name, if it is one of these.
pub(crate) fn find(name: &str) -> Option<fn() -> Result<()>> {
    Some(match name {
        "pool_maps" => maps,
        "pool_shares" => shares,
        "pool_by_and_by" => by_and_by,
        "pool_fails" => fails,
        "pool_in_two" => in_two,
        "pool_ends" => ends,
        "pool_worker_dies" => worker_dies,
        "pool_asks" => asks,
        "pool_waits_for_ever" => waits_for_ever,
        "pool_first_come" => first_come,
        _ => return None,
    })
}

fn square(n: u64) -> u64 {
    procesos::sleep(Duration::from_millis(n % 2));
    n * n
}

/// As many tasks as batches.
fn maps() -> Result<()> {
    let pool = Pool::new(2)?;
    assert_eq!(pool.map(square, 0..4)?, [0, 1, 4, 9]);
    assert_eq!(pool.apply(square, 5)?, 25);
    pool.close()?;
    pool.join()
}

/// Nobody sleeps, so that whoever is picked takes the next task.
fn shares() -> Result<()> {
    let pool = Pool::new(2)?;
    pool.map(|_: u32| (), 0..5)?;
    pool.close()?;
    pool.join()
}

fn by_and_by() -> Result<()> {
    let pool = Pool::new(2)?;
    let late = pool.apply_async(square, 7)?;
    let mut all = pool.imap_unordered(square, 0..3)?.collect::<Result<Vec<_>>>()?;
    all.sort_unstable();
    assert_eq!((all, late.get()?), (vec![0, 1, 4], 49));
    Ok(())
}

fn fails() -> Result<()> {
    let odd = |n: usize| if n.is_multiple_of(2) { Ok(n) } else { Err(std::io::Error::other("odd")) };
    let pool = Pool::new(2)?;
    assert_eq!(pool.map(odd, [0, 2, 3, 4, 5]).expect_err("3 is odd").task(), Some(2));
    let panics = |n: u32| assert_eq!(n, 0, "on purpose");
    assert_eq!(pool.map(panics, [0, 0, 1]).expect_err("1 panics").task(), Some(2));
    Ok(())
}

/// A pool in each of two children.
fn in_two() -> Result<()> {
    fn child(sums: Queue<u64>, from: u64) -> Result<()> {
        sums.put(&Pool::new(1)?.map(square, from..from + 2)?.iter().sum())
    }
    let sums = Queue::bounded(2)?;
    let start = |from| Process::new(child, (sums.clone(), from)).start();
    for child in [start(0)?, start(2)?] {
        assert!(child.join()?.success());
    }
    assert_eq!(sums.get()? + sums.get()?, 14);
    Ok(())
}

/// Ended in the midst of its work; what came back by then is right.
fn ends() -> Result<()> {
    let pool = Pool::new(2)?;
    let handles = [pool.apply_async(square, 1)?, pool.apply_async(square, 2)?];
    pool.terminate()?;
    pool.join()?;
    for (handle, value) in handles.iter().zip([1, 4]) {
        match handle.get() {
            Ok(got) => assert_eq!(got, value),
            Err(error) => assert!(error.is_closed()),
        }
    }
    Ok(())
}

/// Right whatever happens to a worker.
fn worker_dies() -> Result<()> {
    let pool = Pool::new(2)?;
    let handles = (0..3).map(|n| pool.apply_async(square, n)).collect::<Result<Vec<_>>>()?;
    let mut lost = 0;
    for (n, handle) in (0..3).zip(handles) {
        match handle.get() {
            Ok(got) => assert_eq!(got, n * n),
            Err(error) => {
                assert!(error.is_worker_died());
                lost += 1;
            }
        }
    }
    assert!(lost <= 1);
    pool.close()?;
    pool.join()?;
    std::process::exit(lost)
}

fn asks() -> Result<()> {
    let pool = Pool::new(1)?;
    let handle = pool.apply_async(square, 3)?;
    while !handle.ready() {
        procesos::sleep(Duration::from_millis(1));
    }
    assert!(handle.wait_timeout(Duration::ZERO)?);
    assert_eq!(handle.get_timeout(Duration::ZERO)?, Some(9));
    let asleep = pool.apply_async(|_: ()| procesos::sleep(Duration::from_secs(3600)), ())?;
    assert_eq!(asleep.get_timeout(Duration::from_secs(2))?, None);
    Ok(())
}

/// A task waits for what nobody will put.
fn waits_for_ever() -> Result<()> {
    let wait = |_: ()| Queue::<u8>::bounded(1)?.get();
    Pool::new(1)?.apply(wait, ()).map(|_| ())
}

/// Which of two tasks is done first differs.
fn first_come() -> Result<()> {
    let pool = Pool::new(2)?;
    let first = pool.imap_unordered(|n: i32| n, [1, 2])?.next().expect("there are two")?;
    drop(pool);
    std::process::exit(first)
}
