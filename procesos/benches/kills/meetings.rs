//! Who waits for a `Condition` or notifies, and who meets others at a `Barrier`.

use std::time::Duration;

use procesos::{AcquireError, Barrier, Condition, Error, Lock, LockGuard, Process, Queue, Result, Value};

use crate::stage::{HANG, Outcome, Stage, bury, dismiss, ensure, now};

const WITHIN: Duration = Duration::from_micros(600);
/// Of a wait at a barrier: longer than it takes to tell a death, where it can be told.
const LIMIT: Duration = Duration::from_millis(200);

/// Whether what came so many nanoseconds after a death was the end of that limit, which may have begun a while before the death.
fn is_by_limit(after: u64) -> bool {
    Duration::from_nanos(after) > LIMIT * 3 / 4
}

/// Holds the lock of a condition; whether its last holder died.
fn enter(condition: &Condition) -> Result<(LockGuard<'_>, bool)> {
    match condition.acquire() {
        Ok(guard) => Ok((guard, false)),
        Err(AcquireError::OwnerDied(guard)) => Ok((guard, true)),
        Err(AcquireError::Other(error)) => Err(error),
    }
}

/// Waits until it is true, through deaths of others; whether it was told of one, and when it went on.
fn wait_until(
    condition: Condition,
    truth: Value<bool>,
    waits: Queue<()>,
    passed: Queue<(bool, u64)>,
) -> Result<()> {
    let (mut guard, mut died) = enter(&condition)?;
    waits.put(&())?;
    loop {
        match condition.wait_for(&mut guard, || truth.get()) {
            Ok(()) => break,
            Err(error) if error.is_owner_died() => died = true,
            Err(error) => return Err(error),
        }
    }
    passed.put(&(died, now()))
}

/// One of two that wait dies, about when all are notified or before one is: the other one goes on.
fn condition_waiter(stage: &mut Stage, all: bool) -> Result<Outcome> {
    let (truth, waits) = (Value::new(false)?, Queue::bounded(2)?);
    let condition = Condition::new(&Lock::new()?)?;
    let passed = [Queue::bounded(1)?, Queue::bounded(1)?];
    let start = |passed: &Queue<(bool, u64)>| {
        Process::new(wait_until, (condition.clone(), truth.clone(), waits.clone(), passed.clone())).start()
    };
    let mut victim = start(&passed[0])?;
    // It waits first, so that it is the one to be notified.
    waits.get()?;
    let other = start(&passed[1])?;
    waits.get()?;
    stage.condemn(victim.pid(), WITHIN)?;
    if all {
        stage.random.dawdle(WITHIN);
    } else {
        stage.await_death();
        bury(victim)?;
        victim = Process::new(|| (), ()).start()?;
    }
    let (guard, died) = enter(&condition)?;
    truth.set(true);
    if all {
        condition.notify_all(&guard)?;
    } else {
        condition.notify(&guard, 1)?;
    }
    guard.release();
    let notified = now();
    let Some((told, moment)) = passed[1].get_timeout(HANG)? else {
        return Err(Error::usage("a living process was not notified"));
    };
    let death = stage.await_death();
    ensure!(victim.join_timeout(HANG)?.is_some(), "who was killed did not end");
    dismiss(other)?;
    let outcome = if told || died { stage.told_at(moment) } else { stage.right_at(moment) };
    Ok(Outcome { after: Some(moment.saturating_sub(death.max(notified))), ..outcome })
}

pub(crate) fn waiter_of_all(stage: &mut Stage) -> Result<Outcome> {
    condition_waiter(stage, true)
}

pub(crate) fn waiter_of_one(stage: &mut Stage) -> Result<Outcome> {
    condition_waiter(stage, false)
}

/// Notifies for ever, or until it shall not.
fn notify(condition: Condition, first: Value<u64>, second: Value<u64>, stop: Value<bool>) -> Result<()> {
    while !stop.get() {
        let (guard, died) = enter(&condition)?;
        if died {
            second.set(first.get());
        }
        first.set(first.get() + 1);
        second.set(second.get() + 1);
        condition.notify(&guard, 1)?;
        guard.release();
        std::thread::yield_now();
    }
    Ok(())
}

