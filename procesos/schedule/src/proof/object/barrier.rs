//! A barrier. How many had arrived before is told, so that every order of arrivals is distinct; who goes on afterwards, and when, is
//! everybody's own affair.

use std::collections::BTreeMap;

use super::{Answer, Model, Told};

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnBarrier {
    /// Arrives.
    Arrive {
        /// How many have to.
        parties: u64,
    },
    /// Waits until all have arrived.
    Wait,
    /// Breaks it.
    Abort,
    /// Makes it as new.
    Reset,
    /// Asks how many wait, or whether it is broken.
    Ask,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::proof) struct Barrier {
    generation: u64,
    broken: bool,
    waiting: Vec<u64>,
    /// Who need not wait any more and has not gone on: in which generation, and whether all had arrived.
    decided: BTreeMap<u64, (u64, bool)>,
}

impl Barrier {
    /// Ends a generation.
    fn decide(&mut self, passed: bool) {
        let generation = self.generation;
        self.decided.extend(self.waiting.drain(..).map(|process| (process, (generation, passed))));
        self.generation += 1;
    }

    fn end(&mut self, broken: bool) -> Answer {
        let told = Told::counted([self.generation, self.waiting.len() as u64]);
        self.decide(false);
        self.broken = broken;
        Answer::Done(told)
    }
}

impl Model for Barrier {
    type Deed = OnBarrier;

    fn attempt(&mut self, process: u64, deed: OnBarrier) -> Answer {
        let seen = [self.generation, self.waiting.len() as u64];
        match deed {
            OnBarrier::Arrive { .. } if self.broken => Answer::Fails(Told::counted(seen)),
            OnBarrier::Arrive { parties } => {
                self.waiting.push(process);
                if self.waiting.len() as u64 == parties {
                    self.decide(true);
                }
                Answer::Done(Told::counted(seen))
            }
            OnBarrier::Wait => match self.decided.remove(&process) {
                Some((generation, true)) => Answer::Done(Told::counted([generation, 0])),
                Some((generation, false)) => Answer::Fails(Told::apart([generation, 0, 0])),
                None => Answer::Waits(Told::nothing()),
            },
            OnBarrier::Abort => self.end(true),
            OnBarrier::Reset => self.end(false),
            OnBarrier::Ask => Answer::Done(Told::apart([seen[0], seen[1], u64::from(self.broken)])),
        }
    }
}
