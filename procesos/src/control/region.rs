//! The memory that the processes of an execution and their server share.
//!
//! The token is a word that names its holder. Only the holder touches the [`State`]; handing the token over publishes it.
//! While the holder touches the state nobody takes the token from it: the server can only take it from one that sleeps
//! elsewhere, and one that wakes in that very moment finds out before it touches anything.

use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use procesos_schedule::{Choice, MAX_PROCESSES, Segment, State, Stop};

use crate::sys::{self, Shared};

/// `u64`: slot of the holder of the token, or [`SERVER`]; with [`TOUCHING`] while it touches the state.
const HOLDER_AT: usize = 0;
/// `u64`: a call to the server: 0, [`LOOK`], or the number of a [`Stop`]. The server sleeps on it.
const CALL_AT: usize = 8;
/// `u64`: how often the state was touched, so that the server sees an execution move.
const TOUCHED_AT: usize = 16;
/// `u64`: virtual nanoseconds, for threads that do not take turns.
const NOW_AT: usize = 24;
/// `u64`: not 0 while the holder is in an attempt, or waits for the system: if it sleeps, it is not outside the library.
const INSIDE_AT: usize = 32;
/// `u64`: not 0 when somebody is back from outside the library.
const ANY_BACK_AT: usize = 40;
/// `u64`: not 0 when a thread that takes no turns asked what time it is, or slept.
const TIME_MATTERED_AT: usize = 48;
/// `u32` each: not 0 when the process in a slot is back from outside the library.
const BACK_AT: usize = 64;
/// `u32` each: pid of the process in a slot.
const PIDS_AT: usize = BACK_AT + 4 * MAX_PROCESSES;
/// `u64` each: 1 when it is the turn of the process in a slot. Each sleeps on its own.
const TURNS_AT: usize = PIDS_AT + 4 * MAX_PROCESSES;
/// `u64` each: 1 when the process in a slot has closed what it was not given.
const SETTLED_AT: usize = TURNS_AT + 8 * MAX_PROCESSES;
const STATE_AT: usize = (SETTLED_AT + 8 * MAX_PROCESSES).next_multiple_of(64);
/// One byte a pick: the slot.
const PICKS_AT: usize = (STATE_AT + size_of::<State>()).next_multiple_of(64);
/// Picks that are remembered.
pub(super) const MOST_PICKS: usize = 1 << 20;
const REGION_BYTES: usize = PICKS_AT + MOST_PICKS;

/// The holder of a token that no process can have.
pub(super) const SERVER: u64 = u32::MAX as u64;
const TOUCHING: u64 = 1 << 32;
/// A call to the server: the holder is about to end.
pub(super) const LOOK: u64 = 1 << 16;
/// Sleepers look again this often: it costs little, and no lost wake can stop an execution.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Debug)]
pub(super) struct Region(Shared);

impl Region {
    pub(super) fn new() -> io::Result<Self> {
        Shared::anonymous(REGION_BYTES).map(Self)
    }

    fn holder(&self) -> &AtomicU64 {
        self.0.u64(HOLDER_AT)
    }

    fn call_word(&self) -> &AtomicU64 {
        self.0.u64(CALL_AT)
    }

    fn turn(&self, slot: usize) -> &AtomicU64 {
        self.0.u64(TURNS_AT + 8 * slot)
    }

    fn settled(&self, slot: usize) -> &AtomicU64 {
        self.0.u64(SETTLED_AT + 8 * slot)
    }

    fn back(&self, slot: usize) -> &AtomicU32 {
        self.0.u32(BACK_AT + 4 * slot)
    }

    fn pid_word(&self, slot: usize) -> &AtomicU32 {
        self.0.u32(PIDS_AT + 4 * slot)
    }

    /// Prepares for an execution; nobody but the server is there.
    pub(super) fn begin(&self, state: &State) {
        for slot in 0..MAX_PROCESSES {
            self.back(slot).store(0, Ordering::Relaxed);
            self.pid_word(slot).store(0, Ordering::Relaxed);
            self.turn(slot).store(0, Ordering::Relaxed);
            self.settled(slot).store(0, Ordering::Relaxed);
        }
        self.call_word().store(0, Ordering::Relaxed);
        self.0.u64(INSIDE_AT).store(0, Ordering::Relaxed);
        self.0.u64(ANY_BACK_AT).store(0, Ordering::Relaxed);
        self.0.u64(TIME_MATTERED_AT).store(0, Ordering::Relaxed);
        self.holder().store(SERVER, Ordering::Relaxed);
        self.with_state(SERVER, |shared| *shared = *state);
        self.holder().store(0, Ordering::SeqCst);
    }

