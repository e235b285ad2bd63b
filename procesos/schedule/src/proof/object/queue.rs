//! A queue, or one direction of a pipe. Where one can put and another can get, there is both room and an item: nobody can tell who was
//! first. Each item is dealt with once, and everybody waits until all are.

use super::{Answer, Model, Told};

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnQueue {
    /// Puts, or sends.
    Put {
        /// Items that fit.
        room: u64,
    },
    /// Gets, or receives.
    Get,
    /// Looks whether it is empty, or whether something can be received.
    Look,
    /// Closes the end that sends.
    NoMorePuts,
    /// Closes the end that receives.
    NoMoreGets,
    /// Says that an item has been dealt with.
    TaskDone,
    /// Waits until all items have been dealt with.
    Join,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::proof) struct Queue {
    put: u64,
    got: u64,
    done: u64,
    /// How often each end was closed.
    no_more_puts: u64,
    no_more_gets: u64,
}

impl Queue {
    /// What is told to who only looks.
    fn seen(&self) -> Told {
        Told::apart([self.put, self.got, (self.no_more_puts << 32) | self.no_more_gets])
    }
}

/// Counts one more; told is how many there were.
fn count(counter: &mut u64) -> Answer {
    *counter += 1;
    Answer::Done(Told::counted([*counter - 1, 0]))
}

impl Model for Queue {
    type Deed = OnQueue;

    fn attempt(&mut self, _: u64, deed: OnQueue) -> Answer {
        match deed {
            OnQueue::Put { .. } if self.no_more_gets > 0 => Answer::Fails(self.seen()),
            OnQueue::Put { room } if self.put - self.got < room => count(&mut self.put),
            OnQueue::Get if self.put > self.got => count(&mut self.got),
            OnQueue::Get if self.no_more_puts > 0 => Answer::Fails(self.seen()),
            OnQueue::Put { .. } | OnQueue::Get => Answer::Waits(self.seen()),
            OnQueue::Look => Answer::Done(self.seen()),
            OnQueue::NoMorePuts => {
                self.no_more_puts += 1;
                Answer::Done(Told::apart([self.put, self.no_more_puts, 0]))
            }
            OnQueue::NoMoreGets => {
                self.no_more_gets += 1;
                Answer::Done(Told::apart([self.got, self.no_more_gets, 0]))
            }
            OnQueue::TaskDone if self.done < self.put => count(&mut self.done),
            OnQueue::TaskDone => Answer::Fails(Told::apart([self.done, 0, 0])),
            OnQueue::Join if self.done == self.put => Answer::Done(Told::counted([self.done, 0])),
            OnQueue::Join => Answer::Waits(Told::nothing()),
        }
    }
}
