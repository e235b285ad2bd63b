//! What came of each claim in all the orders of a scenario that were tried.

use std::time::Duration;

use procesos_schedule::Segment;

use super::proof::Withheld;
use super::{Explored, Tally, Witness, picks_of};
use crate::course::Scenario;
use crate::judge::{self, Unseen, Verdict, judge};
use crate::run::{Ending, Execution};

/// Picks of the orders of a scenario together are bounded by so many each: several times what the orders of a program that
/// comes to its end take. One that goes round and round shows that in few orders, and each takes as long as hundreds.
const PICKS_EACH: u64 = 2_000;
/// An order that takes so much CPU time is out of the ordinary: hundreds of its kind would take minutes.
const LONG: Duration = Duration::from_millis(900);
/// Orders that may take that long and still come to their end.
const LONG_ONES: u32 = 2;

/// The verdicts of all orders so far.
pub(super) struct Tallies<'a> {
    scenario: &'a Scenario,
    /// Orders judged so far.
    pub(super) taken: u64,
    /// Times that the program was run so far, and picks that these had.
    executions: u64,
    picks: u64,
    /// Picks after which no other order is tried.
    most_picks: u64,
    /// Orders that took long and came to their end.
    long: u32,
    /// Whether there is any sense in trying others.
    sense: bool,
    claims: Vec<Tally>,
}

impl<'a> Tallies<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Self {
        let nothing =
            Tally { verdict: Verdict::Vacuous, failed: 0, seen: 0, first_failed: None, witness: None };
        Self {
            scenario,
            taken: 0,
            executions: 0,
            picks: 0,
            most_picks: u64::MAX,
            long: 0,
            sense: true,
            claims: vec![nothing; scenario.claims.len()],
        }
    }

    /// So many others may be tried, as far as their picks come to an end.
    pub(super) fn allow(&mut self, orders: u64) {
        self.most_picks = self.picks.saturating_add(orders.saturating_mul(PICKS_EACH));
    }

    /// Whether others may be tried, when so many without another broken claim are enough.
    pub(super) fn goes_on(&self, enough: Option<u64>) -> bool {
        self.sense && self.picks < self.most_picks && !self.is_enough(enough)
    }

    /// Counts an execution that showed nothing new.
    pub(super) fn pass_over(&mut self, execution: &Execution) {
        self.executions += 1;
        self.picks += execution.report.as_ref().map_or(0, picks_of);
    }

    /// Judges one order.
    pub(super) fn take(&mut self, execution: &Execution) {
        self.pass_over(execution);
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
        self.sense &= goes_on;
    }

    /// Whether enough has been seen, if so many orders without another broken claim are.
    fn is_enough(&self, orders: Option<u64>) -> bool {
        let last_news = self.claims.iter().filter_map(|tally| tally.first_failed).max();
        matches!((orders, last_news), (Some(orders), Some(last)) if self.taken - last >= orders)
    }

    pub(super) fn into_explored(self, withheld: Option<Withheld>) -> Explored {
        let Self { taken, executions, sense, claims, .. } = self;
        let given_up = !sense;
        Explored { tried: taken, exhaustive: withheld.is_none(), withheld, given_up, executions, claims }
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
