//! `Condition`: who is notified, what the lock does meanwhile, and what becomes of the dead.

use std::time::{Duration, Instant};

use procesos::{Condition, Lock, Process, Queue, Result, Semaphore, Value};

use crate::case::{Case, case};
use crate::queue_death::slay;
use crate::random::Random;

/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
/// A limit that is not reached unless something hangs.
const HANG: Duration = Duration::from_secs(20);
const ROUNDS: u32 = 1_000;
const KILLED: u64 = 100;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(notify_lets_as_many_go_on_as_it_says),
        case!(notify_all_lets_everybody_go_on),
        case!(a_notification_that_finds_nobody_is_lost),
        case!(wait_timeout_says_whether_it_was_notified),
        case!(wait_for_asks_first_and_after_every_notification),
        case!(wait_for_timeout_says_whether_it_holds),
        case!(the_lock_is_free_while_one_waits_and_held_afterwards),
        case!(a_buffer_of_one_place_passes_everything_on),
        case!(the_guard_of_another_lock_is_refused),
        case!(a_dead_waiter_takes_no_notification_from_the_living),
        case!(the_death_of_who_holds_the_lock_is_told_to_who_waits),
        case!(who_waits_is_told_of_a_death_before_the_notification),
        case!(killing_at_any_moment_never_wedges_a_condition),
    ]
}

/// Waits once, having said that it is about to with the lock held.
fn wait_once(condition: Condition, sleeping: Semaphore, woken: Semaphore) -> Result<()> {
    let mut guard = condition.acquire()?;
    sleeping.release()?;
    condition.wait(&mut guard)?;
    woken.release()?;
    guard.release();
    Ok(())
}

struct Sleepers {
    lock: Lock,
    condition: Condition,
    woken: Semaphore,
}

impl Sleepers {
    /// So many processes that wait: each has the lock when it says so, so whoever has it next finds it waiting.
    fn new(count: u32) -> Result<Self> {
        let (lock, sleeping, woken) = (Lock::new()?, Semaphore::new(0)?, Semaphore::new(0)?);
        let condition = Condition::new(&lock)?;
        for _ in 0..count {
            Process::new(wait_once, (condition.clone(), sleeping.clone(), woken.clone())).start()?;
        }
        (0..count).try_for_each(|_| sleeping.acquire().map(procesos::Permit::consume))?;
        Ok(Self { lock, condition, woken })
    }

    fn notify(&self, most: usize) -> Result<()> {
        let guard = self.lock.acquire()?;
        self.condition.notify(&guard, most)?;
        guard.release();
        Ok(())
    }

    /// Exactly so many have gone on since it was asked last.
    fn have_woken(&self, count: u32) -> Result<()> {
        for _ in 0..count {
            self.woken.acquire_timeout(HANG)?.expect("one that was notified goes on").consume();
        }
        assert!(self.woken.acquire_timeout(MOMENT)?.is_none(), "nobody else goes on");
        Ok(())
    }
}

fn notify_lets_as_many_go_on_as_it_says() -> Result<()> {
    let sleepers = Sleepers::new(5)?;
    sleepers.have_woken(0)?;
    sleepers.notify(1)?;
    sleepers.have_woken(1)?;
    sleepers.notify(0)?;
    sleepers.have_woken(0)?;
    sleepers.notify(2)?;
    sleepers.have_woken(2)?;
    sleepers.notify(7)?;
    sleepers.have_woken(2)?;
    sleepers.notify(3)
}

fn notify_all_lets_everybody_go_on() -> Result<()> {
    let sleepers = Sleepers::new(6)?;
    let guard = sleepers.lock.acquire()?;
    sleepers.condition.notify_all(&guard)?;
    // They need the lock first.
    assert!(sleepers.woken.acquire_timeout(MOMENT)?.is_none());
    guard.release();
    sleepers.have_woken(6)
}

fn a_notification_that_finds_nobody_is_lost() -> Result<()> {
    let (lock, condition) = made()?;
    let mut guard = lock.acquire()?;
    condition.notify_all(&guard)?;
    condition.notify(&guard, 1)?;
    assert!(!condition.wait_timeout(&mut guard, MOMENT)?);
    Ok(())
}

fn made() -> Result<(Lock, Condition)> {
    let lock = Lock::new()?;
    let condition = Condition::new(&lock)?;
    Ok((lock, condition))
}

