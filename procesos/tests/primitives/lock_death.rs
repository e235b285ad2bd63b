//! `Lock` when its holder ends without releasing it, by whatever way.

use std::mem;
use std::time::Duration;

use procesos::{AcquireError, Error, Lock, LockGuard, Process, Queue, Result, Value};

use crate::case::{Case, Text, case};
use crate::queue_death::slay;
use crate::random::Random;

const HANG: Duration = Duration::from_secs(20);
const HOLDERS_KILLED: u64 = 150;
const WAITERS_KILLED: u64 = 200;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(a_killed_holder_is_an_error_that_carries_the_guard),
        case!(every_way_to_acquire_tells_of_a_dead_holder)
            .stderr(Text::Is("every_way_to_acquire_tells_of_a_dead_holder-1: the process that held the lock ended without releasing it: the data may be half updated\n")),
        case!(a_waiting_process_learns_of_the_death),
        case!(a_holder_that_exits_with_a_forgotten_guard_died),
        case!(a_holder_that_leaves_by_exit_died),
        case!(a_panic_in_the_holder_releases),
        case!(dropping_the_error_releases_the_lock),
        case!(a_lock_dropped_with_a_forgotten_guard_harms_no_other),
        case!(a_lock_dropped_by_another_thread_with_a_forgotten_guard_harms_no_other),
        case!(a_forgotten_guard_keeps_the_lock_held_by_this_process),
        case!(killing_holders_at_any_moment_never_wedges_the_lock),
        case!(killing_waiters_takes_no_wake_from_the_living),
    ]
}

/// Takes the lock and says so, then stays until it is killed.
fn hold_for_ever(lock: Lock, held: Queue<()>) -> Result<()> {
    let _guard = lock.acquire()?;
    held.put(&())?;
    loop {
        procesos::sleep(HANG);
    }
}

fn kill_a_holder(lock: &Lock) -> Result<()> {
    let held = Queue::bounded(1)?;
    let child = Process::new(hold_for_ever, (lock.clone(), held.clone())).start()?;
    held.get()?;
    slay(child)
}

/// The guard that comes with the news of a death.
fn inherited<'a>(
    result: std::result::Result<Option<LockGuard<'a>>, AcquireError<LockGuard<'a>>>,
) -> std::result::Result<LockGuard<'a>, String> {
    match result {
        Err(AcquireError::OwnerDied(guard)) => Ok(guard),
        other => Err(format!("no death was told: {other:?}")),
    }
}

fn a_killed_holder_is_an_error_that_carries_the_guard() -> Result<()> {
    let lock = Lock::new()?;
    kill_a_holder(&lock)?;
    let guard = inherited(lock.acquire().map(Some)).expect("the holder died");
    assert!(lock.acquire().is_err_and(|e| Error::from(e).is_already_held()));
    guard.release();
    // The news came once; the lock is as good as new.
    for _ in 0..3 {
        lock.acquire()?.release();
    }
    let told = {
        kill_a_holder(&lock)?;
        Error::from(lock.acquire().expect_err("the holder died"))
    };
    assert!(told.is_owner_died());
    let expected = "the process that held the lock ended without releasing it: the data may be half updated";
    assert_eq!(told.to_string(), expected);
    Ok(())
}

fn every_way_to_acquire_tells_of_a_dead_holder() -> Result<()> {
    let lock = Lock::new()?;
    kill_a_holder(&lock)?;
    inherited(lock.acquire().map(Some)).expect("the holder died").release();
    kill_a_holder(&lock)?;
    inherited(lock.try_acquire()).expect("the holder died").release();
    kill_a_holder(&lock)?;
    inherited(lock.acquire_timeout(HANG)).expect("the holder died").release();
    kill_a_holder(&lock)?;
    let told =
        Process::new(|lock: Lock| lock.acquire().map(LockGuard::release).map_err(Error::from), (lock,));
    assert_eq!(told.start()?.join()?.code(), Some(1));
    Ok(())
}

