//! `Queue` when processes that use it are killed at any moment: nothing hangs, nothing published is lost or torn.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procesos::{Child, Process, Queue, Result, Value};

use crate::case::{Case, case};
use crate::parcel::Parcel;
use crate::random::Random;

/// Longest time for which a process works before it is killed.
const LONGEST_WORK: Duration = Duration::from_micros(600);
/// No message takes so long to come unless it never comes.
const HANG: Duration = Duration::from_secs(20);
const PRODUCERS_KILLED: u64 = 250;
const CONSUMERS_KILLED: u64 = 250;
const LARGE_CONSUMERS_KILLED: u64 = 12;
const BOTH_KILLED: u64 = 150;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(killing_producers_loses_and_tears_nothing_that_was_put),
        case!(killing_consumers_loses_only_what_they_held),
        case!(killing_consumers_of_large_messages_tears_nothing),
        case!(killing_waiting_processes_takes_no_wake_from_the_living),
        case!(killing_both_sides_of_a_busy_queue_never_wedges_it),
        case!(the_system_kills_nobody_who_waits_for_the_dead_longer_than_a_moment),
    ]
}

pub(crate) fn slay(child: Child) -> Result<()> {
    kill(Pid::from_raw(child.pid().cast_signed()), Signal::SIGKILL).expect("it is not joined yet");
    assert_eq!(child.join()?.signal(), Some(9));
    Ok(())
}

/// Puts parcels from the number `next` on, and tells after each that it is put.
fn produce(out: Queue<Parcel>, next: Value<u64>, longest: usize) -> Result<()> {
    let mut random = Random::new(next.get() + 1);
    loop {
        out.put(&Parcel::new(1, next.get(), random.length(longest)))?;
        next.set(next.get() + 1);
    }
}

fn killing_producers_loses_and_tears_nothing_that_was_put() -> Result<()> {
    let queue = Queue::bounded(8)?;
    let (next, mut random, mut expected) = (Value::new(0_u64)?, Random::new(1), 0);
    for round in 0..PRODUCERS_KILLED {
        let longest = if round % 2 == 0 { 300 } else { 40_000 };
        let child = Process::new(produce, (queue.clone(), next.clone(), longest)).start()?;
        for _ in 0..random.below(20) {
            let parcel = queue.get_timeout(HANG)?.expect("a living producer produces");
            assert!(parcel.is_whole());
            assert_eq!(parcel.number, expected);
            expected += 1;
        }
        random.dawdle(LONGEST_WORK);
        slay(child)?;
        while let Some(parcel) = queue.try_get()? {
            assert!(parcel.is_whole(), "parcel {} is torn", parcel.number);
            assert_eq!(parcel.number, expected);
            expected += 1;
        }
        // The last one may be put and not told.
        assert!(expected == next.get() || expected == next.get() + 1, "{expected} of {}", next.get());
        next.set(expected);
    }
    Ok(())
}

/// Passes the numbers of whole parcels on.
fn consume(from: Queue<Parcel>, numbers: Queue<u64>) -> Result<()> {
    loop {
        let parcel = from.get()?;
        assert!(parcel.is_whole(), "parcel {} is torn", parcel.number);
        numbers.put(&parcel.number)?;
    }
}

/// Passes the numbers of parcels on as fast as it can, so that it is in the queue when it is killed.
fn skim(from: Queue<Parcel>, numbers: Queue<u64>) -> Result<()> {
    loop {
        numbers.put(&from.get()?.number)?;
    }
}

type Consumer = fn(Queue<Parcel>, Queue<u64>) -> Result<()>;

/// Kills one consumer after the other, each while up to so many parcels of less than `longest` bytes come.
fn kill_consumers(consumer: Consumer, rounds: u64, parcels: u64, longest: usize) -> Result<()> {
    let (queue, numbers) = (Queue::bounded(4)?, Queue::bounded(1000)?);
    let (mut random, mut next, mut seen) = (Random::new(2), 0, Vec::new());
    for _ in 0..rounds {
        let child = Process::new(consumer, (queue.clone(), numbers.clone())).start()?;
        for _ in 0..=random.below(parcels) {
            let length = longest - random.length(longest / 4);
            assert!(queue.put_timeout(&Parcel::new(2, next, length), HANG)?, "a living consumer consumes");
            next += 1;
        }
        random.dawdle(LONGEST_WORK);
        slay(child)?;
        while let Some(number) = numbers.try_get()? {
            seen.push(number);
        }
    }
    while let Some(parcel) = queue.try_get()? {
        assert!(parcel.is_whole(), "parcel {} is torn", parcel.number);
        seen.push(parcel.number);
    }
    assert!(seen.is_sorted_by(|a, b| a < b), "nothing is got twice or out of order");
    let lost = next - seen.len() as u64;
    assert!(lost <= rounds, "{lost} of {next} parcels are lost in {rounds} deaths");
    Ok(())
}

