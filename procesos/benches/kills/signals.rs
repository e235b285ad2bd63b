//! Who sets an `Event` or waits for it, and who holds, consumes or waits for permits of a `Semaphore`.

use std::time::Duration;

use procesos::{AcquireError, Error, Event, Process, Queue, Result, Semaphore, Value};

use crate::random::Random;
use crate::stage::{HANG, Outcome, Stage, bury, dismiss, ensure, now};

const WITHIN: Duration = Duration::from_micros(600);

fn flicker(event: Event) {
    loop {
        event.set();
        event.clear();
    }
}

fn wait_and_tell(event: Event, waits: Queue<()>, passed: Queue<u64>) -> Result<()> {
    waits.put(&())?;
    event.wait()?;
    passed.put(&now())
}

/// Who sets and clears dies: another one that sets it afterwards lets everybody go on.
pub(crate) fn event_setter(stage: &mut Stage) -> Result<Outcome> {
    let (event, waits, passed) = (Event::new()?, Queue::bounded(1)?, Queue::bounded(1)?);
    let child = Process::new(flicker, (event.clone(),)).start()?;
    let waiter = Process::new(wait_and_tell, (event.clone(), waits.clone(), passed.clone())).start()?;
    waits.get()?;
    stage.condemn(child.pid(), WITHIN)?;
    let death = stage.await_death();
    bury(child)?;
    event.set();
    let set = now();
    let Some(moment) = passed.get_timeout(HANG)? else {
        return Err(Error::usage("who waits does not see it set"));
    };
    ensure!(event.is_set() && event.wait_timeout(HANG)?, "it does not stay set");
    dismiss(waiter)?;
    Ok(Outcome { after: Some(moment.saturating_sub(death.max(set))), ..stage.right_at(moment) })
}

/// One of two that wait dies about when it is set: the other one goes on.
pub(crate) fn event_waiter(stage: &mut Stage) -> Result<Outcome> {
    let (event, waits) = (Event::new()?, Queue::bounded(2)?);
    let passed = [Queue::bounded(1)?, Queue::bounded(1)?];
    let start = |passed: &Queue<u64>| {
        Process::new(wait_and_tell, (event.clone(), waits.clone(), passed.clone())).start()
    };
    let (mut victim, other) = (start(&passed[0])?, start(&passed[1])?);
    waits.get()?;
    waits.get()?;
    stage.condemn(victim.pid(), WITHIN)?;
    stage.random.dawdle(WITHIN);
    event.set();
    let set = now();
    let Some(moment) = passed[1].get_timeout(HANG)? else {
        return Err(Error::usage("who waits does not see it set"));
    };
    let death = stage.await_death();
    // It may have gone on and ended in time.
    ensure!(victim.join_timeout(HANG)?.is_some(), "who was killed did not end");
    dismiss(other)?;
    Ok(Outcome { after: Some(moment.saturating_sub(death.max(set))), ..stage.right_at(moment) })
}

/// Takes a permit; whether it is that of a dead process. It is given back when `body` has run.
fn with_permit<R>(semaphore: &Semaphore, body: impl FnOnce(bool) -> R) -> Result<R> {
    match semaphore.acquire_timeout(HANG) {
        Ok(Some(_permit)) => Ok(body(false)),
        Ok(None) => Err(Error::usage("a permit is lost")),
        Err(AcquireError::OwnerDied(_permit)) => Ok(body(true)),
        Err(AcquireError::Other(error)) => Err(error),
    }
}

fn hold_and_release(semaphore: Semaphore, seed: u64) -> Result<()> {
    let mut random = Random::new(seed);
    loop {
        with_permit(&semaphore, |_| random.dawdle(Duration::from_micros(400)))?;
    }
}

