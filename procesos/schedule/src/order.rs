//! What a grader asks of an execution, and what it learns of it: one JSON line each on the control socket.

use serde::{Deserialize, Serialize};

use crate::strategy::Kind;

/// Enough for what asks two or three different things one after the other, and for the usual three tries.
const HASTY_QUESTIONS: u32 = 3;

/// How an execution is to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Who picks.
    pub strategy: Kind,
    /// Where its random numbers begin.
    pub seed: u64,
    /// Picks, until the last change, after which the execution is given up; without any change it may have as many again, or
    /// what it takes to tell a livelock.
    pub most_picks: u64,
    /// The object whose operations [`Kind::Surw`] spreads evenly; 0 for none.
    pub object: u64,
    /// Operations on that object expected of each process, by path.
    pub counts: Vec<(u64, u64)>,
    /// Each process that an earlier execution had, and the one that started it, by path. A process that has not begun
    /// counts for the one that will start it, as far as this is known.
    #[serde(default)]
    pub parents: Vec<(u64, u64)>,
    /// The picks to repeat, for [`Kind::Plan`].
    pub plan: Vec<Segment>,
    /// Who goes last when the plan has been followed: only when nobody else is ready.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub last: Vec<u64>,
    /// Whether a sleep may end, or a short time limit pass, while others could still go on: they may be as slow as they like.
    pub early_timers: bool,
    /// Questions in vain that a process may ask in a row, without any change, while others could go on. With 0 a loop
    /// that asks always comes after the others, which is calm, but some orders are never seen.
    #[serde(default)]
    pub hasty_questions: u32,
    /// A process to be killed, if one is.
    pub fault: Option<Fault>,
    /// CPU time of each process, in whole seconds.
    pub cpu_seconds: u64,
}

impl Order {
    /// An order without faults, early timers or anything else out of the ordinary.
    #[must_use]
    pub fn new(strategy: Kind, seed: u64) -> Self {
        Self {
            strategy,
            seed,
            most_picks: 20_000,
            object: 0,
            counts: Vec::new(),
            parents: Vec::new(),
            plan: Vec::new(),
            last: Vec::new(),
            early_timers: false,
            hasty_questions: match strategy {
                Kind::Calm => 0,
                Kind::Random | Kind::Pos | Kind::Surw => HASTY_QUESTIONS,
                Kind::Plan => u32::MAX,
            },
            fault: None,
            cpu_seconds: 2,
        }
    }
}

impl Order {
    /// Operations on the object expected of the process at `path` and of those that descend from it.
    pub(crate) fn expected_under(&self, path: u64) -> u64 {
        self.counts.iter().filter(|(process, _)| self.descends(*process, path)).map(|(_, count)| count).sum()
    }

    /// Path of the process that is known to start the one at `path`.
    pub(crate) fn parent_of(&self, path: u64) -> Option<u64> {
        self.parents.iter().find(|(process, _)| *process == path).map(|(_, parent)| *parent)
    }

    fn descends(&self, process: u64, ancestor: u64) -> bool {
        let mut at = process;
        // No line of ancestors is longer than the list.
        for _ in 0..=self.parents.len() {
            if at == ancestor {
                return true;
            }
            match self.parent_of(at) {
                Some(parent) => at = parent,
                None => return false,
            }
        }
        false
    }
}

/// Consecutive picks of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
// A pair of numbers in JSON: a report has hundreds, and one is read for every execution.
#[serde(from = "(u64, u32)", into = "(u64, u32)")]
pub struct Segment {
    /// Path of the process.
    pub process: u64,
    /// How often it was picked in a row.
    pub picks: u32,
}

impl From<(u64, u32)> for Segment {
    fn from((process, picks): (u64, u32)) -> Self {
        Self { process, picks }
    }
}

impl From<Segment> for (u64, u32) {
    fn from(segment: Segment) -> Self {
        (segment.process, segment.picks)
    }
}

/// A process that is killed before an operation of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Path of the process.
    pub process: u64,
    /// Before which of its steps, from 0.
    pub step: u64,
}

/// A process that was there when the program had ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// Its pid.
    pub pid: u32,
    /// Whether it still ran; otherwise it had ended and nobody had waited for it.
    pub running: bool,
    /// The exit code of one that had ended, negative for a signal; `None` where it is not known.
    pub code: Option<i32>,
}

/// Why an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u32)]
pub enum Stop {
    /// The first process ended.
    Finished = 1,
    /// Everybody alive waits for what nobody can do any more.
    Deadlock = 2,
    /// Everybody alive only asks, again and again, and nothing changes.
    Livelock = 3,
    /// More picks than allowed.
    TooLong = 4,
    /// A second thread of a process operated: threads are not controlled.
    Threads = 5,
    /// More processes than can be controlled.
    TooManyProcesses = 6,
    /// A process used up its CPU time.
    CpuTime = 7,
}

impl Stop {
    /// The stop with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        [
            Self::Finished,
            Self::Deadlock,
            Self::Livelock,
            Self::TooLong,
            Self::Threads,
            Self::TooManyProcesses,
            Self::CpuTime,
        ]
        .into_iter()
        .find(|stop| *stop as u32 == number)
    }
}

/// How an execution went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Why it ended.
    pub stop: Stop,
    /// Exit code of the first process, when it ended by itself.
    pub code: Option<i32>,
    /// The signal that ended the first process, when one did that was not ours.
    pub signal: Option<i32>,
    /// Processes that were there when the first one had ended: pid, and whether it still ran.
    pub leftovers: Vec<Leftover>,
    /// Who was picked, in order.
    pub picks: Vec<Segment>,
    /// Steps: operations that took effect, or were asked not to wait.
    pub steps: u64,
    /// Picks at which several could have been picked.
    pub choices: u64,
    /// CPU time of all its processes that were reaped, in milliseconds.
    pub cpu_milliseconds: u64,
    /// Virtual nanoseconds at the end.
    pub now: u64,
    /// A process waited outside the library, so the order is not wholly ours.
    pub external: bool,
    /// A sleep ended, or a short time limit passed, while others could have gone on.
    pub early_timer: bool,
    /// A plan named a process that could not go on: it was not followed to the letter.
    pub deviated: bool,
    /// Somebody asked what time it is, or let time pass, so what came may depend on more than the order.
    #[serde(default)]
    pub time_mattered: bool,
}
