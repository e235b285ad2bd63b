//! How soon the grader knows that nobody can go on: from the beginning of the last operation that anybody tried to the
//! report of the execution, read.

use grader::run::{Ending, Execution};
use nix::time::{ClockId, clock_gettime};

use super::subject::{Subject, arguments};
use super::{quantile, random_order, row};

/// Executions of each program.
const EXECUTIONS: u64 = 1_000;

/// Everything that is told here.
pub(crate) fn tell(subject: &Subject) {
    println!("\nfrom the last step of a deadlock to its report, ms, over {EXECUTIONS} executions each");
    for (what, mode, processes) in [
        ("a ring of 2 locks", "ring", 2),
        ("a ring of 8 locks", "ring", 8),
        ("2 that wait for an item", "items", 2),
        ("8 that wait for an item", "items", 8),
    ] {
        let mut controlled = subject.control(&arguments([mode, &processes.to_string()]));
        let delays: Vec<f64> = (0..EXECUTIONS)
            .filter_map(|index| {
                let execution = controlled.execute(&random_order(index)).unwrap();
                let now = nanoseconds();
                let told = execution.run.ending == Ending::NoProgress;
                told.then(|| (now - last_step(&execution)) as f64 / 1e6)
            })
            .collect();
        row(&format!("  {what}, seen"), &format!("{}/{EXECUTIONS}", delays.len()), "");
        row("    median", &format!("{:.2}", quantile(delays.clone(), 50)), "<= 5");
        row("    99 %", &format!("{:.2}", quantile(delays.clone(), 99)), "<= 5");
        row("    worst", &format!("{:.2}", quantile(delays, 100)), "<= 5");
    }
}

/// When the last operation began that anybody tried: each prints it.
fn last_step(execution: &Execution) -> i64 {
    let output = execution.run.output.iter().map(|chunk| chunk.text.as_str()).collect::<String>();
    output.lines().map(|line| line.parse().unwrap()).max().unwrap()
}

fn nanoseconds() -> i64 {
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).unwrap();
    now.tv_sec() * 1_000_000_000 + now.tv_nsec()
}
