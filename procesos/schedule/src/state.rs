//! The rules: who can go on, and who waits for what. `choose` picks, and says when nobody ever can.

mod choose;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::order::Order;
use crate::process::{Next, Process, Status, Step};
use crate::strategy;

pub use choose::Choice;

/// Processes that can be controlled at once in one execution, ended ones included.
pub const MAX_PROCESSES: usize = 256;
/// Virtual nanoseconds that a step takes.
const STEP_NANOS: u64 = 1_000;
/// Questions in a row without any change, each answered differently from the one before, that are taken for a loop: it
/// may wait for any of several things.
const SEVERAL_QUESTIONS: u32 = 64;
/// Questions in vain, with time passing between them, after which who asks comes after others who wait for time.
const POLLS_IN_TIME: u32 = 100;
/// The longest time limit, in virtual nanoseconds, that others may exhaust by being slow.
const SHORT_LIMIT: u64 = 1_000_000_000;
/// How often a leap of time, or the haste of the clock, is doubled at most.
const MOST_LEAP_DOUBLINGS: u32 = 20;
/// Readings of the clock, without letting time pass, after which time begins to run faster: they are a loop.
const CALM_READINGS: u32 = 64;

/// Everything about an execution.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct State {
    /// Virtual nanoseconds.
    pub now: u64,
    /// Picks so far.
    pub picks: u64,
    /// Steps so far.
    pub steps: u64,
    /// Steps that changed something.
    pub changes: u64,
    /// Picks until the last step that changed something.
    changed_at: u64,
    /// One more than the highest slot that a process has had.
    used: u64,
    /// Picks at which several could have been picked.
    pub choices: u64,
    /// For the strategy: its random numbers, and whatever it needs.
    pub memory: [u64; 8],
    /// Slot that was picked last.
    pub last: u32,
    /// Picks of that slot in a row.
    pub in_a_row: u32,
    /// Times in a row, without any change, that everybody alive asked or waited.
    rounds: u32,
    /// Not 0 when a process waited outside the library.
    pub external: u32,
    /// Not 0 when a sleep ended early.
    pub early_timer: u32,
    /// Not 0 when a plan was not followed to the letter.
    pub deviated: u32,
    /// Not 0 when somebody asked what time it is, or let time pass.
    pub time_mattered: u64,
    /// The processes, by slot.
    pub processes: [Process; MAX_PROCESSES],
}

impl State {
    /// An execution with its first process (in slot 0), which goes first.
    #[must_use]
    pub fn new(order: &Order) -> Self {
        let mut state = Self::new_zeroed_state();
        strategy::of(order.strategy).begin(&mut state, order);
        state.begin(0, crate::ROOT, order);
        state
    }

    fn new_zeroed_state() -> Self {
        zerocopy::FromZeros::new_zeroed()
    }

    /// How many slots have been used, from the first one on.
    #[must_use]
    pub fn used(&self) -> usize {
        usize::try_from(self.used).unwrap_or(MAX_PROCESSES).min(MAX_PROCESSES)
    }

    fn begun(&self) -> &[Process] {
        &self.processes[..self.used()]
    }

    fn begun_mut(&mut self) -> &mut [Process] {
        let used = self.used();
        &mut self.processes[..used]
    }

