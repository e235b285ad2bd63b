//! The memory by which clients and the server of a manager speak: one letter at a time.
//!
//! A client locks it, writes a request, and stays until it has read the answer. Locks are robust, so a client that is killed
//! in between only leaves an answer that nobody reads; the server holds one as long as it lives, so that everybody can tell when it
//! is gone, whatever its pid is given to.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::sched::sched_yield;
use procesos_trace::ObjectId;

use super::wire::{Reply, Request};
use crate::bell::{EVERYBODY, LOOK_AGAIN};
use crate::codec;
use crate::error::{Error, Kind, Result};
use crate::handover::Shareable;
use crate::identity;
use crate::sys::{self, MUTEX_BYTES, MutexState, RobustMutex, Shared};
use crate::yielding::Yielding;

const LOCK_AT: usize = 0;
/// Held by the server.
const LIFE_AT: usize = MUTEX_BYTES;
/// `u64`: whose turn it is.
const TURN_AT: usize = 2 * MUTEX_BYTES;
/// `u64`: bytes of the letter.
const LENGTH_AT: usize = TURN_AT + 8;
/// `u32`: who sleeps until the turn changes. May count dead ones: that costs a needless wake.
const SLEEPERS_AT: usize = TURN_AT + 16;
/// `u64`: not 0 once the server holds the lock of its life.
const BORN_AT: usize = 3 * MUTEX_BYTES;
/// `u64`: pid of the server.
const PID_AT: usize = BORN_AT + 8;
/// `u64`: not 0 once somebody has seen that the server is gone.
const GONE_AT: usize = BORN_AT + 16;
const LETTER_AT: usize = 4096;
/// Sparse room for a letter, in the sizes that are tried.
const ROOMS: [usize; 3] = [1 << 30, 1 << 27, 1 << 24];
/// Of a longer letter the memory goes back to the system.
const KEPT_BYTES: usize = 1 << 20;

/// Nobody wants anything.
const IDLE: u64 = 0;
/// A request is there.
const ASKED: u64 = 1;
/// Its answer is there.
const ANSWERED: u64 = 2;

/// A call takes a hundredth of this: whoever waits longer looks for the first time, then more and more rarely.
const FIRST_LOOK: Duration = Duration::from_millis(1);
/// How often whoever has waited looks whether the server lives.
const LOOKS: u32 = 3;

const DOING: &str = "Manager";

/// See the module.
#[derive(Debug)]
pub(super) struct Link {
    memory: Shared,
    room: usize,
    /// The process that made the manager: the server ends when that one is its parent no more.
    pub(super) owner: u32,
    pub(super) id: ObjectId,
}

impl Shareable for Link {}

impl Link {
    pub(super) fn new() -> Result<Self> {
        let mut last = io::Error::from(io::ErrorKind::OutOfMemory);
        for room in ROOMS {
            match Shared::anonymous(LETTER_AT + room) {
                Ok(memory) => {
                    let ready = RobustMutex::initialise(&memory, LOCK_AT)
                        .and_then(|()| RobustMutex::initialise(&memory, LIFE_AT));
                    ready.map_err(|error| Error::system("Manager::start", error))?;
                    return Ok(Self { memory, room, owner: identity::home(), id: identity::next_object() });
                }
                Err(error) => last = error,
            }
        }
        Err(Error::system("Manager::start", last))
    }

    fn turn(&self) -> &AtomicU64 {
        self.memory.u64(TURN_AT)
    }

    fn word(&self, at: usize) -> u64 {
        self.memory.u64(at).load(Ordering::SeqCst)
    }

    fn set_word(&self, at: usize, value: u64) {
        self.memory.u64(at).store(value, Ordering::SeqCst);
    }

    /// The parent says who the server is.
    pub(super) fn introduce(&self, pid: u32) {
        self.set_word(PID_AT, pid.into());
    }

    /// Whether the server has ended, or never will be.
    pub(super) fn is_gone(&self) -> bool {
        if self.word(GONE_AT) != 0 {
            return true;
        }
        let gone = if self.word(BORN_AT) == 0 {
            u32::try_from(self.word(PID_AT)).is_ok_and(|pid| pid != 0 && sys::has_ended(pid))
        } else {
            let life = RobustMutex::at(&self.memory, LIFE_AT);
            // Whoever gets it has proof; while that one has it, another one takes the server for alive.
            let free = matches!(life.try_lock(), Ok(MutexState::Locked | MutexState::OwnerDied));
            free && life.unlock().is_ok()
        };
        if gone {
            self.set_word(GONE_AT, 1);
        }
        gone
    }

    /// The same for one who has waited: all who wait look at about the same time, and may find one another having the proof.
    fn is_gone_by_now(&self) -> bool {
        (0..LOOKS).any(|look| {
            if look > 0 {
                let _ = sched_yield();
            }
            self.is_gone()
        })
    }

