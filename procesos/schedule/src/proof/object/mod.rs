//! What an object lets be done, what it tells, and which two steps cannot be exchanged: all of it follows from a small model of each kind
//! of object, one a file.
//!
//! A model says what an act is *told*, and what it leaves. Two steps clash where one of them could not be done after the other, where
//! either would be told something else, or where something else would be left. So what an act is told decides which orders are
//! distinct. It may be more than the program can tell: orders have to be told apart by which step comes before which, and "after one of
//! these two" is nothing of the kind. Of two releases of a semaphore the acquisition after them needs one, whichever came first; so
//! releases are numbered, as the items of a queue are, and an acquisition needs the one of its own number.

mod barrier;
mod condition;
mod event;
mod life;
mod lock;
mod pool;
mod queue;
mod semaphore;
mod value;

pub use barrier::OnBarrier;
pub use condition::OnCondition;
pub use event::OnEvent;
pub use life::OnLife;
pub use lock::OnLock;
pub use pool::{OnResults, OnTasks};
pub use queue::OnQueue;
pub use semaphore::OnSemaphore;
pub use value::OnValue;

use super::act::{Act, Deed, Step};

/// What an act is told; the same where orders are not told apart by it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// By this orders are told apart.
    apart: [u64; 3],
    /// By this the real object is compared with the model.
    counted: [u64; 2],
}

impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        self.apart == other.apart
    }
}

impl Told {
    /// Numbers that the object counts itself.
    fn counted(counted: [u64; 2]) -> Self {
        Self { apart: [counted[0], counted[1], 0], counted }
    }

    /// Numbers that only tell orders apart.
    fn apart(apart: [u64; 3]) -> Self {
        Self { apart, counted: [0; 2] }
    }

    /// Nothing.
    fn nothing() -> Self {
        Self::apart([0; 3])
    }
}

/// What comes of an act.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Answer {
    /// It is done.
    Done(Told),
    /// It fails, and nothing is changed.
    Fails(Told),
    /// It waits, or fails where its step does not wait; nothing is changed.
    Waits(Told),
}

impl Answer {
    fn or_fails(self, waits: bool) -> Option<Self> {
        match self {
            Self::Waits(_) if waits => None,
            Self::Waits(told) => Some(Self::Fails(told)),
            answer => Some(answer),
        }
    }

    /// Whether a real object did so.
    fn is_of(self, act: &Act) -> bool {
        let (worked, told) = match self {
            Self::Done(told) => (true, told),
            Self::Fails(told) | Self::Waits(told) => (false, told),
        };
        worked == act.worked && act.counted.is_none_or(|counted| counted == told.counted)
    }
}

/// What each kind of object is to the proof.
trait Model: Default {
    /// What is done to it.
    type Deed;

    /// A process tries to do it.
    fn attempt(&mut self, process: u64, deed: Self::Deed) -> Answer;
}

/// The state of one object, whatever it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Object {
    /// Nothing was done to it yet.
    #[default]
    Fresh,
    Value(value::Value),
    Lock(lock::Lock),
    Queue(queue::Queue),
    Life(life::Life),
    Event(event::Event),
    Semaphore(semaphore::Semaphore),
    Condition(condition::Condition),
    Barrier(barrier::Barrier),
    Tasks(pool::Tasks),
    Results(pool::Results),
}

/// Does a deed to an object of its kind; to one of another kind nothing can be done.
macro_rules! by_kind {
    ($object:expr, $process:expr, $deed:expr, $($kind:ident)*) => {
        match $deed {
            $(Deed::$kind(deed) => {
                if let Object::Fresh = $object {
                    *$object = Object::$kind(Default::default());
                }
                match $object {
                    Object::$kind(state) => state.attempt($process, deed),
                    _ => Answer::Waits(Told::nothing()),
                }
            })*
        }
    };
}

impl Object {
    fn attempt(&mut self, process: u64, deed: Deed) -> Answer {
        by_kind!(self, process, deed, Value Lock Queue Life Event Semaphore Condition Barrier Tasks Results)
    }

    /// Takes what a step does to this object, which is the one with that number; what each act of it is told, or `None` where the step
    /// has to wait: then the state is nobody's.
    pub(super) fn take(&mut self, step: &Step, object: u64) -> Option<Vec<Answer>> {
        let acts = step.acts.iter().filter(|act| act.object == object);
        acts.map(|act| self.attempt(step.process, act.deed).or_fails(step.waits)).collect()
    }

    /// Whether a step could be made here, as far as this object goes.
    pub(super) fn lets(&self, step: &Step, object: u64) -> bool {
        self.clone().take(step, object).is_some()
    }

    /// Takes a step that was made: whether the real object did what is expected.
    pub(super) fn did(&mut self, step: &Step, object: u64) -> bool {
        let acts = step.acts.iter().filter(|act| act.object == object);
        self.take(step, object)
            .is_some_and(|answers| answers.iter().zip(acts).all(|(answer, act)| answer.is_of(act)))
    }

    /// Whether two steps that could be made next could not be exchanged, as far as this object goes.
    pub(super) fn sets_apart(&self, first: &Step, second: &Step, object: u64) -> bool {
        let in_turn = |one: &Step, other: &Step| {
            let mut state = self.clone();
            let (own, others) = (state.take(one, object)?, state.take(other, object)?);
            Some((own, others, state))
        };
        match (in_turn(first, second), in_turn(second, first)) {
            (Some((first, second, state)), Some((second_before, first_after, other_state))) => {
                (first, second) != (first_after, second_before) || state != other_state
            }
            _ => true,
        }
    }
}