fn wait_timeout_says_whether_it_was_notified() -> Result<()> {
    fn notify(condition: Condition) -> Result<()> {
        let guard = condition.acquire()?;
        condition.notify(&guard, 1)?;
        guard.release();
        Ok(())
    }
    let (lock, condition) = made()?;
    let mut guard = lock.acquire()?;
    let begun = Instant::now();
    assert!(!condition.wait_timeout(&mut guard, MOMENT)?);
    assert!(begun.elapsed() >= MOMENT);
    assert!(!condition.wait_timeout(&mut guard, Duration::ZERO)?);
    // It holds the lock until it waits, so the notification finds it.
    let child = Process::new(notify, (condition.clone(),)).start()?;
    assert!(condition.wait_timeout(&mut guard, HANG)?);
    guard.release();
    assert!(child.join()?.success());
    Ok(())
}

fn wait_for_asks_first_and_after_every_notification() -> Result<()> {
    fn count_to(condition: Condition, state: Value<i32>) -> Result<()> {
        for _ in 0..4 {
            let guard = condition.acquire()?;
            state.set(state.get() + 1);
            condition.notify(&guard, 1)?;
            guard.release();
        }
        Ok(())
    }
    let (lock, condition) = made()?;
    let state = Value::new(0)?;
    let mut guard = lock.acquire()?;
    condition.wait_for(&mut guard, || state.get() == 0)?;
    let child = Process::new(count_to, (condition.clone(), state.clone())).start()?;
    let mut asked = 0;
    condition.wait_for(&mut guard, || {
        asked += 1;
        state.get() == 4
    })?;
    assert_eq!(state.get(), 4);
    assert!((2..=5).contains(&asked));
    guard.release();
    assert!(child.join()?.success());
    Ok(())
}

fn wait_for_timeout_says_whether_it_holds() -> Result<()> {
    let (lock, condition) = made()?;
    let mut guard = lock.acquire()?;
    let begun = Instant::now();
    assert!(!condition.wait_for_timeout(&mut guard, MOMENT, || false)?);
    assert!(begun.elapsed() >= MOMENT);
    assert!(condition.wait_for_timeout(&mut guard, Duration::ZERO, || true)?);
    Ok(())
}

fn the_lock_is_free_while_one_waits_and_held_afterwards() -> Result<()> {
    let sleepers = Sleepers::new(1)?;
    let guard = sleepers.lock.acquire_timeout(HANG)?.expect("who waits does not hold the lock");
    sleepers.condition.notify(&guard, 1)?;
    assert!(sleepers.woken.acquire_timeout(MOMENT)?.is_none(), "it goes on with the lock only");
    guard.release();
    sleepers.have_woken(1)
}

fn a_buffer_of_one_place_passes_everything_on() -> Result<()> {
    fn fill(condition: Condition, place: Value<u32>) -> Result<()> {
        for number in 1..=ROUNDS {
            let mut guard = condition.acquire()?;
            condition.wait_for(&mut guard, || place.get() == 0)?;
            place.set(number);
            condition.notify_all(&guard)?;
            guard.release();
        }
        Ok(())
    }
    let (lock, condition) = made()?;
    let place = Value::new(0)?;
    let child = Process::new(fill, (condition.clone(), place.clone())).start()?;
    for number in 1..=ROUNDS {
        let mut guard = lock.acquire()?;
        condition.wait_for(&mut guard, || place.get() != 0)?;
        assert_eq!(place.get(), number);
        place.set(0);
        condition.notify_all(&guard)?;
        guard.release();
    }
    assert!(child.join()?.success());
    Ok(())
}

fn the_guard_of_another_lock_is_refused() -> Result<()> {
    let (lock, condition) = made()?;
    let other = Lock::new()?;
    let mut guard = other.acquire()?;
    assert!(condition.wait(&mut guard).is_err_and(|e| e.is_other_lock()));
    assert!(condition.notify(&guard, 1).is_err_and(|e| e.is_other_lock()));
    assert!(condition.notify_all(&guard).is_err_and(|e| e.is_other_lock()));
    // Nothing was released, nothing taken.
    assert!(other.acquire().is_err() && lock.try_acquire()?.is_some());
    Ok(())
}

fn a_dead_waiter_takes_no_notification_from_the_living() -> Result<()> {
    let (lock, sleeping, woken) = (Lock::new()?, Semaphore::new(0)?, Semaphore::new(0)?);
    let condition = Condition::new(&lock)?;
    let start = || -> Result<_> {
        let arguments = (condition.clone(), sleeping.clone(), woken.clone());
        let child = Process::new(wait_once, arguments).start()?;
        sleeping.acquire()?.consume();
        // Whoever gets the lock now finds it waiting.
        lock.acquire()?.release();
        Ok(child)
    };
    let (first, second) = (start()?, start()?);
    slay(first)?;
    let guard = lock.acquire()?;
    condition.notify(&guard, 1)?;
    guard.release();
    woken.acquire_timeout(HANG)?.expect("the living one is notified").consume();
    assert!(second.join()?.success());
    Ok(())
}

