//! The holder and the waiters of a `Lock` and an `RLock`, with values that only the holder may find half done.

use std::time::Duration;

use procesos::{AcquireError, Array, Lock, Process, Queue, RLock, Result, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::random::Random;
use crate::stage::{HANG, Outcome, Stage, bury, dismiss, ensure, now};

const WITHIN: Duration = Duration::from_micros(800);
const ELEMENTS: usize = 64;

/// What `Lock` and `RLock` have in common here.
trait Mutual: Clone + Serialize + DeserializeOwned + 'static {
    /// Runs `body` with the lock held; it is told whether the last holder died. `None` when nobody lets the lock go.
    fn with<R>(&self, body: impl FnOnce(bool) -> R) -> Result<Option<R>>;
}

impl Mutual for Lock {
    fn with<R>(&self, body: impl FnOnce(bool) -> R) -> Result<Option<R>> {
        match self.acquire_timeout(HANG) {
            Ok(guard) => Ok(guard.map(|_guard| body(false))),
            Err(AcquireError::OwnerDied(_guard)) => Ok(Some(body(true))),
            Err(AcquireError::Other(error)) => Err(error),
        }
    }
}

impl Mutual for RLock {
    fn with<R>(&self, body: impl FnOnce(bool) -> R) -> Result<Option<R>> {
        match self.acquire_timeout(HANG) {
            Ok(guard) => guard
                .map(|_guard| {
                    let _again = self.acquire()?;
                    Ok(body(false))
                })
                .transpose(),
            Err(AcquireError::OwnerDied(_guard)) => Ok(Some(body(true))),
            Err(AcquireError::Other(error)) => Err(error),
        }
    }
}

/// What a lock guards: equal parts, which differ while somebody changes them.
trait Guarded: Clone + Serialize + DeserializeOwned + 'static {
    fn make() -> Result<Self>;
    fn is_whole(&self) -> bool;
    fn change(&self, pause: impl FnMut());
    fn mend(&self);
}

impl Guarded for (Value<u64>, Value<u64>) {
    fn make() -> Result<Self> {
        Ok((Value::new(0)?, Value::new(0)?))
    }
    fn is_whole(&self) -> bool {
        self.0.get() == self.1.get()
    }
    fn change(&self, mut pause: impl FnMut()) {
        self.0.set(self.0.get() + 1);
        pause();
        self.1.set(self.1.get() + 1);
    }
    fn mend(&self) {
        self.1.set(self.0.get());
    }
}

impl Guarded for Array<u64> {
    fn make() -> Result<Self> {
        Self::new(&[0; ELEMENTS])
    }
    fn is_whole(&self) -> bool {
        let all = self.to_vec();
        all.iter().all(|element| *element == all[0])
    }
    fn change(&self, mut pause: impl FnMut()) {
        let next = self.get(0) + 1;
        for index in 0..ELEMENTS {
            self.set(index, next);
            if index == ELEMENTS / 2 {
                pause();
            }
        }
    }
    fn mend(&self) {
        self.set_slice(0, &[self.get(0); ELEMENTS]);
    }
}

/// Takes the lock and changes what it guards for ever, with a pause half way.
fn churn<M: Mutual, G: Guarded>(lock: M, guarded: G, seed: u64) -> Result<()> {
    let mut random = Random::new(seed);
    loop {
        let whole = lock.with(|died| {
            if died {
                guarded.mend();
            }
            let whole = guarded.is_whole();
            guarded.change(|| random.dawdle(Duration::from_micros(300)));
            whole
        })?;
        ensure!(whole == Some(true), "half done, and nobody was told to have died");
    }
}

/// The holder dies; somebody else wants the lock.
fn holder<M: Mutual, G: Guarded>(stage: &mut Stage, lock: M) -> Result<Outcome> {
    let guarded = G::make()?;
    let args = (lock.clone(), guarded.clone(), stage.random.below(u64::MAX));
    let child = Process::new(churn::<M, G>, args).start()?;
    stage.condemn(child.pid(), WITHIN)?;
    let outcome = loop {
        let seen = lock.with(|died| {
            let moment = now();
            let whole = guarded.is_whole();
            if died {
                guarded.mend();
            }
            (died, whole, moment)
        })?;
        match seen {
            None => ensure!(false, "the lock is wedged"),
            Some((true, _, moment)) => break stage.told_at(moment),
            Some((false, whole, moment)) => {
                ensure!(whole, "half done, and nobody was told to have died");
                if stage.death().is_some() {
                    break stage.right_at(moment);
                }
            }
        }
    };
    bury(child)?;
    let again = lock.with(|_| ())?;
    ensure!(again.is_some(), "the lock is wedged after the death");
    Ok(outcome)
}

