//! The supervisor: a small process between the grader and a student's program.
//!
//! It is the grader's own executable started again. It adopts every orphan of the program (subreaper), and when the
//! program has ended, or the grader says so, or the grader is gone, it ends and reaps until nothing is left.
//! It observes and cleans; it never judges. It has one thread.
//!
//! Before it ends a run for its CPU time, or because it does not end, it stops every process and asks those concerned
//! where they are (by SIGXCPU, which the library answers): what follows from the end does not get into the trace.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::personality::{self, Persona};
use nix::sys::prctl::set_child_subreaper;
use nix::sys::resource::{Resource, UsageWho, getrusage, setrlimit};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::time::TimeValLike;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, setsid};
use procesos_schedule::Leftover;
use serde::{Deserialize, Serialize};

use super::{Ending, tree};

/// First argument of an executable that is started as a supervisor.
pub const ARGUMENT: &str = "__supervise";

/// Files written by a program are cut here: no exercise writes any.
const FILE_BYTES: u64 = 64 << 20;
/// Milliseconds between two looks at what the tree uses.
const SAMPLE_MILLISECONDS: u8 = 50;
/// Milliseconds to wait for the death of what was just ended.
const ROUND_MILLISECONDS: u8 = 5;
/// How long processes that are asked where they are may take to tell; those that have not are ended without a word.
const TELL_WITHIN: Duration = Duration::from_secs(1);
/// Seconds of CPU time beyond the limit after which the system ends a process that the supervisor has not.
const SYSTEM_SECONDS: u64 = 1;

/// The word of the grader to end a run.
pub(super) const END: u8 = b'e';
/// The word of the grader to ask every process where it is, and then to end the run.
const ASK_AND_END: u8 = b'a';

/// The word by which the grader ends a run: those that do not end are asked where they are.
pub(super) fn word_to_end(ending: Ending) -> u8 {
    if matches!(ending, Ending::WallLimit | Ending::Still) { ASK_AND_END } else { END }
}

/// What to run, as the grader tells it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) program: PathBuf,
    pub(super) args: Vec<String>,
    pub(super) environment: BTreeMap<String, String>,
    /// CPU time of each process.
    pub(super) cpu_limit: Duration,
    /// Whether it is a program that serves executions: it is none of the exercise's own, and has no limit of CPU time.
    pub(super) serves: bool,
    /// Memory of all processes together, in bytes.
    pub(super) memory_bytes: u64,
    /// Processes at once.
    pub(super) processes: usize,
}

/// What the supervisor tells, one JSON line each.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Notice {
    /// The program could not be started.
    NotStarted(String),
    /// The program has ended and nothing of it is left.
    Ended(End),
}

/// How the program ended and what was left of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    /// Exit code, when it ended by itself.
    pub(super) code: Option<i32>,
    /// Signal, when one ended it.
    pub(super) signal: Option<i32>,
    /// Processes that were there when it had ended.
    pub(super) leftovers: Vec<Leftover>,
    /// CPU time of the whole tree, in milliseconds.
    pub(super) cpu_milliseconds: i64,
    /// The limit for which it was ended, if it was.
    pub(super) limit: Option<Limit>,
    /// Most memory that was seen of the whole tree at once, in bytes.
    pub(super) peak_memory: u64,
}

/// A limit that the supervisor keeps: of the whole tree, or finer than the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Limit {
    Memory,
    Processes,
    /// The CPU time of this process.
    Cpu(u32),
}