fn a_waiting_process_learns_of_the_death() -> Result<()> {
    /// 1 for a guard, 2 for the news of a death.
    fn wait(lock: Lock, waits: Queue<()>, news: Queue<u8>, limited: bool) -> Result<()> {
        waits.put(&())?;
        let result = if limited { lock.acquire_timeout(HANG) } else { lock.acquire().map(Some) };
        news.put(&match result {
            Ok(_) => 1,
            Err(AcquireError::OwnerDied(_)) => 2,
            Err(AcquireError::Other(_)) => 3,
        })
    }
    for limited in [false, true] {
        let (lock, held) = (Lock::new()?, Queue::bounded(1)?);
        let (waits, news) = (Queue::bounded(3)?, Queue::bounded(3)?);
        let holder = Process::new(hold_for_ever, (lock.clone(), held.clone())).start()?;
        held.get()?;
        for _ in 0..3 {
            Process::new(wait, (lock.clone(), waits.clone(), news.clone(), limited)).start()?;
        }
        (0..3).try_for_each(|_| waits.get())?;
        slay(holder)?;
        let mut told = [news.get()?, news.get()?, news.get()?];
        told.sort_unstable();
        assert_eq!(told, [1, 1, 2], "one of them is told, the others go on");
    }
    Ok(())
}

fn a_holder_that_exits_with_a_forgotten_guard_died() -> Result<()> {
    let lock = Lock::new()?;
    let target = |lock: Lock| lock.acquire().map(mem::forget).map_err(Error::from);
    assert!(Process::new(target, (lock.clone(),)).start()?.join()?.success());
    inherited(lock.acquire().map(Some)).expect("the holder ended").release();
    lock.acquire()?.release();
    Ok(())
}

fn a_holder_that_leaves_by_exit_died() -> Result<()> {
    fn leave(lock: Lock) -> Result<()> {
        let _guard = lock.acquire()?;
        std::process::exit(0)
    }
    let lock = Lock::new()?;
    assert!(Process::new(leave, (lock.clone(),)).start()?.join()?.success());
    inherited(lock.try_acquire()).expect("the holder ended").release();
    Ok(())
}

fn a_panic_in_the_holder_releases() -> Result<()> {
    fn stumble(lock: Lock) -> Result<()> {
        let _guard = lock.acquire()?;
        std::panic::resume_unwind(Box::new("stumbles"))
    }
    let lock = Lock::new()?;
    assert_eq!(Process::new(stumble, (lock.clone(),)).start()?.join()?.code(), Some(101));
    assert!(lock.try_acquire()?.is_some());
    Ok(())
}

fn dropping_the_error_releases_the_lock() -> Result<()> {
    let lock = Lock::new()?;
    kill_a_holder(&lock)?;
    drop(lock.acquire());
    assert!(lock.try_acquire()?.is_some());
    Ok(())
}

/// Locks that are there before another one goes, so that none of them takes its place in memory.
fn other_locks() -> Result<Vec<Lock>> {
    (0..50).map(|_| Lock::new()).collect()
}

/// Holds them all, so that the thread's list of held locks is walked and written to.
fn hold_all(locks: &[Lock]) -> Result<()> {
    let guards = locks.iter().map(Lock::acquire).collect::<std::result::Result<Vec<_>, _>>()?;
    drop(guards);
    Ok(())
}

fn a_lock_dropped_with_a_forgotten_guard_harms_no_other() -> Result<()> {
    let (lock, others) = (Lock::new()?, other_locks()?);
    mem::forget(lock.acquire()?);
    drop(lock);
    hold_all(&others)?;
    let child = Process::new(|others: Vec<Lock>| hold_all(&others), (others.clone(),)).start()?;
    assert!(child.join()?.success());
    hold_all(&others)
}

