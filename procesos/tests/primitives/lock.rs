//! `Lock`: mutual exclusion, and what each way to acquire says.

use std::mem;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use procesos::{AcquireError, Connection, Error, Lock, LockGuard, Process, Queue, Result, Value, pipe};

use crate::case::{Case, case};

const PROCESSES: u32 = 4;
const TIMES: u32 = 10_000;
/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
/// A limit that is not reached.
const AGES: Duration = Duration::from_secs(600);

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(four_processes_with_a_lock_add_exactly),
        case!(four_processes_without_a_lock_lose_updates_and_nothing_else),
        case!(acquiring_a_lock_that_this_process_holds_is_an_error_at_once),
        case!(the_errors_of_a_lock_are_told_in_spanish).in_spanish(),
        case!(try_acquire_is_none_while_another_process_holds_it),
        case!(acquire_timeout_gives_up_after_its_limit),
        case!(acquire_waits_until_the_holder_releases),
        case!(a_guard_releases_where_its_scope_ends),
        case!(a_guard_releases_when_a_panic_passes_it),
        case!(releasing_in_any_order_frees_each),
        case!(many_locks_are_held_at_once),
        case!(clones_are_the_same_lock),
        case!(a_lock_is_also_one_between_threads),
        case!(a_child_of_the_holder_does_not_hold_it),
        case!(a_lock_from_a_static_is_refused_in_a_child),
        case!(every_process_gets_its_turn),
    ]
}

fn add(lock: Option<Lock>, total: Value<u32>) -> Result<()> {
    for _ in 0..TIMES {
        let guard = lock.as_ref().map(Lock::acquire).transpose()?;
        total.set(total.get() + 1);
        drop(guard);
    }
    Ok(())
}

fn total_of(lock: Option<&Lock>) -> Result<u32> {
    let total = Value::new(0)?;
    let start = |_| Process::new(add, (lock.cloned(), total.clone())).start();
    for child in (0..PROCESSES).map(start).collect::<Result<Vec<_>>>()? {
        assert!(child.join()?.success());
    }
    Ok(total.get())
}

fn four_processes_with_a_lock_add_exactly() -> Result<()> {
    assert_eq!(total_of(Some(&Lock::new()?))?, PROCESSES * TIMES);
    Ok(())
}

fn four_processes_without_a_lock_lose_updates_and_nothing_else() -> Result<()> {
    let total = total_of(None)?;
    assert!((1..=PROCESSES * TIMES).contains(&total), "{total}");
    Ok(())
}

fn is_held(refused: std::result::Result<Option<LockGuard<'_>>, AcquireError<LockGuard<'_>>>) -> bool {
    refused.is_err_and(|error| Error::from(error).is_already_held())
}

fn acquiring_a_lock_that_this_process_holds_is_an_error_at_once() -> Result<()> {
    let lock = Lock::new()?;
    let guard = lock.acquire()?;
    let clone = lock.clone();
    for lock in [&lock, &clone] {
        assert!(is_held(lock.acquire().map(Some)));
        assert!(is_held(lock.try_acquire()));
        assert!(is_held(lock.acquire_timeout(AGES)));
    }
    // The refusals released nothing.
    assert!(Process::new(expect_held, (lock.clone(),)).start()?.join()?.success());
    guard.release();
    assert!(lock.try_acquire()?.is_some());
    Ok(())
}

fn expect_held(lock: Lock) -> Result<()> {
    assert!(lock.try_acquire()?.is_none());
    Ok(())
}

fn the_errors_of_a_lock_are_told_in_spanish() -> Result<()> {
    let lock = Lock::new()?;
    let _guard = lock.acquire()?;
    let told = lock.acquire().expect_err("it is held").to_string();
    assert_eq!(told, "este proceso ya tiene el lock: suéltalo antes de tomarlo otra vez");
    Ok(())
}

/// Holds the lock, says so, and releases it when the other end is closed.
fn hold(lock: Lock, held: Queue<()>, line: Connection<(), ()>) -> Result<()> {
    let guard = lock.acquire()?;
    held.put(&())?;
    assert!(line.recv().is_err_and(|e| e.is_eof()));
    guard.release();
    Ok(())
}

fn hold_in_child(lock: &Lock) -> Result<Connection<(), ()>> {
    let (held, (here, there)) = (Queue::bounded(1)?, pipe()?);
    Process::new(hold, (lock.clone(), held.clone(), there)).start()?;
    held.get()?;
    Ok(here)
}

fn try_acquire_is_none_while_another_process_holds_it() -> Result<()> {
    let lock = Lock::new()?;
    let line = hold_in_child(&lock)?;
    assert!(lock.try_acquire()?.is_none());
    drop(line);
    lock.acquire()?.release();
    assert!(lock.try_acquire()?.is_some());
    Ok(())
}

fn acquire_timeout_gives_up_after_its_limit() -> Result<()> {
    let lock = Lock::new()?;
    let line = hold_in_child(&lock)?;
    let begun = Instant::now();
    assert!(lock.acquire_timeout(MOMENT)?.is_none());
    assert!(begun.elapsed() >= MOMENT);
    assert!(lock.acquire_timeout(Duration::ZERO)?.is_none());
    drop(line);
    assert!(lock.acquire_timeout(AGES)?.is_some());
    assert!(lock.acquire_timeout(Duration::MAX)?.is_some());
    Ok(())
}

