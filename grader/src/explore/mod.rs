//! Runs one scenario in many orders, and judges each: what one order does not show, another one does.
//!
//! The first order lets nobody be interrupted; it says which objects there are. The others are drawn by the strategies of
//! `procesos_schedule`, from seeds that depend on the submission alone: the same file is tried in the same orders every time.

mod flip;
mod minimise;
mod portfolio;
pub mod proof;
pub mod steps;
mod tallies;
pub mod token;

use std::time::Instant;

use procesos_schedule::{Fault, Kind, Order, Report, Segment, Stop};

use crate::Result;
use crate::build::Program;
use crate::course::Scenario;
use crate::judge::{self, Verdict, judge};
use crate::run::{Controlled, Execution, Run, Settings, Symbols, Trace};
use crate::seed::Seed;
use crate::story;
use minimise::Shortest;
use portfolio::Portfolio;
use proof::{Proof, Withheld};
use steps::At;
use tallies::Tallies;

/// Picks of an order are given up at this many times those of the order without interruptions.
const TIMES_CALM: u64 = 20;
/// Picks that every order may have: above what it takes to tell a livelock.
const FEWEST_PICKS: u64 = 6_000;
/// The search for all orders may take one for so many that are drawn, and no more than so many: in a small scenario it comes
/// to its end (four processes in a row can come in 24 orders) and no other is needed, in a large one it is given up.
const PROOF_PART: u64 = 2;
const PROOF_MOST: u64 = 24;

/// How much to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Orders of the scenario to draw; at least one is tried.
    pub schedules: u64,
    /// Orders that the search for all of them may take before that.
    pub proof: u64,
    /// Where their numbers are drawn from.
    pub seed: Seed,
    /// Whether the orders that fail are made short, and looked at for what they turn on.
    pub told: bool,
    /// Once a claim is broken: it is enough when so many orders in a row have broken no other. All are tried when there is none.
    pub enough: Option<u64>,
}

impl Budget {
    /// So many orders, and as many again as are worth it to find out whether they are all.
    #[must_use]
    pub fn of(schedules: u64, seed: Seed, told: bool) -> Self {
        Self { schedules, proof: (schedules / PROOF_PART).min(PROOF_MOST), seed, told, enough: None }
    }

    /// Orders that are tried at most.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.schedules.saturating_add(self.proof)
    }
}

/// What trying orders came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Explored {
    /// Orders tried; where they are all there are, each is a distinct one.
    pub tried: u64,
    /// Whether there are no others.
    pub exhaustive: bool,
    /// Why it is not known that there are no others.
    pub withheld: Option<Withheld>,
    /// Whether there was no sense in trying others.
    pub given_up: bool,
    /// Times that the program was run for it.
    pub executions: u64,
    /// What came of each claim, in their order.
    pub claims: Vec<Tally>,
}

/// What came of one claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Broken if it was in any order, kept if it was in some and broken in none.
    pub verdict: Verdict,
    /// Orders in which it was broken.
    pub failed: u64,
    /// Orders of those in which what it forbids was seen, and not only that another order could show it.
    pub seen: u64,
    /// How many orders had been tried when it was broken first, that one included.
    pub first_failed: Option<u64>,
    /// One of those, with the fewest interruptions that were found to break it.
    pub witness: Option<Witness>,
}

/// An order in which a claim is broken.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// Who is picked; then nobody is interrupted.
    pub plan: Vec<Segment>,
    /// What was seen.
    pub run: Run,
    /// Whether what was seen was wrong, and not only what it lets expect.
    pub seen: bool,
    /// Whether a time limit passed, or a sleep ended, while others could have gone on.
    pub early_timer: bool,
    /// The process that was killed, and before which of its steps.
    pub fault: Option<Fault>,
    /// Two steps of the run: with the second one before the first, the claim holds. That was tried.
    pub flip: Option<[At; 2]>,
}

impl Explored {
    /// What running one order came to.
    #[must_use]
    pub fn of_one(scenario: &Scenario, execution: &Execution) -> Self {
        let mut tally = Tallies::new(scenario);
        tally.take(execution);
        tally.into_explored(Some(Withheld::TooMany))
    }
}

/// A scenario's program, ready to be run in any order.
#[derive(Debug)]
pub struct Explorer<'a> {
    scenario: &'a Scenario,
    controlled: Controlled<'a>,
}

