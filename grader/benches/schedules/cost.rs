//! What a schedule costs beside the same number of raw forks and futex hand-offs; what recording costs; whether replays are the
//! same.

use std::time::Instant;

use grader::judge::judge;
use grader::run::{Execution, run_scenario};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use procesos_schedule::{Kind, Order};

use super::subject::{Subject, arguments, scenario};
use super::{low, median, random_order, row, settings};

const ROUNDS: usize = 7;

/// Hand-offs of an execution: changes of who is picked.
fn handoffs(execution: &Execution) -> usize {
    execution.report.as_ref().unwrap().picks.len()
}

/// Everything that is told here.
pub(crate) fn tell(subject: &Subject) {
    println!("{:<58}{:>12}  to reach", format!("{ROUNDS} rounds in turn"), "");
    for (processes, times, executions) in [(4, 5, 100), (8, 24, 20)] {
        schedules(subject, processes, times, executions);
    }
    tracing(subject);
    replays(subject);
}

/// A schedule beside forks and hand-offs by hand.
fn schedules(subject: &Subject, processes: u32, times: u32, executions: u32) {
    let args = arguments(["count", &processes.to_string(), &times.to_string()]);
    let scenario = scenario(args.clone());
    let mut controlled = subject.control(&args);
    let first: Vec<Execution> =
        (0..20).map(|index| controlled.execute(&random_order(index)).unwrap()).collect();
    let points = first[0].report.as_ref().unwrap().steps;
    let switches = first.iter().map(handoffs).sum::<usize>() / first.len();
    let all = processes + 1;
    let raw_args = arguments(["raw", &all.to_string(), &switches.to_string(), &executions.to_string()]);
    let (mut raw, mut run, mut judged) = (Vec::new(), Vec::new(), Vec::new());
    let (mut raw_cpu, mut run_cpu, mut own_cpu) = (Vec::new(), Vec::new(), Vec::new());
    let micros = |begun: Instant| begun.elapsed().as_secs_f64() * 1e6;
    let each = |before: f64, who| (cpu_micros(who) - before) / f64::from(executions);
    drop(controlled);
    for round in 0..ROUNDS as u64 {
        let (before, own) = (cpu_micros(UsageWho::RUSAGE_CHILDREN), cpu_micros(UsageWho::RUSAGE_SELF));
        raw.extend(subject.printed(&raw_args));
        raw_cpu.push(each(before, UsageWho::RUSAGE_CHILDREN));
        let before = cpu_micros(UsageWho::RUSAGE_CHILDREN);
        let mut controlled = subject.control(&args);
        for index in 0..u64::from(executions) {
            let begun = Instant::now();
            let execution = controlled.execute(&random_order(round * 1_000 + index)).unwrap();
            run.push(micros(begun));
            std::hint::black_box(judge(&scenario, &execution.run));
            judged.push(micros(begun));
        }
        drop(controlled);
        run_cpu.push(each(before, UsageWho::RUSAGE_CHILDREN));
        own_cpu.push(each(own, UsageWho::RUSAGE_SELF));
    }
    println!("{all} processes, {points} points, {switches} hand-offs");
    let table = |unit: &str, raw: f64, run: f64, judged: f64| {
        row(&format!("  forks and hand-offs by hand, {unit}"), &format!("{raw:.0}"), "");
        row(&format!("  a schedule, {unit}"), &format!("{run:.0}"), "");
        row("    against that", &format!("{:.2}", run / raw), "<= 1.3");
        row(&format!("  a schedule, read and judged, {unit}"), &format!("{judged:.0}"), "");
        row("    against that", &format!("{:.2}", judged / raw), "<= 1.3 as far as possible");
    };
    let (run_cpu, judged_time) = (median(run_cpu), low(judged));
    table("us of processors", median(raw_cpu), run_cpu, run_cpu + median(own_cpu));
    table("us", low(raw), low(run), judged_time);
    row("  schedules a second, judged", &format!("{:.0}", 1e6 / judged_time), "");
}

/// Microseconds of processor time that this process or its ended children have used.
fn cpu_micros(who: UsageWho) -> f64 {
    let usage = getrusage(who).unwrap();
    (usage.user_time() + usage.system_time()).num_microseconds() as f64
}

/// What recording an operation costs a program that is not controlled.
fn tracing(subject: &Subject) {
    let args = arguments(["trace", "100000"]);
    let (mut plain, mut traced) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        plain.extend(subject.printed(&args));
        let run = run_scenario(&subject.program, &subject.symbols, &args, &settings()).unwrap();
        traced.push(run.results["nanoseconds"].as_f64().unwrap());
    }
    let (plain, traced) = (median(plain), median(traced));
    row("tracing an operation without control, us", &format!("{:.2}", (traced - plain) / 1e3), "<= 1");
}

/// Replays of one execution, in the same program and each in a program of its own.
fn replays(subject: &Subject) {
    const REPLAYS: u32 = 100;
    let args = arguments(["count", "4", "5"]);
    let mut controlled = subject.control(&args);
    let seen = controlled.execute(&random_order(7)).unwrap();
    let plan = seen.report.as_ref().unwrap().picks.clone();
    let order = Order { plan, ..Order::new(Kind::Plan, 0) };
    let same = |execution: &Execution| {
        let picks = |execution: &Execution| execution.report.as_ref().unwrap().picks.clone();
        execution.run.trace == seen.run.trace
            && execution.run.results == seen.run.results
            && picks(execution) == picks(&seen)
    };
    let begun = Instant::now();
    let again = (0..REPLAYS).filter(|_| same(&controlled.execute(&order).unwrap())).count();
    let rate = f64::from(REPLAYS) / begun.elapsed().as_secs_f64();
    row("replays a second, 5 processes", &format!("{rate:.0}"), "");
    row("  the same, event for event", &format!("{again}/{REPLAYS}"), "all");
    let fresh = (0..REPLAYS).filter(|_| same(&subject.control(&args).execute(&order).unwrap())).count();
    row("  the same in programs started anew", &format!("{fresh}/{REPLAYS}"), "all");
}
