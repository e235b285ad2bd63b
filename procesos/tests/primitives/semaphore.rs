//! `Semaphore`: how many are in at once, signals that are counted, and what becomes of the permits of the dead.

use std::mem;
use std::time::{Duration, Instant};

use procesos::{AcquireError, Error, Permit, Process, Queue, Result, Semaphore, Value};

use crate::case::{Case, Text, case};
use crate::queue_death::slay;
use crate::random::Random;

/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
/// A limit that is not reached unless something hangs.
const HANG: Duration = Duration::from_secs(20);
const TIMES: u32 = 2_000;
const HOLDERS_KILLED: u64 = 150;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(permits_are_taken_and_given_back),
        case!(a_permit_is_given_back_where_its_scope_ends),
        case!(acquire_without_permits_waits_for_one),
        case!(acquire_timeout_gives_up_after_its_limit),
        case!(no_more_than_so_many_are_in_at_once),
        case!(one_permit_is_mutual_exclusion),
        case!(releases_without_acquire_are_counted),
        case!(a_permit_that_is_consumed_does_not_come_back),
        case!(a_bounded_semaphore_refuses_one_release_too_many),
        case!(the_refusal_is_told_in_spanish).in_spanish(),
        case!(a_killed_holder_is_an_error_that_carries_the_permit),
        case!(a_waiting_process_learns_of_the_death),
        case!(the_consumed_permits_of_the_dead_are_not_given_back),
        case!(killing_holders_at_any_moment_never_loses_a_permit),
        case!(whoever_only_asks_is_told_of_the_dead_too),
        case!(the_permits_of_many_dead_are_had_by_as_many_living),
        case!(a_permit_that_a_panic_passes_is_given_back).stderr(Text::Judged),
    ]
}

fn permits_are_taken_and_given_back() -> Result<()> {
    let semaphore = Semaphore::new(2)?;
    assert_eq!(semaphore.available(), 2);
    let one = semaphore.acquire()?;
    let two = semaphore.clone();
    let two = two.acquire()?;
    assert_eq!(semaphore.available(), 0);
    assert!(semaphore.try_acquire()?.is_none());
    one.release();
    assert_eq!(semaphore.available(), 1);
    drop(two);
    assert_eq!(semaphore.available(), 2);
    Ok(())
}

fn a_permit_is_given_back_where_its_scope_ends() -> Result<()> {
    let semaphore = Semaphore::new(1)?;
    {
        let _permit = semaphore.acquire()?;
        assert!(semaphore.try_acquire()?.is_none());
    }
    assert!(semaphore.try_acquire()?.is_some());
    Ok(())
}

fn acquire_without_permits_waits_for_one() -> Result<()> {
    fn take(semaphore: Semaphore, got: Queue<()>) -> Result<()> {
        let permit = semaphore.acquire()?;
        got.put(&())?;
        permit.release();
        Ok(())
    }
    let (semaphore, got) = (Semaphore::new(1)?, Queue::bounded(1)?);
    let permit = semaphore.acquire()?;
    let child = Process::new(take, (semaphore.clone(), got.clone())).start()?;
    assert_eq!(got.get_timeout(MOMENT)?, None);
    permit.release();
    got.get()?;
    assert!(child.join()?.success());
    assert_eq!(semaphore.available(), 1);
    Ok(())
}

fn acquire_timeout_gives_up_after_its_limit() -> Result<()> {
    let semaphore = Semaphore::new(0)?;
    let begun = Instant::now();
    assert!(semaphore.acquire_timeout(MOMENT)?.is_none());
    assert!(begun.elapsed() >= MOMENT);
    assert!(semaphore.acquire_timeout(Duration::ZERO)?.is_none());
    semaphore.release()?;
    assert!(semaphore.acquire_timeout(Duration::MAX)?.is_some());
    Ok(())
}

fn no_more_than_so_many_are_in_at_once() -> Result<()> {
    fn enter(semaphore: Semaphore, inside: Value<u32>, count: Semaphore) -> Result<()> {
        for _ in 0..TIMES / 10 {
            let permit = semaphore.acquire()?;
            // The second semaphore is the lock of the count.
            let step = |change: i32| -> Result<u32> {
                let lock = count.acquire()?;
                inside.set(inside.get().wrapping_add_signed(change));
                let now = inside.get();
                lock.release();
                Ok(now)
            };
            assert!((1..=2).contains(&step(1)?));
            step(-1)?;
            permit.release();
        }
        Ok(())
    }
    let (semaphore, inside, count) = (Semaphore::new(2)?, Value::new(0)?, Semaphore::new(1)?);
    let start = |_| Process::new(enter, (semaphore.clone(), inside.clone(), count.clone())).start();
    for child in (0..4).map(start).collect::<Result<Vec<_>>>()? {
        assert!(child.join()?.success());
    }
    assert_eq!((inside.get(), semaphore.available()), (0, 2));
    Ok(())
}