fn killing_consumers_loses_only_what_they_held() -> Result<()> {
    kill_consumers(consume, CONSUMERS_KILLED, 12, 2000)
}

fn killing_consumers_of_large_messages_tears_nothing() -> Result<()> {
    // So large that their bytes are given back to the system as soon as they are got.
    kill_consumers(skim, LARGE_CONSUMERS_KILLED, 2, 12_000_000)
}

fn wait_for_one(from: Queue<u64>, to: Queue<u64>) -> Result<()> {
    to.put(&from.get()?)
}

fn killing_waiting_processes_takes_no_wake_from_the_living() -> Result<()> {
    for round in 0..30 {
        let (from, to) = (Queue::bounded(4)?, Queue::bounded(4)?);
        let start = |_| Process::new(wait_for_one, (from.clone(), to.clone())).start();
        let mut waiting = (0..4).map(start).collect::<Result<Vec<_>>>()?;
        Random::new(round).dawdle(LONGEST_WORK);
        slay(waiting.swap_remove(0))?;
        slay(waiting.swap_remove(1))?;
        from.put(&round)?;
        from.put(&round)?;
        for child in waiting {
            assert!(to.get_timeout(HANG)?.is_some(), "a living process waits beside an item");
            assert!(child.join()?.success());
        }
    }
    Ok(())
}

fn killing_both_sides_of_a_busy_queue_never_wedges_it() -> Result<()> {
    let (queue, numbers) = (Queue::bounded(3)?, Queue::bounded(100_000)?);
    let mut random = Random::new(4);
    let produce_for = |sender: u32| {
        let target = |out: Queue<Parcel>, sender: u32| -> Result<()> {
            (0..).try_for_each(|number| out.put(&Parcel::new(sender, number, 3000)))
        };
        Process::new(target, (queue.clone(), sender)).start()
    };
    let consumer = || Process::new(consume, (queue.clone(), numbers.clone())).start();
    let mut living = vec![produce_for(0)?, produce_for(1)?, consumer()?, consumer()?];
    for round in 0..BOTH_KILLED {
        let victim = random.length(living.len());
        random.dawdle(LONGEST_WORK);
        let heir = if victim < 2 { produce_for(u32::try_from(round).unwrap_or(0))? } else { consumer()? };
        slay(std::mem::replace(&mut living[victim], heir))?;
        assert!(numbers.get_timeout(HANG)?.is_some(), "the queue is wedged after {round} deaths");
        while numbers.try_get()?.is_some() {}
    }
    living.into_iter().try_for_each(slay)?;
    while let Some(parcel) = queue.try_get()? {
        assert!(parcel.is_whole());
    }
    Ok(())
}

fn the_system_kills_nobody_who_waits_for_the_dead_longer_than_a_moment() -> Result<()> {
    // The holder of the ring's lock is killed while it copies; the next one takes over at once.
    let queue = Queue::bounded(2)?;
    for round in 0..40 {
        let target = |out: Queue<Parcel>| -> Result<()> {
            (0..).try_for_each(|number| out.put(&Parcel::new(3, number, 1_000_000)))
        };
        let child = Process::new(target, (queue.clone(),)).start()?;
        Random::new(round).dawdle(3 * LONGEST_WORK);
        slay(child)?;
        while let Some(parcel) = queue.try_get()? {
            assert!(parcel.is_whole());
        }
        assert!(queue.put_timeout(&Parcel::new(4, round, 10), HANG)?);
        assert_eq!(queue.get_timeout(HANG)?.map(|parcel| (parcel.sender, parcel.number)), Some((4, round)));
    }
    Ok(())
}
