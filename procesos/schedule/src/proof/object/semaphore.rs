//! A semaphore. A permit that it had in the beginning comes from nobody, so who takes one of those before another one makes no
//! difference; all further ones are numbered, as the items of a queue are: each needs the release of its number. What a process leaves
//! that ends with permits is in a row with the releases: an acquisition can have its permit from either, whichever is there first.

use super::{Answer, Model, Told};

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnSemaphore {
    /// Takes a permit.
    Acquire {
        /// Permits that it had in the beginning.
        permits: u64,
    },
    /// Gives back a permit.
    Release,
    /// Gives a permit that nobody had taken.
    Signal {
        /// How many more it may have than in the beginning.
        spare: u64,
    },
    /// Keeps a permit for good, where that makes place for another one.
    Consume,
    /// Asks how many permits are left.
    Ask {
        /// Permits that it had in the beginning.
        permits: u64,
    },
    /// A process ends with so many permits: they are there for who finds no others.
    Abandon {
        /// How many.
        count: u64,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::proof) struct Semaphore {
    /// Taken and released, those of processes that have ended aside.
    taken: u64,
    released: u64,
    /// Given beyond those of the beginning, and kept for good.
    signals: u64,
    consumed: u64,
    /// Left by processes that have ended, and taken by others since.
    abandoned: u64,
    inherited: u64,
}

/// In the place of the number of an acquisition: one of the permits of the beginning.
const FIRST: u64 = u64::MAX;

impl Semaphore {
    fn seen(&self) -> Told {
        Told::apart([self.taken, self.released, self.inherited])
    }

    fn release(&mut self) -> Answer {
        self.released += 1;
        let counted = [self.released - 1 + self.inherited, 0];
        Answer::Done(Told { apart: [self.released, self.abandoned, 0], counted })
    }

    fn acquire(&mut self, permits: u64) -> Answer {
        let number = self.taken + self.inherited;
        if self.taken < permits.saturating_add(self.released) {
            let apart = [if self.taken < permits { FIRST } else { self.taken }, 0, 0];
            self.taken += 1;
            Answer::Done(Told { apart, counted: [number, 0] })
        } else if self.inherited < self.abandoned {
            self.inherited += 1;
            Answer::Done(Told { apart: self.seen().apart, counted: [number, 1] })
        } else {
            Answer::Waits(Told::nothing())
        }
    }
}

impl Model for Semaphore {
    type Deed = OnSemaphore;

    fn attempt(&mut self, _: u64, deed: OnSemaphore) -> Answer {
        match deed {
            OnSemaphore::Acquire { permits } => self.acquire(permits),
            OnSemaphore::Release => self.release(),
            OnSemaphore::Signal { spare } if self.signals < self.consumed.saturating_add(spare) => {
                self.signals += 1;
                self.release()
            }
            OnSemaphore::Signal { .. } => Answer::Fails(Told::apart([self.signals, self.consumed, 0])),
            OnSemaphore::Consume => {
                self.consumed += 1;
                Answer::Done(Told::apart([self.consumed, 0, 0]))
            }
            OnSemaphore::Ask { permits } => {
                let left = permits.saturating_add(self.released).saturating_sub(self.taken);
                Answer::Done(Told { counted: [left, 0], ..self.seen() })
            }
            OnSemaphore::Abandon { count } => {
                self.abandoned += count;
                Answer::Done(Told::apart([self.released, self.abandoned, 0]))
            }
        }
    }
}
