//! `Pool` when its workers, or its owner, are killed at any moment: an error of the tasks that they had, and nothing else.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procesos::{AsyncResult, Pool, Process, Queue, Result};

use crate::case::{Case, case};
use crate::queue_death::slay;
use crate::random::Random;

/// Longest time after which a worker is killed.
const LONGEST_WORK: Duration = Duration::from_micros(900);
const ROUNDS: u64 = 120;
const TASKS: u64 = 60;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(the_end_of_a_worker_is_an_error_of_its_task),
        case!(the_end_of_a_worker_in_a_map_is_told_although_the_others_go_on),
        case!(when_the_last_worker_has_ended_no_task_is_waited_for),
        case!(an_idle_worker_that_is_killed_is_not_missed),
        case!(who_is_joined_or_closed_may_have_been_killed),
        case!(killing_workers_at_any_moment_costs_only_their_tasks),
        case!(killing_all_workers_at_any_moment_hangs_nobody),
        case!(workers_end_when_their_owner_is_killed),
    ]
}

fn murder(pid: u32) {
    kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL).expect("it is not joined yet");
}

fn work(n: u64) -> u64 {
    (0..n % 400).fold(n, |sum, step| sum.wrapping_mul(31).wrapping_add(std::hint::black_box(step)))
}

/// Kills its own process.
fn die(_: u64) -> u64 {
    murder(procesos::pid());
    0
}

fn sleep_long(_: u64) -> u64 {
    procesos::sleep(Duration::from_secs(3_600));
    0
}

fn the_end_of_a_worker_is_an_error_of_its_task() -> Result<()> {
    let pool = Pool::new(2)?;
    let error = pool.apply(die, 0).expect_err("it dies");
    assert!(error.is_worker_died() && !error.is_task_failed() && !error.is_closed());
    let (worker, pid) = error.worker().expect("it is known who");
    assert_eq!(pool.pids()[worker as usize - 1], pid);
    let told = format!("worker {worker} of the Pool ended (SIGKILL) without having done task 0");
    assert_eq!((error.to_string(), error.task()), (told, Some(0)));
    assert_eq!(pool.map(work, 0..5)?, (0..5).map(work).collect::<Vec<_>>(), "the other one goes on");
    let exit = |code: i32| -> i32 { std::process::exit(code) };
    let error = pool.apply(exit, 3).expect_err("it exits");
    assert!(error.to_string().contains("ended (exit code 3)"), "{error}");
    Ok(())
}

fn the_end_of_a_worker_in_a_map_is_told_although_the_others_go_on() -> Result<()> {
    fn third_dies(n: u64) -> u64 {
        if n == 3 { die(n) } else { sleep_long(n) }
    }
    let pool = Pool::new(4)?;
    let error = pool.map(third_dies, 0..4).expect_err("one dies");
    assert_eq!(error.task(), Some(3));
    pool.terminate()?;
    pool.join()
}

fn when_the_last_worker_has_ended_no_task_is_waited_for() -> Result<()> {
    let pool = Pool::new(1)?;
    let (first, second) = (pool.apply_async(die, 0)?, pool.apply_async(work, 1)?);
    assert!(first.get().expect_err("it dies").worker().is_some());
    let error = second.get().expect_err("nobody is left");
    assert!(error.is_worker_died() && error.worker().is_none());
    assert_eq!(error.to_string(), "nobody will do task 0 of the Pool: all its workers have ended");
    assert!(second.ready() && second.wait_timeout(Duration::ZERO)?);
    assert!(pool.map(work, 0..9).expect_err("nobody is left").is_worker_died());
    let mut results = pool.imap_unordered(work, 0..3)?;
    assert!(results.all(|result| result.is_err_and(|e| e.is_worker_died())));
    pool.close()?;
    pool.join()
}

fn an_idle_worker_that_is_killed_is_not_missed() -> Result<()> {
    let pool = Pool::new(3)?;
    for (killed, pid) in pool.pids().into_iter().enumerate() {
        assert_eq!(pool.map(work, 0..20)?.len(), 20, "{killed} were killed");
        murder(pid);
    }
    Ok(())
}

fn who_is_joined_or_closed_may_have_been_killed() -> Result<()> {
    let pool = Pool::new(2)?;
    let (lost, done) = (pool.apply_async(sleep_long, 0)?, pool.apply_async(work, 7)?);
    assert_eq!(done.get()?, work(7));
    pool.pids().into_iter().for_each(murder);
    pool.close()?;
    pool.join()?;
    assert!(lost.get().is_err_and(|e| e.is_worker_died()));
    Ok(())
}

/// What came of the tasks with numbers from 0: right or an error of a worker's end; how many of those.
fn lost(handles: Vec<AsyncResult<u64>>) -> usize {
    let numbers = 0..handles.len() as u64;
    let outcomes = numbers.zip(handles).map(|(n, handle)| match handle.get() {
        Ok(value) => {
            assert_eq!(value, work(n));
            0
        }
        Err(error) => {
            assert!(error.is_worker_died(), "{error}");
            1
        }
    });
    outcomes.sum()
}

fn killing_workers_at_any_moment_costs_only_their_tasks() -> Result<()> {
    let mut random = Random::new(11);
    for round in 0..ROUNDS {
        let pool = Pool::new(3)?;
        let pids = pool.pids();
        let handles = (0..TASKS).map(|n| pool.apply_async(work, n)).collect::<Result<Vec<_>>>()?;
        random.dawdle(LONGEST_WORK);
        let killed = 1 + usize::from(round % 3 == 0);
        pids.iter().take(killed).for_each(|pid| murder(*pid));
        assert!(lost(handles) <= killed, "each had one task at most");
        assert_eq!(pool.map(work, 0..10)?, (0..10).map(work).collect::<Vec<_>>());
        if round % 2 == 0 {
            pool.close()?;
            pool.join()?;
        }
    }
    Ok(())
}

fn killing_all_workers_at_any_moment_hangs_nobody() -> Result<()> {
    let mut random = Random::new(12);
    for _ in 0..ROUNDS {
        let pool = Pool::new(2)?;
        let handles = (0..TASKS).map(|n| pool.apply_async(work, n)).collect::<Result<Vec<_>>>()?;
        for pid in pool.pids() {
            random.dawdle(LONGEST_WORK / 2);
            murder(pid);
        }
        lost(handles);
        assert!(pool.apply(work, 1).is_err_and(|e| e.is_worker_died()));
        pool.close()?;
        pool.join()?;
    }
    Ok(())
}

fn own_a_pool(begun: Queue<()>) -> Result<()> {
    let pool = Pool::new(3)?;
    let _asleep = pool.apply_async(|begun: u64| begun, 0)?;
    pool.map(work, 0..9)?;
    begun.put(&())?;
    loop {
        procesos::sleep(Duration::from_secs(1));
    }
}

fn workers_end_when_their_owner_is_killed() -> Result<()> {
    // The frame of every case waits until all that it started has ended.
    let begun = Queue::bounded(1)?;
    let owner = Process::new(own_a_pool, (begun.clone(),)).start()?;
    begun.get()?;
    slay(owner)
}