impl<'a> Explorer<'a> {
    /// Starts the program of a scenario.
    ///
    /// # Errors
    /// When the grader cannot start it.
    pub fn start(
        program: &Program,
        symbols: &'a Symbols,
        scenario: &'a Scenario,
        args: &[String],
        settings: &Settings,
    ) -> Result<Self> {
        Ok(Self { scenario, controlled: Controlled::start(program, symbols, args, settings)? })
    }

    /// Tries orders and judges each; `progress` is told how many were tried.
    ///
    /// First it looks for all orders, as far as there are few: then no others are left to try.
    ///
    /// # Errors
    /// When the grader cannot run the program.
    pub fn explore(&mut self, budget: Budget, mut progress: impl FnMut(u64)) -> Result<Explored> {
        let calm = self.controlled.execute(&Order::new(Kind::Calm, 0))?;
        let mut tally = Tallies::new(self.scenario);
        tally.take(&calm);
        let Some(report) = &calm.report else { return Ok(tally.into_explored(Some(Withheld::Cut))) };
        if report.choices == 0 && !report.external && self.scenario.killed.is_none() {
            // Nobody ever had to be picked among several: this is the only order.
            return Ok(tally.into_explored(None));
        }
        tally.allow(budget.proof.max(1));
        let withheld = self.prove(&calm, &mut tally, budget, &mut progress)?;
        if withheld.is_some() {
            let portfolio = self.portfolio(&calm.run.trace, report, budget.seed);
            let mut number = 1;
            tally.allow(budget.schedules);
            while tally.goes_on(budget.enough) && number < budget.schedules {
                let execution = self.controlled.execute(&portfolio.order(number))?;
                number += 1;
                tally.take(&execution);
                progress(tally.taken);
            }
        }
        let mut explored = tally.into_explored(withheld);
        if budget.told {
            self.explain(&mut explored)?;
        }
        Ok(explored)
    }

    /// Looks for all orders there are, as far as the budget goes; why it is not known that there are no others.
    fn prove(
        &mut self,
        calm: &Execution,
        tally: &mut Tallies<'_>,
        budget: Budget,
        progress: &mut impl FnMut(u64),
    ) -> Result<Option<Withheld>> {
        if self.scenario.killed.is_some() {
            return Ok(Some(Withheld::Killed));
        }
        let mut proof = Proof::new(calm.report.as_ref().map_or(0, most_picks));
        // The first one lets nobody be interrupted, and was run.
        proof.order();
        if let Err(withheld) = proof.take(calm) {
            return Ok(Some(withheld));
        }
        let mut left = budget.proof;
        while let Some(order) = proof.order() {
            if left == 0 || !tally.goes_on(budget.enough) {
                return Ok(Some(Withheld::TooMany));
            }
            left -= 1;
            let execution = self.controlled.execute(&order)?;
            match proof.take(&execution) {
                Ok(true) => tally.take(&execution),
                Ok(false) => tally.pass_over(&execution),
                Err(withheld) => {
                    tally.take(&execution);
                    return Ok(Some(withheld));
                }
            }
            progress(tally.taken);
        }
        Ok(None)
    }

    /// The orders to try after the one without interruptions.
    fn portfolio(&self, calm: &Trace, report: &Report, seed: Seed) -> Portfolio {
        Portfolio::new(calm, seed, most_picks(report), self.scenario)
    }

    /// Runs the order of a number among those that are tried: 0 is the one without interruptions.
    ///
    /// # Errors
    /// When the grader cannot run the program.
    pub fn numbered(&mut self, number: u64, seed: Seed) -> Result<Execution> {
        let calm = self.controlled.execute(&Order::new(Kind::Calm, 0))?;
        match &calm.report {
            Some(report) if number > 0 => {
                let portfolio = self.portfolio(&calm.run.trace, report, seed);
                self.controlled.execute(&portfolio.order(number))
            }
            _ => Ok(calm),
        }
    }

    /// Runs the order of a plan, and judges it.
    ///
    /// # Errors
    /// When the grader cannot run the program.
    pub fn follow(&mut self, plan: Vec<Segment>, fault: Option<Fault>) -> Result<(Execution, Vec<Verdict>)> {
        let early_timers = self.scenario.early_timers;
        let order = Order { plan, early_timers, fault, ..Order::new(Kind::Plan, 0) };
        let execution = self.run(&order)?;
        let verdicts = judge(self.scenario, &execution.run);
        Ok((execution, verdicts))
    }

