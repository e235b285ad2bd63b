//! Runs a scenario and says what was seen. Observation only: nothing here decides whether it was right.

mod controlled;
mod deadline;
mod launch;
mod output;
mod parts;
mod read;
mod stillness;
pub mod supervisor;
pub mod symbols;
pub mod trace;
mod tree;
mod watch;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::build::Program;
use crate::{Language, Result};
pub use controlled::{Controlled, Execution};
use launch::{Remains, launch};
use read::Texts;
pub use symbols::Symbols;
pub use trace::{Event, Object, Pending, Place, Process, Trace};

/// How to run a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long the program may take.
    pub wall_limit: Duration,
    /// How many times as long it is given in a second run when it has run into the wall limit; 0 for no second run.
    pub second_chance: u32,
    /// For how long all processes have to stand still outside the library until the run is given up.
    pub still_for: Duration,
    /// CPU time of each process.
    pub cpu_limit: Duration,
    /// Memory of all processes together, in bytes.
    pub memory_limit: u64,
    /// Processes at once.
    pub process_limit: usize,
    /// The language of the library's messages.
    pub language: Language,
}

impl Settings {
    /// The usual limits, far above what any exercise needs.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            wall_limit: Duration::from_secs(10),
            second_chance: 2,
            // Nobody waits for the clock then, so nothing would change in any time; this is for what nobody thought of.
            still_for: Duration::from_secs(2),
            // CPU time, which a busy machine does not add to: twelve times the most that a right program was seen to take
            // (165 ms, see `grading::patience`), for machines that are slow.
            cpu_limit: Duration::from_secs(2),
            memory_limit: 1 << 30,
            process_limit: 128,
            language,
        }
    }
}

/// Runs a program with arguments, and observes it.
///
/// # Errors
/// Only when the grader itself cannot run it: whatever the program does is part of the [`Run`].
pub fn run_scenario(
    program: &Program,
    symbols: &Symbols,
    args: &[String],
    settings: &Settings,
) -> Result<Run> {
    let first = launch(program, args, settings)?;
    let mut texts = Texts::new(symbols);
    if first.ending != Ending::WallLimit || settings.second_chance == 0 {
        return Ok(observe(first, &mut texts, settings));
    }
    let longer = Settings { wall_limit: settings.wall_limit * settings.second_chance, ..*settings };
    Ok(observe(launch(program, args, &longer)?, &mut texts, &longer))
}

/// Puts together what was seen.
fn observe(remains: Remains, texts: &mut Texts<'_>, settings: &Settings) -> Run {
    let raw = remains.trace;
    texts.keep_up(remains.new_texts.as_deref().unwrap_or_default());
    let slots: HashMap<u32, usize> =
        raw.processes.iter().enumerate().map(|(slot, r)| (r.pid, slot)).collect();
    let chunks = |pieces: Vec<(u32, String)>| {
        let named = |(pid, text)| OutputChunk { process: slots.get(&pid).copied(), text };
        pieces.into_iter().map(named).collect::<Vec<_>>()
    };
    let leftover = |left: &procesos_schedule::Leftover| Leftover {
        process: slots.get(&left.pid).copied(),
        running: left.running,
        code: left.code,
    };
    let over_cpu_limit = match remains.end.limit {
        Some(supervisor::Limit::Cpu(pid)) => slots.get(&pid).copied(),
        _ => None,
    };
    Run {
        killed: None,
        ending: remains.ending,
        over_cpu_limit,
        trace: read::trace_of(&raw, texts),
        leftovers: remains.end.leftovers.iter().map(leftover).collect(),
        output: chunks(remains.output),
        errors: chunks(remains.errors),
        results: read_results(&remains.results),
        cpu_time: Duration::from_millis(remains.end.cpu_milliseconds.unsigned_abs()),
        peak_memory: remains.end.peak_memory,
        memory_limit: settings.memory_limit,
        cpu_limit: settings.cpu_limit,
        wall_limit: settings.wall_limit,
        wall_time: remains.wall_time,
        stopped_at: remains.stopped_at,
    }
}

/// The driver's results: one JSON pair of name and value a line. A line cut short by a kill is no result.
fn read_results(bytes: &[u8]) -> BTreeMap<String, serde_json::Value> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<(String, serde_json::Value)>(line).ok())
        .collect()
}

/// What was seen of one run of one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// How the program ended.
    pub ending: Ending,
    /// The process that used up its CPU time, where that ended the run; `None` also when the library did not start it.
    pub over_cpu_limit: Option<usize>,
    /// Standard output, in the order in which it arrived.
    pub output: Vec<OutputChunk>,
    /// Standard error, in the order in which it arrived.
    pub errors: Vec<OutputChunk>,
    /// What the driver reported, by name; the last of a name counts.
    pub results: BTreeMap<String, serde_json::Value>,
    /// What every process did, as the library recorded it.
    pub trace: Trace,
    /// The process that the grader killed to see how the others cope, as an index in [`Trace::processes`].
    pub killed: Option<usize>,
    /// Processes that were still there when the first one had ended (the supervisor then ended them).
    pub leftovers: Vec<Leftover>,
    /// CPU time of the whole tree.
    pub cpu_time: Duration,
    /// Most memory that was seen of the whole tree at once, in bytes (0 for a short run).
    pub peak_memory: u64,
    /// Memory that the whole tree was given, in bytes.
    pub memory_limit: u64,
    /// CPU time that each process was given.
    pub cpu_limit: Duration,
    /// Wall time that the program was given in the end.
    pub wall_limit: Duration,
    /// Wall time from start to end.
    pub wall_time: Duration,
    /// Monotonic nanoseconds at which the program had ended or was given up.
    pub stopped_at: u64,
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
    /// All its processes together held more memory than allowed. Ended by the grader.
    MemoryLimit,
    /// It had more processes at once than allowed. Ended by the grader.
    ProcessLimit,
    /// Everybody alive only asked, again and again, and nothing changed. Seen under control only.
    Livelock,
    /// It went on for more operations than any run without interruptions would. Seen under control only.
    TooLong,
    /// A second thread of a process operated, which cannot be controlled. Seen under control only.
    Threads,
    /// A process used up its CPU time. Ended by the grader.
    CpuLimit,
    /// It neither ended nor used its CPU time within the wall limit, in the last run that it was given. Ended by the grader.
    WallLimit,
    /// Every process waited, without a time limit, for what only the others could do, and at least one of them outside
    /// the library. Ended by the grader.
    Still,
    /// It wrote more output than allowed. Ended by the grader.
    OutputLimit,
}

/// A piece of output and who wrote it.
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
    /// The exit code of one that had ended, negative for a signal.
    pub code: Option<i32>,
}