    fn write(&self, letter: &[u8]) -> Result<()> {
        if letter.len() > self.room {
            return Err(Kind::LetterTooLarge { bytes: letter.len(), room: self.room }.into());
        }
        self.memory.copy_in(LETTER_AT, letter);
        self.set_word(LENGTH_AT, letter.len() as u64);
        Ok(())
    }

    fn read(&self) -> Result<Vec<u8>> {
        let length = usize::try_from(self.word(LENGTH_AT)).unwrap_or(usize::MAX).min(self.room);
        let mut letter = Vec::new();
        codec::make_room(DOING, length, &mut letter)?;
        self.memory.copy_out(LETTER_AT, length, &mut letter);
        if length > KEPT_BYTES {
            self.memory.discard(LETTER_AT, length);
        }
        Ok(letter)
    }

    /// Passes the turn on.
    fn pass(&self, turn: u64) {
        self.turn().store(turn, Ordering::SeqCst);
        if self.memory.u32(SLEEPERS_AT).load(Ordering::SeqCst) > 0 {
            sys::futex_wake(self.turn(), EVERYBODY);
        }
    }

    /// Waits while it is `turn`, until `gone` says that it stays so; whether it changed.
    fn wait_while(&self, turn: u64, gone: impl Fn() -> bool) -> bool {
        let mut patience = Yielding::begin();
        let mut look = FIRST_LOOK;
        while self.turn().load(Ordering::SeqCst) == turn {
            if patience.goes_on() {
                continue;
            }
            let sleepers = self.memory.u32(SLEEPERS_AT);
            sleepers.fetch_add(1, Ordering::SeqCst);
            sys::futex_wait(self.turn(), turn, look);
            sleepers.fetch_sub(1, Ordering::SeqCst);
            look = (look * 2).min(LOOK_AGAIN);
            if self.turn().load(Ordering::SeqCst) == turn && gone() {
                return false;
            }
        }
        true
    }

    /// Asks the server, and waits for its answer. One step for whoever asks: the server does nothing by itself.
    pub(super) fn ask(&self, request: &Request) -> Result<Reply> {
        let lock = RobustMutex::at(&self.memory, LOCK_AT);
        let mut state = lock.try_lock();
        while let Ok(MutexState::Busy) = state {
            if self.is_gone() {
                return Err(Kind::ServerDied.into());
            }
            state = lock.lock(LOOK_AGAIN);
            if matches!(state, Ok(MutexState::Busy)) && self.is_gone_by_now() {
                return Err(Kind::ServerDied.into());
            }
        }
        state.map_err(|error| Error::system(DOING, error))?;
        let answer = self.ask_alone(request);
        lock.unlock().map_err(|error| Error::system(DOING, error))?;
        Reply::decode(&answer?).ok_or_else(|| Kind::Decode(String::new()).into())
    }

    fn ask_alone(&self, request: &Request) -> Result<Vec<u8>> {
        // The request of a client that was killed has to be out of the way.
        let free = self.wait_while(ASKED, || self.is_gone_by_now());
        if !free || self.is_gone() {
            return Err(Kind::ServerDied.into());
        }
        self.write(&request.encode())?;
        self.pass(ASKED);
        if !self.wait_while(ASKED, || self.is_gone_by_now()) {
            return Err(Kind::ServerDied.into());
        }
        let answer = self.read();
        self.turn().store(IDLE, Ordering::SeqCst);
        answer
    }

    /// In the server: is alive from here on.
    pub(super) fn live(&self) -> Result<()> {
        let life = RobustMutex::at(&self.memory, LIFE_AT);
        while let MutexState::Busy = life.lock(LOOK_AGAIN).map_err(|error| Error::system(DOING, error))? {
            // Nobody else looks before it is born.
            let _ = sched_yield();
        }
        self.set_word(BORN_AT, 1);
        Ok(())
    }

    /// In the server: waits for the next request; `None` when its owner is gone.
    pub(super) fn next_request(&self, orphaned: impl Fn() -> bool) -> Option<Vec<u8>> {
        loop {
            match self.turn().load(Ordering::SeqCst) {
                // What there is no memory for is nothing that can be done.
                ASKED => return Some(self.read().unwrap_or_default()),
                other if self.wait_while(other, &orphaned) => {}
                _ => return None,
            }
        }
    }

    /// In the server: answers.
    pub(super) fn answer(&self, reply: &Reply) {
        if self.write(&reply.encode()).is_err() {
            // It has no room: an answer of nothing always has.
            let _ = self.write(&Reply::too_large().encode());
        }
        self.pass(ANSWERED);
    }
}