fn acquire_waits_until_the_holder_releases() -> Result<()> {
    fn take(lock: Lock, got: Queue<()>) -> Result<()> {
        let guard = lock.acquire()?;
        got.put(&())?;
        guard.release();
        Ok(())
    }
    let (lock, got) = (Lock::new()?, Queue::bounded(1)?);
    let guard = lock.acquire()?;
    let child = Process::new(take, (lock.clone(), got.clone())).start()?;
    assert_eq!(got.get_timeout(MOMENT)?, None);
    guard.release();
    got.get()?;
    assert!(child.join()?.success());
    Ok(())
}

fn a_guard_releases_where_its_scope_ends() -> Result<()> {
    let lock = Lock::new()?;
    {
        let _guard = lock.acquire()?;
        assert!(is_held(lock.try_acquire()));
    }
    assert!(lock.try_acquire()?.is_some());
    Ok(())
}

fn a_guard_releases_when_a_panic_passes_it() -> Result<()> {
    let lock = Lock::new()?;
    let passed = std::panic::catch_unwind(|| {
        let _guard = lock.acquire().expect("it is free");
        std::panic::resume_unwind(Box::new("passes"));
    });
    assert!(passed.is_err());
    assert!(lock.try_acquire()?.is_some());
    Ok(())
}

fn releasing_in_any_order_frees_each() -> Result<()> {
    let locks = [Lock::new()?, Lock::new()?, Lock::new()?];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
        let mut guards = [Some(locks[0].acquire()?), Some(locks[1].acquire()?), Some(locks[2].acquire()?)];
        for (released, index) in order.into_iter().enumerate() {
            match guards[index].take() {
                Some(guard) if released % 2 == 0 => guard.release(),
                guard => drop(guard),
            }
            for (lock, guard) in locks.iter().zip(&guards) {
                assert_eq!(is_held(lock.try_acquire()), guard.is_some());
            }
        }
    }
    Ok(())
}

fn many_locks_are_held_at_once() -> Result<()> {
    let locks = (0..500).map(|_| Lock::new()).collect::<Result<Vec<_>>>()?;
    let guards = locks.iter().map(Lock::acquire).collect::<std::result::Result<Vec<_>, _>>()?;
    assert!(locks.iter().all(|lock| is_held(lock.try_acquire())));
    drop(guards);
    for lock in locks {
        assert!(lock.try_acquire()?.is_some());
    }
    Ok(())
}

fn clones_are_the_same_lock() -> Result<()> {
    let lock = Lock::new()?;
    let clone = lock.clone();
    drop(lock);
    let guard = clone.acquire()?;
    assert!(Process::new(expect_held, (clone.clone(),)).start()?.join()?.success());
    guard.release();
    Ok(())
}

fn a_lock_is_also_one_between_threads() -> Result<()> {
    let (lock, total) = (Lock::new()?, Value::new(0_u32)?);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| add(Some(lock.clone()), total.clone()).expect("nobody dies"));
        }
    });
    assert_eq!(total.get(), 4 * TIMES);
    let guard = lock.acquire()?;
    thread::scope(|scope| {
        // For another thread it is busy, not its own.
        scope.spawn(|| assert!(lock.try_acquire().expect("the holder lives").is_none()));
    });
    guard.release();
    Ok(())
}

fn leave(_: Lock) {
    std::process::exit(0);
}

fn a_child_of_the_holder_does_not_hold_it() -> Result<()> {
    let lock = Lock::new()?;
    let guard = lock.acquire()?;
    assert!(Process::new(expect_held, (lock.clone(),)).start()?.join()?.success());
    assert!(Process::new(leave, (lock.clone(),)).start()?.join()?.success());
    // Neither the end of those children nor their copies of the guard released it.
    assert!(Process::new(expect_held, (lock.clone(),)).start()?.join()?.success());
    guard.release();
    let fresh =
        Process::new(|lock: Lock| lock.acquire().map(LockGuard::release).map_err(Error::from), (lock,));
    assert!(fresh.start()?.join()?.success());
    Ok(())
}

fn a_lock_from_a_static_is_refused_in_a_child() -> Result<()> {
    static GLOBAL: OnceLock<Lock> = OnceLock::new();
    fn use_global() {
        let told =
            GLOBAL.get().expect("it was set before the fork").acquire().expect_err("it is not its own");
        let expected = "this Lock was not handed to this process: pass it as an argument of Process::new";
        assert_eq!(told.to_string(), expected);
    }
    let lock = Lock::new()?;
    assert!(GLOBAL.set(lock.clone()).is_ok());
    assert!(Process::new(use_global, ()).start()?.join()?.success());
    lock.acquire()?.release();
    Ok(())
}

fn every_process_gets_its_turn() -> Result<()> {
    // Each of them takes it until all have had it: a lock that one process keeps to itself would go on for ever.
    fn take_until_all_did(lock: Lock, turns: Value<u32>) -> Result<()> {
        let mut mine = false;
        loop {
            let guard = lock.acquire()?;
            if !mem::replace(&mut mine, true) {
                turns.set(turns.get() + 1);
            }
            if turns.get() == PROCESSES {
                return Ok(());
            }
            guard.release();
        }
    }
    let (lock, turns) = (Lock::new()?, Value::new(0)?);
    let start = |_| Process::new(take_until_all_did, (lock.clone(), turns.clone())).start();
    for child in (0..PROCESSES).map(start).collect::<Result<Vec<_>>>()? {
        assert!(child.join()?.success());
    }
    Ok(())
}
