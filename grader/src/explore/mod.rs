//! Runs one scenario in many orders, and judges each: what one order does not show, another one does.
//!
//! The first order lets nobody be interrupted; it says which objects there are. The others are drawn by the strategies of
//! `procesos_schedule`, from seeds that depend on the submission alone: the same file is tried in the same orders every time.

mod flip;
mod minimise;
mod portfolio;
pub mod steps;
pub mod token;

use std::time::{Duration, Instant};

use procesos_schedule::{Fault, Kind, Order, Report, Segment, Stop};

use crate::Result;
use crate::build::Program;
use crate::course::Scenario;
use crate::judge::{self, Unseen, Verdict, judge};
use crate::run::{Controlled, Ending, Execution, Run, Settings, Symbols, Trace};
use crate::seed::Seed;
use crate::story;
use minimise::Shortest;
use portfolio::Portfolio;
use steps::At;

/// Picks of an order are given up at this many times those of the order without interruptions.
const TIMES_CALM: u64 = 20;
/// Picks that every order may have: above what it takes to tell a livelock.
const FEWEST_PICKS: u64 = 6_000;
/// Picks of the orders of a scenario together are bounded by so many each: several times what the orders of a program that
/// comes to its end take. One that goes round and round shows that in few orders, and each takes as long as hundreds.
const PICKS_EACH: u64 = 2_000;
/// An order that takes so much CPU time is out of the ordinary: hundreds of its kind would take minutes.
const LONG: Duration = Duration::from_millis(900);
/// Orders that may take that long and still come to their end.
const LONG_ONES: u32 = 2;

/// How much to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Orders of the scenario; at least one is tried.
    pub schedules: u64,
    /// Where their numbers are drawn from.
    pub seed: Seed,
    /// Whether the orders that fail are made short, and looked at for what they turn on.
    pub told: bool,
    /// Once a claim is broken: it is enough when so many orders in a row have broken no other. All are tried when there is none.
    pub enough: Option<u64>,
}

/// What trying orders came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Explored {
    /// Orders tried.
    pub tried: u64,
    /// Whether there are no others.
    pub exhaustive: bool,
    /// Whether there was no sense in trying others.
    pub given_up: bool,
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
        tally.into_explored(false, false)
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
    /// # Errors
    /// When the grader cannot run the program.
    pub fn explore(&mut self, budget: Budget, mut progress: impl FnMut(u64)) -> Result<Explored> {
        let calm = self.controlled.execute(&Order::new(Kind::Calm, 0))?;
        let mut tally = Tallies::new(self.scenario);
        let mut goes_on = tally.take(&calm);
        let Some(report) = &calm.report else { return Ok(tally.into_explored(false, true)) };
        if report.choices == 0 && !report.external {
            // Nobody ever had to be picked among several: this is the only order.
            return Ok(tally.into_explored(true, false));
        }
        let portfolio = self.portfolio(&calm.run.trace, report, budget.seed);
        let mut picks_left = budget.schedules.saturating_mul(PICKS_EACH).saturating_sub(picks_of(report));
        while goes_on && tally.taken < budget.schedules && picks_left > 0 && !tally.is_enough(budget.enough) {
            let execution = self.controlled.execute(&portfolio.order(tally.taken))?;
            goes_on = tally.take(&execution);
            picks_left = picks_left.saturating_sub(execution.report.as_ref().map_or(0, picks_of));
            progress(tally.taken);
        }
        let mut explored = tally.into_explored(false, !goes_on);
        if budget.told {
            self.explain(&mut explored)?;
        }
        Ok(explored)
    }

    /// The orders to try after the one without interruptions.
    fn portfolio(&self, calm: &Trace, report: &Report, seed: Seed) -> Portfolio {
        let most_picks = match report.stop {
            // It had what any order has that nothing is known of.
            Stop::TooLong => picks_of(report),
            _ => FEWEST_PICKS.max(TIMES_CALM * picks_of(report)),
        };
        Portfolio::new(calm, seed, most_picks, self.scenario)
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
        if explored.given_up || explored.exhaustive {
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
            let exchanges = flip::exchanges(trace, &story::steps_of(finding, &witness.run));
            let mut found = None;
            for exchange in exchanges.into_iter().take(flip::MOST_TRIALS) {
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

/// How often somebody was picked.
fn picks_of(report: &Report) -> u64 {
    report.picks.iter().map(|segment| u64::from(segment.picks)).sum()
}

/// The verdicts of all orders so far.
struct Tallies<'a> {
    scenario: &'a Scenario,
    /// Orders judged so far.
    taken: u64,
    /// Orders that took long and came to their end.
    long: u32,
    claims: Vec<Tally>,
}

impl<'a> Tallies<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let nothing =
            Tally { verdict: Verdict::Vacuous, failed: 0, seen: 0, first_failed: None, witness: None };
        Self { scenario, taken: 0, long: 0, claims: vec![nothing; scenario.claims.len()] }
    }

    /// Judges one order; false when there is no sense in trying others.
    fn take(&mut self, execution: &Execution) -> bool {
        let verdicts = judge(self.scenario, &execution.run);
        self.taken += 1;
        let is_long = execution.run.cpu_time >= LONG;
        let ended = matches!(execution.run.ending, Ending::Exited(_));
        self.long += u32::from(is_long && ended);
        let in_time = !is_long || (ended && self.long <= LONG_ONES);
        let mut goes_on = execution.report.is_some() && in_time;
        for ((tally, verdict), claim) in self.claims.iter_mut().zip(verdicts).zip(&self.scenario.claims) {
            goes_on &= !matches!(&verdict, Verdict::Pending { .. } | Verdict::Unseen(Unseen::Threads));
            let broken = matches!(verdict, Verdict::Broken(_));
            tally.failed += u64::from(broken);
            tally.first_failed = tally.first_failed.or(broken.then_some(self.taken));
            let better = if broken {
                let seen = judge::is_witnessed(&claim.claim, &execution.run);
                tally.seen += u64::from(seen);
                let plan = execution.report.as_ref().map_or(&[][..], |report| &report.picks);
                // Seen is better than possible; of two that were seen, the one that is told sooner.
                let value = |seen: bool, plan: &[Segment]| (seen, std::cmp::Reverse(plan.len()));
                let known = tally.witness.as_ref().map(|known| value(known.seen, &known.plan));
                let better = known.is_none_or(|known| known < value(seen, plan));
                if better {
                    let run = execution.run.clone();
                    let early_timer = execution.report.as_ref().is_some_and(|report| report.early_timer);
                    let (plan, fault) = (plan.to_vec(), execution.fault);
                    tally.witness = Some(Witness { plan, run, seen, early_timer, fault, flip: None });
                }
                better
            } else {
                rank(&verdict) > rank(&tally.verdict)
            };
            if better {
                tally.verdict = verdict;
            }
        }
        goes_on
    }

    /// Whether enough has been seen, if so many orders without another broken claim are.
    fn is_enough(&self, orders: Option<u64>) -> bool {
        let last_news = self.claims.iter().filter_map(|tally| tally.first_failed).max();
        matches!((orders, last_news), (Some(orders), Some(last)) if self.taken - last >= orders)
    }

    fn into_explored(self, exhaustive: bool, given_up: bool) -> Explored {
        Explored { tried: self.taken, exhaustive, given_up, claims: self.claims }
    }
}

/// Which verdict of two stands, when they come of two orders.
fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Vacuous => 0,
        Verdict::Unseen(_) => 1,
        Verdict::Kept => 2,
        Verdict::Pending { .. } => 3,
        Verdict::Broken(_) => 4,
    }
}
