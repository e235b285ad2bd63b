//! A lock. What its holder does with one that it may take again is not told here: it concerns nobody else.

use super::{Answer, Model, Told};

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnLock {
    /// Takes it.
    Acquire,
    /// Frees it.
    Release,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::proof) struct Lock {
    holder: Option<u64>,
    taken: u64,
}

impl Model for Lock {
    type Deed = OnLock;

    fn attempt(&mut self, process: u64, deed: OnLock) -> Answer {
        match (deed, self.holder) {
            (OnLock::Acquire, None) => {
                self.holder = Some(process);
                self.taken += 1;
                Answer::Done(Told::counted([self.taken, 0]))
            }
            // Who holds it is told so at once.
            (OnLock::Acquire, Some(holder)) if holder == process => Answer::Fails(Told::nothing()),
            (OnLock::Acquire, Some(_)) => Answer::Waits(Told::nothing()),
            (OnLock::Release, _) => {
                self.holder = None;
                Answer::Done(Told::nothing())
            }
        }
    }
}
