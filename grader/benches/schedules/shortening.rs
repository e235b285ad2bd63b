//! How short the orders are made that are told, and how long that takes: for every wrong program, with all that its first
//! seed finds in any scenario.

use std::time::Instant;

use grader::explore::{Budget, Witness};
use grader::grading::share;
use grader::judge::Verdict;
use grader::seed::Seed;

use super::corpus::{Corpus, SCHEDULES, Wrong};
use super::{quantile, row};

/// Seconds for the orders of a scenario, and switches left of each, that are to be reached.
const MOST_SECONDS: f64 = 0.5;
const MOST_SWITCHES: usize = 6;
/// Processes up to which that many are to be enough.
const FEW_PROCESSES: usize = 5;

/// An order that is told.
struct Short {
    processes: usize,
    switches: usize,
}

/// What came of all scenarios.
#[derive(Default)]
struct Figures {
    orders: Vec<Short>,
    /// Seconds for each scenario with a failure.
    seconds: Vec<f64>,
}

/// Everything that is told here.
pub(crate) fn tell(corpus: &Corpus) {
    println!("\norders that fail, made short: what falls short");
    let mut figures = Figures::default();
    (0..corpus.count()).filter_map(|index| corpus.program(index)).for_each(|program| figures.take(&program));
    let Figures { orders, seconds } = figures;
    let few = |order: &&Short| order.processes <= FEW_PROCESSES;
    let times = |percent: usize| format!("{:.2} s", quantile(seconds.clone(), percent));
    let goal = format!("<= {MOST_SECONDS} s");
    println!("{} orders of {} scenarios", orders.len(), seconds.len());
    row("making short and looking for the critical pair, median", &times(50), &goal);
    row("  99 %", &times(99), &goal);
    row("  worst", &times(100), &goal);
    for (what, only_few, goal) in
        [("switches left, up to 5 processes", true, "<= 6"), ("switches left, more processes", false, "")]
    {
        let left = orders.iter().filter(|order| few(order) == only_few).map(|order| order.switches as f64);
        let left: Vec<f64> = left.collect();
        let over = left.iter().filter(|switches| **switches > MOST_SWITCHES as f64).count();
        row(&format!("{what}: median"), &format!("{:.0}", quantile(left.clone(), 50)), goal);
        row("  most", &format!("{:.0}", quantile(left.clone(), 100)), goal);
        row("  orders with more than 6", &format!("{over}/{}", left.len()), if only_few { "0" } else { "" });
    }
}

impl Figures {
    fn take(&mut self, program: &Wrong<'_>) {
        let seed: Seed = "0000".parse().unwrap();
        let scenarios = program.explored();
        for (index, scenario) in scenarios.iter().enumerate() {
            let schedules = share(SCHEDULES, index as u64, scenarios.len() as u64);
            let mut explorer = program.explorer(scenario, seed);
            let budget = Budget::of(schedules, seed, false);
            let mut explored = explorer.explore(budget, |_| {}).unwrap();
            if explored.given_up || explored.claims.iter().all(|tally| tally.witness.is_none()) {
                continue;
            }
            let switches = |witness: &Option<Witness>| witness.as_ref().map_or(0, |w| w.plan.len());
            let before: Vec<usize> = explored.claims.iter().map(|tally| switches(&tally.witness)).collect();
            let begun = Instant::now();
            explorer.explain(&mut explored).unwrap();
            let title = format!("{} {}", program.title, scenario.id);
            let seconds = begun.elapsed().as_secs_f64();
            if seconds > MOST_SECONDS {
                println!("{title:<58}{seconds:>9.2} s");
            }
            self.seconds.push(seconds);
            for ((tally, claim), before) in explored.claims.iter().zip(&scenario.claims).zip(before) {
                let (Verdict::Broken(_), Some(witness)) = (&tally.verdict, &tally.witness) else { continue };
                let (processes, switches) = (witness.run.trace.processes.len(), witness.plan.len());
                if switches > MOST_SWITCHES {
                    let title = format!("{title} {}", claim.claim.name());
                    println!("{title:<58}{switches:>3} switches of {before}, {processes} processes");
                }
                self.orders.push(Short { processes, switches });
            }
        }
    }
}