pub(crate) fn lock_holder(stage: &mut Stage) -> Result<Outcome> {
    holder::<_, (Value<u64>, Value<u64>)>(stage, Lock::new()?)
}

pub(crate) fn rlock_holder(stage: &mut Stage) -> Result<Outcome> {
    holder::<_, (Value<u64>, Value<u64>)>(stage, RLock::new()?)
}

pub(crate) fn array_holder(stage: &mut Stage) -> Result<Outcome> {
    holder::<_, Array<u64>>(stage, Lock::new()?)
}

/// Takes the lock once, and says when it had it and whether the holder before died.
fn take<M: Mutual>(lock: M, waits: Queue<()>, had: Queue<(bool, u64)>) -> Result<()> {
    waits.put(&())?;
    match lock.with(|died| (died, now()))? {
        Some(seen) => had.put(&seen),
        None => {
            ensure!(false, "a living process waits for a free lock");
            Ok(())
        }
    }
}

/// One of two that wait dies about when the lock becomes free; the other one gets it.
fn waiter<M: Mutual>(stage: &mut Stage, lock: M) -> Result<Outcome> {
    let waits = Queue::bounded(2)?;
    let news = [Queue::bounded(1)?, Queue::bounded(1)?];
    let start = |had: &Queue<(bool, u64)>| {
        Process::new(take::<M>, (lock.clone(), waits.clone(), had.clone())).start()
    };
    let (mut living, mut released) = (Vec::new(), 0);
    let begun = lock.with(|_| -> Result<()> {
        living = news.iter().map(start).collect::<Result<_>>()?;
        waits.get()?;
        waits.get()?;
        stage.condemn(living[0].pid(), WITHIN / 2)?;
        stage.random.dawdle(WITHIN / 2);
        released = now();
        Ok(())
    })?;
    ensure!(begun.transpose()?.is_some(), "nobody had the lock");
    let Some((died, moment)) = news[1].get_timeout(HANG)? else {
        return Err(procesos::Error::usage("a living process waits for a free lock"));
    };
    let death = stage.await_death();
    let victim = living.swap_remove(0);
    let outcome = if died { stage.told_at(moment) } else { stage.right_at(moment) };
    // It may have had the lock and ended in time.
    let mut victim = victim;
    ensure!(victim.join_timeout(HANG)?.is_some(), "who was killed did not end");
    living.into_iter().try_for_each(dismiss)?;
    Ok(Outcome { after: Some(moment.saturating_sub(death.max(released))), ..outcome })
}

pub(crate) fn lock_waiter(stage: &mut Stage) -> Result<Outcome> {
    waiter(stage, Lock::new()?)
}

pub(crate) fn rlock_waiter(stage: &mut Stage) -> Result<Outcome> {
    waiter(stage, RLock::new()?)
}

/// A pattern of which half a store would be seen.
fn pattern(number: u64) -> u64 {
    (number << 32) | number
}

fn is_whole(bits: u64) -> bool {
    bits >> 32 == bits & u64::from(u32::MAX)
}

fn write(value: Value<u64>, array: Array<u64>) {
    for number in 1.. {
        value.set(pattern(number));
        array.set_slice(0, &[pattern(number); ELEMENTS]);
    }
}

/// Somebody dies who writes without a lock: no number is half one, half the other.
pub(crate) fn writer(stage: &mut Stage) -> Result<Outcome> {
    let (value, array) = (Value::new(0)?, Array::new(&[0; ELEMENTS])?);
    let child = Process::new(write, (value.clone(), array.clone())).start()?;
    stage.condemn(child.pid(), WITHIN)?;
    let moment = loop {
        let whole = is_whole(value.get()) && array.iter().all(is_whole);
        ensure!(whole, "a number is torn");
        if stage.death().is_some() {
            break now();
        }
    };
    bury(child)?;
    Ok(stage.right_at(moment))
}