fn one_permit_is_mutual_exclusion() -> Result<()> {
    fn add(semaphore: Semaphore, total: Value<u32>) -> Result<()> {
        for _ in 0..TIMES {
            let permit = semaphore.acquire()?;
            total.set(total.get() + 1);
            permit.release();
        }
        Ok(())
    }
    let (semaphore, total) = (Semaphore::new(1)?, Value::new(0)?);
    let start = |_| Process::new(add, (semaphore.clone(), total.clone())).start();
    for child in (0..4).map(start).collect::<Result<Vec<_>>>()? {
        assert!(child.join()?.success());
    }
    assert_eq!(total.get(), 4 * TIMES);
    Ok(())
}

fn releases_without_acquire_are_counted() -> Result<()> {
    let semaphore = Semaphore::new(0)?;
    let give = |semaphore: Semaphore| (0..3).try_for_each(|_| semaphore.release());
    assert!(Process::new(give, (semaphore.clone(),)).start()?.join()?.success());
    assert_eq!(semaphore.available(), 3);
    for _ in 0..3 {
        semaphore.acquire()?.consume();
    }
    assert!(semaphore.try_acquire()?.is_none());
    Ok(())
}

fn a_permit_that_is_consumed_does_not_come_back() -> Result<()> {
    let semaphore = Semaphore::new(2)?;
    semaphore.acquire()?.consume();
    assert_eq!(semaphore.available(), 1);
    semaphore.acquire()?.release();
    assert_eq!(semaphore.available(), 1);
    semaphore.release()?;
    assert_eq!(semaphore.available(), 2);
    Ok(())
}

fn a_bounded_semaphore_refuses_one_release_too_many() -> Result<()> {
    let semaphore = Semaphore::bounded(2)?;
    assert!(semaphore.release().is_err_and(|e| e.is_too_many()));
    let permit = semaphore.acquire()?;
    // That permit is still to come back.
    assert!(semaphore.release().is_err_and(|e| e.is_too_many()));
    permit.consume();
    semaphore.release()?;
    assert!(semaphore.release().is_err_and(|e| e.is_too_many()));
    assert_eq!(semaphore.available(), 2);
    assert!(Semaphore::new(u32::MAX).is_err());
    Ok(())
}

fn the_refusal_is_told_in_spanish() -> Result<()> {
    let told = Semaphore::bounded(1)?.release().expect_err("it has all of them").to_string();
    assert_eq!(told, "el semáforo ya tiene todos sus permisos: hay un release de más");
    Ok(())
}

/// Takes a permit and says so, then stays until it is killed.
fn hold_for_ever(semaphore: Semaphore, held: Queue<()>) -> Result<()> {
    let _permit = semaphore.acquire()?;
    held.put(&())?;
    loop {
        procesos::sleep(HANG);
    }
}

fn kill_a_holder(semaphore: &Semaphore) -> Result<()> {
    let held = Queue::bounded(1)?;
    let child = Process::new(hold_for_ever, (semaphore.clone(), held.clone())).start()?;
    held.get()?;
    slay(child)
}

fn a_killed_holder_is_an_error_that_carries_the_permit() -> Result<()> {
    let semaphore = Semaphore::new(1)?;
    for _ in 0..3 {
        kill_a_holder(&semaphore)?;
        let Err(AcquireError::OwnerDied(permit)) = semaphore.acquire() else { panic!("the holder died") };
        assert!(semaphore.try_acquire()?.is_none());
        permit.release();
        // The news came once.
        semaphore.acquire()?.release();
    }
    kill_a_holder(&semaphore)?;
    let told = Error::from(semaphore.acquire_timeout(HANG).expect_err("the holder died"));
    assert!(told.is_owner_died());
    assert_eq!(
        told.to_string(),
        "a process ended with a permit of the semaphore: what it did may be half done"
    );
    assert_eq!(semaphore.available(), 1);
    Ok(())
}

fn a_waiting_process_learns_of_the_death() -> Result<()> {
    fn wait(semaphore: Semaphore, waits: Queue<()>, news: Queue<bool>) -> Result<()> {
        waits.put(&())?;
        match semaphore.acquire() {
            Ok(_) => news.put(&false),
            Err(AcquireError::OwnerDied(_)) => news.put(&true),
            Err(AcquireError::Other(error)) => Err(error),
        }
    }
    let (semaphore, held) = (Semaphore::new(1)?, Queue::bounded(1)?);
    let (waits, news) = (Queue::bounded(3)?, Queue::bounded(3)?);
    let holder = Process::new(hold_for_ever, (semaphore.clone(), held.clone())).start()?;
    held.get()?;
    for _ in 0..3 {
        Process::new(wait, (semaphore.clone(), waits.clone(), news.clone())).start()?;
    }
    (0..3).try_for_each(|_| waits.get())?;
    slay(holder)?;
    let mut told = [news.get()?, news.get()?, news.get()?];
    told.sort_unstable();
    assert_eq!(told, [false, false, true], "one of them is told, the others go on");
    Ok(())
}