fn a_lock_dropped_by_another_thread_with_a_forgotten_guard_harms_no_other() -> Result<()> {
    let (lock, others) = (Lock::new()?, other_locks()?);
    mem::forget(lock.acquire()?);
    std::thread::spawn(move || drop(lock)).join().expect("dropping does not panic");
    hold_all(&others)
}

fn a_forgotten_guard_keeps_the_lock_held_by_this_process() -> Result<()> {
    let lock = Lock::new()?;
    mem::forget(lock.acquire()?);
    assert!(lock.acquire().is_err_and(|e| Error::from(e).is_already_held()));
    let child = Process::new(|lock: Lock| assert!(lock.try_acquire().is_ok_and(|g| g.is_none())), (lock,));
    assert!(child.start()?.join()?.success());
    Ok(())
}

/// The guard, and whether it comes from a dead holder.
fn acquire_anyway(lock: &Lock) -> Result<(LockGuard<'_>, bool)> {
    match lock.acquire() {
        Ok(guard) => Ok((guard, false)),
        Err(AcquireError::OwnerDied(guard)) => Ok((guard, true)),
        Err(AcquireError::Other(error)) => Err(error),
    }
}

/// Takes and releases for ever; between the two the values differ.
fn churn(lock: Lock, first: Value<u64>, second: Value<u64>) -> Result<()> {
    loop {
        let (guard, died) = acquire_anyway(&lock)?;
        if died {
            second.set(first.get());
        }
        assert_eq!(first.get(), second.get(), "only a dead holder leaves it half done");
        first.set(first.get() + 1);
        second.set(second.get() + 1);
        guard.release();
    }
}

fn killing_holders_at_any_moment_never_wedges_the_lock() -> Result<()> {
    let (lock, first, second) = (Lock::new()?, Value::new(0)?, Value::new(0)?);
    let start = || Process::new(churn, (lock.clone(), first.clone(), second.clone())).start();
    let mut living = vec![start()?, start()?, start()?];
    let mut random = Random::new(6);
    for round in 0..HOLDERS_KILLED {
        let victim = random.length(living.len());
        random.dawdle(Duration::from_micros(400));
        let heir = start()?;
        slay(mem::replace(&mut living[victim], heir))?;
        match lock.acquire_timeout(HANG) {
            Ok(guard) => assert!(guard.is_some(), "the lock is wedged after {round} deaths"),
            Err(AcquireError::OwnerDied(_guard)) => second.set(first.get()),
            Err(AcquireError::Other(error)) => return Err(error),
        }
    }
    living.into_iter().try_for_each(slay)
}

fn killing_waiters_takes_no_wake_from_the_living() -> Result<()> {
    fn take(lock: Lock, got: Queue<()>) -> Result<()> {
        let (guard, _) = acquire_anyway(&lock)?;
        got.put(&())?;
        guard.release();
        Ok(())
    }
    for round in 0..WAITERS_KILLED {
        let (lock, got) = (Lock::new()?, Queue::bounded(4)?);
        let guard = lock.acquire()?;
        let start = |_| Process::new(take, (lock.clone(), got.clone())).start();
        let mut waiting = (0..3).map(start).collect::<Result<Vec<_>>>()?;
        let victim = waiting.swap_remove(usize::try_from(round % 3).unwrap_or(0));
        Random::new(round).dawdle(Duration::from_micros(600));
        if round % 2 == 0 {
            slay(victim)?;
            guard.release();
        } else {
            guard.release();
            slay_any(victim)?;
        }
        for child in waiting {
            assert!(got.get_timeout(HANG)?.is_some(), "a living process waits for a free lock");
            assert!(child.join()?.success());
        }
    }
    Ok(())
}

/// Kills a child that may have ended by itself.
fn slay_any(child: procesos::Child) -> Result<()> {
    let pid = nix::unistd::Pid::from_raw(child.pid().cast_signed());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).expect("it is not joined yet");
    child.join().map(drop)
}