/// Runs as a supervisor: the whole life of the process.
pub fn supervise(order: &str) -> ExitCode {
    // Without the grader's socket or a readable order there is nobody to tell and nothing to do.
    let Ok(control) = io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from) else {
        return ExitCode::FAILURE;
    };
    let notice =
        match serde_json::from_str::<Order>(order).map_err(io::Error::from).and_then(|o| run(&o, &control)) {
            Ok(end) => Notice::Ended(end),
            Err(error) => Notice::NotStarted(error.to_string()),
        };
    match serde_json::to_string(&notice) {
        // The grader may be gone: its end was the reason to stop.
        Ok(line) => {
            let _ = writeln!(&control, "{line}");
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}

/// Starts the program, waits for its end (or the grader's word), and leaves nothing of it.
fn run(order: &Order, control: &UnixStream) -> io::Result<End> {
    setsid()?;
    set_child_subreaper(true)?;
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGCHLD);
    sigprocmask(SigmaskHow::SIG_BLOCK, Some(&signals), None)?;
    let deaths = SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    setrlimit(Resource::RLIMIT_FSIZE, FILE_BYTES, FILE_BYTES)?;
    if order.serves {
        // Addresses are then the same in every execution. Some containers refuse it; a replay says if it mattered.
        let _ = personality::set(Persona::ADDR_NO_RANDOMIZE);
    } else {
        // The system counts whole seconds: it stands in when the supervisor does not get to run.
        let seconds = order.cpu_limit.as_secs() + 1 + SYSTEM_SECONDS;
        setrlimit(Resource::RLIMIT_CPU, seconds, seconds + 1)?;
    }
    // Made and removed here, so that nothing stays when the grader is ended from outside.
    let folder = tempfile::Builder::new().prefix("taller-").tempdir()?;
    let mut program = Command::new(&order.program)
        .args(&order.args)
        .env_clear()
        .envs(&order.environment)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()?;
    let server = order.serves.then(|| program.id());
    let mut sampler = Sampler { order, server, peak_memory: 0 };
    let (status, limit) = wait_for_end(&mut program, control, &deaths, &mut sampler)?;
    let left = if status.is_some() { tree::below(std::process::id()) } else { Vec::new() };
    let ended = end_everything(Pid::from_raw(program.id().cast_signed()), &deaths);
    let code = status.map(signed).or_else(|| ended.get(&program.id()).copied());
    let leftover = |(pid, running): (u32, bool)| {
        // One that still ran has ended by our own hand.
        let code = ended.get(&pid).copied().filter(|_| !running);
        Leftover { pid, running, code }
    };
    Ok(End {
        code: code.filter(|code| *code >= 0),
        signal: code.filter(|code| *code < 0).map(i32::abs),
        leftovers: left.into_iter().map(leftover).collect(),
        cpu_milliseconds: cpu_milliseconds(),
        limit,
        peak_memory: sampler.peak_memory,
    })
}

/// Looks now and then at what the whole tree uses.
struct Sampler<'a> {
    order: &'a Order,
    /// The process that serves executions, if there is one.
    server: Option<u32>,
    peak_memory: u64,
}

impl Sampler<'_> {
    /// The limit that the tree is over, if it is over one.
    fn look(&mut self) -> Option<Limit> {
        let below = tree::running_below(std::process::id());
        let mut own = below.iter().copied().filter(|pid| self.server != Some(*pid));
        let over = |pid: &u32| tree::cpu_time(*pid).is_some_and(|used| used > self.order.cpu_limit);
        if let Some(pid) = own.find(over) {
            return Some(Limit::Cpu(pid));
        }
        // Memory that processes share counts once: the largest share of one of them.
        let (own, shared) = below
            .iter()
            .filter_map(|pid| tree::memory_of(*pid))
            .fold((0, 0), |(own, shared), (more, share)| (own + more, u64::max(shared, share)));
        self.peak_memory = self.peak_memory.max(own + shared);
        if own + shared > self.order.memory_bytes {
            return Some(Limit::Memory);
        }
        (below.len() > self.order.processes).then_some(Limit::Processes)
    }
}