    /// Runs one order.
    ///
    /// # Errors
    /// When the grader cannot run the program.
    pub fn run(&mut self, order: &Order) -> Result<Execution> {
        self.controlled.execute(order)
    }

    /// Makes the orders that fail short, and looks for what they turn on.
    ///
    /// # Errors
    /// When the grader cannot run the program.
    pub fn explain(&mut self, explored: &mut Explored) -> Result<()> {
        if explored.given_up {
            return Ok(());
        }
        let until = Instant::now() + minimise::PATIENCE;
        self.minimise(&mut explored.claims, until)?;
        self.flip(&mut explored.claims, explored.tried, until)
    }

    /// Looks for fewer interruptions that break each broken claim in the same way.
    fn minimise(&mut self, claims: &mut [Tally], until: Instant) -> Result<()> {
        for (index, tally) in claims.iter_mut().enumerate() {
            let Tally { verdict: Verdict::Broken(finding), witness: Some(witness), .. } = &*tally else {
                continue;
            };
            let fault = witness.fault;
            let (kind, needed) = (std::mem::discriminant(finding), witness.seen);
            let scenario = self.scenario;
            let found = minimise::shortest(&witness.plan, until, |plan| {
                let (execution, verdicts) = self.follow(plan, fault)?;
                let same = match &verdicts[index] {
                    Verdict::Broken(finding) => {
                        let seen = judge::is_witnessed(&scenario.claims[index].claim, &execution.run);
                        std::mem::discriminant(finding) == kind && seen >= needed
                    }
                    _ => false,
                };
                Ok(Some((execution, verdicts)).filter(|_| same).and_then(|(execution, mut verdicts)| {
                    let report = execution.report?;
                    Some((report.picks, (execution.run, report.early_timer, verdicts.swap_remove(index))))
                }))
            })?;
            if let Some(Shortest { plan, seen: (run, early_timer, verdict) }) = found {
                tally.witness = Some(Witness { plan, run, seen: needed, early_timer, fault, flip: None });
                tally.verdict = verdict;
            }
        }
        Ok(())
    }
}

impl Explorer<'_> {
    /// Looks for two steps of each order that fails that, exchanged, let it come out right.
    fn flip(&mut self, claims: &mut [Tally], tried: u64, until: Instant) -> Result<()> {
        for (index, tally) in claims.iter_mut().enumerate() {
            let Tally { verdict: Verdict::Broken(finding), witness: Some(witness), seen, .. } = &*tally
            else {
                continue;
            };
            if !witness.seen || !story::explains(finding, *seen, tried) {
                continue;
            }
            let fault = witness.fault;
            let (trace, claim) = (&witness.run.trace, &self.scenario.claims[index].claim);
            let told = story::steps_of(finding, &witness.run);
            // What decides is not always done to what is waited for: who was to put may have counted wrong before.
            let beside = flip::beside(trace, &told);
            let exchanges =
                [&told, &beside].map(|steps| flip::exchanges(trace, steps).take(flip::MOST_TRIALS));
            let mut found = None;
            for exchange in exchanges.into_iter().flatten() {
                if Instant::now() > until {
                    break;
                }
                let (execution, verdicts) = self.follow(exchange.plan, fault)?;
                let right = judge::came_out_right(claim, &verdicts[index], &execution.run);
                if right && flip::is_exchanged(trace, exchange.pair, &execution.run.trace) {
                    found = Some(exchange.pair);
                    break;
                }
            }
            if let Some(witness) = &mut tally.witness {
                witness.flip = found;
            }
        }
        Ok(())
    }
}

/// Picks that an order may have, where the one without interruptions went so.
fn most_picks(calm: &Report) -> u64 {
    match calm.stop {
        // It had what any order has that nothing is known of.
        Stop::TooLong => picks_of(calm),
        _ => FEWEST_PICKS.max(TIMES_CALM * picks_of(calm)),
    }
}

/// How often somebody was picked.
fn picks_of(report: &Report) -> u64 {
    report.picks.iter().map(|segment| u64::from(segment.picks)).sum()
}
