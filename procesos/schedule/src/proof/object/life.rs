//! The life of a process.

use super::{Answer, Model, Told};

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnLife {
    /// Somebody starts it.
    Start,
    /// It begins.
    Begin,
    /// It ends.
    End,
    /// Somebody waits for its end.
    Join,
    /// Somebody asks whether it has not ended.
    AskAlive,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::proof) struct Life {
    started: bool,
    ended: bool,
}

impl Model for Life {
    type Deed = OnLife;

    fn attempt(&mut self, _: u64, deed: OnLife) -> Answer {
        let told = Told::nothing();
        match deed {
            OnLife::Start => self.started = true,
            OnLife::Begin if !self.started => return Answer::Waits(told),
            OnLife::End => self.ended = true,
            OnLife::Join if !self.ended => return Answer::Waits(told),
            OnLife::AskAlive => return Answer::Done(Told::counted([u64::from(!self.ended), 0])),
            OnLife::Begin | OnLife::Join => {}
        }
        Answer::Done(told)
    }
}