/// The holder of the only permit dies: another one gets it.
pub(crate) fn permit_holder(stage: &mut Stage) -> Result<Outcome> {
    let semaphore = Semaphore::bounded(1)?;
    let child = Process::new(hold_and_release, (semaphore.clone(), stage.random.below(u64::MAX))).start()?;
    stage.condemn(child.pid(), WITHIN)?;
    let outcome = loop {
        let (died, moment) = with_permit(&semaphore, |died| (died, now()))?;
        if died {
            break stage.told_at(moment);
        }
        if stage.death().is_some() {
            break stage.right_at(moment);
        }
    };
    bury(child)?;
    // It may have taken it once more before the signal came.
    with_permit(&semaphore, |_| ())?;
    ensure!(semaphore.available() == 1, "{} permits are left of 1", semaphore.available());
    Ok(outcome)
}

fn take_one(semaphore: Semaphore, waits: Queue<()>, had: Queue<(bool, u64)>) -> Result<()> {
    waits.put(&())?;
    had.put(&with_permit(&semaphore, |died| (died, now()))?)
}

/// One of two that wait dies about when a permit is given back: the other one gets it.
pub(crate) fn permit_waiter(stage: &mut Stage) -> Result<Outcome> {
    let (semaphore, waits) = (Semaphore::bounded(1)?, Queue::bounded(2)?);
    let had = [Queue::bounded(1)?, Queue::bounded(1)?];
    let permit = semaphore.acquire()?;
    let start = |had: &Queue<(bool, u64)>| {
        Process::new(take_one, (semaphore.clone(), waits.clone(), had.clone())).start()
    };
    let (mut victim, other) = (start(&had[0])?, start(&had[1])?);
    waits.get()?;
    waits.get()?;
    stage.condemn(victim.pid(), WITHIN)?;
    stage.random.dawdle(WITHIN);
    permit.release();
    let released = now();
    let Some((died, moment)) = had[1].get_timeout(HANG)? else {
        return Err(Error::usage("a living process waits for a free permit"));
    };
    let death = stage.await_death();
    ensure!(victim.join_timeout(HANG)?.is_some(), "who was killed did not end");
    dismiss(other)?;
    let outcome = if died { stage.told_at(moment) } else { stage.right_at(moment) };
    Ok(Outcome { after: Some(moment.saturating_sub(death.max(released))), ..outcome })
}

fn consume(semaphore: Semaphore, told: Value<u64>) -> Result<()> {
    loop {
        semaphore.acquire()?.consume();
        told.set(told.get() + 1);
    }
}

/// Who uses signals up dies: no signal is lost, none comes twice.
pub(crate) fn consumer(stage: &mut Stage) -> Result<Outcome> {
    let (semaphore, told) = (Semaphore::new(0)?, Value::new(0_u64)?);
    let child = Process::new(consume, (semaphore.clone(), told.clone())).start()?;
    stage.condemn(child.pid(), WITHIN)?;
    let mut given = 0_u64;
    while stage.death().is_none() {
        semaphore.release()?;
        given += 1;
        stage.random.dawdle(Duration::from_micros(20));
    }
    // Another one is to be had, and all that are left.
    semaphore.release()?;
    given += 1;
    let (mut left, mut died, mut first) = (0_u64, false, None);
    loop {
        let taken = match first {
            None => semaphore.acquire_timeout(HANG),
            Some(_) => semaphore.try_acquire(),
        };
        match taken {
            Ok(Some(permit)) => permit.consume(),
            Err(AcquireError::OwnerDied(permit)) => {
                died = true;
                permit.consume();
            }
            Ok(None) => break,
            Err(AcquireError::Other(error)) => return Err(error),
        }
        first = first.or_else(|| Some(now()));
        left += 1;
    }
    let Some(moment) = first else {
        return Err(Error::usage("a signal is lost"));
    };
    bury(child)?;
    // What only it had may be told of the dead now.
    if let Err(AcquireError::OwnerDied(permit)) = semaphore.acquire_timeout(Duration::from_millis(1)) {
        died = true;
        permit.consume();
        left += 1;
    }
    let used = given - left;
    ensure!(
        (told.get()..=told.get() + 1).contains(&used),
        "of {given} signals {left} were left and {} used up",
        told.get()
    );
    Ok(if died { stage.told_at(moment) } else { stage.right_at(moment) })
}
