//! `Barrier`: nobody passes before all have come, and nobody waits for one that will not.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procesos::{Barrier, Child, Process, Queue, Result, Value};

use crate::case::{Case, Text, case};
use crate::queue_death::slay;
use crate::random::Random;

const N: usize = 5;
/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
const HANG: Duration = Duration::from_secs(20);
const PASSES: u64 = 1_000;
const KILLED: u64 = 60;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(nobody_passes_before_all_have_come),
        case!(a_barrier_is_passed_many_times_in_lockstep),
        case!(each_gets_another_number),
        case!(a_barrier_for_one_holds_nobody_up),
        case!(abort_breaks_it_for_who_waits_and_who_comes),
        case!(reset_sends_those_away_who_wait_and_it_is_as_new),
        case!(a_broken_barrier_can_be_reset),
        case!(a_time_limit_breaks_it_for_all),
        case!(the_number_of_those_that_wait_is_seen),
        case!(a_barrier_for_nobody_is_refused),
        case!(the_error_is_told_in_spanish).in_spanish(),
        case!(a_process_that_is_killed_while_it_waits_breaks_it),
        case!(any_of_many_that_wait_breaks_it_when_killed),
        case!(several_of_many_that_wait_break_it_when_killed),
        case!(killing_at_any_moment_leaves_nobody_waiting_for_ever).stderr(Text::Judged),
    ]
}

/// So many children that do the same.
fn start(count: usize, target: impl Fn() -> Result<Child>) -> Result<Vec<Child>> {
    (0..count).map(|_| target()).collect()
}

fn all_succeed(children: Vec<Child>) -> Result<()> {
    for child in children {
        assert!(child.join()?.success());
    }
    Ok(())
}

/// Waits at the barrier until that many wait.
fn until_waiting(barrier: &Barrier, count: usize) {
    while barrier.waiting() != count {
        std::thread::yield_now();
    }
}

fn pass(barrier: Barrier, out: Queue<usize>) -> Result<()> {
    out.put(&barrier.wait()?)
}

fn nobody_passes_before_all_have_come() -> Result<()> {
    let (barrier, out) = (Barrier::new(N)?, Queue::bounded(N)?);
    let children = start(N - 1, || Process::new(pass, (barrier.clone(), out.clone())).start())?;
    until_waiting(&barrier, N - 1);
    assert_eq!(out.get_timeout(MOMENT)?, None);
    assert_eq!(barrier.wait()?, N - 1, "the last one to come");
    assert_eq!(barrier.parties(), N);
    all_succeed(children)
}

fn a_barrier_is_passed_many_times_in_lockstep() -> Result<()> {
    fn step(barrier: Barrier, own: Value<u64>, others: Vec<Value<u64>>) -> Result<()> {
        for round in 1..=PASSES {
            own.set(round);
            barrier.wait()?;
            assert!(others.iter().all(|other| other.get() == round));
            barrier.wait()?;
        }
        Ok(())
    }
    let barrier = Barrier::new(3)?;
    let values = (0..3).map(|_| Value::new(0)).collect::<Result<Vec<_>>>()?;
    let start = |own: &Value<u64>| Process::new(step, (barrier.clone(), own.clone(), values.clone())).start();
    all_succeed(values.iter().map(start).collect::<Result<_>>()?)?;
    assert!(!barrier.is_broken());
    assert_eq!(barrier.waiting(), 0);
    Ok(())
}

fn each_gets_another_number() -> Result<()> {
    let (barrier, out) = (Barrier::new(N)?, Queue::bounded(N)?);
    all_succeed(start(N, || Process::new(pass, (barrier.clone(), out.clone())).start())?)?;
    let mut numbers = (0..N).map(|_| out.get()).collect::<Result<Vec<_>>>()?;
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    Ok(())
}

fn a_barrier_for_one_holds_nobody_up() -> Result<()> {
    let barrier = Barrier::new(1)?;
    assert_eq!((barrier.wait()?, barrier.wait()?, barrier.wait_timeout(Duration::ZERO)?), (0, 0, 0));
    Ok(())
}

fn fail(barrier: Barrier) {
    assert!(barrier.wait().is_err_and(|e| e.is_broken_barrier()));
}

fn abort_breaks_it_for_who_waits_and_who_comes() -> Result<()> {
    let barrier = Barrier::new(N)?;
    let children = start(N - 1, || Process::new(fail, (barrier.clone(),)).start())?;
    until_waiting(&barrier, N - 1);
    barrier.abort()?;
    all_succeed(children)?;
    assert!(barrier.is_broken());
    fail(barrier.clone());
    assert!(barrier.wait_timeout(HANG).is_err_and(|e| e.is_broken_barrier()));
    assert_eq!(barrier.waiting(), 0);
    Ok(())
}

fn reset_sends_those_away_who_wait_and_it_is_as_new() -> Result<()> {
    let (barrier, out) = (Barrier::new(N)?, Queue::bounded(N)?);
    let children = start(N - 1, || Process::new(fail, (barrier.clone(),)).start())?;
    until_waiting(&barrier, N - 1);
    barrier.reset()?;
    all_succeed(children)?;
    assert!(!barrier.is_broken());
    all_succeed(start(N, || Process::new(pass, (barrier.clone(), out.clone())).start())?)
}

