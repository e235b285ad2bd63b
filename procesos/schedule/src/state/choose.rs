//! Who goes next: whoever is ready, then whoever asks, then whoever waits for a time; and when nobody ever will be ready.

use super::{MAX_PROCESSES, MOST_LEAP_DOUBLINGS, State};
use crate::order::{Order, Stop};
use crate::process::Status;
use crate::strategy;

/// Picks in a row, without any change, that an execution may have in any case: more than a livelock of a few takes.
const MOST_IDLE_PICKS: u64 = 60_000;
/// Rounds of questions in vain by everybody alive before time begins to leap. Above the usual number of tries.
const SLOW_ROUNDS: u32 = 10;
/// Virtual nanoseconds of the first leap of time for those who ask in vain; each further one is twice as long.
const FIRST_LEAP: u64 = 100_000;

/// Who goes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The process in this slot.
    Run(usize),
    /// Nobody that we control: somebody outside has to come back first.
    Wait,
    /// Nobody ever again.
    Stop(Stop),
}

impl State {
    /// Picks who goes next.
    pub fn choose(&mut self, order: &Order) -> Choice {
        if self.has_ended(0) {
            return Choice::Stop(Stop::Finished);
        }
        let idle = self.picks - self.changed_at;
        if self.changed_at >= order.most_picks || idle >= order.most_picks.max(MOST_IDLE_PICKS) {
            return Choice::Stop(Stop::TooLong);
        }
        let mut enabled = [0; MAX_PROCESSES];
        loop {
            let mut count = 0;
            for slot in self.with(Status::Ready) {
                enabled[count] = slot;
                count += 1;
            }
            if count == 0 {
                match self.nobody_is_ready() {
                    None => continue,
                    Some(choice) => return choice,
                }
            }
            for (slot, process) in self.begun().iter().enumerate() {
                let early = order.early_timers && process.may_end_early();
                let hasty = process.is(Status::Polling) && process.polls < order.hasty_questions;
                if early || hasty {
                    enabled[count] = slot;
                    count += 1;
                }
            }
            enabled[..count].sort_unstable();
            let slot = strategy::of(order.strategy).pick(self, order, &enabled[..count]);
            if self.processes[slot].is(Status::Waiting) {
                let deadline = self.processes[slot].deadline;
                self.fire(slot, deadline);
                self.early_timer = 1;
            }
            self.processes[slot].status = Status::Ready as u8;
            self.in_a_row = if self.last as usize == slot { self.in_a_row.saturating_add(1) } else { 1 };
            self.last = u32::try_from(slot).unwrap_or(0);
            self.picks += 1;
            self.choices += u64::from(count > 1);
            return Choice::Run(slot);
        }
    }

    /// Lets pollers and time go on; a choice when that helps nobody.
    fn nobody_is_ready(&mut self) -> Option<Choice> {
        let timer = self
            .begun()
            .iter()
            .enumerate()
            .filter(|(_, p)| p.is(Status::Waiting) && p.deadline != 0)
            .min_by_key(|(_, p)| p.deadline)
            .map(|(slot, p)| (slot, p.deadline));
        let pollers = || self.begun().iter().filter(|p| p.is(Status::Polling));
        let is_alone = pollers().nth(1).is_none();
        let all_asked_enough = pollers().all(|p| p.has_asked_enough(is_alone));
        if !all_asked_enough {
            self.time_passes_with_questions();
        }
        match timer {
            Some((slot, deadline)) if all_asked_enough => {
                // Those who have asked enough wait for a change: if they went on asking and sleeping by turns, there would
                // always be somebody asleep, and the loop of all of them would have no end.
                self.fire(slot, deadline);
                return None;
            }
            Some((slot, deadline)) if self.now >= deadline => self.fire(slot, deadline),
            None if all_asked_enough => return Some(self.nobody_ever()),
            _ => {}
        }
        // Pollers wait for whoever is outside too: what it does may change their answers.
        self.poll_again();
        None
    }

    /// Nobody whom we control will ever be ready.
    fn nobody_ever(&self) -> Choice {
        if self.with(Status::External).next().is_some() {
            Choice::Wait
        } else if self.with(Status::Polling).next().is_some() {
            Choice::Stop(Stop::Livelock)
        } else {
            Choice::Stop(Stop::Deadlock)
        }
    }

    /// Everybody alive asks or waits: time goes by meanwhile, slowly at first, so that a few tries come before the end of
    /// somebody's sleep, then in ever longer leaps, so that a loop until a deadline is soon over.
    fn time_passes_with_questions(&mut self) {
        if let Some(doublings) = self.rounds.checked_sub(SLOW_ROUNDS) {
            self.now += FIRST_LEAP << doublings.min(MOST_LEAP_DOUBLINGS);
        }
        self.rounds += 1;
    }

    /// The time limit of the process in `slot` passes.
    fn fire(&mut self, slot: usize, deadline: u64) {
        self.now = self.now.max(deadline);
        let process = &mut self.processes[slot];
        process.timed_out = 1;
        process.status = Status::Ready as u8;
    }

    /// Whoever polls may ask once more.
    fn poll_again(&mut self) {
        for process in self.begun_mut() {
            if process.is(Status::Polling) {
                process.status = Status::Ready as u8;
            }
        }
    }
}
