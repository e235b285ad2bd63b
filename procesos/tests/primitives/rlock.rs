//! `RLock`: its holder takes it as often as it likes, others wait, and its death is told.

use std::thread;
use std::time::{Duration, Instant};

use procesos::{AcquireError, Error, Process, Queue, RLock, RLockGuard, Result, Value};

use crate::case::{Case, Text, case};
use crate::queue_death::slay;

/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
const HANG: Duration = Duration::from_secs(20);
const TIMES: u32 = 2_000;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(its_holder_takes_it_again),
        case!(it_is_free_when_it_was_released_as_often_as_taken),
        case!(guards_are_released_in_any_order),
        case!(every_way_to_acquire_takes_it_again),
        case!(another_process_waits_until_all_is_released),
        case!(another_thread_does_not_hold_it),
        case!(functions_that_lock_call_one_another),
        case!(a_child_of_the_holder_does_not_hold_it),
        case!(a_killed_holder_is_an_error_however_often_it_held_it)
            .stderr(Text::Has(&["heir: the process that held the lock ended without releasing it"])),
    ]
}

fn is_free(lock: &RLock) -> Result<bool> {
    let child = Process::new(
        |lock: RLock| -> Result<()> {
            let is_free = lock.try_acquire()?.is_some();
            std::process::exit(i32::from(!is_free));
        },
        (lock.clone(),),
    );
    Ok(child.start()?.join()?.success())
}

fn its_holder_takes_it_again() -> Result<()> {
    let lock = RLock::new()?;
    let guards =
        [lock.acquire()?, lock.acquire()?, lock.clone().acquire().map(drop).and_then(|()| lock.acquire())?];
    assert!(!is_free(&lock)?);
    drop(guards);
    assert!(is_free(&lock)?);
    Ok(())
}

fn it_is_free_when_it_was_released_as_often_as_taken() -> Result<()> {
    let lock = RLock::new()?;
    let mut guards = (0..3).map(|_| lock.acquire()).collect::<std::result::Result<Vec<_>, _>>()?;
    while let Some(guard) = guards.pop() {
        assert!(!is_free(&lock)?);
        guard.release();
    }
    assert!(is_free(&lock)?);
    Ok(())
}

fn guards_are_released_in_any_order() -> Result<()> {
    let lock = RLock::new()?;
    let (outer, inner) = (lock.acquire()?, lock.acquire()?);
    outer.release();
    assert!(!is_free(&lock)?);
    drop(inner);
    assert!(is_free(&lock)?);
    Ok(())
}

fn every_way_to_acquire_takes_it_again() -> Result<()> {
    let lock = RLock::new()?;
    let one = lock.try_acquire()?;
    let two = lock.acquire_timeout(MOMENT)?;
    let three = lock.try_acquire()?;
    assert!(one.is_some() && two.is_some() && three.is_some());
    assert!(!is_free(&lock)?);
    drop((one, two, three));
    assert!(is_free(&lock)?);
    Ok(())
}

fn another_process_waits_until_all_is_released() -> Result<()> {
    fn take(lock: RLock, got: Queue<()>) -> Result<()> {
        let begun = Instant::now();
        assert!(lock.acquire_timeout(MOMENT)?.is_none());
        assert!(begun.elapsed() >= MOMENT);
        let guard = lock.acquire()?;
        got.put(&())?;
        guard.release();
        Ok(())
    }
    let (lock, got) = (RLock::new()?, Queue::bounded(1)?);
    let (outer, inner) = (lock.acquire()?, lock.acquire()?);
    let child = Process::new(take, (lock.clone(), got.clone())).start()?;
    assert_eq!(got.get_timeout(2 * MOMENT)?, None);
    inner.release();
    assert_eq!(got.get_timeout(MOMENT)?, None);
    outer.release();
    got.get()?;
    assert!(child.join()?.success());
    Ok(())
}

fn another_thread_does_not_hold_it() -> Result<()> {
    let lock = RLock::new()?;
    let _guard = lock.acquire()?;
    let refused = thread::scope(|scope| {
        let other = scope.spawn(|| matches!(lock.try_acquire(), Ok(None)));
        other.join().expect("asking does not panic")
    });
    assert!(refused);
    Ok(())
}

fn functions_that_lock_call_one_another() -> Result<()> {
    fn add(lock: &RLock, total: &Value<u32>) -> Result<()> {
        let guard = lock.acquire()?;
        total.set(total.get() + 1);
        guard.release();
        Ok(())
    }
    fn add_two(lock: RLock, total: Value<u32>) -> Result<()> {
        for _ in 0..TIMES {
            let guard = lock.acquire()?;
            let before = total.get();
            add(&lock, &total)?;
            add(&lock, &total)?;
            assert_eq!(total.get(), before + 2, "nobody came in between");
            guard.release();
        }
        Ok(())
    }
    let (lock, total) = (RLock::new()?, Value::new(0)?);
    let start = |_| Process::new(add_two, (lock.clone(), total.clone())).start();
    for child in (0..3).map(start).collect::<Result<Vec<_>>>()? {
        assert!(child.join()?.success());
    }
    assert_eq!(total.get(), 3 * 2 * TIMES);
    Ok(())
}

fn a_child_of_the_holder_does_not_hold_it() -> Result<()> {
    let lock = RLock::new()?;
    let _guard = lock.acquire()?;
    let child = Process::new(|lock: RLock| assert!(matches!(lock.try_acquire(), Ok(None))), (lock.clone(),));
    assert!(child.start()?.join()?.success());
    Ok(())
}

fn a_killed_holder_is_an_error_however_often_it_held_it() -> Result<()> {
    fn hold_twice(lock: RLock, held: Queue<()>) -> Result<()> {
        let _guards = (lock.acquire()?, lock.acquire()?);
        held.put(&())?;
        loop {
            procesos::sleep(HANG);
        }
    }
    let (lock, held) = (RLock::new()?, Queue::bounded(1)?);
    let kill_a_holder = || {
        let child = Process::new(hold_twice, (lock.clone(), held.clone())).start()?;
        held.get()?;
        slay(child)
    };
    kill_a_holder()?;
    let Err(AcquireError::OwnerDied(guard)) = lock.acquire() else { panic!("the holder died") };
    let again = lock.acquire().map_err(Error::from)?;
    guard.release();
    again.release();
    assert!(is_free(&lock)?);
    kill_a_holder()?;
    let target = |lock: RLock| lock.acquire().map(RLockGuard::release).map_err(Error::from);
    assert_eq!(Process::new(target, (lock.clone(),)).name("heir").start()?.join()?.code(), Some(1));
    lock.acquire()?.release();
    Ok(())
}
