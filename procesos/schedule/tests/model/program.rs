//! The language of the models: flat lists of operations over one accumulator, with relative jumps.

use super::execution::Outcome;
use super::signs::Sign;

/// A number that an operation uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// This one.
    Of(i64),
    /// The accumulator, and this much more.
    Last(i64),
}

/// A question about the accumulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Test {
    Is(i64),
    IsNot(i64),
    AtLeast(i64),
}

impl Test {
    pub(crate) fn holds(self, last: i64) -> bool {
        match self {
            Self::Is(number) => last == number,
            Self::IsNot(number) => last != number,
            Self::AtLeast(number) => last >= number,
        }
    }
}

/// An operation. Those of the first group are points; the others are the process's own affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Get(usize),
    Set(usize, Value),
    Put(usize, Value),
    /// Puts if there is room: otherwise the accumulator is -1.
    TryPut(usize, Value),
    Take(usize),
    /// Takes, or gives up after so many nanoseconds: then the accumulator is -1.
    TakeWithin(usize, u64),
    /// Takes if there is something: otherwise the accumulator is -1.
    TryTake(usize),
    /// The accumulator is 1 if it is empty, else 0.
    IsEmpty(usize),
    Acquire(usize),
    /// The accumulator is 1 if it was free, else 0.
    TryAcquire(usize),
    Release(usize),
    /// Starts a process with this program.
    Start(usize),
    /// Waits for the child with this ordinal, from 0.
    Join(usize),
    /// The accumulator is 1 if that child has not ended, else 0.
    IsAlive(usize),
    Sleep(u64),
    Sign(Sign),
    /// Every program ends with it.
    Exit,

    /// The accumulator is the time, in nanoseconds.
    Clock,
    /// Keeps the accumulator in the register.
    Save,
    /// Takes the register from the accumulator.
    LessSaved,
    /// The accumulator becomes a part of the outcome.
    Log,
    /// Something that must not be has been seen.
    Fail,
    /// Goes so far when the test fails.
    Unless(Test, isize),
}

impl Op {
    /// Whether the others can tell when it happens.
    pub(crate) fn is_point(self) -> bool {
        !matches!(
            self,
            Self::Clock | Self::Save | Self::LessSaved | Self::Log | Self::Fail | Self::Unless(..)
        )
    }
}

/// A program with its processes, and what is wrong with it.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) name: &'static str,
    /// The first one is that of the first process.
    pub(crate) programs: Vec<Vec<Op>>,
    /// Capacities of the queues.
    pub(crate) queues: Vec<usize>,
    /// Permits of the semaphores, and how many more there may be.
    pub(crate) permits: Vec<[u64; 2]>,
    /// How many meet at the barriers.
    pub(crate) parties: Vec<usize>,
    /// Whether an outcome is one that must not be.
    pub(crate) is_wrong: fn(&Outcome) -> bool,
}

impl Model {
    pub(crate) fn new(name: &'static str, programs: impl IntoIterator<Item = Vec<Op>>) -> Self {
        let programs = programs.into_iter().map(|ops| ops.into_iter().chain([Op::Exit]).collect()).collect();
        Self {
            name,
            programs,
            queues: Vec::new(),
            permits: Vec::new(),
            parties: Vec::new(),
            is_wrong: |outcome| outcome.failed,
        }
    }

    /// A first process that starts all of `programs`, waits for them, and then does `after`.
    pub(crate) fn started(
        name: &'static str,
        after: impl IntoIterator<Item = Op>,
        programs: impl IntoIterator<Item = Vec<Op>>,
    ) -> Self {
        let programs: Vec<_> = programs.into_iter().collect();
        let count = programs.len();
        let first = (1..=count).map(Op::Start).chain((0..count).map(Op::Join)).chain(after).collect();
        Self::new(name, [first].into_iter().chain(programs))
    }

    pub(crate) fn with_queues(mut self, capacities: impl IntoIterator<Item = usize>) -> Self {
        self.queues = capacities.into_iter().collect();
        self
    }

    pub(crate) fn with_permits(mut self, permits: impl IntoIterator<Item = [u64; 2]>) -> Self {
        self.permits = permits.into_iter().collect();
        self
    }

    pub(crate) fn with_parties(mut self, parties: impl IntoIterator<Item = usize>) -> Self {
        self.parties = parties.into_iter().collect();
        self
    }

    pub(crate) fn wrong_when(mut self, is_wrong: fn(&Outcome) -> bool) -> Self {
        self.is_wrong = is_wrong;
        self
    }
}

/// `body`, `count` times.
pub(crate) fn times(count: usize, body: &[Op]) -> Vec<Op> {
    body.repeat(count)
}

/// `body`, if the accumulator passes `test`.
pub(crate) fn when(test: Test, body: &[Op]) -> Vec<Op> {
    [Op::Unless(test, distance(body) + 1)].into_iter().chain(body.iter().copied()).collect()
}

/// `body`, again and again until the accumulator passes `test` after it.
pub(crate) fn until(test: Test, body: &[Op]) -> Vec<Op> {
    body.iter().copied().chain([Op::Unless(test, -distance(body))]).collect()
}

/// `body`, until the accumulator passes `test` after it, but at most `most` times.
pub(crate) fn at_most(most: usize, test: Test, body: &[Op]) -> Vec<Op> {
    let (Test::Is(number) | Test::IsNot(number) | Test::AtLeast(number)) = test;
    let contrary = match test {
        Test::Is(_) => Test::IsNot(number),
        Test::IsNot(_) => Test::Is(number),
        Test::AtLeast(_) => panic!("a bounded loop ends on equality"),
    };
    (1..most).fold(body.to_vec(), |rest, _| body.iter().copied().chain(when(contrary, &rest)).collect())
}

/// All of `pieces`, one after the other.
pub(crate) fn all(pieces: &[&[Op]]) -> Vec<Op> {
    pieces.concat()
}

fn distance(body: &[Op]) -> isize {
    isize::try_from(body.len()).unwrap()
}
