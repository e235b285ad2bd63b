//! Who puts into a `Queue`, gets from it, or waits for its tasks.

use std::collections::BTreeSet;
use std::time::Duration;

use procesos::{Error, Process, Queue, Result, Value};

use crate::parcel::Parcel;
use crate::random::Random;
use crate::stage::{HANG, Outcome, Stage, bury, dismiss, ensure, now};

const WITHIN: Duration = Duration::from_millis(1);
const MOMENT: Duration = Duration::from_micros(200);
const VICTIM: u32 = 1;
const OTHER: u32 = 2;

/// Puts parcels, each with the moment in which its putting began, and tells after each how many there are.
fn produce(
    to: Queue<(Parcel, u64)>,
    sender: u32,
    longest: usize,
    told: Value<u64>,
    stop: Value<bool>,
) -> Result<()> {
    let mut random = Random::new(u64::from(sender));
    for number in 0.. {
        if stop.get() {
            break;
        }
        let parcel = Parcel::new(sender, number, random.length(longest));
        to.put(&(parcel, now()))?;
        told.set(number + 1);
    }
    Ok(())
}

/// One of two that put dies: what comes is whole and in order, the other one goes on.
fn putter(stage: &mut Stage, longest: usize) -> Result<Outcome> {
    let (queue, stop) = (Queue::bounded(4)?, Value::new(false)?);
    let told = [Value::new(0)?, Value::new(0)?];
    let start = |sender: u32, told: &Value<u64>| {
        Process::new(produce, (queue.clone(), sender, longest, told.clone(), stop.clone())).start()
    };
    let (victim, mut other) = (start(VICTIM, &told[0])?, start(OTHER, &told[1])?);
    stage.condemn(victim.pid(), WITHIN)?;
    let mut expected = [0, 0];
    let mut take = |(parcel, begun): (Parcel, u64)| -> Result<Option<u64>> {
        ensure!(parcel.is_whole(), "parcel {} is torn", parcel.number);
        let next = &mut expected[usize::from(parcel.sender == OTHER)];
        ensure!(parcel.number == *next, "parcel {} came where {next} should", parcel.number);
        *next += 1;
        Ok(Some(begun).filter(|_| parcel.sender == OTHER))
    };
    let moment = loop {
        let Some(item) = queue.get_timeout(HANG)? else {
            return Err(Error::usage("the queue is wedged"));
        };
        if let (Some(begun), Some(death)) = (take(item)?, stage.death())
            && begun > death
        {
            break now();
        }
    };
    stop.set(true);
    while other.is_alive()? {
        queue.get_timeout(MOMENT)?.map(&mut take).transpose()?;
    }
    while let Some(item) = queue.try_get()? {
        take(item)?;
    }
    let put = told.map(|told| told.get());
    // The last one of who died may be put and not told.
    ensure!(
        expected[1] == put[1] && (put[0]..=put[0] + 1).contains(&expected[0]),
        "{expected:?} came of {put:?}"
    );
    bury(victim)?;
    dismiss(other)?;
    Ok(stage.right_at(moment))
}

pub(crate) fn small_putter(stage: &mut Stage) -> Result<Outcome> {
    putter(stage, 300)
}

pub(crate) fn large_putter(stage: &mut Stage) -> Result<Outcome> {
    putter(stage, 200_000)
}

type News = (u32, u64, u64);

/// Passes on what it got, and when.
fn consume(from: Queue<Option<Parcel>>, who: u32, news: Queue<News>) -> Result<()> {
    while let Some(parcel) = from.get()? {
        ensure!(parcel.is_whole(), "parcel {} is torn", parcel.number);
        news.put(&(who, parcel.number, now()))?;
    }
    Ok(())
}

/// One of two that get dies: at most what it had is lost, nothing comes twice, the other one goes on.
fn getter(stage: &mut Stage, longest: usize) -> Result<Outcome> {
    let (queue, news) = (Queue::bounded(4)?, Queue::bounded(1 << 20)?);
    let start = |who: u32| Process::new(consume, (queue.clone(), who, news.clone())).start();
    let (victim, other) = (start(VICTIM)?, start(OTHER)?);
    stage.condemn(victim.pid(), WITHIN)?;
    let (mut next, mut seen, mut moment) = (0, BTreeSet::new(), None);
    let mut lengths = Random::new(stage.random.below(u64::MAX));
    while moment.is_none() {
        let parcel = Some(Parcel::new(0, next, lengths.length(longest)));
        ensure!(queue.put_timeout(&parcel, HANG)?, "the queue is wedged");
        next += 1;
        while let Some((who, number, at)) = news.try_get()? {
            ensure!(seen.insert(number), "parcel {number} came twice");
            let after_death = who == OTHER && stage.death().is_some_and(|death| at > death);
            moment = moment.or(after_death.then_some(at));
        }
    }
    ensure!(queue.put_timeout(&None, HANG)?, "the queue is wedged");
    dismiss(other)?;
    bury(victim)?;
    while let Some((_, number, _)) = news.try_get()? {
        ensure!(seen.insert(number), "parcel {number} came twice");
    }
    let lost = next - seen.len() as u64;
    ensure!(lost <= 1, "{lost} of {next} parcels are lost by one death");
    moment.map(|moment| stage.right_at(moment)).ok_or_else(|| Error::usage("nothing was got"))
}

pub(crate) fn small_getter(stage: &mut Stage) -> Result<Outcome> {
    getter(stage, 300)
}

pub(crate) fn large_getter(stage: &mut Stage) -> Result<Outcome> {
    getter(stage, 200_000)
}

fn join_and_tell(queue: Queue<u32>, joins: Queue<()>, done: Queue<u64>) -> Result<()> {
    joins.put(&())?;
    queue.join()?;
    done.put(&now())
}

/// One of two that wait for the tasks dies about when the last one is done: the other one goes on.
pub(crate) fn joiner(stage: &mut Stage) -> Result<Outcome> {
    const TASKS: u32 = 3;
    let (queue, joins) = (Queue::bounded(TASKS as usize)?, Queue::bounded(2)?);
    (0..TASKS).try_for_each(|task| queue.put(&task))?;
    let done = [Queue::bounded(1)?, Queue::bounded(1)?];
    let start =
        |done: &Queue<u64>| Process::new(join_and_tell, (queue.clone(), joins.clone(), done.clone())).start();
    let (mut victim, other) = (start(&done[0])?, start(&done[1])?);
    joins.get()?;
    joins.get()?;
    stage.condemn(victim.pid(), WITHIN)?;
    for _ in 0..TASKS {
        queue.get()?;
        stage.random.dawdle(WITHIN / TASKS);
        queue.task_done()?;
    }
    let all = now();
    let Some(moment) = done[1].get_timeout(HANG)? else {
        return Err(Error::usage("a living process waits for tasks that are done"));
    };
    let death = stage.await_death();
    // It may have gone on and ended in time.
    ensure!(victim.join_timeout(HANG)?.is_some(), "who was killed did not end");
    dismiss(other)?;
    Ok(Outcome { after: Some(moment.saturating_sub(death.max(all))), ..stage.right_at(moment) })
}
