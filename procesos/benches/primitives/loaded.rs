//! Waiting on a machine that is busy: processes that compute without end stand beside those that wait for one another.
//!
//! The library yields for a while before it sleeps, which is quick where a processor is free and must not cost where none is. So
//! each figure is compared with a wait that sleeps at once: the raw mechanism. A process learns how busy the machine is, so each
//! round is a program of its own, which has learnt nothing yet.

use std::env;
use std::hint::spin_loop;
use std::process::Command;
use std::thread::available_parallelism;

use procesos::{Child, Process, Result};

use super::others::round;
use super::rounds::median;
use super::table::{figure, how_busy};
use super::{locks, messages, processes, raw, signals};

/// Argument of the program of one round, before the name of the wait.
pub(super) const ONE: &str = "--wait";
/// Few, since each may take milliseconds here.
const TRIPS: u32 = 3_000;
const LOCKS: u32 = 100_000;

/// A wait: its name, a round of ours, and of what sleeps at once.
type Wait = (&'static str, fn() -> Result<f64>, fn() -> f64);

const WAITS: [Wait; 6] = [
    ("round trip, Connection", || messages::round_trip_pipe(TRIPS), || raw::round_trip(TRIPS)),
    ("round trip, two Queues", || messages::round_trip_queues(TRIPS), || raw::round_trip_futex(TRIPS)),
    ("round trip, two Events", || signals::round_trip_events(TRIPS), || raw::round_trip_futex(TRIPS)),
    ("Lock, 2 processes", || locks::locks(2, LOCKS), || raw::locks(2, LOCKS)),
    ("Manager, an element of a list", || processes::manager(TRIPS), || raw::round_trip_futex(TRIPS)),
    ("Pool(2), apply", || processes::apply(TRIPS), || raw::round_trip_futex(TRIPS)),
];

fn compute() {
    loop {
        spin_loop();
    }
}

/// Prints a table for no such process, one a processor and two a processor.
pub(super) fn tell(rounds: usize) -> Result<()> {
    println!(
        "Microseconds a wait beside processes that compute without end: medians of {rounds} rounds in turn."
    );
    println!(
        "blocking: the raw mechanism, which sleeps at once; ratio: ours to that, a median of single rounds."
    );
    println!("{}", how_busy());
    let processors = available_parallelism().map_or(1, usize::from);
    for busy in [0, processors, 2 * processors] {
        println!("\n{:<31}{:>10}{:>10}{:>8}", format!("{busy} beside it"), "procesos", "blocking", "ratio");
        let beside = (0..busy).map(|_| Process::new(compute, ()).start()).collect::<Result<Vec<_>>>()?;
        let told = WAITS.iter().try_for_each(|wait| row(wait, rounds));
        beside.into_iter().try_for_each(end)?;
        told?;
    }
    Ok(())
}

/// In the program of a round: prints the figure of the wait with this name.
pub(super) fn tell_one(name: &str) -> Result<()> {
    if let Some((_, ours, _)) = WAITS.iter().find(|(known, ..)| *known == name) {
        println!("{}", ours()?);
    }
    Ok(())
}

fn row((name, _, blocking): &Wait, rounds: usize) -> Result<()> {
    let program = env::current_exe().expect("this program has a path");
    let ours = || round(Command::new(&program).args([ONE, name]));
    let pairs: Vec<(f64, f64)> = (0..rounds).filter_map(|_| Some((ours()?, blocking()))).collect();
    let median = |of: fn(&(f64, f64)) -> f64| median(pairs.iter().map(of));
    let ratio = median(|(ours, blocking)| ours / blocking).unwrap_or(f64::NAN);
    let (ours, blocking) = (figure(median(|pair| pair.0)), figure(median(|pair| pair.1)));
    println!("{name:<31}{ours:>10}{blocking:>10}{ratio:>8.2}");
    Ok(())
}

fn end(mut busy: Child) -> Result<()> {
    busy.terminate()?;
    busy.join().map(drop)
}