fn the_death_of_who_holds_the_lock_is_told_to_who_waits() -> Result<()> {
    fn wait(condition: Condition, sleeping: Semaphore) -> Result<()> {
        let mut guard = condition.acquire()?;
        sleeping.release()?;
        let told = condition.wait(&mut guard).expect_err("the holder died");
        assert!(told.is_owner_died());
        // It holds the lock all the same.
        assert!(condition.acquire().is_err());
        guard.release();
        Ok(())
    }
    fn notify_and_stay(condition: Condition, notified: Semaphore) -> Result<()> {
        let guard = condition.acquire()?;
        condition.notify_all(&guard)?;
        notified.release()?;
        loop {
            procesos::sleep(HANG);
        }
    }
    let (lock, sleeping, notified) = (Lock::new()?, Semaphore::new(0)?, Semaphore::new(0)?);
    let condition = Condition::new(&lock)?;
    let waiter = Process::new(wait, (condition.clone(), sleeping.clone())).start()?;
    sleeping.acquire()?.consume();
    lock.acquire()?.release();
    let holder = Process::new(notify_and_stay, (condition, notified.clone())).start()?;
    notified.acquire()?.consume();
    slay(holder)?;
    assert!(waiter.join()?.success());
    lock.acquire()?.release();
    Ok(())
}

fn who_waits_is_told_of_a_death_before_the_notification() -> Result<()> {
    /// Whether it was told.
    fn wait(condition: Condition, sleeping: Semaphore, news: Queue<bool>) -> Result<()> {
        let mut guard = condition.acquire()?;
        sleeping.release()?;
        let told = condition.wait(&mut guard).is_err_and(|e| e.is_owner_died());
        guard.release();
        news.put(&told)
    }
    fn hold(lock: Lock, held: Semaphore) -> Result<()> {
        let _guard = lock.acquire()?;
        held.release()?;
        loop {
            procesos::sleep(HANG);
        }
    }
    let (lock, sleeping, news) = (Lock::new()?, Semaphore::new(0)?, Queue::bounded(2)?);
    let condition = Condition::new(&lock)?;
    for _ in 0..2 {
        Process::new(wait, (condition.clone(), sleeping.clone(), news.clone())).start()?;
        sleeping.acquire()?.consume();
    }
    lock.acquire()?.release();
    let holder = Process::new(hold, (lock, sleeping.clone())).start()?;
    sleeping.acquire()?.consume();
    slay(holder)?;
    let mut told = [news.get_timeout(HANG)?, news.get_timeout(HANG)?];
    told.sort_unstable();
    assert_eq!(told, [Some(false), Some(true)], "one is told, the other one goes on");
    Ok(())
}

/// Whoever is killed, with the lock or waiting or notified: the others are notified, or told.
fn killing_at_any_moment_never_wedges_a_condition() -> Result<()> {
    fn ping(condition: Condition) -> Result<()> {
        loop {
            let mut guard = match condition.acquire() {
                Ok(guard) | Err(procesos::AcquireError::OwnerDied(guard)) => guard,
                Err(procesos::AcquireError::Other(error)) => return Err(error),
            };
            condition.notify_all(&guard)?;
            match condition.wait_timeout(&mut guard, Duration::from_millis(1)) {
                Ok(_) => {}
                Err(error) => assert!(error.is_owner_died()),
            }
        }
    }
    let (lock, condition) = made()?;
    let start = || Process::new(ping, (condition.clone(),)).start();
    let mut living = vec![start()?, start()?];
    let mut random = Random::new(11);
    for _ in 0..KILLED {
        let victim = random.length(living.len());
        random.dawdle(Duration::from_micros(500));
        let heir = start()?;
        slay(std::mem::replace(&mut living[victim], heir))?;
        let mut guard = match lock.acquire() {
            Ok(guard) | Err(procesos::AcquireError::OwnerDied(guard)) => guard,
            Err(procesos::AcquireError::Other(error)) => return Err(error),
        };
        match condition.wait_timeout(&mut guard, HANG) {
            Ok(notified) => assert!(notified, "the others notify all the time"),
            Err(error) => assert!(error.is_owner_died()),
        }
    }
    living.into_iter().try_for_each(slay)
}