    /// Slots of the processes that have `status`, ascending.
    pub fn with(&self, status: Status) -> impl Iterator<Item = usize> + '_ {
        self.begun().iter().enumerate().filter(move |(_, p)| p.is(status)).map(|(slot, _)| slot)
    }

    /// The slot of the process with this path.
    #[must_use]
    pub fn slot_of(&self, path: u64) -> Option<usize> {
        self.begun().iter().position(|p| p.path == path && !p.is(Status::Unknown))
    }

    /// A process begins; `slot` is below [`MAX_PROCESSES`].
    pub fn begin(&mut self, slot: usize, path: u64, order: &Order) {
        self.processes[slot] =
            Process { path, status: Status::Ready as u8, ..zerocopy::FromZeros::new_zeroed() };
        self.used = self.used.max(slot as u64 + 1);
        strategy::of(order.strategy).began(self, order, slot);
    }

    /// The process in `slot` never came to be.
    pub fn withdraw(&mut self, slot: usize) {
        self.processes[slot].status = Status::Unknown as u8;
    }

    /// The process in `slot` is about to do `next`.
    pub fn arrive(&mut self, slot: usize, next: Next, order: &Order) {
        let changes = self.changes;
        let process = &mut self.processes[slot];
        process.op = next.op;
        process.object = next.object;
        process.access = next.access as u8;
        process.asks = u8::from(next.asks);
        process.deadline = 0;
        process.timed_out = 0;
        let again = next.asks && process.in_vain != 0 && process.asked_at == changes;
        // Who sleeps between its questions asks when its time has come, and others' time is not skipped for it.
        let again = again && (process.lets_time_pass == 0 || process.polls >= POLLS_IN_TIME);
        process.status = if again { Status::Polling } else { Status::Ready } as u8;
        strategy::of(order.strategy).arrived(self, order, slot);
    }

    /// The operation of the process in `slot` would have to wait; `deadline` is 0 without a limit.
    ///
    /// Returns false when the limit has passed already: it does not wait.
    pub fn wait(&mut self, slot: usize, deadline: u64) -> bool {
        let process = &mut self.processes[slot];
        if process.timed_out != 0 {
            return false;
        }
        let limit = deadline.saturating_sub(self.now);
        process.patient = u8::from(process.object != 0 && limit > SHORT_LIMIT);
        process.deadline = deadline;
        process.status = Status::Waiting as u8;
        self.time_mattered |= u64::from(deadline != 0);
        true
    }

    /// The process in `slot` made a step.
    pub fn stepped(&mut self, slot: usize, step: Step, order: &Order) {
        self.steps += 1;
        self.now += STEP_NANOS;
        let changes = self.changes;
        let process = &mut self.processes[slot];
        process.steps += 1;
        process.deadline = 0;
        let timed_out = process.timed_out != 0;
        match step {
            Step::Changed => {
                process.in_vain = 0;
                process.last_answer = 0;
            }
            Step::Looked => {}
            Step::Answered { in_vain, answer } => {
                let key = process.object.rotate_left(17) ^ u64::from(process.op).rotate_left(40) ^ answer ^ 1;
                let again = process.last_answer == key && process.asked_at == changes;
                process.last_answer = key;
                if process.asked_at == changes {
                    process.polls += 1;
                } else {
                    process.polls = 1;
                    process.lets_time_pass = 0;
                }
                process.asked_at = changes;
                process.in_vain = u8::from(in_vain || again || process.polls >= SEVERAL_QUESTIONS);
            }
        }
        if timed_out {
            process.lets_time_pass = 1;
            process.readings = 0;
        }
        if step == Step::Changed {
            let object = process.object;
            self.changed(object);
        }
        strategy::of(order.strategy).stepped(self, order, slot);
    }

    fn note_change(&mut self) {
        self.changes += 1;
        self.changed_at = self.picks;
        self.rounds = 0;
    }

    /// Something about `object` changed: those who wait for it, or poll, may go on.
    fn changed(&mut self, object: u64) {
        self.note_change();
        for process in self.begun_mut() {
            let waited = process.is(Status::Waiting) && process.object == object && object != 0;
            if waited || process.is(Status::Polling) {
                process.status = Status::Ready as u8;
            }
        }
    }

    /// The process in `slot` has ended, by itself or not: whatever it held is free, whatever it had open is closed.
    pub fn end(&mut self, slot: usize) {
        self.processes[slot].status = Status::Ended as u8;
        self.note_change();
        for process in self.begun_mut() {
            if process.is(Status::Waiting) || process.is(Status::Polling) {
                process.status = Status::Ready as u8;
            }
        }
    }

    /// Whether the process in `slot` has ended.
    #[must_use]
    pub fn has_ended(&self, slot: usize) -> bool {
        self.processes[slot].is(Status::Ended)
    }

    /// The process in `slot` waits outside the library: the others go on without it.
    pub fn leave(&mut self, slot: usize) {
        self.processes[slot].status = Status::External as u8;
        self.external = 1;
    }

    /// The process in `slot` is back from outside.
    pub fn come_back(&mut self, slot: usize) {
        if self.processes[slot].is(Status::External) {
            self.processes[slot].status = Status::Ready as u8;
        }
    }

    /// The process in `slot` reads the clock: the time it sees.
    pub fn read_clock(&mut self, slot: usize) -> u64 {
        let process = &mut self.processes[slot];
        process.readings = process.readings.saturating_add(1);
        // A loop that only looks at the clock is a sleep of its own making: time runs faster for it.
        let doublings = (process.readings / CALM_READINGS).min(MOST_LEAP_DOUBLINGS);
        self.now += 100 << doublings;
        self.time_mattered = 1;
        self.now
    }
}