fn the_consumed_permits_of_the_dead_are_not_given_back() -> Result<()> {
    fn consume(semaphore: Semaphore, done: Queue<()>) -> Result<()> {
        semaphore.acquire()?.consume();
        done.put(&())?;
        loop {
            procesos::sleep(HANG);
        }
    }
    let (semaphore, done) = (Semaphore::new(1)?, Queue::bounded(1)?);
    let child = Process::new(consume, (semaphore.clone(), done.clone())).start()?;
    done.get()?;
    slay(child)?;
    assert!(semaphore.acquire_timeout(MOMENT)?.is_none());
    Ok(())
}

/// The permit, from the dead or not.
fn acquire_anyway(semaphore: &Semaphore) -> Result<Option<Permit<'_>>> {
    match semaphore.acquire_timeout(HANG) {
        Ok(permit) => Ok(permit),
        Err(AcquireError::OwnerDied(permit)) => Ok(Some(permit)),
        Err(AcquireError::Other(error)) => Err(error),
    }
}

fn killing_holders_at_any_moment_never_loses_a_permit() -> Result<()> {
    fn churn(semaphore: Semaphore) -> Result<()> {
        loop {
            let permit = acquire_anyway(&semaphore)?.expect("no permit is lost");
            permit.release();
        }
    }
    let semaphore = Semaphore::new(2)?;
    let start = || Process::new(churn, (semaphore.clone(),)).start();
    let mut living = vec![start()?, start()?, start()?];
    let mut random = Random::new(8);
    for round in 0..HOLDERS_KILLED {
        let victim = random.length(living.len());
        random.dawdle(Duration::from_micros(400));
        let heir = start()?;
        slay(mem::replace(&mut living[victim], heir))?;
        assert!(acquire_anyway(&semaphore)?.is_some(), "a permit is lost after {round} deaths");
    }
    living.into_iter().try_for_each(slay)?;
    // Both are there again, one way or the other, and no third one.
    let permits = [acquire_anyway(&semaphore)?, acquire_anyway(&semaphore)?];
    assert!(permits.iter().all(Option::is_some));
    assert!(semaphore.acquire_timeout(MOMENT)?.is_none());
    Ok(())
}

fn whoever_only_asks_is_told_of_the_dead_too() -> Result<()> {
    let semaphore = Semaphore::new(1)?;
    kill_a_holder(&semaphore)?;
    // Somebody may just have looked and found that it lived.
    let told = loop {
        match semaphore.try_acquire() {
            Ok(None) => std::thread::yield_now(),
            other => break other,
        }
    };
    assert!(told.is_err_and(|e| matches!(e, AcquireError::OwnerDied(_))));
    assert!(semaphore.try_acquire()?.is_some());
    Ok(())
}

fn the_permits_of_many_dead_are_had_by_as_many_living() -> Result<()> {
    const MANY: u32 = 20;
    fn hold(semaphore: Semaphore, held: Queue<()>) -> Result<()> {
        let _permit = semaphore.acquire()?;
        held.put(&())?;
        loop {
            procesos::sleep(HANG);
        }
    }
    fn inherit(semaphore: Semaphore, news: Queue<bool>) -> Result<()> {
        let result = semaphore.acquire();
        let died = matches!(result, Err(AcquireError::OwnerDied(_)));
        // It is kept, so that each has one of its own.
        mem::forget(result);
        news.put(&died)
    }
    let (semaphore, queue) = (Semaphore::bounded(MANY)?, Queue::bounded(MANY as usize)?);
    let start = |_| Process::new(hold, (semaphore.clone(), queue.clone())).start();
    let holders = (0..MANY).map(start).collect::<Result<Vec<_>>>()?;
    (0..MANY).try_for_each(|_| queue.get())?;
    let news = Queue::bounded(MANY as usize)?;
    let start = |_| Process::new(inherit, (semaphore.clone(), news.clone())).start();
    let heirs = (0..MANY).map(start).collect::<Result<Vec<_>>>()?;
    holders.into_iter().try_for_each(slay)?;
    let mut told = 0;
    for _ in 0..MANY {
        // An heir that has ended with its permit is one of the dead, too.
        told += u32::from(news.get_timeout(HANG)?.expect("a permit is lost"));
    }
    assert_eq!(told, MANY);
    for heir in heirs {
        assert!(heir.join()?.success());
    }
    Ok(())
}

fn a_permit_that_a_panic_passes_is_given_back() -> Result<()> {
    fn stumble(semaphore: Semaphore) -> Result<()> {
        let _permit = semaphore.acquire()?;
        std::panic::resume_unwind(Box::new("stumbles"))
    }
    let semaphore = Semaphore::new(1)?;
    assert_eq!(Process::new(stumble, (semaphore.clone(),)).start()?.join()?.code(), Some(101));
    assert!(semaphore.try_acquire()?.is_some());
    Ok(())
}
