//! What is read and written as a whole: a value, an object that a manager keeps, the manager itself.

use super::{Answer, Model, Told};

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnValue {
    /// Reads it.
    Read,
    /// Writes it.
    Write,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::proof) struct Value {
    writes: u64,
}

impl Model for Value {
    type Deed = OnValue;

    fn attempt(&mut self, _: u64, deed: OnValue) -> Answer {
        self.writes += u64::from(deed == OnValue::Write);
        Answer::Done(Told::counted([self.writes, 0]))
    }
}