    /// Who holds the token: a slot, or nobody.
    pub(super) fn holder_slot(&self) -> Option<usize> {
        let holder = self.holder().load(Ordering::SeqCst) & !TOUCHING;
        usize::try_from(holder).ok().filter(|slot| *slot < MAX_PROCESSES)
    }

    pub(super) fn holds(&self, slot: usize) -> bool {
        self.holder_slot() == Some(slot)
    }

    /// Runs `step` on the state, as the holder `who` of the token: a process that lost it because it slept outside the
    /// library waits for its turn first.
    pub(super) fn with_state<R>(&self, who: u64, step: impl FnOnce(&mut State) -> R) -> R {
        while !self.holder_becomes(who, who | TOUCHING) {
            if who != SERVER {
                let slot = usize::try_from(who).unwrap_or(0);
                self.say_back(slot);
                self.wait_for_turn(slot);
            }
        }
        self.0.u64(TOUCHED_AT).fetch_add(1, Ordering::Relaxed);
        let state = self.0.exclusive::<State>(STATE_AT);
        let result = step(state);
        self.0.u64(NOW_AT).store(state.now, Ordering::Relaxed);
        self.holder().store(who, Ordering::SeqCst);
        result
    }

    fn holder_becomes(&self, before: u64, after: u64) -> bool {
        self.holder().compare_exchange(before, after, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// The virtual time when it was touched last, for those who may not touch it.
    #[cfg(procesos_intercept)]
    pub(super) fn now(&self) -> u64 {
        self.0.u64(NOW_AT).load(Ordering::Relaxed)
    }

    /// A thread that takes no turns asks what time it is, or sleeps.
    #[cfg(procesos_intercept)]
    pub(super) fn note_time(&self) {
        self.0.u64(TIME_MATTERED_AT).store(1, Ordering::Relaxed);
    }

    /// Whether a thread that takes no turns asked what time it is, or slept.
    pub(super) fn time_mattered(&self) -> bool {
        self.0.u64(TIME_MATTERED_AT).load(Ordering::SeqCst) != 0
    }

    /// Runs a part of the library in which the holder may sleep although it waits for no other process: for the system.
    pub(super) fn inside<R>(&self, part: impl FnOnce() -> R) -> R {
        let word = self.0.u64(INSIDE_AT);
        let before = word.swap(1, Ordering::SeqCst);
        let result = part();
        word.store(before, Ordering::SeqCst);
        result
    }

    /// Whether the holder is inside the library.
    pub(super) fn is_inside(&self) -> bool {
        self.0.u64(INSIDE_AT).load(Ordering::SeqCst) != 0
    }

    /// Grows whenever the holder touches the state.
    pub(super) fn times_touched(&self) -> u64 {
        self.0.u64(TOUCHED_AT).load(Ordering::SeqCst)
    }

    /// The server has the token: its holder has ended, or leaves it to the server.
    pub(super) fn take_token(&self) {
        self.0.u64(INSIDE_AT).store(0, Ordering::SeqCst);
        self.holder().store(SERVER, Ordering::SeqCst);
    }

    /// Takes the token from the process in `slot`, which sleeps outside, unless it has woken since the state was touched
    /// `touched` times.
    pub(super) fn take_token_from(&self, slot: usize, touched: u64) -> bool {
        if !self.holder_becomes(slot as u64, SERVER) {
            return false;
        }
        let slept = self.times_touched() == touched;
        if !slept {
            // It waits for this before it hands the token on.
            self.holder().store(slot as u64, Ordering::SeqCst);
        }
        slept
    }

    /// The holder `who` hands the token to the process in `slot` and wakes it.
    pub(super) fn hand_to(&self, who: u64, slot: usize) {
        while !self.holder_becomes(who, slot as u64) {
            // The server has taken it and is about to give it back.
            std::thread::yield_now();
        }
        self.turn(slot).store(1, Ordering::SeqCst);
        sys::futex_wake(self.turn(slot), 1);
    }

    /// Sleeps until it is the turn of `slot`.
    pub(super) fn wait_for_turn(&self, slot: usize) {
        let turn = self.turn(slot);
        while turn.load(Ordering::SeqCst) == 0 {
            sys::futex_wait(turn, 0, LOOK_AGAIN);
        }
        turn.store(0, Ordering::SeqCst);
    }

    /// The process in `slot` is set up; its parent may go on.
    pub(super) fn settle(&self, slot: usize) {
        self.settled(slot).store(1, Ordering::SeqCst);
        sys::futex_wake(self.settled(slot), 1);
    }

    /// Sleeps until the process in `slot` is set up, or `gone` says that it never will be.
    pub(super) fn wait_until_settled(&self, slot: usize, gone: impl Fn() -> bool) {
        while self.settled(slot).load(Ordering::SeqCst) == 0 && !gone() {
            sys::futex_wait(self.settled(slot), 0, LOOK_AGAIN);
        }
    }

    pub(super) fn set_pid(&self, slot: usize, pid: u32) {
        self.pid_word(slot).store(pid, Ordering::SeqCst);
    }

    pub(super) fn pid(&self, slot: usize) -> u32 {
        self.pid_word(slot).load(Ordering::SeqCst)
    }

    /// Says that the process in `slot` is back from outside the library.
    pub(super) fn say_back(&self, slot: usize) {
        self.back(slot).store(1, Ordering::SeqCst);
        self.0.u64(ANY_BACK_AT).store(1, Ordering::SeqCst);
    }

    /// Takes note of those who are back; the holder does, before it chooses.
    pub(super) fn welcome_back(&self, state: &mut State) {
        let any = self.0.u64(ANY_BACK_AT);
        if any.load(Ordering::SeqCst) == 0 {
            return;
        }
        any.store(0, Ordering::SeqCst);
        for slot in 0..MAX_PROCESSES {
            if self.back(slot).load(Ordering::SeqCst) != 0 {
                self.back(slot).store(0, Ordering::SeqCst);
                state.come_back(slot);
            }
        }
    }

    /// Calls the server.
    pub(super) fn call(&self, what: u64) {
        self.call_word().store(what, Ordering::SeqCst);
        sys::futex_wake(self.call_word(), 1);
    }

    /// Sleeps until the server is called, at most `limit`; the call, and the word is cleared of [`LOOK`].
    pub(super) fn wait_for_call(&self, limit: Duration) -> Option<Call> {
        sys::futex_wait(self.call_word(), 0, limit);
        match self.call_word().load(Ordering::SeqCst) {
            0 => None,
            LOOK => {
                self.call_word().store(0, Ordering::SeqCst);
                Some(Call::Look)
            }
            number => u32::try_from(number).ok().and_then(Stop::from_number).map(Call::Stop),
        }
    }

    /// Whatever the holder has called for by [`LOOK`] has been done.
    pub(super) fn forget_look(&self) {
        let word = self.call_word();
        // Any other call stays.
        let _ = word.compare_exchange(LOOK, 0, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Remembers a pick: the last one that `state` made.
    pub(super) fn remember(&self, state: &State) {
        let index = usize::try_from(state.picks).unwrap_or(usize::MAX).saturating_sub(1);
        if index < MOST_PICKS {
            self.0.copy_in(PICKS_AT + index, &[u8::try_from(state.last).unwrap_or(u8::MAX)]);
        }
    }

    /// The picks so far, run by run.
    pub(super) fn picks(&self, state: &State) -> Vec<Segment> {
        let count = usize::try_from(state.picks).unwrap_or(usize::MAX).min(MOST_PICKS);
        let mut slots = Vec::new();
        self.0.copy_out(PICKS_AT, count, &mut slots);
        slots
            .chunk_by(|a, b| a == b)
            .filter_map(|run| {
                let process = state.processes.get(usize::from(run[0]))?.path;
                Some(Segment { process, picks: u32::try_from(run.len()).unwrap_or(u32::MAX) })
            })
            .collect()
    }
}

/// What the server is called for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Call {
    /// The holder is about to end.
    Look,
    /// The execution is over.
    Stop(Stop),
}

/// Lets the holder choose, as far as it is a matter of the region.
pub(super) fn choose(region: &Region, state: &mut State, order: &procesos_schedule::Order) -> Choice {
    region.welcome_back(state);
    let choice = state.choose(order);
    if matches!(choice, Choice::Run(_)) {
        region.remember(state);
    }
    choice
}
