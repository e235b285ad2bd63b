//! What the judge found, as data: enough to say what was expected, what was seen, where, and what to try.
//!
//! The sentences are in `text`, one for each variant and language; nothing here is worded.

use procesos_trace::Op;

pub use super::cause::{Cause, Heard, LostCause, MissingCause, Step, Thing, Waiting, Who};
use crate::run::Place;

/// What breaks a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Nobody can go on.
    Deadlock {
        /// Who waits on what.
        waiting: Vec<Waiting>,
        /// Why.
        cause: Cause,
    },
    /// Everybody alive only asks, again and again, and nothing changes.
    Livelock {
        /// Who asks what.
        asking: Vec<Waiting>,
    },
    /// A process panicked.
    Panicked {
        /// Who.
        who: Who,
        /// Where.
        place: Option<Place>,
        /// Its message.
        message: String,
    },
    /// A process ended in error.
    EndedInError {
        /// Who.
        who: Who,
        /// Its exit code.
        code: i32,
        /// What it wrote on standard error, first line.
        message: String,
        /// The operation that failed, if one did: outcome in the words of the trace.
        operation: Option<(Op, procesos_trace::Outcome, Option<Place>)>,
        /// For a lock that the process already held: where it took it.
        taken_at: Option<Place>,
    },
    /// A process was ended by a signal that neither the grader nor the program sent.
    EndedBySignal {
        /// Who.
        who: Who,
        /// The signal's number.
        signal: i32,
    },
    /// The first process ended before the driver was done (`std::process::exit` or the like).
    EndedEarly {
        /// Its exit code.
        code: i32,
    },
    /// It used all the CPU time it was given.
    CpuLimit {
        /// That time.
        milliseconds: u64,
        /// The process; `None` for one that the library did not start.
        who: Option<Who>,
        /// The operation that it repeated most in the end: how often, where.
        polled: Option<(Op, u64, Option<Place>)>,
        /// Where in the student's file it was.
        place: Option<Place>,
    },
    /// It wrote more output than allowed.
    OutputLimit,
    /// It started processes without end.
    TooManyProcesses,
    /// All its processes together held more memory than allowed.
    MemoryLimit {
        /// What they were given, in MiB.
        megabytes: u64,
    },
    /// An update of a shared value can be lost.
    LostUpdate {
        /// The value.
        value: Thing,
        /// Why.
        cause: LostCause,
        /// A possible order of steps that loses one.
        steps: Vec<Step>,
        /// What should be there after those steps, and what is there; the same in every run, whatever came out in this one.
        left: Option<(String, String)>,
    },
    /// The value was read while children were still at work.
    ReadTooEarly {
        /// Where.
        place: Option<Place>,
        /// Children at work.
        running: usize,
        /// The value read.
        read: String,
        /// The value in the end.
        last: String,
        /// The value expected.
        expected: String,
    },
    /// A result is what a manager has kept all the time: somebody got a copy of it and nobody wrote one.
    CopyNotWritten {
        /// What is kept.
        value: Thing,
        /// Who got a copy.
        who: Who,
        /// Where.
        place: Option<Place>,
        /// What was there before and afterwards, in JSON.
        kept: String,
        /// The result's name.
        name: String,
        /// Expected, in JSON.
        expected: String,
    },
    /// A result is not the one expected.
    WrongResult {
        /// The function called.
        function: Option<String>,
        /// With the scenario's arguments.
        arguments: String,
        /// The result's name.
        name: String,
        /// Expected, in JSON.
        expected: String,
        /// Seen, in JSON.
        seen: String,
    },
    /// Items are missing.
    ItemsMissing {
        /// How many were expected.
        expected: usize,
        /// How many are missing.
        missing: usize,
        /// Some of them.
        examples: Vec<String>,
        /// Why.
        cause: MissingCause,
    },
    /// There are items too many.
    ItemsExtra {
        /// How many were expected.
        expected: usize,
        /// How many were seen.
        seen: usize,
        /// Some of those that are too many.
        examples: Vec<String>,
    },
    /// A list that should grow does not.
    NotIncreasing {
        /// The number before.
        before: String,
        /// The number after it, which is not larger.
        after: String,
    },
    /// Fewer processes were started than asked for.
    TooFewProcesses {
        /// Wanted.
        wanted: u64,
        /// Started.
        started: usize,
    },
    /// The first process did what children should do.
    DoneByFirst {
        /// The queue that it put into.
        queue: String,
        /// Messages it put.
        count: usize,
        /// Where.
        place: Option<Place>,
    },
    /// Nothing was put into a queue.
    NothingPut {
        /// The queue.
        queue: String,
    },
    /// One process put several of the messages that should come from different ones.
    SameProcess {
        /// Who.
        who: Who,
        /// How many it put.
        count: usize,
        /// Where.
        place: Option<Place>,
    },
    /// The number of messages is not the one expected.
    MessageCount {
        /// The queue.
        queue: String,
        /// Expected.
        expected: u64,
        /// Seen.
        seen: u64,
    },
    /// No queue was made with the capacity that was given.
    OtherCapacity {
        /// The capacity that was given.
        wanted: u64,
        /// The queue through which most messages went, and its capacity; `None` when there is no queue.
        made: Option<(Thing, u64)>,
    },
    /// Too few children added what they should.
    ChildrenDidNotAdd {
        /// Children wanted.
        wanted: u64,
        /// Children that added the right amount.
        right: usize,
        /// What each should add.
        each: i64,
        /// One that did not, and what it added.
        other: Option<(Who, i64)>,
        /// Where the first process wrote, if it wrote.
        first_wrote: Option<Place>,
    },
    /// The first process wrote to the value after it had started children.
    FirstWrote {
        /// Where.
        place: Option<Place>,
    },
    /// Processes were started and awaited one after another.
    OneAfterAnother {
        /// Wanted together.
        wanted: u64,
        /// Most that were started together.
        together: usize,
        /// Where the join is that came too early.
        join: Option<Place>,
    },
    /// A lock was still held when its holder ended.
    LockKept {
        /// Who.
        who: Who,
        /// Where it was taken.
        place: Option<Place>,
    },
    /// Children were not joined.
    NotJoined {
        /// The function called.
        function: Option<String>,
        /// Of how many children.
        children: usize,
        /// Those not joined, and what had become of each.
        left: Vec<(Who, Fate)>,
        /// Where they were started.
        started_at: Vec<Place>,
    },
    /// Processes that were not started with `procesos` outlived the program.
    LeftBehind {
        /// Those that still ran.
        running: usize,
        /// The fates of those that had ended and nobody had waited for.
        ended: Vec<Fate>,
    },
    /// Children printed nothing.
    Silent {
        /// Who.
        who: Vec<Who>,
    },
    /// No conversation of that length between the first process and a child.
    NoConversation {
        /// Messages wanted each way.
        wanted: u64,
        /// Received by the child and received by the first process.
        seen: (u64, u64),
    },
}

