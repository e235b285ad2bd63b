//! Runs a scenario and says what was seen. Observation only: nothing here decides whether it was right.

pub mod trace;

use std::collections::BTreeMap;
use std::time::Duration;

pub use trace::{Event, Pending, Place, Process, Trace};

/// What was seen of one run of one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// How the program ended.
    pub ending: Ending,
    /// Standard output, in the order in which it arrived.
    pub output: Vec<OutputChunk>,
    /// Standard error (capped).
    pub errors: String,
    /// What the driver reported, by name; the last of a name counts.
    pub results: BTreeMap<String, serde_json::Value>,
    /// What every process did, as the library recorded it.
    pub trace: Trace,
    /// Processes that were still there when the first one had ended (the supervisor then ended them).
    pub leftovers: Vec<Leftover>,
    /// CPU time of the whole tree.
    pub cpu_time: Duration,
    /// Wall time from start to end.
    pub wall_time: Duration,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this code.
    Exited(i32),
    /// By this signal, which the grader did not send.
    Signalled(i32),
    /// Nobody could go on: every process waited, without a time limit, for something that only the others could do. Ended by the grader.
    NoProgress,
    /// It used all the CPU time it was given. Ended by the grader.
    CpuLimit,
    /// It neither ended nor used its CPU time within the wall limit, twice. Ended by the grader.
    WallLimit,
    /// It wrote more output than allowed. Ended by the grader.
    OutputLimit,
}

/// A piece of standard output and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputChunk {
    /// Index of the writer in [`Trace::processes`]; `None` when it is not a process of the trace.
    pub process: Option<usize>,
    /// The text, lossily decoded.
    pub text: String,
}

/// A process that outlived the first one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// Index in [`Trace::processes`]; `None` when the library did not start it.
    pub process: Option<usize>,
    /// Whether it still ran (otherwise it had ended and nobody had waited for it).
    pub running: bool,
}