/// One of two that notify dies: who waits is notified by the other one, or told of the death.
pub(crate) fn notifier(stage: &mut Stage) -> Result<Outcome> {
    let (first, second, stop) = (Value::new(0)?, Value::new(0)?, Value::new(false)?);
    let condition = Condition::new(&Lock::new()?)?;
    let start =
        || Process::new(notify, (condition.clone(), first.clone(), second.clone(), stop.clone())).start();
    let (victim, other) = (start()?, start()?);
    stage.condemn(victim.pid(), WITHIN)?;
    let (mut guard, died) = enter(&condition)?;
    let begun = now();
    if died {
        second.set(first.get());
    }
    let outcome = loop {
        if died {
            break stage.told_at(begun);
        }
        let notified = condition.wait_timeout(&mut guard, HANG);
        let moment = now();
        match notified {
            Ok(true) => {
                ensure!(first.get() == second.get(), "half done, and nobody was told to have died");
                if stage.death().is_some() {
                    break stage.right_at(moment);
                }
            }
            Ok(false) => ensure!(false, "nobody is notified any more"),
            Err(error) => {
                ensure!(error.is_owner_died(), "{error}");
                second.set(first.get());
                break stage.told_at(moment);
            }
        }
    };
    guard.release();
    stop.set(true);
    bury(victim)?;
    dismiss(other)?;
    Ok(outcome)
}

fn arrive(barrier: Barrier) -> Result<()> {
    barrier.wait().map(drop)
}

/// One that waits with another for a third one dies: the barrier breaks. One that dies before it comes is missed by nobody.
pub(crate) fn party(stage: &mut Stage) -> Result<Outcome> {
    let barrier = Barrier::new(3)?;
    let child = Process::new(arrive, (barrier.clone(),)).start()?;
    // In half of the rounds it waits already when the sentence is spoken.
    let comes_first = stage.random.below(2) == 0;
    while comes_first && barrier.waiting() == 0 {
        std::thread::yield_now();
    }
    stage.condemn(child.pid(), WITHIN)?;
    // One that waits is told of; whether the other one came nobody can know.
    let told = if comes_first { barrier.wait() } else { barrier.wait_timeout(LIMIT) };
    let moment = now();
    ensure!(told.is_err_and(|error| error.is_broken_barrier()), "it let somebody go on");
    ensure!(barrier.is_broken(), "it is not broken");
    let outcome = stage.told_at(moment);
    bury(child)?;
    barrier.reset()?;
    ensure!(Barrier::waiting(&barrier) == 0 && !barrier.is_broken(), "it is not as new");
    let by_limit = !comes_first && outcome.after.is_some_and(is_by_limit);
    Ok(Outcome { after: outcome.after.filter(|_| !by_limit), ..outcome })
}

fn step(barrier: Barrier, passed: Value<u64>, stop: Value<bool>) -> Result<()> {
    while !stop.get() {
        match barrier.wait() {
            Ok(_) => passed.set(passed.get() + 1),
            Err(error) if error.is_broken_barrier() => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// One of three in lockstep dies: the others are told, or have passed.
pub(crate) fn stepper(stage: &mut Stage) -> Result<Outcome> {
    let (barrier, stop) = (Barrier::new(3)?, Value::new(false)?);
    let steps = [Value::new(0)?, Value::new(0)?];
    let start =
        |passed: &Value<u64>| Process::new(step, (barrier.clone(), passed.clone(), stop.clone())).start();
    let (victim, other) = (start(&steps[0])?, start(&steps[1])?);
    stage.condemn(victim.pid(), WITHIN)?;
    let mut own = 0;
    let moment = loop {
        match barrier.wait_timeout(LIMIT) {
            Ok(_) => own += 1,
            Err(error) => {
                let moment = now();
                ensure!(error.is_broken_barrier(), "{error}");
                break moment;
            }
        }
    };
    let outcome = stage.told_at(moment);
    bury(victim)?;
    dismiss(other)?;
    for passed in &steps {
        let passed = passed.get();
        ensure!(passed == own || passed + 1 == own, "{passed} were passed by one and {own} by another");
    }
    // It died before it came: nobody can know, and the limit passed.
    let by_limit = outcome.after.is_some_and(is_by_limit);
    Ok(Outcome { after: outcome.after.filter(|_| !by_limit), ..outcome })
}