/// What had become of a process that nobody waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It still ran.
    Running,
    /// It had ended with this exit code.
    Exited(i32),
    /// It had ended by this signal.
    Signalled(i32),
    /// It had ended; how is not known.
    Ended,
}

impl Fate {
    /// That of a process that had ended: its exit code, negative for a signal.
    #[must_use]
    pub fn of_code(code: Option<i32>) -> Self {
        match code {
            None => Self::Ended,
            Some(code) if code < 0 => Self::Signalled(-code),
            Some(code) => Self::Exited(code),
        }
    }
}

/// A process that waits outside the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// Who.
    pub who: Who,
    /// Where in the student's file.
    pub place: Option<Place>,
    /// How many others do.
    pub others: usize,
}

/// Why a claim could not be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unseen {
    /// The run did not get to its end; the finding says why.
    DidNotEnd(Box<Finding>),
    /// It did not end within the wall limit and did not use the processor either.
    WallLimit {
        /// Seconds.
        seconds: u64,
        /// Somebody who did not wait in the library.
        outside: Option<Box<Outside>>,
    },
    /// Everybody waited for somebody else, at least one of them outside the library.
    Still {
        /// Who did.
        outside: Option<Box<Outside>>,
    },
    /// It went on for far longer than without interruptions, in this order of its processes.
    TooLong,
    /// A second thread of a process used the library: the order of threads is not controlled.
    Threads,
    /// More was recorded than the trace holds.
    Truncated,
    /// The driver reported no such result.
    NoResult {
        /// Its name.
        name: String,
    },
}

/// The verdict of one claim in one scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Kept,
    /// Nothing could have broken it here: it does not count.
    Vacuous,
    /// It does not hold.
    Broken(Finding),
    /// A `todo!()` was reached before it could be seen: in which function, where.
    Pending {
        /// The function, where it is known.
        function: Option<String>,
        /// Where.
        place: Option<Place>,
    },
    /// It could not be seen.
    Unseen(Unseen),
}