/// Waits until the program has ended; without a status when the grader wants it ended or is gone, or at a limit.
fn wait_for_end(
    program: &mut Child,
    control: &UnixStream,
    deaths: &SignalFd,
    sampler: &mut Sampler<'_>,
) -> io::Result<(Option<ExitStatus>, Option<Limit>)> {
    let mut looked = Instant::now();
    loop {
        if let Some(status) = program.try_wait()? {
            return Ok((Some(status), None));
        }
        if looked.elapsed() >= Duration::from_millis(SAMPLE_MILLISECONDS.into()) {
            if let Some(limit) = sampler.look() {
                if let Limit::Cpu(pid) = limit {
                    ask_where(&[pid], deaths);
                }
                return Ok((None, Some(limit)));
            }
            looked = Instant::now();
        }
        let mut polled =
            [PollFd::new(control.as_fd(), PollFlags::POLLIN), PollFd::new(deaths.as_fd(), PollFlags::POLLIN)];
        match poll(&mut polled, PollTimeout::from(SAMPLE_MILLISECONDS)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        if polled[0].any().unwrap_or(false) {
            // The end of the stream means that the grader is gone.
            let mut word = [END];
            let _ = (&*control).read(&mut word);
            if word == [ASK_AND_END] {
                let mut asked = tree::running_below(std::process::id());
                asked.retain(|pid| sampler.server != Some(*pid));
                ask_where(&asked, deaths);
            }
            return Ok((None, None));
        }
        while let Ok(Some(_)) = deaths.read_signal() {}
    }
}

/// Stops every process and has these ones tell where they are, which ends them.
fn ask_where(asked: &[u32], deaths: &SignalFd) {
    let tell = |pid: u32, signal| {
        // One that is gone needs no word.
        let _ = kill(Pid::from_raw(pid.cast_signed()), signal);
    };
    tree::running_below(std::process::id()).into_iter().for_each(|pid| tell(pid, Signal::SIGSTOP));
    // All get the signal before the first one goes on, so that nobody sees another one end.
    asked.iter().for_each(|pid| tell(*pid, Signal::SIGXCPU));
    asked.iter().for_each(|pid| tell(*pid, Signal::SIGCONT));
    let begun = Instant::now();
    while begun.elapsed() < TELL_WITHIN && asked.iter().any(|pid| tree::runs(*pid)) {
        let mut polled = [PollFd::new(deaths.as_fd(), PollFlags::POLLIN)];
        let _ = poll(&mut polled, PollTimeout::from(ROUND_MILLISECONDS));
        while let Ok(Some(_)) = deaths.read_signal() {}
    }
}

/// Ends and reaps everything below this process, however often it starts something anew.
///
/// Returns how each process ended that was reaped: its exit code, negative for a signal.
fn end_everything(group: Pid, deaths: &SignalFd) -> BTreeMap<u32, i32> {
    let mut codes = BTreeMap::new();
    let mut note = |pid: Pid, code| codes.insert(pid.as_raw().cast_unsigned(), code);
    loop {
        // Both may find nobody: then there is nobody to end.
        let _ = kill(Pid::from_raw(-group.as_raw()), Signal::SIGKILL);
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) => break,
                Ok(WaitStatus::Exited(pid, code)) => _ = note(pid, code),
                Ok(WaitStatus::Signaled(pid, signal, _)) => _ = note(pid, -(signal as i32)),
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => return codes,
            }
        }
        // One that is being started just now may be missed: the next round finds it.
        for pid in tree::running_below(std::process::id()) {
            let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL);
        }
        let mut polled = [PollFd::new(deaths.as_fd(), PollFlags::POLLIN)];
        let _ = poll(&mut polled, PollTimeout::from(ROUND_MILLISECONDS));
        while let Ok(Some(_)) = deaths.read_signal() {}
    }
}

/// An exit code, negative for a signal.
fn signed(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| -status.signal().unwrap_or(0))
}

fn cpu_milliseconds() -> i64 {
    getrusage(UsageWho::RUSAGE_CHILDREN)
        .map_or(0, |usage| (usage.user_time() + usage.system_time()).num_milliseconds())
}