fn a_broken_barrier_can_be_reset() -> Result<()> {
    let (barrier, out) = (Barrier::new(2)?, Queue::bounded(2)?);
    barrier.abort()?;
    barrier.abort()?;
    barrier.reset()?;
    all_succeed(start(2, || Process::new(pass, (barrier.clone(), out.clone())).start())?)?;
    assert!(!barrier.is_broken());
    Ok(())
}

fn a_time_limit_breaks_it_for_all() -> Result<()> {
    let barrier = Barrier::new(N)?;
    let children = start(N - 2, || Process::new(fail, (barrier.clone(),)).start())?;
    until_waiting(&barrier, N - 2);
    let begun = Instant::now();
    assert!(barrier.wait_timeout(MOMENT).is_err_and(|e| e.is_broken_barrier()));
    assert!(begun.elapsed() >= MOMENT);
    all_succeed(children)?;
    assert!(barrier.is_broken());
    Ok(())
}

fn the_number_of_those_that_wait_is_seen() -> Result<()> {
    let (barrier, out) = (Barrier::new(3)?, Queue::bounded(3)?);
    assert_eq!(barrier.waiting(), 0);
    let children = start(2, || Process::new(pass, (barrier.clone(), out.clone())).start())?;
    until_waiting(&barrier, 2);
    barrier.wait()?;
    all_succeed(children)?;
    assert_eq!(barrier.waiting(), 0);
    Ok(())
}

fn a_barrier_for_nobody_is_refused() -> Result<()> {
    let told = Barrier::new(0).expect_err("nobody would come").to_string();
    assert_eq!(told, "a barrier is for at least 1 process");
    Ok(())
}

fn the_error_is_told_in_spanish() -> Result<()> {
    let barrier = Barrier::new(2)?;
    barrier.abort()?;
    let told = barrier.wait().expect_err("it is broken").to_string();
    assert!(told.starts_with("la barrera está rota: alguno no va a llegar"), "{told}");
    Ok(())
}

fn a_process_that_is_killed_while_it_waits_breaks_it() -> Result<()> {
    fn wait(barrier: Barrier) -> Result<()> {
        barrier.wait().map(drop)
    }
    let barrier = Barrier::new(4)?;
    let victim = Process::new(wait, (barrier.clone(),)).start()?;
    until_waiting(&barrier, 1);
    let others = start(2, || Process::new(fail, (barrier.clone(),)).start())?;
    until_waiting(&barrier, 3);
    slay(victim)?;
    all_succeed(others)?;
    assert!(barrier.is_broken());
    Ok(())
}

/// Each of many that wait looks after few of the others.
fn kill_among_many(victims: &[usize]) -> Result<()> {
    const MANY: usize = 24;
    let barrier = Barrier::new(MANY + 1)?;
    let mut children = start(MANY, || Process::new(fail, (barrier.clone(),)).start())?;
    until_waiting(&barrier, MANY);
    for victim in victims {
        let pid = Pid::from_raw(children[*victim].pid().cast_signed());
        kill(pid, Signal::SIGKILL).expect("it is not joined yet");
    }
    // From the last one on, so that the others keep their places. The first death may have sent them away before theirs.
    for victim in victims.iter().rev() {
        children.remove(*victim).join()?;
    }
    all_succeed(children)?;
    assert!(barrier.is_broken());
    Ok(())
}

fn any_of_many_that_wait_breaks_it_when_killed() -> Result<()> {
    (0..24).step_by(5).try_for_each(|victim| kill_among_many(&[victim]))
}

fn several_of_many_that_wait_break_it_when_killed() -> Result<()> {
    // All that look after the last one of these are dead, too.
    kill_among_many(&[5, 6, 7, 8, 9, 10, 11])?;
    kill_among_many(&(0..23).collect::<Vec<_>>())
}

fn killing_at_any_moment_leaves_nobody_waiting_for_ever() -> Result<()> {
    fn pass_for_ever(barrier: Barrier) -> Result<()> {
        loop {
            if barrier.wait().is_err() {
                return Ok(());
            }
        }
    }
    let mut random = Random::new(5);
    for _ in 0..KILLED {
        let barrier = Barrier::new(3)?;
        let mut children = start(3, || Process::new(pass_for_ever, (barrier.clone(),)).start())?;
        random.dawdle(Duration::from_micros(800));
        slay(children.swap_remove(random.length(3)))?;
        // It may have been killed when it was not waiting: then nobody can know that it will not come.
        let breaker = Process::new(
            |barrier: Barrier| {
                procesos::sleep(Duration::from_millis(2));
                barrier.abort()
            },
            (barrier.clone(),),
        );
        let breaker = breaker.start()?;
        all_succeed(children)?;
        assert!(breaker.join()?.success() && barrier.is_broken());
    }
    Ok(())
}
